//! Events of the audit trail, in CloudTrail's record format: every call, allowed or not, and what became of sessions and their streams.
//!
//! Two bounds keep the trail from those who would fill it. Calls that nobody signed are recorded at a rate of their own; and where the disk is
//! full, nothing is changed, and what is only read is answered unrecorded. In both cases the trail says how many calls it leaves out.

use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use millrace_audit::{RecordError, Trail};
use millrace_iam::Principal;
use millrace_model::{Scope, Timestamp};
use millrace_policy::iso8601;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::authorize::{Caller, Origin};
use crate::control::Control;
use crate::throttle::Bucket;

/// The most characters of an error's message.
const LONGEST_MESSAGE: usize = 1024;
/// The most bytes of request parameters or response elements; what is longer is left out, as CloudTrail does.
const LONGEST_PART: usize = 100 * 1024;
/// How many calls a second are recorded that nobody signed: a gigabyte in a day at most.
const STRANGERS_PER_SECOND: u32 = 20;
/// For how many seconds that may be saved up: a misconfigured client's calls are recorded one by one.
const STRANGERS_BURST_SECONDS: f64 = 50.0;

/// Who made a call.
#[derive(Clone, Debug)]
pub(crate) enum Who<'a> {
    /// Its signature is good.
    Caller(&'a Caller),
    /// Nobody knows.
    Stranger {
        origin: &'a Origin,
        /// The access key that the request names, and that need not be its sender's; and the account that has this key.
        claimed: Option<(&'a str, Option<String>)>,
    },
}

/// One call, as the trail shows it.
pub(crate) struct Event<'a> {
    pub(crate) now: Timestamp,
    pub(crate) who: Who<'a>,
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

/// CloudTrail's record of a call.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    event_version: &'static str,
    user_identity: Value,
    event_time: &'a str,
    event_source: String,
    event_name: &'a str,
    aws_region: Option<&'a str>,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: Option<IpAddr>,
    user_agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<&'a str>,
    request_parameters: Option<Box<RawValue>>,
    response_elements: Option<Box<RawValue>>,
    #[serde(rename = "requestID")]
    request_id: &'a str,
    #[serde(rename = "eventID")]
    event_id: String,
    read_only: bool,
    event_type: &'static str,
    management_event: bool,
    recipient_account_id: Option<&'a str>,
    event_category: &'static str,
}

impl Event<'_> {
    fn json(&self, time: &str, event_id: String) -> Result<String, serde_json::Error> {
        let (origin, region, account) = match &self.who {
            Who::Caller(caller) => {
                let account = caller.principal.account().id.as_str();
                (&caller.origin, Some(caller.region.as_str()), Some(account))
            }
            Who::Stranger { origin, claimed } => {
                (*origin, None, claimed.as_ref().and_then(|(_, account)| account.as_deref()))
            }
        };
        serde_json::to_string(&Record {
            event_version: "1.11",
            user_identity: self.who.identity(),
            event_time: time,
            event_source: format!("{}.amazonaws.com", self.service),
            event_name: self.name,
            aws_region: region,
            source_ip_address: origin.client.address,
            user_agent: origin.user_agent.as_deref(),
            error_code: self.error.map(|(code, _)| code),
            error_message: self.error.map(|(_, message)| cut(message, LONGEST_MESSAGE)),
            request_parameters: bounded(&self.parameters)?,
            response_elements: bounded(&self.response)?,
            request_id: self.request_id,
            event_id,
            read_only: self.read_only,
            event_type: "AwsApiCall",
            management_event: true,
            recipient_account_id: account,
            event_category: "Management",
        })
    }
}

impl Who<'_> {
    fn identity(&self) -> Value {
        match self {
            Who::Caller(caller) => identity(caller),
            Who::Stranger { claimed: None, .. } => json!({"type": "Unknown"}),
            Who::Stranger { claimed: Some((key, _)), .. } => json!({"type": "Unknown", "accessKeyId": key}),
        }
    }
}

/// The beginning of a text.
fn cut(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(at, _)| &text[..at])
}

fn bounded(value: &Value) -> Result<Option<Box<RawValue>>, serde_json::Error> {
    if value.is_null() {
        return Ok(None);
    }
    let raw = to_raw_value(value)?;
    let fits = raw.get().len() <= LONGEST_PART;
    Ok(Some(if fits { raw } else { to_raw_value(&json!({"omitted": true}))? }))
}

fn identity(caller: &Caller) -> Value {
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

/// What is put into the trail, and what is left out.
pub(crate) struct Recorder {
    /// None: nothing is recorded, as in tests.
    trail: Option<Trail>,
    strangers: Mutex<Bucket>,
    /// Calls of strangers beyond their rate, since the trail was told.
    strangers_left_out: AtomicU64,
    /// Calls while the disk was full, since the trail was told.
    without_room: AtomicU64,
}

impl fmt::Debug for Recorder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Recorder").field("trail", &self.trail).finish_non_exhaustive()
    }
}

impl Recorder {
    pub(crate) fn new(trail: Option<Trail>) -> Self {
        let strangers = Bucket::full(STRANGERS_PER_SECOND, STRANGERS_BURST_SECONDS, Instant::now());
        Self {
            trail,
            strangers: Mutex::new(strangers),
            strangers_left_out: AtomicU64::new(0),
            without_room: AtomicU64::new(0),
        }
    }

    /// Whether events are recorded at all.
    pub(crate) fn records(&self) -> bool {
        self.trail.is_some()
    }

    /// Whether something may be changed: its event would be recorded.
    pub(crate) fn takes_changes(&self) -> bool {
        self.trail.as_ref().is_none_or(Trail::has_room)
    }

    /// Ends the trail, once all that waits is on the disk.
    pub(crate) async fn close(&self, control: &Control) {
        if let Some(trail) = &self.trail {
            control.tell_left_out(trail).await;
            trail.close().await;
        }
    }

    fn admits_stranger(&self) -> bool {
        // A bucket is whole after each of its methods.
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now()).is_ok()
    }
}

impl Control {
    /// Records a call; one that changes something is on the disk afterwards.
    pub(crate) async fn record(&self, event: &Event<'_>) -> Result<(), NotRecorded> {
        let recorder = &self.recorder;
        let Some(trail) = &recorder.trail else { return Ok(()) };
        if matches!(event.who, Who::Stranger { .. }) && !recorder.admits_stranger() {
            recorder.strangers_left_out.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        self.tell_left_out(trail).await;
        if append(trail, event, self.surroundings.unique().to_string()).await? == Appended::LeftOut {
            recorder.without_room.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Records what became of a session: never what was seen or typed in it.
    pub(crate) async fn record_session(
        &self,
        name: &str,
        scope: &Scope,
        client: Option<IpAddr>,
        details: &Value,
    ) {
        let Some(trail) = &self.recorder.trail else { return };
        let time = iso8601(self.now().0);
        let mut event = self.own_event(name, &time, details);
        event["awsRegion"] = scope.region.as_str().into();
        event["recipientAccountId"] = scope.account.as_str().into();
        event["sourceIPAddress"] = json!(client);
        if let Err(error) = trail.record(day(&time), event.to_string(), true).await {
            tracing::error!(event = name, %error, "an event of a session is not in the audit trail");
        }
    }

    /// Tells the trail how many calls are not in it.
    async fn tell_left_out(&self, trail: &Trail) {
        let recorder = &self.recorder;
        if !trail.has_room() {
            return;
        }
        let take = |count: &AtomicU64| match count.load(Ordering::Relaxed) {
            0 => 0,
            _ => count.swap(0, Ordering::Relaxed),
        };
        let (strangers, full) = (take(&recorder.strangers_left_out), take(&recorder.without_room));
        if strangers + full == 0 {
            return;
        }
        let time = iso8601(self.now().0);
        let details = json!({"withoutValidSignature": strangers, "whileTheDiskWasFull": full});
        let event = self.own_event("CallsLeftOut", &time, &details);
        if trail.record(day(&time), event.to_string(), false).await.is_err() {
            recorder.strangers_left_out.fetch_add(strangers, Ordering::Relaxed);
            recorder.without_room.fetch_add(full, Ordering::Relaxed);
        }
    }

    /// An event that is nobody's call.
    fn own_event(&self, name: &str, time: &str, details: &Value) -> Value {
        json!({
            "eventVersion": "1.11",
            "userIdentity": {"type": "AWSService", "invokedBy": "appstream.amazonaws.com"},
            "eventTime": time,
            "eventSource": "appstream.amazonaws.com",
            "eventName": name,
            "eventID": self.surroundings.unique().to_string(),
            "readOnly": false,
            "eventType": "AwsServiceEvent",
            "managementEvent": true,
            "serviceEventDetails": details,
            "eventCategory": "Management",
        })
    }
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Appended {
    Recorded,
    /// Nothing was changed, and the disk is full.
    LeftOut,
}

/// Puts a call into the trail; one that changed something is on the disk afterwards.
pub(crate) async fn append(
    trail: &Trail,
    event: &Event<'_>,
    event_id: String,
) -> Result<Appended, NotRecorded> {
    let durable = !event.read_only && event.error.is_none();
    let time = iso8601(event.now.0);
    let json = event.json(&time, event_id).map_err(|error| {
        tracing::error!(%error, "an event of the audit trail cannot be written as JSON");
        NotRecorded
    })?;
    match trail.record(day(&time), json, durable).await {
        Ok(()) => Ok(Appended::Recorded),
        Err(RecordError::Full) if !durable => Ok(Appended::LeftOut),
        Err(error) => {
            tracing::error!(%error, "the audit trail does not take an event");
            Err(NotRecorded)
        }
    }
}

/// The day of a moment.
fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or_default()
}
