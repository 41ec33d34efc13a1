//! A mirror keeps a directory in step with its origin.

mod conflicts;
mod conformance;
mod counting;
mod drift;
mod freshness;
mod processes;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use r2_backend::mirror::{Freshness, Mirror, MirrorOptions};
use r2_backend::{MemoryBackend, StorageBackend as _};
use r2_objects::ObjectKey;
use r2_transport::Clock;

use counting::Counting;

fn key(name: &str) -> ObjectKey {
    name.try_into().expect("a key")
}

/// A clock that stands until it is moved.
#[derive(Debug, Clone)]
struct Hand(Arc<std::sync::Mutex<SystemTime>>);

impl Hand {
    fn new() -> Self {
        Self(Arc::new(std::sync::Mutex::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 30))))
    }

    fn pass(&self, time: Duration) {
        *self.0.lock().expect("no test panics with it") += time;
    }
}

impl Clock for Hand {
    fn now(&self) -> SystemTime {
        *self.0.lock().expect("no test panics with it")
    }
}

struct World {
    origin: Counting<MemoryBackend>,
    folder: tempfile::TempDir,
    clock: Hand,
}

impl World {
    fn new() -> Self {
        let origin = Counting::new(MemoryBackend::new());
        Self { origin, folder: tempfile::tempdir().expect("a folder"), clock: Hand::new() }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    async fn mirror(&self, freshness: Freshness) -> Mirror<Counting<MemoryBackend>> {
        let clock = Arc::new(self.clock.clone());
        let options = MirrorOptions::new().freshness(freshness).clock(clock);
        let mirror =
            Mirror::open(self.origin.clone(), self.path(), options).await.expect("a store");
        assert!(mirror.name().starts_with("mirror of "));
        mirror
    }

    /// The directory, as whoever works in it without the origin has it.
    async fn directory(&self) -> r2_backend::LocalBackend {
        r2_backend::LocalBackend::managed(self.path()).await.expect("a store")
    }
}
