//! Headers that R2 knows and refuses: 501 with name and value, on the operations that would use
//! them and nowhere else (workers-sdk's local R2, `dispatch`). Unknown `x-amz-*` headers pass.

use http::HeaderMap;
use r2_xml::ErrorCode;

use super::Refusal;
use super::headers::text;
use super::operation::Operation;
use super::query::Query;
use crate::switches::{ChecksumEra, Support, Switches};

const OWNER: &str = "x-amz-expected-bucket-owner";
const PAYER: &str = "x-amz-request-payer";

/// What PutObject, CopyObject and CreateMultipartUpload do not have, in R2's order: of several the
/// first is named.
const ON_OBJECT_WRITES: [&str; 15] = [
    OWNER,
    "x-amz-tagging",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-website-redirect-location",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-retain-until-date",
    "x-amz-object-lock-legal-hold",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-context",
    "x-amz-server-side-encryption-bucket-key-enabled",
    PAYER,
];

const ON_COPY: [&str; 3] =
    ["x-amz-source-expected-bucket-owner", "x-amz-tagging-directive", "x-amz-checksum-algorithm"];

const ON_PART_COPY: [&str; 3] = [OWNER, "x-amz-source-expected-bucket-owner", PAYER];

/// Conditions that UploadPartCopy does not have.
const SOURCE_CONDITIONS: [&str; 4] = [
    "x-amz-copy-source-if-match",
    "x-amz-copy-source-if-none-match",
    "x-amz-copy-source-if-modified-since",
    "x-amz-copy-source-if-unmodified-since",
];

const ON_DELETE: [&str; 4] = [OWNER, "x-amz-mfa", "x-amz-bypass-governance-retention", PAYER];

const ON_CREATE_BUCKET: [&str; 6] = [
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-object-ownership",
];

/// The ACLs that R2 takes and forgets.
const CANNED_ACLS: [&str; 7] = [
    "private",
    "public-read",
    "public-read-write",
    "aws-exec-read",
    "authenticated-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
];

/// Refuses the first header that the operation does not have.
pub(crate) fn screen(
    operation: Operation,
    headers: &HeaderMap,
    switches: &Switches,
) -> Result<(), Refusal> {
    match operation {
        Operation::PutObject | Operation::CreateMultipartUpload => {
            refuse(headers, &ON_OBJECT_WRITES)?;
            check_encryption(headers)?;
            check_acl(headers, switches)?;
        }
        Operation::CopyObject => {
            refuse(headers, &ON_OBJECT_WRITES)?;
            refuse(headers, &ON_COPY)?;
            check_encryption(headers)?;
            check_acl(headers, switches)?;
        }
        Operation::UploadPart => {
            refuse(headers, &[OWNER, "x-amz-server-side-encryption", PAYER])?;
        }
        Operation::UploadPartCopy => {
            refuse(headers, &ON_PART_COPY)?;
            if switches.part_copy_conditions == Support::Refuse {
                refuse(headers, &SOURCE_CONDITIONS)?;
            }
        }
        Operation::DeleteObject | Operation::DeleteObjects => refuse(headers, &ON_DELETE)?,
        Operation::CreateBucket => {
            refuse(headers, &ON_CREATE_BUCKET)?;
            check_acl(headers, switches)?;
            check_object_lock(headers)?;
        }
        Operation::PutBucketCors | Operation::PutBucketLifecycleConfiguration => {
            refuse(headers, &["x-amz-checksum-algorithm", OWNER])?;
        }
        // The one operation that was seen to take every header.
        Operation::AbortMultipartUpload => {}
        Operation::GetObject
        | Operation::HeadObject
        | Operation::CompleteMultipartUpload
        | Operation::ListParts
        | Operation::ListMultipartUploads
        | Operation::ListObjectsV1
        | Operation::ListObjectsV2 => refuse(headers, &[OWNER, PAYER])?,
        // Nothing looks into a request that means nothing.
        Operation::PostBucket => {}
        _ => refuse(headers, &[OWNER])?,
    }
    match switches.checksum_era {
        ChecksumEra::Current => Ok(()),
        ChecksumEra::Before2025 => check_old_checksums(headers),
        ChecksumEra::Spring2025 => check_new_checksum(headers),
    }
}

fn refuse(headers: &HeaderMap, names: &[&str]) -> Result<(), Refusal> {
    for name in names {
        if let Some(value) = text(headers, name) {
            return Err(Refusal::header_not_implemented(name, value));
        }
    }
    Ok(())
}

fn check_acl(headers: &HeaderMap, switches: &Switches) -> Result<(), Refusal> {
    let takes = |acl| switches.canned_acls == Support::Accept && CANNED_ACLS.contains(&acl);
    match text(headers, "x-amz-acl") {
        Some(acl) if !takes(acl) => Err(Refusal::header_not_implemented("x-amz-acl", acl)),
        _ => Ok(()),
    }
}

fn check_encryption(headers: &HeaderMap) -> Result<(), Refusal> {
    let name = "x-amz-server-side-encryption";
    match text(headers, name) {
        Some(other) if other != "AES256" => Err(Refusal::header_not_implemented(name, other)),
        _ => Ok(()),
    }
}

fn check_object_lock(headers: &HeaderMap) -> Result<(), Refusal> {
    let name = "x-amz-bucket-object-lock-enabled";
    match text(headers, name) {
        Some(value) if !value.eq_ignore_ascii_case("false") => {
            Err(Refusal::header_not_implemented(name, value))
        }
        _ => Ok(()),
    }
}

/// Until early 2025 only SHA-1 and SHA-256 were known.
fn check_old_checksums(headers: &HeaderMap) -> Result<(), Refusal> {
    refuse(
        headers,
        &["x-amz-checksum-crc32", "x-amz-checksum-crc32c", "x-amz-checksum-crc64nvme"],
    )?;
    for name in ["x-amz-checksum-algorithm", "x-amz-sdk-checksum-algorithm"] {
        if let Some(value) = text(headers, name).filter(|value| value.starts_with("CRC")) {
            return Err(Refusal::header_not_implemented(name, value));
        }
    }
    Ok(())
}

/// For some months of 2025 the newest algorithm was an error of R2's own (skypilot#5282).
fn check_new_checksum(headers: &HeaderMap) -> Result<(), Refusal> {
    let named = ["x-amz-checksum-algorithm", "x-amz-sdk-checksum-algorithm", "x-amz-trailer"];
    let names_it = |name: &&str| {
        text(headers, name).is_some_and(|value| value.to_ascii_uppercase().ends_with("CRC64NVME"))
    };
    if headers.contains_key("x-amz-checksum-crc64nvme") || named.iter().any(names_it) {
        return Err(Refusal::internal_error());
    }
    Ok(())
}

/// Refuses a parameter that R2 ignores today and did not always.
pub(crate) fn screen_query(
    operation: Operation,
    query: &Query,
    switches: &Switches,
) -> Result<(), Refusal> {
    let is_old = switches.list_buckets_x_id == Support::Refuse;
    if operation == Operation::ListBuckets && is_old && query.has("x-id") {
        return Err(Refusal::not_implemented("ListBuckets search parameter x-id"));
    }
    Ok(())
}

/// A storage class as stored.
pub(crate) fn storage_class(headers: &HeaderMap) -> Result<&'static str, Refusal> {
    match text(headers, "x-amz-storage-class") {
        None | Some("STANDARD") => Ok("STANDARD"),
        Some("STANDARD_IA") => Ok("STANDARD_IA"),
        // Seen in gobackup#182.
        Some("") => Err(Refusal::header_not_implemented("x-amz-storage-class", "")),
        Some(_) => Err(Refusal::new(
            ErrorCode::InvalidStorageClass,
            "The storage class specified is not valid.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_headers_the_first_in_r2s_order_is_named() {
        let mut headers = HeaderMap::new();
        for name in ["x-amz-acl", "x-amz-object-lock-mode", "x-amz-tagging"] {
            headers.insert(name, "x".parse().unwrap());
        }
        headers.insert("x-amz-server-side-encryption", "x".parse().unwrap());
        let mut named = Vec::new();
        for _ in 0..4 {
            let refusal = screen(Operation::PutObject, &headers, &Switches::new()).unwrap_err();
            let name = refusal.document().message.split('\'').nth(1).unwrap().to_owned();
            headers.remove(&name);
            named.push(name);
        }
        let order = ["tagging", "object-lock-mode", "server-side-encryption", "acl"];
        assert_eq!(named, order.map(|name| format!("x-amz-{name}")));
    }

    fn screened(operation: Operation, name: &'static str, value: &str, era: ChecksumEra) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        match screen(operation, &headers, &Switches::new().checksum_era(era)) {
            Ok(()) => "ok".to_owned(),
            Err(refusal) => {
                format!("{} {}", refusal.status().as_u16(), refusal.document().message)
            }
        }
    }

    #[test]
    fn headers_are_refused_where_they_matter() {
        use ChecksumEra::{Before2025, Current};
        use Operation::{
            AbortMultipartUpload, CopyObject, CreateBucket, DeleteObject, GetObject, PutObject,
            UploadPart,
        };
        let tagging = "501 Header 'x-amz-tagging' with value 'a=b' not implemented";
        for (operation, name, value, era, expected) in [
            (PutObject, "x-amz-tagging", "a=b", Current, tagging),
            (GetObject, "x-amz-tagging", "a=b", Current, "ok"),
            (PutObject, "x-amz-mfa", "1", Current, "ok"),
            (
                DeleteObject,
                "x-amz-mfa",
                "1",
                Current,
                "501 Header 'x-amz-mfa' with value '1' not implemented",
            ),
            (PutObject, "x-amz-acl", "public-read", Current, "ok"),
            (
                PutObject,
                "x-amz-acl",
                "mine",
                Current,
                "501 Header 'x-amz-acl' with value 'mine' not implemented",
            ),
            (PutObject, "x-amz-server-side-encryption", "AES256", Current, "ok"),
            (
                CopyObject,
                "x-amz-server-side-encryption",
                "aws:kms",
                Current,
                "501 Header 'x-amz-server-side-encryption' with value 'aws:kms' not implemented",
            ),
            (CreateBucket, "x-amz-bucket-object-lock-enabled", "false", Current, "ok"),
            (
                CreateBucket,
                "x-amz-bucket-object-lock-enabled",
                "true",
                Current,
                "501 Header 'x-amz-bucket-object-lock-enabled' with value 'true' not implemented",
            ),
            (PutObject, "x-amz-something-new", "1", Current, "ok"),
            (AbortMultipartUpload, "x-amz-expected-bucket-owner", "1", Current, "ok"),
            (
                PutObject,
                "x-amz-grant-write",
                "id=1",
                Current,
                "501 Header 'x-amz-grant-write' with value 'id=1' not implemented",
            ),
            (UploadPart, "x-amz-checksum-crc32", "AAAAAA==", Current, "ok"),
            (
                PutObject,
                "x-amz-checksum-algorithm",
                "CRC32C",
                Before2025,
                "501 Header 'x-amz-checksum-algorithm' with value 'CRC32C' not implemented",
            ),
            (PutObject, "x-amz-checksum-sha256", "x", Before2025, "ok"),
        ] {
            assert_eq!(screened(operation, name, value, era), expected, "{name}: {value}");
        }
    }

    #[test]
    fn storage_classes() {
        let class = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-amz-storage-class", value.parse().unwrap());
            storage_class(&headers).map_err(|refusal| refusal.status().as_u16())
        };
        assert_eq!(storage_class(&HeaderMap::new()).ok(), Some("STANDARD"));
        assert_eq!(class("STANDARD_IA"), Ok("STANDARD_IA"));
        assert_eq!(class("GLACIER"), Err(400));
        assert_eq!(class(""), Err(501));
    }
}
