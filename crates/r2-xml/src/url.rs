//! The percent encoding of `encoding-type=url`.
//!
//! A key may hold characters that XML cannot carry. With `encoding-type=url` a listing carries
//! names percent-encoded instead. R2 encodes everything but letters, digits and `-_.~`, `/`
//! included.
//!
//! The signing crate has such an encoding as well, for URLs. This one is kept apart on purpose:
//! neither crate may know the other, and this one decodes by the rules of listings, where `+`
//! means a blank (S3 itself and MinIO write it so; R2 writes `%20` and `%2B`, which agree).

use crate::{Error, ErrorKind};

/// Encodes as R2 does in listings.
///
/// ```
/// assert_eq!(r2_xml::url::encode("ls/su b"), "ls%2Fsu%20b");
/// ```
#[must_use]
pub fn encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// Decodes a name of a listing. `+` is a blank.
///
/// ```
/// assert_eq!(r2_xml::url::decode("ls%2Fsu+b%2B")?, "ls/su b+");
/// # Ok::<(), r2_xml::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Value`], with the offset in `text`, when a `%` is not followed by two hexadecimal
/// digits, or the result is not UTF-8.
pub fn decode(text: &str) -> Result<String, Error> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        let decoded = match byte {
            b'%' => {
                let mut digit = || {
                    let (_, byte) = bytes.next()?;
                    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
                };
                let value = digit().zip(digit()).map(|(high, low)| high << 4 | low);
                let reason = "a percent sign without two hexadecimal digits";
                value.ok_or_else(|| Error::new(ErrorKind::Value, at, reason))?
            }
            b'+' => b' ',
            other => other,
        };
        out.push(decoded);
    }
    String::from_utf8(out).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::new(ErrorKind::Value, at, "a percent-encoded name that is not UTF-8")
    })
}
