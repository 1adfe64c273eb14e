//! Marks on the rows of a step, and undoing changes, by lines.

use super::Talk;
use crate::analytics::{Hit, by_id};
use crate::cli::resolve::now;
use crate::model::EventId;
use crate::triage::walk::{Asked, walk};
use crate::triage::{About, marks, timeline};
use std::io;

impl Talk<'_> {
    /// `b 3`, `t 3 phish c2`, `m 3 the first`: marks a row by its number; `false` when the word is none of these.
    pub(super) fn mark(&mut self, hit: &Hit, at: usize, word: &str, rest: &str) -> io::Result<bool> {
        if !matches!(word, "b" | "t" | "m") {
            return Ok(false);
        }
        let (number, text) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
        let rows: &[EventId] = hit.findings.get(at).map_or(&[], |finding| &finding.rows);
        let row = number.parse::<usize>().ok().and_then(|number| rows.get(number.checked_sub(1)?));
        let Some(event) = row.copied() else {
            self.say(format!("{word} needs the number of a row of this step: r lists them."))?;
            return Ok(true);
        };
        let key = self.places.name(self.loaded, event);
        match word {
            "b" => {
                let on = self.places.mark(&self.case, event).is_none_or(|mark| !mark.bookmarked);
                self.case.set_bookmark(&key, on, now());
            }
            "t" => self.case.set_tags(&key, marks::tags(text), now()),
            _ => self.case.set_event_remark(&key, text.trim(), now()),
        }
        self.save()?;
        let mark = self.marked(event);
        self.say(format!("Row {number}{}", if mark.is_empty() { ": no mark" } else { &mark }))?;
        Ok(true)
    }

    /// `, bookmarked, tags phish c2, your remark: the first`; nothing for a row that is not marked.
    pub(super) fn marked(&self, event: EventId) -> String {
        let Some(mark) = self.places.mark(&self.case, event) else { return String::new() };
        let bookmark = if mark.bookmarked { ", bookmarked" } else { "" };
        let tags = if mark.tags.is_empty() { String::new() } else { format!(", tags {}", mark.tags.join(" ")) };
        let remark = if mark.remark.is_empty() { String::new() } else { format!(", your remark: {}", mark.remark) };
        format!("{bookmark}{tags}{remark}")
    }

    /// Every marked row of all users.
    pub(super) fn marks(&mut self) -> io::Result<()> {
        let rows: Vec<EventId> = self.places.marked(&self.case).into_iter().map(|(event, _)| event).collect();
        if rows.is_empty() {
            self.say("No row is marked.")?;
        }
        let store = &self.loaded.store;
        for event in rows {
            let line = timeline::line(store, self.run.facts, event, None);
            let (time, upn) = (line.time.second(), store.who(store.event(event).user));
            let mark = self.marked(event);
            self.say(format!("{time} UTC, {upn}, {}: {}{mark}", line.kind.words(), line.what))?;
        }
        let lost = marks::lost_words(self.places.lost(&self.case));
        lost.map_or(Ok(()), |words| self.say(format!("{words}.")))
    }

    /// Takes the last thing said back; the step of a walk (from 1) that it was about, if it was about one.
    pub(super) fn undo(&mut self, steps: &[Asked]) -> io::Result<Option<usize>> {
        let Some((what, about)) = self.case.undo(now()) else {
            self.say("There is nothing to undo: what was said before this start is not taken back this way.")?;
            return Ok(None);
        };
        self.save()?;
        let About::Hit(id, Some(step)) = about else { return self.say(format!("Undid: {what}")).map(|()| None) };
        let number = |steps: &[Asked]| {
            let is_it = |one: &Asked| self.hits[one.hit].id == id && one.step.id == step;
            steps.iter().position(is_it).map(|at| at + 1)
        };
        let here = number(steps);
        // In the list it is numbered as in the hit.
        let whose = self.hits.iter().position(|known| known.id == id);
        let numbered = here.or_else(|| number(&walk(self.hits, &[whose?], &self.case, by_id)));
        let numbered = numbered.map(|number| what.replacen(&format!(" step {step}"), &format!(" step {number}"), 1));
        self.say(format!("Undid: {}", numbered.unwrap_or(what)))?;
        Ok(here)
    }
}
