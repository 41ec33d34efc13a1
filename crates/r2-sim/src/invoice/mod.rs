//! What R2 would bill for the requests that passed, to assert on.

mod bill;
mod class;
mod meter;
mod month;

pub use bill::Invoice;
pub use class::{BillingClass, StorageTier};
pub use meter::Meter;
pub use month::FreeAmounts;
