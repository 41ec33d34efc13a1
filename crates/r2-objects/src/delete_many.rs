//! Deleting any number of objects.

use futures_util::{StreamExt as _, stream};

use crate::client::{CallOptions, Client};
use crate::error::{Error, ErrorKind};
use crate::limits::DELETE_BATCH_KEYS;
use crate::names::{BucketName, ObjectKey};
use crate::ops::{DeleteFailure, DeleteObject, DeleteObjects, DeletedObjects, fits_xml};

/// Batches under way at one time.
const BATCHES_MAX: usize = 4;
/// Attempts at a batch that can still be halved: halving is the better second try.
const ATTEMPTS_BEFORE_HALVING: u32 = 1;

/// Deletes all keys in batches that R2 bears. Ends early only on an error that concerns all keys
/// alike; what concerns single keys is in the result.
pub(crate) async fn delete_many(
    client: &Client,
    bucket: &BucketName,
    keys: Vec<ObjectKey>,
) -> Result<DeletedObjects, Error> {
    let (batched, single): (Vec<_>, Vec<_>) = keys.into_iter().partition(fits_xml);
    let batches: Vec<Vec<ObjectKey>> =
        batched.chunks(DELETE_BATCH_KEYS).map(<[ObjectKey]>::to_vec).collect();
    let singles = single.into_iter().map(|key| vec![key]);
    let work = batches.into_iter().chain(singles);
    let mut results = stream::iter(work)
        .map(|batch| delete_batch(client, bucket, batch))
        .buffer_unordered(BATCHES_MAX);
    let mut total = DeletedObjects::default();
    while let Some(result) = results.next().await {
        let DeletedObjects { deleted, failed } = result?;
        total.deleted.extend(deleted);
        total.failed.extend(failed);
    }
    Ok(total)
}

/// One batch, halved for as long as the server fails on it.
async fn delete_batch(
    client: &Client,
    bucket: &BucketName,
    batch: Vec<ObjectKey>,
) -> Result<DeletedObjects, Error> {
    let mut total = DeletedObjects::default();
    let mut work = vec![batch];
    while let Some(mut keys) = work.pop() {
        if keys.len() == 1 {
            delete_one(client, bucket, keys.remove(0), &mut total).await?;
            continue;
        }
        match send_batch(client, bucket, &keys).await {
            Ok(result) => {
                total.deleted.extend(result.deleted);
                for failure in result.failed {
                    if may_pass(failure.kind) {
                        delete_one(client, bucket, failure.key, &mut total).await?;
                    } else {
                        total.failed.push(failure);
                    }
                }
            }
            Err(error) if error.is_retryable() => {
                let second_half = keys.split_off(keys.len() / 2);
                work.extend([second_half, keys]);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(total)
}

/// One attempt, and another one at once if the first was refused for its signature: the client has
/// meanwhile taken over the server's time, or newer credentials if there are any.
async fn send_batch(
    client: &Client,
    bucket: &BucketName,
    keys: &[ObjectKey],
) -> Result<DeletedObjects, Error> {
    let send = || {
        let options = CallOptions::new().attempts_max(ATTEMPTS_BEFORE_HALVING);
        client.send_with(DeleteObjects::new(bucket.clone(), keys.to_vec()), options)
    };
    match send().await {
        Err(error) if is_of_signature(&error) => send().await,
        result => result,
    }
}

fn is_of_signature(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::ClockSkew
        | ErrorKind::Unauthorized
        | ErrorKind::SignatureMismatch
        | ErrorKind::Expired => true,
        // the text that would say why is lost
        ErrorKind::AccessDenied => error.code().is_none(),
        _ => false,
    }
}

/// One key, with all the attempts that the policy allows.
async fn delete_one(
    client: &Client,
    bucket: &BucketName,
    key: ObjectKey,
    total: &mut DeletedObjects,
) -> Result<(), Error> {
    match client.send(DeleteObject::new(bucket.clone(), key.clone())).await {
        Ok(()) => total.deleted.push(key),
        // a lock is on this object; anything else would meet the next one as well
        Err(error) if error.kind() == ErrorKind::ObjectLocked || may_pass(error.kind()) => {
            total.failed.push(DeleteFailure::new(key, error.kind(), error.to_string()));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

fn may_pass(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Internal | ErrorKind::Unavailable | ErrorKind::TooManyRequests)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scripted, refusal, reply};

    fn keys(names: &[&str]) -> Vec<ObjectKey> {
        names.iter().map(|name| ObjectKey::new(name).unwrap()).collect()
    }

    async fn delete(script: &Scripted, names: &[&str]) -> Result<DeletedObjects, Error> {
        let bucket = BucketName::new("photos").unwrap();
        delete_many(&script.client(), &bucket, keys(names)).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_failed_in_passing_is_deleted_by_itself() {
        let partly = "<DeleteResult><Deleted><Key>a</Key></Deleted>\
            <Error><Key>b</Key><Code>InternalError</Code><Message>again</Message></Error>\
            <Error><Key>c</Key><Code>AccessDenied</Code><Message>no</Message></Error>\
            </DeleteResult>";
        let script = Scripted::new([reply(200, &[], partly), reply(204, &[], "")]);
        let result = delete(&script, &["a", "b", "c"]).await.unwrap();
        assert_eq!(result.deleted, keys(&["a", "b"]));
        assert_eq!(result.failed.len(), 1);
        assert_eq!(result.failed[0].kind, ErrorKind::AccessDenied);
        assert!(script.seen()[1].url.ends_with("/photos/b"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_key_that_xml_cannot_carry_is_deleted_by_itself() {
        let done = "<DeleteResult><Deleted><Key>a</Key></Deleted></DeleteResult>";
        let script = Scripted::new([reply(204, &[], ""), reply(200, &[], done)]);
        // one key alone needs no batch
        let result = delete(&script, &["a\0b"]).await.unwrap();
        assert_eq!(result.deleted.len(), 1);
        let requests: Vec<_> = script.seen().iter().map(|request| request.url.clone()).collect();
        assert!(requests[0].ends_with("/photos/a%00b"), "{requests:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_wrong_is_corrected_for_a_batch_as_well() {
        let skewed = "<Error><Code>RequestTimeTooSkewed</Code><Message>no</Message></Error>";
        let date = [("date", "Fri, 20 Nov 2026 18:00:00 GMT")];
        let done = "<DeleteResult><Deleted><Key>a</Key></Deleted>\
            <Deleted><Key>b</Key></Deleted></DeleteResult>";
        let script = Scripted::new([reply(403, &date, skewed), reply(200, &[], done)]);
        let result = delete(&script, &["a", "b"]).await.unwrap();
        assert_eq!(result.deleted, keys(&["a", "b"]));
        assert_eq!(script.seen()[0].header("x-amz-date"), "20261120T120000Z");
        assert_eq!(script.seen()[1].header("x-amz-date"), "20261120T180000Z");
    }

    #[tokio::test(start_paused = true)]
    async fn what_concerns_all_keys_ends_the_deletion() {
        let script = Scripted::new([refusal(404, "NoSuchBucket", "none")]);
        let error = delete(&script, &["a", "b"]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoSuchBucket);
    }

    #[tokio::test]
    async fn nothing_is_sent_for_nothing() {
        let script = Scripted::new([]);
        assert_eq!(delete(&script, &[]).await.unwrap(), DeletedObjects::default());
    }
}
