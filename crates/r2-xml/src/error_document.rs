//! `Error`: why a request failed.

use crate::codec::{Codec, Cursor, Writer, is_name, missing};
use crate::limits::{ERROR_BYTES_MAX, ERROR_EXTRAS_MAX};
use crate::{Document, Error, ErrorCode};

/// The body of a failed request.
///
/// R2 writes `Code` and `Message` only, without a namespace; on a wrong signature also
/// `StringToSign`, `StringToSignBytes`, `CanonicalRequest`, `CanonicalRequestBytes` and
/// `SignatureProvided`. Other services add `Resource`, `RequestId`, `HostId` and more.
///
/// ```
/// use r2_xml::{Document, ErrorCode, ErrorDocument};
///
/// let error = ErrorDocument::new(ErrorCode::NoSuchKey, "The specified key does not exist.");
/// let body = error.encode();
/// assert_eq!(ErrorDocument::decode(body.as_bytes())?, error);
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorDocument {
    /// What went wrong, for programs.
    pub code: ErrorCode,
    /// What went wrong, for people. Empty when the service says nothing.
    pub message: String,
    /// Other elements with their text, in order. Elements that hold elements are left out, and
    /// an entry whose name cannot be an element's is not written.
    pub extra: Vec<(String, String)>,
}

impl ErrorDocument {
    /// An error without extra elements.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), extra: Vec::new() }
    }

    /// Adds an element after those already there.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.extra.push((name.into(), text.into()));
        self
    }

    /// Text of the first extra element of this name.
    #[must_use]
    pub fn extra(&self, name: &str) -> Option<&str> {
        self.extra.iter().find(|(found, _)| found == name).map(|(_, text)| text.as_str())
    }
}

impl Document for ErrorDocument {
    const ROOT: &'static str = "Error";
    const BYTES_MAX: usize = ERROR_BYTES_MAX;
}

impl Codec for ErrorDocument {
    const NAMESPACE: Option<&'static str> = None;

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let (mut code, mut message, mut extra) = (None, None, Vec::new());
        let at = cursor.element();
        while let Some(name) = cursor.child()? {
            match name {
                "Code" => cursor.once(&mut code, Cursor::code)?,
                "Message" => cursor.once(&mut message, Cursor::string)?,
                _ => cursor.push(&mut extra, ERROR_EXTRAS_MAX, |cursor| {
                    let text = cursor.flat_text(name)?;
                    Ok(text.map(|text| (name.to_owned(), text)))
                })?,
            }
        }
        Ok(Self {
            code: code.ok_or_else(|| missing(at, "Error", "Code"))?,
            message: message.unwrap_or_default(),
            extra: extra.into_iter().flatten().collect(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("Code", self.code.as_str());
        writer.text("Message", &self.message);
        for (name, text) in self.extra.iter().filter(|(name, _)| is_name(name)) {
            writer.text(name, text);
        }
    }
}
