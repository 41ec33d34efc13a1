//! From a command line to an exit code.

use std::ffi::OsString;

use clap::Parser as _;
use r2_multipart::Stop;

use crate::args::{Args, Command, Move, Serve};
use crate::commands::{self, Context};
use crate::connect::Patience;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::world::World;
use crate::{connect, logging, signals};

/// Runs one command line in a world and says how it ended. Everything printed goes to the world.
pub(crate) async fn run(arguments: impl IntoIterator<Item = OsString>, world: &World) -> Exit {
    let args = match Args::try_parse_from(arguments) {
        Ok(args) => args,
        Err(error) => return explain(&error, world),
    };
    let output = Output::new(world, &args.global);
    logging::start(args.global.verbose, world);
    let stop = Stop::new();
    let transfers = Transfers::of(&args.command);
    let work = execute(args, world, &output, &stop);
    let result = tokio::select! {
        result = work => result,
        () = interrupted(transfers, &stop, &output) => {
            Err(Failure::new(Exit::Cancelled, "stopped by a signal")
                .hint("the same command goes on where this one stopped"))
        }
    };
    match result {
        Ok(exit) => exit,
        // The reader of a pipe went away: nothing is left to say, and nobody to hear it.
        Err(failure) if failure.exit() == Exit::Done => Exit::Done,
        Err(failure) => {
            output.failure(&failure);
            failure.exit()
        }
    }
}

/// Whether a command has transfers that can end in an orderly way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transfers {
    Yes,
    No,
}

impl Transfers {
    fn of(command: &Command) -> Self {
        match command {
            Command::Cp(_) | Command::Mv(_) | Command::Sync(_) | Command::Serve(_) => Self::Yes,
            _ => Self::No,
        }
    }
}

/// The first Ctrl-C lets transfers end what they are at and keep what is needed to go on; the
/// second, or the first where nothing is being transferred, ends at once.
async fn interrupted(transfers: Transfers, stop: &Stop, output: &Output) {
    signals::interrupted().await;
    stop.stop();
    if transfers == Transfers::Yes {
        output.note("stopping; press Ctrl-C again to stop at once");
        signals::interrupted().await;
    }
}

async fn execute(args: Args, world: &World, output: &Output, stop: &Stop) -> Result<Exit, Failure> {
    let Args { global, command } = args;
    match command {
        Command::Completions(wanted) => {
            commands::completions(wanted.shell, output)?;
            return Ok(Exit::Done);
        }
        Command::Config(wanted) => {
            commands::config(&wanted, &global, world, output).await?;
            return Ok(Exit::Done);
        }
        Command::Serve(Serve::Emulator(wanted)) => {
            commands::serve_emulator(&wanted, &global, world, output).await?;
            return Ok(Exit::Done);
        }
        _ => {}
    }
    let patience = match &command {
        Command::Sync(_) => Patience::Batch,
        Command::Cp(wanted) | Command::Mv(Move { copy: wanted }) if wanted.recursive => {
            Patience::Batch
        }
        _ => Patience::Short,
    };
    let client = connect::client(&global, world, patience).await?;
    if !client.endpoint().is_emulator() {
        output.connected_to(&client.endpoint().to_string());
    }
    let context = Context::new(client, global, output.clone(), stop.clone());
    match command {
        Command::Ls(wanted) => commands::ls(&context, &wanted).await,
        Command::Cp(wanted) => commands::cp(&context, &wanted).await,
        Command::Mv(wanted) => commands::mv(&context, &wanted).await,
        Command::Rm(wanted) => commands::rm(&context, &wanted).await,
        Command::Cat(wanted) => commands::cat(&context, &wanted).await,
        Command::Sync(wanted) => commands::sync(&context, &wanted).await,
        Command::Stat(wanted) => commands::stat(&context, &wanted).await,
        Command::Du(wanted) => commands::du(&context, &wanted).await,
        Command::Find(wanted) => commands::find(&context, &wanted).await,
        Command::Presign(wanted) => commands::presign(&context, &wanted),
        Command::Mb(wanted) => commands::mb(&context, &wanted).await,
        Command::Rb(wanted) => commands::rb(&context, &wanted).await,
        Command::Uploads(wanted) => commands::uploads(&context, &wanted).await,
        Command::Completions(_) | Command::Config(_) | Command::Serve(_) => Ok(Exit::Done),
    }
}

/// Help and version are printed where they were asked for; mistakes go to standard error.
fn explain(error: &clap::Error, world: &World) -> Exit {
    let text = error.render();
    if error.use_stderr() {
        let styled =
            if world.err.is_terminal() { text.ansi().to_string() } else { text.to_string() };
        let _ = world.err.bytes(styled.as_bytes());
        Exit::Usage
    } else {
        let styled =
            if world.out.is_terminal() { text.ansi().to_string() } else { text.to_string() };
        let _ = world.out.bytes(styled.as_bytes());
        Exit::Done
    }
}
