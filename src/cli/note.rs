//! `note`: the case note.

use super::args::NoteArgs;
use super::resolve::Run;
use super::style::{Shell, Talk};
use super::usage::usage;
use super::user_config::UserConfig;
use super::{Exit, load, resolve, say};
use crate::analytics::{Hit, Incident, Incidents, Semantics};
use crate::casefile;
use crate::ingest::Loaded;
use crate::model::words::{counted, listed};
use crate::model::{inert, is_blank, shown};
use crate::report::note::chosen;
use crate::report::redact::{KEY, Redactor};
use crate::report::{exporter, write_indicators};
use crate::session::{Asked, report, with_revocations};
use crate::triage::{Bundle, Case};
use anyhow::{Context, bail};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(super) fn run(args: &NoteArgs, user: UserConfig, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut run = resolve::resolve(&args.bundle.run, user)?;
    for file in args.output.iter().chain(&args.redact) {
        refuse_evidence(file, &args.bundle.paths)?;
    }
    check_case(args.case.as_deref())?;
    let loaded = load::load(&args.bundle.paths, &run, shell)?;
    if loaded.nothing_readable() {
        return Ok(load::close(&loaded, shell));
    }
    let mut hits = load::hits(&loaded, &run);
    let mut case = case(args.case.as_deref(), &loaded, &hits, &run)?;
    if let Some((anew, _)) = with_revocations(&loaded.store, run.facts, &mut run.settings, &mut case) {
        hits = anew;
    }
    if let Some(name) = args.analyst.as_ref().filter(|name| !is_blank(name)) {
        name.trim().clone_into(&mut case.analyst);
    }
    case.name_steps(hits.iter().map(|hit| (hit.id.as_str(), hit.analytic)));
    if let Some(value) = &args.incident {
        refuse_unknown(value, &loaded, &run, &hits, &case)?;
    }
    let name = load::name(&args.bundle.paths);
    let asked = Asked { name: &name, only: args.incident.as_deref(), all_indicators: args.all_indicators };
    let mut report = report(&loaded, run.facts, &hits, &run.settings, &case, &asked);
    if let Some(key) = &args.redact {
        report.mask_with(redactor(key, &loaded)?, args.show_intruder);
    }
    let exporter = exporter(&args.format).context("the command line admits only known formats")?;
    let (mut note, mut indicators) = (Vec::new(), Vec::new());
    (exporter.write)(&report, &mut note)?;
    write_indicators(&report, &mut indicators)?;
    let maps = report.maps();
    // The key first: no masked note stands anywhere without it.
    if let Some((key, redactor)) = args.redact.as_ref().zip(report.redactor.as_ref()) {
        write_key(key, redactor)?;
        if shell.talk >= Talk::Progress {
            say(format_args!("who is who stands in {}: keep it apart from the note", shown(key)));
        }
    }
    match &args.output {
        None => out.write_all(&note)?,
        Some(path) => {
            let written = casefile::note::write(path, &note, &indicators, &maps)
                .with_context(|| format!("cannot write {}", shown(path)))?;
            if shell.talk >= Talk::Progress {
                let maps = match written.maps.len() {
                    0 => String::new(),
                    count => format!(", and {} beside it", counted(count, "map")),
                };
                say(format_args!("wrote {} and {}{maps}", shown(path), shown(&written.indicators)));
            }
            // However quiet: somebody will look for what they wrote.
            for kept in &written.kept {
                say(format_args!("what stood there was changed by hand, or is no note: it is now {}", shown(kept)));
            }
        }
    }
    out.flush()?;
    Ok(load::close(&loaded, shell))
}

/// A redactor with the pseudonyms of the key, where that is there already.
fn redactor(key: &Path, loaded: &Loaded) -> anyhow::Result<Redactor> {
    let rows = match std::fs::read(key) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        read => {
            let bytes = read.with_context(|| format!("cannot read {}", shown(key)))?;
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            let heads = reader.headers().is_ok_and(|heads| heads.iter().eq(KEY));
            let rows: Result<Vec<[String; 3]>, csv::Error> = reader.deserialize().collect();
            match rows {
                Ok(rows) if heads => rows,
                _ => bail!("{} is no key of --redact: give another file", shown(key)),
            }
        }
    };
    Redactor::new(loaded, &rows).map_err(|why| anyhow::anyhow!("{}: {why}", shown(key)))
}

/// Writes the key for the user alone.
fn write_key(path: &Path, redactor: &Redactor) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(KEY)?;
    for row in redactor.key() {
        writer.write_record(&row)?;
    }
    let bytes = writer.into_inner().context("writing to memory does not fail")?;
    casefile::replace(path, &bytes).with_context(|| format!("cannot write {}", shown(path)))
}

/// The case of that file, else the one the workbench keeps for the bundle, else an empty one.
pub(super) fn case(path: Option<&Path>, loaded: &Loaded, hits: &[Hit], run: &Run) -> anyhow::Result<Case> {
    let bundle = Bundle::new(loaded, hits);
    let place = casefile::default_path(&bundle.fingerprint, |name| std::env::var_os(name)).ok();
    let beside = place.filter(|_| path.is_none()).map(|place| casefile::find(&place, &bundle).path);
    let stored = match path.or(beside.as_deref()) {
        None => None,
        Some(file) => {
            let stored = match casefile::stored(file, &bundle) {
                Err(error) if path.is_none() && error.no_place().is_some() => {
                    // However quiet: there may be work in it.
                    say(format_args!("without a case: {error}"));
                    None
                }
                stored => stored?,
            };
            // However quiet: what is printed lacks that work.
            for copy in casefile::unmerged(file, &bundle) {
                let who = if copy.analyst.is_empty() { String::new() } else { format!(" by {}", inert(&copy.analyst)) };
                let file = shown(&copy.path);
                say(format_args!("not in this: work{who} in {file}; the workbench merges it when it opens the case"));
            }
            stored
        }
    };
    if let Some(path) = path.filter(|_| stored.is_none()) {
        return Err(no_case(path));
    }
    let mut case = stored.unwrap_or_else(|| run.marked(Case::new(bundle.fingerprint.clone(), String::new())));
    // However quiet: what is printed is about other evidence than what was saved.
    if let Some(grown) = case.read_on(&bundle) {
        say(format_args!("{grown}"));
    }
    Ok(case)
}

/// Checks that the file of `--case` is there and is a case, before the bundle is read.
pub(super) fn check_case(path: Option<&Path>) -> anyhow::Result<()> {
    match path {
        Some(path) if !casefile::check(path, &[])? => Err(no_case(path)),
        _ => Ok(()),
    }
}

fn no_case(path: &Path) -> anyhow::Error {
    anyhow::anyhow!("there is no case file {}", shown(path))
}

/// Ids named of the incidents there are.
const NAMED: usize = 20;

/// A value of `--incident` that fits nothing, with the ids there are.
pub(super) fn refuse_unknown(value: &str, loaded: &Loaded, run: &Run, hits: &[Hit], case: &Case) -> anyhow::Result<()> {
    let incidents = Incidents::new(&loaded.store, run.facts, &run.settings, Arc::default(), hits, &case.alone());
    if !chosen(&incidents, hits, value).is_empty() {
        return Ok(());
    }
    let named = |incident: &Incident| format!("{} ({})", incident.id, hits[incident.leading()].upn);
    let ids: Vec<String> = incidents.all.iter().map(named).collect();
    let there = if run.settings.semantics == Semantics::Published {
        "published semantics have hits alone".to_owned()
    } else if ids.is_empty() {
        "there is none".to_owned()
    } else {
        format!("there are {}", listed(&ids, NAMED))
    };
    Err(usage(format!("--incident {value}: no incident has this id or user; {there}")))
}

/// A note among the evidence would be part of the bundle the next time, and make it another bundle.
fn refuse_evidence(output: &Path, paths: &[PathBuf]) -> anyhow::Result<()> {
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(target) = folder.canonicalize().map(|folder| folder.join(output.file_name().unwrap_or_default())) else {
        return Ok(());
    };
    if paths.iter().filter_map(|path| path.canonicalize().ok()).any(|path| target.starts_with(path)) {
        bail!("{} stands inside the evidence: write the note elsewhere", shown(output));
    }
    Ok(())
}
