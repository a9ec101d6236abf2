//! Random operations on stacks, fleets, sessions and tags, with the reconciler at work beside them. After each step what the API tells must be
//! what it acknowledged, and what must always hold (`ARCHITECTURE.md`) must hold.

mod oracle;

use std::collections::BTreeMap;

use millrace_stream::admission::{Progress, RefusalReason};
use millrace_wire::Protocol;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use proptest::test_runner::Config;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use self::oracle::Oracle;
use super::harness::{ErrorAnswer, Installation, OWNER};

/// How many stacks, and fleets, are played with; few, so that operations meet.
const NAMES: usize = 3;
const USERS: usize = 4;

/// Something that an owner, a user, a host or time does.
#[derive(Clone, Debug)]
enum Step {
    CreateStack(usize, BTreeMap<String, String>),
    DeleteStack(usize),
    CreateFleet(usize, &'static str, u32, BTreeMap<String, String>),
    DeleteFleet(usize),
    StartFleet(usize),
    StopFleet(usize),
    Resize(usize, u32),
    Associate(usize, usize),
    Disassociate(usize, usize),
    /// On a stack, or else a fleet.
    Tag(bool, usize, BTreeMap<String, String>),
    Untag(bool, usize, Vec<String>),
    /// The streaming URL is kept.
    Url(usize, usize, usize),
    /// One of the kept URLs is opened.
    Open(usize),
    Connect(usize),
    Disconnect(usize),
    EndByUser(usize),
    Expire(usize),
    /// An instance dies.
    Die(usize),
    /// The next attempts to make one fail.
    FailNext(u32),
    Wait(i64),
    /// Another process takes over, after a crash or in order.
    Restart(bool),
}

fn tags(most: usize) -> impl Strategy<Value = BTreeMap<String, String>> {
    let key = (0..60_usize).prop_map(|number| format!("k{number}"));
    proptest::collection::btree_map(key, "[a-z]{0,2}", 1..=most)
}

fn steps() -> impl Strategy<Value = Step> {
    let name = || 0..NAMES;
    let kind = prop_oneof![Just("ALWAYS_ON"), Just("ON_DEMAND")];
    let keys = proptest::collection::vec((0..60_usize).prop_map(|number| format!("k{number}")), 1..20);
    prop_oneof![
        3 => (name(), tags(5)).prop_map(|(stack, tags)| Step::CreateStack(stack, tags)),
        1 => name().prop_map(Step::DeleteStack),
        3 => (name(), kind, 0..4_u32, tags(5)).prop_map(|(fleet, kind, size, tags)| Step::CreateFleet(fleet, kind, size, tags)),
        1 => name().prop_map(Step::DeleteFleet),
        4 => name().prop_map(Step::StartFleet),
        1 => name().prop_map(Step::StopFleet),
        1 => (name(), 0..4_u32).prop_map(|(fleet, size)| Step::Resize(fleet, size)),
        4 => (name(), name()).prop_map(|(fleet, stack)| Step::Associate(fleet, stack)),
        1 => (name(), name()).prop_map(|(fleet, stack)| Step::Disassociate(fleet, stack)),
        2 => (any::<bool>(), name(), tags(40)).prop_map(|(on_stack, index, tags)| Step::Tag(on_stack, index, tags)),
        1 => (any::<bool>(), name(), keys).prop_map(|(on_stack, index, keys)| Step::Untag(on_stack, index, keys)),
        4 => (name(), name(), 0..USERS).prop_map(|(stack, fleet, user)| Step::Url(stack, fleet, user)),
        6 => any::<usize>().prop_map(Step::Open),
        2 => any::<usize>().prop_map(Step::Connect),
        1 => any::<usize>().prop_map(Step::Disconnect),
        1 => any::<usize>().prop_map(Step::EndByUser),
        1 => any::<usize>().prop_map(Step::Expire),
        1 => any::<usize>().prop_map(Step::Die),
        1 => (1..3_u32).prop_map(Step::FailNext),
        2 => (1..1000_i64).prop_map(Step::Wait),
        1 => any::<bool>().prop_map(Step::Restart),
    ]
}

fn config() -> Config {
    // Each case is an installation of its own with dozens of durable writes.
    let mut config = Config { max_shrink_time: 60_000, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 12;
    }
    config
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn any_history_keeps_what_must_hold(history in proptest::collection::vec(steps(), 1..50)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(history));
    }
}

async fn play(history: Vec<Step>) {
    let installation = Installation::with(|config| {
        // A user who finds no place gives up soon; whether there was one is not the question here.
        config.admission_timeout = std::time::Duration::from_millis(100);
    })
    .await;
    let mut play = Play { installation, oracle: Oracle::default(), number: 0 };
    for step in history {
        play.number += 1;
        play = play.step(&step).await;
        play.oracle.check(&play.installation, play.protocol()).await;
    }
    play.end().await;
}

struct Play {
    installation: Installation,
    oracle: Oracle,
    number: usize,
}

impl Play {
    /// The protocols take turns.
    fn protocol(&self) -> Protocol {
        if self.number.is_multiple_of(2) { Protocol::Json } else { Protocol::Cbor }
    }

    async fn call(&self, operation: &str, input: Value) -> Result<Value, ErrorAnswer> {
        self.installation.call_as(OWNER, self.protocol(), operation, input).await
    }

    async fn step(mut self, step: &Step) -> Self {
        match step {
            Step::Restart(kill) => {
                self.installation = self.installation.restart(*kill).await;
            }
            Step::Wait(seconds) => self.installation.pass(*seconds),
            Step::FailNext(count) => self.installation.driver.fail_next(*count),
            Step::Die(index) => self.die(*index).await,
            Step::Url(stack, fleet, user) => self.url(*stack, *fleet, *user).await,
            Step::Open(index) => self.open(*index).await,
            Step::Connect(_) | Step::Disconnect(_) | Step::EndByUser(_) | Step::Expire(_) => {
                self.session_step(step).await;
            }
            call => self.owner_step(call).await,
        }
        self
    }

    async fn owner_step(&mut self, step: &Step) {
        let (operation, input) = match step {
            Step::CreateStack(stack, tags) => {
                ("CreateStack", json!({"Name": oracle::stack(*stack), "Tags": tags}))
            }
            Step::DeleteStack(stack) => ("DeleteStack", json!({"Name": oracle::stack(*stack)})),
            Step::CreateFleet(fleet, kind, size, tags) => (
                "CreateFleet",
                json!({
                    "Name": oracle::fleet(*fleet), "ImageName": "image", "InstanceType": "stream.standard.small", "FleetType": kind,
                    "ComputeCapacity": {"DesiredInstances": size}, "DisconnectTimeoutInSeconds": 60, "Tags": tags,
                }),
            ),
            Step::DeleteFleet(fleet) => ("DeleteFleet", json!({"Name": oracle::fleet(*fleet)})),
            Step::StartFleet(fleet) => ("StartFleet", json!({"Name": oracle::fleet(*fleet)})),
            Step::StopFleet(fleet) => ("StopFleet", json!({"Name": oracle::fleet(*fleet)})),
            Step::Resize(fleet, size) => (
                "UpdateFleet",
                json!({"Name": oracle::fleet(*fleet), "ComputeCapacity": {"DesiredInstances": size}}),
            ),
            Step::Associate(fleet, stack) => (
                "AssociateFleet",
                json!({"FleetName": oracle::fleet(*fleet), "StackName": oracle::stack(*stack)}),
            ),
            Step::Disassociate(fleet, stack) => (
                "DisassociateFleet",
                json!({"FleetName": oracle::fleet(*fleet), "StackName": oracle::stack(*stack)}),
            ),
            Step::Tag(on_stack, index, tags) => {
                ("TagResource", json!({"ResourceArn": oracle::arn(*on_stack, *index), "Tags": tags}))
            }
            Step::Untag(on_stack, index, keys) => {
                ("UntagResource", json!({"ResourceArn": oracle::arn(*on_stack, *index), "TagKeys": keys}))
            }
            other => unreachable!("{other:?} is no call of the owner's"),
        };
        let answer = self.call(operation, input).await;
        self.oracle.note(step, &answer.map(drop).map_err(|(code, _)| code));
    }

    async fn url(&mut self, stack: usize, fleet: usize, user: usize) {
        let user = format!("user{user}");
        let input = json!({"StackName": oracle::stack(stack), "FleetName": oracle::fleet(fleet), "UserId": user, "Validity": 604_800});
        match self.call("CreateStreamingURL", input).await {
            Ok(answer) => {
                assert!(self.oracle.may_have_url(fleet, stack), "{answer}");
                let ticket = self.installation.ticket_of(answer["StreamingURL"].as_str().unwrap());
                self.oracle.tickets.push((ticket, false));
            }
            Err((code, message)) => assert!(
                [
                    "ResourceNotFoundException",
                    "ResourceNotAvailableException",
                    "OperationNotPermittedException"
                ]
                .contains(&code.as_str()),
                "{code}: {message}"
            ),
        }
    }

    async fn open(&mut self, index: usize) {
        let Some(count) = self.oracle.tickets.len().checked_sub(1) else { return };
        let (ticket, spent) = &mut self.oracle.tickets[index % (count + 1)];
        let admitted = self.installation.control.admit(ticket.clone(), mpsc::channel::<Progress>(8).0).await;
        match admitted {
            Ok(grant) => {
                assert!(!*spent, "a ticket is good once");
                *spent = true;
                let ticket = ticket.clone();
                self.oracle.admitted(&self.installation, &ticket, &grant).await;
            }
            Err(refusal) => {
                assert_eq!(refusal.reason == RefusalReason::Spent, *spent, "{refusal:?}");
                assert!(
                    !matches!(
                        refusal.reason,
                        RefusalReason::InvalidTicket | RefusalReason::Expired | RefusalReason::Unavailable
                    ),
                    "{refusal:?}"
                );
            }
        }
    }

    async fn session_step(&mut self, step: &Step) {
        let control = &self.installation.control;
        let (Step::Connect(index) | Step::Disconnect(index) | Step::EndByUser(index) | Step::Expire(index)) =
            step
        else {
            unreachable!("{step:?} is of no session")
        };
        let known: Vec<_> = self.oracle.sessions.keys().cloned().collect();
        let Some(id) = known.get(index % known.len().max(1)) else { return };
        match step {
            Step::Connect(_) => {
                let over = !control.session_is_live(id).await;
                assert!(
                    control.session_connected(id, None).await.is_err() || !over,
                    "what is over stays over"
                );
            }
            Step::Disconnect(_) => control.session_disconnected(id).await,
            Step::EndByUser(_) => control.session_ended(id, crate::EndReason::User).await,
            _ => {
                self.call("ExpireSession", json!({"SessionId": id})).await.unwrap();
            }
        }
        if matches!(step, Step::EndByUser(_) | Step::Expire(_)) {
            assert!(!control.session_is_live(id).await);
        }
    }

    async fn die(&self, index: usize) {
        use millrace_driver::Driver as _;
        let living = self.installation.driver.list().await.unwrap();
        if let Some(status) = living.get(index % living.len().max(1)) {
            self.installation.driver.kill(&status.id);
        }
    }

    /// Everything can be taken away again, and nothing is left.
    async fn end(self) {
        let Self { installation, oracle, .. } = self;
        for fleet in oracle.fleets.keys() {
            installation.ok("StopFleet", json!({"Name": fleet})).await;
        }
        for fleet in oracle.fleets.keys() {
            installation.until_state(fleet, "STOPPED").await;
            let counts = installation.fleet(fleet).await["ComputeCapacityStatus"].clone();
            assert_eq!(
                (&counts["Running"], &counts["InUse"], &counts["Available"]),
                (&json!(0), &json!(0), &json!(0))
            );
        }
        installation.until_nothing_runs().await;
        let rows = installation.store.runtime().await.unwrap();
        assert!(rows.instances.is_empty() && rows.sessions.is_empty(), "{rows:?}");
        for (stack, known) in &oracle.stacks {
            if let Some(fleet) = &known.fleet {
                installation.ok("DisassociateFleet", json!({"FleetName": fleet, "StackName": stack})).await;
            }
            installation.ok("DeleteStack", json!({"Name": stack})).await;
        }
        for fleet in oracle.fleets.keys() {
            installation.ok("DeleteFleet", json!({"Name": fleet})).await;
        }
    }
}
