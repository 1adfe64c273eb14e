//! Every glyph on the screens: one meaning each, one stand-in in ASCII each, a line of the legend each.

use super::theme::Role;
use crate::analytics::State;
use crate::triage::Verdict;
use strum::VariantArray;

/// A glyph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
#[cfg_attr(feature = "testing", expect(missing_docs, reason = "the legend says what each means"))]
pub enum Glyph {
    Severity,
    Marked,
    Cursor,
    Ascending,
    Descending,
    Below,
    New,
    CannotTell,
    Supports,
    Against,
    Missing,
    SaidTheft,
    SaidHarmless,
    SaidUnknown,
    Remark,
    Chosen,
    Next,
    ToDo,
    Done,
    Code,
    SignIn,
    Token,
    Call,
    Act,
    Failed,
    OfHit,
    OfStep,
    Bookmarked,
    Noted,
    Found,
    Revoked,
    Closed,
    LogEnded,
}

impl Glyph {
    /// The sign.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Severity => "■",
            Self::Marked => "✚",
            Self::Cursor => "▌",
            Self::Ascending => "↑",
            Self::Descending => "↓",
            Self::Below => "└",
            Self::New => "◈",
            Self::CannotTell => "◇",
            Self::Supports => "▲",
            Self::Against => "▽",
            Self::Missing => "∅",
            Self::SaidTheft => "t",
            Self::SaidHarmless => "h",
            Self::SaidUnknown => "u",
            Self::Remark => "✎",
            Self::Chosen => "▶",
            Self::Next => "◦",
            Self::ToDo => "□",
            Self::Done => "✓",
            Self::Code => "◆",
            Self::SignIn => "○",
            Self::Token => "●",
            Self::Call => "»",
            Self::Act => "▪",
            Self::Failed => "✗",
            Self::OfHit => "•",
            Self::OfStep => "▸",
            Self::Bookmarked => "★",
            Self::Noted => "☆",
            Self::Found => "*",
            Self::Revoked => "!",
            Self::Closed => "+",
            Self::LogEnded => "░",
        }
    }

    /// Its stand-in where there is only ASCII: no two signs share one, and none is a digit, as heights of bars are.
    pub const fn ascii(self) -> &'static str {
        match self {
            Self::Severity => "%",
            Self::Marked => "&",
            Self::Cursor => ">",
            Self::Ascending => "/",
            Self::Descending => "\\",
            Self::Below => "`",
            Self::New => "@",
            Self::CannotTell => "?",
            Self::Supports => "^",
            Self::Against => "v",
            Self::Missing => "~",
            Self::Remark => "i",
            Self::Chosen => "]",
            Self::Next => "[",
            Self::ToDo => "_",
            Self::Done => "x",
            Self::Code => "D",
            Self::SignIn => "o",
            Self::Token => "O",
            Self::Call => "G",
            Self::Act => "A",
            Self::Failed => "F",
            Self::OfHit => "'",
            Self::OfStep => "$",
            Self::Bookmarked => "B",
            Self::Noted => "b",
            Self::LogEnded => ",",
            Self::SaidTheft | Self::SaidHarmless | Self::SaidUnknown | Self::Found | Self::Revoked | Self::Closed => {
                self.text()
            }
        }
    }

    /// Its meaning, with where it stands first: a line of the legend.
    pub const fn means(self) -> &'static str {
        match self {
            Self::Severity => "Incidents: severity; the word beside it says which",
            Self::Marked => "Incidents: marked; a verdict closes all marked ones",
            Self::Cursor => "Lists: the cursor",
            Self::Ascending => "Lists: grows down this column; more rows above",
            Self::Descending => "Lists: shrinks down this column; more rows below",
            Self::Below => "Incidents, lineage: belongs to what stands above it",
            Self::New => "New to the user: an address, a value; the record names all that is",
            Self::CannotTell => "The logs cannot tell: a finding, a place, a value",
            Self::Supports => "Findings: points to theft",
            Self::Against => "Findings: harmless",
            Self::Missing => "Findings: the logs that would answer are not in the bundle",
            Self::SaidTheft => "Steps: your verdict: theft",
            Self::SaidHarmless => "Steps: your verdict: harmless",
            Self::SaidUnknown => "Steps: your verdict: cannot tell",
            Self::Remark => "Steps: has a remark",
            Self::Chosen => "Steps, questions: the one that is open or chosen",
            Self::Next => "Steps: where walking goes on",
            Self::ToDo => "Steps, containment: to do",
            Self::Done => "Containment: done",
            Self::Code => "Timeline, map: device-code sign-in",
            Self::SignIn => "Timeline, map: sign-in with the user present",
            Self::Token => "Timeline, map: token issued without the user, by a refresh token",
            Self::Call => "Timeline: Graph call",
            Self::Act => "Timeline: act or change from an audit log",
            Self::Failed => "Timeline, map: failed",
            Self::OfHit => "Timeline: a row of the hit",
            Self::OfStep => "Timeline: a row that the step or fact rests on",
            Self::Bookmarked => "Timeline: bookmarked",
            Self::Noted => "Timeline: has tags or a remark",
            Self::Found => "Timeline: found by the search",
            Self::Revoked => "Timeline, map: sessions were revoked, or the row comes after that",
            Self::Closed => "Timeline: closed over what hangs below",
            Self::LogEnded => "Map, bundle: outside of what the log has",
        }
    }
}

/// Signs of several letters, and of letters that change.
pub const PATTERNS: [(&str, &str); 5] = [
    ("7×", "Incidents: so many hits in one; f lists them. Timeline: so many like rows in one"),
    ("0/7", "Incidents: steps answered of all"),
    ("a b c", "Timeline: the token. A sign-in and what was done with its token have one letter"),
    ("▁▄█", "Timeline: rows by time; the higher, the more"),
    ("▂▅█", "Map: looked around; read or searched; took or changed"),
];

/// Glyph and role of a finding.
pub fn finding(state: State) -> (&'static str, Role) {
    match state {
        State::Supports => (Glyph::Supports.text(), Role::Supports),
        State::Against => (Glyph::Against.text(), Role::Against),
        State::Unknown => (Glyph::CannotTell.text(), Role::Unknown),
        State::Missing => (Glyph::Missing.text(), Role::Missing),
    }
}

/// Glyph, word and role of a verdict on a step; no word where there is none.
pub fn verdict(verdict: Option<Verdict>) -> (&'static str, &'static str, Role) {
    match verdict {
        Some(Verdict::Supports) => (Glyph::SaidTheft.text(), "theft", Role::Supports),
        Some(Verdict::Against) => (Glyph::SaidHarmless.text(), "harmless", Role::Against),
        Some(Verdict::Unknown) => (Glyph::SaidUnknown.text(), "can't tell", Role::Unknown),
        None => (" ", "", Role::Quiet),
    }
}

/// Letters of a token by its number: `a` to `z`, then `aa`.
pub fn token(number: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = number;
    loop {
        letters.push(char::from(b'a' + u8::try_from(rest % 26).unwrap_or(0)));
        match (rest / 26).checked_sub(1) {
            None => break,
            Some(higher) => rest = higher,
        }
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::ascii::stand_in;
    use std::collections::BTreeMap;
    use std::path::Path;

    #[test]
    fn no_sign_has_two_meanings_in_either_set() {
        let (mut signs, mut stand_ins) = (BTreeMap::new(), BTreeMap::new());
        for &sign in Glyph::VARIANTS {
            assert_eq!(signs.insert(sign.text(), sign), None, "{sign:?}");
            assert_eq!(stand_ins.insert(sign.ascii(), sign), None, "{sign:?}");
            let shown = sign.text().chars().next().and_then(stand_in).unwrap_or(sign.text());
            assert_eq!(shown, sign.ascii(), "{sign:?}: what an ASCII screen shows");
        }
        for bar in "▁▂▃▄▅▆▇█".chars() {
            assert!(!signs.contains_key(bar.to_string().as_str()), "{bar} is a height");
            assert!(!stand_ins.contains_key(stand_in(bar).unwrap()), "{bar} is a height");
        }
        let mut meanings: Vec<&str> = Glyph::VARIANTS.iter().map(|sign| sign.means()).collect();
        meanings.sort_unstable();
        assert!(meanings.windows(2).all(|pair| pair[0] != pair[1]), "two signs mean the same");
    }

    /// Literals of the sources of the screens, outside of comments and tests.
    fn literals(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                literals(&path, found);
                continue;
            }
            let name = path.display().to_string();
            if ["/glyphs.rs", "/ascii.rs", "/tests.rs"].iter().any(|other| name.ends_with(other)) {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            found.extend(lines.filter(|line| line.contains(['"', '\''])).map(|line| (name.clone(), line.to_owned())));
        }
    }

    #[test]
    fn screens_draw_no_sign_but_those_of_the_table() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        literals(&root.join("src/tui"), &mut found);
        assert!(found.len() > 1000, "{}", found.len());
        let ours: Vec<&str> = Glyph::VARIANTS.iter().map(|sign| sign.text()).filter(|sign| !sign.is_ascii()).collect();
        for (file, line) in found {
            // Branches of the tree are lines, and lines are no signs.
            if file.ends_with("/branches.rs") {
                continue;
            }
            for sign in &ours {
                assert!(!line.contains(sign), "{file} draws {sign} by itself: {line}");
            }
        }
    }

    #[test]
    fn every_token_has_letters_of_its_own() {
        let letters: Vec<String> = [0, 1, 25, 26, 27, 51, 52, 701, 702].into_iter().map(token).collect();
        assert_eq!(letters, ["a", "b", "z", "aa", "ab", "az", "ba", "zz", "aaa"]);
    }
}
