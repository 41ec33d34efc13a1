//! A part of an object: what is asked for, and what a reply says it holds.

use std::fmt;
use std::ops::Range;

use super::NameError;

const WHAT: &str = "byte range";

/// One range of bytes, never empty or inverted.
///
/// R2 takes a single range; it answers several, or other units, with 400 where AWS would send the
/// whole object.
///
/// ```
/// use r2_objects::ByteRange;
///
/// let range = ByteRange::new(10..20)?;
/// assert_eq!(range.to_string(), "bytes=10-19");
/// assert_eq!(range.resolve(15), Some(10..15));
/// assert_eq!(ByteRange::suffix(5)?.resolve(15), Some(10..15));
/// assert_eq!(ByteRange::from_offset(15).resolve(15), None);
/// # Ok::<(), r2_objects::NameError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ByteRange(Shape);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shape {
    /// First and last byte, both included.
    Span(u64, u64),
    From(u64),
    Suffix(u64),
}

impl ByteRange {
    /// The bytes from `range.start` up to, not including, `range.end`.
    ///
    /// # Errors
    ///
    /// An empty or inverted range: HTTP cannot ask for nothing.
    pub fn new(range: Range<u64>) -> Result<Self, NameError> {
        if range.is_empty() {
            let reason = format!("{}..{} is empty", range.start, range.end);
            return Err(NameError::new(WHAT, reason));
        }
        Ok(Self(Shape::Span(range.start, range.end - 1)))
    }

    /// Everything from `offset` on.
    #[must_use]
    pub fn from_offset(offset: u64) -> Self {
        Self(Shape::From(offset))
    }

    /// The last `length` bytes; the whole object if it is shorter.
    ///
    /// # Errors
    ///
    /// A length of 0, which R2 answers with 416.
    pub fn suffix(length: u64) -> Result<Self, NameError> {
        if length == 0 {
            return Err(NameError::new(WHAT, "a suffix of 0 bytes is empty"));
        }
        Ok(Self(Shape::Suffix(length)))
    }

    /// The bytes this selects from an object of `size` bytes; `None` where a server would answer
    /// 416.
    #[must_use]
    pub fn resolve(&self, size: u64) -> Option<Range<u64>> {
        let range = match self.0 {
            Shape::Span(first, last) => first..last.saturating_add(1).min(size),
            Shape::From(first) => first..size,
            Shape::Suffix(length) => size.saturating_sub(length)..size,
        };
        (range.start < range.end).then_some(range)
    }
}

/// As it stands in the `Range` header.
impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Shape::Span(first, last) => write!(f, "bytes={first}-{last}"),
            Shape::From(first) => write!(f, "bytes={first}-"),
            Shape::Suffix(length) => write!(f, "bytes=-{length}"),
        }
    }
}

/// What a 206 reply holds: `Content-Range: bytes <first>-<last>/<size>`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContentRange {
    /// The bytes of the object that the body holds.
    pub range: Range<u64>,
    /// The size of the whole object in bytes; servers may leave it out.
    pub size: Option<u64>,
}

impl ContentRange {
    /// Reads the header. `None` for anything but a satisfied single range of bytes.
    ///
    /// ```
    /// use r2_objects::ContentRange;
    ///
    /// let part = ContentRange::parse("bytes 5-9/20").expect("well formed");
    /// assert_eq!((part.range, part.size), (5..10, Some(20)));
    /// assert!(ContentRange::parse("bytes */20").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (range, size) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        let size = match size {
            "*" => None,
            size => Some(size.parse().ok()?),
        };
        let range = first..last.checked_add(1)?;
        let fits = size.is_none_or(|size| range.end <= size);
        (!range.is_empty() && fits).then_some(Self { range, size })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_resolve_as_r2_answers_them() {
        // (range, size, what comes back)
        let table = [
            (ByteRange::new(0..1).unwrap(), 0, None),
            (ByteRange::new(0..100).unwrap(), 10, Some(0..10)),
            (ByteRange::new(9..10).unwrap(), 10, Some(9..10)),
            (ByteRange::new(10..11).unwrap(), 10, None),
            (ByteRange::from_offset(3), 10, Some(3..10)),
            (ByteRange::suffix(20).unwrap(), 10, Some(0..10)),
            (ByteRange::suffix(1).unwrap(), 0, None),
            (ByteRange::new(0..u64::MAX).unwrap(), u64::MAX, Some(0..u64::MAX)),
        ];
        for (range, size, expected) in table {
            assert_eq!(range.resolve(size), expected, "{range} of {size}");
        }
    }

    #[test]
    fn empty_ranges_cannot_be_made() {
        assert!(ByteRange::new(5..5).is_err());
        assert!(ByteRange::new(Range { start: 5, end: 2 }).is_err());
        assert!(ByteRange::suffix(0).is_err());
    }

    #[test]
    fn content_range_is_read_strictly() {
        for bad in ["", "bytes", "bytes 5-2/10", "bytes 5-20/10", "items 0-1/2", "bytes a-b/c"] {
            assert_eq!(ContentRange::parse(bad), None, "{bad}");
        }
        assert_eq!(ContentRange::parse("bytes 0-18446744073709551615/*"), None);
        assert_eq!(ContentRange::parse("bytes 1-1/*").unwrap().range, 1..2);
    }
}
