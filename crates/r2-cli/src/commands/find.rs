//! `r2 find`: the addresses of objects by name, size and age.

use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use r2_objects::{CostClass, ListedObject};
use serde_json::json;

use super::bill::Bill;
use super::context::Context;
use super::ls::fields;
use super::selected::{Wanted, objects};
use crate::address::Remote;
use crate::args::Find;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::human;
use crate::output::stdout_failed;
use crate::pattern::Pattern;

/// Finds. Objects that are not there are no failure: nothing is printed.
pub(crate) async fn find(context: &Context, wanted: &Find) -> Result<Exit, Failure> {
    if wanted.print0 && context.output.is_json() {
        return Err(Failure::usage("--print0 and --json exclude each other")
            .hint("JSON lines have the key in a field, whatever is in it"));
    }
    let remote = Remote::require(&wanted.address)?;
    let test = Test::new(wanted, context.client.now())?;
    let selected = Wanted::below(&remote, &wanted.selection)?;
    if context.global.dry_run {
        let mut bill = Bill::default();
        bill.add(CostClass::A, 1);
        context.output.note("one request lists up to 1,000 names; more names need more requests");
        return bill.print(context, "find");
    }
    let mut found = std::pin::pin!(objects(context, &remote, selected)?);
    let (mut count, mut bytes) = (0_u64, 0_u64);
    while let Some(object) = found.next().await {
        let object = object?;
        if !test.passes(&object) {
            continue;
        }
        count += 1;
        bytes += object.size;
        let address = format!("r2://{}/{}", remote.bucket, object.key);
        if wanted.print0 {
            let ended = format!("{address}\0");
            context.world.out.bytes(ended.as_bytes()).map_err(stdout_failed)?;
        } else {
            context
                .output
                .result("object", fields(&object), || human::name(&address).into_owned())?;
        }
    }
    context.summary("find", Exit::Done, json!({ "objects": count, "bytes": bytes }))
}

/// What an object has to pass.
#[derive(Debug)]
struct Test {
    names: Vec<Pattern>,
    min_size: u64,
    max_size: u64,
    older_than: Option<Duration>,
    newer_than: Option<Duration>,
    now: SystemTime,
}

impl Test {
    fn new(wanted: &Find, now: SystemTime) -> Result<Self, Failure> {
        let names = wanted.name.iter().map(|name| Pattern::new(name));
        Ok(Self {
            names: names.collect::<Result<_, _>>()?,
            min_size: wanted.min_size.unwrap_or(0),
            max_size: wanted.max_size.unwrap_or(u64::MAX),
            older_than: wanted.older_than,
            newer_than: wanted.newer_than,
            now,
        })
    }

    fn passes(&self, object: &ListedObject) -> bool {
        let key = object.key.as_str();
        let name = key.rsplit_once('/').map_or(key, |(_, name)| name);
        let named = self.names.is_empty() || self.names.iter().any(|glob| glob.matches(name));
        // what the server's clock puts into the future is new
        let age = self.now.duration_since(object.last_modified.time()).unwrap_or_default();
        named
            && (self.min_size..=self.max_size).contains(&object.size)
            && self.older_than.is_none_or(|least| age >= least)
            && self.newer_than.is_none_or(|limit| age < limit)
    }
}
