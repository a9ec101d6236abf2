use super::*;
use crate::builder::{self, BuilderSettings};
use crate::fleet::{self, FleetKind, FleetSettings};

/// As they are in the databases of released servers: one object with the rest.
#[test]
fn they_are_stored_among_the_settings_of_what_they_belong_to() {
    let machine = MachineSettings {
        internet_access: true,
        network: Some(NetworkPlacement { subnets: Some(vec!["subnet-1".to_owned()]), security_groups: None }),
        role: Some("arn:aws:iam::123456789012:role/x".to_owned()),
        root_volume: Some(RootVolume { size_gib: Some(200) }),
        ..MachineSettings::of_type("stream.standard.large")
    };
    let stored = serde_json::json!({
        "instance_type": "stream.standard.large",
        "internet_access": true,
        "network": {"subnets": ["subnet-1"], "security_groups": null},
        "domain_join": null,
        "machine_role": "arn:aws:iam::123456789012:role/x",
        "root_volume": {"size_gib": 200},
        "metadata_service_v1_disabled": null,
    });
    let fleet = FleetSettings { machine: machine.clone(), ..fleet::tests::settings(FleetKind::OnDemand, 1) };
    let builder = BuilderSettings { machine, ..builder::tests::builder().settings };
    let (fleet_text, builder_text) =
        (serde_json::to_value(&fleet).unwrap(), serde_json::to_value(&builder).unwrap());
    for (key, value) in stored.as_object().unwrap() {
        assert_eq!((&fleet_text[key], &builder_text[key]), (value, value), "{key}");
    }
    assert_eq!(serde_json::from_value::<FleetSettings>(fleet_text).unwrap(), fleet);
    assert_eq!(serde_json::from_value::<BuilderSettings>(builder_text).unwrap(), builder);
}

#[test]
fn what_is_not_built_names_its_parameter() {
    let plain = MachineSettings::of_type("stream.standard.small");
    assert_eq!(plain.unmet(), Vec::new());
    let asked =
        MachineSettings { domain_join: Some(DomainJoin::default()), role: Some("r".to_owned()), ..plain };
    let names: Vec<_> = asked
        .unmet()
        .into_iter()
        .filter_map(|error| error.message.split_once(' ').map(|(first, _)| first.to_owned()))
        .collect();
    assert_eq!(names, ["DomainJoinInfo", "IamRoleArn"]);
}
