//! HTTP dates: `Sun, 06 Nov 1994 08:49:37 GMT`, whole seconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use r2_xml::Timestamp;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MS: u64 = 86_400_000;

/// Milliseconds since 1970, never before.
pub(crate) fn unix_ms(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// The other way round, as far as the documents can express it.
pub(crate) fn timestamp(unix_ms: u64) -> Timestamp {
    let time = UNIX_EPOCH.checked_add(Duration::from_millis(unix_ms)).unwrap_or(UNIX_EPOCH);
    Timestamp::from(time)
}

/// Writes an HTTP date. Never rounds up: a client must not see a time that lies ahead of it.
pub(crate) fn http_date(unix_ms: u64) -> String {
    let iso = timestamp(unix_ms).to_string();
    let (date, time) = iso.split_once('T').unwrap_or((&iso, ""));
    let mut fields = date.split('-');
    let mut field = || fields.next().unwrap_or_default();
    let (year, month, day) = (field(), field(), field());
    let month = month.parse().ok().and_then(|month: usize| MONTHS.get(month.wrapping_sub(1)));
    let weekday = usize::try_from(unix_ms / DAY_MS % 7).ok().and_then(|day| DAYS.get(day));
    format!(
        "{}, {day} {} {year} {} GMT",
        weekday.unwrap_or(&"Thu"),
        month.unwrap_or(&"Jan"),
        time.get(..8).unwrap_or("00:00:00"),
    )
}

/// Reads an HTTP date as milliseconds since 1970; `None` for anything else, which R2 ignores.
pub(crate) fn parse_http_date(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once(", ")?;
    let mut fields = rest.split(' ');
    let (day, month, year) = (fields.next()?, fields.next()?, fields.next()?);
    let (time, zone) = (fields.next()?, fields.next()?);
    if fields.next().is_some() || zone != "GMT" || time.len() != 8 {
        return None;
    }
    let month = MONTHS.iter().position(|known| *known == month)? + 1;
    parse_iso(&format!("{year}-{month:02}-{day}T{time}Z"))
}

/// Reads a date of RFC 3339, or a day alone.
fn parse_iso(text: &str) -> Option<u64> {
    let timestamp: Timestamp = text.parse().ok()?;
    Some(unix_ms(SystemTime::from(timestamp)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_the_standard() {
        assert_eq!(http_date(784_111_777_999), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777_000));
    }

    #[test]
    fn every_day_of_a_leap_cycle_reads_back() {
        for day in 0..1500 {
            let ms = 1_900_000_000_000 + day * DAY_MS;
            assert_eq!(parse_http_date(&http_date(ms)), Some(ms), "{}", http_date(ms));
        }
    }

    #[test]
    fn other_forms_are_no_dates() {
        for text in
            ["", "yesterday", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC"]
        {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }
}
