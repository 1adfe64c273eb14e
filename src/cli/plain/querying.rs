//! Queries for what a step lacks, by lines.

use super::Talk;
use crate::query::{Subject, Target, offers};
use crate::triage::groups::Group;
use crate::triage::walk::Asked;
use std::io;

impl Talk<'_> {
    /// `f` lists the queries that a step offers; `f 2` prints the second, `f 2 clickhouse` for that engine.
    pub(super) fn queries(&mut self, group: &Group, asked: &Asked, rest: &str) -> io::Result<()> {
        let Some(at) = group.incident else { return self.say("Published semantics have no incidents.") };
        let (store, incident) = (&self.loaded.store, &self.incidents.all[at]);
        let revoked = |user: &str| self.case.revoked(user).or_else(|| incident.revoked.first().copied());
        let subject = Subject::of_hits(store, incident.hits.iter().map(|hit| &self.hits[*hit]), revoked);
        let offers = offers(store, &self.hits[asked.hit], Some(asked.step.id), subject.revoked.is_some());
        let (number, engine) = rest.trim().split_once(' ').unwrap_or((rest.trim(), "sentinel"));
        if number.is_empty() {
            let id = incident.id.clone();
            for (number, offer) in (1..).zip(&offers) {
                self.say(format!(
                    "{number}. {}: {}. Command: {}",
                    offer.name(),
                    offer.about,
                    offer.command(&id, &subject)
                ))?;
            }
            return self.say("f N prints query N for Sentinel; f N ENGINE for adx, xdr or clickhouse.");
        }
        let Some(offer) = number.parse::<usize>().ok().and_then(|number| offers.get(number.checked_sub(1)?)) else {
            return self.slip(&format!("{number} is no query of this step"));
        };
        let Ok(target) = engine.trim().parse::<Target>() else {
            return self.slip(&format!("{engine} is no engine: sentinel, adx, xdr, clickhouse"));
        };
        match offer.text(&subject, &self.run.settings, self.run.facts, target) {
            Ok(text) => text.lines().try_for_each(|line| self.say(line)),
            Err(why) => self.say(format!("There is no query: {why}.")),
        }
    }
}
