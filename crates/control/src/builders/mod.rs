//! Image builders: what keeps them as their owners want them, who is let in, and what their image assistant asks for.
//!
//! ```text
//! rows, host ──plan_builders──> steps ──> reconcile: records, ensure, snapshot, destroy
//!                                               └── ready ──> assistant: one listener for each builder that runs
//! gateway ──Control::admit──> admission: an administrator's ticket becomes a session
//! ```

pub(crate) mod admission;
pub(crate) mod assistant;
pub(crate) mod errands;
pub(crate) mod reconcile;
pub(crate) mod snapshot;
