//! The options of transfers, from flags to the libraries' types.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use r2_multipart::machine::Concurrency;
use r2_multipart::{
    OnSourceChange, PartSize, ProgressUpdate, ResumeDirectory, ResumeStore, TransferOptions,
    UploadOptions,
};
use r2_objects::{Metadata, ObjectAttributes, StorageClass};

use super::context::Context;
use crate::args::{Attributes, Transfer};
use crate::connect::state_folder;
use crate::failure::Failure;
use crate::progress::Progress;

/// How parts are cut and how many are in flight; tells `progress` of every step.
pub(crate) fn options(
    context: &Context,
    flags: &Transfer,
    progress: &Progress,
) -> Result<TransferOptions, Failure> {
    let progress = progress.clone();
    let total_is_known = AtomicBool::new(false);
    let mut options =
        TransferOptions::new().stop(&context.stop).progress(move |update: &ProgressUpdate| {
            if let Some(total) = update.bytes_total
                && !total_is_known.swap(true, Relaxed)
            {
                progress.expect(0, total);
            }
            progress.bytes(update.bytes_advanced);
        });
    if let Some(requests) = flags.part_concurrency {
        options = options.concurrency(Concurrency::new(requests));
    }
    Ok(match part_size(flags)? {
        Some(size) => options.part_size(size),
        None => options,
    })
}

/// The part size that was asked for.
pub(crate) fn part_size(flags: &Transfer) -> Result<Option<PartSize>, Failure> {
    let checked = flags.part_size.map(PartSize::new).transpose();
    checked.map_err(|error| {
        Failure::usage("--part-size is out of range")
            .because(error)
            .hint("R2 takes parts of 5MiB to 4.995GiB")
    })
}

/// How an upload goes: one PUT or parts, what is kept for going on later, what is stored beside.
pub(crate) fn upload_options(
    context: &Context,
    flags: &Transfer,
    attributes: ObjectAttributes,
    transfer: TransferOptions,
) -> UploadOptions {
    let mut upload = UploadOptions::new()
        .transfer(transfer)
        .attributes(attributes)
        .on_source_change(OnSourceChange::StartAnew);
    if let Some(bytes) = flags.multipart_threshold {
        upload = upload.threshold_bytes(bytes);
    }
    if !flags.no_resume {
        upload = upload.resume(resume_store(context));
    }
    upload
}

/// Where uploads that were killed are remembered.
pub(crate) fn resume_store(context: &Context) -> Arc<dyn ResumeStore> {
    Arc::new(ResumeDirectory::new(state_folder(&context.world).join("uploads")))
}

/// What is stored beside the bytes of one object; its type is guessed unless it was given.
pub(crate) fn attributes_of(flags: &Attributes, name: &str) -> Result<ObjectAttributes, Failure> {
    let attributes = attributes(flags)?;
    Ok(match (&attributes.content_type, content_type(name)) {
        (None, Some(guessed)) => attributes.content_type(guessed),
        _ => attributes,
    })
}

/// What is stored beside the bytes.
pub(crate) fn attributes(flags: &Attributes) -> Result<ObjectAttributes, Failure> {
    let mut attributes = ObjectAttributes::new();
    if let Some(content_type) = &flags.content_type {
        attributes = attributes.content_type(content_type);
    }
    if let Some(cache_control) = &flags.cache_control {
        attributes = attributes.cache_control(cache_control);
    }
    if let Some(class) = &flags.storage_class {
        attributes = attributes.storage_class(storage_class(class)?);
    }
    let mut metadata = Metadata::new();
    for pair in &flags.metadata {
        let (name, value) = pair.split_once('=').ok_or_else(|| {
            Failure::usage(format!("metadata `{pair}` has no value")).hint("write NAME=VALUE")
        })?;
        metadata = metadata.with(name, value).map_err(|error| {
            Failure::usage(format!("metadata `{pair}` cannot be stored")).because(error)
        })?;
    }
    Ok(attributes.metadata(metadata))
}

fn storage_class(name: &str) -> Result<StorageClass, Failure> {
    match name.to_ascii_lowercase().as_str() {
        "standard" => Ok(StorageClass::Standard),
        "ia" | "standard_ia" | "infrequent-access" => Ok(StorageClass::InfrequentAccess),
        _ => Err(Failure::usage(format!("`{name}` is not a storage class"))
            .hint("R2 has standard and ia")),
    }
}

/// The usual type of a file by its ending; nothing for what browsers do not open by themselves.
pub(crate) fn content_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending.to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "txt" | "log" => "text/plain; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "xml" => "application/xml",
        "pdf" => "application/pdf",
        "wasm" => "application/wasm",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        "zst" => "application/zstd",
        "tar" => "application/x-tar",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "ico" => "image/x-icon",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_metadata() {
        let flags = Attributes {
            metadata: vec!["owner=Zoë".into()],
            storage_class: Some("ia".into()),
            ..Attributes::default()
        };
        let attributes = attributes_of(&flags, "a/b.PNG").expect("attributes");
        assert_eq!(attributes.content_type.as_deref(), Some("image/png"));
        assert_eq!(attributes.metadata.get("owner"), Some("Zoë"));
        assert_eq!(attributes.storage_class, Some(StorageClass::InfrequentAccess));
        assert_eq!(content_type("README"), None);
        let wrong = Attributes { metadata: vec!["x".into()], ..Attributes::default() };
        assert!(super::attributes(&wrong).is_err());
    }
}
