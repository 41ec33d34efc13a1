//! Before other lifecycle rules take their place, what the old ones did becomes fact.
//!
//! Rules act when somebody looks. Without this, new rules would bring back what is long gone, and
//! move to STANDARD what has left it.

use super::core::{Halt, OpenBucket, Service, open_bucket};
use super::lifecycle::Rules;
use crate::protocol::Refusal;
use crate::store::{Snapshot, Step, Txn, Visit, decode_object};

/// Rows changed in one step, so that a large bucket does not hold everybody up.
const STEP_CHANGES_MAX: usize = 1000;

/// Rows looked at in one step.
const STEP_ROWS_MAX: usize = 20_000;

/// What has to be written down.
#[derive(Debug, Default)]
struct Due {
    objects: Vec<String>,
    uploads: Vec<(String, u64)>,
    /// Where the next step begins; `None` at the end.
    next: Option<Vec<u8>>,
}

impl Service {
    /// Writes down what the rules of a bucket have done until now.
    pub(crate) async fn settle(&self, bucket: &str, now: u64) -> Result<(), Refusal> {
        let mut from = Some(Vec::new());
        while let Some(start) = from.take() {
            let name = bucket.to_owned();
            let due = self.read(move |snapshot| due(snapshot, &name, &start, now)).await?;
            from.clone_from(&due.next);
            if due.objects.is_empty() && due.uploads.is_empty() {
                continue;
            }
            let name = bucket.to_owned();
            self.change(move |txn| write(txn, &name, &due, now)).await?;
        }
        Ok(())
    }
}

fn due(snapshot: &Snapshot<'_>, name: &str, from: &[u8], now: u64) -> Result<Due, Halt> {
    let bucket = open_bucket(snapshot.bucket(name)?)?;
    let mut due = Due::default();
    if from.is_empty() && bucket.rules.abort_uploads() {
        snapshot.uploads(bucket.id(), &[], |key, number, upload| {
            if !bucket.rules.keeps_upload(key, upload.initiated, now) {
                due.uploads.push((key.to_owned(), number));
            }
            Visit::Next
        })?;
    }
    if !bucket.rules.change_objects() {
        return Ok(due);
    }
    let mut rows = 0;
    snapshot.objects(bucket.id(), from, |key, row| {
        if rows == STEP_ROWS_MAX || due.objects.len() == STEP_CHANGES_MAX {
            due.next = Some(key.as_bytes().to_vec());
            return Ok(Step::Stop);
        }
        rows += 1;
        let object = decode_object(row)?;
        let seen = bucket.rules.seen(key, Some(object.clone()), now);
        if seen.as_ref() != Some(&object) {
            due.objects.push(key.to_owned());
        }
        Ok(Step::Next)
    })?;
    Ok(due)
}

fn write(txn: &mut Txn<'_>, name: &str, due: &Due, now: u64) -> Result<(), Halt> {
    let bucket = open_bucket(txn.bucket(name)?)?;
    for (key, number) in &due.uploads {
        txn.remove_upload(bucket.id(), key, *number)?;
    }
    due.objects.iter().try_for_each(|key| write_object(txn, &bucket, key, now))
}

/// The object may have been written since.
fn write_object(txn: &mut Txn<'_>, bucket: &OpenBucket, key: &str, now: u64) -> Result<(), Halt> {
    let Some(stored) = txn.object(bucket.id(), key)? else { return Ok(()) };
    match bucket.rules.seen(key, Some(stored.clone()), now) {
        None => {
            txn.remove_object(bucket.id(), key)?;
        }
        Some(seen) if seen != stored => {
            txn.retain(&seen.segments)?;
            txn.put_object(bucket.id(), key, &seen)?;
        }
        Some(_) => {}
    }
    Ok(())
}

impl Rules {
    fn abort_uploads(&self) -> bool {
        self.iter().any(|rule| rule.abort_incomplete_multipart_upload_days.is_some())
    }

    fn change_objects(&self) -> bool {
        self.iter().any(|rule| rule.expiration.is_some() || !rule.transitions.is_empty())
    }
}
