//! What arrived, and what a server allows.

use std::{borrow::Cow, fmt, time::Duration};

/// A request as it arrived: nothing decoded, nothing normalised.
#[derive(Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "what SigV4 can cover of a request, and no more")]
pub struct Received<'a> {
    /// `GET`, `PUT`, ...
    pub method: &'a str,
    /// The path as it stands in the request line.
    pub path: &'a str,
    /// The query as it stands there, without its question mark.
    pub query: &'a str,
    /// All headers, names in lower case, repeated ones as often as they came.
    pub headers: &'a [(&'a str, &'a str)],
}

impl<'a> Received<'a> {
    /// A header's value; of a repeated one all values, joined as HTTP joins them, so that no two
    /// readers can disagree about which of them counts.
    pub(super) fn header(&self, name: &str) -> Option<Cow<'a, str>> {
        let mut values = self.values(name);
        let first = values.next()?;
        Some(values.fold(Cow::Borrowed(first), |joined, next| (joined + ", ") + next))
    }

    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |header| header.0 == name).map(|header| header.1)
    }
}

impl fmt::Debug for Received<'_> {
    /// Leaves out the query and the header values: they may carry signatures and session tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, query: _, headers } = self;
        let names: Vec<_> = headers.iter().map(|header| header.0).collect();
        f.debug_struct("Received")
            .field("method", method)
            .field("path", path)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}

/// What a server allows. [`Rules::new`] is R2.
///
/// ```
/// use r2_sign::verify::Rules;
///
/// let rules = Rules::new().access_key_id_bytes(None); // keys of any length
/// assert_eq!(rules, Rules::default().access_key_id_bytes(None));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rules {
    /// Length that an access key id must have; 32 on R2, `None` for any.
    pub access_key_id_bytes: Option<usize>,
    /// How far the date of a request may be off, either way. 15 minutes on R2.
    pub skew_max: Duration,
    /// How far in the future a presigned URL may be dated. R2 is not known to look, hence `None`;
    /// a server that wants seven days to be the longest life of a URL sets it.
    pub presigned_future_max: Option<Duration>,
}

impl Rules {
    /// R2's rules.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            access_key_id_bytes: Some(32),
            skew_max: Duration::from_secs(15 * 60),
            presigned_future_max: None,
        }
    }

    /// Sets the length of access key ids.
    #[must_use]
    pub const fn access_key_id_bytes(mut self, bytes: Option<usize>) -> Self {
        self.access_key_id_bytes = bytes;
        self
    }

    /// Sets the allowed skew.
    #[must_use]
    pub const fn skew_max(mut self, skew: Duration) -> Self {
        self.skew_max = skew;
        self
    }

    /// Sets how far ahead a presigned URL may be dated.
    #[must_use]
    pub const fn presigned_future_max(mut self, future: Option<Duration>) -> Self {
        self.presigned_future_max = future;
        self
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::new()
    }
}
