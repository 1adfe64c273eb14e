//! A case with one writer, by lines: how to go on with one that another process has, and deciding what two analysts said.

use super::Talk;
use crate::casefile::{Join, Life, Opened, name};
use crate::cli::resolve::now;
use crate::triage::marks::{Places, lost_words};
use std::io::{self, BufRead};

const JOIN_KEYS: &str = "r read only, c work on a copy that is merged into the case later, t take the case, q quit";
const DECIDE_KEYS: &str = "t N take theirs or merge the copy, o N keep ours, l list of hits";

impl Talk<'_> {
    /// Says what was found beside the case, and asks how to go on where another process has it; `false` to leave.
    pub(super) fn join(&mut self, input: &mut dyn BufRead) -> io::Result<bool> {
        while let Some(taken) = self.found.holder.clone() {
            if !self.slipped {
                self.say(format!("This case has one writer. It is in use by {taken}."))?;
            }
            let Some(typed) = self.ask(JOIN_KEYS, input)? else { return Ok(false) };
            let how = match typed.as_str() {
                "q" => return Ok(false),
                "r" => {
                    self.say("Read only: no verdict is kept.")?;
                    break;
                }
                "c" => Join::Copy,
                "t" if taken.life == Life::Running => {
                    self.say("Its process still runs. If it has closed the case, the case is yours now.")?;
                    Join::TakeOver
                }
                "t" => {
                    self.say(
                        "Its process is not on this machine: nobody here can tell if it still runs. Should it, its \
                         analyst goes on in a copy.",
                    )?;
                    Join::TakeOver
                }
                typed => {
                    self.slip(&format!("{typed} means nothing here"))?;
                    continue;
                }
            };
            match self.file.join(how, &taken, now()) {
                Ok(Opened { file, case, found }) => {
                    self.places = Places::find(self.loaded, &case);
                    (self.file, self.case, self.found) = (file, case, found);
                }
                Err(error) => self.say(format!("That failed: {:#}", anyhow::Error::from(error)))?,
            }
        }
        if self.case.branch.is_some() {
            self.say(format!("Your work goes to a copy: {}", self.file.path().display()))?;
        }
        for sentence in self.found.sentences() {
            self.say(format!("Note: {sentence}."))?;
        }
        if let Some(words) = lost_words(self.places.lost(&self.case)) {
            self.say(format!("{words}."))?;
        }
        if !self.decisions_left().is_empty() && !self.file.is_read_only() {
            self.say("There are conflicts to decide or copies to merge: c lists them.")?;
        }
        Ok(true)
    }

    /// Undoes a change to a case that is open read only.
    pub(super) fn take_back(&mut self) -> io::Result<()> {
        while self.case.undo(now()).is_some() {}
        self.say("Read only: that is not kept.")
    }

    /// Copies to merge, then conflicts, each in words.
    fn decisions_left(&self) -> Vec<String> {
        let names = self.names();
        let copies = self
            .found
            .stranded
            .iter()
            .map(|path| format!("{} has work on the same bundle that is not in this case", path.display()));
        let conflicts = self.case.conflicts.iter().map(|conflict| {
            format!("{}: {}", conflict.theirs.named(|about| names.name(about)), conflict.sides(&self.case).join(" · "))
        });
        copies.chain(conflicts).collect()
    }

    /// Lists what two analysts decided differently, and decides it.
    pub(super) fn decisions(&mut self, input: &mut dyn BufRead) -> io::Result<()> {
        loop {
            let left = self.decisions_left();
            if left.is_empty() {
                return self.say("No conflict and no copy to merge.");
            }
            // A slip costs a line, not the list.
            if !self.slipped {
                for (number, line) in (1..).zip(&left) {
                    self.say(format!("{number}. {line}"))?;
                }
            }
            let Some(typed) = self.ask(DECIDE_KEYS, input)? else { return Ok(()) };
            let (word, number) = typed.split_once(' ').unwrap_or((&typed, ""));
            let at = number.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
            match (word, at.filter(|at| *at < left.len())) {
                ("l", _) => return Ok(()),
                ("t" | "o", _) if self.file.is_read_only() => self.say("Read only: that is not kept.")?,
                ("t" | "o", Some(at)) => self.decide(at, word == "t")?,
                _ => self.slip(&format!("{typed} means nothing here"))?,
            }
        }
    }

    fn decide(&mut self, at: usize, take: bool) -> io::Result<()> {
        let Some(path) = self.found.stranded.get(at).cloned() else {
            let decided = self.case.decide(at - self.found.stranded.len(), take, now());
            self.save()?;
            return decided.map_or(Ok(()), |decided| self.say(format!("{decided}.")));
        };
        if !take {
            self.found.stranded.retain(|stranded| *stranded != path);
            self.case.keep_apart(name(&path), now());
            self.save()?;
            return self.say("It is left as it is, and not asked about again.");
        }
        match self.file.absorb(&path, &mut self.case, now()) {
            Ok(merged) => {
                self.found.stranded.retain(|stranded| *stranded != path);
                self.places = Places::find(self.loaded, &self.case);
                self.say(format!("Merged: {merged}."))
            }
            Err(error) => self.say(format!("It is not merged: {:#}", anyhow::Error::from(error))),
        }
    }
}
