//! What is compressed already, by its first bytes and its content type.

/// How formats begin that hold compressed bytes: at which offset, and with what.
const BEGINNINGS: [(usize, &[u8]); 19] = [
    (0, b"\x1f\x8b"),
    (0, b"PK\x03\x04"),
    (0, b"\x28\xb5\x2f\xfd"),
    (0, b"\x04\x22\x4d\x18"),
    (0, b"BZh"),
    (0, b"\xfd7zXZ\x00"),
    (0, b"7z\xbc\xaf\x27\x1c"),
    (0, b"Rar!\x1a\x07"),
    (0, b"\x89PNG\r\n"),
    (0, b"\xff\xd8\xff"),
    (0, b"GIF8"),
    (8, b"WEBP"),
    (4, b"ftyp"),
    (0, b"\x1aE\xdf\xa3"),
    (0, b"OggS"),
    (0, b"fLaC"),
    (0, b"ID3"),
    (0, b"wOF2"),
    (0, b"PAR1"),
];

/// Content types of compressed bytes that have no beginning of their own.
const TYPES: [&str; 4] = ["video/", "audio/mpeg", "application/zstd", "application/gzip"];

pub(super) fn is_compressed(beginning: &[u8], content_type: Option<&str>) -> bool {
    let has =
        |(at, mark): (usize, &[u8])| beginning.get(at..).is_some_and(|from| from.starts_with(mark));
    let is_named = |named: &str| TYPES.iter().any(|of| named.starts_with(of));
    BEGINNINGS.into_iter().any(has) || content_type.is_some_and(is_named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_is_known_by_its_beginning_or_its_type() {
        assert!(is_compressed(b"\x1f\x8b\x08rest", None));
        assert!(is_compressed(b"\0\0\0\x20ftypmp42", None));
        assert!(is_compressed(b"anything", Some("video/mp2t")));
        assert!(!is_compressed(b"plain text", Some("text/plain")));
        assert!(!is_compressed(b"", None));
    }
}
