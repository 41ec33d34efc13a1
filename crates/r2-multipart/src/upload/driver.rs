//! Performs what the upload machine asks for, side by side, and tells it what came of it.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use r2_transport::BoxFuture;

use super::job::{Job, Made, SentPart, SentParts, Unchanged, count_part};
use super::resume::Found;
use super::source::{KnownSource, StreamSource};
use crate::buffers::PartBytes;
use crate::copy::CopySource;
use crate::error::{Error, ErrorKind};
use crate::machine::{End, Failure, Pace, PartRead, UploadAction, UploadEvent, UploadMachine};
use crate::plan::{Part, PartNumber, PartPlan};
use crate::transfer::{Blame, Interrupt};

/// Where the parts come from.
pub(crate) enum Feed<'a> {
    /// Any part at any time.
    Known { source: &'a KnownSource, plan: PartPlan },
    /// Any part of an object on the same server.
    Object { source: &'a CopySource<'a>, plan: PartPlan },
    /// One after the other. Away while a part is being read.
    Stream(Option<StreamSource>),
}

/// What an action came to.
enum Done {
    Created(Result<Arc<str>, Error>),
    Listed(Result<Found, Error>),
    Read(PartNumber, StreamSource, Result<(PartRead, PartBytes), Error>),
    EndSeen(Result<(), Error>),
    Sent { number: PartNumber, bytes: Option<PartBytes>, result: Result<(SentPart, Pace), Error> },
    Completed(Result<Made, Error>),
    Aborted,
}

/// What an upload in parts came to.
pub(crate) struct Finished {
    pub(crate) object: Made,
    pub(crate) bytes: u64,
    pub(crate) parts: u32,
    pub(crate) parts_resumed: u32,
}

pub(crate) struct Driver<'a> {
    job: &'a Job<'a>,
    machine: UploadMachine,
    feed: Feed<'a>,
    running: FuturesUnordered<BoxFuture<'a, Done>>,
    upload_id: Option<Arc<str>>,
    /// Parts of a stream that are read and not yet acknowledged.
    ready: HashMap<PartNumber, PartBytes>,
    sent: SentParts,
    resumed: usize,
    completed: Option<Made>,
    blame: Blame,
}

impl<'a> Driver<'a> {
    pub(crate) fn new(job: &'a Job<'a>, machine: UploadMachine, feed: Feed<'a>) -> Self {
        Self {
            job,
            machine,
            feed,
            running: FuturesUnordered::new(),
            upload_id: None,
            ready: HashMap::new(),
            sent: SentParts::new(),
            resumed: 0,
            completed: None,
            blame: Blame::default(),
        }
    }

    /// An upload that an earlier run began.
    pub(super) fn resumed(mut self, upload_id: &str) -> Self {
        self.upload_id = Some(upload_id.into());
        self
    }

    pub(crate) async fn run(mut self) -> Result<Finished, Error> {
        let mut interrupt = Interrupt::new(self.job.transfer);
        loop {
            while let Some(action) = self.machine.next() {
                self.perform(action);
            }
            if let Some(end) = self.machine.end() {
                return self.finish(end).await;
            }
            let event = tokio::select! {
                biased;
                kind = interrupt.came() => {
                    self.failed(Error::new(kind), |_| UploadEvent::Stop)
                }
                done = self.running.next() => match done {
                    Some(done) => self.take_in(done),
                    // the machine never waits for nothing; if it did, this would wait for ever
                    None => return Err(self.job.place.error(ErrorKind::Protocol)),
                },
            };
            self.machine.handle(event);
        }
    }

    fn perform(&mut self, action: UploadAction) {
        let job = self.job;
        match action {
            UploadAction::Create => {
                self.blame.begin_again();
                self.begin(&SentParts::new());
                self.start(async move { Done::Created(job.create().await) });
            }
            UploadAction::List => self.list(),
            UploadAction::Read(number) => self.read(Some(number)),
            UploadAction::ExpectEnd => self.read(None),
            UploadAction::Send(number) => self.send(number),
            UploadAction::Complete => self.complete(),
            UploadAction::Cancel => {
                self.running.clear();
                self.ready.clear();
            }
            UploadAction::Abort => {
                let upload_id = self.upload_id.clone();
                self.start(async move {
                    if let Some(upload_id) = upload_id {
                        job.abort(&upload_id).await;
                    }
                    Done::Aborted
                });
            }
        }
    }

    fn start(&self, work: impl Future<Output = Done> + Send + 'a) {
        self.running.push(Box::pin(work));
    }

    /// Begins with what an earlier run left.
    fn begin(&mut self, left: &SentParts) {
        self.sent.clone_from(left);
        self.resumed = left.len();
        let bytes = left.values().map(|part| part.length).sum();
        let parts = u32::try_from(left.len()).unwrap_or(u32::MAX);
        let (total, count) = match &self.feed {
            Feed::Known { plan, .. } | Feed::Object { plan, .. } => {
                (Some(plan.total_bytes()), Some(plan.count().get().into()))
            }
            Feed::Stream(_) => (None, None),
        };
        self.job.meter.begin(total, count, (parts, bytes));
    }

    fn list(&self) {
        let (job, upload_id) = (self.job, self.upload_id.clone());
        if let (Feed::Known { source, plan }, Some(upload_id)) = (&self.feed, upload_id) {
            let (source, plan) = (*source, *plan);
            self.start(async move { Done::Listed(job.find(&upload_id, source, &plan).await) });
        }
    }

    fn read(&mut self, number: Option<PartNumber>) {
        let Feed::Stream(slot) = &mut self.feed else { return };
        let Some(mut stream) = slot.take() else { return };
        let job = self.job;
        self.start(async move {
            let Some(number) = number else {
                return Done::EndSeen(stream.expect_end().await);
            };
            let read = stream.read(job.part_size.bytes(), &job.buffers).await;
            Done::Read(number, stream, read)
        });
    }

    fn send(&mut self, number: PartNumber) {
        let job = self.job;
        let Some(upload_id) = self.upload_id.clone() else { return };
        match &self.feed {
            Feed::Known { source, plan } => {
                let source = *source;
                let Some(part) = plan.part(number) else { return };
                self.start(async move {
                    let bytes = match source.read(part, &job.buffers).await {
                        Ok(bytes) => bytes,
                        Err(error) => {
                            return Done::Sent { number, bytes: None, result: Err(error) };
                        }
                    };
                    let result = job.send(&upload_id, number, &bytes).await;
                    Done::Sent { number, bytes: Some(bytes), result }
                });
            }
            Feed::Object { source, plan } => {
                let source = *source;
                let Some(part) = plan.part(number) else { return };
                self.start(async move {
                    let result = job.send_copy(&upload_id, part, source).await;
                    Done::Sent { number, bytes: None, result }
                });
            }
            Feed::Stream(_) => {
                let Some(bytes) = self.ready.remove(&number) else { return };
                self.start(async move {
                    let result = job.send(&upload_id, number, &bytes).await;
                    Done::Sent { number, bytes: Some(bytes), result }
                });
            }
        }
    }

    fn complete(&self) {
        let (job, sent) = (self.job, self.sent.clone());
        let source = match &self.feed {
            Feed::Known { source, .. } => Unchanged::Known(source),
            Feed::Object { source, .. } => Unchanged::Object(source),
            Feed::Stream(_) => Unchanged::Stream,
        };
        if let Some(upload_id) = self.upload_id.clone() {
            self.start(
                async move { Done::Completed(job.complete(&upload_id, &sent, &source).await) },
            );
        }
    }

    /// Keeps what an action brought, and tells the machine of it.
    fn take_in(&mut self, done: Done) -> UploadEvent {
        match done {
            Done::Created(Ok(upload_id)) => {
                self.upload_id = Some(upload_id);
                UploadEvent::Created
            }
            Done::Created(Err(error)) => self.failed(error, |_| UploadEvent::CreateFailed),
            Done::Listed(Ok(Found::Parts(parts))) => {
                self.begin(&parts);
                UploadEvent::Listed(parts.into_keys().collect())
            }
            Done::Listed(Ok(Found::Object(object))) => {
                if let Feed::Known { plan, .. } = &self.feed {
                    self.resumed = plan.count().get().into();
                }
                self.completed = Some(object);
                UploadEvent::Completed
            }
            Done::Listed(Err(error)) => {
                self.failed(error, |error| UploadEvent::ListFailed(error.failure()))
            }
            Done::Read(number, stream, Ok((read, bytes))) => {
                self.feed = Feed::Stream(Some(stream));
                self.have_read(number, read, bytes)
            }
            Done::EndSeen(Ok(())) => UploadEvent::Read(PartRead::End),
            Done::Read(_, _, Err(error)) | Done::EndSeen(Err(error)) => {
                self.failed(error, |_| UploadEvent::ReadFailed)
            }
            Done::Sent { number, bytes, result } => self.have_sent(number, bytes, result),
            Done::Completed(Ok(object)) => {
                self.completed = Some(object);
                UploadEvent::Completed
            }
            Done::Completed(Err(error)) => {
                self.failed(error, |error| UploadEvent::CompleteFailed(error.completion_failure()))
            }
            Done::Aborted => UploadEvent::Aborted,
        }
    }

    /// Keeps an error, and says what it means for the machine.
    fn failed(&mut self, error: Error, event: impl Fn(&Error) -> UploadEvent) -> UploadEvent {
        let event = event(&error);
        self.blame.keep(error);
        event
    }

    fn have_read(&mut self, number: PartNumber, read: PartRead, bytes: PartBytes) -> UploadEvent {
        let part = Part::of_stream(number, self.job.part_size);
        if read != PartRead::Full {
            let empty = bytes.bytes().is_empty() && number != PartNumber::FIRST;
            let parts = u32::from(number.get()) - u32::from(empty);
            self.job.meter.total(part.offset + bytes.bytes().len() as u64, parts);
        }
        // the machine asks for an empty part only where it is the first
        self.ready.insert(number, bytes);
        UploadEvent::Read(read)
    }

    fn have_sent(
        &mut self,
        number: PartNumber,
        bytes: Option<PartBytes>,
        result: Result<(SentPart, Pace), Error>,
    ) -> UploadEvent {
        match result {
            Ok((part, pace)) => {
                self.job.part_done(part.length, "sent");
                self.sent.insert(number, part);
                UploadEvent::PartDone(number, pace)
            }
            Err(error) => {
                if let (Feed::Stream(_), Some(bytes)) = (&self.feed, bytes) {
                    self.ready.insert(number, bytes);
                }
                let failure = error.failure();
                if failure == Failure::Pressure {
                    count_part(self.job.place, "upload", "again");
                    self.blame.keep_pressed(error);
                    return UploadEvent::PartFailed(number, failure);
                }
                self.failed(error, |_| UploadEvent::PartFailed(number, failure))
            }
        }
    }

    async fn finish(self, end: End) -> Result<Finished, Error> {
        if end != End::Suspended {
            self.job.forget().await;
        }
        let place = self.job.place;
        if let (End::Completed, Some(object)) = (end, self.completed) {
            let count = |parts: usize| u32::try_from(parts).unwrap_or(u32::MAX);
            let (bytes, parts) = match &self.feed {
                Feed::Known { plan, .. } | Feed::Object { plan, .. } => {
                    (plan.total_bytes(), plan.count().get().into())
                }
                Feed::Stream(_) => {
                    (self.sent.values().map(|part| part.length).sum(), count(self.sent.len()))
                }
            };
            return Ok(Finished { object, bytes, parts, parts_resumed: count(self.resumed) });
        }
        let error = self.blame.into_error(place);
        Err(if end == End::Suspended { error.suspended() } else { error })
    }
}
