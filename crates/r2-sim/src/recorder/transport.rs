//! The transport that records.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use http::{Request, Response};
use r2_transport::{Body, BoxFuture, Transport, TransportError};

use super::RecordOptions;
use super::tape::Tape;
use crate::cassette::Cassette;
use crate::error::Error;
use crate::store::locked;

/// A transport that records what passes to and from another one. Clones share the tape.
///
/// Requests and answers pass unchanged, as they come; a large body is hashed on its way and not
/// kept. Secrets are removed: signatures, tokens, customers' keys (SSE-C), the id of the account.
/// What is recorded of each exchange is on the page `docs/cassette-format.md`.
///
/// Requests are path-style (`/bucket/key`). One whose future is dropped before its answer comes is
/// left out.
///
/// ```
/// use http::Request;
/// use r2_sim::{Emulator, Recorder, Replayer};
/// use r2_transport::{Body, Transport as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let recorder = Recorder::new(Emulator::memory(), "a new bucket");
/// let create = || Request::put("http://r2.local/photos").body(Body::empty());
/// assert_eq!(recorder.send(create()?).await?.status(), 200);
/// assert_eq!(recorder.send(create()?).await?.status(), 409);
///
/// let replayer = Replayer::new(recorder.finish()?);
/// assert_eq!(replayer.send(create()?).await?.status(), 200);
/// assert_eq!(replayer.send(create()?).await?.status(), 409);
/// replayer.assert_exhausted();
/// # Ok(())
/// # }
/// ```
pub struct Recorder<T> {
    inner: T,
    tape: Arc<Mutex<Tape>>,
}

impl<T> Recorder<T> {
    /// Records what passes to and from `inner`. The options may be just a name.
    pub fn new(inner: T, options: impl Into<RecordOptions>) -> Recorder<T> {
        Recorder { inner, tape: Arc::new(Mutex::new(Tape::new(options.into()))) }
    }

    /// The transport behind it.
    pub fn inner(&self) -> &T {
        &self.inner
    }

    /// What was recorded so far. Bodies that were not read to their end are marked as cut.
    ///
    /// # Errors
    ///
    /// [`SecretInCassette`](crate::ErrorKind::SecretInCassette) if something looks like a secret
    /// that the recorder did not know: then nothing should be kept, and
    /// [`RecordOptions::secret`] may help. [`BadCassette`](crate::ErrorKind::BadCassette) beyond
    /// the limits: 10,000 exchanges, 16 MiB.
    pub fn finish(&self) -> Result<Cassette, Error> {
        locked(&self.tape).cassette()
    }

    /// Writes it to a file, all of it or nothing, and returns it. Waits for the disk.
    ///
    /// # Errors
    ///
    /// As [`finish`](Self::finish) and [`Cassette::save`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<Cassette, Error> {
        let cassette = self.finish()?;
        cassette.save(path)?;
        Ok(cassette)
    }
}

impl<T: Transport> Transport for Recorder<T> {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let (number, request) = locked(&self.tape).begin(request);
            let result = self.inner.send(request).await;
            let Some(number) = number else { return result };
            match result {
                Ok(response) => Ok(locked(&self.tape).answered(number, response)),
                Err(error) => {
                    locked(&self.tape).failed(number, &error);
                    Err(error)
                }
            }
        })
    }
}

impl<T: Clone> Clone for Recorder<T> {
    fn clone(&self) -> Recorder<T> {
        Recorder { inner: self.inner.clone(), tape: Arc::clone(&self.tape) }
    }
}

impl<T: fmt::Debug> fmt::Debug for Recorder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder")
            .field("inner", &self.inner)
            .field("exchanges", &locked(&self.tape).len())
            .finish()
    }
}
