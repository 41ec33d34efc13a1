//! The life of a multipart upload but its end: create, abort, list its parts.

use http::StatusCode;
use r2_xml::{InitiateMultipartUploadResult, ListPartsResult, Owner, Part};

use super::answer::{self, Answer};
use super::copy::named_checksum;
use super::core::{Call, Halt, OpenBucket, Service, open_bucket};
use super::ids::{upload_id, upload_number};
use super::object::{COMPOSITE, FULL_OBJECT, NewObject, describe_sse, state};
use crate::checksum::Algorithm;
use crate::limits::PAGE_ENTRIES_MAX;
use crate::protocol::{Conditions, Head, Refusal, timestamp};
use crate::store::{Counter, Snapshot, Txn, UploadRecord, Visit};

/// An upload as a request names it.
#[derive(Clone, Debug)]
pub(crate) struct UploadName {
    pub(crate) bucket: String,
    /// Identity of the key.
    pub(crate) key: String,
    pub(crate) number: u64,
    id: String,
}

impl UploadName {
    pub(crate) fn read(call: &Call, service: &Service) -> Result<UploadName, Refusal> {
        let key = call.key(&service.switches)?.identity;
        let id = call.head.query.get("uploadId").unwrap_or_default().to_owned();
        let number = upload_number(&id).ok_or_else(Refusal::no_such_upload)?;
        Ok(UploadName { bucket: call.bucket(), key, number, id })
    }

    /// Whether this store ever gave the id out for this bucket and key.
    fn is_genuine(&self, bucket: &OpenBucket, secret: u64, last: u64) -> bool {
        self.number <= last && upload_id(secret, self.number, bucket.id(), &self.key) == self.id
    }

    /// The upload, if it goes on.
    pub(crate) fn find(&self, txn: &Txn<'_>, now: u64) -> Result<(OpenBucket, UploadRecord), Halt> {
        let bucket = open_bucket(txn.bucket(&self.bucket)?)?;
        let record = txn.upload(bucket.id(), &self.key, self.number)?;
        let genuine = self.is_genuine(&bucket, txn.counter(Counter::Secret)?, u64::MAX);
        let record = self.alive(&bucket, record.filter(|_| genuine), now)?;
        Ok((bucket, record))
    }

    /// The same for a look.
    pub(crate) fn look(&self, snapshot: &Snapshot<'_>, now: u64) -> Result<UploadRecord, Halt> {
        let bucket = open_bucket(snapshot.bucket(&self.bucket)?)?;
        let record = snapshot.upload(bucket.id(), &self.key, self.number)?;
        let genuine = self.is_genuine(&bucket, snapshot.counter(Counter::Secret)?, u64::MAX);
        Ok(self.alive(&bucket, record.filter(|_| genuine), now)?)
    }

    fn alive(
        &self,
        bucket: &OpenBucket,
        record: Option<UploadRecord>,
        now: u64,
    ) -> Result<UploadRecord, Refusal> {
        record
            .filter(|record| bucket.rules.keeps_upload(&self.key, record.initiated, now))
            .ok_or_else(Refusal::no_such_upload)
    }
}

impl Service {
    pub(crate) async fn create_upload(&self, call: Call) -> Result<Answer, Refusal> {
        let key = call.key(&self.switches)?;
        let new = NewObject::read(&call.head.headers, &self.switches)?;
        let checksum = upload_checksum(&call.head)?;
        let conditions = Conditions::read(&call.head.headers, "");
        self.ensure_bucket(&call).await?;
        let sse = new.sse_key_md5();
        let record = UploadRecord {
            spelling: key.spelling.clone(),
            initiated: call.now,
            sse_key_md5: sse.clone(),
            headers: new.headers,
            class: new.class.to_owned(),
            checksum: checksum.clone(),
        };
        let (name, identity, now) = (call.bucket(), key.identity.clone(), call.now);
        let id = self
            .change(move |txn| {
                let bucket = open_bucket(txn.bucket(&name)?)?;
                let current = txn.object(bucket.id(), &identity)?;
                let current = bucket.rules.seen(&identity, current, now);
                conditions.check_write(state(current.as_ref()))?;
                let number = txn.next(Counter::Upload)?;
                txn.put_upload(bucket.id(), &identity, number, &record)?;
                let secret = txn.counter(Counter::Secret)?;
                Ok(upload_id(secret, number, bucket.id(), &identity))
            })
            .await?;
        let mut answer = answer::document(&InitiateMultipartUploadResult {
            upload_id: id,
            bucket: call.bucket(),
            key: key.as_written().to_owned(),
        });
        describe_sse(&mut answer, sse.as_deref());
        if let Some((algorithm, kind)) = checksum {
            answer::set_text(&mut answer, "x-amz-checksum-algorithm", &algorithm);
            answer::set_text(&mut answer, "x-amz-checksum-type", &kind);
        }
        Ok(answer)
    }

    /// Succeeds for every upload that ever was, also a completed one (release notes 2022-06-10).
    pub(crate) async fn abort_upload(&self, call: Call) -> Result<Answer, Refusal> {
        let upload = UploadName::read(&call, self)?;
        self.change(move |txn| {
            let bucket = open_bucket(txn.bucket(&upload.bucket)?)?;
            let (secret, last) = (txn.counter(Counter::Secret)?, txn.counter(Counter::Upload)?);
            if !upload.is_genuine(&bucket, secret, last) {
                return Err(Refusal::no_such_upload().into());
            }
            if txn.upload(bucket.id(), &upload.key, upload.number)?.is_some() {
                txn.remove_upload(bucket.id(), &upload.key, upload.number)?;
            }
            Ok(())
        })
        .await?;
        Ok(answer::empty(StatusCode::NO_CONTENT))
    }

    pub(crate) async fn list_parts(&self, call: &Call) -> Result<Answer, Refusal> {
        let upload = UploadName::read(call, self)?;
        let number = |name| call.head.query.get(name).filter(|text| !text.is_empty());
        let asked = match number("max-parts") {
            Some(text) => text.parse::<u32>().map_err(|_| bad_number("max-parts"))?,
            None => 1000,
        };
        let marker = match number("part-number-marker") {
            Some(text) => text.parse::<u32>().map_err(|_| bad_number("part-number-marker"))?,
            None => 0,
        };
        let count_max = usize::try_from(asked).unwrap_or(usize::MAX).min(PAGE_ENTRIES_MAX);
        let after = u16::try_from(marker).unwrap_or(u16::MAX);
        let (name, now) = (upload.clone(), call.now);
        let (record, parts, is_truncated) = self
            .read(move |snapshot| {
                let record = name.look(snapshot, now)?;
                let (mut parts, mut is_truncated) = (Vec::new(), false);
                snapshot.parts(name.number, after, |number, part| {
                    is_truncated = parts.len() == count_max;
                    if is_truncated {
                        return Visit::Stop;
                    }
                    parts.push((number, part));
                    Visit::Next
                })?;
                Ok((record, parts, is_truncated))
            })
            .await?;
        let owner = Some(Owner::account(&self.account_id));
        let last = parts.last().map(|(number, _)| u32::from(*number));
        let parts = parts.into_iter().map(|(number, part)| Part {
            part_number: number.into(),
            last_modified: Some(timestamp(part.modified)),
            etag: answer::quoted(&part.etag),
            size: part.size,
            checksums: part.checksum.map(|(a, v)| named_checksum(&a, &v)).unwrap_or_default(),
        });
        let (algorithm, kind) = record.checksum.unzip();
        Ok(answer::document(&ListPartsResult {
            bucket: upload.bucket,
            key: record.spelling.unwrap_or(upload.key),
            upload_id: upload.id,
            part_number_marker: Some(marker),
            next_part_number_marker: last.filter(|_| is_truncated),
            max_parts: Some(asked),
            is_truncated,
            parts: parts.collect(),
            initiator: owner.clone(),
            owner,
            storage_class: Some(record.class),
            checksum_algorithm: algorithm,
            checksum_type: kind,
        }))
    }
}

fn bad_number(name: &str) -> Refusal {
    Refusal::invalid_argument(format!("{name} must be a non-negative integer."))
}

/// The checksum that an upload asks for: CRC64NVME is of the whole object, the others are composed
/// (Cloudflare's table of checksum types; a CRC32 of the whole is refused, bitplatform#13363).
fn upload_checksum(head: &Head) -> Result<Option<(String, String)>, Refusal> {
    let name = "x-amz-checksum-algorithm";
    let Some(text) = head.text(name) else { return Ok(None) };
    let algorithm =
        Algorithm::from_name(text).ok_or_else(|| Refusal::header_not_implemented(name, text))?;
    let only = if algorithm == Algorithm::Crc64Nvme { FULL_OBJECT } else { COMPOSITE };
    match head.text("x-amz-checksum-type") {
        Some(kind) if kind != only => {
            Err(Refusal::header_not_implemented("x-amz-checksum-type", kind))
        }
        _ => Ok(Some((algorithm.name().to_owned(), only.to_owned()))),
    }
}
