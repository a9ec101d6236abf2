//! The services over real requests, a real store and simulated instances.

mod admission;
mod authorization;
mod calls;
mod catalogue;
mod check;
mod clock;
mod exports;
mod fleets;
mod harness;
mod identities;
mod identity_attacks;
mod image_builders;
mod image_deletion;
mod image_imports;
mod image_sharing;
mod image_updates;
mod operations;
mod pool;
mod random;
mod requests;
mod restarts;
mod room;
mod updates;
