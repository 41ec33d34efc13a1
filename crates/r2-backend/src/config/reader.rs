//! Typed values out of the tree; every problem is noted, reading goes on.

use super::problem::{Place, Problem};
use super::settings::SettingKind;
use super::suggest::nearest;
use super::tree::{Entry, Node, Value, find};
use super::value::{Flaw, Typed, typed};

/// Reads one file.
pub(super) struct Reader<'s> {
    pub(super) source: &'s str,
    pub(super) problems: &'s mut Vec<Problem>,
}

impl Reader<'_> {
    pub(super) fn problem(&mut self, place: Place, message: String, advice: Option<String>) {
        let mut problem = Problem::new(self.source, Some(place), message);
        problem.advice = advice;
        self.problems.push(problem);
    }

    /// The entries of a table; `path` says where it stands.
    pub(super) fn table<'t>(&mut self, node: &'t Node, path: &str) -> &'t [Entry] {
        match &node.value {
            Value::Table(entries) => entries,
            Value::Nothing => &[],
            other => {
                let message = format!("`{path}` is {} where a table belongs", other.kind());
                let advice = Some(format!("write the settings of `{path}` below it, by name"));
                self.problem(node.place, message, advice);
                &[]
            }
        }
    }

    /// Names that are not among the known ones.
    pub(super) fn unknown(&mut self, entries: &[Entry], path: &str, known: &[&str]) {
        for entry in entries.iter().filter(|entry| !known.contains(&entry.name.as_str())) {
            let name = &entry.name;
            let message = match path {
                "" => format!("there is no section `{name}`"),
                path => format!("there is no `{name}` in `{path}`"),
            };
            let advice = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", known.join(", ")),
            };
            self.problem(entry.place, message, Some(advice));
        }
    }

    /// One value of a table, if it is there and fits.
    pub(super) fn value(
        &mut self,
        entries: &[Entry],
        path: &str,
        name: &str,
        kind: SettingKind,
    ) -> Option<Typed> {
        let entry = find(entries, name)?;
        self.typed(&entry.node, &format!("{path}.{name}"), kind)
    }

    /// A value, if it fits.
    pub(super) fn typed(&mut self, node: &Node, path: &str, kind: SettingKind) -> Option<Typed> {
        if node.value == Value::Nothing {
            return None;
        }
        match typed(&node.value, kind) {
            Ok(value) => Some(value),
            Err(Flaw { message, advice }) => {
                self.problem(node.place, format!("`{path}` {message}"), Some(advice));
                None
            }
        }
    }

    /// A text of a table.
    pub(super) fn text(&mut self, entries: &[Entry], path: &str, name: &str) -> Option<String> {
        match self.value(entries, path, name, SettingKind::Text)? {
            Typed::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A number of a table.
    pub(super) fn count(
        &mut self,
        entries: &[Entry],
        path: &str,
        name: &str,
        kind: SettingKind,
    ) -> Option<u64> {
        match self.value(entries, path, name, kind)? {
            Typed::Count(count) => Some(count),
            _ => None,
        }
    }

    /// True or false of a table.
    pub(super) fn truth(&mut self, entries: &[Entry], path: &str, name: &str) -> Option<bool> {
        match self.value(entries, path, name, SettingKind::Truth)? {
            Typed::Truth(truth) => Some(truth),
            _ => None,
        }
    }

    /// A list of texts of a table; a single text is a list of one.
    pub(super) fn texts(
        &mut self,
        entries: &[Entry],
        path: &str,
        name: &str,
    ) -> Option<Vec<(String, Place)>> {
        let entry = find(entries, name)?;
        let path = format!("{path}.{name}");
        let items = match &entry.node.value {
            Value::List(items) => items.iter().collect(),
            _ => vec![&entry.node],
        };
        let mut texts = Vec::new();
        for item in items {
            if let Some(Typed::Text(text)) = self.typed(item, &path, SettingKind::Text) {
                texts.push((text, item.place));
            }
        }
        Some(texts)
    }
}
