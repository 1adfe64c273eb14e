//! Blocks of Markdown, each ended so that the next begins anew.

use crate::report::escape::Md;
use std::fmt::Write as _;

/// A page as it grows.
#[derive(Default)]
pub(super) struct Page {
    text: String,
    in_list: bool,
}

impl Page {
    pub(super) fn text(mut self) -> String {
        self.end_list();
        self.text.truncate(self.text.trim_end().len());
        self.text.push('\n');
        self.text
    }

    pub(super) fn title(&mut self, text: &Md) {
        self.line(format_args!("# {text}\n"));
    }

    pub(super) fn section(&mut self, text: &'static str) {
        self.line(format_args!("## {text}\n"));
    }

    pub(super) fn heading(&mut self, text: &Md) {
        self.line(format_args!("### {text}\n"));
    }

    pub(super) fn paragraph(&mut self, text: &Md) {
        self.line(format_args!("{text}\n"));
    }

    pub(super) fn item(&mut self, text: &Md) {
        self.push(format_args!("- {text}"));
        self.in_list = true;
    }

    pub(super) fn task(&mut self, text: &Md, is_done: bool) {
        let tick = if is_done { 'x' } else { ' ' };
        self.push(format_args!("- [{tick}] {text}"));
        self.in_list = true;
    }

    /// A section of items, if there are any.
    pub(super) fn list(&mut self, heading: &'static str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.section(heading);
        for item in items {
            self.item(&Md::text(item));
        }
    }

    /// Lines of ours as paragraphs, each on a line of its own from its first character on.
    pub(super) fn lines(&mut self, lines: &[String]) {
        for line in lines {
            self.line(format_args!("{line}\n"));
        }
    }

    /// Lines of code of ours.
    pub(super) fn block(&mut self, lines: &[&str]) {
        self.line(format_args!("```powershell\n{}\n```\n", lines.join("\n")));
    }

    pub(super) fn table(&mut self, heads: &[&'static str], rows: impl IntoIterator<Item = Vec<Md>>) {
        self.line(format_args!("| {} |", heads.join(" | ")));
        self.push(format_args!("|{}", "---|".repeat(heads.len())));
        for row in rows {
            let cells: Vec<String> = row.iter().map(Md::cell).collect();
            self.push(format_args!("| {} |", cells.join(" | ")));
        }
        self.text.push('\n');
    }

    fn line(&mut self, line: std::fmt::Arguments) {
        self.end_list();
        self.push(line);
    }

    fn push(&mut self, line: std::fmt::Arguments) {
        writeln!(self.text, "{line}").expect("writing to a string does not fail");
    }

    fn end_list(&mut self) {
        if std::mem::take(&mut self.in_list) {
            self.text.push('\n');
        }
    }
}
