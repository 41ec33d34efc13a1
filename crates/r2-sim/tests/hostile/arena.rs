//! A served emulator, and what its answers are measured by.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use r2_sim::{Emulator, EmulatorBuilder};
use r2_transport::{ServeOptions, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;

use super::reply::{Reply, talk};

/// What may be answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// No, or nothing.
    Refused,
    /// No, or nothing, and nothing that follows on the connection is answered.
    RefusedAtOnce,
    /// Anything but a failure of the server.
    Any,
    /// This status.
    Status(u16),
}

/// A request, whole or not.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) verdict: Verdict,
}

pub(crate) fn case(name: impl Into<String>, verdict: Verdict, bytes: impl Into<Vec<u8>>) -> Case {
    Case { name: name.into(), bytes: bytes.into(), verdict }
}

/// A request with a host, from a request line, header lines and a body with its length.
pub(crate) fn request(line: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = match (line.starts_with("GET") || line.starts_with("HEAD"), body.len()) {
        (true, 0) => String::new(),
        (_, length) => format!("Content-Length: {length}\r\n"),
    };
    let head = format!("{line} HTTP/1.1\r\nHost: r2.local\r\n{headers}{length}\r\n");
    [head.as_bytes(), body].concat()
}

/// Connections at the same time.
const LANES: usize = 24;

/// How much more memory the process may have after a run than before it, in bytes: the server's,
/// that of the cases and of the test itself.
const GROWTH_BYTES_MAX: u64 = 128 << 20;

/// Where the cases go.
pub(crate) struct Arena {
    address: SocketAddr,
}

/// An emulator that asks for no signature, so that everything behind the door is reached.
pub(crate) fn open() -> EmulatorBuilder {
    Emulator::builder()
}

/// Serves an emulator with a bucket `b-one` and an object `k` in it, with little patience.
pub(crate) async fn with_arena(r2: Emulator, run: impl AsyncFnOnce(&Arena)) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let arena = Arena { address: listener.local_addr().unwrap() };
    let (stop, stopped) = oneshot::channel::<()>();
    let short = Duration::from_millis(400);
    let options = ServeOptions::new()
        .head_read_timeout(short)
        .idle_timeout(short)
        .stall_timeout(short)
        .drain_timeout(short);
    let server = serve(listener, Arc::new(r2), options, async {
        stopped.await.ok();
    });
    let running = async {
        run(&arena).await;
        drop(stop);
    };
    let (served, ()) = tokio::join!(server, running);
    served.unwrap();
}

impl Arena {
    pub(crate) async fn one(&self, bytes: &[u8]) -> Reply {
        talk(self.address, bytes, 1).await.unwrap().remove(0)
    }

    /// Everything that comes back, as it comes, until the server closes.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = tokio::net::TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut said = Vec::new();
        stream.read_to_end(&mut said).await.unwrap();
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Makes the bucket and its object.
    pub(crate) async fn furnish(&self) {
        assert_eq!(self.one(&request("PUT /b-one", "", "")).await.status, 200);
        assert_eq!(self.one(&request("PUT /b-one/k", "", "stored")).await.status, 200);
    }

    async fn listed(&self) -> String {
        let mut text = String::new();
        for line in ["GET /", "GET /b-one?list-type=2", "GET /b-one?uploads", "GET /b-one/k"] {
            let reply = self.one(&request(line, "", "")).await;
            assert_eq!(reply.status, 200, "{line}: {}", reply.text);
            text.push_str(&reply.text);
        }
        text
    }

    /// Runs cases that must leave everything as it is.
    pub(crate) async fn refuses(&self, cases: &[Case]) {
        let before = self.listed().await;
        self.survives(cases).await;
        assert_eq!(self.listed().await, before, "something was stored or lost");
    }

    /// Runs cases and tells every answer that does not fit.
    pub(crate) async fn survives(&self, cases: &[Case]) {
        let memory = resident_bytes().await;
        let answers = cases.iter().map(async |case| {
            let enough = if case.verdict == Verdict::RefusedAtOnce { usize::MAX } else { 1 };
            (case, talk(self.address, &case.bytes, enough).await)
        });
        let answers: Vec<_> = futures_util::stream::iter(answers)
            .buffer_unordered(LANES)
            .filter_map(async |(case, answer)| fault(case, answer))
            .collect()
            .await;
        let count = answers.len();
        let shown = answers.into_iter().take(40).collect::<Vec<_>>().join("\n");
        assert!(count == 0, "{count} of {}:\n{shown}", cases.len());
        let grown = resident_bytes().await.saturating_sub(memory);
        assert!(grown < GROWTH_BYTES_MAX, "{grown} bytes more than before");
    }
}

/// What is wrong with an answer.
fn fault(case: &Case, answer: Result<Vec<Reply>, &'static str>) -> Option<String> {
    let shown = || {
        let head: Vec<u8> = case.bytes.iter().copied().take(300).collect();
        String::from_utf8_lossy(&head).escape_debug().to_string()
    };
    let replies = match answer {
        Ok(replies) => replies,
        Err(what) => return Some(format!("{}: {what}: {}", case.name, shown())),
    };
    let refuses = |reply: &Reply| {
        (400..500).contains(&reply.status)
            || (reply.status == 501 && reply.text.contains("<Code>NotImplemented</Code>"))
    };
    let fits = match (case.verdict, &*replies) {
        (Verdict::Refused | Verdict::RefusedAtOnce | Verdict::Any, []) => true,
        (Verdict::Refused | Verdict::RefusedAtOnce, [reply]) => refuses(reply),
        (Verdict::RefusedAtOnce, _) => false,
        (Verdict::Refused, [reply, ..]) => refuses(reply),
        (Verdict::Any, [reply, ..]) => {
            refuses(reply) || matches!(reply.status, 200 | 204 | 206 | 304)
        }
        (Verdict::Status(status), [reply, ..]) => reply.status == status,
        (Verdict::Status(_), []) => false,
    };
    let said: Vec<_> = replies
        .iter()
        .map(|reply| {
            format!("{} {}", reply.status, reply.text.chars().take(200).collect::<String>())
        })
        .collect();
    (!fits).then(|| format!("{}: {said:?} to {}", case.name, shown()))
}

/// What the process holds in memory; 0 where that is not told.
async fn resident_bytes() -> u64 {
    let Ok(text) = tokio::fs::read_to_string("/proc/self/status").await else { return 0 };
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) << 10
}
