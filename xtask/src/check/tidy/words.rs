//! Words that may not stand in a file, each with its reason and its exceptions.
//!
//! Clippy bans the same calls where it compiles them; this list also sees what is not compiled
//! (another platform, a macro) and what clippy has no name for.

use crate::source::Source;
use crate::workspace::File;

/// Where a word is looked for.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Code, tests included.
    Code,
    /// Code that ships: no tests, no examples.
    Shipped,
    /// Comments of Rust files.
    Comments,
    /// Every text file, data included.
    Everywhere,
    /// Every text file that is not Rust.
    BesideRust,
}

struct Rule {
    /// Any of these; a word that begins or ends in a letter matches whole words only.
    words: &'static [&'static str],
    place: Place,
    why: &'static str,
    /// Paths (or beginnings of paths, when they end in `/`) where the word may stand, and why.
    except: &'static [(&'static str, &'static str)],
}

const RULES: [Rule; 10] = [
    Rule {
        words: &["#[allow(", "#![allow("],
        place: Place::Code,
        why: "write #[expect(lint, reason = \"...\")]: a stale exception then warns by itself",
        except: &[],
    },
    Rule {
        words: &["todo!(", "unimplemented!(", "dbg!("],
        place: Place::Code,
        why: "what is not done yet is an issue, not a panic",
        except: &[],
    },
    Rule {
        words: &["unsafe"],
        place: Place::Code,
        why: "no unsafe code in this workspace",
        except: &[("xtask/peers/src/allocations.rs", "an allocator that counts has to be")],
    },
    Rule {
        words: &["thread::sleep"],
        place: Place::Shipped,
        why: "never block the runtime, and tests pause time",
        except: &[
            ("xtask/src/wait.rs", "the keeper waits for programs it started"),
            ("crates/r2-sim/src/store/folder.rs", "waits for another process, before it opens"),
        ],
    },
    Rule {
        words: &["env::var", "env::vars", "env::var_os", "env::vars_os", "env::set_var"],
        place: Place::Shipped,
        why: "the environment is read in one file of r2-objects and at the edges",
        except: &[
            ("crates/r2-objects/src/client/env.rs", "Client::from_env"),
            ("crates/r2-objects/src/env.rs", "Client::from_env"),
            ("crates/r2-cli/src/main.rs", "makes the program's world"),
            ("xtask/src/env.rs", "the keeper's own file for it"),
        ],
    },
    Rule {
        words: &["process::exit"],
        place: Place::Shipped,
        why: "nothing is dropped on exit: return an ExitCode from main",
        except: &[],
    },
    Rule {
        words: &["TODO", "FIXME", "XXX"],
        place: Place::Comments,
        why: "write TODO(#number), with the number of its issue",
        except: &[],
    },
    Rule {
        // Written in halves, so that this file keeps its own rule.
        words: &[concat!("/wo", "rk/")],
        place: Place::Everywhere,
        why: "a path of one machine means nothing on another",
        except: &[],
    },
    Rule {
        // In Rust they are the data of tests about paths.
        words: &["/root/", "/home/"],
        place: Place::BesideRust,
        why: "a path of one machine means nothing on another",
        except: &[],
    },
    Rule {
        words: &[
            concat!("static.crates", ".io"),
            concat!("index.crates", ".io"),
            concat!("registry.npm", "js"),
            concat!("py", "pi.org"),
            concat!("python", "hosted"),
            concat!("deb.deb", "ian.org"),
        ],
        place: Place::Everywhere,
        why: "which host serves a registry is the machine's setting, not the project's",
        except: &[],
    },
];

pub(super) fn findings(files: &[File], sources: &[Source<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    for rule in &RULES {
        match rule.place {
            Place::Everywhere => {
                found.extend(files.iter().flat_map(|file| hits(rule, &file.path, &file.text)));
            }
            Place::BesideRust => {
                let beside = files.iter().filter(|file| !file.has_ending("rs"));
                found.extend(beside.flat_map(|file| hits(rule, &file.path, &file.text)));
            }
            Place::Code => {
                found.extend(sources.iter().flat_map(|file| hits(rule, file.path, &file.code)));
            }
            Place::Comments => {
                found.extend(sources.iter().flat_map(|file| hits(rule, file.path, &file.comments)));
            }
            Place::Shipped => {
                let shipped = sources.iter().filter(|file| !file.is_test());
                found.extend(shipped.flat_map(|file| hits(rule, file.path, &file.shipped())));
            }
        }
    }
    found
}

fn hits(rule: &Rule, path: &str, text: &str) -> Vec<String> {
    if rule.except.iter().any(|(place, _)| is_at(path, place)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in rule.words.iter().filter(|word| stands_in(line, word)) {
            if rule.place == Place::Comments && has_issue(line, word) {
                continue;
            }
            found.push(format!("{path}:{} has `{word}`: {}", number + 1, rule.why));
        }
    }
    found
}

fn is_at(path: &str, place: &str) -> bool {
    if place.ends_with('/') { path.starts_with(place) } else { path == place }
}

/// Whether the word stands in the line; `unsafe` does not stand in `unsafe_code`.
fn stands_in(line: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let open = !word.starts_with(part) || !before.is_some_and(part);
        let closed = !word.ends_with(part) || !after.is_some_and(part);
        open && closed
    })
}

/// `TODO(#12)`
fn has_issue(line: &str, word: &str) -> bool {
    line.match_indices(word).all(|(at, _)| {
        let after = line[at + word.len()..].strip_prefix("(#");
        after.is_some_and(|number| number.starts_with(|c: char| c.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let file = File { path: path.to_owned(), text: text.to_owned() };
        let source = Source::new(path, text);
        findings(std::slice::from_ref(&file), &[source])
    }

    #[test]
    fn words_are_whole_words() {
        assert!(found("a.rs", "//! A.\n#![forbid(unsafe_code)]").is_empty());
        assert_eq!(found("a.rs", "//! A.\nunsafe {}").len(), 1);
    }

    #[test]
    fn a_word_in_a_string_is_not_code() {
        assert!(found("a.rs", "//! Not unsafe.\nfn f() { g(\"todo!()\") }").is_empty());
    }

    #[test]
    fn a_todo_names_its_issue() {
        assert!(found("a.rs", "//! A.\n// TODO(#12) b").is_empty());
        assert_eq!(found("a.rs", "//! A.\n// TODO b").len(), 1);
        assert!(found("a.rs", "//! A.\nlet todo = 1; // a todo list").is_empty());
    }

    #[test]
    fn the_environment_is_read_in_one_file_and_in_tests() {
        let text = "//! A.\nfn f() { std::env::var(\"X\"); }";
        assert_eq!(found("crates/r2-sim/src/a.rs", text).len(), 1);
        assert!(found("crates/r2-objects/src/env.rs", text).is_empty());
        assert!(found("crates/r2-sim/tests/a.rs", text).is_empty());
        let test = "//! A.\n#[cfg(test)]\nmod tests { fn f() { std::env::var(\"X\"); } }";
        assert!(found("crates/r2-sim/src/a.rs", test).is_empty());
    }

    #[test]
    fn a_finding_names_place_and_reason() {
        let found = found("a.rs", "//! A.\nfn f() { dbg!(1); }");
        assert_eq!(found, ["a.rs:2 has `dbg!(`: what is not done yet is an issue, not a panic"]);
    }
}
