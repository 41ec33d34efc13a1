//! `r2 du`: how much there is, and what keeping it costs.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use r2_objects::{CostClass, Money, PriceList, StorageClass};
use serde_json::json;

use super::bill::Bill;
use super::context::Context;
use super::selected::{Wanted, objects};
use crate::address::Remote;
use crate::args::Disk;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::human;

/// Folders shown at most: their sums are in memory.
const FOLDERS_MAX: usize = 100_000;

#[derive(Clone, Copy, Default)]
struct Sum {
    objects: u64,
    standard_bytes: u64,
    infrequent_bytes: u64,
}

impl Sum {
    fn bytes(&self) -> u64 {
        self.standard_bytes + self.infrequent_bytes
    }

    /// Storage of a month, without the account's free amount.
    fn month(&self) -> Money {
        let prices = PriceList::r2();
        prices.standard.byte_month * self.standard_bytes
            + prices.infrequent.byte_month * self.infrequent_bytes
    }
}

/// Counts.
pub(crate) async fn du(context: &Context, wanted: &Disk) -> Result<Exit, Failure> {
    let remote = Remote::require(&wanted.address)?;
    if context.global.dry_run {
        let mut bill = Bill::default();
        bill.add(CostClass::A, 1);
        context.output.note("one request lists up to 1,000 names; more names need more requests");
        return bill.print(context, "du");
    }
    let selected = Wanted::below(&remote, &wanted.selection)?;
    let mut found = std::pin::pin!(objects(context, &remote, selected.clone())?);
    let mut folders: BTreeMap<String, Sum> = BTreeMap::new();
    let mut total = Sum::default();
    while let Some(object) = found.next().await {
        let object = object?;
        let infrequent = object.storage_class == Some(StorageClass::InfrequentAccess);
        count(&mut total, object.size, infrequent);
        if wanted.depth > 0 {
            let folder = folder(selected.relative(object.key.as_str()), wanted.depth);
            if folders.len() < FOLDERS_MAX || folders.contains_key(folder) {
                count(folders.entry(folder.to_owned()).or_default(), object.size, infrequent);
            }
        }
    }
    for (folder, sum) in &folders {
        let fields = json!({ "folder": folder, "objects": sum.objects, "bytes": sum.bytes() });
        context.output.result("folder", fields, || line(sum, folder))?;
    }
    if !context.output.is_json() {
        context.output.result("total", json!({}), || line(&total, &remote.to_string()))?;
        context.output.result("total", json!({}), || {
            format!("storage costs {} a month, without the free 10 GB", total.month())
        })?;
    }
    let fields = json!({ "objects": total.objects, "bytes": total.bytes(),
        "infrequent_bytes": total.infrequent_bytes,
        "dollars_per_month": total.month().to_string() });
    context.summary("du", Exit::Done, fields)
}

fn count(sum: &mut Sum, size: u64, infrequent: bool) {
    sum.objects += 1;
    let bytes = if infrequent { &mut sum.infrequent_bytes } else { &mut sum.standard_bytes };
    *bytes += size;
}

/// The first `depth` folders of a name; the empty name stands for what lies in none.
fn folder(name: &str, depth: usize) -> &str {
    let end = name.match_indices('/').take(depth).last().map_or(0, |(slash, _)| slash + 1);
    &name[..end]
}

fn line(sum: &Sum, name: &str) -> String {
    let name = if name.is_empty() { ".".into() } else { human::name(name) };
    format!(
        "{:>10}  {:>16}  {name}",
        human::bytes(sum.bytes()),
        human::count(sum.objects, "object")
    )
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn folders_of_a_name() {
        let cases = [("a/b/c", 1, "a/"), ("a/b/c", 2, "a/b/"), ("a/b/c", 9, "a/b/"), ("c", 1, "")];
        for (name, depth, wanted) in cases {
            assert_eq!(folder(name, depth), wanted, "{name} {depth}");
        }
    }
}
