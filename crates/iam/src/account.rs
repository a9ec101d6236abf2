//! What an account consists of.
//!
//! Names are unique without regard to case, as in AWS; the maps are keyed by the lower case.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::document::{Document, TrustDocument};
use crate::names;
use crate::trusted::{self, Bound, Directory};

/// Milliseconds since 1970-01-01 UTC.
pub(crate) type Milliseconds = i64;

/// All identities of one account. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    pub(crate) users: BTreeMap<String, Arc<User>>,
    pub(crate) groups: BTreeMap<String, Arc<Group>>,
    pub(crate) roles: BTreeMap<String, Arc<Role>>,
    pub(crate) policies: BTreeMap<String, Arc<ManagedPolicy>>,
}

/// What users, groups and roles have in common: what they are called, and the policies that they have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// Unique within the account and kind.
    pub name: String,
    /// Unique for ever: another of the same name has another.
    pub id: String,
    /// `/`, or a path between slashes.
    pub path: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_at: Milliseconds,
    /// Policies of its own, by name.
    pub inline: BTreeMap<String, Document>,
    /// ARNs of managed policies.
    pub attached: BTreeSet<String>,
}

/// A person or a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// What it is called, and its policies.
    pub entity: Entity,
    /// Condition keys `aws:PrincipalTag/…`.
    pub tags: BTreeMap<String, String>,
    /// ARN of a managed policy.
    pub boundary: Option<String>,
    /// Names of groups, in lower case.
    pub groups: BTreeSet<String>,
    /// At most two.
    pub keys: Vec<AccessKey>,
}

/// What a user signs with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessKey {
    /// `AKIA…`
    pub id: String,
    /// The secret, as the vault has sealed it.
    pub sealed_secret: String,
    /// Whether it may be used.
    pub status: KeyStatus,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_at: Milliseconds,
}

/// Whether an access key may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyStatus {
    /// It may.
    Active,
    /// It may not, until it is made active again.
    Inactive,
}

/// Users that share policies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What it is called, and its policies.
    pub entity: Entity,
}

/// What somebody can become for a while.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// What it is called, and its policies.
    pub entity: Entity,
    /// For people.
    pub description: String,
    /// The longest session: 3,600 to 43,200 seconds.
    pub max_session_seconds: i64,
    /// Who may assume it.
    pub trust: TrustDocument,
    /// The unique ids of those that it names; none in roles that were stored before ids were.
    #[serde(default)]
    pub(crate) trusted: Option<Bound>,
    /// Condition keys `aws:PrincipalTag/…` of its sessions.
    pub tags: BTreeMap<String, String>,
    /// ARN of a managed policy.
    pub boundary: Option<String>,
}

/// A policy that several can have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// Unique within the account.
    pub name: String,
    /// Unique for ever.
    pub id: String,
    /// `/`, or a path between slashes.
    pub path: String,
    /// For people.
    pub description: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_at: Milliseconds,
    /// Milliseconds since 1970-01-01 UTC.
    pub updated_at: Milliseconds,
    /// One to five, by number.
    pub versions: BTreeMap<u32, PolicyVersion>,
    /// The version that counts.
    pub default: u32,
    /// The number of the last version that was made, deleted or not.
    pub latest: u32,
    /// Tags of the policy itself.
    pub tags: BTreeMap<String, String>,
}

/// A version of a managed policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// What it says.
    pub document: Document,
    /// Milliseconds since 1970-01-01 UTC.
    pub created_at: Milliseconds,
}

/// A kind of identity, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// [`User`].
    User,
    /// [`Group`].
    Group,
    /// [`Role`].
    Role,
    /// [`ManagedPolicy`].
    Policy,
}

/// What a call has changed: kinds and lower-case names.
pub type Touched = BTreeSet<(Kind, String)>;

impl Kind {
    /// Its name in ARNs and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Policy => "policy",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::User, Self::Group, Self::Role, Self::Policy].into_iter().find(|kind| kind.as_str() == name)
    }
}

impl Account {
    /// An account with nobody in it but its root.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self { id: id.to_owned(), ..Self::default() }
    }

    /// What is to be stored of an identity; none if it is gone.
    ///
    /// # Errors
    /// It cannot be written as JSON, which does not happen.
    pub fn stored(&self, kind: Kind, lower_name: &str) -> Result<Option<String>, serde_json::Error> {
        fn json<T: Serialize>(value: Option<&Arc<T>>) -> Result<Option<String>, serde_json::Error> {
            value.map(|value| serde_json::to_string(&**value)).transpose()
        }
        match kind {
            Kind::User => json(self.users.get(lower_name)),
            Kind::Group => json(self.groups.get(lower_name)),
            Kind::Role => json(self.roles.get(lower_name)),
            Kind::Policy => json(self.policies.get(lower_name)),
        }
    }

    /// Takes in what was stored.
    ///
    /// # Errors
    /// It is not what [`Account::stored`] wrote.
    pub fn load(&mut self, kind: Kind, lower_name: String, json: &str) -> Result<(), serde_json::Error> {
        match kind {
            Kind::User => drop(self.users.insert(lower_name, serde_json::from_str(json).map(Arc::new)?)),
            Kind::Group => drop(self.groups.insert(lower_name, serde_json::from_str(json).map(Arc::new)?)),
            Kind::Role => drop(self.roles.insert(lower_name, serde_json::from_str(json).map(Arc::new)?)),
            Kind::Policy => drop(self.policies.insert(lower_name, serde_json::from_str(json).map(Arc::new)?)),
        }
        Ok(())
    }

    /// Binds trust policies that were stored without unique ids to those who have the names now. Returns what is to be stored.
    pub fn bind_trust(&mut self, directory: Directory<'_>) -> Touched {
        let mut touched = Touched::new();
        for (name, role) in self.roles.iter_mut().filter(|(_, role)| role.trusted.is_none()) {
            let bound = trusted::bind_known(&role.trust, directory);
            Arc::make_mut(role).trusted = Some(bound);
            touched.insert((Kind::Role, name.clone()));
        }
        touched
    }

    /// All access keys: whose they are, and the keys.
    pub fn access_keys(&self) -> impl Iterator<Item = (&Arc<User>, &AccessKey)> {
        self.users.values().flat_map(|user| user.keys.iter().map(move |key| (user, key)))
    }

    /// A user.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&Arc<User>> {
        self.users.get(&name.to_ascii_lowercase())
    }

    /// A group.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<&Arc<Group>> {
        self.groups.get(&name.to_ascii_lowercase())
    }

    /// A role.
    #[must_use]
    pub fn role(&self, name: &str) -> Option<&Arc<Role>> {
        self.roles.get(&name.to_ascii_lowercase())
    }

    /// The tags of the role that has exactly this ARN.
    pub fn tags_of_role(&self, arn: &str) -> impl Iterator<Item = (&str, &str)> {
        let role = self.roles.values().find(|role| role.arn(&self.id) == arn);
        role.into_iter().flat_map(|role| &role.tags).map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The document of a managed policy that counts; one of ours if the ARN says so.
    #[must_use]
    pub fn managed(&self, arn: &str) -> Option<&Document> {
        if let Some(builtin) = crate::builtin::find(arn) {
            return Some(builtin);
        }
        let policy = self.policy_of_arn(arn)?;
        policy.versions.get(&policy.default).map(|version| &version.document)
    }

    pub(crate) fn policy_of_arn(&self, arn: &str) -> Option<&Arc<ManagedPolicy>> {
        let name = arn.rsplit('/').next()?;
        self.policies.get(&name.to_ascii_lowercase()).filter(|policy| policy.arn(&self.id) == arn)
    }
}

impl User {
    /// Its ARN in the account.
    #[must_use]
    pub fn arn(&self, account: &str) -> String {
        names::arn(account, "user", &self.entity.path, &self.entity.name)
    }
}

impl Group {
    /// Its ARN in the account.
    #[must_use]
    pub fn arn(&self, account: &str) -> String {
        names::arn(account, "group", &self.entity.path, &self.entity.name)
    }
}

impl Role {
    /// Its ARN in the account.
    #[must_use]
    pub fn arn(&self, account: &str) -> String {
        names::arn(account, "role", &self.entity.path, &self.entity.name)
    }
}

impl ManagedPolicy {
    /// Its ARN in the account.
    #[must_use]
    pub fn arn(&self, account: &str) -> String {
        names::arn(account, "policy", &self.path, &self.name)
    }
}
