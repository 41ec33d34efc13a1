//! ListMultipartUploads.

use r2_xml::{ListMultipartUploadsResult, Owner, Upload};

use super::answer::{self, Answer};
use super::core::{Call, Halt, Service, open_bucket};
use super::ids::upload_id;
use super::list_objects::{read_encoding, read_max_keys};
use crate::limits::PAGE_ENTRIES_MAX;
use crate::protocol::{Refusal, normalized, timestamp};
use crate::store::{Counter, Snapshot, UploadRecord, Visit};

/// What is to be listed.
struct Selection {
    bucket: String,
    prefix: String,
    delimiter: String,
    key_marker: String,
    upload_marker: Option<String>,
    count_max: usize,
    now: u64,
}

#[derive(Default)]
struct Page {
    uploads: Vec<(String, String, UploadRecord)>,
    groups: Vec<String>,
    is_truncated: bool,
    /// Key and upload id of the last entry; a group has no upload id.
    last: Option<(String, Option<String>)>,
}

impl Selection {
    fn run(&self, snapshot: &Snapshot<'_>) -> Result<Page, Halt> {
        let bucket = open_bucket(snapshot.bucket(&self.bucket)?)?;
        let secret = snapshot.counter(Counter::Secret)?;
        let mut page = Page::default();
        let from = self.prefix.as_bytes().max(self.key_marker.as_bytes());
        // Whether the upload that the marker names has been passed.
        let mut passed = false;
        snapshot.uploads(bucket.id(), from, |key, number, upload| {
            let Some(rest) = key.strip_prefix(&self.prefix) else { return Visit::Stop };
            if !bucket.rules.keeps_upload(key, upload.initiated, self.now) {
                return Visit::Next;
            }
            let id = upload_id(secret, number, bucket.id(), key);
            if self.is_before(key, &id, &mut passed) {
                return Visit::Next;
            }
            let found = (!self.delimiter.is_empty()).then(|| rest.find(&self.delimiter)).flatten();
            let group =
                found.and_then(|at| key.get(..self.prefix.len() + at + self.delimiter.len()));
            let is_listed = group.is_some_and(|group| {
                group == self.key_marker || page.groups.last().is_some_and(|last| last == group)
            });
            if is_listed {
                return Visit::Next;
            }
            if page.uploads.len() + page.groups.len() == self.count_max {
                page.is_truncated = true;
                return Visit::Stop;
            }
            match group {
                Some(group) => {
                    page.groups.push(group.to_owned());
                    page.last = Some((group.to_owned(), None));
                }
                None => {
                    page.last = Some((key.to_owned(), Some(id.clone())));
                    page.uploads.push((key.to_owned(), id, upload));
                }
            }
            Visit::Next
        })?;
        Ok(page)
    }

    /// Whether an upload comes before the page: keys up to the marker, except that an upload-id
    /// marker lets the later uploads of the marker's key through.
    fn is_before(&self, key: &str, id: &str, passed: &mut bool) -> bool {
        if self.key_marker.is_empty() || key > self.key_marker.as_str() {
            return false;
        }
        if key < self.key_marker.as_str() {
            return true;
        }
        let was_passed = *passed;
        *passed |= self.upload_marker.as_deref() == Some(id);
        !was_passed
    }
}

impl Service {
    pub(crate) async fn list_uploads(&self, call: &Call) -> Result<Answer, Refusal> {
        let query = &call.head.query;
        let get = |name: &str| query.get(name).filter(|text| !text.is_empty()).map(str::to_owned);
        let encoding = read_encoding(query)?;
        let max_uploads = read_max_keys(query.get("max-uploads"))?;
        let prefix = get("prefix").unwrap_or_default();
        call.who.check_listing(&normalized(&prefix, self.switches.key_identity))?;
        let (delimiter, key_marker) = (get("delimiter"), get("key-marker").unwrap_or_default());
        let upload_marker = get("upload-id-marker").filter(|_| !key_marker.is_empty());
        let identity = |text: &str| normalized(text, self.switches.key_identity).into_owned();
        let selection = Selection {
            bucket: call.bucket(),
            prefix: identity(&prefix),
            delimiter: delimiter.clone().unwrap_or_default(),
            key_marker: identity(&key_marker),
            upload_marker: upload_marker.clone(),
            count_max: usize::try_from(max_uploads).unwrap_or(usize::MAX).min(PAGE_ENTRIES_MAX),
            now: call.now,
        };
        let page = self.read(move |snapshot| selection.run(snapshot)).await?;
        let owner = Some(Owner::account(&self.account_id));
        let next = page.last.filter(|_| page.is_truncated);
        let (next_key_marker, next_upload_id_marker) = next.unzip();
        let uploads = page.uploads.into_iter().map(|(key, upload_id, upload)| {
            let (checksum_algorithm, checksum_type) = upload.checksum.unzip();
            Upload {
                key: upload.spelling.unwrap_or(key),
                upload_id,
                initiator: owner.clone(),
                owner: owner.clone(),
                storage_class: Some(upload.class),
                initiated: Some(timestamp(upload.initiated)),
                checksum_algorithm,
                checksum_type,
            }
        });
        let result = ListMultipartUploadsResult {
            bucket: call.bucket(),
            key_marker,
            upload_id_marker: upload_marker,
            next_key_marker,
            next_upload_id_marker: next_upload_id_marker.flatten(),
            delimiter,
            prefix,
            max_uploads: Some(max_uploads),
            is_truncated: page.is_truncated,
            uploads: uploads.collect(),
            common_prefixes: page.groups,
            encoding_type: None,
        };
        let encoded = if encoding.is_some() { result.encode_url() } else { result };
        Ok(answer::document(&encoded))
    }
}
