//! `ListBucketResult` of ListObjects: one page of keys, the first version.

use crate::codec::{Codec, Cursor, Writer, missing};
use crate::limits::{PAGE_BYTES_MAX, PAGE_ENTRIES_MAX};
use crate::listing::{
    decode_echoes, decode_names, encode_names, non_empty, read_common_prefixes,
    write_common_prefixes,
};
use crate::{Document, EncodingType, Error, Object};

/// One page of the first version of listing, which goes on from a key instead of a token.
///
/// ```
/// use r2_xml::{Document, ListObjectsV1Result, Object};
///
/// let page = ListObjectsV1Result {
///     name: "b".into(),
///     contents: vec![Object { key: "a b".into(), ..Object::default() }],
///     is_truncated: true,
///     ..ListObjectsV1Result::default()
/// };
/// let body = page.clone().encode_url().encode();
/// assert!(body.contains("<Key>a%20b</Key>"));
/// assert_eq!(ListObjectsV1Result::decode(body.as_bytes())?.decode_url()?, page);
/// assert_eq!(page.next_page(), Some("a b"));
/// # Ok::<(), r2_xml::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListObjectsV1Result {
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
    /// The key after which this page was to begin, or empty.
    pub marker: String,
    /// The last key or prefix of a page that is not the last. R2 always writes it then; AWS only
    /// with a delimiter.
    pub next_marker: Option<String>,
    /// The number of entries that was asked for. R2 echoes it even above 1,000.
    pub max_keys: Option<u32>,
    /// How keys, prefixes, delimiter and markers are written.
    pub encoding_type: Option<EncodingType>,
}

impl ListObjectsV1Result {
    /// The marker to send for the next page, if there is one: what the server says, or the
    /// greatest name of this page.
    ///
    /// Names must be plain: see [`ListObjectsV1Result::decode_url`].
    #[must_use]
    pub fn next_page(&self) -> Option<&str> {
        if !self.is_truncated {
            return None;
        }
        non_empty(self.next_marker.as_ref()).or_else(|| self.greatest_name())
    }

    fn greatest_name(&self) -> Option<&str> {
        let key = self.contents.last().map(|object| object.key.as_str());
        key.max(self.common_prefixes.last().map(String::as_str))
    }

    /// Makes all names plain, if [`ListObjectsV1Result::encoding_type`] says they are encoded.
    ///
    /// Prefix, delimiter and marker only repeat the request, and some servers do not encode them:
    /// trust the request's own.
    ///
    /// # Errors
    /// As [`crate::url::decode`], for a key or a common prefix.
    pub fn decode_url(mut self) -> Result<Self, Error> {
        if let Some(EncodingType::Url) = self.encoding_type.take() {
            decode_names(self.names())?;
            decode_echoes(self.echoes());
            // Ceph 16 leaves the next marker plain. Decoding a plain one would lose keys.
            if self.next_marker.as_deref() != self.greatest_name() {
                decode_echoes(&mut self.next_marker);
            }
        }
        Ok(self)
    }

    /// Percent-encodes all names and says so, unless they are encoded already.
    #[must_use]
    pub fn encode_url(mut self) -> Self {
        if self.encoding_type.is_none() {
            encode_names(self.names());
            encode_names(self.echoes());
            encode_names(&mut self.next_marker);
            self.encoding_type = Some(EncodingType::Url);
        }
        self
    }

    /// Names of this page.
    fn names(&mut self) -> impl Iterator<Item = &mut String> {
        self.contents.iter_mut().map(|object| &mut object.key).chain(&mut self.common_prefixes)
    }

    /// Names of the request.
    fn echoes(&mut self) -> impl Iterator<Item = &mut String> {
        [&mut self.prefix, &mut self.marker].into_iter().chain(&mut self.delimiter)
    }
}

impl Document for ListObjectsV1Result {
    const ROOT: &'static str = "ListBucketResult";
    const BYTES_MAX: usize = PAGE_BYTES_MAX;
}

impl Codec for ListObjectsV1Result {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let at = cursor.element();
        let mut page = Self::default();
        let (mut name, mut is_truncated, mut prefix) = (None, None, None);
        let (mut marker, mut encoding_type) = (None, None);
        while let Some(element) = cursor.child()? {
            match element {
                "Contents" => cursor.push(&mut page.contents, PAGE_ENTRIES_MAX, Object::read)?,
                "CommonPrefixes" => read_common_prefixes(cursor, &mut page.common_prefixes)?,
                "Name" => cursor.once(&mut name, Cursor::string)?,
                "IsTruncated" => cursor.once(&mut is_truncated, Cursor::boolean)?,
                "Prefix" => cursor.once(&mut prefix, Cursor::string)?,
                "Delimiter" => cursor.once(&mut page.delimiter, Cursor::string)?,
                "Marker" => cursor.once(&mut marker, Cursor::string)?,
                "NextMarker" => cursor.once(&mut page.next_marker, Cursor::string)?,
                "MaxKeys" => cursor.once(&mut page.max_keys, Cursor::number)?,
                "EncodingType" => cursor.once(&mut encoding_type, EncodingType::read)?,
                _ => cursor.other(element)?,
            }
        }
        page.name = name.unwrap_or_default();
        page.is_truncated = is_truncated.ok_or_else(|| missing(at, Self::ROOT, "IsTruncated"))?;
        page.prefix = prefix.unwrap_or_default();
        page.marker = marker.unwrap_or_default();
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
        writer.text("Marker", &self.marker);
        writer.text_if("NextMarker", self.next_marker.as_deref());
        writer.value_if("MaxKeys", self.max_keys);
        EncodingType::write(self.encoding_type, writer);
    }
}
