//! One multipart upload, from creation to completion or abort.

use super::flight::Flight;
use super::{Concurrency, End, Failure, OnFailure, Pace};
use crate::limits::RESTARTS_MAX;
use crate::plan::PartNumber;

/// What the driver is to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a driver must perform every action")]
pub enum UploadAction {
    /// Create the upload; answer `Created` or `CreateFailed`.
    Create,
    /// List what an earlier run finished; answer `Listed` or `ListFailed`.
    List,
    /// Read the next part of a stream; answer `Read` or `ReadFailed`.
    Read(PartNumber),
    /// All 10,000 parts are read: make sure that the stream ends here. Answer
    /// `Read(PartRead::End)` or `ReadFailed`.
    ExpectEnd,
    /// Send this part; answer `PartDone` or `PartFailed`.
    Send(PartNumber),
    /// Complete the upload; answer `Completed` or `CompleteFailed`.
    Complete,
    /// Drop every read and send under way; no answer.
    Cancel,
    /// Abort the upload on the server; answer `Aborted`, whether it worked or not.
    Abort,
}

/// What came of an action, or `Stop` from the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "one event for each answer to an action")]
pub enum UploadEvent {
    /// The upload exists.
    Created,
    /// The upload could not be created; nothing is there to abort.
    CreateFailed,
    /// These parts are on the server, whole.
    Listed(Vec<PartNumber>),
    /// The parts could not be listed.
    ListFailed(Failure),
    /// The next part of the stream is in memory, or the stream ended.
    Read(PartRead),
    /// The stream could not be read.
    ReadFailed,
    /// The server has this part.
    PartDone(PartNumber, Pace),
    /// This part did not get through.
    PartFailed(PartNumber, Failure),
    /// The object is there.
    Completed,
    /// The upload could not be completed.
    CompleteFailed(Failure),
    /// The abort was tried.
    Aborted,
    /// The caller wants it to end now.
    Stop,
}

/// What reading the next part of a stream gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a read is whole, short or empty")]
pub enum PartRead {
    /// A whole part; more may follow.
    Full,
    /// A part that is shorter than the others: the last.
    Last,
    /// Nothing: the part before was the last. Only for the first part of an empty stream the
    /// machine sends an empty part.
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// This many parts, each to be had at any time.
    Known(PartNumber),
    /// Parts come one after the other; `next` is the one to read.
    Stream { next: Option<PartNumber>, reading: bool, ended: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Abort,
    Suspend,
    Restart,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Start { resumed: bool },
    Creating { stop: bool },
    Listing,
    Running,
    Completing,
    Cancel(After),
    Abort,
    Aborting,
    Ended(End),
}

/// The upload as a machine: events in, actions out.
///
/// ```
/// use r2_multipart::machine::{
///     Concurrency, End, OnFailure, Pace, UploadAction, UploadEvent, UploadMachine,
/// };
/// use r2_multipart::PartNumber;
///
/// let one = PartNumber::FIRST;
/// let mut machine = UploadMachine::new(one, Concurrency::default(), OnFailure::CleanUp);
/// assert_eq!(machine.next(), Some(UploadAction::Create));
/// machine.handle(UploadEvent::Created);
/// assert_eq!(machine.next(), Some(UploadAction::Send(one)));
/// machine.handle(UploadEvent::PartDone(one, Pace::Free));
/// assert_eq!(machine.next(), Some(UploadAction::Complete));
/// machine.handle(UploadEvent::Completed);
/// assert_eq!(machine.end(), Some(End::Completed));
/// ```
#[derive(Debug)]
pub struct UploadMachine {
    state: State,
    source: Source,
    flight: Flight,
    on_failure: OnFailure,
    restarts: u8,
}

impl UploadMachine {
    /// An upload of `count` parts that can be read in any order, and again.
    #[must_use]
    pub fn new(count: PartNumber, ceiling: Concurrency, on_failure: OnFailure) -> Self {
        Self {
            state: State::Start { resumed: false },
            source: Source::Known(count),
            flight: Flight::new(ceiling),
            on_failure,
            restarts: 0,
        }
    }

    /// An upload that an earlier run began: lists first what is finished.
    #[must_use]
    pub fn resumed(count: PartNumber, ceiling: Concurrency) -> Self {
        let mut machine = Self::new(count, ceiling, OnFailure::Keep);
        machine.state = State::Start { resumed: true };
        machine
    }

    /// An upload of a stream that ends nobody knows where and cannot be read again.
    #[must_use]
    pub fn of_stream(ceiling: Concurrency) -> Self {
        let mut machine = Self::new(PartNumber::FIRST, ceiling, OnFailure::CleanUp);
        machine.source =
            Source::Stream { next: Some(PartNumber::FIRST), reading: false, ended: false };
        machine
    }

    /// How the upload ended, once it has.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        match self.state {
            State::Ended(end) => Some(end),
            _ => None,
        }
    }

    /// Parts on the server so far.
    #[must_use]
    pub fn parts_done(&self) -> usize {
        self.flight.done()
    }

    /// Parts being sent.
    #[must_use]
    pub fn parts_in_flight(&self) -> u16 {
        self.flight.flying()
    }

    /// Parts that may be sent at once, as adapted.
    #[must_use]
    pub fn concurrency(&self) -> u16 {
        self.flight.limit()
    }

    /// The next action, or nothing until the next event. Never an iterator: what comes next
    /// depends on the events in between.
    #[expect(
        clippy::should_implement_trait,
        reason = "not an iterator: events change what follows"
    )]
    pub fn next(&mut self) -> Option<UploadAction> {
        match self.state {
            State::Start { resumed: true } => self.go(State::Listing, UploadAction::List),
            State::Start { resumed: false } => {
                self.go(State::Creating { stop: false }, UploadAction::Create)
            }
            State::Running => self.next_part(),
            State::Cancel(after) => {
                let then = match after {
                    After::Abort => State::Abort,
                    After::Suspend => State::Ended(End::Suspended),
                    After::Restart => State::Start { resumed: false },
                };
                self.flight.clear();
                self.go(then, UploadAction::Cancel)
            }
            State::Abort => self.go(State::Aborting, UploadAction::Abort),
            State::Creating { .. }
            | State::Listing
            | State::Completing
            | State::Aborting
            | State::Ended(_) => None,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "each arm of `next` ends with it")]
    fn go(&mut self, state: State, action: UploadAction) -> Option<UploadAction> {
        self.state = state;
        Some(action)
    }

    fn next_part(&mut self) -> Option<UploadAction> {
        if let Some(number) = self.flight.take_next(usize::MAX) {
            return Some(UploadAction::Send(number));
        }
        let ended = match &mut self.source {
            Source::Known(_) => true,
            Source::Stream { ended: true, .. } => true,
            Source::Stream { reading: true, .. } => false,
            Source::Stream { next: None, reading, .. } => {
                *reading = true;
                return Some(UploadAction::ExpectEnd);
            }
            Source::Stream { next: Some(number), reading, .. } => {
                // each part holds its buffer from the read to the server's answer
                if self.flight.unfinished() < usize::from(self.flight.ceiling()) {
                    *reading = true;
                    return Some(UploadAction::Read(*number));
                }
                false
            }
        };
        if ended && self.flight.all_done() {
            return self.go(State::Completing, UploadAction::Complete);
        }
        None
    }

    /// Takes in what happened. Events that answer no open action are ignored.
    pub fn handle(&mut self, event: UploadEvent) {
        match (self.state, event) {
            (State::Creating { stop: true }, UploadEvent::Created) => self.state = State::Abort,
            (State::Creating { .. }, UploadEvent::Created) => self.begin(&[]),
            (State::Creating { .. }, UploadEvent::CreateFailed) => {
                self.state = State::Ended(End::Aborted);
            }
            // whoever drops a creation under way never learns the id it would have to abort
            (State::Creating { .. }, UploadEvent::Stop) => {
                self.state = State::Creating { stop: true };
            }
            (State::Listing, UploadEvent::Listed(finished)) => self.begin(&finished),
            (State::Listing, UploadEvent::ListFailed(failure)) => self.fail(failure),
            (State::Running, UploadEvent::Read(read)) => self.read(read),
            (State::Running, UploadEvent::ReadFailed) => self.fail(Failure::Final),
            (State::Running, UploadEvent::PartDone(number, pace)) => {
                self.flight.land(number, pace);
            }
            (State::Running, UploadEvent::PartFailed(number, failure)) => {
                if let Some(failure) = self.flight.fail(number, failure) {
                    self.fail(failure);
                }
            }
            // `Listing`: an earlier run had completed the upload, and died before it knew
            (State::Listing | State::Completing, UploadEvent::Completed) => {
                self.state = State::Ended(End::Completed);
            }
            (State::Completing, UploadEvent::CompleteFailed(failure)) => self.fail(failure),
            (State::Aborting, UploadEvent::Aborted) => self.state = State::Ended(End::Aborted),
            (State::Start { resumed }, UploadEvent::Stop) => {
                self.state = State::Ended(if resumed { End::Suspended } else { End::Aborted });
            }
            (State::Listing | State::Running, UploadEvent::Stop) => self.fail(Failure::Fatal),
            _ => {}
        }
    }

    fn begin(&mut self, finished: &[PartNumber]) {
        if let Source::Known(count) = self.source {
            self.flight.fill(count, finished);
        }
        self.state = State::Running;
    }

    fn read(&mut self, read: PartRead) {
        let Source::Stream { next, reading, ended } = &mut self.source else { return };
        if !std::mem::take(reading) {
            return;
        }
        let empty = read == PartRead::End && *next == Some(PartNumber::FIRST);
        if let Some(number) = next.filter(|_| read != PartRead::End || empty) {
            self.flight.push(number);
            *next = number.next();
        }
        *ended = read != PartRead::Full;
    }

    fn fail(&mut self, failure: Failure) {
        let again = matches!(self.source, Source::Known(_)) && self.restarts < RESTARTS_MAX;
        let after = match (failure, self.on_failure) {
            (Failure::Stale, _) if again => {
                self.restarts += 1;
                After::Restart
            }
            (Failure::Fatal | Failure::Pressure, OnFailure::Keep) => After::Suspend,
            _ => After::Abort,
        };
        self.state = State::Cancel(after);
    }
}
