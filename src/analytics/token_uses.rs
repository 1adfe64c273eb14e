//! Uses of access tokens: the calls and acts with each, and the sign-in that issued it.
//!
//! Only tokens that were seen in two networks are kept: of a million tokens there are few.

use super::admitted::Admitted;
use super::places::{Net, Places};
use crate::model::{EventId, Field, Flags, Sym, Table};
use crate::store::{Event, Key, Store};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One use of a token.
#[derive(Clone, Copy, Debug)]
pub struct TokenUse {
    /// The call or the act; a sign-in where the resource saw its caller at another address.
    pub id: EventId,
    /// Number of its place.
    pub place: u32,
    /// Its network.
    pub net: Net,
}

/// A token that was seen in two networks.
pub struct UsedToken {
    /// The user.
    pub user: Sym,
    /// The token.
    pub token: Sym,
    /// The user's sign-in that issued it, if the bundle has it.
    pub issuer: Option<EventId>,
    /// Its uses in time order.
    pub uses: Vec<TokenUse>,
}

/// Tokens that were seen in two networks, and the pairs of networks by day.
#[derive(Default)]
pub struct TokenUses {
    /// The tokens, by user and token.
    pub tokens: Vec<UsedToken>,
    /// Days on which a token that one network was issued to was used in another.
    exits: HashMap<(Sym, Net, Net), BTreeSet<i64>, RandomState>,
}

/// Tokens with rows in two networks.
fn moved(store: &Store, places: &Places) -> Vec<Sym> {
    let numbers = places.numbers_of_nets();
    let net = |place: u32| numbers[place as usize];
    let is_moved = |rows: &[EventId]| {
        let at = rows.iter().flat_map(|&id| [Some(places.number(id)), places.at_resource(id)]);
        let mut nets = at.flatten().filter_map(net);
        nets.next().is_some_and(|first| nets.any(|net| net != first))
    };
    store.groups(Key::Token).filter(|(_, rows)| is_moved(rows)).map(|(token, _)| token).collect()
}

/// Rows that uses and issuers are found among.
struct Reader<'s, U> {
    store: &'s Store,
    places: &'s Places,
    /// The user of a row.
    user: U,
}

impl TokenUses {
    /// The uses among the rows that `counts` admits.
    pub(super) fn new<'s>(admitted: Admitted<'s>, places: &'s Places, user: impl Fn(Event<'s>) -> Sym) -> Self {
        let store = admitted.store;
        let reader = Reader { store, places, user };
        let mut found = Self::default();
        for token in moved(store, places) {
            let rows = store.with(Key::Token, token).iter().map(|&id| (id, store.event(id)));
            let mut users: BTreeMap<Sym, Vec<TokenUse>> = BTreeMap::new();
            for (user, used) in
                rows.filter(|(_, event)| admitted.counts(*event)).filter_map(|(id, event)| reader.used(id, event))
            {
                users.entry(user).or_default().push(used);
            }
            for (user, uses) in users {
                let issuer = reader.issuer(user, token);
                let mut nets = uses.iter().map(|used| used.net).chain(issuer.and_then(|id| places.net(id)));
                let first = nets.next();
                if nets.any(|net| Some(net) != first) {
                    found.tokens.push(UsedToken { user, token, issuer, uses });
                }
            }
        }
        found.tokens.sort_unstable_by_key(|token| (token.user, token.token));
        for token in &found.tokens {
            let Some(issued) = token.issuer.and_then(|id| places.net(id)) else { continue };
            for used in token.uses.iter().filter(|used| used.net != issued) {
                let days = found.exits.entry((token.user, issued, used.net)).or_default();
                days.insert(store.event(used.id).time().day_number());
            }
        }
        found
    }

    /// Number of days before one on which tokens of a user were issued to one network and used in another.
    pub fn days_before(&self, user: Sym, (issued, used): (Net, Net), day: i64) -> usize {
        self.exits.get(&(user, issued, used)).map_or(0, |days| days.range(..day).count())
    }
}

impl<'s, U: Fn(Event<'s>) -> Sym> Reader<'s, U> {
    /// The sign-in of the user that issued a token.
    fn issuer(&self, user: Sym, token: Sym) -> Option<EventId> {
        self.store.issuer(token).filter(|&id| (self.user)(self.store.event(id)) == user)
    }

    /// The use of a token from a place that says something, with its user; `None` where a row is none.
    fn used(&self, id: EventId, event: Event<'s>) -> Option<(Sym, TokenUse)> {
        let (store, places) = (self.store, self.places);
        let place = if event.table.issues() {
            places.at_resource(id)?
        } else if event.table.uses() {
            // An application with a secret acts for many users from where it runs.
            let is_public =
                !event.flags.has(Flags::APP_AUTH) && !store.normalized_field(event, Field::UserId).is_none();
            is_public.then(|| places.number(id))?
        } else {
            (event.table == Table::UnifiedAudit).then(|| places.number(id))?
        };
        let at = places.numbered(place);
        let user = (self.user)(event);
        if at.address.is_none() || user.is_none() {
            return None;
        }
        Some((user, TokenUse { id, place, net: at.telling_net()? }))
    }
}
