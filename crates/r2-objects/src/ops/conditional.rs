//! The outcome of a conditional read.

use crate::error::{Error, ErrorKind};
use crate::names::ETag;
use crate::reply::Reply;

/// What a read gives that may have been conditional: "not modified" is an answer, not an error.
///
/// ```
/// use r2_objects::Conditional;
///
/// assert_eq!(Conditional::Met(5).met()?, 5);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "HTTP answers a conditional read in these two ways")]
pub enum Conditional<T> {
    /// The conditions held, or there were none.
    Met(T),
    /// The object is still the one that the caller knows (304).
    NotModified {
        /// Its tag.
        etag: Option<ETag>,
    },
}

impl<T> Conditional<T> {
    /// What was read, for callers who set no condition.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnexpectedReply`] when the object was not modified.
    pub fn met(self) -> Result<T, Error> {
        match self {
            Self::Met(value) => Ok(value),
            Self::NotModified { .. } => {
                let message = "the server says \"not modified\" although nothing was asked";
                Err(Error::new(ErrorKind::UnexpectedReply, message))
            }
        }
    }

    pub(super) fn not_modified(reply: &Reply) -> Self {
        let etag = reply.header("etag").and_then(|etag| ETag::parse(etag).ok());
        Self::NotModified { etag }
    }
}
