//! The upload machine.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Choices, part};
use crate::machine::{
    Concurrency, End, Failure, OnFailure, Pace, PartRead, UploadAction as Action,
    UploadEvent as Event, UploadMachine,
};
use crate::plan::PartNumber;

fn drain(machine: &mut UploadMachine) -> Vec<Action> {
    std::iter::from_fn(|| machine.next()).collect()
}

/// Feeds each event and compares the actions it brings.
fn check(machine: &mut UploadMachine, table: &[(Option<Event>, &[Action])]) {
    for (row, (event, expected)) in table.iter().enumerate() {
        if let Some(event) = event {
            machine.handle(event.clone());
        }
        assert_eq!(drain(machine), *expected, "row {row}: {event:?}");
    }
}

fn done(number: u32) -> Option<Event> {
    Some(Event::PartDone(part(number), Pace::Free))
}

#[test]
fn parts_fill_the_limit_and_complete_comes_last() {
    let mut machine = UploadMachine::new(part(4), Concurrency::new(2), OnFailure::CleanUp);
    check(
        &mut machine,
        &[
            (None, &[Action::Create]),
            (Some(Event::Created), &[Action::Send(part(1)), Action::Send(part(2))]),
            (done(2), &[Action::Send(part(3))]),
            (done(2), &[]),
            (done(3), &[Action::Send(part(4))]),
            (done(4), &[]),
            (done(1), &[Action::Complete]),
            (Some(Event::Completed), &[]),
        ],
    );
    assert_eq!(machine.end(), Some(End::Completed));
}

#[test]
fn a_failed_part_cancels_and_aborts() {
    let mut machine = UploadMachine::new(part(3), Concurrency::new(2), OnFailure::CleanUp);
    check(
        &mut machine,
        &[
            (None, &[Action::Create]),
            (Some(Event::Created), &[Action::Send(part(1)), Action::Send(part(2))]),
            (Some(Event::PartFailed(part(1), Failure::Fatal)), &[Action::Cancel, Action::Abort]),
            (done(2), &[]),
            (Some(Event::Aborted), &[]),
        ],
    );
    assert_eq!(machine.end(), Some(End::Aborted));
}

#[test]
fn a_resumable_upload_is_kept_unless_going_on_is_pointless() {
    for (failure, rest, end) in [
        (Failure::Fatal, vec![Action::Cancel], End::Suspended),
        (Failure::Final, vec![Action::Cancel, Action::Abort], End::Aborted),
    ] {
        let mut machine = UploadMachine::new(part(1), Concurrency::new(2), OnFailure::Keep);
        check(
            &mut machine,
            &[
                (None, &[Action::Create]),
                (Some(Event::Created), &[Action::Send(part(1))]),
                (done(1), &[Action::Complete]),
                (Some(Event::CompleteFailed(failure)), &rest),
                (Some(Event::Aborted), &[]),
            ],
        );
        assert_eq!(machine.end(), Some(end));
    }
}

#[test]
fn resuming_skips_what_is_listed() {
    let mut machine = UploadMachine::resumed(part(4), Concurrency::new(4));
    check(
        &mut machine,
        &[
            (None, &[Action::List]),
            (
                Some(Event::Listed(vec![part(3), part(1)])),
                &[Action::Send(part(2)), Action::Send(part(4))],
            ),
            (done(4), &[]),
            (done(2), &[Action::Complete]),
        ],
    );
}

#[test]
fn a_vanished_upload_starts_anew_twice_and_then_gives_up() {
    let mut machine = UploadMachine::resumed(part(1), Concurrency::new(4));
    let vanished = || Some(Event::PartFailed(part(1), Failure::Stale));
    check(
        &mut machine,
        &[
            (None, &[Action::List]),
            (Some(Event::ListFailed(Failure::Stale)), &[Action::Cancel, Action::Create]),
            (Some(Event::Created), &[Action::Send(part(1))]),
            (vanished(), &[Action::Cancel, Action::Create]),
            (Some(Event::Created), &[Action::Send(part(1))]),
            (vanished(), &[Action::Cancel, Action::Abort]),
        ],
    );
}

#[test]
fn pressure_halves_and_sends_again_until_one_at_a_time_fails() {
    let mut machine = UploadMachine::new(part(5), Concurrency::new(4), OnFailure::CleanUp);
    let pressed = |n| Some(Event::PartFailed(part(n), Failure::Pressure));
    check(
        &mut machine,
        &[
            (None, &[Action::Create]),
            (
                Some(Event::Created),
                &[
                    Action::Send(part(1)),
                    Action::Send(part(2)),
                    Action::Send(part(3)),
                    Action::Send(part(4)),
                ],
            ),
            (pressed(1), &[]),
            (pressed(2), &[]),
            (pressed(3), &[Action::Send(part(3))]),
            (pressed(3), &[]),
            (done(4), &[Action::Send(part(3))]),
            (pressed(3), &[Action::Cancel, Action::Abort]),
        ],
    );
}

#[test]
fn a_stream_is_read_ahead_only_as_far_as_buffers_allow() {
    let read = |read| Some(Event::Read(read));
    let mut machine = UploadMachine::of_stream(Concurrency::new(2));
    check(
        &mut machine,
        &[
            (None, &[Action::Create]),
            (Some(Event::Created), &[Action::Read(part(1))]),
            (read(PartRead::Full), &[Action::Send(part(1)), Action::Read(part(2))]),
            (read(PartRead::Full), &[Action::Send(part(2))]),
            (done(2), &[Action::Read(part(3))]),
            (read(PartRead::Last), &[Action::Send(part(3))]),
            (done(1), &[]),
            (done(3), &[Action::Complete]),
        ],
    );
}

#[test]
fn a_stream_that_ends_with_a_whole_part_has_no_further_one() {
    let mut machine = UploadMachine::of_stream(Concurrency::new(2));
    check(
        &mut machine,
        &[
            (None, &[Action::Create]),
            (Some(Event::Created), &[Action::Read(part(1))]),
            (Some(Event::Read(PartRead::Full)), &[Action::Send(part(1)), Action::Read(part(2))]),
            (Some(Event::Read(PartRead::End)), &[]),
            (done(1), &[Action::Complete]),
        ],
    );
}

#[test]
fn an_empty_stream_is_one_empty_part() {
    let mut machine = UploadMachine::of_stream(Concurrency::new(2));
    check(
        &mut machine,
        &[
            (None, &[Action::Create]),
            (Some(Event::Created), &[Action::Read(part(1))]),
            (Some(Event::Read(PartRead::End)), &[Action::Send(part(1))]),
            (done(1), &[Action::Complete]),
        ],
    );
}

#[test]
fn a_stream_may_not_have_more_than_ten_thousand_parts() {
    let mut machine = UploadMachine::of_stream(Concurrency::new(1));
    assert_eq!(drain(&mut machine), [Action::Create]);
    machine.handle(Event::Created);
    for number in 1..=10_000 {
        assert_eq!(drain(&mut machine), [Action::Read(part(number))]);
        machine.handle(Event::Read(PartRead::Full));
        let sent = machine.next();
        assert_eq!(sent, Some(Action::Send(part(number))));
        if number == 10_000 {
            assert_eq!(drain(&mut machine), [Action::ExpectEnd]);
        }
        machine.handle(Event::PartDone(part(number), Pace::Free));
    }
    assert_eq!(drain(&mut machine), []);
    let mut too_long = machine;
    too_long.handle(Event::ReadFailed);
    assert_eq!(drain(&mut too_long), [Action::Cancel, Action::Abort]);
}

#[test]
fn stop_during_creation_waits_for_the_id_it_must_abort() {
    let mut machine = UploadMachine::new(part(1), Concurrency::new(1), OnFailure::Keep);
    check(
        &mut machine,
        &[
            (None, &[Action::Create]),
            (Some(Event::Stop), &[]),
            (Some(Event::Created), &[Action::Abort]),
            (Some(Event::Aborted), &[]),
        ],
    );
}

/// A server and a driver, as far as the machine can see them.
struct World {
    choices: Choices,
    open: Vec<Action>,
    finished: BTreeSet<PartNumber>,
    count: Option<u16>,
    stream_parts: u16,
    ceiling: u16,
}

impl World {
    fn perform(&mut self, action: Action) {
        match action {
            Action::Create => self.finished.clear(),
            Action::Send(number) => {
                assert!(!self.finished.contains(&number), "{number} was finished");
                assert!(!self.open.contains(&action), "{number} is under way");
                assert!(self.count.is_none_or(|count| number.get() <= count));
            }
            Action::Complete => {
                let all = self.count.expect("completes only when the end is known");
                assert_eq!(self.finished.len(), usize::from(all), "a part is missing");
                assert!(self.open.is_empty());
            }
            Action::Cancel => return self.open.clear(),
            Action::List | Action::Read(_) | Action::ExpectEnd | Action::Abort => {}
        }
        self.open.push(action);
        let buffers = self
            .open
            .iter()
            .filter(|open| matches!(open, Action::Send(_) | Action::Read(_)))
            .count();
        assert!(buffers <= usize::from(self.ceiling), "more in flight than allowed");
    }

    fn failure(&mut self) -> Failure {
        [Failure::Pressure, Failure::Pressure, Failure::Fatal, Failure::Stale, Failure::Final]
            [self.choices.below(5)]
    }

    fn answer(&mut self) -> Event {
        if self.choices.below(40) == 39 {
            return Event::Stop;
        }
        let action = self.open.swap_remove(self.choices.below(self.open.len()));
        let fails = self.choices.below(6) == 5;
        match action {
            Action::Create if fails => Event::CreateFailed,
            Action::Create => Event::Created,
            Action::List if fails => Event::ListFailed(self.failure()),
            Action::List => {
                let count = self.count.expect("only known sources resume");
                let listed = (1..=u32::from(count)).map(part);
                self.finished = listed.filter(|_| self.choices.below(2) == 1).collect();
                Event::Listed(self.finished.iter().copied().collect())
            }
            Action::Read(_) | Action::ExpectEnd if fails => Event::ReadFailed,
            Action::Read(number) => {
                let left = self.stream_parts.saturating_sub(number.get() - 1);
                if left <= 1 {
                    self.count = Some(self.stream_parts.max(1));
                }
                Event::Read(match left {
                    0 => PartRead::End,
                    1 => PartRead::Last,
                    _ => PartRead::Full,
                })
            }
            Action::ExpectEnd => Event::Read(PartRead::End),
            Action::Send(number) if fails => Event::PartFailed(number, self.failure()),
            Action::Send(number) => {
                self.finished.insert(number);
                let pace = [Pace::Free, Pace::Free, Pace::Throttled][self.choices.below(3)];
                Event::PartDone(number, pace)
            }
            Action::Complete if fails => Event::CompleteFailed(self.failure()),
            Action::Complete => Event::Completed,
            Action::Abort => Event::Aborted,
            Action::Cancel => unreachable!("cancel has no answer"),
        }
    }

    fn run(&mut self, machine: &mut UploadMachine) -> End {
        for _ in 0..100_000 {
            while let Some(action) = machine.next() {
                self.perform(action);
            }
            if let Some(end) = machine.end() {
                assert!(self.open.is_empty(), "ended with {:?} open", self.open);
                return end;
            }
            assert!(!self.open.is_empty(), "nothing to do and not ended: {machine:?}");
            let event = self.answer();
            machine.handle(event);
        }
        panic!("no end: {machine:?}");
    }
}

proptest! {
    #[test]
    fn every_order_of_events_ends(
        choices in proptest::collection::vec(any::<u8>(), 0..400),
        parts in 1u16..20,
        ceiling in 1u16..=16,
        kind in 0u8..4,
    ) {
        let limit = Concurrency::new(ceiling);
        let mut machine = match kind {
            0 => UploadMachine::new(part(u32::from(parts)), limit, OnFailure::CleanUp),
            1 => UploadMachine::new(part(u32::from(parts)), limit, OnFailure::Keep),
            2 => UploadMachine::resumed(part(u32::from(parts)), limit),
            _ => UploadMachine::of_stream(limit),
        };
        let mut world = World {
            choices: Choices::new(choices),
            open: Vec::new(),
            finished: BTreeSet::new(),
            count: (kind < 3).then_some(parts),
            stream_parts: parts - 1,
            ceiling,
        };
        let end = world.run(&mut machine);
        if kind == 0 || kind == 3 {
            prop_assert_ne!(end, End::Suspended);
        }
        if world.choices.over() && end == End::Completed {
            prop_assert_eq!(world.finished.len(), machine.parts_done());
        }
    }
}
