//! The domain of Millrace: fleets, stacks, images, instances, sessions, tags; their states, and what may follow what.
//!
//! Pure: no I/O, no clock, no randomness, nothing of the wire. What is intended and what was observed is held; what is displayed
//! ([`fleet::FleetState`], [`capacity::CapacityStatus`]) is derived. The reconciler of `control` is two halves: [`plan::plan`] here, which
//! decides, and its executor there, which makes no choices.
//!
//! ```text
//! fleet     Stopped ──start──> Running { ready_at: none } ──first instance──> Running { ready_at } ──stop──> Stopped
//! instance  (recorded) Starting ──ready──> Idle ──admission──> Assigned ──end──> Retiring ──destroyed──> (gone)
//! session   (admitted) Pending ──viewer──> Active { Connected ⇄ Disconnected } ──end──> Ended
//! ```
//!
//! Structures derive serde so that a store can keep them in a column; the wire has shapes of its own.

pub mod backoff;
pub mod builder;
pub mod builder_plan;
pub mod capacity;
pub mod cleaning;
pub mod desktop_entry;
pub mod errand;
pub mod export;
pub mod fleet;
pub mod image;
pub mod instance;
pub mod machine;
pub mod plan;
pub mod room;
pub mod scope;
pub mod session;
pub mod stack;
pub mod tags;
pub mod time;

pub use builder::ImageBuilder;
pub use fleet::Fleet;
pub use image::Image;
pub use instance::{Instance, InstanceId};
pub use scope::{AccountId, Name, Region, Scope};
pub use session::{Session, SessionId};
pub use stack::Stack;
pub use tags::TagSet;
pub use time::Timestamp;

#[cfg(test)]
mod world;
