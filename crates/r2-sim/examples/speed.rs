//! Measures a local store: many small objects in, the process gone without a word, the store open
//! again.
//!
//! `cargo run --release -p r2-sim --example speed -- FOLDER [OBJECTS] [BYTES]`
//!
//! The first run fills the folder and ends as `kill -9` would end it; the second one opens it.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use futures_util::stream::{self, StreamExt as _};
use http::Request;
use r2_sim::Emulator;
use r2_transport::{Body, Transport as _};

/// Requests at the same time.
const IN_FLIGHT: usize = 16;

type Failure = Box<dyn std::error::Error>;

#[expect(clippy::disallowed_methods, reason = "this program measures")]
fn now() -> Instant {
    Instant::now()
}

fn say(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{text}")
}

async fn put(r2: &Emulator, path: String, body: Vec<u8>) -> Result<(), Failure> {
    let request = Request::put(format!("http://r2.local{path}")).body(Body::from(body))?;
    let response = r2.send(request).await?;
    if response.status().is_success() { Ok(()) } else { Err(response.status().as_str().into()) }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.first().ok_or("which folder?")?;
    let number = |at: usize, or: usize| arguments.get(at).map_or(Ok(or), |text| text.parse());
    let (objects, bytes) = (number(1, 10_000)?, number(2, 4096)?);
    let is_new = !Path::new(folder).exists();

    let start = now();
    let r2 = Emulator::builder().directory(folder)?;
    say(&format!("open: {:?}", start.elapsed()))?;
    if !is_new {
        let start = now();
        let list = Request::get("http://r2.local/bucket?list-type=2").body(Body::empty())?;
        let page = r2.send(list).await?.into_body().collect(16 << 20).await?;
        say(&format!("first page of {} bytes: {:?}", page.len(), start.elapsed()))?;
        return Ok(());
    }
    put(&r2, "/bucket".to_owned(), Vec::new()).await?;
    let start = now();
    let puts = stream::iter(0..objects).map(|object| {
        let r2 = r2.clone();
        async move { put(&r2, format!("/bucket/some/folder/{object:08}"), vec![7; bytes]).await }
    });
    let mut puts = puts.buffer_unordered(IN_FLIGHT);
    while let Some(done) = puts.next().await {
        done?;
    }
    say(&format!("{objects} objects of {bytes} bytes: {:?}", start.elapsed()))?;
    std::process::abort();
}
