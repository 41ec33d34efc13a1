//! A Rust file with its code and its comments told apart.
//!
//! Rules about words must not fire on a word in a string or in a sentence, and rules about
//! sentences must not fire on code. So each view is the file itself with everything else blanked:
//! lines and columns stay where they are.

/// One Rust file in three views of the same length.
pub(crate) struct Source<'a> {
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
    /// Without comments, and with the inside of every string and character blanked.
    pub(crate) code: String,
    /// Only the comments, doc comments included.
    pub(crate) comments: String,
}

impl<'a> Source<'a> {
    pub(crate) fn new(path: &'a str, text: &'a str) -> Self {
        let (code, comments) = Views::of(text);
        Self { path, text, code, comments }
    }

    /// Whether the whole file is test code, by the places where tests live.
    pub(crate) fn is_test(&self) -> bool {
        let mut segments = self.path.split('/').peekable();
        let inside =
            |segment: &str| matches!(segment, "tests" | "benches" | "examples" | "tests.rs");
        segments.any(inside)
    }

    /// The code without its `#[cfg(test)]` items.
    pub(crate) fn shipped(&self) -> String {
        const MARK: &str = "#[cfg(test)]";
        let mut code = self.code.clone();
        while let Some(start) = code.find(MARK) {
            let end = start + MARK.len() + item_length(&code[start + MARK.len()..]);
            let blank: String = code[start..end].chars().map(blank).collect();
            code.replace_range(start..end, &blank);
        }
        code
    }
}

/// How far the item reaches that begins here: to its closing brace, or to its semicolon.
fn item_length(code: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return at + 1,
            b'}' => depth -= 1,
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// What stands in for a character that a view does not show.
fn blank(shown: char) -> char {
    if shown == '\n' { '\n' } else { ' ' }
}

/// Reads a file once and writes both views.
struct Views<'a> {
    rest: &'a str,
    code: String,
    comments: String,
}

impl<'a> Views<'a> {
    fn of(text: &'a str) -> (String, String) {
        let room = || String::with_capacity(text.len());
        let mut views = Self { rest: text, code: room(), comments: room() };
        while let Some(next) = views.rest.chars().next() {
            views.step(next);
        }
        (views.code, views.comments)
    }

    fn step(&mut self, next: char) {
        if self.rest.starts_with("//") {
            self.comment(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.comment(block_comment(self.rest));
        } else if let Some(hashes) = raw_string(self.rest) {
            self.raw(hashes);
        } else if next == '"' {
            self.literal(quoted(self.rest, '"'));
        } else if next == '\'' {
            match character(self.rest) {
                Some(length) => self.literal(length),
                None => self.code(1),
            }
        } else if next.is_alphanumeric() || next == '_' {
            // A whole word at once, so that the r of `for"` is not taken for a raw string.
            let inside = |c: char| !(c.is_alphanumeric() || c == '_');
            let word = self.rest.find(inside).unwrap_or(self.rest.len());
            self.code(word);
        } else {
            self.code(next.len_utf8());
        }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn code(&mut self, length: usize) {
        let taken = self.take(length);
        self.code.push_str(taken);
        self.comments.extend(taken.chars().map(blank));
    }

    fn comment(&mut self, length: usize) {
        let taken = self.take(length);
        self.comments.push_str(taken);
        self.code.extend(taken.chars().map(blank));
    }

    /// A string or character: its first and last character stay, as marks of a literal.
    fn literal(&mut self, length: usize) {
        let taken = self.take(length);
        let last = taken.chars().count().saturating_sub(1);
        let shown = taken.chars().enumerate();
        let shown = shown.map(|(at, c)| if at == 0 || at == last { c } else { blank(c) });
        self.code.extend(shown);
        self.comments.extend(taken.chars().map(blank));
    }

    fn raw(&mut self, hashes: usize) {
        let prefix = self.rest.find('"').unwrap_or(0);
        let end = format!("\"{}", "#".repeat(hashes));
        let body = &self.rest[prefix + 1..];
        let length = body.find(&end).map_or(self.rest.len(), |at| prefix + 1 + at + end.len());
        self.literal(length);
    }
}

/// The number of `#` if a raw string (`r"`, `br#"`, `cr"`) begins here.
fn raw_string(text: &str) -> Option<usize> {
    let bytes = text.strip_prefix(['b', 'c']).unwrap_or(text);
    let after = bytes.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of a quoted literal whose opening quote is the first character.
fn quoted(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1);
    while let Some((at, c)) = characters.next() {
        if c == '\\' {
            characters.next();
        } else if c == quote {
            return at + 1;
        }
    }
    text.len()
}

/// The length of a character literal, or nothing if the quote begins a lifetime.
fn character(text: &str) -> Option<usize> {
    let mut inside = text.chars().skip(1);
    let first = inside.next()?;
    let closed = inside.next() == Some('\'');
    (first == '\\' || closed).then(|| quoted(text, '\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        Source::new("src/x.rs", text).code
    }

    #[test]
    fn strings_and_comments_are_blanked_in_place() {
        assert_eq!(code("a(\"b c\"); // d\ne"), "a(\"   \");     \ne");
        assert_eq!(code("a/* b /* c */ */d"), format!("a{}d", " ".repeat(15)));
        assert_eq!(code(r###"r#"x"y"# + "\"" + 'z'"###), "r      # + \"  \" + ' '");
    }

    #[test]
    fn a_lifetime_is_not_a_character() {
        assert_eq!(code("fn f<'a>(x: &'a str) {}"), "fn f<'a>(x: &'a str) {}");
        assert_eq!(code(r"let q = '\''; x"), "let q = '  '; x");
    }

    #[test]
    fn a_word_that_ends_in_r_does_not_begin_a_raw_string() {
        assert_eq!(code("for\"x\""), "for\" \"");
    }

    #[test]
    fn comments_keep_their_columns() {
        let source = Source::new("src/x.rs", "a; // TODO b");
        assert_eq!(source.comments, "   // TODO b");
    }

    #[test]
    fn test_modules_are_not_shipped() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { {} } }\nfn c() {}";
        let shipped = Source::new("src/x.rs", text).shipped();
        assert!(shipped.contains("fn a") && shipped.contains("fn c"));
        assert!(!shipped.contains("fn b"));
        let outside = Source::new("src/x.rs", "#[cfg(test)]\nmod tests;\nfn c() {}").shipped();
        assert!(outside.contains("fn c"));
    }

    #[test]
    fn an_unfinished_literal_ends_with_the_file() {
        for text in ["\"abc", "'\\", "/* x", "r#\"x", "'"] {
            assert_eq!(code(text).len(), text.len(), "{text}");
        }
    }
}
