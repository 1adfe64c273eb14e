//! Acts with a hit's tokens, by the audit logs.
//!
//! An act belongs to a hit by the token or the session of one of its sign-ins, by a token issued in the second of one,
//! or by the address of one that is not from a network known to the user. A session that two parties share gives each
//! its acts. A time alone ties nothing to a token.

use super::ties::{ActsByLink, Link, Rung, Tie, Ties};
use super::{DetectContext, Hit, HitAct};
use crate::facts::{Action, Facts};
use crate::model::{EventId, Field, Span, Sym};
use crate::store::{Key, Store};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Acts of a user by what ties each to the user's sign-ins; those tied by a time alone, or by nothing, are left out.
fn of_user(context: &DetectContext, user: Sym) -> Arc<ActsByLink> {
    context.candidates.acts_of(user, || {
        let (store, mut ties) = (context.store, Ties::new(context.store, context.places()));
        let mut acts = ActsByLink::new();
        for &id in store.with(Key::User, user) {
            let event = store.event(id);
            if !event.table.records() || event.user != user || store.is_logon(event) {
                continue;
            }
            if let Some(link) = link(context, id, ties.tie(id)) {
                acts.entry(link).or_default().push(id);
            }
        }
        acts
    })
}

fn link(context: &DetectContext, id: EventId, tie: Tie) -> Option<Link> {
    let store = context.store;
    let event = store.event(id);
    match tie.rung {
        Rung::Token => Some(Link::Token(store.token(event.get(Field::TokenId)))),
        Rung::Session => Some(Link::Session(store.normalized_field(event, Field::SessionId))),
        Rung::Issued => tie.sign_in.map(Link::Issued),
        Rung::Network => context.places().place(id).address.map(Link::Address),
        Rung::Time | Rung::None => None,
    }
}

/// Acts of a hit, in order.
pub(super) fn of_hit(context: &DetectContext, hit: &Hit) -> Vec<HitAct> {
    let store = context.store;
    if hit.user.is_none() || !store.has_records() {
        return Vec::new();
    }
    let acts = of_user(context, hit.user);
    if acts.is_empty() {
        return Vec::new();
    }
    let mut found: BTreeMap<EventId, Rung> = BTreeMap::new();
    for (link, rows) in links(context, hit) {
        let tied = acts.get(&link).into_iter().flatten().copied();
        let fits = |id: &EventId| match link {
            Link::Token(_) | Link::Issued(_) => true,
            Link::Session(session) => is_of_party(context, hit.user, session, &rows, *id),
            Link::Address(_) => is_within_a_day(store, &rows, *id),
        };
        found.extend(tied.filter(|&id| context.admits(store.event(id))).filter(fits).map(|id| (id, link.rung())));
    }
    found.into_iter().map(|(event, rung)| HitAct { event, rung }).collect()
}

/// Everything that may tie an act to a hit, each with the hit's rows that have it: tokens, sessions and sign-ins, and
/// addresses of successes that are not from a network known to the user.
fn links(context: &DetectContext, hit: &Hit) -> HashMap<Link, Vec<EventId>> {
    let (store, places) = (context.store, context.places());
    let mut links: HashMap<Link, Vec<EventId>> = HashMap::new();
    for &id in hit.evidence.iter().chain(&hit.legs) {
        let event = store.event(id);
        let token = store.token(event.get(Field::TokenId));
        let session = store.normalized_field(event, Field::SessionId);
        let issues = event.table.issues();
        let place = places.place(id);
        let is_foreign = || event.succeeded() && !context.known().is_known(hit.user, place, event.time());
        let of_row = [
            (!token.is_none()).then_some(Link::Token(token)),
            (issues && !session.is_none()).then_some(Link::Session(session)),
            issues.then_some(Link::Issued(id)),
            place.address.filter(|_| issues && is_foreign()).map(Link::Address),
        ];
        for link in of_row.into_iter().flatten() {
            links.entry(link).or_default().push(id);
        }
    }
    links
}

/// Returns whether an act of a session is of a party that the rows are of; in a session of one party every act is.
fn is_of_party(context: &DetectContext, user: Sym, session: Sym, rows: &[EventId], id: EventId) -> bool {
    let split = context.splits().get(&(user, session)).filter(|split| split.parties.len() > 1);
    split.is_none_or(|split| {
        let party = split.attribute(context.origins(), id).map(|(party, _)| party);
        party.is_some() && rows.iter().any(|&row| split.party_with(row) == party)
    })
}

/// Returns whether an act came at most a day after one of some sign-ins.
fn is_within_a_day(store: &Store, sign_ins: &[EventId], id: EventId) -> bool {
    let second = |id: EventId| store.event(id).time().floor(Span::seconds(1));
    sign_ins.iter().any(|&sign_in| {
        let since = second(id).since(second(sign_in));
        since >= Span::from_ticks(0) && since <= Span::DAY
    })
}

/// One action of a hit, with the rows that show it.
#[derive(Clone, Debug)]
pub struct Done<'a> {
    /// The action, where its operation is known.
    pub action: Option<&'a Action>,
    /// The verb, else the operation as logged.
    pub verb: &'a str,
    /// Number of items: of messages and files, each counted once.
    pub count: u64,
    /// Attempts that failed.
    pub failed: usize,
    /// Names of the objects, in order, without repeats.
    pub objects: Vec<&'a str>,
    /// The strongest tie.
    pub rung: Rung,
    /// Its rows, in order.
    pub rows: Vec<EventId>,
}

impl Done<'_> {
    /// Words with count or object: `read 14 messages`, `created inbox rule "x"`, `tried: reset a password`.
    pub fn words(&self) -> String {
        let object = if self.objects.len() == 1 { self.objects[0] } else { "" };
        let all_failed = self.failed == self.rows.len();
        let is_one = self.rows.len() == 1 && self.count == 1 && !object.is_empty();
        let count = if all_failed || is_one { None } else { Some(self.count) };
        let verb = match self.action {
            Some(action) => action.phrase(object, count),
            None if object.is_empty() => self.verb.to_owned(),
            None => format!("{} ({object})", self.verb),
        };
        let times = match (self.action.is_some_and(Action::is_counted), self.rows.len()) {
            (false, rows) if rows > 1 => format!(" {rows}×"),
            _ => String::new(),
        };
        let failed = if self.failed > 0 && !all_failed { format!(" ({} failed)", self.failed) } else { String::new() };
        let tried = if all_failed { "tried: " } else { "" };
        format!("{tried}{verb}{times}{failed}")
    }

    /// Words, and the names behind a number: `downloaded 2 files: a.docx, b.xlsx`, `read 8 messages: <subjects>`.
    pub fn words_with_names(&self, store: &Store, most: usize) -> String {
        let reads_mail = |row: &EventId| store.get(*row, Field::Operation).eq_ignore_ascii_case("MailItemsAccessed");
        let (mut names, between) = if self.rows.iter().all(reads_mail) {
            // Of messages the folder is the object, and the subjects are the detail, those of one record together.
            (self.rows.iter().map(|row| store.get(*row, Field::Detail)).collect::<Vec<_>>(), "; ")
        } else if self.objects.len() > 1 {
            (self.objects.clone(), ", ")
        } else {
            (Vec::new(), ", ")
        };
        let mut seen = HashSet::new();
        names.retain(|name| !name.is_empty() && seen.insert(*name));
        let more = names.len().saturating_sub(most);
        names.truncate(most);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        if names.is_empty() { self.words() } else { format!("{}: {}{more}", self.words(), names.join(between)) }
    }

    /// Weight of the action, from 0 to 3; of an unknown operation 1.
    pub fn weight(&self) -> u8 {
        self.action.map_or(1, |action| action.weight)
    }
}

/// Actions of a hit's acts, in order of first occurrence.
pub fn done<'a>(store: &'a Store, facts: &'a Facts, acts: &[HitAct]) -> Vec<Done<'a>> {
    let mut found: Vec<Done<'a>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut named: HashSet<(usize, &str)> = HashSet::new();
    for act in acts {
        let event = store.event(act.event);
        let text = |field| store.text(event.get(field));
        let operation = text(Field::Operation);
        let action = facts.action(operation, text(Field::Variant));
        let verb = action.map_or(operation, |action| &*action.verb);
        let at = *places.entry(verb).or_insert_with(|| {
            found.push(Done {
                action,
                verb,
                count: 0,
                failed: 0,
                objects: Vec::new(),
                rung: act.rung,
                rows: Vec::new(),
            });
            found.len() - 1
        });
        let one = &mut found[at];
        one.rung = one.rung.min(act.rung);
        one.failed += usize::from(!event.succeeded());
        one.rows.push(act.event);
        let object = text(Field::Object);
        if !object.is_empty() && named.insert((at, object)) {
            one.objects.push(object);
        }
    }
    for one in &mut found {
        one.count = items(store, &one.rows);
    }
    found
}

/// Items of some rows that succeeded: a message by its id and a file by its address count once, all else as the rows
/// say.
fn items(store: &Store, rows: &[EventId]) -> u64 {
    let mut ids: HashSet<&str> = HashSet::new();
    let mut files: HashSet<&str> = HashSet::new();
    let mut others: u64 = 0;
    for &row in rows {
        let event = store.event(row);
        let text = |field| store.text(event.get(field));
        if !event.succeeded() {
            continue;
        }
        let (items, object) = (text(Field::Items), text(Field::Object));
        let count = text(Field::Count).parse::<u64>().ok();
        if !items.is_empty() {
            let before = ids.len();
            ids.extend(items.split_whitespace());
            // The record counts more than it lists.
            let listed = items.split_whitespace().count() as u64;
            others += if before == ids.len() { 0 } else { count.unwrap_or(listed).saturating_sub(listed) };
        } else if count.is_none() && object.starts_with("http") {
            files.insert(object);
        } else {
            others += count.unwrap_or(1);
        }
    }
    ids.len() as u64 + files.len() as u64 + others
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Table;
    use crate::store::testing::Rows;

    #[test]
    fn messages_and_files_count_once_and_failures_are_attempts() {
        let mut rows = Rows::default();
        let mut act = |fields: &[(Field, &str)], succeeded: bool| {
            let all: Vec<(Field, &str)> = [(Field::UserId, "u")].into_iter().chain(fields.iter().copied()).collect();
            rows.row(Table::UnifiedAudit, "2026-05-01T14:00:00Z", &all);
            if succeeded {
                rows.flag(crate::model::Flags::SUCCESS);
            }
        };
        let read = (Field::Operation, "MailItemsAccessed");
        act(&[read, (Field::Variant, "bind"), (Field::Items, "a b"), (Field::Count, "2")], true);
        act(&[read, (Field::Variant, "bind"), (Field::Items, "b c"), (Field::Count, "2")], true);
        let file = (Field::Operation, "FileDownloaded");
        act(&[file, (Field::Object, "https://contoso.sharepoint.com/a.docx")], true);
        act(&[file, (Field::Object, "https://contoso.sharepoint.com/a.docx")], true);
        act(&[file, (Field::Object, "https://contoso.sharepoint.com/b.docx")], false);
        let store = rows.build();
        let acts: Vec<HitAct> = store.events().map(|(event, _)| HitAct { event, rung: Rung::Token }).collect();
        let words: Vec<(u64, usize, String)> =
            done(&store, Facts::embedded(), &acts).iter().map(|one| (one.count, one.failed, one.words())).collect();
        assert_eq!((words[0].0, words[0].1), (3, 0));
        assert_eq!((words[1].0, words[1].1), (1, 1));
        assert_eq!([&*words[0].2, &*words[1].2], ["read 3 messages", "downloaded 1 file (1 failed)"]);
    }

    #[test]
    fn what_is_counted_is_named_too() {
        let mut rows = Rows::default();
        let mut act = |operation, object, detail| {
            let fields = [(Field::Operation, operation), (Field::Object, object), (Field::Detail, detail)];
            rows.row(Table::UnifiedAudit, "2026-05-01T14:00:00Z", &fields).flag(crate::model::Flags::SUCCESS);
        };
        for name in ["a.docx", "b.xlsx", "c.pdf", "a.docx"] {
            act("FileDownloaded", name, "in Documents");
        }
        for subject in ["Invoice 1, Invoice 2", "Payment run", "Payment run"] {
            act("MailItemsAccessed", "Inbox", subject);
        }
        act("New-InboxRule", ".", "deletes");
        let store = rows.build();
        let acts: Vec<HitAct> = store.events().map(|(event, _)| HitAct { event, rung: Rung::Token }).collect();
        let done = done(&store, Facts::embedded(), &acts);
        let words: Vec<String> = done.iter().map(|one| one.words_with_names(&store, 2)).collect();
        assert!(words[0].ends_with(": a.docx, b.xlsx and 1 more"), "{words:?}");
        assert!(words[1].ends_with(": Invoice 1, Invoice 2; Payment run"), "{words:?}");
        assert_eq!(words[2], done[2].words(), "one object is named already");
    }
}
