//! What a host has, and what instances take of it.

use crate::fleet::{FleetError, FleetErrorCode};

/// Processors and memory: what an instance is given, what a host has for all of them, or what is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// Bytes.
    pub memory_bytes: u64,
    /// Thousandths of a processor.
    pub cpu_millis: u64,
}

impl Resources {
    /// Whether one of `size` fits when nothing else is there.
    #[must_use]
    pub fn can_hold(self, size: Self) -> bool {
        size.memory_bytes <= self.memory_bytes && size.cpu_millis <= self.cpu_millis
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            memory_bytes: self.memory_bytes.saturating_add(other.memory_bytes),
            cpu_millis: self.cpu_millis.saturating_add(other.cpu_millis),
        }
    }

    /// Without the other.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self {
            memory_bytes: self.memory_bytes.saturating_sub(other.memory_bytes),
            cpu_millis: self.cpu_millis.saturating_sub(other.cpu_millis),
        }
    }

    /// `count` of these.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self {
            memory_bytes: self.memory_bytes.saturating_mul(count.into()),
            cpu_millis: self.cpu_millis.saturating_mul(count.into()),
        }
    }

    /// How many of `size` still fit where `taken` is taken already.
    #[must_use]
    pub fn fits(self, taken: Self, size: Self) -> u32 {
        let share = |all: u64, taken: u64, each: u64| {
            all.saturating_sub(taken)
                .checked_div(each)
                .map_or(u32::MAX, |count| u32::try_from(count).unwrap_or(u32::MAX))
        };
        share(self.memory_bytes, taken.memory_bytes, size.memory_bytes).min(share(
            self.cpu_millis,
            taken.cpu_millis,
            size.cpu_millis,
        ))
    }
}

/// What an owner is told of a fleet that has `present` of `desired` instances, and no room for more.
#[must_use]
pub fn shortage(
    room: Resources,
    taken: Resources,
    size: Resources,
    present: u32,
    desired: u32,
) -> FleetError {
    lacking(&format!("room for {present} of the {desired} instances. One more"), room, taken, size)
}

/// What an owner is told of an image builder for which there is no room.
#[must_use]
pub fn no_room(room: Resources, taken: Resources, size: Resources) -> FleetError {
    lacking("no room for the image builder: it", room, taken, size)
}

/// What the host has, for what needs `size`.
fn lacking(what: &str, room: Resources, taken: Resources, size: Resources) -> FleetError {
    let message = format!(
        "The host has {what} needs {} MiB of memory and {} vCPUs; of {} MiB and {} vCPUs that instances may have together, {} MiB and {} vCPUs are \
         taken.",
        mebibytes(size),
        processors(size),
        mebibytes(room),
        processors(room),
        mebibytes(taken),
        processors(taken),
    );
    FleetError { code: FleetErrorCode::ProvisioningFailure, message }
}

/// What an owner is told of a fleet whose instances are larger than the host.
#[must_use]
pub fn too_large(room: Resources, size: Resources, instance_type: &str) -> FleetError {
    let message = format!(
        "InstanceType {instance_type} needs {} MiB of memory and {} vCPUs, and instances of this host may have {} MiB and {} vCPUs together.",
        mebibytes(size),
        processors(size),
        mebibytes(room),
        processors(room),
    );
    FleetError { code: FleetErrorCode::ProvisioningFailure, message }
}

fn mebibytes(resources: Resources) -> u64 {
    resources.memory_bytes >> 20
}

fn processors(resources: Resources) -> String {
    let (whole, rest) = (resources.cpu_millis / 1000, resources.cpu_millis % 1000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}").trim_end_matches('0').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Resources, shortage, too_large};

    const GIB: u64 = 1 << 30;
    const HOST: Resources = Resources { memory_bytes: 10 * GIB, cpu_millis: 8000 };
    const SMALL: Resources = Resources { memory_bytes: 2 * GIB, cpu_millis: 1500 };

    #[test]
    fn the_scarcer_of_both_decides() {
        assert_eq!(HOST.fits(Resources::default(), SMALL), 5);
        assert_eq!(HOST.fits(SMALL.times(3), SMALL), 2);
        assert_eq!(HOST.fits(SMALL.times(9), SMALL), 0);
        assert_eq!(HOST.fits(Resources { cpu_millis: 6600, ..SMALL }, SMALL), 0);
        assert_eq!(HOST.fits(HOST, Resources::default()), u32::MAX);
        assert!(HOST.can_hold(SMALL) && !HOST.can_hold(SMALL.times(6)));
    }

    #[test]
    fn owners_are_told_in_numbers() {
        let message = shortage(HOST, SMALL.times(5), SMALL, 5, 7).message;
        assert!(
            message.contains("5 of the 7") && message.contains("2048 MiB of memory and 1.5 vCPUs"),
            "{message}"
        );
        assert!(message.ends_with("10240 MiB and 7.5 vCPUs are taken."), "{message}");
        let message = too_large(HOST, SMALL.times(6), "stream.memory.large").message;
        assert!(message.contains("stream.memory.large needs 12288 MiB of memory and 9 vCPUs"), "{message}");
    }
}
