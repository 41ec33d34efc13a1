//! Responses as they come from the wire.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any limit of the server under test: whatever takes this long, hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Longer than any answer, in bytes.
const REPLY_BYTES_MAX: usize = 1 << 20;

/// One response.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) text: String,
}

/// Sends bytes and reads every response until the server closes, or the first one if that is
/// enough. What the server does not want to read is not an error.
pub(crate) async fn talk(
    address: std::net::SocketAddr,
    bytes: &[u8],
    enough: usize,
) -> Result<Vec<Reply>, &'static str> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await.map_err(|_| "nobody listens")?;
        let (mut read, mut write) = stream.split();
        let mut seen = Vec::new();
        let sending = async {
            write.write_all(bytes).await.ok();
            // Held open: the server must not wait for us to leave.
            std::future::pending::<()>().await;
        };
        let receiving = async {
            let bodyless = bytes.starts_with(b"HEAD ");
            loop {
                let replies = parse(&seen, bodyless);
                if replies.len() >= enough || seen.len() > REPLY_BYTES_MAX {
                    return replies;
                }
                match read.read_buf(&mut seen).await {
                    Ok(1..) => {}
                    Ok(0) | Err(_) => return parse(&seen, bodyless),
                }
            }
        };
        tokio::select! {
            () = sending => Err("never"),
            replies = receiving => Ok(replies),
        }
    };
    timeout(PATIENCE, exchange).await.unwrap_or(Err("no answer and no end"))
}

/// Every whole response, interim ones left out.
fn parse(mut bytes: &[u8], bodyless: bool) -> Vec<Reply> {
    let mut replies = Vec::new();
    while let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
        });
        bytes = &bytes[end + 4..];
        let length: usize = if bodyless { 0 } else { length.unwrap_or(0) };
        let Some(body) = bytes.get(..length) else { break };
        bytes = &bytes[length..];
        if status != 100 {
            replies.push(Reply { status, text: String::from_utf8_lossy(body).into_owned() });
        }
    }
    replies
}
