//! A back end that is a bucket of an S3 service.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use r2_multipart::{
    CopyOptions as Transfer, MultipartDefaults, Source, UploadOptions, copy, upload,
};
use r2_objects::{
    BucketName, ByteRange, Client, Conditional, DeleteObject, GetObject, HeadObject, ListObjectsV2,
    MetadataDirective, ObjectInfo, ObjectKey, Payload, Precondition, PresignedRequest, PutObject,
};
use r2_transport::{Body, BoxFuture};

use super::blame::{kind_of, of_request, of_transfer};
use super::builder::S3BackendBuilder;
use super::content::Content;
use super::parts::S3Parts;
use super::place::Place;
use super::service::S3Service;
use crate::storage::{
    Capabilities, Capability, CopyOptions, Entry, Fetched, GetOptions, HeadOptions, ListOptions,
    ListedObject, ObjectMeta, Page, PageToken, PartsUpload, PresignMethod, PutCondition,
    PutOptions, StorageBackend, StorageError, StorageErrorKind, StorageOperation, Stored,
};

/// Encodings that make Cloudflare's edge hand a stored encoding on as it is (its page on
/// transparent decompression).
const STORED_ENCODINGS: &str = "gzip, br, zstd, deflate";
/// How long a presigned request may live that is made to see whether one can be.
const PROBE: Duration = Duration::from_secs(1);

/// A bucket of R2, AWS S3, MinIO, Spaces, Garage or any other S3 service, or a prefix of one.
///
/// Bodies are streamed: what is small or can begin again goes in one request, the rest in parts as
/// [`r2_multipart`] sends them. Clones share one client with its pool of connections.
///
/// An upload in parts whose future is dropped stays on the service, unseen, until it expires there;
/// one that fails is aborted.
///
/// ```
/// # use r2_objects::Client;
/// use r2_backend::{S3Backend, StorageBackend as _, StorageBackendExt as _};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let local = std::sync::Arc::new(r2_sim::Emulator::memory());
/// # let client = Client::builder().endpoint("http://r2.local").transport(local.clone()).build()?;
/// # client.buckets().create("photos").await?;
/// let storage = S3Backend::builder()
///     .endpoint_url("http://r2.local")
///     .bucket_name("photos")
///     .bucket_prefix("site")
///     .public_url("https://cdn.example.com")
/// #   .client(|client| client.transport(local))
///     .build()?;
/// let key = "a b.txt".try_into()?;
/// storage.create(&key, "hello").await?;
/// assert_eq!(storage.get_url(&key)?, "https://cdn.example.com/site/a%20b.txt");
/// assert!(storage.is_remote());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct S3Backend {
    client: Client,
    place: Arc<Place>,
    capabilities: Capabilities,
    single_bytes_max: u64,
    name: Arc<str>,
}

impl S3Backend {
    /// Everything that can be chosen.
    pub fn builder() -> S3BackendBuilder {
        S3BackendBuilder::new()
    }

    /// A bucket reached through a client that there is already; several back ends may share it.
    #[must_use]
    pub fn from_client(client: Client, bucket: BucketName) -> Self {
        let place = Place { bucket, prefix: String::new(), public_url: None };
        let service = S3Service::of(client.endpoint());
        Self::of(client, place, service)
    }

    /// Says that the service keeps this promise.
    #[must_use]
    pub fn with(mut self, capability: Capability) -> Self {
        self.capabilities = self.capabilities.with(capability);
        self
    }

    /// Says that the service does not keep this promise.
    #[must_use]
    pub fn without(mut self, capability: Capability) -> Self {
        self.capabilities = self.capabilities.without(capability);
        self
    }

    /// The client, for what this interface does not have.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The bucket.
    #[must_use]
    pub fn bucket(&self) -> &BucketName {
        &self.place.bucket
    }

    pub(super) fn of(client: Client, place: Place, service: S3Service) -> Self {
        let mut capabilities = service.capabilities();
        if client.presign().get(&place.bucket, "probe", PROBE).is_ok() {
            capabilities = capabilities.with(Capability::Presign);
        }
        if place.public_url.is_some() {
            capabilities = capabilities.with(Capability::PublicUrl);
        }
        let single_bytes_max = MultipartDefaults::of(&client).threshold_bytes;
        let name = format!("s3 {}/{}", place.bucket, place.prefix);
        let name = name.trim_end_matches('/').into();
        Self { client, place: Arc::new(place), capabilities, single_bytes_max, name }
    }

    fn target(&self, key: &ObjectKey) -> Result<(BucketName, ObjectKey), StorageError> {
        Ok((self.place.bucket.clone(), self.place.inner(key)?))
    }

    /// A condition that the service would ignore is not sent.
    fn check(&self, condition: &PutCondition, copies: bool) -> Result<(), StorageError> {
        let needed = match condition {
            PutCondition::Always => return Ok(()),
            _ if copies => Capability::ConditionalCopy,
            PutCondition::Absent => Capability::CreateOnly,
            PutCondition::Matches(_) => Capability::ReplaceMatching,
        };
        if self.capabilities.has(needed) {
            return Ok(());
        }
        let message = format!(
            "the service is not known to {needed}, and might overwrite: if it can, say so with \
             S3BackendBuilder::with"
        );
        Err(StorageError::new(StorageErrorKind::Unsupported, message))
    }

    async fn write(
        &self,
        key: &ObjectKey,
        content: Body,
        options: PutOptions,
    ) -> Result<Stored, StorageError> {
        self.check(&options.condition, false)?;
        let (bucket, inner) = self.target(key)?;
        let length = content.length();
        let stored = match Content::of(content, self.single_bytes_max).await? {
            Content::Whole(payload) => self.put_whole(bucket, inner, payload, &options).await,
            Content::Stream(source) => {
                let sent = upload(&self.client, &bucket, &inner, source, plan(&options)).await;
                sent.map(|sent| Stored::new(sent.etag, sent.bytes)).map_err(of_transfer)
            }
        };
        stored
            .map(|stored| Stored { size: stored.size.or(length), ..stored })
            .map_err(|error| gone_is_failed(&options.condition, error))
    }

    async fn put_whole(
        &self,
        bucket: BucketName,
        key: ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<Stored, StorageError> {
        let payload = match self.client.sends_checksums() {
            true => payload.hashed().await.map_err(of_request)?,
            false => payload,
        };
        let size = payload.length();
        let put = PutObject::new(bucket, key, payload).attributes(options.attributes.clone());
        let put = match options.condition.precondition() {
            Some(condition) => put.condition(condition),
            None => put,
        };
        let outcome = self.client.send(put).await.map_err(of_request)?;
        let stored = outcome.stored().map_err(of_request)?;
        Ok(Stored::new(stored.etag, size))
    }

    async fn write_file(
        &self,
        key: &ObjectKey,
        path: &Path,
        options: PutOptions,
    ) -> Result<Stored, StorageError> {
        self.check(&options.condition, false)?;
        let (bucket, inner) = self.target(key)?;
        let source = Source::file(path);
        let sent = upload(&self.client, &bucket, &inner, source, plan(&options)).await;
        let sent = sent.map_err(of_transfer);
        let sent = sent.map_err(|error| gone_is_failed(&options.condition, error))?;
        Ok(Stored::new(sent.etag, sent.bytes))
    }

    async fn read(&self, key: &ObjectKey, options: GetOptions) -> Result<Fetched, StorageError> {
        let (bucket, inner) = self.target(key)?;
        let get = GetObject::new(bucket, inner);
        let get = options.conditions.into_iter().fold(get, GetObject::condition);
        let get = options.range.into_iter().fold(get, GetObject::range);
        let mut stream = self.open(get.clone()).await?;
        // the edge has undone a stored encoding: name it, so that the bytes come as they are
        if stream.info().size.is_none() {
            stream = self.open(get.accept_encoding(STORED_ENCODINGS)).await?;
        }
        let info = stream.info();
        let range = info.content_range.as_ref().map(|part| part.range.clone());
        let size = info.size.ok_or_else(recoded)?;
        let meta = self.meta(key, info, size);
        Ok(Fetched::new(meta, range.unwrap_or(0..size), Body::from(stream)))
    }

    async fn open(&self, get: GetObject) -> Result<r2_objects::ObjectStream, StorageError> {
        match self.client.objects().get_stream_if(get).await.map_err(of_request)? {
            Conditional::Met(stream) => Ok(stream),
            Conditional::NotModified { .. } => Err(StorageError::of(StorageErrorKind::NotModified)),
        }
    }

    async fn look(
        &self,
        key: &ObjectKey,
        options: HeadOptions,
    ) -> Result<ObjectMeta, StorageError> {
        let (bucket, inner) = self.target(key)?;
        let head = HeadObject::new(bucket.clone(), inner.clone());
        let head = options.conditions.into_iter().fold(head, HeadObject::condition);
        let info = match self.client.send(head).await.map_err(of_request)? {
            Conditional::Met(info) => info,
            Conditional::NotModified { .. } => {
                return Err(StorageError::of(StorageErrorKind::NotModified));
            }
        };
        let size = match info.size {
            Some(size) => size,
            None => self.size_by_reading(bucket, inner, &info).await?,
        };
        Ok(self.meta(key, &info, size))
    }

    /// The edge may leave a length out that a range tells (rclone#8137).
    async fn size_by_reading(
        &self,
        bucket: BucketName,
        key: ObjectKey,
        info: &ObjectInfo,
    ) -> Result<u64, StorageError> {
        let get = GetObject::new(bucket, key)
            .range(ByteRange::new(0..1)?)
            .condition(Precondition::unchanged(info.etag.clone()));
        match self.open(get).await {
            Ok(stream) => stream.info().size.ok_or_else(recoded),
            Err(error) if error.kind() == StorageErrorKind::InvalidRange => Ok(0),
            Err(error) => Err(error),
        }
    }

    fn meta(&self, key: &ObjectKey, info: &ObjectInfo, size: u64) -> ObjectMeta {
        ObjectMeta::new(key.clone(), size, info.etag.clone(), Arc::clone(&self.name))
            .modified(info.last_modified)
            .attributes(info.attributes.clone())
    }

    async fn page(
        &self,
        options: &ListOptions,
        token: Option<&PageToken>,
    ) -> Result<Page, StorageError> {
        let prefix = &self.place.prefix;
        let mut list = ListObjectsV2::new(self.place.bucket.clone())
            .prefix(format!("{prefix}{}", options.prefix))
            .delimiter(options.delimiter.as_deref().unwrap_or_default());
        if let Some(after) = &options.start_after {
            list = list.start_after(format!("{prefix}{after}"));
        }
        if let Some(entries) = options.page_size {
            list = list.max_keys(entries);
        }
        if let Some(token) = token {
            list = list.continuation_token(token.as_str());
        }
        let page = self.client.objects().list(list).await.map_err(of_request)?;
        let objects = page.objects.into_iter().filter_map(|object| {
            let key = self.place.outer(&object.key)?;
            let listed = ListedObject::new(key, object.size, Arc::clone(&self.name))
                .etag(object.etag)
                .modified(object.last_modified);
            Some(Entry::Object(listed))
        });
        let groups = page.prefixes.iter().filter_map(|group| {
            Some(Entry::Prefix(group.strip_prefix(prefix.as_str())?.to_owned()))
        });
        let mut entries: Vec<Entry> = objects.chain(groups).collect();
        entries.sort_by(|a, b| a.name().cmp(b.name()));
        Ok(Page::new(entries, page.next_token.map(PageToken::new)))
    }

    async fn copy_inside(
        &self,
        from: &ObjectKey,
        to: &ObjectKey,
        options: CopyOptions,
    ) -> Result<Stored, StorageError> {
        self.check(&options.condition, true)?;
        let ((bucket, from), to) = (self.target(from)?, self.place.inner(to)?);
        let transfer = options.source.into_iter().fold(Transfer::new(), Transfer::etag);
        let transfer = match options.attributes {
            Some(new) => transfer.metadata_directive(MetadataDirective::Replace, new),
            None => transfer,
        };
        let conditions = options.condition.precondition().into_iter();
        let transfer = conditions.fold(transfer, Transfer::condition);
        let copied = copy(&self.client, (&bucket, &from), (&bucket, &to), transfer).await;
        let copied = copied.map_err(of_transfer)?;
        Ok(Stored::new(copied.etag, copied.bytes))
    }
}

/// How the transfers of [`r2_multipart`] are told the same.
fn plan(options: &PutOptions) -> UploadOptions {
    let plan = UploadOptions::new().attributes(options.attributes.clone());
    options.condition.precondition().into_iter().fold(plan, UploadOptions::condition)
}

/// AWS answers a write over a version that is gone with 404.
fn gone_is_failed(condition: &PutCondition, error: StorageError) -> StorageError {
    match (condition, error.kind()) {
        (PutCondition::Matches(_), StorageErrorKind::NotFound) => {
            let message = "the object to replace is gone";
            StorageError::new(StorageErrorKind::PreconditionFailed, message).source(error)
        }
        _ => error,
    }
}

fn recoded() -> StorageError {
    let message = "the service does not tell the size, because something on the way recodes it";
    StorageError::new(StorageErrorKind::Other, message)
}

impl StorageBackend for S3Backend {
    fn name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn put<'a>(
        &'a self,
        key: &'a ObjectKey,
        content: Body,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let result = self.write(key, content, options).await;
            result.map_err(|error| error.about(&self.name, StorageOperation::Put, key))
        })
    }

    fn upload_file<'a>(
        &'a self,
        key: &'a ObjectKey,
        path: &'a Path,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let result = self.write_file(key, path, options).await;
            result.map_err(|error| error.about(&self.name, StorageOperation::UploadFile, key))
        })
    }

    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: GetOptions,
    ) -> BoxFuture<'a, Result<Fetched, StorageError>> {
        Box::pin(async move {
            let result = self.read(key, options).await;
            result.map_err(|error| error.about(&self.name, StorageOperation::Get, key))
        })
    }

    fn head<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: HeadOptions,
    ) -> BoxFuture<'a, Result<ObjectMeta, StorageError>> {
        Box::pin(async move {
            let result = self.look(key, options).await;
            result.map_err(|error| error.about(&self.name, StorageOperation::Head, key))
        })
    }

    fn list_page<'a>(
        &'a self,
        options: &'a ListOptions,
        token: Option<&'a PageToken>,
    ) -> BoxFuture<'a, Result<Page, StorageError>> {
        Box::pin(async move {
            let result = self.page(options, token).await;
            result.map_err(|error| error.at(self.name(), StorageOperation::List))
        })
    }

    fn copy<'a>(
        &'a self,
        from: &'a ObjectKey,
        to: &'a ObjectKey,
        options: CopyOptions,
    ) -> BoxFuture<'a, Result<Stored, StorageError>> {
        Box::pin(async move {
            let result = self.copy_inside(from, to, options).await;
            result.map_err(|error| {
                let about = if error.is_not_found() { from } else { to };
                error.about(&self.name, StorageOperation::Copy, about)
            })
        })
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            let result = match self.target(key) {
                Ok((bucket, inner)) => {
                    self.client.send(DeleteObject::new(bucket, inner)).await.map_err(of_request)
                }
                Err(error) => Err(error),
            };
            result.map_err(|error| error.about(&self.name, StorageOperation::Delete, key))
        })
    }

    fn delete_many<'a>(
        &'a self,
        keys: Vec<ObjectKey>,
    ) -> BoxFuture<'a, Result<Vec<(ObjectKey, StorageError)>, StorageError>> {
        Box::pin(async move {
            let named = |error: StorageError| error.at(self.name(), StorageOperation::Delete);
            let inner = keys.iter().map(|key| self.place.inner(key));
            let inner: Vec<_> = inner.collect::<Result<_, _>>().map_err(named)?;
            let deleted = self.client.objects().delete_objects(&self.place.bucket, inner).await;
            let deleted = deleted.map_err(|error| named(of_request(error)))?;
            let failed = deleted.failed.into_iter().map(|failure| {
                let key = self.place.outer(&failure.key).unwrap_or(failure.key);
                let error = StorageError::new(kind_of(failure.kind), failure.message);
                let error = error.about(&self.name, StorageOperation::Delete, &key);
                (key, error)
            });
            Ok(failed.collect())
        })
    }

    fn get_url(&self, key: &ObjectKey) -> Result<String, StorageError> {
        let url = self.place.public(key);
        url.map_err(|error| error.about(&self.name, StorageOperation::Url, key))
    }

    fn presign(
        &self,
        method: PresignMethod,
        key: &ObjectKey,
        expires_in: Duration,
    ) -> Result<PresignedRequest, StorageError> {
        let named = |error: StorageError| error.about(&self.name, StorageOperation::Presign, key);
        let (bucket, inner) = self.target(key).map_err(named)?;
        let presigner = self.client.presign();
        let request = match method {
            PresignMethod::Get => presigner.get(bucket, inner, expires_in),
            PresignMethod::Head => presigner.head(bucket, inner, expires_in),
            PresignMethod::Put => presigner.put(bucket, inner, expires_in),
            PresignMethod::Delete => presigner.delete(bucket, inner, expires_in),
        };
        request.map_err(|error| {
            let unsigned = !self.capabilities.has(Capability::Presign)
                && error.kind() == r2_objects::ErrorKind::Credentials;
            let storage = if unsigned {
                let message = "requests cannot be presigned without an access key";
                StorageError::new(StorageErrorKind::Unsupported, message).source(error)
            } else {
                of_request(error)
            };
            named(storage)
        })
    }

    fn own_parts<'a>(
        &'a self,
        key: &'a ObjectKey,
        options: PutOptions,
    ) -> BoxFuture<'a, Result<Option<Box<dyn PartsUpload>>, StorageError>> {
        Box::pin(async move {
            let begin = async {
                self.check(&options.condition, false)?;
                let target = self.target(key)?;
                S3Parts::begin(self.name(), &self.client, target, key, options).await
            };
            let begun: Result<_, StorageError> = begin.await;
            match begun {
                Ok(parts) => Ok(Some(Box::new(parts) as Box<dyn PartsUpload>)),
                Err(error) => Err(error.about(&self.name, StorageOperation::Parts, key)),
            }
        })
    }
}
