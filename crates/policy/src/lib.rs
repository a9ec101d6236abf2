//! AWS policy documents: read strictly, decided purely.
//!
//! ```text
//! text ──Policy::parse──> Policy                      (what cannot be understood stops here, with the path of the element)
//! Policies + Request{action, resource, context} ──decide──> Allowed | Denied(why)
//! TrustPolicy + Caller ──decide──> who may assume a role
//! ```
//!
//! The rules are those of the IAM user guide ("Policy evaluation logic", "IAM JSON policy elements"): an explicit Deny wins; else each kind
//! of policy that there is (identity policies, permissions boundary, session policies) must have a statement that allows. Where the guide
//! leaves open what a statement means, it is read against the caller: an Allow then does not apply and a Deny does.
//!
//! Two ideas keep this safe. A value out of a request is never a pattern: variables are put in as literal text, so that a tag `*` opens
//! nothing. And everything is understood when a policy is put: there is no error while deciding.

mod condition;
mod context;
mod decide;
mod document;
mod json;
mod moment;
mod network;
mod operator;
mod pattern;
mod statement;
mod trust;

pub use context::Context;
pub use decide::{Decision, Denial, Policies, Request, Source, decide};
pub use document::Policy;
pub use moment::iso8601;
pub use statement::Effect;
pub use trust::{Caller, TrustDecision, TrustPolicy};

/// The most characters of either part of an error.
const LONGEST_PART: usize = 500;

/// Why a document is no policy: where in it, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{what}", path, if path.is_empty() { "" } else { ": " })]
pub struct PolicyError {
    /// The element, such as `Statement[1].Condition.StringLike`; empty for the document as a whole.
    pub path: String,
    /// What is wrong.
    pub what: String,
}

impl PolicyError {
    pub(crate) fn new(path: impl Into<String>, what: impl Into<String>) -> Self {
        // It may quote what is wrong, but not all of a document.
        let cut = |text: String| match text.char_indices().nth(LONGEST_PART) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        };
        Self { path: cut(path.into()), what: cut(what.into()) }
    }
}
