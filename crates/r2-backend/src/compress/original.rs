//! What is written down beside a compressed object about the one that it was.

use r2_objects::{Metadata, ObjectAttributes};

use crate::limits::{FRAME_BYTES_MAX, FRAME_BYTES_MIN};
use crate::storage::{StorageError, StorageErrorKind};

/// The metadata that has the bytes of the object before it was compressed, in decimal digits.
pub const METADATA_SIZE: &str = "r2-zstd-size";
/// The metadata that has the SHA-256 of the object before it was compressed, in hexadecimal digits.
pub const METADATA_SHA256: &str = "r2-zstd-sha256";
/// The metadata that has the bytes of each frame but the last before it was compressed.
pub const METADATA_FRAME: &str = "r2-zstd-frame";
/// The content encoding that other clients see.
pub(super) const ENCODING: &str = "zstd";

const NAMES: [&str; 3] = [METADATA_SIZE, METADATA_SHA256, METADATA_FRAME];

/// The object as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Original {
    pub(super) size: u64,
    pub(super) sha256: String,
    pub(super) frame: u64,
}

impl Original {
    /// What is known of a compressed object; `None` for an object that was not compressed here.
    pub(super) fn of(attributes: &ObjectAttributes) -> Option<Self> {
        if attributes.content_encoding.as_deref() != Some(ENCODING) {
            return None;
        }
        let number = |name| attributes.metadata.get(name)?.parse::<u64>().ok();
        let sha256 = attributes.metadata.get(METADATA_SHA256)?.to_owned();
        let (size, frame) = (number(METADATA_SIZE)?, number(METADATA_FRAME)?);
        let bounds = FRAME_BYTES_MIN as u64..=FRAME_BYTES_MAX as u64;
        (size > 0 && bounds.contains(&frame)).then_some(Self { size, sha256, frame })
    }

    /// How many frames it has.
    pub(super) fn frames(&self) -> u64 {
        self.size.div_ceil(self.frame)
    }

    /// Adds it to what the caller wants kept; `None` if that leaves no room.
    pub(super) fn mark(&self, mut attributes: ObjectAttributes) -> Option<ObjectAttributes> {
        let values = [self.size.to_string(), self.sha256.clone(), self.frame.to_string()];
        let mut metadata = attributes.metadata;
        for (name, value) in NAMES.into_iter().zip(values) {
            metadata = metadata.with(name, value).ok()?;
        }
        attributes.metadata = metadata;
        Some(attributes.content_encoding(ENCODING))
    }
}

/// What the caller gave: without the marks, which are not his.
pub(super) fn unmark(mut attributes: ObjectAttributes) -> ObjectAttributes {
    let theirs = attributes.metadata.iter().filter(|(name, _)| !NAMES.contains(name));
    let kept = theirs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect::<Vec<_>>()
        .into_iter()
        .try_fold(Metadata::new(), |kept, (name, value)| kept.with(&name, value));
    // a server may keep more than R2 allows: then it is shown with the marks
    let Ok(metadata) = kept else { return attributes };
    attributes.metadata = metadata;
    attributes.content_encoding = None;
    attributes
}

/// The marks are not for callers: with them an object would be read as what it is not.
pub(super) fn check_unmarked(attributes: &ObjectAttributes) -> Result<(), StorageError> {
    match NAMES.into_iter().find(|name| attributes.metadata.get(name).is_some()) {
        None => Ok(()),
        Some(name) => {
            let message = format!("the metadata {name} is for the compression: use another name");
            Err(StorageError::new(StorageErrorKind::InvalidInput, message))
        }
    }
}
