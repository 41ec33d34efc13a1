//! Measures ours, the floor and the peers, all in one run: `-- [--quick] [--write] WHAT...`.
//!
//! The floor is the least work that still gives the right answer. Every contender's answer is
//! verified before it is measured.

mod allocations;
mod arguments;
mod machine;
mod measure;
mod presign;
mod report;
mod request;
mod sign;
mod transfer;

use arguments::{Arguments, Effort, What};
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.split_first() {
        Some((&"--child", words)) => child(words),
        _ => match Arguments::parse(arguments.into_iter()) {
            Ok(arguments) => run(&arguments),
            Err(problem) => {
                eprintln!("error: {problem}\n\n{}", arguments::USAGE);
                return ExitCode::from(2);
            }
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures in this process and prints the figures for the parent; not for people.
fn child(words: &[&str]) -> Result<(), Box<dyn Error>> {
    let effort = |word| Effort::parse(word).ok_or("neither quick nor full");
    match words {
        ["sign", word] => measure::print(&sign::rows(effort(word)?)),
        ["presign", word] => measure::print(&presign::rows(effort(word)?)),
        ["transfer", words @ ..] => transfer::child(words)?,
        _ => return Err("unknown child".into()),
    }
    Ok(())
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut sections = Vec::new();
    for what in &arguments.what {
        let section = match what {
            What::Sign => sign::run(arguments.effort)?,
            What::Presign => presign::run(arguments.effort)?,
            What::Transfer => transfer::run(arguments.effort)?,
        };
        print!("{}", section.text());
        sections.push(section);
    }
    if arguments.write {
        report::write(&sections)?;
    }
    Ok(())
}
