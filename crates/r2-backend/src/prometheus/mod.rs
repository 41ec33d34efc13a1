//! Metrics for Prometheus: a recorder that keeps them, and a page that shows them.
//!
//! The crates of this workspace report through the `metrics` crate, whatever recorder is there.
//! This one needs no thread, no clock and no socket of its own: the page is a
//! [`Transport`](r2_objects::Transport), so what serves the local R2 serves it too.

mod histogram;
mod page;
mod recorder;
mod registry;
mod text;

pub use page::MetricsPage;
pub use recorder::{Prometheus, RecorderTaken};
