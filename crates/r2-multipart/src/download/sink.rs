//! Where the bytes of a download go.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use tokio::io::AsyncWrite;

use crate::error::{Error, ErrorKind};

/// The target of a download: a file, a writer that takes bytes in order, or memory.
///
/// ```
/// use r2_multipart::Sink;
///
/// let file = Sink::file("backup.tar");
/// let pipe = Sink::writer(tokio::io::sink());
/// let memory = Sink::memory(64 * 1024 * 1024);
/// assert_eq!(format!("{memory:?}"), "Sink(memory up to 67108864 bytes)");
/// ```
pub struct Sink(pub(super) Kind);

pub(super) enum Kind {
    File(PathBuf),
    Ordered(Ordered),
}

impl Sink {
    /// A file, written in place beside its name and renamed when it is whole: whoever opens `path`
    /// sees the old content or the new, never a part. While it grows it is `<name>.r2part`, with
    /// a journal beside it that lets another process go on.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Kind::File(path.into()))
    }

    /// A writer, which gets the bytes in order while parts are read ahead in parallel. It is
    /// flushed at the end and not shut down.
    #[must_use]
    pub fn writer(writer: impl AsyncWrite + Send + 'static) -> Self {
        Self(Kind::Ordered(Ordered::Writer(Box::pin(writer))))
    }

    /// Memory, for objects of at most `bytes_max`. The content comes with the result.
    #[must_use]
    pub fn memory(bytes_max: usize) -> Self {
        Self(Kind::Ordered(Ordered::Memory { content: BytesMut::new(), bytes_max }))
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::File(path) => write!(f, "Sink({path:?})"),
            Kind::Ordered(Ordered::Writer(_)) => f.write_str("Sink(a writer)"),
            Kind::Ordered(Ordered::Memory { bytes_max, .. }) => {
                write!(f, "Sink(memory up to {bytes_max} bytes)")
            }
        }
    }
}

/// A target that takes bytes from the front to the end.
pub(super) enum Ordered {
    Writer(Pin<Box<dyn AsyncWrite + Send>>),
    Memory { content: BytesMut, bytes_max: usize },
}

impl Ordered {
    /// Prepares for an object of this length, which is as much as the server says and no more.
    pub(super) fn expect(&mut self, length: u64) -> Result<(), Error> {
        let Self::Memory { content, bytes_max } = self else { return Ok(()) };
        match usize::try_from(length) {
            Ok(length) if length <= *bytes_max => {
                content.reserve(length);
                Ok(())
            }
            _ => Err(too_large(*bytes_max)),
        }
    }

    pub(super) async fn write(&mut self, chunks: Vec<Bytes>) -> Result<(), Error> {
        match self {
            Self::Memory { content, bytes_max } => {
                for chunk in chunks {
                    if content.len() + chunk.len() > *bytes_max {
                        return Err(too_large(*bytes_max));
                    }
                    content.extend_from_slice(&chunk);
                }
            }
            Self::Writer(writer) => {
                for chunk in chunks {
                    let mut rest = chunk.as_ref();
                    while !rest.is_empty() {
                        let written = poll_fn(|cx| writer.as_mut().poll_write(cx, rest)).await;
                        match written.map_err(unwritable)? {
                            0 => return Err(unwritable(io::ErrorKind::WriteZero.into())),
                            written => rest = &rest[written..],
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The end: flushes the writer, or hands out what is in memory.
    pub(super) async fn finish(&mut self) -> Result<Bytes, Error> {
        match self {
            Self::Memory { content, .. } => Ok(std::mem::take(content).freeze()),
            Self::Writer(writer) => {
                poll_fn(|cx| writer.as_mut().poll_flush(cx)).await.map_err(unwritable)?;
                Ok(Bytes::new())
            }
        }
    }
}

fn too_large(bytes_max: usize) -> Error {
    Error::new(ErrorKind::TooLarge).detail(format!("at most {bytes_max} bytes go into memory"))
}

fn unwritable(error: io::Error) -> Error {
    Error::because(ErrorKind::Target, error)
}
