//! Storage calls never block the async runtime.
//!
//! The rule, for the code that ships in library crates: a call that waits for the disk stands
//! either inside the parentheses of a `spawn_blocking(...)`, or in a file that is listed here.
//! A listed file has no `async` in it, so the runtime cannot poll it by itself; its row names
//! the file that calls it, and that file must contain `spawn_blocking`.
//!
//! What this cannot see: a listed file's function that another file calls without
//! `spawn_blocking`. So listed files keep what they offer inside their module.

use crate::source::Source;

/// What waits for the disk, beside the functions of `std::fs`.
const CALLS: [&str; 7] = [
    "File::open(",
    "File::create(",
    "File::create_new(",
    "File::options(",
    "OpenOptions::new(",
    "Database::create(",
    "WalkDir::new(",
];

/// A file, or a folder of files, that waits for the disk and is never polled.
struct Blocking {
    /// Ends in `/` if it is a folder.
    path: &'static str,
    called: Called,
    why: &'static str,
}

enum Called {
    /// By this file, which has `spawn_blocking` for it.
    By(&'static str),
    /// Before there is anything to block: by a constructor that is documented to wait.
    AtTheStart,
}

const FILES: [Blocking; 8] = [
    Blocking {
        path: "crates/r2-backend/src/config/document.rs",
        called: Called::AtTheStart,
        why: "a file of the configuration, for `Config::load`",
    },
    Blocking {
        path: "crates/r2-transport/src/body/positioned.rs",
        called: Called::By("crates/r2-transport/src/body/file.rs"),
        why: "reads at a position, on each platform's own terms",
    },
    Blocking {
        path: "crates/r2-objects/src/env.rs",
        called: Called::AtTheStart,
        why: "the files that the environment names, for `from_env`",
    },
    Blocking {
        path: "crates/r2-sim/src/cassette/file.rs",
        called: Called::AtTheStart,
        why: "cassettes, read before a test and written after a recording, documented to wait",
    },
    Blocking {
        path: "crates/r2-sim/src/store/disk.rs",
        called: Called::By("crates/r2-sim/src/store/shared.rs"),
        why: "the files of a local store: bodies, and the ordered index",
    },
    Blocking {
        path: "crates/r2-multipart/src/disk/",
        called: Called::By("crates/r2-multipart/src/blocking.rs"),
        why: "sources, sinks and resume tokens that are files",
    },
    Blocking {
        path: "crates/r2-backend/src/sync/disk/",
        called: Called::By("crates/r2-backend/src/blocking.rs"),
        why: "walks folders and puts files in their place",
    },
    Blocking {
        path: "crates/r2-backend/src/disk/",
        called: Called::By("crates/r2-backend/src/blocking.rs"),
        why: "objects that are files of a back end in a directory",
    },
];

impl Blocking {
    fn covers(&self, path: &str) -> bool {
        if self.path.ends_with('/') { path.starts_with(self.path) } else { path == self.path }
    }
}

pub(super) fn findings(sources: &[Source<'_>]) -> Vec<String> {
    let mut found: Vec<String> =
        sources.iter().filter(|source| is_library(source)).flat_map(file_findings).collect();
    found.extend(FILES.iter().flat_map(|row| row_findings(row, sources)));
    found
}

/// The program's own edge may wait: it reads its arguments' files before the runtime has work.
fn is_library(source: &Source<'_>) -> bool {
    source.path.starts_with("crates/")
        && !source.path.starts_with("crates/r2-cli/")
        && !source.is_test()
}

fn file_findings(source: &Source<'_>) -> Option<String> {
    if FILES.iter().any(|row| row.covers(source.path)) {
        return None;
    }
    let waits = blank_spawned(&source.shipped());
    let lines = waits.lines().enumerate().filter(|(_, line)| !is_import(line));
    let mut hits = lines.filter_map(|(number, line)| Some((number + 1, call_in(line)?)));
    let (number, call) = hits.next()?;
    Some(format!(
        "{}:{number} has `{call}` outside spawn_blocking(...), and {} more such lines: it would \
         block the runtime (what is never polled is listed in xtask/src/check/tidy/blocking.rs)",
        source.path,
        hits.count()
    ))
}

/// The first call in a line that waits for the disk.
fn call_in(line: &str) -> Option<&str> {
    const MODULE: &str = "fs::";
    let functions = line.match_indices(MODULE).filter_map(|(at, _)| {
        let path = line[..at].rsplit(|c: char| !(c.is_alphanumeric() || c == ':')).next();
        let name = &line[at + MODULE.len()..];
        // What begins in a capital is a type; and tokio's functions wait elsewhere.
        let is_function = name.starts_with(|c: char| c.is_ascii_lowercase());
        let end = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
        let is_std = matches!(path, Some("" | "std::"));
        (is_function && is_std).then(|| &line[at..at + MODULE.len() + end])
    });
    let others = CALLS.iter().copied().filter(|call| begins_in(line, call));
    functions.chain(others).next()
}

/// Whether the call stands in the line with a name of its own: not as the end of a longer one.
fn begins_in(line: &str, call: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(call).any(|(at, _)| !line[..at].ends_with(part))
}

/// Naming a type waits for nothing; what is done with it is seen where it is done.
fn is_import(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("use ") || line.starts_with("pub use ") || line.starts_with("pub(crate) use ")
}

/// Blanks what stands inside the parentheses of every `spawn_blocking(...)`.
fn blank_spawned(code: &str) -> String {
    const CALL: &str = "spawn_blocking(";
    let mut left = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find(CALL) {
        let (before, after) = rest.split_at(at + CALL.len());
        let (inside, next) = after.split_at(closing(after));
        left.push_str(before);
        left.extend(inside.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = next;
    }
    left.push_str(rest);
    left
}

/// Where the parenthesis closes that was opened just before this text.
fn closing(text: &str) -> usize {
    let mut depth = 1_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn row_findings(row: &Blocking, sources: &[Source<'_>]) -> Vec<String> {
    let covered: Vec<_> = sources.iter().filter(|source| row.covers(source.path)).collect();
    if covered.is_empty() {
        return vec![format!("{} is listed as blocking and is gone ({})", row.path, row.why)];
    }
    let polled = covered.iter().filter(|source| has_word(&source.shipped(), "async"));
    let mut found: Vec<String> = polled
        .map(|source| format!("{} is listed as blocking and has `async` in it", source.path))
        .collect();
    if let Called::By(path) = row.called {
        let caller = sources.iter().find(|source| source.path == path);
        if !caller.is_some_and(|caller| caller.code.contains("spawn_blocking(")) {
            found.push(format!("{} is called by {path}, which spawns nothing", row.path));
        }
    }
    found
}

fn has_word(code: &str, word: &str) -> bool {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|found| found == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        file_findings(&Source::new("crates/r2-sim/src/a.rs", text)).into_iter().collect()
    }

    #[test]
    fn a_call_outside_spawn_blocking_is_found() {
        assert_eq!(found("async fn f() { std::fs::read(p)?; }").len(), 1);
        assert_eq!(found("async fn f() { File::open(p)?; }").len(), 1);
        assert!(found("async fn f() { SourceFile::open(p)?; }").is_empty());
    }

    #[test]
    fn a_call_inside_spawn_blocking_is_not() {
        assert!(found("spawn_blocking(move || {\n (std::fs::read(p))\n}).await").is_empty());
        let after = "spawn_blocking(move || f()).await; std::fs::read(p)";
        assert_eq!(found(after).len(), 1);
    }

    #[test]
    fn a_type_waits_for_nothing() {
        assert!(found("use std::fs::File;\nfn f(file: Arc<std::fs::File>) {}").is_empty());
        assert!(found("fn f(what: &fs::Metadata) { tokio::fs::read(p).await }").is_empty());
    }

    #[test]
    fn tests_and_the_edge_may_wait() {
        let text = "fn f() { std::fs::read(p); }";
        assert!(!is_library(&Source::new("crates/r2-cli/src/a.rs", text)));
        assert!(!is_library(&Source::new("crates/r2-sim/tests/a.rs", text)));
        assert!(is_library(&Source::new("crates/r2-sim/src/a.rs", text)));
    }

    #[test]
    fn a_listed_file_is_never_polled_and_its_caller_spawns() {
        let row = Blocking {
            path: "crates/a/src/disk/",
            called: Called::By("crates/a/src/b.rs"),
            why: "",
        };
        let disk = |text| Source::new("crates/a/src/disk/c.rs", text);
        let caller = |text| Source::new("crates/a/src/b.rs", text);
        let good = caller("spawn_blocking(f)");
        assert!(row_findings(&row, &[disk("fn f() {}"), good]).is_empty());
        assert_eq!(row_findings(&row, &[disk("async fn f() {}"), caller("f()")]).len(), 2);
        assert_eq!(row_findings(&row, &[]).len(), 1);
    }
}
