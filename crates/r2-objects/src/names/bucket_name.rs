//! Bucket names: R2's own rules, and the wider ones of other S3 services.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::NameError;

const WHAT: &str = "bucket name";
const LENGTH_MIN: usize = 3;
const LENGTH_MAX: usize = 63;
/// What AWS allowed in its first region before 2018; other servers still do.
const COMPATIBLE_LENGTH_MAX: usize = 255;

/// The name of a bucket. Cheap to clone.
///
/// R2 takes 3 to 63 characters of `a-z`, `0-9` and `-`, the first and the last a letter or a digit
/// (Cloudflare's "Create buckets" page).
///
/// ```
/// use r2_objects::BucketName;
///
/// assert_eq!(BucketName::new("photos-2026")?.as_str(), "photos-2026");
/// assert!(BucketName::new("Photos").is_err());
/// # Ok::<(), r2_objects::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BucketName(Arc<str>);

impl BucketName {
    /// A name by R2's rules.
    ///
    /// # Errors
    ///
    /// Says which rule the name breaks.
    pub fn new(name: impl AsRef<str>) -> Result<Self, NameError> {
        let name = name.as_ref();
        check_length(name, LENGTH_MAX)?;
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if let Some(bad) = name.chars().find(|c| !u8::try_from(*c).is_ok_and(known)) {
            let reason = format!("{bad:?} is not one of a-z, 0-9 and -, in {name:?}");
            return Err(NameError::new(WHAT, reason));
        }
        if name.starts_with('-') || name.ends_with('-') {
            let reason = format!("{name:?} must start and end with a letter or a digit");
            return Err(NameError::new(WHAT, reason));
        }
        Ok(Self(name.into()))
    }

    /// A name that some other S3 service may have given: up to 255 letters, digits, `.`, `-` and
    /// `_`. R2 itself answers such names with `InvalidBucketName`.
    ///
    /// # Errors
    ///
    /// Says which rule the name breaks.
    pub fn new_compatible(name: impl AsRef<str>) -> Result<Self, NameError> {
        let name = name.as_ref();
        check_length(name, COMPATIBLE_LENGTH_MAX)?;
        let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
        if let Some(bad) = name.chars().find(|c| !u8::try_from(*c).is_ok_and(known)) {
            let reason = format!("{bad:?} is not a letter, a digit, '.', '-' or '_', in {name:?}");
            return Err(NameError::new(WHAT, reason));
        }
        if name.bytes().all(|b| b == b'.') {
            return Err(NameError::new(WHAT, format!("{name:?} is a path, not a name")));
        }
        Ok(Self(name.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_length(name: &str, length_max: usize) -> Result<(), NameError> {
    if (LENGTH_MIN..=length_max).contains(&name.len()) {
        return Ok(());
    }
    let reason =
        format!("{name:?} has {} bytes, {LENGTH_MIN} to {length_max} are allowed", name.len());
    Err(NameError::new(WHAT, reason))
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for BucketName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for BucketName {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        Self::new(name)
    }
}

impl TryFrom<&str> for BucketName {
    type Error = NameError;

    fn try_from(name: &str) -> Result<Self, NameError> {
        Self::new(name)
    }
}

impl TryFrom<String> for BucketName {
    type Error = NameError;

    fn try_from(name: String) -> Result<Self, NameError> {
        Self::new(name)
    }
}

impl From<&BucketName> for BucketName {
    fn from(name: &BucketName) -> Self {
        name.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r2_takes_these_and_refuses_those() {
        for good in ["abc", "a-b", "0x0", &"a".repeat(63)] {
            assert!(BucketName::new(good).is_ok(), "{good}");
        }
        let long = "a".repeat(64);
        for bad in ["", "ab", long.as_str(), "Abc", "a.b", "a_b", "-ab", "ab-", "añb", "a b", "a/b"]
        {
            assert!(BucketName::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn other_services_have_wider_rules_but_no_paths() {
        for good in ["my.bucket", "My_Bucket", &"a".repeat(255)] {
            assert!(BucketName::new_compatible(good).is_ok(), "{good}");
        }
        for bad in ["...", "a/b", "a b", "a?b", "ab"] {
            assert!(BucketName::new_compatible(bad).is_err(), "{bad}");
        }
    }
}
