//! Conditions, and whether they hold: for back ends that decide by themselves.

use r2_objects::{ETag, ETagMatch, LastModified, Precondition};

use super::{StorageError, StorageErrorKind};

/// What must be there for a write to be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a writer knows nothing, or what it replaces")]
pub enum PutCondition {
    /// Anything, or nothing: the write replaces it.
    #[default]
    Always,
    /// Nothing: the write creates. Of several at once, one wins.
    Absent,
    /// The version with this tag: the write replaces what the writer has seen.
    Matches(ETag),
}

impl PutCondition {
    /// As the HTTP client says it.
    #[must_use]
    pub fn precondition(&self) -> Option<Precondition> {
        match self {
            Self::Always => None,
            Self::Absent => Some(Precondition::absent()),
            Self::Matches(etag) => Some(Precondition::unchanged(etag.clone())),
        }
    }
}

/// Decides a write: `current` is the tag of what is there.
///
/// # Errors
///
/// [`StorageErrorKind::PreconditionFailed`] says what is there instead.
///
/// ```
/// use r2_backend::storage::{PutCondition, check_put};
///
/// assert!(check_put(&PutCondition::Absent, None).is_ok());
/// assert!(check_put(&PutCondition::Absent, Some(&"abc".try_into()?)).is_err());
/// # Ok::<(), r2_objects::NameError>(())
/// ```
pub fn check_put(condition: &PutCondition, current: Option<&ETag>) -> Result<(), StorageError> {
    let message = match (condition, current) {
        (PutCondition::Always, _) | (PutCondition::Absent, None) => return Ok(()),
        (PutCondition::Matches(wanted), Some(current)) if same(wanted, current) => return Ok(()),
        (PutCondition::Absent, Some(_)) => "the object exists already".to_owned(),
        (PutCondition::Matches(wanted), Some(current)) => {
            format!("the object is {current}, not {wanted}: read it again")
        }
        (PutCondition::Matches(_), None) => "the object to replace is gone".to_owned(),
    };
    Err(StorageError::new(StorageErrorKind::PreconditionFailed, message))
}

/// Decides a read of the object with this tag, written at this moment, as HTTP says: a condition on
/// the tag overrides the one on the date.
///
/// # Errors
///
/// [`StorageErrorKind::PreconditionFailed`] and [`StorageErrorKind::NotModified`].
///
/// ```
/// use r2_backend::storage::{StorageErrorKind, check_read};
/// use r2_objects::{ETag, Precondition};
///
/// let etag = ETag::parse("abc")?;
/// let known = [Precondition::changed(etag.clone())];
/// let error = check_read(&known, &etag, None).unwrap_err();
/// assert_eq!(error.kind(), StorageErrorKind::NotModified);
/// # Ok::<(), r2_objects::NameError>(())
/// ```
pub fn check_read(
    conditions: &[Precondition],
    etag: &ETag,
    modified: Option<LastModified>,
) -> Result<(), StorageError> {
    let (mut wanted, mut known, mut since, mut until) = (None, None, None, None);
    for condition in conditions {
        match condition {
            Precondition::IfMatch(tags) => wanted = Some(tags),
            Precondition::IfNoneMatch(tags) => known = Some(tags),
            Precondition::IfModifiedSince(moment) => since = Some(*moment),
            Precondition::IfUnmodifiedSince(moment) => until = Some(*moment),
            _ => return Err(unknown(condition)),
        }
    }
    // headers carry whole seconds
    let written = modified.map(|moment| moment.unix_seconds());
    let seconds = |moment| LastModified::from(moment).unix_seconds();
    let failed = match (wanted, until) {
        (Some(tags), _) => !names(tags, etag),
        (None, Some(until)) => written.is_some_and(|written| written > seconds(until)),
        (None, None) => false,
    };
    if failed {
        let message = format!("the object is {etag}, which is not the version asked for");
        return Err(StorageError::new(StorageErrorKind::PreconditionFailed, message));
    }
    let same = match (known, since) {
        (Some(tags), _) => names(tags, etag),
        (None, Some(since)) => written.is_some_and(|written| written <= seconds(since)),
        (None, None) => false,
    };
    if same { Err(StorageError::of(StorageErrorKind::NotModified)) } else { Ok(()) }
}

fn names(tags: &ETagMatch, etag: &ETag) -> bool {
    match tags {
        ETagMatch::Any => true,
        ETagMatch::Tags(tags) => tags.is_empty() || tags.iter().any(|tag| same(tag, etag)),
    }
}

/// Weak tags never stand for the same bytes, but a proxy may have weakened ours on its way.
fn same(a: &ETag, b: &ETag) -> bool {
    a.as_str() == b.as_str()
}

fn unknown(condition: &Precondition) -> StorageError {
    let message = format!("the condition {condition:?} is not known here");
    StorageError::new(StorageErrorKind::Unsupported, message)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    fn tag(text: &str) -> ETag {
        ETag::parse(text).unwrap()
    }

    #[test]
    fn reads_are_decided_as_http_says() {
        use StorageErrorKind::{NotModified, PreconditionFailed};
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let matches = || Precondition::unchanged(tag("a"));
        let table: [(Vec<Precondition>, Option<StorageErrorKind>); 9] = [
            (vec![], None),
            (vec![matches()], None),
            (vec![Precondition::unchanged(tag("b"))], Some(PreconditionFailed)),
            (vec![Precondition::changed(tag("a"))], Some(NotModified)),
            (vec![Precondition::changed(tag("b"))], None),
            (vec![Precondition::IfModifiedSince(at(100))], Some(NotModified)),
            (vec![Precondition::IfUnmodifiedSince(at(99))], Some(PreconditionFailed)),
            (vec![Precondition::IfUnmodifiedSince(at(99)), matches()], None),
            (vec![Precondition::IfModifiedSince(at(100)), Precondition::changed(tag("b"))], None),
        ];
        for (conditions, expected) in table {
            let result = check_read(&conditions, &tag("a"), Some(at(100).into()));
            assert_eq!(result.err().map(|error| error.kind()), expected, "{conditions:?}");
        }
    }

    #[test]
    fn writes_are_decided_by_what_is_there() {
        let table = [
            (PutCondition::Always, None, true),
            (PutCondition::Always, Some("a"), true),
            (PutCondition::Absent, Some("a"), false),
            (PutCondition::Matches(tag("a")), Some("a"), true),
            (PutCondition::Matches(tag("a")), Some("b"), false),
            (PutCondition::Matches(tag("a")), None, false),
        ];
        for (condition, current, done) in table {
            let current = current.map(tag);
            assert_eq!(check_put(&condition, current.as_ref()).is_ok(), done, "{condition:?}");
        }
    }
}
