//! The body of a request: may it start again, how long is it, what is its checksum?

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use r2_transport::Body;

use crate::error::{Error, ErrorKind};
use crate::values::{Checksum, Crc64Nvme};

/// The body of a request. Cheap to clone; clones share a body that can be read once.
///
/// Bytes in memory and bodies that can start again allow retries. A one-shot stream allows one
/// attempt. A length must be known: R2 answers a body without one with 411.
///
/// ```
/// use r2_objects::Payload;
///
/// let payload = Payload::from("hello");
/// assert_eq!(payload.length(), Some(5));
/// assert!(payload.can_restart());
/// ```
#[derive(Clone)]
pub struct Payload {
    source: Source,
    checksum: Option<Checksum>,
}

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    Body(Arc<SharedBody>),
}

struct SharedBody {
    /// Taken by the first attempt when it cannot start again.
    body: Mutex<Option<Body>>,
    length: Option<u64>,
    can_restart: bool,
}

impl Payload {
    /// Nothing.
    #[must_use]
    pub fn empty() -> Self {
        Bytes::new().into()
    }

    /// The checksum of the content, where the caller knows it already. Without it a body that is
    /// not in memory travels with none, because it would have to be read twice.
    #[must_use]
    pub fn with_checksum(mut self, checksum: impl Into<Checksum>) -> Self {
        self.checksum = Some(checksum.into());
        self
    }

    /// Reads the body once for its CRC64NVME, which then goes with it. Bytes in memory need no
    /// such pass.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SourceBody`] when the body cannot be read, or cannot start again.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses the payload; the source is only read.
    pub async fn hashed(self) -> Result<Self, Error> {
        if matches!(self.source, Source::Bytes(_)) || self.checksum.is_some() {
            return Ok(self);
        }
        if !self.can_restart() {
            let message = "a stream that can be read once cannot be hashed before it is sent";
            return Err(Error::new(ErrorKind::SourceBody, message));
        }
        let mut body = self.open()?;
        let mut crc = Crc64Nvme::new();
        while let Some(chunk) = body.next_chunk().await {
            let chunk = chunk.map_err(|error| {
                Error::new(ErrorKind::SourceBody, "the body cannot be read").with_source(error)
            })?;
            crc.update(&chunk);
        }
        Ok(self.with_checksum(crc.value()))
    }

    /// Length in bytes, if known.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        match &self.source {
            Source::Bytes(bytes) => u64::try_from(bytes.len()).ok(),
            Source::Body(shared) => shared.length,
        }
    }

    /// Can it be sent more than once?
    #[must_use]
    pub fn can_restart(&self) -> bool {
        match &self.source {
            Source::Bytes(_) => true,
            Source::Body(shared) => shared.can_restart,
        }
    }

    /// The bytes, if they are in memory.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.source {
            Source::Bytes(bytes) => Some(bytes),
            Source::Body(_) => None,
        }
    }

    /// The checksum that the caller gave.
    #[must_use]
    pub fn checksum(&self) -> Option<&Checksum> {
        self.checksum.as_ref()
    }

    /// The body for one attempt, from its beginning.
    pub(crate) fn open(&self) -> Result<Body, Error> {
        let shared = match &self.source {
            Source::Bytes(bytes) => return Ok(Body::from(bytes.clone())),
            Source::Body(shared) => shared,
        };
        let mut slot = shared.body.lock().unwrap_or_else(PoisonError::into_inner);
        let again = if shared.can_restart { slot.as_ref().and_then(Body::restart) } else { None };
        again.or_else(|| slot.take()).ok_or_else(|| {
            let message = "a body that can be read once was sent before";
            Error::new(ErrorKind::SourceBody, message)
        })
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Payload")
            .field("length", &self.length())
            .field("can_restart", &self.can_restart())
            .field("checksum", &self.checksum)
            .finish_non_exhaustive()
    }
}

impl Default for Payload {
    fn default() -> Self {
        Self::empty()
    }
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Self {
        Self { source: Source::Bytes(bytes), checksum: None }
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Payload {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Payload {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<&'static [u8]> for Payload {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl<const N: usize> From<&'static [u8; N]> for Payload {
    fn from(bytes: &'static [u8; N]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl From<Body> for Payload {
    fn from(body: Body) -> Self {
        let length = body.length();
        let can_restart = body.can_restart();
        let shared = SharedBody { body: Mutex::new(Some(body)), length, can_restart };
        Self { source: Source::Body(Arc::new(shared)), checksum: None }
    }
}
