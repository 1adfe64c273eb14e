//! An unseen test: bundles drawn from seeds, with thefts and look-alikes in them, and a judge of what is found.
//!
//! `cargo run --example unseen -- --seeds 1000-1019 --explain`; `README.md` says how to read it.

mod bundle;
mod event;
mod export;
mod figures;
mod habits;
mod judge;
mod look_alikes;
#[path = "../common/rng.rs"]
mod rng;
#[path = "../common/row.rs"]
mod row;
mod story;
#[cfg(test)]
mod tests;
mod thefts;
mod world;

use clap::Parser;
use figures::Figures;
use judge::Judgement;
use std::io::Write;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Judges the analytics on bundles that nobody has looked at.
#[derive(Parser)]
struct Args {
    /// Seeds, as 7 or 1000-1019.
    #[arg(long, default_value = "4-11", value_parser = seeds)]
    seeds: RangeInclusive<u64>,
    /// Writes each bundle and its truth.json here, and keeps them.
    #[arg(long)]
    write: Option<PathBuf>,
    /// Writes every bundle as Defender exports it, whatever its seed says.
    #[arg(long)]
    defender: bool,
    /// Lists what is wrong, a line each.
    #[arg(long)]
    explain: bool,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    /// Least thefts found, in percent.
    #[arg(long, default_value_t = 0.0)]
    min_recall: f64,
    /// Least pairs of a theft and a look-alike ranked rightly, in percent.
    #[arg(long, default_value_t = 0.0)]
    min_pairs: f64,
    /// Most look-alikes that are high with high confidence.
    #[arg(long)]
    max_alarming: Option<u32>,
    /// Most hits above low per background user and month.
    #[arg(long)]
    max_noise: Option<f64>,
}

fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| text.parse::<u64>().map_err(|error| format!("{text}: {error}"));
    Ok(number(first)?..=number(last)?)
}

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    let mut out = std::io::stdout().lock();
    let mut judgements = Vec::new();
    let seeds: Vec<u64> = args.seeds.clone().collect();
    for some in seeds.chunks(std::thread::available_parallelism().map_or(1, usize::from)) {
        let judged: Vec<anyhow::Result<Judgement>> = std::thread::scope(|scope| {
            let threads: Vec<_> = some.iter().map(|seed| scope.spawn(|| one(*seed, &args))).collect();
            threads.into_iter().map(|thread| thread.join().expect("what panics has said so")).collect()
        });
        for judgement in judged {
            let judgement = judgement?;
            if !args.json {
                print(&judgement, args.explain, &mut out)?;
            }
            judgements.push(judgement);
        }
    }
    let total = Figures::from_judgements(&judgements);
    if args.json {
        let by_seed: Vec<_> = judgements
            .iter()
            .map(|one| {
                serde_json::json!({
                    "seed": one.seed,
                    "export": one.export,
                    "figures": Figures::from_judgements(std::slice::from_ref(one)).json(),
                    "faults": figures::faults(one),
                })
            })
            .collect();
        writeln!(out, "{}", serde_json::json!({"total": total.json(), "seeds": by_seed}))?;
    } else {
        writeln!(out, "{}all: {}", total.by_kind(), total.line())?;
    }
    let mut broken = args.broken(&total);
    broken.extend(
        judgements
            .iter()
            .filter(|one| one.skipped > 0)
            .map(|one| format!("every row read, seed {} has others", one.seed)),
    );
    for floor in &broken {
        writeln!(out, "below the floor: {floor}")?;
    }
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Args {
    /// The floors that do not hold.
    fn broken(&self, total: &Figures) -> Vec<String> {
        let mut broken = Vec::new();
        let (recall, pairs, noise) = (total.recall.percent(), total.pairs.percent(), total.noise_rate());
        if recall < self.min_recall {
            broken.push(format!("{recall:.1} % of thefts found, wanted {}", self.min_recall));
        }
        if pairs < self.min_pairs {
            broken.push(format!("{pairs:.1} % of pairs ranked rightly, wanted {}", self.min_pairs));
        }
        if self.max_alarming.is_some_and(|most| total.alarming.right > most) {
            broken.push(format!(
                "{} look-alikes high/high, wanted no more than {:?}",
                total.alarming.right, self.max_alarming
            ));
        }
        if self.max_noise.is_some_and(|most| noise > most) {
            broken.push(format!(
                "{noise:.2} hits per background user and month, wanted no more than {:?}",
                self.max_noise
            ));
        }
        broken
    }
}

/// Makes, writes and judges the bundle of a seed.
fn one(seed: u64, args: &Args) -> anyhow::Result<Judgement> {
    let bundle = bundle::make(seed, args.defender);
    let kept = args.write.as_deref().map(|folder| folder.join(format!("seed-{seed}")));
    let scratch = tempfile::tempdir()?;
    let folder = kept.as_deref().unwrap_or(scratch.path());
    write(folder, &bundle)?;
    judge::judge(&bundle, &folder.join("logs"))
}

fn print(judgement: &Judgement, explain: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let Judgement { seed, export, rows, skipped, .. } = judgement;
    let figures = Figures::from_judgements(std::slice::from_ref(judgement));
    writeln!(out, "seed {seed}: {export}, {rows} rows: {}", figures.line())?;
    if *skipped > 0 {
        writeln!(out, "  {skipped} rows could not be read")?;
    }
    for fault in figures::faults(judgement).iter().filter(|_| explain) {
        writeln!(out, "  {fault}")?;
    }
    Ok(())
}

/// Writes a bundle's files and, beside them, its truth.
fn write(folder: &Path, bundle: &bundle::Bundle) -> anyhow::Result<()> {
    for (name, bytes) in &bundle.files {
        let path = folder.join("logs").join(name);
        std::fs::create_dir_all(path.parent().expect("in a folder"))?;
        std::fs::write(path, bytes)?;
    }
    std::fs::write(folder.join("truth.json"), serde_json::to_vec_pretty(&bundle.truth())?)?;
    Ok(())
}
