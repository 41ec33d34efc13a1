//! One part: read from its stream, hashed, and written in its place or kept for its turn.

use bytes::Bytes;
use r2_objects::{ObjectStream, Verdict};

use super::job::{Job, Object, SharedFile};
use super::sink::Ordered;
use crate::blocking::blocking;
use crate::crc64::{Crc64, Crc64Hasher};
use crate::disk::JournalRecord;
use crate::error::{Error, ErrorKind};
use crate::limits::WRITE_BYTES;
use crate::plan::Part;

/// A part that arrived.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) crc: Crc64,
    pub(super) length: u64,
    /// The bytes, where they wait for their turn.
    pub(super) chunks: Vec<Bytes>,
    /// What the stream itself found, when it read the whole object.
    pub(super) verdict: Verdict,
}

impl Job<'_> {
    /// Fetches one part. `first` is the stream that came with opening the object, if it is still
    /// there. With a file the bytes are written as they come; without they are kept, which is
    /// bounded by the length of a part.
    pub(super) async fn fetch(
        &self,
        object: &Object,
        part: Part,
        first: Option<ObjectStream>,
        file: Option<SharedFile>,
    ) -> Result<Fetched, Error> {
        let mut counted = 0;
        let result = self.fetch_counting(object, part, first, file, &mut counted).await;
        if result.is_err() {
            self.meter.take_back(counted);
        }
        result
    }

    async fn fetch_counting(
        &self,
        object: &Object,
        part: Part,
        first: Option<ObjectStream>,
        file: Option<SharedFile>,
        counted: &mut u64,
    ) -> Result<Fetched, Error> {
        let mut stream = match first {
            Some(stream) => stream,
            None => self.part(object, &part).await?,
        };
        let mut hasher = Crc64Hasher::new();
        let (mut chunks, mut waiting) = (Vec::new(), 0);
        let mut written = part.offset;
        while *counted < part.length {
            let Some(chunk) = stream.next_chunk().await else { break };
            let mut chunk = chunk.map_err(|error| self.request_failed(error))?;
            // the stream that opened a large object would go on to its end
            let room = usize::try_from(part.length - *counted).unwrap_or(usize::MAX);
            chunk.truncate(room);
            hasher.update(&chunk);
            let length = chunk.len();
            waiting += length;
            *counted += length as u64;
            chunks.push(chunk);
            if let Some(file) = file.as_ref().filter(|_| waiting >= WRITE_BYTES) {
                self.write(file, written, std::mem::take(&mut chunks), None).await?;
                written += waiting as u64;
                waiting = 0;
            }
            self.meter.bytes(length as u64);
        }
        let ended = object.plan.is_none() || *counted == part.length;
        if !ended {
            let error = self.place.error(ErrorKind::Protocol);
            return Err(error.detail(format!("part {} ended after {counted} bytes", part.number)));
        }
        // a stream that reads to its end looks at the checksum there
        if let Some(Err(error)) = self.end_of(&mut stream, object).await {
            return Err(error);
        }
        let crc = hasher.finish();
        if let Some(file) = &file {
            let record = JournalRecord::new(part.number, crc);
            self.write(file, written, std::mem::take(&mut chunks), Some(record)).await?;
        }
        Ok(Fetched { crc, length: *counted, chunks, verdict: stream.verdict() })
    }

    /// Hands an object of unknown length on as it comes: what has no end must not be gathered.
    pub(super) async fn pipe(
        &self,
        mut stream: ObjectStream,
        target: &mut Ordered,
    ) -> Result<Fetched, Error> {
        let mut hasher = Crc64Hasher::new();
        let mut length = 0;
        while let Some(chunk) = stream.next_chunk().await {
            let chunk = chunk.map_err(|error| self.request_failed(error))?;
            hasher.update(&chunk);
            length += chunk.len() as u64;
            self.meter.bytes(chunk.len() as u64);
            target.write(vec![chunk]).await?;
        }
        let (crc, verdict) = (hasher.finish(), stream.verdict());
        Ok(Fetched { crc, length, chunks: Vec::new(), verdict })
    }

    /// Polls a stream of the whole object once more, so that it comes to its verdict.
    async fn end_of(
        &self,
        stream: &mut ObjectStream,
        object: &Object,
    ) -> Option<Result<(), Error>> {
        let whole = object.plan.is_some_and(|plan| plan.total_bytes() == stream.delivered());
        if !whole {
            return None;
        }
        let end = stream.next_chunk().await?;
        Some(end.map(|_| ()).map_err(|error| self.request_failed(error)))
    }

    /// Writes what was gathered, and then the record that it was.
    async fn write(
        &self,
        file: &SharedFile,
        offset: u64,
        chunks: Vec<Bytes>,
        record: Option<JournalRecord>,
    ) -> Result<(), Error> {
        let file = file.clone();
        let written = blocking(move || {
            file.write(offset, &chunks)?;
            record.map_or(Ok(()), |record| file.record(&record))
        });
        written.await.map_err(|error| self.target_failed(error))
    }
}
