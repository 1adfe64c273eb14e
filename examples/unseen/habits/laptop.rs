//! The programs of a laptop: a start in the morning, hourly renewals until the evening.

use super::Day;
use crate::event::{EXPIRED, Incoming, SignIn};
use crate::world::ids::{
    EDGE, EXCHANGE, GRAPH, OFFICE, OFFICE_SERVICE, ONEDRIVE, PRESENCE, SEARCH, SHAREPOINT, TEAMS, TEAMS_SERVICES,
};
use crate::world::machine::Make;

type Resources = &'static [&'static str];

impl Day<'_> {
    pub(super) fn laptop(&mut self, start: i64, end: i64) {
        let agents = self.person.laptop_on(self.date).agents.clone();
        let windows = self.person.laptop_on(self.date).make == Make::Windows;
        // Office asks in a burst where it starts with the machine; elsewhere one program follows the other.
        let pace = if self.person.hasty { 15 } else { self.rng.between(60, 700) };
        let teams: Resources =
            if self.rng.percent(60) { &[TEAMS_SERVICES, GRAPH, PRESENCE] } else { &[TEAMS_SERVICES, PRESENCE] };
        let office: Resources =
            if self.person.hasty { &[EXCHANGE, GRAPH, SHAREPOINT, OFFICE_SERVICE] } else { &[EXCHANGE, GRAPH] };
        let programs: [(&'static str, &str, Resources, i64); 4] = [
            (TEAMS, &agents.teams, teams, 92),
            (OFFICE, &agents.office, office, 88),
            (ONEDRIVE, &agents.onedrive, &[SHAREPOINT], if windows { 70 } else { 25 }),
            (EDGE, &agents.broker, &[SEARCH, GRAPH], if windows { 30 } else { 0 }),
        ];
        for (client, agent, resources, chance) in programs {
            let begins = start + self.rng.between(0, 1500);
            if self.rng.percent(chance) {
                self.program(client, agent, resources, pace, begins, end);
            }
        }
    }

    fn program(&mut self, client: &'static str, agent: &str, resources: Resources, pace: i64, start: i64, end: i64) {
        let session = self.person.session_on(self.world, self.date);
        // The system's token broker asks for a managed machine, the program itself elsewhere.
        let laptop = self.person.laptop_on(self.date);
        let joined = !laptop.device.id.is_empty() && laptop.make == Make::Windows;
        for (place, &resource) in resources.iter().enumerate() {
            let mut second = start + i64::try_from(place).expect("few") * self.rng.between(2, pace.max(3));
            let mut first = true;
            while second < end {
                let brokered = joined && self.rng.percent(55);
                let agent =
                    if brokered && self.rng.percent(25) { laptop.agents.broker.clone() } else { agent.to_owned() };
                let origin = self.origin(second, &agent);
                let at = self.world.at(self.date, second, &mut self.rng);
                let mut row = SignIn::silent(&mut self.rng, at, origin, session, (client, resource));
                if brokered {
                    row.incoming = Incoming::Primary;
                }
                if first && self.rng.percent(1) {
                    let refused = SignIn { result: EXPIRED, id: self.rng.guid(), ..row.clone() };
                    self.sign_in(refused);
                }
                let row = self.sign_in(row);
                self.chatter(&row, 3);
                first = false;
                // Not every resource is asked for all day.
                if place > 0 && self.rng.percent(55) {
                    break;
                }
                second += self.rng.between(3600, 5100);
            }
        }
    }

    fn origin(&mut self, second: i64, agent: &str) -> crate::event::Origin {
        let mut origin = self.person.at_laptop(self.world, self.date, second, agent, &mut self.rng);
        if let Some(proxy) = &self.person.proxy {
            origin.spot = proxy.clone();
        }
        origin
    }
}
