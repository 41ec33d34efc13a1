//! Writes elements into one line of text.

use std::fmt::{Display, Write as _};

/// Builds a document. Elements without content are written as a pair of tags, as R2 does.
#[derive(Debug)]
pub struct Writer {
    out: String,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self { out: String::from(r#"<?xml version="1.0" encoding="UTF-8"?>"#) }
    }

    pub(crate) fn root(
        &mut self,
        name: &str,
        namespace: Option<&str>,
        content: impl FnOnce(&mut Self),
    ) {
        match namespace {
            Some(namespace) => {
                for piece in ["<", name, " xmlns=\"", namespace, "\">"] {
                    self.out.push_str(piece);
                }
            }
            None => self.open(name),
        }
        content(self);
        self.close(name);
    }

    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// An element with elements inside.
    pub(crate) fn element(&mut self, name: &str, content: impl FnOnce(&mut Self)) {
        self.open(name);
        content(self);
        self.close(name);
    }

    /// An element with text inside.
    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.open(name);
        self.characters(value);
        self.close(name);
    }

    /// An element with a value whose text needs no escapes: a number, a boolean, a date.
    pub(crate) fn value(&mut self, name: &str, value: impl Display) {
        self.open(name);
        write!(self.out, "{value}").expect("writing to a String cannot fail");
        self.close(name);
    }

    /// [`Writer::text`], if there is one.
    pub(crate) fn text_if(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    /// [`Writer::value`], if there is one.
    pub(crate) fn value_if(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.value(name, value);
        }
    }

    /// Text between tags, escaped.
    pub(crate) fn characters(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(needs_escape) {
            self.out.push_str(&rest[..at]);
            match rest.as_bytes()[at] {
                b'&' => self.out.push_str("&amp;"),
                b'<' => self.out.push_str("&lt;"),
                b'>' => self.out.push_str("&gt;"),
                b'"' => self.out.push_str("&quot;"),
                b'\'' => self.out.push_str("&apos;"),
                // XML has no form at all for it.
                0 => self.out.push('\u{FFFD}'),
                control => {
                    write!(self.out, "&#x{control:X};").expect("writing to a String cannot fail");
                }
            }
            rest = &rest[at + 1..];
        }
        self.out.push_str(rest);
    }

    fn open(&mut self, name: &str) {
        for piece in ["<", name, ">"] {
            self.out.push_str(piece);
        }
    }

    fn close(&mut self, name: &str) {
        for piece in ["</", name, ">"] {
            self.out.push_str(piece);
        }
    }
}

/// A carriage return would be read back as a line feed; other controls may not stand raw.
fn needs_escape(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | 0..=8 | 11..=31)
}
