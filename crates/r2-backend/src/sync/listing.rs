//! What each side has, one item after the other.

use std::collections::VecDeque;
use std::fmt;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use futures_core::Stream;
use futures_util::StreamExt as _;
use r2_objects::{ListObjectsV2, ListPage, ListedObject, ParallelListing, StorageClass};

use super::disk::{WalkOptions, Walker};
use super::entry::{Entry, Found, SkipReason};
use super::location::BucketPlace;
use super::rules::Rules;
use crate::blocking::blocking;
use crate::error::{Error, ErrorKind};
use crate::limits::WALK_BATCH;

/// A side's items as they come.
pub(crate) enum Listing {
    Directory {
        walker: Option<Box<Walker>>,
        batch: VecDeque<Found>,
    },
    Bucket(BucketListing),
    /// What was put in order before, or what there is none of.
    Ready(VecDeque<Found>),
    Sorted(super::sort::Sorted),
}

pub(crate) struct BucketListing {
    pages: Pin<Box<dyn Stream<Item = Result<ListPage, r2_objects::Error>> + Send>>,
    page: VecDeque<ListedObject>,
    reader: ObjectReader,
    side_by_side: bool,
    lost_order: bool,
}

/// Counts list requests, over everything that a plan lists.
pub(crate) type RequestCount = Arc<AtomicU64>;

/// What becomes of empty objects whose keys end with a slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FolderMarkers {
    /// They stand for folders, which a directory has anyway.
    Hide,
    /// They are objects like others.
    Keep,
}

struct ObjectReader {
    prefix: String,
    rules: Arc<Rules>,
    identity: super::name::KeyIdentity,
    markers: FolderMarkers,
}

impl Listing {
    /// The files of a directory. A source must be there; a destination may not be yet.
    pub(crate) async fn directory(root: &Path, options: WalkOptions) -> Result<Self, Error> {
        let place = root.display().to_string();
        let root = root.to_path_buf();
        match blocking(move || Walker::open(&root, options)).await {
            Ok(walker) => {
                Ok(Self::Directory { walker: Some(Box::new(walker)), batch: VecDeque::new() })
            }
            Err(error) => {
                let kind = match error.kind() {
                    std::io::ErrorKind::NotFound => ErrorKind::NotFound,
                    _ => ErrorKind::Read,
                };
                Err(Error::because(kind, error).detail(place))
            }
        }
    }

    /// The objects of a bucket below a prefix.
    pub(crate) fn bucket(
        place: &BucketPlace,
        options: &WalkOptions,
        markers: FolderMarkers,
        requests: ParallelListing,
    ) -> Self {
        let mut list = ListObjectsV2::new(place.bucket.clone());
        if !place.prefix.is_empty() {
            list = list.prefix(&place.prefix);
        }
        let reader = ObjectReader {
            prefix: place.prefix.clone(),
            rules: Arc::new(options.rules.clone()),
            identity: options.identity,
            markers,
        };
        let side_by_side = requests.requests > 1;
        let pages = place.client.objects().list_parallel(list, requests).boxed();
        Self::Bucket(BucketListing {
            pages,
            page: VecDeque::new(),
            reader,
            side_by_side,
            lost_order: false,
        })
    }

    /// Nothing.
    pub(crate) fn empty() -> Self {
        Self::Ready(VecDeque::new())
    }

    /// Whether it ended because ranges of it, listed side by side, may not be in order.
    pub(crate) fn lost_order(&self) -> bool {
        matches!(self, Self::Bucket(listing) if listing.lost_order)
    }

    /// The next item.
    pub(crate) async fn next(&mut self) -> Result<Option<Found>, Error> {
        match self {
            Self::Directory { walker, batch } => next_of_directory(walker, batch).await,
            Self::Bucket(listing) => listing.next().await,
            Self::Ready(items) => Ok(items.pop_front()),
            Self::Sorted(sorted) => sorted.next().await,
        }
    }
}

async fn next_of_directory(
    walker: &mut Option<Box<Walker>>,
    batch: &mut VecDeque<Found>,
) -> Result<Option<Found>, Error> {
    if batch.is_empty()
        && let Some(mut walking) = walker.take()
    {
        let walk = move || {
            let found = walking.next_batch(WALK_BATCH);
            Ok((walking, found))
        };
        let (walking, found) =
            blocking(walk).await.map_err(|error| Error::because(ErrorKind::Read, error))?;
        if !found.is_empty() {
            *walker = Some(walking);
        }
        *batch = found.into();
    }
    Ok(batch.pop_front())
}

impl BucketListing {
    async fn next(&mut self) -> Result<Option<Found>, Error> {
        loop {
            while let Some(object) = self.page.pop_front() {
                if let Some(found) = self.reader.read(object) {
                    return Ok(Some(found));
                }
            }
            let Some(page) = self.pages.next().await else { return Ok(None) };
            let page = page.inspect_err(|error| {
                let unexpected = error.kind() == r2_objects::ErrorKind::UnexpectedReply;
                self.lost_order = self.side_by_side && unexpected;
            })?;
            self.page = page.objects.into();
        }
    }
}

impl ObjectReader {
    fn read(&self, object: ListedObject) -> Option<Found> {
        // A server that lists what was not asked for is not followed anywhere.
        let name = object.key.as_str().strip_prefix(&self.prefix)?.to_owned();
        if !self.rules.includes(&self.identity.of(&name)) {
            return None;
        }
        let marker = (name.is_empty() || name.ends_with('/')) && object.size == 0;
        if name.is_empty() {
            let reason = match marker {
                true => SkipReason::FolderMarker,
                false => SkipReason::UnsafeName(super::name::UnsafeName::TrailingSlash),
            };
            return Some(Found::Nameless { name: self.prefix.clone(), reason });
        }
        if marker && self.markers == FolderMarkers::Hide {
            return Some(Found::Hidden { name, reason: SkipReason::FolderMarker });
        }
        Some(Found::Entry(Entry {
            name,
            bytes: object.size,
            modified: object.last_modified.time().into(),
            etag: object.etag.map(|etag| etag.to_string()),
            infrequent: object.storage_class == Some(StorageClass::InfrequentAccess),
        }))
    }
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Directory { .. } => "Listing::Directory",
            Self::Bucket(_) => "Listing::Bucket",
            Self::Ready(_) => "Listing::Ready",
            Self::Sorted(_) => "Listing::Sorted",
        })
    }
}
