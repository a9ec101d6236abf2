//! What an operator does to identities from the command line, while no server runs.

use millrace_audit::Trail;
use millrace_iam::{IamError, Params, Principal};
use millrace_model::Region;
use millrace_store::{Store, StoreError};
use serde_json::Value;

use crate::audit::{Event, NotRecorded, Who, append};
use crate::authorize::{Caller, Client, Origin};
use crate::config::ControlConfig;
use crate::identities::Identities;
use crate::query;
use crate::surroundings::{Surroundings, SystemSurroundings};

/// Why an action from the command line was not done.
#[derive(Debug, thiserror::Error)]
pub enum AdministerError {
    /// The database failed.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    /// There is no such account.
    #[error("the configuration has no account {0}")]
    Account(String),
    /// There is no such action.
    #[error("there is no action {0}")]
    Action(String),
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] IamError),
    /// The disk of the audit trail is full. Nothing was changed.
    #[error("the disk of the audit trail is full")]
    NoRoom,
    /// It was done, and the audit trail does not take it.
    #[error("it was done, but the audit trail cannot be written")]
    NotRecorded,
}

/// Does an action of IAM as the root of an account, on the database of a server that does not run, and records it. Returns the answer as JSON.
///
/// # Errors
/// [`AdministerError`]; nothing is changed then, except as it says.
pub async fn administer(
    config: &ControlConfig,
    store: &Store,
    trail: &Trail,
    account: &str,
    action: &str,
    parameters: Vec<(String, String)>,
) -> Result<Value, AdministerError> {
    let identities = Identities::load(config, store).await?;
    let account = identities.account(account).ok_or_else(|| AdministerError::Account(account.to_owned()))?;
    let action = millrace_iam::find(action).ok_or_else(|| AdministerError::Action(action.to_owned()))?;
    let params = Params::from_pairs(parameters.into_iter())?;
    if !trail.has_room() {
        return Err(AdministerError::NoRoom);
    }
    let surroundings = SystemSurroundings;
    let caller = Caller {
        principal: Principal::Root { account },
        access_key_id: String::new(),
        origin: Origin { client: Client::default(), user_agent: Some("millrace iam".to_owned()) },
        region: config.regions.first().map(Region::to_string).unwrap_or_default(),
    };
    let answer = identities.run(store, &surroundings, (action, &caller.principal, &params), |_| Ok(())).await;
    let read_only = action.access == millrace_iam::Access::Read;
    let shown = answer.as_ref().ok().filter(|_| !read_only).map(|node| query::hide(node.json()));
    let event = Event {
        now: surroundings.now(),
        who: Who::Caller(&caller),
        service: "iam",
        name: action.name,
        request_id: &surroundings.unique().to_string(),
        read_only,
        parameters: query::shown(&params),
        response: shown.unwrap_or_default(),
        error: answer.as_ref().err().map(|error| (error.code, error.message.as_str())),
    };
    let recorded = append(trail, &event, surroundings.unique().to_string()).await;
    match (answer, recorded) {
        (Ok(node), Ok(_)) => Ok(node.json()),
        (Ok(_), Err(NotRecorded)) => Err(AdministerError::NotRecorded),
        (Err(error), _) => Err(error.into()),
    }
}
