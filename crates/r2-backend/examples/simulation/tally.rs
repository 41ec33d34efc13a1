//! What happened in one run or many, in numbers.

use std::collections::BTreeMap;

use r2_sim::Fault;

/// Counts of what happened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) runs: u64,
    /// Calls of the clients, by name.
    pub(crate) calls: BTreeMap<&'static str, u64>,
    /// Calls that failed, as they may in trouble.
    pub(crate) failed: u64,
    pub(crate) crashes: u64,
    pub(crate) exchanges: u64,
    /// Exchanges that came to nothing, so that the client had to try again or give up.
    pub(crate) troubled: u64,
    pub(crate) faults: BTreeMap<&'static str, u64>,
    /// Unfinished uploads that the clean-up found.
    pub(crate) orphans: u64,
    /// Checks of a state against the model.
    pub(crate) checks: u64,
    /// Simulated seconds.
    pub(crate) seconds: u64,
}

impl Tally {
    pub(crate) fn called(&mut self, name: &'static str) {
        *self.calls.entry(name).or_default() += 1;
    }

    pub(crate) fn faults(&mut self, injected: &[Fault]) {
        for fault in injected {
            *self.faults.entry(fault.name()).or_default() += 1;
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let Self {
            runs,
            calls,
            failed,
            crashes,
            exchanges,
            troubled,
            faults,
            orphans,
            checks,
            seconds,
        } = other;
        self.runs += runs;
        self.failed += failed;
        self.crashes += crashes;
        self.exchanges += exchanges;
        self.troubled += troubled;
        self.orphans += orphans;
        self.checks += checks;
        self.seconds += seconds;
        for (name, count) in calls {
            *self.calls.entry(name).or_default() += count;
        }
        for (name, count) in faults {
            *self.faults.entry(name).or_default() += count;
        }
    }

    /// A few lines for a person.
    pub(crate) fn summary(&self) -> String {
        let list = |counts: &BTreeMap<&'static str, u64>| {
            let words: Vec<_> =
                counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
            words.join(", ")
        };
        let calls: u64 = self.calls.values().sum();
        let faults: u64 = self.faults.values().sum();
        format!(
            "calls     {calls}: {}\n\
             faults    {faults}: {}\n\
             crashes   {}\n\
             exchanges {}, of which {} came to nothing; {} calls failed\n\
             checks    {} against the model; {} unfinished uploads cleaned up\n\
             simulated {:.1} hours",
            list(&self.calls),
            list(&self.faults),
            self.crashes,
            self.exchanges,
            self.troubled,
            self.failed,
            self.checks,
            self.orphans,
            self.seconds as f64 / 3600.0,
        )
    }
}
