//! May any reader take this name for a way out?
//!
//! A key is only text below a prefix, and the prefix cannot be left. But keys become paths of URLs
//! and of files, and on their way they are decoded, folded and normalised by programs that nobody
//! here chose. So a name is let in only if no such reading of it has a segment `.` or `..`, begins
//! at a root, or holds a NUL.

use unicode_normalization::UnicodeNormalization as _;

use super::refusal::RefusalKind;

/// Layers of percent-encoding that are looked through.
const LAYERS_MAX: usize = 8;
/// Readings of one name that are looked at.
const READINGS_MAX: usize = 64;

/// Lets the name in, or says why not.
pub(super) fn check(name: &str) -> Result<(), RefusalKind> {
    let mut readings = vec![name.to_owned()];
    let mut layer = vec![name.to_owned()];
    for _ in 0..LAYERS_MAX {
        let mut next = Vec::new();
        for reading in layer {
            let folded = fold(&reading);
            check_reading(&reading)?;
            check_reading(&folded)?;
            for decoded in [decode(&reading)?, decode(&folded)?].into_iter().flatten() {
                if !readings.contains(&decoded) {
                    readings.push(decoded.clone());
                    next.push(decoded);
                }
            }
        }
        if next.is_empty() {
            return Ok(());
        }
        if readings.len() > READINGS_MAX {
            break;
        }
        layer = next;
    }
    Err(RefusalKind::Encoding)
}

fn check_reading(text: &str) -> Result<(), RefusalKind> {
    if text.contains('\0') {
        return Err(RefusalKind::Nul);
    }
    if text.starts_with(['/', '\\']) || has_drive(text) {
        return Err(RefusalKind::Absolute);
    }
    if text.split(['/', '\\']).any(is_dots) { Err(RefusalKind::DotSegment) } else { Ok(()) }
}

fn has_drive(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic()) && letters.next() == Some(':')
}

/// Some readers drop blanks around a segment, others what follows a semicolon, and some take any
/// number of full stops for the folder above.
fn is_dots(segment: &str) -> bool {
    let segment = segment.split(';').next().unwrap_or_default();
    let segment = segment.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    !segment.is_empty() && segment.chars().all(|c| c == '.' || c.is_whitespace())
}

/// The name as a program sees it that folds look-alikes and drops what is not seen.
fn fold(text: &str) -> String {
    text.nfkc().filter(|c| !is_ignorable(*c)).map(look_alike).collect()
}

fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

fn look_alike(c: char) -> char {
    match c {
        // fraction and division slash, big solidus, box drawings diagonal
        '\u{2044}' | '\u{2215}' | '\u{29f8}' | '\u{2571}' => '/',
        // set minus, reverse solidus operator, big and small reverse solidus
        '\u{2216}' | '\u{29f5}' | '\u{29f9}' | '\u{fe68}' => '\\',
        // full stops that host names fold, and one dot
        '\u{3002}' | '\u{ff61}' | '\u{2024}' | '\u{fe52}' | '\u{ff0e}' => '.',
        c => c,
    }
}

/// One layer of percent-encoding less; `None` if there is none. What is no text once it is decoded
/// is refused: overlong forms of `.` and `/` are of that kind.
fn decode(text: &str) -> Result<Option<String>, RefusalKind> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        match escape.and_then(hex) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    if decoded.len() == bytes.len() {
        return Ok(None);
    }
    String::from_utf8(decoded).map(Some).map_err(|_| RefusalKind::Encoding)
}

fn hex(digits: &[u8]) -> Option<u8> {
    let value = |digit: &u8| char::from(*digit).to_digit(16);
    u8::try_from(value(digits.first()?)? * 16 + value(digits.get(1)?)?).ok()
}
