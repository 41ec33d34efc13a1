//! `r2 sync`: makes a destination equal to a source, sending only what differs.

use r2_backend::{Compare, Extra, SyncOptions};
use r2_objects::ObjectAttributes;
use serde_json::json;

use super::context::Context;
use super::single;
use super::tree::{self, Trees};
use crate::address::Address;
use crate::args::Sync as Wanted;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::human;
use crate::pattern::rules;
use crate::progress::{Progress, rate};

/// Syncs.
pub(crate) async fn sync(context: &Context, wanted: &Wanted) -> Result<Exit, Failure> {
    let compare = match (wanted.checksum, wanted.size_only) {
        (true, _) => Compare::Checksum,
        (false, true) => Compare::Size,
        (false, false) => Compare::Time,
    };
    let extra = match wanted.delete {
        true => Extra::Delete { at_most: wanted.max_delete },
        false => Extra::Keep,
    };
    let options = SyncOptions::new().rules(rules(&wanted.selection)?).compare(compare).extra(extra);
    let source = tree::location(context, &folder(&wanted.source).await?)?;
    let destination = tree::location(context, &folder(&wanted.destination).await?)?;
    let progress = Progress::start(&context.output, context.global.no_progress);
    let trees = Trees {
        source,
        destination,
        options,
        attributes: ObjectAttributes::new(),
        transfer: &wanted.transfer,
    };
    let plan = tree::plan(context, trees, &progress).await?;
    if context.global.dry_run {
        let mut bill = super::bill::Bill::default();
        tree::show(context, &plan, &mut bill).await?;
        return bill.print(context, "sync");
    }
    let report = tree::run(context, &plan, &progress).await;
    progress.finish();
    let report = report?;
    let elapsed = progress.elapsed();
    let same = plan.summary().same;
    context.output.note(&format!(
        "{} sent ({} in {}, {}/s), {} the same, {} removed",
        human::count(report.sent, "object"),
        human::bytes(report.sent_bytes),
        human::duration(elapsed),
        human::bytes(rate(report.sent_bytes, elapsed)),
        human::thousands(same),
        human::thousands(report.deleted),
    ));
    let exit = tree::exit(&report);
    let fields = json!({
        "sent": report.sent, "bytes": report.sent_bytes, "same": same,
        "deleted": report.deleted, "failed": report.failures, "missing": report.missing,
        "not_tried": report.not_tried, "deletes_withheld": report.deletes_withheld,
    });
    context.summary("sync", exit, fields)
}

/// Both ends are folders; a single file is the business of `cp`.
async fn folder(text: &str) -> Result<Address, Failure> {
    let address = Address::parse(text)?;
    if let Address::Local(path) = &address
        && single::exists(path).await
        && !single::is_folder(path).await
    {
        return Err(Failure::usage(format!("`{}` is not a folder", path.display()))
            .hint("r2 cp copies one file"));
    }
    Ok(address)
}
