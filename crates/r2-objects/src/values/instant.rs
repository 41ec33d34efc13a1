//! Moments as S3 writes them: HTTP dates in headers, ISO 8601 in XML.

use std::fmt;
use std::time::SystemTime;

use r2_xml::Timestamp;

/// By days since 1970-01-01, a Thursday.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_SECONDS: i64 = 86_400;

/// When an object was last written.
///
/// Headers carry whole seconds, listings may carry milliseconds: compare
/// [`LastModified::unix_seconds`] where the two may meet.
///
/// ```
/// use r2_objects::LastModified;
///
/// let header = LastModified::parse_http("Fri, 24 May 2013 00:00:00 GMT").expect("a date");
/// let listed = LastModified::parse_iso("2013-05-24T00:00:00.000Z").expect("a date");
/// assert_eq!(header, listed);
/// assert_eq!(header.to_string(), "2013-05-24T00:00:00.000Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LastModified(Timestamp);

impl LastModified {
    /// Reads an HTTP date of the only form still written, `Fri, 24 May 2013 00:00:00 GMT`.
    #[must_use]
    pub fn parse_http(text: &str) -> Option<Self> {
        let (_weekday, rest) = text.trim().split_once(", ")?;
        let mut words = rest.strip_suffix(" GMT")?.splitn(4, ' ');
        let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let month = MONTHS.iter().position(|name| *name == month)? + 1;
        Self::parse_iso(&format!("{year}-{month:02}-{day}T{time}Z"))
    }

    /// Reads ISO 8601, `2013-05-24T00:00:00.000Z`, with or without a fraction.
    #[must_use]
    pub fn parse_iso(text: &str) -> Option<Self> {
        text.trim().parse().ok().map(Self)
    }

    /// Seconds since 1970-01-01, fractions dropped.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        self.0.unix_seconds()
    }

    /// The moment.
    #[must_use]
    pub fn time(&self) -> SystemTime {
        self.0.into()
    }

    /// As an HTTP date.
    #[must_use]
    pub fn http(&self) -> String {
        let days = self.0.unix_seconds().div_euclid(DAY_SECONDS);
        let weekday = usize::try_from(days.rem_euclid(7)).unwrap_or_default();
        // 2013-05-24T00:00:00.000Z
        let iso = self.0.to_string();
        let month = iso[5..7].parse().unwrap_or(1_usize);
        let (weekday, month) = (WEEKDAYS[weekday], MONTHS[(month - 1) % 12]);
        format!("{weekday}, {} {month} {} {} GMT", &iso[8..10], &iso[..4], &iso[11..19])
    }
}

/// ISO 8601 with milliseconds, as listings have it.
impl fmt::Display for LastModified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Drops what is finer than a millisecond.
impl From<SystemTime> for LastModified {
    fn from(time: SystemTime) -> Self {
        Self(time.into())
    }
}

impl From<Timestamp> for LastModified {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp)
    }
}

impl From<LastModified> for SystemTime {
    fn from(moment: LastModified) -> Self {
        moment.0.into()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_dates() {
        let table = [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ];
        for (seconds, text) in table {
            let moment = LastModified::parse_http(text).unwrap();
            assert_eq!(moment.unix_seconds(), seconds, "{text}");
            assert_eq!(moment.http(), text);
        }
    }

    #[test]
    fn what_is_not_a_date_is_none() {
        for bad in ["", "0", "Fri, 24 May 2013 00:00:00", "Fri, 24 Mai 2013 00:00:00 GMT"] {
            assert_eq!(LastModified::parse_http(bad), None, "{bad}");
        }
        for bad in ["2013-13-24T00:00:00Z", "2013-05-24T25:00:00Z", "99999-01-01T00:00:00Z"] {
            assert_eq!(LastModified::parse_iso(bad), None, "{bad}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn writing_and_reading_agree(millis in 0..253_402_300_799_999_u64) {
            let moment =
                LastModified::from(SystemTime::UNIX_EPOCH + Duration::from_millis(millis));
            prop_assert_eq!(LastModified::parse_iso(&moment.to_string()), Some(moment));
            let header = LastModified::parse_http(&moment.http()).unwrap();
            prop_assert_eq!(header.unix_seconds(), moment.unix_seconds());
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = (LastModified::parse_http(&text), LastModified::parse_iso(&text));
        }
    }
}
