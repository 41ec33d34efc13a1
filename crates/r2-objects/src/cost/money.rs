//! Amounts of money without rounding.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul};

const PICO: u128 = 1_000_000_000_000;

/// An amount of US dollars, exact to a millionth of a millionth: one byte kept for a month costs 15
/// of these.
///
/// ```
/// use r2_objects::Money;
///
/// let price = Money::from_picodollars(4_500_000) * 1_000;
/// assert_eq!(price.to_string(), "$0.0045");
/// assert_eq!(Money::from_cents(120).to_string(), "$1.20");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(u128);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From millionths of millionths of a dollar.
    #[must_use]
    pub const fn from_picodollars(picodollars: u128) -> Self {
        Self(picodollars)
    }

    /// From hundredths of a dollar.
    #[must_use]
    pub const fn from_cents(cents: u64) -> Self {
        Self(cents as u128 * (PICO / 100))
    }

    /// In millionths of millionths of a dollar.
    #[must_use]
    pub const fn picodollars(self) -> u128 {
        self.0
    }

    /// Reads an amount in dollars, `0.25` or `$0.25`. `None` for anything else, and for more than
    /// twelve digits after the point.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('$').unwrap_or(text);
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if text.is_empty() || text == "." || !digits(whole) || !digits(fraction) {
            return None;
        }
        if fraction.len() > 12 {
            return None;
        }
        let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let fraction: u128 = format!("{fraction:0<12}").parse().ok()?;
        Some(Self(whole.checked_mul(PICO)?.checked_add(fraction)?))
    }
}

/// Two digits after the point, more where the amount needs them.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fraction = format!("{:012}", self.0 % PICO);
        let shown = fraction.trim_end_matches('0').len().max(2);
        write!(f, "${}.{}", self.0 / PICO, &fraction[..shown])
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Mul<u64> for Money {
    type Output = Self;

    fn mul(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count.into()))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_in_full_and_read_back() {
        for (pico, text) in [
            (0, "$0.00"),
            (1, "$0.000000000001"),
            (PICO, "$1.00"),
            (14_850_000_000_000, "$14.85"),
            (4_500_000, "$0.0000045"),
        ] {
            let money = Money::from_picodollars(pico);
            assert_eq!(money.to_string(), text);
            assert_eq!(Money::parse(text), Some(money));
        }
        assert_eq!(Money::parse("5"), Some(Money::from_cents(500)));
        assert_eq!(Money::parse(".5"), Some(Money::from_cents(50)));
        for bad in ["", ".", "-1", "1,5", "1.5.5", "0.0000000000001", "x"] {
            assert_eq!(Money::parse(bad), None, "{bad}");
        }
    }
}
