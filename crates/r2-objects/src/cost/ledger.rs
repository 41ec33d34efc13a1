//! Counting what a client sends, and stopping it at a cap.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{CostClass, Money, PriceList};
use crate::error::{Error, ErrorKind};
use crate::values::StorageClass;

/// What was sent so far, as R2 bills it: every attempt counts, except those it refused with 401 or
/// 403.
///
/// ```
/// use r2_objects::{PriceList, Usage};
///
/// let mut usage = Usage::default();
/// usage.class_a = 2_000;
/// assert_eq!(usage.price(&PriceList::r2()).to_string(), "$0.009");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Class A operations on Standard storage, and on buckets.
    pub class_a: u64,
    /// Class B operations on Standard storage, and on buckets.
    pub class_b: u64,
    /// Operations that cost nothing.
    pub free: u64,
    /// Class A operations on Infrequent Access.
    pub infrequent_class_a: u64,
    /// Class B operations on Infrequent Access.
    pub infrequent_class_b: u64,
    /// Bytes read from Infrequent Access.
    pub retrieved_bytes: u64,
}

impl Usage {
    /// All operations together.
    #[must_use]
    pub fn operations(&self) -> u64 {
        let Self { class_a, class_b, free, infrequent_class_a, infrequent_class_b, .. } = self;
        class_a + class_b + free + infrequent_class_a + infrequent_class_b
    }

    /// What these operations cost one by one, without R2's rounding up and free amounts.
    #[must_use]
    pub fn price(&self, prices: &PriceList) -> Money {
        prices.standard.class_a * self.class_a
            + prices.standard.class_b * self.class_b
            + prices.infrequent.class_a * self.infrequent_class_a
            + prices.infrequent.class_b * self.infrequent_class_b
            + prices.infrequent.retrieved_byte * self.retrieved_bytes
    }
}

/// A limit on what a client may send in its life. What would go over it is refused before it is
/// sent, retries included.
///
/// ```
/// use r2_objects::{CostCap, Money};
///
/// let cap = CostCap::new().money(Money::from_cents(50)).class_a(10_000);
/// assert_eq!(cap.class_a_max, Some(10_000));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CostCap {
    /// Most money, at the price of each operation without rounding and free amounts. Default: no
    /// limit.
    pub money_max: Option<Money>,
    /// Most class A operations of all storage classes. Default: no limit.
    pub class_a_max: Option<u64>,
    /// Most class B operations of all storage classes. Default: no limit.
    pub class_b_max: Option<u64>,
}

impl CostCap {
    /// No limit yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Limits the money.
    #[must_use]
    pub fn money(mut self, amount: Money) -> Self {
        self.money_max = Some(amount);
        self
    }

    /// Limits class A operations.
    #[must_use]
    pub fn class_a(mut self, operations: u64) -> Self {
        self.class_a_max = Some(operations);
        self
    }

    /// Limits class B operations.
    #[must_use]
    pub fn class_b(mut self, operations: u64) -> Self {
        self.class_b_max = Some(operations);
        self
    }
}

/// The counters of a client, shared by its clones.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    cap: CostCap,
    class_a: AtomicU64,
    class_b: AtomicU64,
    free: AtomicU64,
    infrequent_class_a: AtomicU64,
    infrequent_class_b: AtomicU64,
    retrieved_bytes: AtomicU64,
}

/// One attempt that was counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Billed {
    class: CostClass,
    infrequent: bool,
}

impl Ledger {
    pub(crate) fn new(cap: CostCap) -> Self {
        Self { cap, ..Self::default() }
    }

    /// Counts an attempt that is about to be sent, or says that it would go over the cap.
    pub(crate) fn bill(&self, class: CostClass, storage: &StorageClass) -> Result<Billed, Error> {
        let billed = Billed { class, infrequent: *storage == StorageClass::InfrequentAccess };
        self.counter(billed).fetch_add(1, Ordering::Relaxed);
        match self.over_cap(class) {
            None => Ok(billed),
            Some(message) => {
                self.cancel(billed);
                Err(Error::new(ErrorKind::CostCap, message))
            }
        }
    }

    /// The server did not bill it after all.
    pub(crate) fn cancel(&self, billed: Billed) {
        self.counter(billed).fetch_sub(1, Ordering::Relaxed);
    }

    /// The reply says that the object lies in Infrequent Access.
    pub(crate) fn was_infrequent(&self, billed: Billed) {
        if !billed.infrequent {
            self.cancel(billed);
            self.counter(Billed { infrequent: true, ..billed }).fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn retrieved(&self, bytes: u64) {
        self.retrieved_bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn usage(&self) -> Usage {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Usage {
            class_a: read(&self.class_a),
            class_b: read(&self.class_b),
            free: read(&self.free),
            infrequent_class_a: read(&self.infrequent_class_a),
            infrequent_class_b: read(&self.infrequent_class_b),
            retrieved_bytes: read(&self.retrieved_bytes),
        }
    }

    fn counter(&self, billed: Billed) -> &AtomicU64 {
        match (billed.class, billed.infrequent) {
            (CostClass::A, false) => &self.class_a,
            (CostClass::A, true) => &self.infrequent_class_a,
            (CostClass::B, false) => &self.class_b,
            (CostClass::B, true) => &self.infrequent_class_b,
            (CostClass::Free, _) => &self.free,
        }
    }

    fn over_cap(&self, class: CostClass) -> Option<String> {
        let CostCap { money_max, class_a_max, class_b_max } = self.cap;
        if class == CostClass::Free || self.cap == CostCap::default() {
            return None;
        }
        let usage = self.usage();
        let class_a = usage.class_a + usage.infrequent_class_a;
        let class_b = usage.class_b + usage.infrequent_class_b;
        if let Some(max) = class_a_max.filter(|max| class == CostClass::A && class_a > *max) {
            return Some(format!("the client may send {max} class A operations and has"));
        }
        if let Some(max) = class_b_max.filter(|max| class == CostClass::B && class_b > *max) {
            return Some(format!("the client may send {max} class B operations and has"));
        }
        let max = money_max.filter(|max| usage.price(&PriceList::r2()) > *max)?;
        Some(format!("the client may spend {max}, and this operation would go over it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cap_lets_exactly_so_many_through() {
        let ledger = Ledger::new(CostCap::new().class_a(2).class_b(1));
        let storage = StorageClass::Standard;
        assert!(ledger.bill(CostClass::A, &storage).is_ok());
        assert!(ledger.bill(CostClass::A, &StorageClass::InfrequentAccess).is_ok());
        let error = ledger.bill(CostClass::A, &storage).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::CostCap);
        assert!(ledger.bill(CostClass::B, &storage).is_ok());
        assert!(ledger.bill(CostClass::B, &storage).is_err());
        assert!(ledger.bill(CostClass::Free, &storage).is_ok());
        assert_eq!(ledger.usage().operations(), 4);
    }

    #[test]
    fn the_cap_on_money_counts_to_the_last_operation() {
        let ledger = Ledger::new(CostCap::new().money(Money::from_picodollars(9_000_000)));
        let storage = StorageClass::Standard;
        assert!(ledger.bill(CostClass::A, &storage).is_ok());
        let refused = ledger.bill(CostClass::A, &storage).unwrap();
        assert!(ledger.bill(CostClass::B, &storage).is_err());
        ledger.cancel(refused);
        assert!(ledger.bill(CostClass::B, &storage).is_ok());
    }

    #[test]
    fn a_reply_from_infrequent_access_moves_the_count() {
        let ledger = Ledger::default();
        let billed = ledger.bill(CostClass::B, &StorageClass::Standard).unwrap();
        ledger.was_infrequent(billed);
        let usage = ledger.usage();
        assert_eq!((usage.class_b, usage.infrequent_class_b), (0, 1));
    }
}
