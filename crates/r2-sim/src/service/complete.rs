//! CompleteMultipartUpload: R2's checks in R2's order, then one change.

use std::collections::{HashMap, HashSet};

use r2_transport::Body;
use r2_xml::{
    CompleteMultipartUpload, CompleteMultipartUploadResult, CompletedPart, Document as _,
    ErrorCode, bare_etag,
};

use super::answer::{self, Answer};
use super::copy::checksums;
use super::core::{Call, Halt, Service};
use super::intake::unchecked_body;
use super::object::{COMPOSITE, FULL_OBJECT, describe_expiry, describe_sse, state};
use super::uploads::UploadName;
use crate::checksum::{Algorithm, hex, md5_of};
use crate::limits::{OBJECT_BYTES_MAX, PART_NUMBER_MAX};
use crate::protocol::{Conditions, CustomerKey, Refusal, Side, check_sse, read_sse, unix_ms};
use crate::store::{ChecksumRecord, ObjectRecord, PartRecord, Segment, Txn};
use crate::switches::{MultipartEtag, Switches, UnequalParts};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// Part numbers with their rows, in order of number.
type Chosen = Vec<(u16, PartRecord)>;

struct Completion {
    upload: UploadName,
    parts: Vec<CompletedPart>,
    conditions: Conditions,
    /// Not needed; but one that comes must be the right one.
    sse: Option<CustomerKey>,
    /// A checksum of the whole object that the client claims.
    claimed: Option<(Algorithm, String)>,
    switches: Switches,
    version: String,
    now: u64,
}

/// How a completion ended.
enum Ended {
    Done(Box<ObjectRecord>, Option<super::lifecycle::Expiry>),
    /// A condition did not hold, which destroys the upload (Cloudflare's release notes 2023-08-11).
    Destroyed,
}

impl Service {
    pub(crate) async fn complete_upload(&self, call: Call, body: Body) -> Result<Answer, Refusal> {
        let key = call.key(&self.switches)?;
        self.keep_pace(&call.head.bucket, &key, call.now)?;
        // Checksum headers are about the object here, not about this body.
        let bytes = unchecked_body(self, &call, body).await?;
        let request =
            CompleteMultipartUpload::decode(&bytes).map_err(|_| Refusal::malformed_xml())?;
        if request.parts.is_empty() {
            return Err(Refusal::malformed_xml());
        }
        check_numbers(&request.parts)?;
        let completion = Completion {
            upload: UploadName::read(&call, self)?,
            parts: request.parts,
            conditions: Conditions::read(&call.head.headers, ""),
            sse: read_sse(&call.head.headers, Side::Object)?,
            claimed: claimed_checksum(&call),
            switches: self.switches.clone(),
            version: self.ids.version(),
            now: unix_ms(self.clock.now()),
        };
        let (object, expiry) = match self.change(move |txn| completion.run(txn)).await? {
            Ended::Done(object, expiry) => (*object, expiry),
            Ended::Destroyed => return Err(Refusal::precondition_failed()),
        };
        let (checksums, checksum_type) = checksums(object.checksum.as_ref());
        let host = call.head.host.as_deref().unwrap_or_default();
        let path = format!("{}/{}", call.head.bucket, r2_xml::url::encode(key.as_written()));
        let mut answer = answer::document(&CompleteMultipartUploadResult {
            location: Some(format!("https://{host}/{path}")),
            bucket: call.bucket(),
            key: key.as_written().to_owned(),
            etag: answer::quoted(&object.etag),
            checksums,
            checksum_type,
        });
        describe_sse(&mut answer, object.sse_key_md5.as_deref());
        describe_expiry(&mut answer, expiry.as_ref());
        Ok(answer)
    }
}

fn claimed_checksum(call: &Call) -> Option<(Algorithm, String)> {
    Algorithm::ALL.into_iter().find_map(|algorithm| {
        call.head.text(algorithm.header()).map(|value| (algorithm, value.to_owned()))
    })
}

impl Completion {
    fn run(self, txn: &mut Txn<'_>) -> Result<Ended, Halt> {
        let (bucket, record) = self.upload.find(txn, self.now)?;
        if self.sse.is_some() {
            check_sse(record.sse_key_md5.as_deref(), self.sse.as_ref())?;
        }
        let key = &self.upload.key;
        let current = bucket.rules.seen(key, txn.object(bucket.id(), key)?, self.now);
        if self.conditions.check_write(state(current.as_ref())).is_err() {
            txn.remove_upload(bucket.id(), key, self.upload.number)?;
            return Ok(Ended::Destroyed);
        }
        bucket.rules.locks.check(key, current.as_ref(), self.now)?;
        let stored: HashMap<u16, PartRecord> = txn.parts(self.upload.number)?.into_iter().collect();
        let chosen = choose(&self.parts, stored)?;
        let chosen = check_lengths(chosen, &self.switches)?;
        let size = chosen.iter().map(|(_, part)| part.size).sum();
        if size > OBJECT_BYTES_MAX {
            return Err(Refusal::entity_too_large().into());
        }
        let checksum = whole_checksum(&chosen, record.checksum.as_ref());
        self.check_claim(checksum.as_ref())?;
        let segments: Vec<Segment> =
            chosen.iter().flat_map(|(_, part)| part.segments.iter().copied()).collect();
        let object = ObjectRecord {
            spelling: record.spelling,
            size,
            etag: match self.switches.multipart_etag {
                MultipartEtag::Composed => multipart_etag(&chosen),
                MultipartEtag::Opaque => opaque_etag(&chosen, &self.version),
            },
            modified: self.now,
            version: self.version,
            segments,
            parts: chosen.iter().map(|(_, part)| part.size).collect(),
            headers: record.headers,
            class: record.class,
            sse_key_md5: record.sse_key_md5,
            checksum,
        };
        txn.retain(&object.segments)?;
        txn.put_object(bucket.id(), key, &object)?;
        txn.remove_upload(bucket.id(), key, self.upload.number)?;
        let expiry = bucket.rules.expiry(key, self.now);
        Ok(Ended::Done(Box::new(object), expiry))
    }

    fn check_claim(&self, actual: Option<&ChecksumRecord>) -> Result<(), Refusal> {
        let (Some((algorithm, claimed)), Some(actual)) = (&self.claimed, actual) else {
            return Ok(());
        };
        if actual.algorithm != algorithm.name() || actual.value == *claimed {
            return Ok(());
        }
        Err(Refusal::new(
            ErrorCode::BadDigest,
            format!(
                "The {} checksum you specified did not match what we received.",
                algorithm.name()
            ),
        ))
    }
}

/// A number that no part can have is a part that is not there; one that stands twice is a problem
/// of its own. Both are noticed before the upload is looked up (workers-sdk's local R2).
fn check_numbers(listed: &[CompletedPart]) -> Result<(), Refusal> {
    let mut seen = HashSet::new();
    for CompletedPart { part_number, .. } in listed {
        if !(1..=u32::from(PART_NUMBER_MAX)).contains(part_number) {
            return Err(Refusal::invalid_part());
        }
        if !seen.insert(part_number) {
            let message = "There was a problem with the multipart upload.";
            return Err(Refusal::new(ErrorCode::InvalidPart, message));
        }
    }
    Ok(())
}

/// Finds each listed part with its ETag, and checks the minimum in the order of the request.
fn choose(
    listed: &[CompletedPart],
    mut stored: HashMap<u16, PartRecord>,
) -> Result<(Chosen, Vec<u64>), Refusal> {
    let mut chosen = Chosen::with_capacity(listed.len());
    for part in listed {
        let number = u16::try_from(part.part_number).map_err(|_| Refusal::invalid_part())?;
        let row = stored.remove(&number).ok_or_else(Refusal::invalid_part)?;
        if row.etag != bare_etag(&part.etag) {
            return Err(Refusal::invalid_part());
        }
        check_part_checksum(part, &row)?;
        chosen.push((number, row));
    }
    let in_request_order = chosen.iter().map(|(_, part)| part.size).collect();
    Ok((chosen, in_request_order))
}

/// A checksum given for a part must be the one it was stored with.
fn check_part_checksum(listed: &CompletedPart, stored: &PartRecord) -> Result<(), Refusal> {
    let Some((algorithm, value)) = &stored.checksum else { return Ok(()) };
    let listed = &listed.checksums;
    let given = match Algorithm::from_name(algorithm) {
        Some(Algorithm::Crc32) => &listed.crc32,
        Some(Algorithm::Crc32c) => &listed.crc32c,
        Some(Algorithm::Crc64Nvme) => &listed.crc64nvme,
        Some(Algorithm::Sha1) => &listed.sha1,
        Some(Algorithm::Sha256) => &listed.sha256,
        None => &None,
    };
    match given {
        Some(given) if given != value => Err(Refusal::invalid_part()),
        _ => Ok(()),
    }
}

/// R2's rules: every part but the last as long as the first, the last not longer, and 5 MiB.
fn check_lengths(
    (mut chosen, in_request_order): (Chosen, Vec<u64>),
    switches: &Switches,
) -> Result<Chosen, Refusal> {
    let (_, all_but_last) = in_request_order.split_last().unwrap_or((&0, &[]));
    if all_but_last.iter().any(|size| *size < switches.part_bytes_min) {
        return Err(Refusal::entity_too_small());
    }
    chosen.sort_unstable_by_key(|(number, _)| *number);
    let Some((_, first)) = chosen.first() else { return Ok(chosen) };
    let (expected, last) = (first.size, chosen.len() - 1);
    let unequal = chosen.iter().enumerate().find(|(index, (_, part))| {
        if *index == last { part.size > expected } else { part.size != expected }
    });
    let Some((_, (number, part))) = unequal else {
        let too_small = chosen[..last].iter().any(|(_, part)| part.size < switches.part_bytes_min);
        return if too_small { Err(Refusal::entity_too_small()) } else { Ok(chosen) };
    };
    let mut message = "All non-trailing parts must have the same length.".to_owned();
    if switches.unequal_parts == UnequalParts::Long {
        let found = part.size;
        message.push_str(&format!(
            " Non Uniform Part Sizes: Expected part {number} to have size {expected}, found {found}"
        ));
    }
    Err(Refusal::new(ErrorCode::InvalidPart, message))
}

/// MD5 of the parts' MD5s, and their number.
fn multipart_etag(chosen: &Chosen) -> String {
    let digits = |etag: &str| u128::from_str_radix(etag, 16).unwrap_or_default().to_be_bytes();
    let joined: Vec<u8> = chosen.iter().flat_map(|(_, part)| digits(&part.etag)).collect();
    format!("{}-{}", hex(&md5_of(&joined)), chosen.len())
}

/// As long as the ones that R2 gave until June 2023, and as little to be understood.
fn opaque_etag(chosen: &Chosen, version: &str) -> String {
    format!("{version}{}", hex(&md5_of(multipart_etag(chosen).as_bytes())))
}

/// The checksum of the whole, when every part has one of the algorithm that the upload named.
fn whole_checksum(chosen: &Chosen, asked: Option<&(String, String)>) -> Option<ChecksumRecord> {
    let (name, _) = asked?;
    let algorithm = Algorithm::from_name(name)?;
    let parts: Vec<(Vec<u8>, u64)> = chosen
        .iter()
        .map(|(_, part)| {
            let (known, value) = part.checksum.as_ref()?;
            (known == name).then(|| algorithm.parse(value)).flatten().map(|v| (v, part.size))
        })
        .collect::<Option<_>>()?;
    let (value, kind) = match algorithm {
        Algorithm::Crc64Nvme => (BASE64.encode(algorithm.combine(&parts)?), FULL_OBJECT),
        _ => {
            let composed = algorithm.composite(parts.iter().map(|(value, _)| value.as_slice()));
            (format!("{}-{}", BASE64.encode(composed), parts.len()), COMPOSITE)
        }
    };
    Some(ChecksumRecord { algorithm: name.clone(), value, kind: kind.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Cloudflare's page on multipart ETags.
    #[test]
    fn the_etag_of_the_documentation() {
        let parts = ["bce6bf66aeb76c7040fdd5f4eccb78e6", "8165449fc15bbf43d3b674595cbcc406"];
        let part = |etag: &&str| PartRecord { etag: (*etag).to_owned(), ..PartRecord::default() };
        let chosen: Chosen = (1..).zip(parts.iter().map(part)).collect();
        assert_eq!(multipart_etag(&chosen), "f77dc0eecdebcd774a2a22cb393ad2ff-2");
    }

    fn lengths(in_request: &[(u16, u64)], kind: UnequalParts) -> String {
        let chosen: Chosen = in_request
            .iter()
            .map(|(number, size)| (*number, PartRecord { size: *size, ..PartRecord::default() }))
            .collect();
        let order = in_request.iter().map(|(_, size)| *size).collect();
        let switches = Switches::new().part_bytes_min(5).unequal_parts(kind);
        match check_lengths((chosen, order), &switches) {
            Ok(chosen) => format!("{:?}", chosen.iter().map(|(n, _)| *n).collect::<Vec<_>>()),
            Err(refusal) => refusal.document().message.clone(),
        }
    }

    #[test]
    fn lengths_of_parts() {
        use UnequalParts::{Long, Short};
        let unequal = "All non-trailing parts must have the same length.";
        let small = "Your proposed upload is smaller than the minimum allowed object size.";
        for (parts, expected) in [
            (&[(1, 0)][..], "[1]"),
            (&[(1, 5), (2, 5), (3, 1)], "[1, 2, 3]"),
            (&[(2, 1), (1, 5)], small),
            (&[(7, 5), (9, 5)], "[7, 9]"),
            (&[(1, 5), (2, 6)], unequal),
            (&[(1, 6), (2, 5), (3, 1)], unequal),
            (&[(1, 4), (2, 4)], small),
            (&[(3, 6), (1, 6), (2, 6)], "[1, 2, 3]"),
            // The short one comes last in the request, not in the object.
            (&[(2, 9), (1, 3)], unequal),
        ] {
            assert_eq!(lengths(parts, Short), expected, "{parts:?}");
        }
        let long = lengths(&[(1, 5_242_880), (2, 5_242_881)], Long);
        let tail = " Non Uniform Part Sizes: Expected part 2 to have size 5242880, found 5242881";
        assert_eq!(long, format!("{unequal}{tail}"));
    }
}
