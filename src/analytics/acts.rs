//! Acts with a hit's tokens, by the audit logs.
//!
//! An act belongs to a hit by the token or the session of one of its sign-ins, by a token issued in the second of one,
//! or by the address of one that is not from a network known to the user. A session that two parties share gives each
//! its acts. A time alone ties nothing to a token.

use super::ties::{Rung, TiedAct, Ties};
use super::{DetectContext, Hit, HitAct};
use crate::facts::{Action, Facts};
use crate::model::{EventId, Field, Span, Sym};
use crate::store::{Event, Key, Store};
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::Arc;

/// Acts of a user, each with its tie.
pub(super) fn of_user(context: &DetectContext, user: Sym) -> Arc<[TiedAct]> {
    context.candidates.acts_of(user, || {
        let (store, mut ties) = (context.store, Ties::new(context.store, context.places()));
        let rows = store.with(Key::User, user).iter().filter(|&&id| {
            let event = store.event(id);
            event.table.records() && event.user == user && !store.is_logon(event)
        });
        rows.map(|&event| TiedAct { event, tie: ties.tie(event) }).collect()
    })
}

/// Acts of a hit, in order.
pub(super) fn of_hit(context: &DetectContext, hit: &Hit) -> Vec<HitAct> {
    if hit.user.is_none() || !context.store.has_records() {
        return Vec::new();
    }
    let acts = of_user(context, hit.user);
    if acts.is_empty() {
        return Vec::new();
    }
    let rows = Rows::new(context, hit);
    let of_hit = acts.iter().filter(|act| context.admits(context.store.event(act.event)));
    of_hit.filter_map(|act| Some(HitAct { event: act.event, rung: rows.rung(context, act)? })).collect()
}

/// A hit's sign-ins by what may tie an act to them.
struct Rows {
    sign_ins: HashSet<EventId>,
    tokens: HashSet<Sym>,
    /// Its parties in each of its sessions; of a session that one party has, none.
    sessions: HashMap<Sym, HashSet<usize>>,
    /// Second of each success from an address that is not of a network known to the user.
    addresses: HashMap<IpAddr, Vec<EventId>>,
}

impl Rows {
    fn new(context: &DetectContext, hit: &Hit) -> Self {
        let (store, places) = (context.store, context.places());
        let mut rows = Self {
            sign_ins: HashSet::new(),
            tokens: HashSet::new(),
            sessions: HashMap::new(),
            addresses: HashMap::new(),
        };
        for &id in hit.evidence.iter().chain(&hit.legs) {
            let event = store.event(id);
            let token = store.token(event[Field::TokenId]);
            if !token.is_none() {
                rows.tokens.insert(token);
            }
            if !event.table.issues() {
                continue;
            }
            rows.sign_ins.insert(id);
            let session = store.normalized_field(event, Field::SessionId);
            if !session.is_none() {
                let parties = rows.sessions.entry(session).or_default();
                let split = context.splits().get(&(event.user, session)).filter(|split| split.parties.len() > 1);
                parties.extend(split.and_then(|split| split.party_with(id)));
            }
            let place = places.place(id);
            let is_known = context.known().is_known(hit.user, place, event.time());
            if let Some(address) = place.address.filter(|_| event.succeeded() && !is_known) {
                rows.addresses.entry(address).or_default().push(id);
            }
        }
        rows
    }

    fn rung(&self, context: &DetectContext, act: &TiedAct) -> Option<Rung> {
        let event = context.store.event(act.event);
        let holds = match act.tie.rung {
            Rung::Token => self.tokens.contains(&context.store.token(event[Field::TokenId])),
            Rung::Session => self.has_session(context, act.event, event),
            Rung::Issued => act.tie.sign_in.is_some_and(|sign_in| self.sign_ins.contains(&sign_in)),
            Rung::Network => self.has_address(context, act.event, event),
            Rung::Time | Rung::None => false,
        };
        holds.then_some(act.tie.rung)
    }

    /// Returns whether the act is of one of the sessions, by one of the parties there.
    fn has_session(&self, context: &DetectContext, id: EventId, event: Event<'_>) -> bool {
        let session = context.store.normalized_field(event, Field::SessionId);
        let Some(parties) = self.sessions.get(&session) else { return false };
        if parties.is_empty() {
            return true;
        }
        let split = context.splits().get(&(event.user, session));
        let party = split.and_then(|split| split.attribute(context.origins(), id));
        party.is_some_and(|(party, _)| parties.contains(&party))
    }

    /// Returns whether the act came from one of the addresses, at most a day after a sign-in from it.
    fn has_address(&self, context: &DetectContext, id: EventId, event: Event<'_>) -> bool {
        let (store, second) = (context.store, Span::seconds(1));
        let at = event.time().floor(second);
        let address = context.places().place(id).address;
        let Some(sign_ins) = address.and_then(|address| self.addresses.get(&address)) else { return false };
        sign_ins.iter().any(|sign_in| {
            let since = at.since(store.event(*sign_in).time().floor(second));
            since >= Span::from_ticks(0) && since <= Span::DAY
        })
    }
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

    /// Weight of the action, from 0 to 3; of an unknown operation 1.
    pub fn weight(&self) -> u8 {
        self.action.map_or(1, |action| action.weight)
    }
}

/// Actions of a hit's acts, in order of first occurrence.
pub fn done<'a>(store: &'a Store, facts: &'a Facts, acts: &[HitAct]) -> Vec<Done<'a>> {
    let mut found: Vec<Done<'a>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for act in acts {
        let event = store.event(act.event);
        let text = |field| store.text(event[field]);
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
        if !object.is_empty() && !one.objects.contains(&object) {
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
        let text = |field| store.text(event[field]);
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
}
