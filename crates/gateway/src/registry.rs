//! Which sessions this gateway knows, who views each, and which credential each accepts next.
//!
//! A resume token is good for one attach, but a connection may break between an attach and its Welcome, with the new token on its way. So the
//! token that was used stays good until the browser shows, by saying anything, that the new one reached it; only then is the attach *confirmed*,
//! and everything older refused. The same holds for a grant. After a restart of the server nothing is known: a session's first token sets the
//! count.
//!
//! ```text
//!            claim                    confirm                 release
//!  (none) ─────────> attached(n) ──────────────> attached ─────────────> known, without viewer ──claim──> …
//!                        └─ claim by another: the one before is stopped (taken over)        end ──> (none)
//! ```

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::ports::EndReason;

/// Why a viewer's task is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Another attach took over.
    TakenOver,
    /// The session was ended from outside.
    End(EndReason),
}

/// What a browser showed, already verified.
#[derive(Clone, Debug)]
pub(crate) enum Presented {
    /// A grant: its signature (which identifies it) and when it expires by itself.
    Grant { signature: String, expires_epoch_seconds: u64 },
    /// A resume token's counter.
    Resume { counter: u64 },
}

/// The credential was used before.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stale;

/// One attach, as its task holds it.
#[derive(Debug)]
pub(crate) struct Claim {
    pub(crate) attach: u64,
    /// The counter of the resume token to be given out; rises with every attach of the session, over restarts too.
    pub(crate) counter: u64,
    presented: Presented,
    pub(crate) stopped: oneshot::Receiver<Stop>,
    /// The applications to start at once have not been started yet, as far as this gateway knows.
    pub(crate) first: bool,
    /// Held while `Sessions` is told of a viewer's coming or going: two attaches of a session may overlap, and what is told of them must
    /// come in the order of what happened.
    pub(crate) telling: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Entry {
    /// The newest counter given out.
    issued: u64,
    /// The lowest counter accepted.
    accepted: u64,
    /// Signatures of used grants, until these expire by themselves.
    used_grants: Vec<(String, u64)>,
    viewer: Option<(u64, oneshot::Sender<Stop>)>,
    launched: bool,
    started: BTreeMap<u32, String>,
    telling: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug, Default)]
struct Known {
    next_attach: u64,
    sessions: HashMap<String, Entry>,
}

/// All sessions. Its lock is held for moments only, never over an await.
#[derive(Debug, Default)]
pub(crate) struct Registry(Mutex<Known>);

impl Registry {
    fn lock(&self) -> MutexGuard<'_, Known> {
        // Every change below is whole before anything could panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes the caller the session's viewer; one that was there before is stopped.
    pub(crate) fn claim(
        &self,
        session: &str,
        presented: Presented,
        now_epoch_seconds: u64,
    ) -> Result<Claim, Stale> {
        let mut known = self.lock();
        known.next_attach += 1;
        let attach = known.next_attach;
        let fresh = matches!(presented, Presented::Resume { .. }) && !known.sessions.contains_key(session);
        let entry = known.sessions.entry(session.to_owned()).or_default();
        match &presented {
            Presented::Grant { signature, .. } => {
                entry.used_grants.retain(|(_, expires)| *expires > now_epoch_seconds);
                if entry.used_grants.iter().any(|(used, _)| used == signature) {
                    return Err(Stale);
                }
            }
            Presented::Resume { counter } if *counter < entry.accepted => return Err(Stale),
            Presented::Resume { counter } => entry.issued = entry.issued.max(*counter),
        }
        entry.issued += 1;
        // Who resumes a session that this gateway does not know attached to it before the server's restart.
        entry.launched |= fresh;
        let (stop, stopped) = oneshot::channel();
        if let Some((_, before)) = entry.viewer.replace((attach, stop)) {
            // A task that is gone already needs no telling.
            let _ = before.send(Stop::TakenOver);
        }
        let (first, telling) = (!entry.launched, Arc::clone(&entry.telling));
        Ok(Claim { attach, counter: entry.issued, presented, stopped, first, telling })
    }

    /// The browser has its new resume token: what it used before is refused from now on.
    pub(crate) fn confirm(&self, session: &str, claim: &Claim) {
        let mut known = self.lock();
        let Some(entry) = known.sessions.get_mut(session) else { return };
        entry.accepted = entry.accepted.max(claim.counter);
        if let Presented::Grant { signature, expires_epoch_seconds } = &claim.presented {
            entry.used_grants.push((signature.clone(), *expires_epoch_seconds));
        }
    }

    /// The applications to start at once were started.
    pub(crate) fn set_launched(&self, session: &str) {
        if let Some(entry) = self.lock().sessions.get_mut(session) {
            entry.launched = true;
        }
    }

    /// Remembers a started application, if there are fewer than `most`.
    pub(crate) fn start(&self, session: &str, id: u32, name: &str, most: usize) -> bool {
        let mut known = self.lock();
        let Some(entry) = known.sessions.get_mut(session) else { return false };
        if entry.started.len() >= most {
            return false;
        }
        entry.started.insert(id, name.to_owned());
        true
    }

    /// Whether this application was started by us.
    pub(crate) fn has_started(&self, session: &str, id: u32) -> bool {
        self.lock().sessions.get(session).is_some_and(|entry| entry.started.contains_key(&id))
    }

    /// Forgets an application that has ended.
    pub(crate) fn finish(&self, session: &str, id: u32) {
        if let Some(entry) = self.lock().sessions.get_mut(session) {
            entry.started.remove(&id);
        }
    }

    pub(crate) fn started(&self, session: &str) -> BTreeMap<u32, String> {
        self.lock().sessions.get(session).map(|entry| entry.started.clone()).unwrap_or_default()
    }

    /// The attach is over, the session goes on. Says whether it was still the session's viewer (and was not taken over or ended).
    pub(crate) fn release(&self, session: &str, attach: u64) -> bool {
        let mut known = self.lock();
        let Some(entry) = known.sessions.get_mut(session) else { return false };
        let current = entry.viewer.as_ref().is_some_and(|(viewer, _)| *viewer == attach);
        if current {
            entry.viewer = None;
        }
        current
    }

    /// The session is over; its viewer, if it has one, is stopped. Says whether it had one.
    pub(crate) fn end(&self, session: &str, why: Stop) -> bool {
        let viewer = self.lock().sessions.remove(session).and_then(|entry| entry.viewer);
        viewer.is_some_and(|(_, stop)| stop.send(why).is_ok())
    }

    pub(crate) fn viewers(&self) -> usize {
        self.lock().sessions.values().filter(|entry| entry.viewer.is_some()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(signature: &str) -> Presented {
        Presented::Grant { signature: signature.to_owned(), expires_epoch_seconds: 100 }
    }

    fn resume(counter: u64) -> Presented {
        Presented::Resume { counter }
    }

    #[test]
    fn a_credential_is_good_until_its_successor_has_arrived() {
        let registry = Registry::default();
        let first = registry.claim("s", grant("a"), 0).unwrap();
        // The Welcome was lost: once more with the same grant.
        let second = registry.claim("s", grant("a"), 0).unwrap();
        assert_eq!((first.counter, second.counter), (1, 2));
        registry.confirm("s", &second);
        assert_eq!(registry.claim("s", grant("a"), 0).unwrap_err(), Stale);
        assert_eq!(registry.claim("s", resume(1), 0).unwrap_err(), Stale);
        let third = registry.claim("s", resume(2), 0).unwrap();
        assert_eq!(registry.claim("s", resume(2), 0).unwrap().counter, 4);
        registry.confirm("s", &third);
        assert_eq!(registry.claim("s", resume(2), 0).unwrap_err(), Stale);
        assert_eq!(registry.claim("s", resume(3), 0).unwrap().counter, 5);
    }

    #[test]
    fn a_new_grant_makes_older_tokens_worthless() {
        let registry = Registry::default();
        let first = registry.claim("s", grant("a"), 0).unwrap();
        registry.confirm("s", &first);
        let mut second = registry.claim("s", resume(1), 0).unwrap();
        registry.confirm("s", &second);
        let third = registry.claim("s", grant("b"), 0).unwrap();
        assert_eq!(second.stopped.try_recv().unwrap(), Stop::TakenOver);
        registry.confirm("s", &third);
        assert_eq!(registry.claim("s", resume(2), 0).unwrap_err(), Stale);
        assert!(!registry.release("s", second.attach));
        assert!(registry.release("s", third.attach));
    }

    #[test]
    fn after_a_restart_the_first_token_sets_the_count() {
        let registry = Registry::default();
        let claim = registry.claim("s", resume(7), 0).unwrap();
        assert_eq!((claim.counter, claim.first), (8, false));
        registry.confirm("s", &claim);
        assert_eq!(registry.claim("s", resume(7), 0).unwrap_err(), Stale);
        assert!(registry.claim("t", grant("a"), 0).unwrap().first);
    }

    #[test]
    fn an_ended_session_is_forgotten_and_its_viewer_told() {
        let registry = Registry::default();
        let mut claim = registry.claim("s", grant("a"), 0).unwrap();
        assert_eq!(registry.viewers(), 1);
        assert!(registry.end("s", Stop::End(EndReason::Owner)));
        assert_eq!(claim.stopped.try_recv().unwrap(), Stop::End(EndReason::Owner));
        assert!(!registry.end("s", Stop::End(EndReason::Owner)));
        assert!(!registry.release("s", claim.attach));
        assert_eq!(registry.viewers(), 0);
    }

    #[test]
    fn applications_are_bounded() {
        let registry = Registry::default();
        registry.claim("s", grant("a"), 0).unwrap();
        assert!(registry.start("s", 1, "a", 2) && registry.start("s", 2, "b", 2));
        assert!(!registry.start("s", 3, "c", 2));
        registry.finish("s", 1);
        assert!(registry.start("s", 3, "c", 2));
        assert!(!registry.has_started("s", 1) && registry.has_started("s", 3));
    }
}
