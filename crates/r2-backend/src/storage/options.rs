//! What a caller may add to a request.

use r2_objects::{ByteRange, ETag, ObjectAttributes, Precondition};

use super::PutCondition;

/// How an object is written.
///
/// ```
/// use r2_backend::storage::{PutCondition, PutOptions};
/// use r2_objects::ObjectAttributes;
///
/// let options = PutOptions::new()
///     .condition(PutCondition::Absent)
///     .attributes(ObjectAttributes::new().content_type("text/html"));
/// assert_eq!(options.condition, PutCondition::Absent);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PutOptions {
    /// What must be there already. Default: anything, and nothing.
    pub condition: PutCondition,
    /// Headers and metadata to keep. Default: none.
    pub attributes: ObjectAttributes,
}

impl PutOptions {
    /// Over whatever is there.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what must be there already.
    #[must_use]
    pub fn condition(mut self, condition: PutCondition) -> Self {
        self.condition = condition;
        self
    }

    /// Sets headers and metadata.
    #[must_use]
    pub fn attributes(mut self, attributes: ObjectAttributes) -> Self {
        self.attributes = attributes;
        self
    }
}

/// How an object is read.
///
/// ```
/// use r2_backend::storage::GetOptions;
/// use r2_objects::ByteRange;
///
/// let options = GetOptions::new().range(ByteRange::from_offset(10));
/// assert!(options.range.is_some());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetOptions {
    /// Which bytes. Default: all.
    pub range: Option<ByteRange>,
    /// Conditions on the object. Default: none.
    pub conditions: Vec<Precondition>,
}

impl GetOptions {
    /// All of it, whatever it is.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only these bytes.
    #[must_use]
    pub fn range(mut self, range: ByteRange) -> Self {
        self.range = Some(range);
        self
    }

    /// Adds a condition; of each of the four forms the last one counts.
    #[must_use]
    pub fn condition(mut self, condition: Precondition) -> Self {
        self.conditions.push(condition);
        self
    }
}

/// How an object is asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeadOptions {
    /// Conditions on the object. Default: none.
    pub conditions: Vec<Precondition>,
}

impl HeadOptions {
    /// Whatever it is.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a condition; of each of the four forms the last one counts.
    #[must_use]
    pub fn condition(mut self, condition: Precondition) -> Self {
        self.conditions.push(condition);
        self
    }
}

/// How an object is copied inside a back end.
///
/// ```
/// use r2_backend::storage::{CopyOptions, PutCondition};
///
/// let options = CopyOptions::new().condition(PutCondition::Absent);
/// assert!(options.attributes.is_none(), "the copy has those of its source");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CopyOptions {
    /// What must be at the destination. Default: anything, and nothing.
    pub condition: PutCondition,
    /// The version that the source must be. Default: any.
    pub source: Option<ETag>,
    /// Headers and metadata of the copy. Default: those of the source.
    pub attributes: Option<ObjectAttributes>,
}

impl CopyOptions {
    /// Whatever the source is, over whatever is there, with the attributes of the source.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets what must be at the destination.
    #[must_use]
    pub fn condition(mut self, condition: PutCondition) -> Self {
        self.condition = condition;
        self
    }

    /// Sets the version that the source must be.
    #[must_use]
    pub fn source(mut self, etag: ETag) -> Self {
        self.source = Some(etag);
        self
    }

    /// Sets headers and metadata of the copy.
    #[must_use]
    pub fn attributes(mut self, attributes: ObjectAttributes) -> Self {
        self.attributes = Some(attributes);
        self
    }
}

/// What a presigned request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PresignMethod {
    /// Reads the object.
    Get,
    /// Asks about the object.
    Head,
    /// Writes the object.
    Put,
    /// Deletes the object.
    Delete,
}
