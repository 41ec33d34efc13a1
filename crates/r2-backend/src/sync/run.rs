//! Running a plan: everything is sent, what failed is tried once more, then what is extra goes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::vec;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use r2_objects::{ErrorKind as RequestKind, ObjectKey};
use tokio::sync::Semaphore;

use super::disk::delete;
use super::entry::Entry;
use super::location::{BucketPlace, Place};
use super::options::Extra;
use super::plan::{Plan, Planned};
use super::report::{Event, Failed, Report};
use super::spool::Position;
use super::transfer::{NamesInFlight, Sender};
use crate::blocking::blocking;
use crate::error::{Error, ErrorKind};
use crate::limits::{DELETE_BATCH, LARGE_AT_ONCE, NAMED_ITEMS, SECOND_CHANCES};

impl Plan {
    /// Does what the plan says: sends, with a bounded number of items in flight; tries once more
    /// what failed in a way that may pass; and deletes at last, if everything was sent.
    ///
    /// An item that fails does not end the run: the [`Report`] names it. A failure that would meet
    /// all items alike (no connection, no right, no space) ends it early.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::DeleteCap`] before anything is done, if the plan deletes more than it may;
    /// [`ErrorKind::PlanFile`] if the plan cannot be read back.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends all transfers. What was sent stays; no half file or object is left
    /// under its name, and making and running the plan anew does the rest.
    pub async fn run(
        &self,
        watcher: impl Fn(&Event<'_>) + Send + Sync + 'static,
    ) -> Result<Report, Error> {
        if let Extra::Delete { at_most } = self.options.extra
            && self.summary.deletes > at_most
        {
            let deletes = self.summary.deletes;
            let detail = format!("{deletes} to be deleted, {at_most} allowed");
            return Err(Error::new(ErrorKind::DeleteCap).detail(detail));
        }
        let run = Run {
            plan: self,
            sender: Sender {
                source: &self.source,
                destination: &self.destination,
                options: &self.options,
                watcher: Arc::new(watcher),
                names: NamesInFlight::default(),
                large: Semaphore::new(LARGE_AT_ONCE),
            },
            halted: AtomicBool::new(false),
        };
        let mut tally = Tally::new(self);
        run.send_each(Items::Planned(Position::default()), Chance::First, &mut tally).await?;
        let postponed = std::mem::take(&mut tally.postponed);
        if run.is_halted() {
            for (planned, error) in postponed {
                tally.fail(planned, error, &run);
            }
        } else {
            let again: Vec<_> = postponed.into_iter().map(|(planned, _)| planned).collect();
            run.send_each(Items::Again(again.into_iter()), Chance::Last, &mut tally).await?;
        }
        let Report { sent, failures, .. } = tally.report;
        tally.report.not_tried = self.sends.length().saturating_sub(sent + failures);
        run.delete_extra(&mut tally).await?;
        tally.report.was_stopped = self.options.is_stopped();
        Ok(tally.report)
    }
}

/// Whether a failed item will be tried again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chance {
    First,
    Last,
}

/// Where the items come from.
enum Items {
    Planned(Position<Planned>),
    Again(vec::IntoIter<Planned>),
}

struct Run<'a> {
    plan: &'a Plan,
    sender: Sender<'a>,
    /// Whether no further item is begun.
    halted: AtomicBool,
}

/// What came of the items so far.
struct Tally {
    report: Report,
    /// To be tried once more, with what went wrong the first time.
    postponed: Vec<(Planned, Error)>,
}

impl Run<'_> {
    fn tell(&self, event: &Event<'_>) {
        (self.sender.watcher)(event);
    }

    fn is_halted(&self) -> bool {
        self.halted.load(Ordering::Relaxed) || self.plan.options.is_stopped()
    }

    /// The next item, unless the run is to end.
    async fn next(&self, items: &mut Items) -> Result<Option<Planned>, Error> {
        match items {
            _ if self.is_halted() => Ok(None),
            Items::Planned(position) => self.plan.sends.next(position).await,
            Items::Again(items) => Ok(items.next()),
        }
    }

    /// Sends items side by side. They run inside this future, so that dropping it ends them.
    async fn send_each(
        &self,
        mut items: Items,
        chance: Chance,
        tally: &mut Tally,
    ) -> Result<(), Error> {
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < self.plan.options.transfers {
                let Some(planned) = self.next(&mut items).await? else { break };
                running.push(self.send_one(planned));
            }
            let Some((planned, result)) = running.next().await else { return Ok(()) };
            match result {
                Ok(()) => tally.succeed(&planned, self),
                // Not a failure: it counts as not tried.
                Err(error) if error.is_stop() => {}
                Err(error) if ends_the_run(&error) => {
                    self.halted.store(true, Ordering::Relaxed);
                    if error.request().is_some_and(|e| e.kind() == RequestKind::CircuitOpen) {
                        // Each of the others would wait for the same server as long again.
                        running.clear();
                    }
                    tally.fail(planned, error, self);
                }
                Err(error) if chance == Chance::First && tally.may_postpone(&error) => {
                    let name = planned.destination_name();
                    self.tell(&Event::Postponed { name, error: &error });
                    tally.postponed.push((planned, error));
                }
                Err(error) => tally.fail(planned, error, self),
            }
        }
    }

    async fn send_one(&self, planned: Planned) -> (Planned, Result<(), Error>) {
        let (name, bytes) = (planned.destination_name(), planned.source.bytes);
        self.tell(&Event::Started { name, bytes });
        let result = self.sender.send(&planned).await;
        (planned, result)
    }

    async fn delete_extra(&self, tally: &mut Tally) -> Result<(), Error> {
        if tally.report.failures > 0 || tally.report.not_tried > 0 || self.is_halted() {
            tally.report.deletes_withheld = self.plan.extras.length();
            return Ok(());
        }
        let mut position = Position::default();
        loop {
            let mut batch = Vec::new();
            while batch.len() < DELETE_BATCH {
                let Some(extra) = self.plan.extras.next(&mut position).await? else { break };
                batch.push(extra);
            }
            if batch.is_empty() {
                return Ok(());
            }
            if self.is_halted() {
                tally.report.deletes_withheld += batch.len() as u64;
                continue;
            }
            match &self.plan.destination {
                Place::Directory(root) => self.delete_files(root, batch, tally).await,
                Place::Bucket(place) => self.delete_objects(place, batch, tally).await,
            }
        }
    }

    async fn delete_files(&self, root: &Path, batch: Vec<Entry>, tally: &mut Tally) {
        for extra in batch {
            let path = root.join(&extra.name);
            let (bytes, modified) = (extra.bytes, extra.modified);
            match blocking(move || delete(&path, bytes, modified)).await {
                Ok(true) => tally.deleted(&extra.name, self),
                Ok(false) => tally.fail_name(extra.name, Error::new(ErrorKind::Changed), self),
                Err(error) => {
                    tally.fail_name(extra.name, Error::because(ErrorKind::Write, error), self);
                }
            }
        }
    }

    async fn delete_objects(&self, place: &BucketPlace, batch: Vec<Entry>, tally: &mut Tally) {
        let keys: Vec<_> = batch.iter().filter_map(|extra| place.key(&extra.name).ok()).collect();
        let name_of = |key: &ObjectKey| key.as_str()[place.prefix.len()..].to_owned();
        match place.client.objects().delete_objects(place.bucket.clone(), keys).await {
            Ok(deleted) => {
                for key in deleted.deleted {
                    tally.deleted(&name_of(&key), self);
                }
                for failure in deleted.failed {
                    let error = r2_objects::Error::new(failure.kind, failure.message.clone());
                    tally.fail_name(name_of(&failure.key), error.into(), self);
                }
            }
            Err(error) => {
                // It concerns all keys alike; naming it once is enough.
                self.halted.store(true, Ordering::Relaxed);
                let rest = batch.len() as u64 - 1;
                let first = batch.into_iter().next();
                tally.fail_name(
                    first.map(|first| first.name).unwrap_or_default(),
                    error.into(),
                    self,
                );
                tally.report.deletes_withheld += rest;
            }
        }
    }
}

impl Tally {
    fn new(plan: &Plan) -> Self {
        let report = Report { missing: plan.summary.missing, ..Report::default() };
        Self { report, postponed: Vec::new() }
    }

    fn may_postpone(&self, error: &Error) -> bool {
        error.is_retryable() && self.postponed.len() < SECOND_CHANCES
    }

    fn succeed(&mut self, planned: &Planned, run: &Run<'_>) {
        let (name, bytes) = (planned.destination_name(), planned.source.bytes);
        self.report.sent += 1;
        self.report.sent_bytes += bytes;
        run.tell(&Event::Sent { name, bytes });
    }

    fn deleted(&mut self, name: &str, run: &Run<'_>) {
        self.report.deleted += 1;
        run.tell(&Event::Deleted { name });
    }

    fn fail(&mut self, planned: Planned, error: Error, run: &Run<'_>) {
        let name = planned.destination_name.unwrap_or(planned.source.name);
        self.fail_name(name, error, run);
    }

    fn fail_name(&mut self, name: String, error: Error, run: &Run<'_>) {
        run.tell(&Event::Failed { name: &name, error: &error });
        self.report.failures += 1;
        if self.report.failed.len() < NAMED_ITEMS {
            self.report.failed.push(Failed { name, error });
        }
    }
}

/// Would this error meet every further item as well?
fn ends_the_run(error: &Error) -> bool {
    use r2_objects::ErrorKind as Kind;
    let of_request = error.request().is_some_and(|request| {
        matches!(
            request.kind(),
            Kind::CircuitOpen
                | Kind::CostCap
                | Kind::Credentials
                | Kind::InvalidConfiguration
                | Kind::Unauthorized
                | Kind::SignatureMismatch
                | Kind::ClockSkew
                | Kind::Expired
                | Kind::NotEntitled
                | Kind::NoSuchBucket
                | Kind::Redirect
                | Kind::InsecureRefused
        )
    });
    of_request || error.is_disk_full()
}
