//! How full a fleet is, as its owner sees it (`api-behaviour` § 3, "Decided for Millrace").

use crate::fleet::{Capacity, Fleet, FleetKind, FleetState};

/// How many instances of a fleet are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstanceCounts {
    /// Recorded, and not ready.
    pub starting: u32,
    /// Ready, and nobody's.
    pub idle: u32,
    /// Serving a session.
    pub assigned: u32,
    /// Being ended.
    pub retiring: u32,
}

impl InstanceCounts {
    /// All of them.
    #[must_use]
    pub fn total(self) -> u32 {
        self.starting + self.idle + self.assigned + self.retiring
    }
}

/// What is told of a fleet's capacity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CapacityStatus {
    /// What the owner asked for, in instances.
    pub desired: u32,
    /// Instances that are up.
    pub running: u32,
    /// Instances that serve a session.
    pub in_use: u32,
    /// How many more users can be served.
    pub available: u32,
}

/// What is told of a fleet's capacity.
///
/// Always on: running = in use + available. On demand: running = in use, available = desired − in use, once it runs.
#[must_use]
pub fn status(fleet: &Fleet, counts: InstanceCounts) -> CapacityStatus {
    let in_use = counts.assigned;
    let desired = match fleet.settings.capacity {
        Capacity::Instances(count) => count,
        // Instances of that many sessions each, rounded up; an elastic fleet has none of its own.
        Capacity::Sessions(count) => {
            count.div_ceil(fleet.settings.max_sessions_per_instance.unwrap_or(1).max(1))
        }
        Capacity::Concurrent(_) => 0,
    };
    let runs = fleet.state(counts.total()) == FleetState::Running;
    match fleet.settings.kind {
        FleetKind::AlwaysOn => {
            CapacityStatus { desired, running: in_use + counts.idle, in_use, available: counts.idle }
        }
        FleetKind::OnDemand => {
            let available = if runs { desired.saturating_sub(in_use) } else { 0 };
            CapacityStatus { desired, running: in_use, in_use, available }
        }
        FleetKind::Elastic => CapacityStatus { desired, running: in_use, in_use, available: 0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::tests::settings;
    use crate::scope::Name;
    use crate::time::Timestamp;

    #[test]
    fn counts_by_kind() {
        let counts = InstanceCounts { starting: 1, idle: 2, assigned: 3, retiring: 4 };
        let name = Name::new("f").unwrap();
        let running = |kind| {
            let fleet = Fleet::new(name.clone(), settings(kind, 6), Timestamp(0));
            fleet.start(0, Timestamp(0)).unwrap().became_ready(Timestamp(0), Timestamp(0))
        };
        let always = status(&running(FleetKind::AlwaysOn), counts);
        assert_eq!(always, CapacityStatus { desired: 6, running: 5, in_use: 3, available: 2 });
        let demand = status(&running(FleetKind::OnDemand), counts);
        assert_eq!(demand, CapacityStatus { desired: 6, running: 3, in_use: 3, available: 3 });
        let stopped = status(&running(FleetKind::OnDemand).stop(), InstanceCounts::default());
        assert_eq!(stopped.available, 0);
    }
}
