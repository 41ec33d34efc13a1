//! Measures an S3 server from outside: requests per second, CPU time of its whole process tree for
//! each request, memory while idle and for each idle connection, and how soon it answers.
//!
//! `load requests URL KEY_ID SECRET REGION BUCKET PID SECONDS`: a line for each operation, its
//! requests, seconds and CPU seconds; then `idle` and `connection`, in KiB of resident memory.
//! `load start RUNS PROGRAM ARGUMENTS...`: starts it with a free address as its first argument, and
//! prints the milliseconds until it answered, for each run.

mod client;
mod tree;

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use client::{Access, Connection};
use tree::Usage;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Requests under way at any moment.
const IN_FLIGHT: usize = 16;
/// Objects that are there, of 1 KiB each.
const OBJECTS: u64 = 200;
const BODY: [u8; 1024] = [b'x'; 1024];
const IDLE_CONNECTIONS: usize = 1000;

#[expect(clippy::disallowed_methods, reason = "this program measures")]
fn now() -> Instant {
    Instant::now()
}

fn say(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{text}")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["requests", url, id, secret, region, bucket, pid, seconds] => {
            let access = Arc::new(Access::new(url, id, secret, region, bucket)?);
            let length = Duration::from_secs_f64(seconds.parse()?);
            requests(access, pid.parse()?, length).await
        }
        ["start", runs, program, arguments @ ..] => {
            for _ in 0..runs.parse::<u32>()? {
                start(program, arguments)?;
            }
            Ok(())
        }
        _ => Err("see the first lines of this program".into()),
    }
}

/// Method, path below the bucket and body of the request of this number.
fn request(operation: &str, number: u64) -> (&'static str, String, &'static [u8]) {
    let key = |count| format!("/small/{:06}", number % count);
    match operation {
        "PUT" => ("PUT", key(OBJECTS), &BODY),
        "GET" => ("GET", key(OBJECTS), &[]),
        "HEAD" => ("HEAD", key(OBJECTS), &[]),
        _ => ("GET", "?list-type=2&max-keys=10&prefix=small%2F".to_owned(), &[]),
    }
}

async fn requests(access: Arc<Access>, pid: u32, length: Duration) -> Result<(), Failure> {
    let idle = Usage::of_tree(pid)?;
    let mut connection = Connection::new(Arc::clone(&access));
    // It may be there already, or be made by other means.
    connection.send("PUT", "", &[]).await?;
    for number in 0..OBJECTS {
        let (method, path, body) = request("PUT", number);
        connection.expect(method, &path, body).await?;
    }
    for operation in ["GET", "HEAD", "PUT", "LIST"] {
        // One second to warm up what the server keeps for each connection.
        many(&access, operation, length.min(Duration::from_secs(1))).await?;
        let (before, begun) = (Usage::of_tree(pid)?, now());
        let count = many(&access, operation, length).await?;
        let (took, after) = (begun.elapsed(), Usage::of_tree(pid)?);
        let cpu = after.cpu_seconds - before.cpu_seconds;
        say(&format!("{operation} {count} {:.3} {cpu:.3}", took.as_secs_f64()))?;
    }
    say(&format!("idle {}", idle.resident_kib))?;
    let before = Usage::of_tree(pid)?;
    let mut connections = Vec::new();
    for _ in 0..IDLE_CONNECTIONS {
        let mut connection = Connection::new(Arc::clone(&access));
        connection.expect("HEAD", "/small/000000", &[]).await?;
        connections.push(connection);
    }
    let open = connections.iter().filter(|connection| connection.is_open()).count();
    let more = Usage::of_tree(pid)?.resident_kib.saturating_sub(before.resident_kib);
    if open == IDLE_CONNECTIONS {
        say(&format!("connection {:.1}", f64::from(u32::try_from(more)?) / 1000.0))?;
    }
    Ok(())
}

/// Sends as many requests as fit into the time; how many these were.
async fn many(
    access: &Arc<Access>,
    operation: &'static str,
    length: Duration,
) -> Result<u64, Failure> {
    let (next, begun) = (Arc::new(AtomicU64::new(0)), now());
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..IN_FLIGHT {
        let (next, mut connection) = (Arc::clone(&next), Connection::new(Arc::clone(access)));
        workers.spawn(async move {
            while begun.elapsed() < length {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let (method, path, body) = request(operation, number);
                connection.expect(method, &path, body).await?;
            }
            Ok::<_, Failure>(())
        });
    }
    while let Some(done) = workers.join_next().await {
        done??;
    }
    Ok(next.load(Ordering::Relaxed))
}

/// From the call that starts the program to the first byte of its first answer.
fn start(program: &str, arguments: &[&str]) -> Result<(), Failure> {
    use std::io::Read as _;
    let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let begun = now();
    let mut server = Command::new(program)
        .arg(address.to_string())
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()?;
    let mut answer = [0; 1];
    while begun.elapsed() < Duration::from_secs(30) {
        let Ok(mut socket) = std::net::TcpStream::connect(address) else {
            #[expect(clippy::disallowed_methods, reason = "waits for another process")]
            std::thread::sleep(Duration::from_micros(200));
            continue;
        };
        socket.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
        socket.read_exact(&mut answer)?;
        break;
    }
    say(&format!("{:.1}", begun.elapsed().as_secs_f64() * 1000.0))?;
    server.kill()?;
    server.wait()?;
    Ok(())
}
