//! A reply, as an operation sees it.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use r2_transport::Body;
use r2_xml::Document;

use crate::error::{self, Error, ErrorKind, ReplyFacts};

/// A reply that an operation accepts. Its body is either in memory or a stream, as the operation's
/// [`reply_mode`](crate::Operation::reply_mode) asked for.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
    stream: Option<Body>,
}

impl Reply {
    /// A reply whose body is in memory. For tests of operations, and for the client.
    #[must_use]
    pub fn buffered(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self { status, headers, bytes: body.into(), stream: None }
    }

    /// A reply whose body is still to come.
    #[must_use]
    pub fn streamed(status: StatusCode, headers: HeaderMap, body: Body) -> Self {
        Self { status, headers, bytes: Bytes::new(), stream: Some(body) }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// All headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header as text. `None` also for one that is not ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body, if it is in memory.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The body as a stream, wherever it is.
    #[must_use]
    pub fn into_body(self) -> Body {
        self.stream.unwrap_or_else(|| Body::from(self.bytes))
    }

    /// Reads the body as a document. Finds the error that a server may send in its place although
    /// it said 200, as CopyObject and CompleteMultipartUpload do.
    ///
    /// # Errors
    ///
    /// That error; [`ErrorKind::UnexpectedReply`] for anything else. As the operation did succeed
    /// by its status, an unreadable reply [may have applied](Error::may_have_applied).
    pub fn document<D: Document>(&self) -> Result<D, Error> {
        match r2_xml::Reply::<D>::decode(&self.bytes) {
            Ok(r2_xml::Reply::Document(document)) => Ok(document),
            Ok(r2_xml::Reply::Error(document)) => {
                Err(error::from_document(self.facts(), &document))
            }
            Err(error) => Err(self
                .unexpected("the reply is not the document it should be")
                .with_source(error)),
        }
    }

    /// An error about this reply. It may have applied: the status said success.
    #[must_use]
    pub fn unexpected(&self, message: &'static str) -> Error {
        self.facts().about(Error::new(ErrorKind::UnexpectedReply, message)).possibly_applied()
    }

    pub(crate) fn facts(&self) -> ReplyFacts<'_> {
        ReplyFacts { status: self.status, headers: &self.headers }
    }
}
