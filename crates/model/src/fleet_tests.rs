use super::*;
use crate::machine::NetworkPlacement;
use crate::scope::AccountId;

pub(crate) fn settings(kind: FleetKind, instances: u32) -> FleetSettings {
    let owner = AccountId::new("123456789012").unwrap();
    FleetSettings {
        display_name: None,
        description: None,
        image: Some(ImageReference { owner, name: Name::new("image").unwrap() }),
        machine: MachineSettings::of_type("stream.standard.small"),
        kind,
        capacity: Capacity::Instances(instances),
        max_user_duration_seconds: 57600,
        disconnect_timeout_seconds: 900,
        idle_disconnect_timeout_seconds: 0,
        view: StreamView::App,
        platform: None,
        usb_device_filters: None,
        session_script: None,
        max_sessions_per_instance: None,
    }
}

fn fleet(kind: FleetKind, instances: u32) -> Fleet {
    Fleet::new(Name::new("fleet").unwrap(), settings(kind, instances), Timestamp(0))
}

#[test]
fn states_follow_intent_and_observation() {
    let stopped = fleet(FleetKind::AlwaysOn, 1);
    assert_eq!(stopped.state(0), FleetState::Stopped);
    let starting = stopped.start(0, Timestamp(1)).unwrap();
    assert_eq!(starting.state(0), FleetState::Starting);
    let running = starting.became_ready(Timestamp(1), Timestamp(2));
    assert_eq!(running.state(1), FleetState::Running);
    assert_eq!(running.state(0), FleetState::Running, "a running fleet whose instances died still runs");
    assert_eq!(running.start(1, Timestamp(3)).unwrap(), running, "starting what runs is harmless");
    let stopping = running.stop();
    assert_eq!(stopping.state(1), FleetState::Stopping);
    assert_eq!(stopping.start(1, Timestamp(4)), Err(StartRefusal::Stopping));
    assert_eq!(
        stopping.became_ready(Timestamp(1), Timestamp(4)),
        stopping,
        "what is late does not revive it"
    );
    assert_eq!(stopping.state(0), FleetState::Stopped);
    assert_eq!(fleet(FleetKind::OnDemand, 0).start(0, Timestamp(1)), Err(StartRefusal::NoCapacity));
}

#[test]
fn deletion_needs_a_stopped_fleet_without_a_stack() {
    let stopped = fleet(FleetKind::AlwaysOn, 1);
    assert_eq!(stopped.may_be_deleted(0, false), Ok(()));
    assert_eq!(stopped.may_be_deleted(0, true), Err(DeleteRefusal::Associated));
    assert_eq!(stopped.may_be_deleted(1, false), Err(DeleteRefusal::NotStopped));
}

#[test]
fn what_may_change_depends_on_the_state() {
    let stopped = fleet(FleetKind::AlwaysOn, 1);
    let running = stopped.start(0, Timestamp(1)).unwrap().became_ready(Timestamp(1), Timestamp(2));
    let mut small = running.settings.clone();
    small.display_name = Some("d".to_owned());
    small.capacity = Capacity::Instances(9);
    small.image = None;
    assert!(running.update(small, 1).is_ok());
    let mut large = running.settings.clone();
    large.machine.instance_type = "stream.standard.large".to_owned();
    assert_eq!(running.update(large.clone(), 1), Err(UpdateRefusal::Running));
    assert_eq!(running.stop().update(large.clone(), 1), Err(UpdateRefusal::Changing));
    assert!(stopped.update(large, 0).is_ok());
    assert_eq!(stopped.update(settings(FleetKind::OnDemand, 1), 0), Err(UpdateRefusal::Kind));
    let demand = fleet(FleetKind::OnDemand, 1)
        .start(0, Timestamp(1))
        .unwrap()
        .became_ready(Timestamp(1), Timestamp(2));
    assert_eq!(demand.update(settings(FleetKind::OnDemand, 0), 0), Err(UpdateRefusal::NoCapacity));
}

#[test]
fn what_is_not_built_names_its_parameter() {
    let mut asked = settings(FleetKind::Elastic, 1);
    asked.machine.network = Some(NetworkPlacement::default());
    asked.session_script = Some(ObjectLocation { bucket: "b".to_owned(), key: None });
    let messages: Vec<_> = asked.unmet().into_iter().map(|error| error.message).collect();
    assert_eq!(messages.len(), 2);
    assert!(messages[0].starts_with("VpcConfig") && messages[1].starts_with("FleetType ELASTIC"));
    assert_eq!(asked.ignored().len(), 1);
}
