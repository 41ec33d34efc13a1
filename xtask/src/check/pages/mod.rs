//! The written pages: what they name exists, and what exists is named.

mod architecture;
mod changes;
mod decisions;
mod features;
mod known_failures;
mod links;
mod markdown;
mod readme;
mod rules;

pub(super) use rules::findings;
