//! `ListBucketResult` of ListObjectsV2: one page of keys.

use crate::codec::{Codec, Cursor, Writer, missing};
use crate::limits::{PAGE_BYTES_MAX, PAGE_ENTRIES_MAX};
use crate::listing::{
    decode_echoes, decode_names, encode_names, non_empty, read_common_prefixes,
    write_common_prefixes,
};
use crate::{Document, EncodingType, Error, Object};

/// One page of the second version of listing.
///
/// ```
/// use r2_xml::{Document, ListObjectsV2Result};
///
/// let body = br#"<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>
///     <Contents><Key>a%2Fb</Key><Size>3</Size><LastModified>2026-01-02T03:04:05Z</LastModified>
///     </Contents><EncodingType>url</EncodingType></ListBucketResult>"#;
/// let page = ListObjectsV2Result::decode(body)?.decode_url()?;
/// assert_eq!(page.contents[0].key, "a/b");
/// assert_eq!(page.next_page(), None);
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListObjectsV2Result {
    /// The bucket.
    pub name: String,
    /// The objects, in order of their keys.
    pub contents: Vec<Object>,
    /// Whether there are more. A page may be short and still not be the last.
    pub is_truncated: bool,
    /// What the delimiter groups, each ending with the delimiter.
    pub common_prefixes: Vec<String>,
    /// The prefix that was asked for, or empty.
    pub prefix: String,
    /// The delimiter that was asked for.
    pub delimiter: Option<String>,
    /// The key after which the listing was to begin.
    pub start_after: Option<String>,
    /// The token that asked for this page.
    pub continuation_token: Option<String>,
    /// The token that asks for the next page: see [`ListObjectsV2Result::next_page`].
    pub next_continuation_token: Option<String>,
    /// The number of entries that was asked for. R2 echoes it even above 1,000.
    pub max_keys: Option<u32>,
    /// The number of entries in this page: keys and prefixes.
    pub key_count: Option<u32>,
    /// How keys, prefixes, delimiter and start-after are written.
    pub encoding_type: Option<EncodingType>,
}

impl ListObjectsV2Result {
    /// The token to send for the next page, if there is one. An empty token counts as none.
    #[must_use]
    pub fn next_page(&self) -> Option<&str> {
        non_empty(self.next_continuation_token.as_ref())
    }

    /// Makes all names plain, if [`ListObjectsV2Result::encoding_type`] says they are encoded.
    ///
    /// Prefix, delimiter and start-after only repeat the request, and some servers do not encode
    /// them: trust the request's own.
    ///
    /// # Errors
    /// As [`crate::url::decode`], for a key or a common prefix.
    pub fn decode_url(mut self) -> Result<Self, Error> {
        if let Some(EncodingType::Url) = self.encoding_type.take() {
            decode_names(self.names())?;
            decode_echoes(self.echoes());
        }
        Ok(self)
    }

    /// Percent-encodes all names and says so, unless they are encoded already.
    #[must_use]
    pub fn encode_url(mut self) -> Self {
        if self.encoding_type.is_none() {
            encode_names(self.names());
            encode_names(self.echoes());
            self.encoding_type = Some(EncodingType::Url);
        }
        self
    }

    /// Names of this page. Tokens are opaque and never encoded.
    fn names(&mut self) -> impl Iterator<Item = &mut String> {
        self.contents.iter_mut().map(|object| &mut object.key).chain(&mut self.common_prefixes)
    }

    /// Names of the request.
    fn echoes(&mut self) -> impl Iterator<Item = &mut String> {
        [&mut self.prefix].into_iter().chain(&mut self.delimiter).chain(&mut self.start_after)
    }
}

impl Document for ListObjectsV2Result {
    const ROOT: &'static str = "ListBucketResult";
    const BYTES_MAX: usize = PAGE_BYTES_MAX;
}

impl Codec for ListObjectsV2Result {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let mut page = Self::default();
        let (mut name, mut is_truncated, mut prefix, mut encoding_type) = (None, None, None, None);
        while let Some(element) = cursor.child()? {
            match element {
                "Contents" => cursor.push(&mut page.contents, PAGE_ENTRIES_MAX, Object::read)?,
                "CommonPrefixes" => read_common_prefixes(cursor, &mut page.common_prefixes)?,
                "Name" => cursor.once(&mut name, Cursor::string)?,
                "IsTruncated" => cursor.once(&mut is_truncated, Cursor::boolean)?,
                "Prefix" => cursor.once(&mut prefix, Cursor::string)?,
                "Delimiter" => cursor.once(&mut page.delimiter, Cursor::string)?,
                "StartAfter" => cursor.once(&mut page.start_after, Cursor::string)?,
                "ContinuationToken" => cursor.once(&mut page.continuation_token, Cursor::string)?,
                "NextContinuationToken" => {
                    cursor.once(&mut page.next_continuation_token, Cursor::string)?;
                }
                "MaxKeys" => cursor.once(&mut page.max_keys, Cursor::number)?,
                "KeyCount" => cursor.once(&mut page.key_count, Cursor::number)?,
                "EncodingType" => cursor.once(&mut encoding_type, EncodingType::read)?,
                _ => cursor.other(element)?,
            }
        }
        page.name = name.unwrap_or_default();
        // Taking a missing element for "no more" would lose keys without a word.
        page.is_truncated = is_truncated.ok_or_else(|| missing(at, Self::ROOT, "IsTruncated"))?;
        page.prefix = prefix.unwrap_or_default();
        page.encoding_type = encoding_type.flatten();
        Ok(page)
    }

    fn write(&self, writer: &mut Writer) {
        writer.text("Name", &self.name);
        for object in &self.contents {
            writer.element("Contents", |writer| object.write(writer));
        }
        writer.value("IsTruncated", self.is_truncated);
        write_common_prefixes(writer, &self.common_prefixes);
        writer.text("Prefix", &self.prefix);
        writer.text_if("Delimiter", self.delimiter.as_deref());
        writer.text_if("StartAfter", self.start_after.as_deref());
        writer.text_if("ContinuationToken", self.continuation_token.as_deref());
        writer.text_if("NextContinuationToken", self.next_continuation_token.as_deref());
        writer.value_if("MaxKeys", self.max_keys);
        writer.value_if("KeyCount", self.key_count);
        EncodingType::write(self.encoding_type, writer);
    }
}
