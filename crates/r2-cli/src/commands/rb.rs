//! `r2 rb`: removes a bucket.

use futures_util::{StreamExt as _, TryStreamExt as _};
use r2_multipart::{AbortMultipartUpload, ListMultipartUploads};
use r2_objects::{BucketName, CostClass};
use serde_json::json;

use super::bill::Bill;
use super::context::Context;
use super::selected::{Wanted, objects};
use super::uploads;
use crate::address::Remote;
use crate::args::{RemoveBucket, Selection};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::human;

/// Keys of one round.
const BATCH_KEYS: usize = 700;

/// Removes the bucket, with `--force` after everything in it.
pub(crate) async fn rb(context: &Context, wanted: &RemoveBucket) -> Result<Exit, Failure> {
    let remote = Remote::require(&wanted.address)?;
    if !remote.key.is_empty() {
        return Err(Failure::usage(format!("`{remote}` is not a bucket"))
            .hint("r2 rm --recursive removes what is below an address"));
    }
    let bucket = context.bucket(&remote)?;
    if context.global.dry_run {
        return price(context, &remote, wanted).await;
    }
    let removed = if wanted.force { empty(context, &remote, &bucket).await? } else { 0 };
    context.client.buckets().delete(&bucket).await.map_err(|error| {
        let not_empty = error.kind() == r2_objects::ErrorKind::BucketNotEmpty;
        let failure = Failure::from(error);
        if not_empty { failure.hint("--force removes what is in it first") } else { failure }
    })?;
    let fields = json!({ "bucket": remote.bucket, "objects": removed });
    context.output.done("removed", fields, || {
        format!("removed {remote} and {} in it", human::count(removed, "object"))
    })?;
    context.summary("rb", Exit::Done, json!({ "objects": removed }))
}

async fn price(context: &Context, remote: &Remote, wanted: &RemoveBucket) -> Result<Exit, Failure> {
    let mut bill = Bill::default();
    bill.add(CostClass::Free, 1);
    if wanted.force {
        let all = Wanted::below(remote, &Selection::default())?;
        let found = objects(context, remote, all)?;
        let count: u64 = found.try_fold(0, |sum, _| std::future::ready(Ok(sum + 1))).await?;
        bill.add(CostClass::Free, count.div_ceil(BATCH_KEYS as u64));
        bill.add(CostClass::A, count / 1_000 + 2);
        context.output.note(&format!("{} would be removed", human::count(count, "object")));
    }
    bill.print(context, "rb")
}

async fn empty(context: &Context, remote: &Remote, bucket: &BucketName) -> Result<u64, Failure> {
    let all = Wanted::below(remote, &Selection::default())?;
    let keys = objects(context, remote, all)?.map_ok(|object| object.key);
    let mut batches = std::pin::pin!(keys.try_chunks(BATCH_KEYS));
    let mut removed = 0;
    while let Some(keys) = batches.next().await {
        let keys = keys.map_err(|failed| failed.1)?;
        let outcome = context.client.objects().delete_objects(bucket, keys).await?;
        removed += outcome.deleted.len() as u64;
        if let Some(failed) = outcome.failed.first() {
            let what = format!("cannot remove r2://{bucket}/{}: {}", failed.key, failed.message);
            return Err(Failure::new(Exit::Partial, what));
        }
    }
    let mut unfinished =
        std::pin::pin!(uploads::pages(&context.client, ListMultipartUploads::new(bucket.clone())));
    while let Some(page) = unfinished.next().await {
        for upload in page?.uploads {
            let abort = AbortMultipartUpload::new(bucket.clone(), upload.key, upload.upload_id);
            context.client.send(abort).await?;
        }
    }
    Ok(removed)
}
