//! Reads a bundle for a headless command, and says what became of it.

use super::progress::Bar;
use super::resolve::Run;
use super::style::{Shell, Talk};
use super::{Exit, password, say, users};
use crate::analytics::{self, Hit};
use crate::ingest::{self, Loaded, Options};
use crate::model::{Problem, Time, inert};
use crate::report::info;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

/// Reads the bundle; source-level problems are named on stderr as they are.
pub(super) fn load(paths: &[PathBuf], run: &Run, shell: &Shell) -> anyhow::Result<Loaded> {
    run.user.say_wrong();
    let options = Options { password: password::asked(paths, &run.options), ..run.options.clone() };
    let bar = Bar::new(shell);
    let loaded = ingest::load(paths, &options, &|progress| bar.show(progress), &AtomicBool::new(false));
    bar.clear();
    let loaded = loaded?;
    for problem in &loaded.problems {
        // One that has no record is a whole file, member or path: never silent.
        if problem.record.is_none() || shell.talk == Talk::Everything {
            say(format_args!("{}", described(problem)));
        }
    }
    unknown_users(&loaded, run);
    Ok(loaded)
}

/// Names the users of `--revoked` whom the bundle does not have: a time of theirs changes nothing.
fn unknown_users(loaded: &Loaded, run: &Run) {
    let is_unknown = |(name, _): &&(String, Time)| users::named(&loaded.store, name).is_empty();
    for (name, at) in run.settings.revoked.iter().filter(is_unknown).filter(|_| !loaded.nothing_readable()) {
        say(format_args!("--revoked: {}. Its time, {at}, is not used", users::unknown(&loaded.store, name)));
    }
}

/// Runs the analytics that were asked for.
pub(super) fn hits(loaded: &Loaded, run: &Run) -> Vec<Hit> {
    analytics::run(&loaded.store, run.facts, &run.settings)
}

/// `contoso.json record 7 at byte 812: reason`.
pub(super) fn described(problem: &Problem) -> String {
    let record = problem.record.map_or_else(String::new, |record| format!(" record {record}"));
    let offset = problem.offset.map_or_else(String::new, |offset| format!(" at byte {offset}"));
    format!("{}{record}{offset}: {}", inert(&problem.source), inert(&problem.reason))
}

/// Says the closing line, and how the program ends when nothing else is wrong.
pub(super) fn close(loaded: &Loaded, shell: &Shell) -> Exit {
    if loaded.nothing_readable() {
        say(format_args!("error: nothing readable in the bundle"));
    } else if let Some(held) = info::nothing_analysed(loaded) {
        say(format_args!("{}. {}", inert(&held), info::export_sign_ins()));
    }
    let lookalikes = info::lookalikes(loaded);
    if let Some(lost) = &lookalikes {
        say(format_args!("{}. {}", inert(lost), info::name_the_table()));
    }
    if let Some(pending) = info::pending_words(&loaded.store) {
        say(format_args!("{}", inert(&pending)));
    }
    let skipped = loaded.rows_skipped();
    if shell.talk >= Talk::Progress || skipped > 0 || lookalikes.is_some() {
        let (read, duplicates) = (loaded.rows_read(), loaded.store.duplicates());
        let words = info::read_words(loaded.sources.len(), read, duplicates, skipped);
        say(format_args!("{words} (tokentrail info shows which)"));
    }
    if loaded.nothing_readable() { Exit::Unreadable } else { Exit::Done }
}

/// The bundle in a few words: its one path, or how many there are.
pub(super) fn name(paths: &[PathBuf]) -> String {
    match paths {
        [one] if one.as_os_str() == "-" => "stdin".to_owned(),
        [one] => one.file_name().unwrap_or(one.as_os_str()).to_string_lossy().into_owned(),
        many => format!("{} paths", many.len()),
    }
}
