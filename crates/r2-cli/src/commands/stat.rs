//! `r2 stat`: all that is known of an object or a bucket.

use r2_objects::{CostClass, GetBucketLocation, HeadObject, ObjectInfo};
use serde_json::{Map, Value, json};

use super::bill::Bill;
use super::context::Context;
use crate::address::Remote;
use crate::args::Stat;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::human;

/// Shows each address; goes on after one that fails.
pub(crate) async fn stat(context: &Context, wanted: &Stat) -> Result<Exit, Failure> {
    if context.global.dry_run {
        let mut bill = Bill::default();
        bill.add(CostClass::B, wanted.addresses.len() as u64);
        return bill.print(context, "stat");
    }
    let mut exit = Exit::Done;
    let mut shown = 0_u64;
    for address in &wanted.addresses {
        match one(context, address).await {
            Ok(()) => shown += 1,
            Err(failure) if failure.exit() == Exit::Done => return Err(failure),
            Err(failure) => {
                context.output.failure(&failure);
                exit = failure.exit();
            }
        }
    }
    if exit != Exit::Done && shown > 0 {
        exit = Exit::Partial;
    }
    context.summary("stat", exit, json!({ "shown": shown }))
}

async fn one(context: &Context, address: &str) -> Result<(), Failure> {
    let remote = Remote::require(address)?;
    if remote.key.is_empty() {
        return bucket(context, &remote).await;
    }
    let (bucket, key) = context.object(&remote)?;
    let request = HeadObject::new(bucket, key).with_checksums();
    let info = context.client.send(request).await?.met()?;
    let fields = describe(&remote, &info);
    context.output.result("object", Value::Object(fields.clone()), || text(&remote, &fields))
}

async fn bucket(context: &Context, remote: &Remote) -> Result<(), Failure> {
    let name = context.bucket(remote)?;
    let location = context.client.send(GetBucketLocation::new(name)).await?;
    let location = if location.is_empty() { "auto".to_owned() } else { location };
    let fields = json!({ "bucket": remote.bucket, "location": location });
    context.output.result("bucket", fields, || format!("{remote}\n  location: {location}"))
}

fn describe(remote: &Remote, info: &ObjectInfo) -> Map<String, Value> {
    let attributes = &info.attributes;
    let mut fields = Map::new();
    let mut set = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), Value::String(value));
        }
    };
    set("bucket", Some(remote.bucket.clone()));
    set("key", Some(remote.key.clone()));
    set("etag", Some(info.etag.as_str().to_owned()));
    set("modified", info.last_modified.map(|at| at.to_string()));
    set("content_type", attributes.content_type.clone());
    set("cache_control", attributes.cache_control.clone());
    set("content_disposition", attributes.content_disposition.clone());
    set("content_encoding", attributes.content_encoding.clone());
    set("content_language", attributes.content_language.clone());
    set("expires", attributes.expires.map(|at| at.to_string()));
    set("storage_class", attributes.storage_class.as_ref().map(ToString::to_string));
    set("expiration", info.expiration.clone());
    for checksum in &info.checksums {
        let name = format!("checksum_{}", checksum.algorithm().name().to_ascii_lowercase());
        set(&name, Some(checksum.to_string()));
    }
    if let Some(size) = info.size {
        fields.insert("size".to_owned(), size.into());
    }
    if let Some(parts) = info.parts_count.or(info.etag.parts()) {
        fields.insert("parts".to_owned(), parts.into());
    }
    let metadata: Map<String, Value> =
        attributes.metadata.iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    fields.insert("metadata".to_owned(), Value::Object(metadata));
    fields
}

fn text(remote: &Remote, fields: &Map<String, Value>) -> String {
    let mut text = remote.to_string();
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("bucket" | "key", _) => {}
            ("size", Value::Number(size)) => {
                let readable = human::bytes(size.as_u64().unwrap_or_default());
                text.push_str(&format!("\n  size: {size} ({readable})"));
            }
            (name, Value::String(value)) => text.push_str(&format!("\n  {name}: {value}")),
            ("metadata", Value::Object(metadata)) => {
                for (name, value) in metadata {
                    text.push_str(&format!(
                        "\n  metadata {name}: {}",
                        value.as_str().unwrap_or("")
                    ));
                }
            }
            (name, value) => text.push_str(&format!("\n  {name}: {value}")),
        }
    }
    text
}
