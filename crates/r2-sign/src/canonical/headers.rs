//! Canonical headers: lower-case names in order, values without needless blanks.

use crate::Timestamp;

/// The headers that the signer answers for.
#[derive(Clone, Copy)]
pub(crate) struct Own<'a> {
    pub(crate) payload: &'a str,
    pub(crate) at: &'a Timestamp,
    pub(crate) token: Option<&'a str>,
}

impl<'a> Own<'a> {
    const FIRST: &'static str = "x-amz-content-sha256";

    /// In canonical order.
    fn headers(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let always = [(Self::FIRST, self.payload), ("x-amz-date", self.at.as_str())];
        always.into_iter().chain(self.token.map(|token| ("x-amz-security-token", token)))
    }

    /// The lines of all of them: what [`headers`](Self::headers) says, in one piece.
    fn push_lines(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"x-amz-content-sha256:");
        out.extend_from_slice(self.payload.as_bytes());
        out.extend_from_slice(b"\nx-amz-date:");
        out.extend_from_slice(self.at.as_bytes());
        out.push(b'\n');
        if let Some(token) = self.token {
            out.extend_from_slice(b"x-amz-security-token:");
            out.extend_from_slice(token.as_bytes());
            out.push(b'\n');
        }
    }

    fn push_names(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"x-amz-content-sha256;x-amz-date");
        if self.token.is_some() {
            out.extend_from_slice(b";x-amz-security-token");
        }
    }
}

/// The headers of one signature, in canonical order.
pub(crate) struct Headers<'a> {
    given: &'a [(&'a str, &'a str)],
    own: Option<Own<'a>>,
    /// Whether they are in order as they lie, first `given` and then `own`, every name once. Nearly
    /// always; otherwise they are sorted where they are written.
    is_ordered: bool,
}

impl<'a> Headers<'a> {
    /// Where `given` names one of the signer's own headers, the signer's value counts.
    pub(crate) fn new(given: &'a [(&'a str, &'a str)], own: Option<Own<'a>>) -> Self {
        let ends_before_own = own.is_none() || given.last().is_none_or(|last| last.0 < Own::FIRST);
        let is_ordered = ends_before_own && given.is_sorted_by(|a, b| a.0 < b.0);
        Self { given, own, is_ordered }
    }

    /// Appends a line for each name (the values of a repeated one joined by commas), an empty line,
    /// and the names joined by semicolons. Says where the names begin.
    pub(crate) fn push(&self, out: &mut Vec<u8>, order: &mut Vec<usize>) -> usize {
        if !self.is_ordered {
            return self.push_sorted(out, order);
        }
        for (name, value) in self.given {
            push_line(out, name, value);
        }
        if let Some(own) = &self.own {
            own.push_lines(out);
        }
        out.push(b'\n');
        let start = out.len();
        for (name, _) in self.given {
            if out.len() > start {
                out.push(b';');
            }
            out.extend_from_slice(name.as_bytes());
        }
        if let Some(own) = &self.own {
            if out.len() > start {
                out.push(b';');
            }
            own.push_names(out);
        }
        start
    }

    fn push_sorted(&self, out: &mut Vec<u8>, order: &mut Vec<usize>) -> usize {
        let own: Vec<_> = self.own.iter().flat_map(Own::headers).collect();
        let is_own = |name: &str| own.iter().any(|own| own.0 == name);
        let get = |index: usize| match self.given.get(index) {
            Some(header) => *header,
            None => own[index - self.given.len()],
        };
        order.clear();
        order.extend((0..self.given.len()).filter(|&index| !is_own(self.given[index].0)));
        order.extend(self.given.len()..self.given.len() + own.len());
        // The index keeps repeated names in the order given.
        order.sort_unstable_by_key(|&index| (get(index).0, index));

        let same_name = |&a: &usize, &b: &usize| get(a).0 == get(b).0;
        for group in order.chunk_by(same_name) {
            out.extend_from_slice(get(group[0]).0.as_bytes());
            out.push(b':');
            push_values(out, group.iter().map(|&index| get(index).1));
            out.push(b'\n');
        }
        out.push(b'\n');
        let start = out.len();
        for group in order.chunk_by(same_name) {
            if out.len() > start {
                out.push(b';');
            }
            out.extend_from_slice(get(group[0]).0.as_bytes());
        }
        start
    }
}

/// Appends the values of one name, joined by commas.
pub(crate) fn push_values<'a>(out: &mut Vec<u8>, values: impl Iterator<Item = &'a str>) {
    for (n, value) in values.enumerate() {
        if n > 0 {
            out.push(b',');
        }
        push_value(out, value);
    }
}

fn push_line(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(name.as_bytes());
    out.push(b':');
    push_value(out, value);
    out.push(b'\n');
}

/// Appends one value: no blanks at its ends, no more than one in a row inside.
fn push_value(out: &mut Vec<u8>, value: &str) {
    let value = value.trim_ascii().as_bytes();
    // Looking at every byte is faster than stopping at the first blank: it is done by vectors.
    if !value.iter().fold(false, |found, &byte| found | (byte == b' ')) {
        out.extend_from_slice(value);
        return;
    }
    for (n, run) in value.split(|&byte| byte == b' ').filter(|run| !run.is_empty()).enumerate() {
        if n > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn push(given: &[(&str, &str)], own: Option<Own<'_>>) -> (String, String) {
        let mut out = Vec::new();
        let names = Headers::new(given, own).push(&mut out, &mut vec![7]);
        let text = String::from_utf8(out).unwrap();
        (text[..names].to_owned(), text[names..].to_owned())
    }

    fn check(given: &[(&str, &str)], own: Option<Own<'_>>, lines: &str, names: &str) {
        assert_eq!(push(given, own), (format!("{lines}\n"), names.to_owned()));
    }

    #[test]
    fn sorted_unsorted_repeated_and_blank() {
        let at = Timestamp::from_unix(0);
        let own = Some(Own { payload: "p", at: &at, token: None });
        let dated = "x-amz-content-sha256:p\nx-amz-date:19700101T000000Z\n";
        let names = "x-amz-content-sha256;x-amz-date";
        check(&[("host", "h")], own, &format!("host:h\n{dated}"), &format!("host;{names}"));
        check(
            &[("z", "1"), ("host", " a  b   c\t"), ("a", "")],
            own,
            &format!("a:\nhost:a b c\n{dated}z:1\n"),
            &format!("a;host;{names};z"),
        );
        check(&[("b", "2"), ("a", "y"), ("a", "x")], None, "a:y,x\nb:2\n", "a;b");
        // Repeated names that lie in order must not be taken for headers that come once.
        check(&[("a", "y"), ("a", "x"), ("b", "2")], None, "a:y,x\nb:2\n", "a;b");
        let twice = &[("host", "h"), ("host", "i")];
        check(twice, own, &format!("host:h,i\n{dated}"), &format!("host;{names}"));
        check(&[("x-amz-date", "forged")], own, dated, names);
        check(&[], own, dated, names);
        check(&[], None, "", "");
    }

    #[test]
    fn many_headers_sort_stably() {
        let given: Vec<_> = (0..50).map(|n| (["b", "a"][n % 2], ["1", "2", "3"][n % 3])).collect();
        let values = |name: &str| {
            let of = given.iter().filter(|header| header.0 == name).map(|header| header.1);
            of.collect::<Vec<_>>().join(",")
        };
        check(&given, None, &format!("a:{}\nb:{}\n", values("a"), values("b")), "a;b");
    }

    proptest! {
        /// The short way of headers in order and the long way must not differ by a byte.
        #[test]
        fn the_order_given_means_nothing(
            names in proptest::collection::btree_set("[a-z][a-z-]{0,6}|x-amz-[a-z]{1,4}", 0..6),
            value in "[ -~]{0,9}",
            token in proptest::option::of("[a-z]{1,5}"),
        ) {
            let at = Timestamp::from_unix(0);
            let own = Own { payload: "p", at: &at, token: token.as_deref() };
            let mut given: Vec<_> = names.iter().map(|name| (name.as_str(), &*value)).collect();
            for own in [Some(own), None] {
                let forwards = push(&given, own);
                given.reverse();
                prop_assert_eq!(push(&given, own), forwards.clone());
                let sorted = Headers { given: &given, own, is_ordered: false };
                let mut out = Vec::new();
                sorted.push(&mut out, &mut Vec::new());
                prop_assert_eq!(String::from_utf8(out).unwrap(), forwards.0 + &forwards.1);
            }
        }
    }
}
