//! What is sent: for a bad line, every byte counts.

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
    tty.keys("\t\t");
    let sent = answers(&mut tty, "j", 6);
    assert!(sent.iter().all(|bytes| *bytes <= 1500), "{sent:?}");
    eprintln!("moves in the timeline at 200x60: {sent:?}");
    tty.keys("q");
    tty.ends();
}

#[test]
fn scrolling_by_a_line_sends_at_most_three_kilobytes_a_line() {
    let mut tty = Tty::demo(60, 200, &[]);
    tty.keys("\t\ta");
    tty.rests();
    tty.keys("g");
    // To the last row in view, then on: the view goes on by half a page, and is still for as many keys.
    tty.keys(&"j".repeat(54));
    let before = tty.rests();
    let sent = answers(&mut tty, "j", 40);
    let (most, sum) = (sent.iter().max().unwrap(), sent.iter().sum::<usize>());
    eprintln!("scrolling at 200x60: a line {} bytes, the half page in it {most}", sum / sent.len());
    assert!(sum / sent.len() <= 3000, "{sent:?}");
    assert!(frames(&tty.since(before)) <= 40);
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
    tty.keys(&"j".repeat(70));
    tty.rests();
    let sent = String::from_utf8_lossy(&tty.since(before)).into_owned();
    eprintln!("scrolling the whole width: {} bytes in {} frames", sent.len(), frames(sent.as_bytes()));
    tty.keys("q");
    tty.ends();
}
