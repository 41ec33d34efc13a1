//! Canonical headers: lower-case names in order, values without needless blanks.

/// The headers of one signature, in canonical order.
pub(crate) struct Headers<'a> {
    given: &'a [(&'a str, &'a str)],
    own: &'a [(&'a str, &'a str)],
    order: Order<'a>,
}

enum Order<'a> {
    /// All of `given`, then all of `own`, every name once: nearly always.
    AsTheyAre,
    /// Indices into `given`, then `own`.
    Sorted(&'a [usize]),
}

impl<'a> Headers<'a> {
    /// Puts headers in order. `own` are those that the signer answers for, sorted; where `given`
    /// names one of them as well, the signer's value counts. `order` is working memory.
    pub(crate) fn new(
        given: &'a [(&'a str, &'a str)],
        own: &'a [(&'a str, &'a str)],
        order: &'a mut Vec<usize>,
    ) -> Self {
        let end = given.last().map_or("", |header| header.0);
        if given.is_sorted_by(|a, b| a.0 < b.0) && own.first().is_none_or(|own| end < own.0) {
            return Self { given, own, order: Order::AsTheyAre };
        }
        let is_own = |name: &str| own.iter().any(|(own, _)| *own == name);
        order.clear();
        order.extend((0..given.len()).filter(|&index| !is_own(given[index].0)));
        order.extend(given.len()..given.len() + own.len());
        // The index keeps repeated names in the order given.
        order.sort_unstable_by_key(|&index| (header(given, own, index).0, index));
        Self { given, own, order: Order::Sorted(order) }
    }

    /// Appends a line for each name, the values of a repeated one joined by commas.
    pub(crate) fn push_lines(&self, out: &mut Vec<u8>) {
        match self.order {
            Order::AsTheyAre => {
                for (name, value) in self.given {
                    push_line(out, name, value);
                }
                for (name, value) in self.own {
                    // Written by the signer: nothing to tidy up.
                    out.extend_from_slice(name.as_bytes());
                    out.push(b':');
                    out.extend_from_slice(value.as_bytes());
                    out.push(b'\n');
                }
            }
            Order::Sorted(order) => {
                let mut previous = None;
                for &index in order {
                    let (name, value) = header(self.given, self.own, index);
                    if previous.replace(name) == Some(name) {
                        out.pop();
                        out.push(b',');
                        push_value(out, value);
                        out.push(b'\n');
                    } else {
                        push_line(out, name, value);
                    }
                }
            }
        }
    }

    /// Appends the names, each once, separated, each as `push` writes it.
    pub(crate) fn push_names(
        &self,
        out: &mut Vec<u8>,
        separator: &str,
        push: impl Fn(&mut Vec<u8>, &str),
    ) {
        let mut push_next = |is_first: bool, name: &str| {
            if !is_first {
                out.extend_from_slice(separator.as_bytes());
            }
            push(out, name);
        };
        match self.order {
            Order::AsTheyAre => {
                for (n, (name, _)) in self.given.iter().chain(self.own).enumerate() {
                    push_next(n == 0, name);
                }
            }
            Order::Sorted(order) => {
                let mut previous = None;
                for &index in order {
                    let name = header(self.given, self.own, index).0;
                    if previous != Some(name) {
                        push_next(previous.is_none(), name);
                        previous = Some(name);
                    }
                }
            }
        }
    }
}

/// A name as it is.
pub(crate) fn push_plain(out: &mut Vec<u8>, name: &str) {
    out.extend_from_slice(name.as_bytes());
}

/// The header of this index into both lists, one after the other.
fn header<'a>(
    given: &[(&'a str, &'a str)],
    own: &[(&'a str, &'a str)],
    index: usize,
) -> (&'a str, &'a str) {
    if index < given.len() { given[index] } else { own[index - given.len()] }
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

    fn check(given: &[(&str, &str)], own: &[(&str, &str)], lines: &str, names: &str) {
        let mut order = vec![7];
        let headers = Headers::new(given, own, &mut order);
        let (mut out, mut list) = (Vec::new(), Vec::new());
        headers.push_lines(&mut out);
        headers.push_names(&mut list, ";", push_plain);
        assert_eq!(String::from_utf8(out).unwrap(), lines);
        assert_eq!(String::from_utf8(list).unwrap(), names);
    }

    #[test]
    fn sorted_unsorted_repeated_and_blank() {
        let date = &[("x-amz-date", "d")];
        check(&[("host", "h")], date, "host:h\nx-amz-date:d\n", "host;x-amz-date");
        check(
            &[("z", "1"), ("host", " a  b   c\t"), ("a", "")],
            date,
            "a:\nhost:a b c\nx-amz-date:d\nz:1\n",
            "a;host;x-amz-date;z",
        );
        check(&[("b", "2"), ("a", "y"), ("a", "x")], &[], "a:y,x\nb:2\n", "a;b");
        check(&[("x-amz-date", "forged")], date, "x-amz-date:d\n", "x-amz-date");
        check(&[], &[], "", "");
    }

    #[test]
    fn many_headers_sort_stably() {
        let given: Vec<_> = (0..50).map(|n| (["b", "a"][n % 2], ["1", "2", "3"][n % 3])).collect();
        let values = |name: &str| {
            let of = given.iter().filter(|header| header.0 == name).map(|header| header.1);
            of.collect::<Vec<_>>().join(",")
        };
        check(&given, &[], &format!("a:{}\nb:{}\n", values("a"), values("b")), "a;b");
    }
}
