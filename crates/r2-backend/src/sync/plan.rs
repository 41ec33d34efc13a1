//! What a sync would do: made first, looked at, then run.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::stream::{FuturesOrdered, StreamExt as _};
use r2_multipart::PartPlan;
use r2_objects::{ETag, ParallelListing, Usage};
use serde::{Deserialize, Serialize};

use super::compare::{Direction, Otherwise, Reason, Verdict, compare};
use super::disk::{Content, WalkOptions, compare as compare_content};
use super::entry::{Entry, Side, Skipped};
use super::listing::{FolderMarkers, Listing, RequestCount};
use super::location::{Location, Place};
use super::merge::{Merge, MergeError, Step};
use super::name::KeyIdentity;
use super::options::{Extra, SyncOptions};
use super::requests::{Cut, Tariff, add_deletes};
use super::sort::Sorted;
use super::spool::{Position, Spool};
use crate::blocking::blocking;
use crate::error::{Error, ErrorKind};
use crate::limits::{COMPARES_AT_ONCE, NAMED_ITEMS, PLAN_ACTIONS_IN_MEMORY, SORT_RUN};

/// Makes one place have what another has.
///
/// ```
/// use r2_backend::{Location, Sync, SyncOptions};
/// # use r2_objects::{BucketName, Client};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let local = r2_sim::Emulator::memory();
/// # let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
/// # client.buckets().create("backup").await?;
/// # let directory = tempfile::tempdir()?;
/// # std::fs::write(directory.path().join("a.txt"), "hello")?;
/// # let photos = directory.path();
///
/// let source = Location::directory(photos);
/// let destination = Location::bucket(&client, BucketName::new("backup")?, "photos");
/// let plan = Sync::plan(&source, &destination, &SyncOptions::new()).await?;
/// assert_eq!((plan.summary().sends, plan.requests().class_a), (1, 1));
///
/// let report = plan.run(|_event| {}).await?;
/// assert!(report.is_complete());
///
/// let again = Sync::plan(&source, &destination, &SyncOptions::new()).await?;
/// assert!(again.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Sync;

/// What a [`Sync`] would do. It holds a bounded part of its actions in memory and the rest in a
/// temporary file.
#[derive(Debug)]
pub struct Plan {
    pub(crate) source: Place,
    pub(crate) destination: Place,
    pub(crate) direction: Direction,
    pub(crate) options: SyncOptions,
    pub(crate) sends: Spool<Planned>,
    pub(crate) extras: Spool<Entry>,
    pub(crate) summary: Summary,
    skipped: Vec<Skipped>,
    requests: Usage,
}

/// A plan in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// Items to be sent.
    pub sends: u64,
    /// Their bytes.
    pub send_bytes: u64,
    /// Items that are the same on both sides.
    pub same: u64,
    /// Items to be deleted from the destination.
    pub deletes: u64,
    /// Items that only the destination has and that stay.
    pub kept: u64,
    /// Things that were left alone as asked: links, special files, folder markers.
    pub skipped: u64,
    /// Things that should have been sent and cannot be.
    pub missing: u64,
    /// List requests that it took to make the plan (class A).
    pub list_requests: u64,
}

/// Something to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Planned {
    pub(crate) source: Entry,
    /// The name that the destination has it under already.
    pub(crate) destination_name: Option<String>,
    pub(crate) reason: Reason,
}

impl Planned {
    /// The name at the destination: one that is there keeps its spelling.
    pub(crate) fn destination_name(&self) -> &str {
        self.destination_name.as_deref().unwrap_or(&self.source.name)
    }
}

/// One action of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Sends a file or object.
    #[non_exhaustive]
    Send {
        /// Its name below source and destination.
        name: String,
        /// Its size in bytes.
        bytes: u64,
        /// Why it is sent.
        reason: Reason,
    },
    /// Deletes a file or object from the destination.
    #[non_exhaustive]
    Delete {
        /// Its name below the destination.
        name: String,
        /// Its size in bytes.
        bytes: u64,
    },
}

impl Sync {
    /// Compares both sides and plans what makes the destination have what the source has.
    ///
    /// It lists the buckets (one class A request per 1,000 objects) and looks at the directories;
    /// nothing is changed. What one side does not let us look at is left alone on the other.
    ///
    /// # Errors
    ///
    /// A source that is not there, a listing that fails, and two places that cannot be synced: two
    /// directories, or two overlapping parts of one bucket.
    ///
    /// # Cancel safety
    ///
    /// Nothing has been changed. A batch of file names that is being read may still be read.
    pub async fn plan(
        source: &Location,
        destination: &Location,
        options: &SyncOptions,
    ) -> Result<Plan, Error> {
        let planner = Planner::new(&source.0, &destination.0, options)?;
        let mut sorted = Sorting::default();
        loop {
            match planner.plan(sorted).await {
                Ok(plan) => return Ok(plan),
                Err(MergeError::Failed(error)) => return Err(error),
                Err(MergeError::OutOfOrder(side)) => {
                    // Some servers order names by other rules than ours. Putting them in order
                    // takes a temporary file, so it is done only when it has to be.
                    tracing::info!(?side, "the listing is not in order, sorting it");
                    sorted = sorted.with(side)?;
                }
            }
        }
    }
}

impl Plan {
    /// The plan in numbers.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Which way things go.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Is there nothing to do?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.summary.sends == 0 && self.summary.deletes == 0
    }

    /// What was left alone, and why: the first 1,000 things. The summary has their number.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The requests that running it takes if none has to be repeated, as they are billed. The list
    /// requests that made the plan have been sent already and are not in it.
    ///
    /// Its price is `plan.requests().price(&PriceList::r2())`.
    #[must_use]
    pub fn requests(&self) -> &Usage {
        &self.requests
    }

    /// All actions, in the order of names, deletions last.
    #[must_use]
    pub fn actions(&self) -> Actions<'_> {
        Actions { plan: self, sends: Position::default(), extras: Position::default() }
    }
}

/// The actions of a plan, read one by one.
#[derive(Debug)]
pub struct Actions<'a> {
    plan: &'a Plan,
    sends: Position<Planned>,
    extras: Position<Entry>,
}

impl Actions<'_> {
    /// The next action, or `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PlanFile`] when the temporary file cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn next(&mut self) -> Result<Option<Action>, Error> {
        if let Some(planned) = self.plan.sends.next(&mut self.sends).await? {
            let name = planned.destination_name().to_owned();
            let (bytes, reason) = (planned.source.bytes, planned.reason);
            return Ok(Some(Action::Send { name, bytes, reason }));
        }
        let extra = self.plan.extras.next(&mut self.extras).await?;
        Ok(extra.map(|extra| Action::Delete { name: extra.name, bytes: extra.bytes }))
    }
}

/// Which sides are sorted before they are merged.
#[derive(Debug, Clone, Copy, Default)]
struct Sorting {
    source: bool,
    destination: bool,
}

impl Sorting {
    fn with(mut self, side: Side) -> Result<Self, Error> {
        let sorted = match side {
            Side::Source => &mut self.source,
            Side::Destination => &mut self.destination,
        };
        if std::mem::replace(sorted, true) {
            let error = Error::new(ErrorKind::Read);
            return Err(error.detail("the listing does not keep any order"));
        }
        Ok(self)
    }
}

/// What a step came to.
enum Decision {
    Skip(Skipped),
    Same,
    Send(Planned),
    Extra(Entry),
}

struct Planner<'a> {
    source: &'a Place,
    destination: &'a Place,
    direction: Direction,
    identity: KeyIdentity,
    options: &'a SyncOptions,
    requests: RequestCount,
}

impl<'a> Planner<'a> {
    fn new(
        source: &'a Place,
        destination: &'a Place,
        options: &'a SyncOptions,
    ) -> Result<Self, Error> {
        let refused = |why: &str| Err(Error::new(ErrorKind::InvalidInput).detail(why));
        let (direction, bucket) = match (source, destination) {
            (Place::Directory(_), Place::Directory(_)) => {
                return refused("one of them has to be a bucket");
            }
            (Place::Directory(_), Place::Bucket(bucket)) => (Direction::Upload, bucket),
            (Place::Bucket(bucket), Place::Directory(_)) => (Direction::Download, bucket),
            (Place::Bucket(source), Place::Bucket(bucket)) => {
                let overlap = source.prefix.starts_with(&bucket.prefix)
                    || bucket.prefix.starts_with(&source.prefix);
                if source.same_bucket(bucket) && overlap {
                    return refused("one lies inside the other");
                }
                (Direction::Copy, bucket)
            }
        };
        let endpoint = bucket.client.endpoint();
        let by_endpoint = match endpoint.is_r2() || endpoint.is_emulator() {
            true => KeyIdentity::Nfc,
            false => KeyIdentity::Bytes,
        };
        Ok(Self {
            source,
            destination,
            direction,
            identity: options.identity.unwrap_or(by_endpoint),
            options,
            requests: Arc::default(),
        })
    }

    async fn plan(&self, sorting: Sorting) -> Result<Plan, MergeError> {
        let source = self.listing(Side::Source, sorting.source).await?;
        let destination = self.listing(Side::Destination, sorting.destination).await?;
        let prefix = self.destination.bucket().map(|place| place.prefix.clone());
        let prefix = prefix.unwrap_or_default();
        let mut merge = Merge::new(self.direction, self.identity, source, destination, prefix);
        let mut draft = Draft::new(self);
        // Some decisions read a file; a few of these run side by side and come out in order.
        let mut deciding = FuturesOrdered::new();
        loop {
            while deciding.len() < COMPARES_AT_ONCE {
                let Some(step) = merge.next().await? else { break };
                deciding.push_back(self.decide(step));
            }
            let Some(decision) = deciding.next().await else { break };
            draft.add(decision).await?;
        }
        Ok(draft.finish().await?)
    }

    async fn listing(&self, side: Side, sorted: bool) -> Result<Listing, Error> {
        let place = match side {
            Side::Source => self.source,
            Side::Destination => self.destination,
        };
        let options =
            WalkOptions::new(self.options.symlinks, self.identity, self.options.rules.clone());
        let listing = match place {
            Place::Directory(root) => match Listing::directory(root, options).await {
                Err(error) if side == Side::Destination && error.kind() == ErrorKind::NotFound => {
                    Listing::empty()
                }
                listing => listing?,
            },
            Place::Bucket(place) => {
                let markers = match self.direction {
                    Direction::Copy => FolderMarkers::Keep,
                    Direction::Upload | Direction::Download => FolderMarkers::Hide,
                };
                // sorted because its order cannot be relied on: not to be split by it either
                let requests = if sorted { 1 } else { self.options.list_requests };
                let requests = ParallelListing::new().requests(requests).counter(&self.requests);
                Listing::bucket(place, &options, markers, requests)
            }
        };
        if !sorted {
            return Ok(listing);
        }
        let directory = self.options.plan_directory.clone();
        Ok(Listing::Sorted(Sorted::of(listing, self.identity, SORT_RUN, directory).await?))
    }

    async fn decide(&self, step: Step) -> Decision {
        let (source, destination) = match step {
            Step::Skip(skipped) => return Decision::Skip(skipped),
            Step::Extra(entry) => return Decision::Extra(entry),
            Step::Pair { source, destination: None } => {
                let reason = Reason::New;
                return Decision::Send(Planned { source, destination_name: None, reason });
            }
            Step::Pair { source, destination: Some(destination) } => (source, destination),
        };
        let reason = match compare(self.direction, self.options.compare, &source, &destination) {
            Verdict::Same => return Decision::Same,
            Verdict::Send(reason) => reason,
            Verdict::AskContent { otherwise } => {
                match (self.content(&source, &destination).await, otherwise) {
                    (Content::Same, _) | (Content::Unknown, Otherwise::Same) => {
                        return Decision::Same;
                    }
                    (Content::Different, _) => Reason::Content,
                    (Content::Unknown, Otherwise::Send) => Reason::Time,
                }
            }
        };
        Decision::Send(Planned { source, destination_name: Some(destination.name), reason })
    }

    /// Compares a file with the ETag of its object.
    async fn content(&self, source: &Entry, destination: &Entry) -> Content {
        let (root, file, object) = match (self.source, self.destination) {
            (Place::Directory(root), _) => (root, source, destination),
            (_, Place::Directory(root)) => (root, destination, source),
            (Place::Bucket(_), Place::Bucket(_)) => return Content::Unknown,
        };
        let Some(etag) = object.etag() else { return Content::Unknown };
        let path: PathBuf = root.join(&file.name);
        let (bytes, part_sizes) = (file.bytes, self.part_sizes(file.bytes, &etag));
        let read = move || compare_content(&path, bytes, &etag, &part_sizes);
        // A file that cannot be read cannot be compared; sending it will say why.
        blocking(read).await.unwrap_or(Content::Unknown)
    }

    /// Part sizes that the object may have been uploaded with.
    fn part_sizes(&self, bytes: u64, etag: &ETag) -> Vec<u64> {
        const MIB: u64 = 1 << 20;
        const USUAL_MIB: [u64; 14] = [5, 8, 10, 15, 16, 20, 25, 32, 50, 64, 100, 128, 256, 512];
        if etag.parts().is_none() {
            return Vec::new();
        }
        let mut sizes = self.options.known_part_sizes.clone();
        sizes.extend(USUAL_MIB.iter().map(|size| size * MIB));
        let bucket = self.destination.bucket().or(self.source.bucket());
        let cut = Cut::new(bucket.map(|place| &place.client), self.options);
        let ours = PartPlan::new(bytes, cut.part_size.unwrap_or_default());
        sizes.extend(ours.map(|plan| plan.part_size().bytes()));
        sizes
    }
}

/// A plan that is being made.
struct Draft<'a> {
    planner: &'a Planner<'a>,
    tariff: Tariff,
    plan: Plan,
}

impl<'a> Draft<'a> {
    fn new(planner: &'a Planner<'a>) -> Self {
        let directory = planner.options.plan_directory.clone();
        let plan = Plan {
            source: planner.source.clone(),
            destination: planner.destination.clone(),
            direction: planner.direction,
            options: planner.options.clone(),
            sends: Spool::new(PLAN_ACTIONS_IN_MEMORY, directory.clone()),
            extras: Spool::new(PLAN_ACTIONS_IN_MEMORY, directory),
            summary: Summary::default(),
            skipped: Vec::new(),
            requests: Usage::default(),
        };
        let tariff = Tariff::new(planner.source, planner.destination, planner.options);
        Self { planner, tariff, plan }
    }

    async fn add(&mut self, decision: Decision) -> Result<(), Error> {
        let plan = &mut self.plan;
        match decision {
            Decision::Same => plan.summary.same += 1,
            Decision::Skip(skipped) => {
                match skipped.reason.is_expected() {
                    true => plan.summary.skipped += 1,
                    false => plan.summary.missing += 1,
                }
                if plan.skipped.len() < NAMED_ITEMS {
                    plan.skipped.push(skipped);
                }
            }
            Decision::Send(planned) => {
                plan.summary.sends += 1;
                plan.summary.send_bytes += planned.source.bytes;
                self.tariff.add(&mut plan.requests, &planned.source);
                plan.sends.push(planned).await?;
            }
            Decision::Extra(entry) => match plan.options.extra {
                Extra::Keep => plan.summary.kept += 1,
                Extra::Delete { .. } => {
                    plan.summary.deletes += 1;
                    plan.extras.push(entry).await?;
                }
            },
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<Plan, Error> {
        self.plan.sends.flush().await?;
        self.plan.extras.flush().await?;
        self.plan.summary.list_requests = self.planner.requests.load(Ordering::Relaxed);
        if self.plan.direction != Direction::Download {
            add_deletes(&mut self.plan.requests, self.plan.summary.deletes);
        }
        Ok(self.plan)
    }
}
