//! From a host name to a TCP stream: all addresses, in turn, none waited for too long.

use std::io;
use std::net::SocketAddr;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::sleep;

use crate::{ErrorKind, TransportError, limits};

/// Connects to a host.
///
/// `turn` moves the start of the list on, so that connections spread over the addresses of a host;
/// a resolver alone tends to pin one.
pub(super) async fn connect(
    host: &str,
    port: u16,
    turn: usize,
) -> Result<TcpStream, TransportError> {
    let at = || format!("{host}:{port}");
    let found = lookup_host((host, port))
        .await
        .map_err(|error| TransportError::new(ErrorKind::Dns, error).at(at()))?;
    let addresses = ordered(found.take(limits::ADDRESSES_MAX).collect(), turn);
    if addresses.is_empty() {
        return Err(TransportError::from_kind(ErrorKind::Dns).at(at()));
    }
    race(&addresses).await.map_err(|error| TransportError::new(ErrorKind::Connect, error).at(at()))
}

/// Starts a new attempt when the last one fails, or has not answered for a moment; the first one
/// to succeed wins, and the others are dropped.
async fn race(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    let mut waiting = addresses.iter().copied();
    let mut attempts = FuturesUnordered::new();
    let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
    loop {
        if let Some(address) = waiting.next() {
            attempts.push(open(address));
        }
        let outcome = if waiting.len() == 0 {
            attempts.next().await
        } else {
            tokio::select! {
                outcome = attempts.next() => outcome,
                () = sleep(limits::ADDRESS_STAGGER) => continue,
            }
        };
        match outcome {
            Some(Ok(stream)) => return Ok(stream),
            Some(Err(error)) => failure = error,
            None => return Err(failure),
        }
    }
}

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_nodelay(true)?;
    // So that a peer that vanished without a word is noticed while a connection is idle.
    socket.set_keepalive(true)?;
    socket.connect(address).await
}

/// The two families in alternation, as RFC 8305 recommends, each rotated by `turn`. The family that
/// the resolver put first stays first.
fn ordered(mut addresses: Vec<SocketAddr>, turn: usize) -> Vec<SocketAddr> {
    let Some(first) = addresses.first().copied() else { return addresses };
    let (mut preferred, mut others): (Vec<_>, Vec<_>) =
        addresses.drain(..).partition(|address| address.is_ipv4() == first.is_ipv4());
    for family in [&mut preferred, &mut others] {
        if !family.is_empty() {
            let steps = turn % family.len();
            family.rotate_left(steps);
        }
    }
    let mut others = others.into_iter();
    for address in preferred {
        addresses.push(address);
        addresses.extend(others.next());
    }
    addresses.extend(others);
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(list: &str, turn: usize, expected: &str) {
        let addresses = list.split(' ').filter(|text| !text.is_empty());
        let addresses = addresses.map(|text| text.parse().expect("test address")).collect();
        let got: Vec<_> = ordered(addresses, turn).iter().map(SocketAddr::to_string).collect();
        assert_eq!(got.join(" "), expected, "turn {turn}");
    }

    #[test]
    fn families_alternate_and_each_takes_turns() {
        let list = "[::1]:1 [::2]:1 1.1.1.1:1 1.1.1.2:1 1.1.1.3:1";
        check(list, 0, "[::1]:1 1.1.1.1:1 [::2]:1 1.1.1.2:1 1.1.1.3:1");
        check(list, 1, "[::2]:1 1.1.1.2:1 [::1]:1 1.1.1.3:1 1.1.1.1:1");
        check(list, 2, "[::1]:1 1.1.1.3:1 [::2]:1 1.1.1.1:1 1.1.1.2:1");
        check("1.1.1.1:1", usize::MAX, "1.1.1.1:1");
        check("", 7, "");
    }

    #[tokio::test]
    async fn a_dead_address_does_not_stop_the_next_one() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("bind");
        let alive = listener.local_addr().expect("address");
        let gone = std::net::TcpListener::bind("127.0.0.1:0").expect("bind");
        let dead = gone.local_addr().expect("address");
        drop(gone);
        let stream = race(&[dead, dead, alive]).await.expect("the last one answers");
        assert_eq!(stream.peer_addr().expect("peer"), alive);
        assert!(stream.nodelay().expect("option"));
        let error = race(&[dead, dead]).await.expect_err("nobody answers");
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
    }
}
