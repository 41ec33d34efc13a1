//! What the configurations of a bucket have in common.

use http::Method;
use r2_xml::RequestDocument;

use crate::error::{Error, ErrorKind};
use crate::operation::{Integrity, RequestParts};

/// A request that replaces a configuration. R2's own rules are checked first: its answer to a
/// broken one is `MalformedXML` without a reason.
pub(super) fn put<D: RequestDocument>(
    subresource: &'static str,
    document: &D,
) -> Result<RequestParts, Error> {
    document.validate().map_err(|error| {
        Error::new(ErrorKind::InvalidInput, format!("the configuration is invalid: {error}"))
    })?;
    let parts = RequestParts::new(Method::PUT).flag(subresource);
    Ok(parts.header("content-type", "application/xml")?.payload(document.encode(), Integrity::Md5))
}
