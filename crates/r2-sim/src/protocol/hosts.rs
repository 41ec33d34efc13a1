//! What a host says: a jurisdiction, a bucket, both or nothing.

use crate::jurisdiction::Jurisdiction;

/// What the host of a request names.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Hosted {
    pub(super) jurisdiction: Option<Jurisdiction>,
    pub(super) bucket: Option<String>,
}

impl Hosted {
    /// Reads `[<bucket>.][<account>.][<jurisdiction>.]<domain>`, with or without a port. Hosts have
    /// no case. Anything else says nothing.
    pub(super) fn read(host: &str, domains: &[String], account_id: &str) -> Hosted {
        let host = host.to_ascii_lowercase();
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => &host,
        };
        let below = |domain: &String| name.strip_suffix(domain.as_str())?.strip_suffix('.');
        let Some(labels) = domains.iter().find_map(below) else { return Hosted::default() };
        let mut labels: Vec<&str> = labels.split('.').collect();
        let jurisdiction = labels.last().and_then(|label| Jurisdiction::from_label(label));
        if jurisdiction.is_some() {
            labels.pop();
        }
        if labels.last() == Some(&account_id) {
            labels.pop();
        }
        let bucket = match labels.as_slice() {
            [bucket] if !bucket.is_empty() => Some((*bucket).to_owned()),
            _ => None,
        };
        Hosted { jurisdiction, bucket }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        use Jurisdiction::{Eu, FedRamp, Us};
        let account = "0123456789abcdef0123456789abcdef";
        let domains = ["r2.local".to_owned(), "localhost".to_owned()];
        for (host, jurisdiction, bucket) in [
            ("r2.local", None, None),
            ("localhost:9000", None, None),
            ("127.0.0.1:9000", None, None),
            ("b-one.r2.local", None, Some("b-one")),
            ("B-One.localhost:9000", None, Some("b-one")),
            ("eu.r2.local", Some(Eu), None),
            ("us.localhost:9000", Some(Us), None),
            ("b-one.fedramp.r2.local", Some(FedRamp), Some("b-one")),
            ("0123456789abcdef0123456789abcdef.r2.local", None, None),
            ("0123456789abcdef0123456789abcdef.eu.r2.local", Some(Eu), None),
            ("b-one.0123456789abcdef0123456789abcdef.eu.r2.local", Some(Eu), Some("b-one")),
            ("a.b.r2.local", None, None),
            (".r2.local", None, None),
            ("eur2.local", None, None),
        ] {
            let expected = Hosted { jurisdiction, bucket: bucket.map(str::to_owned) };
            assert_eq!(Hosted::read(host, &domains, account), expected, "{host}");
        }
    }
}
