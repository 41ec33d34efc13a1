//! What every document can do: be read from a cursor, be written to a writer.

use super::{Cursor, Writer};
use crate::Error;

/// The namespace of S3's documents.
const S3_NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// The two halves of a document that stand inside its root element.
pub trait Codec: Sized {
    /// The default namespace that the root declares.
    const NAMESPACE: Option<&'static str> = Some(S3_NAMESPACE);

    /// Names that some servers give the root instead of [`crate::Document::ROOT`].
    const OTHER_ROOTS: &'static [&'static str] = &[];

    /// Reads up to and including the end of the root, whose start has been read.
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error>;

    /// Writes what stands between the root's tags.
    fn write(&self, writer: &mut Writer);
}
