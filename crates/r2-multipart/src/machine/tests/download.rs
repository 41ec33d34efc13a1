//! The download machine.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Choices, part};
use crate::machine::{
    Concurrency, DownloadAction as Action, DownloadEvent as Event, DownloadMachine, End, Failure,
    OnFailure, Order, Pace,
};
use crate::plan::PartNumber;

fn check(machine: &mut DownloadMachine, table: &[(Option<Event>, &[Action])]) {
    for (row, (event, expected)) in table.iter().enumerate() {
        if let Some(event) = event {
            machine.handle(event.clone());
        }
        let actions: Vec<Action> = std::iter::from_fn(|| machine.next()).collect();
        assert_eq!(actions, *expected, "row {row}: {event:?}");
    }
}

fn opened(count: u32) -> Option<Event> {
    Some(Event::Opened { count: part(count), finished: vec![] })
}

fn fetched(number: u32) -> Option<Event> {
    Some(Event::Fetched(part(number), Pace::Free))
}

#[test]
fn parts_in_place_come_in_any_order() {
    let mut machine =
        DownloadMachine::new(Order::AnyPlace, Concurrency::new(2), OnFailure::CleanUp);
    check(
        &mut machine,
        &[
            (None, &[Action::Open]),
            (opened(3), &[Action::Fetch(part(1)), Action::Fetch(part(2))]),
            (fetched(2), &[Action::Fetch(part(3))]),
            (fetched(3), &[]),
            (fetched(1), &[Action::Finish]),
            (Some(Event::Finished), &[]),
        ],
    );
    assert_eq!(machine.end(), Some(End::Completed));
}

#[test]
fn parts_in_sequence_wait_for_their_turn_within_the_window() {
    let mut machine =
        DownloadMachine::new(Order::InSequence, Concurrency::new(2), OnFailure::CleanUp);
    check(
        &mut machine,
        &[
            (None, &[Action::Open]),
            (opened(4), &[Action::Fetch(part(1)), Action::Fetch(part(2))]),
            (fetched(2), &[]),
            (fetched(1), &[Action::Deliver(part(1))]),
            (Some(Event::Delivered(part(1))), &[Action::Deliver(part(2)), Action::Fetch(part(3))]),
            (Some(Event::Delivered(part(2))), &[Action::Fetch(part(4))]),
            (fetched(4), &[]),
            (fetched(3), &[Action::Deliver(part(3))]),
            (Some(Event::Delivered(part(3))), &[Action::Deliver(part(4))]),
            (Some(Event::Delivered(part(4))), &[Action::Finish]),
        ],
    );
}

#[test]
fn a_replaced_object_begins_again_unless_bytes_are_delivered() {
    let stale = |n| Some(Event::FetchFailed(part(n), Failure::Stale));
    let mut machine = DownloadMachine::new(Order::AnyPlace, Concurrency::new(1), OnFailure::Keep);
    check(
        &mut machine,
        &[
            (None, &[Action::Open]),
            (opened(2), &[Action::Fetch(part(1))]),
            (fetched(1), &[Action::Fetch(part(2))]),
            (stale(2), &[Action::Cancel, Action::Open]),
            (opened(2), &[Action::Fetch(part(1))]),
        ],
    );
    let mut machine = DownloadMachine::new(Order::InSequence, Concurrency::new(1), OnFailure::Keep);
    check(
        &mut machine,
        &[
            (None, &[Action::Open]),
            (opened(2), &[Action::Fetch(part(1))]),
            (fetched(1), &[Action::Deliver(part(1))]),
            (Some(Event::Delivered(part(1))), &[Action::Fetch(part(2))]),
            (stale(2), &[Action::Cancel, Action::Discard]),
        ],
    );
}

#[test]
fn a_wrong_checksum_leaves_nothing() {
    let mut machine = DownloadMachine::new(Order::AnyPlace, Concurrency::new(1), OnFailure::Keep);
    check(
        &mut machine,
        &[
            (None, &[Action::Open]),
            (opened(1), &[Action::Fetch(part(1))]),
            (fetched(1), &[Action::Finish]),
            (Some(Event::FinishFailed(Failure::Final)), &[Action::Cancel, Action::Discard]),
            (Some(Event::Discarded), &[]),
        ],
    );
    assert_eq!(machine.end(), Some(End::Aborted));
}

struct World {
    choices: Choices,
    open: Vec<Action>,
    written: BTreeSet<PartNumber>,
    delivered: u16,
    count: u16,
    ceiling: u16,
    order: Order,
}

impl World {
    fn perform(&mut self, action: Action) {
        match action {
            Action::Fetch(number) => {
                assert!(!self.written.contains(&number), "{number} was finished");
                assert!(!self.open.contains(&action), "{number} is under way");
                if self.order == Order::InSequence {
                    assert!(number.get() <= self.delivered + self.ceiling, "beyond the window");
                }
            }
            Action::Deliver(number) => {
                assert_eq!(number.get(), self.delivered + 1, "out of order");
                assert!(self.written.contains(&number));
            }
            Action::Finish => {
                assert_eq!(self.written.len(), usize::from(self.count), "a part is missing");
                assert!(self.open.is_empty());
            }
            Action::Cancel => return self.open.clear(),
            Action::Open => {
                assert_eq!(self.delivered, 0, "begins again after bytes were delivered");
                self.written.clear();
            }
            Action::Discard => {}
        }
        self.open.push(action);
        let flying = self.open.iter().filter(|open| matches!(open, Action::Fetch(_))).count();
        assert!(flying <= usize::from(self.ceiling));
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
            Action::Open if fails => Event::OpenFailed(self.failure()),
            Action::Open => {
                let mut finished = Vec::new();
                if self.order == Order::AnyPlace {
                    finished = (1..=u32::from(self.count)).map(part).collect();
                    finished.retain(|_| self.choices.below(3) == 2);
                }
                self.written = finished.iter().copied().collect();
                Event::Opened { count: part(u32::from(self.count)), finished }
            }
            Action::Fetch(number) if fails => Event::FetchFailed(number, self.failure()),
            Action::Fetch(number) => {
                self.written.insert(number);
                Event::Fetched(number, Pace::Free)
            }
            Action::Deliver(_) if fails => Event::DeliverFailed,
            Action::Deliver(number) => {
                self.delivered += 1;
                Event::Delivered(number)
            }
            Action::Finish if fails => Event::FinishFailed(self.failure()),
            Action::Finish => Event::Finished,
            Action::Discard => Event::Discarded,
            Action::Cancel => unreachable!("cancel has no answer"),
        }
    }
}

proptest! {
    #[test]
    fn every_order_of_events_ends(
        choices in proptest::collection::vec(any::<u8>(), 0..400),
        count in 1u16..20,
        ceiling in 1u16..=16,
        in_sequence: bool,
        keep: bool,
    ) {
        let order = if in_sequence { Order::InSequence } else { Order::AnyPlace };
        let on_failure = if keep { OnFailure::Keep } else { OnFailure::CleanUp };
        let mut machine = DownloadMachine::new(order, Concurrency::new(ceiling), on_failure);
        let mut world = World {
            choices: Choices::new(choices),
            open: Vec::new(),
            written: BTreeSet::new(),
            delivered: 0,
            count,
            ceiling,
            order,
        };
        let mut end = None;
        for _ in 0..100_000 {
            while let Some(action) = machine.next() {
                world.perform(action);
            }
            end = machine.end();
            if end.is_some() {
                break;
            }
            prop_assert!(!world.open.is_empty(), "nothing to do and not ended");
            let event = world.answer();
            machine.handle(event);
        }
        prop_assert!(world.open.is_empty());
        prop_assert!(end.is_some(), "no end");
        if end == Some(End::Completed) && in_sequence {
            prop_assert_eq!(world.delivered, count);
        }
        if !keep {
            prop_assert_ne!(end, Some(End::Suspended));
        }
    }
}
