//! Web applications in the laptop's browser: a prompt now and then, renewals by the page.

use super::Day;
use crate::event::{BAD_PASSWORD, Factor, MFA_NEEDED, STAY_SIGNED_IN, SignIn};
use crate::world::ids::{
    ARM, AZURE_PORTAL, EXCHANGE, GRAPH, OFFICE_HOME, OUTLOOK_WEB, SHAREPOINT, SHAREPOINT_WEB, TEAMS_SERVICES, TEAMS_WEB,
};
use crate::world::person::Job;

impl Day<'_> {
    pub(super) fn web(&mut self, start: i64, end: i64) {
        let visits = self.rng.between(0, 3);
        for _ in 0..visits {
            let second = self.rng.between(start, end);
            let portal = matches!(self.person.job, Job::Administrator | Job::Developer) && self.rng.percent(50);
            let page = if portal {
                (AZURE_PORTAL, ARM)
            } else {
                *self.rng.pick(&[
                    (OFFICE_HOME, GRAPH),
                    (OFFICE_HOME, GRAPH),
                    (SHAREPOINT_WEB, SHAREPOINT),
                    (OUTLOOK_WEB, EXCHANGE),
                    (TEAMS_WEB, TEAMS_SERVICES),
                ])
            };
            self.visit(second, page);
        }
        if self.person.farm.is_some() {
            self.remote_desktop(start, end);
        }
    }

    fn visit(&mut self, second: i64, (client, resource): (&'static str, &'static str)) {
        let session = self.person.web_session_on(self.world, self.date);
        let mut origin = self.person.at_browser(self.world, self.date, second, &mut self.rng);
        if let Some(proxy) = &self.person.proxy {
            origin.spot = proxy.clone();
        }
        let at = self.world.at(self.date, second, &mut self.rng);
        let mut row = SignIn::prompt(&mut self.rng, at, origin, session, (client, resource));
        if self.rng.percent(20) {
            row.factor = Factor::drawn(&mut self.rng);
        }
        if self.rng.percent(14) {
            let result = *self.rng.pick(&[BAD_PASSWORD, MFA_NEEDED, STAY_SIGNED_IN]);
            let at = self.world.at(self.date, second - self.rng.between(5, 40), &mut self.rng);
            let before = SignIn { at, result, id: self.rng.guid(), ..row.clone() };
            self.sign_in(before);
        }
        let row = self.sign_in(row);
        self.chatter(&row, 3);
        // A page that stays open renews its tokens.
        let mut later = second;
        while self.rng.percent(40) {
            later += self.rng.between(3300, 5200);
            let mut origin = self.person.at_browser(self.world, self.date, later, &mut self.rng);
            if let Some(proxy) = &self.person.proxy {
                origin.spot = proxy.clone();
            }
            let at = self.world.at(self.date, later, &mut self.rng);
            let row = SignIn::silent(&mut self.rng, at, origin, session, (client, resource));
            let row = self.sign_in(row);
            self.chatter(&row, 2);
        }
    }

    /// A desktop of the shared farm.
    fn remote_desktop(&mut self, start: i64, end: i64) {
        let Some(farm) = self.person.farm.clone() else { return };
        if self.rng.percent(15) {
            return;
        }
        let second = self.rng.between(start, end);
        super::super::look_alikes::farm::work(self, second, &farm);
    }
}
