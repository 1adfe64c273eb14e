//! One row of the timeline.

use super::group_rows::{CLOSED, group, is_after_revocation, sign};
use super::{View, account, branches};
use crate::analytics::known::Standing;
use crate::analytics::news::{NewKind, News};
use crate::model::{EventId, Field, Span as Length, Time};
use crate::store::{Key, Store};
use crate::triage::Mark;
use crate::triage::lineage::TreeBranch;
use crate::triage::runs::SILENCE;
use crate::triage::timeline::{self, RowKind};
use crate::tui::find::meet;
use crate::tui::glyphs::{self, Glyph};
use crate::tui::rows::{Row, Run, Timeline};
use crate::tui::text::{count, fit, fit_middle, pad, width};
use crate::tui::theme::Role;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

/// The fields of the column of resources, requests and acts.
const WHAT: &[Field] = &[
    Field::ResourceIdentity,
    Field::ResourceDisplayName,
    Field::ResultType,
    Field::RequestMethod,
    Field::RequestUri,
    Field::ResponseStatusCode,
    Field::Operation,
    Field::Variant,
    Field::Object,
    Field::Detail,
    Field::Count,
    Field::Outcome,
];

/// Widths of the columns, 0 for one that has no room. Result and kind go last, the agent first.
pub(super) struct Columns {
    /// Whether the rows span days, so that a time needs its date.
    pub(super) dated: bool,
    what: usize,
    client: usize,
    address: usize,
    asn: usize,
    agent: usize,
    /// Letters of the token, and the space after them.
    token: usize,
}

/// Narrower, a run does not say how long it lasts.
const ROOM_FOR_SPAN: usize = 26;

/// Columns of a call's address that tell more than its plain words.
const ROOM_FOR_ADDRESS: usize = 24;

/// Mark, sign of what is found, gap, glyph and the spaces between.
const LEAD: usize = 12;

impl Columns {
    /// Columns before what a row says.
    pub(super) fn lead(&self) -> usize {
        LEAD + self.token + if self.dated { 14 } else { 8 }
    }

    pub(super) fn new(store: &Store, state: &Timeline, room: usize) -> Self {
        let dated = state.shown.window.0.day() != state.shown.window.1.day();
        // By lineage a call hangs below the sign-in that gave its token.
        let is_told = state.is_tree() && !state.is_grouped();
        let greatest = store.greatest_token_number().filter(|_| !is_told);
        let token = greatest.map_or(0, |greatest| glyphs::token(greatest).len() + 1);
        let rest = room.saturating_sub(LEAD + token + if dated { 14 } else { 8 });
        let address = if rest >= 38 { 16 } else { 0 };
        // Branches need room, and the client of a session is mostly one.
        let (whole, short) = if state.is_tree() && !state.is_grouped() { (66, 66) } else { (56, 48) };
        let client = if rest >= 90 {
            20
        } else if rest >= whole {
            15
        } else if rest >= short {
            11
        } else {
            0
        };
        let asn = if rest >= 78 { 9 } else { 0 };
        let agent = if rest >= 96 { (rest - 70) / 3 } else { 0 };
        Self { dated, what: rest.saturating_sub(address + client + asn + agent), client, address, asn, agent, token }
    }
}

/// The row at a place; `first` is the first in view.
pub(super) fn row<'a>(view: &View<'a>, at: usize, first: bool, room: usize) -> Line<'a> {
    let store = view.bench.store();
    let above = || at.checked_sub(1).and_then(|at| above(view, at));
    match view.state.row(store, at) {
        None => Line::default(),
        Some(Row::Sign(what)) => sign(view, what, room),
        Some(Row::Group(what, branch)) => group(view, &what, branch, view.state.hidden(at), room),
        Some(Row::Event(event, branch)) => {
            let hidden = view.state.hidden(at);
            event_row(view, &Shown { event, run: None, branch, above: above(), first, hidden })
        }
        Some(Row::Run(run)) => {
            let shown =
                Shown { event: run.first, branch: run.branch, above: above(), first, run: Some(&run), hidden: 0 };
            event_row(view, &shown)
        }
    }
}

/// The last event of the row above, signs passed over.
fn above(view: &View, at: usize) -> Option<EventId> {
    let store = view.bench.store();
    (0..=at).rev().take(3).find_map(|at| match view.state.row(store, at) {
        Some(Row::Event(event, _)) => Some(Some(event)),
        Some(Row::Run(run)) => Some(Some(run.last)),
        Some(Row::Sign(_)) => None,
        Some(Row::Group(..)) | None => Some(None),
    })?
}

/// A row of the timeline: an event or a run of them, and its place in the tree.
struct Shown<'a> {
    event: EventId,
    run: Option<&'a Run>,
    branch: TreeBranch,
    above: Option<EventId>,
    first: bool,
    /// Number of rows hidden below it.
    hidden: usize,
}

fn event_row<'a>(view: &View<'a>, shown: &Shown) -> Line<'a> {
    let (bench, theme, columns) = (view.bench, view.theme, &view.columns);
    let store = bench.store();
    let line = timeline::line(store, bench.evidence.facts, shown.event, shown.above);
    let (of, user) = (view.state.of, store.event(shown.event).user);
    let foreign = of.key == Key::User && user != of.sym;
    // Across users, a row says whose it is where that changes.
    let changes =
        of.key != Key::User && (shown.first || shown.above.is_none_or(|above| store.event(above).user != user));
    let (glyph, kind_role) = kind(line.kind, line.failed);
    // What somebody new was refused tells what was wanted: it is no noise.
    let is_attempt = timeline::is_attempt(store, store.event(shown.event))
        && view.origins.standing(shown.event) == Some(Standing::New);
    let kind_role = if is_attempt { Role::High } else { kind_role };
    let text = theme.style(match (foreign, line.failed, line.kind) {
        (true, ..) => Role::Foreign,
        _ if is_attempt => Role::Text,
        (_, true, _) => Role::Failed,
        _ if line.weight == Some(0) => Role::Quiet,
        _ => Role::Text,
    });
    let members = members(view, shown);
    let (mark, mark_role) = mark(view, members);
    let marked = bench.mark_among(members);
    // A long request or object is told from its like by its end, and the client of what is done with a token is that
    // of the token.
    let with_token = matches!(line.kind, RowKind::Graph | RowKind::Act | RowKind::Record);
    let most = columns.what + if with_token { columns.client } else { 0 };
    let what = what(view, shown, &line, foreign || changes, most);
    let quiet = theme.style(Role::Quiet);
    let find = view.state.find.as_ref();
    let is_found = find.is_some_and(|find| find.holds_any(members));
    let find = find.filter(|_| is_found);
    let found = theme.style(Role::Found);
    let after = is_after_revocation(view, *members.last().unwrap_or(&shown.event));
    let (gap, gap_role) = gap(line.gap);
    let mut spans = vec![Span::styled(mark, theme.style(mark_role))];
    spans.extend(
        time(view, shown, line.time)
            .map(|(text_of, role)| Span::styled(text_of, role.map_or(text, |role| theme.style(role)))),
    );
    spans.extend([
        if is_found { Span::styled(Glyph::Found.text(), found) } else { Span::styled(" ", quiet) },
        Span::styled(format!("{gap:>7}"), theme.style(gap_role)),
        if after { Span::styled(Glyph::Revoked.text(), theme.style(Role::Notice)) } else { Span::styled(" ", quiet) },
        Span::styled(glyph, theme.style(if foreign { Role::Foreign } else { kind_role })),
        Span::styled(marked.map_or(" ", Mark::glyph), theme.style(Role::Notice)),
        Span::styled(token(view, shown, &line), theme.style(if foreign { Role::Foreign } else { Role::Title })),
    ]);
    let branches = branches::drawn(shown.branch);
    let room = columns.what.saturating_sub(width(&branches));
    spans.push(Span::styled(fit(&branches, columns.what).into_owned(), quiet));
    let mut cell = |cell: String, fields: &[Field], style| {
        let parts = find.and_then(|find| find.search.as_ref().ok()).map(|search| search.parts(fields, &cell));
        let mut end = 0;
        for part in parts.into_iter().flatten() {
            spans.push(Span::styled(cell[end..part.start].to_owned(), style));
            spans.push(Span::styled(cell[part.clone()].to_owned(), found));
            end = part.end;
        }
        spans.push(Span::styled(cell[end..].to_owned(), style));
    };
    let is_long = width(&what) > room;
    let room = if is_long { room + columns.client } else { room };
    let news = view.origins.known_news(shown.event);
    // The resource has no column of its own.
    let of_what = if news.is_new(NewKind::Resource) { text.add_modifier(Modifier::BOLD) } else { text };
    cell(pad(&noted(what, marked, room), room), WHAT, of_what);
    // What is new to the user stands out, by itself where the columns show it.
    let sign = |kind: NewKind| if news.is_new(kind) { Glyph::New.text() } else { " " };
    let bright = |kind: NewKind| if news.is_new(kind) { theme.style(Role::Title) } else { quiet };
    if columns.client > 0 && !is_long {
        // Nearly every client is Microsoft's: the word would push out the one that tells them apart.
        let client = line.client.strip_prefix("Microsoft ").unwrap_or(line.client);
        let client = pad(&format!("{}{}", sign(NewKind::Client), fit(client, columns.client - 1)), columns.client);
        cell(client, &[Field::AppId, Field::AppDisplayName], bright(NewKind::Client));
    }
    if columns.address > 0 {
        let (mark, role) = standing(news);
        let address = fit_middle(line.address, columns.address - 1);
        cell(pad(&format!("{mark}{address}"), columns.address), &[Field::IpAddress], theme.style(role));
    }
    if columns.asn > 0 {
        let asn = if line.asn.is_empty() { String::new() } else { format!(" AS{}", line.asn) };
        cell(pad(&asn, columns.asn), &[Field::Asn], bright(NewKind::Network));
    }
    if columns.agent > 0 {
        let agent = pad(&format!("{}{}", sign(NewKind::Agent), fit(line.agent, columns.agent - 1)), columns.agent);
        cell(agent, &[Field::UserAgent], bright(NewKind::Agent));
    }
    Line::from(spans)
}

/// The letters of the row's token: a sign-in and what was done with its token have the same. A run of sign-ins has
/// several, and so none.
fn token(view: &View, shown: &Shown, line: &timeline::Line) -> String {
    let store = view.bench.store();
    let same = |run: &Run| store.token_number(store.event(run.last)) == line.token;
    let number = line.token.filter(|_| shown.run.is_none_or(same));
    let letters = number.filter(|_| view.columns.token > 0).map_or_else(String::new, glyphs::token);
    pad(&letters, view.columns.token)
}

/// The events of a row.
fn members<'v>(view: &View<'v>, shown: &'v Shown) -> &'v [EventId] {
    match shown.run {
        Some(run) => view.state.ids(view.bench.store()).get(run.places.clone()).unwrap_or(&[]),
        None => std::slice::from_ref(&shown.event),
    }
}

/// The row's text in at most so many columns: `Exchange Online`, `38 × listed users  GET 200 /users · 2m10s`.
fn what(view: &View, shown: &Shown, line: &timeline::Line, names_user: bool, most: usize) -> String {
    let (bench, columns) = (view.bench, &view.columns);
    let store = bench.store();
    let room = most.saturating_sub(usize::from(shown.branch.depth) * 2);
    let whose = if names_user {
        let user = account(store, store.event(shown.event).user);
        let name = line.actor.filter(|_| user.is_empty()).unwrap_or(&user);
        format!("{}: ", fit(name, 24))
    } else {
        String::new()
    };
    if let Some(run) = shown.run {
        let words = timeline::run_words(store, bench.evidence.facts, shown.event);
        let lasts = store.event(run.last).time().since(store.event(run.first).time());
        let many = format!("{} × ", count(run.places.len() as u64));
        let lasts = if room < ROOM_FOR_SPAN { String::new() } else { format!(" · {lasts}") };
        let rest = room.saturating_sub(width(&whose) + width(&many) + width(&lasts));
        let words = in_room(words, rest, timeline::call_words(store, bench.evidence.facts, shown.event, false));
        return format!("{whose}{many}{}{lasts}", fit(&words, rest));
    }
    // The glyph says it where the words have no room.
    let is_flow = line.kind == RowKind::DeviceCode && columns.what < 40;
    let what = if is_flow { line.what.trim_start_matches("device ") } else { line.what.as_str() };
    if shown.hidden > 0 {
        let below = format!(" · {} below", count(shown.hidden as u64));
        let rest = room.saturating_sub(width(&whose) + width(CLOSED) + width(&below));
        return format!("{CLOSED}{whose}{}{below}", fit(what, rest));
    }
    let rest = room.saturating_sub(width(&whose));
    let what = in_room(what.to_owned(), rest, timeline::call_words(store, bench.evidence.facts, shown.event, true));
    format!("{whose}{}", fit(&what, rest))
}

/// A call in plain words, if it has some, and its address where there is room for both; else the row's text.
fn in_room(text: String, room: usize, plain: Option<String>) -> String {
    let Some(plain) = plain else { return text };
    let left = room.saturating_sub(width(&plain) + 2);
    if left < width(&text).min(ROOM_FOR_ADDRESS) { plain } else { format!("{plain}  {}", fit(&text, left)) }
}

/// Adds the analyst's mark to a row's text, where there is room.
fn noted(what: String, marked: Option<&Mark>, room: usize) -> String {
    let words = marked.map_or_else(String::new, Mark::words);
    let left = room.saturating_sub(width(&what) + 2);
    if words.is_empty() || left < 6 { what } else { format!("{what}  {}", fit(&words, left)) }
}

/// Rows of the step, then rows of the hit. A run has the mark of any of its rows.
fn mark(view: &View, members: &[EventId]) -> (&'static str, Role) {
    let of_hit = || view.bench.current().is_some_and(|hit| meet(members, &hit.evidence) || meet(members, &hit.legs));
    if meet(members, &view.state.shown.marks) {
        (Glyph::OfStep.text(), Role::Mark)
    } else if of_hit() {
        (Glyph::OfHit.text(), Role::Evidence)
    } else {
        (" ", Role::Text)
    }
}

/// Sign and role of a row's address: a place that is new to the user stands out, what is known may be overlooked.
fn standing(news: News) -> (&'static str, Role) {
    match news.of_kind(NewKind::Address) {
        _ if news.has_new_place() => (Glyph::New.text(), Role::High),
        Some(Standing::Undecided) => (" ", Role::Text),
        Some(Standing::New | Standing::Known) | None => (" ", Role::Quiet),
    }
}

fn kind(kind: RowKind, failed: bool) -> (&'static str, Role) {
    match kind {
        _ if failed => (Glyph::Failed.text(), Role::Failed),
        RowKind::DeviceCode => (Glyph::Code.text(), Role::DeviceCode),
        RowKind::SignIn => (Glyph::SignIn.text(), Role::Text),
        RowKind::Token => (Glyph::Token.text(), Role::Text),
        RowKind::Graph => (Glyph::Call.text(), Role::Graph),
        RowKind::Act | RowKind::Record => (Glyph::Act.text(), Role::Text),
    }
}

/// The time; of rows that span days, the date only where it changes.
fn time(view: &View, shown: &Shown, time: Time) -> impl Iterator<Item = (String, Option<Role>)> {
    let above = shown.above.filter(|_| !shown.first).map(|above| view.bench.store().event(above).time().day());
    let day = time.day();
    let date = view.columns.dated.then(|| {
        let same = above.is_some_and(|above| above == day);
        let date = if same { "      ".to_owned() } else { format!("{} ", day.get(5..).unwrap_or(&day)) };
        (date, Some(Role::Title))
    });
    date.into_iter().chain([(time.clock(), None)])
}

/// `+2m00s`; a long silence stands out. By lineage a row may be earlier than the one above: that is no gap.
fn gap(gap: Option<Length>) -> (String, Role) {
    match gap.filter(|gap| *gap >= Length::seconds(0)) {
        None => (String::new(), Role::Quiet),
        Some(gap) if gap >= SILENCE => (format!("+{gap}"), Role::Title),
        Some(gap) => (format!("+{gap}"), Role::Quiet),
    }
}
