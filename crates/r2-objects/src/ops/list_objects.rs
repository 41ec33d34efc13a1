//! ListObjects, the first version: one page.

use http::Method;
use r2_resilience::Safety;
use r2_xml::ListObjectsV1Result;

use super::{ListedObject, listed};
use crate::cost::CostClass;
use crate::error::Error;
use crate::names::BucketName;
use crate::operation::{Operation, RequestParts, Target};
use crate::reply::Reply;

/// Lists one page in the first version's way, which goes on from a key. For servers that know no
/// other.
///
/// ```
/// use r2_objects::{BucketName, ListObjects, Operation};
///
/// let list = ListObjects::new(BucketName::new("photos")?).marker("a");
/// assert!(list.request()?.query().contains(&("marker".into(), Some("a".into()))));
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ListObjects {
    bucket: BucketName,
    prefix: Option<String>,
    delimiter: Option<String>,
    marker: Option<String>,
    max_keys: Option<u32>,
}

/// One page of a listing of the first version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListPageV1 {
    /// The objects, in order of their keys.
    pub objects: Vec<ListedObject>,
    /// What the delimiter groups.
    pub prefixes: Vec<String>,
    /// The marker of the next page; `None` on the last one.
    pub next_marker: Option<String>,
}

impl ListObjects {
    /// Lists from the first key.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self { bucket, prefix: None, delimiter: None, marker: None, max_keys: None }
    }

    /// Only keys that begin so.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// Groups keys that have the delimiter after the prefix.
    #[must_use]
    pub fn delimiter(mut self, delimiter: impl Into<String>) -> Self {
        self.delimiter = Some(delimiter.into());
        self
    }

    /// Only keys after this one.
    #[must_use]
    pub fn marker(mut self, key: impl Into<String>) -> Self {
        self.marker = Some(key.into());
        self
    }

    /// At most so many entries on the page. Default, and the most that R2 gives: 1,000.
    #[must_use]
    pub fn max_keys(mut self, count: u32) -> Self {
        self.max_keys = Some(count);
        self
    }
}

impl Operation for ListObjects {
    type Output = ListPageV1;

    fn name(&self) -> &'static str {
        "ListObjects"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::A
    }

    fn safety(&self) -> Safety {
        Safety::Repeatable
    }

    fn target(&self) -> Target<'_> {
        Target::Bucket(&self.bucket)
    }

    fn request(&self) -> Result<RequestParts, Error> {
        let filled = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        Ok(RequestParts::new(Method::GET)
            .param("encoding-type", "url")
            .param_opt("prefix", filled(&self.prefix))
            .param_opt("delimiter", filled(&self.delimiter))
            .param_opt("marker", filled(&self.marker))
            .param_opt("max-keys", self.max_keys))
    }

    fn decode(&self, reply: Reply) -> Result<ListPageV1, Error> {
        let document = reply.document::<ListObjectsV1Result>()?.decode_url().map_err(|error| {
            reply.unexpected("the listing's names are not encoded as it says").with_source(error)
        })?;
        let next_marker = document.next_page().map(str::to_owned);
        if document.is_truncated && next_marker.is_none() && self.max_keys != Some(0) {
            return Err(reply.unexpected("the listing goes on, but does not say where"));
        }
        Ok(ListPageV1 {
            objects: listed::objects(&reply, document.contents)?,
            prefixes: document.common_prefixes,
            next_marker,
        })
    }
}
