//! Every switch with its default: the one table from which the fields, the setters, the names, the
//! help of the program and the pages come.

use std::time::Duration;

use super::kinds::{
    ChecksumEra, CrowdRefusal, ExpiredStatus, HeadRange, KeyIdentity, LocationAnswer,
    MetadataCount, MultipartEtag, Presence, Support, TrailerRefusal, UnequalParts,
};
use super::named::Switch;
use super::value::Value;

macro_rules! switches {
    ($($name:literal $field:ident: $type:ty = $default:expr, $about:literal;)+) => {
        /// How R2 behaves where a choice had to be made. [`Switches::new`] is R2 as it is today,
        /// where that is known, and the more useful guess where not.
        ///
        /// ```
        /// use std::time::Duration;
        /// use r2_sim::{Emulator, Switches};
        ///
        /// let strict = Switches::new().key_write_interval(Some(Duration::from_secs(1)));
        /// let emulator = Emulator::builder().switches(strict.clone()).memory();
        /// # drop(emulator);
        ///
        /// // The same by name, as the program and its configuration do it.
        /// let mut named = Switches::new();
        /// named.set("key-write-interval", "1s")?;
        /// assert_eq!(named, strict);
        /// # Ok::<(), r2_sim::Error>(())
        /// ```
        #[derive(Clone, Debug, Eq, PartialEq)]
        #[non_exhaustive]
        pub struct Switches {
            $(
                #[doc = $about]
                #[doc = ""]
                #[doc = concat!("By name: `", $name, "`. Default: `", stringify!($default), "`.")]
                pub $field: $type,
            )+
        }

        impl Switches {
            /// R2 as it is today.
            #[must_use]
            pub fn new() -> Switches {
                Switches { $($field: $default),+ }
            }

            $(
                #[doc = concat!("Sets [`Switches::", stringify!($field), "`].")]
                #[must_use]
                pub fn $field(mut self, $field: $type) -> Switches {
                    self.$field = $field;
                    self
                }
            )+
        }

        /// Every switch, in the order in which they are shown.
        ///
        /// ```
        /// use r2_sim::SWITCHES;
        ///
        /// let status = SWITCHES.iter().find(|switch| switch.name == "expired-status").unwrap();
        /// assert_eq!((status.forms, &*status.default()), (&["403", "400"][..], "403"));
        /// ```
        pub const SWITCHES: &[Switch] = &[
            $(Switch {
                name: $name,
                about: $about,
                forms: <$type as Value>::FORMS,
                read: |switches| switches.$field.show(),
                write: |switches, text| {
                    let value = <$type as Value>::parse(text);
                    value.map(|value| switches.$field = value)
                },
            }),+
        ];
    };
}

switches! {
    "expired-status" expired_status: ExpiredStatus = ExpiredStatus::Forbidden,
        "Status of ExpiredRequest: the local R2 in workers-sdk and the pricing page say 403, the \
         error-codes page 400.";
    "signed-chunks" signed_chunks: Support = Support::Refuse,
        "Bodies of STREAMING-AWS4-HMAC-SHA256-PAYLOAD and its trailer form; R2 refuses them \
         (soto#643, bitplatform#13362).";
    "unsigned-trailer" unsigned_trailer: Support = Support::Accept,
        "Bodies of STREAMING-UNSIGNED-PAYLOAD-TRAILER, refused until 2025 (terraform#33847).";
    "unsigned-trailer-refusal" unsigned_trailer_refusal: TrailerRefusal =
        TrailerRefusal::NotImplemented,
        "What such a body is told when it is refused: 401 was seen once, in 2026 (gaia#3029).";
    "checksum-era" checksum_era: ChecksumEra = ChecksumEra::Current,
        "Which checksum algorithms there are: before 2025 CRCs were 501 (aws-sdk-js-v3#6810), in \
         spring 2025 CRC64NVME was 500 (skypilot#5282).";
    "checksums-on-partial" checksums_on_partial: Presence = Presence::Omit,
        "The checksum of the whole object on a 206, seen in February 2025 (cloudflare-docs#20014); \
         left out, because SDKs compare it with the part that they received.";
    "checksums-on-not-modified" checksums_on_not_modified: Presence = Presence::Send,
        "Checksums on a 304, which has no body (icechunk#1991).";
    "zero-content-length" zero_content_length: Presence = Presence::Omit,
        "A signed content-length of 0 on GET, HEAD and DELETE as the verifier sees it: lost at the \
         edge, so the signature fails (rust-s3#466).";
    "signed-accept-encoding" signed_accept_encoding: Support = Support::Accept,
        "A signed accept-encoding: until May 2022 the edge rewrote it, so the signature failed \
         (cloudflare-docs#4513).";
    "head-content-length" head_content_length: Presence = Presence::Send,
        "Content-Length of a HEAD that accepts gzip or br: the edge sometimes leaves it out \
         (rclone#8137).";
    "bucket-encryption" bucket_encryption: Support = Support::Accept,
        "PutBucketEncryption and DeleteBucketEncryption: the release notes of 2022 have them for \
         AES256, the API table does not.";
    "bucket-location" bucket_location: LocationAnswer = LocationAnswer::Hint,
        "The answer to GetBucketLocation: the hint the bucket was made with, or always auto.";
    "head-range" head_range: HeadRange = HeadRange::Partial,
        "Status of HEAD with a range: captured as 206; the API table says it has no effect.";
    "version-id" version_id: Presence = Presence::Send,
        "x-amz-version-id on PutObject and CopyObject, though nothing can be read by it \
         (rustfs#7999).";
    "delete-objects-fail-above" delete_objects_fail_above: Option<usize> = None,
        "DeleteObjects with more keys than this is 500: seen above 700 (opendal#2227).";
    "key-write-interval" key_write_interval: Option<Duration> = None,
        "Writes to one key that follow more closely are 429: R2's limit is one a second.";
    "key-identity" key_identity: KeyIdentity = KeyIdentity::Nfc,
        "Whether two spellings of one text are one key; Cloudflare sets bytes for an account on \
         request.";
    "unsigned-headers" unsigned_headers: Support = Support::Refuse,
        "Headers that change what is read or written (x-amz-copy-source, x-amz-meta-*, ...) and \
         that the signature does not cover: 403 as on AWS; R2's answer is not known.";
    "unequal-parts" unequal_parts: UnequalParts = UnequalParts::Short,
        "Words of the answer to parts of unequal length; the long form names the part \
         (cloudflare-docs#9549).";
    "part-bytes-min" part_bytes_min: u64 = PART_BYTES_MIN,
        "Smallest part but the last; lower it to test multipart code with little data.";
    "part-copy-conditions" part_copy_conditions: Support = Support::Refuse,
        "Conditions on the source of UploadPartCopy, which the API table leaves out and the AWS \
         CLI sends since 2026.";
    "parts-in-flight-max" parts_in_flight_max: Option<usize> = None,
        "UploadPart requests of one upload at the same time; it was 3 until November 2022.";
    "parts-in-flight-refusal" parts_in_flight_refusal: CrowdRefusal =
        CrowdRefusal::TooManyRequests,
        "What the parts above that limit are told: 500 was seen in 2026 (litestream#951).";
    "multipart-etag" multipart_etag: MultipartEtag = MultipartEtag::Composed,
        "The ETag of an object from parts: until June 2023 it was a long text without meaning \
         (s3fs-fuse#2095).";
    "metadata-count" metadata_count: MetadataCount = MetadataCount::Utf8,
        "What counts against the 8,192 bytes of metadata.";
    "canned-acls" canned_acls: Support = Support::Accept,
        "The header x-amz-acl with a canned ACL: 501 until November 2022 (pixelfed#3775).";
    "lifecycle-without-id" lifecycle_without_id: Support = Support::Accept,
        "Lifecycle rules without an ID: AWS makes one up, R2 was seen to call them malformed in \
         2026 (livewire#10738).";
    "list-buckets-x-id" list_buckets_x_id: Support = Support::Accept,
        "The parameter x-id on ListBuckets: 501 until December 2023 (aws-sdk-js-v3#5565).";
}

/// 5 MiB (Cloudflare's limits page).
const PART_BYTES_MIN: u64 = 5 << 20;

impl Default for Switches {
    fn default() -> Switches {
        Switches::new()
    }
}
