//! Which requests meet with which trouble: a function of a seed, or a list.

use std::collections::HashMap;

use http::Request;
use r2_transport::Body;

use super::Fault;
use crate::journal::is_secret;
use crate::protocol::is_exempt;

/// Requests told apart; beyond, they share one counter.
const TARGETS_MAX: usize = 100_000;

/// What will go wrong.
///
/// A request's fate is decided by the seed, by what it asks for, and by how often it was asked
/// before: not by the order in which concurrent requests happen to arrive. So the same seed gives
/// the same run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan {
    seed: u64,
    /// Of 1,000 requests.
    per_mille: u32,
    faults: Vec<Fault>,
    script: Vec<Option<Fault>>,
    budget: Option<usize>,
}

impl Plan {
    /// Nothing goes wrong yet.
    #[must_use]
    pub fn new(seed: u64) -> Plan {
        Plan { seed, per_mille: 0, faults: Fault::COMMON.into(), script: Vec::new(), budget: None }
    }

    /// These faults, one a request, in the order in which the requests come; `None` lets one pass.
    /// Afterwards all pass.
    ///
    /// ```
    /// use http::Request;
    /// use r2_sim::{Emulator, Fault, Faulty, Plan};
    /// use r2_transport::{Body, Transport as _};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let plan = Plan::script([Some(Fault::InternalError), None]);
    /// let r2 = Faulty::new(Emulator::memory(), plan);
    /// let put = || Request::put("http://r2.local/bucket").body(Body::empty());
    /// assert_eq!(r2.send(put()?).await?.status(), 500);
    /// assert_eq!(r2.send(put()?).await?.status(), 200);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn script(faults: impl IntoIterator<Item = Option<Fault>>) -> Plan {
        Plan { script: faults.into_iter().collect(), ..Plan::new(0) }
    }

    /// How many of 1,000 requests meet with trouble.
    #[must_use]
    pub fn per_mille(mut self, requests: u32) -> Plan {
        self.per_mille = requests;
        self
    }

    /// Which faults there are, each as likely as the others. Default: [`Fault::COMMON`].
    #[must_use]
    pub fn faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Plan {
        self.faults = faults.into_iter().collect();
        self
    }

    /// No more than this many faults in all.
    #[must_use]
    pub fn at_most(mut self, faults: usize) -> Plan {
        self.budget = Some(faults);
        self
    }
}

/// A plan on its way through the requests.
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

    /// The fault of the next request, with numbers for its details.
    pub(super) fn next(&mut self, request: &Request<Body>) -> Option<(Fault, fastrand::Rng)> {
        let number = self.requests;
        self.requests += 1;
        let mut random = self.random(request);
        let scripted = self.plan.script.get(number).copied().flatten();
        let unlucky = random.u32(0..1000) < self.plan.per_mille;
        let choice = random.choice(&self.plan.faults).copied();
        let fault = scripted.or(choice.filter(|_| unlucky))?;
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

/// A hash that is the same on every machine and in every version.
fn fnv(hash: u64, text: &str) -> u64 {
    text.bytes()
        .chain([0])
        .fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
