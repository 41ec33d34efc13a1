//! Points in time as documents write them.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MILLIS_PER_SECOND: i64 = 1_000;
const SECONDS_PER_DAY: i64 = 86_400;
/// 0001-01-01T00:00:00Z, which some servers write for "unknown".
const SECONDS_MIN: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z.
const SECONDS_MAX: i64 = 253_402_300_799;

/// A point in time with milliseconds, in the years 1 to 9999, UTC.
///
/// ```
/// use r2_xml::Timestamp;
///
/// let time: Timestamp = "2026-08-17T09:30:00.250Z".parse()?;
/// assert_eq!((time.unix_seconds(), time.millis()), (1_786_959_000, 250));
/// assert_eq!(time.to_string(), "2026-08-17T09:30:00.250Z");
/// assert_eq!("2026-08-17T11:30:00.25+02:00".parse(), Ok(time));
/// # Ok::<(), r2_xml::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    unix_millis: i64,
}

/// A text is not a date and time of RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time")]
#[non_exhaustive]
pub struct ParseTimestampError;

impl Timestamp {
    /// From seconds since 1970 and milliseconds. Clamps to the years 1 to 9999.
    #[must_use]
    pub fn from_unix(seconds: i64, millis: u16) -> Self {
        let whole = seconds.clamp(SECONDS_MIN, SECONDS_MAX) * MILLIS_PER_SECOND;
        Self { unix_millis: whole + i64::from(millis.min(999)) }
    }

    /// Whole seconds since 1970, rounded towards the past.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.unix_millis.div_euclid(MILLIS_PER_SECOND)
    }

    /// Milliseconds into the second, 0 to 999.
    #[must_use]
    pub fn millis(self) -> u16 {
        u16::try_from(self.unix_millis.rem_euclid(MILLIS_PER_SECOND)).unwrap_or_default()
    }
}

/// Drops what is finer than a millisecond. Clamps to the years 1 to 9999.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let clamped = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        let unix_millis = match time.duration_since(UNIX_EPOCH) {
            Ok(after) => clamped(after),
            Err(before) => clamped(before.duration()).saturating_neg(),
        };
        let seconds = unix_millis.div_euclid(MILLIS_PER_SECOND);
        let millis = u16::try_from(unix_millis.rem_euclid(MILLIS_PER_SECOND)).unwrap_or(999);
        Self::from_unix(seconds, millis)
    }
}

impl From<Timestamp> for SystemTime {
    fn from(timestamp: Timestamp) -> Self {
        let distance = Duration::from_millis(timestamp.unix_millis.unsigned_abs());
        let time = if timestamp.unix_millis < 0 {
            UNIX_EPOCH.checked_sub(distance)
        } else {
            UNIX_EPOCH.checked_add(distance)
        };
        // Only a platform whose clock begins in 1970 lacks these years.
        time.unwrap_or(UNIX_EPOCH)
    }
}

/// `2026-08-17T09:30:00.250Z`, always with milliseconds, as R2 writes it.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.unix_seconds();
        let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
        let second = seconds.rem_euclid(SECONDS_PER_DAY);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        let millis = self.millis();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads RFC 3339: any number of digits after the point, or none; `Z` or an offset; or a date
/// alone, as lifecycle rules may have it.
impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, ParseTimestampError> {
        let mut rest = Digits(text.as_bytes());
        let year = rest.number(4)?;
        rest.byte(b"-")?;
        let month = rest.number(2)?;
        rest.byte(b"-")?;
        let day = rest.number(2)?;
        if year == 0
            || !(1..=12).contains(&month)
            || !(1..=days_in_month(year, month)).contains(&day)
        {
            return Err(ParseTimestampError);
        }
        let midnight = days_from_civil(year, month, day) * SECONDS_PER_DAY;
        if rest.0.is_empty() {
            return Ok(Self::from_unix(midnight, 0));
        }
        rest.byte(b"Tt ")?;
        let second = rest.time_of_day()?;
        let millis = rest.fraction()?;
        let seconds = midnight + second - rest.offset()?;
        if !rest.0.is_empty() || !(SECONDS_MIN..=SECONDS_MAX).contains(&seconds) {
            return Err(ParseTimestampError);
        }
        Ok(Self::from_unix(seconds, millis))
    }
}

/// What is left of a text.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn number(&mut self, digits: usize) -> Result<i64, ParseTimestampError> {
        let (head, tail) = self.0.split_at_checked(digits).ok_or(ParseTimestampError)?;
        self.0 = tail;
        head.iter().try_fold(0, |value, byte| match byte {
            b'0'..=b'9' => Ok(value * 10 + i64::from(byte - b'0')),
            _ => Err(ParseTimestampError),
        })
    }

    fn byte(&mut self, allowed: &[u8]) -> Result<u8, ParseTimestampError> {
        let (first, rest) = self.0.split_first().ok_or(ParseTimestampError)?;
        self.0 = rest;
        if allowed.contains(first) { Ok(*first) } else { Err(ParseTimestampError) }
    }

    fn time_of_day(&mut self) -> Result<i64, ParseTimestampError> {
        let hour = self.number(2)?;
        self.byte(b":")?;
        let minute = self.number(2)?;
        self.byte(b":")?;
        let second = self.number(2)?;
        if hour > 23 || minute > 59 || second > 59 {
            return Err(ParseTimestampError);
        }
        Ok(hour * 3_600 + minute * 60 + second)
    }

    fn fraction(&mut self) -> Result<u16, ParseTimestampError> {
        let Some(digits) = self.0.strip_prefix(b".") else { return Ok(0) };
        let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if length == 0 {
            return Err(ParseTimestampError);
        }
        self.0 = &digits[length..];
        let padded = digits[..length].iter().map(|byte| u16::from(byte - b'0'));
        Ok(padded.chain([0, 0]).take(3).fold(0, |millis, digit| millis * 10 + digit))
    }

    /// Seconds east of Greenwich.
    fn offset(&mut self) -> Result<i64, ParseTimestampError> {
        let sign = match self.byte(b"Zz+-")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Ok(0),
        };
        let hours = self.number(2)?;
        self.byte(b":")?;
        let minutes = self.number(2)?;
        if hours > 23 || minutes > 59 {
            return Err(ParseTimestampError);
        }
        Ok(sign * (hours * 3_600 + minutes * 60))
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
///
/// Years begin in March here, so that the leap day is a year's last, and 400 years repeat.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let shifted_year = year - i64::from(month <= 2);
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}
