//! The `Range` header as R2 reads it: one range of bytes, and errors where AWS shrugs.

use super::Refusal;

/// Bytes of an object: from the first on, so many.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Span {
    pub(crate) start: u64,
    pub(crate) length: u64,
}

impl Span {
    /// All of it.
    pub(crate) fn whole(size: u64) -> Span {
        Span { start: 0, length: size }
    }

    /// `bytes 0-4/10`.
    pub(crate) fn content_range(self, size: u64) -> String {
        let last = (self.start + self.length).saturating_sub(1);
        format!("bytes {}-{last}/{size}", self.start)
    }
}

/// What a `Range` header asks for, before the size is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RangeHeader {
    /// `bytes=2-` and `bytes=2-5`.
    From { first: u64, last: Option<u64> },
    /// `bytes=-5`.
    Suffix(u64),
}

impl RangeHeader {
    pub(crate) fn parse(header: &str) -> Result<RangeHeader, Refusal> {
        // The stray quote at the end is R2's.
        let garbage = || {
            Refusal::invalid_argument(
                "range must be in format 'bytes=start-end', 'bytes=start-' or 'bytes=-suffix'.'",
            )
        };
        let (first, last) = halves(header).ok_or_else(garbage)?;
        let number = |text: &str| parse_number(text).ok_or_else(garbage);
        match (first, last) {
            // Nothing of any object: noticed before it is known whether there is one.
            ("", suffix) => match number(suffix)? {
                0 => Err(Refusal::invalid_range()),
                length => Ok(RangeHeader::Suffix(length)),
            },
            (first, "") => Ok(RangeHeader::From { first: number(first)?, last: None }),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                if last < first {
                    return Err(Refusal::invalid_argument("range must be positive."));
                }
                Ok(RangeHeader::From { first, last: Some(last) })
            }
        }
    }

    /// `x-amz-copy-source-range`, of which both ends must be given.
    pub(crate) fn parse_copy_source(header: &str) -> Result<RangeHeader, Refusal> {
        let ends = halves(header)
            .and_then(|(first, last)| Some((parse_number(first)?, parse_number(last)?)));
        let (first, last) = ends.ok_or_else(|| {
            Refusal::invalid_argument(format!("Invalid x-amz-copy-source-range: {header}"))
        })?;
        if last < first {
            let message = "x-amz-copy-source-range must be positive.";
            return Err(Refusal::invalid_argument(message));
        }
        Ok(RangeHeader::From { first, last: Some(last) })
    }

    /// The bytes of an object of this size.
    pub(crate) fn of(self, size: u64) -> Result<Span, Refusal> {
        match self {
            RangeHeader::From { first, last } if first < size => {
                let last = last.unwrap_or(u64::MAX).min(size - 1);
                Ok(Span { start: first, length: last - first + 1 })
            }
            RangeHeader::Suffix(length) if size > 0 => {
                let length = length.min(size);
                Ok(Span { start: size - length, length })
            }
            RangeHeader::From { .. } | RangeHeader::Suffix(_) => Err(Refusal::invalid_range()),
        }
    }
}

/// What stands on either side of the hyphen.
fn halves(header: &str) -> Option<(&str, &str)> {
    header.strip_prefix("bytes=")?.split_once('-')
}

/// Digits only: a sign is garbage. What does not fit is simply far past the end.
fn parse_number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(header: &str, size: u64) -> Result<(u64, u64), String> {
        let span = RangeHeader::parse(header).and_then(|range| range.of(size));
        let said = |refusal: Refusal| {
            let document = refusal.document();
            format!(
                "{} {}: {}",
                refusal.status().as_u16(),
                document.code.as_str(),
                document.message
            )
        };
        span.map(|span| (span.start, span.length)).map_err(said)
    }

    #[test]
    fn ranges_that_can_be_answered() {
        for (header, size, expected) in [
            ("bytes=0-9", 10, (0, 10)),
            ("bytes=2-4", 10, (2, 3)),
            ("bytes=2-", 10, (2, 8)),
            ("bytes=9-9", 10, (9, 1)),
            ("bytes=9-900", 10, (9, 1)),
            ("bytes=-3", 10, (7, 3)),
            ("bytes=-300", 10, (0, 10)),
            ("bytes=0-18446744073709551615", 10, (0, 10)),
            ("bytes=0-99999999999999999999999", 10, (0, 10)),
        ] {
            assert_eq!(span(header, size), Ok(expected), "{header}");
        }
    }

    #[test]
    fn ranges_that_cannot() {
        let unsatisfiable = "416 InvalidRange: The requested range is not satisfiable";
        let garbage = "400 InvalidArgument: range must be in format 'bytes=start-end', \
                       'bytes=start-' or 'bytes=-suffix'.'";
        let backwards = "400 InvalidArgument: range must be positive.";
        for (header, size, expected) in [
            ("bytes=10-", 10, unsatisfiable),
            ("bytes=10-20", 10, unsatisfiable),
            ("bytes=-0", 10, unsatisfiable),
            ("bytes=0-", 0, unsatisfiable),
            ("bytes=-1", 0, unsatisfiable),
            ("bytes=5-2", 10, backwards),
            ("bytes=0-1,4-5", 10, garbage),
            ("items=0-1", 10, garbage),
            ("bytes=", 10, garbage),
            ("bytes=-", 10, garbage),
            ("bytes=+1-2", 10, garbage),
            ("bytes=a-b", 10, garbage),
            ("bytes=1 -2", 10, garbage),
            ("", 10, garbage),
        ] {
            assert_eq!(span(header, size), Err(expected.to_owned()), "{header}");
        }
    }

    #[test]
    fn ranges_of_copied_parts() {
        let refused = |header: &str| {
            let refusal = RangeHeader::parse_copy_source(header).unwrap_err();
            refusal.document().message.clone()
        };
        let both = RangeHeader::From { first: 2, last: Some(4) };
        assert_eq!(RangeHeader::parse_copy_source("bytes=2-4").unwrap(), both);
        assert_eq!(refused("bytes=5-2"), "x-amz-copy-source-range must be positive.");
        for header in ["bytes=0-", "bytes=-3", "0-4", "bytes=0-1,3-4", ""] {
            assert_eq!(refused(header), format!("Invalid x-amz-copy-source-range: {header}"));
        }
    }
}
