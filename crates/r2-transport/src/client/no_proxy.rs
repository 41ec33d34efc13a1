//! Which hosts are reached without the proxy.

use std::net::IpAddr;

/// A list in the form of the variable `NO_PROXY`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NoProxy(Vec<Rule>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    All,
    /// A domain with all names under it, lower case, without dots at the ends.
    Domain(String, Option<u16>),
    Address(IpAddr, Option<u16>),
    Network(IpAddr, u8),
}

impl NoProxy {
    /// Entries that cannot be understood match nothing, as everywhere else this list is read.
    pub(super) fn parse(list: &str) -> Self {
        Self(list.split(',').map(str::trim).filter_map(Rule::parse).collect())
    }

    pub(super) fn matches(&self, host: &str, port: u16) -> bool {
        let address = host.parse().ok();
        self.0.iter().any(|rule| rule.matches(host, address, port))
    }
}

impl Rule {
    fn parse(entry: &str) -> Option<Self> {
        if entry == "*" {
            return Some(Self::All);
        }
        if let Some((network, bits)) = entry.split_once('/') {
            let network: IpAddr = network.parse().ok()?;
            let most = if network.is_ipv4() { 32 } else { 128 };
            return bits
                .parse()
                .ok()
                .filter(|bits| *bits <= most)
                .map(|bits| Self::Network(network, bits));
        }
        if let Ok(address) = entry.trim_start_matches('[').trim_end_matches(']').parse() {
            return Some(Self::Address(address, None));
        }
        let (name, port) = match entry.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok()?)),
            None => (entry, None),
        };
        let bare = name.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse() {
            return Some(Self::Address(address, port));
        }
        let domain = name.trim_start_matches('*').trim_matches('.').to_ascii_lowercase();
        (!domain.is_empty()).then_some(Self::Domain(domain, port))
    }

    fn matches(&self, host: &str, address: Option<IpAddr>, port: u16) -> bool {
        let at = |wanted: &Option<u16>| wanted.is_none_or(|wanted| wanted == port);
        match self {
            Self::All => true,
            Self::Domain(domain, wanted) => at(wanted) && under(host, domain),
            Self::Address(wanted, wanted_port) => at(wanted_port) && address == Some(*wanted),
            Self::Network(network, bits) => {
                address.is_some_and(|address| within(address, *network, *bits))
            }
        }
    }
}

fn under(host: &str, domain: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            address.to_bits() & mask == network.to_bits() & mask
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            address.to_bits() & mask == network.to_bits() & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_list_exempts() {
        for (list, host, port, exempt) in [
            ("", "example.com", 443, false),
            ("*", "example.com", 443, true),
            ("example.com", "example.com", 443, true),
            ("example.com", "a.b.Example.COM", 443, true),
            ("example.com", "badexample.com", 443, false),
            (".example.com", "a.example.com", 443, true),
            ("*.example.com", "a.example.com", 443, true),
            ("a, example.com:8443 ,b", "example.com", 8443, true),
            ("example.com:8443", "example.com", 443, false),
            ("10.0.0.0/8", "10.1.2.3", 80, true),
            ("10.0.0.0/8", "11.1.2.3", 80, false),
            ("10.0.0.0/8", "10.example.com", 80, false),
            ("0.0.0.0/0", "8.8.8.8", 80, true),
            ("10.0.0.0/33", "10.0.0.1", 80, false),
            ("192.168.1.1", "192.168.1.1", 80, true),
            ("192.168.1.1:81", "192.168.1.1", 80, false),
            ("fd00::/8", "fd12::1", 80, true),
            ("::1", "::1", 80, true),
            ("[::1]:81", "::1", 81, true),
            ("[::1]:81", "::1", 80, false),
            (",,:, ,:x", "example.com", 80, false),
        ] {
            assert_eq!(NoProxy::parse(list).matches(host, port), exempt, "{list:?} {host}:{port}");
        }
    }
}
