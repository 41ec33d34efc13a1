//! What a client sent, held against what it says it sent and against what its calls had to take.

use std::collections::BTreeMap;

use http::StatusCode;
use r2_objects::{Client, Usage};
use r2_sim::Exchange;

use crate::model::Violation;
use crate::world::{Line, World};

/// The account of one line, over all the lives of its client.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// What the clients of earlier lives said they sent.
    earlier: Counted,
    /// What the journal says.
    sent: Counted,
    /// Uploads created whose reply arrived whole.
    pub(crate) uploads_known: u64,
    pub(crate) aborts_failed: u64,
    pub(crate) exchanges: u64,
    pub(crate) troubled: u64,
}

/// Operations by how they are billed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counted {
    class_a: u64,
    class_b: u64,
    free: u64,
}

/// The exchanges of one call, by operation: how many, and how many of them came to nothing.
#[derive(Debug, Default)]
pub(crate) struct Sent(BTreeMap<String, (u64, u64)>);

impl Sent {
    /// Were there at most so many of `operation` that no fault explains?
    pub(crate) fn explained(&self, operation: &str, at_most: u64) -> Result<(), Violation> {
        let (all, troubled) = self.0.get(operation).copied().unwrap_or_default();
        if all <= at_most + troubled {
            return Ok(());
        }
        Err(format!(
            "{all} exchanges of {operation}, {troubled} of them failed, at most {at_most} needed"
        ))
    }

    /// Were there only these operations?
    pub(crate) fn only(&self, operations: &[&str]) -> Result<(), Violation> {
        match self.0.keys().find(|name| !operations.contains(&name.as_str())) {
            None => Ok(()),
            Some(other) => Err(format!("{other} was sent, nobody asked for it")),
        }
    }
}

impl Account {
    /// Takes what was sent since the last time out of the journal. Nothing may be under way.
    pub(crate) fn harvest(&mut self, world: &World, line: &Line) -> Sent {
        let mut sent = Sent::default();
        let who = format!("wire{}", line.number);
        for exchange in line.journal.exchanges() {
            let ended_well = ended_well(&exchange);
            let entry = sent.0.entry(exchange.operation.clone()).or_default();
            entry.0 += 1;
            entry.1 += u64::from(!ended_well);
            self.exchanges += 1;
            self.troubled += u64::from(!ended_well);
            if is_billed(&exchange) {
                self.sent.count(&exchange.operation);
            }
            match exchange.operation.as_str() {
                "CreateMultipartUpload"
                    if ended_well && exchange.status == Some(StatusCode::OK) =>
                {
                    self.uploads_known += 1;
                }
                "AbortMultipartUpload" if !ended_well => self.aborts_failed += 1,
                _ => {}
            }
            world.note(&who, &describe(&exchange));
        }
        line.journal.clear();
        sent
    }

    /// A client is about to be dropped.
    pub(crate) fn bury(&mut self, client: &Client) {
        self.earlier.add(&client.usage());
    }

    /// The bill is the journal's.
    pub(crate) fn check(&self, client: &Client) -> Result<(), Violation> {
        let mut said = self.earlier;
        said.add(&client.usage());
        if said == self.sent {
            return Ok(());
        }
        Err(format!("the client bills {said:?}, and {:?} was sent", self.sent))
    }
}

impl Counted {
    fn count(&mut self, operation: &str) {
        match operation {
            "GetObject" | "HeadObject" => self.class_b += 1,
            "DeleteObject" | "DeleteObjects" | "AbortMultipartUpload" => self.free += 1,
            _ => self.class_a += 1,
        }
    }

    fn add(&mut self, usage: &Usage) {
        self.class_a += usage.class_a;
        self.class_b += usage.class_b;
        self.free += usage.free;
    }
}

/// Did it bring what it was sent for? A refusal that has a meaning (404, 412, 416) did.
fn ended_well(exchange: &Exchange) -> bool {
    let Some(status) = exchange.status else { return false };
    let meant = status.is_success() || matches!(status.as_u16(), 404 | 412 | 416);
    let head = exchange.method == http::Method::HEAD;
    let announced = exchange.response_headers.get(http::header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let whole = head || announced.is_none_or(|bytes| bytes == exchange.received_bytes);
    meant && whole
}

/// R2 bills what reached it, unless it refused it with 401 or 403.
fn is_billed(exchange: &Exchange) -> bool {
    let refused = exchange.status.is_some_and(|status| matches!(status.as_u16(), 401 | 403));
    let unsent = exchange.error == Some(r2_transport::ErrorKind::Connect);
    !refused && !unsent
}

fn describe(exchange: &Exchange) -> String {
    let Exchange { operation, path, query, sent_bytes, received_bytes, .. } = exchange;
    let end = match (exchange.status, exchange.error) {
        (Some(status), _) => status.as_u16().to_string(),
        (None, Some(error)) => format!("{error:?}"),
        (None, None) => "dropped".to_owned(),
    };
    let query = match query.split_once("uploadId=") {
        // the number of the upload is in the first dozen
        Some((before, id)) => format!("{before}uploadId={}", id.get(..12).unwrap_or(id)),
        None => query.clone(),
    };
    format!("{operation} {path}?{query} -> {end}, {sent_bytes} sent, {received_bytes} received")
}
