//! The store itself.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use ::object_store::path::Path;
use ::object_store::{
    CopyMode, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult,
    MultipartUpload, ObjectMeta, ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload,
    PutResult, RenameOptions, RenameTargetMode,
};
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use r2_objects::{ETag, Precondition};
use r2_transport::{Body, BoxFuture};

use super::error::{generic, of_create, to_theirs};
use super::upload::{Upload, body, stored};
use super::{attributes, names};
use crate::limits::PAGE_ENTRIES_MAX;
use crate::storage::{
    self, Entry, Fetched, HeadOptions, ListOptions, PutCondition, StorageBackend,
    StorageBackendExt as _, StorageError, begin_parts, owned_pages,
};

/// A back end as an [`ObjectStore`].
///
/// - A path is a key, byte by byte. A key that no path can name ends a listing with an error, but
///   for keys that end in a slash, which are not shown.
/// - What a back end cannot do, tags and versions among it, is
///   [`Error::NotImplemented`](::object_store::Error::NotImplemented), before anything changes.
/// - Parts are those of the back end: on R2 all but the last are equally long, 5 MiB at least.
/// - Our error, with request id and hint, is the source of theirs.
///
/// ```
/// use object_store::{ObjectStore, ObjectStoreExt as _};
/// use r2_backend::MemoryBackend;
/// use r2_backend::object_store::BackendObjectStore;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), object_store::Error> {
/// let store = BackendObjectStore::new(MemoryBackend::new());
/// store.put(&"a/b.txt".into(), "hello".into()).await?;
/// assert_eq!(store.get(&"a/b.txt".into()).await?.bytes().await?, "hello");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct BackendObjectStore {
    backend: Arc<dyn StorageBackend>,
}

impl BackendObjectStore {
    /// This back end.
    #[must_use]
    pub fn new(backend: impl StorageBackend) -> Self {
        Self { backend: Arc::new(backend) }
    }

    fn refuse(&self, operation: &str) -> Error {
        let implementer = self.backend.name().to_string();
        Error::NotImplemented { operation: operation.to_owned(), implementer }
    }

    async fn put_object(
        &self,
        location: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult, Error> {
        let key = names::key(location)?;
        if !options.tags.encoded().is_empty() {
            return Err(self.refuse("tags"));
        }
        let attributes = attributes::to_ours(&options.attributes, &self.backend.name())?;
        let creates = options.mode == PutMode::Create;
        let condition = match options.mode {
            PutMode::Overwrite => PutCondition::Always,
            PutMode::Create => PutCondition::Absent,
            PutMode::Update(version) if version.version.is_some() => {
                return Err(self.refuse("versions"));
            }
            PutMode::Update(version) => {
                let tag =
                    version.e_tag.ok_or_else(|| generic("an update needs the tag it is of"))?;
                PutCondition::Matches(ETag::parse(&tag).map_err(generic)?)
            }
        };
        let put = storage::PutOptions::new().condition(condition).attributes(attributes);
        let result = self.backend.put(&key, body(payload), put).await;
        let result = result.map_err(if creates { of_create } else { to_theirs });
        result.map(|done| stored(&done))
    }

    async fn get_object(&self, location: &Path, options: GetOptions) -> Result<GetResult, Error> {
        if options.version.is_some() {
            return Err(self.refuse("versions"));
        }
        let key = names::key(location)?;
        let conditions = conditions(&options)?;
        let fetched = if options.head {
            let mut head = HeadOptions::new();
            head.conditions = conditions;
            let meta = self.backend.head(&key, head).await.map_err(to_theirs)?;
            let range = 0..meta.size;
            Fetched::new(meta, range, Body::empty())
        } else {
            let mut get = storage::GetOptions::new();
            get.conditions = conditions;
            get.range = options.range.as_ref().map(names::range).transpose()?;
            self.backend.get(&key, get).await.map_err(to_theirs)?
        };
        let Fetched { meta, range, body, .. } = fetched;
        let chunks = body.map_err(|error| to_theirs(StorageError::of_body(error)));
        let (size, etag, modified) = (meta.size, Some(&meta.etag), meta.modified);
        Ok(GetResult {
            payload: GetResultPayload::Stream(chunks.boxed()),
            meta: names::meta(location.clone(), size, etag, modified),
            range,
            attributes: attributes::to_theirs(meta.attributes),
            extensions: Default::default(),
        })
    }

    async fn begin(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>, Error> {
        let key = names::key(location)?;
        if !options.tags.encoded().is_empty() {
            return Err(self.refuse("tags"));
        }
        let attributes = attributes::to_ours(&options.attributes, &self.backend.name())?;
        let put = storage::PutOptions::new().attributes(attributes);
        let upload = begin_parts(Arc::clone(&self.backend), &key, put).await.map_err(to_theirs)?;
        Ok(Box::new(Upload::new(upload)))
    }

    fn objects(&self, options: ListOptions) -> BoxStream<'static, Result<ObjectMeta, Error>> {
        let pages = owned_pages(Arc::clone(&self.backend), options).map_err(to_theirs);
        let entries = pages.map_ok(|page| stream::iter(page.entries.into_iter().map(Ok)));
        let objects = entries.try_flatten().try_filter_map(|entry: Entry| {
            let listed = entry.object().and_then(|object| names::listed(&object));
            std::future::ready(listed.transpose())
        });
        objects.boxed()
    }

    async fn list_folder(&self, prefix: Option<&Path>) -> Result<ListResult, Error> {
        let options = ListOptions::new().prefix(names::prefix(prefix)).delimiter("/");
        let (mut objects, mut common_prefixes) = (Vec::new(), Vec::new());
        let mut entries = self.backend.list(options);
        while let Some(entry) = entries.next().await {
            match entry.map_err(to_theirs)? {
                Entry::Prefix(prefix) => {
                    common_prefixes.push(names::path(prefix.strip_suffix('/').unwrap_or(&prefix))?);
                }
                Entry::Object(object) => objects.extend(names::listed(&object).transpose()?),
            }
        }
        Ok(ListResult { common_prefixes, objects, extensions: Default::default() })
    }

    async fn copy_object(&self, from: &Path, to: &Path, mode: CopyMode) -> Result<(), Error> {
        let (from, to) = (names::key(from)?, names::key(to)?);
        let options = match mode {
            CopyMode::Overwrite => storage::CopyOptions::new(),
            CopyMode::Create => storage::CopyOptions::new().condition(PutCondition::Absent),
        };
        let Err(error) = self.backend.copy(&from, &to, options).await else { return Ok(()) };
        if error.is_precondition_failed() {
            // back ends differ in which they look at first; a source that is not there is said
            self.backend.head(&from, HeadOptions::new()).await.map_err(to_theirs)?;
        }
        Err(if mode == CopyMode::Create { of_create(error) } else { to_theirs(error) })
    }

    /// By itself this would copy and then delete, which of one and the same path leaves nothing.
    async fn rename_object(
        &self,
        from: &Path,
        to: &Path,
        mode: RenameTargetMode,
    ) -> Result<(), Error> {
        let copy = match mode {
            RenameTargetMode::Overwrite => CopyMode::Overwrite,
            RenameTargetMode::Create => CopyMode::Create,
        };
        if from == to && copy == CopyMode::Overwrite {
            let key = names::key(from)?;
            let found = self.backend.head(&key, HeadOptions::new()).await;
            return found.map(|_| ()).map_err(to_theirs);
        }
        self.copy_object(from, to, copy).await?;
        self.backend.delete(&names::key(from)?).await.map_err(to_theirs)
    }
}

fn conditions(options: &GetOptions) -> Result<Vec<Precondition>, Error> {
    let mut conditions = Vec::new();
    if let Some(tags) = &options.if_match {
        conditions.push(Precondition::IfMatch(names::tags(tags)?));
    }
    if let Some(tags) = &options.if_none_match {
        conditions.push(Precondition::IfNoneMatch(names::tags(tags)?));
    }
    let since = options.if_modified_since.map(SystemTime::from);
    conditions.extend(since.map(Precondition::IfModifiedSince));
    let until = options.if_unmodified_since.map(SystemTime::from);
    conditions.extend(until.map(Precondition::IfUnmodifiedSince));
    Ok(conditions)
}

/// Deletes what came together, and answers in the same order.
async fn delete_batch(
    backend: Arc<dyn StorageBackend>,
    paths: Vec<Result<Path, Error>>,
) -> Vec<Result<Path, Error>> {
    let keys = paths.iter().flatten().filter_map(|path| names::key(path).ok()).collect();
    let mut failed: Vec<_> = match backend.delete_many(keys).await {
        Ok(failed) => failed,
        Err(error) => {
            let error = Arc::new(error);
            let fail = |path: Result<Path, Error>| path.and(Err(generic(Arc::clone(&error))));
            return paths.into_iter().map(fail).collect();
        }
    };
    let answer = |path: Result<Path, Error>| {
        let path = path?;
        let key = names::key(&path)?;
        match failed.iter().position(|(failed, _)| *failed == key) {
            Some(index) => Err(to_theirs(failed.swap_remove(index).1)),
            None => Ok(path),
        }
    };
    paths.into_iter().map(answer).collect()
}

impl fmt::Display for BackendObjectStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.backend.name())
    }
}

// the signatures are those that the trait's macro makes of its async functions
impl ObjectStore for BackendObjectStore {
    fn put_opts<'a, 'b, 'f>(
        &'a self,
        location: &'b Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> BoxFuture<'f, Result<PutResult, Error>>
    where
        'a: 'f,
        'b: 'f,
        Self: 'f,
    {
        Box::pin(self.put_object(location, payload, options))
    }

    fn put_multipart_opts<'a, 'b, 'f>(
        &'a self,
        location: &'b Path,
        options: PutMultipartOptions,
    ) -> BoxFuture<'f, Result<Box<dyn MultipartUpload>, Error>>
    where
        'a: 'f,
        'b: 'f,
        Self: 'f,
    {
        Box::pin(self.begin(location, options))
    }

    fn get_opts<'a, 'b, 'f>(
        &'a self,
        location: &'b Path,
        options: GetOptions,
    ) -> BoxFuture<'f, Result<GetResult, Error>>
    where
        'a: 'f,
        'b: 'f,
        Self: 'f,
    {
        Box::pin(self.get_object(location, options))
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path, Error>>,
    ) -> BoxStream<'static, Result<Path, Error>> {
        let backend = Arc::clone(&self.backend);
        let batches = locations.chunks(PAGE_ENTRIES_MAX);
        let deleted = batches.then(move |paths| delete_batch(Arc::clone(&backend), paths));
        deleted.flat_map(stream::iter).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta, Error>> {
        self.objects(ListOptions::new().prefix(names::prefix(prefix)))
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta, Error>> {
        let options = ListOptions::new().prefix(names::prefix(prefix));
        self.objects(options.start_after(offset.as_ref()))
    }

    fn list_with_delimiter<'a, 'b, 'f>(
        &'a self,
        prefix: Option<&'b Path>,
    ) -> BoxFuture<'f, Result<ListResult, Error>>
    where
        'a: 'f,
        'b: 'f,
        Self: 'f,
    {
        Box::pin(self.list_folder(prefix))
    }

    fn copy_opts<'a, 'b, 'c, 'f>(
        &'a self,
        from: &'b Path,
        to: &'c Path,
        options: CopyOptions,
    ) -> BoxFuture<'f, Result<(), Error>>
    where
        'a: 'f,
        'b: 'f,
        'c: 'f,
        Self: 'f,
    {
        Box::pin(self.copy_object(from, to, options.mode))
    }

    fn rename_opts<'a, 'b, 'c, 'f>(
        &'a self,
        from: &'b Path,
        to: &'c Path,
        options: RenameOptions,
    ) -> BoxFuture<'f, Result<(), Error>>
    where
        'a: 'f,
        'b: 'f,
        'c: 'f,
        Self: 'f,
    {
        Box::pin(self.rename_object(from, to, options.target_mode))
    }
}
