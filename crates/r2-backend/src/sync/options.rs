//! What a sync may do.

use std::path::PathBuf;
use std::sync::Arc;

use r2_multipart::{PartSize, ResumeStore, Stop};
use r2_objects::ObjectAttributes;

use super::name::KeyIdentity;
use super::rules::Rules;
use crate::limits::TRANSFERS_MAX;

/// How it is decided that a file and an object are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Compare {
    /// Equal sizes and times that fit: a file not younger than the object it was uploaded to, a
    /// download with the very time of its object. Where the times do not fit, the content decides
    /// if the ETag is an MD5; so a file that was only touched, or came from another machine, is
    /// read and not sent.
    #[default]
    Time,
    /// Equal sizes. Misses changes that keep the length.
    Size,
    /// Equal sizes and equal content by ETag, whatever the times say: reads every local file. Where
    /// an ETag does not tell, the times decide.
    Checksum,
    /// Not at all: everything is sent, as a plain copy does.
    Always,
    /// Not at all: what is there already stays as it is, whatever is in it.
    Absent,
}

/// What happens to symbolic links in a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "they are followed or not")]
pub enum Symlinks {
    /// They are left alone.
    #[default]
    Skip,
    /// What they lead to takes part. A link to a folder that it lies in is left alone. As the
    /// destination, folders that are links are written through, wherever they lead.
    Follow,
}

/// What happens to things that only the destination has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "they stay or they go")]
pub enum Extra {
    /// They stay.
    #[default]
    Keep,
    /// They are deleted, after everything else has succeeded. A plan with more of them is refused
    /// as a whole: an empty source is more often a mistake than a wish.
    Delete {
        /// Most deletions, in items.
        at_most: u64,
    },
}

/// The options of a sync.
///
/// ```
/// use r2_backend::{Compare, Extra, Rules, SyncOptions};
///
/// let options = SyncOptions::new()
///     .rules(Rules::new().exclude(".git/")?)
///     .compare(Compare::Checksum)
///     .extra(Extra::Delete { at_most: 1_000 })
///     .transfers(8);
/// assert_eq!(options.transfers, 8);
/// # Ok::<(), r2_backend::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SyncOptions {
    /// Which names take part. Default: all.
    pub rules: Rules,
    /// How it is decided that two are the same. Default: [`Compare::Time`], which costs no request.
    pub compare: Compare,
    /// What happens to symbolic links. Default: [`Symlinks::Skip`], for they may lead anywhere.
    pub symlinks: Symlinks,
    /// What happens to things that only the destination has. Default: [`Extra::Keep`].
    pub extra: Extra,
    /// Items in flight, 1 to 256. Default: 16, a little below the client's 20 connections.
    pub transfers: usize,
    /// List requests in flight for each bucket, 1 to 64. Default: 16. A listing of many pages is
    /// split over the range of its keys, which is sooner by that much and takes up to a quarter
    /// more requests; with 1 it takes the fewest.
    pub list_requests: usize,
    /// Length from which on uploads go in parts, in bytes. Default: `None`, as the client's
    /// [`MultipartDefaults`](r2_multipart::MultipartDefaults) have it: 100 MiB.
    pub threshold_bytes: Option<u64>,
    /// Size of the parts of uploads and downloads. Default: `None`, as the client has it: 10 MiB.
    pub part_size: Option<PartSize>,
    /// Other part sizes, in bytes, that objects may have been uploaded with, beside the usual ones:
    /// with the right one, the content of a file can be compared with the object's ETag. Default:
    /// none.
    pub known_part_sizes: Vec<u64>,
    /// Content type, metadata, storage class and so on of uploaded objects. Default: none.
    pub attributes: ObjectAttributes,
    /// The content type of an uploaded object by its name, where `attributes` has none. Default:
    /// `None`, R2 guesses.
    pub content_type: Option<fn(&str) -> Option<&'static str>>,
    /// Where large uploads that are interrupted leave what is needed to go on with them. Default:
    /// `None`, they are aborted. Downloads always go on where they stopped.
    pub resume: Option<Arc<dyn ResumeStore>>,
    /// Ends a run in an orderly way. Default: `None`.
    pub stop: Option<Stop>,
    /// When two keys are one. Default: `None`, by the endpoint: NFC on R2 and the emulator, bytes
    /// elsewhere.
    pub identity: Option<KeyIdentity>,
    /// Where a large plan is kept until it has been run. Default: `None`, the system's directory
    /// for temporary files.
    pub plan_directory: Option<PathBuf>,
}

impl SyncOptions {
    /// The defaults above.
    #[must_use]
    pub fn new() -> Self {
        Self {
            rules: Rules::new(),
            compare: Compare::Time,
            symlinks: Symlinks::Skip,
            extra: Extra::Keep,
            transfers: 16,
            list_requests: 16,
            threshold_bytes: None,
            part_size: None,
            known_part_sizes: Vec::new(),
            attributes: ObjectAttributes::new(),
            content_type: None,
            resume: None,
            stop: None,
            identity: None,
            plan_directory: None,
        }
    }

    /// Sets which names take part.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// Sets how it is decided that two are the same.
    #[must_use]
    pub fn compare(mut self, compare: Compare) -> Self {
        self.compare = compare;
        self
    }

    /// Sets what happens to symbolic links.
    #[must_use]
    pub fn symlinks(mut self, symlinks: Symlinks) -> Self {
        self.symlinks = symlinks;
        self
    }

    /// Sets what happens to things that only the destination has.
    #[must_use]
    pub fn extra(mut self, extra: Extra) -> Self {
        self.extra = extra;
        self
    }

    /// Sets how many items are in flight, 1 to 256.
    #[must_use]
    pub fn transfers(mut self, transfers: usize) -> Self {
        self.transfers = transfers.clamp(1, TRANSFERS_MAX);
        self
    }

    /// Sets how many list requests are in flight for each bucket, 1 to 64.
    #[must_use]
    pub fn list_requests(mut self, requests: usize) -> Self {
        self.list_requests = requests.clamp(1, r2_objects::limits::LIST_REQUESTS_MAX);
        self
    }

    /// Sets the length from which on uploads go in parts, in bytes.
    #[must_use]
    pub fn threshold_bytes(mut self, bytes: u64) -> Self {
        self.threshold_bytes = Some(bytes);
        self
    }

    /// Sets the size of the parts of uploads and downloads.
    #[must_use]
    pub fn part_size(mut self, size: PartSize) -> Self {
        self.part_size = Some(size);
        self
    }

    /// Adds a part size, in bytes, that objects may have been uploaded with.
    #[must_use]
    pub fn known_part_size(mut self, bytes: u64) -> Self {
        self.known_part_sizes.push(bytes);
        self
    }

    /// Sets content type, metadata, storage class and so on of uploaded objects.
    #[must_use]
    pub fn attributes(mut self, attributes: ObjectAttributes) -> Self {
        self.attributes = attributes;
        self
    }

    /// Sets how a content type is guessed from a name.
    #[must_use]
    pub fn content_type(mut self, guess: fn(&str) -> Option<&'static str>) -> Self {
        self.content_type = Some(guess);
        self
    }

    /// Sets where interrupted uploads leave what is needed to go on with them.
    #[must_use]
    pub fn resume(mut self, store: Arc<dyn ResumeStore>) -> Self {
        self.resume = Some(store);
        self
    }

    /// Sets a signal that ends a run in an orderly way: nothing more is begun, and transfers in
    /// parts are aborted, or kept to go on with.
    #[must_use]
    pub fn stop(mut self, stop: &Stop) -> Self {
        self.stop = Some(stop.clone());
        self
    }

    /// Sets when two keys are one.
    #[must_use]
    pub fn identity(mut self, identity: KeyIdentity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Sets where a large plan is kept.
    #[must_use]
    pub fn plan_directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.plan_directory = Some(directory.into());
        self
    }
}

impl SyncOptions {
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.as_ref().is_some_and(Stop::is_stopped)
    }
}

impl Default for SyncOptions {
    fn default() -> Self {
        Self::new()
    }
}
