//! From keys to file names, and back.
//!
//! A managed directory maps every key to a path of its own, on every file system: no two keys
//! differ in case only, none has a name that a system reserves, none is too long for a name, and
//! an object `a` stands beside a folder for `a/b`.
//!
//! A key is cut at its slashes. In each segment `a` to `z`, `0` to `9`, `-`, `_` and `.` stand for
//! themselves and every other byte is `%` and two lower-case hexadecimal digits; an empty segment
//! is `%`. Escaped as well are a full stop at the end, and the first letter of a name that Windows
//! reserves (`con`, `nul.txt`). From 200 bytes on a segment goes on in a folder whose name ends in
//! `+`. The name of an object's file ends in `=`.
//!
//! In place keys are paths as they are, and those that are none are refused.

use r2_objects::ObjectKey;

use crate::limits::SEGMENT_BYTES_MAX;
use crate::storage::{StorageError, StorageErrorKind};

/// From how many bytes on a segment goes on in another folder.
const PIECE_BYTES: usize = 200;
const OBJECT: char = '=';
const GOES_ON: char = '+';
const ESCAPE: char = '%';
const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];
/// Names that Windows reserves with a digit behind them.
const NUMBERED: [&str; 2] = ["com", "lpt"];

/// How a directory names its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Every key has a name of its own.
    Escaped,
    /// Keys are paths.
    Plain,
}

/// What a name in a directory stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameKind {
    /// The end of a key.
    Object,
    /// A segment, and what comes after its slash.
    Folder,
    /// The beginning of a long segment.
    GoesOn,
}

impl Naming {
    /// The names of the folders that lead to the object's file, and its own.
    pub(crate) fn path(self, key: &ObjectKey) -> Result<Vec<String>, StorageError> {
        match self {
            Self::Escaped => Ok(escaped(key.as_str())),
            Self::Plain => plain(key.as_str()),
        }
    }

    /// The bytes of the key that a name stands for; `None` if it is none that this naming gives.
    pub(crate) fn read(self, name: &str, is_folder: bool) -> Option<(Vec<u8>, NameKind)> {
        if self == Self::Plain {
            let kind = if is_folder { NameKind::Folder } else { NameKind::Object };
            return Some((name.as_bytes().to_vec(), kind));
        }
        if !is_folder {
            return Some((unescape(name.strip_suffix(OBJECT)?)?, NameKind::Object));
        }
        match name.strip_suffix(GOES_ON) {
            Some(piece) => Some((unescape(piece)?, NameKind::GoesOn)),
            None => Some((unescape(name)?, NameKind::Folder)),
        }
    }
}

fn plain(key: &str) -> Result<Vec<String>, StorageError> {
    let refuse = |why: &str| {
        let message = format!("the key cannot be the path of a file: {why}");
        Err(StorageError::new(StorageErrorKind::InvalidInput, message))
    };
    if key.contains('\0') {
        return refuse("it holds a NUL");
    }
    for segment in key.split('/') {
        match segment {
            "" => return refuse("a segment is empty"),
            "." | ".." => return refuse("it has a segment . or .."),
            _ if segment.len() > SEGMENT_BYTES_MAX => return refuse("a segment is too long"),
            _ if cfg!(windows) && segment.contains(['\\', ':', '<', '>', '"', '|', '?', '*']) => {
                return refuse("this system does not take its characters");
            }
            _ if cfg!(windows) && (is_reserved(segment) || segment.ends_with(['.', ' '])) => {
                return refuse("this system reserves the name");
            }
            _ => {}
        }
    }
    Ok(key.split('/').map(str::to_owned).collect())
}

fn escaped(key: &str) -> Vec<String> {
    let mut names = Vec::new();
    for segment in key.split('/') {
        let mut piece = String::new();
        for byte in segment.bytes() {
            push(&mut piece, byte);
            // by what was written so far and nothing else, so that no name begins another
            if piece.len() >= PIECE_BYTES {
                piece.push(GOES_ON);
                names.push(std::mem::take(&mut piece));
            }
        }
        names.push(ending(piece));
    }
    if let Some(last) = names.last_mut() {
        last.push(OBJECT);
    }
    names
}

fn push(piece: &mut String, byte: u8) {
    match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => piece.push(char::from(byte)),
        _ => push_escape(piece, byte),
    }
}

fn push_escape(piece: &mut String, byte: u8) {
    piece.push(ESCAPE);
    for digit in [byte >> 4, byte & 15] {
        piece.push(char::from_digit(digit.into(), 16).unwrap_or_default());
    }
}

/// The last piece of a segment, safe to be a name by itself.
fn ending(mut piece: String) -> String {
    if piece.is_empty() {
        return ESCAPE.to_string();
    }
    if piece.ends_with('.') {
        piece.pop();
        push_escape(&mut piece, b'.');
    }
    if is_reserved(&piece) {
        let mut safe = String::new();
        let mut bytes = piece.bytes();
        bytes.next().into_iter().for_each(|first| push_escape(&mut safe, first));
        safe.extend(bytes.map(char::from));
        return safe;
    }
    piece
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = |word: &&str| {
        stem.strip_prefix(*word)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    RESERVED.contains(&stem.as_str()) || NUMBERED.iter().any(numbered)
}

fn unescape(name: &str) -> Option<Vec<u8>> {
    if name.len() == 1 && name.starts_with(ESCAPE) {
        return Some(Vec::new());
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(name.len()), name.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            byte => byte,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn path(key: &str) -> Vec<String> {
        escaped(key)
    }

    /// The key that a path stands for.
    fn back(names: &[String]) -> Option<String> {
        let mut key = Vec::new();
        let (last, folders) = names.split_last()?;
        for name in folders {
            let (bytes, kind) = Naming::Escaped.read(name, true)?;
            key.extend(bytes);
            if kind == NameKind::Folder {
                key.push(b'/');
            }
        }
        let (bytes, kind) = Naming::Escaped.read(last, false)?;
        key.extend(bytes);
        (kind == NameKind::Object).then_some(String::from_utf8(key).ok()?)
    }

    #[test]
    fn names_are_plain_where_they_can_be() {
        let table = [
            ("logs/2026-11-20.txt", "logs/2026-11-20.txt="),
            ("A", "%41="),
            ("a//b", "a/%/b="),
            ("/a", "%/a="),
            ("a/", "a/%="),
            ("..", ".%2e="),
            ("../x", ".%2e/x="),
            ("con/nul.txt/lpt1", "%63on/%6eul.txt/%6cpt1="),
            ("ü=", "%c3%bc%3d="),
        ];
        for (key, expected) in table {
            assert_eq!(path(key).join("/"), expected, "{key}");
        }
    }

    #[test]
    fn long_segments_go_on_in_folders() {
        let names = path(&"x".repeat(450));
        let lengths: Vec<_> = names.iter().map(String::len).collect();
        assert_eq!(lengths, [201, 201, 51]);
        assert_eq!(path(&"x".repeat(200))[1], "%=");
    }

    #[test]
    fn in_place_only_paths_are_keys() {
        for key in ["", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\0b"] {
            assert!(plain(key).is_err(), "{key:?}");
        }
        assert_eq!(plain("a/b c/ü").unwrap(), ["a", "b c", "ü"]);
        assert!(plain(&"x".repeat(256)).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn every_key_comes_back_from_safe_names(
            key in "[a-zA-Z./\\\\%:ü🦀 +=\u{0}-]{1,300}|(con|nul|COM1|\\.\\.)(/|\\.)?[a/]{0,3}",
        ) {
            let names = path(&key);
            prop_assert_eq!(back(&names), Some(key));
            for name in &names {
                prop_assert!(name.len() <= SEGMENT_BYTES_MAX);
                prop_assert!(!name.ends_with(['.', ' ']) && !is_reserved(name));
                prop_assert_eq!(&name.to_lowercase(), name);
            }
        }

        #[test]
        fn names_in_the_order_of_keys_give_the_order_of_keys(
            keys in proptest::collection::vec("[ab./A]{1,6}|x{198,202}[a/A]{0,3}", 1..20),
        ) {
            // as a listing goes through folders: by the bytes that each name stands for
            let mut by_path = BTreeMap::new();
            for key in &keys {
                let mut sort = Vec::new();
                let names = path(key);
                for (at, name) in names.iter().enumerate() {
                    let (mut bytes, kind) =
                        Naming::Escaped.read(name, at + 1 < names.len()).unwrap();
                    if kind == NameKind::Folder {
                        bytes.push(b'/');
                    }
                    sort.push(bytes);
                }
                by_path.insert(sort, key);
            }
            let listed: Vec<_> = by_path.into_values().collect();
            prop_assert!(listed.is_sorted());
        }
    }
}
