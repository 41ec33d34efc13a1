//! The name that a second version of an object is kept under.

use r2_objects::{ETag, ObjectKey};

use crate::storage::{StorageError, StorageErrorKind};

/// Longest key of R2, in bytes.
const KEY_BYTES_MAX: usize = 1_024;
/// Digits of the tag in the name.
const DIGITS: usize = 8;

/// `a/report.txt` of version `0a1b2c3d…` is kept as `a/report.conflict-0a1b2c3d.txt`: beside the
/// other, with its ending, and the same name whenever it is done again.
pub(crate) fn conflict_key(key: &ObjectKey, etag: &ETag) -> Result<ObjectKey, StorageError> {
    let text = key.as_str();
    let name_at = text.rfind('/').map_or(0, |slash| slash + 1);
    let (stem, ending) = match text[name_at..].rfind('.') {
        Some(dot) if dot > 0 => text.split_at(name_at + dot),
        _ => (text, ""),
    };
    let digits: String =
        etag.as_str().chars().filter(char::is_ascii_alphanumeric).take(DIGITS).collect();
    let mark = format!(".conflict-{digits}");
    // what is too long loses its end, and its ending if that alone is too long
    let ending = if ending.len() > KEY_BYTES_MAX / 4 { "" } else { ending };
    let room = KEY_BYTES_MAX - mark.len() - ending.len();
    let stem = &stem[..stem.floor_char_boundary(room)];
    let named = ObjectKey::new(format!("{stem}{mark}{ending}"));
    named.map_err(|error| {
        let message = "there is no name for the second version: rename the object";
        StorageError::new(StorageErrorKind::InvalidInput, message).source(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_beside_the_other_and_never_too_long() {
        let etag = ETag::parse("0a1b2c3d4e5f").unwrap();
        let long = "ü".repeat(512);
        let table = [
            ("a/report.txt", "a/report.conflict-0a1b2c3d.txt"),
            ("a.d/report", "a.d/report.conflict-0a1b2c3d"),
            (".profile", ".profile.conflict-0a1b2c3d"),
            ("a/", "a/.conflict-0a1b2c3d"),
        ];
        for (key, expected) in table {
            let named = conflict_key(&key.try_into().unwrap(), &etag).unwrap();
            assert_eq!(named.as_str(), expected);
        }
        let named = conflict_key(&long.as_str().try_into().unwrap(), &etag).unwrap();
        assert!(named.as_str().ends_with(".conflict-0a1b2c3d"));
    }
}
