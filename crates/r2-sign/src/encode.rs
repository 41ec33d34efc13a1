//! Percent-encoding as SigV4 wants it: strict RFC 3986, upper-case digits, exactly once.
//!
//! Only letters, digits and `-._~` stand for themselves; everything else is escaped, `!'()*` and
//! blanks (`%20`, never `+`) included. S3 keys are encoded once and never normalised: `//`, `.` and
//! `..` are ordinary parts of a name.

use crate::{
    error::{Error, ErrorKind},
    hex,
};

/// Encodes a path: like [`component`], but `/` stays.
///
/// ```
/// assert_eq!(r2_sign::encode::path("a//b c/(1)+é"), "a//b%20c/%281%29%2B%C3%A9");
/// ```
#[must_use]
pub fn path(path: impl AsRef<[u8]>) -> String {
    let mut out = String::new();
    path_into(&mut out, path);
    out
}

/// [`path`], appended to what is there.
pub fn path_into(out: &mut String, path: impl AsRef<[u8]>) {
    let path = path.as_ref();
    out.reserve(path.len());
    for (n, segment) in path.split(|&byte| byte == b'/').enumerate() {
        if n > 0 {
            out.push('/');
        }
        component_into(out, segment);
    }
}

/// Encodes one part of a query or path: everything but letters, digits and `-._~`.
///
/// ```
/// assert_eq!(r2_sign::encode::component("a/b=c&d"), "a%2Fb%3Dc%26d");
/// ```
#[must_use]
pub fn component(text: impl AsRef<[u8]>) -> String {
    let mut out = String::new();
    component_into(&mut out, text);
    out
}

/// [`component`], appended to what is there.
pub fn component_into(out: &mut String, text: impl AsRef<[u8]>) {
    let text = text.as_ref();
    out.reserve(text.len());
    for &byte in text {
        if is_unreserved(byte) {
            out.push(char::from(byte));
        } else {
            out.extend(escape(byte).map(char::from));
        }
    }
}

/// Decodes percent escapes, once. `+` stays `+`.
///
/// ```
/// use r2_sign::encode::decode;
///
/// assert_eq!(decode("a%2Fb+%2525")?, b"a/b+%25");
/// assert!(decode("100%").is_err());
/// # Ok::<(), r2_sign::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::PercentEncoding`] when a percent sign is not followed by two hexadecimal digits.
pub fn decode(text: &str) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let at = text.len() - rest.len();
            out.push(escaped(tail).ok_or(ErrorKind::PercentEncoding { at })?);
            rest = &tail[2..];
        } else {
            out.push(byte);
            rest = tail;
        }
    }
    Ok(out)
}

/// [`decode`], for text.
///
/// # Errors
/// As [`decode`], and [`ErrorKind::NotUtf8`] when the bytes are not text.
pub fn decode_utf8(text: &str) -> Result<String, Error> {
    String::from_utf8(decode(text)?).map_err(|_| ErrorKind::NotUtf8.into())
}

/// Appends the canonical form of a query name or value as it stands on the wire: decoded, then
/// encoded. `+` means a blank there, and a percent sign that escapes nothing means itself.
pub(crate) fn canonical_component_into(out: &mut Vec<u8>, text: &[u8]) {
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if is_unreserved(byte) {
            out.push(byte);
            continue;
        }
        let meant = match byte {
            b'+' => b' ',
            b'%' => match escaped(tail) {
                Some(meant) => {
                    rest = &tail[2..];
                    meant
                }
                None => b'%',
            },
            other => other,
        };
        if is_unreserved(meant) {
            out.push(meant);
        } else {
            out.extend_from_slice(&escape(meant));
        }
    }
}

/// Appends `text` encoded; for what is not on the wire yet.
pub(crate) fn component_bytes_into(out: &mut Vec<u8>, text: &str) {
    if text.bytes().all(is_unreserved) {
        return out.extend_from_slice(text.as_bytes());
    }
    for &byte in text.as_bytes() {
        if is_unreserved(byte) {
            out.push(byte);
        } else {
            out.extend_from_slice(&escape(byte));
        }
    }
}

const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

const fn escape(byte: u8) -> [u8; 3] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    [b'%', DIGITS[(byte >> 4) as usize], DIGITS[(byte & 15) as usize]]
}

/// The byte that the two digits after a percent sign stand for.
fn escaped(after_percent: &[u8]) -> Option<u8> {
    let (&[high, low], _) = after_percent.split_first_chunk::<2>()?;
    Some((hex::value(high)? << 4) | hex::value(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_unreserved_stays() {
        let all: Vec<u8> = (0..=255).collect();
        let kept: String = component(&all)
            .split('%')
            .enumerate()
            .map(|(n, part)| if n == 0 { part } else { &part[2..] })
            .collect();
        assert_eq!(kept, "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");
    }

    #[test]
    fn names_that_break_other_clients() {
        for (name, wire) in [
            ("", ""),
            ("/", "/"),
            ("//", "//"),
            ("a/../b/.", "a/../b/."),
            ("a b", "a%20b"),
            ("a+b", "a%2Bb"),
            ("100%", "100%25"),
            ("%41", "%2541"),
            ("#?&=", "%23%3F%26%3D"),
            ("!'()*", "%21%27%28%29%2A"),
            ("🦀", "%F0%9F%A6%80"),
            ("e\u{301}", "e%CC%81"),
        ] {
            assert_eq!(path(name), wire);
            assert_eq!(decode_utf8(wire).unwrap(), name);
        }
    }

    #[test]
    fn broken_escapes_are_named() {
        for (text, at) in [("%", 0), ("ab%4", 2), ("%zz", 0), ("%41%-1", 3), ("é%+1", 2)] {
            assert_eq!(decode(text).unwrap_err().kind(), &ErrorKind::PercentEncoding { at });
        }
        assert_eq!(decode_utf8("%ff").unwrap_err().kind(), &ErrorKind::NotUtf8);
    }

    #[test]
    fn wire_forms_of_one_value_become_one() {
        for (wire, canonical) in [
            ("a+b", "a%20b"),
            ("a%20b", "a%20b"),
            ("%7e%41", "~A"),
            ("%zz%", "%25zz%25"),
            ("%2f", "%2F"),
        ] {
            let mut out = Vec::new();
            canonical_component_into(&mut out, wire.as_bytes());
            assert_eq!(String::from_utf8(out).unwrap(), canonical);
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(decode(&component(&bytes)), Ok(bytes.clone()));
            prop_assert_eq!(decode(&path(&bytes)), Ok(bytes.clone()));
            let mut again = Vec::new();
            canonical_component_into(&mut again, component(&bytes).as_bytes());
            prop_assert_eq!(String::from_utf8(again).unwrap(), component(&bytes));
        }

        #[test]
        fn decoding_never_panics(text in "\\PC{0,40}") {
            let _ = decode_utf8(&text);
            let mut out = Vec::new();
            canonical_component_into(&mut out, text.as_bytes());
        }
    }
}
