//! Accounts and who acts in them: users, groups, roles, access keys, policies; and the part of the IAM and STS query APIs that manages them.
//!
//! ```text
//! form ──Params──> Action ──run on an Account──> Answer (XML or JSON) + which identities were changed
//!                                  │
//! Principal ──policies, condition keys──> millrace_policy::decide
//! ```
//!
//! Everything here is pure: an [`Account`] is a value, time and random bytes are passed in, and whoever calls stores what was changed.

mod account;
mod actions;
mod answer;
mod builtin;
mod document;
mod entropy;
mod error;
mod names;
mod params;
mod principal;
mod sts;
mod token;
mod trusted;
mod vault;

pub use account::{AccessKey, Account, Group, KeyStatus, Kind, ManagedPolicy, Role, Touched, User};
pub use actions::{ACTIONS, Access, Action, Fills, Question, Work, find};
pub use answer::Node;
pub use document::{Document, TrustDocument};
pub use entropy::Entropy;
pub use error::IamError;
pub use params::Params;
pub use principal::{Principal, RoleSession};
pub use sts::{AssumeRole, Assumed, assume_role, caller_identity};
pub use token::SessionToken;
pub use trusted::Directory;
pub use vault::{Unsealable, Vault};

/// The namespace of IAM's XML answers.
pub const IAM_NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
/// The namespace of STS's XML answers.
pub const STS_NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
