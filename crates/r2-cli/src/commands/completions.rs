//! `r2 completions`: a script that teaches a shell the flags.

use clap::CommandFactory as _;

use crate::args::{Args, Shell};
use crate::failure::Failure;
use crate::output::{Output, stdout_failed};

/// Prints the script for a shell.
pub(crate) fn completions(shell: Shell, output: &Output) -> Result<(), Failure> {
    let shell = match shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
        Shell::Powershell => clap_complete::Shell::PowerShell,
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "r2", &mut script);
    output.world().out.bytes(&script).map_err(stdout_failed)
}
