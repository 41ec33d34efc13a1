//! Headers and metadata, as the two crates say them.

use ::object_store::{Attribute, Attributes, Error};
use r2_objects::ObjectAttributes;

use super::error::generic;

/// What is written with an object. What R2 cannot keep is refused, not forgotten.
pub(super) fn to_ours(
    attributes: &Attributes,
    implementer: &str,
) -> Result<ObjectAttributes, Error> {
    let mut ours = ObjectAttributes::new();
    let mut metadata = std::mem::take(&mut ours.metadata);
    for (attribute, value) in attributes {
        let value = value.to_string();
        match attribute {
            Attribute::ContentType => ours.content_type = Some(value),
            Attribute::ContentEncoding => ours.content_encoding = Some(value),
            Attribute::ContentLanguage => ours.content_language = Some(value),
            Attribute::ContentDisposition => ours.content_disposition = Some(value),
            Attribute::CacheControl => ours.cache_control = Some(value),
            Attribute::Metadata(name) => metadata = metadata.with(name, value).map_err(generic)?,
            other => {
                let (operation, implementer) = (format!("{other:?}"), implementer.to_owned());
                return Err(Error::NotImplemented { operation, implementer });
            }
        }
    }
    ours.metadata = metadata;
    Ok(ours)
}

pub(super) fn to_theirs(ours: ObjectAttributes) -> Attributes {
    let headers = [
        (Attribute::ContentType, ours.content_type),
        (Attribute::ContentEncoding, ours.content_encoding),
        (Attribute::ContentLanguage, ours.content_language),
        (Attribute::ContentDisposition, ours.content_disposition),
        (Attribute::CacheControl, ours.cache_control),
    ];
    let headers = headers.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let metadata = ours
        .metadata
        .iter()
        .map(|(name, value)| (Attribute::Metadata(name.to_owned().into()), value.to_owned()));
    headers.chain(metadata).collect()
}
