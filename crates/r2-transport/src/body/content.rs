//! The body type that requests and responses share.

use std::fmt;
use std::fs::File;
use std::future::poll_fn;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::{Frame, SizeHint};

use super::exclusive::Exclusive;
use super::file::FileSource;
use super::stream::StreamSource;
use crate::client::Receiving;
use crate::server::Received;
use crate::{BodyError, BoxError, limits};

/// The body of a request or a response: a stream of [`Bytes`] that knows its length where that can
/// be known, and says whether it can be started again.
///
/// Nothing is copied on the way through. Memory is handed out whole, or, for the sake of
/// [`on_chunk`](Self::on_chunk), in pieces like those in which a file is read: of
/// [`limits::CHUNK_BYTES`] each. Dropping a body gives up its source; the body of a response closes
/// its connection then, unless it was read to its end.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), r2_transport::BodyError> {
/// use r2_transport::Body;
///
/// let body = Body::from("some bytes");
/// assert_eq!(body.length(), Some(10));
/// let again = body.restart().expect("bytes in memory can be sent any number of times");
/// assert_eq!(body.collect(1024).await?, "some bytes");
/// assert_eq!(again.collect(1024).await?, "some bytes");
/// # Ok(())
/// # }
/// ```
pub struct Body {
    source: Source,
    on_chunk: Option<OnChunk>,
}

type OnChunk = Exclusive<Box<dyn FnMut(usize) + Send>>;
type Make = dyn Fn() -> Body + Send + Sync;

/// Where the bytes come from.
pub(crate) enum Source {
    Empty,
    Memory {
        whole: Bytes,
        at: usize,
    },
    File(Box<FileSource>),
    Stream(Box<StreamSource>),
    Remade {
        make: Arc<Make>,
        current: Box<Body>,
    },
    /// The whole body of a response, not yet handed out.
    Once(Bytes),
    Response(Box<Receiving>),
    Request(Box<Received>),
}

impl Body {
    /// A body of no bytes.
    pub fn empty() -> Self {
        Self::of(Source::Empty)
    }

    /// A range of a file, read with positioned reads on the blocking pool.
    ///
    /// The file may be shared by many bodies, and each can be restarted. A range that ends before
    /// it begins is empty; one that goes past the end of the file (it may shrink while it is read)
    /// fails with [`ErrorKind::Length`](crate::ErrorKind::Length).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::sync::Arc;
    /// use r2_transport::Body;
    ///
    /// let mut file = tempfile::tempfile()?;
    /// std::io::Write::write_all(&mut file, b"0123456789")?;
    /// let body = Body::file(Arc::new(file), 2..6);
    /// assert_eq!(body.length(), Some(4));
    /// assert_eq!(body.collect(16).await?, "2345");
    /// # Ok(())
    /// # }
    /// ```
    pub fn file(file: Arc<File>, range: Range<u64>) -> Self {
        Self::of(Source::File(Box::new(FileSource::new(file, range))))
    }

    /// A stream that can be read once, and so allows one attempt only.
    ///
    /// If a length is given, the stream is held to it: a shorter or longer one ends with
    /// [`ErrorKind::Length`](crate::ErrorKind::Length), and it must end once it has given its last
    /// byte.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use bytes::Bytes;
    /// use r2_transport::{Body, ErrorKind};
    ///
    /// let chunks = ["one", "two"].map(|text| Ok::<_, std::io::Error>(Bytes::from(text)));
    /// let body = Body::one_shot(futures_util::stream::iter(chunks), Some(7));
    /// assert!(!body.can_restart());
    /// let error = body.collect(16).await.expect_err("six bytes are not seven");
    /// assert_eq!(error.kind(), ErrorKind::Length { expected: 7, got: 6 });
    /// # }
    /// ```
    pub fn one_shot(
        stream: impl Stream<Item = Result<Bytes, impl Into<BoxError>>> + Send + 'static,
        length: Option<u64>,
    ) -> Self {
        Self::of(Source::Stream(Box::new(StreamSource::new(stream, length))))
    }

    /// Any source that can be opened again: `make` is called now, and once for every restart.
    ///
    /// The bodies that `make` returns must be equal, byte for byte.
    ///
    /// ```
    /// use r2_transport::Body;
    ///
    /// let once = || futures_util::stream::iter([Ok::<_, std::io::Error>("x".into())]);
    /// let open = move || Body::one_shot(once(), None);
    /// assert!(!open().can_restart());
    /// assert!(Body::restartable(open).can_restart());
    /// ```
    pub fn restartable(make: impl Fn() -> Self + Send + Sync + 'static) -> Self {
        Self::remade(Arc::new(make))
    }

    /// Bytes that are still to come, if that is known: the whole length before the first read.
    pub fn length(&self) -> Option<u64> {
        match &self.source {
            Source::Empty => Some(0),
            Source::Memory { whole, at } => Some((whole.len() - at) as u64),
            Source::File(file) => Some(file.remaining()),
            Source::Stream(stream) => stream.remaining(),
            Source::Remade { current, .. } => current.length(),
            Source::Once(rest) => Some(rest.len() as u64),
            Source::Response(response) => response.remaining(),
            Source::Request(request) => request.remaining(),
        }
    }

    /// Whether [`restart`](Self::restart) gives a body.
    pub fn can_restart(&self) -> bool {
        match self.source {
            Source::Empty | Source::Memory { .. } | Source::File(_) | Source::Remade { .. } => true,
            Source::Stream(_) | Source::Once(_) => false,
            Source::Response(_) | Source::Request(_) => false,
        }
    }

    /// The same body from its beginning, however much of this one has been read; `None` if it can
    /// be read only once. The callback of [`on_chunk`](Self::on_chunk) stays with this one.
    pub fn restart(&self) -> Option<Self> {
        match &self.source {
            Source::Empty => Some(Self::empty()),
            Source::Memory { whole, .. } => Some(Self::from(whole.clone())),
            Source::File(file) => Some(Self::of(Source::File(Box::new(file.again())))),
            Source::Stream(_) | Source::Once(_) => None,
            Source::Response(_) | Source::Request(_) => None,
            Source::Remade { make, .. } => Some(Self::remade(Arc::clone(make))),
        }
    }

    /// Calls `count` with the number of bytes of each chunk as it passes, for progress. Callbacks
    /// add up; a restarted body has none.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), r2_transport::BodyError> {
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    /// use r2_transport::Body;
    ///
    /// let seen = Arc::new(AtomicUsize::new(0));
    /// let counter = Arc::clone(&seen);
    /// let body = Body::from("12345").on_chunk(move |bytes| {
    ///     counter.fetch_add(bytes, Ordering::Relaxed);
    /// });
    /// body.collect(16).await?;
    /// assert_eq!(seen.load(Ordering::Relaxed), 5);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_chunk(mut self, mut count: impl FnMut(usize) + Send + 'static) -> Self {
        let callback: Box<dyn FnMut(usize) + Send> = match self.on_chunk.take() {
            None => Box::new(count),
            Some(mut first) => Box::new(move |bytes| {
                first.get_mut()(bytes);
                count(bytes);
            }),
        };
        self.on_chunk = Some(Exclusive::new(callback));
        self
    }

    /// The next chunk, never empty; `None` at the end. After an error there is nothing more.
    ///
    /// # Errors
    ///
    /// When the source fails, or does not keep its announced length.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing: the chunk it waited for comes at the next call.
    pub async fn next_chunk(&mut self) -> Option<Result<Bytes, BodyError>> {
        poll_fn(|cx| self.poll_chunk(cx)).await
    }

    /// Reads the rest of the body into memory. A body of one chunk is handed out without a copy.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) if there are more than `limit_bytes`
    /// (at once if the length is known), and every error of [`next_chunk`](Self::next_chunk).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future drops the body, and with it what was read.
    pub async fn collect(mut self, limit_bytes: usize) -> Result<Bytes, BodyError> {
        let limit = limit_bytes as u64;
        let length = self.length();
        if length.is_some_and(|length| length > limit) {
            return Err(BodyError::too_large());
        }
        if let (Source::Memory { whole, at }, None) = (&self.source, &self.on_chunk) {
            return Ok(whole.slice(*at..));
        }
        let Some(first) = self.next_chunk().await.transpose()? else { return Ok(Bytes::new()) };
        if first.len() > limit_bytes {
            return Err(BodyError::too_large());
        }
        let Some(second) = self.next_chunk().await.transpose()? else { return Ok(first) };
        let announced = length.map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
        let reserve = announced.min(limit_bytes.min(limits::COLLECT_RESERVE_BYTES));
        let mut whole = BytesMut::with_capacity(reserve.max(first.len()));
        whole.extend_from_slice(&first);
        let mut next = Some(second);
        while let Some(chunk) = next {
            if whole.len() + chunk.len() > limit_bytes {
                return Err(BodyError::too_large());
            }
            whole.extend_from_slice(&chunk);
            next = self.next_chunk().await.transpose()?;
        }
        Ok(whole.freeze())
    }

    pub(crate) fn of(source: Source) -> Self {
        Self { source, on_chunk: None }
    }

    /// Holds a stream of unknown length to what a `Content-Length` header says of it.
    pub(crate) fn announce(&mut self, length: u64) {
        match &mut self.source {
            Source::Stream(stream) => stream.announce(length),
            Source::Remade { current, .. } => current.announce(length),
            Source::Empty | Source::Memory { .. } | Source::File(_) => {}
            Source::Once(_) | Source::Response(_) | Source::Request(_) => {}
        }
    }

    fn remade(make: Arc<Make>) -> Self {
        let current = Box::new(make());
        Self::of(Source::Remade { make, current })
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        // One large write costs less than many small ones; but who counts wants to see them pass.
        let piece = if self.on_chunk.is_some() { limits::CHUNK_BYTES } else { usize::MAX };
        self.poll_piece(cx, piece)
    }

    fn poll_piece(
        &mut self,
        cx: &mut Context<'_>,
        piece: usize,
    ) -> Poll<Option<Result<Bytes, BodyError>>> {
        let chunk = match &mut self.source {
            Source::Empty => None,
            Source::Memory { whole, at } if *at == whole.len() => None,
            Source::Memory { whole, at } => {
                let from = *at;
                *at = whole.len().min(from.saturating_add(piece));
                Some(Ok(whole.slice(from..*at)))
            }
            Source::File(file) => ready!(file.poll_chunk(cx)),
            Source::Stream(stream) => ready!(stream.poll_chunk(cx)),
            Source::Remade { current, .. } => ready!(current.poll_piece(cx, piece)),
            Source::Once(rest) if rest.is_empty() => None,
            Source::Once(rest) => Some(Ok(std::mem::take(rest))),
            Source::Response(response) => ready!(response.poll_chunk(cx)),
            Source::Request(request) => ready!(request.poll_chunk(cx)),
        };
        if let (Some(Ok(chunk)), Some(count)) = (&chunk, &mut self.on_chunk) {
            count.get_mut()(chunk.len());
        }
        Poll::Ready(chunk)
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl From<Bytes> for Body {
    fn from(whole: Bytes) -> Self {
        if whole.is_empty() {
            return Self::empty();
        }
        Self::of(Source::Memory { whole, at: 0 })
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Bytes::from(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::from(Bytes::from(text))
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Self::from(Bytes::from_static(text.as_bytes()))
    }
}

impl Stream for Body {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_chunk(cx)
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.poll_chunk(cx).map_ok(Frame::data)
    }

    fn is_end_stream(&self) -> bool {
        self.length() == Some(0)
    }

    fn size_hint(&self) -> SizeHint {
        self.length().map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("length", &self.length())
            .field("can_restart", &self.can_restart())
            .finish_non_exhaustive()
    }
}
