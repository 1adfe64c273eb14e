//! Look-alikes: harmless work that rows show much like a theft.

mod codes;
pub(crate) mod farm;
mod machines;
pub(crate) mod places;
mod programs;

use crate::rng::Rng;
use crate::story::Story;
use crate::world::World;
use crate::world::person::{Job, Person};

/// A kind of look-alike.
pub(crate) struct LookAlike {
    pub(crate) name: &'static str,
    pub(crate) suits: fn(&Person) -> bool,
    /// Changes habits, before any day is written. `tag` is the number its rows bear.
    pub(crate) plan: fn(&World, &mut Person, day: i64, tag: usize, rng: &mut Rng),
    /// Rows beside those of ordinary days.
    pub(crate) write: fn(&mut Story),
}

fn a_developer(person: &Person) -> bool {
    person.job == Job::Developer
}

fn an_administrator(person: &Person) -> bool {
    person.job == Job::Administrator
}

fn a_room(person: &Person) -> bool {
    person.job == Job::Room
}

fn with_a_laptop(person: &Person) -> bool {
    person.job == Job::Clerk && !person.laptop.device.id.is_empty()
}

fn anybody(person: &Person) -> bool {
    person.job != Job::Room
}

fn no_plan(_: &World, _: &mut Person, _: i64, _: usize, _: &mut Rng) {}

fn no_rows(_: &mut Story) {}

type Suits = fn(&Person) -> bool;
type Plan = fn(&World, &mut Person, i64, usize, &mut Rng);

const fn written(name: &'static str, suits: Suits, write: fn(&mut Story)) -> LookAlike {
    LookAlike { name, suits, plan: no_plan, write }
}

const fn lived(name: &'static str, suits: Suits, plan: Plan) -> LookAlike {
    LookAlike { name, suits, plan, write: no_rows }
}

/// Every kind.
pub(crate) const LOOK_ALIKES: [LookAlike; 21] = [
    written("administrator's codes from a cloud machine", an_administrator, codes::migration),
    written("developer's code on an office server", a_developer, codes::office_server),
    written("meeting room's weekly code", a_room, codes::room),
    written("first day on the shared farm", with_a_laptop, farm::first_day),
    lived("travel", with_a_laptop, places::travel),
    lived("roaming within a session", with_a_laptop, places::roaming),
    lived("IPv6 privacy addresses", anybody, places::privacy_addresses),
    lived("consumer VPN by habit", anybody, places::consumer_vpn),
    lived("split tunnel", with_a_laptop, places::split_tunnel),
    written("new phone", anybody, machines::new_phone),
    lived("new laptop", with_a_laptop, machines::new_laptop),
    LookAlike {
        name: "private computer, new provider",
        suits: anybody,
        plan: machines::move_home,
        write: machines::private_computer,
    },
    LookAlike { name: "onboarding", suits: with_a_laptop, plan: machines::join, write: machines::enrol },
    written("enrolment desk", an_administrator, machines::enrolment_desk),
    written("Authenticator enrolment", anybody, machines::authenticator),
    written("az login and Cloud Shell", a_developer, programs::azure_cli),
    written("administrator's inventory", an_administrator, programs::inventory),
    lived("Office in the morning", anybody, programs::office_starts),
    written("first use of an editor", a_developer, programs::first_editor),
    written("delta sync", anybody, programs::delta_sync),
    written("code in a container", a_developer, codes::container),
];
