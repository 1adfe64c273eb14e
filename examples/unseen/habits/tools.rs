//! Command lines and editors of developers and administrators, as far as they are everyday.

use super::Day;
use crate::event::SignIn;
use crate::rng::Rng;
use crate::world::ids::{AAD_GRAPH, ARM, CLI, DEVOPS, GRAPH, KEY_VAULT, POWERSHELL, VISUAL_STUDIO};
use crate::world::machine::{Device, Make};
use crate::world::person::Job;

impl Day<'_> {
    pub(super) fn tools(&mut self, start: i64, end: i64) {
        let chance = match self.person.job {
            Job::Developer => 70,
            Job::Administrator => 45,
            _ => return,
        };
        if !self.rng.percent(chance) {
            return;
        }
        let windows = self.person.laptop.make == Make::Windows;
        let (client, agent) = match (self.person.job, windows) {
            (Job::Administrator, true) => (POWERSHELL, String::new()),
            (_, true) if self.person.number.is_multiple_of(2) => {
                (VISUAL_STUDIO, self.person.laptop.agents.broker.clone())
            }
            _ => (CLI, "python-requests/2.32.3".to_owned()),
        };
        let session = Rng::seeded(&format!("{} {} tools {}", self.world.seed, self.person.upn, self.date / 11)).guid();
        for _ in 0..self.rng.between(1, 4) {
            let second = self.rng.between(start + 600, end);
            let resource = *self.rng.pick(&[
                ARM,
                ARM,
                GRAPH,
                KEY_VAULT,
                DEVOPS,
                if client == POWERSHELL { AAD_GRAPH } else { ARM },
            ]);
            let mut origin = self.person.at_laptop(self.world, self.date, second, &agent, &mut self.rng);
            if client == CLI {
                let system = origin.device.system;
                origin.device = Device::unknown(system, "Python Requests 2.32");
            }
            let at = self.world.at(self.date, second, &mut self.rng);
            let row = SignIn::silent(&mut self.rng, at, origin, session, (client, resource));
            let row = self.sign_in(row);
            self.chatter(&row, 2);
        }
    }
}
