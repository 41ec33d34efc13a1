//! PutObject, and POST on a key, which R2 takes for the same.

use http::{StatusCode, header};
use r2_transport::Body;

use super::answer::{self, Answer};
use super::core::{Call, Service, open_bucket};
use super::object::{
    NewObject, describe_checksum, describe_expiry, describe_sse, full_checksum, md5_etag, state,
};
use crate::protocol::{Conditions, Operation, Refusal, unix_ms};
use crate::store::ObjectRecord;
use crate::switches::Presence;

impl Service {
    pub(crate) async fn put_object(&self, call: Call, body: Body) -> Result<Answer, Refusal> {
        let key = call.key(&self.switches)?;
        let new = NewObject::read(&call.head.headers, &self.switches)?;
        let conditions = Conditions::read(&call.head.headers, "");
        self.ensure_bucket(&call).await?;
        self.keep_pace(&call.head.bucket, &key, call.now)?;
        let arrived = self.take_in(&call, body, None, new.sse.as_ref()).await?;

        let mut object = ObjectRecord {
            spelling: key.spelling,
            size: arrived.body.length,
            etag: md5_etag(&arrived.digests),
            version: self.ids.version(),
            sse_key_md5: new.sse_key_md5(),
            headers: new.headers,
            class: new.class.to_owned(),
            checksum: full_checksum(arrived.checked, &arrived.digests),
            ..ObjectRecord::default()
        };
        let (name, key, now) = (call.bucket(), key.identity, unix_ms(self.clock.now()));
        let (object, expiry) = self
            .change(move |txn| {
                let bucket = open_bucket(txn.bucket(&name)?)?;
                let current = bucket.rules.seen(&key, txn.object(bucket.id(), &key)?, now);
                conditions.check_write(state(current.as_ref()))?;
                bucket.rules.locks.check(&key, current.as_ref(), now)?;
                object.modified = now;
                object.segments = txn.adopt(arrived.body)?;
                txn.put_object(bucket.id(), &key, &object)?;
                let expiry = bucket.rules.expiry(&key, now);
                Ok((object, expiry))
            })
            .await?;

        let mut answer = answer::empty(StatusCode::OK);
        answer::set(&mut answer, header::ETAG, &answer::quoted(&object.etag));
        self.name_version(&mut answer, &object.version);
        describe_sse(&mut answer, object.sse_key_md5.as_deref());
        describe_expiry(&mut answer, expiry.as_ref());
        if let Some(checksum) = &object.checksum {
            describe_checksum(&mut answer, checksum);
        }
        Ok(answer)
    }

    /// R2 names a version on PutObject and CopyObject, though it has none to read.
    pub(crate) fn name_version(&self, answer: &mut Answer, version: &str) {
        if self.switches.version_id == Presence::Send {
            answer::set_text(answer, "x-amz-version-id", version);
        }
    }

    /// Refuses a write into a bucket that does not exist before its body is read, or makes the
    /// bucket when the request asks for that.
    pub(crate) async fn ensure_bucket(&self, call: &Call) -> Result<(), Refusal> {
        let found = self.bucket(&call.head.bucket).await;
        if found.is_ok() || call.head.text("cf-create-bucket-if-missing") != Some("true") {
            return found.map(drop);
        }
        call.who.check(Operation::CreateBucket, Some(&call.head.bucket))?;
        self.make_bucket(&call.head.bucket, None, call.now).await
    }
}
