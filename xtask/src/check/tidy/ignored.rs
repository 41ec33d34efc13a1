//! An ignored test is a test that nobody runs, but for those that need a server: `cargo xtask test`
//! runs these on each of the servers it starts, and finds them by their reason.

use crate::source::Source;

/// The one reason.
const ON_A_SERVER: &str = "#[ignore = \"needs a server, told by the environment\"]";

pub(super) fn findings(source: &Source<'_>) -> Vec<String> {
    let lines = source.code.lines().zip(source.text.lines()).enumerate();
    let ignored = lines.filter(|(_, (code, _))| code.contains("#[ignore"));
    let wrong = ignored.filter(|(_, (_, text))| text.trim() != ON_A_SERVER);
    let sentence = |(number, _)| {
        format!(
            "{}:{} ignores a test: nobody runs it; only {ON_A_SERVER} is run, by xtask",
            source.path,
            number + 1
        )
    };
    wrong.map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tests_for_servers_are_ignored() {
        let found = |text: &str| findings(&Source::new("a.rs", text)).len();
        assert_eq!(found("#[test]\n#[ignore]\nfn a() {}"), 1);
        assert_eq!(found("#[test]\n#[ignore = \"slow\"]\nfn a() {}"), 1);
        assert_eq!(found(&format!("#[test]\n    {ON_A_SERVER}\nfn a() {{}}")), 0);
        assert_eq!(found("let text = \"#[ignore]\";"), 0);
    }
}
