//! A cassette in memory: checked when it is read, the same rules when it is written.

use http::{Method, StatusCode};

use super::form::{
    BodyForm, CassetteForm, ExchangeForm, FORMAT, FailureForm, LatencyForm, Preface, RequestForm,
    ResponseForm, VERSION,
};
use super::secrets::{is_secret_header, is_secret_parameter, secret_in};
use super::{Ask, Ending, Headers, Latency, Recorded, RecordedBody, Reply};
use crate::error::{Error, ErrorKind};
use crate::limits;

/// Recorded traffic of one scenario.
///
/// Written by a [`Recorder`](crate::Recorder), played by a [`Replayer`](crate::Replayer). The file
/// is JSON that people can read and change; `docs/cassette-format.md` describes every field. It
/// holds no secret: one that does cannot be written, and is refused when it is read.
///
/// ```
/// use r2_sim::{Cassette, ErrorKind};
///
/// let text = r#"{
///   "format": "r2-cassette", "version": 1, "name": "one missing key",
///   "exchanges": [{
///     "operation": "HeadObject", "bucket": "photos", "key": "a.jpg",
///     "request": {"method": "HEAD", "path": "/photos/a.jpg"},
///     "response": {"status": 404}
///   }]
/// }"#;
/// let cassette = Cassette::parse(text)?;
/// assert_eq!(cassette.operations(), ["HeadObject"]);
///
/// let signed = text.replace(r#""/photos/a.jpg"}"#, r#""/photos/a.jpg",
///     "headers": {"authorization": "AWS4-HMAC-SHA256 ..."}}"#);
/// let error = Cassette::parse(&signed).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::SecretInCassette);
/// assert!(error.to_string().contains("exchange 1, request header `authorization`"));
/// # Ok::<(), r2_sim::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cassette {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) exchanges: Vec<Recorded>,
}

impl Cassette {
    /// Reads a cassette from its JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadCassette`] names the line or the field, [`ErrorKind::SecretInCassette`] the
    /// field; [`ErrorKind::NewerFormat`] asks for a newer version of this crate.
    pub fn parse(text: &str) -> Result<Cassette, Error> {
        if text.len() > limits::CASSETTE_BYTES_MAX {
            return Err(bad("it is longer than 16 MiB"));
        }
        let unreadable = |error| bad("it is not what a cassette looks like").caused_by(error);
        let preface: Preface = serde_json::from_str(text).map_err(unreadable)?;
        if preface.format != FORMAT {
            return Err(bad(format!("its `format` is not `{FORMAT}`")));
        }
        if preface.version > VERSION {
            let version = preface.version;
            let why = format!("it is of version {version}, and this reads up to {VERSION}");
            return Err(Error::cassette(ErrorKind::NewerFormat, why));
        }
        if preface.version == 0 {
            return Err(bad("there is no version 0"));
        }
        let form: CassetteForm = serde_json::from_str(text).map_err(unreadable)?;
        if form.exchanges.len() > limits::CASSETTE_EXCHANGES_MAX {
            return Err(bad("it has more than 10000 exchanges"));
        }
        no_secret(&form.name, || "`name`".to_owned())?;
        no_secret(&form.source, || "`source`".to_owned())?;
        let numbered = form.exchanges.into_iter().enumerate();
        let exchanges = numbered.map(|(index, form)| read(form, index + 1));
        let exchanges = exchanges.collect::<Result<_, _>>()?;
        Ok(Cassette { name: form.name, source: form.source, exchanges })
    }

    pub(crate) fn new(name: String, source: String, exchanges: Vec<Recorded>) -> Cassette {
        Cassette { name, source, exchanges }
    }

    pub(crate) fn into_exchanges(self) -> Vec<Recorded> {
        self.exchanges
    }

    /// The JSON of this cassette, ending in a line feed. The same cassette gives the same text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let form = CassetteForm {
            format: FORMAT.to_owned(),
            version: VERSION,
            name: self.name.clone(),
            source: self.source.clone(),
            exchanges: self.exchanges.iter().map(write).collect(),
        };
        // Strings and numbers under string keys are always JSON.
        serde_json::to_string_pretty(&form).unwrap_or_default() + "\n"
    }

    /// What was recorded, in a few words.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it was recorded; empty if that was not said.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// How many exchanges there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.exchanges.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exchanges.is_empty()
    }

    /// How many exchanges had no response at all.
    #[must_use]
    pub fn failures(&self) -> usize {
        let failed = |exchange: &&Recorded| matches!(exchange.ending, Ending::Failed { .. });
        self.exchanges.iter().filter(failed).count()
    }

    /// The operations by their S3 names, in the order of the exchanges.
    #[must_use]
    pub fn operations(&self) -> Vec<&str> {
        self.exchanges.iter().map(|exchange| exchange.ask.named.operation.as_str()).collect()
    }
}

pub(super) fn bad(why: impl Into<String>) -> Error {
    Error::cassette(ErrorKind::BadCassette, why)
}

fn no_secret(text: &str, place: impl FnOnce() -> String) -> Result<(), Error> {
    match secret_in(text) {
        None => Ok(()),
        Some(kind) => Err(secret(&place(), kind)),
    }
}

fn secret(place: &str, kind: &str) -> Error {
    Error::cassette(ErrorKind::SecretInCassette, format!("{place} holds {kind}"))
}

fn read(form: ExchangeForm, number: usize) -> Result<Recorded, Error> {
    let wrong = |why: &str| bad(format!("exchange {number}: {why}"));
    let RequestForm { method, path, query, headers, body } = form.request;
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| wrong("`request.method` is not a method"))?;
    no_secret(&path, || format!("exchange {number}, `request.path`"))?;
    check_query(&query, number)?;
    check_headers(&headers, "request", number)?;
    if !Ask::is_sound(&path, &query) {
        return Err(wrong("`request.path` with `request.query` is not the target of a request"));
    }
    let ask = Ask::build(method, path, query, headers);
    let named = &ask.named;
    for (field, said, meant) in [
        ("operation", &form.operation, &named.operation),
        ("bucket", &form.bucket, &named.bucket),
        ("key", &form.key, &named.key),
    ] {
        no_secret(said, || format!("exchange {number}, `{field}`"))?;
        if said != meant {
            return Err(wrong(&format!("`{field}` is {said:?}, and its request means {meant:?}")));
        }
    }
    let sent = read_body(body, "request", number)?;
    if sent.sha256().is_none() {
        return Err(wrong("`request.body` has no `sha256` to compare with"));
    }
    let ending = match (form.response, form.failure) {
        (Some(response), None) => Ending::Reply(read_reply(response, number)?),
        (None, Some(failure)) => {
            let kind = Ending::failure_kind(&failure.kind);
            let kind = kind.ok_or_else(|| wrong("`failure.kind` is none of the known kinds"))?;
            Ending::Failed { kind, is_unsent: failure.unsent }
        }
        _ => return Err(wrong("an exchange has either `response` or `failure`")),
    };
    let LatencyForm { first_byte_ms, whole_ms } = form.latency;
    if first_byte_ms > whole_ms || whole_ms > limits::LATENCY_MS_MAX {
        return Err(wrong("`latency` runs from the first byte to the end, in ten minutes at most"));
    }
    Ok(Recorded { ask, sent, ending, latency: Latency { first_byte_ms, whole_ms } })
}

fn read_reply(form: ResponseForm, number: usize) -> Result<Reply, Error> {
    let status = StatusCode::from_u16(form.status).ok().filter(|status| status.as_u16() >= 200);
    let status = status.ok_or_else(|| {
        bad(format!("exchange {number}: `response.status` is not that of an answer"))
    })?;
    check_headers(&form.headers, "response", number)?;
    let body = read_body(form.body, "response", number)?;
    Ok(Reply { status, headers: form.headers, body })
}

fn check_query(query: &str, number: usize) -> Result<(), Error> {
    let place = || format!("exchange {number}, `request.query`");
    let mut names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
    if names.any(is_secret_parameter) {
        return Err(secret(&place(), "a credential or a signature"));
    }
    no_secret(query, place)
}

fn check_headers(headers: &Headers, side: &str, number: usize) -> Result<(), Error> {
    for (name, value) in headers.iter() {
        let place = || format!("exchange {number}, {side} header `{name}`");
        if is_secret_header(name) {
            return Err(secret(&place(), "what no cassette keeps"));
        }
        no_secret(value, place)?;
    }
    match headers.to_map() {
        Ok(_) => Ok(()),
        Err(name) => {
            let why = format!("exchange {number}, {side} header {name:?} cannot be a header");
            Err(bad(why))
        }
    }
}

fn read_body(form: Option<BodyForm>, side: &str, number: usize) -> Result<RecordedBody, Error> {
    let Some(form) = form else { return Ok(RecordedBody::empty()) };
    let body =
        form.read().map_err(|why| bad(format!("exchange {number}, `{side}.body`: {why}")))?;
    if let super::Content::Bytes(bytes) = &body.content {
        let text = String::from_utf8_lossy(bytes);
        no_secret(&text, || format!("exchange {number}, `{side}.body`"))?;
    }
    Ok(body)
}

fn write(exchange: &Recorded) -> ExchangeForm {
    let Recorded { ask, sent, ending, latency } = exchange;
    let (response, failure) = match ending {
        Ending::Reply(Reply { status, headers, body }) => {
            let (headers, body) = (headers.clone(), BodyForm::of(body));
            (Some(ResponseForm { status: status.as_u16(), headers, body }), None)
        }
        Ending::Failed { kind, is_unsent } => {
            let kind = Ending::failure_name(*kind).to_owned();
            (None, Some(FailureForm { kind, unsent: *is_unsent }))
        }
    };
    ExchangeForm {
        operation: ask.named.operation.clone(),
        bucket: ask.named.bucket.clone(),
        key: ask.named.key.clone(),
        request: RequestForm {
            method: ask.method.to_string(),
            path: ask.path.clone(),
            query: ask.query.clone(),
            headers: ask.headers.clone(),
            body: BodyForm::of(sent),
        },
        response,
        failure,
        latency: LatencyForm { first_byte_ms: latency.first_byte_ms, whole_ms: latency.whole_ms },
    }
}
