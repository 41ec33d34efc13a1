//! One file: read, parsed, its variables filled in, its settings found.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::archive::{self, ArchiveSettings};
use super::buckets::{self, Placed};
use super::format::Format;
use super::interpolate::interpolate;
use super::problem::{Place, Problem};
use super::reader::Reader;
use super::scopes::{self, ScopeSettings};
use super::settings::{SETTINGS, Setting};
use super::tree::{Entry, Node, Value};
use super::value::Typed;

/// A configuration is never larger.
const FILE_BYTES_MAX: u64 = 1 << 20;

const SECTIONS: [&str; 4] = ["cloudflare_r2", "scopes", "buckets", "archive"];

/// What one file says.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) settings: Vec<(&'static Setting, Typed, Place)>,
    pub(super) buckets: BTreeMap<String, Placed>,
    pub(super) scopes: Option<ScopeSettings>,
}

/// Reads a file. The archive's settings go into `archive`, over those of files that count less.
pub(super) fn read(
    path: &Path,
    environment: &BTreeMap<String, String>,
    archive: &mut ArchiveSettings,
    problems: &mut Vec<Problem>,
) -> Document {
    let source = path.display().to_string();
    let parsed = Format::of(path)
        .and_then(|format| text(path, &source).and_then(|text| format.parse(&text, &source)));
    let mut root = match parsed {
        Ok(root) => root,
        Err(problem) => {
            problems.push(problem);
            return Document::default();
        }
    };
    interpolate(&mut root, environment, &source, problems);
    let mut reader = Reader { source: &source, problems };
    let mut document = Document::default();
    let sections = reader.table(&root, "");
    reader.unknown(sections, "", &SECTIONS);
    for Entry { name, node, .. } in sections {
        match name.as_str() {
            "cloudflare_r2" => single(node, name, &mut document.settings, &mut reader),
            "scopes" => document.scopes = Some(scopes::read(node, &mut reader)),
            "buckets" => document.buckets = buckets::read(node, &mut reader),
            "archive" => archive::read(node, archive, &mut reader),
            _ => {}
        }
    }
    document
}

/// The rows of [`SETTINGS`] below a table.
fn single(
    node: &Node,
    path: &str,
    found: &mut Vec<(&'static Setting, Typed, Place)>,
    reader: &mut Reader<'_>,
) {
    let known = names_below(path);
    let entries = reader.table(node, path);
    reader.unknown(entries, path, &known);
    for Entry { name, node, .. } in entries {
        if !known.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{path}.{name}");
        let Some(setting) = Setting::at(&path) else {
            single(node, &path, found, reader);
            continue;
        };
        // a command may be written as a list of its words
        let joined = match &node.value {
            Value::List(_) if name == "command" => joined(node),
            _ => None,
        };
        if let Some(value) = reader.typed(joined.as_ref().unwrap_or(node), &path, setting.kind) {
            found.push((setting, value, node.place));
        }
    }
}

/// Names that may stand below a path.
fn names_below(path: &str) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for setting in SETTINGS {
        let below = setting.path.strip_prefix(path).and_then(|rest| rest.strip_prefix('.'));
        if let Some(name) = below.and_then(|rest| rest.split('.').next())
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

fn joined(list: &Node) -> Option<Node> {
    let Value::List(items) = &list.value else { return None };
    let words: Option<Vec<String>> = items.iter().map(|item| item.value.scalar()).collect();
    let quoted = words?.into_iter().map(|word| match word.contains([' ', '"']) {
        true => format!("\"{}\"", word.replace('"', "\\\"")),
        false => word,
    });
    let text = quoted.collect::<Vec<_>>().join(" ");
    Some(Node { place: list.place, value: Value::Text(text) })
}

fn text(path: &Path, source: &str) -> Result<String, Problem> {
    let unreadable = |error: io::Error| {
        let problem = Problem::new(source, None, format!("cannot be read: {error}"));
        match error.kind() {
            io::ErrorKind::NotFound => problem.advice("make it with `r2 config init`"),
            _ => problem.advice("check who may read it"),
        }
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let problem = Problem::new(source, None, "is larger than 1 MiB");
        return Err(problem.advice("this is not a configuration of r2"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        Problem::new(source, Some(Place { line, column: 1 }), "is not UTF-8")
            .advice("save it as UTF-8")
    })
}
