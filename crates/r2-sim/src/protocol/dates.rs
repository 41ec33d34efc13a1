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

/// Reads a date of a header as milliseconds since 1970, never before: HTTP's own form, the two old
/// ones that HTTP asks servers to understand, and RFC 3339's, which some clients send.
pub(crate) fn parse_http_date(text: &str) -> Option<u64> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    match *fields.as_slice() {
        [weekday, day, month, year, time, zone] if weekday.ends_with(',') => {
            parse_fields(year, month, day, time, zone)
        }
        // Sunday, 06-Nov-94 08:49:37 GMT
        [weekday, date, time, zone] if weekday.ends_with(',') => {
            let mut parts = date.split('-');
            let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
            // As JavaScript reads two digits.
            let century = if year.parse::<u32>().ok()? < 50 { "20" } else { "19" };
            let year = if year.len() == 2 { format!("{century}{year}") } else { year.to_owned() };
            parse_fields(&year, month, day, time, zone)
        }
        // Sun Nov  6 08:49:37 1994
        [_, month, day, time, year] => parse_fields(year, month, day, time, "GMT"),
        [iso] => parse_iso(iso),
        _ => None,
    }
}

fn parse_fields(year: &str, month: &str, day: &str, time: &str, zone: &str) -> Option<u64> {
    let month = MONTHS.iter().position(|known| *known == month)? + 1;
    let zone = match zone {
        "GMT" | "UTC" | "UT" => "Z".to_owned(),
        offset => format!("{}:{}", offset.get(..3)?, offset.get(3..)?),
    };
    parse_iso(&format!("{year}-{month:02}-{day:0>2}T{time}{zone}"))
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
    fn old_forms_are_read_too() {
        for text in [
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 6 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 09:49:37 +0100",
            "1994-11-06T08:49:37Z",
        ] {
            assert_eq!(parse_http_date(text), Some(784_111_777_000), "{text}");
        }
        assert_eq!(parse_http_date("Sat, 01 Jan 1927 00:00:00 GMT"), Some(0));
    }

    #[test]
    fn other_forms_are_no_dates() {
        for text in ["", "yesterday", "0", "Sun, 06 Nov 1994 08:49:37 é", "Sun, 06 Foo 1994 1 GMT"]
        {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }
}
