//! The table of settings in the documentation is made from the one in the code.

use std::fmt::Write as _;

use expect_test::expect_file;
use r2_backend::config::{SETTINGS, SettingKind};

use crate::World;

const PAGE: &str = include_str!("../../../../docs/configuration.md");
const BEGIN: &str = "<!-- settings: begin -->\n";
const END: &str = "<!-- settings: end -->\n";

/// Run with `UPDATE_EXPECT=1` to rewrite the table.
#[test]
fn the_page_has_every_setting() {
    let (before, rest) = PAGE.split_once(BEGIN).expect("the page says where the table begins");
    let (_, after) = rest.split_once(END).expect("the page says where the table ends");
    let mut table =
        "| setting | takes | default | variable | flag | for |\n|---|---|---|---|---|---|\n"
            .to_owned();
    for setting in SETTINGS {
        let variables: Vec<String> =
            setting.variables.iter().map(|name| format!("`{name}`")).collect();
        let code = |text: Option<&str>| text.map(|text| format!("`{text}`")).unwrap_or_default();
        writeln!(
            table,
            "| `{}` | {} | {} | {} | {} | {} |",
            setting.path,
            takes(setting.kind),
            code(setting.default),
            variables.join(", "),
            code(setting.flag),
            setting.help
        )
        .expect("a text can be written to");
    }
    let page = format!("{before}{BEGIN}{table}{END}{after}");
    expect_file!["../../../../docs/configuration.md"].assert_eq(&page);
}

#[test]
fn the_example_of_the_page_is_a_configuration() {
    let example = PAGE.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
    let world = World::new()
        .project("r2.toml", example.expect("there is an example"))
        .variable("R2_ACCOUNT_ID", "0123456789abcdef0123456789abcdef");
    assert_eq!(world.load().expect("it is right").buckets().len(), 2);
}

fn takes(kind: SettingKind) -> String {
    match kind {
        SettingKind::Text => "text".to_owned(),
        SettingKind::Secret => "text, never shown".to_owned(),
        SettingKind::OneOf(names) => names.join(", "),
        SettingKind::Truth => "true or false".to_owned(),
        SettingKind::Count { least, most } => format!("{least} to {most}"),
        SettingKind::Bytes { .. } => "bytes, or a size like `10MiB`".to_owned(),
        SettingKind::Rate => "a number".to_owned(),
        SettingKind::Seconds => "seconds".to_owned(),
        SettingKind::Millis => "milliseconds".to_owned(),
        _ => unreachable!("every kind has a word above"),
    }
}
