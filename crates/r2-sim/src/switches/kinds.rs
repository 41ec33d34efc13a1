//! What the switches choose between.

/// Status of the answer to an expired presigned URL.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ExpiredStatus {
    /// 403, as the local R2 in workers-sdk and the pricing page say.
    #[default]
    Forbidden,
    /// 400, as the error-codes page says.
    BadRequest,
}

/// Whether a feature is there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third answer")]
pub enum Support {
    /// Carried out, and checked where there is something to check.
    Accept,
    /// 501 NotImplemented.
    Refuse,
}

/// Whether a header is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third answer")]
pub enum Presence {
    /// Sent.
    Send,
    /// Left out.
    Omit,
}

/// What R2 knows of the `x-amz-checksum-*` headers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ChecksumEra {
    /// All five algorithms, since July 2025.
    #[default]
    Current,
    /// SHA-1 and SHA-256 only; CRC headers are 501, as until early 2025.
    Before2025,
    /// CRC32 and CRC32C are there, CRC64NVME is 500 InternalError, as in spring 2025
    /// (skypilot#5282).
    Spring2025,
}

/// What decides whether two keys are one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyIdentity {
    /// Their NFC form (Cloudflare's page on Unicode interoperability).
    #[default]
    Nfc,
    /// Their bytes, which Cloudflare sets for an account on request.
    Bytes,
}

/// The answer to `GetBucketLocation`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum LocationAnswer {
    /// The hint the bucket was made with, in upper case; `auto` without one.
    #[default]
    Hint,
    /// Always `auto`, as the release notes of 2022 say.
    Auto,
}

/// The answer to HEAD with a `Range`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum HeadRange {
    /// 206 with `Content-Range`, as captured from R2.
    #[default]
    Partial,
    /// The range is ignored, as the API table says.
    Whole,
}

/// Words of the answer to parts of unequal length.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum UnequalParts {
    /// `All non-trailing parts must have the same length.`
    #[default]
    Short,
    /// The same with the part and both lengths (cloudflare-docs#9549, 2023).
    Long,
}

/// What a refused `STREAMING-UNSIGNED-PAYLOAD-TRAILER` is told.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum TrailerRefusal {
    /// 501 NotImplemented with the name of the mode (terraform#33847, 2023).
    #[default]
    NotImplemented,
    /// 401 Unauthorized, though the key is good (amd/gaia#3029, 2026).
    Unauthorized,
}

/// What the parts above [`Switches::parts_in_flight_max`](super::Switches) are told.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum CrowdRefusal {
    /// 429 TooManyRequests.
    #[default]
    TooManyRequests,
    /// 500 InternalError (litestream#951, 2026).
    InternalError,
}

/// The ETag of an object that was uploaded in parts.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum MultipartEtag {
    /// The MD5 of the parts' MD5s, a hyphen and their number, since June 2023.
    #[default]
    Composed,
    /// A long text without meaning, as before (s3fs-fuse#2095).
    Opaque,
}

/// What is counted against the limit of metadata.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum MetadataCount {
    /// Bytes of UTF-8, of names and decoded values.
    #[default]
    Utf8,
    /// One byte a character, two each in a text with any above U+00FF: the rule of Cloudflare's
    /// local R2.
    Utf16,
}
