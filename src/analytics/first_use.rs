//! First uses of a client for a sensitive resource by users with a history, where few in the tenant do so.

use super::Origins;
use crate::facts::ClientRole;
use crate::model::{EventId, Field, Sym};
use crate::store::{Event, Key, Store};
use crate::tables::Role;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Days of sign-ins that show what a user does.
const HISTORY_DAYS: usize = 14;
/// Sign-ins that show it.
const HISTORY_ROWS: usize = 30;
/// More users than these are a roll-out.
pub const MOST_USERS: usize = 3;

/// First sign-in of a user with a client to a sensitive resource.
#[derive(Clone, Copy, Debug)]
pub struct FirstUse {
    /// The sign-in.
    pub id: EventId,
    /// The user.
    pub user: Sym,
    /// The client.
    pub app: Sym,
    /// Users of client and resource up to it, this one included.
    pub users: usize,
}

/// Every first use, by user in time order. The whole bundle says which is first; `admits` limits them.
pub(super) fn first_uses<'s>(origins: Origins<'s>, admits: impl Fn(Event<'s>) -> bool) -> Vec<FirstUse> {
    let firsts = rare(origins, admits);
    firsts.into_iter().flat_map(|(user, firsts)| with_history(origins.store, user, firsts)).collect()
}

/// Returns whether a row is a successful sign-in of somebody.
fn is_success(event: Event<'_>) -> bool {
    event.table.issues() && event.succeeded() && event.is_timed() && !event.is_duplicate() && !event.user.is_none()
}

/// First uses that few users have in common, by user in time order. The whole bundle says which is first.
fn rare<'s>(origins: Origins<'s>, admits: impl Fn(Event<'s>) -> bool) -> BTreeMap<Sym, Vec<FirstUse>> {
    let Origins { store, facts, places, .. } = origins;
    let rows = store.find_in(Role::Issues, || {
        let mut sensitive: HashMap<Sym, bool, RandomState> = HashMap::default();
        let mut uses: HashSet<(Sym, Sym, Sym), RandomState> = HashSet::default();
        move |id, event| {
            let resource = is_success(event).then(|| store.normalized_field(event, Field::ResourceIdentity))?;
            let is_sensitive = || facts.is_sensitive(store.text(resource));
            if !*sensitive.entry(resource).or_insert_with(is_sensitive) {
                return None;
            }
            // Each part gives its first row of a use; the first of all is one of them.
            let app = store.normalized_field(event, Field::AppId);
            (!app.is_none() && uses.insert((event.user, app, resource))).then_some((id, app, resource))
        }
    });
    let mut service: HashMap<Sym, bool, RandomState> = HashMap::default();
    let mut seen: HashSet<(Sym, Sym, Sym), RandomState> = HashSet::default();
    let mut users: HashMap<(Sym, Sym), usize, RandomState> = HashMap::default();
    let mut found: BTreeMap<Sym, Vec<FirstUse>> = BTreeMap::new();
    for (id, app, resource) in rows {
        let event = store.event(id);
        if !seen.insert((event.user, app, resource)) {
            continue;
        }
        let users = users.entry((app, resource)).or_default();
        *users += 1;
        let is_service = || facts.client_has(store.text(app), ClientRole::ServiceSide);
        if *users > MOST_USERS
            || *service.entry(app).or_insert_with(is_service)
            || places.place(id).is_neutral
            || !admits(event)
        {
            continue;
        }
        found.entry(event.user).or_default().push(FirstUse { id, user: event.user, app, users: *users });
    }
    found
}

/// Those of a user's first uses that have enough history before them.
fn with_history(store: &Store, user: Sym, firsts: Vec<FirstUse>) -> Vec<FirstUse> {
    let mut rows = store.with(Key::User, user).iter().copied().filter(|&id| is_success(store.event(id))).peekable();
    let (mut count, mut days, mut last_day) = (0, 0, None);
    let mut enough = |first: &FirstUse| {
        while let Some(id) = rows.next_if(|id| *id < first.id) {
            let day = Some(store.event(id).time().day_number());
            count += 1;
            days += usize::from(last_day != day);
            last_day = day;
        }
        count >= HISTORY_ROWS && days >= HISTORY_DAYS
    };
    firsts.into_iter().filter(|first| enough(first)).collect()
}
