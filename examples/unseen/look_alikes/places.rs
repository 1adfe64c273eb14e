//! People who are elsewhere than usual, or look so.

use crate::rng::Rng;
use crate::world::World;
use crate::world::person::{Person, Place, Stay};

const DAY: i64 = 86_400;

fn all_day(place: Place) -> Vec<Stay> {
    vec![Stay { until: DAY, place }]
}

/// Some days in a hotel, the same laptop.
pub(super) fn travel(world: &World, person: &mut Person, day: i64, tag: usize, rng: &mut Rng) {
    away(world, person, day, rng);
    person.tagged.extend(person.stays.keys().map(|date| (*date, tag)));
}

/// The same, where no story is made of it.
pub(crate) fn away(world: &World, person: &mut Person, day: i64, rng: &mut Rng) {
    let hotel = world.hotels[rng.index(world.hotels.len())].spot(rng);
    for date in day..(day + rng.between(1, 4)).min(world.export.days) {
        // A guest of a hotel pays for its network or uses the phone's.
        let mut stays = all_day(Place::At(hotel.clone()));
        if rng.percent(40) {
            stays.insert(0, Stay { until: 9 * 3600, place: Place::Carrier });
        }
        person.stays.insert(date, stays);
    }
}

/// Home, train, office and back in one day, in one session.
pub(super) fn roaming(world: &World, person: &mut Person, day: i64, tag: usize, rng: &mut Rng) {
    on_the_move(world, person, day, rng);
    person.tagged.extend(person.stays.keys().map(|date| (*date, tag)));
}

/// The same, where no story is made of it.
pub(crate) fn on_the_move(world: &World, person: &mut Person, day: i64, rng: &mut Rng) {
    let start = person.start;
    for date in day..(day + rng.between(1, 3)).min(world.export.days) {
        let leaves = start + rng.between(600, 2400);
        let arrives = leaves + rng.between(1200, 4200);
        let back = arrives + rng.between(4 * 3600, 6 * 3600);
        let stays = vec![
            Stay { until: leaves, place: Place::Home },
            Stay { until: arrives, place: Place::Carrier },
            Stay { until: back, place: Place::Office },
            Stay { until: back + rng.between(600, 3000), place: Place::Carrier },
            Stay { until: DAY, place: Place::Home },
        ];
        person.stays.insert(date, stays);
    }
}

/// A home whose provider gives IPv6: a new address a day, now and then a new /64 of the same /56.
pub(super) fn privacy_addresses(world: &World, person: &mut Person, day: i64, tag: usize, _: &mut Rng) {
    let site = 0x100 * (i64::try_from(person.number).expect("few people") + 1);
    person.home.v6 = Some(site);
    for date in day..world.export.days {
        if world.weekday(date) < 5 && date % 2 == 0 {
            person.stays.insert(date, all_day(Place::Home));
            person.tagged.insert(date, tag);
        }
    }
}

/// A VPN that is on for hours, every few days, since long.
pub(super) fn consumer_vpn(world: &World, person: &mut Person, _: i64, tag: usize, rng: &mut Rng) {
    let net = world.consumer_vpns[rng.index(world.consumer_vpns.len())].clone();
    let exits: Vec<_> = (0..rng.between(1, 4)).map(|_| net.spot(rng)).collect();
    let often = rng.between(2, 4);
    for date in 0..world.export.days {
        if world.weekday(date) > 4 || date % often != 0 {
            continue;
        }
        let usual = person.place_at(world, date, person.start);
        let on = person.start + rng.between(0, 4 * 3600);
        let stays = vec![
            Stay { until: on, place: usual.clone() },
            Stay { until: on + rng.between(1800, 3 * 3600), place: Place::At(rng.pick(&exits).clone()) },
            Stay { until: DAY, place: usual },
        ];
        person.stays.insert(date, stays);
        // On the first days it is new to the bundle, and nothing can know better.
        if date >= 10 {
            person.tagged.insert(date, tag);
        }
    }
}

/// Sign-ins go out by the company's web proxy, Graph calls directly.
pub(super) fn split_tunnel(world: &World, person: &mut Person, _: i64, tag: usize, rng: &mut Rng) {
    person.proxy = Some(world.proxy.spot(rng));
    person.tagged.extend((10..world.export.days).map(|date| (date, tag)));
}
