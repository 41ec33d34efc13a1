//! An ignored test is a test that nobody runs, but for those that somebody else starts.

use crate::source::Source;

/// The reasons that there are, and who runs such a test.
const REASONS: [(&str, &str); 3] = [
    ("needs a server, told by the environment", "cargo xtask test, if its name has `real_server`"),
    ("the process that the other test kills", "the other test"),
    ("long, and cargo xtask soak runs it", "cargo xtask soak, if its name has `soak_`"),
];

pub(super) fn findings(source: &Source<'_>) -> Vec<String> {
    let lines = source.code.lines().zip(source.text.lines()).enumerate();
    let ignored = lines.filter(|(_, (code, _))| code.contains("#[ignore"));
    let wrong = ignored.filter(|(_, (_, text))| !has_reason(text));
    let sentence = |(number, _)| {
        format!(
            "{}:{} ignores a test that nobody runs: the reasons that somebody knows are in \
             xtask/src/check/tidy/ignored.rs",
            source.path,
            number + 1
        )
    };
    wrong.map(sentence).collect()
}

fn has_reason(line: &str) -> bool {
    REASONS.iter().any(|(reason, _)| line.trim() == format!("#[ignore = \"{reason}\"]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tests_that_somebody_starts_are_ignored() {
        let found = |text: &str| findings(&Source::new("a.rs", text)).len();
        assert_eq!(found("#[test]\n#[ignore]\nfn a() {}"), 1);
        assert_eq!(found("#[test]\n#[ignore = \"slow\"]\nfn a() {}"), 1);
        let on_a_server = "#[ignore = \"needs a server, told by the environment\"]";
        assert_eq!(found(&format!("#[test]\n    {on_a_server}\nfn a() {{}}")), 0);
        assert_eq!(found("let text = \"#[ignore]\";"), 0);
    }
}
