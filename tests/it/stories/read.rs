//! A story's file, line by line. What it does not know is an error that names the line.

use super::Outcome;
use super::event::{self, Event};
use std::collections::HashMap;
use strum::{EnumString, IntoStaticStr, VariantArray};
use tokentrail::testing::analytics::{self, Analytic, Semantics, Settings};
use tokentrail::testing::store::testing::Rows;

/// A story, ready to be run.
pub(crate) struct Story {
    /// Its file.
    pub(crate) name: String,
    /// Id of the analytic it is about.
    pub(crate) analytic: String,
    /// Its kind of outcome.
    pub(crate) kind: StoryKind,
    /// Thresholds and the like.
    pub(crate) settings: Settings,
    /// Its events.
    pub(crate) rows: Rows,
    /// Its last day.
    pub(crate) day: String,
    /// The hits that must be found.
    found: Vec<Says>,
    /// The line under the heading of what must be found.
    end: usize,
}

/// A story's demands on a hit.
struct Says {
    line: usize,
    hit: String,
    analytic: &'static Analytic,
    /// `step: state` of every step or of none, and words of the sentence where the story has them.
    findings: Vec<(String, String)>,
    techniques: Option<String>,
    columns: Vec<(String, String)>,
    reasons: Vec<String>,
    headline: Option<String>,
}

impl Says {
    /// Returns whether a hit is the one it says, as far as it says something.
    fn fits(&self, found: &Outcome) -> bool {
        let finding =
            |(says, found): (&(String, String), &(String, String))| says.0 == found.0 && found.1.contains(&says.1);
        let findings =
            self.findings.len() == found.findings.len() && self.findings.iter().zip(&found.findings).all(finding);
        let column = |(name, value): &(String, String)| found.columns.iter().any(|(of, is)| of == name && is == value);
        self.hit == found.hit
            && (self.findings.is_empty() || findings)
            && self.techniques.as_ref().is_none_or(|ids| *ids == found.techniques)
            && self.columns.iter().all(column)
            && self.headline.as_ref().is_none_or(|words| found.headline.contains(words))
            && self.reasons.iter().all(|words| found.reasons.iter().any(|reason| reason.contains(words)))
    }

    /// Reads a line below it.
    fn detail(&mut self, words: &str) -> Result<(), String> {
        if let Some(reason) = words.strip_prefix("because ") {
            self.reasons.push(reason.to_owned());
        } else if let Some(words) = words.strip_prefix("headline ") {
            self.headline = Some(words.to_owned());
        } else if let Some((name, value)) = words.split_once(" = ") {
            self.columns.push((name.to_owned(), value.to_owned()));
        } else {
            let (step, state) = words.split_once(": ").ok_or("`step: state` is meant here")?;
            if step == "techniques" {
                self.techniques = Some(state.to_owned());
                return Ok(());
            }
            if !self.analytic.steps.iter().any(|known| known.id == step) {
                return Err(format!("no step {step}"));
            }
            let (state, sentence) = state.split_once(", ").unwrap_or((state, ""));
            if !["supports", "against", "unknown", "missing"].contains(&state) {
                return Err(format!("no state {state}: supports, against, unknown and missing are known"));
            }
            self.findings.push((format!("{step}: {state}"), sentence.to_owned()));
        }
        Ok(())
    }
}

/// The kind of outcome a story shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, EnumString, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum StoryKind {
    /// It fires.
    Fires,
    /// It stays quiet just below a threshold.
    Below,
    /// It stays quiet, or says low, at something of every day.
    LookAlike,
}

impl StoryKind {
    /// The word in a file.
    pub(crate) fn word(self) -> &'static str {
        self.into()
    }
}

/// The parts of a file, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Head,
    Given,
    Events,
    Found,
}

impl Story {
    /// Reads a story.
    ///
    /// # Errors
    /// File, line and the words that are not known there.
    pub(crate) fn read(name: &str, text: &str) -> Result<Self, String> {
        let mut reader = Reader::default();
        for (number, line) in (1..).zip(text.lines()) {
            reader.line(number, line).map_err(|error| format!("tests/stories/{name}:{number}: {error}"))?;
        }
        reader.story(name).map_err(|error| format!("tests/stories/{name}: {error}"))
    }

    /// The first difference between the outcome and the story: file and line.
    pub(crate) fn differs(&self, found: &[Outcome]) -> Option<String> {
        let alike = self.found.iter().zip(found).take_while(|(says, found)| says.fits(found)).count();
        let all = alike == self.found.len() && alike == found.len();
        let line = self.found.get(alike).map_or(self.end, |says| says.line);
        (!all).then(|| format!("tests/stories/{}:{line}", self.name))
    }

    /// Returns whether it asks for a column.
    pub(crate) fn asks_for(&self, column: &str) -> bool {
        self.found.iter().flat_map(|says| &says.columns).any(|(name, _)| name == column)
    }

    /// Returns whether a hit of its analytic is there with every finding.
    pub(crate) fn tells_findings(&self) -> bool {
        self.found.iter().any(|says| says.analytic.id == self.analytic && !says.findings.is_empty())
    }
}

struct Reader {
    part: Part,
    in_block: bool,
    analytic: Option<String>,
    kind: Option<StoryKind>,
    settings: Settings,
    given: HashMap<String, String>,
    days: Vec<String>,
    rows: Rows,
    count: usize,
    found: Vec<Says>,
    nothing: bool,
    end: usize,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            part: Part::Head,
            in_block: false,
            analytic: None,
            kind: None,
            settings: Settings::default(),
            given: HashMap::new(),
            days: vec!["2026-05-01".to_owned()],
            rows: Rows::default(),
            count: 0,
            found: Vec::new(),
            nothing: false,
            end: 0,
        }
    }
}

impl Reader {
    fn line(&mut self, number: usize, line: &str) -> Result<(), String> {
        if let Some(heading) = line.strip_prefix("## ") {
            return self.heading(heading, number);
        }
        if line.starts_with("```") {
            self.in_block = !self.in_block;
            return Ok(());
        }
        match (self.part, line.strip_prefix("- ")) {
            (Part::Head, Some(item)) => self.item(item),
            _ if !self.in_block || line.trim().is_empty() => Ok(()),
            (Part::Head, _) => Err("a block stands under ## Given, ## Events or ## Found".to_owned()),
            (Part::Given, _) => {
                let (name, means) = line.split_once(" = ").ok_or("`name = details` is meant here")?;
                Event::default().details(means, &self.given)?;
                self.given.insert(name.trim().to_owned(), means.to_owned());
                Ok(())
            }
            (Part::Events, _) => self.event(line),
            (Part::Found, _) => self.outcome(number, line),
        }
    }

    fn heading(&mut self, heading: &str, number: usize) -> Result<(), String> {
        let part = match heading {
            "Given" => Part::Given,
            "Events" => Part::Events,
            "Found" => Part::Found,
            _ => return Err(format!("no heading {heading}: Given, Events and Found are known")),
        };
        if part <= self.part {
            return Err("the headings are Given, Events, Found, in this order".to_owned());
        }
        (self.part, self.end) = (part, number);
        Ok(())
    }

    fn item(&mut self, item: &str) -> Result<(), String> {
        let (name, value) = item.split_once(": ").ok_or_else(|| format!("{item}: `name: value` is meant here"))?;
        match name {
            "analytic" => {
                let analytic = analytics::by_id(value).ok_or_else(|| format!("no analytic {value}"))?;
                if !analytic.on_by_default {
                    self.settings.analytics = Some(vec![value.to_owned()]);
                }
                self.analytic = Some(value.to_owned());
            }
            "kind" => {
                let kinds = StoryKind::VARIANTS.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
                self.kind = Some(value.parse().map_err(|_| format!("no kind {value}: {kinds} are known"))?);
            }
            "option" => match value {
                "--admin-scope-only" => self.settings.admin_scope_only = true,
                "--noncompliant-only" => self.settings.noncompliant_only = true,
                "--semantics published" => self.settings.semantics = Semantics::Published,
                _ => match value.strip_prefix("--analytics ").and_then(analytics::by_id) {
                    Some(analytic) => self.settings.analytics = Some(vec![analytic.id.to_owned()]),
                    None => return Err(format!("no option {value}")),
                },
            },
            _ => return Err(format!("no {name}: analytic, kind and option are known")),
        }
        Ok(())
    }

    fn event(&mut self, line: &str) -> Result<(), String> {
        if !line.contains('|') {
            self.days = event::days(line.trim())?;
            return Ok(());
        }
        for day in self.days.clone() {
            self.count += 1;
            let mut event = Event::read(line, &self.given)?;
            event.add_to(&mut self.rows, &day, &format!("row{}", self.count))?;
        }
        Ok(())
    }

    fn outcome(&mut self, number: usize, line: &str) -> Result<(), String> {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if words == "nothing" {
            self.nothing = true;
        } else if line.starts_with(' ') {
            self.found.last_mut().ok_or("this stands below its hit")?.detail(&words)?;
        } else {
            let id = words.split(" | ").next().unwrap_or_default();
            let analytic = analytics::by_id(id).ok_or_else(|| format!("no analytic {id}"))?;
            let (findings, columns, reasons) = (Vec::new(), Vec::new(), Vec::new());
            let (techniques, headline) = (None, None);
            self.found.push(Says {
                line: number,
                hit: words,
                analytic,
                findings,
                techniques,
                columns,
                reasons,
                headline,
            });
        }
        Ok(())
    }

    fn story(self, name: &str) -> Result<Story, String> {
        if self.count == 0 {
            return Err("no events".to_owned());
        }
        if self.nothing != self.found.is_empty() {
            return Err("under ## Found stand hits, or `nothing`".to_owned());
        }
        Ok(Story {
            name: name.to_owned(),
            analytic: self.analytic.ok_or("no `- analytic: ID`")?,
            kind: self.kind.ok_or("no `- kind: KIND`")?,
            settings: self.settings,
            rows: self.rows,
            day: self.days.last().cloned().unwrap_or_default(),
            found: self.found,
            end: self.end,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Story;

    /// A story that reads, with one line in place of another.
    fn error(line: &str, instead: &str) -> String {
        let story = "# A\n\n- analytic: foci-burst\n- kind: below\n\n## Given\n\n```\ndesk = from 192.0.2.10\n```\n\n\
                     ## Events\n\n```\n2026-05-01\n14:00:00 | alice | token | Azure CLI → Microsoft Graph | desk\n```\n\n\
                     ## Found\n\n```\nnothing\n```\n";
        assert!(story.contains(line) && Story::read("a.md", story).is_ok());
        let error = Story::read("a.md", &story.replacen(line, instead, 1)).err();
        error.unwrap_or_else(|| panic!("{instead} reads"))
    }

    #[test]
    fn what_is_not_known_is_an_error_with_its_line() {
        for (line, instead, says) in [
            ("foci-burst", "foci-bust", "a.md:3: no analytic foci-bust"),
            ("below", "above", "a.md:4: no kind above: fires, below, look-alike are known"),
            ("- kind", "- kinds", "a.md:4: no kinds: "),
            ("## Given", "## Givn", "a.md:6: no heading Givn"),
            ("from 192", "form 192", "a.md:9: no detail `form 192.0.2.10`"),
            ("192.0.2.10", "192.0.2.300", "a.md:9: no address 192.0.2.300"),
            ("2026-05-01", "2026-05-32", "a.md:15: no day 2026-05-32"),
            ("14:00:00", "14:60:00", "a.md:16: no time 14:60:00"),
            ("| token |", "| tokn |", "a.md:16: no event `tokn`"),
            ("Azure CLI", "Azure CLU", "a.md:16: no client Azure CLU"),
            ("Microsoft Graph", "Fabrikam Graph", "a.md:16: no resource Fabrikam Graph"),
            ("| desk", "| dsk", "a.md:16: no detail `dsk`"),
            ("nothing", "none", "a.md:22: no analytic none"),
            ("nothing", "foci-burst | a\n  first: supports", "a.md:23: no step first"),
            ("nothing", "foci-burst | a\n  usual-address: maybe", "a.md:23: no state maybe"),
            ("nothing", "", "a.md: under ## Found stand hits, or `nothing`"),
        ] {
            let error = error(line, instead);
            assert!(error.starts_with(&format!("tests/stories/{says}")), "{error}");
        }
    }
}
