//! Canonical headers: lower-case names in order, values without needless blanks.

/// The headers of one signature, in canonical order.
pub(crate) struct Headers<'a> {
    given: &'a [(&'a str, &'a str)],
    own: &'a [(&'a str, &'a str)],
    /// Indices into `given`, then `own`.
    order: &'a [usize],
}

impl<'a> Headers<'a> {
    /// Puts headers in order. `own` are those that the signer answers for; where `given` names one
    /// of them as well, the signer's value counts. `order` is working memory, one place a header.
    pub(crate) fn new(
        given: &'a [(&'a str, &'a str)],
        own: &'a [(&'a str, &'a str)],
        order: &'a mut [usize],
    ) -> Self {
        let get = |index: usize| -> (&str, &str) {
            if index < given.len() { given[index] } else { own[index - given.len()] }
        };
        let is_own = |name: &str| own.iter().any(|(own, _)| *own == name);
        let given_only = (0..given.len()).filter(|&index| !is_own(given[index].0));
        let mut count = 0;
        for index in given_only.chain(given.len()..given.len() + own.len()) {
            order[count] = index;
            count += 1;
        }
        let order = &mut order[..count];
        // Nearly always sorted already; the index keeps repeated names in the order given.
        if !order.is_sorted_by_key(|&index| get(index).0) {
            order.sort_unstable_by_key(|&index| (get(index).0, index));
        }
        Self { given, own, order }
    }

    /// Appends a line for each name, the values of a repeated one joined by commas.
    pub(crate) fn push_lines(&self, out: &mut Vec<u8>) {
        for same_name in self.by_name() {
            out.extend_from_slice(self.get(same_name[0]).0.as_bytes());
            out.push(b':');
            push_values(out, same_name.iter().map(|&index| self.get(index).1));
            out.push(b'\n');
        }
    }

    /// Appends the names, joined by semicolons.
    pub(crate) fn push_names(&self, out: &mut Vec<u8>) {
        for (n, name) in self.names().enumerate() {
            if n > 0 {
                out.push(b';');
            }
            out.extend_from_slice(name.as_bytes());
        }
    }

    /// The names in order, each once.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.by_name().map(|same_name| self.get(same_name[0]).0)
    }

    fn by_name(&self) -> impl Iterator<Item = &[usize]> {
        self.order.chunk_by(|&a, &b| self.get(a).0 == self.get(b).0)
    }

    fn get(&self, index: usize) -> (&'a str, &'a str) {
        let given = self.given.len();
        if index < given { self.given[index] } else { self.own[index - given] }
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

/// Appends one value: no blanks at its ends, no more than one in a row inside.
fn push_value(out: &mut Vec<u8>, value: &str) {
    let value = value.trim_ascii().as_bytes();
    if !value.contains(&b' ') {
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
        let mut order = vec![0; given.len() + own.len()];
        let headers = Headers::new(given, own, &mut order);
        let (mut out, mut list) = (Vec::new(), Vec::new());
        headers.push_lines(&mut out);
        headers.push_names(&mut list);
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
