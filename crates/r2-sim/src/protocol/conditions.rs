//! Conditional requests as R2's gateway evaluates them.
//!
//! Without an object a condition holds only if neither `If-Match` nor `If-Modified-Since` is given:
//! so `If-Match` on a missing key is 412 (AWS: 404), and `If-Unmodified-Since` alone works as
//! "create only". The rules are those of workers-sdk's `validator`, adapted from R2's gateway.

use http::HeaderMap;

use super::Refusal;
use super::dates::parse_http_date;
use super::headers::text;

/// Conditions of one request, or of one side of a copy.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Conditions {
    pub(crate) if_match: Option<Vec<Tag>>,
    pub(crate) if_none_match: Option<Vec<Tag>>,
    /// Milliseconds since 1970, whole seconds.
    pub(crate) if_modified_since: Option<u64>,
    pub(crate) if_unmodified_since: Option<u64>,
}

/// One entity tag of a condition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Tag {
    /// `*`.
    Any,
    /// `"…"` or the same without quotes, which R2 takes as well.
    Strong(String),
    /// `W/"…"`.
    Weak(String),
}

/// The state a condition is compared with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State<'s> {
    pub(crate) etag: &'s str,
    /// Milliseconds since 1970.
    pub(crate) modified: u64,
}

/// What the conditions say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Holds,
    /// 412.
    Failed,
    /// 304 on a read, 412 on a write.
    NotModified,
}

impl Conditions {
    /// Reads `<prefix>if-match` and its three companions. An empty header is none. A date that is
    /// none stands for the beginning of 1970, so that a write that it should guard does not happen
    /// (workers-sdk's local R2; HTTP would ignore it).
    pub(crate) fn read(headers: &HeaderMap, prefix: &str) -> Conditions {
        let get = |name: &str| {
            text(headers, &format!("{prefix}{name}")).filter(|value| !value.is_empty())
        };
        let date = |value: &str| parse_http_date(value).unwrap_or_default();
        Conditions {
            if_match: get("if-match").map(parse_tags),
            if_none_match: get("if-none-match").map(parse_tags),
            if_modified_since: get("if-modified-since").map(date),
            if_unmodified_since: get("if-unmodified-since").map(date),
        }
    }

    pub(crate) fn evaluate(&self, state: Option<State<'_>>) -> Outcome {
        let Some(state) = state else {
            let fails = self.if_match.is_some() || self.if_modified_since.is_some();
            return if fails { Outcome::Failed } else { Outcome::Holds };
        };
        let second = state.modified / 1000 * 1000;
        match &self.if_match {
            Some(tags) if !tags.iter().any(|tag| tag.matches_strongly(state.etag)) => {
                return Outcome::Failed;
            }
            // A match that holds makes the date beside it irrelevant.
            Some(_) => {}
            None if self.if_unmodified_since.is_some_and(|date| date < second) => {
                return Outcome::Failed;
            }
            None => {}
        }
        match &self.if_none_match {
            Some(tags) if tags.iter().any(|tag| tag.matches_weakly(state.etag)) => {
                Outcome::NotModified
            }
            Some(_) => Outcome::Holds,
            None if self.if_modified_since.is_some_and(|date| second <= date) => {
                Outcome::NotModified
            }
            None => Outcome::Holds,
        }
    }

    /// For a write: everything that does not hold is 412.
    pub(crate) fn check_write(&self, state: Option<State<'_>>) -> Result<(), Refusal> {
        match self.evaluate(state) {
            Outcome::Holds => Ok(()),
            Outcome::Failed | Outcome::NotModified => Err(Refusal::precondition_failed()),
        }
    }
}

impl Tag {
    fn matches_strongly(&self, etag: &str) -> bool {
        match self {
            Tag::Any => true,
            Tag::Strong(tag) => tag == etag,
            Tag::Weak(_) => false,
        }
    }

    fn matches_weakly(&self, etag: &str) -> bool {
        match self {
            Tag::Any => true,
            Tag::Strong(tag) | Tag::Weak(tag) => tag == etag,
        }
    }
}

fn parse_tags(list: &str) -> Vec<Tag> {
    list.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(parse_tag).collect()
}

fn parse_tag(tag: &str) -> Tag {
    let unquoted = |tag: &str| tag.trim_matches('"').to_owned();
    match tag.strip_prefix("W/") {
        Some(weak) => Tag::Weak(unquoted(weak)),
        None if tag == "*" => Tag::Any,
        None => Tag::Strong(unquoted(tag)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: State<'static> = State { etag: "abc", modified: 784_111_777_500 };
    const EXACT: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

    fn evaluate(headers: &[(&'static str, &str)], state: Option<State<'_>>) -> Outcome {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Conditions::read(&map, "").evaluate(state)
    }

    #[test]
    fn against_an_object() {
        use Outcome::{Failed, Holds, NotModified};
        for (headers, expected) in [
            (&[][..], Holds),
            (&[("if-match", "\"abc\"")], Holds),
            (&[("if-match", "abc")], Holds),
            (&[("if-match", "*")], Holds),
            (&[("if-match", "\"x\", \"abc\"")], Holds),
            (&[("if-match", "W/\"abc\"")], Failed),
            (&[("if-match", "\"x\"")], Failed),
            (&[("if-none-match", "\"abc\"")], NotModified),
            (&[("if-none-match", "W/\"abc\"")], NotModified),
            (&[("if-none-match", "*")], NotModified),
            (&[("if-none-match", "\"x\"")], Holds),
            (&[("if-modified-since", BEFORE)], Holds),
            (&[("if-modified-since", EXACT)], NotModified),
            (&[("if-modified-since", AFTER)], NotModified),
            (&[("if-unmodified-since", BEFORE)], Failed),
            (&[("if-unmodified-since", EXACT)], Holds),
            (&[("if-unmodified-since", AFTER)], Holds),
            (&[("if-modified-since", "nonsense")], Holds),
            (&[("if-unmodified-since", "nonsense")], Failed),
            (&[("if-match", ""), ("if-unmodified-since", "")], Holds),
            // The tag beside a date decides.
            (&[("if-match", "\"abc\""), ("if-unmodified-since", BEFORE)], Holds),
            (&[("if-none-match", "\"x\""), ("if-modified-since", AFTER)], Holds),
        ] {
            assert_eq!(evaluate(headers, Some(STATE)), expected, "{headers:?}");
        }
    }

    #[test]
    fn without_an_object() {
        use Outcome::{Failed, Holds};
        for (headers, expected) in [
            (&[][..], Holds),
            (&[("if-match", "*")], Failed),
            (&[("if-match", "\"abc\"")], Failed),
            (&[("if-none-match", "*")], Holds),
            (&[("if-unmodified-since", BEFORE)], Holds),
            (&[("if-modified-since", BEFORE)], Failed),
        ] {
            assert_eq!(evaluate(headers, None), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_copy_reads_its_own_names() {
        let mut map = HeaderMap::new();
        map.insert("cf-copy-destination-if-none-match", "*".parse().unwrap());
        map.insert("if-match", "\"other\"".parse().unwrap());
        let conditions = Conditions::read(&map, "cf-copy-destination-");
        assert_eq!(conditions.if_none_match, Some(vec![Tag::Any]));
        assert!(conditions.if_match.is_none());
        assert_eq!(Conditions::read(&map, "x-amz-copy-source-"), Conditions::default());
        assert!(conditions.check_write(Some(STATE)).is_err());
        assert!(conditions.check_write(None).is_ok());
    }
}
