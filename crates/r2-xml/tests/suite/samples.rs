//! Arbitrary documents, and the table of all decoders.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use r2_xml::*;

/// A decoder without its type.
pub(crate) type Decode = fn(&[u8]) -> Result<(), Error>;

/// Every document's decoder by name, the strict ones as well.
pub(crate) const DECODERS: &[(&str, Decode)] = &[
    ("AccessControlPolicy", |b| AccessControlPolicy::decode(b).map(drop)),
    ("CompleteMultipartUpload", |b| CompleteMultipartUpload::decode(b).map(drop)),
    ("CompleteMultipartUpload strict", |b| CompleteMultipartUpload::decode_strict(b).map(drop)),
    ("CompleteMultipartUploadResult", |b| CompleteMultipartUploadResult::decode(b).map(drop)),
    ("CopyObjectResult", |b| CopyObjectResult::decode(b).map(drop)),
    ("CopyPartResult", |b| CopyPartResult::decode(b).map(drop)),
    ("CorsConfiguration", |b| CorsConfiguration::decode(b).map(drop)),
    ("CorsConfiguration strict", |b| CorsConfiguration::decode_strict(b).map(drop)),
    ("CreateBucketConfiguration", |b| CreateBucketConfiguration::decode(b).map(drop)),
    ("CreateBucketConfiguration strict", |b| CreateBucketConfiguration::decode_strict(b).map(drop)),
    ("Delete", |b| Delete::decode(b).map(drop)),
    ("Delete strict", |b| Delete::decode_strict(b).map(drop)),
    ("DeleteResult", |b| DeleteResult::decode(b).map(drop)),
    ("ErrorDocument", |b| ErrorDocument::decode(b).map(drop)),
    ("InitiateMultipartUploadResult", |b| InitiateMultipartUploadResult::decode(b).map(drop)),
    ("LifecycleConfiguration", |b| LifecycleConfiguration::decode(b).map(drop)),
    ("LifecycleConfiguration strict", |b| LifecycleConfiguration::decode_strict(b).map(drop)),
    ("ListBucketsResult", |b| ListBucketsResult::decode(b).map(drop)),
    ("ListMultipartUploadsResult", |b| ListMultipartUploadsResult::decode(b).map(drop)),
    ("ListObjectsV1Result", |b| ListObjectsV1Result::decode(b).map(drop)),
    ("ListObjectsV2Result", |b| ListObjectsV2Result::decode(b).map(drop)),
    ("ListPartsResult", |b| ListPartsResult::decode(b).map(drop)),
    ("LocationConstraint", |b| LocationConstraint::decode(b).map(drop)),
    ("Reply", |b| Reply::<CopyObjectResult>::decode(b).map(drop)),
    ("ServerSideEncryptionConfiguration", |b| {
        ServerSideEncryptionConfiguration::decode(b).map(drop)
    }),
    ("ServerSideEncryptionConfiguration strict", |b| {
        ServerSideEncryptionConfiguration::decode_strict(b).map(drop)
    }),
    ("VersioningConfiguration", |b| VersioningConfiguration::decode(b).map(drop)),
];

/// Any text but NUL: names, markup, controls, line ends, the ends of Unicode.
pub(crate) fn text() -> impl Strategy<Value = String> {
    const AWKWARD: &[char] = &[
        'a',
        '/',
        ' ',
        '\t',
        '\n',
        '\r',
        '\u{1}',
        '\u{1f}',
        '\u{7f}',
        '\u{85}',
        '\u{2028}',
        '&',
        '<',
        '>',
        '"',
        '\'',
        ']',
        ';',
        '#',
        '%',
        '+',
        'ü',
        '\u{FEFF}',
        '\u{FFFE}',
        '\u{10FFFF}',
    ];
    prop_oneof![
        "[a-z0-9/._-]{0,12}",
        "[^\u{0}]{0,8}",
        vec(proptest::sample::select(AWKWARD), 0..8).prop_map(String::from_iter),
    ]
}

fn time() -> impl Strategy<Value = Timestamp> {
    (-70_000_000_000i64..260_000_000_000, 0u16..1000)
        .prop_map(|(seconds, millis)| Timestamp::from_unix(seconds, millis))
}

fn code() -> impl Strategy<Value = ErrorCode> {
    prop_oneof![proptest::sample::select(ErrorCode::ALL), text().prop_map(ErrorCode::from)]
}

fn owner() -> impl Strategy<Value = Owner> {
    (text(), of(text())).prop_map(|(id, display_name)| Owner { id, display_name })
}

fn checksums() -> impl Strategy<Value = Checksums> {
    (of(text()), of(text()), of(text()), of(text()), of(text())).prop_map(
        |(crc32, crc32c, crc64nvme, sha1, sha256)| Checksums {
            crc32,
            crc32c,
            crc64nvme,
            sha1,
            sha256,
        },
    )
}

fn object() -> impl Strategy<Value = Object> {
    (
        (text(), any::<u64>(), time(), of(text())),
        (of(text()), of(owner()), vec(text(), 0..3), of(text())),
    )
        .prop_map(|((key, size, last_modified, etag), rest)| {
            let (storage_class, owner, checksum_algorithms, checksum_type) = rest;
            Object {
                key,
                size,
                last_modified,
                etag,
                storage_class,
                owner,
                checksum_algorithms,
                checksum_type,
            }
        })
}

fn encoding() -> impl Strategy<Value = Option<EncodingType>> {
    of(Just(EncodingType::Url))
}

pub(crate) fn error_document() -> impl Strategy<Value = ErrorDocument> {
    (code(), text(), vec(("[A-Z][A-Za-z0-9]{0,9}", text()), 0..4)).prop_map(
        |(code, message, mut extra)| {
            extra.retain(|(name, _)| name != "Code" && name != "Message");
            ErrorDocument { code, message, extra }
        },
    )
}

pub(crate) fn list_v2() -> impl Strategy<Value = ListObjectsV2Result> {
    (
        (text(), vec(object(), 0..3), any::<bool>(), vec(text(), 0..3), text(), of(text())),
        (of(text()), of(text()), of(text()), of(any::<u32>()), of(any::<u32>()), encoding()),
    )
        .prop_map(
            |((name, contents, is_truncated, common_prefixes, prefix, delimiter), rest)| {
                let (start_after, continuation_token, next_continuation_token, ..) = rest.clone();
                let (_, _, _, max_keys, key_count, encoding_type) = rest;
                ListObjectsV2Result {
                    name,
                    contents,
                    is_truncated,
                    common_prefixes,
                    prefix,
                    delimiter,
                    start_after,
                    continuation_token,
                    next_continuation_token,
                    max_keys,
                    key_count,
                    encoding_type,
                }
            },
        )
}

pub(crate) fn list_v1() -> impl Strategy<Value = ListObjectsV1Result> {
    (
        (text(), vec(object(), 0..3), any::<bool>(), vec(text(), 0..3), text(), of(text())),
        (text(), of(text()), of(any::<u32>()), encoding()),
    )
        .prop_map(
            |((name, contents, is_truncated, common_prefixes, prefix, delimiter), rest)| {
                let (marker, next_marker, max_keys, encoding_type) = rest;
                ListObjectsV1Result {
                    name,
                    contents,
                    is_truncated,
                    common_prefixes,
                    prefix,
                    delimiter,
                    marker,
                    next_marker,
                    max_keys,
                    encoding_type,
                }
            },
        )
}

pub(crate) fn list_buckets() -> impl Strategy<Value = ListBucketsResult> {
    let bucket =
        (text(), of(time()), of(text())).prop_map(|(name, creation_date, bucket_region)| Bucket {
            name,
            creation_date,
            bucket_region,
        });
    (
        (vec(bucket, 0..3), of(owner()), of(any::<bool>()), of(text()), of(text())),
        (of(text()), of(any::<u32>()), of(text()), of(any::<u32>())),
    )
        .prop_map(|((buckets, owner, is_truncated, next_continuation_token, prefix), rest)| {
            let (start_after, key_count, continuation_token, max_keys) = rest;
            ListBucketsResult {
                buckets,
                owner,
                is_truncated,
                next_continuation_token,
                prefix,
                start_after,
                key_count,
                continuation_token,
                max_keys,
            }
        })
}

pub(crate) fn delete() -> impl Strategy<Value = Delete> {
    let object =
        (text(), of(text())).prop_map(|(key, version_id)| ObjectIdentifier { key, version_id });
    (vec(object, 0..4), of(any::<bool>())).prop_map(|(objects, quiet)| Delete { objects, quiet })
}

pub(crate) fn delete_result() -> impl Strategy<Value = DeleteResult> {
    let deleted = (text(), of(text()), of(any::<bool>()), of(text())).prop_map(
        |(key, version_id, delete_marker, delete_marker_version_id)| DeletedObject {
            key,
            version_id,
            delete_marker,
            delete_marker_version_id,
        },
    );
    let error =
        (text(), of(text()), code(), text()).prop_map(|(key, version_id, code, message)| {
            DeleteError { key, version_id, code, message }
        });
    (vec(deleted, 0..3), vec(error, 0..3))
        .prop_map(|(deleted, errors)| DeleteResult { deleted, errors })
}

pub(crate) fn initiate() -> impl Strategy<Value = InitiateMultipartUploadResult> {
    (text(), text(), text()).prop_map(|(upload_id, bucket, key)| InitiateMultipartUploadResult {
        upload_id,
        bucket,
        key,
    })
}

pub(crate) fn complete() -> impl Strategy<Value = CompleteMultipartUpload> {
    let part = (any::<u32>(), text(), checksums())
        .prop_map(|(part_number, etag, checksums)| CompletedPart { part_number, etag, checksums });
    vec(part, 0..4).prop_map(|parts| CompleteMultipartUpload { parts })
}

pub(crate) fn complete_result() -> impl Strategy<Value = CompleteMultipartUploadResult> {
    (text(), text(), text(), of(text()), checksums(), of(text())).prop_map(
        |(bucket, key, etag, location, checksums, checksum_type)| CompleteMultipartUploadResult {
            bucket,
            key,
            etag,
            location,
            checksums,
            checksum_type,
        },
    )
}

pub(crate) fn copy_object() -> impl Strategy<Value = CopyObjectResult> {
    (text(), of(time()), checksums(), of(text())).prop_map(
        |(etag, last_modified, checksums, checksum_type)| CopyObjectResult {
            etag,
            last_modified,
            checksums,
            checksum_type,
        },
    )
}

pub(crate) fn copy_part() -> impl Strategy<Value = CopyPartResult> {
    (text(), of(time()), checksums()).prop_map(|(etag, last_modified, checksums)| CopyPartResult {
        etag,
        last_modified,
        checksums,
    })
}

pub(crate) fn list_parts() -> impl Strategy<Value = ListPartsResult> {
    let part = (any::<u32>(), of(time()), text(), any::<u64>(), checksums()).prop_map(
        |(part_number, last_modified, etag, size, checksums)| Part {
            part_number,
            last_modified,
            etag,
            size,
            checksums,
        },
    );
    (
        (text(), text(), text(), of(any::<u32>()), of(any::<u32>()), of(any::<u32>())),
        (any::<bool>(), vec(part, 0..3), of(owner()), of(owner())),
        (of(text()), of(text()), of(text())),
    )
        .prop_map(|((bucket, key, upload_id, marker, next, max_parts), middle, rest)| {
            let (is_truncated, parts, initiator, owner) = middle;
            let (storage_class, checksum_algorithm, checksum_type) = rest;
            ListPartsResult {
                bucket,
                key,
                upload_id,
                part_number_marker: marker,
                next_part_number_marker: next,
                max_parts,
                is_truncated,
                parts,
                initiator,
                owner,
                storage_class,
                checksum_algorithm,
                checksum_type,
            }
        })
}

pub(crate) fn list_uploads() -> impl Strategy<Value = ListMultipartUploadsResult> {
    let upload = (
        (text(), text(), of(owner()), of(owner())),
        (of(text()), of(time()), of(text()), of(text())),
    )
        .prop_map(|((key, upload_id, initiator, owner), rest)| {
            let (storage_class, initiated, checksum_algorithm, checksum_type) = rest;
            Upload {
                key,
                upload_id,
                initiator,
                owner,
                storage_class,
                initiated,
                checksum_algorithm,
                checksum_type,
            }
        });
    (
        (text(), text(), of(text()), of(text()), of(text()), of(text())),
        (text(), of(any::<u32>()), any::<bool>(), vec(upload, 0..3), vec(text(), 0..3), encoding()),
    )
        .prop_map(|((bucket, key_marker, marker, next_key, next_upload, delimiter), rest)| {
            let (prefix, max_uploads, is_truncated, uploads, common_prefixes, encoding_type) = rest;
            ListMultipartUploadsResult {
                bucket,
                key_marker,
                upload_id_marker: marker,
                next_key_marker: next_key,
                next_upload_id_marker: next_upload,
                delimiter,
                prefix,
                max_uploads,
                is_truncated,
                uploads,
                common_prefixes,
                encoding_type,
            }
        })
}

pub(crate) fn cors() -> impl Strategy<Value = CorsConfiguration> {
    let texts = || vec(text(), 0..3);
    let rule = (of(text()), texts(), texts(), texts(), texts(), of(any::<u32>())).prop_map(
        |(id, allowed_origins, allowed_methods, allowed_headers, expose_headers, seconds)| {
            CorsRule {
                id,
                allowed_origins,
                allowed_methods,
                allowed_headers,
                expose_headers,
                max_age_seconds: seconds,
            }
        },
    );
    vec(rule, 0..3).prop_map(|rules| CorsConfiguration { rules })
}

pub(crate) fn lifecycle() -> impl Strategy<Value = LifecycleConfiguration> {
    let when = || {
        let days = any::<u32>().prop_map(LifecycleTime::Days);
        prop_oneof![days, time().prop_map(LifecycleTime::Date)]
    };
    let filter = prop_oneof![
        Just(LifecycleFilter::Absent),
        of(text()).prop_map(LifecycleFilter::Filter),
        text().prop_map(LifecycleFilter::Prefix),
    ];
    let transition = (when(), text())
        .prop_map(|(time, storage_class)| LifecycleTransition { time, storage_class });
    let status = prop_oneof![Just(RuleStatus::Enabled), Just(RuleStatus::Disabled)];
    let rule = (of(text()), status, filter, of(when()), vec(transition, 0..2), of(any::<u32>()))
        .prop_map(|(id, status, filter, expiration, transitions, abort)| LifecycleRule {
            id,
            status,
            filter,
            expiration,
            transitions,
            abort_incomplete_multipart_upload_days: abort,
        });
    vec(rule, 0..3).prop_map(|rules| LifecycleConfiguration { rules })
}

pub(crate) fn encryption() -> impl Strategy<Value = ServerSideEncryptionConfiguration> {
    let default = (text(), of(text())).prop_map(|(algorithm, kms_master_key_id)| {
        DefaultEncryption { algorithm, kms_master_key_id }
    });
    let rule = (of(default), of(any::<bool>()))
        .prop_map(|(default, bucket_key_enabled)| EncryptionRule { default, bucket_key_enabled });
    vec(rule, 0..3).prop_map(|rules| ServerSideEncryptionConfiguration { rules })
}

pub(crate) fn acl() -> impl Strategy<Value = AccessControlPolicy> {
    let grant = (of(owner()), of(text()), text())
        .prop_map(|(grantee, group_uri, permission)| Grant { grantee, group_uri, permission });
    (owner(), vec(grant, 0..3)).prop_map(|(owner, grants)| AccessControlPolicy { owner, grants })
}

pub(crate) fn versioning() -> impl Strategy<Value = VersioningConfiguration> {
    (of(text()), of(text()))
        .prop_map(|(status, mfa_delete)| VersioningConfiguration { status, mfa_delete })
}

pub(crate) fn create_bucket() -> impl Strategy<Value = CreateBucketConfiguration> {
    of(text()).prop_map(|location_constraint| CreateBucketConfiguration { location_constraint })
}

pub(crate) fn location() -> impl Strategy<Value = LocationConstraint> {
    text().prop_map(|location| LocationConstraint { location })
}

/// Any document, written.
pub(crate) fn any_encoded() -> impl Strategy<Value = String> {
    fn encoded<D: Document + std::fmt::Debug>(
        document: impl Strategy<Value = D> + 'static,
    ) -> BoxedStrategy<String> {
        document.prop_map(|document| document.encode()).boxed()
    }
    proptest::strategy::Union::new([
        encoded(error_document()),
        encoded(list_v2()),
        encoded(list_v1()),
        encoded(list_buckets()),
        encoded(delete()),
        encoded(delete_result()),
        encoded(initiate()),
        encoded(complete()),
        encoded(complete_result()),
        encoded(copy_object()),
        encoded(copy_part()),
        encoded(list_parts()),
        encoded(list_uploads()),
        encoded(cors()),
        encoded(lifecycle()),
        encoded(encryption()),
        encoded(acl()),
        encoded(versioning()),
        encoded(create_bucket()),
        encoded(location()),
    ])
}
