//! Reading an object to its end, whatever breaks on the way.

use std::fmt;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use r2_transport::{Body, BoxFuture};

use super::verify::{Verdict, Verifier};
use crate::client::Client;
use crate::error::{self, Error, ErrorKind};
use crate::limits::{RECONNECT_PAUSE, RECONNECT_PROGRESS_BYTES, RECONNECTS_MAX};
use crate::names::ByteRange;
use crate::operation::Operation as _;
use crate::ops::{Conditional, FetchedObject, GetObject, ObjectInfo};

/// The content of an object, or of a range of it, as it arrives.
///
/// Nothing is read ahead: a slow reader slows the server down. When the connection breaks, the
/// stream goes on from the byte where it broke, pinned to the same content by `If-Match`, as long
/// as the client's budget for retries lasts; when the
/// object was replaced meanwhile it ends with [`ErrorKind::ObjectChanged`]. A whole object is
/// compared with the checksum that the server keeps, and ends with
/// [`ErrorKind::ChecksumMismatch`] if it differs; [`verdict`](Self::verdict) tells whether there
/// was anything to compare with.
///
/// ```
/// # use r2_objects::{BucketName, Client, GetObject, ObjectKey, Verdict};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), r2_objects::Error> {
/// # let local = r2_sim::Emulator::memory();
/// # let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
/// # client.buckets().create("photos").await?;
/// # client.objects().put("photos", "a.txt", "hello").await?;
/// let get = GetObject::new(BucketName::new("photos")?, ObjectKey::new("a.txt")?);
/// let mut stream = client.objects().get_stream(get).await?;
/// let mut length = 0;
/// while let Some(chunk) = stream.next_chunk().await {
///     length += chunk?.len();
/// }
/// assert_eq!(length, 5);
/// assert!(matches!(stream.verdict(), Verdict::Verified(_)));
/// # Ok(())
/// # }
/// ```
pub struct ObjectStream {
    client: Client,
    get: GetObject,
    info: ObjectInfo,
    /// The bytes of the object that the stream is to deliver; unknown for a recoded reply.
    span: Option<Range<u64>>,
    delivered: u64,
    verifier: Verifier,
    state: State,
    /// How often it may still be taken up again, and where it was when it was last.
    reconnects_left: u32,
    progress_from: u64,
    reconnected: u32,
    /// It was taken up again on the client's budget, and has brought nothing since.
    owes_retry: bool,
}

enum State {
    Reading(Body),
    Reconnecting(BoxFuture<'static, Result<Body, Error>>),
    Ended,
}

impl ObjectStream {
    pub(crate) async fn open(client: &Client, get: GetObject) -> Result<Self, Error> {
        let (name, target) = (get.name(), get.clone());
        let opened = Self::open_if(client, get).await?.met();
        opened.map_err(|error| error.with_operation(name).about(target.target()))
    }

    pub(crate) async fn open_if(
        client: &Client,
        get: GetObject,
    ) -> Result<Conditional<Self>, Error> {
        let get = if get.reads_all() { get.with_checksums() } else { get };
        let FetchedObject { info, body } = match client.send(&get).await? {
            Conditional::Met(fetched) => fetched,
            Conditional::NotModified { etag } => return Ok(Conditional::NotModified { etag }),
        };
        let span = match (&info.content_range, info.content_length) {
            (Some(part), _) => Some(part.range.clone()),
            (None, Some(length)) if get.reads_all() => Some(0..length),
            (None, _) => None,
        };
        Ok(Conditional::Met(Self {
            client: client.clone(),
            verifier: Verifier::choose(&info, get.reads_all()),
            get,
            info,
            span,
            delivered: 0,
            state: State::Reading(body),
            reconnects_left: RECONNECTS_MAX,
            progress_from: 0,
            reconnected: 0,
            owes_retry: false,
        }))
    }

    /// What the headers tell.
    #[must_use]
    pub fn info(&self) -> &ObjectInfo {
        &self.info
    }

    /// Bytes delivered so far.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.delivered
    }

    /// How often the stream was taken up again.
    #[must_use]
    pub fn reconnected(&self) -> u32 {
        self.reconnected
    }

    /// Whether the content was found to be what the server keeps. Final at the stream's end.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verifier.verdict()
    }

    /// Does not compare the content with a checksum: saves the time that hashing takes.
    #[must_use]
    pub fn without_verification(mut self) -> Self {
        self.verifier = Verifier::declined();
        self
    }

    /// The next piece of the content; `None` at its end.
    ///
    /// # Cancel safety
    ///
    /// Safe: a piece that was not returned comes with the next call.
    pub async fn next_chunk(&mut self) -> Option<Result<Bytes, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Reads all of it into memory.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ReplyTooLarge`] above `limit_bytes`, and what the stream itself may say.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the download.
    pub async fn collect(mut self, limit_bytes: usize) -> Result<Bytes, Error> {
        let announced = self.info.content_length.map(usize::try_from);
        let capacity = match announced {
            Some(Ok(length)) if length <= limit_bytes => length,
            Some(_) => return Err(self.too_large(limit_bytes)),
            None => 0,
        };
        let Some(first) = self.next_chunk().await.transpose()? else { return Ok(Bytes::new()) };
        if first.len() == capacity {
            // one piece: no copy
            return match self.next_chunk().await.transpose()? {
                None => Ok(first),
                Some(_) => Err(self.too_large(limit_bytes)),
            };
        }
        let mut content = BytesMut::with_capacity(capacity);
        content.extend_from_slice(&first);
        while let Some(chunk) = self.next_chunk().await.transpose()? {
            if content.len() + chunk.len() > limit_bytes {
                return Err(self.too_large(limit_bytes));
            }
            content.extend_from_slice(&chunk);
        }
        Ok(content.freeze())
    }

    fn too_large(&self, limit_bytes: usize) -> Error {
        let message =
            format!("the object is larger than the {limit_bytes} bytes that may be held in memory");
        self.named(Error::new(ErrorKind::ReplyTooLarge, message))
    }

    fn named(&self, error: Error) -> Error {
        error.with_operation(self.get.name()).about(self.get.target())
    }

    /// The bytes still to come, if that is known.
    fn rest(&self) -> Option<Range<u64>> {
        let span = self.span.as_ref()?;
        Some(span.start + self.delivered..span.end)
    }

    fn received(&mut self, chunk: &Bytes) -> Result<(), Error> {
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if self.rest().is_some_and(|rest| length > rest.end - rest.start) {
            let message = "the server sent more than it announced";
            return Err(self.named(Error::new(ErrorKind::UnexpectedReply, message)));
        }
        self.delivered += length;
        if std::mem::take(&mut self.owes_retry) {
            self.client.inner.executor.retry_succeeded();
        }
        self.verifier.update(chunk);
        if self.delivered - self.progress_from >= RECONNECT_PROGRESS_BYTES {
            self.reconnects_left = RECONNECTS_MAX;
            self.progress_from = self.delivered;
        }
        Ok(())
    }

    /// Takes the stream up again, or says why that cannot be.
    fn broke(&mut self, error: Error) -> Result<State, Error> {
        let passing = matches!(error.kind(), ErrorKind::Reset | ErrorKind::Timeout);
        let rest = self.rest().and_then(|rest| ByteRange::new(rest.clone()).ok().zip(Some(rest)));
        let Some((range, rest)) = rest.filter(|_| passing && !self.info.etag.is_weak()) else {
            return Err(self.named(error));
        };
        if self.reconnects_left == 0 {
            return Err(self.named(error));
        }
        if !self.client.inner.executor.take_retry() {
            return Err(self.named(error::budget_spent(error)));
        }
        self.owes_retry = true;
        let pause = RECONNECT_PAUSE * 2_u32.pow(RECONNECTS_MAX - self.reconnects_left);
        self.reconnects_left -= 1;
        self.reconnected += 1;
        self.progress_from = self.delivered;
        metrics::counter!("r2_retries_total", "reason" => "stream").increment(1);
        tracing::debug!(at = rest.start, %error, "taking a broken download up again");
        let get = self.get.resumed(range, self.info.etag.clone());
        let (client, etag) = (self.client.clone(), self.info.etag.clone());
        Ok(State::Reconnecting(Box::pin(async move {
            tokio::time::sleep(pause).await;
            let changed = || {
                Error::new(ErrorKind::ObjectChanged, "the object was replaced while it was read")
                    .with_operation(get.name())
                    .about(get.target())
            };
            let fetched = match client.send(&get).await {
                Ok(Conditional::Met(fetched)) => fetched,
                Ok(Conditional::NotModified { .. }) => return Err(changed()),
                Err(error) if error.kind() == ErrorKind::PreconditionFailed => {
                    return Err(changed().with_source(error));
                }
                Err(error) => return Err(error),
            };
            let same = fetched.info.etag == etag
                && fetched.info.content_range.is_some_and(|part| part.range == rest);
            if same { Ok(fetched.body) } else { Err(changed()) }
        })))
    }

    fn poll_body(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        loop {
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Reconnecting(reconnecting) => {
                    let body = ready!(reconnecting.as_mut().poll(context))?;
                    self.state = State::Reading(body);
                }
                State::Reading(body) => match ready!(Pin::new(body).poll_next(context)) {
                    Some(Ok(chunk)) if chunk.is_empty() => {}
                    Some(Ok(chunk)) => {
                        self.received(&chunk)?;
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                    None if self.rest().is_none_or(|rest| rest.is_empty()) => {
                        self.state = State::Ended;
                        if self.verifier.finish() == Verdict::Mismatch {
                            let message = "the content is not what the server's checksum says";
                            let error = Error::new(ErrorKind::ChecksumMismatch, message);
                            return Poll::Ready(Some(Err(self.named(error))));
                        }
                        return Poll::Ready(None);
                    }
                    None => {
                        let message = "the reply ended before its announced length";
                        self.state = self.broke(Error::new(ErrorKind::Reset, message))?;
                    }
                    Some(Err(error)) => {
                        self.state = self.broke(error::from_reply_body(error))?;
                    }
                },
            }
        }
    }
}

impl Stream for ObjectStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(self.poll_body(context));
        if matches!(next, Some(Err(_))) {
            self.state = State::Ended;
        }
        Poll::Ready(next)
    }
}

impl fmt::Debug for ObjectStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectStream")
            .field("info", &self.info)
            .field("delivered", &self.delivered)
            .field("reconnected", &self.reconnected)
            .finish_non_exhaustive()
    }
}

/// To be sent on: a body that can be read once.
impl From<ObjectStream> for Body {
    fn from(stream: ObjectStream) -> Self {
        let length = stream.rest().map(|rest| rest.end - rest.start);
        Self::one_shot(stream, length)
    }
}
