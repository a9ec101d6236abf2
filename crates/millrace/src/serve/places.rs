//! Who may be connected: a bound on all connections, a share of it for each network, and the idle ones make way for others.
//!
//! A connection that has no whole request under way costs its client nothing: it may have said nothing at all, or half of a TLS handshake, a head or a
//! body.
//! Where places are short, the oldest of these is closed, of the network that has most of them; a client that is sent away so connects anew. A
//! connection whose request is under way keeps its place. (A stream of a session is none any more: it has bounds of its own.)

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::own_answers::Busy;

/// The clients that share a share: an IPv4 network of 24 bits, or an IPv6 network of 56 bits, which is what one customer of a provider has.
/// `None` for a proxy that speaks for many.
type Network = Option<u128>;

/// How soon somebody who waits for a place finds one whose connection became idle.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// All places. Clones are the same ones.
#[derive(Clone)]
pub(super) struct Places {
    inner: Arc<Inner>,
}

struct Inner {
    most: usize,
    /// The most of one network.
    share: usize,
    taken: Mutex<Taken>,
    /// A place became free.
    changed: Notify,
}

#[derive(Default)]
struct Taken {
    /// By age: numbers grow.
    connections: BTreeMap<u64, Entry>,
    by_network: HashMap<Network, usize>,
    last: u64,
}

struct Entry {
    network: Network,
    busy: Busy,
    leave: CancellationToken,
}

/// Why there is no place.
#[derive(Debug)]
enum NoPlace {
    OfItsNetwork,
    AtAll,
}

/// The place of one connection, until it is dropped.
pub(super) struct Place {
    number: u64,
    inner: Arc<Inner>,
    /// What tells whether a request is under way.
    pub(super) busy: Busy,
    /// The place is needed: the connection must end.
    pub(super) leave: CancellationToken,
}

impl Places {
    pub(super) fn new(most: usize) -> Self {
        // A quarter is kept for others, whatever one network does.
        let share = (most - most / 4).max(1);
        let (taken, changed) = (Mutex::default(), Notify::new());
        Self { inner: Arc::new(Inner { most, share, taken, changed }) }
    }

    /// Waits for a place for a client. `is_proxy`: it speaks for many clients, which have no share together. `None`: all places of its network are
    /// in use.
    pub(super) async fn take(&self, client: IpAddr, is_proxy: bool) -> Option<Place> {
        let network = (!is_proxy).then(|| network(client));
        loop {
            let changed = self.inner.changed.notified();
            match self.try_take(network) {
                Ok(place) => return Some(place),
                Err(NoPlace::OfItsNetwork) => return None,
                Err(NoPlace::AtAll) => {}
            }
            // One that becomes idle does not say so.
            let _ = tokio::time::timeout(LOOK_EVERY, changed).await;
        }
    }

    fn try_take(&self, network: Network) -> Result<Place, NoPlace> {
        let mut taken = self.inner.taken();
        let full = taken.connections.len() >= self.inner.most;
        let over = self.inner.share < self.inner.most
            && network.is_some()
            && taken.by_network.get(&network).is_some_and(|count| *count >= self.inner.share);
        if over || full {
            let why = if over { NoPlace::OfItsNetwork } else { NoPlace::AtAll };
            let idle = taken.idlest(over.then_some(network)).ok_or(why)?;
            if let Some(entry) = taken.remove(idle) {
                entry.leave.cancel();
            }
        }
        taken.last += 1;
        let (number, busy, leave) = (taken.last, Busy::default(), CancellationToken::new());
        let entry = Entry { network, busy: busy.clone(), leave: leave.clone() };
        taken.connections.insert(number, entry);
        *taken.by_network.entry(network).or_default() += 1;
        Ok(Place { number, inner: self.inner.clone(), busy, leave })
    }
}

impl Inner {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        // Each change is one insertion or removal in each map.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// The oldest idle connection of a network; without one, of the network that has most connections.
    fn idlest(&self, of: Option<Network>) -> Option<u64> {
        let idle = self.connections.iter().filter(|(_, entry)| !entry.busy.is());
        match of {
            Some(network) => idle.into_iter().find(|(_, entry)| entry.network == network),
            // The first of the greatest is the oldest, from behind.
            None => idle.rev().max_by_key(|(_, entry)| self.by_network.get(&entry.network).copied()),
        }
        .map(|(number, _)| *number)
    }

    fn remove(&mut self, number: u64) -> Option<Entry> {
        let entry = self.connections.remove(&number)?;
        if let Some(count) = self.by_network.get_mut(&entry.network) {
            *count -= 1;
            if *count == 0 {
                self.by_network.remove(&entry.network);
            }
        }
        Some(entry)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.inner.taken().remove(self.number);
        self.inner.changed.notify_one();
    }
}

fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(u32::from(address) >> 8),
        // Not to be taken for one of the others: these are below 2^24.
        IpAddr::V6(address) => (u128::from(address) >> 72) | 1 << 100,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn of(address: IpAddr) -> Network {
        Some(network(address))
    }

    #[test]
    fn the_idle_make_way_and_the_busy_stay() {
        let places = Places::new(4);
        let (flood, other) = (address("192.0.2.1"), address("198.51.100.1"));
        let idle: Vec<_> = (0..3).map(|_| places.try_take(of(flood)).unwrap()).collect();
        // The share of the network is used up: its own oldest goes.
        let fourth = places.try_take(of(flood)).unwrap();
        assert!(idle[0].leave.is_cancelled() && !idle[1].leave.is_cancelled());
        let guest = places.try_take(of(other)).unwrap();
        let second = places.try_take(of(other)).unwrap();
        assert!(idle[1].leave.is_cancelled(), "of the network that has most");
        assert!(!guest.leave.is_cancelled() && !second.leave.is_cancelled());
        // All are busy: nobody goes, and nobody comes.
        let busy: Vec<_> = [&idle[2], &fourth, &guest, &second].map(|place| place.busy.begin()).into();
        assert!(matches!(places.try_take(of(other)), Err(NoPlace::AtAll)));
        drop(busy);
        assert!(places.try_take(of(other)).is_ok());
    }

    #[test]
    fn a_proxy_has_no_share_and_networks_are_what_one_client_has() {
        let places = Places::new(8);
        let busy = |place: Place| {
            let begun = place.busy.begin();
            (place, begun)
        };
        let proxied: Vec<_> = (0..8).map_while(|_| places.try_take(None).ok().map(busy)).collect();
        assert_eq!(proxied.len(), 8);
        for (one, other, same) in [
            ("192.0.2.1", "192.0.2.200", true),
            ("192.0.2.1", "192.0.3.1", false),
            ("192.0.2.1", "::ffff:192.0.2.9", true),
            ("2001:db8:0:100::1", "2001:db8:0:1ff::2", true),
            ("2001:db8:0:100::1", "2001:db8:0:200::1", false),
        ] {
            assert_eq!(network(address(one)) == network(address(other)), same, "{one} {other}");
        }
    }
}
