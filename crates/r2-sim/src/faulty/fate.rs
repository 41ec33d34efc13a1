//! A plan on its way through the requests.

use std::collections::HashMap;
use std::time::Duration;

use http::Request;
use r2_transport::Body;

use super::{Fault, Plan};
use crate::journal::is_secret;
use crate::protocol::is_exempt;

/// Requests told apart; beyond, they share one counter.
const TARGETS_MAX: usize = 100_000;

/// Decides which request meets which fault.
#[derive(Debug)]
pub(super) struct Fate {
    plan: Plan,
    requests: usize,
    injected: Vec<Fault>,
    seen: HashMap<u64, u32>,
}

impl Fate {
    pub(super) fn new(plan: Plan) -> Fate {
        Fate { plan, requests: 0, injected: Vec::new(), seen: HashMap::new() }
    }

    /// The fault of the next request, with numbers for its details. It comes that long after the
    /// beginning.
    pub(super) fn next(
        &mut self,
        request: &Request<Body>,
        since: Duration,
    ) -> Option<(Fault, fastrand::Rng)> {
        let number = self.requests;
        self.requests += 1;
        let plan = &self.plan;
        let scripted = plan.script.get(number).copied().flatten();
        let storm = plan.storms.iter().find_map(|storm| storm.at(plan.seed, since));
        let mut random = self.random(request);
        let unlucky = random.u32(0..1000) < self.plan.per_mille;
        let choice = choose(&self.plan.faults, &mut random);
        let fault = scripted.or(storm).or(choice.filter(|_| unlucky))?;
        if self.plan.budget.is_some_and(|budget| self.injected.len() >= budget) {
            return None;
        }
        self.injected.push(fault);
        Some((fault, random))
    }

    pub(super) fn injected(&self) -> Vec<Fault> {
        self.injected.clone()
    }

    fn random(&mut self, request: &Request<Body>) -> fastrand::Rng {
        let uri = request.uri();
        let mut hash = fnv(0xcbf2_9ce4_8422_2325, request.method().as_str());
        hash = fnv(hash, uri.path());
        for pair in uri.query().unwrap_or_default().split('&') {
            // Signatures change with the time; they must not change the run.
            if !is_secret(pair) && !is_exempt(pair) {
                hash = fnv(hash, pair);
            }
        }
        let times = if self.seen.len() < TARGETS_MAX || self.seen.contains_key(&hash) {
            let times = self.seen.entry(hash).or_default();
            *times += 1;
            *times
        } else {
            0
        };
        fastrand::Rng::with_seed(self.plan.seed ^ hash ^ u64::from(times) << 32)
    }
}

/// One of them, by its weight.
fn choose(faults: &[(Fault, u32)], random: &mut fastrand::Rng) -> Option<Fault> {
    let total: u64 = faults.iter().map(|(_, weight)| u64::from(*weight)).sum();
    let mut at = random.u64(0..total.max(1));
    faults.iter().find_map(|(fault, weight)| {
        let chosen = at < u64::from(*weight);
        at = at.saturating_sub(u64::from(*weight));
        chosen.then_some(*fault)
    })
}

/// A hash that is the same on every machine and in every version.
fn fnv(hash: u64, text: &str) -> u64 {
    text.bytes()
        .chain([0])
        .fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
