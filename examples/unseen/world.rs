//! The tenant of one bundle, drawn from its seed: networks, people, machines. Nobody here exists.

pub(crate) mod ids;
pub(crate) mod machine;
pub(crate) mod nets;
pub(crate) mod person;

use crate::export::Export;
use crate::rng::{Guid, Rng};
use machine::Versions;
use nets::{ELSEWHERE, Net, Registry, Spot, TOWNS, Town};
use person::Person;
use tokentrail::testing::model::{Span, Time};

/// Microsoft's own AS number, from which Cloud Shell and services call.
const MICROSOFT: u32 = 8075;
/// Some of its /24s.
const MICROSOFT_BLOCKS: [(u8, u8, u8); 4] = [(20, 42, 1), (40, 114, 7), (52, 168, 11), (104, 42, 20)];

/// So many days.
pub(crate) fn days(count: i64) -> Span {
    Span::seconds(count * 86_400)
}

/// An office: the company's exit to the internet.
#[derive(Clone, Debug)]
pub(crate) struct Office {
    pub(crate) net: Net,
    pub(crate) exit: Spot,
}

/// All that the rows of one bundle are drawn from.
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) export: Export,
    pub(crate) start: Time,
    /// The weekday of the first day; Monday is 0.
    first_weekday: i64,
    pub(crate) tenant: Guid,
    pub(crate) workspace: Guid,
    pub(crate) versions: Versions,
    pub(crate) offices: Vec<Office>,
    pub(crate) providers: Vec<Net>,
    pub(crate) carriers: Vec<Net>,
    pub(crate) hotels: Vec<Net>,
    pub(crate) consumer_vpns: Vec<Net>,
    /// Clouds where the company runs machines.
    pub(crate) clouds: Vec<Net>,
    /// Hosting that thieves rent.
    pub(crate) hosters: Vec<Net>,
    pub(crate) microsoft: Net,
    /// The company's web proxy in the cloud.
    pub(crate) proxy: Net,
    pub(crate) people: Vec<Person>,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::seeded(&format!("world {seed}"));
        let export = Export::draw(&mut rng);
        let mut registry = Registry::new(&mut rng);
        let base = rng.index(3) * 2;
        let (here, near) = (&TOWNS[base], &TOWNS[base + 1]);
        let day = rng.below(200);
        let start = Time::parse("2026-03-01").expect("a date").plus(days(day));
        let office = |registry: &mut Registry, rng: &mut Rng, town| {
            let net = registry.net(town, 1);
            let exit = net.spot(rng);
            Office { net, exit }
        };
        let mut elsewhere: Vec<&'static Town> = ELSEWHERE.iter().collect();
        nets::shuffle(&mut elsewhere, &mut rng);
        let mut world = Self {
            seed,
            export,
            start,
            // 2026-03-01 is a Sunday.
            first_weekday: (day + 6) % 7,
            tenant: rng.guid(),
            workspace: rng.guid(),
            versions: Versions { chrome: 142 + day / 30, office: 18_900 + day * 3 },
            offices: vec![office(&mut registry, &mut rng, here), office(&mut registry, &mut rng, near)],
            providers: (0..5).map(|at| registry.net(if at % 2 == 0 { here } else { near }, 12)).collect(),
            carriers: (0..2).map(|_| registry.net(here, 16)).collect(),
            hotels: (0..3).map(|at| registry.net(elsewhere[at], 2)).collect(),
            consumer_vpns: (0..2).map(|at| registry.net(elsewhere[3 + at], 4)).collect(),
            clouds: (0..2).map(|at| registry.net(elsewhere[5 + at], 6)).collect(),
            hosters: (0..6).map(|at| registry.net(elsewhere[4 + at], 6)).collect(),
            microsoft: registry.of_number(MICROSOFT, elsewhere[0], 4).with_blocks(&MICROSOFT_BLOCKS),
            proxy: registry.net(here, 2),
            people: Vec::new(),
        };
        world.people = (0..15).map(|number| Person::draw(&world, number)).collect();
        world
    }

    /// Monday is 0.
    pub(crate) fn weekday(&self, day: i64) -> i64 {
        (day + self.first_weekday) % 7
    }

    /// An instant: a day counted from the first, and seconds into it, with a fraction.
    pub(crate) fn at(&self, day: i64, seconds: i64, rng: &mut Rng) -> Time {
        self.start.plus(days(day)).plus(Span::from_ticks(seconds * 10_000_000 + rng.below(10_000_000)))
    }
}
