//! Tables: on the screen, and in `docs/benchmarks.md`.

use crate::{
    arguments::Effort,
    machine,
    measure::{Role, Summary, processes},
};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{fs, io};

const HEAD: &str = "\
# Benchmarks

Written by `cargo run --release --manifest-path xtask/peers/Cargo.toml -- --write all`, not by hand.
Each table is one run of ours, the floor and the peers together. The floor is the least work that
still gives the right answer; every contender's answer is verified before it is measured.

Times of single calls are CPU time of the measuring thread. They come of several processes, one
after the other, in each of which all contenders take turns; a ratio is taken within each turn.
Shown is the median of the processes, and for the ratio the lowest and the highest of them as well:
ratios are worth more than times, and the range more than either.
";

/// The results of one measurement.
pub struct Section {
    /// Names the section in the file, so that it can be replaced.
    id: &'static str,
    title: &'static str,
    notes: String,
    /// How often it was measured, in words.
    times: String,
    /// The table, with its header, cell by cell.
    table: Vec<Vec<String>>,
}

impl Section {
    pub fn new(
        id: &'static str,
        title: &'static str,
        notes: String,
        table: Vec<Vec<String>>,
        times: String,
    ) -> Self {
        Self { id, title, notes, table, times }
    }

    /// A table of contenders against the floor.
    pub fn of_contenders(
        id: &'static str,
        title: &'static str,
        notes: &'static str,
        effort: Effort,
        rows: Vec<Summary>,
    ) -> Self {
        let ours =
            rows.iter().find(|row| row.role == Role::Ours).map_or(1.0, |row| row.nanoseconds);
        let head = ["", "ns", "× floor", "lowest", "highest", "× ours", "allocations"];
        let mut table = vec![head.map(str::to_owned).to_vec()];
        table.extend(rows.into_iter().map(|row| {
            let (lowest, highest) = row.to_floor_range;
            vec![
                row.name,
                format!("{:.0}", row.nanoseconds),
                format!("{:.2}", row.to_floor),
                format!("{lowest:.2}"),
                format!("{highest:.2}"),
                format!("{:.2}", row.nanoseconds / ours),
                format!("{}", row.allocations),
            ]
        }));
        Self::new(id, title, notes.to_owned(), table, format!("{} processes", processes(effort)))
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        format!("\n{}\n\n{}", self.title, self.aligned(["", "  ", ""]))
    }

    /// For the file.
    fn markdown(&self) -> String {
        let table = self.aligned(["| ", " | ", " |"]);
        let (head, rows) = table.split_once('\n').unwrap_or((&table, ""));
        let rule: String = head.chars().map(|c| if c == '|' { '|' } else { '-' }).collect();
        let Self { id, title, notes, times, .. } = self;
        let (machine, load) = (machine::describe(), machine::load());
        format!(
            "<!-- {id} -->\n## {title}\n\n{notes}\n\n{head}\n{rule}\n{rows}\n\
             {times}, on: {machine}; load {load} at the end.\n<!-- end {id} -->\n"
        )
    }

    fn aligned(&self, [left, between, right]: [&str; 3]) -> String {
        let columns = self.table[0].len();
        let width = |column: usize| {
            self.table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.table {
            let cells: Vec<String> = row
                .iter()
                .enumerate()
                .map(|(column, cell)| {
                    let width = widths[column];
                    if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
                })
                .collect();
            let line = format!("{left}{}{right}", cells.join(between));
            writeln!(text, "{}", line.trim_end()).expect("a String takes every write");
        }
        text
    }
}

/// Replaces each section in the file, and adds those that are not there yet.
pub fn write(sections: &[Section]) -> io::Result<()> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/benchmarks.md"));
    let old = fs::read_to_string(&path).unwrap_or_default();
    let mut body = old.find("<!-- ").map_or(String::new(), |start| old[start..].to_owned());
    for section in sections {
        let (start, end) =
            (format!("<!-- {} -->\n", section.id), format!("<!-- end {} -->\n", section.id));
        match (body.find(&start), body.find(&end)) {
            (Some(from), Some(to)) => body.replace_range(from..to + end.len(), &section.markdown()),
            _ => {
                if !body.is_empty() {
                    body.push('\n');
                }
                body.push_str(&section.markdown());
            }
        }
    }
    fs::write(&path, format!("{HEAD}\n{body}"))?;
    println!("\nwritten to docs/benchmarks.md");
    Ok(())
}
