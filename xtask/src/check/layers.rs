//! Who may depend on whom.
//!
//! An edge may go only to a strictly lower level, dev-dependencies included, so crates of one level
//! do not know each other. Beside the levels, some crates must not know some things at all: what is
//! absent cannot be seen in the code, so it is written here.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use cargo_metadata::{DependencyKind, Metadata, Package, PackageId};

use super::run::Findings;
use crate::failure::Result;
use crate::workspace::Workspace;

/// Every crate of the product and its level. `xtask` stands outside: it knows no crate and no
/// crate knows it.
const LEVELS: [(&str, u8); 10] = [
    ("r2-sign", 0),
    ("r2-xml", 0),
    ("r2-transport", 0),
    ("r2-resilience", 0),
    ("r2-sim", 1),
    ("r2-objects", 2),
    ("r2-multipart", 3),
    ("r2-backend", 4),
    ("r2-archive", 5),
    ("r2-cli", 6),
];

const KEEPER: &str = "xtask";

/// How far a ban reaches.
#[derive(Clone, Copy)]
enum Reach {
    /// The crate itself may not name it.
    Direct,
    /// Nor may anything that the crate needs.
    Anywhere,
}

struct Ban {
    who: &'static str,
    must_not_know: &'static [&'static str],
    reach: Reach,
    why: &'static str,
}

const BANS: [Ban; 9] = [
    Ban {
        who: "r2-sign",
        must_not_know: &["http", "hyper", "tokio", "quick-xml", "mio", "socket2", "chrono", "time"],
        reach: Reach::Anywhere,
        why: "signing is pure: time is an argument, and a request is lines of text",
    },
    Ban {
        who: "r2-xml",
        must_not_know: &["http", "hyper", "tokio", "ring", "bytes"],
        reach: Reach::Anywhere,
        why: "a document is bytes in and a struct out, whoever carries it",
    },
    Ban {
        who: "r2-transport",
        must_not_know: &["quick-xml", "md-5", "crc-fast"],
        reach: Reach::Direct,
        why: "the waist carries requests and responses, and knows nothing of S3",
    },
    Ban {
        who: "r2-resilience",
        must_not_know: &["http", "http-body", "hyper", "bytes", "quick-xml", "rustls"],
        reach: Reach::Direct,
        why: "a decision about attempts knows neither HTTP nor S3 nor bytes",
    },
    Ban {
        who: "r2-sim",
        must_not_know: &["hyper", "rustls", "quick-xml"],
        reach: Reach::Direct,
        why: "the other side of the wire is a Transport: sockets are r2-transport's, XML r2-xml's",
    },
    Ban {
        who: "r2-objects",
        must_not_know: &["hyper", "rustls", "quick-xml", "redb"],
        reach: Reach::Direct,
        why: "the client speaks through Transport and r2-xml only",
    },
    Ban {
        who: "r2-multipart",
        must_not_know: &["hyper", "rustls", "quick-xml", "walkdir", "globset"],
        reach: Reach::Direct,
        why: "large objects know neither folders nor sockets",
    },
    Ban {
        who: "r2-backend",
        must_not_know: &["hyper", "rustls", "quick-xml", "redb"],
        reach: Reach::Direct,
        why: "a back end reaches the wire through the client and Transport only",
    },
    Ban {
        who: "r2-archive",
        must_not_know: &["r2-objects", "r2-multipart", "r2-sign", "r2-xml", "hyper", "quick-xml"],
        reach: Reach::Direct,
        why: "the archive would run on a directory: it knows its back end and nothing of R2",
    },
];

/// What only the outermost crate may know: the terminal.
const EDGE_ONLY: [&str; 5] =
    ["clap", "clap_complete", "clap_mangen", "indicatif", "tracing-subscriber"];

/// One edge between two crates of the workspace, with the kind of dependency.
type Edge = (String, String, DependencyKind);

pub(super) fn findings(workspace: &Workspace) -> Result<Findings> {
    let names = workspace.crate_names();
    let mut breaches = unknown_crates(&names);
    breaches.extend(wrong_edges(&edges(workspace, &names)));
    for package in workspace.crates() {
        breaches.extend(banned(package, &closure(workspace.metadata(), &package.id)));
    }
    Ok(Findings { breaches, note: String::new() })
}

fn level(name: &str) -> Option<u8> {
    LEVELS.iter().find(|(known, _)| *known == name).map(|(_, level)| *level)
}

fn unknown_crates(names: &BTreeSet<String>) -> Vec<String> {
    let unknown = names.iter().filter(|name| *name != KEEPER && level(name).is_none());
    let sentence = |name| {
        format!("{name} has no level: give it one in xtask/src/check/layers.rs and say why there")
    };
    unknown.map(sentence).collect()
}

fn edges(workspace: &Workspace, names: &BTreeSet<String>) -> Vec<Edge> {
    let of = |package: &Package| -> Vec<Edge> {
        let inner = package.dependencies.iter().filter(|to| names.contains(&to.name));
        inner.map(|to| (package.name.to_string(), to.name.clone(), to.kind)).collect()
    };
    workspace.crates().into_iter().flat_map(of).collect()
}

fn wrong_edges(edges: &[Edge]) -> Vec<String> {
    edges.iter().filter_map(|(from, to, kind)| wrong_edge(from, to, *kind)).collect()
}

fn wrong_edge(from: &str, to: &str, kind: DependencyKind) -> Option<String> {
    if from == KEEPER || to == KEEPER {
        return Some(format!("{from} depends on {to}: the keeper stands outside the levels"));
    }
    // A crate without a level has its own sentence already.
    let (Some(low), Some(high)) = (level(to), level(from)) else { return None };
    let kind = if kind == DependencyKind::Development { " in its tests" } else { "" };
    (low >= high).then(|| {
        format!(
            "{from} (level {high}) depends on {to} (level {low}){kind}: an edge may go only to a \
             strictly lower level, dev-dependencies included"
        )
    })
}

/// The names of everything a crate needs to be built: not what its tests need.
fn closure(metadata: &Metadata, start: &PackageId) -> BTreeSet<String> {
    let Some(resolve) = &metadata.resolve else { return BTreeSet::new() };
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let names: BTreeMap<_, _> =
        metadata.packages.iter().map(|package| (&package.id, package.name.to_string())).collect();
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([start]);
    while let Some(id) = queue.pop_front() {
        let needed = nodes.get(id).into_iter().flat_map(|node| &node.deps).filter(|dependency| {
            dependency.dep_kinds.iter().any(|found| found.kind != DependencyKind::Development)
        });
        queue.extend(needed.map(|dependency| &dependency.pkg).filter(|id| seen.insert(*id)));
    }
    seen.into_iter().filter_map(|id| names.get(id).cloned()).collect()
}

fn banned(package: &Package, closure: &BTreeSet<String>) -> Vec<String> {
    let direct: BTreeSet<String> = package
        .dependencies
        .iter()
        .filter(|to| to.kind != DependencyKind::Development)
        .map(|to| to.name.clone())
        .collect();
    let mut found = banned_names(&package.name, &direct, closure);
    if package.name != "r2-cli" && package.name != KEEPER {
        let edge = EDGE_ONLY.iter().filter(|name| direct.contains(**name));
        found.extend(edge.map(|name| {
            format!("{} depends on {name}: only r2-cli may know the terminal", package.name)
        }));
    }
    found
}

fn banned_names(who: &str, direct: &BTreeSet<String>, closure: &BTreeSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for ban in BANS.iter().filter(|ban| ban.who == who) {
        let known = match ban.reach {
            Reach::Direct => direct,
            Reach::Anywhere => closure,
        };
        for name in ban.must_not_know.iter().filter(|name| known.contains(**name)) {
            let how =
                if direct.contains(*name) { "depends on" } else { "needs, by way of another," };
            found.push(format!("{who} {how} {name}, which it must not know: {}", ban.why));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_keeps_its_layers() {
        let workspace = Workspace::load().expect("the workspace can be read");
        let found = findings(&workspace).expect("layers");
        assert_eq!(found.breaches, Vec::<String>::new());
    }

    #[test]
    fn an_edge_upwards_names_both_crates_and_the_rule() {
        let found = wrong_edge("r2-sim", "r2-objects", DependencyKind::Development);
        let sentence = found.expect("the simulator must be able to disagree with the client");
        for word in ["r2-sim (level 1)", "r2-objects (level 2)", "in its tests", "strictly lower"] {
            assert!(sentence.contains(word), "{sentence}");
        }
    }

    #[test]
    fn crates_of_one_level_do_not_know_each_other() {
        assert!(wrong_edge("r2-transport", "r2-sign", DependencyKind::Normal).is_some());
        assert!(wrong_edge("r2-objects", "r2-sign", DependencyKind::Normal).is_none());
        assert!(wrong_edge("xtask", "r2-sign", DependencyKind::Normal).is_some());
    }

    #[test]
    fn a_ban_tells_what_is_named_from_what_is_brought_along() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let found = banned_names("r2-sign", &set(&["http"]), &set(&["http", "tokio", "ring"]));
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("r2-sign depends on http,"), "{}", found[0]);
        assert!(found[1].starts_with("r2-sign needs, by way of another, tokio,"), "{}", found[1]);
        // Directly banned only: what a dependency needs is its own business.
        assert!(banned_names("r2-resilience", &set(&["tokio"]), &set(&["bytes"])).is_empty());
    }

    #[test]
    fn a_crate_without_a_level_is_reported() {
        let names = ["r2-new".to_owned(), "xtask".to_owned()].into();
        assert_eq!(unknown_crates(&names).len(), 1);
    }
}
