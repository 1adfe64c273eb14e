//! From the paths that the user gave to a list of sources: folders walked, archives opened, stdin set aside in a file.

pub(crate) mod archive;
pub(crate) mod intake;
pub(crate) mod preview;
mod rubbish;
mod spool;
mod stdin;
mod walk;

use super::options::Options;
use super::progress::Progress;
use intake::Intake;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use walk::Walk;

/// Lists the sources below the given paths, in the order of their names. Ends early when `stop` is set.
pub(crate) fn open<'o>(
    paths: &[PathBuf],
    options: &'o Options,
    progress: &'o dyn Fn(Progress),
    stop: &'o AtomicBool,
) -> Intake<'o> {
    let mut walk = Walk::new(Intake::new(options, progress, stop));
    let mut stdin = false;
    for path in paths {
        if path.as_os_str() == "-" {
            if !std::mem::replace(&mut stdin, true) {
                walk.intake.stdin();
            }
        } else if let Some(bytes) = options.built_in {
            walk.intake.built_in(path.display().to_string(), bytes);
        } else {
            walk.given(path);
        }
    }
    walk.follow_links();
    let mut intake = walk.intake;
    intake.inputs.sort_by(|a, b| a.name.cmp(&b.name));
    intake.problems.sort_by(|a, b| (&a.source, &a.reason).cmp(&(&b.source, &b.reason)));
    intake
}
