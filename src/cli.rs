//! The command line: its parsing, its meaning, and one file per command.
//!
//! Results go to stdout and everything else to stderr, so that a pipe holds results alone.

mod args;
mod completions;
mod config;
mod demo;
mod gate;
mod hits_table;
mod info;
mod list;
mod load;
mod man;
mod note;
mod password;
mod plain;
mod progress;
mod query;
mod resolve;
mod scan;
mod style;
mod table;
mod timeline;
mod usage;
mod user_config;
mod users;
mod workbench;

pub use args::{EXIT_CODES, command};

use crate::model::inert;
use args::{Cli, Command};
use clap::FromArgMatches;
use clap::error::ErrorKind;
use gate::{Gate, say, say_lines};
use std::env;
use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;
use style::Shell;
use user_config::UserConfig;

/// The program's end; the numbers are promised in [`EXIT_CODES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    Done,
    Failed,
    Usage,
    Unreadable,
    Hits,
    Signal(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Unreadable => 3,
            Exit::Hits => 10,
            Exit::Signal(number) => 128_u8.saturating_add(number),
        })
    }
}

/// Runs the program on the process's own arguments.
pub fn main() -> ExitCode {
    let cli = match parse(&env::args_os().collect::<Vec<_>>()) {
        Ok(cli) => cli,
        Err(err) => return usage(&err),
    };
    let shell = Shell::new(&cli.shell);
    let mut out = Gate::new(BufWriter::new(io::stdout()), shell.color);
    let done = run(&cli, &shell, &mut out).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    match done {
        Ok(exit) => exit.into(),
        Err(err) if is_closed_pipe(&err) => Exit::Done.into(),
        Err(err) => {
            if let Some(err) = err.downcast_ref::<clap::Error>() {
                return usage(err);
            }
            say(format_args!("error: {err:#}"));
            Exit::Failed.into()
        }
    }
}

/// Parses. The message for a mistake comes from the same call with every argument inert, since clap quotes them.
fn parse(typed: &[OsString]) -> Result<Cli, clap::Error> {
    parse_as_is(typed).map_err(|err| {
        let shown: Vec<OsString> =
            typed.iter().map(|text| inert(&text.to_string_lossy()).into_owned().into()).collect();
        // A call that is right once it is inert had an argument that is no text: clap names none in that case.
        if shown == typed { err } else { parse_as_is(&shown).err().unwrap_or(err) }
    })
}

/// Parses, and refuses options before a command that would not see them.
fn parse_as_is(typed: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = command().try_get_matches_from(typed)?;
    if let Some((name, _)) = matches.subcommand() {
        let global = ["color", "quiet", "verbose", "config"];
        let typed = |id: &&str| matches.value_source(id) == Some(clap::parser::ValueSource::CommandLine);
        let mut command = command();
        command.build();
        // Through the arguments, since the matches name the derive's groups too.
        let early = command.get_arguments().find(|arg| {
            let id = arg.get_id().as_str();
            !global.contains(&id) && matches.try_contains_id(id).is_ok() && typed(&id)
        });
        if let Some(arg) = early {
            let text = format!("write {arg} after the command: tokentrail {name} {arg}");
            return Err(command.clone().error(ErrorKind::ArgumentConflict, text));
        }
    }
    Cli::from_arg_matches(&matches)
}

fn run(cli: &Cli, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let user = || UserConfig::load(cli.shell.config.as_deref());
    match &cli.command {
        Some(Command::Scan(args)) => scan::run(args, user()?, shell, out),
        Some(Command::Timeline(args)) => timeline::run(args, user()?, shell, out),
        Some(Command::Info(args)) => info::run(args, user()?, shell, out),
        Some(Command::List(args)) => list::run(args, shell, out),
        Some(Command::Note(args)) => note::run(args, user()?, shell, out),
        Some(Command::Query(args)) => query::run(args, user()?, shell, out),
        Some(Command::Demo(args)) => demo::run(args, user()?, shell, out),
        Some(Command::Config(args)) => config::run(args, cli.shell.config.as_deref(), shell, out),
        Some(Command::Completions { shell }) => completions::run(*shell, out),
        Some(Command::Man) => man::run(out),
        None if cli.paths.is_empty() => {
            say_lines(&command().render_help().to_string());
            Ok(Exit::Usage)
        }
        None => workbench::open(&cli.paths, None, (&cli.run, &cli.screen), user()?, shell, out),
    }
}

/// Prints what clap says, help and version included. Every word of it is clap's, ours or inert.
fn usage(err: &clap::Error) -> ExitCode {
    // A closed stderr or stdout leaves nothing to tell anyone.
    let _ = err.print();
    ExitCode::from(u8::try_from(err.exit_code()).unwrap_or(2))
}

/// Returns whether it failed only because nobody reads the results any more.
fn is_closed_pipe(err: &anyhow::Error) -> bool {
    let closed = |err: &io::Error| err.kind() == io::ErrorKind::BrokenPipe;
    err.chain().any(|cause| cause.downcast_ref().is_some_and(closed))
}
