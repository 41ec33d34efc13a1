//! Whether a file or object has to be sent again.

use r2_objects::ETag;
use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::options::Compare;

/// Which way things go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "a directory and a bucket, or two buckets")]
pub enum Direction {
    /// From a directory to a bucket.
    Upload,
    /// From a bucket to a directory.
    Download,
    /// From a bucket to a bucket.
    Copy,
}

/// Why something is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reason {
    /// The destination does not have it.
    New,
    /// The sizes differ.
    Size,
    /// The sizes are equal and the times do not fit, and the content could not be compared.
    Time,
    /// The contents differ.
    Content,
    /// Everything is sent, whether it differs or not.
    Asked,
}

/// What the listings alone say of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Same,
    Send(Reason),
    /// The file's content has to be compared with the ETag; if that tells nothing, `otherwise`.
    AskContent {
        otherwise: Otherwise,
    },
}

/// What is done when the content cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Otherwise {
    Same,
    Send,
}

/// Compares a pair by what the listings say.
pub(crate) fn compare(
    direction: Direction,
    how: Compare,
    source: &Entry,
    destination: &Entry,
) -> Verdict {
    match how {
        Compare::Always => return Verdict::Send(Reason::Asked),
        Compare::Absent => return Verdict::Same,
        Compare::Time | Compare::Size | Compare::Checksum => {}
    }
    if source.bytes != destination.bytes {
        return Verdict::Send(Reason::Size);
    }
    let fit = times_fit(direction, source, destination);
    let otherwise = if fit { Otherwise::Same } else { Otherwise::Send };
    match (how, direction) {
        (Compare::Size | Compare::Always | Compare::Absent, _) => Verdict::Same,
        (Compare::Time | Compare::Checksum, Direction::Copy) => {
            match tags(source.etag(), destination.etag()) {
                Some(true) => Verdict::Same,
                Some(false) => Verdict::Send(Reason::Content),
                None if fit => Verdict::Same,
                None => Verdict::Send(Reason::Time),
            }
        }
        (Compare::Time, _) if fit => Verdict::Same,
        (Compare::Time | Compare::Checksum, _) => Verdict::AskContent { otherwise },
    }
}

fn times_fit(direction: Direction, source: &Entry, destination: &Entry) -> bool {
    match direction {
        // The object was written after the file was last changed.
        Direction::Upload | Direction::Copy => source.modified <= destination.modified,
        // A download gets the time of its object.
        Direction::Download => destination.modified.is_that_of(source.modified),
    }
}

/// Whether two ETags speak of the same bytes. `None` if they do not tell: the same bytes have
/// another tag when they were uploaded in other parts.
fn tags(source: Option<ETag>, destination: Option<ETag>) -> Option<bool> {
    let (source, destination) = (source?, destination?);
    if source.is_weak() || destination.is_weak() {
        return None;
    }
    if source == destination {
        return Some(true);
    }
    (source.md5().is_some() && destination.md5().is_some()).then_some(false)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    const A: &str = "\"900150983cd24fb0d6963f7d28e17f72\"";
    const B: &str = "\"d41d8cd98f00b204e9800998ecf8427e\"";
    const PARTS: &str = "\"900150983cd24fb0d6963f7d28e17f72-2\"";

    fn entry(bytes: u64, ms: u64, etag: Option<&str>) -> Entry {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(ms);
        let etag = etag.map(str::to_owned);
        Entry { name: "name".into(), bytes, modified: time.into(), etag, infrequent: false }
    }

    #[test]
    fn each_way_has_its_rule() {
        use Compare::{Absent, Always, Checksum, Size, Time};
        use Direction::{Copy, Download, Upload};
        let same = Verdict::Same;
        let by_content = |otherwise| Verdict::AskContent { otherwise };
        let (then_same, then_send) = (by_content(Otherwise::Same), by_content(Otherwise::Send));
        let send = Verdict::Send;
        // (direction, how, source (bytes, ms), destination (bytes, ms), verdict)
        let table = [
            (Upload, Time, (1, 5_000), (2, 9_000), send(Reason::Size)),
            (Upload, Time, (1, 5_000), (1, 9_000), same),
            (Upload, Time, (1, 5_000), (1, 5_000), same),
            (Upload, Time, (1, 5_001), (1, 5_000), then_send),
            (Upload, Checksum, (1, 5_000), (1, 9_000), then_same),
            (Upload, Size, (1, 9_000), (1, 5_000), same),
            (Download, Time, (1, 5_900), (1, 5_900), same),
            (Download, Time, (1, 5_900), (1, 5_000), same), // kept in whole seconds
            (Download, Time, (1, 5_900), (1, 5_800), then_send),
            (Download, Time, (1, 5_900), (1, 6_000), then_send),
            (Download, Time, (1, 9_000), (1, 5_000), then_send),
            (Download, Checksum, (1, 5_000), (1, 5_000), then_same),
            (Download, Size, (2, 5_000), (1, 5_000), send(Reason::Size)),
            (Upload, Always, (1, 5_000), (1, 9_000), send(Reason::Asked)),
            (Upload, Absent, (1, 5_000), (2, 4_000), same),
            (Copy, Time, (1, 5_000), (1, 9_000), same),
            (Copy, Time, (1, 9_000), (1, 5_000), send(Reason::Time)),
        ];
        for (row, (direction, how, source, destination, verdict)) in table.iter().enumerate() {
            let (source, destination) =
                (entry(source.0, source.1, None), entry(destination.0, destination.1, None));
            assert_eq!(compare(*direction, *how, &source, &destination), *verdict, "row {row}");
        }
    }

    #[test]
    fn copies_are_told_apart_by_their_tags_where_these_tell() {
        let table = [
            (A, A, 9_000, Verdict::Same),
            (A, B, 1_000, Verdict::Send(Reason::Content)),
            (A, PARTS, 1_000, Verdict::Same),
            (A, PARTS, 9_000, Verdict::Send(Reason::Time)),
        ];
        for (source, destination, source_ms, verdict) in table {
            let source = entry(1, source_ms, Some(source));
            let destination = entry(1, 5_000, Some(destination));
            let got = compare(Direction::Copy, Compare::Time, &source, &destination);
            assert_eq!(got, verdict, "{source:?} {destination:?}");
        }
    }
}
