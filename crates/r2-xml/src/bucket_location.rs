//! `CreateBucketConfiguration` and `LocationConstraint`: where a bucket is to be, and is.

use crate::codec::{Codec, Cursor, Writer};
use crate::limits::SMALL_BYTES_MAX;
use crate::{Document, Error, Invalid, RequestDocument};

/// The optional body of CreateBucket.
///
/// ```
/// use r2_xml::{CreateBucketConfiguration, Document};
///
/// let body = CreateBucketConfiguration { location_constraint: Some("WNAM".into()) }.encode();
/// assert_eq!(
///     CreateBucketConfiguration::decode(body.as_bytes())?.location_constraint.as_deref(),
///     Some("WNAM"),
/// );
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateBucketConfiguration {
    /// R2 takes `auto`, an empty text, `us-east-1`, or a location hint: `wnam`, `enam`, `weur`,
    /// `eeur`, `apac`, `oc`.
    pub location_constraint: Option<String>,
}

/// The reply to GetBucketLocation.
///
/// ```
/// use r2_xml::{Document, LocationConstraint};
///
/// let body = br#"<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>"#;
/// assert_eq!(LocationConstraint::decode(body)?.location, "");
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocationConstraint {
    /// R2 writes the location hint in capitals, or `auto`. AWS means us-east-1 by an empty text.
    pub location: String,
}

impl Document for CreateBucketConfiguration {
    const ROOT: &'static str = "CreateBucketConfiguration";
    const BYTES_MAX: usize = SMALL_BYTES_MAX;
}

impl RequestDocument for CreateBucketConfiguration {
    /// Every text is well-formed. Which locations exist is the service's business.
    fn validate(&self) -> Result<(), Invalid> {
        Ok(())
    }
}

impl Codec for CreateBucketConfiguration {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut location_constraint = None;
        while let Some(name) = cursor.child()? {
            match name {
                "LocationConstraint" => cursor.once(&mut location_constraint, Cursor::string)?,
                _ => cursor.other(name)?,
            }
        }
        Ok(Self { location_constraint })
    }

    fn write(&self, writer: &mut Writer) {
        writer.text_if("LocationConstraint", self.location_constraint.as_deref());
    }
}

impl Document for LocationConstraint {
    const ROOT: &'static str = "LocationConstraint";
    const BYTES_MAX: usize = SMALL_BYTES_MAX;
}

impl Codec for LocationConstraint {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        Ok(Self { location: cursor.string()? })
    }

    fn write(&self, writer: &mut Writer) {
        writer.characters(&self.location);
    }
}
