//! One file or object on its way: up, down, or across.

use std::path::{Path, PathBuf};

use r2_multipart::{CopyOptions, DownloadOptions, Sink, Source, Uploaded, copy, download, upload};
use r2_objects::Verdict;

use super::context::Context;
use super::transfer::{attributes_of, options, upload_options};
use crate::address::Remote;
use crate::args::Copy;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::Progress;

/// What one transfer came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Done {
    pub(crate) bytes: u64,
    /// Parts that an earlier, killed run had finished.
    pub(crate) parts_resumed: u32,
    /// Whether a checksum of the whole proves that both ends are equal.
    pub(crate) verified: bool,
}

/// A file to an object.
pub(crate) async fn up(
    context: &Context,
    wanted: &Copy,
    from: &Path,
    to: &Remote,
    progress: &Progress,
) -> Result<Done, Failure> {
    let (bucket, key) = context.object(to)?;
    progress.expect(1, 0);
    let attributes = attributes_of(&wanted.attributes, &to.key)?;
    let options = options(context, &wanted.transfer, progress)?;
    let options = upload_options(context, &wanted.transfer, attributes, options);
    let sent = upload(&context.client, &bucket, &key, Source::file(from), options).await;
    Ok(done(&sent.map_err(|error| Failure::transfer("read", from, &error))?))
}

/// Standard input to an object.
pub(crate) async fn from_stdin(
    context: &Context,
    wanted: &Copy,
    to: &Remote,
    progress: &Progress,
) -> Result<Done, Failure> {
    let (bucket, key) = context.object(to)?;
    progress.expect(1, 0);
    let attributes = attributes_of(&wanted.attributes, &to.key)?;
    let mut flags = wanted.transfer.clone();
    // What was read from a pipe is gone: there is nothing to go on with.
    flags.no_resume = true;
    let options = options(context, &flags, progress)?;
    let options = upload_options(context, &flags, attributes, options);
    let source = Source::reader(tokio::io::stdin());
    Ok(done(&upload(&context.client, &bucket, &key, source, options).await?))
}

fn done(uploaded: &Uploaded) -> Done {
    Done {
        bytes: uploaded.bytes,
        parts_resumed: uploaded.parts_resumed,
        verified: uploaded.verdict == r2_multipart::UploadVerdict::Verified,
    }
}

/// An object to a file: beside its name first, so that nobody sees half of it.
pub(crate) async fn down(
    context: &Context,
    wanted: &Copy,
    from: &Remote,
    to: &Path,
    progress: &Progress,
) -> Result<Done, Failure> {
    let (bucket, key) = context.object(from)?;
    progress.expect(1, 0);
    let mut download_options =
        DownloadOptions::new().transfer(options(context, &wanted.transfer, progress)?);
    if wanted.transfer.no_resume {
        download_options = download_options.without_resume();
    }
    if let Some(parent) = to.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        let made = tokio::fs::create_dir_all(parent).await;
        made.map_err(|error| Failure::io("make the folder", parent, error))?;
    }
    let got = download(&context.client, &bucket, &key, Sink::file(to), download_options).await;
    let got = got.map_err(|error| Failure::transfer("write", to, &error))?;
    Ok(Done {
        bytes: got.bytes,
        parts_resumed: got.parts_resumed,
        verified: matches!(got.verdict, Verdict::Verified { .. }),
    })
}

/// An object to another object, inside the server: no byte passes through here.
pub(crate) async fn across(
    context: &Context,
    wanted: &Copy,
    from: &Remote,
    to: &Remote,
    progress: &Progress,
) -> Result<Done, Failure> {
    let (source_bucket, source_key) = context.object(from)?;
    let (bucket, key) = context.object(to)?;
    progress.expect(1, 0);
    let transfer = options(context, &wanted.transfer, progress)?;
    let options = CopyOptions::new().transfer(transfer);
    let source = (&source_bucket, &source_key);
    let copied = copy(&context.client, source, (&bucket, &key), options).await?;
    Ok(Done { bytes: copied.bytes.unwrap_or_default(), parts_resumed: 0, verified: false })
}

/// Whether a path is a folder.
pub(crate) async fn is_folder(path: &Path) -> bool {
    tokio::fs::metadata(path).await.is_ok_and(|found| found.is_dir())
}

/// Whether there is anything at a path.
pub(crate) async fn exists(path: &Path) -> bool {
    tokio::fs::symlink_metadata(path).await.is_ok()
}

/// The length of a file in bytes.
pub(crate) async fn file_length(path: &Path) -> Result<u64, Failure> {
    let found = tokio::fs::metadata(path).await;
    found.map(|found| found.len()).map_err(|error| Failure::io("read", path, error))
}

/// Removes a file that has been moved.
pub(crate) async fn remove_file(path: &Path) -> Result<(), Failure> {
    tokio::fs::remove_file(path).await.map_err(|error| Failure::io("remove", path, error))
}

/// Where an object goes: into a folder under its own name, or to the very path.
pub(crate) async fn target_path(
    path: &Path,
    name: &str,
    several: bool,
) -> Result<PathBuf, Failure> {
    let named_folder = path.as_os_str().to_string_lossy().ends_with(std::path::MAIN_SEPARATOR);
    if !named_folder && !is_folder(path).await {
        if several {
            return Err(Failure::usage(format!(
                "several sources cannot become the one file `{}`",
                path.display()
            ))
            .hint("name a folder that exists, or end the path with a slash"));
        }
        return Ok(path.to_owned());
    }
    if name.is_empty() || name == "." || name == ".." || name.contains(['\0', '\\']) {
        let what = format!("an object called `{}` cannot be a file", name.escape_debug());
        return Err(Failure::new(Exit::Usage, what).hint("give the whole path of the file"));
    }
    Ok(path.join(name))
}
