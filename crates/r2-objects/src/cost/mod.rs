//! What requests cost: the price list of R2, exact arithmetic, counters and caps.

mod class;
mod ledger;
mod money;
mod price;

pub use class::CostClass;
pub use ledger::{CostCap, Usage};
pub use money::Money;
pub use price::{ClassPrices, FreeTier, Month, PriceList};

pub(crate) use ledger::{Billed, Ledger};
