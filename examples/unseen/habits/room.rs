//! A meeting room's device: it never sleeps and never moves.

use super::Day;
use crate::event::{Origin, SignIn};
use crate::rng::Rng;
use crate::world::ids::{EXCHANGE, GRAPH, PRESENCE, ROOMS, TEAMS, TEAMS_SERVICES};
use crate::world::machine::Binding;

impl Day<'_> {
    /// The room device's origin.
    pub(crate) fn room_origin(world: &crate::world::World, person: &crate::world::person::Person) -> Origin {
        Origin {
            who: person.number,
            spot: world.offices[person.office].exit.clone(),
            device: person.laptop.device.clone(),
            agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) TeamsRoom/5.3.120.0 Edg/138.0.0.0".to_owned(),
            binding: Binding::Unbound(1002),
        }
    }

    pub(super) fn room(&mut self) {
        let session = Rng::seeded(&format!("{} {} room {}", self.world.seed, self.person.upn, self.date / 7)).guid();
        let mut second = self.rng.below(3600);
        while second < 86_400 {
            let pair = *self.rng.pick(&[(TEAMS, TEAMS_SERVICES), (TEAMS, PRESENCE), (ROOMS, GRAPH), (TEAMS, EXCHANGE)]);
            let at = self.world.at(self.date, second, &mut self.rng);
            let origin = Self::room_origin(self.world, self.person);
            let row = SignIn::silent(&mut self.rng, at, origin, session, pair);
            let row = self.sign_in(row);
            self.chatter(&row, 1);
            second += self.rng.between(3500, 9000);
        }
    }
}
