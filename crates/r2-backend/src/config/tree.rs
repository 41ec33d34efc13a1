//! A configuration file as a tree in which every name and every value knows where it stands.

use super::problem::Place;

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

/// What stands in a file, before anybody asks what it should be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// `null`, or nothing at all.
    Nothing,
    /// `true` or `false` of a format that tells them from texts.
    Truth(bool),
    /// A number as it was written, of a format that tells them from texts.
    Number(String),
    /// A text in quotes: only ever a text.
    Text(String),
    /// Something without quotes, or put together from the environment: whatever is asked for.
    Word(String),
    /// Values in order.
    List(Vec<Node>),
    /// Values by name, in the order of the file.
    Table(Vec<Entry>),
}

/// A name and what it names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) node: Node,
}

impl Value {
    /// What it is, in words for people.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Truth(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) | Self::Word(_) => "a text",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
        }
    }

    /// A single value as it was written.
    pub(super) fn scalar(&self) -> Option<String> {
        match self {
            Self::Truth(truth) => Some(truth.to_string()),
            Self::Number(text) | Self::Text(text) | Self::Word(text) => Some(text.clone()),
            Self::Nothing | Self::List(_) | Self::Table(_) => None,
        }
    }
}

/// What a name stands for, if it is there.
pub(super) fn find<'t>(entries: &'t [Entry], name: &str) -> Option<&'t Entry> {
    entries.iter().find(|entry| entry.name == name)
}
