//! What Millrace remembers: one concrete [`Store`] over SQLite.
//!
//! There is one connection that writes and a few that read. Writes follow each other within `BEGIN IMMEDIATE` transactions (SQLite's own
//! default loses concurrent read-modify-writes to busy errors); those that come at the same time share one COMMIT. A write is on the disk
//! (`synchronous = FULL`) before its function returns: what is acknowledged is durable. Functions that change something read it, let the model decide, and write it, all in that transaction.
//!
//! The store knows the model and neither the wire nor drivers.

mod admission;
mod associations;
mod counts;
mod error;
mod exports;
mod fleets;
mod icons;
mod identities;
mod image_builders;
mod image_imports;
mod image_permissions;
mod image_removal;
mod images;
mod instances;
mod named;
mod page;
mod readers;
mod row;
mod runtime;
mod sessions;
mod stacks;
mod store;
mod tags;
mod writer;

pub use admission::{Binding, Bound};
pub use associations::{AssociateError, DisassociateError};
pub use error::{ChangeError, CreateError, StoreError};
pub use exports::{CreateExportError, ExportLimits};
pub use fleets::{DeleteFleetError, FleetRecord, UpdateFleetError};
pub use identities::IdentityRow;
pub use image_builders::{BoundBuilder, SnapshotRefusal};
pub use image_permissions::ImageChangeError;
pub use image_removal::{
    CreateFromImageError, DeleteImageError, DeletedImage, ImageUnusable, ReplaceImageError,
};
pub use images::{RegisterError, Registered};
pub use page::{InvalidPageToken, Page, PageToken};
pub use runtime::{FleetRuntime, RuntimeSnapshot};
pub use sessions::SessionFilter;
pub use stacks::DeleteStackError;
pub use store::Store;
pub use tags::ResourceKind;

#[cfg(test)]
mod tests;
