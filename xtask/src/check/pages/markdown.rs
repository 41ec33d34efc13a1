//! As much of Markdown as the checks need: code spans, links and tables, outside fenced blocks.

/// The lines of a page with their numbers from 1, without fenced blocks.
pub(super) fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// What stands between backticks in one line.
pub(super) fn code_spans(line: &str) -> impl Iterator<Item = &str> {
    // Inside and outside alternate; what follows an unpaired backtick is outside.
    let pieces = line.split('`').count();
    line.split('`')
        .enumerate()
        .filter(move |(at, _)| at % 2 == 1 && at + 1 < pieces)
        .map(|(_, s)| s)
}

/// The targets of `[text](target)` in one line.
pub(super) fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

/// The cells of a table's row, trimmed, or nothing if the line is no row or only a rule.
pub(super) fn cells(line: &str) -> Option<Vec<&str>> {
    let inside = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let rule = inside.chars().all(|c| matches!(c, '-' | '|' | ':' | ' '));
    (!rule).then(|| inside.split('|').map(str::trim).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fenced_blocks_are_not_prose() {
        let lines: Vec<_> = prose("a\n```sh\nb\n```\nc").collect();
        assert_eq!(lines, [(1, "a"), (5, "c")]);
    }

    #[test]
    fn spans_links_and_cells() {
        assert_eq!(code_spans("a `b` c `d e` f ` g").collect::<Vec<_>>(), ["b", "d e"]);
        assert_eq!(links("[a](b.md) and [c](d#e)").collect::<Vec<_>>(), ["b.md", "d#e"]);
        assert_eq!(cells("| a | b c |"), Some(vec!["a", "b c"]));
        assert_eq!(cells("|---|:--|"), None);
        assert_eq!(cells("a"), None);
    }
}
