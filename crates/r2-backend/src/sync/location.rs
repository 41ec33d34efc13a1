//! The two ends of a sync.

use std::fmt;
use std::path::PathBuf;

use r2_objects::{BucketName, Client, ObjectKey};

use crate::error::{Error, ErrorKind};

/// One end of a sync: a directory, or the objects of a bucket below a prefix.
///
/// ```
/// use r2_backend::Location;
/// # use r2_objects::{BucketName, Client};
/// # let local = r2_sim::Emulator::memory();
/// # let client = Client::builder().endpoint("http://r2.local").transport(local).build()?;
///
/// let photos = Location::directory("photos");
/// let backup = Location::bucket(&client, BucketName::new("backup")?, "2026/photos");
/// assert_eq!(photos.to_string(), "photos");
/// assert_eq!(backup.to_string(), "backup/2026/photos/");
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Location(pub(crate) Place);

#[derive(Debug, Clone)]
pub(crate) enum Place {
    Directory(PathBuf),
    Bucket(BucketPlace),
}

/// The objects of a bucket below a prefix.
#[derive(Debug, Clone)]
pub(crate) struct BucketPlace {
    pub(crate) client: Client,
    pub(crate) bucket: BucketName,
    /// Empty, or ending with a slash.
    pub(crate) prefix: String,
}

impl Location {
    /// A directory. As a destination it is made when it is not there.
    #[must_use]
    pub fn directory(path: impl Into<PathBuf>) -> Self {
        Self(Place::Directory(path.into()))
    }

    /// The objects of `bucket` whose keys begin with `prefix`, taken as a folder: a slash is added
    /// where it does not end with one. An empty prefix means the whole bucket.
    #[must_use]
    pub fn bucket(client: &Client, bucket: BucketName, prefix: impl Into<String>) -> Self {
        let mut prefix = prefix.into();
        if !prefix.is_empty() && !prefix.ends_with('/') {
            prefix.push('/');
        }
        Self(Place::Bucket(BucketPlace { client: client.clone(), bucket, prefix }))
    }
}

impl Place {
    pub(crate) fn bucket(&self) -> Option<&BucketPlace> {
        match self {
            Self::Bucket(place) => Some(place),
            Self::Directory(_) => None,
        }
    }
}

impl BucketPlace {
    /// The key of a name below the prefix.
    pub(crate) fn key(&self, name: &str) -> Result<ObjectKey, Error> {
        let key = ObjectKey::new(format!("{}{name}", self.prefix));
        key.map_err(|error| Error::because(ErrorKind::InvalidInput, error))
    }

    pub(crate) fn same_bucket(&self, other: &Self) -> bool {
        self.same_endpoint(other) && self.bucket == other.bucket
    }

    /// Can one copy from the other inside the server?
    pub(crate) fn same_endpoint(&self, other: &Self) -> bool {
        self.client.endpoint() == other.client.endpoint()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Directory(path) => write!(f, "{}", path.display()),
            Place::Bucket(place) => write!(f, "{}/{}", place.bucket, place.prefix),
        }
    }
}
