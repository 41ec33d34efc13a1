//! The fields of a cassette as they stand in the file; `docs/cassette-format.md` describes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::{Content, Digest, Headers, RecordedBody};
use crate::limits;
use crate::noise::Noise;

/// What the first field of every cassette says.
pub(super) const FORMAT: &str = "r2-cassette";

/// The version that is written, and the newest that is read.
pub(super) const VERSION: u32 = 1;

/// The two fields that every version has.
#[derive(Deserialize)]
pub(super) struct Preface {
    pub(super) format: String,
    pub(super) version: u32,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CassetteForm {
    pub(super) format: String,
    pub(super) version: u32,
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) source: String,
    pub(super) exchanges: Vec<ExchangeForm>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExchangeForm {
    pub(super) operation: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) bucket: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) key: String,
    pub(super) request: RequestForm,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) response: Option<ResponseForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<FailureForm>,
    #[serde(default)]
    pub(super) latency: LatencyForm,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestForm {
    pub(super) method: String,
    pub(super) path: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) query: String,
    #[serde(default, skip_serializing_if = "Headers::is_empty")]
    pub(super) headers: Headers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<BodyForm>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResponseForm {
    pub(super) status: u16,
    #[serde(default, skip_serializing_if = "Headers::is_empty")]
    pub(super) headers: Headers,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<BodyForm>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FailureForm {
    pub(super) kind: String,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) unsent: bool,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LatencyForm {
    pub(super) first_byte_ms: u64,
    pub(super) whole_ms: u64,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BodyForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    noise: Option<NoiseForm>,
    #[serde(default, skip_serializing_if = "is_false")]
    cut: bool,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct NoiseForm {
    seed: u64,
    offset: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl BodyForm {
    /// Nothing for an empty body.
    pub(super) fn of(body: &RecordedBody) -> Option<BodyForm> {
        if body.is_empty() {
            return None;
        }
        let form = BodyForm { cut: !body.is_whole, ..BodyForm::default() };
        Some(match &body.content {
            Content::Bytes(bytes) => match body.text() {
                Some(text) => BodyForm { text: Some(text.to_owned()), ..form },
                None => BodyForm { base64: Some(BASE64.encode(bytes)), ..form },
            },
            Content::Noise { noise, offset, length } => BodyForm {
                length: Some(*length),
                noise: Some(NoiseForm { seed: noise.seed(), offset: *offset }),
                ..form
            },
            Content::Digest { sha256, length, noise } => BodyForm {
                sha256: Some(sha256.clone()),
                length: Some(*length),
                noise: noise.map(|(noise, offset)| NoiseForm { seed: noise.seed(), offset }),
                ..form
            },
        })
    }

    /// What it means, or why it means nothing.
    pub(super) fn read(self) -> Result<RecordedBody, String> {
        let BodyForm { text, base64, sha256, length, noise, cut } = self;
        let content = match (text, base64, sha256, length, noise) {
            (Some(text), None, None, None, None) => Content::Bytes(text.into()),
            (None, Some(base64), None, None, None) => {
                let bytes = BASE64.decode(base64).map_err(|_| "`base64` is not base64")?;
                Content::Bytes(bytes.into())
            }
            (None, None, Some(sha256), Some(length), noise) => {
                digest(sha256, length, noise.map(|form| (form.seed, form.offset)))?
            }
            (None, None, None, Some(length), Some(NoiseForm { seed, offset })) => {
                check_length(length, offset)?;
                Content::Noise { noise: Noise::new(seed), offset, length }
            }
            _ => {
                let forms = "`text`, or `base64`, or `length` with `sha256` or `noise`";
                return Err(format!("a body has {forms}"));
            }
        };
        match &content {
            Content::Bytes(bytes) if bytes.len() > limits::CASSETTE_BODY_BYTES_MAX => {
                Err("a body of more than 1 MiB stands in a cassette by its digest".to_owned())
            }
            _ => Ok(RecordedBody { content, is_whole: !cut }),
        }
    }
}

fn digest(sha256: String, length: u64, noise: Option<(u64, u64)>) -> Result<Content, String> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if sha256.len() != Digest::of(b"").len() || !sha256.bytes().all(is_digit) {
        return Err("`sha256` has 64 small hexadecimal digits".to_owned());
    }
    check_length(length, noise.map_or(0, |(_, offset)| offset))?;
    let noise = noise.map(|(seed, offset)| (Noise::new(seed), offset));
    Ok(Content::Digest { sha256, length, noise })
}

fn check_length(length: u64, offset: u64) -> Result<(), String> {
    let end = offset.checked_add(length);
    if end.is_none_or(|end| end > limits::OBJECT_BYTES_MAX) {
        return Err("`length` is more than an object can have".to_owned());
    }
    Ok(())
}
