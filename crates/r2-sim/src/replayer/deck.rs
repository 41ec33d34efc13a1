//! Which exchange answers which request.

use std::collections::{HashMap, VecDeque};

use super::miss::Miss;
use crate::cassette::{Ask, Cassette, Line, Recorded, RecordedBody, difference};

/// A cassette on its way through a test.
#[derive(Debug)]
pub(super) struct Deck {
    exchanges: Vec<Recorded>,
    is_played: Vec<bool>,
    lines: HashMap<Line, VecDeque<usize>>,
    misses: Vec<Miss>,
}

/// Misses that are remembered: the first ones tell what went wrong.
const MISSES_MAX: usize = 100;

impl Deck {
    pub(super) fn new(cassette: Cassette) -> Deck {
        let exchanges = cassette.into_exchanges();
        let mut lines: HashMap<_, VecDeque<usize>> = HashMap::new();
        for (index, exchange) in exchanges.iter().enumerate() {
            lines.entry(exchange.ask.line()).or_default().push_back(index);
        }
        let is_played = vec![false; exchanges.len()];
        Deck { exchanges, is_played, lines, misses: Vec::new() }
    }

    /// Takes the next exchange of the request's line, if it asks for the same.
    pub(super) fn take(&mut self, ask: &Ask) -> Result<(usize, Recorded), Miss> {
        let line = self.lines.get_mut(&ask.line());
        let Some((line, index)) = line.and_then(|line| line.front().copied().map(|at| (line, at)))
        else {
            return Err(self.miss(Miss::of(ask, &self.exchanges, &self.is_played)));
        };
        let recorded = &self.exchanges[index];
        let differences = difference(ask, &recorded.ask);
        if !differences.is_empty() {
            return Err(self.miss(Miss::at(ask, index, &self.exchanges[index], differences)));
        }
        line.pop_front();
        self.is_played[index] = true;
        Ok((index, recorded.clone()))
    }

    /// Compares what was sent with what was recorded. A difference puts the exchange back.
    pub(super) fn check_body(
        &mut self,
        index: usize,
        ask: &Ask,
        sha256: &str,
        length: u64,
    ) -> Result<(), Miss> {
        let recorded = &self.exchanges[index];
        let RecordedBody { is_whole, .. } = recorded.sent;
        let known = recorded.sent.sha256().unwrap_or_default();
        // What the server did not take to its end is not known to the end.
        if !is_whole || (recorded.sent.length(), known.as_str()) == (length, sha256) {
            return Ok(());
        }
        let said = |sha256: &str, length| format!("{length} bytes (SHA-256 {:.12}…)", sha256);
        let difference = format!(
            "body of {} instead of {}",
            said(sha256, length),
            said(&known, recorded.sent.length())
        );
        self.is_played[index] = false;
        self.lines.entry(recorded.ask.line()).or_default().push_front(index);
        Err(self.miss(Miss::at(ask, index, &self.exchanges[index], vec![difference])))
    }

    /// Notes that an exchange matches and cannot be played.
    pub(super) fn unplayable(&mut self, ask: &Ask, index: usize, why: String) -> Miss {
        let miss = Miss::at(ask, index, &self.exchanges[index], vec![why]);
        self.miss(miss)
    }

    /// Exchanges that were not asked for.
    pub(super) fn unused(&self) -> Vec<String> {
        let left = self.exchanges.iter().zip(&self.is_played).enumerate();
        let left = left.filter(|(_, (_, played))| !**played);
        left.map(|(index, (exchange, _))| format!("{} {}", index + 1, exchange.ask)).collect()
    }

    /// Requests that had no answer.
    pub(super) fn misses(&self) -> Vec<String> {
        self.misses.iter().map(ToString::to_string).collect()
    }

    pub(super) fn progress(&self) -> (usize, usize) {
        (self.is_played.iter().filter(|played| **played).count(), self.exchanges.len())
    }

    fn miss(&mut self, miss: Miss) -> Miss {
        if self.misses.len() < MISSES_MAX {
            self.misses.push(miss.clone());
        }
        miss
    }
}
