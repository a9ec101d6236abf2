//! Users' volumes: file systems that belong to one user and outlive instances.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The longest user id, in bytes: AppStream's limit for the UserId of a streaming URL and for e-mail addresses.
const LONGEST_USER_ID: usize = 128;
const LONGEST_REGION: usize = 32;
const ACCOUNT_DIGITS: usize = 12;
const DIGEST_DIGITS: usize = 64;

/// How a user came to the session. The same name in two modes is two users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessMode {
    /// By a streaming URL.
    Custom,
    /// Through an identity provider.
    Federated,
    /// Through the user pool.
    Userpool,
}

impl AccessMode {
    /// The name that AppStream uses in paths.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Custom => "custom",
            Self::Federated => "federated",
            Self::Userpool => "userpool",
        }
    }
}

/// Names one user's home folder. Its parts become directory names, so a key that came from elsewhere is checked when it is parsed.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct VolumeKey(Parts);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
struct Parts {
    account: String,
    region: String,
    access: AccessMode,
    /// The SHA-256 of the user id's bytes, in lower-case hexadecimal digits, as AppStream names home folders in S3.
    user: String,
}

/// The text is not part of a volume's name, or the user id is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid volume key")]
pub struct InvalidVolumeKey;

impl TryFrom<Parts> for VolumeKey {
    type Error = InvalidVolumeKey;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        let account =
            parts.account.len() == ACCOUNT_DIGITS && parts.account.bytes().all(|b| b.is_ascii_digit());
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let region = (1..=LONGEST_REGION).contains(&parts.region.len())
            && plain(parts.region.as_bytes()[0])
            && parts.region.bytes().all(|byte| plain(byte) || byte == b'-');
        let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let user = parts.user.len() == DIGEST_DIGITS && parts.user.bytes().all(hexadecimal);
        if account && region && user { Ok(Self(parts)) } else { Err(InvalidVolumeKey) }
    }
}

impl From<VolumeKey> for Parts {
    fn from(key: VolumeKey) -> Self {
        key.0
    }
}

impl VolumeKey {
    /// The key of a user's home folder. User ids are compared byte by byte: `jane` and `Jane` are two users.
    ///
    /// # Errors
    /// An account that is not 12 digits, or a region that is not 1 to 32 of `a-z`, `0-9` and `-`.
    pub fn new(
        account: &str,
        region: &str,
        access: AccessMode,
        user_id: &str,
    ) -> Result<Self, InvalidVolumeKey> {
        Parts {
            account: account.to_owned(),
            region: region.to_owned(),
            access,
            user: hex::encode(Sha256::digest(user_id.as_bytes())),
        }
        .try_into()
    }

    /// The directory of the volume, relative to the directory of all volumes.
    #[must_use]
    pub fn path(&self) -> String {
        let Parts { account, region, access, user } = &self.0;
        format!("{account}/{region}/home/{}/{user}", access.as_str())
    }
}

impl fmt::Display for VolumeKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.path())
    }
}

impl fmt::Debug for VolumeKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "VolumeKey({})", self.path())
    }
}

/// A home folder to attach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawHome")]
pub struct HomeFolder {
    /// Which one.
    pub key: VolumeKey,
    /// Whose it is, for the administrator who looks at the volume's record. 1 to 128 bytes.
    pub user_id: String,
}

#[derive(Deserialize)]
struct RawHome {
    key: VolumeKey,
    user_id: String,
}

impl TryFrom<RawHome> for HomeFolder {
    type Error = InvalidVolumeKey;

    fn try_from(RawHome { key, user_id }: RawHome) -> Result<Self, Self::Error> {
        let digest = hex::encode(Sha256::digest(user_id.as_bytes()));
        let valid = (1..=LONGEST_USER_ID).contains(&user_id.len()) && digest == key.0.user;
        if valid { Ok(Self { key, user_id }) } else { Err(InvalidVolumeKey) }
    }
}

impl HomeFolder {
    /// The home folder of a user.
    ///
    /// # Errors
    /// As [`VolumeKey::new`], or a user id that is not 1 to 128 bytes long.
    pub fn of(
        account: &str,
        region: &str,
        access: AccessMode,
        user_id: &str,
    ) -> Result<Self, InvalidVolumeKey> {
        let key = VolumeKey::new(account, region, access, user_id)?;
        RawHome { key, user_id: user_id.to_owned() }.try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_path_below_its_directory_and_nothing_else() {
        let home = HomeFolder::of("111122223333", "eu-west-1", AccessMode::Custom, "jane/../..").unwrap();
        let path = home.key.path();
        assert!(path.starts_with("111122223333/eu-west-1/home/custom/"), "{path}");
        assert_eq!(path.len(), "111122223333/eu-west-1/home/custom/".len() + DIGEST_DIGITS);
        let other = HomeFolder::of("111122223333", "eu-west-1", AccessMode::Custom, "Jane/../..").unwrap();
        assert_ne!(other.key, home.key);
        let text = serde_json::to_string(&home).unwrap();
        assert_eq!(serde_json::from_str::<HomeFolder>(&text).unwrap(), home);
        for (from, to) in [
            ("111122223333", "11112222333/"),
            ("eu-west-1", "../../../etc"),
            ("eu-west-1", ""),
            ("custom", "../custom"),
            ("jane", "Jane"),
        ] {
            assert!(serde_json::from_str::<HomeFolder>(&text.replace(from, to)).is_err(), "{from} -> {to}");
        }
        for id in ["", &"x".repeat(129)] {
            assert!(HomeFolder::of("111122223333", "eu-west-1", AccessMode::Custom, id).is_err());
        }
    }
}
