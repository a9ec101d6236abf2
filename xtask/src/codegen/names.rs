//! From names of the wire to names of Rust.

use heck::{ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};

/// `S3Bucket` → `s3_bucket`; a keyword gets the raw prefix.
pub(super) fn field(wire: &str) -> String {
    let name = wire.to_snake_case();
    match name.as_str() {
        "type" | "match" | "move" | "ref" | "use" | "where" | "loop" | "in" => format!("r#{name}"),
        _ => name,
    }
}

/// `CreateFleetRequest` → `CREATE_FLEET_REQUEST`, the name of a table.
pub(super) fn table(wire: &str) -> String {
    wire.to_shouty_snake_case()
}

/// `WINDOWS_SERVER_2019` → `WindowsServer2019`.
pub(super) fn variant(wire: &str) -> String {
    wire.to_upper_camel_case()
}

/// The file that a structure belongs to: the first subject that its name speaks of. An association counts for the more
/// special of its two ends, so that each file stays small.
pub(super) fn subject(structure: &str) -> &'static str {
    const SUBJECTS: [(&str, &str); 22] = [
        ("UserStack", "users"),
        ("AppBlockBuilder", "app_block_builders"),
        ("AppBlock", "app_blocks"),
        ("Entitle", "entitlements"),
        ("Theme", "themes"),
        ("Tag", "tags"),
        ("Usage", "reports"),
        ("Report", "reports"),
        ("Software", "software"),
        ("ImageBuilder", "image_builders"),
        ("Image", "images"),
        ("DirectoryConfig", "directory_configs"),
        ("ServiceAccount", "directory_configs"),
        ("CertificateBased", "directory_configs"),
        ("Session", "sessions"),
        ("StreamingURL", "sessions"),
        ("NetworkAccess", "sessions"),
        ("ApplicationSettings", "stacks"),
        ("Application", "applications"),
        ("User", "users"),
        ("Fleet", "fleets"),
        ("Stack", "stacks"),
    ];
    match structure {
        "UserSetting" => "stacks",
        "ComputeCapacity" | "ComputeCapacityStatus" => "fleets",
        _ => SUBJECTS
            .iter()
            .find(|(word, _)| structure.contains(word))
            .map_or("common", |(_, subject)| subject),
    }
}
