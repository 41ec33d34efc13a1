//! What will go wrong: a function of a seed, or a list.

use super::{Fault, Storm};

/// What will go wrong.
///
/// A request's fate is decided by the seed, by what it asks for, and by how often it was asked
/// before: not by the order in which concurrent requests happen to arrive. So the same seed gives
/// the same run. A [`Storm`] alone looks at the time.
///
/// ```
/// use r2_sim::{Fault, Plan};
///
/// let plan = Plan::new(42)
///     .per_mille(100)
///     .weighted([(Fault::LostReply, 3), (Fault::Throttled(None), 1)])
///     .at_most(10);
/// # drop(plan);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan {
    pub(super) seed: u64,
    /// Of 1,000 requests.
    pub(super) per_mille: u32,
    pub(super) faults: Vec<(Fault, u32)>,
    pub(super) script: Vec<Option<Fault>>,
    pub(super) storms: Vec<Storm>,
    pub(super) budget: Option<usize>,
}

impl Plan {
    /// Nothing goes wrong yet.
    #[must_use]
    pub fn new(seed: u64) -> Plan {
        let faults = Fault::COMMON.map(|fault| (fault, 1)).into();
        let (script, storms) = (Vec::new(), Vec::new());
        Plan { seed, per_mille: 0, faults, script, storms, budget: None }
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
    pub fn faults(self, faults: impl IntoIterator<Item = Fault>) -> Plan {
        self.weighted(faults.into_iter().map(|fault| (fault, 1)))
    }

    /// Which faults there are, each with its weight: one of weight 2 is twice as likely as one of
    /// weight 1, and one of weight 0 never comes.
    #[must_use]
    pub fn weighted(mut self, faults: impl IntoIterator<Item = (Fault, u32)>) -> Plan {
        self.faults = faults.into_iter().collect();
        self
    }

    /// Adds windows of time in which every request meets the same trouble.
    #[must_use]
    pub fn storm(mut self, storm: Storm) -> Plan {
        self.storms.push(storm);
        self
    }

    /// No more than this many faults in all.
    #[must_use]
    pub fn at_most(mut self, faults: usize) -> Plan {
        self.budget = Some(faults);
        self
    }
}
