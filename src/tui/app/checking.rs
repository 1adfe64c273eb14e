//! Reports mistakes in the log of the case: at the start, and on the page about the bundle.

use super::App;
use crate::report::info::Tone;
use crate::tui::action::Action;
use crate::tui::workbench::Workbench;

impl App {
    /// The sentence at the start; `None` where log and case agree.
    pub(super) fn log_differs(&self, bench: &Workbench) -> Option<String> {
        let first = bench.log_problems().into_iter().next()?;
        let more = match bench.case.problems().len() {
            1 => String::new(),
            count => format!("; {count} in all"),
        };
        let key = self.keymap.key_of(Action::Bundle);
        Some(format!("the case and its log do not agree: {first}{more}; {key} shows it"))
    }
}

/// The lines of the page, above what was read.
pub(super) fn log_lines(bench: &Workbench) -> Vec<(Tone, String)> {
    let problems = bench.log_problems();
    if problems.is_empty() {
        return Vec::new();
    }
    let head = (Tone::Head, "The case and its log do not agree".to_owned());
    let lines = problems.into_iter().map(|problem| (Tone::Warn, format!("  {problem}")));
    let last = "  The case file was changed outside of tokentrail. A verdict set anew is logged, and settles its line.";
    std::iter::once(head).chain(lines).chain([(Tone::Plain, last.to_owned()), (Tone::Plain, String::new())]).collect()
}
