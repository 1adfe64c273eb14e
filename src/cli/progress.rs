//! The progress bar of headless commands, on stderr.

use super::style::Shell;
use crate::ingest::Progress;
use crate::model::inert;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// A bar, or nothing where none would be seen.
pub(super) struct Bar(Option<ProgressBar>);

impl Bar {
    pub(super) fn new(shell: &Shell) -> Self {
        if !shell.shows_progress() {
            return Self(None);
        }
        // The message takes what is left of the line, and no more: a wrapped bar cannot be cleared.
        let style = ProgressStyle::with_template("{bytes:>10} of {total_bytes} [{bar:20}] {eta} left  {wide_msg}")
            .expect("a fixed template");
        let bar = ProgressBar::new(0).with_style(style.progress_chars("=> "));
        bar.enable_steady_tick(Duration::from_millis(500));
        Self(Some(bar))
    }

    /// Shows what the reader reports.
    pub(super) fn show(&self, progress: Progress) {
        let Some(bar) = &self.0 else { return };
        match progress {
            Progress::Looking { sources } => bar.set_message(format!("{sources} sources found")),
            Progress::Found { bytes, .. } => bar.set_length(bytes),
            Progress::First(_) => {}
            Progress::Read { bytes, rows, source, .. } => {
                bar.set_position(bytes);
                let name = source.rsplit(['/', '!']).next().unwrap_or(&source);
                bar.set_message(format!("{rows} rows, {}", inert(name)));
            }
            Progress::Building => bar.set_message("sorting"),
        }
    }

    /// Takes the bar off the screen.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
