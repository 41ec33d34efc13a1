//! `ListAllMyBucketsResult`: the buckets of an account.

use crate::codec::{Codec, Cursor, Writer, missing};
use crate::limits::{PAGE_BYTES_MAX, PAGE_ENTRIES_MAX};
use crate::listing::non_empty;
use crate::{Document, Error, Owner, Timestamp};

/// The buckets of an account, or one page of them.
///
/// The fields from `is_truncated` on belong to R2's bucket search (Cloudflare's page on S3
/// extensions); other services leave them out.
///
/// ```
/// use r2_xml::{Document, ListBucketsResult};
///
/// let body = b"<ListAllMyBucketsResult><Buckets><Bucket><Name>photos</Name></Bucket></Buckets>
///     </ListAllMyBucketsResult>";
/// assert_eq!(ListBucketsResult::decode(body)?.buckets[0].name, "photos");
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListBucketsResult {
    /// The buckets, in order of their names.
    pub buckets: Vec<Bucket>,
    /// The account.
    pub owner: Option<Owner>,
    /// Whether there are more.
    pub is_truncated: Option<bool>,
    /// The token that asks for the next page: see [`ListBucketsResult::next_page`].
    pub next_continuation_token: Option<String>,
    /// The prefix that was asked for.
    pub prefix: Option<String>,
    /// The name after which the listing was to begin.
    pub start_after: Option<String>,
    /// The number of buckets in this page.
    pub key_count: Option<u32>,
    /// The token that asked for this page. AWS writes the token of the next page here.
    pub continuation_token: Option<String>,
    /// The number of buckets that was asked for.
    pub max_keys: Option<u32>,
}

/// One bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// When it was created.
    pub creation_date: Option<Timestamp>,
    /// Where it is. AWS writes it; R2 is not known to.
    pub bucket_region: Option<String>,
}

impl ListBucketsResult {
    /// The token to send to R2 for the next page, if there is one.
    #[must_use]
    pub fn next_page(&self) -> Option<&str> {
        non_empty(self.next_continuation_token.as_ref())
    }
}

impl Document for ListBucketsResult {
    const ROOT: &'static str = "ListAllMyBucketsResult";
    const BYTES_MAX: usize = PAGE_BYTES_MAX;
}

impl Codec for ListBucketsResult {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut page = Self::default();
        let mut buckets = None;
        while let Some(name) = cursor.child()? {
            match name {
                "Buckets" => cursor.once(&mut buckets, read_buckets)?,
                "Owner" => cursor.once(&mut page.owner, Owner::read)?,
                "IsTruncated" => cursor.once(&mut page.is_truncated, Cursor::boolean)?,
                "NextContinuationToken" => {
                    cursor.once(&mut page.next_continuation_token, Cursor::string)?;
                }
                "Prefix" => cursor.once(&mut page.prefix, Cursor::string)?,
                "StartAfter" => cursor.once(&mut page.start_after, Cursor::string)?,
                "KeyCount" => cursor.once(&mut page.key_count, Cursor::number)?,
                "ContinuationToken" => cursor.once(&mut page.continuation_token, Cursor::string)?,
                "MaxKeys" => cursor.once(&mut page.max_keys, Cursor::number)?,
                _ => cursor.other(name)?,
            }
        }
        page.buckets = buckets.unwrap_or_default();
        Ok(page)
    }

    fn write(&self, writer: &mut Writer) {
        writer.element("Buckets", |writer| {
            for bucket in &self.buckets {
                writer.element("Bucket", |writer| bucket.write(writer));
            }
        });
        if let Some(owner) = &self.owner {
            writer.element("Owner", |writer| owner.write(writer));
        }
        writer.value_if("IsTruncated", self.is_truncated);
        writer.text_if("NextContinuationToken", self.next_continuation_token.as_deref());
        writer.text_if("Prefix", self.prefix.as_deref());
        writer.text_if("StartAfter", self.start_after.as_deref());
        writer.value_if("KeyCount", self.key_count);
        writer.text_if("ContinuationToken", self.continuation_token.as_deref());
        writer.value_if("MaxKeys", self.max_keys);
    }
}

fn read_buckets(cursor: &mut Cursor<'_>) -> Result<Vec<Bucket>, Error> {
    let mut buckets = Vec::new();
    while let Some(name) = cursor.child()? {
        match name {
            "Bucket" => cursor.push(&mut buckets, PAGE_ENTRIES_MAX, Bucket::read)?,
            _ => cursor.other(name)?,
        }
    }
    Ok(buckets)
}

impl Bucket {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let (mut bucket_name, mut creation_date, mut bucket_region) = (None, None, None);
        while let Some(name) = cursor.child()? {
            match name {
                "Name" => cursor.once(&mut bucket_name, Cursor::string)?,
                "CreationDate" => cursor.once(&mut creation_date, Cursor::timestamp)?,
                "BucketRegion" => cursor.once(&mut bucket_region, Cursor::string)?,
                _ => cursor.other(name)?,
            }
        }
        let name = bucket_name.ok_or_else(|| missing(at, "Bucket", "Name"))?;
        Ok(Self { name, creation_date, bucket_region })
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("Name", &self.name);
        writer.value_if("CreationDate", self.creation_date);
        writer.text_if("BucketRegion", self.bucket_region.as_deref());
    }
}
