//! Sizes, times and money as people type them.

use std::time::Duration;

use r2_objects::Money;

/// Reads `64KiB`, `10MiB`, `1.5GB` or plain bytes.
pub(crate) fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 =
        number.parse().map_err(|_| format!("`{text}` does not begin with a number"))?;
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "t" | "tib" => 1 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        other => {
            return Err(format!("unknown unit `{other}`; use B, KiB, MiB, GiB, TiB or KB, MB"));
        }
    };
    number.checked_mul(factor).ok_or_else(|| format!("`{text}` is too large"))
}

/// Reads `90`, `90s`, `15m`, `2h`, `7d`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 =
        number.parse().map_err(|_| format!("`{text}` does not begin with a number"))?;
    let seconds: u64 = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        other => return Err(format!("unknown unit `{other}`; use s, m, h or d")),
    };
    number
        .checked_mul(seconds)
        .map(Duration::from_secs)
        .ok_or_else(|| format!("`{text}` is too long"))
}

/// Reads dollars: `0.25`, `$3`.
pub(crate) fn parse_dollars(text: &str) -> Result<Money, String> {
    Money::parse(text.trim_start_matches('$'))
        .ok_or_else(|| format!("`{text}` is not an amount in dollars"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let cases = [("0", 0), ("5MiB", 5 << 20), ("1k", 1024), ("2GB", 2_000_000_000), ("7 b", 7)];
        for (text, wanted) in cases {
            assert_eq!(parse_size(text), Ok(wanted), "{text}");
        }
        for text in ["", "MiB", "1XB", "99999999999TiB", "-1"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times() {
        assert_eq!(parse_duration("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(parse_duration("7d"), Ok(Duration::from_secs(604_800)));
        for text in ["", "s", "1y", "99999999999999999999s"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn money() {
        assert_eq!(parse_dollars("0.25"), Ok(Money::from_cents(25)));
        assert_eq!(parse_dollars("$3"), Ok(Money::from_cents(300)));
        for text in ["", "-1", "nan", "inf", "a"] {
            assert!(parse_dollars(text).is_err(), "{text}");
        }
    }
}
