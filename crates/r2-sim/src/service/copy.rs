//! CopyObject: a new row that shares the bytes of the source, if the key of the customer allows.

use std::sync::Arc;

use http::StatusCode;
use r2_xml::{Checksums, CopyObjectResult};

use super::answer::{self, Answer};
use super::core::{Call, Halt, Service, open_bucket};
use super::object::{NewObject, describe_expiry, describe_sse, state};
use super::reseal::{COPY_ATTEMPTS_MAX, is_same_key};
use crate::checksum::{Algorithm, Hashers};
use crate::limits::PUT_BYTES_MAX;
use crate::protocol::{
    Conditions, CustomerKey, Head, Key, Operation, Refusal, Side, check_sse, merge_headers,
    percent_decode, read_sse, timestamp, unix_ms,
};
use crate::store::{ChecksumRecord, NewBody, ObjectRecord, Txn};
use crate::switches::{KeyIdentity, MetadataCount, Presence};

/// Where metadata of a copy comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Directive {
    Copy,
    Replace,
    /// R2's own: the source's, overridden by the request's.
    Merge,
}

impl Directive {
    fn read(head: &Head) -> Result<Directive, Refusal> {
        match head.text("x-amz-metadata-directive") {
            None | Some("COPY") => Ok(Directive::Copy),
            Some("REPLACE") => Ok(Directive::Replace),
            Some("MERGE") => Ok(Directive::Merge),
            Some(other) => Err(Refusal::invalid_argument(format!("metadata directive {other}."))),
        }
    }
}

/// The object a copy is made from.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) bucket: String,
    pub(crate) key: String,
}

impl Source {
    /// Reads `x-amz-copy-source`: `/bucket/key`, percent-encoded, with or without the slash.
    pub(crate) fn read(head: &Head, rule: KeyIdentity) -> Result<(Source, Key), Refusal> {
        let bad = || Refusal::invalid_argument("copy source bucket name");
        let raw = head.text("x-amz-copy-source").ok_or_else(bad)?;
        // A version may be named; R2 has none.
        let raw = raw.split_once("?versionId=").map_or(raw, |(path, _)| path);
        let decoded = String::from_utf8(percent_decode(raw.as_bytes())).map_err(|_| bad())?;
        let path = decoded.strip_prefix('/').unwrap_or(&decoded);
        let (bucket, key) =
            path.split_once('/').filter(|(_, key)| !key.is_empty()).ok_or_else(bad)?;
        let key = Key::new(key, rule)?;
        Ok((Source { bucket: bucket.to_owned(), key: key.identity.clone() }, key))
    }

    /// The source as it is at this moment.
    pub(crate) fn find(&self, txn: &Txn<'_>, now: u64) -> Result<ObjectRecord, Halt> {
        let bucket = open_bucket(txn.bucket(&self.bucket)?)?;
        let object = txn.object(bucket.id(), &self.key)?;
        let object = bucket.rules.seen(&self.key, object, now);
        Ok(object.ok_or_else(Refusal::no_such_key)?)
    }
}

struct Copy {
    bucket: String,
    key: Key,
    source: Source,
    directive: Directive,
    new: NewObject,
    source_sse: Option<CustomerKey>,
    source_conditions: Conditions,
    conditions: Conditions,
    version: String,
    count: MetadataCount,
    now: u64,
}

impl Service {
    pub(crate) async fn copy_object(&self, call: Call) -> Result<Answer, Refusal> {
        let headers = &call.head.headers;
        let key = call.key(&self.switches)?;
        // Keys of customers are looked at before all else (workers-sdk's local R2).
        read_sse(headers, Side::Object)?;
        let source_sse = read_sse(headers, Side::Source)?;
        let directive = Directive::read(&call.head)?;
        let new = NewObject::read(headers, &self.switches)?;
        let (source, source_key) = Source::read(&call.head, self.switches.key_identity)?;
        call.who.check(Operation::GetObject, Some(&source.bucket))?;
        call.who.check_key(&source_key)?;
        self.keep_pace(&call.head.bucket, &key, call.now)?;
        let copy = Copy {
            bucket: call.bucket(),
            key,
            source,
            directive,
            new,
            source_sse,
            source_conditions: Conditions::read(headers, "x-amz-copy-source-"),
            conditions: Conditions::read(headers, "cf-copy-destination-"),
            version: self.ids.version(),
            count: self.switches.metadata_count,
            now: unix_ms(self.clock.now()),
        };
        let (object, source_version, expiry) = self.run_copy(copy).await?;

        let (checksums, checksum_type) = checksums(object.checksum.as_ref());
        let mut answer = answer::document(&CopyObjectResult {
            etag: answer::quoted(&object.etag),
            last_modified: Some(timestamp(object.modified)),
            checksums,
            checksum_type,
        });
        self.name_version(&mut answer, &object.version);
        if self.switches.version_id == Presence::Send {
            answer::set_text(&mut answer, "x-amz-copy-source-version-id", &source_version);
        }
        describe_sse(&mut answer, object.sse_key_md5.as_deref());
        describe_expiry(&mut answer, expiry.as_ref());
        *answer.status_mut() = StatusCode::OK;
        Ok(answer)
    }

    async fn run_copy(&self, copy: Copy) -> Result<Copied, Refusal> {
        let copy = Arc::new(copy);
        let shares = is_same_key(copy.source_sse.as_ref(), copy.new.sse.as_ref());
        for _ in 0..COPY_ATTEMPTS_MAX {
            let stored = if shares { None } else { Some(self.read_source(&copy).await?) };
            let copy = Arc::clone(&copy);
            if let Some(copied) = self.change(move |txn| copy.run(txn, stored)).await? {
                return Ok(copied);
            }
        }
        // The source was overwritten again and again while it was read.
        Err(Refusal::internal_error())
    }

    /// Stores the bytes of the source under the key of the copy, and says of which version.
    async fn read_source(&self, copy: &Arc<Copy>) -> Result<Stored, Refusal> {
        let looking = Arc::clone(copy);
        let (version, content) = self
            .open(move |snapshot| {
                let Copy { source, now, .. } = &*looking;
                let bucket = open_bucket(snapshot.bucket(&source.bucket)?)?;
                let object = snapshot.object(bucket.id(), &source.key)?;
                let object = bucket.rules.seen(&source.key, object, *now);
                let object = looking.check_source(object)?;
                if object.size > PUT_BYTES_MAX {
                    return Err(Refusal::entity_too_large().into());
                }
                Ok((object.version, object.segments))
            })
            .await?;
        let content = content.with_key(CustomerKey::seal_of(copy.source_sse.as_ref()).cloned());
        let hashers = Hashers::new([]);
        let (body, _) = self.store_again(content, hashers, copy.new.sse.as_ref()).await?;
        Ok((version, body))
    }
}

type Copied = (ObjectRecord, String, Option<super::lifecycle::Expiry>);

/// Bytes that were read from the source and stored anew, with the version they were read from.
type Stored = (String, NewBody);

impl Copy {
    fn check_source(&self, source: Option<ObjectRecord>) -> Result<ObjectRecord, Refusal> {
        let source = source.ok_or_else(Refusal::no_such_key)?;
        check_sse(source.sse_key_md5.as_deref(), self.source_sse.as_ref())?;
        self.source_conditions.check_write(state(Some(&source)))?;
        Ok(source)
    }

    /// `None`: the source is no longer the one that was stored anew.
    fn run(&self, txn: &mut Txn<'_>, stored: Option<Stored>) -> Result<Option<Copied>, Halt> {
        let (key, now) = (self.key.clone(), self.now);
        let bucket = open_bucket(txn.bucket(&self.bucket)?)?;
        let source = self.check_source(Some(self.source.find(txn, now)?))?;
        if stored.as_ref().is_some_and(|(version, _)| *version != source.version) {
            return Ok(None);
        }
        let current = txn.object(bucket.id(), &key.identity)?;
        let current = bucket.rules.seen(&key.identity, current, now);
        self.conditions.check_write(state(current.as_ref()))?;
        bucket.rules.locks.check(&key.identity, current.as_ref(), now)?;
        if source.size > PUT_BYTES_MAX {
            return Err(Refusal::entity_too_large().into());
        }
        let headers = match self.directive {
            Directive::Copy => source.headers,
            Directive::Replace => self.new.headers.clone(),
            Directive::Merge => {
                merge_headers(source.headers, self.new.headers.clone(), self.count)?
            }
        };
        let segments = match stored {
            Some((_, body)) => txn.adopt(body)?,
            None => {
                txn.retain(&source.segments)?;
                source.segments
            }
        };
        let object = ObjectRecord {
            spelling: key.spelling,
            modified: now,
            version: self.version.clone(),
            segments,
            headers,
            class: self.new.class.to_owned(),
            sse_key_md5: self.new.sse_key_md5(),
            ..source
        };
        txn.put_object(bucket.id(), &key.identity, &object)?;
        let expiry = bucket.rules.expiry(&key.identity, now);
        Ok(Some((object, source.version, expiry)))
    }
}

/// A stored checksum as a document shows it.
pub(crate) fn checksums(stored: Option<&ChecksumRecord>) -> (Checksums, Option<String>) {
    let Some(stored) = stored else { return (Checksums::default(), None) };
    (named_checksum(&stored.algorithm, &stored.value), Some(stored.kind.clone()))
}

/// One checksum by the name of its algorithm.
pub(crate) fn named_checksum(algorithm: &str, value: &str) -> Checksums {
    let mut checksums = Checksums::default();
    let value = Some(value.to_owned());
    match Algorithm::from_name(algorithm) {
        Some(Algorithm::Crc32) => checksums.crc32 = value,
        Some(Algorithm::Crc32c) => checksums.crc32c = value,
        Some(Algorithm::Crc64Nvme) => checksums.crc64nvme = value,
        Some(Algorithm::Sha1) => checksums.sha1 = value,
        Some(Algorithm::Sha256) => checksums.sha256 = value,
        None => {}
    }
    checksums
}
