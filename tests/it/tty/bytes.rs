//! Bytes sent: on a bad line, every one counts.

use super::{Tty, frames};
use std::thread;
use std::time::Duration;

/// Keys that are pressed one after the other, and the bytes that each frame of an answer took.
fn answers(tty: &mut Tty, key: &str, times: usize) -> Vec<usize> {
    (0..times)
        .map(|_| {
            let before = tty.rests();
            tty.keys(key);
            tty.until("an answer", |output| output.bytes.len() > before);
            tty.rests() - before
        })
        .collect()
}

#[test]
fn an_idle_screen_is_silent() {
    let mut tty = Tty::demo(24, 80, &[]);
    let before = tty.sent();
    thread::sleep(Duration::from_secs(2));
    assert_eq!(tty.sent(), before);
    tty.keys("q");
    tty.ends();
}

#[test]
fn a_move_of_the_selection_sends_at_most_one_and_a_half_kilobytes() {
    let mut tty = Tty::demo(60, 200, &[]);
    tty.keys("\t\t").shows("┏ Timeline");
    let sent = answers(&mut tty, "j", 6);
    assert!(sent.iter().all(|bytes| *bytes <= 1500), "{sent:?}");
    tty.keys("q");
    tty.ends();
}

#[test]
fn scrolling_sends_at_most_three_kilobytes_for_a_line() {
    let mut tty = Tty::demo(60, 200, &[]);
    tty.keys("\t\ta");
    tty.rests();
    tty.keys("g");
    // To the last row in view, then on: the view goes on by a quarter of a page, and is still for as many keys.
    tty.keys(&"j".repeat(54));
    let before = tty.rests();
    let sent = answers(&mut tty, "j", 40);
    assert!(frames(&tty.since(before)) <= 40);
    // Beside other panes no terminal can move it alone, and it is written whole: a dozen lines at once.
    let lines = 14;
    let most = sent.iter().max().copied().unwrap_or_default();
    assert!(most <= 600 * lines, "{sent:?}");
    assert!(sent.iter().sum::<usize>() / sent.len() <= 900, "{sent:?}");
    tty.keys("q");
    tty.ends();
}

#[test]
fn a_pane_of_the_whole_width_is_scrolled_by_the_terminal() {
    let mut tty = Tty::demo(60, 200, &[]);
    tty.keys("\t\taz");
    tty.rests();
    tty.keys("g");
    let before = tty.rests();
    let sent = answers(&mut tty, "j", 70);
    let bytes = tty.since(before);
    let moved = |window: &[u8]| window == b"S\x1b[r";
    assert!(bytes.windows(4).any(moved), "rows are moved by the terminal");
    // In no frame more, though it shows a dozen lines at once.
    assert!(sent.iter().all(|bytes| *bytes <= 3000), "{sent:?}");
    assert!(sent.iter().sum::<usize>() / sent.len() <= 600, "{sent:?}");
    tty.keys("q");
    tty.ends();
}
