//! The transport that gives canned answers.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex};

use http::{Request, Response};
use r2_transport::{Body, BoxFuture, ErrorKind, Transport, TransportError};

use super::Canned;
use crate::protocol::Named;
use crate::store::locked;

/// Unexpected requests that are remembered: the first ones tell what went wrong.
const UNEXPECTED_MAX: usize = 100;

/// A transport whose answers are told in advance. Clones share them.
///
/// Of the answers that fit a request the most particular one is taken: one for once, then one for
/// the operation, then the next in order. A request that none of them fits is an error that lists
/// what was expected, of a kind that no client tries again. Put a [`Journal`](crate::Journal)
/// around it to see what was sent.
///
/// ```
/// use http::Request;
/// use r2_sim::{Canned, Mock};
/// use r2_transport::{Body, Transport as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mock = Mock::new()
///     .once("GetObject", Canned::internal_error())
///     .on("GetObject", Canned::ok().body("hello"))
///     .then(Canned::no_such_bucket());
/// let get = || Request::get("http://r2.local/photos/a").body(Body::empty());
/// assert_eq!(mock.send(get()?).await?.status(), 500);
/// assert_eq!(mock.send(get()?).await?.into_body().collect(9).await?, "hello");
///
/// let list = || Request::get("http://r2.local/photos").body(Body::empty());
/// assert_eq!(mock.send(list()?).await?.status(), 404);
/// assert!(mock.send(list()?).await.is_err());
/// assert_eq!(mock.unexpected(), ["ListObjectsV1 photos"]);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Mock {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    always: BTreeMap<String, Canned>,
    once: BTreeMap<String, VecDeque<Canned>>,
    then: VecDeque<Canned>,
    unexpected: Vec<String>,
}

impl Mock {
    /// Expects nothing yet.
    #[must_use]
    pub fn new() -> Mock {
        Mock::default()
    }

    /// Answers every request of an operation, by its S3 name.
    #[must_use]
    pub fn on(self, operation: &str, answer: Canned) -> Mock {
        locked(&self.state).always.insert(operation.to_owned(), answer);
        self
    }

    /// Answers one request of an operation. Said several times, the answers come in that order.
    #[must_use]
    pub fn once(self, operation: &str, answer: Canned) -> Mock {
        locked(&self.state).once.entry(operation.to_owned()).or_default().push_back(answer);
        self
    }

    /// Answers the next request that no operation's answer fits, whatever it is.
    #[must_use]
    pub fn then(self, answer: Canned) -> Mock {
        locked(&self.state).then.push_back(answer);
        self
    }

    /// Requests that had no answer, the first hundred.
    #[must_use]
    pub fn unexpected(&self) -> Vec<String> {
        locked(&self.state).unexpected.clone()
    }

    /// Asserts that every answer for once and in order was given, and every request had one.
    ///
    /// # Panics
    ///
    /// If not; the message lists both.
    #[track_caller]
    pub fn assert_done(&self) {
        let (left, unexpected) = {
            let state = locked(&self.state);
            (state.left(), state.unexpected.clone())
        };
        assert!(
            left.is_empty() && unexpected.is_empty(),
            "answers that were not asked for: {}\nrequests without an answer: {}",
            listed(&left),
            listed(&unexpected)
        );
    }
}

impl State {
    fn answer(&mut self, operation: &str) -> Option<Canned> {
        let once = self.once.get_mut(operation).and_then(VecDeque::pop_front);
        once.or_else(|| self.always.get(operation).cloned()).or_else(|| self.then.pop_front())
    }

    /// What is still to be given.
    fn left(&self) -> Vec<String> {
        let once = self.once.iter().filter(|(_, left)| !left.is_empty());
        let mut left: Vec<String> =
            once.map(|(operation, left)| format!("{} of {operation}", left.len())).collect();
        if !self.then.is_empty() {
            left.push(format!("{} of any operation", self.then.len()));
        }
        left
    }

    fn refuse(&mut self, asked: String) -> TransportError {
        let mut expected = self.left();
        expected.extend(self.always.keys().map(|operation| format!("any number of {operation}")));
        let why = format!("the mock has no answer to it, it expects: {}", listed(&expected));
        if self.unexpected.len() < UNEXPECTED_MAX {
            self.unexpected.push(asked.clone());
        }
        TransportError::new(ErrorKind::InvalidRequest, why).at(asked)
    }
}

fn listed(items: &[String]) -> String {
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

impl Transport for Mock {
    fn send(
        &self,
        request: Request<Body>,
    ) -> BoxFuture<'_, Result<Response<Body>, TransportError>> {
        Box::pin(async move {
            let is_copy = request.headers().contains_key("x-amz-copy-source");
            let named = Named::of(request.method(), request.uri(), is_copy);
            let answer = {
                let mut state = locked(&self.state);
                match state.answer(&named.operation) {
                    Some(answer) => answer,
                    None => return Err(state.refuse(named.to_string())),
                }
            };
            let (parts, mut body) = request.into_parts();
            while let Some(chunk) = body.next_chunk().await {
                chunk?;
            }
            answer.give(&parts.method).await
        })
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = locked(&self.state);
        f.debug_struct("Mock")
            .field("left", &state.left())
            .field("unexpected", &state.unexpected)
            .finish_non_exhaustive()
    }
}
