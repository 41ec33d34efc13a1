//! Storage classes.

use std::fmt;

/// Where an object is kept, and so what storing and reading it costs.
///
/// ```
/// use r2_objects::StorageClass;
///
/// assert_eq!(StorageClass::InfrequentAccess.as_str(), "STANDARD_IA");
/// assert_eq!(StorageClass::from("STANDARD"), StorageClass::Standard);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StorageClass {
    /// `STANDARD`: the default of every bucket that was not told otherwise.
    #[default]
    Standard,
    /// `STANDARD_IA`: cheaper to keep, dearer to touch, 30 days at least.
    InfrequentAccess,
    /// A class of some other S3 service. R2 answers it with `InvalidStorageClass`.
    Other(Box<str>),
}

impl StorageClass {
    /// The name on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Standard => "STANDARD",
            Self::InfrequentAccess => "STANDARD_IA",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for StorageClass {
    fn from(name: &str) -> Self {
        match name {
            // R2 once refused the header with an empty value (gobackup#182): no name is the default
            "STANDARD" | "" => Self::Standard,
            "STANDARD_IA" => Self::InfrequentAccess,
            other => Self::Other(other.into()),
        }
    }
}

impl fmt::Display for StorageClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
