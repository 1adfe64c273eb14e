//! Cost of a verdict in a case with a long log, and of opening that case: `cargo bench --bench case [LINES]`.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

use std::hint::black_box;
use std::time::{Duration, Instant};
use tokentrail::testing::casefile;
use tokentrail::testing::model::{Span, Time};
use tokentrail::testing::triage::{Case, Verdict};

/// Verdicts measured, each as a key press makes it.
const VERDICTS: usize = 20;

fn main() {
    let lines = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(50_000);
    let home = tempfile::tempdir().expect("a temporary folder can be made");
    let path = home.path().join("case.json");
    let at = |second: usize| Time::MISSING.plus(Span::seconds(i64::try_from(second).unwrap_or(i64::MAX)));
    let opened = casefile::open(&path, &[], "b", "ana", at(0)).expect("there is no case yet");
    let (mut file, mut case) = (opened.file, opened.case);
    for line in 0..lines {
        let hit = format!("{:012x}", line % 2_000);
        match line % 3 {
            0 => case.set_remark(
                &hit,
                "first-login",
                &format!("looked at the portal, line {line}: travels a lot"),
                at(line),
            ),
            1 => case.set_verdict(&hit, "second-client", Some(Verdict::Supports), at(line)),
            _ => case.set_verdict(&hit, "second-client", Some(Verdict::Against), at(line)),
        }
    }
    file.save(&mut case).expect("the case can be saved");
    println!("{lines} lines, {} kB", case.to_bytes().len() / 1000);
    let bytes = std::fs::read(&path).expect("it was saved");
    let (opened, took) = timed(|| Case::from_bytes(&bytes).expect("it is a case"));
    println!("read           {took}");
    let (problems, took) = timed(|| opened.log_problems());
    println!("held against its log  {took}");
    assert!(problems.is_empty(), "{problems:?}");
    let (_, took) = timed(|| black_box(case.clone()));
    println!("copied for the note   {took}");
    let mut worst = [Duration::ZERO; 3];
    let mut saving = case.clone();
    for verdict in 0..VERDICTS {
        let start = Instant::now();
        // As with keys: while the case before is being saved.
        match verdict % 3 {
            0 => case.set_verdict("000000000001", "second-client", Some(Verdict::Unknown), at(lines + verdict)),
            1 => case.set_remark("000000000001", "second-client", "once more", at(lines + verdict)),
            _ => drop(case.undo(at(lines + verdict))),
        }
        saving = case.clone();
        let logged = start.elapsed();
        black_box(saving.to_bytes());
        let written = start.elapsed();
        file.save(&mut saving).expect("the case can be saved");
        let saved = start.elapsed();
        let took = [logged, written.saturating_sub(logged), saved.saturating_sub(written)];
        worst = std::array::from_fn(|at| worst[at].max(took[at]));
    }
    drop(saving);
    let parts = ["logged and copied, on the screen's thread", "made into bytes", "saved, with fsync"];
    for (name, worst) in parts.iter().zip(worst) {
        println!("verdict, remark or undo {name}: {:.1} ms at worst of {VERDICTS}", worst.as_secs_f64() * 1e3);
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, String) {
    let start = Instant::now();
    let done = work();
    (done, format!("{:.1} ms", start.elapsed().as_secs_f64() * 1e3))
}
