//! What it costs: operation by operation, and as a month that is rounded and has free amounts.

use super::{BillingClass, Invoice, StorageTier};

const MILLION: u64 = 1_000_000;

/// Gigabytes are decimal.
const GB: u64 = 1_000_000_000;

/// Prices of one kind of storage, in thousandths of a dollar (Cloudflare's R2 pricing page, 2026).
struct Prices {
    /// For a million operations.
    class_a: u64,
    /// For a million operations.
    class_b: u64,
    /// For a gigabyte and a month.
    gb_month: u64,
    /// For a gigabyte that is read.
    gb_read: u64,
}

const STANDARD: Prices = Prices { class_a: 4_500, class_b: 360, gb_month: 15, gb_read: 0 };
const INFREQUENT: Prices = Prices { class_a: 9_000, class_b: 900, gb_month: 10, gb_read: 10 };

/// What a month gives for nothing, in Standard storage only.
const FREE_CLASS_A: u64 = MILLION;
const FREE_CLASS_B: u64 = 10 * MILLION;
const FREE_BYTES: u64 = 10 * GB;

/// Whether the month's free amounts are taken off; an account has them once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "taken off or not")]
pub enum FreeAmounts {
    /// Taken off.
    Apply,
    /// Used up by others.
    UsedUp,
}

impl Invoice {
    /// What the operations and the reading cost one by one, without rounding, free amounts and
    /// storage, in millionths of a millionth of a dollar.
    #[must_use]
    pub fn picodollars(&self) -> u64 {
        // A thousandth of a dollar for a million is a thousand picodollars for one.
        let tier = |tier, prices: &Prices| {
            1_000 * prices.class_a * self.of_tier(BillingClass::A, tier)
                + 1_000 * prices.class_b * self.of_tier(BillingClass::B, tier)
        };
        tier(StorageTier::Standard, &STANDARD)
            + tier(StorageTier::InfrequentAccess, &INFREQUENT)
            + INFREQUENT.gb_read * self.retrieved_bytes()
    }

    /// What a month of this costs, in thousandths of a dollar: the free amounts taken off, and what
    /// is left rounded up to whole millions of operations and whole gigabytes.
    ///
    /// ```
    /// use r2_sim::{FreeAmounts, Invoice, StorageTier};
    ///
    /// // The pricing page's first example: 14.85 dollars.
    /// let mut invoice = Invoice::new();
    /// invoice.store(StorageTier::Standard, 1_000 * 1_000_000_000);
    /// invoice.add("PutObject", StorageTier::Standard, 1_000);
    /// invoice.add("GetObject", StorageTier::Standard, 1_000_000);
    /// assert_eq!(invoice.month_millidollars(FreeAmounts::Apply), 14_850);
    /// ```
    #[must_use]
    pub fn month_millidollars(&self, free: FreeAmounts) -> u64 {
        let off = |amount: u64, free_amount: u64| match free {
            FreeAmounts::Apply => amount.saturating_sub(free_amount),
            FreeAmounts::UsedUp => amount,
        };
        let (standard, infrequent) = (StorageTier::Standard, StorageTier::InfrequentAccess);
        let class_a = off(self.of_tier(BillingClass::A, standard), FREE_CLASS_A);
        let class_b = off(self.of_tier(BillingClass::B, standard), FREE_CLASS_B);
        let bytes = off(self.standard_byte_months, FREE_BYTES);
        let infrequent_a = self.of_tier(BillingClass::A, infrequent);
        let infrequent_b = self.of_tier(BillingClass::B, infrequent);
        STANDARD.class_a * class_a.div_ceil(MILLION)
            + STANDARD.class_b * class_b.div_ceil(MILLION)
            + STANDARD.gb_month * bytes.div_ceil(GB)
            + INFREQUENT.class_a * infrequent_a.div_ceil(MILLION)
            + INFREQUENT.class_b * infrequent_b.div_ceil(MILLION)
            + INFREQUENT.gb_month * self.infrequent_byte_months.div_ceil(GB)
            + INFREQUENT.gb_read * self.retrieved_bytes().div_ceil(GB)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the pricing page.
    #[test]
    fn examples_of_the_pricing_page() {
        let mut infrequent = Invoice::new();
        let tier = StorageTier::InfrequentAccess;
        infrequent.store(tier, 1_000 * GB);
        infrequent.add("PutObject", tier, 1_000);
        infrequent.add("GetObject", tier, 1_000_000);
        // The page reads a million objects of 1 GB but bills 1,000 GB.
        infrequent.retrieve(1_000 * GB);
        assert_eq!(infrequent.month_millidollars(FreeAmounts::Apply), 29_900);

        let mut assets = Invoice::new();
        assets.store(StorageTier::Standard, 10 * GB);
        assets.add("PutObject", StorageTier::Standard, 100_000);
        assets.add("GetObject", StorageTier::Standard, 300 * MILLION);
        assert_eq!(assets.month_millidollars(FreeAmounts::Apply), 104_400);
    }

    #[test]
    fn what_is_begun_is_billed_whole() {
        let mut invoice = Invoice::new();
        invoice.add("UploadPart", StorageTier::Standard, MILLION + 1);
        invoice.add("DeleteObject", StorageTier::Standard, 5 * MILLION);
        assert_eq!(invoice.month_millidollars(FreeAmounts::Apply), 4_500);
        assert_eq!(invoice.month_millidollars(FreeAmounts::UsedUp), 9_000);
        assert_eq!(invoice.picodollars(), 4_500_000 * (MILLION + 1));
        invoice.store(StorageTier::Standard, GB / 10);
        assert_eq!(invoice.month_millidollars(FreeAmounts::UsedUp), 9_015);
    }
}
