//! Operations and bytes by what they are billed as.

use std::collections::BTreeMap;
use std::fmt;

use http::{HeaderMap, StatusCode};
use r2_transport::{ErrorKind, TransportError};

use super::{BillingClass, StorageTier};
use crate::journal::Exchange;

const STORAGE_CLASS: &str = "x-amz-storage-class";

/// What R2 would bill: operations by their class, and bytes that were kept and read.
///
/// Requests that were refused with 401 or 403 cost nothing, nor do those that never reached the
/// service; all others are billed, whatever came of them (Cloudflare's R2 pricing page). It knows
/// the prices apart from any client, so that it can disagree with one.
///
/// ```
/// use r2_sim::{BillingClass, Invoice, StorageTier};
///
/// let mut invoice = Invoice::new();
/// invoice.add("PutObject", StorageTier::Standard, 1_000);
/// invoice.add("GetObject", StorageTier::Standard, 50);
/// invoice.assert_at_most(BillingClass::A, 1_000);
/// assert_eq!(invoice.picodollars(), 1_000 * 4_500_000 + 50 * 360_000);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Invoice {
    operations: BTreeMap<(BillingClass, StorageTier, String), u64>,
    /// Requests that cost nothing because they were refused or never arrived.
    unbilled: u64,
    retrieved_bytes: u64,
    pub(super) standard_byte_months: u64,
    pub(super) infrequent_byte_months: u64,
}

impl Invoice {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Invoice {
        Invoice::default()
    }

    /// Of what a [`Journal`](crate::Journal) saw.
    #[must_use]
    pub fn of<'e>(exchanges: impl IntoIterator<Item = &'e Exchange>) -> Invoice {
        let mut invoice = Invoice::new();
        for exchange in exchanges {
            let tier = tier(&exchange.headers, &exchange.response_headers);
            invoice.count(&exchange.operation, tier, exchange.status, exchange.error);
            if tier == StorageTier::InfrequentAccess && exchange.operation == "GetObject" {
                invoice.retrieve(exchange.received_bytes);
            }
        }
        invoice
    }

    /// Adds operations by their S3 name.
    pub fn add(&mut self, operation: &str, tier: StorageTier, count: u64) {
        let key = (BillingClass::of(operation), tier, operation.to_owned());
        *self.operations.entry(key).or_default() += count;
    }

    /// Adds bytes read from Infrequent Access.
    pub fn retrieve(&mut self, bytes: u64) {
        self.retrieved_bytes += bytes;
    }

    /// Adds bytes times the part of the month for which they are kept.
    pub fn store(&mut self, tier: StorageTier, byte_months: u64) {
        match tier {
            StorageTier::Standard => self.standard_byte_months += byte_months,
            StorageTier::InfrequentAccess => self.infrequent_byte_months += byte_months,
        }
    }

    /// Operations of a class, in all storage.
    #[must_use]
    pub fn operations(&self, class: BillingClass) -> u64 {
        let of_class = self.operations.iter().filter(|((known, ..), _)| *known == class);
        of_class.map(|(_, count)| count).sum()
    }

    /// Operations of this S3 name, in all storage.
    #[must_use]
    pub fn count_of(&self, operation: &str) -> u64 {
        let named = self.operations.iter().filter(|((_, _, known), _)| known == operation);
        named.map(|(_, count)| count).sum()
    }

    /// Requests that cost nothing because they were refused with 401 or 403 or never arrived.
    #[must_use]
    pub fn unbilled(&self) -> u64 {
        self.unbilled
    }

    /// Bytes read from Infrequent Access. What is copied from there is not counted: it does not
    /// pass the wire.
    #[must_use]
    pub fn retrieved_bytes(&self) -> u64 {
        self.retrieved_bytes
    }

    /// Asserts that no more operations of a class are billed.
    ///
    /// # Panics
    ///
    /// If there are more; the message lists everything that is billed.
    #[track_caller]
    pub fn assert_at_most(&self, class: BillingClass, operations: u64) {
        let billed = self.operations(class);
        assert!(
            billed <= operations,
            "at most {operations} {class} operations are allowed, and {billed} are billed:\n{self}"
        );
    }

    pub(super) fn of_tier(&self, class: BillingClass, tier: StorageTier) -> u64 {
        let wanted = |key: &(BillingClass, StorageTier, String)| key.0 == class && key.1 == tier;
        self.operations.iter().filter(|(key, _)| wanted(key)).map(|(_, count)| count).sum()
    }

    /// Counts one request by what came of it.
    pub(super) fn count(
        &mut self,
        operation: &str,
        tier: StorageTier,
        status: Option<StatusCode>,
        error: Option<ErrorKind>,
    ) {
        let is_refused = matches!(status, Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN));
        let arrived = error.is_none_or(|kind| TransportError::from_kind(kind).may_have_applied());
        if is_refused || !arrived {
            self.unbilled += 1;
        } else {
            self.add(operation, tier, 1);
        }
    }
}

/// Where the object lies, by what was asked or by what was answered.
pub(super) fn tier(request: &HeaderMap, response: &HeaderMap) -> StorageTier {
    let value = request.get(STORAGE_CLASS).or_else(|| response.get(STORAGE_CLASS));
    StorageTier::of_header(value.and_then(|value| value.to_str().ok()))
}

/// One line an operation.
impl fmt::Display for Invoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ((class, tier, operation), count) in &self.operations {
            let where_ = match tier {
                StorageTier::Standard => "",
                StorageTier::InfrequentAccess => ", Infrequent Access",
            };
            writeln!(f, "{count:>8} {class:<7} {operation}{where_}")?;
        }
        if self.unbilled > 0 {
            writeln!(f, "{:>8} not billed", self.unbilled)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_and_lost_requests_cost_nothing() {
        let mut invoice = Invoice::new();
        let standard = StorageTier::Standard;
        for status in [200, 401, 403, 404, 412, 429, 500] {
            let status = StatusCode::from_u16(status).ok();
            invoice.count("PutObject", standard, status, None);
        }
        for kind in [ErrorKind::Connect, ErrorKind::Dns, ErrorKind::Reset, ErrorKind::Stalled] {
            invoice.count("PutObject", standard, None, Some(kind));
        }
        assert_eq!((invoice.operations(BillingClass::A), invoice.unbilled()), (7, 4));
    }

    #[test]
    #[should_panic(expected = "at most 1 class A operations are allowed, and 3 are billed:
       1 class A PutObject
       2 class A PutObject, Infrequent Access
       9 free    DeleteObject
")]
    fn a_broken_bound_lists_what_was_spent() {
        let mut invoice = Invoice::new();
        invoice.add("PutObject", StorageTier::Standard, 1);
        invoice.add("PutObject", StorageTier::InfrequentAccess, 2);
        invoice.add("DeleteObject", StorageTier::Standard, 9);
        invoice.assert_at_most(BillingClass::Free, 9);
        invoice.assert_at_most(BillingClass::B, 0);
        invoice.assert_at_most(BillingClass::A, 1);
    }
}
