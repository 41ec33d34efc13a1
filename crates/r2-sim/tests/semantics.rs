//! `docs/r2-semantics.md`, made from the rows, the switches and the tests that name rows.
//!
//! A test names the rows that it shows in its documentation: `/// Rows: area.one, area.two.`

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use expect_test::expect_file;

use r2_sim::{Behaviour, Provenance, SEMANTICS, SWITCHES};

/// Beginning of the line that names rows.
const MARK: &str = "/// Rows: ";

/// Tests by row: `path::name`, the path from the root of the checkout.
type Tests = BTreeMap<String, Vec<String>>;

#[test]
fn the_page_is_what_the_table_says() {
    let tests = tests_of_the_crate();
    for id in tests.keys() {
        assert!(SEMANTICS.iter().any(|row| row.id == *id), "{:?} name no row: {id}", tests[id]);
    }
    // After a change: UPDATE_EXPECT=1 cargo test -p r2-sim --test semantics
    expect_file!["../../../docs/r2-semantics.md"].assert_eq(&page(&tests));
}

fn page(tests: &Tests) -> String {
    let mut page = String::from(
        "# What R2 does\n\n\
         Every behaviour that the local R2 is meant to share with R2, and how it is known. Made \
         from\n`crates/r2-sim/src/semantics` by \
         `UPDATE_EXPECT=1 cargo test -p r2-sim --test semantics`; do not edit.\n\
         `r2 serve emulator --explain` prints the same.\n\n\
         | known | behaviours | shown by a test | meaning |\n|---|---:|---:|---|\n",
    );
    for kind in Provenance::ALL {
        let rows: Vec<_> = SEMANTICS.iter().filter(|row| row.provenance == kind).collect();
        let shown = rows.iter().filter(|row| tests.contains_key(row.id)).count();
        let _ = writeln!(page, "| {kind} | {} | {shown} | {} |", rows.len(), meaning(kind));
    }
    let mut area = "";
    for row in SEMANTICS {
        if row.area() != area {
            area = row.area();
            let _ = write!(
                page,
                "\n## {area}\n\n| id | behaviour | known | source | tested by |\n\
                 |---|---|---|---|---|\n"
            );
        }
        page += &line(row, tests);
    }
    page += "\n## Switches\n\nWhere R2 differs from place to place or from year to year, or is not \
             known: `r2 serve emulator\n--switch NAME=VALUE`, in Rust `Switches`.\n\n\
             | name | values | default | what it chooses |\n|---|---|---|---|\n";
    for switch in SWITCHES {
        let forms: Vec<_> = switch.forms.iter().map(|form| format!("`{form}`")).collect();
        let (name, default) = (switch.name, switch.default());
        let forms = forms.join(", ");
        let _ = writeln!(page, "| `{name}` | {forms} | `{default}` | {} |", cell(switch.about));
    }
    page
}

fn line(row: &Behaviour, tests: &Tests) -> String {
    let known = match row.recorded_on() {
        Some(date) => format!("{} {date}", row.provenance),
        None => row.provenance.to_string(),
    };
    let shown = tests
        .get(row.id)
        .map(|tests| tests.iter().map(|test| format!("`{test}`")).collect::<Vec<_>>().join(", "));
    let Behaviour { id, sentence, source, .. } = row;
    let (sentence, shown) = (cell(sentence), shown.unwrap_or_default());
    format!("| `{id}` | {sentence} | {known} | {} | {shown} |\n", cell(source))
}

/// Text that may stand in a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn meaning(kind: Provenance) -> &'static str {
    match kind {
        Provenance::Documented => "a page or release note of Cloudflare's says so",
        Provenance::Recorded => {
            "captured from R2, by Cloudflare's own local R2 or by users; with the date"
        }
        Provenance::Assumed => "nobody has said; chosen from what is likely, usually what AWS does",
        Provenance::Local => "not of R2: this emulator has a disk and a switchboard",
        _ => "",
    }
}

fn tests_of_the_crate() -> Tests {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = Tests::new();
    for folder in ["src", "tests"] {
        for file in rust_files(&root.join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            let path = file.strip_prefix(root).unwrap().display().to_string();
            collect(&format!("crates/r2-sim/{path}"), &text, &mut tests);
        }
    }
    tests
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Finds the rows that tests name. The list ends with a full stop, perhaps some lines later.
fn collect(path: &str, text: &str, tests: &mut Tests) {
    let mut named = String::new();
    for line in text.lines().map(str::trim) {
        let goes_on = !named.is_empty() && !named.ends_with('.');
        if let Some(ids) = line.strip_prefix(MARK) {
            named = ids.to_owned();
        } else if let Some(ids) = line.strip_prefix("/// ").filter(|_| goes_on) {
            named = format!("{named} {ids}");
        } else if let Some((_, name)) = line.split_once("fn ").filter(|_| !named.is_empty()) {
            let name = name.split(['(', '<']).next().unwrap_or(name);
            for id in std::mem::take(&mut named).trim_end_matches('.').split(',') {
                tests.entry(id.trim().to_owned()).or_default().push(format!("{path}::{name}"));
            }
        }
    }
}

#[test]
fn rows_are_read_over_several_lines() {
    let mut tests = Tests::new();
    let text =
        format!("{MARK}a.b,\n/// c.d.\n/// More.\n#[test]\nasync fn both() {{}}\nfn no() {{}}");
    collect("f.rs", &text, &mut tests);
    assert_eq!(tests["a.b"], ["f.rs::both"]);
    assert_eq!((tests["c.d"].len(), tests.len()), (1, 2));
}
