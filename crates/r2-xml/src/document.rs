//! What every document can do: be read from bytes, and be written.

use crate::codec::{Codec, Cursor, Mode, Writer};
use crate::{Error, ErrorDocument, ErrorKind};

/// One XML document of the S3 API. Implemented by this crate's types only.
///
/// For every document `decode(encode(x)) == x`, unless a text holds a NUL, which XML cannot carry
/// (it is written as U+FFFD).
pub trait Document: Codec + Sized {
    /// Name of the root element, without a namespace.
    const ROOT: &'static str;

    /// The most bytes [`Document::decode`] looks at.
    const BYTES_MAX: usize;

    /// Reads the document from a whole body.
    ///
    /// Takes what servers and clients are known to write: elements in any order, unknown
    /// elements, prefixes, comments, CDATA, with or without a declaration or a byte order mark.
    ///
    /// # Errors
    /// [`Error`], for everything that is not exactly one such document within [`crate::limits`].
    fn decode(bytes: &[u8]) -> Result<Self, Error> {
        decode_as(bytes, Mode::Lenient)
    }

    /// Writes the document as R2 does: one line with a declaration, and, but for the error
    /// document, the S3 namespace.
    fn encode(&self) -> String {
        let mut writer = Writer::new();
        writer.root(Self::ROOT, Self::NAMESPACE, |writer| self.write(writer));
        writer.finish()
    }
}

/// A document that clients send and the service checks.
pub trait RequestDocument: Document {
    /// Checks the rules of R2 that a program can break with a well-formed document.
    ///
    /// # Errors
    /// The first broken rule.
    fn validate(&self) -> Result<(), crate::Invalid>;

    /// Reads the document as the service does: booleans are `true` or `false` to the letter, a
    /// document that R2 checks against its schema has no unknown elements, and the rules of
    /// [`RequestDocument::validate`] hold.
    ///
    /// # Errors
    /// As [`Document::decode`], and [`ErrorKind::Invalid`] for a broken rule.
    fn decode_strict(bytes: &[u8]) -> Result<Self, Error> {
        let document: Self = decode_as(bytes, Mode::Strict)?;
        document.validate()?;
        Ok(document)
    }
}

/// What a successful status can carry: the document, or an error that came too late for the status.
///
/// Completion and copy begin their reply before they know how it ends, so a 200 may hold an error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a body is what was asked for, or an error")]
pub enum Reply<T> {
    /// The document that was asked for.
    Document(T),
    /// An error document in its place.
    Error(ErrorDocument),
}

impl<T: Document> Reply<T> {
    /// Reads whichever of the two the root element announces.
    ///
    /// ```
    /// use r2_xml::{CopyObjectResult, ErrorCode, Reply};
    ///
    /// let body = b"<Error><Code>InternalError</Code><Message>again</Message></Error>";
    /// match Reply::<CopyObjectResult>::decode(body)? {
    ///     Reply::Document(copied) => panic!("{copied:?}"),
    ///     Reply::Error(error) => assert_eq!(error.code, ErrorCode::InternalError),
    /// }
    /// # Ok::<(), r2_xml::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Document::decode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        match T::decode(bytes) {
            Ok(document) => Ok(Self::Document(document)),
            Err(error) if error.kind() == ErrorKind::WrongRoot => {
                match ErrorDocument::decode(bytes) {
                    Err(neither) if neither.kind() == ErrorKind::WrongRoot => Err(error),
                    decoded => decoded.map(Self::Error),
                }
            }
            Err(error) => Err(error),
        }
    }
}

fn decode_as<T: Document>(bytes: &[u8], mode: Mode) -> Result<T, Error> {
    let mut cursor = Cursor::new(bytes, T::BYTES_MAX, mode)?;
    cursor.root(T::ROOT, T::OTHER_ROOTS)?;
    let document = T::read(&mut cursor)?;
    cursor.finish()?;
    Ok(document)
}
