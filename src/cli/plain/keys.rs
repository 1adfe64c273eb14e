//! Input of the conversation: a short line of keys, all of them for `?`, and one line for a slip.

use super::Talk;
use std::io::{self, BufRead};

/// Keys of a place.
pub(super) struct Keys {
    /// The most needed ones, in one line.
    pub(super) short: &'static str,
    /// Each key with its effect; those that every key of the place is in.
    pub(super) all: &'static [(&'static str, &'static str)],
}

/// At the list of incidents.
pub(super) const LIST: Keys = Keys {
    short: "a number walks that incident, e note, q quit, ? every key",
    all: &[
        ("a number", "walks that incident"),
        ("v N", "compares incident N with its user's usual days"),
        ("m", "marked rows"),
        ("c", "conflicts and copies"),
        ("z", "undo"),
        ("l", "the list again"),
        ("e", "writes the note; e N the note on incident N alone"),
        ("q", "quit"),
    ],
};

/// At a step.
pub(super) const STEP: Keys = Keys {
    short: "y theft, x harmless, u can't tell, n next, d verdict, ? every key",
    all: &[
        ("y", "the step points to theft"),
        ("x", "the step is harmless"),
        ("u", "the step cannot tell"),
        ("-", "takes the verdict back"),
        ("i TEXT", "a remark on the step"),
        ("r", "rows of the step"),
        ("n", "next step"),
        ("p", "step before"),
        ("a number", "goes to that step"),
        ("b N", "bookmarks row N"),
        ("t N WORDS", "tags of row N"),
        ("m N TEXT", "a remark on row N"),
        ("g", "five plain questions"),
        ("f", "queries that fetch what is not here; f N prints query N, f N clickhouse for that engine"),
        ("k", "what to do now, and until when each token may work; k N ticks task N"),
        ("v", "compares the incident with the user's usual days"),
        ("s", "what the logs show of the incident's hours"),
        ("w", "who else used its values"),
        ("z", "undo"),
        ("d", "verdict on the incident"),
        ("h", "hits of the incident; h N walks hit N"),
        ("o", "o N takes hit N out of the incident, or puts it back"),
        ("l", "back to the list"),
        ("e", "writes the note"),
        ("q", "quit"),
    ],
};

/// At the verdict.
pub(super) const VERDICT: Keys = Keys {
    short: "t theft, a authorised activity, m rule misfired, c cannot tell, - take it back, l leave it",
    all: &[
        ("t", "theft"),
        ("a, b", "authorised activity; asks why"),
        ("m, f", "the rule misfired; asks why"),
        ("c, u", "the evidence does not decide it; asks why"),
        ("-", "takes the verdict back"),
        ("l", "leaves it as it is"),
    ],
};

impl Talk<'_> {
    /// Asks for a key of a place; `?` lists them all. `None` at the end of the input.
    pub(super) fn key(&mut self, keys: &Keys, input: &mut dyn BufRead) -> io::Result<Option<String>> {
        loop {
            let typed = self.ask_text(keys.short, input)?;
            if typed.as_deref() != Some("?") {
                return Ok(typed);
            }
            for (key, effect) in keys.all {
                self.say(format!("{key}: {effect}"))?;
            }
            self.slipped = true;
        }
    }

    /// Asks for one of a few keys; `?` reads them out again. `None` at the end of the input.
    pub(super) fn ask(&mut self, keys: &str, input: &mut dyn BufRead) -> io::Result<Option<String>> {
        loop {
            let typed = self.ask_text(keys, input)?;
            if typed.as_deref() != Some("?") {
                return Ok(typed);
            }
        }
    }

    /// Asks for a line; `None` at the end of the input. After a slip the keys are not read out again.
    pub(super) fn ask_text(&mut self, keys: &str, input: &mut dyn BufRead) -> io::Result<Option<String>> {
        if !std::mem::take(&mut self.slipped) {
            writeln!(self.out, "({keys})")?;
        }
        write!(self.out, "> ")?;
        self.out.flush()?;
        let mut line = String::new();
        let read = input.read_line(&mut line)?;
        writeln!(self.out)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    }

    /// One line for what means nothing here.
    pub(super) fn slip(&mut self, what: &str) -> io::Result<()> {
        self.slipped = true;
        self.say(format!("{what}; ? lists the keys."))
    }
}
