//! What the seed of a run chooses beside its operations: trouble, clocks, and the client's policy.

use std::time::Duration;

use r2_resilience::{BreakerPolicy, ConcurrencyPolicy, Hedge, KeyPacing, Policy, WhenOpen};
use r2_sim::{Fault, Plan, Storm};

/// The trouble of one run.
#[derive(Clone, Debug)]
pub(crate) struct Weather {
    pub(crate) seed: u64,
    /// Requests of 1,000 that meet a fault.
    pub(crate) faults_per_mille: u32,
    /// Calls of 1,000 in which the client dies.
    pub(crate) crashes_per_mille: u32,
    /// Do bytes of contents flip on the way?
    pub(crate) flips: bool,
    /// Is the clock of a client ever wrong?
    pub(crate) skew: bool,
    pub(crate) storm: Option<Storm>,
    pub(crate) hedges: bool,
    pub(crate) paced: bool,
    breaker: u8,
    pub(crate) actors: usize,
    /// Is there somebody who syncs a folder?
    pub(crate) syncs: bool,
}

impl Weather {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed ^ 0x57ea_7e12);
        // one run in eight is calm: there, every call has to succeed with no request too many
        let calm = random.u8(0..8) == 0;
        let one_in = |random: &mut fastrand::Rng, many: u8| !calm && random.u8(0..many) == 0;
        let storms = [Fault::Throttled(None), Fault::Unavailable, Fault::Refused];
        let storm = one_in(&mut random, 4).then(|| {
            let lasts = Duration::from_secs(random.u64(2..20));
            let fault = storms[random.usize(0..storms.len())];
            Storm::new(Duration::from_secs(60), lasts, fault)
        });
        Self {
            seed,
            faults_per_mille: if calm { 0 } else { [20, 80, 200, 350][random.usize(0..4)] },
            crashes_per_mille: if calm { 0 } else { [0, 20, 100][random.usize(0..3)] },
            flips: one_in(&mut random, 3),
            skew: one_in(&mut random, 3),
            storm,
            hedges: one_in(&mut random, 6),
            paced: one_in(&mut random, 8),
            breaker: random.u8(0..3),
            actors: random.usize(2..5),
            syncs: random.u8(0..4) == 0,
        }
    }

    /// No trouble at all, and one client.
    #[cfg(test)]
    pub(crate) fn calm() -> Self {
        Self {
            seed: 1,
            faults_per_mille: 0,
            crashes_per_mille: 0,
            flips: false,
            skew: false,
            storm: None,
            hedges: false,
            paced: false,
            breaker: 1,
            actors: 1,
            syncs: false,
        }
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.faults_per_mille == 0
    }

    /// The faults of one line: of everything, and of the contents of objects.
    pub(crate) fn plans(&self, line: u64) -> (Plan, Plan) {
        let seed = self.seed ^ line.rotate_left(17);
        let common = [
            (Fault::Refused, 4),
            (Fault::LostRequest, 4),
            (Fault::CutRequest, 2),
            (Fault::StalledRequest(Duration::from_secs(10)), 1),
            (Fault::FlippedRequest, 1),
            (Fault::Duplicated, 4),
            (Fault::LostReply, 8),
            (Fault::CutBody, 4),
            (Fault::StalledBody(Duration::from_secs(10)), 1),
            (Fault::ShortBody, 2),
            (Fault::LongBody, 1),
            (Fault::Throttled(None), 2),
            (Fault::Throttled(Some(Duration::from_secs(2))), 2),
            (Fault::InternalError, 3),
            (Fault::LateInternalError, 4),
            (Fault::BadGateway, 1),
            (Fault::Unavailable, 2),
            (Fault::EdgeError, 2),
            (Fault::EdgeTimeout(Duration::from_secs(100)), 2),
            (Fault::SlowStart(Duration::from_secs(3)), 2),
            (Fault::SlowBody(Duration::from_millis(200)), 1),
        ];
        let plan = |seed| {
            let plan = Plan::new(seed).per_mille(self.faults_per_mille);
            self.storm.into_iter().fold(plan, Plan::storm)
        };
        let flips = (Fault::FlippedByte, if self.flips { 12 } else { 0 });
        (plan(seed).weighted(common), plan(seed ^ 1).weighted(common.into_iter().chain([flips])))
    }

    pub(crate) fn policy(&self, life: u64) -> Policy {
        let policy = Policy::new().seed(self.seed ^ life);
        let policy = match self.breaker {
            0 => policy.breaker(None),
            1 => policy,
            _ => policy.breaker(
                BreakerPolicy::new()
                    .failures(8)
                    .when_open(WhenOpen::Wait { at_most: Duration::from_secs(40) }),
            ),
        };
        let policy = if self.hedges {
            policy.hedge(Hedge::After(Duration::from_millis(300)))
        } else {
            policy
        };
        let policy = if self.paced { policy.key_pacing(KeyPacing::new()) } else { policy };
        match self.seed % 5 {
            0 => policy.concurrency(ConcurrencyPolicy::Fixed(2)),
            _ => policy,
        }
    }
}
