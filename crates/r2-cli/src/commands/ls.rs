//! `r2 ls`: buckets, or what is under an address.

use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use r2_objects::{CostClass, ListBuckets, ListObjectsV2, ListedEntry, ListedObject, StorageClass};
use serde_json::{Value, json};

use super::bill::Bill;
use super::context::Context;
use super::selected::{Wanted, objects};
use crate::address::Remote;
use crate::args::List;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::human;
use crate::pattern::rules;

/// Lists.
pub(crate) async fn ls(context: &Context, wanted: &List) -> Result<Exit, Failure> {
    if context.global.dry_run {
        let mut bill = Bill::default();
        bill.add(CostClass::A, 1);
        context.output.note("one request lists up to 1,000 names; more names need more requests");
        return bill.print(context, "ls");
    }
    let Some(address) = &wanted.address else { return buckets(context).await };
    let remote = Remote::require(address)?;
    let listed = if wanted.recursive || remote.is_pattern() {
        let selected = Wanted::matching(&remote, &wanted.selection)?;
        let found = objects(context, &remote, selected)?.map_ok(ListedEntry::Object);
        print(context, wanted, found).await?
    } else {
        print(context, wanted, level(context, &remote, wanted)?).await?
    };
    context.summary("ls", Exit::Done, json!({ "objects": listed.objects, "bytes": listed.bytes }))
}

async fn buckets(context: &Context) -> Result<Exit, Failure> {
    let mut found = std::pin::pin!(context.client.buckets().list(ListBuckets::new()));
    let mut count = 0_u64;
    while let Some(bucket) = found.next().await {
        let bucket = bucket?;
        count += 1;
        let created = bucket.created.map(|at| at.to_string());
        let fields = json!({ "bucket": bucket.name.as_str(), "created": created });
        context.output.result("bucket", fields, || {
            format!("{:24}  r2://{}", created.as_deref().unwrap_or("-"), bucket.name)
        })?;
    }
    context.summary("ls", Exit::Done, json!({ "buckets": count }))
}

/// One level: objects and folders directly under the address.
fn level(
    context: &Context,
    remote: &Remote,
    wanted: &List,
) -> Result<impl Stream<Item = Result<ListedEntry, Failure>>, Failure> {
    let rules = rules(&wanted.selection)?;
    let request =
        ListObjectsV2::new(context.bucket(remote)?).prefix(remote.key.as_str()).delimiter("/");
    let entries = context.client.objects().list_entries(request).map_err(Failure::from);
    Ok(entries.try_filter(move |entry| {
        let name = match entry {
            ListedEntry::Object(object) => object.key.as_str(),
            ListedEntry::Prefix(prefix) => prefix.trim_end_matches('/'),
        };
        std::future::ready(rules.includes(name))
    }))
}

#[derive(Default)]
struct Listed {
    objects: u64,
    bytes: u64,
}

async fn print(
    context: &Context,
    wanted: &List,
    entries: impl Stream<Item = Result<ListedEntry, Failure>>,
) -> Result<Listed, Failure> {
    let mut listed = Listed::default();
    let mut entries = std::pin::pin!(entries);
    while let Some(entry) = entries.next().await {
        match entry? {
            ListedEntry::Prefix(prefix) => {
                let fields = json!({ "prefix": prefix });
                context
                    .output
                    .result("prefix", fields, || format!("{:36}{}", "", human::name(&prefix)))?;
            }
            ListedEntry::Object(object) => {
                listed.objects += 1;
                listed.bytes += object.size;
                print_object(context, wanted, &object)?;
            }
        }
    }
    Ok(listed)
}

fn print_object(context: &Context, wanted: &List, object: &ListedObject) -> Result<(), Failure> {
    let etag = object.etag.as_ref().map(r2_objects::ETag::as_str);
    let class = object.storage_class.as_ref().map(StorageClass::as_str);
    context.output.result("object", fields(object), || {
        let mut line = format!("{}  {:>10}  ", object.last_modified, human::bytes(object.size));
        if wanted.long {
            let class = class.unwrap_or("-");
            line.push_str(&format!("{:34}  {class:11}  ", etag.unwrap_or("-")));
        }
        line.push_str(&human::name(object.key.as_str()));
        line
    })
}

/// What is told of an object to those who read JSON.
pub(super) fn fields(object: &ListedObject) -> Value {
    json!({
        "key": object.key.as_str(), "size": object.size,
        "etag": object.etag.as_ref().map(r2_objects::ETag::as_str),
        "storage_class": object.storage_class.as_ref().map(StorageClass::as_str),
        "modified": object.last_modified.to_string(),
    })
}
