//! UploadPart and UploadPartCopy.

use http::{StatusCode, header};
use r2_transport::Body;
use r2_xml::CopyPartResult;

use super::answer::{self, Answer};
use super::copy::{Source, named_checksum};
use super::core::{Call, Service, open_bucket};
use super::get::part_number;
use super::object::{cut, describe_sse, describe_value, full_checksum, md5_etag, state};
use super::reseal::{COPY_ATTEMPTS_MAX, is_same_key};
use super::uploads::UploadName;
use crate::checksum::{Algorithm, Hashers};
use crate::limits::PUT_BYTES_MAX;
use crate::protocol::{
    Conditions, CustomerKey, Operation, RangeHeader, Refusal, Side, Span, check_sse, read_sse,
    timestamp, unix_ms,
};
use crate::store::{Content, NewBody, ObjectRecord, PartRecord, UploadRecord};
use crate::switches::CrowdRefusal;

/// What of which object a part is copied from.
#[derive(Clone, Debug)]
struct Reading {
    source: Source,
    range: Option<RangeHeader>,
    sse: Option<CustomerKey>,
    conditions: Conditions,
    now: u64,
}

/// A part that was read from its source, on its way into the upload.
struct Placing {
    source: Source,
    /// Of the source, as it was read.
    version: String,
    part: PartRecord,
    /// Its bytes, when it does not share those of the source.
    stored: Option<NewBody>,
}

impl Service {
    pub(crate) async fn upload_part(&self, call: Call, body: Body) -> Result<Answer, Refusal> {
        let sse = read_sse(&call.head.headers, Side::Object)?;
        let number = part_number(call.head.query.get("partNumber").unwrap_or_default())?;
        let upload = UploadName::read(&call, self)?;
        let record = self.find_upload(&upload, call.now).await?;
        check_sse(record.sse_key_md5.as_deref(), sse.as_ref())?;
        let max = self.switches.parts_in_flight_max;
        let in_flight = max.map(|max| self.pace.part(upload.number, max)).transpose();
        let in_flight = in_flight.map_err(|refusal| self.crowded(refusal))?;
        let wanted = upload_algorithm(&record);
        let arrived = match self.take_in(&call, body, wanted, sse.as_ref()).await {
            Ok(arrived) => arrived,
            Err(refusal) => {
                self.forget_part(upload, number, call.now).await?;
                return Err(refusal);
            }
        };
        drop(in_flight);
        // The upload's algorithm is the one that completion combines.
        let kept = wanted.or(arrived.checked);
        let part = PartRecord {
            size: arrived.body.length,
            etag: md5_etag(&arrived.digests),
            modified: unix_ms(self.clock.now()),
            segments: Vec::new(),
            checksum: full_checksum(kept, &arrived.digests).map(|c| (c.algorithm, c.value)),
        };
        let (etag, now) = (part.etag.clone(), part.modified);
        self.change(move |txn| {
            upload.find(txn, now)?;
            let segments = txn.adopt(arrived.body)?;
            txn.put_part(upload.number, number, &PartRecord { segments, ..part })?;
            Ok(())
        })
        .await?;
        let mut answer = answer::empty(StatusCode::OK);
        answer::set(&mut answer, header::ETAG, &answer::quoted(&etag));
        describe_sse(&mut answer, CustomerKey::md5_of(sse.as_ref()).as_deref());
        if let Some(checksum) = full_checksum(arrived.checked, &arrived.digests) {
            describe_value(&mut answer, &checksum);
        }
        Ok(answer)
    }

    /// What too many parts at once are told.
    fn crowded(&self, refusal: Refusal) -> Refusal {
        match self.switches.parts_in_flight_refusal {
            CrowdRefusal::TooManyRequests => refusal,
            CrowdRefusal::InternalError => Refusal::internal_error(),
        }
    }

    /// On R2 an upload of a part that fails takes the part that was there before with it
    /// (Cloudflare's multipart page).
    async fn forget_part(&self, upload: UploadName, number: u16, now: u64) -> Result<(), Refusal> {
        self.change(move |txn| {
            upload.find(txn, now)?;
            txn.remove_part(upload.number, number)?;
            Ok(())
        })
        .await
    }

    async fn find_upload(&self, upload: &UploadName, now: u64) -> Result<UploadRecord, Refusal> {
        let upload = upload.clone();
        self.read(move |snapshot| upload.look(snapshot, now)).await
    }

    /// The bytes are shared with the source, and read once for their hash; stored anew when the
    /// key of the customer is another one.
    pub(crate) async fn upload_part_copy(&self, call: Call) -> Result<Answer, Refusal> {
        let sse = read_sse(&call.head.headers, Side::Object)?;
        let source_sse = read_sse(&call.head.headers, Side::Source)?;
        let number = part_number(call.head.query.get("partNumber").unwrap_or_default())?;
        let (source, source_key) = Source::read(&call.head, self.switches.key_identity)?;
        call.who.check(Operation::GetObject, Some(&source.bucket))?;
        call.who.check_key(&source_key)?;
        let range = call.head.text("x-amz-copy-source-range");
        let range = range.map(RangeHeader::parse_copy_source).transpose()?;
        let upload = UploadName::read(&call, self)?;
        let reading = Reading {
            source,
            range,
            sse: source_sse,
            conditions: Conditions::read(&call.head.headers, "x-amz-copy-source-"),
            now: call.now,
        };
        let record = self.find_upload(&upload, call.now).await?;
        check_sse(record.sse_key_md5.as_deref(), sse.as_ref())?;
        let shares = is_same_key(reading.sse.as_ref(), sse.as_ref());
        let wanted = upload_algorithm(&record);
        for _ in 0..COPY_ATTEMPTS_MAX {
            let (object, span, content) = self.open_source(reading.clone()).await?;
            let hashers = Hashers::new(wanted);
            let (stored, digests) = if shares {
                (None, content.digest(hashers).await?)
            } else {
                let (body, digests) = self.store_again(content, hashers, sse.as_ref()).await?;
                (Some(body), digests)
            };
            let checksum = full_checksum(wanted, &digests).map(|c| (c.algorithm, c.value));
            let part = PartRecord {
                size: span.length,
                etag: md5_etag(&digests),
                modified: unix_ms(self.clock.now()),
                segments: cut(&object.segments, span.start, span.length),
                checksum,
            };
            let placing = Placing {
                source: reading.source.clone(),
                version: object.version,
                part: part.clone(),
                stored,
            };
            if self.place_copy(&upload, number, placing).await? {
                let mut answer = answer::document(&CopyPartResult {
                    etag: answer::quoted(&part.etag),
                    last_modified: Some(timestamp(part.modified)),
                    checksums: part
                        .checksum
                        .map(|(a, v)| named_checksum(&a, &v))
                        .unwrap_or_default(),
                });
                describe_sse(&mut answer, CustomerKey::md5_of(sse.as_ref()).as_deref());
                return Ok(answer);
            }
        }
        // The source was overwritten again and again while it was read.
        Err(Refusal::internal_error())
    }

    async fn open_source(
        &self,
        reading: Reading,
    ) -> Result<(ObjectRecord, Span, Content), Refusal> {
        let key = CustomerKey::seal_of(reading.sse.as_ref()).cloned();
        let ((object, span), content) = self
            .open(move |snapshot| {
                let Reading { source, range, sse, conditions, now } = reading;
                let bucket = open_bucket(snapshot.bucket(&source.bucket)?)?;
                let object = snapshot.object(bucket.id(), &source.key)?;
                let object = bucket.rules.seen(&source.key, object, now);
                let object = object.ok_or_else(Refusal::no_such_key)?;
                check_sse(object.sse_key_md5.as_deref(), sse.as_ref())?;
                conditions.check_write(state(Some(&object)))?;
                let span = match range {
                    Some(range) => range.of(object.size)?,
                    None => Span::whole(object.size),
                };
                if span.length > PUT_BYTES_MAX {
                    return Err(Refusal::entity_too_large().into());
                }
                let segments = cut(&object.segments, span.start, span.length);
                Ok(((object, span), segments))
            })
            .await?;
        Ok((object, span, content.with_key(key)))
    }

    /// Whether the source was still the same.
    async fn place_copy(
        &self,
        upload: &UploadName,
        number: u16,
        placing: Placing,
    ) -> Result<bool, Refusal> {
        let upload = upload.clone();
        self.change(move |txn| {
            let Placing { source, version, mut part, stored } = placing;
            upload.find(txn, part.modified)?;
            if source.find(txn, part.modified)?.version != version {
                return Ok(false);
            }
            match stored {
                Some(body) => part.segments = txn.adopt(body)?,
                None => txn.retain(&part.segments)?,
            }
            txn.put_part(upload.number, number, &part)?;
            Ok(true)
        })
        .await
    }
}

fn upload_algorithm(record: &UploadRecord) -> Option<Algorithm> {
    record.checksum.as_ref().and_then(|(algorithm, _)| Algorithm::from_name(algorithm))
}
