//! The moment of a signature, in the one form that SigV4 writes.

use crate::{
    error::{Error, ErrorKind},
    text::text,
};
use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const DAY_SECONDS: u64 = 86_400;
/// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what four digits of year can say.
const FIRST: i64 = -62_167_219_200;
const LAST: i64 = 253_402_300_799;

/// A moment to the second, held in basic ISO 8601 (`20130524T000000Z`), UTC.
///
/// This crate never asks for the time: whoever signs or verifies says what time it is.
///
/// ```
/// use r2_sign::Timestamp;
///
/// let at = Timestamp::from_unix(1_369_353_600);
/// assert_eq!(at.as_str(), "20130524T000000Z");
/// assert_eq!(at.day(), "20130524");
/// assert_eq!(Timestamp::parse_basic("20130524T000000Z")?, at);
/// # Ok::<(), r2_sign::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timestamp {
    unix_seconds: i64,
    text: [u8; 16],
}

impl Timestamp {
    /// The moment this many seconds after 1970. Moments outside the years 0 to 9999 become the
    /// nearest moment inside.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Self {
        let seconds = seconds.clamp(FIRST, LAST);
        let since_first = (seconds - FIRST).unsigned_abs();
        let (year, month, day) = civil(since_first / DAY_SECONDS);
        let second = since_first % DAY_SECONDS;
        let mut text = *b"00000000T000000Z";
        text[0..2].copy_from_slice(&two_digits(year / 100));
        text[2..4].copy_from_slice(&two_digits(year));
        text[4..6].copy_from_slice(&two_digits(month));
        text[6..8].copy_from_slice(&two_digits(day));
        text[9..11].copy_from_slice(&two_digits(second / 3_600));
        text[11..13].copy_from_slice(&two_digits(second / 60 % 60));
        text[13..15].copy_from_slice(&two_digits(second % 60));
        Self { unix_seconds: seconds, text }
    }

    /// Reads `20130524T000000Z`, the only form that R2 takes.
    ///
    /// # Errors
    /// [`ErrorKind::Timestamp`] for any other form and for days and times that do not exist.
    pub fn parse_basic(text: &str) -> Result<Self, Error> {
        let bad = Error::new(ErrorKind::Timestamp);
        let bytes: &[u8; 16] = text.as_bytes().try_into().map_err(|_| bad.clone())?;
        if bytes[8] != b'T' || bytes[15] != b'Z' {
            return Err(bad);
        }
        let number = |from: usize, to: usize| {
            bytes[from..to].iter().try_fold(0_i64, |sum, digit| {
                digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0'))
            })
        };
        let seconds = (|| {
            let days = days(number(0, 4)?, number(4, 6)?, number(6, 8)?);
            Some(((days * 24 + number(9, 11)?) * 60 + number(11, 13)?) * 60 + number(13, 15)?)
        })();
        // A day or hour that does not exist comes back as another text (the 31st of April as the
        // 1st of May), so that writing it again is the whole check.
        match seconds.map(Self::from_unix) {
            Some(at) if at.text == *bytes => Ok(at),
            _ => Err(bad),
        }
    }

    /// Seconds after 1970.
    #[must_use]
    pub const fn unix_seconds(&self) -> i64 {
        self.unix_seconds
    }

    /// `20130524T000000Z`: the value of `x-amz-date`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        text(&self.text)
    }

    /// `20130524`: the day of the credential scope.
    #[must_use]
    pub fn day(&self) -> &str {
        &self.as_str()[..8]
    }

    pub(crate) const fn as_bytes(&self) -> &[u8; 16] {
        &self.text
    }

    /// The day as bytes, for the key cache.
    pub(crate) fn day_bytes(&self) -> [u8; 8] {
        self.text[..8].try_into().expect("8 of 16 bytes")
    }

    /// How far two moments are apart, whichever is first.
    #[must_use]
    pub const fn distance(&self, other: &Self) -> Duration {
        Duration::from_secs(self.unix_seconds.abs_diff(other.unix_seconds))
    }
}

impl From<SystemTime> for Timestamp {
    /// Drops the fraction of the second.
    fn from(time: SystemTime) -> Self {
        let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
        Self::from_unix(match time.duration_since(UNIX_EPOCH) {
            Ok(since) => seconds(since),
            Err(before) => -seconds(before.duration()),
        })
    }
}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.unix_seconds.cmp(&other.unix_seconds)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

/// The two digits of every number below 100.
const TWO_DIGITS: [[u8; 2]; 100] = {
    let mut table = [*b"00"; 100];
    let mut number = 1;
    while number < 100 {
        let [tens, units] = table[number - 1];
        table[number] = if units == b'9' { [tens + 1, b'0'] } else { [tens, units + 1] };
        number += 1;
    }
    table
};

/// The last two digits of a number.
fn two_digits(number: u64) -> [u8; 2] {
    TWO_DIGITS[usize::try_from(number % 100).unwrap_or(0)]
}

/// Days from the 1st of January of the year 0 to the 1st of March: it is a leap year.
const MARCH: u64 = 31 + 29;

/// Year, month and day of a day counted from the beginning of the year 0, in the Gregorian
/// calendar.
/// The year is taken to begin in March, so that the leap day is its last day and months follow one
/// rule; an era is 400 years.
const fn civil(day: u64) -> (u64, u64, u64) {
    const ERA: u64 = 146_097;
    // One era more, so that the first January and February are not before the beginning.
    let day = day + ERA - MARCH;
    let day_of_era = day % ERA;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let month_day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + day / ERA * 400 + if month <= 2 { 1 } else { 0 };
    (year - 400, month, month_day)
}

/// The reverse of [`civil`], counted from 1970.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let march_month = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * march_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_moments() {
        for (seconds, text) in [
            (0, "19700101T000000Z"),
            (-1, "19691231T235959Z"),
            (951_782_400, "20000229T000000Z"),
            (1_369_353_600, "20130524T000000Z"),
            (4_107_542_399, "21000228T235959Z"),
            (FIRST, "00000101T000000Z"),
            (LAST, "99991231T235959Z"),
        ] {
            assert_eq!(Timestamp::from_unix(seconds).as_str(), text);
            assert_eq!(Timestamp::parse_basic(text).unwrap().unix_seconds(), seconds);
        }
        assert_eq!(Timestamp::from_unix(i64::MAX).as_str(), "99991231T235959Z");
        assert_eq!(Timestamp::from_unix(i64::MIN).as_str(), "00000101T000000Z");
    }

    #[test]
    fn system_time_before_and_after_the_epoch() {
        let after = UNIX_EPOCH + Duration::from_millis(1_500);
        assert_eq!(Timestamp::from(after).unix_seconds(), 1);
        let before = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(Timestamp::from(before).as_str(), "19691231T235959Z");
    }

    #[test]
    fn refuses_what_is_not_a_moment() {
        for text in [
            "",
            "20130524",
            "20130524T000000",
            "2013-05-24T00:00:00Z",
            "20130524t000000z",
            "20130524T000000Z ",
            "20131301T000000Z",
            "20130001T000000Z",
            "20130431T000000Z",
            "20130229T000000Z",
            "20130524T240000Z",
            "20130524T006000Z",
            "20130524T000060Z",
            "2013052éT00000Z",
            "+2130524T000000Z",
            "Fri, 24 May 2013 00:00:00 GMT",
        ] {
            assert_eq!(Timestamp::parse_basic(text).unwrap_err().kind(), &ErrorKind::Timestamp);
        }
    }

    proptest! {
        #[test]
        fn writes_and_reads_every_second(seconds in FIRST..=LAST) {
            let at = Timestamp::from_unix(seconds);
            prop_assert_eq!(Timestamp::parse_basic(at.as_str()), Ok(at));
            prop_assert_eq!(at.unix_seconds(), seconds);
        }

        #[test]
        fn never_panics(text in "\\PC{0,20}") {
            let _ = Timestamp::parse_basic(&text);
        }
    }
}
