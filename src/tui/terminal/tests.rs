#![cfg(unix)]

use super::*;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::io::Read;

const CHILD: &str = "TOKENTRAIL_TEST_CHILD";

/// Panics when it is dropped.
struct Twice;

impl Drop for Twice {
    fn drop(&mut self) {
        panic!("once more");
    }
}

/// Not tests of their own: they run on the terminal of the tests below.
#[test]
#[ignore = "started by another test, on a terminal"]
fn panics_while_drawing() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let _hook = PanicHook::set();
    let (sink, _incoming) = std::sync::mpsc::channel();
    let mut screen = Screen::enter(sink).unwrap();
    screen.draw(|frame| frame.render_widget("frame", frame.area())).unwrap();
    screen.draw(|_| panic!("finance.director@contoso.com")).unwrap();
}

#[test]
#[ignore = "started by another test, on a terminal"]
fn panics_everywhere_at_once() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let _hook = PanicHook::set();
    let (sink, incoming) = std::sync::mpsc::channel();
    let mut screen = Screen::enter(sink.clone()).unwrap();
    screen.draw(|frame| frame.render_widget("frame", frame.area())).unwrap();
    let together = Arc::new(std::sync::Barrier::new(9));
    for number in 0..8 {
        let together = Arc::clone(&together);
        let panic = move |_: &Sender<Incoming>| {
            together.wait();
            panic!("{number}");
        };
        panic_report::spawn("one of many", sink.clone(), panic).unwrap();
    }
    together.wait();
    let failed = incoming.iter().take(8).filter(|incoming| matches!(incoming, Incoming::Failed(_))).count();
    assert_eq!(failed, 8, "the loop hears of each");
    // And in the middle of the unwinding, which ends the program at once.
    let _twice = Twice;
    screen.draw(|_| panic!("the last")).unwrap();
}

type Clock = fn() -> Time;

/// Clocks that are wrong, by the beginning of the report's name: before 1970; before year 1 or after 9999.
const CLOCKS: [(&str, Clock); 2] =
    [("fault-19691231T000000Z-", || Time::from_ticks(-24 * 3_600 * 10_000_000)), ("fault-unknown-", || Time::MISSING)];

#[test]
#[ignore = "started by another test, on a terminal"]
fn the_keys_thread_panics_under_a_wrong_clock() {
    let Some(which) = std::env::var(CHILD).ok().and_then(|which| which.parse::<usize>().ok()) else { return };
    let _hook = PanicHook::set_by(CLOCKS[which].1);
    let (sink, incoming) = std::sync::mpsc::channel();
    let mut screen = Screen::enter(sink.clone()).unwrap();
    screen.draw(|frame| frame.render_widget("frame", frame.area())).unwrap();
    panic_report::spawn("keys", sink, |_| panic!("the first key")).unwrap();
    assert!(matches!(incoming.recv(), Ok(Incoming::Failed(_))), "the loop hears of it, and goes on to its end");
    drop(screen);
    panic!("after the end");
}

/// Runs one of the above on a terminal; the terminal's bytes, and the reports that were written.
fn on_a_terminal(name: &str) -> (String, Vec<String>) {
    let (text, reports, _) = on_a_terminal_with(name, "1");
    (text, reports)
}

/// Runs a test on a terminal with an argument; returns the names of the reports too.
fn on_a_terminal_with(name: &str, argument: &str) -> (String, Vec<String>, Vec<String>) {
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", &format!("tui::terminal::tests::{name}")]);
    let state = tempfile::tempdir().unwrap();
    command.env(CHILD, argument);
    command.env("XDG_STATE_HOME", state.path());
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut bytes = Vec::new();
    // A pty whose last program ended reads as an error, after all it said.
    let _ = pair.master.try_clone_reader().unwrap().read_to_end(&mut bytes);
    assert!(!child.wait().unwrap().success());
    let files = std::fs::read_dir(state.path().join("tokentrail")).unwrap();
    let paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let shown: String = text.split_whitespace().collect();
    let names: Vec<_> = paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    for name in &names {
        assert!(shown.contains(name), "{text}");
    }
    (text, paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect(), names)
}

#[test]
fn a_panic_gives_the_terminal_back_and_tells_no_evidence() {
    let (text, reports) = on_a_terminal("panics_while_drawing");
    let (during, after) = text.rsplit_once("\u{1b}[?1049l").expect("the alternate screen was left");
    assert!(during.contains("frame"));
    assert!(
        after.contains("\u{1b}[?25h") && after.contains("a fault in the program at src/tui/terminal/tests.rs"),
        "{after}"
    );
    assert!(!after.contains("\u{1b}[?2026h"), "nothing of the broken frame was sent");
    assert_eq!(after.matches("finance.director").count(), 0, "{after}");
    let [report] = &reports[..] else { panic!("{reports:?}") };
    assert!(report.contains("place: src/tui/terminal/tests.rs:") && report.contains("Screen::draw"), "{report}");
    assert!(report.starts_with(&format!("tokentrail {}", env!("CARGO_PKG_VERSION"))), "{report}");
    assert!(!report.contains("finance.director"), "{report}");
}

#[test]
fn panics_in_many_threads_give_the_terminal_back_once_and_make_one_report() {
    let (text, reports) = on_a_terminal("panics_everywhere_at_once");
    assert_eq!(text.matches("\u{1b}[?1049l").count(), 1, "{text}");
    let (_, after) = text.rsplit_once("\u{1b}[?1049l").unwrap();
    assert!(after.contains("\u{1b}[?25h"), "{after}");
    assert_eq!(after.matches("a fault in the program at src/tui/terminal/tests.rs").count(), 1, "{after}");
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert!(reports[0].contains("thread: one of many"), "{}", reports[0]);
}

#[test]
fn a_panic_in_the_keys_thread_under_a_wrong_clock_gives_the_terminal_back() {
    for (which, (begins, _)) in CLOCKS.iter().enumerate() {
        let (text, reports, names) =
            on_a_terminal_with("the_keys_thread_panics_under_a_wrong_clock", &which.to_string());
        assert_eq!(text.matches("\u{1b}[?1049l").count(), 1, "{text}");
        let (_, after) = text.rsplit_once("\u{1b}[?1049l").unwrap();
        assert!(after.contains("\u{1b}[?25h"), "{after}");
        assert_eq!(after.matches("a fault in the program at src/tui/terminal/tests.rs").count(), 1, "{after}");
        assert!(reports.len() == 1 && reports[0].contains("thread: keys"), "{reports:?}");
        assert!(names[0].starts_with(begins), "{names:?}");
    }
}
