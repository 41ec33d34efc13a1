//! The classes of operations and of storage, as R2 bills them.

use std::fmt;

/// How R2 bills an operation (Cloudflare's R2 pricing page).
///
/// ```
/// use r2_sim::BillingClass;
///
/// assert_eq!(BillingClass::of("UploadPart"), BillingClass::A);
/// assert_eq!(BillingClass::of("HeadObject"), BillingClass::B);
/// assert_eq!(BillingClass::of("DeleteObject"), BillingClass::Free);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[expect(clippy::exhaustive_enums, reason = "the pricing page has these three")]
pub enum BillingClass {
    /// Changes state, or lists.
    A,
    /// Reads.
    B,
    /// Deletes and aborts.
    Free,
}

/// Named by the pricing page, and the names that clients have for the same.
const CLASS_A: [&str; 19] = [
    "CompleteMultipartUpload",
    "CopyObject",
    "CreateBucket",
    "CreateMultipartUpload",
    "LifecycleStorageTierTransition",
    "ListBuckets",
    "ListMultipartUploads",
    "ListObjects",
    "ListObjectsV1",
    "ListObjectsV2",
    "ListParts",
    "PutBucket",
    "PutBucketCors",
    "PutBucketEncryption",
    "PutBucketLifecycleConfiguration",
    "PutObject",
    "UploadPart",
    "UploadPartCopy",
    // Not named; a test should rather count too much.
    "PostBucket",
];

/// Likewise. Settings that are only answered for the sake of clients are not named; they read.
const CLASS_B: [&str; 8] = [
    "GetBucketCors",
    "GetBucketEncryption",
    "GetBucketLifecycleConfiguration",
    "GetBucketLocation",
    "GetObject",
    "HeadBucket",
    "HeadObject",
    "UsageSummary",
];

impl BillingClass {
    /// The class of an operation by its S3 name. The page does not name every operation: what
    /// deletes or aborts is free, what gets or heads is class B, and all else class A.
    #[must_use]
    pub fn of(operation: &str) -> BillingClass {
        let begins = |verbs: &[&str]| verbs.iter().any(|verb| operation.starts_with(verb));
        match operation {
            _ if CLASS_A.contains(&operation) => BillingClass::A,
            _ if CLASS_B.contains(&operation) => BillingClass::B,
            _ if begins(&["Delete", "Abort"]) => BillingClass::Free,
            _ if begins(&["Get", "Head"]) => BillingClass::B,
            _ => BillingClass::A,
        }
    }
}

/// `class A`
impl fmt::Display for BillingClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            BillingClass::A => "class A",
            BillingClass::B => "class B",
            BillingClass::Free => "free",
        })
    }
}

/// Where an object lies; each has its own prices.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum StorageTier {
    /// Standard.
    #[default]
    Standard,
    /// Infrequent Access, where reading costs by the byte.
    InfrequentAccess,
}

impl StorageTier {
    /// By the value of `x-amz-storage-class`.
    pub(super) fn of_header(value: Option<&str>) -> StorageTier {
        match value {
            Some("STANDARD_IA") => StorageTier::InfrequentAccess,
            _ => StorageTier::Standard,
        }
    }
}
