//! One download in ranges, from opening the object to the finished target.

use super::flight::Flight;
use super::{Concurrency, End, Failure, OnFailure, Pace};
use crate::limits::RESTARTS_MAX;
use crate::plan::PartNumber;

/// In which order the target takes the parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a target has places or it has not")]
pub enum Order {
    /// Any: each part is written in its place while it arrives (a file).
    AnyPlace,
    /// One after the other: parts wait in memory, at most as many as may be in flight (a pipe).
    InSequence,
}

/// What the driver is to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a driver must perform every action")]
pub enum DownloadAction {
    /// Find out what there is to fetch; answer `Opened` or `OpenFailed`.
    Open,
    /// Fetch this part, and write it unless the order is `InSequence`; answer `Fetched` or
    /// `FetchFailed`.
    Fetch(PartNumber),
    /// Hand this part to the target; answer `Delivered` or `DeliverFailed`.
    Deliver(PartNumber),
    /// Verify and put the target in its place; answer `Finished` or `FinishFailed`.
    Finish,
    /// Drop every fetch and delivery under way; no answer.
    Cancel,
    /// Remove what was written; answer `Discarded`, whether it worked or not.
    Discard,
}

/// What came of an action, or `Stop` from the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "one event for each answer to an action")]
pub enum DownloadEvent {
    /// The object has this many parts, of which some are finished.
    Opened {
        /// How many parts there are.
        count: PartNumber,
        /// Those that an earlier run wrote.
        finished: Vec<PartNumber>,
    },
    /// The object could not be opened.
    OpenFailed(Failure),
    /// This part arrived whole.
    Fetched(PartNumber, Pace),
    /// This part did not arrive.
    FetchFailed(PartNumber, Failure),
    /// The target took this part.
    Delivered(PartNumber),
    /// The target did not take it.
    DeliverFailed,
    /// The target is in its place.
    Finished,
    /// It is not.
    FinishFailed(Failure),
    /// The removal was tried.
    Discarded,
    /// The caller wants it to end now.
    Stop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Discard,
    Suspend,
    Restart,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start,
    Opening,
    Running,
    Finishing,
    Cancel(After),
    Discard,
    Discarding,
    Ended(End),
}

/// The download as a machine: events in, actions out.
///
/// ```
/// use r2_multipart::machine::{
///     Concurrency, DownloadAction, DownloadEvent, DownloadMachine, End, OnFailure, Order, Pace,
/// };
/// use r2_multipart::PartNumber;
///
/// let ceiling = Concurrency::default();
/// let mut machine = DownloadMachine::new(Order::AnyPlace, ceiling, OnFailure::Keep);
/// assert_eq!(machine.next(), Some(DownloadAction::Open));
/// let one = PartNumber::FIRST;
/// machine.handle(DownloadEvent::Opened { count: one, finished: vec![] });
/// assert_eq!(machine.next(), Some(DownloadAction::Fetch(one)));
/// machine.handle(DownloadEvent::Fetched(one, Pace::Free));
/// assert_eq!(machine.next(), Some(DownloadAction::Finish));
/// machine.handle(DownloadEvent::Finished);
/// assert_eq!(machine.end(), Some(End::Completed));
/// ```
#[derive(Debug)]
pub struct DownloadMachine {
    state: State,
    order: Order,
    flight: Flight,
    delivered: usize,
    delivering: bool,
    on_failure: OnFailure,
    restarts_left: u8,
}

impl DownloadMachine {
    /// A download that begins again when the object was replaced under it, as far as that can be
    /// (nothing was delivered in sequence yet, and not more than twice).
    #[must_use]
    pub fn new(order: Order, ceiling: Concurrency, on_failure: OnFailure) -> Self {
        Self {
            state: State::Start,
            order,
            flight: Flight::new(ceiling),
            delivered: 0,
            delivering: false,
            on_failure,
            restarts_left: RESTARTS_MAX,
        }
    }

    /// Ends instead of beginning again when the object was replaced.
    #[must_use]
    pub fn without_restart(mut self) -> Self {
        self.restarts_left = 0;
        self
    }

    /// How the download ended, once it has.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        match self.state {
            State::Ended(end) => Some(end),
            _ => None,
        }
    }

    /// Parts fetched so far.
    #[must_use]
    pub fn parts_done(&self) -> usize {
        self.flight.done()
    }

    /// Parts being fetched.
    #[must_use]
    pub fn parts_in_flight(&self) -> u16 {
        self.flight.flying()
    }

    /// The next action, or nothing until the next event. Never an iterator: what comes next
    /// depends on the events in between.
    #[expect(
        clippy::should_implement_trait,
        reason = "not an iterator: events change what follows"
    )]
    pub fn next(&mut self) -> Option<DownloadAction> {
        match self.state {
            State::Start => self.go(State::Opening, DownloadAction::Open),
            State::Running => self.next_part(),
            State::Cancel(after) => {
                let then = match after {
                    After::Discard => State::Discard,
                    After::Suspend => State::Ended(End::Suspended),
                    After::Restart => State::Start,
                };
                self.flight.clear();
                self.delivering = false;
                self.go(then, DownloadAction::Cancel)
            }
            State::Discard => self.go(State::Discarding, DownloadAction::Discard),
            State::Opening | State::Finishing | State::Discarding | State::Ended(_) => None,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "each arm of `next` ends with it")]
    fn go(&mut self, state: State, action: DownloadAction) -> Option<DownloadAction> {
        self.state = state;
        Some(action)
    }

    fn next_part(&mut self) -> Option<DownloadAction> {
        let window_end = match self.order {
            Order::AnyPlace => usize::MAX,
            Order::InSequence => {
                let next = PartNumber::from_index(self.delivered);
                if let Some(number) = next
                    && !self.delivering
                    && self.flight.is_done(number)
                {
                    self.delivering = true;
                    return Some(DownloadAction::Deliver(number));
                }
                self.delivered + usize::from(self.flight.ceiling())
            }
        };
        if let Some(number) = self.flight.take_next(window_end) {
            return Some(DownloadAction::Fetch(number));
        }
        let delivered = self.order == Order::AnyPlace || self.delivered == self.flight.len();
        if delivered && self.flight.all_done() {
            return self.go(State::Finishing, DownloadAction::Finish);
        }
        None
    }

    /// Takes in what happened. Events that answer no open action are ignored.
    pub fn handle(&mut self, event: DownloadEvent) {
        match (self.state, event) {
            (State::Opening, DownloadEvent::Opened { count, finished }) => {
                self.flight.fill(count, &finished);
                self.state = State::Running;
            }
            (State::Opening, DownloadEvent::OpenFailed(failure)) => self.fail(failure),
            (State::Running, DownloadEvent::Fetched(number, pace)) => {
                self.flight.land(number, pace);
            }
            (State::Running, DownloadEvent::FetchFailed(number, failure)) => {
                if let Some(failure) = self.flight.fail(number, failure) {
                    self.fail(failure);
                }
            }
            (State::Running, DownloadEvent::Delivered(number))
                if self.delivering && number.index() == self.delivered =>
            {
                self.delivering = false;
                self.delivered += 1;
            }
            (State::Running, DownloadEvent::DeliverFailed) => self.fail(Failure::Final),
            (State::Finishing, DownloadEvent::Finished) => {
                self.state = State::Ended(End::Completed);
            }
            (State::Finishing, DownloadEvent::FinishFailed(failure)) => self.fail(failure),
            (State::Discarding, DownloadEvent::Discarded) => {
                self.state = State::Ended(End::Aborted);
            }
            (State::Start | State::Opening | State::Running, DownloadEvent::Stop) => {
                self.fail(Failure::Fatal);
            }
            _ => {}
        }
    }

    fn fail(&mut self, failure: Failure) {
        let untouched = self.delivered == 0 && !self.delivering;
        let after = match (failure, self.on_failure) {
            (Failure::Stale, _) if untouched && self.restarts_left > 0 => {
                self.restarts_left -= 1;
                After::Restart
            }
            (Failure::Fatal | Failure::Pressure, OnFailure::Keep) => After::Suspend,
            _ => After::Discard,
        };
        self.state = State::Cancel(after);
    }
}
