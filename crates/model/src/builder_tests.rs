//! A builder's states, one after the other.

use super::*;
use crate::scope::AccountId;

pub(crate) fn builder() -> ImageBuilder {
    let image =
        ImageReference { owner: AccountId::new("123456789012").unwrap(), name: Name::new("image").unwrap() };
    let settings = BuilderSettings {
        display_name: None,
        description: None,
        image,
        image_digest: "sha256:1".to_owned(),
        platform: Platform::UbuntuPro2404,
        machine: MachineSettings::of_type("stream.standard.medium"),
        access_endpoints: Vec::new(),
    };
    let versions = ("1".to_owned(), "1".to_owned());
    ImageBuilder::new(Name::new("b").unwrap(), settings, "d".to_owned(), Vec::new(), versions, Timestamp(0))
}

fn id(text: &str) -> InstanceId {
    InstanceId::new(text).unwrap()
}

fn error() -> FleetError {
    FleetError { code: FleetErrorCode::ProvisioningFailure, message: "no".to_owned() }
}

#[test]
fn a_life() {
    let pending = builder();
    assert_eq!(pending.state(), BuilderState::Pending);
    let starting = pending.began(id("ib-1"), Timestamp(1));
    assert_eq!(starting.began(id("ib-2"), Timestamp(1)), starting, "one instance at a time");
    assert_eq!(starting.became_ready(&id("ib-2")), starting, "another instance's word does not count");
    let running = starting.became_ready(&id("ib-1"));
    assert_eq!(running.state(), BuilderState::Running);
    let session = SessionId::new("s").unwrap();
    let viewed = running.admit(session.clone()).unwrap();
    assert_eq!(viewed.admit(SessionId::new("t").unwrap()).unwrap(), viewed, "the session is resumed");
    assert_eq!(viewed.session_ended(&session).runtime.session, None);
    let stopping = viewed.stop().unwrap();
    assert_eq!(stopping.state(), BuilderState::Stopping);
    assert!(stopping.start("1".into(), Timestamp(2)).is_err());
    let stopped = stopping.ending(&id("ib-1")).gone(&id("ib-1"));
    assert_eq!((stopped.state(), &stopped.runtime.session), (BuilderState::Stopped, &None));
    let updating = stopped.start("2".into(), Timestamp(3)).unwrap();
    assert_eq!(updating.state(), BuilderState::UpdatingAgent);
    let again = updating.began(id("ib-2"), Timestamp(3)).became_ready(&id("ib-2"));
    assert_eq!((again.state(), again.runtime.agent_version.as_str()), (BuilderState::Running, "2"));
    let snapshotting = again.snapshot(Name::new("i").unwrap()).unwrap();
    assert_eq!(snapshotting.delete(), Err(WrongBuilderState(BuilderState::Snapshotting)));
    let done = snapshotting.ending(&id("ib-2")).gone(&id("ib-2")).snapshot_ended(None);
    assert_eq!(done.state(), BuilderState::Stopped);
    let deleting = running.delete().unwrap();
    assert_eq!((deleting.state(), deleting.delete().unwrap()), (BuilderState::Deleting, deleting.clone()));
}

#[test]
fn what_fails_again_and_again_has_failed_and_can_be_tried_again() {
    let mut failing = builder();
    let mut now = Timestamp(1_000);
    for attempt in 0..MOST_FAILURES {
        assert_eq!(failing.state(), BuilderState::Pending, "{attempt}");
        let instance = id(&format!("ib-{attempt}"));
        failing = failing.began(instance.clone(), now).lost(&instance, &error(), now);
        failing = failing.gone(&instance);
        now = failing.runtime.health.retry_at.unwrap();
    }
    assert_eq!(failing.state(), BuilderState::Failed);
    assert_eq!(failing.runtime.reason.as_ref().unwrap().message, "no");
    assert_eq!(failing.start("1".into(), now).unwrap().state(), BuilderState::Pending);
    assert_eq!(failing.stop(), Err(WrongBuilderState(BuilderState::Failed)));
}

#[test]
fn an_instance_that_ends_late_is_no_failure() {
    let now = Timestamp(0).plus_seconds(EARLY_DEATH_SECONDS + 1);
    let running = builder().began(id("ib-1"), Timestamp(0)).became_ready(&id("ib-1"));
    let lost = running.lost(&id("ib-1"), &error(), now);
    assert_eq!((lost.state(), lost.runtime.health.failures), (BuilderState::Pending, 0));
    assert!(lost.runtime.reason.is_some());
}
