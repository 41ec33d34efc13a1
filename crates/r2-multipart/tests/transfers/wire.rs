//! The wire between client and emulator: a journal of what was sent, and trouble on demand.

use std::sync::{Arc, Mutex, MutexGuard};

use futures_util::StreamExt as _;
use http::{HeaderMap, Method, Request, Response};
use r2_sim::Emulator;
use r2_transport::{Body, BoxFuture, ErrorKind, Transport, TransportError};
use tokio::sync::Notify;

use crate::world::put;

/// What happens to one request.
#[derive(Clone, Debug)]
pub(crate) enum Fate {
    /// It reaches the emulator and is answered.
    Pass,
    /// It never arrives, and no answer comes: the moment of death.
    DieBefore,
    /// It takes effect, and no answer comes.
    DieAfter,
    /// It takes effect, and the connection breaks before the answer.
    LoseReply,
    /// The server answers with this status and an error of that code.
    Refuse(u16, &'static str),
    /// The body of the answer breaks after so many bytes.
    CutReply(usize),
    /// One byte of the body of the answer is another.
    FlipReply,
    /// One byte of the body of the request is another.
    FlipRequest,
    /// After it took effect, something else is put under the key.
    Replace(Vec<u8>),
}

/// A request as it went over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) length: u64,
    /// The status of the answer; 0 when none came.
    pub(crate) status: u16,
}

impl Sent {
    /// A short form: operation and, for parts and ranges, which.
    pub(crate) fn brief(&self) -> String {
        let query = |name: &str| {
            let pair = self.query.split('&').find_map(|pair| pair.strip_prefix(name));
            pair.and_then(|value| value.strip_prefix('=')).map(str::to_owned)
        };
        let range = self.headers.get("range").and_then(|range| range.to_str().ok());
        match (self.method.as_str(), query("partNumber"), self.query.contains("uploadId=")) {
            ("PUT", Some(number), true) => format!("part {number}"),
            ("POST", _, true) => "complete".to_owned(),
            ("DELETE", _, true) => "abort".to_owned(),
            ("GET", _, true) => "list parts".to_owned(),
            ("POST", ..) if self.query.contains("uploads") => "create".to_owned(),
            ("PUT", ..) if self.headers.contains_key("x-amz-copy-source") => "copy".to_owned(),
            ("GET", ..) => range.map_or("get".to_owned(), |range| format!("get {range}")),
            (method, ..) => method.to_lowercase(),
        }
    }
}

type Decide = Box<dyn FnMut(usize, &Sent) -> Fate + Send>;

struct State {
    journal: Vec<Sent>,
    decide: Decide,
}

/// A [`Transport`] to an emulator.
#[derive(Clone)]
pub(crate) struct Wire {
    emulator: Emulator,
    state: Arc<Mutex<State>>,
    death: Arc<Notify>,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

impl Wire {
    pub(crate) fn new(
        emulator: &Emulator,
        decide: impl FnMut(usize, &Sent) -> Fate + Send + 'static,
    ) -> Self {
        let state = State { journal: Vec::new(), decide: Box::new(decide) };
        let state = Arc::new(Mutex::new(state));
        Self { emulator: emulator.clone(), state, death: Arc::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Everything that was sent, in order.
    pub(crate) fn journal(&self) -> Vec<Sent> {
        self.state().journal.clone()
    }

    /// The journal in short.
    pub(crate) fn briefs(&self) -> Vec<String> {
        self.journal().iter().map(Sent::brief).collect()
    }

    /// Comes when a request died.
    pub(crate) async fn death(&self) {
        self.death.notified().await;
    }

    async fn exchange(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let sent = Sent {
            method: request.method().clone(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            headers: request.headers().clone(),
            length: request.body().length().unwrap_or_default(),
            status: 0,
        };
        let (index, fate) = {
            let mut state = self.state();
            let index = state.journal.len();
            state.journal.push(sent.clone());
            let fate = (state.decide)(index, &sent);
            (index, fate)
        };
        let answer = match &fate {
            Fate::DieBefore => return self.die().await,
            Fate::Refuse(status, code) => refusal(*status, code),
            Fate::FlipRequest => {
                let request = request.map(flip);
                self.emulator.send(request).await?
            }
            _ => self.emulator.send(request).await?,
        };
        match &fate {
            Fate::DieAfter => return self.die().await,
            Fate::LoseReply => return Err(TransportError::new(ErrorKind::Reset, "lost")),
            Fate::Replace(content) => put(&self.emulator, content.clone()).await,
            _ => {}
        }
        self.state().journal[index].status = answer.status().as_u16();
        Ok(match fate {
            Fate::CutReply(bytes) => answer.map(|body| cut(body, bytes)),
            Fate::FlipReply => answer.map(flip),
            _ => answer,
        })
    }

    async fn die(&self) -> Result<Response<Body>, TransportError> {
        self.death.notify_one();
        std::future::pending().await
    }
}

impl Transport for Wire {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

fn refusal(status: u16, code: &str) -> Response<Body> {
    let text =
        format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>");
    let response = Response::builder().status(status).header("content-type", "application/xml");
    response.body(Body::from(text)).unwrap()
}

fn cut(body: Body, bytes: usize) -> Body {
    let length = body.length();
    let mut left = bytes;
    let chunks = body.map(move |chunk| {
        let mut chunk = chunk.map_err(std::io::Error::other)?;
        if left == 0 {
            return Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
        }
        chunk.truncate(left);
        left -= chunk.len();
        Ok(chunk)
    });
    Body::one_shot(chunks, length)
}

fn flip(body: Body) -> Body {
    let length = body.length();
    let mut flipped = false;
    let chunks = body.map(move |chunk| {
        let chunk = chunk.map_err(std::io::Error::other)?;
        if std::mem::replace(&mut flipped, true) {
            return Ok(chunk);
        }
        let mut bytes = chunk.to_vec();
        if let Some(last) = bytes.last_mut() {
            *last ^= 1;
        }
        Ok::<_, std::io::Error>(bytes.into())
    });
    Body::one_shot(chunks, length)
}
