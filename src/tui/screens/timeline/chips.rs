//! The filters in force on the rows, on one line.

use super::{View, account};
use crate::model::Sym;
use crate::model::words::{counted, listed_by};
use crate::tui::rows::{Timeline, Zoom};
use crate::tui::screens::stacked;
use crate::tui::text::{count, fit, width};
use crate::tui::theme::Role;
use ratatui::text::{Line, Span};

/// Users named of rows that share another value.
const SHARES: usize = 6;

/// ` only address 198.51.100.23 │ without failed rows   12 of 167 rows`: the last filter stays longest.
pub(super) fn chips<'a>(view: &View, room: usize) -> Line<'a> {
    let (state, store) = (view.state, view.bench.store());
    let of = count(state.of_rows(store) as u64);
    let so_many = match state.kept() {
        Some(kept) => format!("  {} of {of} rows", count(kept as u64)),
        None => format!("  reading {of} rows …"),
    };
    let left = room.saturating_sub(width(&so_many) + 1);
    let words: Vec<String> =
        state.filters().iter().map(|filter| filter.words(store, view.bench.evidence.facts)).collect();
    Line::from(vec![
        Span::styled(format!(" {}", stacked(&words, left)), view.theme.style(Role::Notice)),
        Span::styled(so_many, view.theme.style(Role::Quiet)),
    ])
}

/// ` whose: finance.director 22 rows, a.novak 4 rows and 2 more`: the users of rows that share another value.
pub(super) fn shares<'a>(view: &View, room: usize) -> Line<'a> {
    let store = view.bench.store();
    let share = |(user, rows): &(Sym, usize)| format!("{} {}", account(store, *user), counted(*rows, "row"));
    let words = listed_by(&view.state.shares, SHARES, share);
    let style = view.theme.style(Role::Notice);
    Line::styled(fit(&format!(" whose: {words}"), room).into_owned(), style)
}

/// The sentence where no row is shown.
pub(super) fn nothing(state: &Timeline) -> String {
    match state.kept() {
        Some(0) => "no row passes the filters".to_owned(),
        Some(kept) if state.shown.zoom != Zoom::All => {
            format!("no row of this time passes the filters; {} at other times", count(kept as u64))
        }
        _ => "no rows in this time".to_owned(),
    }
}
