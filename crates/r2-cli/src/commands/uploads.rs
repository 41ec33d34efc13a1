//! `r2 uploads`: unfinished multipart uploads, which hold bytes that nobody can read.

use std::time::Duration;

use futures_util::{Stream, StreamExt as _, stream};
use r2_multipart::{
    AbortMultipartUpload, ListMultipartUploads, ListParts, UnfinishedUpload, UploadsPage,
};
use r2_objects::{BucketName, Client, CostClass};
use serde_json::json;

use super::bill::Bill;
use super::context::Context;
use crate::address::Remote;
use crate::args::UploadsCommand;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::human;

/// Lists or aborts.
pub(crate) async fn uploads(context: &Context, wanted: &UploadsCommand) -> Result<Exit, Failure> {
    match wanted {
        UploadsCommand::Ls { address } => list(context, address).await,
        UploadsCommand::Abort { address, upload_id, older_than } => {
            abort(context, address, upload_id.as_deref(), *older_than).await
        }
    }
}

/// All pages of a listing of uploads, as the reader asks for them.
pub(crate) fn pages(
    client: &Client,
    list: ListMultipartUploads,
) -> impl Stream<Item = Result<UploadsPage, Failure>> + use<> {
    let client = client.clone();
    stream::try_unfold(Some(list), move |next| {
        let client = client.clone();
        async move {
            let Some(list) = next else { return Ok(None) };
            let page = client.send(&list).await?;
            let next = page.next.clone().map(|marker| list.after(marker));
            Ok(Some((page, next)))
        }
    })
}

fn listing(
    context: &Context,
    address: &str,
) -> Result<(BucketName, ListMultipartUploads), Failure> {
    let remote = Remote::require(address)?;
    let bucket = context.bucket(&remote)?;
    let list = ListMultipartUploads::new(bucket.clone()).prefix(remote.key);
    Ok((bucket, list))
}

async fn list(context: &Context, address: &str) -> Result<Exit, Failure> {
    let (bucket, list) = listing(context, address)?;
    if context.global.dry_run {
        let mut bill = Bill::default();
        bill.add(CostClass::A, 1);
        context.output.note("each upload that is found needs one more class A request");
        return bill.print(context, "uploads ls");
    }
    let mut found = std::pin::pin!(pages(&context.client, list));
    let (mut count, mut total) = (0_u64, 0_u64);
    while let Some(page) = found.next().await {
        for upload in page?.uploads {
            let (parts, bytes) = held(context, &bucket, &upload).await?;
            count += 1;
            total += bytes;
            let begun = upload.initiated.map(|at| at.to_string());
            let fields = json!({ "key": upload.key.as_str(), "upload_id": upload.upload_id,
                "initiated": begun, "parts": parts, "bytes": bytes });
            context.output.result("upload", fields, || {
                format!(
                    "{:24}  {:>10}  {:>6} parts  {}  {}",
                    begun.as_deref().unwrap_or("-"),
                    human::bytes(bytes),
                    parts,
                    human::name(upload.key.as_str()),
                    upload.upload_id,
                )
            })?;
        }
    }
    context.output.note(&format!(
        "{} holding {}; r2 uploads abort frees it, R2 does by itself after 7 days",
        human::count(count, "unfinished upload"),
        human::bytes(total)
    ));
    context.summary("uploads ls", Exit::Done, json!({ "uploads": count, "bytes": total }))
}

/// How many parts an upload has, and their bytes.
async fn held(
    context: &Context,
    bucket: &BucketName,
    upload: &UnfinishedUpload,
) -> Result<(u64, u64), Failure> {
    let mut list = ListParts::new(bucket.clone(), upload.key.clone(), upload.upload_id.as_str());
    let (mut parts, mut bytes) = (0, 0);
    loop {
        let page = match context.client.send(&list).await {
            Ok(page) => page,
            // It was completed or aborted since it was listed.
            Err(error) if error.is_not_found() => return Ok((parts, bytes)),
            Err(error) => return Err(error.into()),
        };
        parts += page.parts.len() as u64;
        bytes += page.parts.iter().map(|part| part.size_bytes).sum::<u64>();
        match page.next {
            Some(number) => list = list.after(number),
            None => return Ok((parts, bytes)),
        }
    }
}

async fn abort(
    context: &Context,
    address: &str,
    upload_id: Option<&str>,
    older_than: Option<Duration>,
) -> Result<Exit, Failure> {
    let (bucket, list) = listing(context, address)?;
    let mut bill = Bill::default();
    let mut aborted = 0_u64;
    let now = context.client.now();
    let mut found = std::pin::pin!(pages(&context.client, list));
    while let Some(page) = found.next().await {
        for upload in page?.uploads {
            let meant = upload_id.is_none_or(|id| id == upload.upload_id);
            let age = upload.initiated.and_then(|at| now.duration_since(at.time()).ok());
            let old = older_than.is_none_or(|least| age.is_some_and(|age| age >= least));
            if !meant || !old {
                continue;
            }
            let verb = if context.global.dry_run { "would abort" } else { "aborted" };
            bill.add(CostClass::Free, 1);
            aborted += 1;
            if !context.global.dry_run {
                let request = AbortMultipartUpload::new(
                    bucket.clone(),
                    upload.key.clone(),
                    upload.upload_id.as_str(),
                );
                context.client.send(request).await?;
            }
            let fields = json!({ "key": upload.key.as_str(), "upload_id": upload.upload_id,
                "action": verb });
            context.output.done("upload", fields, || {
                format!("{verb} {}", human::name(upload.key.as_str()))
            })?;
        }
    }
    if let (Some(id), 0) = (upload_id, aborted) {
        return Err(Failure::new(
            Exit::NotFound,
            format!("no unfinished upload `{id}` at {address}"),
        )
        .hint("r2 uploads ls shows the ids"));
    }
    if context.global.dry_run {
        return bill.print(context, "uploads abort");
    }
    context.summary("uploads abort", Exit::Done, json!({ "uploads": aborted }))
}
