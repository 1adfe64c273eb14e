//! A line typed and not entered outlives the program, however that ends.

use super::{READY, Tty, bundle};
use portable_pty::CommandBuilder;
use tempfile::TempDir;

fn again(home: TempDir) -> Tty {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.arg(bundle(home.path()));
    Tty::start(command, home, &[])
}

/// A step's remark half typed.
fn typing() -> Tty {
    let mut tty = Tty::workbench();
    tty.shows(READY).shows("? help");
    tty.keys("\r").shows("step 1 of ");
    tty.keys("yi").shows("Remark on step 2");
    tty.keys("called the us").shows("called the us");
    // It is written by another thread.
    tty.kept_says("draft", "called the us", 1);
    tty
}

/// The folder left once it has ended.
fn ended(mut tty: Tty) -> TempDir {
    tty.child.wait().unwrap();
    std::mem::replace(&mut tty.home, tempfile::tempdir().unwrap())
}

#[test]
fn a_half_typed_remark_is_offered_again_after_a_kill_a_signal_and_a_lost_line() {
    let ways: [fn(Tty) -> TempDir; 4] = [
        Tty::killed,
        |tty| {
            tty.signal("TERM");
            ended(tty)
        },
        |tty| {
            tty.signal("HUP");
            ended(tty)
        },
        |mut tty| {
            tty.output.0.lock().unwrap().hang_up = true;
            (tty.writer, tty.master) = (None, None);
            tty.signal("HUP");
            ended(tty)
        },
    ];
    for (way, end) in ways.into_iter().enumerate() {
        let mut tty = again(end(typing()));
        tty.shows("Remark on step 2").shows("called the us").shows("typed before and not entered");
        tty.keys("er: travels\r").shows("remark: called the user: travels");
        let draft = tty.case().with_extension("draft");
        assert!(!draft.exists(), "way {way}: it is in the case now");
        tty.keys("q");
        let home = ended(tty);
        let mut tty = again(home);
        tty.shows("remark: called the user: travels");
        assert!(!tty.text().contains("not entered"), "{}", tty.text());
        tty.keys("q");
        tty.ends();
    }
}

#[test]
fn esc_drops_a_line() {
    let mut tty = typing();
    let draft = tty.case().with_extension("draft");
    assert!(draft.exists());
    tty.keys("\u{1b}");
    tty.until("the prompt is closed", |output| !output.screen.screen().contents().contains("Remark on step"));
    assert!(!draft.exists());
    let mut tty = again(tty.killed());
    tty.shows("step 2 of ");
    tty.rests();
    assert!(!tty.text().contains("called the us"), "{}", tty.text());
    tty.keys("q");
    tty.ends();
}
