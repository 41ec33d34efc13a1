//! What a server has seen.

use std::time::Duration;

use http::{Method, Request};
use tokio::sync::watch;
use tokio::time::timeout;

use super::runtime;

/// What a test waits for comes sooner, or not at all.
const LIMIT: Duration = Duration::from_secs(60);

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) number: usize,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) range: Option<String>,
    /// The status of its answer, once there is one.
    pub(crate) status: Option<u16>,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Create,
    Part,
    Parts,
    Complete,
    Abort,
    List,
    Put,
    Get,
    Head,
    Delete,
    DeleteMany,
    Other,
}

impl Seen {
    fn of<B>(number: usize, request: &Request<B>) -> Self {
        let header = request.headers().get(http::header::RANGE);
        Self {
            number,
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            range: header.and_then(|range| range.to_str().ok()).map(str::to_owned),
            status: None,
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        let has = |name: &str| self.parameter(name).is_some();
        let of_object = self.path.trim_start_matches('/').contains('/');
        match (self.method.as_str(), of_object) {
            ("POST", _) if has("uploads") => Kind::Create,
            ("POST", _) if has("uploadId") => Kind::Complete,
            ("POST", false) if has("delete") => Kind::DeleteMany,
            ("PUT", true) if has("partNumber") => Kind::Part,
            ("GET", true) if has("uploadId") => Kind::Parts,
            ("DELETE", true) if has("uploadId") => Kind::Abort,
            ("PUT", true) => Kind::Put,
            ("GET", true) => Kind::Get,
            ("GET", false) => Kind::List,
            ("HEAD", _) => Kind::Head,
            ("DELETE", true) => Kind::Delete,
            _ => Kind::Other,
        }
    }

    /// The number of the part that is sent.
    pub(crate) fn part(&self) -> Option<u32> {
        self.parameter("partNumber")?.parse().ok()
    }

    fn parameter(&self, wanted: &str) -> Option<&str> {
        self.query.split('&').find_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name == wanted).then_some(value)
        })
    }
}

/// Every request that a server has seen, in the order of their arrival. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    seen: watch::Sender<Vec<Seen>>,
}

impl Journal {
    pub(super) fn new() -> Self {
        Self { seen: watch::Sender::new(Vec::new()) }
    }

    /// Notes a request.
    pub(super) fn arrived<B>(&self, request: &Request<B>) -> Seen {
        let mut noted = None;
        self.seen.send_modify(|all| {
            let seen = Seen::of(all.len(), request);
            noted = Some(seen.clone());
            all.push(seen);
        });
        noted.expect("the closure has run")
    }

    /// Notes an answer.
    pub(super) fn answered(&self, number: usize, status: u16) {
        self.seen.send_modify(|all| all[number].status = Some(status));
    }

    pub(crate) fn all(&self) -> Vec<Seen> {
        self.seen.borrow().clone()
    }

    /// Requests from number `from` on.
    pub(crate) fn since(&self, from: usize) -> Vec<Seen> {
        self.seen.borrow()[from..].to_vec()
    }

    pub(crate) fn len(&self) -> usize {
        self.seen.borrow().len()
    }

    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.seen.borrow().iter().filter(|seen| seen.kind() == kind).count()
    }

    /// Waits until the journal is as wanted.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, wanted: impl FnMut(&Vec<Seen>) -> bool) {
        let mut changes = self.seen.subscribe();
        let came = runtime().block_on(async { timeout(LIMIT, changes.wait_for(wanted)).await });
        assert!(came.is_ok(), "{what} did not come; seen: {:#?}", self.all());
    }
}
