//! `man`: one page for the program and its commands.

use super::{EXIT_CODES, Exit, command};
use clap_mangen::Man;
use std::io::{self, Write};

pub(super) fn run(out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut command = command().after_long_help(None::<&str>).disable_help_subcommand(true);
    command.build();
    let man = Man::new(command.clone());
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    commands(&command, out)?;
    writeln!(out, ".SH \"EXIT STATUS\"")?;
    for (code, means) in EXIT_CODES {
        writeln!(out, ".TP\n\\fB{code}\\fR\n{}", roff(means))?;
    }
    man.render_version_section(out)?;
    Ok(Exit::Done)
}

/// Each command with the options that the program itself does not have.
fn commands(command: &clap::Command, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, ".SH COMMANDS")?;
    for sub in command.get_subcommands() {
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        writeln!(out, ".SS {}\n{}", sub.get_name(), roff(&about))?;
        let known = |arg: &clap::Arg| {
            command.get_arguments().any(|user| user.get_id() == arg.get_id() && help(user) == help(arg))
        };
        for arg in sub.get_arguments().filter(|arg| !known(arg) || arg.get_id() == "paths") {
            let values: Vec<_> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
            let values = if values.is_empty() { String::new() } else { format!(" [{}]", values.join(", ")) };
            writeln!(out, ".TP\n\\fB{}\\fR\n{}{}", roff(&arg.to_string()), roff(&help(arg)), roff(&values))?;
        }
    }
    Ok(())
}

fn help(arg: &clap::Arg) -> String {
    arg.get_help().map(ToString::to_string).unwrap_or_default()
}

/// Text that troff prints unchanged.
fn roff(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}
