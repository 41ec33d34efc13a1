//! Making, removing, finding and listing buckets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{StatusCode, header};
use r2_transport::Body;
use r2_xml::{
    Bucket, CreateBucketConfiguration, Document as _, ErrorCode, ListBucketsResult, Owner,
};

use super::answer::{self, Answer};
use super::core::{Call, Halt, Service, open_bucket};
use super::intake::small_body;
use super::lifecycle::{Rules, default_configuration};
use super::list_objects::read_max_keys;
use crate::limits::PAGE_ENTRIES_MAX;
use crate::protocol::{Refusal, check_bucket_name, timestamp};
use crate::store::{BucketRecord, Counter, Snapshot, StoreError, Txn, Visit};

/// Places a bucket can be asked to be near (Cloudflare's data location page).
const HINTS: [&str; 6] = ["wnam", "enam", "weur", "eeur", "apac", "oc"];

impl Service {
    pub(crate) async fn head_bucket(&self, call: &Call) -> Result<Answer, Refusal> {
        self.bucket(&call.head.bucket).await?;
        let mut answer = answer::empty(StatusCode::OK);
        answer::set_text(&mut answer, "x-amz-bucket-region", "auto");
        Ok(answer)
    }

    pub(crate) async fn create_bucket(&self, call: Call, body: Body) -> Result<Answer, Refusal> {
        let bytes = small_body(self, &call, body).await?;
        let location = if bytes.is_empty() { None } else { read_location(&bytes)? };
        self.make_bucket(&call.head.bucket, location, call.now).await?;
        let mut answer = answer::empty(StatusCode::OK);
        answer::set(&mut answer, header::LOCATION, &format!("/{}", call.head.bucket));
        Ok(answer)
    }

    /// Makes a bucket with the rule that every new one has.
    pub(crate) async fn make_bucket(
        &self,
        name: &str,
        location: Option<String>,
        now: u64,
    ) -> Result<(), Refusal> {
        check_bucket_name(name)?;
        let name = name.to_owned();
        self.change(move |txn| {
            if txn.bucket(&name)?.is_some() {
                return Err(Refusal::new(
                    ErrorCode::BucketConflict,
                    "The bucket you are trying to create already exists, and you own it.",
                )
                .into());
            }
            // A name keeps the place of its first bucket (Cloudflare's data location page).
            let location = place(txn.first_place(&name, place_number(location.as_deref()))?);
            let id = txn.next(Counter::Bucket)?;
            let id = u32::try_from(id).map_err(|_| StoreError::corrupt("too many buckets"))?;
            let lifecycle = Some(default_configuration());
            let bucket = BucketRecord {
                id,
                created: now,
                location,
                cors: None,
                lifecycle,
                locks: Vec::new(),
            };
            Ok(txn.put_bucket(&name, &bucket)?)
        })
        .await
    }

    pub(crate) async fn delete_bucket(&self, call: Call) -> Result<Answer, Refusal> {
        let (name, now) = (call.bucket(), call.now);
        self.change(move |txn| {
            let bucket = open_bucket(txn.bucket(&name)?)?;
            let gone = expired_keys(txn, bucket.id(), &bucket.rules, now)?;
            let Some(gone) = gone else {
                return Err(Refusal::new(
                    ErrorCode::BucketNotEmpty,
                    "The bucket you tried to delete is not empty.",
                )
                .into());
            };
            for key in gone {
                txn.remove_object(bucket.id(), &key)?;
            }
            for (key, number) in txn.uploads(bucket.id())? {
                txn.remove_upload(bucket.id(), &key, number)?;
            }
            Ok(txn.remove_bucket(&name)?)
        })
        .await?;
        Ok(answer::empty(StatusCode::NO_CONTENT))
    }

    pub(crate) async fn list_buckets(&self, call: &Call) -> Result<Answer, Refusal> {
        // R2 takes its own headers before the parameters (Cloudflare's Extensions page).
        let get = |name: &str| {
            let header = call.head.text(&format!("cf-{name}"));
            header.or_else(|| call.head.query.get(name)).map(str::to_owned)
        };
        let max_keys = read_max_keys(get("max-keys").as_deref())?;
        let (prefix, start_after) = (get("prefix"), get("start-after"));
        let token = get("continuation-token");
        let after = match &token {
            Some(token) => BASE64.decode(token).ok().and_then(|name| String::from_utf8(name).ok()),
            None => None,
        };
        if token.is_some() && after.is_none() {
            return Err(Refusal::invalid_argument("The continuation token provided is incorrect"));
        }
        let search = Search {
            prefix: prefix.clone().unwrap_or_default(),
            after: after.max(start_after.clone()).unwrap_or_default(),
            count_max: usize::try_from(max_keys).unwrap_or(usize::MAX).min(PAGE_ENTRIES_MAX),
        };
        let (buckets, is_truncated) = self.read(move |snapshot| search.run(snapshot)).await?;
        let next = buckets.last().filter(|_| is_truncated).map(|(name, _)| BASE64.encode(name));
        let key_count = u32::try_from(buckets.len()).unwrap_or(u32::MAX);
        let listed = buckets.into_iter().map(|(name, created)| Bucket {
            name,
            creation_date: Some(timestamp(created)),
            bucket_region: None,
        });
        let mut answer = answer::document(&ListBucketsResult {
            buckets: listed.collect(),
            owner: Some(Owner::account(&self.account_id)),
            is_truncated: Some(is_truncated),
            next_continuation_token: next.clone(),
            prefix,
            start_after,
            key_count: Some(key_count),
            continuation_token: token,
            max_keys: Some(max_keys),
        });
        answer::set_text(&mut answer, "cf-is-truncated", &is_truncated.to_string());
        if let Some(next) = next {
            answer::set_text(&mut answer, "cf-next-continuation-token", &next);
        }
        Ok(answer)
    }
}

struct Search {
    prefix: String,
    after: String,
    count_max: usize,
}

impl Search {
    fn run(&self, snapshot: &Snapshot<'_>) -> Result<(Vec<(String, u64)>, bool), Halt> {
        let (mut found, mut is_truncated) = (Vec::new(), false);
        let from = self.prefix.as_str().max(&self.after);
        snapshot.buckets(from, |name, bucket| {
            if name == self.after {
                return Visit::Next;
            }
            if !name.starts_with(&self.prefix) {
                return Visit::Stop;
            }
            is_truncated = found.len() == self.count_max;
            if is_truncated {
                return Visit::Stop;
            }
            found.push((name.to_owned(), bucket.created));
            Visit::Next
        })?;
        Ok((found, is_truncated))
    }
}

/// The location a bucket is asked to be near, in upper case as R2 answers it.
fn read_location(bytes: &[u8]) -> Result<Option<String>, Refusal> {
    let document =
        CreateBucketConfiguration::decode(bytes).map_err(|_| Refusal::malformed_xml())?;
    let location = document.location_constraint.unwrap_or_default();
    let lower = location.to_ascii_lowercase();
    match lower.as_str() {
        "" | "auto" | "us-east-1" => Ok(None),
        hint if HINTS.contains(&hint) => Ok(Some(location.to_ascii_uppercase())),
        _ => Err(Refusal::new(
            ErrorCode::InvalidLocationConstraint,
            "The specified location constraint is not valid.",
        )),
    }
}

/// A place as a number: 0 for none.
fn place_number(location: Option<&str>) -> u64 {
    let named = |location: &str| HINTS.iter().position(|hint| hint.eq_ignore_ascii_case(location));
    location.and_then(named).map_or(0, |index| index as u64 + 1)
}

fn place(number: u64) -> Option<String> {
    let index = usize::try_from(number.checked_sub(1)?).ok()?;
    HINTS.get(index).map(|hint| hint.to_ascii_uppercase())
}

/// The keys of a bucket in which everything has expired; `None` when something has not.
fn expired_keys(
    txn: &Txn<'_>,
    bucket: u32,
    rules: &Rules,
    now: u64,
) -> Result<Option<Vec<String>>, StoreError> {
    let (mut gone, mut is_empty) = (Vec::new(), true);
    txn.objects(bucket, |key, object| {
        is_empty = !rules.keeps(key, object.modified, now);
        if !is_empty {
            return Visit::Stop;
        }
        gone.push(key.to_owned());
        Visit::Next
    })?;
    Ok(is_empty.then_some(gone))
}
