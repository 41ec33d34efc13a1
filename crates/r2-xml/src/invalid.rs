//! The rules of R2 that a well-formed request document can break.

use thiserror::Error;

/// What is wrong with a request document, beyond its XML.
///
/// R2 answers every one of them with `MalformedXML`; the type says which rule it was.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Invalid {
    /// A batch delete names no key, or more than 1,000.
    #[error("{0} keys in one delete, 1 to 1000 are allowed")]
    DeleteKeyCount(usize),
    /// A key is empty.
    #[error("object {0} has an empty key")]
    EmptyKey(usize),
    /// A completion names no part.
    #[error("no part is named")]
    NoParts,
    /// No rule, or more than 1,000.
    #[error("{0} rules, 1 to 1000 are allowed")]
    RuleCount(usize),
    /// A CORS rule names no origin.
    #[error("CORS rule {0} has no AllowedOrigin")]
    CorsNoOrigin(usize),
    /// A CORS rule names no method.
    #[error("CORS rule {0} has no AllowedMethod")]
    CorsNoMethod(usize),
    /// Not `*` and not `scheme://host[:port]`; a port cannot be `*`.
    #[error("origin {0:?} is not scheme://host[:port]")]
    CorsOrigin(String),
    /// Not one of GET, PUT, POST, DELETE, HEAD.
    #[error("method {0:?} cannot be allowed by CORS")]
    CorsMethod(String),
    /// An `AllowedHeader` is empty.
    #[error("CORS rule {0} has an empty AllowedHeader")]
    CorsEmptyHeader(usize),
    /// `MaxAgeSeconds` above 86,400.
    #[error("MaxAgeSeconds {0} is above 86400")]
    CorsMaxAge(u32),
    /// A lifecycle rule says neither expire, nor transition, nor abort.
    #[error("lifecycle rule {0} has no action")]
    LifecycleNoAction(usize),
    /// Two lifecycle rules have one id.
    #[error("lifecycle rule id {0:?} is used twice")]
    LifecycleDuplicateId(String),
    /// An id has more than 255 characters.
    #[error("lifecycle rule id of {0} characters, at most 255 are allowed")]
    LifecycleIdLength(usize),
    /// Zero days.
    #[error("lifecycle rule {0} counts zero days")]
    LifecycleZeroDays(usize),
    /// Not `STANDARD_IA`.
    #[error("objects cannot move to storage class {0:?}")]
    LifecycleStorageClass(String),
    /// Not exactly one rule with algorithm AES256.
    #[error("the only encryption is one rule with AES256")]
    Encryption,
}
