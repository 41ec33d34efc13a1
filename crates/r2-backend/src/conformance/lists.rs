//! Listings are complete, in order, and cut into pages that fit together.

use futures_util::TryStreamExt as _;

use super::suite::{Check, check};
use super::world::{Outcome, World, expect, fails, same};
use crate::storage::{
    Entry, HeadOptions, ListOptions, PageToken, StorageBackendExt as _, StorageErrorKind,
};

pub(super) const CHECKS: &[Check] = &[
    check!("a listing is in the order of bytes", order),
    check!("pages of any size fit together", pages),
    check!("a prefix is no folder", prefixes),
    check!("a delimiter groups", groups),
    check!("a listing begins after a key", starts),
    check!("a listing tells what head tells", facts),
    check!("a page token that is none is refused", token),
];

/// UTF-16 has another order than UTF-8, and file systems have none.
const NAMES: [&str; 12] =
    ["!", "A", "B", "a", "a!", "a/1", "a/2", "a/b/3", "a0", "b/1", "\u{fffd}", "\u{1f980}"];

async fn fill(world: &World) -> Outcome {
    for name in NAMES.iter().rev() {
        world.put(name, *name).await?;
    }
    Ok(())
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn order(world: &World) -> Outcome {
    same("nothing", &world.names(ListOptions::new()).await?, &vec![])?;
    fill(world).await?;
    same("all", &world.names(ListOptions::new()).await?, &owned(&NAMES))
}

async fn pages(world: &World) -> Outcome {
    fill(world).await?;
    for size in [1, 2, 5, 12, 13, 1_000] {
        let options = ListOptions::new().page_size(size);
        let what = format!("pages of {size}");
        same(&what, &world.names(options.clone()).await?, &owned(&NAMES))?;
        let grouped = owned(&["!", "A", "B", "a", "a!", "a/", "a0", "b/", "\u{fffd}", "\u{1f980}"]);
        same(&what, &world.names(options.clone().delimiter("/")).await?, &grouped)?;
        let options = ListOptions { prefix: world.full(""), ..options };
        let pages: Vec<_> = world.backend.list_pages(options).try_collect().await?;
        let longest = pages.iter().map(|page| page.entries.len()).max().unwrap_or_default();
        let limit = usize::try_from(size).unwrap_or(usize::MAX);
        expect(longest <= limit, || format!("a page of {longest} where {size} were asked for"))?;
    }
    Ok(())
}

async fn prefixes(world: &World) -> Outcome {
    fill(world).await?;
    let table: [(&str, &[&str]); 6] = [
        ("a", &["a", "a!", "a/1", "a/2", "a/b/3", "a0"]),
        ("a/", &["a/1", "a/2", "a/b/3"]),
        ("a/b", &["a/b/3"]),
        ("a/b/3", &["a/b/3"]),
        ("a/b/3/", &[]),
        ("b/1x", &[]),
    ];
    for (prefix, expected) in table {
        let names = world.names(ListOptions::new().prefix(prefix)).await?;
        same(prefix, &names, &owned(expected))?;
    }
    Ok(())
}

async fn groups(world: &World) -> Outcome {
    fill(world).await?;
    let table: [(&str, &str, &[&str]); 4] = [
        ("a/", "/", &["a/1", "a/2", "a/b/"]),
        ("a", "/", &["a", "a!", "a/", "a0"]),
        ("a/b/", "/", &["a/b/3"]),
        ("a", "!", &["a", "a!", "a/1", "a/2", "a/b/3", "a0"]),
    ];
    for (prefix, delimiter, expected) in table {
        let options = ListOptions::new().prefix(prefix).delimiter(delimiter);
        let names = world.names(options).await?;
        same(&format!("{prefix} by {delimiter}"), &names, &owned(expected))?;
    }
    let options = ListOptions::new().prefix(world.full("")).delimiter("/");
    let entries: Vec<Entry> = world.backend.list(options).try_collect().await?;
    let groups = entries.iter().filter(|entry| matches!(entry, Entry::Prefix(_))).count();
    same("how many groups there are", &groups, &2)
}

async fn starts(world: &World) -> Outcome {
    fill(world).await?;
    for (after, expected) in [("a/2", 7), ("a/2x", 7), ("a", 4), ("\u{1f980}", 12), ("zzzz", 10)] {
        for size in [2, 1_000] {
            let options = ListOptions::new().start_after(after).page_size(size);
            let names = world.names(options).await?;
            same(&format!("after {after}"), &names, &owned(&NAMES[expected..]))?;
        }
    }
    let options = ListOptions::new().prefix("a/").start_after("a/1");
    same("with a prefix", &world.names(options).await?, &owned(&["a/2", "a/b/3"]))
}

async fn facts(world: &World) -> Outcome {
    world.put("a", "hello").await?;
    let head = world.backend.head(&world.key("a")?, HeadOptions::new()).await?;
    let options = ListOptions::new().prefix(world.full(""));
    let entries: Vec<Entry> = world.backend.list(options).try_collect().await?;
    let listed = entries.into_iter().next().and_then(Entry::object);
    let listed = listed.ok_or_else(|| super::world::Fault::new("it is not listed"))?;
    same("the key", &listed.key, &head.key)?;
    same("the size", &listed.size, &head.size)?;
    expect(listed.etag.is_none_or(|etag| etag == head.etag), || "another tag".to_owned())?;
    let seconds = |moment: Option<r2_objects::LastModified>| Some(moment?.unix_seconds());
    let (listed, told) = (seconds(listed.modified), seconds(head.modified));
    let differ = listed.zip(told).is_some_and(|(listed, told)| listed.abs_diff(told) > 1);
    expect(!differ, || format!("written at {listed:?} says the listing, {told:?} says head"))
}

async fn token(world: &World) -> Outcome {
    world.put("a", "hello").await?;
    let options = ListOptions::new().prefix(world.full(""));
    let token = PageToken::new("\u{1}no token of anybody");
    match world.backend.list_page(&options, Some(&token)).await {
        // servers differ: what matters is that nothing from elsewhere is shown
        Ok(page) => {
            let inside = page.entries.iter().all(|entry| entry.name().starts_with(&options.prefix));
            expect(inside, || format!("it lists {page:?}"))
        }
        Err(error) if error.is_retryable() => Err(error.into()),
        Err(error) => fails("the page", Err::<(), _>(error), StorageErrorKind::InvalidInput),
    }
}
