//! ListObjectsV2: one page.

use http::Method;
use r2_resilience::Safety;
use r2_xml::ListObjectsV2Result;

use super::{ListedObject, listed};
use crate::cost::CostClass;
use crate::error::Error;
use crate::names::BucketName;
use crate::operation::{Operation, RequestParts, Target};
use crate::reply::Reply;

/// Lists one page of a bucket. [`Objects::list_all`](crate::Objects::list_all) goes through all of
/// them.
///
/// ```
/// use r2_objects::{BucketName, ListObjectsV2, Operation};
///
/// let list = ListObjectsV2::new(BucketName::new("photos")?).prefix("2026/").delimiter("/");
/// assert!(list.request()?.query().contains(&("prefix".into(), Some("2026/".into()))));
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ListObjectsV2 {
    bucket: BucketName,
    prefix: Option<String>,
    delimiter: Option<String>,
    start_after: Option<String>,
    continuation_token: Option<String>,
    max_keys: Option<u32>,
}

/// One page of a listing. It may be short, even empty, and still not be the last: only
/// [`next_token`](Self::next_token) tells.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListPage {
    /// The objects, in order of their keys.
    pub objects: Vec<ListedObject>,
    /// What the delimiter groups.
    pub prefixes: Vec<String>,
    /// With what the next page is asked for; `None` on the last one.
    pub next_token: Option<String>,
}

impl ListObjectsV2 {
    /// Lists from the first key.
    #[must_use]
    pub fn new(bucket: BucketName) -> Self {
        Self {
            bucket,
            prefix: None,
            delimiter: None,
            start_after: None,
            continuation_token: None,
            max_keys: None,
        }
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
    pub fn start_after(mut self, key: impl Into<String>) -> Self {
        self.start_after = Some(key.into());
        self
    }

    /// Goes on where a page ended.
    #[must_use]
    pub fn continuation_token(mut self, token: impl Into<String>) -> Self {
        self.continuation_token = Some(token.into());
        self
    }

    /// At most so many entries on the page. Default, and the most that R2 gives: 1,000.
    #[must_use]
    pub fn max_keys(mut self, count: u32) -> Self {
        self.max_keys = Some(count);
        self
    }

    /// Only keys that begin so; empty for all.
    pub(crate) fn prefix_text(&self) -> &str {
        self.prefix.as_deref().unwrap_or_default()
    }

    /// Whether parts of it can be listed apart: a token says where it begins in no way that could
    /// be compared, and groups may span several parts.
    pub(crate) fn can_be_split(&self) -> bool {
        self.continuation_token.is_none()
            && self.max_keys != Some(0)
            && self.delimiter.as_deref().is_none_or(str::is_empty)
    }
}

impl Operation for ListObjectsV2 {
    type Output = ListPage;

    fn name(&self) -> &'static str {
        "ListObjectsV2"
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
        // encoded: a key may hold what XML cannot
        Ok(RequestParts::new(Method::GET)
            .param("list-type", 2)
            .param("encoding-type", "url")
            .param_opt("prefix", filled(&self.prefix))
            .param_opt("delimiter", filled(&self.delimiter))
            .param_opt("start-after", filled(&self.start_after))
            .param_opt("continuation-token", filled(&self.continuation_token))
            .param_opt("max-keys", self.max_keys))
    }

    fn decode(&self, reply: Reply) -> Result<ListPage, Error> {
        let document = reply.document::<ListObjectsV2Result>()?.decode_url().map_err(|error| {
            reply.unexpected("the listing's names are not encoded as it says").with_source(error)
        })?;
        let next_token = document.next_page().map(str::to_owned);
        if document.is_truncated && next_token.is_none() && self.max_keys != Some(0) {
            return Err(reply.unexpected("the listing goes on, but does not say where"));
        }
        Ok(ListPage {
            objects: listed::objects(&reply, document.contents)?,
            prefixes: document.common_prefixes,
            next_token: next_token.filter(|_| document.is_truncated),
        })
    }
}
