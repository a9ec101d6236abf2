//! Who is in which account, in memory; the store has the same, with secrets sealed.
//!
//! Calls read one snapshot, as it was when they came. Changes are made one after the other on a copy, which takes the snapshot's place once
//! it is stored: who was told that a key is inactive will not see it used again.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use millrace_iam::{
    Account, Action, Directory, IamError, KeyStatus, Kind, Node, Params, Principal, RoleSession,
    SessionToken, Touched, Vault, Work,
};
use millrace_model::Timestamp;
use millrace_store::{IdentityRow, Store, StoreError};

use crate::config::ControlConfig;
use crate::errors;
use crate::surroundings::{Random, Surroundings};

/// All accounts of the installation.
pub(crate) struct Identities {
    current: RwLock<Arc<Snapshot>>,
    /// Held by whoever changes something.
    changing: tokio::sync::Mutex<()>,
    vault: Vault,
}

#[derive(Clone, Default)]
struct Snapshot {
    accounts: HashMap<String, Arc<Account>>,
    /// By access key id.
    keys: HashMap<String, Arc<Key>>,
}

/// A key that does not expire.
struct Key {
    secret: String,
    account: String,
    /// None for a key of the root.
    user: Option<String>,
    active: bool,
}

/// Why nobody can be found who signed a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotFound {
    /// There is no such key, or it is not active, or its token is not its own.
    Unknown,
    /// The session is over.
    Expired,
}

impl Identities {
    /// Reads all identities.
    pub(crate) async fn load(config: &ControlConfig, store: &Store) -> Result<Self, StoreError> {
        let vault = Vault::new(&config.vault_key.0);
        let accounts = config.accounts.iter().map(|account| {
            let id = account.id.as_str().to_owned();
            (id.clone(), Account::new(&id))
        });
        let mut accounts: HashMap<_, _> = accounts.collect();
        for row in store.identities().await? {
            // An account that the configuration does not name any more is dormant: its rows stay, and nobody in it can sign.
            let (Some(account), Some(body)) = (accounts.get_mut(&row.account), row.body) else { continue };
            let Some(kind) = Kind::from_name(&row.kind) else { continue };
            if let Err(error) = account.load(kind, row.name.clone(), &body) {
                tracing::error!(account = row.account, kind = row.kind, name = row.name, %error, "an identity cannot be read");
            }
        }
        bind_trust(&mut accounts, store).await?;
        let mut snapshot = Snapshot::default();
        for (id, account) in accounts {
            snapshot.take(&vault, Arc::new(account), &[]);
            debug_assert!(snapshot.accounts.contains_key(&id));
        }
        for account in &config.accounts {
            for key in &account.access_keys {
                let root = Key {
                    secret: key.secret.clone(),
                    account: account.id.as_str().to_owned(),
                    user: None,
                    active: true,
                };
                snapshot.keys.insert(key.id.clone(), Arc::new(root));
            }
        }
        Ok(Self { current: RwLock::new(Arc::new(snapshot)), changing: tokio::sync::Mutex::default(), vault })
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        // What is held is replaced whole: a panic elsewhere leaves it whole.
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(crate) fn account(&self, id: &str) -> Option<Arc<Account>> {
        self.snapshot().accounts.get(id).cloned()
    }

    /// The account that has an access key which does not expire, whether or not it is active.
    pub(crate) fn account_of(&self, access_key_id: &str) -> Option<String> {
        self.snapshot().keys.get(access_key_id).map(|key| key.account.clone())
    }

    /// The secret of an access key, and who has it.
    pub(crate) fn find(
        &self,
        access_key_id: &str,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<(String, Principal), NotFound> {
        let snapshot = self.snapshot();
        if let Some(token) = token {
            return snapshot.session(&self.vault, access_key_id, token, now);
        }
        let key = snapshot.keys.get(access_key_id).filter(|key| key.active).ok_or(NotFound::Unknown)?;
        let account = snapshot.accounts.get(&key.account).cloned().ok_or(NotFound::Unknown)?;
        let principal = match &key.user {
            None => Principal::Root { account },
            Some(name) => {
                let user = account.user(name).cloned().ok_or(NotFound::Unknown)?;
                Principal::User { account, user }
            }
        };
        Ok((key.secret.clone(), principal))
    }

    /// Does an action on the account of the caller, and stores what it changed. `authorise` decides on the account as the action finds it.
    pub(crate) async fn run(
        &self,
        store: &Store,
        surroundings: &dyn Surroundings,
        (action, principal, params): (&Action, &Principal, &Params),
        authorise: impl FnOnce(&Account) -> Result<(), IamError>,
    ) -> Result<Node, IamError> {
        let id = principal.account().id.clone();
        let changing = match action.access {
            millrace_iam::Access::Write => Some(self.changing.lock().await),
            millrace_iam::Access::Read => None,
        };
        let snapshot = self.snapshot();
        let mut account =
            snapshot.accounts.get(&id).map(|account| (**account).clone()).ok_or_else(internal)?;
        authorise(&account)?;
        let directory = |id: &str| snapshot.accounts.get(id).cloned();
        let call = (action, principal, params);
        let (answer, touched) = apply(&mut account, &self.vault, surroundings, call, &directory)?;
        if !touched.is_empty() {
            let rows = rows(&account, &touched).map_err(|_| internal())?;
            store.write_identities(&rows).await.map_err(|error| {
                tracing::error!(error = errors::chain(&error), "the store failed");
                internal()
            })?;
            let mut changed = (*snapshot).clone();
            let gone: Vec<_> = changed.keys_of(&id).collect();
            changed.take(&self.vault, Arc::new(account), &gone);
            *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(changed);
        }
        drop(changing);
        Ok(answer)
    }
}

/// Once for roles of a database from before trust was bound to unique ids.
async fn bind_trust(accounts: &mut HashMap<String, Account>, store: &Store) -> Result<(), StoreError> {
    let known: HashMap<_, _> =
        accounts.iter().map(|(id, account)| (id.clone(), Arc::new(account.clone()))).collect();
    let directory = |id: &str| known.get(id).cloned();
    for account in accounts.values_mut() {
        let touched = account.bind_trust(&directory);
        match rows(account, &touched) {
            Ok(rows) if rows.is_empty() => {}
            Ok(rows) => store.write_identities(&rows).await?,
            Err(error) => tracing::error!(account = account.id, %error, "trust policies cannot be stored"),
        }
    }
    Ok(())
}

/// What is to be stored of an account's changes.
fn rows(account: &Account, touched: &Touched) -> Result<Vec<IdentityRow>, serde_json::Error> {
    let row = |(kind, name): &(Kind, String)| {
        Ok(IdentityRow {
            account: account.id.clone(),
            kind: kind.as_str().to_owned(),
            name: name.clone(),
            body: account.stored(*kind, name)?,
        })
    };
    touched.iter().map(row).collect()
}

/// Does an action on a copy of the account.
fn apply(
    account: &mut Account,
    vault: &Vault,
    surroundings: &dyn Surroundings,
    (action, principal, params): (&Action, &Principal, &Params),
    directory: Directory<'_>,
) -> Result<(Node, Touched), IamError> {
    let (mut touched, mut random) = (Touched::new(), Random(surroundings));
    let now = surroundings.now().0;
    let mut work = Work {
        account,
        touched: &mut touched,
        params,
        principal,
        now,
        vault,
        entropy: &mut random,
        directory,
    };
    let answer = action.run(&mut work)?;
    Ok((answer, touched))
}

impl Snapshot {
    /// Ids of the keys of users of an account.
    fn keys_of(&self, account: &str) -> impl Iterator<Item = String> {
        let keys = self.keys.iter().filter(move |(_, key)| key.account == account && key.user.is_some());
        keys.map(|(id, _)| id.clone())
    }

    /// Takes in an account in place of what was known of it.
    fn take(&mut self, vault: &Vault, account: Arc<Account>, gone: &[String]) {
        let mut known: HashMap<_, _> =
            gone.iter().filter_map(|id| Some((id, self.keys.remove(id)?))).collect();
        for (user, key) in account.access_keys() {
            // A secret does not change: what was opened once need not be opened again.
            let secret = match known.remove(&key.id) {
                Some(key) => Ok(key.secret.clone()),
                None => vault.open_secret(&key.id, &key.sealed_secret),
            };
            let Ok(secret) = secret else {
                tracing::error!(
                    access_key_id = key.id,
                    "the secret of an access key cannot be opened: is the key file another one?"
                );
                continue;
            };
            let entry = Key {
                secret,
                account: account.id.clone(),
                user: Some(user.entity.name.to_ascii_lowercase()),
                active: key.status == KeyStatus::Active,
            };
            self.keys.insert(key.id.clone(), Arc::new(entry));
        }
        self.accounts.insert(account.id.clone(), account);
    }

    fn session(
        &self,
        vault: &Vault,
        access_key_id: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<(String, Principal), NotFound> {
        let token = SessionToken::open(access_key_id, token, vault).map_err(|_| NotFound::Unknown)?;
        if token.expires_at <= now.0 {
            return Err(NotFound::Expired);
        }
        let account = self.accounts.get(&token.account).cloned().ok_or(NotFound::Unknown)?;
        let role = account.role(&token.role).filter(|role| role.entity.id == token.role_id);
        let role = role.cloned().ok_or(NotFound::Unknown)?;
        let policies = token.policy.iter().map(|text| millrace_iam::Document::new(text));
        let session = RoleSession {
            role,
            name: token.session,
            issued_at: token.issued_at,
            expires_at: token.expires_at,
            policies: policies.collect::<Result<_, _>>().map_err(|_| NotFound::Unknown)?,
            policy_arns: token.policy_arns,
        };
        Ok((token.secret, Principal::Session { account, session: Arc::new(session) }))
    }
}

fn internal() -> IamError {
    IamError::of_request(
        500,
        "ServiceFailure",
        "The request could not be completed because of an internal failure.",
    )
}
