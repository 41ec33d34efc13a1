//! Names: what a key may be called on disk, and when two names are one.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

use crate::limits::SEGMENT_BYTES_MAX;

/// Endings of files that a download keeps beside its target until it is finished.
const UNFINISHED: [&str; 2] = [".r2part", ".r2part.journal"];

/// When two keys name one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "R2's rule and everybody else's")]
pub enum KeyIdentity {
    /// When their NFC forms are equal: R2's rule (Cloudflare's "Unicode interoperability" page).
    Nfc,
    /// When their bytes are equal: the rule of other S3 servers.
    Bytes,
}

impl KeyIdentity {
    /// The form by which names are compared and put in order.
    pub(crate) fn of(self, name: &str) -> Cow<'_, str> {
        if self == Self::Bytes || is_nfc_quick(name.chars()) == IsNormalized::Yes {
            return Cow::Borrowed(name);
        }
        Cow::Owned(name.nfc().collect())
    }
}

/// Why a key cannot be a path below a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum UnsafeName {
    /// It begins with a slash.
    Absolute,
    /// It ends with a slash: a folder that holds bytes.
    TrailingSlash,
    /// Two slashes follow each other.
    EmptySegment,
    /// A segment is `.`.
    DotSegment,
    /// A segment is `..`.
    ParentSegment,
    /// It holds a NUL character.
    Nul,
    /// A segment has more than 255 bytes.
    SegmentTooLong,
    /// It ends like the unfinished file of a download.
    Unfinished,
    /// This system does not allow such a name: a reserved one, or a character it does not take.
    NotAllowedHere,
}

impl fmt::Display for UnsafeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absolute => "begins with a slash",
            Self::TrailingSlash => "ends with a slash",
            Self::EmptySegment => "has two slashes in a row",
            Self::DotSegment => "has a segment \".\"",
            Self::ParentSegment => "has a segment \"..\"",
            Self::Nul => "holds a NUL character",
            Self::SegmentTooLong => "has a segment of more than 255 bytes",
            Self::Unfinished => "ends like the unfinished file of a download",
            Self::NotAllowedHere => "is not allowed as a file name on this system",
        })
    }
}

/// Whose rules a path must keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Unix,
    Windows,
}

/// The path below `root` that `name` stands for. Never leaves `root`.
pub(crate) fn local_path(root: &Path, name: &str) -> Result<PathBuf, UnsafeName> {
    let system = if cfg!(windows) { System::Windows } else { System::Unix };
    check(name, system)?;
    let mut path = root.to_path_buf();
    path.extend(name.split('/'));
    Ok(path)
}

/// Is this the unfinished file of a download?
pub(crate) fn is_unfinished(name: &str) -> bool {
    UNFINISHED.iter().any(|ending| name.ends_with(ending))
}

fn check(name: &str, system: System) -> Result<(), UnsafeName> {
    if name.contains('\0') {
        return Err(UnsafeName::Nul);
    }
    if name.starts_with('/') {
        return Err(UnsafeName::Absolute);
    }
    if name.ends_with('/') {
        return Err(UnsafeName::TrailingSlash);
    }
    if is_unfinished(name) {
        return Err(UnsafeName::Unfinished);
    }
    name.split('/').try_for_each(|segment| match segment {
        "" => Err(UnsafeName::EmptySegment),
        "." => Err(UnsafeName::DotSegment),
        ".." => Err(UnsafeName::ParentSegment),
        _ if segment.len() > SEGMENT_BYTES_MAX => Err(UnsafeName::SegmentTooLong),
        _ if system == System::Windows && !windows_takes(segment) => {
            Err(UnsafeName::NotAllowedHere)
        }
        _ => Ok(()),
    })
}

/// Windows reads some characters as syntax, drops blanks and dots at the end, and keeps the names
/// of old devices for itself.
fn windows_takes(segment: &str) -> bool {
    const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    let forbidden = |c: char| c < ' ' || "<>:\"\\|?*".contains(c);
    let stem = segment.split('.').next().unwrap_or(segment).trim_end();
    let port = stem.len() > 3
        && stem.is_char_boundary(3)
        && ["COM", "LPT"].iter().any(|name| stem[..3].eq_ignore_ascii_case(name))
        && stem
            .chars()
            .nth(3)
            .is_some_and(|c| c.is_ascii_digit() || "\u{b9}\u{b2}\u{b3}".contains(c))
        && stem.chars().count() == 4;
    !segment.contains(forbidden)
        && !segment.ends_with([' ', '.'])
        && !DEVICES.iter().any(|name| stem.eq_ignore_ascii_case(name))
        && !port
}

/// Names seen so far that may still turn out to be folders of names to come.
///
/// Names come in order. A name stays here only while the next one begins with it, so this holds at
/// most as many names as a key has characters.
#[derive(Debug, Default)]
pub(crate) struct Ancestors(Vec<String>);

impl Ancestors {
    /// The seen name that `name` lies under, as under a folder.
    pub(crate) fn covering(&mut self, name: &str) -> Option<&str> {
        self.0.retain(|seen| name.starts_with(seen.as_str()));
        let lies_under =
            |seen: &&String| seen.ends_with('/') || name[seen.len()..].starts_with('/');
        self.0.iter().find(lies_under).map(String::as_str)
    }

    /// Remembers a name; to be called in order.
    pub(crate) fn push(&mut self, name: String) {
        self.0.retain(|seen| name.starts_with(seen.as_str()));
        self.0.push(name);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn awkward_names_are_paths() {
        let long = "x".repeat(255);
        for name in [
            "a",
            "a/b",
            "a b",
            " a ",
            "+ % # ? &",
            "\u{e9}",
            "e\u{301}",
            "\u{1f980}/\u{1f980}",
            "...",
            "..a",
            "a..",
            ".hidden",
            "a\\b",
            "a:b",
            "-rf",
            "~",
            "$HOME",
            "a\nb",
            &long,
        ] {
            let path = local_path(Path::new("/root"), name).unwrap();
            assert_eq!(path, Path::new("/root").join(name), "{name:?}");
        }
    }

    #[test]
    fn hostile_names_are_refused_with_their_reason() {
        let long = format!("a/{}", "x".repeat(256));
        for (name, reason) in [
            ("/etc/passwd", UnsafeName::Absolute),
            ("..", UnsafeName::ParentSegment),
            ("../x", UnsafeName::ParentSegment),
            ("a/../../x", UnsafeName::ParentSegment),
            ("a/..", UnsafeName::ParentSegment),
            (".", UnsafeName::DotSegment),
            ("a/./b", UnsafeName::DotSegment),
            ("a//b", UnsafeName::EmptySegment),
            ("a/", UnsafeName::TrailingSlash),
            ("/", UnsafeName::Absolute),
            ("a\0b", UnsafeName::Nul),
            ("", UnsafeName::EmptySegment),
            ("a.r2part", UnsafeName::Unfinished),
            ("a/b.r2part.journal", UnsafeName::Unfinished),
            (&long, UnsafeName::SegmentTooLong),
        ] {
            assert_eq!(local_path(Path::new("/root"), name), Err(reason), "{name:?}");
        }
    }

    #[test]
    fn windows_refuses_more() {
        for name in [
            "a:b",
            "C:\\x",
            "a\\..\\b",
            "nul",
            "NUL.txt",
            "com1",
            "Com1.log",
            "lpt\u{b9}",
            "a.",
            "a ",
            "a/con/b",
            "a?",
            "a\u{1}",
        ] {
            assert_eq!(check(name, System::Windows), Err(UnsafeName::NotAllowedHere), "{name:?}");
        }
        for name in ["com", "com10", "console", "a.b", "aux1", "\u{e9}com"] {
            assert_eq!(check(name, System::Windows), Ok(()), "{name:?}");
        }
    }

    #[test]
    fn identity_is_nfc_on_r2_and_bytes_elsewhere() {
        assert_eq!(KeyIdentity::Nfc.of("e\u{301}/x"), "\u{e9}/x");
        assert_eq!(KeyIdentity::Bytes.of("e\u{301}/x"), "e\u{301}/x");
    }

    #[test]
    fn a_name_covers_what_lies_under_it() {
        let mut seen = Ancestors::default();
        for name in ["a", "a!", "a-b"] {
            assert_eq!(seen.covering(name), None);
            seen.push(name.to_owned());
        }
        assert_eq!(seen.covering("a/b"), Some("a"));
        assert_eq!(seen.covering("a/b/c"), Some("a"));
        assert_eq!(seen.covering("ab"), None);
        assert!(seen.0.len() <= 2);
        assert_eq!(seen.covering("b/a"), None);
        assert!(seen.0.is_empty());
    }

    proptest! {
        #[test]
        fn no_name_leaves_the_root(name in ".{0,40}|([./\\\\a]{0,12})") {
            if let Ok(path) = local_path(Path::new("/root/dir"), &name) {
                prop_assert!(path.starts_with("/root/dir"));
                let parents = path.components().filter(|c| *c == std::path::Component::ParentDir);
                prop_assert_eq!(parents.count(), 0);
                prop_assert_ne!(path, Path::new("/root/dir"));
            }
        }

        #[test]
        fn ancestors_are_found_as_by_looking_at_all(
            names in prop::collection::btree_set("[ab/!-]{1,6}", 1..30),
        ) {
            let mut seen = Ancestors::default();
            let all: Vec<_> = names.iter().collect();
            for (at, name) in all.iter().enumerate() {
                let under = |n: &&String| {
                    name.starts_with(&format!("{n}/")) || n.ends_with('/') && name.starts_with(*n)
                };
                let expected = all[..at].iter().any(under);
                prop_assert_eq!(seen.covering(name).is_some(), expected, "{}", name);
                seen.push((*name).clone());
            }
        }
    }
}
