//! `r2 rm`: removes objects.

use futures_util::{StreamExt as _, TryStreamExt as _};
use r2_objects::{CostClass, ObjectKey};
use serde_json::json;

use super::bill::Bill;
use super::context::Context;
use super::selected::{Wanted, objects};
use crate::address::Remote;
use crate::args::Remove;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::human;

/// Keys of one round: R2 was seen to fail above 700 keys a request (opendal#2227).
const BATCH_KEYS: usize = 700;

#[derive(Default)]
struct Removed {
    objects: u64,
    failed: u64,
}

/// Removes every address; goes on after one that fails.
pub(crate) async fn rm(context: &Context, wanted: &Remove) -> Result<Exit, Failure> {
    let mut bill = Bill::default();
    let mut removed = Removed::default();
    for address in &wanted.addresses {
        let remote = Remote::require(address)?;
        if wanted.recursive || remote.is_pattern() {
            let selected = Wanted::below(&remote, &wanted.selection)?;
            many(context, &remote, selected, &mut bill, &mut removed).await?;
        } else {
            let (_, key) = context.object(&remote).map_err(|failure| {
                failure.hint("add --recursive to remove everything below an address")
            })?;
            batch(context, &remote, vec![key], &mut bill, &mut removed).await?;
        }
    }
    if context.global.dry_run {
        return bill.print(context, "rm");
    }
    let exit = match (removed.objects, removed.failed) {
        (_, 0) => Exit::Done,
        (0, _) => Exit::Failed,
        _ => Exit::Partial,
    };
    context.output.note(&format!("removed {}", human::count(removed.objects, "object")));
    context.summary("rm", exit, json!({ "objects": removed.objects, "failed": removed.failed }))
}

async fn many(
    context: &Context,
    remote: &Remote,
    selected: Wanted,
    bill: &mut Bill,
    removed: &mut Removed,
) -> Result<(), Failure> {
    let keys = objects(context, remote, selected)?.map_ok(|object| object.key);
    let mut batches = std::pin::pin!(keys.try_chunks(BATCH_KEYS));
    while let Some(keys) = batches.next().await {
        let keys = keys.map_err(|failed| failed.1)?;
        batch(context, remote, keys, bill, removed).await?;
    }
    Ok(())
}

async fn batch(
    context: &Context,
    remote: &Remote,
    keys: Vec<ObjectKey>,
    bill: &mut Bill,
    removed: &mut Removed,
) -> Result<(), Failure> {
    let bucket = context.bucket(remote)?;
    if context.global.dry_run {
        bill.add(CostClass::Free, 1);
        for key in &keys {
            show(context, remote, key, "would remove")?;
        }
        return Ok(());
    }
    if let [key] = keys.as_slice() {
        context.client.objects().delete(&bucket, key).await?;
        removed.objects += 1;
        return show(context, remote, key, "removed");
    }
    let outcome = context.client.objects().delete_objects(&bucket, keys).await?;
    for key in &outcome.deleted {
        removed.objects += 1;
        show(context, remote, key, "removed")?;
    }
    for failed in &outcome.failed {
        removed.failed += 1;
        let what =
            format!("cannot remove r2://{}/{}: {}", remote.bucket, failed.key, failed.message);
        context.output.failure(&Failure::new(Exit::Failed, what));
    }
    Ok(())
}

fn show(context: &Context, remote: &Remote, key: &ObjectKey, verb: &str) -> Result<(), Failure> {
    let fields = json!({ "bucket": remote.bucket, "key": key.as_str(), "action": verb });
    context.output.done("removed", fields, || {
        format!("{verb} r2://{}/{}", remote.bucket, human::name(key.as_str()))
    })
}
