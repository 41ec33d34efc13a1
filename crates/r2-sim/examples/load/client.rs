//! As little of an HTTP client as it takes to keep a server busy: the machine is the server's.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use r2_sign::{Credentials, Input, Payload, Scratch, Signer, Timestamp};
use r2_transport::{Clock as _, SystemClock};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Failure;

/// More than any answer that is asked for here.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Where to, and as whom.
pub(super) struct Access {
    host: String,
    /// Of the endpoint and the bucket.
    base: String,
    credentials: Credentials,
    signer: Signer,
    scratch: Mutex<Scratch>,
}

impl Access {
    pub(super) fn new(
        url: &str,
        id: &str,
        secret: &str,
        region: &str,
        bucket: &str,
    ) -> Result<Access, Failure> {
        let rest = url.strip_prefix("http://").ok_or("only http://")?;
        let (host, base) = rest.split_once('/').unwrap_or((rest, ""));
        let base = if base.is_empty() { String::new() } else { format!("/{base}") };
        Ok(Access {
            host: host.to_owned(),
            base: format!("{base}/{bucket}"),
            credentials: Credentials::new(id, secret),
            signer: Signer::new(region),
            scratch: Mutex::default(),
        })
    }

    /// The head of a request, signed.
    fn head(&self, method: &str, path: &str, body: &[u8]) -> String {
        let now = SystemClock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let at = Timestamp::from_unix(i64::try_from(now.as_secs()).unwrap_or(0));
        let payload = Payload::of(body);
        let target = format!("{}{path}", self.base);
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let headers = &[("host", self.host.as_str())];
        let input = Input { method, path, query, headers, payload };
        let mut scratch = self.scratch.lock().unwrap_or_else(PoisonError::into_inner);
        let signed = self.signer.authorization(&input, &self.credentials, at, &mut scratch);
        format!(
            "{method} {target} HTTP/1.1\r\nhost: {}\r\nx-amz-date: {}\r\n\
             x-amz-content-sha256: {}\r\nauthorization: {signed}\r\ncontent-length: {}\r\n\r\n",
            self.host,
            at.as_str(),
            &*payload.header_value(),
            body.len()
        )
    }
}

/// One connection, opened when it is needed.
pub(super) struct Connection {
    access: Arc<Access>,
    socket: Option<TcpStream>,
    answer: Vec<u8>,
}

impl Connection {
    pub(super) fn new(access: Arc<Access>) -> Connection {
        Connection { access, socket: None, answer: Vec::new() }
    }

    pub(super) fn is_open(&self) -> bool {
        self.socket.is_some()
    }

    /// A request that must succeed.
    pub(super) async fn expect(
        &mut self,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Result<(), Failure> {
        let status = self.send(method, path, body).await?;
        if (200..300).contains(&status) {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&self.answer).into_owned();
        Err(format!("{method} {path}: {status} {said}").into())
    }

    /// A request and its whole answer; the status.
    pub(super) async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Result<u16, Failure> {
        let mut socket = match self.socket.take() {
            Some(socket) => socket,
            None => {
                let socket = TcpStream::connect(&self.access.host).await?;
                socket.set_nodelay(true)?;
                socket
            }
        };
        let mut request = self.access.head(method, path, body).into_bytes();
        request.extend_from_slice(body);
        socket.write_all(&request).await?;
        self.answer.clear();
        let answer = loop {
            if socket.read_buf(&mut self.answer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some(answer) = Answer::read(&self.answer, method)
                && answer.is_whole(&self.answer)
            {
                break answer;
            }
            if self.answer.len() > ANSWER_BYTES_MAX {
                return Err("the answer is too long".into());
            }
        };
        if answer.keeps_open {
            self.socket = Some(socket);
        }
        Ok(answer.status)
    }
}

/// What the head of an answer says.
struct Answer {
    status: u16,
    body_start: usize,
    /// `None`: in chunks.
    length: Option<usize>,
    keeps_open: bool,
}

impl Answer {
    fn read(bytes: &[u8], method: &str) -> Option<Answer> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(bytes.get(..end)?).ok()?.to_ascii_lowercase();
        let status = head.get(9..12)?.parse().ok()?;
        let value = |name: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(':'));
            lines.filter(|(found, _)| *found == name).map(|(_, value)| value.trim()).next()
        };
        let bodyless = method == "HEAD" || status == 204;
        let length = match value("content-length") {
            _ if bodyless => Some(0),
            Some(length) => Some(length.parse().ok()?),
            None if value("transfer-encoding").is_some() => None,
            None => Some(0),
        };
        let keeps_open = value("connection") != Some("close");
        Some(Answer { status, body_start: end + 4, length, keeps_open })
    }

    fn is_whole(&self, bytes: &[u8]) -> bool {
        match self.length {
            Some(length) => bytes.len() >= self.body_start + length,
            None => bytes.ends_with(b"\r\n0\r\n\r\n") || bytes[self.body_start..] == *b"0\r\n\r\n",
        }
    }
}
