//! `--plain`: the workbench's triage as numbered text, a line at a time, for screen readers, pipes and terminals that
//! can do nothing else. The same hits, steps, case file and note.

mod containing;
mod guided;
mod incidents;
mod joining;
mod keys;
mod marks;
mod querying;

use incidents::{Listed, numbered};
use keys::{LIST, STEP, VERDICT};

use super::args::ScreenArgs;
use super::resolve::{Run, now};
use super::{Exit, load};
use crate::analytics::{self, Hit, Incidents, State, by_id};
use crate::casefile::note::{Written, note_of};
use crate::casefile::{self, CaseFile, Found, Opened};
use crate::ingest::Loaded;
use crate::model::words::counted;
use crate::model::{EventId, inert};
use crate::report::{Names, card, log_problems};
use crate::session::{self, Composed, ExitSummary, Unkept, with_revocations};
use crate::triage::groups::Group;
use crate::triage::marks::Places;
use crate::triage::walk::{Asked, walk};
use crate::triage::{Bundle, Case, Closing, Disposition, Verdict, reasons, timeline, worst_first};
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// Rows printed at once.
const ROWS: usize = 40;

/// The letters of each verdict: those of the workbench, and those of tokentrail 0.1.0.
const DISPOSITIONS: [(&[&str], Disposition); 4] = [
    (&["t"], Disposition::Theft),
    (&["a", "b"], Disposition::Authorised),
    (&["m", "f"], Disposition::Misfired),
    (&["c", "u"], Disposition::CannotTell),
];

/// Reads the bundle and talks until the input ends.
pub(super) fn run(
    paths: &[PathBuf],
    mut run: Run,
    look: &ScreenArgs,
    shell: &super::style::Shell,
    out: &mut dyn Write,
) -> anyhow::Result<Exit> {
    if paths.iter().any(|path| path.as_os_str() == "-") {
        return Err(super::usage::usage("--plain reads the answers from stdin: give the bundle as files"));
    }
    let (opening, advice) = run.opening(paths, look)?;
    let loaded = load::load(paths, &run, shell)?;
    if loaded.nothing_readable() {
        return Ok(load::close(&loaded, shell));
    }
    let mut candidates = Arc::default();
    let mut hits = analytics::run_over(&loaded.store, run.facts, &run.settings, Arc::clone(&candidates));
    hits.sort_by_key(worst_first);
    let opened = opening.open(Bundle::new(&loaded, &hits), |name| std::env::var_os(name), now())?;
    let mut opened = opened.unwrap_or_else(|Unkept { case, why }| Opened::nowhere(case, &why, now()));
    opened.resume(hits.iter().map(|hit| (hit.id.as_str(), hit.analytic)), now());
    let Opened { file, mut case, found } = opened;
    if let Some(anew) = with_revocations(&loaded.store, run.facts, &mut run.settings, &mut case) {
        (hits, candidates) = anew;
        hits.sort_by_key(worst_first);
    }
    let run = &run;
    let exit = load::close(&loaded, shell);
    let (name, places) = (load::name(paths), Places::find(&loaded, &case));
    let (loaded, hits) = (&loaded, &hits[..]);
    let incidents = Incidents::new(&loaded.store, run.facts, &run.settings, candidates, hits, &case.alone());
    let mut talk = Talk {
        name,
        loaded,
        hits,
        incidents,
        run,
        file,
        case,
        found,
        places,
        out,
        note: None,
        unsaved: None,
        slipped: false,
    };
    let input = &mut io::stdin().lock();
    if talk.join(input)? {
        if let Some(advice) = advice {
            talk.say(format!("{advice}."))?;
        }
        talk.log_problems()?;
        if !talk.file.is_read_only() {
            for draft in casefile::draft::drafts(talk.file.path()).iter().chain(&talk.found.drafts.clone()) {
                talk.say(format!("Typed before and not entered: {}. The workbench offers it again.", draft.words()))?;
            }
        }
        talk.list(input)?;
    }
    talk.leave()?;
    Ok(exit)
}

/// The conversation.
struct Talk<'a> {
    name: String,
    loaded: &'a Loaded,
    hits: &'a [Hit],
    incidents: Incidents,
    run: &'a Run,
    file: CaseFile,
    case: Case,
    /// Findings beside the case.
    found: Found,
    places: Places,
    out: &'a mut dyn Write,
    note: Option<Written>,
    /// Why the last save failed, if it did.
    unsaved: Option<String>,
    /// Whether the last input meant nothing: the keys are not read out again.
    slipped: bool,
}

/// The result of a part of the conversation.
#[derive(PartialEq, Eq)]
enum Next {
    List,
    Quit,
    /// Another hit of the incident, by its place.
    Hit(usize),
    /// The list anew: a hit was taken out of its incident, or put back.
    Regrouped,
}

impl Talk<'_> {
    fn say(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        writeln!(self.out, "{}", inert(text.as_ref()))
    }

    fn list(&mut self, input: &mut dyn BufRead) -> anyhow::Result<()> {
        while self.list_once(input)? == Next::Regrouped {
            let Run { facts, settings, .. } = self.run;
            let (store, alone) = (&self.loaded.store, self.case.alone());
            self.incidents = Incidents::new(store, facts, settings, Arc::default(), self.hits, &alone);
        }
        Ok(())
    }

    /// Lists the incidents and walks those that are chosen, until they are others or the input ends.
    fn list_once(&mut self, input: &mut dyn BufRead) -> anyhow::Result<Next> {
        let listed = &incidents::listed(self.loaded, self.run.facts, &self.incidents, self.hits)[..];
        let alone = self.case.alone();
        loop {
            if self.case.alone() != alone {
                return Ok(Next::Regrouped);
            }
            let settled = self.case.closed(self.hits);
            let (name, hits) = (self.name.clone(), self.hits.len());
            let incidents = if listed.iter().any(|one| one.card.is_some()) {
                format!("{}, ", counted(listed.len(), "incident"))
            } else {
                String::new()
            };
            self.say(format!("{name}: {incidents}{hits} hits, {settled} closed."))?;
            for (number, one) in (1..).zip(listed) {
                let line = self.line(number, one);
                self.say(line)?;
            }
            // A slip costs a line, not the list.
            let chosen = loop {
                let Some(typed) = self.key(&LIST, input)? else { return Ok(Next::Quit) };
                match typed.as_str() {
                    "q" => return Ok(Next::Quit),
                    "e" => self.write_note(None)?,
                    "m" => self.marks()?,
                    "c" => {
                        self.decisions(input)?;
                        break None;
                    }
                    "z" => {
                        self.undo(&[])?;
                        break None;
                    }
                    "" | "l" => break None,
                    typed if typed.starts_with("e ") => match numbered(listed, &typed[2..]) {
                        Some(one) => self.write_note(Some(&one.group))?,
                        None => self.slip(&format!("{typed}: no such incident"))?,
                    },
                    typed if typed.starts_with("v ") => match numbered(listed, &typed[2..]) {
                        Some(one) => self.compare(&one.group)?,
                        None => self.slip(&format!("{typed}: no such incident"))?,
                    },
                    typed => match numbered(listed, typed) {
                        Some(one) => break Some(one),
                        None => self.slip(&format!("{typed} is no incident of the list"))?,
                    },
                }
            };
            if let Some(chosen) = chosen
                && self.walk(chosen, input)? == Next::Quit
            {
                return Ok(Next::Quit);
            }
        }
    }

    /// Names what a line of the log is about.
    fn names(&self) -> Names<'_> {
        Names { loaded: self.loaded, facts: self.run.facts, hits: self.hits, places: &self.places }
    }

    /// Prints the mistakes in the log of the case.
    fn log_problems(&mut self) -> io::Result<()> {
        let problems = log_problems(self.case.problems(), &self.names());
        if !problems.is_empty() {
            self.say("The case and its log do not agree: the case file was changed outside of tokentrail.")?;
        }
        problems.iter().try_for_each(|problem| self.say(format!("Log: {problem}.")))
    }

    /// Steps of some hits with an answer, and all.
    fn progress(&self, hits: &[usize]) -> (usize, usize) {
        let walk = walk(self.hits, hits, &self.case, by_id);
        self.case.answered(self.hits, &walk)
    }

    /// Prints an incident, and walks its steps; those of one hit alone where that is asked for.
    fn walk(&mut self, listed: &Listed, input: &mut dyn BufRead) -> anyhow::Result<Next> {
        if let Some(card) = &listed.card {
            self.card(card)?;
        }
        let group = &listed.group;
        let mut of = group.hits.clone();
        loop {
            match self.walk_hits(listed, &of, input)? {
                Next::Hit(other) => of = vec![group.hits[other]],
                next => return Ok(next),
            }
        }
    }

    /// Walks the steps of some hits, from the first without an answer.
    fn walk_hits(&mut self, listed: &Listed, of: &[usize], input: &mut dyn BufRead) -> anyhow::Result<Next> {
        let group = &listed.group;
        let steps = walk(self.hits, of, &self.case, by_id);
        let hit = &self.hits[of[0]];
        self.say(format!(
            "{} {}, {}",
            hit.severity.word(),
            hit.analytic,
            self.loaded.store.who_as(hit.user, &hit.upn)
        ))?;
        self.say(format!("Severity: {}", hit.severity_reason))?;
        self.say(format!("Confidence {}: {}", hit.confidence.word(), hit.confidence_reason))?;
        for reason in &hit.reasons {
            self.say(format!("Because: {reason}"))?;
        }
        let mut step = self.case.first_open(self.hits, &steps).map_or(1, |at| at + 1);
        let mut printed = 0;
        loop {
            let Some(asked) = steps.get(step - 1).copied() else { return self.dispose(group, input) };
            let (hit, id) = (&self.hits[asked.hit], asked.step.id);
            self.case.place = Some((hit.id.clone(), id.to_owned()));
            // A slip costs a line, not the step.
            if printed != step {
                self.step(&asked, of[0], step, steps.len())?;
                printed = step;
            }
            let Some(typed) = self.key(&STEP, input)? else { return Ok(Next::Quit) };
            let (word, rest) = typed.split_once(' ').unwrap_or((&typed, ""));
            let verdict = match word {
                "y" => Some(Some(Verdict::Supports)),
                "x" => Some(Some(Verdict::Against)),
                "u" => Some(Some(Verdict::Unknown)),
                "-" => Some(None),
                _ => None,
            };
            if let Some(verdict) = verdict {
                self.case.set_verdict(&hit.id, id, verdict, now());
                self.save()?;
                if verdict.is_none() {
                    printed = 0;
                    continue;
                }
            }
            match word {
                "y" | "x" | "u" | "n" | "" if step < steps.len() => step += 1,
                "y" | "x" | "u" | "n" | "d" | "" => return self.dispose(group, input),
                "h" if rest.is_empty() => self.hits_of(group)?,
                "h" => match rest.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1)) {
                    Some(number) if number < group.hits.len() => return Ok(Next::Hit(number)),
                    _ => self.slip(&format!("{rest} is no hit of this incident"))?,
                },
                "o" => {
                    let number = rest.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                    match number.and_then(|number| group.hits.get(number)) {
                        Some(hit) if self.take_out(group, *hit)? => return Ok(Next::List),
                        Some(_) => {}
                        None => self.slip(&format!("{rest} is no hit of this incident"))?,
                    }
                }
                "g" if self.guided(listed, &steps, input)? => return self.dispose(group, input),
                "g" => return Ok(Next::Quit),
                "f" => self.queries(group, &asked, rest)?,
                "k" => self.contain(group, rest)?,
                "s" => self.visibility(group)?,
                "w" => self.who_else(group)?,
                "p" => step = step.saturating_sub(1).max(1),
                "i" => {
                    self.case.set_remark(&hit.id, id, rest.trim(), now());
                    self.save()?;
                    printed = 0;
                }
                "r" => self.rows(hit, asked.at)?,
                "v" => self.compare(group)?,
                "z" => (step, printed) = (self.undo(&steps)?.unwrap_or(step), 0),
                word if self.mark(hit, asked.at, word, rest)? => {}
                "l" => return Ok(Next::List),
                "e" => self.write_note(None)?,
                "q" => return Ok(Next::Quit),
                word => match word.parse::<usize>() {
                    Ok(number) if (1..=steps.len()).contains(&number) => step = number,
                    _ => self.slip(&format!("{typed} means nothing here"))?,
                },
            }
        }
    }

    /// Prints a step: the question, the fact first, then its detail.
    fn step(&mut self, asked: &Asked, leading: usize, step: usize, steps: usize) -> io::Result<()> {
        let hit = &self.hits[asked.hit];
        let also = if asked.hit == leading { String::new() } else { format!(" ({} asks)", hit.analytic) };
        self.say(format!("Step {step} of {steps}{also}: {}", asked.step.question))?;
        if let Some(finding) = asked.finding(self.hits) {
            let brief = if finding.brief.is_empty() { String::new() } else { format!("{}. ", finding.brief) };
            let lead = if asked.step.is_task() { "To do" } else { evidence(finding.state) };
            self.say(format!("{lead}: {brief}{}", finding.sentence))?;
        }
        self.say(format!("Look for: {}", asked.step.look_for))?;
        if let Some(verdict) = self.case.verdict(&hit.id, asked.step.id) {
            self.say(format!("Your verdict: {}", verdict.word()))?;
        }
        if let Some(remark) = self.case.remark(&hit.id, asked.step.id).map(str::to_owned) {
            self.say(format!("Your remark: {remark}"))?;
        }
        Ok(())
    }

    /// The rows a step's finding rests on.
    fn rows(&mut self, hit: &Hit, at: usize) -> io::Result<()> {
        let rows: &[EventId] = hit.findings.get(at).map_or(&[], |finding| &finding.rows);
        if rows.is_empty() {
            return self.say("This step rests on no rows.");
        }
        let (store, facts) = (&self.loaded.store, self.run.facts);
        for (number, row) in (1..).zip(rows.iter().take(ROWS)) {
            let line = timeline::line(store, facts, *row, None);
            let origin = store.event(*row).origin;
            let source = self.loaded.sources.get(origin.source.0 as usize).map_or("", |source| &source.name);
            let failed = if line.failed { ", failed" } else { "" };
            let actor = line.actor.map_or_else(String::new, |actor| format!(", by {actor}"));
            let asn = if line.asn.is_empty() { String::new() } else { format!(" (AS{})", line.asn) };
            let mark = self.marked(*row);
            self.say(format!(
                "{number}. {} UTC, {}: {}{actor}{failed}; client {}; from {}{asn}; agent {}; {source} record {}{mark}",
                line.time.second(),
                line.kind.words(),
                line.what,
                line.client,
                line.address,
                line.agent,
                origin.record,
            ))?;
        }
        if rows.len() > ROWS {
            let more = rows.len() - ROWS;
            self.say(format!("{more} more rows: tokentrail timeline --user {} prints them.", hit.upn))?;
        }
        Ok(())
    }

    /// Asks for the verdict on an incident; for every one but theft then for the reason, and for who confirmed it.
    fn dispose(&mut self, group: &Group, input: &mut dyn BufRead) -> anyhow::Result<Next> {
        let hits: Vec<&Hit> = group.hits.iter().map(|at| &self.hits[*at]).collect();
        let ids: Vec<String> = hits.iter().map(|hit| hit.id.clone()).collect();
        let outcome = self.case.disposition(&ids[0]).map_or("open", Disposition::words);
        self.say(match ids.len() {
            1 => format!("What is this incident? It is {outcome}."),
            hits => format!("What is this incident? A verdict closes its {hits} hits. It is {outcome}."),
        })?;
        let disposition = loop {
            let Some(typed) = self.key(&VERDICT, input)? else { return Ok(Next::Quit) };
            match DISPOSITIONS.iter().find(|(keys, _)| keys.contains(&typed.as_str())) {
                Some((_, disposition)) => break Some(*disposition),
                None if typed == "-" => break None,
                None if typed.is_empty() || typed == "l" => return Ok(Next::List),
                None => self.slip(&format!("{typed} means nothing here"))?,
            }
        };
        let mut closing = disposition.map(Closing::bare);
        if let Some(closing) = closing.as_mut().filter(|closing| closing.disposition.needs_a_reason()) {
            let offered = reasons(closing.disposition, hits.iter().map(|hit| hit.analytic));
            for (number, reason) in (1..).zip(&offered) {
                self.say(format!("{number}. {reason}"))?;
            }
            let Some(typed) = self.ask_text("why? a number, or in your words; empty for no reason", input)? else {
                return Ok(Next::Quit);
            };
            let number = typed.parse::<usize>().ok().and_then(|number| offered.get(number.checked_sub(1)?));
            closing.reason = number.map_or(typed, |reason| (*reason).to_owned());
            let Some(typed) = self.ask_text("who confirmed it? empty for nobody", input)? else {
                return Ok(Next::Quit);
            };
            closing.confirmed = typed;
        }
        self.case.close_hits(&ids, closing.as_ref(), now());
        self.save()?;
        if let Some(line) = card::verdict(&self.case, &hits) {
            self.say(format!("Verdict: {}.", line.text))?;
        }
        Ok(Next::List)
    }

    /// Puts the case on disk before anything else is read.
    fn save(&mut self) -> io::Result<()> {
        if self.file.is_read_only() {
            return self.take_back();
        }
        let saved = self.file.save(&mut self.case);
        self.unsaved = saved.as_ref().err().map(ToString::to_string);
        match saved {
            Ok(saved) => saved.sentence().map_or(Ok(()), |sentence| self.say(format!("Note: {sentence}."))),
            Err(error) => self.say(format!("The case is NOT saved: {error}")),
        }
    }

    /// Writes the note, on the incident of a group or on all.
    fn write_note(&mut self, group: Option<&Group>) -> io::Result<()> {
        if self.file.is_read_only() {
            return self.say("Read only: tokentrail note writes a note.");
        }
        if self.file.path().as_os_str().is_empty() {
            return self.say("The note is not written: it stands beside the case, and that has no place.");
        }
        let Run { facts, settings, .. } = self.run;
        let incident = group.and_then(|group| group.incident).map(|at| self.incidents.all[at].id.clone());
        if group.is_some() && incident.is_none() {
            return self.say("No incident: published semantics have hits alone.");
        }
        let asked = session::Asked { name: &self.name, only: incident.as_deref(), ..session::Asked::default() };
        let note = Composed::new(self.loaded, facts, self.hits, settings, &self.case, &asked);
        let path = self.file.note_path();
        let mut written = match note.write(&incident.map_or_else(|| path.clone(), |id| note_of(&path, &id))) {
            Ok(written) => written,
            Err(error) => return self.say(format!("The note is not written: {error}")),
        };
        let (path, beside) = (&written.note, &written.indicators);
        self.say(format!("Note written to {}, indicators to {}", path.display(), beside.display()))?;
        for kept in &written.kept {
            self.say(format!("What was changed by hand there is kept in {}", kept.display()))?;
        }
        if let Some(before) = self.note.take() {
            written.kept.splice(0..0, before.kept);
        }
        self.note = Some(written);
        Ok(())
    }

    /// The last three lines, as the workbench's own.
    fn leave(mut self) -> io::Result<()> {
        let is_blank = self.case.log.is_empty() && self.case.place.is_none();
        if !self.file.is_read_only() && !is_blank {
            // Whatever is on disk by now: where all is as saved last, nothing is written.
            self.save()?;
        }
        let path = self.file.path().to_owned();
        let mut summary = ExitSummary {
            hits: Some(self.hits.len()),
            settled: self.case.closed(self.hits),
            note: self.note.take(),
            unsaved: self.unsaved.take(),
            ..ExitSummary::default()
        };
        summary.close(Some(self.file), Some(&self.case), &path, now());
        write!(self.out, "{summary}")?;
        self.out.flush()
    }
}
/// Leads the sentence of a finding.
fn evidence(state: State) -> &'static str {
    match state {
        State::Supports => "Evidence for theft",
        State::Against => "Evidence against theft",
        State::Unknown => "Cannot tell",
        State::Missing => "Missing",
    }
}
