//! Reading the text of a signature: the `Authorization` value, the query parameters, the
//! credential.

use super::{DateSource, Received, Rejection, Rules};
use crate::{
    Timestamp,
    keys::{ALGORITHM, TERMINATOR},
};

/// More signed headers than any client sends; keeps the canonical request near the request's size.
const SIGNED_HEADERS_MAX: usize = 256;

/// The three fields of an `Authorization` value, as they came.
pub(super) struct Fields<'a> {
    pub(super) credential: &'a str,
    pub(super) signed_headers: &'a str,
    pub(super) signature: &'a str,
}

/// Splits `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`, in any order of fields.
pub(super) fn authorization(value: &str) -> Option<Fields<'_>> {
    let fields = value.strip_prefix(ALGORITHM)?.strip_prefix(' ')?;
    let (mut credential, mut signed_headers, mut signature) = (None, None, None);
    for field in fields.split(',') {
        let Some((name, value)) = field.split_once('=') else { continue };
        let place = match name.trim_ascii() {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => continue,
        };
        if place.replace(value.trim_ascii()).is_some() {
            return None;
        }
    }
    Some(Fields { credential: credential?, signed_headers: signed_headers?, signature: signature? })
}

/// The signature's parameters in a query, decoded; of a repeated one the first.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) algorithm: Option<String>,
    pub(super) credential: Option<String>,
    pub(super) date: Option<String>,
    pub(super) expires: Option<String>,
    pub(super) security_token: Option<String>,
    pub(super) signed_headers: Option<String>,
    pub(super) signature: Option<String>,
}

impl Parameters {
    pub(super) fn of(query: &str) -> Self {
        let mut parameters = Self::default();
        for part in query.split('&') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let place = match form_decoded(name).as_str() {
                "X-Amz-Algorithm" => &mut parameters.algorithm,
                "X-Amz-Credential" => &mut parameters.credential,
                "X-Amz-Date" => &mut parameters.date,
                "X-Amz-Expires" => &mut parameters.expires,
                "X-Amz-Security-Token" => &mut parameters.security_token,
                "X-Amz-SignedHeaders" => &mut parameters.signed_headers,
                "X-Amz-Signature" => &mut parameters.signature,
                _ => continue,
            };
            place.get_or_insert_with(|| form_decoded(value));
        }
        parameters
    }

    /// The names that are missing, in the order in which R2 lists them.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let Self { algorithm, credential: _, date, expires, .. } = self;
        let Self { security_token: _, signed_headers, signature, .. } = self;
        [
            ("X-Amz-Algorithm", algorithm),
            ("X-Amz-Signature", signature),
            ("X-Amz-Date", date),
            ("X-Amz-SignedHeaders", signed_headers),
            ("X-Amz-Expires", expires),
        ]
        .into_iter()
        .filter(|(_, value)| value.is_none())
        .map(|(name, _)| name)
        .collect()
    }
}

/// `X-Amz-Expires` in seconds.
pub(super) fn expires(text: &str) -> Result<i64, Rejection> {
    let text = text.trim_ascii();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Rejection::ExpiresUnreadable);
    }
    // Digits that do not fit are too many either way.
    Ok(text.parse().unwrap_or(if text.starts_with('-') { i64::MIN } else { i64::MAX }))
}

pub(super) fn date(text: &str, source: DateSource) -> Result<Timestamp, Rejection> {
    Timestamp::parse_basic(text)
        .map_err(|_| Rejection::DateUnreadable { source, value: text.to_owned() })
}

/// The date of a header-signed request: `x-amz-date`, else `date`.
pub(super) fn header_date(received: &Received<'_>) -> Result<Timestamp, Rejection> {
    if let Some(value) = received.header("x-amz-date") {
        date(&value, DateSource::AmzDateHeader)
    } else if let Some(value) = received.header("date") {
        date(&value, DateSource::DateHeader)
    } else {
        Err(Rejection::DateMissing)
    }
}

/// Key id and region of a credential, checked in R2's order.
pub(super) fn credential<'a>(
    text: &'a str,
    at: Timestamp,
    rules: &Rules,
) -> Result<(&'a str, &'a str), Rejection> {
    // From the right: a key id may hold slashes.
    let mut parts = text.rsplitn(5, '/');
    let mut next = || parts.next().ok_or(());
    let (Ok(terminator), Ok(service), Ok(region), Ok(day), Ok(access_key_id)) =
        (next(), next(), next(), next(), next())
    else {
        return Err(Rejection::CredentialParts(text.split('/').count()));
    };
    let got = access_key_id.len();
    if let Some(expected) = rules.access_key_id_bytes.filter(|&expected| expected != got) {
        return Err(Rejection::AccessKeyIdLength { got, expected });
    }
    if service != "s3" {
        return Err(Rejection::Service(service.to_owned()));
    }
    if terminator != TERMINATOR {
        return Err(Rejection::Terminator(terminator.to_owned()));
    }
    if day != at.day() {
        let (credential, request) = (day.to_owned(), at.day().to_owned());
        return Err(Rejection::Day { credential, request });
    }
    Ok((access_key_id, region))
}

/// The names of the signed headers, in lower case and in the order given. None at all is no fault
/// of form: it is `host` that is missing then, and said when R2 says it.
pub(super) fn signed_headers(text: &str) -> Result<Vec<String>, Rejection> {
    let mut names = Vec::new();
    if text.is_empty() {
        return Ok(names);
    }
    for name in text.split(';') {
        let name = name.to_ascii_lowercase();
        if name.is_empty() || names.len() == SIGNED_HEADERS_MAX || names.contains(&name) {
            return Err(Rejection::Algorithm);
        }
        names.push(name);
    }
    Ok(names)
}

/// Decodes a query name or value as browsers do: `+` is a blank, broken escapes stay.
fn form_decoded(text: &str) -> String {
    let mut canonical = Vec::with_capacity(text.len());
    crate::encode::canonical_component_into(&mut canonical, text.as_bytes());
    let decoded = crate::encode::decode(crate::text::text(&canonical));
    let decoded = decoded.expect("canonical text has whole escapes");
    String::from_utf8_lossy(&decoded).into_owned()
}
