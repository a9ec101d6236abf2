//! Who signed a request: what policies it is under, and what conditions can ask about it.

use std::sync::Arc;

use millrace_policy::{Context, Policies, Policy};

use crate::account::{Account, Entity, Role, User};
use crate::document::Document;

/// Who signed a request, as of the moment at which it came.
#[derive(Clone, Debug)]
pub enum Principal {
    /// The account itself, with a key of the configuration. It may do everything in the account.
    Root {
        /// The account.
        account: Arc<Account>,
    },
    /// A user.
    User {
        /// The account.
        account: Arc<Account>,
        /// The user.
        user: Arc<User>,
    },
    /// A session of a role.
    Session {
        /// The role's account.
        account: Arc<Account>,
        /// The session.
        session: Arc<RoleSession>,
    },
}

/// A session of a role, out of its token.
#[derive(Clone, Debug)]
pub struct RoleSession {
    /// The role as it is now.
    pub role: Arc<Role>,
    /// What the caller named the session.
    pub name: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub issued_at: i64,
    /// Milliseconds since 1970-01-01 UTC.
    pub expires_at: i64,
    /// Session policies that were passed; none at all means that there is no such limit.
    pub policies: Vec<Document>,
    /// ARNs of managed policies that were passed as session policies.
    pub policy_arns: Vec<String>,
}

impl RoleSession {
    /// The unique id of role and session: `AROA…:name`.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}:{}", self.role.entity.id, self.name)
    }
}

static NOTHING: std::sync::LazyLock<Policy> = std::sync::LazyLock::new(Policy::deny_all);

impl Principal {
    /// The account in which it acts.
    #[must_use]
    pub fn account(&self) -> &Arc<Account> {
        match self {
            Self::Root { account } | Self::User { account, .. } | Self::Session { account, .. } => account,
        }
    }

    /// Its ARN; of a session, `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
    #[must_use]
    pub fn arn(&self) -> String {
        match self {
            Self::Root { account } => format!("arn:aws:iam::{}:root", account.id),
            Self::User { account, user } => user.arn(&account.id),
            Self::Session { account, session } => {
                format!(
                    "arn:aws:sts::{}:assumed-role/{}/{}",
                    account.id, session.role.entity.name, session.name
                )
            }
        }
    }

    /// What `aws:userid` and GetCallerIdentity call it.
    #[must_use]
    pub fn user_id(&self) -> String {
        match self {
            Self::Root { account } => account.id.clone(),
            Self::User { user, .. } => user.entity.id.clone(),
            Self::Session { session, .. } => session.id(),
        }
    }

    /// The policies that it is under; `None` for the root, which is under none.
    #[must_use]
    pub fn policies(&self) -> Option<Policies<'_>> {
        match self {
            Self::Root { .. } => None,
            Self::User { account, user } => {
                let mut identity = of_entity(account, &user.entity);
                for group in user.groups.iter().filter_map(|name| account.groups.get(name)) {
                    identity.extend(of_entity(account, &group.entity));
                }
                let boundary = user.boundary.as_deref().map(|arn| managed(account, arn));
                Some(Policies { identity, boundary, session: None })
            }
            Self::Session { account, session } => {
                let given = session.policies.iter().map(Document::policy);
                let given = given.chain(session.policy_arns.iter().map(|arn| managed(account, arn)));
                let given: Vec<_> = given.collect();
                Some(Policies {
                    identity: of_entity(account, &session.role.entity),
                    boundary: session.role.boundary.as_deref().map(|arn| managed(account, arn)),
                    session: (!given.is_empty()).then_some(given),
                })
            }
        }
    }

    /// Adds what conditions can ask about it: `aws:PrincipalArn`, `aws:username`, `aws:PrincipalTag/…` and so on.
    pub fn describe(&self, context: &mut Context) {
        context.add("aws:PrincipalAccount", self.account().id.as_str());
        context.add("aws:userid", self.user_id());
        context.add("aws:PrincipalIsAWSService", "false");
        context.add("aws:ViaAWSService", "false");
        let (kind, arn, tags) = match self {
            Self::Root { .. } => ("Account", self.arn(), None),
            Self::User { user, .. } => {
                context.add("aws:username", user.entity.name.as_str());
                ("User", self.arn(), Some(&user.tags))
            }
            Self::Session { account, session } => {
                context.add("aws:TokenIssueTime", millrace_policy::iso8601(session.issued_at));
                // Of a session, AWS gives the ARN of its role here.
                ("AssumedRole", session.role.arn(&account.id), Some(&session.role.tags))
            }
        };
        context.add("aws:PrincipalType", kind);
        context.add("aws:PrincipalArn", arn);
        for (key, value) in tags.into_iter().flatten() {
            context.add(&format!("aws:PrincipalTag/{key}"), value.as_str());
        }
    }
}

fn of_entity<'a>(account: &'a Account, entity: &'a Entity) -> Vec<&'a Policy> {
    let inline = entity.inline.values().map(Document::policy);
    // A policy that is attached cannot be deleted; should one be gone nevertheless, nobody is let through because of it.
    inline.chain(entity.attached.iter().map(|arn| managed(account, arn))).collect()
}

fn managed<'a>(account: &'a Account, arn: &str) -> &'a Policy {
    account.managed(arn).map_or(&NOTHING, Document::policy)
}
