//! What becomes of the world: after any history, and after some that matter.

use std::collections::BTreeMap;

use proptest::prelude::proptest;

use crate::fleet::{FleetKind, FleetState, Intent};
use crate::instance::InstanceState;
use crate::plan::{HostState, Plan, Step, plan};
use crate::session::{Connection, EndReason, SessionState};

use super::{Operation, SIZE, World, key, operations};

proptest! {
    #[test]
    fn any_history_converges(history in proptest::collection::vec(operations(), 1..80)) {
        let mut world = World::new();
        for operation in &history {
            world.apply(operation);
            world.check();
        }

        world.settle();
        for (key, fleet) in &world.fleets {
            let counts = world.counts(key);
            let desired = fleet.settings.capacity.sessions();
            match (fleet.intent, fleet.settings.kind) {
                (Intent::Stopped, _) => assert_eq!(counts.total(), 0, "stopped"),
                (Intent::Running { .. }, FleetKind::AlwaysOn) => {
                    assert_eq!((counts.idle + counts.assigned).max(desired), desired.max(counts.assigned));
                    assert!(counts.idle + counts.assigned >= desired);
                }
                (Intent::Running { .. }, _) => {
                    let warm = world.warm.min(desired.saturating_sub(counts.assigned));
                    assert_eq!(counts.idle, warm, "nobody waits: only the spare ones are there");
                }
            }
        }
        assert_eq!(world.host.len(), world.instances.len(), "nothing runs without a record");
        for (id, instance) in &world.instances {
            let idle = instance.state == InstanceState::Idle;
            assert_eq!(world.host[id] == HostState::Frozen, idle, "what is idle is frozen, and nothing else");
        }

        world.apply(&Operation::Stop(0));
        world.apply(&Operation::Stop(1));
        world.settle();
        assert!(world.instances.is_empty() && world.host.is_empty(), "stopping leaves nothing");
        assert!(world.sessions.values().all(|session| !session.is_live()));
    }
}

#[test]
fn time_outs_end_sessions_and_are_looked_forward_to() {
    let mut world = World::new();
    world.apply(&Operation::Start(0));
    world.settle();
    world.apply(&Operation::Admit(0));
    let pending_until = world.now.plus_seconds(crate::session::PENDING_SECONDS);
    assert_eq!(world.reconcile().look_again_at, Some(pending_until));
    world.apply(&Operation::Connect(0));
    world.apply(&Operation::Disconnect(0));
    let id = world.live_session(0).unwrap();
    let SessionState::Active { connection: Connection::Disconnected { .. }, .. } = world.sessions[&id].state
    else {
        panic!("disconnected");
    };
    let until = world.now.plus_seconds(900);
    assert_eq!(world.reconcile().look_again_at, Some(until));
    world.now = until;
    world.settle();
    assert!(matches!(world.sessions[&id].state, SessionState::Ended { reason: EndReason::Time, .. }));
}

#[test]
fn nothing_is_made_while_a_fleet_backs_off() {
    let mut world = World::new();
    world.failures = 2;
    world.apply(&Operation::Start(0));
    world.reconcile();
    let retry_at = world.fleets[&key("always")].health.retry_at.unwrap();
    let waiting = world.reconcile();
    assert!(!waiting.steps.iter().any(|step| matches!(step, Step::CreateInstance { .. })));
    assert_eq!(waiting.look_again_at, Some(retry_at));
    world.now = retry_at;
    world.settle();
    assert_eq!(world.counts(&key("always")).idle, 2);
}

#[test]
fn spare_instances_wait_until_the_host_is_calm() {
    let mut world = World::new();
    world.warm = 1;
    world.apply(&Operation::Start(1));
    world.apply(&Operation::Reconcile);
    let created = |plan: &Plan| plan.steps.iter().any(|step| matches!(step, Step::CreateInstance { .. }));
    let mut snapshot = world.snapshot();
    snapshot.instances.clear();
    let calm = world.now.plus_seconds(2);
    for view in &mut snapshot.fleets {
        view.warm_again_at = Some(calm);
    }
    let waiting = plan(&snapshot, world.now);
    assert!(!created(&waiting));
    assert_eq!(waiting.look_again_at, Some(calm));
    assert!(created(&plan(&snapshot, calm)));
    snapshot.fleets.iter_mut().for_each(|view| view.demand = 1);
    assert!(created(&plan(&snapshot, world.now)), "a user who waits is another matter");
}

#[test]
fn what_fits_is_made_and_the_owner_told_of_the_rest() {
    let mut world = World::new();
    world.room = Some(SIZE.times(3));
    world.warm = 2;
    world.apply(&Operation::Resize(1, 5));
    world.apply(&Operation::Start(1));
    world.settle();
    let shortage = |world: &World, name| world.fleets[&key(name)].health.shortage.clone();
    assert_eq!(world.counts(&key("demand")).idle, 2, "spare ones");
    assert!(shortage(&world, "demand").unwrap().message.starts_with("The host has room for 3 of the 5"));
    world.apply(&Operation::Start(0));
    world.settle();
    assert_eq!(world.counts(&key("always")).idle, 2, "what was promised comes before what is spare");
    assert_eq!(world.counts(&key("demand")).idle, 1);
    assert_eq!(shortage(&world, "always"), None);
    world.apply(&Operation::Resize(0, 4));
    world.settle();
    assert_eq!((world.counts(&key("always")).idle, world.counts(&key("demand")).idle), (3, 0));
    let told = shortage(&world, "always").unwrap().message;
    assert!(told.starts_with("The host has room for 3 of the 4") && told.contains("3072 MiB"), "{told}");
    world.room = Some(SIZE.times(6));
    world.settle();
    assert_eq!(world.counts(&key("always")).idle, 4);
    assert_eq!(shortage(&world, "always"), None);
    world.apply(&Operation::Stop(1));
    assert_eq!(shortage(&world, "demand"), None, "a fleet that does not run lacks nothing");
}

#[test]
fn an_on_demand_fleet_runs_only_if_an_instance_can_be_made() {
    let mut world = World::new();
    world.room = Some(SIZE.times(2));
    world.apply(&Operation::Start(0));
    world.settle();
    world.apply(&Operation::Start(1));
    world.settle();
    assert_eq!(world.fleets[&key("demand")].state(0), FleetState::Starting);
    world.apply(&Operation::Stop(0));
    world.settle();
    assert_eq!(world.fleets[&key("demand")].state(0), FleetState::Running);
}

#[test]
fn what_is_busy_or_unseen_is_left_alone() {
    let mut world = World::new();
    world.apply(&Operation::Start(0));
    world.settle();
    let mut snapshot = world.snapshot();
    snapshot.host = None;
    assert_eq!(plan(&snapshot, world.now).steps, [], "a host that cannot be asked proves nothing");
    snapshot.host = Some(BTreeMap::new());
    snapshot.busy = snapshot.instances.iter().map(|instance| instance.id.clone()).collect();
    assert_eq!(plan(&snapshot, world.now).steps, []);
    snapshot.busy.clear();
    let lost = plan(&snapshot, world.now).steps;
    assert_eq!(lost.iter().filter(|step| matches!(step, Step::LoseInstance { .. })).count(), 2);
}
