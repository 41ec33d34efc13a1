//! Walks over the elements of a document and enforces the limits.
//!
//! The rule for callers: after [`Cursor::child`] has returned a name, that element must be
//! consumed, by a reader of text, by a loop over its own children, or by [`Cursor::other`].

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::errors::SyntaxError;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use super::text::{check_name, checked_text, is_blank, is_name_byte, resolve};
use crate::error::quoted;
use crate::limits::{ATTRIBUTES_MAX, DEPTH_MAX};
use crate::{Error, ErrorKind};

/// How literally a document is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As a client reads a server, or one server another's client.
    Lenient,
    /// As R2 reads a request.
    Strict,
}

/// A position in a document.
#[derive(Debug)]
pub struct Cursor<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    /// Bytes of a byte order mark in front of `text`.
    skipped: usize,
    depth: usize,
    /// Where the event that was read last begins, in `text`.
    event: usize,
    /// Where the element that was opened last begins, in `text`.
    element: usize,
    mode: Mode,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8], bytes_max: usize, mode: Mode) -> Result<Self, Error> {
        let (text, skipped) = checked_text(bytes, bytes_max)?;
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { reader, text, skipped, depth: 0, event: 0, element: 0, mode })
    }

    /// Reads up to the start of the root element, which must be `name` or one of `others`.
    pub(crate) fn root(&mut self, name: &str, others: &[&str]) -> Result<(), Error> {
        let mut first = true;
        loop {
            match self.next()? {
                // Some servers keep a connection alive with blanks before the document.
                Event::Text(text) if is_blank(&text) => continue,
                Event::Decl(declaration) if first => self.check_declaration(&declaration)?,
                Event::Comment(_) | Event::PI(_) => {}
                Event::Start(start) => {
                    let found = self.enter(&start)?;
                    if found == name || others.contains(&found) {
                        return Ok(());
                    }
                    let reason = format!("the root element is {}, not `{name}`", quoted(found));
                    return Err(self.error(ErrorKind::WrongRoot, reason));
                }
                Event::Eof => return Err(self.truncated()),
                other => return Err(self.unexpected(&other)),
            }
            first = false;
        }
    }

    /// Checks that nothing follows the root element.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        loop {
            match self.next()? {
                Event::Text(text) if is_blank(&text) => {}
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => return Ok(()),
                _ => {
                    let reason = "something follows the root element";
                    return Err(self.error_at(ErrorKind::Trailing, self.event, reason));
                }
            }
        }
    }

    /// Name of the next element inside the current one, or `None` at the current one's end.
    pub(crate) fn child(&mut self) -> Result<Option<&'a str>, Error> {
        loop {
            match self.next()? {
                Event::Start(start) => return self.enter(&start).map(Some),
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok(None);
                }
                Event::Text(text) if is_blank(&text) => {}
                Event::CData(text) if is_blank(&text) => {}
                Event::Comment(_) | Event::PI(_) => {}
                other => return Err(self.unexpected(&other)),
            }
        }
    }

    /// The text of the current element, up to and including its end, blanks and all.
    pub(crate) fn text(&mut self) -> Result<Cow<'a, str>, Error> {
        let mut out = Cow::Borrowed("");
        loop {
            match self.next()? {
                Event::Text(text) => append(&mut out, text.xml10_content()),
                Event::CData(text) => append(&mut out, text.xml10_content()),
                Event::GeneralRef(reference) => out.to_mut().push(self.resolve(&reference)?),
                Event::End(_) => {
                    self.depth -= 1;
                    return Ok(out);
                }
                Event::Comment(_) | Event::PI(_) => {}
                other => return Err(self.unexpected(&other)),
            }
        }
    }

    /// The text of the current element `name`, or `None`, having skipped it, when it holds
    /// elements.
    pub(crate) fn flat_text(&mut self, name: &str) -> Result<Option<String>, Error> {
        self.check_name(name)?;
        let outside = self.depth - 1;
        let mut out = Some(String::new());
        while self.depth > outside {
            let piece = match self.next()? {
                Event::Start(start) => {
                    let name = self.enter(&start)?;
                    self.check_name(name)?;
                    out = None;
                    continue;
                }
                Event::End(_) => {
                    self.depth -= 1;
                    continue;
                }
                Event::Text(text) => text.xml10_content(),
                Event::CData(text) => text.xml10_content(),
                Event::GeneralRef(reference) => Cow::Owned(self.resolve(&reference)?.into()),
                Event::Comment(_) | Event::PI(_) => continue,
                other => return Err(self.unexpected(&other)),
            };
            if let Some(out) = &mut out {
                out.push_str(&piece);
            }
        }
        Ok(out)
    }

    /// Skips an element that the document does not know.
    pub(crate) fn other(&mut self, name: &str) -> Result<(), Error> {
        self.flat_text(name).map(drop)
    }

    /// Refuses an element that the document does not know.
    pub(crate) fn refuse(&self, name: &str) -> Error {
        self.error(ErrorKind::Unexpected, format!("element {} has no place here", quoted(name)))
    }

    /// As [`Cursor::refuse`] when the document is checked, else as [`Cursor::other`].
    pub(crate) fn other_unless_strict(&mut self, name: &str) -> Result<(), Error> {
        match self.mode {
            Mode::Lenient => self.other(name),
            Mode::Strict => Err(self.refuse(name)),
        }
    }

    /// Reads an element that may stand once.
    pub(crate) fn once<T>(
        &mut self,
        slot: &mut Option<T>,
        read: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<(), Error> {
        if slot.is_some() {
            let reason = format!("`{}` stands here a second time", self.name());
            return Err(self.error(ErrorKind::Duplicate, reason));
        }
        *slot = Some(read(self)?);
        Ok(())
    }

    /// Reads an element that may stand `max` times.
    pub(crate) fn push<T>(
        &mut self,
        list: &mut Vec<T>,
        max: usize,
        read: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<(), Error> {
        if list.len() == max {
            let reason = format!("more than {max} of `{}`", self.name());
            return Err(self.error(ErrorKind::TooMany, reason));
        }
        list.push(read(self)?);
        Ok(())
    }

    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// An error about the element that was opened last.
    pub(crate) fn error(&self, kind: ErrorKind, reason: impl Into<String>) -> Error {
        self.error_at(kind, self.element, reason)
    }

    /// Where the element that was opened last begins, for [`missing`].
    pub(crate) fn element(&self) -> usize {
        self.element + self.skipped
    }

    /// Name of the element that was opened last, cut to a length fit for a message.
    pub(crate) fn name(&self) -> &'a str {
        const BYTES_MAX: usize = 40;
        let tag = self.text.get(self.element + 1..).unwrap_or_default();
        let end = tag
            .bytes()
            .take(BYTES_MAX)
            .take_while(|&byte| is_name_byte(byte) || byte == b':')
            .count();
        tag.get(..end).unwrap_or_default()
    }

    fn error_at(&self, kind: ErrorKind, offset: usize, reason: impl Into<String>) -> Error {
        Error::new(kind, offset + self.skipped, reason)
    }

    fn next(&mut self) -> Result<Event<'a>, Error> {
        self.event = position(self.reader.buffer_position());
        // Caught before the parser looks into it: nothing in it is worth the work.
        let markup = self.text.as_bytes().get(self.event..).unwrap_or_default();
        if matches!(markup, [b'<', b'!', b'D' | b'd', ..]) {
            let reason = "a document type declaration is not allowed";
            return Err(self.error_at(ErrorKind::Forbidden, self.event, reason));
        }
        match self.reader.read_event() {
            Ok(event) => Ok(event),
            Err(source) => Err(self.parser_error(source)),
        }
    }

    #[cold]
    fn parser_error(&self, source: quick_xml::Error) -> Error {
        let offset = position(self.reader.error_position()).max(self.event);
        match source {
            // The parser's syntax errors are tags and sections without an end, and this one.
            quick_xml::Error::Syntax(reason) if reason != SyntaxError::InvalidBangMarkup => {
                self.error_at(ErrorKind::Truncated, offset, "the document ends inside a tag")
            }
            source => Error::syntax(offset + self.skipped, source),
        }
    }

    /// Accounts for a start tag and returns its name without a prefix.
    fn enter(&mut self, start: &BytesStart<'_>) -> Result<&'a str, Error> {
        self.element = self.event;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            let reason = format!("elements nest deeper than {DEPTH_MAX}");
            return Err(self.error(ErrorKind::TooDeep, reason));
        }
        if !start.attributes_raw().is_empty() {
            self.check_attributes(start)?;
        }
        // The tag's own copy of its name does not live long enough; the input does.
        let begin = self.event + 1;
        let name = self.text.get(begin..begin + start.name().as_ref().len()).unwrap_or_default();
        match name.bytes().position(|byte| byte == b':') {
            None => Ok(name),
            Some(colon) => {
                self.check_name(&name[..colon])?;
                Ok(&name[colon + 1..])
            }
        }
    }

    fn resolve(&self, reference: &BytesRef<'_>) -> Result<char, Error> {
        resolve(reference).map_err(|(kind, reason)| self.error_at(kind, self.event, reason))
    }

    fn check_name(&self, name: &str) -> Result<(), Error> {
        check_name(name).map_err(|reason| self.error(ErrorKind::Syntax, reason))
    }

    /// Attributes mean nothing here, but they must be well-formed and few.
    fn check_attributes(&self, start: &BytesStart<'_>) -> Result<(), Error> {
        for (index, attribute) in start.attributes().enumerate() {
            if index == ATTRIBUTES_MAX {
                let reason = format!("more than {ATTRIBUTES_MAX} attributes");
                return Err(self.error(ErrorKind::TooMany, reason));
            }
            let attribute =
                attribute.map_err(|source| Error::syntax(self.element(), source.into()))?;
            if attribute.value.contains('<') {
                return Err(self.error(ErrorKind::Syntax, "an attribute contains `<`"));
            }
        }
        Ok(())
    }

    fn check_declaration(&self, declaration: &BytesDecl<'_>) -> Result<(), Error> {
        let encoding = declaration
            .encoding()
            .transpose()
            .map_err(|source| Error::syntax(self.event + self.skipped, source.into()))?;
        match encoding {
            None => Ok(()),
            Some(name)
                if ["utf-8", "utf8", "us-ascii"].iter().any(|n| name.eq_ignore_ascii_case(n)) =>
            {
                Ok(())
            }
            Some(name) => {
                let reason = format!("the declared encoding is {}, not UTF-8", quoted(&name));
                Err(self.error_at(ErrorKind::Encoding, self.event, reason))
            }
        }
    }

    fn truncated(&self) -> Error {
        self.error_at(ErrorKind::Truncated, self.text.len(), "the document ends too early")
    }

    fn unexpected(&self, event: &Event<'_>) -> Error {
        let (kind, reason) = match event {
            Event::Eof => return self.truncated(),
            Event::GeneralRef(reference) => match resolve(reference) {
                Ok(_) => (ErrorKind::Unexpected, "text where only elements belong".into()),
                Err(refused) => refused,
            },
            Event::Start(_) => (ErrorKind::Unexpected, "an element where text belongs".into()),
            Event::Decl(_) => (ErrorKind::Syntax, "a declaration inside the document".into()),
            _ => (ErrorKind::Unexpected, "text where only elements belong".into()),
        };
        self.error_at(kind, self.event, reason)
    }
}

/// The value of an element that must be there, or an error about the `parent` at `offset`.
pub(crate) fn missing(offset: usize, parent: &str, name: &str) -> Error {
    Error::new(ErrorKind::Missing, offset, format!("`{parent}` has no `{name}`"))
}

fn append<'a>(out: &mut Cow<'a, str>, piece: Cow<'a, str>) {
    if out.is_empty() {
        *out = piece;
    } else {
        out.to_mut().push_str(&piece);
    }
}

fn position(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
