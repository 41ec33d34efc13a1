//! Sections of `docs/benchmarks.md`, which programs write and no person.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::failure::{Failure, Result};

const PAGE: &str = "docs/benchmarks.md";

/// Replaces the section between the marks of this name, or adds it at the end.
pub(super) fn replace(root: &Path, name: &str, text: &str) -> Result<()> {
    let path = root.join(PAGE);
    let old = fs::read_to_string(&path).map_err(|error| Failure::on("read the page", &error))?;
    let new = replaced(&old, name, text);
    fs::write(path, new).map_err(|error| Failure::on("write the page", &error))
}

fn replaced(old: &str, name: &str, text: &str) -> String {
    let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end {name} -->\n"));
    let section = format!("{start}{text}{end}");
    match (old.find(&start), old.find(&end)) {
        (Some(from), Some(to)) => format!("{}{section}{}", &old[..from], &old[to + end.len()..]),
        _ => format!("{old}\n{section}"),
    }
}

/// A table, the first row of which is its head.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let length = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let widths: Vec<usize> = (0..columns)
        .map(|at| length(at).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        text += &format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
        if number == 0 {
            let rules = widths.iter().map(|width| "-".repeat(width + 2));
            text += &format!("|{}|\n", rules.collect::<Vec<_>>().join("|"));
        }
    }
    text
}

/// What machine this is, how busy it was, and what compiled it.
pub(super) fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    let compiler = Command::new("rustc").arg("--version").output().map(|said| said.stdout);
    format!(
        "On: {}, {cores} cores; Linux {}; {}; load {} at the end.",
        model.map_or("unknown processor", |(_, model)| model.trim()),
        kernel.trim(),
        String::from_utf8_lossy(&compiler.unwrap_or_default()).trim(),
        load.split(' ').next().unwrap_or("?")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_replaced_where_it_stands() {
        let old = "head\n<!-- a -->\nold\n<!-- end a -->\nrest\n";
        let new = replaced(old, "a", "new\n");
        assert_eq!(new, "head\n<!-- a -->\nnew\n<!-- end a -->\nrest\n");
        assert!(replaced(old, "b", "new\n").ends_with("rest\n\n<!-- b -->\nnew\n<!-- end b -->\n"));
    }

    #[test]
    fn tables_are_aligned() {
        let row = |cells: [&str; 2]| cells.map(str::to_owned).to_vec();
        let shown = table(&[row(["", "µs"]), row(["ours", "7"])]);
        assert_eq!(shown, "|      | µs |\n|------|----|\n| ours |  7 |\n");
    }
}
