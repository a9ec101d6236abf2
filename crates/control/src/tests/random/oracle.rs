//! What was acknowledged, and what therefore must be told; what must always hold, as the store shows it.

use std::collections::{BTreeMap, BTreeSet};

use millrace_model::instance::InstanceState;
use millrace_stream::admission::Grant;
use millrace_stream::ticket::{Destination, Ticket};
use millrace_wire::Protocol;
use serde_json::{Value, json};

use super::Step;
use crate::tests::harness::{ACCOUNT, Installation, OWNER, REGION};

pub(super) fn stack(index: usize) -> String {
    format!("stack{index}")
}

pub(super) fn fleet(index: usize) -> String {
    format!("fleet{index}")
}

pub(super) fn arn(on_stack: bool, index: usize) -> String {
    let (kind, name) = if on_stack { ("stack", stack(index)) } else { ("fleet", fleet(index)) };
    arn_of(kind, &name)
}

fn arn_of(kind: &str, name: &str) -> String {
    format!("arn:aws:appstream:{REGION}:{ACCOUNT}:{kind}/{name}")
}

type Tags = BTreeMap<String, String>;

pub(super) struct KnownStack {
    tags: Tags,
    /// The fleet that its users are given.
    pub(super) fleet: Option<String>,
}

pub(super) struct KnownFleet {
    tags: Tags,
    kind: &'static str,
    size: u32,
    /// Whether it was last told to run.
    runs: bool,
}

/// A session that was granted: whose, and on what.
pub(super) struct KnownSession {
    user: String,
    stack: String,
    fleet: String,
    instance: String,
}

#[derive(Default)]
pub(super) struct Oracle {
    pub(super) stacks: BTreeMap<String, KnownStack>,
    pub(super) fleets: BTreeMap<String, KnownFleet>,
    /// With whether they were spent.
    pub(super) tickets: Vec<(Ticket, bool)>,
    pub(super) sessions: BTreeMap<String, KnownSession>,
}

/// The owner's call was answered: what it did, or why it may have been refused.
impl Oracle {
    pub(super) fn note(&mut self, step: &Step, answer: &Result<(), String>) {
        let expected = self.allowed(step);
        match answer {
            Ok(()) => {
                assert!(expected.contains(&""), "{step:?} was done, and should have failed: {expected:?}");
            }
            Err(code) => assert!(expected.contains(&code.as_str()), "{step:?}: {code}, not {expected:?}"),
        }
        if answer.is_ok() {
            self.apply(step);
        }
    }

    /// The answers that are right: `""` is success. More than one where the reconciler may or may not have come so far.
    fn allowed(&self, step: &Step) -> Vec<&'static str> {
        const MISSING: &str = "ResourceNotFoundException";
        const EXISTS: &str = "ResourceAlreadyExistsException";
        const IN_USE: &str = "ResourceInUseException";
        const LIMIT: &str = "LimitExceededException";
        const NOT_PERMITTED: &str = "OperationNotPermittedException";
        let known_fleet = |index: &usize| self.fleets.get(&fleet(*index));
        match step {
            Step::CreateStack(index, _) if self.stacks.contains_key(&stack(*index)) => vec![EXISTS],
            Step::CreateFleet(index, ..) if known_fleet(index).is_some() => vec![EXISTS],
            Step::CreateStack(..) | Step::CreateFleet(..) => vec![""],
            Step::DeleteStack(index) => match self.stacks.get(&stack(*index)) {
                None => vec![MISSING],
                Some(known) if known.fleet.is_some() => vec![IN_USE],
                Some(_) => vec![""],
            },
            Step::DeleteFleet(index) => match known_fleet(index) {
                None => vec![MISSING],
                Some(known) if known.runs || self.is_used(&fleet(*index)) => vec![IN_USE],
                Some(_) => vec!["", IN_USE],
            },
            Step::StartFleet(index) => match known_fleet(index) {
                None => vec![MISSING],
                Some(known) if known.runs => vec![""],
                Some(known) if known.kind == "ON_DEMAND" && known.size == 0 => {
                    vec![NOT_PERMITTED, "ConcurrentModificationException"]
                }
                Some(_) => vec!["", "ConcurrentModificationException"],
            },
            Step::StopFleet(index) => vec![known_fleet(index).map_or(MISSING, |_| "")],
            Step::Resize(index, size) => match known_fleet(index) {
                None => vec![MISSING],
                Some(known) if known.runs && known.kind == "ON_DEMAND" && *size == 0 => {
                    vec![NOT_PERMITTED, IN_USE]
                }
                Some(_) => vec!["", IN_USE],
            },
            Step::Associate(index, of) => match (known_fleet(index), self.stacks.get(&stack(*of))) {
                (None, _) | (_, None) => vec![MISSING],
                (Some(_), Some(known)) => match &known.fleet {
                    Some(other) if *other != fleet(*index) => vec![LIMIT],
                    Some(_) | None => vec![""],
                },
            },
            Step::Disassociate(index, of) => match self.stacks.get(&stack(*of)) {
                Some(known) if known.fleet == Some(fleet(*index)) => vec!["", IN_USE],
                Some(_) | None => vec![MISSING],
            },
            Step::Tag(on_stack, index, more) => match self.tags(*on_stack, *index) {
                None => vec![MISSING],
                Some(tags) => {
                    let all: BTreeSet<_> = tags.keys().chain(more.keys()).collect();
                    vec![if all.len() > 50 { LIMIT } else { "" }]
                }
            },
            Step::Untag(on_stack, index, _) => {
                vec![if self.tags(*on_stack, *index).is_some() { "" } else { MISSING }]
            }
            other => unreachable!("{other:?} is no call of the owner's"),
        }
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::CreateStack(index, tags) => {
                let new = KnownStack { tags: tags.clone(), fleet: None };
                self.stacks.insert(stack(*index), new);
            }
            Step::DeleteStack(index) => {
                self.stacks.remove(&stack(*index));
            }
            Step::CreateFleet(index, kind, size, tags) => {
                let new = KnownFleet { tags: tags.clone(), kind, size: *size, runs: false };
                self.fleets.insert(fleet(*index), new);
            }
            Step::DeleteFleet(index) => {
                self.fleets.remove(&fleet(*index));
            }
            Step::StartFleet(index) => self.fleets.get_mut(&fleet(*index)).unwrap().runs = true,
            Step::StopFleet(index) => self.fleets.get_mut(&fleet(*index)).unwrap().runs = false,
            Step::Resize(index, size) => self.fleets.get_mut(&fleet(*index)).unwrap().size = *size,
            Step::Associate(index, of) => {
                self.stacks.get_mut(&stack(*of)).unwrap().fleet = Some(fleet(*index));
            }
            Step::Disassociate(_, of) => self.stacks.get_mut(&stack(*of)).unwrap().fleet = None,
            Step::Tag(on_stack, index, more) => {
                self.tags_mut(*on_stack, *index).extend(more.clone());
            }
            Step::Untag(on_stack, index, keys) => {
                self.tags_mut(*on_stack, *index).retain(|key, _| !keys.contains(key));
            }
            other => unreachable!("{other:?} is no call of the owner's"),
        }
    }

    fn is_used(&self, fleet: &str) -> bool {
        self.stacks.values().any(|stack| stack.fleet.as_deref() == Some(fleet))
    }

    fn tags(&self, on_stack: bool, index: usize) -> Option<&Tags> {
        if on_stack {
            self.stacks.get(&stack(index)).map(|known| &known.tags)
        } else {
            self.fleets.get(&fleet(index)).map(|known| &known.tags)
        }
    }

    fn tags_mut(&mut self, on_stack: bool, index: usize) -> &mut Tags {
        if on_stack {
            &mut self.stacks.get_mut(&stack(index)).unwrap().tags
        } else {
            &mut self.fleets.get_mut(&fleet(index)).unwrap().tags
        }
    }

    /// Whether a streaming URL can be given out.
    pub(super) fn may_have_url(&self, fleet_index: usize, stack_index: usize) -> bool {
        let (fleet, stack) = (fleet(fleet_index), stack(stack_index));
        self.fleets.get(&fleet).is_some_and(|known| known.runs)
            && self.stacks.get(&stack).is_some_and(|known| known.fleet == Some(fleet))
    }

    /// A user was let in: into a session of their own, on an instance that nobody had before.
    pub(super) async fn admitted(&mut self, installation: &Installation, ticket: &Ticket, grant: &Grant) {
        let asked = Destination::Fleet { stack: grant.stack.clone(), fleet: grant.fleet.clone() };
        assert_eq!((&grant.user_id, asked), (&ticket.user_id, ticket.destination.clone()));
        let fleet = &self.fleets[&grant.fleet];
        assert!(fleet.runs, "nobody is let into a fleet that was told to stop");
        assert_eq!(self.stacks[&grant.stack].fleet.as_ref(), Some(&grant.fleet));
        let live = installation.store.runtime().await.unwrap().sessions;
        let of_fleet = live.iter().filter(|session| session.fleet.name.as_str() == grant.fleet).count();
        if let Some(known) = self.sessions.get(&grant.session_id) {
            let same = (&known.user, &known.stack, &known.fleet, &known.instance);
            assert_eq!(same, (&grant.user_id, &grant.stack, &grant.fleet, &grant.instance_id));
            return;
        }
        assert!(of_fleet <= fleet.size as usize, "{of_fleet} sessions on a fleet of {}", fleet.size);
        let used = self.sessions.values().any(|known| known.instance == grant.instance_id);
        assert!(!used, "an instance is never used again");
        let new = KnownSession {
            user: grant.user_id.clone(),
            stack: grant.stack.clone(),
            fleet: grant.fleet.clone(),
            instance: grant.instance_id.clone(),
        };
        self.sessions.insert(grant.session_id.clone(), new);
    }

    pub(super) async fn check(&self, installation: &Installation, protocol: Protocol) {
        self.check_rows(installation).await;
        let call = async |operation: &str, input: Value| {
            installation.call_as(OWNER, protocol, operation, input).await.unwrap()
        };
        let stacks = call("DescribeStacks", json!({})).await["Stacks"].clone();
        assert_eq!(names(&stacks), self.stacks.keys().cloned().collect::<Vec<_>>());
        let fleets = call("DescribeFleets", json!({})).await["Fleets"].clone();
        assert_eq!(names(&fleets), self.fleets.keys().cloned().collect::<Vec<_>>());
        for told in fleets.as_array().unwrap() {
            self.fleets[told["Name"].as_str().unwrap()].check(told);
        }
        let kept = self.stacks.iter().map(|(name, known)| ("stack", name, &known.tags));
        let kept = kept.chain(self.fleets.iter().map(|(name, known)| ("fleet", name, &known.tags)));
        for (kind, name, tags) in kept {
            let told = call("ListTagsForResource", json!({"ResourceArn": arn_of(kind, name)})).await;
            assert_eq!(told["Tags"], json!(tags), "{kind} {name}");
        }
        for (name, known) in &self.stacks {
            let told = call("ListAssociatedFleets", json!({"StackName": name})).await;
            assert_eq!(told["Names"], json!(known.fleet.iter().collect::<Vec<_>>()), "{name}");
        }
    }

    /// One moment of the store.
    async fn check_rows(&self, installation: &Installation) {
        let rows = installation.store.runtime().await.unwrap();
        let mut served = BTreeMap::new();
        for instance in &rows.instances {
            let fleet = instance.fleet.name.as_str();
            assert!(self.fleets.contains_key(fleet), "{instance:?} is of no fleet");
            if let InstanceState::Assigned { session } = &instance.state {
                served.insert(session.clone(), instance.id.clone());
            }
        }
        let mut users = BTreeSet::new();
        for session in &rows.sessions {
            assert_eq!(
                served.remove(&session.id).as_ref(),
                Some(&session.instance),
                "a live session has one instance of its own"
            );
            let user = (session.fleet.clone(), session.stack.clone(), session.user.id.clone());
            assert!(users.insert(user), "{session:?} is the user's second");
            let known = &self.sessions[session.id.as_str()];
            assert_eq!(known.instance, session.instance.as_str(), "a session stays on its instance");
            assert_eq!(
                self.stacks[session.stack.as_str()].fleet.as_deref(),
                Some(session.fleet.name.as_str()),
                "what has live sessions is not parted"
            );
        }
        assert!(served.is_empty(), "{served:?}: instances serve sessions that are over");
    }
}

impl KnownFleet {
    fn check(&self, told: &Value) {
        let status = &told["ComputeCapacityStatus"];
        let count = |member: &str| status[member].as_u64().unwrap();
        let state = told["State"].as_str().unwrap();
        assert_eq!(self.runs, ["STARTING", "RUNNING"].contains(&state), "{told}");
        assert_eq!((told["FleetType"].as_str(), count("Desired")), (Some(self.kind), u64::from(self.size)));
        match self.kind {
            "ALWAYS_ON" => assert_eq!(count("Running"), count("InUse") + count("Available"), "{told}"),
            _ if state == "RUNNING" => {
                assert_eq!(count("Running"), count("InUse"), "{told}");
                assert_eq!(count("Available"), count("Desired").saturating_sub(count("InUse")), "{told}");
            }
            _ => assert_eq!(count("Available"), 0, "{told}"),
        }
        if state == "STOPPED" {
            assert_eq!(count("Running") + count("InUse") + count("Available"), 0, "{told}");
        }
    }
}

fn names(listed: &Value) -> Vec<String> {
    listed.as_array().unwrap().iter().map(|one| one["Name"].as_str().unwrap().to_owned()).collect()
}
