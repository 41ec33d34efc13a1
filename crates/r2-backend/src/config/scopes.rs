//! The section `scopes`: which part of a bucket a serving domain shows.

use std::collections::BTreeMap;

use super::reader::Reader;
use super::tree::{Node, Value, find};

const FIELDS: [&str; 2] = ["hosts", "fallback"];

/// Scopes by serving domain.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ScopeSettings {
    /// The prefix that a host shows.
    pub hosts: BTreeMap<String, String>,
    /// The prefix of all other hosts; `None` refuses them.
    pub fallback: Option<String>,
}

pub(super) fn read(node: &Node, reader: &mut Reader<'_>) -> ScopeSettings {
    let fields = reader.table(node, "scopes");
    reader.unknown(fields, "scopes", &FIELDS);
    let mut hosts = BTreeMap::new();
    if let Some(entry) = find(fields, "hosts") {
        for host in reader.table(&entry.node, "scopes.hosts") {
            let path = format!("scopes.hosts.{}", host.name);
            let prefix = reader.texts(std::slice::from_ref(host), "scopes.hosts", &host.name);
            let Some((prefix, place)) = prefix.and_then(|mut texts| texts.pop()) else {
                if host.node.value == Value::Nothing {
                    let message = format!("`{path}` has no prefix");
                    reader.problem(host.place, message, Some("write one like `team/`".to_owned()));
                }
                continue;
            };
            check(&prefix, place, &path, reader);
            hosts.insert(host.name.to_ascii_lowercase(), prefix);
        }
    }
    let fallback = reader.texts(fields, "scopes", "fallback").and_then(|mut texts| texts.pop());
    if let Some((prefix, place)) = &fallback {
        check(prefix, *place, "scopes.fallback", reader);
    }
    ScopeSettings { hosts, fallback: fallback.map(|(prefix, _)| prefix) }
}

/// A prefix that does not end in a slash also holds its longer namesakes.
fn check(prefix: &str, place: super::Place, path: &str, reader: &mut Reader<'_>) {
    if !prefix.ends_with('/') || prefix.starts_with('/') {
        let message = format!("`{path}` is {prefix:?}, which does not end in one slash");
        let advice = format!("write \"{}/\"", prefix.trim_matches('/'));
        reader.problem(place, message, Some(advice));
    }
}
