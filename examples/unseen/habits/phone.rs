//! Mail and chat on a phone, at home's network or the carrier's.

use super::Day;
use crate::event::Origin;
use crate::event::{BLOCKED, SignIn};
use crate::world::ids::{EXCHANGE, GRAPH, MOBILE_MANAGEMENT, OUTLOOK_MOBILE, PRESENCE, TEAMS, TEAMS_SERVICES};
use crate::world::machine::Binding;
use crate::world::person::Place;

impl Day<'_> {
    pub(super) fn phone(&mut self, weekend: bool) {
        let tag = self.tag.take();
        for _ in 0..self.rng.between(1, if weekend { 4 } else { 7 }) {
            let second = self.rng.between(6 * 3600, 22 * 3600);
            let (client, resource) = *self.rng.pick(&[
                (OUTLOOK_MOBILE, EXCHANGE),
                (OUTLOOK_MOBILE, EXCHANGE),
                (OUTLOOK_MOBILE, GRAPH),
                (TEAMS, TEAMS_SERVICES),
                (TEAMS, PRESENCE),
                (OUTLOOK_MOBILE, MOBILE_MANAGEMENT),
            ]);
            let place = if self.rng.percent(40) { Place::Home } else { Place::Carrier };
            let origin = self.phone_at(&place);
            let session =
                crate::rng::Rng::seeded(&format!("{} {} phone {client}", self.world.seed, self.person.upn)).guid();
            let at = self.world.at(self.date, second, &mut self.rng);
            let mut row = SignIn::silent(&mut self.rng, at, origin, session, (client, resource));
            if self.person.phone.device.id.is_empty() && self.rng.percent(2) {
                row.result = BLOCKED;
            }
            let row = self.sign_in(row);
            self.chatter(&row, 2);
        }
        self.tag = tag;
    }

    fn phone_at(&mut self, place: &Place) -> Origin {
        let spot = self.person.spot(self.world, place, self.date, &mut self.rng);
        let phone = &self.person.phone;
        Origin {
            who: self.person.number,
            spot,
            device: phone.device.clone(),
            agent: phone.agent.clone(),
            binding: Binding::Unbound(1002),
        }
    }
}
