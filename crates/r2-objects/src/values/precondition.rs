//! Conditions a request sets on the object it meets.

use std::fmt;
use std::time::SystemTime;

use super::LastModified;
use crate::names::ETag;

/// A condition on the object that a request meets. Several may be set; they combine as HTTP says: a
/// passing `IfMatch` overrides `IfUnmodifiedSince`, a passing `IfNoneMatch` overrides
/// `IfModifiedSince`.
///
/// On R2 an `IfMatch` that meets no object fails with 412, where AWS says 404.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Precondition {
    /// The object exists and its tag is one of these.
    IfMatch(ETagMatch),
    /// The object does not exist, or its tag is none of these.
    IfNoneMatch(ETagMatch),
    /// The object was written after this moment (whole seconds).
    IfModifiedSince(SystemTime),
    /// The object was not written after this moment (whole seconds).
    IfUnmodifiedSince(SystemTime),
}

impl Precondition {
    /// Only if nothing is there: `If-None-Match: *`.
    #[must_use]
    pub fn absent() -> Self {
        Self::IfNoneMatch(ETagMatch::Any)
    }

    /// Only if the object still is the one with this tag: `If-Match`.
    #[must_use]
    pub fn unchanged(etag: ETag) -> Self {
        Self::IfMatch(ETagMatch::Tags(vec![etag]))
    }

    /// Only if the object is no longer the one with this tag: `If-None-Match`.
    #[must_use]
    pub fn changed(etag: ETag) -> Self {
        Self::IfNoneMatch(ETagMatch::Tags(vec![etag]))
    }
}

/// The tags a condition names.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "HTTP knows these two forms")]
pub enum ETagMatch {
    /// `*`: whatever is there.
    Any,
    /// One of these; an empty list is sent as `*`.
    Tags(Vec<ETag>),
}

impl fmt::Display for ETagMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tags = match self {
            Self::Any => &[],
            Self::Tags(tags) => tags.as_slice(),
        };
        let Some((first, rest)) = tags.split_first() else { return f.write_str("*") };
        write!(f, "{first}")?;
        rest.iter().try_for_each(|tag| write!(f, ", {tag}"))
    }
}

/// The four conditions of one request; setting one again replaces it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions {
    if_match: Option<ETagMatch>,
    if_none_match: Option<ETagMatch>,
    if_modified_since: Option<SystemTime>,
    if_unmodified_since: Option<SystemTime>,
}

impl Conditions {
    pub(crate) fn set(&mut self, condition: Precondition) {
        match condition {
            Precondition::IfMatch(tags) => self.if_match = Some(tags),
            Precondition::IfNoneMatch(tags) => self.if_none_match = Some(tags),
            Precondition::IfModifiedSince(time) => self.if_modified_since = Some(time),
            Precondition::IfUnmodifiedSince(time) => self.if_unmodified_since = Some(time),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        let Self { if_match, if_none_match, if_modified_since, if_unmodified_since } = self;
        if_match.is_none()
            && if_none_match.is_none()
            && if_modified_since.is_none()
            && if_unmodified_since.is_none()
    }

    /// Is this "only if nothing is there"?
    pub(crate) fn is_create_only(&self) -> bool {
        let Self { if_match, if_none_match, if_modified_since, if_unmodified_since } = self;
        let absent = match if_none_match {
            Some(ETagMatch::Any) => true,
            Some(ETagMatch::Tags(tags)) => tags.is_empty(),
            None => false,
        };
        absent && if_match.is_none() && if_modified_since.is_none() && if_unmodified_since.is_none()
    }

    /// The headers, each as the end of its name after `if-` and its value.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&'static str, String)> {
        let tags = |name, tags: &Option<ETagMatch>| Some((name, tags.as_ref()?.to_string()));
        let date = |name, date: Option<SystemTime>| Some((name, LastModified::from(date?).http()));
        [
            tags("match", &self.if_match),
            tags("none-match", &self.if_none_match),
            date("modified-since", self.if_modified_since),
            date("unmodified-since", self.if_unmodified_since),
        ]
        .into_iter()
        .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_become_headers() {
        let tag = |text| ETag::parse(text).unwrap();
        let mut conditions = Conditions::default();
        assert!(conditions.is_empty());
        conditions.set(Precondition::IfMatch(ETagMatch::Tags(vec![tag("a"), tag("W/\"b\"")])));
        conditions.set(Precondition::IfModifiedSince(SystemTime::UNIX_EPOCH));
        let headers: Vec<_> = conditions.headers().collect();
        assert_eq!(headers[0], ("match", "\"a\", W/\"b\"".to_owned()));
        assert_eq!(headers[1], ("modified-since", "Thu, 01 Jan 1970 00:00:00 GMT".to_owned()));
        assert!(!conditions.is_create_only());
    }

    #[test]
    fn only_if_none_match_any_means_create_only() {
        let mut conditions = Conditions::default();
        conditions.set(Precondition::absent());
        assert!(conditions.is_create_only());
        conditions.set(Precondition::changed(ETag::parse("a").unwrap()));
        assert!(!conditions.is_create_only());
    }
}
