//! Footholds: changes that let somebody come back, by the facts on audited operations.
//!
//! The rows of one directory operation are one foothold. Each is tied to the hits of its user by what ties an act to a
//! hit, by a network of a hit that is not known to the user, or by time alone.

use super::foothold_rows::FootholdRows;
use super::known::Standing;
use super::places::Net;
use super::rows::within;
use super::ties::Rung;
use super::{DetectContext, Hit};
use crate::facts::Action;
use crate::model::{EventId, Field, Severity, Span, Sym, Time};
use crate::store::{Event, Key};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Time before an anchor in which a foothold may be its own.
const BEFORE: Span = Span::minutes(5);
/// Rows of changes after a hit that its own steps look at: each of a script's thousand hits has all of them after it.
const LOOKED_AT: usize = 100;
/// Longest time between the two records of one new passkey.
const SAME_KEY: Span = Span::seconds(60);
/// The service that adds devices for those who join them.
const DEVICE_SERVICE: &str = "Device Registration Service";

/// Analytics whose hits anchor footholds.
const ANCHORS: [&str; 11] = [
    "device-code-flow",
    "session-split",
    "session-machine",
    "foreign-session",
    "device-to-prt",
    "auth-code-handoff",
    "tool-agent",
    "foci-burst",
    "device-code-burst",
    "session-hop",
    "token-two-networks",
];

/// Way in which a foothold is tied to a hit, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tied {
    /// Its session is the hit's.
    Session,
    /// Its token is the hit's, or was issued with it.
    Token,
    /// Its network is one of the hit's that the user did not have.
    Net,
    /// It is near in time only.
    Time,
}

impl Tied {
    /// The word in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Token => "token",
            Self::Net => "net",
            Self::Time => "time",
        }
    }

    /// The words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Session => "in the session",
            Self::Token => "with the token",
            Self::Net => "from the network",
            Self::Time => "near in time only",
        }
    }
}

/// One foothold.
#[derive(Clone, Debug)]
pub struct Foothold<'a> {
    /// Its rows, in order.
    pub rows: Vec<EventId>,
    /// The act, by the most telling of its rows.
    pub action: &'a Action,
    /// That row.
    pub row: EventId,
    /// Its tie to the hits of its user.
    pub tied: Tied,
    /// Whether somebody else made it from a network of their own, as a helpdesk does.
    pub is_by_other: bool,
}

impl Foothold<'_> {
    /// Its kind: `device`, `rule`, ….
    pub fn kind(&self) -> &str {
        self.action.foothold.as_deref().unwrap_or_default()
    }

    /// The sentence that undoes it.
    pub fn undo(&self) -> &'static str {
        undo(self.kind())
    }
}

/// The sentence that undoes a kind of foothold.
fn undo(kind: &str) -> &'static str {
    match kind {
        "device" => "Disable or delete the device: revoked sessions do not end its primary refresh token.",
        "key" => "Remove the key from the user's sign-in methods.",
        "method" => "Ask the user which sign-in methods are theirs, and remove the others.",
        "tap" => "Delete the Temporary Access Pass.",
        "consent" => "Remove the app's consents and disable its service principal.",
        "secret" => "Remove the credential or the owner from the app.",
        "role" => "Remove the role assignment.",
        "policy" => "Restore the policy, and check what it let through.",
        "rule" => "Remove the inbox rule.",
        "forward" => "Remove the forwarding.",
        "delegate" => "Remove the permission.",
        _ => "Read the deleted items in Recoverable Items.",
    }
}

/// Operation and variant, by which an act has its action.
fn name(event: Event<'_>) -> (Sym, Sym) {
    (event.get(Field::Operation), event.get(Field::Variant))
}

/// The names of all acts whose action is a foothold.
fn names(context: &DetectContext) -> HashSet<(Sym, Sym), RandomState> {
    let acts = context.store.events().map(|(_, event)| event).filter(|event| event.table.records());
    let mut names: HashSet<(Sym, Sym), RandomState> = acts.map(name).collect();
    let text = |sym| context.store.text(sym);
    let action = |name: &(Sym, Sym)| context.facts.action(text(name.0), text(name.1));
    names.retain(|name| action(name).is_some_and(|action| action.foothold.is_some()));
    names
}

/// The foothold action of a row that succeeded; `None` where it leaves none.
pub fn action_of<'a>(context: &DetectContext<'a>, event: Event<'_>) -> Option<&'a Action> {
    if !event.table.records() || !event.succeeded() {
        return None;
    }
    let text = |field| context.store.text(event.get(field));
    if !context.candidates.foothold_names(|| names(context)).contains(&name(event)) {
        return None;
    }
    let operation = text(Field::Operation);
    let action = context.facts.action(operation, text(Field::Variant))?;
    let kind = action.foothold.as_deref()?;
    let is_join = !operation.eq_ignore_ascii_case("Add device")
        || text(Field::AppDisplayName).eq_ignore_ascii_case(DEVICE_SERVICE);
    let is_cover = kind != "cover" || hides(&format!("{} {}", text(Field::Object), text(Field::Detail)));
    (is_join && is_cover).then_some(action)
}

/// Rows of a user's changes.
fn collected(context: &DetectContext, user: Sym) -> FootholdRows {
    let (store, places) = (context.store, context.places());
    let mut rows = FootholdRows::default();
    for &id in store.with(Key::User, user) {
        let event = store.event(id);
        if action_of(context, event).is_none() || !context.admits(event) {
            continue;
        }
        rows.all.push(id);
        if event.user != user {
            continue;
        }
        let session = store.normalized_field(event, Field::SessionId);
        if !session.is_none() {
            rows.sessions.entry(session).or_default().push(id);
        }
        let place = places.place(id);
        if let Some(net) = place.net.filter(|_| place.address.is_some() && !place.is_microsoft) {
            rows.nets.entry(net).or_default().push(id);
        }
    }
    rows
}

fn rows(context: &DetectContext, user: Sym) -> Arc<FootholdRows> {
    context.candidates.footholds_of(user, || collected(context, user))
}

/// Rows between two times of changes that let somebody come back, by the user or upon them.
pub fn rows_of(context: &DetectContext, user: Sym, (from, to): (Time, Time)) -> Vec<EventId> {
    if !context.store.has_records() {
        return Vec::new();
    }
    within(context.store, &rows(context, user).all, from, to).to_vec()
}

/// Returns whether the user made such a change between two times, in a session or from one of some networks.
pub fn made(
    context: &DetectContext,
    (user, session): (Sym, Sym),
    nets: impl Iterator<Item = Net>,
    span: (Time, Time),
) -> bool {
    context.store.has_records() && rows(context, user).any(context.store, session, nets, span)
}

/// Returns whether the subject of a deleted mail is of a change to sign-in.
fn hides(subject: &str) -> bool {
    const WORDS: [&str; 10] = [
        "security info",
        "verification",
        "verify",
        "authenticator",
        "authentication",
        "sign-in",
        "multi-factor",
        "two-step",
        "password",
        "passkey",
    ];
    let subject = subject.to_lowercase();
    WORDS.iter().any(|word| subject.contains(word)) || subject.split(|c: char| !c.is_alphanumeric()).any(|w| w == "mfa")
}

/// Hits of one user that anchor footholds, with the time they cover.
pub struct Anchor<'h> {
    /// The user.
    pub user: Sym,
    /// The hits, in order.
    pub hits: Vec<&'h Hit>,
    /// From a little before the first to the end of the last one's window.
    pub span: (Time, Time),
}

/// Anchors of every user, those whose windows overlap as one.
pub fn anchors<'h>(hits: &'h [Hit], window: Span) -> Vec<Anchor<'h>> {
    let mut hits: Vec<&Hit> = hits
        .iter()
        .filter(|hit| hit.severity >= Severity::Medium && ANCHORS.contains(&hit.analytic) && !hit.user.is_none())
        .collect();
    hits.sort_by_key(|hit| (hit.user, hit.first_seen));
    let mut anchors: Vec<Anchor<'h>> = Vec::new();
    for hit in hits {
        let span = (hit.first_seen.minus(BEFORE), hit.first_seen.plus(window));
        match anchors.last_mut().filter(|last| last.user == hit.user && span.0 <= last.span.1) {
            Some(last) => {
                last.hits.push(hit);
                last.span.1 = span.1;
            }
            None => anchors.push(Anchor { user: hit.user, hits: vec![hit], span }),
        }
    }
    anchors
}

/// Footholds of a hit's user in the hit's own time: of its first changes, and the number of all.
pub fn of_hit<'a>(context: &DetectContext<'a>, hit: &Hit) -> (Vec<Foothold<'a>>, usize) {
    let window = context.settings.foothold_window;
    let span = (hit.first_seen.minus(BEFORE), hit.first_seen.plus(window));
    let mut rows = rows_of(context, hit.user, span);
    let all = rows.len();
    rows.truncate(LOOKED_AT);
    (Anchor { user: hit.user, hits: vec![hit], span }.tied_rows(context, rows), all)
}

impl Anchor<'_> {
    /// Footholds of the user in the time the hits cover.
    pub fn footholds<'a>(&self, context: &DetectContext<'a>) -> Vec<Foothold<'a>> {
        self.tied_rows(context, rows_of(context, self.user, self.span))
    }

    fn tied_rows<'a>(&self, context: &DetectContext<'a>, rows: Vec<EventId>) -> Vec<Foothold<'a>> {
        if rows.is_empty() {
            return Vec::new();
        }
        let mut acts: HashMap<EventId, Tied> = HashMap::new();
        for act in self.hits.iter().flat_map(|hit| &hit.acts) {
            let tied = match act.rung {
                Rung::Session => Tied::Session,
                Rung::Token | Rung::Issued => Tied::Token,
                Rung::Network => Tied::Net,
                Rung::Time | Rung::None => Tied::Time,
            };
            acts.entry(act.event).and_modify(|known| *known = tied.min(*known)).or_insert(tied);
        }
        let nets = self.foreign_nets(context);
        grouped(context, self.user, rows.into_iter(), |id| {
            let place = context.places().place(id);
            let is_foreign =
                place.address.is_some() && !place.is_microsoft && place.net.is_some_and(|net| nets.contains(&net));
            let by_net = if is_foreign { Tied::Net } else { Tied::Time };
            acts.get(&id).copied().unwrap_or(Tied::Time).min(by_net)
        })
    }

    /// Networks of the hits' sign-ins that the user did not have.
    fn foreign_nets(&self, context: &DetectContext) -> HashSet<Net> {
        let (store, places, known) = (context.store, context.places(), context.known());
        let rows = self.hits.iter().flat_map(|hit| hit.evidence.iter().chain(&hit.legs)).copied();
        let foreign = rows.filter(|&row| {
            let event = store.event(row);
            event.table.issues() && !known.is_known(self.user, places.place(row), event.time())
        });
        foreign.filter_map(|row| places.place(row).net).collect()
    }
}

/// Footholds among some rows of a user.
pub fn grouped<'a>(
    context: &DetectContext<'a>,
    user: Sym,
    rows: impl Iterator<Item = EventId>,
    tied: impl Fn(EventId) -> Tied,
) -> Vec<Foothold<'a>> {
    let store = context.store;
    let mut found: Vec<Foothold<'a>> = Vec::new();
    let mut by_operation: BTreeMap<Sym, usize> = BTreeMap::new();
    let mut seen = HashSet::new();
    for id in rows {
        let event = store.event(id);
        if !context.admits(event) || !seen.insert(id) {
            continue;
        }
        let Some(action) = action_of(context, event) else { continue };
        let foothold =
            Foothold { rows: vec![id], action, row: id, tied: tied(id), is_by_other: is_by_other(context, user, id) };
        let correlation = store.normalized_field(event, Field::CorrelationId);
        let same = by_operation.get(&correlation).copied().filter(|_| !correlation.is_none());
        let same = same.or_else(|| {
            let last = found.len().checked_sub(1)?;
            let kinds = [found[last].kind(), foothold.kind()];
            let is_key = kinds.contains(&"key") && kinds.contains(&"method");
            let apart = event.time().since(store.event(found[last].row).time());
            (is_key && apart <= SAME_KEY).then_some(last)
        });
        let at = if let Some(at) = same {
            found[at].join(foothold);
            at
        } else {
            found.push(foothold);
            found.len() - 1
        };
        if !correlation.is_none() {
            by_operation.insert(correlation, at);
        }
    }
    found
}

impl Foothold<'_> {
    /// Joins another row of the same change. The row that names most stands for it.
    fn join(&mut self, other: Self) {
        let tells = |foothold: &Self| (foothold.kind() == "key", foothold.action.weight);
        if tells(&other) > tells(self) {
            (self.action, self.row) = (other.action, other.row);
        }
        self.rows.extend(other.rows);
        self.tied = self.tied.min(other.tied);
        self.is_by_other &= other.is_by_other;
    }
}

/// Returns whether somebody else made the change from a network that is known for them.
fn is_by_other(context: &DetectContext, user: Sym, id: EventId) -> bool {
    let event = context.store.event(id);
    let place = context.places().place(id);
    !event.user.is_none() && event.user != user && context.known().is_known(event.user, place, event.time())
}

/// Returns whether a change came from a network that is new to who made it.
pub fn is_from_new_network(context: &DetectContext, user: Sym, id: EventId) -> bool {
    let place = context.places().place(id);
    place.address.is_some()
        && !place.is_microsoft
        && context.known().standing(user, place, context.store.event(id).time()) == Standing::New
}

/// The trait that a mail rule shares with those thieves make; `None` for a rule like any other.
pub fn rule_trait(context: &DetectContext, id: EventId) -> Option<&'static str> {
    const WORDS: [&str; 11] =
        ["bank", "deposit", "payroll", "invoice", "payment", "wire", "fraud", "phish", "hack", "security", "iban"];
    let text = |field| context.store.get(id, field);
    let has = |word: &str| text(Field::Variant).split_whitespace().any(|known| known == word);
    let (name, detail) = (text(Field::Object).trim(), text(Field::Detail).to_lowercase());
    // Of `alias\name` the name alone.
    let name = name.rsplit('\\').next().unwrap_or(name);
    let lower = name.to_lowercase();
    if has("forwards") {
        Some("it sends mail elsewhere")
    } else if has("deletes") {
        Some("it deletes mail")
    } else if !name.is_empty() && !name.chars().any(char::is_alphanumeric) {
        Some("its name has no letter and no digit")
    } else if WORDS.iter().any(|word| lower.contains(word) || detail.contains(word)) {
        Some("its words are of payments or of security")
    } else if has("moves") && has("reads") {
        Some("it moves mail and marks it as read")
    } else {
        None
    }
}
