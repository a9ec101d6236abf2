//! The Amazon AppStream API on the wire: shapes, constraints and errors of all operations (generated from one table),
//! both protocols, routing, and verification of signatures over given bytes and time.
//!
//! ```text
//! request parts ──route──> protocol, operation          (unknown names stop here)
//!            └────sigv4::parse, sigv4::verify──> access key, region
//! body ──decode──> document ──check──> typed input      (shape errors stop here)
//!                                         │ handler (control)
//! body <──encode── typed output  <────────┘
//! response <──respond / ApiError::render
//! ```
//!
//! Everything here is pure: no sockets, no clock, no randomness. The crate does not know the model of the domain.

mod check;
mod codec;
mod document;
mod error;
mod generated;
mod input;
mod protocol;
mod route;
pub mod schema;
pub mod sigv4;
mod text_enum;
mod timestamp;

pub use codec::{Op, WireShape, decode, decode_reply, encode, validate_only};
pub use error::ApiError;
pub use generated::errors::ErrorCode;
pub use generated::operations::{API_VERSION, Operation, SIGNING_NAME, TARGET_PREFIX};
pub use input::{Input, shown};
pub use protocol::{MAXIMUM_BODY_BYTES, Protocol, respond};
pub use route::{Refusal, Route, protocol, route};
pub use text_enum::UnknownName;
pub use timestamp::Timestamp;

/// A type for each operation, to be given to [`decode`] and its like through [`Op`].
pub mod operations {
    pub use crate::generated::operation_types::*;
}

/// Every structure and enum of the API, under the names that the API gives them.
pub mod shapes {
    pub use crate::generated::app_block_builders::*;
    pub use crate::generated::app_blocks::*;
    pub use crate::generated::applications::*;
    pub use crate::generated::common::*;
    pub use crate::generated::directory_configs::*;
    pub use crate::generated::entitlements::*;
    pub use crate::generated::enums::*;
    pub use crate::generated::fleets::*;
    pub use crate::generated::image_builders::*;
    pub use crate::generated::images::*;
    pub use crate::generated::reports::*;
    pub use crate::generated::sessions::*;
    pub use crate::generated::software::*;
    pub use crate::generated::stacks::*;
    pub use crate::generated::state_enums::*;
    pub use crate::generated::tags::*;
    pub use crate::generated::themes::*;
    pub use crate::generated::users::*;
}
