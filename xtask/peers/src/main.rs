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

use arguments::{Arguments, What};
use std::process::ExitCode;

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)) {
        Ok(arguments) => match run(&arguments) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        },
        Err(problem) => {
            eprintln!("error: {problem}\n\n{}", arguments::USAGE);
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let mut sections = Vec::new();
    for what in &arguments.what {
        if arguments.is_child {
            measure::print(&match what {
                What::Sign => sign::rows(arguments.effort),
                What::Presign => presign::rows(arguments.effort),
            });
            continue;
        }
        let section = match what {
            What::Sign => sign::run(arguments.effort)?,
            What::Presign => presign::run(arguments.effort)?,
        };
        print!("{}", section.text());
        sections.push(section);
    }
    if arguments.write {
        report::write(&sections)?;
    }
    Ok(())
}
