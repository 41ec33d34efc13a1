//! What a check works with: the back end, a place of its own, and short words.

use std::error::Error as StdError;
use std::fmt::{Debug, Write as _};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use r2_objects::ObjectKey;
use r2_transport::Body;

use crate::storage::{
    Entry, GetOptions, ListOptions, PutOptions, StorageBackend, StorageBackendExt as _,
    StorageError, StorageErrorKind, Stored,
};

/// The end of a check.
pub(super) type Outcome = Result<(), Fault>;

/// What was seen instead of what was promised.
#[derive(Debug)]
pub(super) struct Fault(String);

impl Fault {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn text(self) -> String {
        self.0
    }
}

/// With all causes: a report is all that there is to see.
impl<E: StdError + 'static> From<E> for Fault {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            // writing to a string does not fail
            let _ = write!(text, ": {error}");
            cause = error.source();
        }
        Self(text)
    }
}

pub(super) fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(Fault(otherwise())) }
}

pub(super) fn same<T: PartialEq + Debug>(what: &str, seen: &T, promised: &T) -> Outcome {
    expect(seen == promised, || format!("{what}: {seen:?} where {promised:?} was promised"))
}

/// The call must fail, and in this way.
pub(super) fn fails<T>(
    what: &str,
    result: Result<T, StorageError>,
    kind: StorageErrorKind,
) -> Outcome {
    match result {
        Ok(_) => Err(Fault(format!("{what}: it succeeds where {kind:?} was promised"))),
        Err(error) if error.kind() == kind => Ok(()),
        Err(error) => {
            let (seen, Fault(text)) = (error.kind(), Fault::from(error));
            Err(Fault(format!("{what}: {seen:?} where {kind:?} was promised ({text})")))
        }
    }
}

/// The same bytes every time, that no codec and no zero-filling gets right by chance.
pub(super) fn noise(seed: u64, length: usize) -> Bytes {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes.into()
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) backend: Arc<dyn StorageBackend>,
    place: String,
    pub(super) large_bytes: usize,
}

impl World {
    pub(super) fn new(backend: Arc<dyn StorageBackend>, place: String, large_bytes: usize) -> Self {
        Self { backend, place, large_bytes }
    }

    /// The name as it is below the place of this check.
    pub(super) fn full(&self, name: &str) -> String {
        format!("{}{name}", self.place)
    }

    pub(super) fn key(&self, name: &str) -> Result<ObjectKey, Fault> {
        Ok(ObjectKey::new(self.full(name))?)
    }

    pub(super) async fn put(&self, name: &str, content: impl Into<Bytes>) -> Result<Stored, Fault> {
        Ok(self.backend.put_bytes(&self.key(name)?, content).await?)
    }

    pub(super) async fn put_with(
        &self,
        name: &str,
        content: Body,
        options: PutOptions,
    ) -> Result<Result<Stored, StorageError>, Fault> {
        Ok(self.backend.put(&self.key(name)?, content, options).await)
    }

    pub(super) async fn read(&self, name: &str) -> Result<Bytes, Fault> {
        Ok(self.backend.get_bytes(&self.key(name)?, usize::MAX).await?)
    }

    pub(super) async fn get(
        &self,
        name: &str,
        options: GetOptions,
    ) -> Result<Result<crate::storage::Fetched, StorageError>, Fault> {
        Ok(self.backend.get(&self.key(name)?, options).await)
    }

    /// The object must hold this, by every way of asking.
    pub(super) async fn holds(&self, name: &str, content: &[u8]) -> Outcome {
        let key = self.key(name)?;
        let head = self.backend.head(&key, crate::storage::HeadOptions::new()).await?;
        same("the size that head tells", &head.size, &(content.len() as u64))?;
        same("the key that head tells", &head.key, &key)?;
        let fetched = self.backend.get(&key, GetOptions::new()).await?;
        same("the tag that get tells", &fetched.meta.etag, &head.etag)?;
        same("the size that get tells", &fetched.meta.size, &head.size)?;
        same("the range that get tells", &fetched.range, &(0..head.size))?;
        let read = fetched.body.collect(content.len().max(1)).await?;
        let (got, wanted) = (read.len(), content.len());
        expect(read == content, || {
            format!("{got} bytes are read that are not the {wanted} written")
        })
    }

    pub(super) async fn absent(&self, name: &str) -> Outcome {
        let found = self.backend.find(&self.key(name)?).await?;
        expect(found.is_none(), || format!("{name} is there: {found:?}"))?;
        let listed = self.names(ListOptions::new()).await?;
        expect(!listed.iter().any(|listed| listed == name), || format!("{name} is listed"))
    }

    /// Names below the place of this check, as they are listed.
    pub(super) async fn names(&self, options: ListOptions) -> Result<Vec<String>, Fault> {
        let options = ListOptions {
            prefix: self.full(&options.prefix),
            start_after: options.start_after.map(|name| self.full(&name)),
            ..options
        };
        let entries: Vec<Entry> = self.backend.list(options).try_collect().await?;
        let short = |entry: Entry| match entry.name().strip_prefix(&self.place) {
            Some(name) => Ok(name.to_owned()),
            None => Err(Fault(format!("{} is listed outside the prefix", entry.name()))),
        };
        entries.into_iter().map(short).collect()
    }

    /// Removes what the check wrote, and sees that it is gone.
    pub(super) async fn clear(&self) -> Outcome {
        let options = ListOptions::new().prefix(&self.place);
        let entries: Vec<Entry> = self.backend.list(options).try_collect().await?;
        let keys: Vec<_> =
            entries.into_iter().filter_map(Entry::object).map(|object| object.key).collect();
        let failed = self.backend.delete_many(keys).await?;
        if let Some((_, error)) = failed.into_iter().next() {
            return Err(error.into());
        }
        let left = self.names(ListOptions::new()).await?;
        expect(left.is_empty(), || format!("deleted, and still listed: {left:?}"))
    }
}
