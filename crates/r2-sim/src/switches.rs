//! Where R2 differs from place to place or from year to year, or is not known: one switch each.

use std::time::Duration;

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

/// How R2 behaves where a choice had to be made. [`Switches::new`] is R2 as it is today.
///
/// ```
/// use std::time::Duration;
/// use r2_sim::{Emulator, Switches};
///
/// let strict = Switches::new().key_write_interval(Some(Duration::from_secs(1)));
/// let emulator = Emulator::builder().switches(strict).memory();
/// # drop(emulator);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Switches {
    /// Status of `ExpiredRequest`. Default: 403.
    pub expired_status: ExpiredStatus,
    /// Bodies of `STREAMING-AWS4-HMAC-SHA256-PAYLOAD` and `…-TRAILER`. Default: refused, as by R2.
    pub signed_chunks: Support,
    /// Bodies of `STREAMING-UNSIGNED-PAYLOAD-TRAILER`. Default: accepted and verified, as R2 is
    /// believed to since 2025.
    pub unsigned_trailer: Support,
    /// Checksum algorithms. Default: all.
    pub checksum_era: ChecksumEra,
    /// Checksums of the whole object on a 206. Default: left out, because SDKs compare them with
    /// the part that they received (cloudflare-docs#20014 saw R2 send them in February 2025).
    pub checksums_on_partial: Presence,
    /// Checksums on a 304. Default: sent, as R2 does (icechunk#1991).
    pub checksums_on_not_modified: Presence,
    /// A signed `content-length: 0` on GET, HEAD and DELETE. Default: lost at the edge, so the
    /// signature fails, as on R2.
    pub zero_content_length: Presence,
    /// `Content-Length` of a HEAD that accepts gzip or br. Default: sent; R2's edge sometimes
    /// leaves it out (rclone#8137).
    pub head_content_length: Presence,
    /// PutBucketEncryption and DeleteBucketEncryption. Default: AES256 is accepted.
    pub bucket_encryption: Support,
    /// GetBucketLocation. Default: the hint.
    pub bucket_location: LocationAnswer,
    /// HEAD with a range. Default: 206.
    pub head_range: HeadRange,
    /// `x-amz-version-id` on PutObject and CopyObject. Default: sent.
    pub version_id: Presence,
    /// DeleteObjects with more keys than this is 500. Default: none, 1,000 keys work; OpenDAL saw
    /// failures above 700 (opendal#2227).
    pub delete_objects_fail_above: Option<usize>,
    /// Writes to one key that follow more closely are 429. Default: none; R2's limits page says one
    /// a second.
    pub key_write_interval: Option<Duration>,
    /// Identity of keys. Default: NFC.
    pub key_identity: KeyIdentity,
    /// Message for parts of unequal length. Default: the short one.
    pub unequal_parts: UnequalParts,
    /// Smallest part but the last, in bytes. Default: 5 MiB. Lower it to test multipart code with
    /// little data.
    pub part_bytes_min: u64,
    /// Conditions on the source of UploadPartCopy, which the AWS CLI sends since 2026. Default:
    /// refused with 501, as the API table says.
    pub part_copy_conditions: Support,
    /// UploadPart requests of one upload at the same time; more are 429. Default: no limit, as
    /// since November 2022.
    pub parts_in_flight_max: Option<usize>,
}

/// 5 MiB (Cloudflare's limits page).
const PART_BYTES_MIN: u64 = 5 << 20;

impl Switches {
    /// R2 as it is today, where known, and the more useful guess where not.
    #[must_use]
    pub fn new() -> Switches {
        Switches {
            expired_status: ExpiredStatus::Forbidden,
            signed_chunks: Support::Refuse,
            unsigned_trailer: Support::Accept,
            checksum_era: ChecksumEra::Current,
            checksums_on_partial: Presence::Omit,
            checksums_on_not_modified: Presence::Send,
            zero_content_length: Presence::Omit,
            head_content_length: Presence::Send,
            bucket_encryption: Support::Accept,
            bucket_location: LocationAnswer::Hint,
            head_range: HeadRange::Partial,
            version_id: Presence::Send,
            delete_objects_fail_above: None,
            key_write_interval: None,
            key_identity: KeyIdentity::Nfc,
            unequal_parts: UnequalParts::Short,
            part_bytes_min: PART_BYTES_MIN,
            part_copy_conditions: Support::Refuse,
            parts_in_flight_max: None,
        }
    }
}

impl Default for Switches {
    fn default() -> Switches {
        Switches::new()
    }
}

macro_rules! setters {
    ($($name:ident: $type:ty),+ $(,)?) => {
        impl Switches {
            $(
                #[doc = concat!("Sets [`Switches::", stringify!($name), "`].")]
                #[must_use]
                pub fn $name(mut self, $name: $type) -> Switches {
                    self.$name = $name;
                    self
                }
            )+
        }
    };
}

setters! {
    expired_status: ExpiredStatus,
    signed_chunks: Support,
    unsigned_trailer: Support,
    checksum_era: ChecksumEra,
    checksums_on_partial: Presence,
    checksums_on_not_modified: Presence,
    zero_content_length: Presence,
    head_content_length: Presence,
    bucket_encryption: Support,
    bucket_location: LocationAnswer,
    head_range: HeadRange,
    version_id: Presence,
    delete_objects_fail_above: Option<usize>,
    key_write_interval: Option<Duration>,
    key_identity: KeyIdentity,
    unequal_parts: UnequalParts,
    part_bytes_min: u64,
    part_copy_conditions: Support,
    parts_in_flight_max: Option<usize>,
}
