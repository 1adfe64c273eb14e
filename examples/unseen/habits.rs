//! Ordinary days: what a tenant looks like when nothing happens.

mod laptop;
mod phone;
mod room;
mod tools;
mod web;

use crate::event::{Call, Log, SignIn};
use crate::rng::Rng;
use crate::world::World;
use crate::world::ids::GRAPH;
use crate::world::person::{Job, Person};

/// One day of one person.
pub(crate) struct Day<'a> {
    pub(crate) world: &'a World,
    pub(crate) person: &'a Person,
    /// Counted from the first of the bundle.
    pub(crate) date: i64,
    pub(crate) rng: Rng,
    pub(crate) log: &'a mut Log,
    /// The look-alike that the laptop's rows of the day belong to.
    pub(crate) tag: Option<usize>,
}

/// Writes every ordinary day of everyone.
pub(crate) fn write(world: &World, log: &mut Log) {
    for person in &world.people {
        for date in person.joined..world.export.days {
            let rng = Rng::seeded(&format!("{} {} day {date}", world.seed, person.upn));
            let tag = person.tagged.get(&date).copied();
            Day { world, person, date, rng, log, tag }.write();
        }
    }
}

impl Day<'_> {
    fn write(mut self) {
        if self.person.job == Job::Room {
            self.room();
            return;
        }
        let weekend = self.world.weekday(self.date) > 4;
        self.phone(weekend);
        let planned = self.person.stays.contains_key(&self.date) || self.tag.is_some();
        if !planned && self.rng.percent(if weekend { 93 } else { 7 }) {
            return;
        }
        let start = self.person.start + self.rng.between(-1200, 2400);
        let hours = if weekend { self.rng.between(1, 3) } else { self.rng.between(7, 10) };
        let end = start + hours * 3600 + self.rng.below(1800);
        self.laptop(start, end);
        self.web(start, end);
        if !weekend {
            self.tools(start, end);
        }
    }

    fn sign_in(&mut self, mut row: SignIn) -> SignIn {
        row.tag = self.tag;
        self.log.sign_ins.push(row.clone());
        row
    }

    /// Calls of a client that has just got a token for Graph.
    fn chatter(&mut self, token: &SignIn, most: i64) {
        const CHATTER: [&str; 11] = [
            "/v1.0/me?$select=id,displayName,mail,userPrincipalName",
            "/v1.0/me/presence",
            "/v1.0/me/joinedTeams?$select=id,displayName",
            "/v1.0/me/photos/48x48/$value",
            "/v1.0/me/calendarView?startDateTime=today&endDateTime=tomorrow",
            "/v1.0/me/drive/root/delta?token=latest",
            "/v1.0/me/people?$top=5",
            "/beta/me/insights/used",
            "/v1.0/me/licenseDetails",
            "/v1.0/organization?$select=id,displayName",
            "/v1.0/me/drive/recent",
        ];
        if token.resource != GRAPH {
            return;
        }
        for _ in 0..self.rng.between(0, most) {
            let path = *self.rng.pick(&CHATTER);
            let seconds = self.rng.between(1, 3000);
            let mut call = Call::get(&mut self.rng, token, seconds, path);
            if self.rng.percent(12) {
                (call.method, call.path) = ("POST", "/v1.0/$batch".to_owned());
            }
            if self.rng.percent(3) {
                call.status = 404;
            }
            if let (Some(_), laptop) = (&self.person.proxy, token.origin.device.id == self.person.laptop.device.id)
                && laptop
            {
                // Microsoft 365 goes around the proxy.
                let place = self.person.place_at(self.world, self.date, 0);
                call.origin.spot = self.person.spot(self.world, &place, self.date, &mut self.rng);
            }
            self.log.calls.push(call);
        }
    }
}
