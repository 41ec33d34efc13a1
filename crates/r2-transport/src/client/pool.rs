//! Which connections exist, who uses them, and who waits for one.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tracing::debug;

use super::PoolStats;
use super::connection::Connection;
use super::lease::Lease;
use super::origin::{Origin, OriginRef};
use super::patience::within;
use crate::{ErrorKind, TransportError, limits};

/// The connections of one client.
///
/// A permit stands for a connection in use, and there are as many as connections may be open. An
/// idle connection holds no permit, but it is closed when its place is needed; so the number of
/// open sockets never exceeds the number of permits either.
pub(super) struct Pool {
    settings: PoolSettings,
    permits: Arc<Semaphore>,
    state: Mutex<State>,
    waiting: AtomicUsize,
    reused: AtomicU64,
    created: AtomicU64,
}

/// How many, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct PoolSettings {
    pub(super) connections_max: usize,
    pub(super) age_max: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) acquire_timeout: Duration,
}

#[derive(Default)]
struct State {
    origins: Vec<Slot>,
    open: usize,
}

/// The idle connections of one origin, the one used last on top: it is the most likely to be alive.
struct Slot {
    origin: Arc<Origin>,
    idle: Connections,
}

/// As pointers, because a connection is large and moves from owner to owner.
type Connections = Vec<Box<Connection>>;

impl Pool {
    pub(super) fn new(settings: PoolSettings) -> Arc<Self> {
        let permits = settings.connections_max.min(Semaphore::MAX_PERMITS);
        Arc::new(Self {
            settings,
            permits: Arc::new(Semaphore::new(permits)),
            state: Mutex::default(),
            waiting: AtomicUsize::new(0),
            reused: AtomicU64::new(0),
            created: AtomicU64::new(0),
        })
    }

    /// The origin as the pool knows it, made on first sight.
    pub(super) fn origin(
        &self,
        wanted: OriginRef<'_>,
        proxied: impl FnOnce() -> bool,
    ) -> Result<Arc<Origin>, TransportError> {
        let mut state = self.lock();
        if let Some(slot) = state.origins.iter().find(|slot| wanted.matches(&slot.origin)) {
            return Ok(Arc::clone(&slot.origin));
        }
        let origin = Arc::new(wanted.to_owned(proxied())?);
        state.remember(Arc::clone(&origin));
        Ok(origin)
    }

    /// Waits, first come first served, for the right to use a connection.
    pub(super) async fn acquire(
        &self,
        deadline: Option<Instant>,
    ) -> Result<OwnedSemaphorePermit, TransportError> {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Ok(permit);
        }
        let _waiting = Waiting::new(&self.waiting);
        let acquire = Arc::clone(&self.permits).acquire_owned();
        let timeout = self.settings.acquire_timeout;
        let acquired = within(timeout, deadline, ErrorKind::PoolTimeout, acquire).await?;
        acquired.map_err(|closed| TransportError::new(ErrorKind::Shutdown, closed).unsent())
    }

    /// An idle connection to the origin that is still good, or the permit back.
    pub(super) fn checkout(
        self: &Arc<Self>,
        origin: &Arc<Origin>,
        permit: OwnedSemaphorePermit,
    ) -> Result<Lease, OwnedSemaphorePermit> {
        loop {
            let (connection, expired) = self.pop(origin);
            let dead = expired.len();
            drop(expired);
            self.note_closed(dead, "expired");
            let Some(mut connection) = connection else { return Err(permit) };
            if connection.is_alive() {
                self.reused.fetch_add(1, Ordering::Relaxed);
                debug!(host = %origin.host, port = origin.port, "connection reused");
                return Ok(self.lease(origin, permit, Some(connection)));
            }
            drop(connection);
            self.note_closed(1, "closed by the peer while idle");
        }
    }

    /// Makes room for a new connection; the caller opens it.
    pub(super) fn reserve(
        self: &Arc<Self>,
        origin: &Arc<Origin>,
        permit: OwnedSemaphorePermit,
    ) -> Lease {
        let mut state = self.lock();
        let mut evicted = Vec::new();
        while state.open >= self.settings.connections_max {
            let Some(connection) = state.evict() else { break };
            evicted.push(connection);
            state.open -= 1;
        }
        state.open += 1;
        drop(state);
        self.lease(origin, permit, None)
    }

    /// A lease got the connection that it was made for.
    pub(super) fn note_opened(&self) {
        self.created.fetch_add(1, Ordering::Relaxed);
    }

    /// Closes every idle connection.
    pub(super) fn close_idle(&self) {
        let idle: Vec<_> =
            self.lock().origins.iter_mut().flat_map(|slot| slot.idle.drain(..)).collect();
        let count = idle.len();
        drop(idle);
        self.note_closed(count, "idle");
    }

    /// Ends the waiting of all who wait, and lets nobody in any more.
    pub(super) fn close(&self) {
        self.permits.close();
        self.close_idle();
    }

    pub(super) fn stats(&self) -> PoolStats {
        let state = self.lock();
        PoolStats {
            open: state.open,
            idle: state.origins.iter().map(|slot| slot.idle.len()).sum(),
            waiting: self.waiting.load(Ordering::Relaxed),
            reused: self.reused.load(Ordering::Relaxed),
            created: self.created.load(Ordering::Relaxed),
        }
    }

    fn lease(
        self: &Arc<Self>,
        origin: &Arc<Origin>,
        permit: OwnedSemaphorePermit,
        connection: Option<Box<Connection>>,
    ) -> Lease {
        Lease::new(Arc::clone(self), Arc::clone(origin), permit, connection)
    }

    /// Takes the newest idle connection of the origin, and all that have grown too old.
    fn pop(&self, origin: &Arc<Origin>) -> (Option<Box<Connection>>, Connections) {
        let mut state = self.lock();
        let slot = state.origins.iter_mut().find(|slot| slot.origin.is(origin));
        let Some(slot) = slot.filter(|slot| !slot.idle.is_empty()) else {
            return (None, Vec::new());
        };
        let now = Instant::now();
        let expired =
            slot.idle.extract_if(.., |connection| self.expired(connection, now)).collect();
        (slot.idle.pop(), expired)
    }

    fn expired(&self, connection: &Connection, now: Instant) -> bool {
        now.saturating_duration_since(connection.born) >= self.settings.age_max
            || now.saturating_duration_since(connection.idle_since) >= self.settings.idle_timeout
    }

    /// Takes a connection back if another exchange may follow on it.
    pub(super) fn give_back(&self, origin: &Arc<Origin>, mut connection: Box<Connection>) {
        connection.idle_since = Instant::now();
        let old = self.expired(&connection, connection.idle_since);
        if !old && connection.is_idle() {
            let mut state = self.lock();
            // Asked under the lock: whoever closes the pool takes it afterwards, and finds all.
            if !self.permits.is_closed() {
                state.remember(Arc::clone(origin)).idle.push(connection);
                return;
            }
        }
        drop(connection);
        self.note_closed(1, if old { "expired" } else { "not reusable" });
    }

    /// Whoever calls this has closed `count` connections already.
    pub(super) fn note_closed(&self, count: usize, why: &'static str) {
        if count > 0 {
            self.lock().open -= count;
            debug!(count, why, "connections closed");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The slot of an origin. Slots without connections are forgotten when there are many.
    fn remember(&mut self, origin: Arc<Origin>) -> &mut Slot {
        let known = self.origins.iter().position(|slot| slot.origin.is(&origin));
        let index = known.unwrap_or_else(|| {
            if self.origins.len() >= limits::ORIGINS_MAX {
                self.origins.retain(|slot| !slot.idle.is_empty());
            }
            self.origins.push(Slot { origin, idle: Vec::new() });
            self.origins.len() - 1
        });
        &mut self.origins[index]
    }

    /// Takes the idle connection that was used longest ago.
    fn evict(&mut self) -> Option<Box<Connection>> {
        let oldest = |slot: &&mut Slot| slot.idle.first().map(|connection| connection.idle_since);
        let slots = self.origins.iter_mut().filter(|slot| !slot.idle.is_empty());
        slots.min_by_key(oldest).map(|slot| slot.idle.remove(0))
    }
}

/// Counts one waiter while it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
