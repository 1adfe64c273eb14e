//! Thefts: a kind a function, its numbers drawn from the seed.

mod aitm;
mod codes;
mod device;
mod handoff;
mod replay;
mod thief;
mod tools;

use crate::story::Story;
use crate::world::person::{Job, Person};

/// A kind of theft.
pub(crate) struct Theft {
    pub(crate) name: &'static str,
    pub(crate) suits: fn(&Person) -> bool,
    pub(crate) write: fn(&mut Story),
}

/// Returns whether somebody can be robbed in any way.
fn anybody(person: &Person) -> bool {
    person.job != Job::Room
}

const fn theft(name: &'static str, write: fn(&mut Story)) -> Theft {
    Theft { name, suits: anybody, write }
}

/// Every kind.
pub(crate) const THEFTS: [Theft; 15] = [
    theft("code, new network", codes::new_network),
    theft("code, exchanges refused", codes::refused),
    theft("code, slow pivot", codes::slow_pivot),
    theft("code, then downloads", codes::downloads),
    theft("code, then a burst", codes::burst),
    theft("code, first exchange at home", codes::first_at_home),
    theft("session used elsewhere", replay::elsewhere),
    Theft { name: "behind the user's exit", suits: replay::has_an_exit, write: replay::behind_the_exit },
    Theft { name: "unbound replay", suits: replay::is_bound, write: replay::unbound },
    theft("access token replayed", replay::access_token),
    theft("proxied sign-in, other network", aitm::two_networks),
    theft("proxied sign-in, kept alive", aitm::kept_alive),
    theft("code handed over", handoff::pasted),
    theft("device registered", device::registered),
    theft("kit with a stolen token", tools::kit),
];
