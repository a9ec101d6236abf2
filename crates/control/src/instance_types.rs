//! The instance types that AWS has published for this service, in today's API reference or an earlier one. A fleet may ask for any of them;
//! those with a graphics processor are not built.

use millrace_model::fleet::{FleetError, FleetErrorCode};

/// Prefix, sizes.
const FAMILIES: &[(&str, &[&str])] = &[
    ("stream.standard", &["small", "medium", "large", "xlarge", "2xlarge"]),
    ("stream.compute", &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge"]),
    ("stream.memory", &["large", "xlarge", "2xlarge", "4xlarge", "8xlarge"]),
    ("stream.memory.z1d", &["large", "xlarge", "2xlarge", "3xlarge", "6xlarge", "12xlarge"]),
    ("stream.graphics-design", &["large", "xlarge", "2xlarge", "4xlarge"]),
    ("stream.graphics-desktop", &["2xlarge"]),
    ("stream.graphics-pro", &["4xlarge", "8xlarge", "16xlarge"]),
    ("stream.graphics.g4dn", &["xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"]),
    ("stream.graphics.g5", &["xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"]),
    ("stream.graphics.g6", &["xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"]),
    ("stream.graphics.gr6", &["4xlarge", "8xlarge"]),
    ("stream.graphics.g6f", &["large", "xlarge", "2xlarge", "4xlarge"]),
    ("stream.graphics.gr6f", &["4xlarge"]),
    ("stream.graphics.g7", &["2xlarge", "4xlarge", "8xlarge", "12xlarge", "24xlarge", "48xlarge"]),
];

/// Whether AWS has published the type.
pub(crate) fn is_known(instance_type: &str) -> bool {
    instance_type.rsplit_once('.').is_some_and(|(family, size)| {
        FAMILIES.iter().any(|(known, sizes)| *known == family && sizes.contains(&size))
    })
}

/// Every type that AWS has published.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = String> {
    FAMILIES.iter().flat_map(|(family, sizes)| sizes.iter().map(move |size| format!("{family}.{size}")))
}

/// Whether the type has a graphics processor.
pub(crate) fn has_graphics(instance_type: &str) -> bool {
    instance_type.starts_with("stream.graphics")
}

/// What its owner is told of a type that has one: it cannot run.
pub(crate) fn no_graphics(instance_type: &str) -> Option<FleetError> {
    let parameter = || format!("InstanceType {instance_type}");
    has_graphics(instance_type).then(|| FleetError::unsupported(FleetErrorCode::Validation, &parameter()))
}

/// Whether elastic fleets can have the type.
pub(crate) fn is_elastic(instance_type: &str) -> bool {
    instance_type.starts_with("stream.standard.")
}

/// The families that images can be used with here.
pub(crate) fn supported_families() -> Vec<String> {
    ["stream.standard", "stream.compute", "stream.memory"].map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        for known in ["stream.standard.small", "stream.memory.z1d.12xlarge", "stream.graphics-pro.16xlarge"] {
            assert!(is_known(known), "{known}");
        }
        for unknown in [
            "",
            "stream",
            "m5.large",
            "stream.standard.enormous",
            "stream.standard",
            "stream.standard.small ",
        ] {
            assert!(!is_known(unknown), "{unknown}");
        }
        assert!(has_graphics("stream.graphics.g4dn.xlarge") && !has_graphics("stream.standard.small"));
    }
}
