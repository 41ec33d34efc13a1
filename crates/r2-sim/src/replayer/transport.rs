//! The transport that replays.

use std::fmt;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use r2_transport::{Body, BoxFuture, Transport, TransportError};

use super::Playback;
use super::deck::Deck;
use super::miss::Miss;
use super::playback::{Contents, response};
use crate::cassette::{Ask, Cassette, Digest, Ending};
use crate::store::locked;

/// A transport that answers from a [`Cassette`], without a network and without credentials. Clones
/// share what was played.
///
/// # What matches
///
/// A request is answered by a recorded one of the same operation, bucket and key, with the same
/// parameters, the same headers that mean something, and the same body by its SHA-256. Signatures
/// and checksum headers are not compared: they say nothing that the body does not.
///
/// Requests of one operation to one key are answered in the order in which they were recorded.
/// Two things may come in any order: parts of an upload, by their numbers, and reads (GET and HEAD)
/// that ask for different things. So a transfer in parts replays whatever order its parts take.
///
/// All else is a miss: an error that names the recorded request that is most like it, and what
/// differs. It is of the kind [`InvalidRequest`](r2_transport::ErrorKind::InvalidRequest), which no
/// client tries again.
///
/// # Example
///
/// ```
/// use http::Request;
/// use r2_sim::{Cassette, Replayer};
/// use r2_transport::{Body, Transport as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let cassette = Cassette::parse(r#"{
///   "format": "r2-cassette", "version": 1, "name": "a small object",
///   "exchanges": [{
///     "operation": "GetObject", "bucket": "photos", "key": "a.txt",
///     "request": {"method": "GET", "path": "/photos/a.txt"},
///     "response": {"status": 200, "headers": {"etag": "\"x\""}, "body": {"text": "hello"}}
///   }]
/// }"#)?;
/// let replayer = Replayer::new(cassette);
/// let get = |key: &str| Request::get(format!("http://r2.local/photos/{key}"));
///
/// let error = replayer.send(get("b.txt").body(Body::empty())?).await.unwrap_err();
/// let why = std::error::Error::source(&error).expect("what is nearest").to_string();
/// assert!(why.contains(r#"key "b.txt" instead of "a.txt""#), "{why}");
///
/// let response = replayer.send(get("a.txt").body(Body::empty())?).await?;
/// assert_eq!(response.into_body().collect(100).await?, "hello");
/// assert!(replayer.unused().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Replayer {
    deck: Arc<Mutex<Deck>>,
    playback: Playback,
    base_path: String,
    contents: Arc<Contents>,
}

impl Replayer {
    /// Answers from this cassette, at once.
    #[must_use]
    pub fn new(cassette: Cassette) -> Replayer {
        Replayer {
            deck: Arc::new(Mutex::new(Deck::new(cassette))),
            playback: Playback::Instant,
            base_path: String::new(),
            contents: Arc::default(),
        }
    }

    /// How long it takes over its answers. Default: [`Playback::Instant`].
    #[must_use]
    pub fn playback(mut self, playback: Playback) -> Replayer {
        self.playback = playback;
        self
    }

    /// What stands before the bucket in the paths of the requests to come; the cassette has no such
    /// thing. Default: nothing.
    #[must_use]
    pub fn base_path(mut self, path: impl Into<String>) -> Replayer {
        self.base_path = path.into().trim_end_matches('/').to_owned();
        self
    }

    /// The bytes of an answer that the cassette names by its SHA-256 only. May be said several
    /// times.
    #[must_use]
    pub fn content(mut self, bytes: impl Into<Bytes>) -> Replayer {
        let bytes = bytes.into();
        Arc::make_mut(&mut self.contents).insert(Digest::of(&bytes), bytes);
        self
    }

    /// Recorded exchanges that nobody asked for, by number, operation and key.
    #[must_use]
    pub fn unused(&self) -> Vec<String> {
        locked(&self.deck).unused()
    }

    /// Requests that had no answer, the first hundred: each with what is nearest.
    #[must_use]
    pub fn misses(&self) -> Vec<String> {
        locked(&self.deck).misses()
    }

    /// Asserts that every exchange was played and every request had its answer.
    ///
    /// # Panics
    ///
    /// If not; the message lists both.
    #[track_caller]
    pub fn assert_exhausted(&self) {
        let (unused, misses) = (self.unused(), self.misses());
        if unused.is_empty() && misses.is_empty() {
            return;
        }
        let list = |lines: &[String]| lines.iter().map(|line| format!("\n  {line}")).collect();
        let (not_asked, no_answer): (String, String) = (list(&unused), list(&misses));
        panic!(
            "{} recorded exchanges were not asked for:{not_asked}\n{} requests had no answer:\
             {no_answer}",
            unused.len(),
            misses.len()
        );
    }

    async fn play(&self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let ask = Ask::of(&request, &self.base_path);
        let taken = locked(&self.deck).take(&ask);
        let (index, recorded) = taken.map_err(Miss::into_error)?;
        let (sha256, length) = digest(request.into_body()).await?;
        let checked = locked(&self.deck).check_body(index, &ask, &sha256, length);
        checked.map_err(Miss::into_error)?;
        let (first, rest) = self.playback.waits(recorded.latency);
        if !first.is_zero() {
            tokio::time::sleep(first).await;
        }
        match &recorded.ending {
            Ending::Reply(reply) => {
                let response = response(reply, &ask.method, rest, &self.contents);
                response.map_err(|length| {
                    let why = format!(
                        "the answer's body of {length} bytes is on the cassette by its SHA-256 \
                         only: give it to `Replayer::content`, or record it with \
                         `RecordOptions::noise`"
                    );
                    locked(&self.deck).unplayable(&ask, index, why).into_error()
                })
            }
            Ending::Failed { kind, is_unsent } => {
                let error = TransportError::from_kind(*kind).at("as it was recorded");
                Err(if *is_unsent { error.unsent() } else { error })
            }
        }
    }
}

async fn digest(mut body: Body) -> Result<(String, u64), TransportError> {
    let mut digest = Digest::new();
    while let Some(chunk) = body.next_chunk().await {
        digest.update(&chunk?);
    }
    Ok(digest.finish())
}

impl Transport for Replayer {
    /// An exchange is played from the moment its request is known: dropping the future does not
    /// give it back.
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(self.play(request))
    }
}

impl fmt::Debug for Replayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (played, exchanges) = locked(&self.deck).progress();
        f.debug_struct("Replayer")
            .field("played", &played)
            .field("exchanges", &exchanges)
            .field("playback", &self.playback)
            .finish_non_exhaustive()
    }
}
