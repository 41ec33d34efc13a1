//! One object on one server, and how a transfer sends requests about it.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use http::StatusCode;
use r2_objects::{
    BucketName, CallOptions, Client, CostClass, Hedge, ObjectKey, Operation, Reply, ReplyMode,
    RequestParts, Safety, StorageClass, Target,
};
use tokio::time::Instant;

use crate::error::{Error, ErrorKind};
use crate::limits::CLEAN_UP_TIMEOUT;
use crate::machine::Pace;
use crate::resume::TransferId;

/// The object a transfer is about, and until when it may take.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) client: &'a Client,
    pub(crate) bucket: &'a BucketName,
    pub(crate) key: &'a ObjectKey,
    pub(crate) deadline: Option<Instant>,
}

impl Place<'_> {
    /// Sends one request, and says whether the server asked for less before it took it.
    pub(crate) async fn send<O: Operation>(
        &self,
        operation: O,
    ) -> Result<(O::Output, Pace), Error> {
        // a part whose second attempt fails is lost with its first (R2 release notes), so two of
        // them must never race
        let mut options = CallOptions::new().hedge(Hedge::Off);
        if let Some(deadline) = self.deadline {
            options = options.timeout(deadline.saturating_duration_since(Instant::now()));
        }
        let watched = Watched { operation, throttled: AtomicBool::new(false) };
        let result = self.client.send_with(&watched, options).await;
        let throttled = watched.throttled.load(Ordering::Relaxed);
        let pace = if throttled { Pace::Throttled } else { Pace::Free };
        match result {
            Ok(output) => Ok((output, pace)),
            Err(error) => Err(Error::of_request(error).at(self)),
        }
    }

    /// Sends a request that cleans up: it gets its own time, whatever the transfer's deadline.
    pub(crate) async fn clean_up<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
        let options = CallOptions::new().timeout(CLEAN_UP_TIMEOUT);
        let result = self.client.send_with(operation, options).await;
        result.map_err(|error| Error::of_request(error).at(self))
    }

    pub(crate) fn transfer_id(&self) -> TransferId {
        let endpoint = self.client.endpoint().to_string();
        TransferId::new(endpoint, self.bucket.as_str(), self.key.as_str())
    }

    pub(crate) fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind).at(self)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.bucket.as_str(), self.key.as_str())
    }
}

/// An operation that notes when the server asks for less. The client tries again by itself, and a
/// success after that looks like any other; but a transfer with many requests in flight is the
/// one who can do something about the load.
struct Watched<O> {
    operation: O,
    throttled: AtomicBool,
}

impl<O: Operation> Operation for Watched<O> {
    type Output = O::Output;

    fn name(&self) -> &'static str {
        self.operation.name()
    }
    fn cost_class(&self) -> CostClass {
        self.operation.cost_class()
    }
    fn storage_class(&self) -> StorageClass {
        self.operation.storage_class()
    }
    fn safety(&self) -> Safety {
        self.operation.safety()
    }
    fn target(&self) -> Target<'_> {
        self.operation.target()
    }
    fn request(&self) -> Result<RequestParts, r2_objects::Error> {
        self.operation.request()
    }
    fn reply_mode(&self) -> ReplyMode {
        self.operation.reply_mode()
    }
    fn accepts(&self, status: StatusCode) -> bool {
        if matches!(status.as_u16(), 429 | 500 | 503) {
            self.throttled.store(true, Ordering::Relaxed);
        }
        self.operation.accepts(status)
    }
    fn decode(&self, reply: Reply) -> Result<O::Output, r2_objects::Error> {
        self.operation.decode(reply)
    }
}
