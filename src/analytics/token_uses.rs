//! Uses of access tokens: the calls and acts with each, and the sign-in that issued it.
//!
//! Only tokens that were seen in two networks are kept: of a million tokens there are few.

use super::places::{Net, Places};
use crate::model::{EventId, Field, Flags, Sym, Table};
use crate::store::{Event, Store};
use foldhash::fast::RandomState;
use std::collections::{BTreeSet, HashMap};

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

/// Networks of a token so far.
#[derive(Clone, Copy)]
struct Seen {
    net: Net,
    is_in_two: bool,
}

/// Rows that uses and issuers are found among.
struct Reader<'s, U> {
    store: &'s Store,
    places: &'s Places,
    /// The user of a row.
    user: U,
}

impl TokenUses {
    /// The uses in the rows of a run, which are read twice.
    pub(super) fn new<'s, I: Iterator<Item = (EventId, Event<'s>)>>(
        (store, places): (&'s Store, &'s Places),
        rows: impl Fn() -> I,
        user: impl Fn(Event<'s>) -> Sym,
    ) -> Self {
        let reader = Reader { store, places, user };
        let mut seen: HashMap<(Sym, Sym), Seen, RandomState> = HashMap::default();
        for (key, used) in rows().filter_map(|(id, event)| reader.used(id, event)) {
            let seen = seen.entry(key).or_insert_with(|| {
                let issued = reader.issuer(key).and_then(|id| places.net(id));
                Seen { net: used.net, is_in_two: issued.is_some_and(|net| net != used.net) }
            });
            seen.is_in_two |= seen.net != used.net;
        }
        let mut tokens: HashMap<(Sym, Sym), Vec<TokenUse>, RandomState> =
            seen.into_iter().filter(|(_, seen)| seen.is_in_two).map(|(key, _)| (key, Vec::new())).collect();
        if tokens.is_empty() {
            return Self::default();
        }
        for (key, used) in rows().filter_map(|(id, event)| reader.used(id, event)) {
            if let Some(uses) = tokens.get_mut(&key) {
                uses.push(used);
            }
        }
        let token = |(key, uses): ((Sym, Sym), Vec<TokenUse>)| {
            let (user, token) = key;
            UsedToken { user, token, issuer: reader.issuer(key), uses }
        };
        let mut found = Self { tokens: tokens.into_iter().map(token).collect(), ..Self::default() };
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
    fn issuer(&self, (user, token): (Sym, Sym)) -> Option<EventId> {
        self.store.issuer(token).filter(|&id| (self.user)(self.store.event(id)) == user)
    }

    /// The use of a token by a user from a place that says something, with user and token; `None` where a row is none.
    fn used(&self, id: EventId, event: Event<'s>) -> Option<((Sym, Sym), TokenUse)> {
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
        let (user, token) = ((self.user)(event), store.token(event[Field::TokenId]));
        if at.address.is_none() || token.is_none() || user.is_none() {
            return None;
        }
        Some(((user, token), TokenUse { id, place, net: at.telling_net()? }))
    }
}
