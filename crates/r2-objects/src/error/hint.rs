//! What to try, for the mistakes that users of R2 make most.

use super::{Error, ErrorKind};

impl Error {
    /// What to try, for well-known mistakes: one sentence for people, lower case, no full stop.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        let manages_buckets =
            matches!(self.operation(), Some("ListBuckets" | "CreateBucket" | "DeleteBucket"));
        Some(match self.kind() {
            ErrorKind::Unauthorized => {
                "the access key id is not known here: check it, the account id and the \
                 jurisdiction; a new or changed key takes up to a minute to work"
            }
            ErrorKind::SignatureMismatch => {
                "the secret access key does not belong to this access key id, or a proxy changes \
                 requests on their way"
            }
            ErrorKind::AccessDenied if manages_buckets => {
                "a key limited to objects cannot list, create or delete buckets: name the bucket, \
                 or use a key with admin rights"
            }
            ErrorKind::AccessDenied => {
                "the key has no right to this bucket or operation; if the bucket lies in a \
                 jurisdiction (eu, us, fedramp), the client must be told which"
            }
            ErrorKind::NoSuchBucket => {
                "check the name, and if the bucket lies in a jurisdiction (eu, us, fedramp), tell \
                 the client which: each has its own host that sees only its own buckets"
            }
            ErrorKind::ClockSkew => {
                "this machine's clock is more than 15 minutes off; set it, then try again"
            }
            ErrorKind::Expired => "make a new presigned url, or get new temporary credentials",
            ErrorKind::NotEntitled => "enable R2 for the account in Cloudflare's dashboard",
            ErrorKind::ObjectLocked => {
                "a bucket lock rule protects this object until its time is over"
            }
            ErrorKind::Dns => "check the account id and the jurisdiction in the endpoint",
            ErrorKind::Tls => {
                "check the account id; the certificate of a new account can take 20 minutes; \
                 virtual-hosted names are not covered by it, so keep to path style"
            }
            ErrorKind::InsecureRefused => "use https, or allow this host by name",
            ErrorKind::EntityTooLarge => "upload it in parts",
            ErrorKind::TooManyRequests if self.key().is_some() => {
                "R2 takes one write a second to one key: space writes out, or skip what is \
                 already there"
            }
            ErrorKind::Redirect => "the bucket belongs to another region or endpoint: set it",
            ErrorKind::StorageFull => "free some space where the server stores, then try again",
            ErrorKind::ChecksumMismatch => {
                "read the object again; if it fails again, it is damaged"
            }
            _ => return None,
        })
    }
}
