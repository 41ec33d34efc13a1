//! The emulator as a value: built once, cloned freely, used as a transport.

use std::path::Path;
use std::sync::Arc;

use http::{Request, Response};
use r2_transport::{Body, BoxFuture, Clock, SystemClock, Transport, TransportError};

use crate::error::Error;
use crate::store::{Durability, Store};
use crate::switches::Switches;

/// A local R2: every operation of its S3 API, answered as R2 answers.
#[derive(Clone, Debug)]
pub struct Emulator {
    #[expect(dead_code, reason = "the requests that use it come next")]
    store: Store,
}

impl Emulator {
    /// An empty R2 in memory that accepts signed and unsigned requests alike.
    #[must_use]
    pub fn memory() -> Emulator {
        Emulator::builder().memory()
    }

    /// Everything that can be chosen.
    #[must_use]
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }
}

impl Transport for Emulator {
    fn send(
        &self,
        _request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = http::StatusCode::NOT_IMPLEMENTED;
            Ok(response)
        })
    }
}

/// What an [`Emulator`] is made of.
#[derive(Debug)]
pub struct EmulatorBuilder {
    clock: Arc<dyn Clock>,
    seed: u64,
    durability: Durability,
    switches: Switches,
}

impl EmulatorBuilder {
    fn new() -> EmulatorBuilder {
        EmulatorBuilder {
            clock: Arc::new(SystemClock),
            seed: 0,
            durability: Durability::Disk,
            switches: Switches::new(),
        }
    }

    /// The wall clock: dates, skew, expiry and lifecycle follow it. Default: the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> EmulatorBuilder {
        self.clock = clock;
        self
    }

    /// Where request ids, version ids and upload ids start. Default: 0.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> EmulatorBuilder {
        self.seed = seed;
        self
    }

    /// When a write counts as done, for a directory. Default: [`Durability::Disk`].
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> EmulatorBuilder {
        self.durability = durability;
        self
    }

    /// Behaviour where R2 varies or is not known. Default: [`Switches::new`].
    #[must_use]
    pub fn switches(mut self, switches: Switches) -> EmulatorBuilder {
        self.switches = switches;
        self
    }

    /// Builds an emulator that holds everything in memory.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "an index in memory has no file to fail on")]
    pub fn memory(self) -> Emulator {
        let store = Store::memory().expect("an index in memory has no file to fail on");
        Emulator { store }
    }

    /// Opens the store in a folder, or makes a new one there. Blocking: call it before the runtime
    /// starts or with `spawn_blocking`.
    ///
    /// # Errors
    ///
    /// When the folder holds something else, is in use by another process (after a wait of three
    /// seconds), was written by a newer version, or cannot be read or written.
    pub fn directory(self, path: impl AsRef<Path>) -> Result<Emulator, Error> {
        Ok(Emulator { store: Store::directory(path.as_ref(), self.durability)? })
    }
}
