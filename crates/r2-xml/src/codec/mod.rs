//! The one layer between the documents and XML text: a cursor to read, a writer to write.

mod cursor;
mod text;
mod values;
mod writer;

pub(crate) use cursor::{Cursor, Mode, missing};
pub(crate) use text::is_name;
pub(crate) use writer::Writer;

use crate::Error;

/// The namespace of S3's documents.
pub(crate) const S3_NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

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
