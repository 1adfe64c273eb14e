//! The password of encrypted archives: from a file, or asked for without showing it.

use super::usage::usage;
use crate::facts::given;
use crate::ingest::{Options, Password, needs_password};
use crate::model::inert;
use std::io::{IsTerminal, stderr, stdin};
use std::path::{Path, PathBuf};

/// Most bytes of a file whose first line is a password.
const MOST: u64 = 64 << 10;

/// The first line of the file that the command line names.
pub(super) fn from_file(path: &Path) -> anyhow::Result<Password> {
    let wrong = |why: &dyn std::fmt::Display| usage(format_args!("--password-file {}: {why}", path.display()));
    let bytes = given::read(path, MOST).map_err(|error| wrong(&error))?;
    Password::first_line(&bytes).ok_or_else(|| wrong(&"its first line is empty, or not UTF-8"))
}

/// Asks for the password where a file given is encrypted and somebody is there to answer. Without an answer its
/// members are named as not read.
pub(super) fn asked(paths: &[PathBuf], options: &Options) -> Option<Password> {
    if options.password.is_some() || options.built_in.is_some() {
        return options.password.clone();
    }
    if !stdin().is_terminal() || !stderr().is_terminal() {
        return None;
    }
    let path = paths.iter().find(|path| needs_password(path))?;
    let prompt = format!("Password of {} (Enter: read the rest without): ", inert(&path.display().to_string()));
    // Before the prompt: whoever answers at once must not see it either.
    #[cfg(unix)]
    let _quiet = Quiet::begin();
    Password::first_line(rpassword::prompt_password(prompt).ok()?.as_bytes())
}

/// The terminal without echo, for as long as this lives.
#[cfg(unix)]
struct Quiet(rustix::termios::Termios);

#[cfg(unix)]
impl Quiet {
    fn begin() -> Option<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(stdin()).ok()?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(stdin(), OptionalActions::Now, &quiet).ok()?;
        Some(Self(before))
    }
}

#[cfg(unix)]
impl Drop for Quiet {
    fn drop(&mut self) {
        // Best effort: a terminal that is gone has no echo to give back.
        let _ = rustix::termios::tcsetattr(stdin(), rustix::termios::OptionalActions::Now, &self.0);
    }
}
