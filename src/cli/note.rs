//! `note`: the case note.

use super::args::NoteArgs;
use super::style::{Shell, Talk};
use super::{Exit, load, resolve, say};
use crate::facts::Facts;
use crate::ingest::Loaded;
use crate::model::Source;
use crate::report::{Header, Report, exporter, write_indicators};
use crate::triage::{Case, fingerprint};
use anyhow::{Context, bail};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &NoteArgs, shell: &Shell, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let run = resolve::resolve(&args.bundle.run)?;
    if let Some(output) = &args.output {
        refuse_evidence(output, &args.bundle.paths)?;
    }
    let loaded = load::load(&args.bundle.paths, &run, shell)?;
    if load::nothing_readable(&loaded) {
        return Ok(load::close(&loaded, shell));
    }
    let case = case(args.case.as_deref(), &loaded)?;
    let hits = load::hits(&loaded, &run);
    let name = name(args, &loaded);
    let header = Header { case: &name, version: env!("CARGO_PKG_VERSION"), settings: &run.settings, changed: None };
    let report = Report::build(&loaded, Facts::embedded(), &hits, &case, &header);
    let exporter = exporter(&args.format).context("the command line admits only known formats")?;
    match &args.output {
        None => (exporter.write)(&report, out)?,
        Some(path) => {
            let mut note = Vec::new();
            (exporter.write)(&report, &mut note)?;
            save(path, &note)?;
            let beside = path.with_extension("indicators.csv");
            let mut indicators = Vec::new();
            write_indicators(&report, &mut indicators)?;
            save(&beside, &indicators)?;
            if shell.talk >= Talk::Progress {
                say(format_args!("wrote {} and {}", path.display(), beside.display()));
            }
        }
    }
    out.flush()?;
    Ok(load::close(&loaded, shell))
}

/// The case of that file, or an empty one.
fn case(path: Option<&Path>, loaded: &Loaded) -> anyhow::Result<Case> {
    let bundle = fingerprint(&loaded.sources);
    let Some(path) = path else { return Ok(Case::new(bundle, String::new())) };
    let shown = path.display();
    let bytes = fs::read(path).with_context(|| format!("case {shown}"))?;
    let case: Case = serde_json::from_slice(&bytes).with_context(|| format!("case {shown} is damaged"))?;
    if case.version > Case::VERSION {
        bail!("case {shown} was written by a newer tokentrail (layout {})", case.version);
    }
    if case.bundle != bundle {
        bail!("case {shown} is of another bundle: give the paths it was made for");
    }
    Ok(case)
}

/// The name on the note: the case file's, else the bundle's.
fn name(args: &NoteArgs, loaded: &Loaded) -> String {
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let named = args.case.as_deref().and_then(stem);
    let only = |sources: &[Source]| sources.first().map(|source| source.path.clone()).as_deref().and_then(stem);
    named.or_else(|| only(&loaded.sources)).unwrap_or_else(|| "bundle".to_owned())
}

/// A note never takes the place of evidence.
fn refuse_evidence(output: &Path, paths: &[PathBuf]) -> anyhow::Result<()> {
    let Ok(target) = output.canonicalize() else { return Ok(()) };
    for path in paths.iter().filter_map(|path| path.canonicalize().ok()) {
        if target == path {
            bail!("{} is part of the bundle: write the note elsewhere", output.display());
        }
    }
    Ok(())
}

fn save(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fs::write(path, bytes).with_context(|| path.display().to_string())
}
