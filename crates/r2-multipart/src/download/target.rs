//! The target while it is written: an unfinished file with its journal, or a writer in order.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::job::{Job, Object, SharedFile};
use super::sink::{Kind, Ordered};
use crate::blocking::blocking;
use crate::crc64::Crc64;
use crate::disk::{JournalHeader, JournalRecord, PartFile};
use crate::error::{Error, ErrorKind};
use crate::plan::{PartNumber, PartPlan};

/// How often, and after which pause, a file that somebody writes is tried again: a write of a
/// download that was dropped a moment ago may still hold it.
const BUSY_ATTEMPTS_MAX: u32 = 10;
const BUSY_PAUSE: Duration = Duration::from_millis(50);

/// Parts that are in the file already.
pub(super) type Finished = Vec<(PartNumber, Crc64)>;

pub(super) enum Target {
    File {
        path: PathBuf,
        file: Option<SharedFile>,
        journaled: bool,
    },
    /// Away while it is being written to.
    Ordered(Option<Ordered>),
}

impl Target {
    pub(super) fn new(kind: Kind) -> Self {
        match kind {
            Kind::File(path) => Self::File { path, file: None, journaled: false },
            Kind::Ordered(ordered) => Self::Ordered(Some(ordered)),
        }
    }

    pub(super) fn file(&self) -> Option<SharedFile> {
        match self {
            Self::File { file, .. } => file.clone(),
            Self::Ordered(_) => None,
        }
    }

    pub(super) fn path(&self) -> Option<PathBuf> {
        match self {
            Self::File { path, .. } => Some(path.clone()),
            Self::Ordered(_) => None,
        }
    }

    /// Whether something is kept that a later run can go on with.
    pub(super) fn is_journaled(&self) -> bool {
        matches!(self, Self::File { journaled: true, .. })
    }
}

impl Job<'_> {
    /// What an earlier run left of the same object, if anything: its header and its parts.
    pub(super) async fn left(
        &self,
        path: PathBuf,
    ) -> Result<Option<(SharedFile, JournalHeader, Vec<JournalRecord>)>, Error> {
        let there = {
            let path = path.clone();
            blocking(move || PartFile::has_journal(&path)).await
        };
        if !there.map_err(|error| self.target_failed(error))? {
            return Ok(None);
        }
        let file = self.open_file(path).await?;
        let read = {
            let file = file.clone();
            blocking(move || file.journal()).await.map_err(|error| self.target_failed(error))?
        };
        let transfer = self.place.transfer_id();
        let read = read.filter(|(header, _)| header.transfer == transfer);
        Ok(read.map(|(header, records)| (file, header, records)))
    }

    /// Opens or creates the unfinished file, which nobody else may be writing.
    pub(super) async fn open_file(&self, path: PathBuf) -> Result<SharedFile, Error> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let path = path.clone();
            match blocking(move || PartFile::open(&path)).await {
                Ok(file) => return Ok(Arc::new(file)),
                Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => {
                    return Err(self.target_failed(error));
                }
                Err(_) if attempt < BUSY_ATTEMPTS_MAX => tokio::time::sleep(BUSY_PAUSE).await,
                Err(_) => return Err(self.place.error(ErrorKind::TargetBusy)),
            }
        }
    }

    /// Reads back what the journal says is there, and believes what is.
    pub(super) async fn check(
        &self,
        file: &SharedFile,
        plan: &PartPlan,
        records: Vec<JournalRecord>,
    ) -> Result<Finished, Error> {
        let mut finished = std::collections::BTreeMap::new();
        for record in records {
            let Some(part) = record.number().and_then(|number| plan.part(number)) else { continue };
            let file = file.clone();
            let found = blocking(move || file.checksum(&part)).await;
            let found = found.map_err(|error| self.target_failed(error))?;
            if found == Some(record.crc()) {
                finished.insert(part.number, record.crc());
            }
        }
        Ok(finished.into_iter().collect())
    }

    /// Prepares a file for all of the object, with a journal where it comes in several parts.
    pub(super) async fn begin_file(
        &self,
        path: PathBuf,
        object: &Object,
    ) -> Result<(SharedFile, bool), Error> {
        let file = self.open_file(path).await?;
        let plan = object.plan.filter(|plan| plan.count() > PartNumber::FIRST);
        let header = plan.filter(|_| !self.options.starts_anew).map(|plan| {
            let etag = object.info.etag.as_str().to_owned();
            JournalHeader::new(self.place.transfer_id(), etag, &plan)
        });
        let length = object.plan.map_or(0, |plan| plan.total_bytes());
        let (begun, journaled) = (file.clone(), header.is_some());
        blocking(move || begun.begin(length, header.as_ref()))
            .await
            .map_err(|error| self.target_failed(error))?;
        Ok((file, journaled))
    }

    /// Goes on with a file that an earlier run began.
    pub(super) async fn go_on(&self, file: &SharedFile, plan: &PartPlan) -> Result<(), Error> {
        let (file, length) = (file.clone(), plan.total_bytes());
        let begun = blocking(move || file.go_on(length)).await;
        begun.map_err(|error| self.target_failed(error))
    }

    /// Gives the file its name.
    pub(super) async fn finish_file(
        &self,
        file: SharedFile,
        object: &Object,
    ) -> Result<Bytes, Error> {
        let flush = self.options.durability.flush(object.count().get());
        let finished = blocking(move || file.finish(flush)).await;
        finished.map(|()| Bytes::new()).map_err(|error| self.target_failed(error))
    }

    /// Removes what an earlier run left beside a target that this run never came to write.
    pub(super) async fn discard_left(&self, path: PathBuf) {
        if self.has_left(path.clone()).await
            && let Ok(file) = self.open_file(path).await
        {
            self.discard(file).await;
        }
    }

    /// Whether an earlier run left something to go on with.
    pub(super) async fn has_left(&self, path: PathBuf) -> bool {
        blocking(move || PartFile::has_journal(&path)).await.unwrap_or(false)
    }

    /// Removes the unfinished file; a failure is logged and no more.
    pub(super) async fn discard(&self, file: SharedFile) {
        if let Err(error) = blocking(move || file.discard()).await {
            tracing::warn!(%error, "could not remove an unfinished download");
        }
    }
}
