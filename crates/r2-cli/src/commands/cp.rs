//! `r2 cp` and `r2 mv`: one object or file at a time; folders and patterns go through `tree`.

use std::path::PathBuf;

use r2_multipart::MultipartDefaults;
use r2_objects::{CostClass, ErrorKind, GetObject};
use serde_json::json;

use super::bill::Bill;
use super::context::Context;
use super::single::{self, Done};
use super::{cat, tree};
use crate::address::{Address, Remote};
use crate::args::{Copy, Move, Transfer};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::human;
use crate::progress::{Progress, rate};

/// What happens to the source once its copy is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// It stays.
    Keep,
    /// It goes.
    Remove,
}

/// What one command has done so far.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
    pub(crate) skipped: u64,
    pub(crate) failed: u64,
    pub(crate) bill: Bill,
}

/// Copies.
pub(crate) async fn cp(context: &Context, wanted: &Copy) -> Result<Exit, Failure> {
    copy(context, wanted, Source::Keep).await
}

/// Copies, then removes the source.
pub(crate) async fn mv(context: &Context, wanted: &Move) -> Result<Exit, Failure> {
    copy(context, &wanted.copy, Source::Remove).await
}

async fn copy(context: &Context, wanted: &Copy, source: Source) -> Result<Exit, Failure> {
    let destination = Address::parse(&wanted.destination)?;
    let is_shown = destination == Address::Stdio && !context.global.dry_run;
    if is_shown && context.output.is_json() {
        return Err(Failure::usage("the object and the lines of --json would be one stream")
            .hint("leave --json out, or name a file as the destination"));
    }
    let progress = Progress::start(&context.output, context.global.no_progress);
    let mut tally = Tally::default();
    let mut last = None;
    for text in &wanted.sources {
        let from = Address::parse(text)?;
        let done = one(context, wanted, source, &from, &destination, &progress, &mut tally).await;
        match done {
            Ok(()) => {}
            Err(failure) if wanted.sources.len() == 1 || ends_all(&failure) => {
                progress.finish();
                return Err(failure);
            }
            Err(failure) => {
                progress.suspend(|| context.output.failure(&failure));
                tally.failed += 1;
                last = Some(failure.exit());
            }
        }
    }
    progress.finish();
    if context.global.dry_run {
        return tally.bill.print(context, name(source));
    }
    let exit = match (last, tally.objects) {
        (None, _) if tally.failed == 0 => Exit::Done,
        (Some(exit), 0) => exit,
        _ => Exit::Partial,
    };
    report(context, source, &tally, &progress, exit)
}

/// Failures after which the other sources need not be tried.
fn ends_all(failure: &Failure) -> bool {
    matches!(failure.exit(), Exit::Done | Exit::Cancelled | Exit::TooExpensive)
}

fn name(source: Source) -> &'static str {
    match source {
        Source::Keep => "cp",
        Source::Remove => "mv",
    }
}

fn report(
    context: &Context,
    source: Source,
    tally: &Tally,
    progress: &Progress,
    exit: Exit,
) -> Result<Exit, Failure> {
    let elapsed = progress.elapsed();
    context.output.note(&format!(
        "{}, {} in {} ({}/s)",
        human::count(tally.objects, "object"),
        human::bytes(tally.bytes),
        human::duration(elapsed),
        human::bytes(rate(tally.bytes, elapsed)),
    ));
    let fields = json!({ "objects": tally.objects, "bytes": tally.bytes,
        "skipped": tally.skipped, "failed": tally.failed });
    context.summary(name(source), exit, fields)
}

async fn one(
    context: &Context,
    wanted: &Copy,
    source: Source,
    from: &Address,
    to: &Address,
    progress: &Progress,
    tally: &mut Tally,
) -> Result<(), Failure> {
    if is_tree(wanted, from).await? {
        return tree::copy(context, wanted, source, (from, to), progress, tally).await;
    }
    let step = Step::plan(wanted, from, to).await?;
    if context.global.dry_run {
        step.price(context, &mut tally.bill, &wanted.transfer, source).await?;
        let fields = json!({ "from": from.to_string(), "to": step.target(), "action": "copy" });
        return context
            .output
            .done("copied", fields, || format!("would copy {from} -> {}", step.target()));
    }
    if wanted.no_clobber && step.exists(context).await? {
        tally.skipped += 1;
        let fields = json!({ "from": from.to_string(), "to": step.target() });
        return progress.suspend(|| {
            context
                .output
                .done("skipped", fields, || format!("kept {}: it exists already", step.target()))
        });
    }
    let done = step.run(context, wanted, progress).await?;
    if source == Source::Remove {
        step.remove_source(context).await?;
    }
    tally.objects += 1;
    tally.bytes += done.bytes;
    progress.object();
    if matches!(step, Step::ToStdout { .. }) {
        return Ok(());
    }
    let fields = json!({ "from": from.to_string(), "to": step.target(), "bytes": done.bytes,
        "parts_resumed": done.parts_resumed, "verified": done.verified });
    progress.suspend(|| {
        context.output.done("copied", fields, || {
            let size = human::bytes(done.bytes);
            let resumed = match done.parts_resumed {
                0 => String::new(),
                parts => format!(", {parts} parts were there already"),
            };
            format!("{from} -> {} ({size}{resumed})", step.target())
        })
    })
}

/// Folders and patterns are many objects.
async fn is_tree(wanted: &Copy, from: &Address) -> Result<bool, Failure> {
    match from {
        Address::Stdio => Ok(false),
        Address::Remote(remote) => {
            let many = remote.is_pattern() || wanted.recursive;
            if !many && remote.is_folder() {
                return Err(Failure::usage(format!("`{remote}` is a folder"))
                    .hint("add --recursive to copy everything below it"));
            }
            Ok(many)
        }
        Address::Local(path) => {
            let folder = single::is_folder(path).await;
            if folder && !wanted.recursive {
                return Err(Failure::usage(format!("`{}` is a folder", path.display()))
                    .hint("add --recursive to copy everything below it"));
            }
            Ok(folder)
        }
    }
}

/// One object's way.
#[derive(Debug)]
enum Step {
    Up { from: PathBuf, to: Remote },
    FromStdin { to: Remote },
    Down { from: Remote, to: PathBuf },
    ToStdout { from: Remote },
    Across { from: Remote, to: Remote },
}

impl Step {
    async fn plan(wanted: &Copy, from: &Address, to: &Address) -> Result<Self, Failure> {
        let several = wanted.sources.len() > 1;
        match (from, to) {
            (Address::Local(path), Address::Remote(remote)) => {
                let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| {
                    Failure::usage(format!("the name of `{}` cannot be a key", path.display()))
                        .hint("keys are UTF-8; rename the file or give the whole key")
                })?;
                Ok(Self::Up { from: path.clone(), to: into_folder(remote, name, several)? })
            }
            (Address::Stdio, Address::Remote(remote)) if !remote.is_folder() => {
                Ok(Self::FromStdin { to: remote.clone() })
            }
            (Address::Stdio, Address::Remote(_)) => {
                Err(Failure::usage("standard input has no name to store it under")
                    .hint("give the whole key: r2 cp - r2://BUCKET/KEY"))
            }
            (Address::Remote(from), Address::Stdio) => Ok(Self::ToStdout { from: from.clone() }),
            (Address::Remote(from), Address::Local(path)) => {
                let name = from.key.rsplit('/').next().unwrap_or(&from.key);
                let to = single::target_path(path, name, several).await?;
                Ok(Self::Down { from: from.clone(), to })
            }
            (Address::Remote(from), Address::Remote(to)) => {
                let name = from.key.rsplit('/').next().unwrap_or(&from.key);
                let to = into_folder(to, name, several)?;
                if to == *from {
                    return Err(Failure::usage(format!("`{from}` would be copied onto itself")));
                }
                Ok(Self::Across { from: from.clone(), to })
            }
            (Address::Local(_) | Address::Stdio, Address::Local(_) | Address::Stdio) => {
                Err(Failure::usage("neither the source nor the destination is in a bucket")
                    .hint("one of the two has to be r2://BUCKET/KEY"))
            }
        }
    }

    fn target(&self) -> String {
        match self {
            Self::Up { to, .. } | Self::FromStdin { to } | Self::Across { to, .. } => {
                to.to_string()
            }
            Self::Down { to, .. } => to.display().to_string(),
            Self::ToStdout { .. } => "-".to_owned(),
        }
    }

    async fn price(
        &self,
        context: &Context,
        bill: &mut Bill,
        flags: &Transfer,
        source: Source,
    ) -> Result<(), Failure> {
        match self {
            Self::Up { from, .. } => {
                let defaults = MultipartDefaults::of(&context.client);
                bill.upload(single::file_length(from).await?, flags, &defaults);
            }
            Self::FromStdin { .. } | Self::Across { .. } => bill.add(CostClass::A, 1),
            Self::Down { .. } | Self::ToStdout { .. } => bill.add(CostClass::B, 1),
        }
        if source == Source::Remove && !matches!(self, Self::Up { .. } | Self::FromStdin { .. }) {
            bill.add(CostClass::Free, 1);
        }
        Ok(())
    }

    async fn exists(&self, context: &Context) -> Result<bool, Failure> {
        let remote = match self {
            Self::Down { to, .. } => return Ok(single::exists(to).await),
            Self::ToStdout { .. } => return Ok(false),
            Self::Up { to, .. } | Self::FromStdin { to } | Self::Across { to, .. } => to,
        };
        let (bucket, key) = context.object(remote)?;
        match context.client.objects().head(&bucket, &key).await {
            Ok(_) => Ok(true),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NoSuchKey) => {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn run(
        &self,
        context: &Context,
        wanted: &Copy,
        progress: &Progress,
    ) -> Result<Done, Failure> {
        match self {
            Self::Up { from, to } => single::up(context, wanted, from, to, progress).await,
            Self::FromStdin { to } => single::from_stdin(context, wanted, to, progress).await,
            Self::Down { from, to } => single::down(context, wanted, from, to, progress).await,
            Self::Across { from, to } => single::across(context, wanted, from, to, progress).await,
            Self::ToStdout { from } => {
                let (bucket, key) = context.object(from)?;
                let get = GetObject::new(bucket, key).with_checksums();
                Ok(Done { bytes: cat::print(context, get).await?, ..Done::default() })
            }
        }
    }

    async fn remove_source(&self, context: &Context) -> Result<(), Failure> {
        let remote = match self {
            Self::Up { from, .. } => return single::remove_file(from).await,
            Self::FromStdin { .. } => return Ok(()),
            Self::Down { from, .. } | Self::ToStdout { from } | Self::Across { from, .. } => from,
        };
        let (bucket, key) = context.object(remote)?;
        Ok(context.client.objects().delete(&bucket, &key).await?)
    }
}

/// A destination that is a folder takes the source's own name.
fn into_folder(to: &Remote, name: &str, several: bool) -> Result<Remote, Failure> {
    if to.is_folder() {
        return Ok(Remote { bucket: to.bucket.clone(), key: format!("{}{name}", to.key) });
    }
    if several {
        return Err(Failure::usage(format!("several sources cannot become the one object `{to}`"))
            .hint(format!("write {to}/ for a folder")));
    }
    Ok(to.clone())
}
