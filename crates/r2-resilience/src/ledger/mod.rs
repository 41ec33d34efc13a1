//! What all calls of a client share: one account for retries, hedges and limits.

mod queue;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use queue::{CircuitRefused, KeyGuard, Ledger, Patience, Permit, now};
