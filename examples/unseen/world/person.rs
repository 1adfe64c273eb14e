//! People and their habits.

use super::World;
use super::machine::{Laptop, Make, Phone};
use super::nets::Spot;
use crate::event::Origin;
use crate::rng::{Guid, Rng};
use std::collections::BTreeMap;

fn signed(number: usize) -> i64 {
    i64::try_from(number).expect("few people")
}

fn unsigned(day: i64) -> usize {
    usize::try_from(day).expect("days count from the first")
}

const FIRST: [&str; 24] = [
    "Amara", "Bohumil", "Chiara", "Dmytro", "Eilidh", "Farid", "Greta", "Hiro", "Irena", "Jakub", "Katya", "Liam",
    "Mina", "Noel", "Orla", "Petra", "Quentin", "Rosa", "Sana", "Tomas", "Uma", "Viggo", "Wanda", "Yusuf",
];
const LAST: [&str; 20] = [
    "Abara",
    "Bakker",
    "Cerny",
    "Dahl",
    "Esposito",
    "Farkas",
    "Grange",
    "Haas",
    "Ito",
    "Jensen",
    "Kaur",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Okafor",
    "Pires",
    "Quist",
    "Rahman",
    "Svoboda",
    "Tanaka",
];

/// Trade of a person, as far as rows show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    Clerk,
    Developer,
    Administrator,
    /// A meeting room.
    Room,
}

/// Place that a machine stands at for a while.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Office,
    Home,
    /// The phone's own network, or a laptop on its hotspot.
    Carrier,
    At(Spot),
}

/// A stretch of a day at one place, to a second of the day.
#[derive(Clone, Debug)]
pub(crate) struct Stay {
    pub(crate) until: i64,
    pub(crate) place: Place,
}

/// A home: its provider, its addresses.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub(crate) provider: usize,
    /// IPv4 addresses in turn; a lease lasts some days.
    pub(crate) leases: Vec<Spot>,
    pub(crate) lease_days: i64,
    /// The IPv6 site, where the provider gives one.
    pub(crate) v6: Option<i64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) number: usize,
    pub(crate) upn: String,
    pub(crate) name: String,
    pub(crate) id: Guid,
    pub(crate) job: Job,
    pub(crate) office: usize,
    pub(crate) home: Home,
    pub(crate) carrier: usize,
    pub(crate) laptop: Laptop,
    pub(crate) phone: Phone,
    /// Second of the UTC day at which work starts.
    pub(crate) start: i64,
    pub(crate) home_days: [i64; 2],
    /// First day with rows.
    pub(crate) joined: i64,
    /// Works on remote desktops too: their origin.
    pub(crate) farm: Option<Spot>,
    /// The web proxy that sign-ins, but not Graph calls, go through.
    pub(crate) proxy: Option<Spot>,
    /// Days that are not as usual: where the laptop is.
    pub(crate) stays: BTreeMap<i64, Vec<Stay>>,
    /// Later laptops, from a day on.
    pub(crate) laptops: Vec<(i64, Laptop)>,
    /// Days whose laptop rows belong to a look-alike.
    pub(crate) tagged: BTreeMap<i64, usize>,
    /// Days on which the morning's programs all start at once.
    pub(crate) hasty: bool,
}

impl Person {
    pub(crate) fn draw(world: &World, number: usize) -> Self {
        let mut rng = Rng::seeded(&format!("person {} {number}", world.seed));
        let (first, last) = (*rng.pick(&FIRST), *rng.pick(&LAST));
        let account = format!("{}.{}{number}", first.to_lowercase(), last.to_lowercase());
        let job = match number {
            0 | 1 => Job::Administrator,
            2..=4 => Job::Developer,
            5 => Job::Room,
            _ => Job::Clerk,
        };
        let (name, account) = if job == Job::Room {
            ("Boardroom".to_owned(), format!("room.boardroom{number}"))
        } else {
            (format!("{first} {last}"), account)
        };
        let provider = rng.index(5);
        let leases = if rng.percent(45) { 1 } else { 5 };
        let home = Home {
            provider,
            leases: (0..leases).map(|_| world.providers[provider].spot(&mut rng)).collect(),
            lease_days: rng.between(2, 12),
            v6: rng.percent(40).then(|| 0x100 * (signed(number) + 1)),
        };
        let make = match job {
            Job::Room => Make::Windows,
            Job::Developer if rng.percent(40) => Make::Mac,
            Job::Developer if rng.percent(15) => Make::Linux,
            _ if rng.percent(22) => Make::Mac,
            _ => Make::Windows,
        };
        let laptop = if job == Job::Clerk && rng.percent(12) {
            Laptop::private(&mut rng, world.versions, make)
        } else {
            Laptop::managed(&mut rng, world.versions, make)
        };
        let never = 7;
        let home_days = match rng.below(4) {
            0 => [never, never],
            1 => [4, never],
            _ => [4, rng.below(4)],
        };
        Self {
            number,
            upn: format!("{account}@contoso.com"),
            name,
            id: rng.guid(),
            job,
            office: usize::from(rng.percent(30)),
            home,
            carrier: usize::from(rng.percent(45)),
            laptop,
            phone: Phone::new(&mut rng),
            start: rng.between(6 * 3600 + 1800, 8 * 3600 + 2400),
            home_days,
            joined: 0,
            farm: None,
            proxy: None,
            stays: BTreeMap::new(),
            laptops: Vec::new(),
            tagged: BTreeMap::new(),
            hasty: rng.percent(25),
        }
    }

    /// The laptop of a day.
    pub(crate) fn laptop_on(&self, day: i64) -> &Laptop {
        self.laptops.iter().rev().find(|(from, _)| *from <= day).map_or(&self.laptop, |(_, laptop)| laptop)
    }

    /// The session of the laptop's programs on a day: it lives for weeks, and a new laptop has a new one.
    pub(crate) fn session_on(&self, world: &World, day: i64) -> Guid {
        let weeks = 1 + signed(self.number) % 3;
        let name = &self.laptop_on(day).device.name;
        Rng::seeded(&format!(
            "{} {} session {name} {}",
            world.seed,
            self.upn,
            (day + signed(self.number)) / (7 * weeks)
        ))
        .guid()
    }

    /// The session of the browser on a day: its cookie lives for days, and on one laptop.
    pub(crate) fn web_session_on(&self, world: &World, day: i64) -> Guid {
        let days = 3 + signed(self.number) % 6;
        let name = &self.laptop_on(day).device.name;
        let turn = (day + signed(self.number)) / days;
        Rng::seeded(&format!("{} {} web {name} {turn}", world.seed, self.upn)).guid()
    }

    /// Place of the laptop at a second of a day.
    pub(crate) fn place_at(&self, world: &World, day: i64, second: i64) -> Place {
        if let Some(stays) = self.stays.get(&day) {
            let stay = stays.iter().find(|stay| second < stay.until).or(stays.last());
            return stay.map_or(Place::Office, |stay| stay.place.clone());
        }
        let weekday = world.weekday(day);
        if weekday > 4 || self.home_days.contains(&weekday) { Place::Home } else { Place::Office }
    }

    /// The address that a place has for this person.
    pub(crate) fn spot(&self, world: &World, place: &Place, day: i64, rng: &mut Rng) -> Spot {
        match place {
            Place::Office => world.offices[self.office].exit.clone(),
            Place::Carrier => {
                let net = &world.carriers[self.carrier];
                if rng.percent(35) { net.private_v6(rng.below(0x4000), rng) } else { net.spot(rng) }
            }
            Place::At(spot) => spot.clone(),
            Place::Home => match self.home.v6 {
                Some(site) if rng.percent(65) => {
                    // The lower half of the address is new every day.
                    let mut host = Rng::seeded(&format!("{} {} {day}", world.seed, self.upn));
                    world.providers[self.home.provider].private_v6(site, &mut host)
                }
                _ => {
                    let lease = (unsigned(day / self.home.lease_days)) % self.home.leases.len();
                    self.home.leases[lease].clone()
                }
            },
        }
    }

    /// The origin of a program's request on the laptop.
    pub(crate) fn at_laptop(&self, world: &World, day: i64, second: i64, agent: &str, rng: &mut Rng) -> Origin {
        let laptop = self.laptop_on(day);
        let spot = self.spot(world, &self.place_at(world, day, second), day, rng);
        Origin {
            who: self.number,
            spot,
            device: laptop.device.clone(),
            agent: agent.to_owned(),
            binding: laptop.binding,
        }
    }

    /// The browser on the laptop: what it shows of binding is that of a browser.
    pub(crate) fn at_browser(&self, world: &World, day: i64, second: i64, rng: &mut Rng) -> Origin {
        let agent = self.laptop_on(day).agents.browser.clone();
        let mut origin = self.at_laptop(world, day, second, &agent, rng);
        if origin.device.id.is_empty() || self.laptop_on(day).make != Make::Windows {
            origin.binding = super::machine::Binding::Unbound(1002);
        }
        origin
    }
}
