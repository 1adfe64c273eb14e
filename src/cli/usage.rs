//! Usage errors of values that the parser takes and the program does not.

use super::args::command;
use crate::model::inert;
use clap::error::ErrorKind;

/// A wrong value, reported as clap reports its own: on one line, inert.
pub(super) fn usage(text: impl std::fmt::Display) -> anyhow::Error {
    usage_lines(&[text.to_string()])
}

/// A usage error of several lines.
pub(super) fn usage_lines(lines: &[String]) -> anyhow::Error {
    let lines: Vec<_> = lines.iter().map(|line| inert(line)).collect();
    command().error(ErrorKind::ValueValidation, lines.join("\n")).into()
}
