//! The manners of a good guest on a terminal.

use super::{PATIENCE, READY, Tty, bundle, frames};
use portable_pty::CommandBuilder;
use std::fs;
use std::sync::Arc;
use std::time::Instant;

#[test]
fn a_new_size_is_drawn_at_once() {
    let mut tty = Tty::workbench();
    tty.shows(READY);
    tty.resize(40, 120);
    tty.until("three panes", |output| {
        let text = output.screen.screen().contents();
        text.contains("Incidents") && text.contains("Triage") && text.contains("Timeline")
    });
    tty.resize(5, 20);
    tty.shows("need 40×10");
    tty.resize(24, 80);
    tty.shows("? help");
    tty.keys("q");
    assert!(tty.ends().0.success());
}

#[test]
fn without_colour_the_attributes_stay() {
    let mut tty = Tty::workbench_with(&[("NO_COLOR", "1")]);
    tty.shows(READY).shows("high");
    tty.keys("q");
    let output = Arc::clone(&tty.output);
    assert!(tty.ends().0.success());
    let output = output.0.lock().unwrap();
    let text = String::from_utf8_lossy(&output.bytes);
    assert!(text.contains("\u{1b}[7m"), "the cursor row is reversed");
    assert!(!text.contains("38;5;") && !text.contains("48;5;"), "no colour was sent");
}

/// Every SGR parameter that was sent.
fn colours(bytes: &[u8]) -> Vec<u32> {
    let text = String::from_utf8_lossy(bytes);
    let sequences = text.split("\u{1b}[").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ';'))?;
        rest[end..].starts_with('m').then(|| rest[..end].to_owned())
    });
    sequences.flat_map(|codes| codes.split(';').filter_map(|code| code.parse().ok()).collect::<Vec<_>>()).collect()
}

/// Everything sent while the screens of a theme are walked through.
fn tour(arguments: &[&str], environment: &[(&str, &str)]) -> Vec<u8> {
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.arg(bundle(home.path()));
    command.args(arguments);
    let mut tty = Tty::start(command, home, environment);
    tty.resize(40, 120);
    tty.shows(READY);
    for key in ["\r", "y", "?", "\u{1b}", ":", "\u{1b}", "U", "\u{1b}", "M", "\u{1b}", "B", "\u{1b}", "e", "\u{1b}"] {
        tty.keys(key);
        tty.rests();
    }
    tty.keys("q");
    let output = Arc::clone(&tty.output);
    assert!(tty.ends().0.success());
    let bytes = output.0.lock().unwrap().bytes.clone();
    // What is printed after leaving is the shell's.
    let end = bytes.windows(8).rposition(|window| window == b"\x1b[?1049l").unwrap();
    bytes[..end].to_vec()
}

#[test]
fn only_the_sixteen_colours_are_sent_and_none_under_no_color() {
    let is_colour = |code: &u32| matches!(code, 30..=49 | 90..=107);
    for theme in ["dark", "light"] {
        let codes = colours(&tour(&["--theme", theme], &[]));
        assert!(codes.iter().any(is_colour), "{theme} has colours");
        assert!(!codes.iter().any(|code| matches!(code, 38 | 48)), "{theme}: a colour outside of the sixteen");
        if theme == "light" {
            // White, yellow and what is bright would be lost on white, and a background is nobody's to set.
            assert!(!codes.iter().any(|code| matches!(code, 33 | 37 | 91..=97 | 40..=48 | 100..=107)), "{codes:?}");
        }
    }
    for (arguments, environment) in [(&["--theme", "dark"], &[("NO_COLOR", "1")][..]), (&["--theme", "mono"], &[][..])]
    {
        let codes = colours(&tour(arguments, environment));
        assert!(!codes.iter().any(is_colour), "{codes:?}");
        assert!(codes.contains(&7), "the cursor is told by reverse");
    }
}

#[test]
fn ascii_borders_send_ascii_alone() {
    for (arguments, locale) in [(&["--borders", "ascii"][..], "C.UTF-8"), (&[], "C")] {
        let bytes = tour(arguments, &[("LC_ALL", locale)]);
        let odd = bytes.iter().position(|byte| !byte.is_ascii());
        assert_eq!(odd.map(|at| String::from_utf8_lossy(&bytes[at.saturating_sub(20)..at + 3]).into_owned()), None);
    }
    assert!(!tour(&["--borders", "unicode"], &[("LC_ALL", "C")]).is_ascii(), "what is asked for wins");
}

#[test]
fn everything_drawn_is_drawn_in_whole_frames() {
    let bytes = tour(&[], &[]);
    let begin = bytes.windows(8).position(|window| window == b"\x1b[?2026h").unwrap();
    let text = String::from_utf8_lossy(&bytes[begin..]);
    // Between frames there is nothing but what ends and begins one.
    for frame in text.split("\u{1b}[?2026h").skip(1) {
        let (_, after) = frame.split_once("\u{1b}[?2026l").unwrap();
        assert!(after.is_empty() || after.starts_with("\u{1b}[?2026l"), "{after:?}");
    }
}

#[test]
fn keys_that_wait_share_a_frame() {
    let mut tty = Tty::workbench();
    tty.shows(READY).shows("Incidents");
    tty.keys("\t\t");
    let before = tty.rests();
    tty.keys(&"j".repeat(200));
    tty.rests();
    let sent = tty.since(before);
    assert!((1..=20).contains(&frames(&sent)), "{} frames for 200 keys", frames(&sent));
    tty.keys("q");
    tty.ends();
}

#[test]
fn any_size_and_any_storm_of_sizes_ends_right() {
    let mut tty = Tty::workbench();
    tty.shows(READY);
    for (rows, columns) in [(5, 20), (1, 1), (2, 300), (100, 3), (10, 40)] {
        tty.resize(rows, columns);
        tty.rests();
    }
    // No chance: the same storm every time.
    let mut seed = 7_u32;
    for _ in 0..100 {
        seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        tty.resize(u16::try_from(seed >> 16 & 63).unwrap() + 1, u16::try_from(seed >> 22 & 255).unwrap() + 1);
        tty.keys(if seed & 1 == 0 { "j" } else { "?" });
    }
    tty.keys("\u{1b}");
    tty.rests();
    tty.resize(30, 100);
    tty.until("all of it", |output| {
        let text = output.screen.screen().contents();
        text.starts_with(" tokentrail") && text.contains("? help") && text.lines().count() == 30
    });
    tty.keys("\u{3}");
    assert!(tty.ends().0.success());
}

#[test]
fn a_terminal_that_cannot_is_told_what_can() {
    let (status, text) = Tty::workbench_with(&[("TERM", "dumb")]).ends();
    assert_eq!(status.exit_code(), 2);
    assert!(text.contains("tokentrail scan ") && !text.contains('\u{1b}'), "{text}");
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new("sh");
    let program = format!("{} {}", env!("CARGO_BIN_EXE_tokentrail"), bundle(home.path()).display());
    command.args(["-c", &format!("{{ {program}; echo \"ended $?\" >&2; }} | cat")]);
    let (_, text) = Tty::start(command, home, &[]).ends();
    assert!(text.contains("tokentrail scan ") && text.contains("ended 2"), "{text}");
}

#[test]
fn where_nothing_can_be_kept_it_is_said_and_work_goes_on() {
    let home = tempfile::tempdir().unwrap();
    // A link to nowhere: nothing can be made in it, not even by root.
    std::os::unix::fs::symlink(home.path().join("gone/there"), home.path().join("state")).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.arg(bundle(home.path()));
    let mut tty = Tty::start(command, home, &[]);
    tty.resize(24, 140);
    tty.shows(READY);
    tty.keys("\ry").shows("step 2 of ").shows("NOT SAVED").shows("--case FILE");
    tty.keys("y").shows("step 3 of ");
    tty.keys("q").shows("quit again");
    tty.keys("q");
    let (status, text) = tty.ends();
    assert!(status.success());
    assert!(text.contains("NOT saved") && text.contains("--case FILE"), "{text}");
}

#[test]
fn where_nothing_can_be_kept_it_is_kept_elsewhere_from_within() {
    let home = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(home.path().join("gone/there"), home.path().join("state")).unwrap();
    let evidence = home.path().join("evidence");
    fs::create_dir(&evidence).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_tokentrail"));
    command.arg(bundle(&evidence).parent().unwrap());
    fs::write(home.path().join("there.json"), "another's").unwrap();
    let mut tty = Tty::start(command, home, &[]);
    tty.resize(24, 140);
    tty.shows(READY);
    tty.keys("\ry").shows("step 2 of ").shows("S keeps it elsewhere");
    tty.keys("Sevidence/case.json\r").shows("stands inside the evidence");
    // What stands there is left alone.
    tty.keys("Sthere.json\r").shows("the case is kept in").shows("there-2.json");
    tty.keys("y").shows("step 3 of ");
    let home = tty.home.path().to_owned();
    assert_eq!(fs::read_to_string(home.join("there.json")).unwrap(), "another's");
    tty.keys("ew").shows("note written to ").shows("there-2.md");
    tty.keys("q");
    let case = fs::read_to_string(home.join("there-2.json")).unwrap();
    let (status, text) = tty.ends();
    assert!(status.success() && text.contains("there-2.json") && !text.contains("NOT"), "{text}");
    assert_eq!(case.matches("verdict supports").count(), 2, "{case}");
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_what_was_there_stays_and_what_comes_is_kept_later() {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let home = tempfile::tempdir().unwrap();
    let mut command = CommandBuilder::new("bash");
    // A file that may not grow fails as on a full disk, once the signal of it is ignored.
    let program = format!("{} {}", env!("CARGO_BIN_EXE_tokentrail"), bundle(home.path()).display());
    command.args(["-c", &format!("trap '' XFSZ; exec {program}")]);
    let mut tty = Tty::start(command, home, &[]);
    tty.resize(24, 120);
    tty.shows(READY);
    tty.keys("\ry").shows("step 2 of ");
    let before = fs::read_to_string(tty.case()).unwrap();
    let pid = Pid::from_raw(i32::try_from(tty.child.process_id().unwrap()).unwrap());
    let space = |bytes| prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
    space(Some(16));
    tty.keys("y").shows("step 3 of ").shows("NOT SAVED");
    assert_eq!(fs::read_to_string(tty.case()).unwrap(), before, "what was on disk is still there");
    let folder = tty.case().parent().unwrap().to_owned();
    assert_eq!(fs::read_dir(folder).unwrap().count(), 2, "nothing half-written stays beside the case and its lock");
    space(None);
    tty.keys("y").shows("step 4 of ").shows("saved again");
    let end = Instant::now() + PATIENCE;
    while fs::read_to_string(tty.case()).unwrap().matches("verdict supports").count() < 3 {
        assert!(Instant::now() < end, "the verdicts are on disk");
    }
    tty.keys("q");
    assert!(tty.ends().0.success());
}

#[test]
fn the_mouse_is_taken_only_where_asked_and_given_back() {
    let mode = |tty: &Tty| tty.output.0.lock().unwrap().screen.screen().mouse_protocol_mode();
    let mut tty = Tty::workbench();
    tty.shows(READY).shows("Incidents");
    assert_eq!(mode(&tty), vt100::MouseProtocolMode::None);
    tty.keys("\u{1b}OQ").shows("the mouse is the workbench's");
    assert_ne!(mode(&tty), vt100::MouseProtocolMode::None);
    let at = |tty: &Tty, text: &str| {
        let screen = tty.text();
        let (row, line) = (1..).zip(screen.lines()).find(|(_, line)| line.contains(text)).unwrap();
        (row, line.find(text).map(|byte| line[..byte].chars().count() + 1).unwrap())
    };
    // A click takes the row, another opens the hit.
    let (row, column) = at(&tty, "b.office");
    let click = format!("\u{1b}[<0;{column};{row}M\u{1b}[<0;{column};{row}m");
    tty.keys(&click).shows("■ low b.office@contoso.com · ");
    tty.keys(&click).shows("step 1 of 6");
    let (row, column) = at(&tty, "Timeline");
    tty.keys(&format!("\u{1b}[<65;{column};{}M", row + 2));
    tty.rests();
    tty.keys("\u{1b}OQ").shows("the mouse is the terminal's");
    assert_eq!(mode(&tty), vt100::MouseProtocolMode::None);
    tty.keys("\u{1b}OQ").shows("the workbench's");
    tty.signal("TERM");
    assert_eq!(tty.ends().0.exit_code(), 143);
}
