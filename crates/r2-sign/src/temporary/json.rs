//! As much JSON as the claims of a token need: a strict reader with bounds, and a writer.
//!
//! A JSON crate would double what this crate pulls in, for one small object.

/// Deeper than any claims; keeps a hostile token from using up the stack.
const DEPTH_MAX: usize = 8;

/// A JSON value. Numbers that are not whole are kept as such, without their value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Bool,
    Integer(i64),
    OtherNumber,
    Text(String),
    Array(Vec<Value>),
    Object(Vec<(String, Value)>),
}

impl Value {
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|member| member.0 == name).map(|member| &member.1)
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) const fn integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }

    /// An array of nothing but texts.
    pub(super) fn texts(&self) -> Option<Vec<&str>> {
        let Self::Array(values) = self else { return None };
        values.iter().map(Self::text).collect()
    }
}

/// Reads a whole document; `None` when it is not JSON, too deep, or names a member twice (two
/// readers could disagree about which of them counts).
pub(super) fn parse(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text };
    let value = reader.value(DEPTH_MAX)?;
    reader.skip_blanks();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    /// Takes a token if it is next.
    fn take(&mut self, token: &str) -> bool {
        self.skip_blanks();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        if self.take("{") {
            self.object(depth)
        } else if self.take("[") {
            self.array(depth)
        } else if self.take("\"") {
            self.text().map(Value::Text)
        } else if self.take("true") || self.take("false") {
            Some(Value::Bool)
        } else if self.take("null") {
            Some(Value::Null)
        } else {
            self.number()
        }
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        let mut members: Vec<(String, Value)> = Vec::new();
        if self.take("}") {
            return Some(Value::Object(members));
        }
        loop {
            let name = if self.take("\"") { self.text()? } else { return None };
            if !self.take(":") || members.iter().any(|member| member.0 == name) {
                return None;
            }
            members.push((name, self.value(depth)?));
            if self.take("}") {
                return Some(Value::Object(members));
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        let mut values = Vec::new();
        if self.take("]") {
            return Some(Value::Array(values));
        }
        loop {
            values.push(self.value(depth)?);
            if self.take("]") {
                return Some(Value::Array(values));
            }
            if !self.take(",") {
                return None;
            }
        }
    }

    /// The rest of a text whose opening quote is taken.
    fn text(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            let plain = self.rest.find(|c| c == '"' || c == '\\' || c < ' ')?;
            text.push_str(&self.rest[..plain]);
            let (mark, rest) = (self.rest.as_bytes()[plain], &self.rest[plain + 1..]);
            self.rest = rest;
            match mark {
                b'"' => return Some(text),
                b'\\' => text.push(self.escape()?),
                _ => return None,
            }
        }
    }

    /// The character that stands after a backslash.
    fn escape(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let name = chars.next()?;
        self.rest = chars.as_str();
        Some(match name {
            '"' | '\\' | '/' => name,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.utf16(),
            _ => return None,
        })
    }

    /// One character in UTF-16, in one escape or two.
    fn utf16(&mut self) -> Option<char> {
        let first = self.unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first.into());
        }
        self.rest = self.rest.strip_prefix("\\u")?;
        let both = [first, self.unit()?];
        let mut chars = char::decode_utf16(both);
        let char = chars.next()?.ok()?;
        chars.next().is_none().then_some(char)
    }

    fn unit(&mut self) -> Option<u16> {
        let digits =
            self.rest.get(..4).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.rest = &self.rest[4..];
        u16::from_str_radix(digits, 16).ok()
    }

    fn number(&mut self) -> Option<Value> {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        let digits = number.strip_prefix('-').unwrap_or(number);
        if !digits.starts_with(|c: char| c.is_ascii_digit())
            || (digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0."))
        {
            return None;
        }
        match number.parse() {
            Ok(integer) => Some(Value::Integer(integer)),
            Err(_) => number.parse::<f64>().ok().map(|_| Value::OtherNumber),
        }
    }
}

/// Writes one object, member by member.
pub(super) struct Writer(String);

impl Writer {
    pub(super) fn object() -> Self {
        Self(String::from("{"))
    }

    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.push_text(value);
    }

    pub(super) fn texts<'a>(&mut self, name: &str, values: impl Iterator<Item = &'a str>) {
        self.name(name);
        self.0.push('[');
        for (n, value) in values.enumerate() {
            if n > 0 {
                self.0.push(',');
            }
            self.push_text(value);
        }
        self.0.push(']');
    }

    /// A value that is JSON already.
    pub(super) fn raw(&mut self, name: &str, value: &str) {
        self.name(name);
        self.0.push_str(value);
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.push_text(name);
        self.0.push(':');
    }

    fn push_text(&mut self, text: &str) {
        use std::fmt::Write as _;
        self.0.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => self.0.extend(['\\', c]),
                c if c < ' ' => {
                    write!(self.0, "\\u{:04x}", u32::from(c)).expect("a String takes every write");
                }
                c => self.0.push(c),
            }
        }
        self.0.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_json() {
        let value = parse(r#" { "a" : [ 1, -2.5e3, true, null, "x" ], "b": {} , "c": [] } "#);
        let array = vec![
            Value::Integer(1),
            Value::OtherNumber,
            Value::Bool,
            Value::Null,
            Value::Text("x".into()),
        ];
        let expected = Value::Object(vec![
            ("a".into(), Value::Array(array)),
            ("b".into(), Value::Object(vec![])),
            ("c".into(), Value::Array(vec![])),
        ]);
        assert_eq!(value, Some(expected));
        let text = |json| parse(json).and_then(|value| value.text().map(str::to_owned));
        assert_eq!(text(r#""\u00e9\ud83e\udd80\n\/\\\"""#).as_deref(), Some("é🦀\n/\\\""));
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in [
            "",
            "{",
            "}",
            "[1,]",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            "01",
            "-",
            "+1",
            ".5",
            "1.2.3",
            "--1",
            "tru",
            r#""a"#,
            "\"\n\"",
            r#""\x""#,
            r#""\u12""#,
            r#""\ud800""#,
            r#""\ud800\u0041""#,
            r#""\udc00""#,
            "1 2",
            r#"{"a":1,"a":2}"#,
            "é",
            "[[[[[[[[[]]]]]]]]]",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(name in "\\PC*", text in any::<String>(), number in any::<i64>()) {
            let mut writer = Writer::object();
            writer.texts("list", [text.as_str(), ""].into_iter());
            writer.raw("number", &number.to_string());
            writer.text(&["=", name.as_str()].concat(), &text);
            let value = parse(&writer.finish()).expect("valid");
            let list = value.get("list").and_then(Value::texts);
            prop_assert_eq!(list, Some(vec![text.as_str(), ""]));
            prop_assert_eq!(value.get("number").and_then(Value::integer), Some(number));
            let named = value.get(&["=", name.as_str()].concat());
            prop_assert_eq!(named.and_then(Value::text), Some(&*text));
        }

        #[test]
        fn never_panics(text in "[\\[\\]{}:,\"\\\\u0-9a-f é-]{0,40}") {
            let _ = parse(&text);
        }
    }
}
