//! The five plain questions by lines.

use super::incidents::Listed;
use super::{Talk, evidence, now};
use crate::report::guided::{ANSWERS, QUESTIONS};
use crate::triage::walk::Asked;
use std::io::{self, BufRead};

impl Talk<'_> {
    /// Asks the five plain questions, each with its facts; `false` at the end of the input.
    pub(super) fn guided(&mut self, listed: &Listed, steps: &[Asked], input: &mut dyn BufRead) -> io::Result<bool> {
        let Some(card) = &listed.card else {
            self.say("Published semantics have hits alone.")?;
            return Ok(true);
        };
        let leading = &self.hits[listed.group.hits[0]];
        for (number, question) in (1..).zip(&QUESTIONS) {
            self.say(format!("Question {number} of {}: {}", QUESTIONS.len(), question.words))?;
            for fact in question.facts(card, self.hits, steps) {
                let lead = fact.state.map_or(String::new(), |state| format!("{}: ", evidence(state)));
                self.say(format!("{lead}{}: {}", fact.name, fact.text))?;
            }
            if let Some(answer) = question.answer(&self.case, leading) {
                self.say(format!("Your answer: {answer}"))?;
            }
            let [theft, harmless, open] = question.answers;
            let keys = format!("1 {theft}, 2 {harmless}, 3 {open}, - take it back, empty goes on");
            loop {
                let Some(typed) = self.ask(&keys, input)? else { return Ok(false) };
                let answer = match typed.as_str() {
                    "" => break,
                    "1" | "y" => Some(ANSWERS[0]),
                    "2" | "x" => Some(ANSWERS[1]),
                    "3" | "u" => Some(ANSWERS[2]),
                    "-" => None,
                    _ => {
                        self.slip(&format!("{typed} means nothing here"))?;
                        continue;
                    }
                };
                self.case.set_verdict(&leading.id, question.id, answer, now());
                self.save()?;
                break;
            }
        }
        Ok(true)
    }
}
