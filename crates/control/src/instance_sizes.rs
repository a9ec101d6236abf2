//! The sizes that AWS has published for the instance types of this service (the service's pricing page), where they can be had here: those
//! without a graphics processor.

/// The end of a type's name; vCPUs; memory in MiB.
type Size = (&'static str, u32, u64);

/// Families and their sizes.
const SIZES: &[(&str, &[Size])] = &[
    (
        "stream.standard",
        &[
            ("small", 1, 2048),
            ("medium", 2, 4096),
            ("large", 2, 8192),
            ("xlarge", 4, 16_384),
            ("2xlarge", 8, 32_768),
        ],
    ),
    (
        "stream.compute",
        &[
            ("large", 2, 3840),
            ("xlarge", 4, 7680),
            ("2xlarge", 8, 15_360),
            ("4xlarge", 16, 30_720),
            ("8xlarge", 36, 61_440),
        ],
    ),
    (
        "stream.memory",
        &[
            ("large", 2, 15_616),
            ("xlarge", 4, 31_232),
            ("2xlarge", 8, 62_464),
            ("4xlarge", 16, 124_928),
            ("8xlarge", 32, 249_856),
        ],
    ),
    (
        "stream.memory.z1d",
        &[
            ("large", 2, 16_384),
            ("xlarge", 4, 32_768),
            ("2xlarge", 8, 65_536),
            ("3xlarge", 12, 98_304),
            ("6xlarge", 24, 196_608),
            ("12xlarge", 48, 393_216),
        ],
    ),
];

/// An instance type's size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceSize {
    /// Such as `stream.standard.small`.
    pub instance_type: String,
    /// vCPUs.
    pub processors: u32,
    /// Memory in MiB.
    pub memory_mib: u64,
}

/// Every size that AWS has published of types that can be had here.
pub fn published_sizes() -> impl Iterator<Item = InstanceSize> {
    SIZES.iter().flat_map(|(family, sizes)| {
        sizes.iter().map(move |(size, processors, memory_mib)| InstanceSize {
            instance_type: format!("{family}.{size}"),
            processors: *processors,
            memory_mib: *memory_mib,
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::published_sizes;
    use crate::instance_types::{has_graphics, is_known};

    #[test]
    fn every_type_that_can_be_had_has_a_size() {
        let sized: BTreeSet<String> = published_sizes().map(|size| size.instance_type).collect();
        for instance_type in &sized {
            assert!(is_known(instance_type) && !has_graphics(instance_type), "{instance_type}");
        }
        let known = crate::instance_types::all().filter(|instance_type| !has_graphics(instance_type));
        for instance_type in known {
            assert!(sized.contains(&instance_type), "{instance_type} has no size");
        }
    }
}
