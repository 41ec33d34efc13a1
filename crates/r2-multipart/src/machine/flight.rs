//! The parts of one transfer and which of them are under way: what both machines share.

use std::collections::VecDeque;

use super::pace::Limit;
use super::{Concurrency, Failure, Pace};
use crate::limits::PART_ROUNDS_MAX;
use crate::plan::PartNumber;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not to be sent yet (its bytes are being read), or waiting in the queue.
    Waiting,
    /// Under way since this epoch of the limit.
    Flying(u32),
    Done,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    state: State,
    rounds: u8,
}

/// Parts, a queue of those to send, and the limit on how many fly at once.
#[derive(Debug)]
pub(super) struct Flight {
    slots: Vec<Slot>,
    queue: VecDeque<PartNumber>,
    limit: Limit,
    flying: u16,
    done: usize,
}

impl Flight {
    pub(super) fn new(ceiling: Concurrency) -> Self {
        Self {
            slots: Vec::new(),
            queue: VecDeque::new(),
            limit: Limit::new(ceiling),
            flying: 0,
            done: 0,
        }
    }

    /// Forgets all parts; what was learned about the server's pace stays.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.queue.clear();
        self.flying = 0;
        self.done = 0;
    }

    /// Takes in all parts up to `last`, of which `finished` need nothing more.
    pub(super) fn fill(&mut self, last: PartNumber, finished: &[PartNumber]) {
        self.clear();
        self.slots = vec![Slot { state: State::Waiting, rounds: 0 }; usize::from(last.get())];
        for number in finished {
            if let Some(slot) = self.slots.get_mut(number.index())
                && slot.state != State::Done
            {
                slot.state = State::Done;
                self.done += 1;
            }
        }
        self.queue = (0..self.slots.len())
            .filter(|&index| self.slots[index].state == State::Waiting)
            .filter_map(PartNumber::from_index)
            .collect();
    }

    /// Appends one more part and queues it.
    pub(super) fn push(&mut self, number: PartNumber) {
        debug_assert_eq!(number.index(), self.slots.len(), "parts come in order");
        self.slots.push(Slot { state: State::Waiting, rounds: 0 });
        self.queue.push_back(number);
    }

    /// Takes the next part off the queue when the limit allows and it lies below `window_end`
    /// (counted in parts from 0).
    pub(super) fn take_next(&mut self, window_end: usize) -> Option<PartNumber> {
        if self.flying >= self.limit.get() {
            return None;
        }
        let number = *self.queue.front().filter(|number| number.index() < window_end)?;
        self.queue.pop_front();
        self.slots[number.index()].state = State::Flying(self.limit.epoch());
        self.flying += 1;
        Some(number)
    }

    /// A part arrived. False when it was not under way.
    pub(super) fn land(&mut self, number: PartNumber, pace: Pace) -> bool {
        let Some(epoch) = self.stop_flying(number, State::Done) else { return false };
        self.limit.succeeded(epoch, pace);
        self.done += 1;
        true
    }

    /// A part failed. Returns what that means for the transfer, or nothing when the part was
    /// queued again (or was not under way).
    pub(super) fn fail(&mut self, number: PartNumber, failure: Failure) -> Option<Failure> {
        let epoch = self.stop_flying(number, State::Waiting)?;
        if failure != Failure::Pressure {
            return Some(failure);
        }
        let slot = &mut self.slots[number.index()];
        slot.rounds += 1;
        if slot.rounds < PART_ROUNDS_MAX && self.limit.pressed(epoch) {
            self.queue.push_front(number);
            None
        } else {
            Some(Failure::Fatal)
        }
    }

    fn stop_flying(&mut self, number: PartNumber, then: State) -> Option<u32> {
        let slot = self.slots.get_mut(number.index())?;
        let State::Flying(epoch) = slot.state else { return None };
        slot.state = then;
        self.flying -= 1;
        Some(epoch)
    }

    pub(super) fn is_done(&self, number: PartNumber) -> bool {
        self.slots.get(number.index()).is_some_and(|slot| slot.state == State::Done)
    }

    pub(super) fn all_done(&self) -> bool {
        self.done == self.slots.len()
    }

    /// Parts that hold a buffer when every part is read before it is queued.
    pub(super) fn unfinished(&self) -> usize {
        self.slots.len() - self.done
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn done(&self) -> usize {
        self.done
    }

    pub(super) fn flying(&self) -> u16 {
        self.flying
    }

    pub(super) fn limit(&self) -> u16 {
        self.limit.get()
    }

    pub(super) fn ceiling(&self) -> u16 {
        self.limit.ceiling()
    }
}
