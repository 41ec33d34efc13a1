//! Taking a body in: length, decoding, hashes, checksums, in one pass, before anything is visible.

use base64::Engine as _;
use base64::alphabet::STANDARD as STANDARD_ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use r2_sign::{Payload, sha256};
use r2_transport::{Body, BodyError};
use r2_xml::ErrorCode;

use super::core::{Call, Service};
use crate::access::{ChunkedDecoder, payload_mismatch};
use crate::checksum::{Algorithm, Digests, Hashers, hex};
use crate::limits::{DOCUMENT_BYTES_MAX, PUT_BYTES_MAX, STRAY_BYTES_MAX};
use crate::protocol::{CustomerKey, Operation, Refusal, text};
use crate::store::NewBody;
use crate::switches::{Support, TrailerRefusal};

/// Base64 as R2 reads a Content-MD5: with or without its padding (workers-sdk's local R2).
const ANY_BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD_ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// An integrity value of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Integrity {
    /// Nothing beside the signature.
    None,
    /// `Content-MD5`.
    Md5([u8; 16]),
    /// An `x-amz-checksum-*` header.
    Checksum(Algorithm, Vec<u8>),
    /// The same, announced by `x-amz-trailer`.
    Trailer(Algorithm),
}

impl Integrity {
    /// Reads the one value of an object; more than one is R2's error (vector#23029).
    fn read(headers: &HeaderMap) -> Result<Integrity, Refusal> {
        let mut found = Integrity::read_all(headers)?;
        if found.len() > 1 {
            return Err(Refusal::invalid_request(
                "You can only specify one non-default checksum at a time.",
            ));
        }
        Ok(found.pop().unwrap_or(Integrity::None))
    }

    /// Reads every value of a document: object_store sends two with a batch delete.
    fn read_all(headers: &HeaderMap) -> Result<Vec<Integrity>, Refusal> {
        let mut found = Vec::new();
        if let Some(value) = text(headers, "content-md5") {
            let bytes = ANY_BASE64.decode(value).ok().and_then(|bytes| bytes.try_into().ok());
            found.push(Integrity::Md5(bytes.ok_or_else(Refusal::invalid_digest)?));
        }
        for algorithm in Algorithm::ALL {
            if let Some(value) = text(headers, algorithm.header()) {
                let value = algorithm.parse(value).ok_or_else(Refusal::invalid_digest)?;
                found.push(Integrity::Checksum(algorithm, value));
            }
        }
        let trailers = text(headers, "x-amz-trailer").unwrap_or_default().split(',');
        let announced = trailers.filter_map(|name| Algorithm::from_header(name.trim()));
        found.extend(announced.map(Integrity::Trailer));
        Ok(found)
    }

    fn algorithm(&self) -> Option<Algorithm> {
        match self {
            Integrity::None | Integrity::Md5(_) => None,
            Integrity::Checksum(algorithm, _) | Integrity::Trailer(algorithm) => Some(*algorithm),
        }
    }
}

/// A body that arrived as announced.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) body: NewBody,
    pub(crate) digests: Digests,
    /// The algorithm that the request checked, to be stored and echoed.
    pub(crate) checked: Option<Algorithm>,
}

impl Service {
    /// Takes the body of a request in. `wanted` are digests to compute besides; with a key, what is
    /// stored is sealed under it.
    pub(crate) async fn take_in(
        &self,
        call: &Call,
        body: Body,
        wanted: Option<Algorithm>,
        sse: Option<&CustomerKey>,
    ) -> Result<Arrived, Refusal> {
        let integrity = Integrity::read(&call.head.headers)?;
        let payload = self.check_payload(call)?;
        let length = announced_length(call, &body, payload)?;
        if length > PUT_BYTES_MAX {
            return Err(Refusal::entity_too_large());
        }
        let signed_hash = match payload {
            Payload::Sha256(hash) => Some(hash),
            _ => None,
        };
        let mut algorithms: Vec<Algorithm> = wanted.into_iter().collect();
        algorithms.extend(integrity.algorithm());
        algorithms.extend(signed_hash.map(|_| Algorithm::Sha256));
        let mut sink =
            self.store.sink(Hashers::new(algorithms)).sealed(CustomerKey::seal_of(sse))?;
        let mut decoder = decoder(call, payload);
        let trailer = receive(body, length, &mut decoder, &mut sink).await?;
        let (body, digests) = sink.finish().await?;
        if signed_hash.is_some_and(|hash| digests.get(Algorithm::Sha256) != Some(&hash)) {
            return Err(payload_mismatch());
        }
        verify(&integrity, &digests, &trailer)?;
        Ok(Arrived { body, digests, checked: integrity.algorithm() })
    }

    /// Whether the body comes in a form that the operation can take. Operations without a body
    /// find out here whether what was signed is what came; the others do as they read it.
    pub(crate) async fn check_form(
        &self,
        operation: Operation,
        call: &Call,
        body: Body,
    ) -> Result<Body, Refusal> {
        let payload = self.check_payload(call)?;
        let is_empty = body.length() == Some(0);
        if !is_empty || matches!(operation, Operation::PutObject | Operation::UploadPart) {
            check_length(operation, call, payload)?;
        }
        if operation.takes_body() && !is_empty {
            return Ok(body);
        }
        let Payload::Sha256(signed) = payload else { return Ok(body) };
        let bytes = body.collect(STRAY_BYTES_MAX).await.map_err(|error| broken_body(&error))?;
        if sha256(&bytes) != signed {
            return Err(payload_mismatch());
        }
        Ok(Body::from(bytes))
    }

    fn check_payload(&self, call: &Call) -> Result<Payload, Refusal> {
        let payload = call.who.payload();
        let support = match payload {
            Payload::Sha256(_) | Payload::Unsigned => Support::Accept,
            Payload::StreamingSigned | Payload::StreamingSignedTrailer => {
                self.switches.signed_chunks
            }
            Payload::StreamingUnsignedTrailer => self.switches.unsigned_trailer,
        };
        let is_trailer = payload == Payload::StreamingUnsignedTrailer;
        match (support, self.switches.unsigned_trailer_refusal) {
            (Support::Accept, _) => Ok(payload),
            (Support::Refuse, TrailerRefusal::Unauthorized) if is_trailer => {
                Err(Refusal::unauthorized())
            }
            (Support::Refuse, _) => Err(Refusal::not_implemented(&*payload.header_value())),
        }
    }
}

const DECODED_LENGTH: &str = "x-amz-decoded-content-length";

/// Whoever does not say how long a body is gets 411 (Cloudflare's error-codes page). Of chunks it
/// is the decoded length that counts: the AWS C++ SDK sends parts without a length on the wire.
fn check_length(operation: Operation, call: &Call, payload: Payload) -> Result<(), Refusal> {
    let is_plain = matches!(payload, Payload::Sha256(_) | Payload::Unsigned);
    let is_missing = if is_plain || !operation.takes_body() {
        call.head.has_open_length()
    } else {
        !call.head.headers.contains_key(DECODED_LENGTH)
    };
    if is_missing { Err(Refusal::missing_content_length()) } else { Ok(()) }
}

/// Bytes of the object, not of its encoding.
fn announced_length(call: &Call, body: &Body, payload: Payload) -> Result<u64, Refusal> {
    let header = |name| {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let number = |text: &str| text.parse::<u64>().ok().filter(|_| digits(text));
        let bad = || Refusal::invalid_argument(format!("{name} header"));
        call.head.text(name).map(|text| number(text).ok_or_else(bad)).transpose()
    };
    let length = match payload {
        Payload::Sha256(_) | Payload::Unsigned => {
            header("content-length")?.or_else(|| body.length())
        }
        _ => header(DECODED_LENGTH)?,
    };
    length.ok_or_else(Refusal::missing_content_length)
}

fn decoder(call: &Call, payload: Payload) -> Option<ChunkedDecoder> {
    let announced = call.head.text("x-amz-trailer").unwrap_or_default().split(',');
    let announced = announced.map(|name| name.trim().to_ascii_lowercase());
    let announced = announced.filter(|name| !name.is_empty()).collect();
    match payload {
        Payload::Sha256(_) | Payload::Unsigned => None,
        Payload::StreamingUnsignedTrailer => Some(ChunkedDecoder::unsigned(announced)),
        Payload::StreamingSigned => Some(ChunkedDecoder::signed(call.who.chunk_signer())),
        Payload::StreamingSignedTrailer => {
            Some(ChunkedDecoder::signed_with_trailer(call.who.chunk_signer(), announced))
        }
    }
}

type Trailer = Vec<(String, String)>;

async fn receive(
    mut body: Body,
    length: u64,
    decoder: &mut Option<ChunkedDecoder>,
    sink: &mut crate::store::Sink,
) -> Result<Trailer, Refusal> {
    let mut decoded: Vec<Bytes> = Vec::new();
    while let Some(chunk) = body.next_chunk().await {
        let chunk = chunk.map_err(|error| broken_body(&error))?;
        match decoder {
            Some(decoder) => decoder.push(chunk, &mut decoded)?,
            None => decoded.push(chunk),
        }
        for bytes in decoded.drain(..) {
            if sink.length() + bytes.len() as u64 > length {
                return Err(Refusal::incomplete_body());
            }
            sink.push(bytes).await?;
        }
    }
    if sink.length() != length {
        return Err(Refusal::incomplete_body());
    }
    match decoder.take() {
        Some(decoder) => decoder.finish(),
        None => Ok(Trailer::new()),
    }
}

/// The client went away, or sent less than it said.
fn broken_body(error: &BodyError) -> Refusal {
    tracing::debug!(%error, "a body broke off");
    if error.kind() != r2_transport::ErrorKind::Stalled {
        return Refusal::incomplete_body();
    }
    // AWS's answer; that of R2 is not known.
    let refusal = Refusal::new(
        ErrorCode::RequestTimeout,
        "Your socket connection to the server was not read from or written to within the timeout \
         period. Idle connections will be closed.",
    );
    refusal.with_status(StatusCode::BAD_REQUEST)
}

fn verify(integrity: &Integrity, digests: &Digests, trailer: &Trailer) -> Result<(), Refusal> {
    match integrity {
        Integrity::None => Ok(()),
        Integrity::Md5(expected) if *expected == digests.md5 => Ok(()),
        Integrity::Md5(expected) => Err(Refusal::new(
            ErrorCode::BadDigest,
            format!(
                "The MD5 checksum you specified did not match what we received.\n\
                 You provided a MD5 checksum with value: {}\n\
                 Actual MD5 was: {}",
                hex(expected),
                hex(&digests.md5)
            ),
        )),
        Integrity::Checksum(algorithm, expected) => compare(*algorithm, expected, digests),
        Integrity::Trailer(algorithm) => {
            let line = trailer.iter().find(|(name, _)| name == algorithm.header());
            let (_, value) = line.ok_or_else(Refusal::invalid_digest)?;
            let expected = algorithm.parse(value).ok_or_else(Refusal::invalid_digest)?;
            compare(*algorithm, &expected, digests)
        }
    }
}

/// The words for checksums other than MD5 are not recorded; they follow those for MD5.
fn compare(algorithm: Algorithm, expected: &[u8], digests: &Digests) -> Result<(), Refusal> {
    let actual = digests.get(algorithm).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    let name = algorithm.name();
    Err(Refusal::new(
        ErrorCode::BadDigest,
        format!(
            "The {name} checksum you specified did not match what we received.\n\
             You provided a {name} checksum with value: {}\n\
             Actual {name} was: {}",
            hex(expected),
            hex(actual)
        ),
    ))
}

/// A whole body of a request that carries a document.
pub(crate) async fn small_body(
    service: &Service,
    call: &Call,
    body: Body,
) -> Result<Bytes, Refusal> {
    checked_body(service, call, body, Integrity::read_all(&call.head.headers)?).await
}

/// The same, with only the signed hash checked.
pub(crate) async fn unchecked_body(
    service: &Service,
    call: &Call,
    body: Body,
) -> Result<Bytes, Refusal> {
    checked_body(service, call, body, Vec::new()).await
}

async fn checked_body(
    service: &Service,
    call: &Call,
    body: Body,
    integrity: Vec<Integrity>,
) -> Result<Bytes, Refusal> {
    let payload = service.check_payload(call)?;
    let mut bytes = body.collect(DOCUMENT_BYTES_MAX).await.map_err(|error| match error.kind() {
        r2_transport::ErrorKind::TooLarge => Refusal::malformed_xml(),
        _ => broken_body(&error),
    })?;
    let mut trailer = Trailer::new();
    if let Some(mut decoder) = decoder(call, payload) {
        let mut decoded = Vec::new();
        decoder.push(bytes, &mut decoded)?;
        bytes = decoded.concat().into();
        if announced_length(call, &Body::empty(), payload)? != bytes.len() as u64 {
            return Err(Refusal::incomplete_body());
        }
        trailer = decoder.finish()?;
    }
    let algorithms = integrity.iter().filter_map(Integrity::algorithm);
    let mut hashers = Hashers::new(algorithms.chain([Algorithm::Sha256]));
    hashers.update(&bytes);
    let digests = hashers.finish();
    if let Payload::Sha256(hash) = payload
        && digests.get(Algorithm::Sha256) != Some(&hash)
    {
        return Err(payload_mismatch());
    }
    integrity.iter().try_for_each(|integrity| verify(integrity, &digests, &trailer))?;
    Ok(bytes)
}
