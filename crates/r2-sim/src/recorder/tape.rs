//! The exchanges of a recorder, in the order in which their requests came.

use std::time::Duration;

use http::{Method, Request, Response, StatusCode};
use r2_transport::{Body, TransportError};
use tokio::time::Instant;

use super::tap::{SharedTap, Tap, tapped};
use super::{RecordOptions, Values};
use crate::cassette::{
    Ask, Cassette, Ending, Headers, Latency, Recorded, Reply, Secrets, scrub, steady,
};
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::noise::Noise;
use crate::store::locked;

/// Everything so far. Not `Debug`: it holds what is not scrubbed yet.
pub(super) struct Tape {
    options: RecordOptions,
    secrets: Secrets,
    takes: Vec<Take>,
    is_full: bool,
}

struct Take {
    ask: Ask,
    sent: SharedTap,
    started: Instant,
    end: Option<End>,
}

enum End {
    Reply { status: StatusCode, headers: Headers, body: SharedTap, first_byte: Instant },
    Failed { ending: Ending, at: Instant },
}

impl Tape {
    pub(super) fn new(options: RecordOptions) -> Tape {
        let mut secrets = Secrets::default();
        options.secrets.iter().for_each(|secret| secrets.add(secret));
        Tape { options, secrets, takes: Vec::new(), is_full: false }
    }

    pub(super) fn len(&self) -> usize {
        self.takes.len()
    }

    /// Begins an exchange: its number, and the request to pass on.
    pub(super) fn begin(&mut self, request: Request<Body>) -> (Option<usize>, Request<Body>) {
        if self.takes.len() == limits::CASSETTE_EXCHANGES_MAX {
            self.is_full = true;
            return (None, request);
        }
        self.secrets.learn(&request);
        let ask = Ask::of(&request, &self.options.base_path);
        let keep = match ask.named.operation.as_str() {
            // Its tags may have to be written over.
            "CompleteMultipartUpload" => limits::CASSETTE_BODY_BYTES_MAX,
            _ => self.options.inline_bytes_max,
        };
        let sent = SharedTap::new(Tap::new(keep, Vec::new()).into());
        let request = request.map(|body| tapped(body, &sent));
        self.takes.push(Take { ask, sent, started: Instant::now(), end: None });
        (Some(self.takes.len() - 1), request)
    }

    /// Notes an answer; the response to pass on.
    pub(super) fn answered(&mut self, number: usize, response: Response<Body>) -> Response<Body> {
        let Some(take) = self.takes.get_mut(number) else { return response };
        let mut headers = Headers::of_response(response.headers());
        let noises = noises(&self.options.seeds, &headers);
        if take.ask.method != Method::HEAD {
            // A replayer knows it from the body.
            headers.remove("content-length");
        }
        let body = SharedTap::new(Tap::new(self.options.inline_bytes_max, noises).into());
        let status = response.status();
        let first_byte = Instant::now();
        let response = response.map(|incoming| tapped(incoming, &body));
        take.end = Some(End::Reply { status, headers, body, first_byte });
        response
    }

    pub(super) fn failed(&mut self, number: usize, error: &TransportError) {
        if let Some(take) = self.takes.get_mut(number) {
            take.end = Some(End::Failed { ending: Ending::failed(error), at: Instant::now() });
        }
    }

    /// The cassette of all exchanges that have an end.
    pub(super) fn cassette(&self) -> Result<Cassette, Error> {
        if self.is_full {
            return Err(Error::cassette(ErrorKind::BadCassette, "more than 10000 exchanges came"));
        }
        let mut exchanges: Vec<Recorded> = self.takes.iter().filter_map(Take::recorded).collect();
        if self.options.values == Values::Steady {
            steady(&mut exchanges);
        }
        for exchange in &mut exchanges {
            scrub(exchange, &self.secrets);
        }
        let name = self.secrets.scrub(&self.options.name);
        let source = self.secrets.scrub(&self.options.source);
        // Read again, it passes every check that a reader will make.
        Cassette::parse(&Cassette::new(name, source, exchanges).to_json())
    }
}

impl Take {
    fn recorded(&self) -> Option<Recorded> {
        let since = |at: Instant| millis(at.saturating_duration_since(self.started));
        let (ending, latency) = match self.end.as_ref()? {
            End::Failed { ending, at } => {
                let took = since(*at);
                (ending.clone(), Latency { first_byte_ms: took, whole_ms: took })
            }
            End::Reply { status, headers, body, first_byte } => {
                let tap = locked(body);
                let whole_ms = since(tap.ended().unwrap_or(*first_byte));
                let latency = Latency { first_byte_ms: since(*first_byte), whole_ms };
                let (status, headers) = (*status, headers.clone());
                let reply = Reply { status, headers, body: tap.recorded() };
                (Ending::Reply(reply), latency)
            }
        };
        let sent = locked(&self.sent).recorded();
        Some(Recorded { ask: self.ask.clone(), sent, ending, latency })
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).min(limits::LATENCY_MS_MAX)
}

/// What an answer's body could be, by where it begins in its object.
fn noises(seeds: &[u64], headers: &Headers) -> Vec<(Noise, u64)> {
    let range = headers.get("content-range").and_then(|range| range.strip_prefix("bytes "));
    let offset = match range.and_then(|range| range.split('-').next()) {
        Some(first) => first.parse().ok(),
        None => Some(0),
    };
    let offset = offset.filter(|offset| *offset <= limits::OBJECT_BYTES_MAX);
    offset.map_or_else(Vec::new, |offset| {
        seeds.iter().map(|seed| (Noise::new(*seed), offset)).collect()
    })
}
