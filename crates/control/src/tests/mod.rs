//! The services over real requests, a real store and simulated instances.

mod admission;
mod check;
mod fleets;
mod harness;
mod operations;
mod restarts;
mod updates;
