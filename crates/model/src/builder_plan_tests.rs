//! A builder in a small world: random wishes of its owner, random failures of its host, and what must hold after each.

use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

use super::*;
use crate::builder::BuilderState;
use crate::builder::tests::builder;
use crate::fleet::FleetErrorCode;
use crate::scope::{AccountId, Name, Region, Scope};

const SIZE: Resources = Resources { memory_bytes: 1 << 30, cpu_millis: 1000 };

#[derive(Clone, Debug)]
enum Event {
    Start,
    Stop,
    Delete,
    Snapshot,
    /// The reconciler looks, and what it began ends, well or not.
    Pass {
        succeeds: bool,
    },
    /// Likewise, but the server is killed before the result of its work is written.
    Killed,
    /// The instance ends by itself.
    Dies,
    /// Time passes.
    Wait,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        Just(Event::Start),
        Just(Event::Stop),
        Just(Event::Delete),
        Just(Event::Snapshot),
        any::<bool>().prop_map(|succeeds| Event::Pass { succeeds }),
        Just(Event::Pass { succeeds: true }),
        Just(Event::Killed),
        Just(Event::Dies),
        Just(Event::Wait),
    ]
}

struct World {
    row: Option<ImageBuilder>,
    host: BTreeMap<InstanceId, HostState>,
    disk: bool,
    now: Timestamp,
    next: u32,
    images: u32,
}

impl World {
    fn key() -> BuilderKey {
        let account = AccountId::new("123456789012").unwrap();
        let scope = Scope { account, region: Region::new("r").unwrap() };
        BuilderKey { scope, name: Name::new("b").unwrap() }
    }

    fn apply(&mut self, event: &Event) {
        self.now = self.now.plus_seconds(1);
        let row = self.row.clone();
        match (event, row) {
            (Event::Start, Some(row)) => self.wish(row.start("1".into(), self.now).ok()),
            (Event::Stop, Some(row)) => self.wish(row.stop().ok()),
            (Event::Delete, Some(row)) => self.wish(row.delete().ok()),
            (Event::Snapshot, Some(row)) => self.wish(row.snapshot(Name::new("i").unwrap()).ok()),
            (Event::Pass { succeeds }, _) => self.pass(Some(*succeeds)),
            (Event::Killed, _) => self.pass(None),
            (Event::Dies, _) => self.host.values_mut().for_each(|state| *state = HostState::Exited),
            (Event::Wait, _) => self.now = self.now.plus_seconds(400),
            (_, None) => {}
        }
    }

    fn wish(&mut self, changed: Option<ImageBuilder>) {
        if changed.is_some() {
            self.row = changed;
        }
    }

    fn pass(&mut self, outcome: Option<bool>) {
        let builders = self.row.iter().map(|builder| BuilderView {
            key: Self::key(),
            builder: builder.clone(),
            obstacles: Vec::new(),
            size: SIZE,
        });
        let snapshot = BuilderSnapshot {
            builders: builders.collect(),
            host: Some(self.host.clone()),
            ..BuilderSnapshot::default()
        };
        for step in plan_builders(&snapshot, self.now).steps {
            self.execute(step, outcome);
        }
    }

    fn execute(&mut self, step: BuilderStep, outcome: Option<bool>) {
        let error = FleetError { code: FleetErrorCode::ProvisioningFailure, message: "no".to_owned() };
        let row = self.row.clone();
        match (step, row) {
            (BuilderStep::Begin { .. }, Some(row)) => {
                self.next += 1;
                let id = InstanceId::new(format!("{}{}", InstanceId::BUILDERS, self.next)).unwrap();
                self.row = Some(row.began(id.clone(), self.now));
                self.make(&id, &error, outcome);
            }
            (BuilderStep::Ensure { instance, .. }, Some(_)) => self.make(&instance, &error, outcome),
            (BuilderStep::End { instance, .. }, Some(row)) => self.row = Some(row.ending(&instance)),
            (BuilderStep::Lose { instance, .. }, Some(row)) => {
                self.row = Some(row.lost(&instance, &error, self.now));
            }
            (BuilderStep::Destroy { instance, .. }, Some(row)) => {
                if outcome != Some(false) {
                    self.host.remove(&instance);
                }
                if outcome == Some(true) {
                    self.row = Some(row.gone(&instance));
                }
            }
            (BuilderStep::Snapshot { .. }, Some(row)) => {
                assert!(self.disk && self.host.is_empty(), "a snapshot of a disk that somebody writes to");
                if let Some(succeeds) = outcome {
                    self.images += u32::from(succeeds);
                    self.row = Some(row.snapshot_ended((!succeeds).then(|| "no".to_owned())));
                }
            }
            (BuilderStep::Remove { .. }, Some(_)) => {
                assert!(self.host.is_empty(), "a disk is removed under its instance");
                if outcome != Some(false) {
                    self.disk = false;
                }
                if outcome == Some(true) {
                    self.row = None;
                }
            }
            (BuilderStep::DestroyOrphan { instance }, _) => {
                self.host.remove(&instance);
            }
            (BuilderStep::Fail { .. }, _) => panic!("nothing stands in the way"),
            (step, None) => panic!("{step:?} without a row"),
        }
    }

    fn make(&mut self, id: &InstanceId, error: &FleetError, outcome: Option<bool>) {
        let Some(row) = self.row.clone() else { return };
        assert!(self.host.keys().all(|other| other == id), "two instances on one disk");
        self.disk = true;
        match outcome {
            Some(true) => {
                self.host.insert(id.clone(), HostState::Ready);
                self.row = Some(row.became_ready(id));
            }
            Some(false) => {
                self.host.remove(id);
                self.row = Some(row.lost(id, error, self.now));
            }
            None => {
                self.host.insert(id.clone(), HostState::Starting);
            }
        }
    }

    /// Whatever came before, a wish is fulfilled once nothing fails any more.
    fn settle(&mut self) {
        for _ in 0..12 {
            self.now = self.now.plus_seconds(400);
            self.pass(Some(true));
        }
        match &self.row {
            None => assert!(self.host.is_empty() && !self.disk, "something is left of a deleted builder"),
            Some(row) => match row.state() {
                BuilderState::Running => assert_eq!(self.host.len(), 1),
                BuilderState::Stopped | BuilderState::Failed => assert!(self.host.is_empty()),
                other => panic!("stuck in {other:?}"),
            },
        }
    }
}

proptest! {
    #[test]
    fn wishes_are_fulfilled_and_a_disk_has_one_user(events in proptest::collection::vec(event(), 0..60)) {
        let mut world = World {
            row: Some(builder()),
            host: BTreeMap::new(),
            disk: false,
            now: Timestamp(0),
            next: 0,
            images: 0,
        };
        for event in &events {
            let had_disk = world.disk;
            world.apply(event);
            let deleted = world.row.as_ref().is_none_or(|row| row.state() == BuilderState::Deleting);
            assert!(world.disk || !had_disk || deleted, "a disk went without DeleteImageBuilder");
        }
        world.settle();
    }
}

#[test]
fn a_builder_without_room_fails_and_says_why() {
    let room = Some(Resources { memory_bytes: 3 * SIZE.memory_bytes, cpu_millis: 4 * SIZE.cpu_millis });
    let view = |name: &str, instance: bool| {
        let mut row = builder();
        if instance {
            row =
                row.began(InstanceId::new(format!("{}{name}", InstanceId::BUILDERS)).unwrap(), Timestamp(0));
        }
        BuilderView {
            key: BuilderKey { name: Name::new(name).unwrap(), ..World::key() },
            builder: row,
            obstacles: Vec::new(),
            size: SIZE,
        }
    };
    // One that runs, one that fits beside it, and one too many: a fleet's instance has the rest.
    let builders = vec![view("a", false), view("b", true), view("c", false)];
    let busy = [view("b", true).key].into();
    let snapshot = BuilderSnapshot { builders, room, reserved: SIZE, busy, ..BuilderSnapshot::default() };
    let steps = plan_builders(&snapshot, Timestamp(0)).steps;
    assert_eq!(steps[0], BuilderStep::Begin { builder: view("a", false).key });
    let BuilderStep::Fail { builder, errors } = &steps[1] else { panic!("{steps:?}") };
    assert_eq!((builder.name.as_str(), steps.len()), ("c", 2));
    assert!(errors[0].message.contains("The host has no room for the image builder"), "{errors:?}");
}

#[test]
fn a_builder_waits_for_room_that_is_about_to_be_there() {
    let view = BuilderView { key: World::key(), builder: builder(), obstacles: Vec::new(), size: SIZE };
    let BuilderIntent::Running { since } = view.builder.runtime.intent else { panic!("it should run") };
    let full = BuilderSnapshot {
        builders: vec![view.clone()],
        room: Some(SIZE),
        reserved: SIZE,
        leaving: SIZE,
        ..BuilderSnapshot::default()
    };
    let plan = plan_builders(&full, since);
    assert_eq!((plan.steps.as_slice(), plan.look_again_at), (&[][..], Some(since.plus_seconds(1))));
    let free =
        BuilderSnapshot { reserved: Resources::default(), leaving: Resources::default(), ..full.clone() };
    assert_eq!(plan_builders(&free, since).steps, [BuilderStep::Begin { builder: view.key.clone() }]);
    // What leaves is not enough, or does not leave.
    let small = Resources { cpu_millis: SIZE.cpu_millis - 1, ..SIZE };
    for (snapshot, now) in [
        (BuilderSnapshot { leaving: small, ..full.clone() }, since),
        (full.clone(), since.plus_seconds(WAIT_FOR_ROOM_SECONDS)),
    ] {
        let plan = plan_builders(&snapshot, now);
        assert!(matches!(plan.steps.as_slice(), [BuilderStep::Fail { .. }]), "{plan:?}");
    }
    // Another builder that is being stopped gives its room, too; only one gets it.
    let mut stopping = view.clone();
    stopping.key.name = Name::new("stopping").unwrap();
    stopping.builder = stopping.builder.began(InstanceId::new("ib-1").unwrap(), since);
    stopping.builder.runtime.intent = BuilderIntent::Stopped;
    let snapshot = BuilderSnapshot { builders: vec![stopping, view], leaving: Resources::default(), ..free };
    let plan = plan_builders(&snapshot, since);
    assert!(matches!(plan.steps.as_slice(), [BuilderStep::End { .. }]), "{plan:?}");
}

#[test]
fn fleets_instances_are_none_of_ours() {
    let id = InstanceId::new("i-1").unwrap();
    let host = Some(BTreeMap::from([(id, HostState::Ready)]));
    let snapshot = BuilderSnapshot { host, ..BuilderSnapshot::default() };
    assert_eq!(plan_builders(&snapshot, Timestamp(0)), BuilderPlan::default());
}
