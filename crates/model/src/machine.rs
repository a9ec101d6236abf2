//! What owners choose of instances, be they a fleet's or an image builder's.

use serde::{Deserialize, Serialize};

use crate::fleet::{FleetError, FleetErrorCode};

/// Where instances are connected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkPlacement {
    /// Subnets.
    pub subnets: Option<Vec<String>>,
    /// Security groups.
    pub security_groups: Option<Vec<String>>,
}

/// The directory that instances join.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainJoin {
    /// The directory.
    pub directory: Option<String>,
    /// Where in it.
    pub organizational_unit: Option<String>,
}

/// The size of an instance's root volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootVolume {
    /// In GiB; the installation's default if absent.
    pub size_gib: Option<u32>,
}

/// What instances are like, apart from their image. Stored among the settings of what they belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineSettings {
    /// The size, by the name of a type that the installation knows.
    pub instance_type: String,
    /// Whether they reach the internet.
    pub internet_access: bool,
    /// Where they are connected.
    pub network: Option<NetworkPlacement>,
    /// The directory that they join.
    pub domain_join: Option<DomainJoin>,
    /// The role that their programs may take.
    #[serde(rename = "machine_role")]
    pub role: Option<String>,
    /// The root volume.
    pub root_volume: Option<RootVolume>,
    /// Whether the old form of the metadata service is off; there is no metadata service.
    pub metadata_service_v1_disabled: Option<bool>,
}

impl MachineSettings {
    /// Of that size, without internet, and as the installation has them otherwise.
    #[must_use]
    pub fn of_type(instance_type: &str) -> Self {
        Self {
            instance_type: instance_type.to_owned(),
            internet_access: false,
            network: None,
            domain_join: None,
            role: None,
            root_volume: None,
            metadata_service_v1_disabled: None,
        }
    }

    /// How many subnets they are to be connected to, if that is said.
    #[must_use]
    pub fn subnets(&self) -> Option<usize> {
        self.network.as_ref().map(|network| network.subnets.as_ref().map_or(0, Vec::len))
    }

    /// What is asked for that is not built, without which they cannot run.
    #[must_use]
    pub fn unmet(&self) -> Vec<FleetError> {
        let needs = [
            (self.network.is_some(), FleetErrorCode::InvalidSubnetConfiguration, "VpcConfig"),
            (self.domain_join.is_some(), FleetErrorCode::DomainJoinNotSupported, "DomainJoinInfo"),
            (self.role.is_some(), FleetErrorCode::MachineRoleMissing, "IamRoleArn"),
        ];
        let unmet = needs.into_iter().filter(|(asked, ..)| *asked);
        unmet.map(|(_, code, parameter)| FleetError::unsupported(code, parameter)).collect()
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
