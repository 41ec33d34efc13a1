//! All series by name and labels, bounded in number.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use metrics::Key;

use super::histogram::Buckets;
use crate::limits::METRIC_SERIES_MAX;

/// Names and values of labels, in the order of names.
pub(super) type Labels = Vec<(String, String)>;

/// All that was recorded.
#[derive(Debug, Default)]
pub(super) struct Registry(Mutex<Families>);

#[derive(Debug, Default)]
pub(super) struct Families {
    pub(super) by_name: BTreeMap<String, Family>,
    pub(super) help: BTreeMap<String, String>,
    /// Series that were asked for and not made.
    pub(super) dropped: u64,
    series: usize,
}

/// The series of one name.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) kind: Kind,
    pub(super) series: BTreeMap<Labels, Cell>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// Where the values of a series are.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    /// A counter's number, or the bits of a gauge's.
    Number(Arc<AtomicU64>),
    Buckets(Arc<Buckets>),
}

impl Registry {
    pub(super) fn families(&self) -> MutexGuard<'_, Families> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cell of a series. `None` when its name has another kind, or when there are too many.
    pub(super) fn cell(&self, key: &Key, kind: Kind) -> Option<Cell> {
        let mut families = self.families();
        let Families { by_name, dropped, series, .. } = &mut *families;
        let labels = labels(key);
        let is_full = *series >= METRIC_SERIES_MAX;
        match by_name.get_mut(key.name()) {
            Some(family) if family.kind == kind => {
                if let Some(cell) = family.series.get(&labels) {
                    return Some(cell.clone());
                }
                if !is_full {
                    *series += 1;
                    return Some(family.series.entry(labels).or_insert(Cell::new(kind)).clone());
                }
            }
            None if !is_full => {
                *series += 1;
                let cell = Cell::new(kind);
                let series = BTreeMap::from([(labels, cell.clone())]);
                by_name.insert(key.name().to_owned(), Family { kind, series });
                return Some(cell);
            }
            _ => {}
        }
        *dropped += 1;
        None
    }
}

impl Cell {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Counter | Kind::Gauge => Self::Number(Arc::default()),
            Kind::Histogram => Self::Buckets(Arc::default()),
        }
    }
}

fn labels(key: &Key) -> Labels {
    let labels = key.labels().map(|label| (label.key().to_owned(), label.value().to_owned()));
    let mut labels: Labels = labels.collect();
    labels.sort();
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &'static str, bucket: usize) -> Key {
        Key::from_parts(name, vec![metrics::Label::new("bucket", bucket.to_string())])
    }

    #[test]
    fn series_are_bounded_and_what_is_there_goes_on() {
        let registry = Registry::default();
        for bucket in 0..METRIC_SERIES_MAX {
            assert!(registry.cell(&key("a", bucket), Kind::Counter).is_some());
        }
        assert!(registry.cell(&key("a", METRIC_SERIES_MAX), Kind::Counter).is_none());
        assert!(registry.cell(&key("b", 0), Kind::Gauge).is_none());
        assert!(registry.cell(&key("a", 0), Kind::Counter).is_some());
        assert_eq!(registry.families().dropped, 2);
    }

    #[test]
    fn a_name_has_one_kind() {
        let registry = Registry::default();
        assert!(registry.cell(&key("a", 0), Kind::Counter).is_some());
        assert!(registry.cell(&key("a", 0), Kind::Histogram).is_none());
    }
}
