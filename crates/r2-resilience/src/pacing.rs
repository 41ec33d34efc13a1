//! Writes to one key, one after the other and spaced out.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::deadline::later;

/// The options of a [`KeyPacer`].
///
/// R2 takes one write per second and key and answers 429 above (Cloudflare's Limits page). A
/// client that knows this waits its turn instead of being refused and backing off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyPacing {
    /// From the end of a write to the start of the next on the same key. Default: 1 s.
    pub interval: Duration,
    /// Keys remembered at one time; writes to more keys pass without pacing, and the server has
    /// the last word. Default: 65,536, about 10 MiB with long keys.
    pub keys_max: usize,
}

impl KeyPacing {
    /// The defaults above.
    #[must_use]
    pub const fn new() -> Self {
        Self { interval: Duration::from_secs(1), keys_max: 65_536 }
    }

    /// Sets the time between two writes to a key.
    #[must_use]
    pub const fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Sets how many keys are remembered.
    #[must_use]
    pub const fn keys_max(mut self, keys: usize) -> Self {
        self.keys_max = keys;
        self
    }
}

impl Default for KeyPacing {
    fn default() -> Self {
        Self::new()
    }
}

/// The pacer's answer to "may I write this key?".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every answer there is")]
pub enum KeyTurn {
    /// Write, and say when it is over.
    Go,
    /// Write; there are too many keys to remember this one.
    Untracked,
    /// Ask again then: the last write is too recent.
    WaitUntil(Instant),
    /// Ask again when the write under way is over.
    Busy,
}

/// Remembers the keys that are being written, or were a moment ago.
///
/// ```
/// use r2_resilience::{KeyPacer, KeyPacing, KeyTurn};
/// # let now = tokio::time::Instant::now().into_std();
///
/// let mut pacer = KeyPacer::new(KeyPacing::new());
/// assert_eq!(pacer.enter("latest", now), KeyTurn::Go);
/// assert_eq!(pacer.enter("latest", now), KeyTurn::Busy);
/// pacer.leave("latest", now);
/// assert_eq!(pacer.enter("latest", now), KeyTurn::WaitUntil(now + KeyPacing::new().interval));
/// ```
#[derive(Debug, Clone)]
pub struct KeyPacer {
    policy: KeyPacing,
    keys: HashMap<Arc<str>, KeyState>,
    /// Keys to forget, in order of time.
    expiry: VecDeque<(Instant, Arc<str>)>,
}

#[derive(Debug, Clone, Copy)]
enum KeyState {
    Writing,
    FreeAt(Instant),
}

impl KeyPacer {
    /// A pacer that remembers nothing.
    #[must_use]
    pub fn new(policy: KeyPacing) -> Self {
        Self { policy, keys: HashMap::new(), expiry: VecDeque::new() }
    }

    /// How many keys it remembers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Does it remember no key?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The time between two writes to a key.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.policy.interval
    }

    /// Asks to write `key` at `now`. After [`KeyTurn::Go`], [`leave`](Self::leave) must follow.
    pub fn enter(&mut self, key: &str, now: Instant) -> KeyTurn {
        self.forget(now);
        let full = self.keys.len() >= self.policy.keys_max;
        match self.keys.get_mut(key) {
            Some(KeyState::Writing) => KeyTurn::Busy,
            Some(KeyState::FreeAt(at)) if *at > now => KeyTurn::WaitUntil(*at),
            Some(state) => {
                *state = KeyState::Writing;
                KeyTurn::Go
            }
            None if full => KeyTurn::Untracked,
            None => {
                self.keys.insert(key.into(), KeyState::Writing);
                KeyTurn::Go
            }
        }
    }

    /// The write that was let in is over, well or not: it may have reached the server.
    pub fn leave(&mut self, key: &str, now: Instant) {
        let Some((key, _)) = self.keys.get_key_value(key) else { return };
        let key = Arc::clone(key);
        let at = later(now, self.policy.interval);
        self.keys.insert(Arc::clone(&key), KeyState::FreeAt(at));
        self.expiry.push_back((at, key));
    }

    fn forget(&mut self, now: Instant) {
        while let Some((_, key)) = self.expiry.pop_front_if(|(at, _)| *at <= now) {
            if let Some(KeyState::FreeAt(at)) = self.keys.get(&key)
                && *at <= now
            {
                self.keys.remove(&key);
            }
        }
    }
}
