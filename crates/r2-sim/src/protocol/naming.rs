//! What a request is called: operation, bucket and key, without asking whether it is allowed.

use std::fmt;

use http::{Method, Request, Uri};

use super::query::percent_decode;
use super::{Head, Hints, route};

/// What a request asks for, in names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Named {
    /// The S3 name (`PutObject`); the method where there is none.
    pub(crate) operation: String,
    /// Decoded; empty for the service itself.
    pub(crate) bucket: String,
    /// Decoded; empty for a bucket.
    pub(crate) key: String,
}

impl Named {
    /// Names a path-style request.
    pub(crate) fn of(method: &Method, uri: &Uri, is_copy: bool) -> Named {
        let mut parts = Request::new(()).into_parts().0;
        parts.method = method.clone();
        parts.uri = uri.clone();
        let head = Head::new(parts, &[], "");
        let hints = Hints { is_copy, is_signed: true };
        let operation = match route(&head.method, head.place(), &head.query, hints) {
            Ok(operation) => operation.name().to_owned(),
            Err(_) => head.method.to_string(),
        };
        let key = percent_decode(head.raw_key.as_bytes());
        Named { operation, bucket: head.bucket, key: String::from_utf8_lossy(&key).into_owned() }
    }
}

/// `PutObject bucket/key`
impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Named { operation, bucket, key } = self;
        f.write_str(operation)?;
        match (bucket.is_empty(), key.is_empty()) {
            (true, _) => Ok(()),
            (false, true) => write!(f, " {bucket}"),
            (false, false) => write!(f, " {bucket}/{key}"),
        }
    }
}
