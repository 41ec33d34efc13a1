//! Names given as text or as themselves.

use crate::error::Error;
use crate::names::{BucketName, ObjectKey};

/// What can be taken for a bucket name: itself, or text by R2's rules.
///
/// ```
/// use r2_objects::{BucketName, IntoBucketName};
///
/// assert_eq!("photos".into_bucket_name()?, BucketName::new("photos")?);
/// assert!("No Good".into_bucket_name().is_err());
/// # Ok::<(), r2_objects::Error>(())
/// ```
pub trait IntoBucketName {
    /// The name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) says which rule the text breaks.
    fn into_bucket_name(self) -> Result<BucketName, Error>;
}

impl<T> IntoBucketName for T
where
    T: TryInto<BucketName>,
    Error: From<T::Error>,
{
    fn into_bucket_name(self) -> Result<BucketName, Error> {
        Ok(self.try_into()?)
    }
}

/// What can be taken for an object key: itself, or text.
///
/// ```
/// use r2_objects::{IntoObjectKey, ObjectKey};
///
/// assert_eq!("a/b".into_object_key()?, ObjectKey::new("a/b")?);
/// assert!("".into_object_key().is_err());
/// # Ok::<(), r2_objects::Error>(())
/// ```
pub trait IntoObjectKey {
    /// The key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for a text that is empty or too
    /// long.
    fn into_object_key(self) -> Result<ObjectKey, Error>;
}

impl<T> IntoObjectKey for T
where
    T: TryInto<ObjectKey>,
    Error: From<T::Error>,
{
    fn into_object_key(self) -> Result<ObjectKey, Error> {
        Ok(self.try_into()?)
    }
}
