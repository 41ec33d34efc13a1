//! DeleteObject and DeleteObjects.

use http::StatusCode;
use r2_transport::Body;
use r2_xml::{Delete, DeleteError, DeleteResult, DeletedObject, ErrorCode, RequestDocument as _};

use super::answer::{self, Answer};
use super::core::{Call, Halt, OpenBucket, Service, open_bucket};
use super::intake::small_body;
use crate::limits::DELETE_KEYS_MAX;
use crate::protocol::{Key, Refusal, unix_ms};
use crate::store::Txn;

impl Service {
    /// 204 also for a key that is not there.
    pub(crate) async fn delete_object(&self, call: Call) -> Result<Answer, Refusal> {
        let key = call.key(&self.switches)?;
        self.keep_pace(&call.head.bucket, &key, call.now)?;
        let (name, now) = (call.bucket(), unix_ms(self.clock.now()));
        self.change(move |txn| {
            let bucket = open_bucket(txn.bucket(&name)?)?;
            check_lock(txn, &bucket, &key.identity, now)?;
            txn.remove_object(bucket.id(), &key.identity)?;
            Ok(())
        })
        .await?;
        Ok(answer::empty(StatusCode::NO_CONTENT))
    }

    /// Up to 1,000 keys in one change. `Quiet` is read and has no effect, as on R2.
    pub(crate) async fn delete_objects(&self, call: Call, body: Body) -> Result<Answer, Refusal> {
        let name = call.bucket();
        self.bucket(&name).await?;
        let bytes = small_body(self, &call, body).await?;
        let request = Delete::decode_strict(&bytes).map_err(|_| Refusal::malformed_xml())?;
        if request.objects.is_empty() || request.objects.len() > DELETE_KEYS_MAX {
            return Err(Refusal::malformed_xml());
        }
        if self.switches.delete_objects_fail_above.is_some_and(|max| request.objects.len() > max) {
            return Err(Refusal::internal_error());
        }
        let mut result = DeleteResult::default();
        let mut keys = Vec::with_capacity(request.objects.len());
        for object in request.objects {
            let key = Key::new(&object.key, self.switches.key_identity);
            match key.and_then(|key| call.who.check_key(&key).map(|()| key)) {
                Ok(key) => {
                    keys.push((key.identity, object.key));
                }
                Err(refusal) => result.errors.push(failed(object.key, &refusal)),
            }
        }
        let now = unix_ms(self.clock.now());
        let ended = self.change(move |txn| {
            let bucket = open_bucket(txn.bucket(&name)?)?;
            let mut ended = Vec::with_capacity(keys.len());
            for (key, written) in keys {
                let lock = match check_lock(txn, &bucket, &key, now) {
                    Err(Halt::Refused(refusal)) => Some(refusal),
                    other => other.map(|()| None)?,
                };
                if lock.is_none() {
                    txn.remove_object(bucket.id(), &key)?;
                }
                ended.push((written, lock));
            }
            Ok(ended)
        });
        for (key, lock) in ended.await? {
            match lock {
                Some(refusal) => result.errors.push(failed(key, &refusal)),
                None => result.deleted.push(DeletedObject { key, ..deleted() }),
            }
        }
        Ok(answer::document(&result))
    }
}

/// Refuses to delete what a lock of the bucket keeps.
fn check_lock(txn: &Txn<'_>, bucket: &OpenBucket, key: &str, now: u64) -> Result<(), Halt> {
    if bucket.record.locks.is_empty() {
        return Ok(());
    }
    let current = bucket.rules.seen(key, txn.object(bucket.id(), key)?, now);
    Ok(bucket.rules.locks.check(key, current.as_ref(), now)?)
}

fn deleted() -> DeletedObject {
    DeletedObject {
        key: String::new(),
        version_id: None,
        delete_marker: None,
        delete_marker_version_id: None,
    }
}

fn failed(key: String, refusal: &Refusal) -> DeleteError {
    let document = refusal.document();
    let code: ErrorCode = document.code.clone();
    DeleteError { key, version_id: None, code, message: document.message.clone() }
}
