//! TOML, YAML and JSON, read into one tree.

use std::path::Path;

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde::de::IgnoredAny;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Place, Problem};
use super::suggest::nearest;
use super::tree::{Entry, Node, Value, find};

/// Values inside values; a configuration has five.
const DEPTH_MAX: usize = 32;

/// Values in one file.
const NODES_MAX: usize = 100_000;

/// What a file is written in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Format {
    Toml,
    Yaml,
    Json,
}

const ENDINGS: [(&str, Format); 4] =
    [("toml", Format::Toml), ("yaml", Format::Yaml), ("yml", Format::Yaml), ("json", Format::Json)];

impl Format {
    /// By the ending of the name.
    pub(super) fn of(path: &Path) -> Result<Self, Problem> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let found = ENDINGS.iter().find(|(name, _)| name.eq_ignore_ascii_case(ending));
        found.map(|(_, format)| *format).ok_or_else(|| {
            let problem = Problem::new(
                &path.display().to_string(),
                None,
                format!("a configuration does not end in {ending:?}"),
            );
            let near = nearest(ending, ENDINGS.map(|(name, _)| name)).unwrap_or("toml");
            problem.advice(format!("use .toml, .yaml or .json (did you mean .{near}?)"))
        })
    }

    /// Reads a text; the outermost value is a table, or nothing.
    pub(super) fn parse(self, text: &str, source: &str) -> Result<Node, Problem> {
        let root = match self {
            Self::Toml => toml(text, source)?,
            Self::Yaml => yaml(text, source, Scalars::Words)?,
            Self::Json => {
                json_syntax(text, source)?;
                yaml(text, source, Scalars::Typed)?
            }
        };
        match root.value {
            Value::Table(_) => Ok(root),
            Value::Nothing => Ok(Node { place: root.place, value: Value::Table(Vec::new()) }),
            other => Err(Problem::new(
                source,
                Some(root.place),
                format!("the file holds {} where settings by name belong", other.kind()),
            )
            .advice("begin with `cloudflare_r2`")),
        }
    }
}

fn toml(text: &str, source: &str) -> Result<Node, Problem> {
    let lines = Lines::new(text);
    let table = DeTable::parse(text).map_err(|error| {
        let place = error.span().map(|span| lines.place(span.start));
        Problem::new(source, place, format!("this is not TOML: {}", error.message()))
            .advice("see https://toml.io for the format")
    })?;
    Ok(Node {
        place: lines.place(table.span().start),
        value: toml_table(table.get_ref(), &lines, source, 0)?,
    })
}

fn toml_table(
    table: &DeTable<'_>,
    lines: &Lines<'_>,
    source: &str,
    depth: usize,
) -> Result<Value, Problem> {
    let mut entries = Vec::with_capacity(table.len());
    for (name, value) in table {
        let place = lines.place(name.span().start);
        let node = toml_value(value, lines, source, depth + 1)?;
        entries.push(Entry { name: name.get_ref().to_string(), place, node });
    }
    entries.sort_by_key(|entry| (entry.place.line, entry.place.column));
    Ok(Value::Table(entries))
}

fn toml_value(
    value: &Spanned<DeValue<'_>>,
    lines: &Lines<'_>,
    source: &str,
    depth: usize,
) -> Result<Node, Problem> {
    let place = lines.place(value.span().start);
    if depth > DEPTH_MAX {
        return Err(too_deep(source, place));
    }
    let value = match value.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Number(toml_integer(number.as_str(), number.radix())),
        DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Value::Truth(*truth),
        DeValue::Datetime(date) => Value::Text(date.to_string()),
        DeValue::Array(items) => {
            let items = items.iter().map(|item| toml_value(item, lines, source, depth + 1));
            Value::List(items.collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => toml_table(table, lines, source, depth)?,
    };
    Ok(Node { place, value })
}

/// TOML also writes integers as `0x2A`, which the other formats do not.
fn toml_integer(digits: &str, radix: u32) -> String {
    match i64::from_str_radix(digits, radix) {
        Ok(number) => number.to_string(),
        Err(_) => digits.to_owned(),
    }
}

fn json_syntax(text: &str, source: &str) -> Result<(), Problem> {
    serde_json::from_str::<IgnoredAny>(text).map(|_| ()).map_err(|error| {
        let place = Place { line: error.line().max(1), column: error.column().max(1) };
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        Problem::new(source, Some(place), format!("this is not JSON: {message}"))
            .advice("JSON has no comments and no comma after the last value")
    })
}

/// Whether values without quotes have a type of their own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Scalars {
    /// In YAML `1.10` may be a version and `no` a country: what is asked for decides.
    Words,
    /// In JSON they are numbers, `true`, `false` and `null`.
    Typed,
}

fn yaml(text: &str, source: &str, scalars: Scalars) -> Result<Node, Problem> {
    let mut builder = Builder { source, scalars, open: Vec::new(), root: None, nodes: 0 };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let place = place_of(error.marker().line(), error.marker().col());
            Problem::new(source, Some(place), format!("this is not YAML: {}", error.info()))
                .advice("check the indentation and the quotes")
        })?;
        builder.event(event, place_of(span.start.line(), span.start.col()))?;
    }
    let start = Place { line: 1, column: 1 };
    Ok(builder.root.unwrap_or(Node { place: start, value: Value::Nothing }))
}

/// The parser counts lines from 1 and columns from 0.
fn place_of(line: usize, column: usize) -> Place {
    Place { line: line.max(1), column: column + 1 }
}

struct Builder<'s> {
    source: &'s str,
    scalars: Scalars,
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
}

/// A value that has begun.
struct Open {
    place: Place,
    kind: OpenKind,
}

enum OpenKind {
    List(Vec<Node>),
    Table { entries: Vec<Entry>, name: Option<(String, Place)> },
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, place: Place) -> Result<(), Problem> {
        match event {
            Event::Scalar(text, style, _, _) => {
                self.put(Node { place, value: self.scalar(&text, style) })
            }
            Event::SequenceStart(..) => self.open(place, OpenKind::List(Vec::new())),
            Event::MappingStart(..) => {
                self.open(place, OpenKind::Table { entries: Vec::new(), name: None })
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                None => Ok(()),
                Some(Open { place, kind: OpenKind::List(items) }) => {
                    self.put(Node { place, value: Value::List(items) })
                }
                Some(Open { place, kind: OpenKind::Table { entries, .. } }) => {
                    self.put(Node { place, value: Value::Table(entries) })
                }
            },
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(self.refuse(place, "there is a second document", "keep one, without `---`"))
            }
            Event::Alias(_) => {
                Err(self.refuse(place, "aliases are not read", "write the value out"))
            }
            _ => Ok(()),
        }
    }

    fn scalar(&self, text: &str, style: ScalarStyle) -> Value {
        match (style, self.scalars, text) {
            (ScalarStyle::Plain, Scalars::Words, "" | "~" | "null") => Value::Nothing,
            (ScalarStyle::Plain, Scalars::Words, text) => Value::Word(text.to_owned()),
            (ScalarStyle::Plain, Scalars::Typed, "null") => Value::Nothing,
            (ScalarStyle::Plain, Scalars::Typed, "true") => Value::Truth(true),
            (ScalarStyle::Plain, Scalars::Typed, "false") => Value::Truth(false),
            (ScalarStyle::Plain, Scalars::Typed, text) => Value::Number(text.to_owned()),
            (_, _, text) => Value::Text(text.to_owned()),
        }
    }

    fn open(&mut self, place: Place, kind: OpenKind) -> Result<(), Problem> {
        if self.open.len() >= DEPTH_MAX {
            return Err(too_deep(self.source, place));
        }
        self.open.push(Open { place, kind });
        Ok(())
    }

    /// A whole value: into what is open around it.
    fn put(&mut self, node: Node) -> Result<(), Problem> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err(self.refuse(node.place, "the file holds too many values", "shorten it"));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.kind {
            OpenKind::List(items) => items.push(node),
            OpenKind::Table { entries, name } => match name.take() {
                Some((text, place)) => entries.push(Entry { name: text, place, node }),
                None => {
                    let Some(text) = node.value.scalar() else {
                        let what = format!("{} stands where a name belongs", node.value.kind());
                        return Err(self.refuse(node.place, &what, "write `name: value`"));
                    };
                    if let Some(twin) = find(entries, &text) {
                        let what = format!("{text:?} stands twice");
                        let first = format!("it stands in line {} already", twin.place.line);
                        return Err(self.refuse(node.place, &what, &first));
                    }
                    *name = Some((text, node.place));
                }
            },
        }
        Ok(())
    }

    fn refuse(&self, place: Place, message: &str, advice: &str) -> Problem {
        Problem::new(self.source, Some(place), message).advice(advice)
    }
}

fn too_deep(source: &str, place: Place) -> Problem {
    Problem::new(source, Some(place), format!("values are nested deeper than {DEPTH_MAX} levels"))
}

/// From offsets in bytes to lines.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts[line - 1];
        let before = self.text.get(start..offset).unwrap_or_default();
        Place { line, column: before.chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(format: Format, text: &str) -> String {
        match format.parse(text, "f") {
            Ok(node) => show(&node),
            Err(problem) => problem.to_string(),
        }
    }

    fn show(node: &Node) -> String {
        let Place { line, column } = node.place;
        match &node.value {
            Value::List(items) => {
                format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(" "))
            }
            Value::Table(entries) => {
                let show = |e: &Entry| {
                    format!("{}@{}:{}={}", e.name, e.place.line, e.place.column, show(&e.node))
                };
                format!("{{{}}}", entries.iter().map(show).collect::<Vec<_>>().join(" "))
            }
            other => format!("{line}:{column}{other:?}"),
        }
    }

    #[test]
    fn the_three_formats_give_the_same_tree() {
        let toml = "[a]\nb = 3\nc = [true, \"x\"]\n";
        assert_eq!(
            shown(Format::Toml, toml),
            "{a@1:2={b@2:1=2:5Number(\"3\") c@3:1=[3:6Truth(true) 3:12Text(\"x\")]}}"
        );
        let yaml = "a:\n  b: 3\n  c: [true, 'x']\n";
        assert_eq!(
            shown(Format::Yaml, yaml),
            "{a@1:1={b@2:3=2:6Word(\"3\") c@3:3=[3:7Word(\"true\") 3:13Text(\"x\")]}}"
        );
        let json = "{\"a\": {\n\t\"b\": 3,\n\t\"c\": [true, \"x\\u00e9\"]}}";
        assert_eq!(
            shown(Format::Json, json),
            "{a@1:2={b@2:2=2:7Number(\"3\") c@3:2=[3:8Truth(true) 3:14Text(\"xé\")]}}"
        );
        for format in [Format::Toml, Format::Yaml] {
            assert_eq!(shown(format, "# nothing\n"), "{}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        for (format, text, told) in [
            (Format::Toml, "a = 1\nb = \n", "f:2:5: this is not TOML"),
            (Format::Toml, "a = 1\na = 2\n", "f:2:1: this is not TOML: duplicate key"),
            (Format::Yaml, "a: 1\na: 2\n", "f:2:1: \"a\" stands twice: it stands in line 1"),
            (Format::Yaml, "a: [1\nb: 2\n", "this is not YAML"),
            (Format::Yaml, "a: &x 1\nb: *x\n", "f:2:4: aliases are not read"),
            (Format::Yaml, "a: 1\n---\nb: 1\n", "there is a second document"),
            (Format::Yaml, "- a\n", "f:1:1: the file holds a list"),
            (Format::Yaml, "? [a]\n: b\n", "a list stands where a name belongs"),
            (Format::Json, "{\"a\": 1,}", "f:1:9: this is not JSON: key must be a string"),
            (Format::Json, "{\"a\": 1, \"a\": 2}", "f:1:10: \"a\" stands twice"),
            (Format::Json, "a: 1", "this is not JSON"),
            (Format::Json, "7", "the file holds a number"),
        ] {
            let found = shown(format, text);
            assert!(found.contains(told), "{text:?} gives {found:?}");
        }
    }

    #[test]
    fn deep_and_long_files_are_refused() {
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        assert!(shown(Format::Yaml, &deep).contains("deeper"));
        assert!(shown(Format::Toml, &format!("a = {deep}")).contains("f:1:"));
        let long = format!("a: [{}]", "1,".repeat(200_000));
        assert!(shown(Format::Yaml, &long).contains("too many"));
    }

    #[test]
    fn the_ending_decides() {
        assert_eq!(Format::of(Path::new("x/r2.YML")).unwrap(), Format::Yaml);
        let told = Format::of(Path::new("r2.tml")).unwrap_err().to_string();
        assert!(told.contains("did you mean .toml?"), "{told}");
        assert!(Format::of(Path::new("r2")).is_err());
    }
}
