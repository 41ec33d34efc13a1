//! Many objects at once: folders and patterns, for `cp`, `mv` and `sync`.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use r2_backend::{
    Action, Compare, Event, Location, Plan, Report, Rules, SkipReason, Skipped, Sync, SyncOptions,
};
use r2_objects::{ObjectAttributes, PriceList};
use serde_json::json;

use super::bill::Bill;
use super::context::{Context, key};
use super::cp::{Source, Tally};
use super::{single, transfer};
use crate::address::{Address, Remote};
use crate::args::{Copy, Transfer};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::human;
use crate::pattern::{Pattern, rules};
use crate::progress::Progress;

/// Two ends and how to get from one to the other.
pub(crate) struct Trees<'a> {
    pub(crate) source: Location,
    pub(crate) destination: Location,
    pub(crate) options: SyncOptions,
    pub(crate) attributes: ObjectAttributes,
    pub(crate) transfer: &'a Transfer,
}

/// A folder of this machine or the objects below a prefix.
pub(crate) fn location(context: &Context, address: &Address) -> Result<Location, Failure> {
    match address {
        Address::Local(path) => Ok(Location::directory(path)),
        Address::Remote(remote) if remote.is_pattern() => {
            Err(Failure::usage(format!("`{remote}` is a pattern, and this takes a folder"))
                .hint("name the folder and choose with --include and --exclude"))
        }
        Address::Remote(remote) => {
            Ok(Location::bucket(&context.client, context.bucket(remote)?, remote.key.as_str()))
        }
        Address::Stdio => Err(Failure::usage("a standard stream is not a folder")),
    }
}

/// Compares both ends; nothing is changed.
pub(crate) async fn plan(
    context: &Context,
    trees: Trees<'_>,
    progress: &Progress,
) -> Result<Plan, Failure> {
    let flags = trees.transfer;
    let mut options = trees
        .options
        .transfers(usize::from(context.global.concurrency))
        .list_requests(context.list_requests())
        .attributes(trees.attributes)
        .content_type(transfer::content_type)
        .stop(&context.stop);
    if let Some(size) = transfer::part_size(flags)? {
        options = options.part_size(size);
    }
    if let Some(bytes) = flags.multipart_threshold {
        options = options.threshold_bytes(bytes);
    }
    if !flags.no_resume {
        options = options.resume(transfer::resume_store(context));
    }
    let plan = Sync::plan(&trees.source, &trees.destination, &options).await?;
    let summary = plan.summary();
    progress.suspend(|| tell_skipped(context, &plan));
    affordable(context, &plan)?;
    progress.expect(summary.sends, summary.send_bytes);
    Ok(plan)
}

/// Names what takes no part: what was meant to is a failure, the rest a remark.
fn tell_skipped(context: &Context, plan: &Plan) {
    let mut named = 0;
    for Skipped { name, reason, .. } in plan.skipped() {
        if reason.is_expected() {
            context.output.note(&format!("left alone: {} ({reason})", human::name(name)));
            continue;
        }
        named += 1;
        let (exit, hint) = match reason {
            SkipReason::Unreadable(_) => (Exit::LocalIo, "check who may read it"),
            SkipReason::BrokenLink => (Exit::LocalIo, "remove the link, or --exclude it"),
            SkipReason::NotUnicode | SkipReason::KeyTooLong => {
                (Exit::Usage, "rename it, or --exclude it")
            }
            SkipReason::UnsafeName(_) => {
                (Exit::Usage, "r2 cp takes it alone, to a file whose name you choose")
            }
            _ => (Exit::Conflict, "rename or move one of the two, or --exclude it"),
        };
        let what = format!("{}: {}", human::name(name), human::name(&reason.to_string()));
        context.output.failure(&Failure::new(exit, what).hint(hint));
    }
    if let more @ 1.. = plan.summary().missing.saturating_sub(named) {
        let what = format!("{} more cannot be copied", human::thousands(more));
        context.output.failure(&Failure::new(Exit::Failed, what));
    }
}

/// Refuses a plan whose requests cost more than was allowed, before any of them is sent.
fn affordable(context: &Context, plan: &Plan) -> Result<(), Failure> {
    let Some(limit) = context.global.max_cost else { return Ok(()) };
    let prices = PriceList::r2();
    let price = context.client.usage().price(&prices) + plan.requests().price(&prices);
    if price <= limit || context.global.dry_run {
        return Ok(());
    }
    let what = format!("this would cost {price}, more than the {limit} of --max-cost");
    Err(Failure::new(Exit::TooExpensive, what)
        .hint("nothing was done; raise --max-cost, or see with --dry-run what would be sent"))
}

/// Shows what a plan would do and adds what it would cost.
pub(crate) async fn show(context: &Context, plan: &Plan, bill: &mut Bill) -> Result<(), Failure> {
    let mut actions = plan.actions();
    while let Some(action) = actions.next().await? {
        let (verb, name, bytes) = match action {
            Action::Send { name, bytes, .. } => ("would copy", name, bytes),
            Action::Delete { name, bytes, .. } => ("would remove", name, bytes),
            _ => continue,
        };
        let fields = json!({ "name": name, "bytes": bytes, "action": verb });
        context.output.done("action", fields, || format!("{verb} {}", human::name(&name)))?;
    }
    bill.add_usage(plan.requests());
    Ok(())
}

/// Carries a plan out and reports every item.
pub(crate) async fn run(
    context: &Context,
    plan: &Plan,
    progress: &Progress,
) -> Result<Report, Failure> {
    // A printed line that fails ends the run in an orderly way, and is what is reported then.
    let deaf: Arc<Mutex<Option<Failure>>> = Arc::default();
    let (teller, bar, heard) = (context.clone(), progress.clone(), Arc::clone(&deaf));
    let watcher = move |event: &Event<'_>| {
        if let Err(failure) = tell(&teller, &bar, event) {
            heard.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
            teller.stop.stop();
        }
    };
    let report = plan.run(watcher).await?;
    let failure = deaf.lock().unwrap_or_else(PoisonError::into_inner).take();
    match failure {
        Some(failure) => Err(failure),
        None => Ok(report),
    }
}

fn tell(context: &Context, progress: &Progress, event: &Event<'_>) -> Result<(), Failure> {
    match event {
        Event::Moved { bytes, .. } => progress.bytes(*bytes),
        Event::Sent { name, bytes, .. } => {
            progress.object();
            let fields = json!({ "name": name, "bytes": bytes });
            return progress.suspend(|| {
                context.output.done("copied", fields, || {
                    format!("{} ({})", human::name(name), human::bytes(*bytes))
                })
            });
        }
        Event::Deleted { name, .. } => {
            let fields = json!({ "name": name, "action": "removed" });
            return progress.suspend(|| {
                let text = || format!("removed {}", human::name(name));
                context.output.done("removed", fields, text)
            });
        }
        Event::Failed { name, error, .. } => {
            let failure = Failure::item(name, error);
            progress.suspend(|| context.output.failure(&failure));
        }
        _ => {}
    }
    Ok(())
}

/// The exit code of a run.
pub(crate) fn exit(report: &Report) -> Exit {
    if report.is_complete() {
        return Exit::Done;
    }
    if report.was_stopped {
        return Exit::Cancelled;
    }
    if report.sent + report.deleted > 0 {
        return Exit::Partial;
    }
    report.failed.first().map_or(Exit::Partial, |failed| Failure::item("", &failed.error).exit())
}

/// `cp` and `mv` of a folder or a pattern.
pub(crate) async fn copy(
    context: &Context,
    wanted: &Copy,
    source: Source,
    ends: (&Address, &Address),
    progress: &Progress,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let (from, to) = ends;
    let compare = if wanted.no_clobber { Compare::Absent } else { Compare::Always };
    let (source_place, chosen) = chosen(wanted, from)?;
    let trees = Trees {
        source: location(context, &source_place)?,
        destination: location(context, to)?,
        options: SyncOptions::new().rules(chosen).compare(compare),
        attributes: transfer::attributes(&wanted.attributes)?,
        transfer: &wanted.transfer,
    };
    let plan = plan(context, trees, progress).await?;
    if context.global.dry_run {
        return show(context, &plan, &mut tally.bill).await;
    }
    let report = run(context, &plan, progress).await?;
    tally.objects += report.sent;
    tally.bytes += report.sent_bytes;
    tally.skipped += plan.summary().same;
    tally.failed += report.failures + report.missing + report.not_tried;
    if report.was_stopped {
        return Err(Failure::new(Exit::Cancelled, "stopped before everything was copied")
            .hint("the same command goes on where this one stopped"));
    }
    if source == Source::Remove {
        remove_sources(context, &source_place, &plan, &report).await?;
    }
    if tally.objects == 0 && tally.failed == 0 && tally.skipped == 0 {
        return Err(Failure::new(Exit::NotFound, format!("nothing was found at {from}"))
            .hint("r2 ls shows what is there"));
    }
    Ok(())
}

/// The folder a command starts from, and which of the names below it are meant.
fn chosen(wanted: &Copy, from: &Address) -> Result<(Address, Rules), Failure> {
    let Address::Remote(remote) = from else {
        return Ok((from.clone(), rules(&wanted.selection)?));
    };
    if !remote.is_pattern() {
        return Ok((from.clone(), rules(&wanted.selection)?));
    }
    if !wanted.selection.include.is_empty() {
        return Err(Failure::usage("--include cannot be added to a pattern")
            .hint("name the folder with --recursive and choose with --include"));
    }
    let pattern = Pattern::new(&remote.key)?;
    let folder = pattern.prefix().rfind('/').map_or(0, |slash| slash + 1);
    let (base, rest) = remote.key.split_at(folder);
    let mut meant = Rules::new().include(&format!("/{rest}"))?;
    if !rest.ends_with("**") {
        // A pattern means the objects that match it, not those in a folder that matches it.
        meant = meant.exclude(&format!("/{rest}/"))?;
    }
    for excluded in &wanted.selection.exclude {
        meant = meant.exclude(excluded)?;
    }
    let place = Remote { bucket: remote.bucket.clone(), key: base.to_owned() };
    Ok((Address::Remote(place), meant))
}

/// Removes what was copied, and nothing that was not.
async fn remove_sources(
    context: &Context,
    source: &Address,
    plan: &Plan,
    report: &Report,
) -> Result<(), Failure> {
    if report.failures > report.failed.len() as u64 || report.not_tried > 0 {
        return Err(Failure::new(
            Exit::Partial,
            "not everything was copied; no source was removed",
        ));
    }
    let mut actions = plan.actions();
    while let Some(action) = actions.next().await? {
        let Action::Send { name, .. } = action else { continue };
        if report.failed.iter().any(|failed| failed.name == name) {
            continue;
        }
        match source {
            Address::Local(folder) => single::remove_file(&Path::new(folder).join(&name)).await?,
            Address::Remote(remote) => {
                let folder = remote.key.trim_end_matches('/');
                let whole = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                context.client.objects().delete(&context.bucket(remote)?, &key(&whole)?).await?;
            }
            Address::Stdio => {}
        }
    }
    Ok(())
}
