//! What instances are like, of a fleet or of an image builder, as the API shows it.

use millrace_model::machine::MachineSettings;
use millrace_wire::shapes;

use super::values::wire_number;

pub(super) fn vpc_config(machine: &MachineSettings) -> Option<shapes::VpcConfig> {
    machine.network.as_ref().map(|network| shapes::VpcConfig {
        subnet_ids: network.subnets.clone(),
        security_group_ids: network.security_groups.clone(),
    })
}

pub(super) fn domain_join_info(machine: &MachineSettings) -> Option<shapes::DomainJoinInfo> {
    machine.domain_join.as_ref().map(|join| shapes::DomainJoinInfo {
        directory_name: join.directory.clone(),
        organizational_unit_distinguished_name: join.organizational_unit.clone(),
    })
}

pub(super) fn root_volume_config(machine: &MachineSettings) -> Option<shapes::VolumeConfig> {
    machine
        .root_volume
        .map(|volume| shapes::VolumeConfig { volume_size_in_gb: volume.size_gib.map(wire_number) })
}
