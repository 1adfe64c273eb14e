//! Rows that are no events: what the rows below come from, and moments that matter.

use super::{View, branches};
use crate::model::{EventId, Field, Span as Length, Time};
use crate::store::{Key, Store};
use crate::triage::lineage::{GroupKind, GroupRow, TreeBranch};
use crate::triage::pivot::Value;
use crate::tui::rows::Sign;
use crate::tui::text::{count, fit, fit_middle, width};
use crate::tui::theme::Role;
use ratatui::text::{Line, Span};

/// Before a row that is closed over what hangs below it.
pub(super) const CLOSED: &str = "+ ";

/// `1 row`, `12 rows`
pub(super) fn rows(rows: usize) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{} rows", count(rows as u64)) }
}

/// The head of what follows.
pub(super) fn group<'a>(view: &View, group: &GroupRow, branch: TreeBranch, hidden: usize, room: usize) -> Line<'a> {
    let store = view.bench.store();
    let theme = view.theme;
    // A root stands out at the left; what hangs below it stands where the branches of events are.
    let lead = if branch.depth == 0 { 1 } else { view.columns.lead() };
    let branches = format!("{}{}", " ".repeat(lead), branches::drawn(branch));
    let closed = if hidden > 0 { CLOSED } else { "" };
    let room = room.saturating_sub(width(&branches) + width(closed));
    let (text, role) = match group.kind {
        GroupKind::Value(value) => {
            let value = store.text(value);
            let value = if value.is_empty() { "(not recorded)" } else { value };
            (format!("{:<9} {value}", rows(group.rows as usize)), Role::Title)
        }
        GroupKind::Session(session, began) => {
            let began = began.map_or_else(String::new, |time| format!(", began {}", moment(view, time)));
            let name = fit_middle(store.text(session), 13).into_owned();
            (format!("session {name}  {}{began}{}", extent(view, group), of_whom(view, group.first)), Role::Title)
        }
        GroupKind::NoSession => {
            (format!("no session recorded  {}{}", extent(view, group), of_whom(view, group.first)), Role::Title)
        }
        GroupKind::Flow(entered, redeemed) => (flow(store, entered, redeemed), Role::DeviceCode),
        GroupKind::TokenElsewhere => {
            (format!("token issued in no row shown  {}", rows(group.rows as usize)), Role::Quiet)
        }
        GroupKind::SessionOnly => (format!("tied by the session alone  {}", rows(group.rows as usize)), Role::Quiet),
        GroupKind::Untied => (format!("no token or session ties these  {}", extent(view, group)), Role::Title),
    };
    let mut spans =
        vec![Span::styled(branches, theme.style(Role::Quiet)), Span::styled(closed, theme.style(Role::Key))];
    spans.push(Span::styled(fit(&text, room).into_owned(), theme.style(role)));
    Line::from(spans)
}

/// `code entered 203.0.113.20 → redeemed 198.51.100.23, +4s`
fn flow(store: &Store, entered: Option<EventId>, redeemed: Option<EventId>) -> String {
    let address = |leg: EventId| {
        let address = store.get(leg, Field::IpAddress);
        if address.is_empty() { "somewhere" } else { address }
    };
    match (entered, redeemed) {
        (Some(entered), Some(redeemed)) => {
            let delay = store.event(redeemed).time().since(store.event(entered).time());
            let plus = if delay < Length::seconds(0) { "" } else { "+" };
            format!("code entered {} → redeemed {}, {plus}{delay}", address(entered), address(redeemed))
        }
        (Some(entered), None) => format!("code entered {} → redeemed by no row shown", address(entered)),
        (None, Some(redeemed)) => format!("code entered in no row shown → redeemed {}", address(redeemed)),
        (None, None) => "device code".to_owned(),
    }
}

/// `14:00:00 to 14:12:12, 32 rows`
fn extent(view: &View, group: &GroupRow) -> String {
    let store = view.bench.store();
    let time = |id| store.event(id).time();
    let (first, last) = (time(group.first), time(group.last));
    let last = if first.day() == last.day() { last.clock() } else { moment(view, last) };
    format!("{} to {last}, {}", moment(view, first), rows(group.rows as usize))
}

/// The rows' user, where the title does not name one.
fn of_whom(view: &View, event: EventId) -> String {
    let store = view.bench.store();
    let user = store.event(event).user;
    if view.state.of == Value::user(user) {
        return String::new();
    }
    let name = super::account(store, user);
    format!(", {}", if name.is_empty() { "nobody" } else { &name })
}

fn moment(view: &View, time: Time) -> String {
    let text = time.second();
    let from = if view.columns.dated || time < view.state.shown.window.0 { 5 } else { 11 };
    text.get(from..).unwrap_or(&text).to_owned()
}

/// `── device-code-burst, 14:00:00 to 14:04:37 ──────`
pub(super) fn sign<'a>(view: &View, sign: Sign, room: usize) -> Line<'a> {
    let analytic = view.bench.current().map_or("hit", |hit| hit.analytic);
    let (text, role) = match sign {
        Sign::BaselineEnds => ("the baseline of the findings ends here".to_owned(), Role::Quiet),
        Sign::HitBegins => {
            let (first, last) = view.state.hit().unwrap_or(view.state.about);
            (format!("{analytic} begins, {} in all", last.since(first)), Role::Evidence)
        }
        Sign::HitEnds => (format!("{analytic} ends"), Role::Evidence),
        Sign::Revoked => {
            let time = view.state.revoked().map_or_else(String::new, |time| moment(view, time));
            (format!("sessions revoked {time} (entered by you); ! = after that"), Role::Notice)
        }
    };
    let text = fit(&text, room.saturating_sub(6)).into_owned();
    let rest = room.saturating_sub(width(&text) + 5);
    let rule = view.theme.style(Role::Quiet);
    Line::from(vec![
        Span::styled(" ── ", rule),
        Span::styled(text, view.theme.style(role)),
        Span::styled(format!(" {}", "─".repeat(rest)), rule),
    ])
}

/// Returns whether an event comes after the revocation of its user.
pub(super) fn is_after_revocation(view: &View, event: EventId) -> bool {
    let store = view.bench.store();
    let row = store.event(event);
    let user = Value { key: Key::User, sym: row.user };
    view.bench.revoked_of(user).is_some_and(|revoked| row.time() > revoked)
}
