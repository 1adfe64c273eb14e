//! Token binding: its record, and refresh tokens that came unbound where bound ones were the rule.

use super::Origins;
use super::places::{Net, Profile};
use crate::model::{EventId, Field, Flags, Sym, Table, threads};
use crate::store::{Event, Store, device_member};
use crate::tables::Role;
use foldhash::fast::RandomState;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Sign-ins before that make a rule.
pub const RULE_ROWS: usize = 20;
/// Days of them.
pub const RULE_DAYS: usize = 3;
/// Of so many sign-ins ...
const RULE_OF: usize = 10;
/// ... this many have to be bound.
const RULE_BOUND: usize = 9;

/// Binding of a sign-in's session to its device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Binding {
    /// Its refresh token is of use on that device only.
    Bound,
    /// Its refresh token can be replayed from anywhere.
    Unbound,
}

/// Kind of a sign-in that decides whether it is bound: its token, and whether a browser presents it, where software is
/// named. A machine binds the tokens of its broker, and not those of its browser.
pub type TokenKind = (u32, Option<bool>);

/// Kind of a sign-in's token; `None` where the export withholds it.
pub fn token_kind(event: Event<'_>, profile: &Profile) -> Option<TokenKind> {
    let kinds = Flags::INCOMING_NONE.0 | Flags::INCOMING_REFRESH.0 | Flags::INCOMING_PRIMARY.0;
    let is_withheld = event.flags.has(Flags::INCOMING_WITHHELD);
    let is_browser = (!profile.agent.is_none()).then(|| profile.is_browser());
    (!is_withheld).then_some((event.flags.0 & kinds, is_browser))
}

/// Record of token protection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Protection {
    /// The binding, where one is recorded.
    pub binding: Option<Binding>,
    /// Code of the reason.
    pub code: Option<u64>,
}

impl Protection {
    /// Reads a record: `{"signInSessionStatus":"unbound","signInSessionStatusCode":1002}`, or the word alone.
    pub fn read(text: &str) -> Self {
        let status = device_member(text, "signInSessionStatus");
        let status = status.as_ref().map_or(Some(text), |status| status.as_str()).unwrap_or_default().to_lowercase();
        let binding = if status.contains("unbound") {
            Some(Binding::Unbound)
        } else if status.contains("bound") {
            Some(Binding::Bound)
        } else {
            None
        };
        let code = device_member(text, "signInSessionStatusCode")
            .and_then(|code| code.as_u64().or_else(|| code.as_str()?.trim().parse().ok()));
        Self { binding, code }
    }

    /// Returns whether it is unbound for want of device state or of a broker: what a stolen token looks like.
    pub fn is_loose(self) -> bool {
        self.binding == Some(Binding::Unbound) && matches!(self.code, Some(NO_DEVICE_STATE | NO_BROKER))
    }
}

/// Returns whether so many bound sign-ins among all make it a rule to be bound.
pub fn is_rule(bound: usize, all: usize) -> bool {
    all >= RULE_ROWS && bound * RULE_OF >= all * RULE_BOUND
}

/// Code of a session without device state.
pub const NO_DEVICE_STATE: u64 = 1002;
/// Code of a client without a broker.
const NO_BROKER: u64 = 1008;

/// The meaning of a code.
pub fn code_words(code: u64) -> &'static str {
    match code {
        NO_DEVICE_STATE => "the request showed no device state",
        1003 => "the device is registered in an old way",
        1004 => "the device's key is not held in hardware",
        1005 => "no reason given",
        1006 => "the operating system cannot bind",
        1007 => "the user is not the device's owner",
        NO_BROKER => "the client did not use a broker",
        _ => "not documented",
    }
}

/// An unbound refresh token where bound ones were the rule.
#[derive(Clone, Debug)]
pub struct BindingDrop {
    /// The sign-in that presented it.
    pub id: EventId,
    /// The user.
    pub user: Sym,
    /// The client.
    pub app: Sym,
    /// The session; blank where none is recorded.
    pub session: Sym,
    /// Code of the reason.
    pub code: u64,
    /// Sign-ins before with a recorded binding, of the same user, client and system.
    pub all: usize,
    /// Those of them that are bound.
    pub bound: usize,
    /// Their days.
    pub days: usize,
    /// The last bound one.
    pub last_bound: EventId,
}

/// Sign-ins before of one user, client and system.
#[derive(Default)]
struct Before {
    all: u32,
    bound: u32,
    days: u32,
    last_day: Option<i32>,
    last_bound: Option<EventId>,
    nets: BTreeSet<Net>,
}

impl Before {
    fn is_rule(&self) -> bool {
        self.days as usize >= RULE_DAYS && is_rule(self.bound as usize, self.all as usize)
    }

    fn add(&mut self, id: EventId, day: i64, binding: Binding, net: Option<Net>) {
        self.all += 1;
        let day = i32::try_from(day).expect("a time has fewer days");
        if self.last_day != Some(day) {
            self.last_day = Some(day);
            self.days += 1;
        }
        if binding == Binding::Bound {
            self.bound += 1;
            self.last_bound = Some(id);
            self.nets.extend(net);
        }
    }
}

/// Token protection by its text, read once.
#[derive(Default)]
struct Protections(HashMap<Sym, Protection, RandomState>);

impl Protections {
    fn of(&mut self, store: &Store, event: Event<'_>) -> Protection {
        let text = event.get(Field::TokenProtection);
        *self.0.entry(text).or_insert_with(|| Protection::read(store.text(text)))
    }
}

/// Every drop in time order. The rule is that of the whole bundle; `admits` limits the drops.
pub(super) fn drops<'s>(origins: Origins<'s>, admits: impl Fn(Event<'s>) -> bool) -> Vec<BindingDrop> {
    let Origins { store, places, .. } = origins;
    let presents = Flags(Flags::INCOMING_REFRESH.0 | Flags::INCOMING_PRIMARY.0);
    let mut rows = store.find_in(Role::Issues, || {
        let mut read = Protections::default();
        move |id, event| {
            let counts = event.succeeded()
                && event.flags.any(presents)
                && !event.is_duplicate()
                && event.is_timed()
                && !event.user.is_none()
                && !event.get(Field::TokenProtection).is_none();
            let app = counts.then(|| store.normalized_field(event, Field::AppId)).filter(|app| !app.is_none())?;
            let is_loose = event.flags.has(Flags::INCOMING_REFRESH) && read.of(store, event).is_loose();
            Some((event.user, app, id, is_loose))
        }
    });
    // Of most users and clients no row is loose: their rule is not asked for.
    let loose = rows.iter().filter(|(.., is_loose)| *is_loose);
    let asked: HashSet<(Sym, Sym), RandomState> = loose.map(|(user, app, ..)| (*user, *app)).collect();
    rows.retain(|(user, app, ..)| asked.contains(&(*user, *app)));
    threads::sort(&mut rows);
    let mut read = Protections::default();
    let mut found = Vec::new();
    for of_client in rows.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let mut before: HashMap<&str, Before, RandomState> = HashMap::default();
        for &(user, app, id, is_loose) in of_client {
            let event = store.event(id);
            let protection = read.of(store, event);
            let before = before.entry(&*places.profile(id).os).or_default();
            let net = places.net(id);
            let is_elsewhere = net.is_some_and(|net| !before.nets.contains(&net));
            if is_loose
                && is_elsewhere
                && before.is_rule()
                && admits(event)
                && let (Some(last_bound), Some(code)) = (before.last_bound, protection.code)
            {
                let session = store.normalized_field(event, Field::SessionId);
                let [all, bound, days] = [before.all, before.bound, before.days].map(|count| count as usize);
                found.push(BindingDrop { id, user, app, session, code, all, bound, days, last_bound });
            }
            if let (Table::NonInteractive, Some(binding)) = (event.table, protection.binding) {
                before.add(id, event.time().day_number(), binding, net);
            }
        }
    }
    found.sort_unstable_by_key(|drop: &BindingDrop| drop.id);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_json_or_as_a_word() {
        let read = |text| {
            let Protection { binding, code } = Protection::read(text);
            (binding, code)
        };
        let (bound, unbound) = (Some(Binding::Bound), Some(Binding::Unbound));
        for (text, expected) in [
            (r#"{"signInSessionStatus":"bound","signInSessionStatusCode":0}"#, (bound, Some(0))),
            (r#"{"signInSessionStatus":"unbound","signInSessionStatusCode":1002}"#, (unbound, Some(1002))),
            (r#"{"SignInSessionStatusCode":"1008","SignInSessionStatus":"Unbound"}"#, (unbound, Some(1008))),
            (r#"{"signInSessionStatus":"none","note":"unbound"}"#, (None, None)),
            (r#"{"signInSessionStatus":null}"#, (None, None)),
            ("Bound", (bound, None)),
            ("unbound", (unbound, None)),
            ("none", (None, None)),
            ("", (None, None)),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn loose_is_unbound_by_two_codes_only() {
        for code in 1001..1010 {
            let is_loose = Protection { binding: Some(Binding::Unbound), code: Some(code) }.is_loose();
            assert_eq!(is_loose, matches!(code, 1002 | 1008), "{code}");
            assert!(!Protection { binding: Some(Binding::Bound), code: Some(code) }.is_loose());
        }
        assert!(!Protection { binding: Some(Binding::Unbound), code: None }.is_loose());
    }
}
