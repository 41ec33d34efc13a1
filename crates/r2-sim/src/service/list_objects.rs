//! ListObjects, version 1 and 2.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use r2_xml::{EncodingType, ListObjectsV1Result, ListObjectsV2Result, Object, Owner};

use super::answer::{self, Answer};
use super::core::{Call, Halt, OpenBucket, Service, open_bucket};
use crate::limits::PAGE_ENTRIES_MAX;
use crate::protocol::{Operation, Query, Refusal, is_exempt, normalized, timestamp};
use crate::store::{ObjectRecord, Snapshot, Step, StoreError, decode_object};
use crate::switches::KeyIdentity;

const V1_PARAMETERS: [&str; 5] = ["delimiter", "encoding-type", "marker", "max-keys", "prefix"];
const V2_PARAMETERS: [&str; 8] = [
    "list-type",
    "delimiter",
    "encoding-type",
    "max-keys",
    "prefix",
    "continuation-token",
    "fetch-owner",
    "start-after",
];

/// Where a page begins.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Cursor {
    /// After this key.
    Key(String),
    /// After every key that begins with this.
    Group(String),
}

impl Cursor {
    /// The first key that may be on the page.
    fn from(&self) -> Vec<u8> {
        match self {
            Cursor::Key(key) => [key.as_bytes(), &[0]].concat(),
            Cursor::Group(prefix) => after_prefix(prefix),
        }
    }

    /// The token of R2 is opaque; ours is the cursor in base64.
    fn token(&self) -> String {
        BASE64.encode(match self {
            Cursor::Key(key) => format!("k{key}"),
            Cursor::Group(prefix) => format!("g{prefix}"),
        })
    }

    fn parse(token: &str) -> Option<Cursor> {
        let text = String::from_utf8(BASE64.decode(token).ok()?).ok()?;
        let mut chars = text.chars();
        match chars.next()? {
            'k' => Some(Cursor::Key(chars.as_str().to_owned())),
            'g' => Some(Cursor::Group(chars.as_str().to_owned())),
            _ => None,
        }
    }

    fn name(&self) -> &str {
        let (Cursor::Key(name) | Cursor::Group(name)) = self;
        name
    }
}

/// The first key above all that begin with `prefix`: no byte of UTF-8 is 255.
fn after_prefix(prefix: &str) -> Vec<u8> {
    let mut bytes = prefix.as_bytes().to_vec();
    if let Some(last) = bytes.last_mut() {
        *last += 1;
    }
    bytes
}

/// What is to be listed, in the form in which keys are compared.
#[derive(Clone, Debug)]
struct Selection {
    prefix: String,
    delimiter: String,
    /// Starts, the latest of which counts.
    starts: Vec<Cursor>,
    /// Version 1: a group that a marker named was on the page before.
    seen_group: Option<String>,
    count_max: usize,
    now: u64,
}

/// What was found.
#[derive(Debug, Default)]
struct Page {
    objects: Vec<(String, ObjectRecord)>,
    groups: Vec<String>,
    is_truncated: bool,
    last: Option<Cursor>,
}

impl Selection {
    fn run(&self, snapshot: &Snapshot<'_>, bucket: &OpenBucket) -> Result<Page, StoreError> {
        let starts = self.starts.iter().map(Cursor::from);
        let from = starts.max().unwrap_or_default().max(self.prefix.as_bytes().to_vec());
        let mut page = Page::default();
        snapshot.objects(bucket.id(), &from, |key, row| self.visit(&mut page, bucket, key, row))?;
        Ok(page)
    }

    fn visit(
        &self,
        page: &mut Page,
        bucket: &OpenBucket,
        key: &str,
        row: &[u8],
    ) -> Result<Step, StoreError> {
        let Some(rest) = key.strip_prefix(&self.prefix) else { return Ok(Step::Stop) };
        let found = (!self.delimiter.is_empty()).then(|| rest.find(&self.delimiter)).flatten();
        let group = found.and_then(|at| key.get(..self.prefix.len() + at + self.delimiter.len()));
        if let Some(group) = group.filter(|group| self.seen_group.as_deref() == Some(*group)) {
            return Ok(Step::Seek(after_prefix(group)));
        }
        let object = decode_object(row)?;
        let Some(object) = bucket.rules.seen(key, Some(object), self.now) else {
            return Ok(Step::Next);
        };
        if page.objects.len() + page.groups.len() == self.count_max {
            page.is_truncated = true;
            return Ok(Step::Stop);
        }
        match group {
            Some(group) => {
                page.groups.push(group.to_owned());
                page.last = Some(Cursor::Group(group.to_owned()));
                Ok(Step::Seek(after_prefix(group)))
            }
            None => {
                page.last = Some(Cursor::Key(key.to_owned()));
                page.objects.push((key.to_owned(), object));
                Ok(Step::Next)
            }
        }
    }
}

/// A listing as the request spells it.
struct Wish {
    version: Version,
    encoding: Option<EncodingType>,
    max_keys: u32,
    prefix: String,
    delimiter: Option<String>,
    marker: String,
    token: Option<String>,
    start_after: Option<String>,
    owner: Option<Owner>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Version {
    V1,
    V2,
}

impl Wish {
    fn read(version: Version, query: &Query, account_id: &str) -> Result<Wish, Refusal> {
        check_parameters(version, query)?;
        let get = |name: &str| query.get(name).map(str::to_owned);
        let has_owner = version == Version::V1 || query.get("fetch-owner") == Some("true");
        Ok(Wish {
            version,
            encoding: read_encoding(query)?,
            max_keys: read_max_keys(query.get("max-keys"))?,
            prefix: get("prefix").unwrap_or_default(),
            delimiter: get("delimiter"),
            marker: get("marker").unwrap_or_default(),
            token: get("continuation-token"),
            start_after: get("start-after"),
            owner: has_owner.then(|| Owner::account(account_id)),
        })
    }

    fn selection(&self, rule: KeyIdentity, now: u64) -> Result<Selection, Refusal> {
        let identity = |text: &str| normalized(text, rule).into_owned();
        let mut starts = Vec::new();
        let (key, seen_group) = match self.version {
            Version::V1 => (Some(&self.marker), Some(&self.marker)),
            Version::V2 => (self.start_after.as_ref(), None),
        };
        starts.extend(key.filter(|key| !key.is_empty()).map(|key| Cursor::Key(identity(key))));
        if let Some(token) = self.token.as_ref().filter(|token| !token.is_empty()) {
            starts.push(Cursor::parse(token).ok_or_else(|| {
                Refusal::invalid_argument("The continuation token provided is incorrect")
            })?);
        }
        Ok(Selection {
            prefix: identity(&self.prefix),
            delimiter: self.delimiter.clone().unwrap_or_default(),
            starts,
            seen_group: seen_group.filter(|group| !group.is_empty()).map(|group| identity(group)),
            count_max: usize::try_from(self.max_keys).unwrap_or(usize::MAX).min(PAGE_ENTRIES_MAX),
            now,
        })
    }

    fn answer(self, bucket: String, page: Page) -> Answer {
        let key_count = u32::try_from(page.objects.len() + page.groups.len()).unwrap_or(u32::MAX);
        let next = page.last.filter(|_| page.is_truncated);
        let objects = page.objects.into_iter();
        let contents = objects.map(|(key, object)| entry(key, object, &self.owner)).collect();
        match self.version {
            Version::V1 => {
                let result = ListObjectsV1Result {
                    name: bucket,
                    contents,
                    is_truncated: page.is_truncated,
                    common_prefixes: page.groups,
                    prefix: self.prefix,
                    delimiter: self.delimiter,
                    marker: self.marker,
                    next_marker: next.map(|cursor| cursor.name().to_owned()),
                    max_keys: Some(self.max_keys),
                    encoding_type: None,
                };
                let is_plain = self.encoding.is_none();
                answer::document(&if is_plain { result } else { result.encode_url() })
            }
            Version::V2 => {
                let result = ListObjectsV2Result {
                    name: bucket,
                    contents,
                    is_truncated: page.is_truncated,
                    common_prefixes: page.groups,
                    prefix: self.prefix,
                    delimiter: self.delimiter,
                    start_after: self.start_after,
                    continuation_token: self.token,
                    next_continuation_token: next.map(|cursor| cursor.token()),
                    max_keys: Some(self.max_keys),
                    key_count: Some(key_count),
                    encoding_type: None,
                };
                let is_plain = self.encoding.is_none();
                answer::document(&if is_plain { result } else { result.encode_url() })
            }
        }
    }
}

impl Service {
    pub(crate) async fn list_objects(
        &self,
        operation: Operation,
        call: &Call,
    ) -> Result<Answer, Refusal> {
        let version = match operation {
            Operation::ListObjectsV1 => Version::V1,
            _ => Version::V2,
        };
        let wish = Wish::read(version, &call.head.query, &self.account_id)?;
        call.who.check_listing(&normalized(&wish.prefix, self.switches.key_identity))?;
        let selection = wish.selection(self.switches.key_identity, call.now)?;
        let name = call.bucket();
        let page = self
            .read(move |snapshot| -> Result<Page, Halt> {
                let bucket = open_bucket(snapshot.bucket(&name)?)?;
                Ok(selection.run(snapshot, &bucket)?)
            })
            .await?;
        Ok(wish.answer(call.bucket(), page))
    }
}

fn entry(key: String, object: ObjectRecord, owner: &Option<Owner>) -> Object {
    Object {
        key: object.spelling.unwrap_or(key),
        size: object.size,
        last_modified: timestamp(object.modified),
        etag: Some(answer::quoted(&object.etag)),
        storage_class: Some(object.class),
        owner: owner.clone(),
        checksum_algorithms: Vec::new(),
        checksum_type: None,
    }
}

fn check_parameters(version: Version, query: &Query) -> Result<(), Refusal> {
    let (operation, known) = match version {
        Version::V1 => ("ListObjectsV1", &V1_PARAMETERS[..]),
        Version::V2 => ("ListObjectsV2", &V2_PARAMETERS[..]),
    };
    if version == Version::V1 && query.has("continuation-token") {
        let message = "continuation-token not supported in ListObjects";
        return Err(Refusal::invalid_argument(message));
    }
    match query.names().find(|name| !is_exempt(name) && !known.contains(name)) {
        None => Ok(()),
        Some(name) => {
            Err(Refusal::not_implemented(format_args!("{operation} search parameter {name}")))
        }
    }
}

/// `encoding-type`: `url` or nothing.
pub(crate) fn read_encoding(query: &Query) -> Result<Option<EncodingType>, Refusal> {
    match query.get("encoding-type") {
        None => Ok(None),
        Some("url") => Ok(Some(EncodingType::Url)),
        Some(other) => {
            Err(Refusal::not_implemented(format_args!("Unrecognized encoding-type \"{other}\"")))
        }
    }
}

/// `max-keys`: fractions are floored, 0 is allowed, above 1,000 is clamped where it counts. What is
/// a number is JavaScript's affair, in which R2 is written: `1e2` is one.
pub(crate) fn read_max_keys(text: Option<&str>) -> Result<u32, Refusal> {
    let Some(text) = text.map(str::trim) else { return Ok(1000) };
    let number = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    // Rust's numbers have names besides, as `inf`, which JavaScript's `Infinity` is not allowed.
    let value = text.bytes().all(number).then(|| text.parse::<f64>().ok()).flatten();
    let value = value.filter(|value| value.is_finite() && *value >= 0.0);
    // Without a fraction its text is an integer's, unless it is beyond all that matter.
    let whole = value.ok_or_else(Refusal::invalid_max_keys)?.abs().floor();
    Ok(whole.to_string().parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_keys() {
        for (text, expected) in [
            (None, Some(1000)),
            (Some("0"), Some(0)),
            (Some("2.7"), Some(2)),
            (Some("5000"), Some(5000)),
            (Some(""), None),
            (Some("-1"), None),
            (Some("ten"), None),
            (Some("1."), Some(1)),
            (Some("1e2"), Some(100)),
            (Some(" +7 "), Some(7)),
            (Some("-0"), Some(0)),
            (Some("1e12"), Some(u32::MAX)),
            (Some("Infinity"), None),
            (Some("inf"), None),
            (Some("e1"), None),
        ] {
            assert_eq!(read_max_keys(text).ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn cursors_travel_as_tokens() {
        for cursor in [Cursor::Key("a/😀".to_owned()), Cursor::Group("a/".to_owned())] {
            assert_eq!(Cursor::parse(&cursor.token()), Some(cursor));
        }
        assert_eq!(Cursor::parse("eA=="), None);
        assert_eq!(Cursor::parse("*"), None);
        assert_eq!(Cursor::parse(""), None);
        assert_eq!(Cursor::Group("a/".to_owned()).from(), b"a0");
        assert_eq!(Cursor::Key("a".to_owned()).from(), b"a\0");
    }
}
