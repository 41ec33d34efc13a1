//! Measures a local store from inside: filled through the API, gone without a word, opened, listed
//! page by page, and copied.
//!
//! `speed fill FOLDER|- OBJECTS BYTES GROUPS [--sync]`, and the same with `list`, for a folder that
//! is filled. `-` is memory, where both are done at once. `--sync` forces each answer to the disk.

use std::io::Write as _;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt as _};
use http::Request;
use r2_sim::{Durability, Emulator};
use r2_transport::{Body, Transport as _};

/// Requests at the same time.
const IN_FLIGHT: usize = 512;
const PAGE_BYTES_MAX: usize = 16 << 20;

type Failure = Box<dyn std::error::Error>;

#[expect(clippy::disallowed_methods, reason = "this program measures")]
fn now() -> Instant {
    Instant::now()
}

fn say(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{text}")
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_synced = arguments.last().is_some_and(|last| last == "--sync");
    arguments.truncate(arguments.len() - usize::from(is_synced));
    let [what, folder, objects, bytes, groups] = arguments.as_slice() else {
        return Err("see the first lines of this program".into());
    };
    let (objects, bytes, groups) = (objects.parse()?, bytes.parse()?, groups.parse()?);
    let start = now();
    let durability = if is_synced { Durability::Disk } else { Durability::System };
    let builder = Emulator::builder().durability(durability);
    let r2 = if folder == "-" { builder.memory() } else { builder.directory(folder)? };
    say(&format!("open: {:?}, {}", start.elapsed(), resident()))?;
    if what == "fill" || folder == "-" {
        fill(&r2, objects, bytes, groups).await?;
    }
    if what == "list" || folder == "-" {
        list(&r2, objects, groups).await?;
        states(&r2, folder).await?;
    }
    // No farewell: what is on the disk now is what a kill would leave.
    std::process::abort();
}

async fn put(r2: &Emulator, path: String, body: Vec<u8>) -> Result<(), Failure> {
    let request = Request::put(format!("http://r2.local{path}")).body(Body::from(body))?;
    let response = r2.send(request).await?;
    if response.status().is_success() { Ok(()) } else { Err(response.status().as_str().into()) }
}

fn key(object: usize, groups: usize) -> String {
    format!("/bucket/group-{:06}/{object:08}", object % groups)
}

async fn fill(r2: &Emulator, objects: usize, bytes: usize, groups: usize) -> Result<(), Failure> {
    put(r2, "/bucket".to_owned(), Vec::new()).await?;
    let start = now();
    let puts = stream::iter(0..objects).map(|object| {
        let r2 = r2.clone();
        async move { put(&r2, key(object, groups), vec![7; bytes]).await }
    });
    let mut puts = puts.buffer_unordered(IN_FLIGHT);
    while let Some(done) = puts.next().await {
        done?;
    }
    say(&format!("{objects} objects of {bytes} bytes: {:?}, {}", start.elapsed(), resident()))?;
    Ok(())
}

async fn list(r2: &Emulator, objects: usize, groups: usize) -> Result<(), Failure> {
    for (query, entry, expected) in [
        ("", "<Key>", objects),
        ("&delimiter=/", "<CommonPrefixes>", groups),
        ("&prefix=group-000001/", "<Key>", objects / groups),
    ] {
        let (mut times, mut entries, mut token) = (Vec::new(), 0, String::new());
        loop {
            let uri = format!("http://r2.local/bucket?list-type=2{query}{token}");
            let start = now();
            let response = r2.send(Request::get(uri).body(Body::empty())?).await?;
            let page = response.into_body().collect(PAGE_BYTES_MAX).await?;
            times.push(start.elapsed());
            let page = std::str::from_utf8(&page)?;
            entries += page.matches(entry).count();
            let Some((_, next)) = page.split_once("<NextContinuationToken>") else { break };
            let next = next.split('<').next().unwrap_or_default();
            token = format!("&continuation-token={}", r2_sign::encode::component(next));
        }
        if entries != expected {
            return Err(format!("{query}: {entries} entries instead of {expected}").into());
        }
        let tenth = times.len().div_ceil(10);
        let (first, last) = (median(&times[..tenth]), median(&times[times.len() - tenth..]));
        let pages = times.len();
        say(&format!(
            "list{query}: {pages} pages, first tenth {first:?} each, last tenth {last:?}, {}",
            resident()
        ))?;
    }
    Ok(())
}

async fn states(r2: &Emulator, folder: &str) -> Result<(), Failure> {
    if folder != "-" {
        let start = now();
        r2.copy_to(format!("{folder}.copy")).await?;
        say(&format!("copy of the folder: {:?}", start.elapsed()))?;
        return Ok(());
    }
    let start = now();
    let state = r2.snapshot().ok_or("not in memory")?;
    say(&format!("snapshot: {:?}", start.elapsed()))?;
    let mut times = Vec::new();
    for _ in 0..100 {
        let start = now();
        let fork = state.emulator();
        times.push(start.elapsed());
        put(&fork, "/bucket/another".to_owned(), Vec::new()).await?;
    }
    say(&format!("fork: {:?}", median(&times)))?;
    let start = now();
    r2.restore(&state)?;
    say(&format!("restore: {:?}, {}", start.elapsed(), resident()))?;
    Ok(())
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2]
}

/// Resident memory now, and the most there ever was; only Linux says so.
fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("?");
        line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) >> 10
    };
    format!("{} MiB resident, {} at most", field("VmRSS:"), field("VmHWM:"))
}
