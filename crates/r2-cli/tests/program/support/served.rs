//! `r2 serve emulator` as a child process.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::ChildStdout;
use tokio::time::timeout;

use super::{Place, R2, Running, runtime};

/// How long it may take until it listens, on a machine with much else to do.
const LIMIT: Duration = Duration::from_secs(30);

/// A served emulator; killed when dropped.
#[derive(Debug)]
pub(crate) struct Served {
    running: Running,
    // Held, because a program whose reader is gone may end when it prints.
    _output: BufReader<ChildStdout>,
    listening: Value,
}

impl Served {
    /// Starts one; `r2` says where its store is.
    pub(crate) fn start(r2: &R2) -> Self {
        Self::start_with(r2, &[])
    }

    /// The same with more flags.
    pub(crate) fn start_with(r2: &R2, flags: &[&str]) -> Self {
        let words = ["--json", "serve", "emulator", "--listen", "127.0.0.1:0", "--bucket", "test"];
        let mut running = r2.start([&words[..], flags].concat());
        let mut output = BufReader::new(running.output());
        let mut line = String::new();
        let read = runtime().block_on(async { timeout(LIMIT, output.read_line(&mut line)).await });
        if !matches!(read, Ok(Ok(1..))) {
            let ran = running.end();
            panic!("it does not listen: {ran:?}");
        }
        let listening: Value = serde_json::from_str(&line).expect("a line of JSON");
        assert_eq!((&listening["v"], &listening["type"]), (&1.into(), &"listening".into()));
        Self { running, _output: output, listening }
    }

    fn field(&self, name: &str) -> &str {
        self.listening[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.listening))
    }

    pub(crate) fn url(&self) -> &str {
        self.field("endpoint")
    }

    /// The key pair that it accepts: id and secret.
    pub(crate) fn key(&self) -> (&str, &str) {
        (self.field("access_key_id"), self.field("secret_access_key"))
    }

    /// The program as a client of it.
    pub(crate) fn client(&self, place: &Place) -> R2 {
        let (id, secret) = self.key();
        place
            .r2()
            .with("AWS_ENDPOINT_URL_S3", self.url())
            .with("AWS_ACCESS_KEY_ID", id)
            .with("AWS_SECRET_ACCESS_KEY", secret)
    }

    /// `kill -9`.
    pub(crate) fn kill(self) {
        self.running.kill();
    }

    pub(crate) fn signal(&self, name: &str) {
        self.running.signal(name);
    }

    /// Waits for the end.
    pub(crate) fn end(self) -> super::Ran {
        let Self { running, .. } = self;
        running.end()
    }
}
