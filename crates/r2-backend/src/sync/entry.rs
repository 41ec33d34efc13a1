//! What a listing says of one file or object, whichever side it is on.

use std::fmt;
use std::time::{Duration, SystemTime};

use r2_objects::ETag;
use serde::{Deserialize, Serialize};

use super::name::UnsafeName;

/// A moment, before 1970 as well: what file systems and servers both can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Moment {
    seconds: i64,
    nanos: u32,
}

impl Moment {
    /// Is this `time`, or what is left of it where only whole seconds are kept: in headers, by some
    /// file systems, by other tools?
    pub(crate) fn is_that_of(self, time: Self) -> bool {
        self == time || self.nanos == 0 && self.seconds == time.seconds
    }

    pub(crate) fn time(self) -> SystemTime {
        let whole = Duration::from_secs(self.seconds.unsigned_abs());
        let nanos = Duration::from_nanos(self.nanos.into());
        let epoch = SystemTime::UNIX_EPOCH;
        let at = if self.seconds < 0 { epoch.checked_sub(whole) } else { epoch.checked_add(whole) };
        at.and_then(|at| at.checked_add(nanos)).unwrap_or(epoch)
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Self {
        let whole = |d: Duration| i64::try_from(d.as_secs()).unwrap_or(i64::MAX);
        match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => Self { seconds: whole(since), nanos: since.subsec_nanos() },
            Err(before) => {
                let before = before.duration();
                match before.subsec_nanos() {
                    0 => Self { seconds: -whole(before), nanos: 0 },
                    nanos => Self { seconds: -whole(before) - 1, nanos: 1_000_000_000 - nanos },
                }
            }
        }
    }
}

/// A file or an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Below the directory or prefix, with `/` between segments, spelled as it is there.
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) modified: Moment,
    /// Objects have one. As it stands in a header.
    pub(crate) etag: Option<String>,
    /// An object in Infrequent Access, which is billed apart.
    #[serde(default)]
    pub(crate) infrequent: bool,
}

impl Entry {
    pub(crate) fn etag(&self) -> Option<ETag> {
        self.etag.as_deref().and_then(|etag| ETag::parse(etag).ok())
    }
}

/// One thing that a listing brought up, in order of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Found {
    /// What can be transferred.
    Entry(Entry),
    /// Something that is there and cannot be transferred. It keeps its counterpart, and (where it
    /// could be a folder) everything below its counterpart, from being deleted.
    Hidden { name: String, reason: SkipReason },
    /// Something that has no counterpart on any other side; it stands at no place in the order.
    Nameless { name: String, reason: SkipReason },
}

impl Found {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Entry(entry) => &entry.name,
            Self::Hidden { name, .. } | Self::Nameless { name, .. } => name,
        }
    }
}

/// The side of a sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "there are two")]
pub enum Side {
    /// Where things come from.
    Source,
    /// Where they go.
    Destination,
}

/// Why something was left alone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum SkipReason {
    /// A symbolic link, and they are not followed.
    Symlink,
    /// A symbolic link that leads to a folder around it, or nowhere.
    BrokenLink,
    /// A socket, pipe or device.
    SpecialFile,
    /// The unfinished file of a download.
    Unfinished,
    /// An empty object whose key ends with a slash: the folder icon of some tools.
    FolderMarker,
    /// It could not be looked at; the text says why.
    Unreadable(String),
    /// Its name is not Unicode, and keys are.
    NotUnicode,
    /// With the prefix, its key would have more than 1,024 bytes.
    KeyTooLong,
    /// Its key cannot be a path.
    UnsafeName(UnsafeName),
    /// Another name on the same side is the same to the other side.
    SameName(String),
    /// It lies under a name that is a file, and would have to be a folder as well.
    UnderFile(String),
    /// The destination has something else at its place; the text says what.
    Blocked(String),
}

impl SkipReason {
    /// Is leaving it alone what was asked for, so that nothing is missing at the end?
    #[must_use]
    pub fn is_expected(&self) -> bool {
        matches!(self, Self::Symlink | Self::SpecialFile | Self::Unfinished | Self::FolderMarker)
    }
}

impl SkipReason {
    /// Might what was left alone be a folder, with things below it that nobody looked at?
    pub(crate) fn covers_below(&self) -> bool {
        matches!(self, Self::Symlink | Self::BrokenLink | Self::Unreadable(_) | Self::KeyTooLong)
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Symlink => f.write_str("a symbolic link"),
            Self::BrokenLink => f.write_str("a symbolic link that leads around itself or nowhere"),
            Self::SpecialFile => f.write_str("not a regular file"),
            Self::Unfinished => f.write_str("the unfinished file of a download"),
            Self::FolderMarker => f.write_str("an empty folder marker"),
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
            Self::NotUnicode => f.write_str("a name that is not Unicode cannot be a key"),
            Self::KeyTooLong => f.write_str("its key would have more than 1,024 bytes"),
            Self::UnsafeName(why) => write!(f, "cannot be a file here: its key {why}"),
            Self::SameName(other) => {
                write!(f, "is the same name as {:?} to the other side", other)
            }
            Self::Blocked(what) => write!(f, "the destination has something else there: {what}"),
            Self::UnderFile(file) => write!(f, "{file:?} is a file and cannot be its folder"),
        }
    }
}

/// Something that was left alone, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Skipped {
    /// The side it is on.
    pub side: Side,
    /// Its name below the directory or prefix.
    pub name: String,
    /// Why it was left alone.
    pub reason: SkipReason,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn moments_keep_time_and_order(a in -5_000_000_000_000_i64..5_000_000_000_000, b: i32) {
            let time = |micros: i64| {
                let distance = Duration::from_micros(micros.unsigned_abs());
                let epoch = SystemTime::UNIX_EPOCH;
                if micros < 0 { epoch - distance } else { epoch + distance }
            };
            let (first, second) = (time(a), time(a + i64::from(b)));
            prop_assert_eq!(Moment::from(first).time(), first);
            prop_assert_eq!(
                Moment::from(first).cmp(&Moment::from(second)),
                first.cmp(&second)
            );
            prop_assert_eq!(Moment::from(first).seconds, a.div_euclid(1_000_000));
        }
    }
}
