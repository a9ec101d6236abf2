// Generated from crates/wire/model by `cargo xtask codegen`; do not edit.

//! The API's shapes, constraints, errors and operations.

pub(crate) mod app_block_builders;
pub(crate) mod app_blocks;
pub(crate) mod applications;
pub(crate) mod common;
pub(crate) mod constraints;
pub(crate) mod directory_configs;
pub(crate) mod entitlements;
pub(crate) mod enums;
pub(crate) mod errors;
pub(crate) mod fleets;
pub(crate) mod image_builders;
pub(crate) mod images;
pub(crate) mod operation_types;
pub(crate) mod operations;
pub(crate) mod patterns;
pub(crate) mod reports;
pub(crate) mod sessions;
pub(crate) mod software;
pub(crate) mod stacks;
pub(crate) mod state_enums;
pub(crate) mod tags;
pub(crate) mod themes;
pub(crate) mod users;
