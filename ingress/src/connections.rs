//! Which connections stay open when there are more than slots.
//!
//! Anybody may connect, and a slot that a stranger holds is one that Stripe does not have. So no new connection is
//! kept waiting: the one that has gone longest without a valid signature is closed for it, then the one that has been
//! idle longest after one. A connection whose event is being published is never closed.

mod guarded;

use futures_util::task::AtomicWaker;
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(crate) use guarded::Guarded;

/// How many connections may be open.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionLimits {
    /// All open connections together.
    pub(crate) total: usize,
    /// Open connections from one address.
    pub(crate) per_address: usize,
    /// Proxies, which connect for others and have no limit of their own.
    pub(crate) proxies: Vec<IpNet>,
}

/// The open connections and what each is doing.
#[derive(Debug)]
pub(crate) struct Connections {
    limits: ConnectionLimits,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    open: BTreeMap<u64, (IpAddr, Arc<Close>)>,
    /// Those without a valid signature yet, oldest first.
    strangers: BTreeSet<u64>,
    /// Those that wait for the next request after a valid signature, oldest first.
    idle: BTreeSet<u64>,
    by_address: HashMap<IpAddr, BTreeSet<u64>>,
}

/// Closes a connection from outside its task.
#[derive(Debug, Default)]
struct Close {
    closed: AtomicBool,
    waker: AtomicWaker,
}

impl Connections {
    pub(crate) fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self { limits, table: Mutex::default() })
    }

    /// A slot for a new connection; none when every other one is being served.
    pub(crate) fn admit(self: &Arc<Self>, peer: SocketAddr) -> Option<Connection> {
        let address = peer.ip().to_canonical();
        let is_proxy = self.limits.proxies.iter().any(|net| net.contains(&address));
        let mut table = self.table();
        if !is_proxy && table.count(address) >= self.limits.per_address && !table.evict(Some(address)) {
            return None;
        }
        if table.open.len() >= self.limits.total && !table.evict(None) {
            return None;
        }
        let (id, close) = table.insert(address);
        metrics::gauge!("sluicegate_ingress_connections").set(table.open.len() as f64);
        Some(Connection(Arc::new(Slot { id, close, connections: Arc::clone(self) })))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn count(&self, address: IpAddr) -> usize {
        self.by_address.get(&address).map_or(0, BTreeSet::len)
    }

    fn insert(&mut self, address: IpAddr) -> (u64, Arc<Close>) {
        let (id, close) = (self.next, Arc::new(Close::default()));
        self.next += 1;
        self.open.insert(id, (address, Arc::clone(&close)));
        self.strangers.insert(id);
        self.by_address.entry(address).or_default().insert(id);
        (id, close)
    }

    /// Closes the connection that is needed least, of this address or of all.
    fn evict(&mut self, address: Option<IpAddr>) -> bool {
        let victim = match address {
            None => self.strangers.first().or_else(|| self.idle.first()).copied(),
            Some(address) => self.by_address.get(&address).and_then(|ids| {
                let first = |set: &BTreeSet<u64>| ids.iter().find(|id| set.contains(id)).copied();
                first(&self.strangers).or_else(|| first(&self.idle))
            }),
        };
        let Some(close) = victim.and_then(|id| self.remove(id)) else { return false };
        metrics::counter!("sluicegate_ingress_connections_evicted_total").increment(1);
        close.closed.store(true, Ordering::Release);
        close.waker.wake();
        true
    }

    fn remove(&mut self, id: u64) -> Option<Arc<Close>> {
        let (address, close) = self.open.remove(&id)?;
        self.strangers.remove(&id);
        self.idle.remove(&id);
        if let Some(ids) = self.by_address.get_mut(&address) {
            ids.remove(&id);
            if ids.is_empty() {
                self.by_address.remove(&address);
            }
        }
        Some(close)
    }
}

/// The slot of one connection, released when the last clone is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Connection(Arc<Slot>);

#[derive(Debug)]
struct Slot {
    id: u64,
    close: Arc<Close>,
    connections: Arc<Connections>,
}

impl Connection {
    /// Its request has a valid signature: it stays open until it is served.
    pub(crate) fn verified(&self) {
        let mut table = self.0.connections.table();
        table.strangers.remove(&self.0.id);
        table.idle.remove(&self.0.id);
    }

    /// Its event was accepted.
    pub(crate) fn served(&self) {
        let mut table = self.0.connections.table();
        if table.open.contains_key(&self.0.id) {
            table.idle.insert(self.0.id);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut table = self.connections.table();
        table.remove(self.id);
        metrics::gauge!("sluicegate_ingress_connections").set(table.open.len() as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections(total: usize, per_address: usize) -> Arc<Connections> {
        let proxies = vec!["10.0.0.0/8".parse().unwrap()];
        Connections::new(ConnectionLimits { total, per_address, proxies })
    }

    fn from(connections: &Arc<Connections>, address: [u8; 4]) -> Option<Connection> {
        connections.admit(SocketAddr::from((address, 1)))
    }

    fn is_open(connection: &Connection) -> bool {
        !connection.0.close.closed.load(Ordering::Acquire)
    }

    #[test]
    fn the_oldest_stranger_makes_room_and_then_the_longest_idle() {
        let connections = connections(3, 100);
        let first = from(&connections, [1, 1, 1, 1]).unwrap();
        first.verified();
        first.served();
        let second = from(&connections, [2, 2, 2, 2]).unwrap();
        let third = from(&connections, [3, 3, 3, 3]).unwrap();
        let fourth = from(&connections, [4, 4, 4, 4]).unwrap();
        assert!(!is_open(&second) && is_open(&first) && is_open(&third));
        third.verified();
        fourth.verified();
        let fifth = from(&connections, [5, 5, 5, 5]).unwrap();
        assert!(!is_open(&first) && is_open(&third) && is_open(&fourth));
        fifth.verified();
        assert!(from(&connections, [6, 6, 6, 6]).is_none(), "all others are being served");
        drop(fifth);
        assert!(from(&connections, [6, 6, 6, 6]).is_some());
    }

    #[test]
    fn one_address_has_so_many_and_a_proxy_has_no_limit() {
        let connections = connections(100, 2);
        let own: Vec<_> = (0..3).map(|_| from(&connections, [1, 1, 1, 1]).unwrap()).collect();
        assert_eq!(own.iter().map(is_open).collect::<Vec<_>>(), [false, true, true]);
        let proxied: Vec<_> = (0..5).map(|_| from(&connections, [10, 1, 1, 1]).unwrap()).collect();
        assert!(proxied.iter().all(is_open));
        drop((own, proxied));
        assert!(connections.table().open.is_empty() && connections.table().by_address.is_empty());
    }
}
