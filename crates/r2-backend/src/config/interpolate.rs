//! `${NAME}` in a value of a file stands for a variable of the environment.

use std::collections::BTreeMap;

use super::problem::{Place, Problem};
use super::tree::{Entry, Node, Value};

/// A value may not grow beyond this by what the environment holds.
const VALUE_BYTES_MAX: usize = 64 << 10;

/// Replaces the variables in all values of a tree. `${NAME:-other}` is `other` where the variable
/// is unset or empty, `$$` is a dollar sign.
pub(super) fn interpolate(
    node: &mut Node,
    environment: &BTreeMap<String, String>,
    source: &str,
    problems: &mut Vec<Problem>,
) {
    let place = node.place;
    match &mut node.value {
        Value::Text(text) | Value::Word(text) if text.contains('$') => {
            match expand(text, environment) {
                // what comes from the environment has no type yet
                Ok(expanded) => node.value = Value::Word(expanded),
                Err(flaw) => problems.push(flaw.problem(source, place)),
            }
        }
        Value::List(items) => {
            for item in items {
                interpolate(item, environment, source, problems);
            }
        }
        Value::Table(entries) => {
            for Entry { node, .. } in entries {
                interpolate(node, environment, source, problems);
            }
        }
        _ => {}
    }
}

#[derive(Debug, PartialEq)]
enum Flaw {
    Missing(String),
    Open,
    Name(String),
    Long,
}

impl Flaw {
    fn problem(self, source: &str, place: Place) -> Problem {
        let at = Some(place);
        match self {
            Self::Missing(name) => {
                Problem::new(source, at, format!("the variable {name} is not set"))
                    .advice(format!("set it, or give a default with ${{{name}:-value}}"))
            }
            Self::Open => Problem::new(source, at, "`${` has no end")
                .advice("write `${NAME}`, or `$$` for a dollar sign"),
            Self::Name(name) => {
                Problem::new(source, at, format!("{name:?} is not the name of a variable"))
                    .advice("use letters, digits and `_`")
            }
            Self::Long => Problem::new(source, at, "the value is longer than 64 KiB"),
        }
    }
}

fn expand(text: &str, environment: &BTreeMap<String, String>) -> Result<String, Flaw> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('{') {
            let (inner, after) = after.split_once('}').ok_or(Flaw::Open)?;
            out.push_str(&variable(inner, environment)?);
            rest = after;
        } else {
            out.push('$');
        }
        if out.len() > VALUE_BYTES_MAX {
            return Err(Flaw::Long);
        }
    }
    out.push_str(rest);
    if out.len() > VALUE_BYTES_MAX { Err(Flaw::Long) } else { Ok(out) }
}

fn variable(inner: &str, environment: &BTreeMap<String, String>) -> Result<String, Flaw> {
    let (name, default) = match inner.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (inner, None),
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(fits) {
        return Err(Flaw::Name(name.chars().take(40).collect()));
    }
    match (environment.get(name).map(|value| value.trim()), default) {
        (Some(value), _) if !value.is_empty() => Ok(value.to_owned()),
        (_, Some(default)) => Ok(default.to_owned()),
        _ => Err(Flaw::Missing(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> Result<String, Flaw> {
        let environment = [("A", "one"), ("EMPTY", ""), ("BLANK", " two\n")];
        let environment =
            environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        expand(text, &environment)
    }

    #[test]
    fn variables_defaults_and_dollars() {
        assert_eq!(expanded("x-${A}-${A}").unwrap(), "x-one-one");
        assert_eq!(expanded("${BLANK}").unwrap(), "two");
        assert_eq!(expanded("${NONE:-else}${EMPTY:-}").unwrap(), "else");
        assert_eq!(expanded("$$5 $A").unwrap(), "$5 $A");
        assert_eq!(expanded("${NONE}"), Err(Flaw::Missing("NONE".to_owned())));
        assert_eq!(expanded("${EMPTY}"), Err(Flaw::Missing("EMPTY".to_owned())));
        assert_eq!(expanded("${A"), Err(Flaw::Open));
        assert_eq!(expanded("${a b}"), Err(Flaw::Name("a b".to_owned())));
    }
}
