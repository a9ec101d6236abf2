//! The services behind the API: who may call, what each operation does, what keeps instances running, who is let in.
//!
//! ```text
//! request ──Control::handle──> route ─> signature ─> authorise ─> one handler: from_wire, one transaction, to_wire ──> response
//!                                                                      │ wakes
//!                          driver events, timer ──> reconciler: rows, host ─> model::plan ─> records, ensure, destroy
//!                                                                      │ tells
//! gateway ──Control::admit──> ticket spent and instance bound, or waits for the reconciler
//! ```
//!
//! A handler never drives an instance; the reconciler takes no input. The wire and the model meet only here: in `from_wire` and `to_wire`.

mod administer;
mod admission;
mod api;
mod arn;
mod audit;
mod authorize;
mod background;
mod builders;
mod catalogue;
mod clock_watch;
mod config;
mod control;
mod errors;
mod exports;
mod identities;
mod image_imports;
mod image_removal;
mod images;
mod instance_sizes;
mod instance_types;
mod operations;
mod permissions;
mod pool;
mod query;
mod reconcile;
mod registries;
mod sessions;
mod stages;
mod surroundings;
mod throttle;

pub use administer::{AdministerError, administer};
pub use api::{LONGEST_BODY_BYTES, NoBody};
pub use authorize::Client;
pub use catalogue::AddApplicationError;
pub use config::{AccessKey, Account, ControlConfig, Pool, Quotas, Rates, VaultKey};
pub use control::{Control, StartError};
pub use images::{ImageSummary, NewApplication, NewImage, RegisterImageError};
pub use instance_sizes::{InstanceSize, published_sizes};
pub use millrace_audit::{ChainKey, Limits as TrailLimits, Problem, Report, Trail, verify as verify_trail};
pub use millrace_model::Timestamp;
pub use millrace_model::room::Resources;
pub use millrace_model::session::EndReason;
pub use registries::{FetchError, Registries};
pub use sessions::{SessionEnd, Streamed};
pub use surroundings::{Surroundings, SystemSurroundings};

#[cfg(test)]
mod tests;
