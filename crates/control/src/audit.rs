//! Events of the audit trail, in CloudTrail's record format.

use millrace_audit::Trail;
use millrace_iam::Principal;
use millrace_model::Timestamp;
use millrace_policy::iso8601;
use serde_json::{Value, json};

use crate::authorize::Caller;
use crate::control::Control;

/// The most characters of an error's message.
const LONGEST_MESSAGE: usize = 1024;
/// The most bytes of request parameters or response elements; what is longer is left out, as CloudTrail does.
const LONGEST_PART: usize = 100 * 1024;

/// One call, as the trail shows it.
pub(crate) struct Event<'a> {
    pub(crate) now: Timestamp,
    /// None for a signature that is not good: nobody is named then.
    pub(crate) caller: Option<&'a Caller>,
    /// `appstream`, `iam` or `sts`.
    pub(crate) service: &'a str,
    pub(crate) name: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) read_only: bool,
    /// Without what may not be shown.
    pub(crate) parameters: Value,
    /// Without what may not be shown; null for calls that read.
    pub(crate) response: Value,
    /// Code and message.
    pub(crate) error: Option<(&'a str, &'a str)>,
}

impl Event<'_> {
    fn json(&self, event_id: &str) -> Value {
        let mut event = json!({
            "eventVersion": "1.11",
            "userIdentity": identity(self.caller),
            "eventTime": iso8601(self.now.0),
            "eventSource": format!("{}.amazonaws.com", self.service),
            "eventName": self.name,
            "awsRegion": self.caller.map(|caller| caller.region.as_str()),
            "sourceIPAddress": self.caller.and_then(|caller| caller.client.address).map(|address| address.to_string()),
            "userAgent": self.caller.and_then(|caller| caller.user_agent.as_deref()),
            "requestParameters": bounded(&self.parameters),
            "responseElements": bounded(&self.response),
            "requestID": self.request_id,
            "eventID": event_id,
            "readOnly": self.read_only,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": self.caller.map(|caller| caller.principal.account().id.as_str()),
            "eventCategory": "Management",
        });
        if let Some((code, message)) = self.error {
            event["errorCode"] = code.into();
            event["errorMessage"] = message.chars().take(LONGEST_MESSAGE).collect::<String>().into();
        }
        event
    }
}

fn bounded(value: &Value) -> Value {
    if value.to_string().len() > LONGEST_PART { json!({"omitted": true}) } else { value.clone() }
}

fn identity(caller: Option<&Caller>) -> Value {
    let Some(caller) = caller else { return json!({"type": "Unknown"}) };
    let principal = &caller.principal;
    let mut identity = json!({
        "principalId": principal.user_id(),
        "arn": principal.arn(),
        "accountId": principal.account().id,
        "accessKeyId": caller.access_key_id,
    });
    match principal {
        Principal::Root { .. } => identity["type"] = "Root".into(),
        Principal::User { user, .. } => {
            identity["type"] = "IAMUser".into();
            identity["userName"] = user.entity.name.as_str().into();
        }
        Principal::Session { account, session } => {
            identity["type"] = "AssumedRole".into();
            identity["sessionContext"] = json!({
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": session.role.entity.id,
                    "arn": session.role.arn(&account.id),
                    "accountId": account.id,
                    "userName": session.role.entity.name,
                },
                "attributes": {"creationDate": iso8601(session.issued_at), "mfaAuthenticated": "false"},
            });
        }
    }
    identity
}

/// The trail does not take an event. What asked for it must not be answered as if it had.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotRecorded;

impl Control {
    /// Records a call; one that changes something is on the disk afterwards.
    pub(crate) async fn record(&self, event: &Event<'_>) -> Result<(), NotRecorded> {
        let durable = !event.read_only && event.error.is_none();
        let json = event.json(&self.surroundings.unique().to_string());
        append(self.trail.as_ref(), event.now, &json, durable).await
    }

    /// Records what became of a session: never what was seen or typed in it.
    pub(crate) async fn record_session(&self, name: &str, account: &str, region: &str, details: Value) {
        let now = self.now();
        let event = json!({
            "eventVersion": "1.11",
            "userIdentity": {"type": "AWSService", "invokedBy": "appstream.amazonaws.com"},
            "eventTime": iso8601(now.0),
            "eventSource": "appstream.amazonaws.com",
            "eventName": name,
            "awsRegion": region,
            "eventID": self.surroundings.unique().to_string(),
            "readOnly": false,
            "eventType": "AwsServiceEvent",
            "managementEvent": true,
            "recipientAccountId": account,
            "serviceEventDetails": details,
            "eventCategory": "Management",
        });
        if append(self.trail.as_ref(), now, &event, true).await.is_err() {
            tracing::error!(event = name, "an event of a session is not in the audit trail");
        }
    }
}

async fn append(
    trail: Option<&Trail>,
    now: Timestamp,
    event: &Value,
    durable: bool,
) -> Result<(), NotRecorded> {
    let Some(trail) = trail else { return Ok(()) };
    let time = iso8601(now.0);
    let day = time.split('T').next().unwrap_or_default();
    trail.record(day, event.to_string(), durable).await.map_err(|error| {
        tracing::error!(%error, "the audit trail does not take an event");
        NotRecorded
    })
}
