//! Performs what the download machine asks for, side by side, and tells it what came of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use r2_objects::{NotVerified, ObjectStream, Verdict};
use r2_transport::BoxFuture;

use super::fetch::Fetched;
use super::job::{Job, Object, SharedFile};
use super::options::OnObjectChange;
use super::outcome::Downloaded;
use super::sink::Ordered;
use super::target::{Finished, Target};
use crate::crc64::{Crc64, Crc64Combiner};
use crate::error::{Error, ErrorKind};
use crate::machine::{
    DownloadAction, DownloadEvent, DownloadMachine, End, Failure, OnFailure, Order, Pace,
};
use crate::plan::PartNumber;
use crate::transfer::{Blame, Interrupt};
use crate::upload::count_part;

/// An object that is open, with what is there of it already.
struct Opened {
    object: Object,
    first: Option<ObjectStream>,
    finished: Finished,
    file: Option<(SharedFile, bool)>,
}

/// What an action came to.
enum Done {
    Opened(Result<Box<Opened>, Error>),
    Fetched(PartNumber, Result<Fetched, Error>),
    Piped(Ordered, Result<Fetched, Error>),
    Delivered(PartNumber, Ordered, Result<(), Error>),
    Finished(Result<(Verdict, Bytes), Error>),
    Discarded,
}

/// What is put in its place at the end.
enum Place {
    File(Option<SharedFile>),
    Ordered(Option<Ordered>),
}

/// A part that is where it belongs, or waits for its turn.
struct Arrived {
    crc: Crc64,
    length: u64,
    chunks: Vec<Bytes>,
    verdict: Verdict,
}

pub(super) struct Driver<'a> {
    job: &'a Job<'a>,
    machine: DownloadMachine,
    running: FuturesUnordered<BoxFuture<'a, Done>>,
    target: Target,
    object: Option<Arc<Object>>,
    /// The stream that came with opening the object, until the first part takes it.
    first: Option<ObjectStream>,
    arrived: BTreeMap<PartNumber, Arrived>,
    resumed: usize,
    /// What an earlier run left is of another object.
    ignores_left: bool,
    verdict: Verdict,
    content: Bytes,
    blame: Blame,
}

impl<'a> Driver<'a> {
    pub(super) fn new(job: &'a Job<'a>, target: Target) -> Self {
        let options = job.options;
        let (order, on_failure) = match target {
            Target::File { .. } if !options.starts_anew => (Order::AnyPlace, OnFailure::Keep),
            Target::File { .. } => (Order::AnyPlace, OnFailure::CleanUp),
            Target::Ordered(_) => (Order::InSequence, OnFailure::CleanUp),
        };
        let mut machine = DownloadMachine::new(order, options.transfer.ceiling(), on_failure);
        if options.on_object_change == OnObjectChange::Fail || options.etag.is_some() {
            machine = machine.without_restart();
        }
        Self {
            job,
            machine,
            running: FuturesUnordered::new(),
            target,
            object: None,
            first: None,
            arrived: BTreeMap::new(),
            resumed: 0,
            ignores_left: options.starts_anew,
            verdict: Verdict::Pending,
            content: Bytes::new(),
            blame: Blame::default(),
        }
    }

    pub(super) async fn run(mut self) -> Result<Downloaded, Error> {
        let mut interrupt = Interrupt::new(&self.job.options.transfer);
        loop {
            while let Some(action) = self.machine.next() {
                self.perform(action);
            }
            if let Some(end) = self.machine.end() {
                return self.finish(end).await;
            }
            let event = tokio::select! {
                biased;
                kind = interrupt.came() => self.failed(Error::new(kind), |_| DownloadEvent::Stop),
                done = self.running.next() => match done {
                    Some(done) => self.take_in(done),
                    // the machine never waits for nothing; if it did, this would wait for ever
                    None => return Err(self.job.place.error(ErrorKind::Protocol)),
                },
            };
            self.machine.handle(event);
        }
    }

    fn perform(&mut self, action: DownloadAction) {
        match action {
            DownloadAction::Open => self.open(),
            DownloadAction::Fetch(number) => self.fetch(number),
            DownloadAction::Deliver(number) => self.deliver(number),
            DownloadAction::Finish => self.conclude(),
            DownloadAction::Cancel => {
                self.running.clear();
                self.first = None;
            }
            DownloadAction::Discard => {
                let (job, file, path) = (self.job, self.target.file(), self.target.path());
                self.start(async move {
                    match (file, path) {
                        (Some(file), _) => job.discard(file).await,
                        (None, Some(path)) => job.discard_left(path).await,
                        (None, None) => {}
                    }
                    Done::Discarded
                });
            }
        }
    }

    fn start(&self, work: impl Future<Output = Done> + Send + 'a) {
        self.running.push(Box::pin(work));
    }

    fn open(&mut self) {
        let job = self.job;
        if self.blame.begin_again() {
            self.ignores_left = true;
        }
        self.arrived.clear();
        let (path, old) = match &mut self.target {
            Target::File { path, file, journaled } => {
                *journaled = false;
                (Some(path.clone()), file.take())
            }
            Target::Ordered(_) => (None, None),
        };
        let ignores_left = self.ignores_left;
        self.start(async move {
            // a write that is still under way must not meet the new content: another file
            if let Some(old) = old {
                job.discard(old).await;
            }
            Done::Opened(open(job, path, ignores_left).await.map(Box::new))
        });
    }

    fn fetch(&mut self, number: PartNumber) {
        let (job, file, first) = (self.job, self.target.file(), self.first_for(number));
        let Some(object) = self.object.clone() else { return };
        let Some(part) = object.part(number) else { return };
        if let (None, Target::Ordered(target)) = (&object.plan, &mut self.target) {
            if let (Some(stream), Some(mut target)) = (first, target.take()) {
                self.start(async move {
                    let result = job.pipe(stream, &mut target).await;
                    Done::Piped(target, result)
                });
            }
            return;
        }
        self.start(
            async move { Done::Fetched(number, job.fetch(&object, part, first, file).await) },
        );
    }

    fn first_for(&mut self, number: PartNumber) -> Option<ObjectStream> {
        if number == PartNumber::FIRST { self.first.take() } else { None }
    }

    fn deliver(&mut self, number: PartNumber) {
        let Target::Ordered(slot) = &mut self.target else { return };
        let (Some(mut target), Some(part)) = (slot.take(), self.arrived.get_mut(&number)) else {
            return;
        };
        let chunks = std::mem::take(&mut part.chunks);
        self.start(async move {
            let written = target.write(chunks).await;
            Done::Delivered(number, target, written)
        });
    }

    /// Verifies the whole and puts the target in its place.
    fn conclude(&mut self) {
        let (job, whole, object) = (self.job, self.whole(), self.object.clone());
        let by_stream = self.arrived.get(&PartNumber::FIRST).map(|part| part.verdict);
        let by_stream = by_stream.filter(|_| self.arrived.len() == 1);
        let target = match &mut self.target {
            Target::File { file, .. } => Place::File(file.clone()),
            Target::Ordered(slot) => Place::Ordered(slot.take()),
        };
        self.start(async move {
            let Some(object) = object else {
                return Done::Finished(Err(job.place.error(ErrorKind::Protocol)));
            };
            let verdict = match by_stream {
                _ if job.options.unverified => Verdict::NotVerified(NotVerified::Declined),
                Some(Verdict::Verified(algorithm)) => Verdict::Verified(algorithm),
                _ => job.verify(&object, whole).await,
            };
            if verdict == Verdict::Mismatch {
                return Done::Finished(Err(job.place.error(ErrorKind::Checksum)));
            }
            let content = match target {
                Place::File(Some(file)) => job.finish_file(file, &object).await,
                Place::Ordered(Some(mut target)) => target.finish().await,
                Place::File(None) | Place::Ordered(None) => {
                    Err(job.place.error(ErrorKind::Protocol))
                }
            };
            Done::Finished(content.map(|content| (verdict, content)))
        });
    }

    fn whole(&self) -> Crc64 {
        let mut whole = Crc64Combiner::new();
        for part in self.arrived.values() {
            whole.push(part.crc, part.length);
        }
        whole.finish()
    }

    /// Keeps what an action brought, and tells the machine of it.
    fn take_in(&mut self, done: Done) -> DownloadEvent {
        match done {
            Done::Opened(Ok(opened)) => self.have_opened(*opened),
            Done::Opened(Err(error)) => {
                self.failed(error, |error| DownloadEvent::OpenFailed(error.reading_failure()))
            }
            Done::Fetched(number, result) => self.have_fetched(number, result),
            Done::Piped(target, result) => {
                self.target = Target::Ordered(Some(target));
                match result {
                    Ok(fetched) => self.have_fetched(PartNumber::FIRST, Ok(fetched)),
                    // the target has bytes of it, so there is no second try
                    Err(error) => self.failed(error, |_| {
                        DownloadEvent::FetchFailed(PartNumber::FIRST, Failure::Final)
                    }),
                }
            }
            Done::Delivered(number, target, result) => {
                self.target = Target::Ordered(Some(target));
                match result {
                    Ok(()) => DownloadEvent::Delivered(number),
                    Err(error) => self.failed(error, |_| DownloadEvent::DeliverFailed),
                }
            }
            Done::Finished(Ok((verdict, content))) => {
                (self.verdict, self.content) = (verdict, content);
                DownloadEvent::Finished
            }
            Done::Finished(Err(error)) => {
                self.failed(error, |error| DownloadEvent::FinishFailed(error.reading_failure()))
            }
            Done::Discarded => DownloadEvent::Discarded,
        }
    }

    /// Keeps an error, and says what it means for the machine.
    fn failed(&mut self, error: Error, event: impl Fn(&Error) -> DownloadEvent) -> DownloadEvent {
        let event = event(&error);
        self.blame.keep(error);
        event
    }

    fn have_opened(&mut self, opened: Opened) -> DownloadEvent {
        let Opened { object, first, finished, file } = opened;
        if let (Target::File { file: slot, journaled, .. }, Some((file, has_journal))) =
            (&mut self.target, file)
        {
            (*slot, *journaled) = (Some(file), has_journal);
        }
        if let (Target::Ordered(Some(target)), Some(plan)) = (&mut self.target, &object.plan)
            && let Err(error) = target.expect(plan.total_bytes())
        {
            return self.failed(error, |_| DownloadEvent::OpenFailed(Failure::Final));
        }
        self.resumed = finished.len();
        let mut numbers = Vec::with_capacity(finished.len());
        let mut bytes = 0;
        for (number, crc) in finished {
            let length = object.part(number).map_or(0, |part| part.length);
            let verdict = Verdict::Pending;
            self.arrived.insert(number, Arrived { crc, length, chunks: Vec::new(), verdict });
            numbers.push(number);
            bytes += length;
            count_part(self.job.place, "download", "resumed");
        }
        let total = object.plan.map(|plan| plan.total_bytes());
        let parts = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        let count = object.count();
        self.job.meter.begin(total, Some(count.get().into()), (parts, bytes));
        self.object = Some(Arc::new(object));
        self.first = first;
        DownloadEvent::Opened { count, finished: numbers }
    }

    fn have_fetched(
        &mut self,
        number: PartNumber,
        result: Result<Fetched, Error>,
    ) -> DownloadEvent {
        match result {
            Ok(Fetched { crc, length, chunks, verdict }) => {
                self.arrived.insert(number, Arrived { crc, length, chunks, verdict });
                count_part(self.job.place, "download", "fetched");
                self.job.meter.part_done();
                DownloadEvent::Fetched(number, Pace::Free)
            }
            Err(error) => {
                let failure = match self.object.as_ref().is_some_and(|object| object.plan.is_some())
                {
                    true => error.reading_failure(),
                    false => Failure::Final,
                };
                if failure == Failure::Pressure {
                    count_part(self.job.place, "download", "again");
                    self.blame.keep_pressed(error);
                    return DownloadEvent::FetchFailed(number, failure);
                }
                self.failed(error, |_| DownloadEvent::FetchFailed(number, failure))
            }
        }
    }

    async fn finish(self, end: End) -> Result<Downloaded, Error> {
        let (job, whole) = (self.job, self.whole());
        let mut kept = self.target.is_journaled();
        if end == End::Suspended && !kept {
            match (self.target.file(), self.target.path()) {
                // without a journal nobody could go on with it
                (Some(file), _) => job.discard(file).await,
                (None, Some(path)) => kept = job.has_left(path).await,
                (None, None) => {}
            }
        }
        match (end, self.object) {
            (End::Completed, Some(object)) => {
                let count = |parts: usize| u32::try_from(parts).unwrap_or(u32::MAX);
                Ok(Downloaded {
                    info: object.info.clone(),
                    content: self.content,
                    bytes: self.arrived.values().map(|part| part.length).sum(),
                    parts: count(self.arrived.len()),
                    parts_resumed: count(self.resumed),
                    crc64: whole,
                    verdict: self.verdict,
                })
            }
            _ => {
                let error = self.blame.into_error(job.place);
                Err(if end == End::Suspended && kept { error.suspended() } else { error })
            }
        }
    }
}

/// Finds out what there is to fetch: goes on with what an earlier run left, or opens the object.
async fn open(
    job: &Job<'_>,
    path: Option<std::path::PathBuf>,
    ignores_left: bool,
) -> Result<Opened, Error> {
    if let Some(path) = path.clone().filter(|_| !ignores_left)
        && let Some((file, header, records)) = job.left(path).await?
        && let Some(plan) = header.plan()
    {
        let info = job.head().await?;
        let wanted = job.options.etag.as_ref().is_none_or(|etag| *etag == info.etag);
        let same = info.etag.as_str() == header.etag && !info.etag.is_weak();
        if !same || !wanted || info.size != Some(plan.total_bytes()) {
            return Err(job.place.error(ErrorKind::ObjectChanged));
        }
        let finished = job.check(&file, &plan, records).await?;
        job.go_on(&file, &plan).await?;
        let object = Object { info, plan: Some(plan), by_range: false };
        return Ok(Opened { object, first: None, finished, file: Some((file, true)) });
    }
    let (object, first) = job.open().await?;
    let first = if job.options.unverified { first.without_verification() } else { first };
    let file = match path {
        Some(path) => Some(job.begin_file(path, &object).await?),
        None => None,
    };
    Ok(Opened { object, first: Some(first), finished: Finished::new(), file })
}
