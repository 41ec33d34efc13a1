//! Ports that are free now.

use std::net::{Ipv4Addr, TcpListener};

use crate::failure::{Failure, Result};

/// That many different ports of the loopback address, none in use.
///
/// They are all held at once, so that they differ, and let go together; another program could take
/// one before it is used, which then fails to start with a clear word of its own.
pub(super) fn free(count: usize) -> Result<Vec<u16>> {
    let reserve = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let held: std::io::Result<Vec<_>> = (0..count).map(|_| reserve()).collect();
    let ports = held.and_then(|held| {
        held.iter().map(|listener| listener.local_addr().map(|address| address.port())).collect()
    });
    ports.map_err(|error| Failure::on("find a free port", &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_differ() {
        let mut ports = free(8).expect("eight ports are free");
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 8);
    }
}
