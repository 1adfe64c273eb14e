//! Hits that queries found in other engines, joined with those found here; and what is pending of them.
//!
//! A row of such a result stands for the hit of this bundle with its analytic and user that shares time with it: one
//! hit, both finders named. Without one it is a hit of its own, of which nothing is weighed: its evidence is missing.

use super::{Analytic, Cell, Finding, FoundElsewhere, Hit, Semantics, Settings, State, by_id, hit_id};
use crate::facts::Facts;
use crate::model::words::{counted, listed};
use crate::model::{Claim, Confidence, Elsewhere, EventId, Severity, Sym, Time};
use crate::store::{Key, Store, user_ids_by_upn};
use std::collections::{BTreeMap, HashMap};

/// Engines named in a sentence.
const NAMED: usize = 3;

fn found(row: &Elsewhere) -> FoundElsewhere {
    FoundElsewhere {
        engine: row.engine.clone(),
        semantics: semantics(row),
        is_at_most: row.claim == Claim::AtMostHit,
        origin: row.origin,
        id: id(row),
    }
}

fn semantics(row: &Elsewhere) -> Semantics {
    if row.is_published { Semantics::Published } else { Semantics::Hunt }
}

/// A text as hunt semantics compare it; published ones take it as written.
fn compared(row: &Elsewhere, text: &str) -> String {
    if row.is_published { text.to_owned() } else { text.trim().to_lowercase() }
}

/// The id of a row's hit: that of the hit which its rows give, where they give one that begins with it.
fn id(row: &Elsewhere) -> String {
    let user = if row.is_published || row.user_id.is_empty() { row.who() } else { &row.user_id };
    hit_id(&row.analytic, &compared(row, user), &compared(row, &row.app), &compared(row, &row.session), row.first)
}

/// Joins the hits that were found elsewhere with those found here.
pub(super) fn join(store: &Store, facts: &Facts, settings: &Settings, hits: &mut Vec<Hit>) {
    let is_asked = |row: &&Elsewhere| {
        row.claim != Claim::Candidate
            && by_id(&row.analytic).is_some_and(|analytic| settings.runs(analytic))
            && settings.since.is_none_or(|since| since <= row.last)
            && settings.until.is_none_or(|until| row.first < until)
    };
    let mut rows = store.elsewhere().iter().filter(is_asked).peekable();
    if rows.peek().is_none() {
        return;
    }
    let here = Here::new(store, settings, hits);
    let mut alone: BTreeMap<(&str, String, String, String), Vec<&Elsewhere>> = BTreeMap::new();
    let mut matched: Vec<(usize, &Elsewhere)> = Vec::new();
    for row in rows {
        let same = here.same(hits, row);
        matched.extend(same.iter().map(|hit| (*hit, row)));
        if same.is_empty() {
            let [user, app, session] = [row.who(), &row.app, &row.session].map(|text| text.trim().to_lowercase());
            alone.entry((&row.analytic, user, app, session)).or_default().push(row);
        }
    }
    for (hit, row) in matched {
        hits[hit].elsewhere.push(found(row));
    }
    for hit in hits.iter_mut().filter(|hit| !hit.elsewhere.is_empty()) {
        hit.reasons.push(format!("found by a query in {} too", engines(&hit.elsewhere)));
    }
    let ids = user_ids_by_upn(store, |_| true);
    for mut rows in alone.into_values() {
        rows.sort_by_key(|row| (row.first, row.last, row.origin.source, row.origin.record));
        let mut same: Vec<&Elsewhere> = Vec::new();
        let mut end = Time::MISSING;
        for row in rows {
            if !same.is_empty() && row.first > end {
                hits.push(missing(store, facts, &ids, &same));
                same.clear();
            }
            end = if same.is_empty() { row.last } else { end.max(row.last) };
            same.push(row);
        }
        hits.push(missing(store, facts, &ids, &same));
    }
    hits.sort_by(|a, b| super::order(a).cmp(&super::order(b)));
}

/// `Sentinel and ClickHouse`, each once.
fn engines(found: &[FoundElsewhere]) -> String {
    let mut names: Vec<String> = found.iter().map(FoundElsewhere::words).collect();
    names.sort_unstable();
    names.dedup();
    listed(&names, NAMED)
}

/// Span of a hit on the clock of hunt semantics, and on that of published ones.
type Spans = [(Time, Time); 2];

/// Hits of the bundle by analytic and user.
struct Here {
    /// Position and spans of each.
    by: HashMap<(&'static str, String), Vec<(usize, Spans)>>,
}

impl Here {
    fn new(store: &Store, settings: &Settings, hits: &[Hit]) -> Self {
        let mut by: HashMap<_, Vec<_>> = HashMap::new();
        for (at, hit) in hits.iter().enumerate() {
            let seen = (hit.first_seen, hit.last_seen);
            // By arrival, which the published queries go by.
            let other = || {
                let times = hit.evidence.iter().map(|id| store.event(*id));
                let times = times.map(|event| match settings.semantics {
                    Semantics::Hunt => event.published_time(),
                    Semantics::Published => event.time(),
                });
                let (mut first, mut last) = seen;
                for (at, time) in times.enumerate() {
                    (first, last) = if at == 0 { (time, time) } else { (first.min(time), last.max(time)) };
                }
                (first, last)
            };
            let spans = match settings.semantics {
                Semantics::Hunt => [seen, other()],
                Semantics::Published => [other(), seen],
            };
            let mut names = [hit.user_id.to_lowercase(), hit.upn.to_lowercase()];
            if names[0] == names[1] {
                names[1].clear();
            }
            for name in names.into_iter().filter(|name| !name.is_empty()) {
                by.entry((hit.analytic, name)).or_default().push((at, spans));
            }
        }
        Self { by }
    }

    /// The hits that a row stands for.
    fn same(&self, hits: &[Hit], row: &Elsewhere) -> Vec<usize> {
        let analytic = by_id(&row.analytic).map_or("", |analytic| analytic.id);
        let clock = usize::from(row.is_published);
        let of = |name: &str| self.by.get(&(analytic, name.trim().to_lowercase()));
        let named = of(&row.user_id).or_else(|| of(&row.upn)).map_or(&[][..], Vec::as_slice);
        let is_one = |hit: &Hit| {
            let has_id = !row.user_id.is_empty() && !hit.user_id.eq_ignore_ascii_case(&hit.upn);
            (!has_id || row.user_id.trim().eq_ignore_ascii_case(&hit.user_id))
                && agree(&row.app, &hit.app_id)
                && agree(&row.session, hit.session.as_deref().unwrap_or_default())
        };
        let shares = |spans: &Spans| spans[clock].0 <= row.last && row.first <= spans[clock].1;
        let same = named.iter().filter(|(hit, spans)| shares(spans) && is_one(&hits[*hit]));
        same.map(|(hit, _)| *hit).collect()
    }
}

/// Returns whether two ids are the same, or one is not there.
fn agree(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    a.is_empty() || b.is_empty() || a.eq_ignore_ascii_case(b)
}

/// The user of a row in the bundle; [`Sym::NONE`] where that has no row of theirs.
fn user(store: &Store, ids: &HashMap<Sym, Sym>, row: &Elsewhere) -> Sym {
    let find = |text: &str| store.find(&text.trim().to_lowercase()).unwrap_or(Sym::NONE);
    let by_name = || {
        let name = find(&row.upn);
        ids.get(&name).copied().filter(|id| !id.is_none()).unwrap_or(name)
    };
    let user = Some(find(&row.user_id)).filter(|user| !user.is_none()).unwrap_or_else(by_name);
    if user.is_none() || store.with(Key::User, user).is_empty() { Sym::NONE } else { user }
}

/// Rows of a user in a span, both ends included.
fn rows_in(store: &Store, user: Sym, (first, last): (Time, Time)) -> &[EventId] {
    if user.is_none() {
        return &[];
    }
    let rows = store.with(Key::User, user);
    let start = rows.partition_point(|id| store.event(*id).time() < first);
    let end = rows.partition_point(|id| store.event(*id).time() <= last);
    &rows[start..end.max(start)]
}

/// The hit of some rows that share time, of which the bundle has no evidence.
fn missing(store: &Store, facts: &Facts, ids: &HashMap<Sym, Sym>, rows: &[&Elsewhere]) -> Hit {
    let row = rows[0];
    let analytic = by_id(&row.analytic).expect("rows of other analytics are left out");
    let user = user(store, ids, row);
    let last = rows.iter().map(|row| row.last).max().unwrap_or(row.last);
    let elsewhere: Vec<FoundElsewhere> = rows.iter().map(|row| found(row)).collect();
    let here = rows_in(store, user, (row.first, last)).len();
    let lack = lack(analytic, here);
    let mut reasons = vec![format!("found by a query in {}", engines(&elsewhere)), lack.clone()];
    if elsewhere.iter().all(|found| found.is_at_most) {
        reasons.push("that query finds more than the analytic: its rows say whether it is one".to_owned());
    }
    let app = row.app.to_lowercase();
    let addresses: Vec<String> = row.addresses.iter().map(ToString::to_string).collect();
    let finding = |_| Finding::new(State::Missing, "no rows here", format!("{lack}: its rows would answer this"));
    Hit {
        id: id(row),
        incident: String::new(),
        analytic: analytic.id,
        semantics: semantics(row),
        also_published: row.is_published,
        severity: Severity::NotWeighed,
        severity_reason: lack.clone(),
        confidence: Confidence::NotWeighed,
        confidence_reason: lack.clone(),
        reasons,
        user,
        user_id: if row.user_id.is_empty() { row.upn.clone() } else { row.user_id.clone() },
        upn: match () {
            () if !row.upn.is_empty() => row.upn.clone(),
            () if !user.is_none() => store.upn(user).to_owned(),
            () => row.user_id.clone(),
        },
        app_id: row.app.clone(),
        app_name: facts.client_name(&app, &row.app_name).to_owned(),
        session: Some(row.session.clone()).filter(|session| !session.is_empty()),
        first_seen: row.first,
        last_seen: last,
        sign_in_count: 0,
        resource_ids: Vec::new(),
        family: String::new(),
        columns: if addresses.is_empty() { Vec::new() } else { vec![("IPs", Cell::List(addresses))] },
        evidence: Vec::new(),
        legs: Vec::new(),
        code_time: None,
        graph: Vec::new(),
        acts: Vec::new(),
        grade: None,
        weights: None,
        attack: Vec::new(),
        findings: analytic.steps.iter().map(finding).collect(),
        span_needed: None,
        allowed: None,
        elsewhere,
        uncovered: None,
        machine: String::new(),
    }
}

/// The evidence that the bundle lacks, in words.
fn lack(analytic: &Analytic, here: usize) -> String {
    match here {
        0 => "no row of it is in this bundle".to_owned(),
        here => format!(
            "{} finds it in none of the {} that this bundle has of the user in that time",
            analytic.id,
            counted(here, "row")
        ),
    }
}

/// A row of another engine's result that is no hit, with what there is to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pending<'a> {
    /// A candidate: a user and a span in which the analytic, run here, may find a hit.
    Candidate {
        /// The row.
        row: &'a Elsewhere,
        /// Rows that the bundle has of the user in that time.
        rows: usize,
    },
    /// A row of an analytic that there is not.
    Unknown(&'a Elsewhere),
}

/// Everything that is pending, in order of source and record.
pub fn pending(store: &Store) -> Vec<Pending<'_>> {
    // Most bundles have no such rows: the users of all events are not looked up for nothing.
    if store.elsewhere().is_empty() {
        return Vec::new();
    }
    let ids = user_ids_by_upn(store, |_| true);
    let mut found = Vec::new();
    for row in store.elsewhere() {
        match (by_id(&row.analytic), row.claim) {
            (None, _) => found.push(Pending::Unknown(row)),
            (Some(_), Claim::Candidate) => {
                let rows = rows_in(store, user(store, &ids, row), (row.first, row.last)).len();
                found.push(Pending::Candidate { row, rows });
            }
            (Some(_), Claim::Hit | Claim::AtMostHit) => {}
        }
    }
    found
}
