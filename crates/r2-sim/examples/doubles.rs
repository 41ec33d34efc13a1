//! The doubles, without a client: `cargo run -p r2-sim --example doubles`.
//!
//! Records a few requests from a local R2, plays them again, and says what they would cost. Any
//! client that takes a `Transport` can stand where `send` is.

use std::io::Write as _;

use http::Request;
use r2_sim::{BillingClass, Canned, Emulator, Journal, Mock, Recorder, Replayer};
use r2_transport::{Body, Transport};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout();

    // Record.
    let recorder = Recorder::new(Emulator::memory(), "a bucket and an object");
    work(&recorder).await?;
    let cassette = recorder.finish()?;
    writeln!(out, "recorded: {}", cassette.operations().join(", "))?;

    // Replay, and look at what was sent.
    let replayer = Replayer::new(cassette);
    let journal = Journal::new(replayer.clone());
    work(&journal).await?;
    replayer.assert_exhausted();
    journal.assert_operations(&["CreateBucket", "PutObject", "GetObject"]);
    let invoice = journal.invoice();
    invoice.assert_at_most(BillingClass::A, 2);
    write!(out, "billed:\n{invoice}")?;

    // Ask for something else.
    let other = Request::get("http://r2.local/photos/b.txt").body(Body::empty())?;
    if let Err(error) = replayer.send(other).await {
        let why = std::error::Error::source(&error).map(ToString::to_string);
        writeln!(out, "missed: {}", why.unwrap_or_default())?;
    }

    // Or say what is to be answered.
    let mock = Mock::new().on("GetObject", Canned::no_such_key());
    let get = Request::get("http://r2.local/photos/a.txt").body(Body::empty())?;
    writeln!(out, "mocked: {}", mock.send(get).await?.status())?;
    Ok(())
}

async fn work(r2: &impl Transport) -> Result<(), Box<dyn std::error::Error>> {
    r2.send(Request::put("http://r2.local/photos").body(Body::empty())?).await?;
    r2.send(Request::put("http://r2.local/photos/a.txt").body(Body::from("hello"))?).await?;
    let get = Request::get("http://r2.local/photos/a.txt").body(Body::empty())?;
    r2.send(get).await?.into_body().collect(1024).await?;
    Ok(())
}
