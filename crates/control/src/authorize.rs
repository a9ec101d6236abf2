//! Who calls, and whether they may.

use millrace_model::{AccountId, Scope};
use millrace_wire::{ApiError, Operation};

use crate::config::ControlConfig;

/// Who signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// The root of an account: it may do everything in that account.
    Root(AccountId),
}

/// A resource that an operation is about, for authorization. None of them: `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    /// A stack, by name.
    Stack(String),
    /// A fleet, by name.
    Fleet(String),
    /// An image, by name.
    Image(String),
    /// Any resource that has tags.
    Arn(String),
}

/// Keys of all accounts.
#[derive(Debug)]
pub(crate) struct Keys(std::collections::HashMap<String, (String, AccountId)>);

impl Keys {
    pub(crate) fn new(config: &ControlConfig) -> Self {
        let keys = config.accounts.iter().flat_map(|account| {
            account.access_keys.iter().map(|key| (key.id.clone(), (key.secret.clone(), account.id.clone())))
        });
        Self(keys.collect())
    }

    /// The secret of an access key, and whose it is.
    pub(crate) fn find(&self, id: &str) -> Option<(&str, Principal)> {
        self.0.get(id).map(|(secret, account)| (secret.as_str(), Principal::Root(account.clone())))
    }
}

impl Principal {
    /// The account in which the principal acts.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        match self {
            Self::Root(account) => account,
        }
    }
}

/// Decides, before anything is looked up, whether the principal may do the operation on the resources: who may not, learns nothing of what
/// exists.
///
/// # Errors
/// AccessDeniedException.
pub(crate) fn authorise(
    principal: &Principal,
    operation: Operation,
    resources: &[Resource],
    scope: &Scope,
) -> Result<(), ApiError> {
    match principal {
        // Resources are named within the caller's own scope, so the root of the account owns all that they can name.
        Principal::Root(account) if *account == scope.account => {
            tracing::trace!(
                operation = operation.as_str(),
                resources = resources.len(),
                "allowed: the account's root"
            );
            Ok(())
        }
        Principal::Root(account) => Err(ApiError::access_denied(format!(
            "User: arn:aws:iam::{account}:root is not authorized to perform: appstream:{operation}"
        ))),
    }
}
