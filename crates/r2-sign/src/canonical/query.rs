//! The canonical query: every name and value decoded, encoded strictly, and sorted.

use crate::encode::canonical_component_into;
use std::fmt;

/// The pairs of a query in canonical form. Kept between requests for its memory.
#[derive(Default)]
pub(crate) struct Query {
    text: Vec<u8>,
    pairs: Vec<Pair>,
}

/// Where a pair lies in the text: the name, then at once the value.
#[derive(Clone, Copy)]
struct Pair {
    start: usize,
    middle: usize,
    end: usize,
}

impl Query {
    /// Takes the query as it stands on the wire, without its question mark. The first parameter of
    /// the name `leave_out` is left out.
    pub(crate) fn load(&mut self, wire: &str, leave_out: Option<&str>) {
        self.text.clear();
        self.pairs.clear();
        let mut leave_out = leave_out.map(str::as_bytes);
        for part in wire.as_bytes().split(|&byte| byte == b'&').filter(|part| !part.is_empty()) {
            let equals = part.iter().position(|&byte| byte == b'=');
            let (name, value) = match equals {
                Some(at) => (&part[..at], &part[at + 1..]),
                None => (part, &part[part.len()..]),
            };
            let start = self.text.len();
            canonical_component_into(&mut self.text, name);
            if leave_out.is_some_and(|name| name == &self.text[start..]) {
                leave_out = None;
                self.text.truncate(start);
                continue;
            }
            let middle = self.text.len();
            canonical_component_into(&mut self.text, value);
            self.pairs.push(Pair { start, middle, end: self.text.len() });
        }
        let text = &self.text;
        let key = |pair: &Pair| (&text[pair.start..pair.middle], &text[pair.middle..pair.end]);
        if !self.pairs.is_sorted_by(|a, b| key(a) <= key(b)) {
            self.pairs.sort_unstable_by(|a, b| key(a).cmp(&key(b)));
        }
    }

    /// Names and values in order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let text = &self.text;
        self.pairs.iter().map(|pair| (&text[pair.start..pair.middle], &text[pair.middle..pair.end]))
    }

    /// Appends `name=value&name=value`.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        for (name, value) in self.pairs() {
            push_pair(out, start, name, value);
        }
    }
}

/// Appends one pair to a query that began at `start`.
fn push_pair(out: &mut Vec<u8>, start: usize, name: &[u8], value: &[u8]) {
    if out.len() > start {
        out.push(b'&');
    }
    out.extend_from_slice(name);
    out.push(b'=');
    out.extend_from_slice(value);
}

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Query({} pairs)", self.pairs.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wire: &str, leave_out: Option<&str>, expected: &str) {
        let mut query = Query::default();
        query.load("left=over", None);
        query.load(wire, leave_out);
        let mut out = b"?".to_vec();
        query.write(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), format!("?{expected}"));
    }

    #[test]
    fn canonical_forms() {
        check("", None, "");
        check("lifecycle", None, "lifecycle=");
        check("prefix=J&max-keys=2", None, "max-keys=2&prefix=J");
        check("b=2&a=2&a=1&&", None, "a=1&a=2&b=2");
        check("a=b=c", None, "a=b%3Dc");
        check("=v", None, "=v");
        check("k=%7e+%2f%zz", None, "k=~%20%2F%25zz");
        // A name that continues sorts after the name itself, whatever comes after the `=`.
        check("a-b=1&a=2", None, "a=2&a-b=1");
        check("uploads&a=é", None, "a=%C3%A9&uploads=");
    }

    #[test]
    fn the_signature_is_left_out_once() {
        check("a=1&X-Amz-Signature=x&b=2", Some("X-Amz-Signature"), "a=1&b=2");
        check("%58-Amz-Signature=x", Some("X-Amz-Signature"), "");
        check("s=x&s=y", Some("s"), "s=y");
    }
}
