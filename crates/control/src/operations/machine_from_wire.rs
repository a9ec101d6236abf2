//! From what a client says of instances, of a fleet or of an image builder, to the model's settings.

use millrace_model::machine::{DomainJoin, MachineSettings, NetworkPlacement, RootVolume};
use millrace_wire::{ApiError, shapes};

use super::values::{in_range, text};
use crate::instance_types;

/// What CreateFleet and CreateImageBuilder ask for in the same words.
pub(super) fn settings(
    instance_type: String,
    internet_access: Option<bool>,
    vpc: Option<shapes::VpcConfig>,
    directory: Option<shapes::DomainJoinInfo>,
    role: Option<String>,
    root_volume: Option<&shapes::VolumeConfig>,
    imdsv1_disabled: Option<bool>,
) -> Result<MachineSettings, ApiError> {
    Ok(MachineSettings {
        instance_type: self::instance_type(instance_type)?,
        internet_access: internet_access.unwrap_or(false),
        network: vpc.and_then(network),
        domain_join: directory.and_then(domain_join),
        role: self::role(role)?,
        root_volume: root_volume.map(self::root_volume).transpose()?,
        metadata_service_v1_disabled: imdsv1_disabled,
    })
}

pub(super) fn instance_type(instance_type: String) -> Result<String, ApiError> {
    if instance_types::is_known(&instance_type) {
        Ok(instance_type)
    } else {
        Err(ApiError::invalid_parameter_value(format!("The instance type {instance_type} is not valid.")))
    }
}

/// Nothing at all in it means none.
pub(super) fn network(network: shapes::VpcConfig) -> Option<NetworkPlacement> {
    let placement = NetworkPlacement {
        subnets: network.subnet_ids.filter(|subnets| !subnets.is_empty()),
        security_groups: network.security_group_ids.filter(|groups| !groups.is_empty()),
    };
    (placement != NetworkPlacement::default()).then_some(placement)
}

/// Terraform sends empty texts to mean none.
pub(super) fn domain_join(join: shapes::DomainJoinInfo) -> Option<DomainJoin> {
    let join = DomainJoin {
        directory: text(join.directory_name),
        organizational_unit: text(join.organizational_unit_distinguished_name),
    };
    (join != DomainJoin::default()).then_some(join)
}

/// The ARN of a role, or nothing for an empty text. Whether there is such a role is not known here: the roles of programs are not built.
pub(super) fn role(role: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(role) = text(role) else { return Ok(None) };
    let parts: Vec<_> = role.splitn(6, ':').collect();
    let is_role = match parts[..] {
        ["arn", _, "iam", "", account, name] => {
            account.len() == 12
                && account.bytes().all(|byte| byte.is_ascii_digit())
                && name.strip_prefix("role/").is_some_and(|name| !name.is_empty())
        }
        _ => false,
    };
    if is_role {
        Ok(Some(role))
    } else {
        Err(ApiError::invalid_role(format!(
            "AppStream 2.0 encountered an error because your IAM role '{role}' is invalid"
        )))
    }
}

pub(super) fn root_volume(volume: &shapes::VolumeConfig) -> Result<RootVolume, ApiError> {
    Ok(RootVolume { size_gib: in_range("VolumeSizeInGb", volume.volume_size_in_gb, 200, 500)? })
}
