//! One logical client: its own keys, its random steps, its deaths.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use r2_objects::{Client, Error, ErrorKind};

use crate::account::{Account, Sent};
use crate::content::content;
use crate::crash::Mortal;
use crate::model::{Cell, Violation};
use crate::shared::Shared;
use crate::tokens::Tokens;
use crate::world::{Line, PART, World};

/// Keys of each client.
const KEYS: usize = 5;

/// An upload that was interrupted and can be gone on with.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) key: String,
    pub(crate) content: Bytes,
}

/// A client that lives, dies and lives again.
pub(crate) struct Actor<'w> {
    pub(crate) world: &'w World,
    pub(crate) shared: &'w Shared,
    pub(crate) line: Line,
    pub(crate) client: Client,
    pub(crate) account: Account,
    pub(crate) random: fastrand::Rng,
    /// The keys that only this client writes.
    pub(crate) cells: BTreeMap<String, Cell>,
    /// Survives the client, as a disk does.
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) pending: Option<Pending>,
    /// Uploads in which the client died, so that nobody aborted them.
    pub(crate) uploads_abandoned: u64,
    pub(crate) name: String,
    life: u64,
    /// After so many polls of its next call the client dies, if a scenario says so.
    pub(crate) dies_at: Option<u32>,
}

impl<'w> Actor<'w> {
    pub(crate) fn new(world: &'w World, shared: &'w Shared, number: u64) -> Self {
        let line = world.line(number);
        let client = line.client(&world.weather, 0);
        let name = format!("a{number}");
        // names as people give them: blanks, umlauts, signs that a URL has to escape
        let cells = (0..KEYS).map(|at| (format!("{name}/ü {at}+%"), Cell::default()));
        Self {
            world,
            shared,
            client,
            account: Account::default(),
            random: fastrand::Rng::with_seed(world.weather.seed ^ number.rotate_left(8)),
            cells: cells.collect(),
            tokens: Arc::default(),
            pending: None,
            uploads_abandoned: 0,
            name,
            life: 0,
            dies_at: None,
            line,
        }
    }

    pub(crate) async fn step(&mut self) -> Result<(), Violation> {
        let pause = self.random.u64(0..2_000);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        self.maybe_set_clock();
        let result = match self.random.u32(0..100) {
            0..16 => self.put().await,
            16..20 => self.put_stream().await,
            20..31 => self.get().await,
            31..40 => self.get_range().await,
            40..45 => self.head().await,
            45..51 => self.delete().await,
            51..55 => self.delete_many().await,
            55..61 => self.copy().await,
            61..67 => self.list().await,
            67..73 => self.create().await,
            73..83 => self.upload().await,
            83..90 => self.download().await,
            90..95 => self.contend().await,
            _ => self.append().await,
        };
        let ended = result.and_then(|()| self.account.check(&self.client));
        ended.map_err(|what| format!("{}: {what}", self.name))
    }

    /// Runs a call of the client, unless it dies in it. Then there is another client afterwards,
    /// which knows nothing of the call.
    pub(crate) async fn live<T>(
        &mut self,
        name: &'static str,
        call: impl Future<Output = T>,
    ) -> (Option<T>, Sent) {
        self.world.tally.borrow_mut().called(name);
        let dies = self.random.u32(0..1000) < self.world.weather.crashes_per_mille;
        // most calls are over after a few polls
        let polls = 1 + self.random.u32(0..4) * self.random.u32(0..8);
        let polls = self.dies_at.take().or(dies.then_some(polls));
        let ended = Mortal::new(call, polls.unwrap_or(u32::MAX)).await;
        let sent = self.account.harvest(self.world, &self.line);
        match ended {
            Some(_) => self.world.note(&self.name, name),
            None => {
                self.world.note(&self.name, &format!("died in {name}"));
                self.world.tally.borrow_mut().crashes += 1;
                self.account.bury(&self.client);
                self.life += 1;
                self.client = self.line.client(&self.world.weather, self.life);
            }
        }
        (ended, sent)
    }

    /// Sometimes somebody sets the clock of this machine.
    fn maybe_set_clock(&mut self) {
        use r2_objects::Clock as _;
        if !self.world.weather.skew || self.random.u8(0..8) != 0 {
            return;
        }
        let minutes = [0_u64, 1, 5, 14, 16, 120, 60 * 24 * 400][self.random.usize(0..7)];
        let distance = Duration::from_secs(60 * minutes);
        let now = self.world.clock.now();
        let wrong =
            if self.random.bool() { now.checked_add(distance) } else { now.checked_sub(distance) };
        self.line.clock.set(wrong.unwrap_or(now));
        self.world.note(&self.name, &format!("clock off by {minutes} minutes"));
    }

    /// Is this an error that trouble explains?
    pub(crate) fn fair(&self, error: &Error) -> Result<(), Violation> {
        self.world.tally.borrow_mut().failed += 1;
        self.world.note(&self.name, &format!("failed: {error}"));
        let explained = error.is_retryable()
            || matches!(
                error.kind(),
                // a byte of the request flipped
                ErrorKind::BadDigest
                    | ErrorKind::InvalidDigest
                    | ErrorKind::SignatureMismatch
                    // the reply was longer than announced
                    | ErrorKind::UnexpectedReply
                    | ErrorKind::IncompleteBody
            )
            || (error.kind() == ErrorKind::ChecksumMismatch && self.world.weather.flips);
        if explained && !self.world.weather.is_calm() {
            return Ok(());
        }
        Err(format!("an error that nothing explains: {error:?}"))
    }

    /// The answer to a write of `state`: it changes what is known of `key`.
    pub(crate) fn written(
        &mut self,
        key: &str,
        state: Option<Bytes>,
        result: Option<Result<(), Error>>,
    ) -> Result<(), Violation> {
        let cell = self.cells.entry(key.to_owned()).or_default();
        match result {
            Some(Ok(())) => cell.wrote(state),
            None => cell.may_hold(state),
            Some(Err(error)) => {
                if error.may_have_applied() {
                    cell.may_hold(state);
                }
                self.fair(&error)?;
            }
        }
        Ok(())
    }

    pub(crate) fn any_key(&mut self) -> String {
        let at = self.random.usize(0..self.cells.len());
        self.cells.keys().nth(at).cloned().unwrap_or_default()
    }

    /// New content, of a length that matters: nothing, a little, around parts, many parts.
    pub(crate) fn any_content(&mut self) -> Bytes {
        let length = match self.random.u8(0..10) {
            0 => 0,
            1..5 => self.random.usize(1..2_000),
            5 => PART - 1,
            6 => PART,
            7 => PART + 1,
            _ => self.random.usize(PART..7 * PART),
        };
        content(self.random.u64(..), length)
    }

    pub(crate) fn cell(&mut self, key: &str) -> &mut Cell {
        self.world.tally.borrow_mut().checks += 1;
        self.cells.entry(key.to_owned()).or_default()
    }
}
