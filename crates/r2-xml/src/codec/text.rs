//! Characters: what may stand in a document, and what references to them mean.

use quick_xml::events::BytesRef;

use crate::error::quoted;
use crate::{Error, ErrorKind};

/// The input as text without its byte order mark, and the mark's length.
///
/// Checked here, once: size, encoding, and characters that XML does not have.
pub(super) fn checked_text(bytes: &[u8], bytes_max: usize) -> Result<(&str, usize), Error> {
    if bytes.len() > bytes_max {
        let reason = format!("{} bytes, more than the limit of {bytes_max}", bytes.len());
        return Err(Error::new(ErrorKind::TooLarge, bytes_max, reason));
    }
    let skipped = match bytes {
        [0xEF, 0xBB, 0xBF, ..] => 3,
        [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, b'<', ..] | [b'<', 0, ..] => {
            return Err(Error::new(ErrorKind::Encoding, 0, "UTF-16 or UTF-32, not UTF-8"));
        }
        _ => 0,
    };
    let text = std::str::from_utf8(&bytes[skipped..]).map_err(|error| {
        let offset = skipped + error.valid_up_to();
        Error::new(ErrorKind::Encoding, offset, "a byte that is not UTF-8")
    })?;
    match illegal_byte(text.as_bytes()) {
        Some(at) => {
            let reason = format!("a raw control character {:#04x}", text.as_bytes()[at]);
            Err(Error::new(ErrorKind::Syntax, skipped + at, reason))
        }
        None => Ok((text, skipped)),
    }
}

/// Position of the first control character that XML does not allow.
fn illegal_byte(bytes: &[u8]) -> Option<usize> {
    // Without an early exit inside a block the compiler can look at many bytes at once.
    const BLOCK_BYTES: usize = 128;
    let illegal = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    let block = bytes
        .chunks(BLOCK_BYTES)
        .position(|block| block.iter().fold(false, |found, &byte| found | illegal(byte)))?;
    let begin = block * BLOCK_BYTES;
    bytes[begin..].iter().position(|&byte| illegal(byte)).map(|at| begin + at)
}

/// The character that a reference stands for.
///
/// Control characters are taken: S3 writes keys that hold them so, although XML 1.0 forbids it.
pub(super) fn resolve(reference: &BytesRef<'_>) -> Result<char, (ErrorKind, String)> {
    let name: &str = reference;
    match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => {}
    }
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Ok(character),
        Ok(None) => Err((
            ErrorKind::Forbidden,
            format!("entity {} is not one of the five that XML defines", quoted(name)),
        )),
        Err(_) => {
            Err((ErrorKind::Syntax, format!("reference {} is not a character", quoted(name))))
        }
    }
}

/// Whether text is only what pretty-printers put between elements.
pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}

/// Checks that a name is one, near enough to tell a tag from garbage.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    if is_name(name) { Ok(()) } else { Err(format!("{} is not a name", quoted(name))) }
}

/// Whether `name` can be an element's name.
pub(crate) fn is_name(name: &str) -> bool {
    let first = |byte: u8| is_name_byte(byte) && !matches!(byte, b'0'..=b'9' | b'-' | b'.');
    name.bytes().next().is_some_and(first) && name.bytes().all(is_name_byte)
}

/// Whether a byte can be part of a name without a prefix. Exact for ASCII; all else is taken.
pub(super) fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') || !byte.is_ascii()
}
