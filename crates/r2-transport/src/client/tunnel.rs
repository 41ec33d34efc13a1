//! A tunnel through an HTTP proxy.

use http::HeaderValue;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{BoxError, ErrorKind, TransportError, limits};

/// Asks the proxy at the other end of `stream` to connect us to `host:port`.
pub(super) async fn open(
    stream: &mut TcpStream,
    host: &str,
    port: u16,
    authorization: Option<&HeaderValue>,
) -> Result<(), TransportError> {
    let target =
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
    if let Some(value) = authorization {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(value.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    let refused = |why: BoxError| {
        TransportError::new(ErrorKind::Connect, why).at(format!("proxy, for {target}"))
    };
    stream.write_all(&request).await.map_err(|error| refused(error.into()))?;
    let head = read_head(stream).await.map_err(refused)?;
    match status(&head) {
        Some(200..=299) => Ok(()),
        Some(code) => Err(refused(format!("the proxy answered with status {code}").into())),
        None => Err(refused("the proxy did not answer in http".into())),
    }
}

/// Reads up to the blank line. Nothing may follow it: in a tunnel for TLS we speak first.
async fn read_head(stream: &mut TcpStream) -> Result<Vec<u8>, BoxError> {
    let mut head = Vec::with_capacity(512);
    loop {
        if let Some(end) = head.windows(4).position(|window| window == b"\r\n\r\n") {
            return if end + 4 == head.len() {
                Ok(head)
            } else {
                Err("the proxy sent more than an answer".into())
            };
        }
        if head.len() >= limits::PROXY_HEAD_BYTES_MAX {
            return Err("the answer of the proxy does not end".into());
        }
        if stream.read_buf(&mut head).await? == 0 {
            return Err("the proxy closed the connection".into());
        }
    }
}

fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|byte| *byte == b'\r').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let rest = line.strip_prefix("HTTP/1.1 ").or_else(|| line.strip_prefix("HTTP/1.0 "))?;
    rest.get(..3).filter(|code| code.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn status_line() {
        for (head, code) in [
            ("HTTP/1.1 200 Connection established\r\n\r\n", Some(200)),
            ("HTTP/1.0 407 \r\n\r\n", Some(407)),
            ("HTTP/1.1 200", Some(200)),
            ("HTTP/1.1 +20 x\r\n\r\n", None),
            ("HTTP/1.1 2\r\n\r\n", None),
            ("HTTP/2 200 x\r\n\r\n", None),
            ("SSH-2.0-OpenSSH\r\n", None),
            ("", None),
        ] {
            assert_eq!(status(head.as_bytes()), code, "{head:?}");
        }
    }
}
