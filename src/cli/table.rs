//! Tables for people: fitted to the terminal, inert, coloured only where a word says the same.

use super::style::{Paint, Shell};
use crate::model::inert;
use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Spaces between columns.
const GAP: usize = 2;

/// A column. Those that may shrink do so down to `least`; those that may go, go from the right.
pub(super) struct Column {
    head: &'static str,
    right: bool,
    least: Option<usize>,
    /// Whether a cut leaves the end, which tells file names apart.
    keeps_end: bool,
    optional: bool,
}

impl Column {
    /// A column as wide as its widest cell.
    pub(super) const fn new(head: &'static str) -> Self {
        Self { head, right: false, least: None, keeps_end: false, optional: false }
    }

    /// Aligns the column at the right, as numbers are.
    pub(super) const fn right(mut self) -> Self {
        self.right = true;
        self
    }

    /// May be cut down to so many columns.
    pub(super) const fn shrinks(mut self, least: usize) -> Self {
        self.least = Some(least);
        self
    }

    /// Is cut in the middle.
    pub(super) const fn keeps_end(mut self) -> Self {
        self.keeps_end = true;
        self
    }

    /// May be left out of a narrow terminal.
    pub(super) const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

/// A cell's text and role.
pub(super) struct Cell {
    text: String,
    paint: Paint,
}

impl Cell {
    pub(super) fn painted(text: &str, paint: Paint) -> Self {
        Self { text: inert(text).into_owned(), paint }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::painted(text.as_ref(), Paint::Plain)
    }
}

/// Rows under columns; a row may carry lines of its own below it.
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<(Vec<Cell>, Vec<String>)>,
}

impl Table {
    pub(super) fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push((cells.into_iter().collect(), Vec::new()));
    }

    /// Adds a line below the last row.
    pub(super) fn below(&mut self, text: &str) {
        if let Some((_, below)) = self.rows.last_mut() {
            below.push(inert(text).into_owned());
        }
    }

    pub(super) fn write(&self, shell: &Shell, out: &mut dyn Write) -> io::Result<()> {
        let fit = self.fit(shell.width);
        let heads: Vec<Cell> = self.columns.iter().map(|column| Cell::painted(column.head, Paint::Head)).collect();
        self.write_row(&heads, &fit, shell, out)?;
        for (cells, below) in &self.rows {
            self.write_row(cells, &fit, shell, out)?;
            for below in below {
                for line in wrapped(below, shell.width.map(|width| width.saturating_sub(4).max(20))) {
                    writeln!(out, "    {line}")?;
                }
            }
        }
        Ok(())
    }

    /// Width of each column; `None` for one that is left out.
    fn fit(&self, width: Option<usize>) -> Vec<Option<usize>> {
        let natural = |index: usize| {
            let cells = self.rows.iter().filter_map(|(cells, _)| cells.get(index)).map(|cell| cell.text.width());
            cells.max().unwrap_or(0).max(self.columns[index].head.width())
        };
        let mut fit: Vec<Option<usize>> = (0..self.columns.len()).map(|index| Some(natural(index))).collect();
        let Some(width) = width else { return fit };
        let least = |fit: &[Option<usize>]| {
            let widths = fit.iter().zip(&self.columns).filter_map(|(fit, column)| {
                fit.map(|fit| column.least.map_or(fit, |least| least.max(column.head.width()).min(fit)) + GAP)
            });
            widths.sum::<usize>().saturating_sub(GAP)
        };
        while least(&fit) > width {
            let spared = (0..fit.len()).rev().find(|index| fit[*index].is_some() && self.columns[*index].optional);
            let Some(spared) = spared else { break };
            fit[spared] = None;
        }
        self.shrink(&mut fit, width);
        fit
    }

    /// Takes columns off the widest that may shrink until the row fits, or none can give more.
    fn shrink(&self, fit: &mut [Option<usize>], width: usize) {
        let total =
            |fit: &[Option<usize>]| fit.iter().flatten().map(|fit| fit + GAP).sum::<usize>().saturating_sub(GAP);
        while total(fit) > width {
            let spare = |index: &usize| {
                let least = self.columns[*index].least?.max(self.columns[*index].head.width());
                fit[*index].filter(|fit| *fit > least)
            };
            let Some(widest) = (0..fit.len()).filter(|index| spare(index).is_some()).max_by_key(spare) else { return };
            fit[widest] = fit[widest].map(|fit| fit - 1);
        }
    }

    fn write_row(&self, cells: &[Cell], fit: &[Option<usize>], shell: &Shell, out: &mut dyn Write) -> io::Result<()> {
        let mut line = String::new();
        for ((cell, column), width) in cells.iter().zip(&self.columns).zip(fit) {
            let Some(width) = *width else { continue };
            let text = if column.keeps_end { cut_middle(&cell.text, width) } else { cut(&cell.text, width) };
            let pad = " ".repeat(width - text.width());
            let text = shell.painted(&text, cell.paint);
            if !line.is_empty() {
                line.push_str("  ");
            }
            line.push_str(&if column.right { pad + &text } else { text + &pad });
        }
        writeln!(out, "{}", line.trim_end())
    }
}

/// The text in at most `width` columns, its loss marked.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    let mut kept: String = text.chars().take_while(fits).collect();
    if width > 0 {
        kept.push('…');
    }
    kept
}

/// The text in at most `width` columns, most of them for its end.
fn cut_middle(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let head = cut(text, width / 3);
    let mut left = width - head.width();
    let fits = |c: &char| {
        let fits = c.width().unwrap_or(0) <= left;
        left = left.saturating_sub(c.width().unwrap_or(0));
        fits
    };
    let tail: String = text.chars().rev().take_while(fits).collect();
    head + &tail.chars().rev().collect::<String>()
}

/// The text in lines of at most `width` columns, broken at spaces; a longer word anywhere, for none of it is lost.
pub(super) fn wrapped(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width else { return vec![text.to_owned()] };
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("never empty");
        if !last.is_empty() && last.width() + 1 + word.width() <= width {
            last.push(' ');
            last.push_str(word);
            continue;
        }
        if !last.is_empty() {
            lines.push(String::new());
        }
        for c in word.chars() {
            let last = lines.last_mut().expect("never empty");
            if last.is_empty() || last.width() + c.width().unwrap_or(0) <= width {
                last.push(c);
            } else {
                lines.push(c.to_string());
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::style::Talk;

    fn text(width: Option<usize>, color: bool) -> String {
        let columns = [
            Column::new("SEVERITY"),
            Column::new("USER").shrinks(6),
            Column::new("N").right(),
            Column::new("CLIENT").shrinks(6).optional(),
        ];
        let mut table = Table::new(columns);
        table.row([
            Cell::painted("high", Paint::High),
            "finance.director@contoso.com".into(),
            "12".into(),
            "Azure\u{1b}[31m CLI".into(),
        ]);
        table.below("six resources in two minutes and a half");
        table.row([Cell::painted("low", Paint::Plain), "東京@contoso.com".into(), "3".into(), "-".into()]);
        let mut out = Vec::new();
        let shell = Shell { color, terminal: false, width, talk: Talk::Losses };
        table.write(&shell, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_wide_table_is_not_cut() {
        insta::assert_snapshot!(text(None, false), @r"
        SEVERITY  USER                           N  CLIENT
        high      finance.director@contoso.com  12  Azure�[31m CLI
            six resources in two minutes and a half
        low       東京@contoso.com               3  -
        ");
    }

    #[test]
    fn a_narrow_table_shrinks_then_drops() {
        insta::assert_snapshot!(text(Some(40), false), @r"
        SEVERITY  USER           N  CLIENT
        high      finance.dir…  12  Azure�[31m …
            six resources in two minutes and a
            half
        low       東京@contos…   3  -
        ");
        insta::assert_snapshot!(text(Some(24), false), @r"
        SEVERITY  USER         N
        high      finance.d…  12
            six resources in two
            minutes and a half
        low       東京@cont…   3
        ");
    }

    #[test]
    fn nothing_of_a_long_word_is_lost() {
        assert_eq!(wrapped("a signins-2026-05.json b", Some(9)), ["a", "signins-2", "026-05.js", "on b"]);
        assert_eq!(cut_middle("evidence/signins-2026-05.json", 18), "evide…2026-05.json");
        assert_eq!(cut_middle("東京/signins.json", 9), "東…s.json");
    }

    #[test]
    fn colour_leaves_the_columns_alone() {
        assert!(text(None, true).contains("\x1b[1;31mhigh\x1b[0m      finance"));
    }
}
