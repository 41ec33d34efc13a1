//! R2's price list, and what a month comes to by it.

use super::{CostClass, Money, Usage};
use crate::values::StorageClass;

const MILLION: u64 = 1_000_000;
/// Gigabytes are decimal.
const GB: u64 = 1_000_000_000;

/// What one unit costs in one storage class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClassPrices {
    /// One class A operation.
    pub class_a: Money,
    /// One class B operation.
    pub class_b: Money,
    /// One byte kept for a month.
    pub byte_month: Money,
    /// One byte read.
    pub retrieved_byte: Money,
}

/// R2's prices (Cloudflare's R2 pricing page, 2026).
///
/// ```
/// use r2_objects::{CostClass, PriceList, StorageClass};
///
/// let prices = PriceList::r2();
/// let million_puts = prices.operation(CostClass::A, &StorageClass::Standard) * 1_000_000;
/// assert_eq!(million_puts.to_string(), "$4.50");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PriceList {
    /// Standard storage.
    pub standard: ClassPrices,
    /// Infrequent Access.
    pub infrequent: ClassPrices,
    /// Gigabyte-months of Standard that cost nothing.
    pub free_gb_months: u64,
    /// Class A operations a month that cost nothing.
    pub free_class_a: u64,
    /// Class B operations a month that cost nothing.
    pub free_class_b: u64,
}

/// Whether the month's free amounts are taken off. An account has them once, however many buckets
/// and clients it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "taken off or not")]
pub enum FreeTier {
    /// Taken off.
    Applies,
    /// Used up elsewhere.
    UsedUp,
}

impl PriceList {
    /// Today's prices.
    #[must_use]
    pub const fn r2() -> Self {
        Self {
            standard: ClassPrices {
                class_a: Money::from_picodollars(4_500_000),
                class_b: Money::from_picodollars(360_000),
                byte_month: Money::from_picodollars(15),
                retrieved_byte: Money::ZERO,
            },
            infrequent: ClassPrices {
                class_a: Money::from_picodollars(9_000_000),
                class_b: Money::from_picodollars(900_000),
                byte_month: Money::from_picodollars(10),
                retrieved_byte: Money::from_picodollars(10),
            },
            free_gb_months: 10,
            free_class_a: MILLION,
            free_class_b: 10 * MILLION,
        }
    }

    /// The prices of a storage class. What is not Infrequent Access is priced as Standard.
    #[must_use]
    pub fn class(&self, storage: &StorageClass) -> &ClassPrices {
        match storage {
            StorageClass::InfrequentAccess => &self.infrequent,
            _ => &self.standard,
        }
    }

    /// One operation, without rounding and free amounts.
    #[must_use]
    pub fn operation(&self, class: CostClass, storage: &StorageClass) -> Money {
        let prices = self.class(storage);
        match class {
            CostClass::A => prices.class_a,
            CostClass::B => prices.class_b,
            CostClass::Free => Money::ZERO,
        }
    }
}

/// A month of one account, to be billed.
///
/// R2 rounds each kind of usage up to whole millions of operations and whole gigabytes after the
/// free amounts are taken off; that order is what the examples on the pricing page show.
///
/// ```
/// use r2_objects::{FreeTier, Month, PriceList, Usage};
///
/// let mut month = Month::default();
/// month.standard_byte_months = 1_000 * 1_000_000_000;
/// month.usage.class_a = 1_000;
/// month.usage.class_b = 1_000_000;
/// assert_eq!(month.bill(&PriceList::r2(), FreeTier::Applies).to_string(), "$14.85");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Month {
    /// Operations and bytes read.
    pub usage: Usage,
    /// Bytes in Standard times the part of the month they were there.
    pub standard_byte_months: u64,
    /// The same in Infrequent Access, where 30 days are charged at least.
    pub infrequent_byte_months: u64,
}

impl Month {
    /// What the month costs.
    #[must_use]
    pub fn bill(&self, prices: &PriceList, free: FreeTier) -> Money {
        let off = |amount: u64, free_amount: u64| match free {
            FreeTier::Applies => amount.saturating_sub(free_amount),
            FreeTier::UsedUp => amount,
        };
        let Usage {
            class_a, class_b, infrequent_class_a, infrequent_class_b, retrieved_bytes, ..
        } = self.usage;
        let standard_bytes = off(self.standard_byte_months, prices.free_gb_months * GB);
        [
            (prices.standard.byte_month, up_to(standard_bytes, GB)),
            (prices.standard.class_a, up_to(off(class_a, prices.free_class_a), MILLION)),
            (prices.standard.class_b, up_to(off(class_b, prices.free_class_b), MILLION)),
            (prices.infrequent.byte_month, up_to(self.infrequent_byte_months, GB)),
            (prices.infrequent.class_a, up_to(infrequent_class_a, MILLION)),
            (prices.infrequent.class_b, up_to(infrequent_class_b, MILLION)),
            (prices.infrequent.retrieved_byte, up_to(retrieved_bytes, GB)),
        ]
        .into_iter()
        .map(|(price, units)| price * units)
        .sum()
    }
}

/// The next whole number of units.
fn up_to(amount: u64, unit: u64) -> u64 {
    amount.div_ceil(unit).saturating_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bill(month: &Month) -> String {
        month.bill(&PriceList::r2(), FreeTier::Applies).to_string()
    }

    /// The examples of the pricing page.
    #[test]
    fn examples_of_the_pricing_page() {
        let mut standard = Month { standard_byte_months: 1_000 * GB, ..Month::default() };
        standard.usage.class_a = 1_000;
        standard.usage.class_b = MILLION;
        assert_eq!(bill(&standard), "$14.85");

        let mut infrequent = Month { infrequent_byte_months: 1_000 * GB, ..Month::default() };
        infrequent.usage.infrequent_class_a = 1_000;
        infrequent.usage.infrequent_class_b = MILLION;
        // the page reads a million objects of 1 GB but bills 1,000 GB
        infrequent.usage.retrieved_bytes = 1_000 * GB;
        assert_eq!(bill(&infrequent), "$29.90");

        let mut assets = Month { standard_byte_months: 10 * GB, ..Month::default() };
        assets.usage.class_a = 100_000;
        assets.usage.class_b = 300 * MILLION;
        assert_eq!(bill(&assets), "$104.40");
    }

    #[test]
    fn usage_is_rounded_up_after_the_free_amounts() {
        let mut month = Month::default();
        month.usage.class_a = MILLION + 1;
        assert_eq!(bill(&month), "$4.50");
        assert_eq!(month.bill(&PriceList::r2(), FreeTier::UsedUp).to_string(), "$9.00");
        let month = Month { infrequent_byte_months: GB + GB / 10, ..Month::default() };
        assert_eq!(bill(&month), "$0.02");
    }
}
