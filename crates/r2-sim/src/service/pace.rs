//! R2's limit of one write a second to one key (Cloudflare's limits page), when it is switched on,
//! and of parts in flight.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::protocol::Refusal;
use crate::store::locked;

/// Keys remembered before the old ones are looked through.
const KEYS_MAX: usize = 10_000;

/// When keys were last written, and how many parts of which upload are on their way.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    writes: Mutex<HashMap<(String, String), u64>>,
    parts: Arc<Mutex<HashMap<u64, usize>>>,
}

impl Pace {
    /// Takes note of a write, or refuses it.
    pub(crate) fn check(
        &self,
        bucket: &str,
        key: &str,
        now: u64,
        interval_ms: u64,
    ) -> Result<(), Refusal> {
        let mut writes = locked(&self.writes);
        let is_recent = |at: u64| now < at.saturating_add(interval_ms);
        if writes.len() >= KEYS_MAX {
            writes.retain(|_, at| is_recent(*at));
        }
        let name = (bucket.to_owned(), key.to_owned());
        if writes.get(&name).is_some_and(|at| is_recent(*at)) {
            return Err(Refusal::too_many_requests());
        }
        writes.insert(name, now);
        Ok(())
    }

    /// Takes note of a part on its way, until the result is dropped.
    pub(crate) fn part(&self, upload: u64, max: usize) -> Result<InFlight, Refusal> {
        let mut parts = locked(&self.parts);
        let count = parts.entry(upload).or_default();
        if *count >= max {
            return Err(Refusal::too_many_requests());
        }
        *count += 1;
        Ok(InFlight { upload, parts: Arc::clone(&self.parts) })
    }
}

/// A part on its way.
#[derive(Debug)]
pub(crate) struct InFlight {
    upload: u64,
    parts: Arc<Mutex<HashMap<u64, usize>>>,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut parts = locked(&self.parts);
        if let Some(count) = parts.get_mut(&self.upload) {
            *count -= 1;
            if *count == 0 {
                parts.remove(&self.upload);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_write_a_second() {
        let pace = Pace::default();
        let write = |key: &str, now| pace.check("b", key, now, 1000).is_ok();
        assert!(write("k", 5000) && write("other", 5000));
        assert!(!write("k", 5999));
        assert!(write("k", 6000));
        for key in 0..KEYS_MAX * 2 {
            assert!(write(&key.to_string(), 9000 + key as u64));
        }
        assert!(locked(&pace.writes).len() < KEYS_MAX + 1001);
    }

    #[test]
    fn parts_in_flight() {
        let pace = Pace::default();
        let first = pace.part(1, 1).unwrap();
        assert!(pace.part(1, 1).is_err() && pace.part(2, 1).is_ok());
        drop(first);
        assert!(pace.part(1, 1).is_ok());
        assert!(locked(&pace.parts).is_empty());
    }
}
