//! Input that was cut on the way: a paste without its end, half a report.

use super::{READY, Tty};

fn at_a_step() -> Tty {
    let mut tty = Tty::workbench();
    tty.shows(READY).shows("? help");
    tty.keys("\r").shows("step 1 of ");
    tty
}

/// Half of what comes from a terminal: a paste, a mouse report in two forms, a key.
const CUT: [&str; 6] = ["\u{1b}[200~yyyy", "\u{1b}[<0;12;", "\u{1b}[M ", "\u{1b}[1;", "\u{1b}[", "\u{1b}O"];

#[test]
fn what_was_cut_gives_the_keys_back() {
    for cut in CUT {
        let mut tty = at_a_step();
        tty.keys(cut);
        // Pressed again and again, as one does; no more than once is needed, a second later.
        let end = std::time::Instant::now() + super::PATIENCE;
        while tty.child.try_wait().unwrap().is_none() {
            assert!(std::time::Instant::now() < end, "{cut:?} keeps the keys");
            tty.keys("\u{3}");
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        assert!(tty.ends().0.success(), "{cut:?}");
    }
}

#[test]
fn a_paste_outside_of_a_line_runs_no_keys_even_without_its_end() {
    for sent in ["\u{1b}[200~yyyy\u{1b}[201~", "\u{1b}[200~yyyy"] {
        let mut tty = at_a_step();
        tty.keys(sent);
        std::thread::sleep(std::time::Duration::from_millis(1500));
        tty.keys("?").shows("Help");
        tty.keys("\u{1b}");
        tty.shows("step 1 of ");
        tty.keys("\u{3}");
        assert!(tty.ends().0.success());
    }
}

#[test]
fn a_paste_in_a_line_is_its_text_even_without_its_end() {
    for end in ["\u{1b}[201~", ""] {
        let mut tty = at_a_step();
        tty.keys("i").shows("Remark");
        tty.keys(&format!("\u{1b}[200~seen before, yes{end}")).shows("seen before, yes");
        tty.keys("\r").shows("step 1 of ");
        tty.case_says("seen before, yes", 1);
        tty.keys("q");
        assert!(tty.ends().0.success());
    }
}

#[test]
fn a_key_that_comes_in_two_parts_is_one() {
    let mut tty = at_a_step();
    tty.keys("\u{1b}[");
    tty.keys("B");
    tty.keys("?").shows("Help");
    tty.keys("q");
    tty.keys("\u{3}");
    assert!(tty.ends().0.success());
}
