//! ETags: opaque, but with two readable shapes.

use std::fmt;
use std::sync::Arc;

use super::NameError;

const WHAT: &str = "ETag";
/// Longer than any that a server gives; bounds what is kept of a hostile one.
const LENGTH_MAX: usize = 1024;
const MD5_HEX: usize = 32;

/// An entity tag as a server gave it. Cheap to clone.
///
/// Treat it as opaque. Where it happens to be an MD5 (R2, single PUT) or an MD5 of MD5s with a part
/// count (R2 multipart since 2023-06-21), [`ETag::md5`] and [`ETag::parts`] say so.
///
/// ```
/// use r2_objects::ETag;
///
/// let etag = ETag::parse("\"f77dc0eecdebcd774a2a22cb393ad2ff-2\"")?;
/// assert_eq!(etag.parts(), Some(2));
/// assert_eq!(etag.md5(), None);
/// assert_eq!(etag.to_string(), "\"f77dc0eecdebcd774a2a22cb393ad2ff-2\"");
/// assert!(ETag::parse("W/\"x\"")?.is_weak());
/// # Ok::<(), r2_objects::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ETag {
    value: Arc<str>,
    weak: bool,
}

impl ETag {
    /// Reads a header or XML value, with or without its quotes.
    ///
    /// # Errors
    ///
    /// An empty value, one over 1,024 bytes, or one with a quote or a character below the blank
    /// inside, which could not be sent back in a header.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        let (weak, rest) = match text.strip_prefix("W/") {
            Some(rest) if rest.starts_with('"') => (true, rest),
            _ => (false, text),
        };
        let value =
            rest.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(rest);
        let sendable = |b: u8| b > b' ' && b != b'"' && b != 0x7f;
        if value.is_empty() || value.len() > LENGTH_MAX || !value.bytes().all(sendable) {
            return Err(NameError::new(WHAT, "it is empty, too long, or holds quotes or blanks"));
        }
        Ok(Self { value: value.into(), weak })
    }

    /// The tag without quotes and without the mark of weakness.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// Weak tags say "equivalent", not "the same bytes": an edge that recoded the body makes them.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.weak
    }

    /// The MD5 of the content, if the tag is strong and looks like one: 32 hexadecimal digits.
    #[must_use]
    pub fn md5(&self) -> Option<[u8; 16]> {
        if self.weak || self.value.len() != MD5_HEX {
            return None;
        }
        decode_md5(&self.value)
    }

    /// How many parts the object was uploaded in, if the tag says so: `<32 hex>-<count>`.
    #[must_use]
    pub fn parts(&self) -> Option<u32> {
        let (digest, count) = self.value.split_once('-')?;
        decode_md5(digest)?;
        count.parse().ok().filter(|&count| count > 0)
    }
}

fn decode_md5(hex: &str) -> Option<[u8; 16]> {
    let digits = hex.as_bytes();
    if digits.len() != MD5_HEX {
        return None;
    }
    let mut md5 = [0; 16];
    for (byte, pair) in md5.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(md5)
}

/// As it stands in a header: quoted, and marked when weak.
impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.weak { "W/" } else { "" };
        write!(f, "{mark}\"{}\"", self.value)
    }
}

impl TryFrom<&str> for ETag {
    type Error = NameError;

    fn try_from(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_optional_and_do_not_matter() {
        assert_eq!(ETag::parse("\"abc\"").unwrap(), ETag::parse("abc").unwrap());
        assert_ne!(ETag::parse("W/\"abc\"").unwrap(), ETag::parse("abc").unwrap());
    }

    #[test]
    fn only_32_hex_digits_are_an_md5() {
        let empty = "d41d8cd98f00b204e9800998ecf8427e";
        assert_eq!(ETag::parse(empty).unwrap().md5().unwrap()[..2], [0xd4, 0x1d]);
        for other in ["d41d8cd98f00b204e9800998ecf8427", "g41d8cd98f00b204e9800998ecf8427e"] {
            assert_eq!(ETag::parse(other).unwrap().md5(), None);
        }
        assert_eq!(ETag::parse(&format!("W/\"{empty}\"")).unwrap().md5(), None);
    }

    #[test]
    fn long_opaque_tags_of_old_multipart_objects_are_taken() {
        let old = "a".repeat(400);
        let etag = ETag::parse(&old).unwrap();
        assert_eq!((etag.md5(), etag.parts()), (None, None));
    }

    #[test]
    fn what_cannot_be_sent_back_is_refused() {
        for bad in ["", "\"\"", "a\"b", "a b", "a\r\nb"] {
            assert!(ETag::parse(bad).is_err(), "{bad:?}");
        }
    }
}
