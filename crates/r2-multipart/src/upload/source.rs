//! Where the bytes of an upload come from.

use std::fmt;
use std::fs::File;
use std::future::poll_fn;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use futures_core::Stream;
use tokio::io::{AsyncRead, ReadBuf};

use crate::blocking::blocking;
use crate::buffers::{Buffer, Buffers, PartBytes};
use crate::crc64::{Crc64, Crc64Hasher};
use crate::disk::{SourceFile, checksum_part, read_part};
use crate::error::{Error, ErrorKind};
use crate::limits::HASH_SLICE_BYTES;
use crate::machine::PartRead;
use crate::plan::Part;
use crate::resume::Fingerprint;

/// What is uploaded: bytes in memory, a file, or a stream of unknown length.
///
/// ```
/// use r2_multipart::Source;
///
/// let bytes = Source::from("in memory");
/// let file = Source::file("backup.tar");
/// let stream = Source::reader(tokio::io::empty());
/// assert_eq!(format!("{file:?}"), "Source(\"backup.tar\")");
/// ```
pub struct Source(Kind);

enum Kind {
    Bytes(Bytes),
    Path(PathBuf),
    File(File),
    Stream(StreamSource),
}

impl Source {
    /// The regular file at `path`. It is opened once; parts are read by position, each into a
    /// buffer of its own.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Kind::Path(path.into()))
    }

    /// A regular file that is open.
    #[must_use]
    pub fn open_file(file: File) -> Self {
        Self(Kind::File(file))
    }

    /// A reader that ends nobody knows where: always uploaded in parts, never resumed.
    #[must_use]
    pub fn reader(reader: impl AsyncRead + Send + 'static) -> Self {
        Self(Kind::Stream(StreamSource::Reader(Box::pin(reader))))
    }

    /// A stream that ends nobody knows where: always uploaded in parts, never resumed.
    #[must_use]
    pub fn stream(stream: impl Stream<Item = io::Result<Bytes>> + Send + 'static) -> Self {
        Self(Kind::Stream(StreamSource::Chunks { rest: Bytes::new(), stream: Box::pin(stream) }))
    }

    pub(super) async fn open(self) -> Result<Opened, Error> {
        let (file, place) = match self.0 {
            Kind::Bytes(bytes) => return Ok(Opened::Known(KnownSource::Bytes(bytes))),
            Kind::Stream(stream) => return Ok(Opened::Stream(stream)),
            Kind::Path(path) => {
                let place = path.display().to_string();
                (blocking(move || SourceFile::open(&path)).await, place)
            }
            Kind::File(file) => {
                (blocking(move || SourceFile::of(file)).await, "an open file".to_owned())
            }
        };
        match file {
            Ok(file) => Ok(Opened::Known(KnownSource::File(file))),
            Err(error) => Err(Error::because(ErrorKind::Source, error).at(place)),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Bytes(bytes) => write!(f, "Source({} bytes)", bytes.len()),
            Kind::Path(path) => write!(f, "Source({path:?})"),
            Kind::File(_) => f.write_str("Source(an open file)"),
            Kind::Stream(_) => f.write_str("Source(a stream)"),
        }
    }
}

impl From<Bytes> for Source {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Kind::Bytes(bytes.into()))
    }
}

impl From<&'static str> for Source {
    fn from(text: &'static str) -> Self {
        Self(Kind::Bytes(text.into()))
    }
}

/// A source that was opened.
pub(super) enum Opened {
    Known(KnownSource),
    Stream(StreamSource),
}

/// A source of known length, of which every part can be read at any time, and again.
#[derive(Clone, Debug)]
pub(crate) enum KnownSource {
    Bytes(Bytes),
    File(SourceFile),
}

impl KnownSource {
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File(file) => file.fingerprint.length_bytes,
        }
    }

    pub(super) async fn fingerprint(&self) -> Result<Fingerprint, Error> {
        match self {
            Self::Bytes(bytes) => {
                Ok(Fingerprint::of_known(bytes.len() as u64, checksum_of(bytes).await))
            }
            Self::File(file) => Ok(file.fingerprint),
        }
    }

    /// Reads a part and computes its checksum on the way.
    pub(super) async fn read(&self, part: Part, buffers: &Buffers) -> Result<PartBytes, Error> {
        match self {
            Self::Bytes(all) => {
                let (Ok(start), Ok(end)) =
                    (usize::try_from(part.offset), usize::try_from(part.end()))
                else {
                    return Err(Error::new(ErrorKind::TooLarge));
                };
                let bytes = all.slice(start..end);
                let crc = checksum_of(&bytes).await;
                Ok(PartBytes::of(bytes, crc))
            }
            Self::File(source) => {
                let file = source.file.clone();
                let buffer = take(buffers, part.length)?;
                let read = blocking(move || read_part(&file, part.offset, buffer)).await;
                let (buffer, crc) = read.map_err(cut_short)?;
                Ok(buffer.into_part(crc))
            }
        }
    }

    /// The checksum of a part, without holding it in memory.
    pub(super) async fn checksum(&self, part: Part, buffers: &Buffers) -> Result<Crc64, Error> {
        let Self::File(source) = self else { return Ok(self.read(part, buffers).await?.crc()) };
        let file = source.file.clone();
        blocking(move || checksum_part(&file, &part)).await.map_err(cut_short)
    }

    /// Fails when the source is no longer what it was when it was opened.
    pub(super) async fn check_unchanged(&self) -> Result<(), Error> {
        let Self::File(file) = self else { return Ok(()) };
        let file = file.clone();
        match blocking(move || file.is_unchanged()).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::new(ErrorKind::SourceChanged)),
            Err(error) => Err(unreadable(error)),
        }
    }
}

/// A source that is read once, from the front to whatever end.
pub(crate) enum StreamSource {
    Reader(Pin<Box<dyn AsyncRead + Send>>),
    Chunks { rest: Bytes, stream: Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>> },
}

impl StreamSource {
    /// Fills one part, unless the stream ends before. Nothing is sent that is not a whole part
    /// until the end has been seen: R2 takes a shorter part only as the last one.
    pub(super) async fn read(
        &mut self,
        length: u64,
        buffers: &Buffers,
    ) -> Result<(PartRead, PartBytes), Error> {
        let mut buffer = take(buffers, length)?;
        let mut filled = 0;
        let mut hasher = Crc64Hasher::new();
        while filled < buffer.len() {
            let read = poll_fn(|cx| self.poll_read(cx, &mut buffer[filled..])).await;
            let read = read.map_err(unreadable)?;
            if read == 0 {
                break;
            }
            hasher.update(&buffer[filled..filled + read]);
            filled += read;
        }
        let read = match filled {
            0 => PartRead::End,
            _ if filled < buffer.len() => PartRead::Last,
            _ => PartRead::Full,
        };
        buffer.truncate(filled);
        Ok((read, buffer.into_part(hasher.finish())))
    }

    /// Fails when there is anything left to read.
    pub(super) async fn expect_end(&mut self) -> Result<(), Error> {
        let mut one = [0];
        match poll_fn(|cx| self.poll_read(cx, &mut one)).await {
            Ok(0) => Ok(()),
            Ok(_) => Err(Error::new(ErrorKind::TooLarge)
                .detail("the stream goes on after 10,000 parts; larger parts would hold more")),
            Err(error) => Err(unreadable(error)),
        }
    }

    /// Reads some bytes; 0 at the end.
    fn poll_read(&mut self, cx: &mut Context<'_>, into: &mut [u8]) -> Poll<io::Result<usize>> {
        match self {
            Self::Reader(reader) => {
                let mut into = ReadBuf::new(into);
                ready!(reader.as_mut().poll_read(cx, &mut into))?;
                Poll::Ready(Ok(into.filled().len()))
            }
            Self::Chunks { rest, stream } => {
                while rest.is_empty() {
                    match ready!(stream.as_mut().poll_next(cx)) {
                        Some(chunk) => *rest = chunk?,
                        None => return Poll::Ready(Ok(0)),
                    }
                }
                let length = rest.len().min(into.len());
                rest.copy_to_slice(&mut into[..length]);
                Poll::Ready(Ok(length))
            }
        }
    }
}

/// The checksum of bytes in memory, in slices that hold nobody up: a mebibyte takes a tenth of a
/// millisecond, less than the way to another thread and back may take.
async fn checksum_of(bytes: &[u8]) -> Crc64 {
    let mut hasher = Crc64Hasher::new();
    for (at, slice) in bytes.chunks(HASH_SLICE_BYTES).enumerate() {
        if at > 0 {
            tokio::task::yield_now().await;
        }
        hasher.update(slice);
    }
    hasher.finish()
}

fn take(buffers: &Buffers, length: u64) -> Result<Buffer, Error> {
    let length = usize::try_from(length).map_err(|_| Error::new(ErrorKind::TooLarge))?;
    Ok(buffers.take(length))
}

/// A file that ends before the length it had is another file.
fn cut_short(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::because(ErrorKind::SourceChanged, error),
        _ => unreadable(error),
    }
}

fn unreadable(error: io::Error) -> Error {
    Error::because(ErrorKind::Source, error)
}
