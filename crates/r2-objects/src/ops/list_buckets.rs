//! ListBuckets, with R2's search.

use http::Method;
use r2_resilience::Safety;
use r2_xml::ListBucketsResult;

use crate::cost::CostClass;
use crate::error::Error;
use crate::names::BucketName;
use crate::operation::{Operation, RequestParts, Target};
use crate::reply::Reply;
use crate::values::LastModified;

/// Lists the account's buckets of one jurisdiction, one page. Needs a key with rights to the
/// account.
///
/// Prefix, start and page size are R2's own; other services list all their buckets at once.
///
/// ```
/// use r2_objects::{ListBuckets, Operation};
///
/// let list = ListBuckets::new().prefix("photos-");
/// assert_eq!(list.request()?.query(), [("prefix".into(), Some("photos-".into()))]);
/// # Ok::<(), r2_objects::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ListBuckets {
    prefix: Option<String>,
    start_after: Option<String>,
    continuation_token: Option<String>,
    max_keys: Option<u32>,
}

/// One page of buckets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BucketsPage {
    /// The buckets, in order of their names.
    pub buckets: Vec<ListedBucket>,
    /// The account that owns them.
    pub owner_id: Option<String>,
    /// With what the next page is asked for; `None` on the last one.
    pub next_token: Option<String>,
}

/// A bucket of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListedBucket {
    /// Its name.
    pub name: BucketName,
    /// When it was created.
    pub created: Option<LastModified>,
}

impl ListBuckets {
    /// All buckets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only names that begin so.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// Only names after this one.
    #[must_use]
    pub fn start_after(mut self, name: impl Into<String>) -> Self {
        self.start_after = Some(name.into());
        self
    }

    /// Goes on where a page ended.
    #[must_use]
    pub fn continuation_token(mut self, token: impl Into<String>) -> Self {
        self.continuation_token = Some(token.into());
        self
    }

    /// At most so many buckets on the page. Default, and the most that R2 gives: 1,000.
    #[must_use]
    pub fn max_keys(mut self, count: u32) -> Self {
        self.max_keys = Some(count);
        self
    }
}

impl Operation for ListBuckets {
    type Output = BucketsPage;

    fn name(&self) -> &'static str {
        "ListBuckets"
    }

    fn cost_class(&self) -> CostClass {
        CostClass::A
    }

    fn safety(&self) -> Safety {
        Safety::Repeatable
    }

    fn target(&self) -> Target<'_> {
        Target::Account
    }

    fn request(&self) -> Result<RequestParts, Error> {
        let filled = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
        Ok(RequestParts::new(Method::GET)
            .param_opt("prefix", filled(&self.prefix))
            .param_opt("start-after", filled(&self.start_after))
            .param_opt("continuation-token", filled(&self.continuation_token))
            .param_opt("max-keys", self.max_keys))
    }

    fn decode(&self, reply: Reply) -> Result<BucketsPage, Error> {
        let document: ListBucketsResult = reply.document()?;
        let next_token = document.next_page().map(str::to_owned);
        if document.is_truncated == Some(true) && next_token.is_none() {
            return Err(reply.unexpected("the listing goes on, but does not say where"));
        }
        let read = |bucket: r2_xml::Bucket| {
            let name = BucketName::new_compatible(&bucket.name).map_err(|error| {
                reply.unexpected("the list holds a bucket name that is none").with_source(error)
            })?;
            Ok(ListedBucket { name, created: bucket.creation_date.map(Into::into) })
        };
        Ok(BucketsPage {
            owner_id: document.owner.map(|owner| owner.id),
            buckets: document.buckets.into_iter().map(read).collect::<Result<_, Error>>()?,
            next_token,
        })
    }
}
