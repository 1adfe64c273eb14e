//! Keys, mouse reports and pastes from the bytes a terminal sends.
//!
//! Not crossterm's reader: it waits without end for the rest of a report or of a paste that was cut on the way, and
//! takes every key that follows for a part of it. Here what is cut is dropped after [`CUT`], and a control character
//! ends it at once. The events are crossterm's.

mod decode;

use crossterm::event::{Event, KeyCode, KeyEvent};
use std::time::{Duration, Instant};

/// Longest time an Esc may be the beginning of a longer key.
const ESCAPE: Duration = Duration::from_millis(30);
/// Longest wait for the rest of a report or a character.
const CUT: Duration = Duration::from_millis(400);
/// Time after which a paste without more bytes is looked at again.
const WINDOW: Duration = Duration::from_millis(400);
/// Fewer bytes than these in a [`WINDOW`] are typed: a key held down repeats 30 times in a second.
const FEWEST: usize = 32;
/// Most bytes of a report that are kept; none that is known has more.
const LONGEST: usize = 64;
/// Most bytes of a paste that are kept: more than a line of the screen takes.
const MOST: usize = 16 * 1024;

const ESC: u8 = 0x1b;
/// Ctrl-C.
const INTERRUPT: u8 = 3;
const PASTE_END: &[u8] = b"\x1b[201~";

/// The reader's place in the bytes.
#[derive(Debug, Default)]
pub(super) struct Bytes {
    state: State,
    /// The bytes of a sequence that is not whole yet.
    held: Vec<u8>,
    /// When to go on without the rest.
    deadline: Option<Instant>,
    /// Whether a paste was left before its end: what comes in bulk is the rest of it.
    torn: bool,
}

#[derive(Debug, Default, PartialEq)]
enum State {
    /// Between keys, or in the middle of a character.
    #[default]
    Ground,
    /// After an Esc.
    Escape,
    /// After `ESC O`.
    Single,
    /// After `ESC [`.
    Report,
    /// After `ESC [ M`: three bytes of an old mouse report follow.
    Mouse,
    /// Between the marks of a paste, and how many bytes came since the last look.
    Paste(usize),
}

impl Bytes {
    /// Takes what was read; adds the events that are whole by it.
    pub(super) fn take(&mut self, bytes: &[u8], now: Instant, events: &mut Vec<Event>) {
        let mut rest = bytes;
        // A key that comes alone and stands in no text: a paste that has it brings more around it.
        if matches!(self.state, State::Paste(_)) && !bytes.is_empty() && bytes.iter().all(|byte| *byte == INTERRUPT) {
            self.tear(events);
        }
        if self.torn && self.state == State::Ground {
            let end = bytes.windows(PASTE_END.len()).position(|window| window == PASTE_END);
            if end.is_some() || bytes.len() >= FEWEST {
                self.begin_paste(now);
            }
        }
        while let Some((byte, after)) = rest.split_first() {
            rest = if matches!(self.state, State::Paste(_)) {
                self.paste(rest, events)
            } else {
                self.byte(*byte, now, events);
                after
            };
        }
        match self.state {
            State::Ground if self.held.is_empty() => self.deadline = None,
            State::Paste(_) => {}
            State::Escape => self.deadline = Some(now + ESCAPE),
            _ => self.deadline = Some(now + CUT),
        }
    }

    /// When [`Self::late`] is to be called, unless more comes before.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// Gives up what is not whole by now.
    pub(super) fn late(&mut self, now: Instant, events: &mut Vec<Event>) {
        if self.deadline.is_none_or(|deadline| now < deadline) {
            return;
        }
        match self.state {
            State::Paste(came) if came >= FEWEST => {
                self.state = State::Paste(0);
                self.deadline = Some(now + WINDOW);
                return;
            }
            State::Paste(_) => self.tear(events),
            State::Escape => key(KeyCode::Esc, events),
            _ => {}
        }
        self.reset();
    }

    fn reset(&mut self) {
        self.state = State::Ground;
        self.held.clear();
        self.deadline = None;
    }

    fn begin_paste(&mut self, now: Instant) {
        self.state = State::Paste(0);
        self.held.clear();
        self.torn = false;
        self.deadline = Some(now + WINDOW);
    }

    /// Takes what came of a paste for all of it.
    fn tear(&mut self, events: &mut Vec<Event>) {
        self.torn = true;
        self.end_paste(events);
        self.reset();
    }

    fn end_paste(&mut self, events: &mut Vec<Event>) {
        events.push(Event::Paste(String::from_utf8_lossy(&self.held).into_owned()));
    }

    /// Takes bytes of a paste; returns what follows it. What is beyond [`MOST`] is dropped.
    fn paste<'a>(&mut self, bytes: &'a [u8], events: &mut Vec<Event>) -> &'a [u8] {
        let before = self.held.len();
        self.held.extend_from_slice(bytes);
        // The mark may have begun in what was read before.
        let from = before.saturating_sub(PASTE_END.len() - 1);
        let end = self.held[from..].windows(PASTE_END.len()).position(|window| window == PASTE_END);
        if let Some(end) = end {
            let after = from + end + PASTE_END.len() - before;
            self.held.truncate((from + end).min(MOST));
            self.end_paste(events);
            self.reset();
            return &bytes[after..];
        }
        if self.held.len() > MOST + PASTE_END.len() {
            // The middle goes: the end may be half of the mark.
            self.held.drain(MOST..self.held.len() - PASTE_END.len());
        }
        if let State::Paste(came) = &mut self.state {
            *came += bytes.len();
        }
        &[]
    }

    fn byte(&mut self, byte: u8, now: Instant, events: &mut Vec<Event>) {
        match self.state {
            State::Ground => self.ground(byte, events),
            State::Escape => match byte {
                b'[' => self.state = State::Report,
                b'O' => self.state = State::Single,
                // Esc was pressed, and something begins anew.
                ESC => key(KeyCode::Esc, events),
                byte => {
                    self.state = State::Ground;
                    let first = events.len();
                    self.ground(byte, events);
                    events[first..].iter_mut().for_each(decode::with_alt);
                }
            },
            State::Single => {
                if !(b' '..=b'~').contains(&byte) {
                    return self.anew(byte, events);
                }
                self.reset();
                events.extend(decode::single(byte));
            }
            State::Report => match byte {
                b'M' if self.held.is_empty() => self.state = State::Mouse,
                b' '..=b'?' => {
                    if self.held.len() < LONGEST {
                        self.held.push(byte);
                    }
                }
                // Linux' console writes F1 to F5 as `ESC [ [ A` and on.
                b'[' if self.held.is_empty() => self.held.push(byte),
                b'@'..=b'~' if self.held == b"200" && byte == b'~' => self.begin_paste(now),
                b'@'..=b'~' => {
                    events.extend(decode::report(&self.held, byte));
                    self.reset();
                }
                // No byte of a report: what came of it was cut.
                byte => self.anew(byte, events),
            },
            State::Mouse => {
                if byte < b' ' {
                    return self.anew(byte, events);
                }
                self.held.push(byte);
                if let [button, x, y] = self.held[..] {
                    events.extend(decode::old_mouse(button, x, y));
                    self.reset();
                }
            }
            State::Paste(_) => {}
        }
    }

    /// Drops what was cut and begins with this byte.
    fn anew(&mut self, byte: u8, events: &mut Vec<Event>) {
        self.reset();
        self.ground(byte, events);
    }

    fn ground(&mut self, byte: u8, events: &mut Vec<Event>) {
        if byte < 0x80 {
            // A character that was cut is dropped.
            self.held.clear();
            match byte {
                ESC => self.state = State::Escape,
                byte => events.push(Event::Key(decode::ascii(byte))),
            }
            return;
        }
        if byte >= 0xc0 {
            self.held.clear();
        }
        self.held.push(byte);
        match std::str::from_utf8(&self.held) {
            Ok(text) => {
                events.extend(text.chars().map(|c| Event::Key(decode::character(c))));
                self.held.clear();
            }
            // More of it is to come.
            Err(error) if error.error_len().is_none() => {}
            Err(_) => self.held.clear(),
        }
    }
}

fn key(code: KeyCode, events: &mut Vec<Event>) {
    events.push(Event::Key(KeyEvent::from(code)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::{KeyModifiers, MouseButton, MouseEventKind};
    use proptest::prelude::*;

    /// The events of what was read piece by piece, in no time.
    fn events(pieces: &[&[u8]]) -> Vec<Event> {
        let (mut bytes, now, mut events) = (Bytes::default(), Instant::now(), Vec::new());
        for piece in pieces {
            bytes.take(piece, now, &mut events);
        }
        events
    }

    /// Lets time pass until nothing is waited for; how long that was.
    fn rest(bytes: &mut Bytes, mut now: Instant, events: &mut Vec<Event>) -> Duration {
        let began = now;
        while let Some(deadline) = bytes.deadline() {
            now = deadline;
            bytes.late(now, events);
        }
        now - began
    }

    fn plain(text: &str) -> Vec<Event> {
        text.chars().map(|c| Event::Key(decode::character(c))).collect()
    }

    fn control_c() -> Event {
        Event::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL))
    }

    #[test]
    fn keys_are_read() {
        let with = |code, modifiers| Event::Key(KeyEvent::new(code, modifiers));
        for (sent, wanted) in [
            ("j", with(KeyCode::Char('j'), KeyModifiers::NONE)),
            ("J", with(KeyCode::Char('J'), KeyModifiers::SHIFT)),
            ("é", with(KeyCode::Char('é'), KeyModifiers::NONE)),
            ("\r", with(KeyCode::Enter, KeyModifiers::NONE)),
            ("\n", with(KeyCode::Char('j'), KeyModifiers::CONTROL)),
            ("\t", with(KeyCode::Tab, KeyModifiers::NONE)),
            ("\u{7f}", with(KeyCode::Backspace, KeyModifiers::NONE)),
            ("\0", with(KeyCode::Char(' '), KeyModifiers::CONTROL)),
            ("\u{3}", control_c()),
            ("\u{1f}", with(KeyCode::Char('7'), KeyModifiers::CONTROL)),
            ("\u{1b}x", with(KeyCode::Char('x'), KeyModifiers::ALT)),
            ("\u{1b}[A", with(KeyCode::Up, KeyModifiers::NONE)),
            ("\u{1b}OA", with(KeyCode::Up, KeyModifiers::NONE)),
            ("\u{1b}[1;5C", with(KeyCode::Right, KeyModifiers::CONTROL)),
            ("\u{1b}[Z", with(KeyCode::BackTab, KeyModifiers::SHIFT)),
            ("\u{1b}[3~", with(KeyCode::Delete, KeyModifiers::NONE)),
            ("\u{1b}[6;2~", with(KeyCode::PageDown, KeyModifiers::SHIFT)),
            ("\u{1b}OQ", with(KeyCode::F(2), KeyModifiers::NONE)),
            ("\u{1b}[[B", with(KeyCode::F(2), KeyModifiers::NONE)),
            ("\u{1b}[24~", with(KeyCode::F(12), KeyModifiers::NONE)),
            ("\u{1b}[97;5u", with(KeyCode::Char('a'), KeyModifiers::CONTROL)),
        ] {
            assert_eq!(events(&[sent.as_bytes()]), [wanted], "{sent:?}");
        }
        // A focus report, an answer nobody asked for, the place of the cursor.
        for sent in ["\u{1b}[I", "\u{1b}[?1;2c", "\u{1b}[12;40R", "\u{1b}[<65535;0;0M", "\u{1b}[M   ", "\u{1b}[201~"] {
            assert_eq!(events(&[sent.as_bytes()]), [], "{sent:?}");
        }
    }

    #[test]
    fn mouse_reports_are_read_in_each_of_their_forms() {
        let down = MouseEventKind::Down(MouseButton::Left);
        for (sent, kind, column, row) in [
            ("\u{1b}[<0;5;7M", down, 4, 6),
            ("\u{1b}[<0;5;7m", MouseEventKind::Up(MouseButton::Left), 4, 6),
            ("\u{1b}[<65;5;7M", MouseEventKind::ScrollDown, 4, 6),
            ("\u{1b}[<35;300;7M", MouseEventKind::Moved, 299, 6),
            ("\u{1b}[32;5;7M", down, 4, 6),
            ("\u{1b}[M %'", down, 4, 6),
        ] {
            let read = events(&[sent.as_bytes()]);
            let [Event::Mouse(mouse)] = &read[..] else { panic!("{sent:?}: {read:?}") };
            assert_eq!((mouse.kind, mouse.column, mouse.row), (kind, column, row), "{sent:?}");
        }
    }

    #[test]
    fn an_escape_alone_is_a_key_after_a_moment() {
        let (mut bytes, now, mut events) = (Bytes::default(), Instant::now(), Vec::new());
        bytes.take(b"\x1b", now, &mut events);
        assert_eq!(events, []);
        assert_eq!(rest(&mut bytes, now, &mut events), ESCAPE);
        assert_eq!(events, [Event::Key(KeyCode::Esc.into())]);
    }

    #[test]
    fn a_paste_is_text_however_it_is_cut_into_reads() {
        let sent = "a\u{1b}[200~yés\u{1b}[A\u{3}\u{1b}[20\u{1b}[201~b".as_bytes();
        let wanted = [plain("a"), vec![Event::Paste("yés\u{1b}[A\u{3}\u{1b}[20".to_owned())], plain("b")].concat();
        for cut in 0..sent.len() {
            assert_eq!(events(&[&sent[..cut], &sent[cut..]]), wanted, "{cut}");
        }
        let long = ["\u{1b}[200~", &"x".repeat(100_000), "\u{1b}[201~q"].concat();
        let pieces: Vec<&[u8]> = long.as_bytes().chunks(1000).collect();
        assert_eq!(events(&pieces), [vec![Event::Paste("x".repeat(MOST))], plain("q")].concat());
    }

    #[test]
    fn what_was_cut_gives_the_keys_back_within_a_second() {
        for cut in ["\u{1b}[", "\u{1b}O", "\u{1b}[<0;12", "\u{1b}[M ", "\u{1b}[1;5", "\u{c3}", "\u{1b}[200~pasted yyy"]
        {
            let cut = if cut == "\u{c3}" { b"\xc3" } else { cut.as_bytes() };
            let (mut bytes, now, mut events) = (Bytes::default(), Instant::now(), Vec::new());
            bytes.take(cut, now, &mut events);
            let waited = rest(&mut bytes, now, &mut events);
            assert!(waited < Duration::from_secs(1), "{cut:?} {waited:?}");
            assert!(!events.iter().any(|event| matches!(event, Event::Key(_))), "{cut:?} {events:?}");
            events.clear();
            bytes.take(b"\x03n", now + waited, &mut events);
            assert_eq!(events, [vec![control_c()], plain("n")].concat(), "{cut:?}");
        }
    }

    #[test]
    fn control_c_ends_a_report_that_was_cut_at_once() {
        for cut in ["\u{1b}[", "\u{1b}O", "\u{1b}[<0;12", "\u{1b}[M "] {
            assert_eq!(events(&[cut.as_bytes(), b"\x03"]), [control_c()], "{cut:?}");
        }
    }

    #[test]
    fn control_c_alone_ends_a_paste_without_its_end_at_once() {
        let sent = [&b"\x1b[200~half a"[..], b" line", b"\x03", b"n"];
        assert_eq!(events(&sent), [vec![Event::Paste("half a line".to_owned()), control_c()], plain("n")].concat());
        // One that more came with is text, and so is what comes in bulk behind one.
        let more = [&b"\x1b[200~half a"[..], b"\x03yyy", b"\x1b[201~"];
        assert_eq!(events(&more), [Event::Paste("half a\u{3}yyy".to_owned())]);
        let late = events(&[b"\x1b[200~half a", b"\x03", b"yyy\x1b[201~", b"n"]);
        assert_eq!(
            late,
            [vec![Event::Paste("half a".to_owned()), control_c(), Event::Paste("yyy".to_owned())], plain("n")].concat()
        );
    }

    #[test]
    fn hammering_on_a_key_does_not_keep_a_paste_without_its_end() {
        let (mut bytes, mut now, mut events) = (Bytes::default(), Instant::now(), Vec::new());
        bytes.take(b"\x1b[200~verdict: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", now, &mut events);
        // 30 times in a second, as a key that is held down.
        let presses = (1..=30).find(|_| {
            now += Duration::from_millis(33);
            bytes.late(now, &mut events);
            bytes.take(b"\x03", now, &mut events);
            events.last() == Some(&control_c())
        });
        assert!(presses.is_some(), "{events:?}");
    }

    #[test]
    fn the_rest_of_a_paste_that_stalled_runs_no_keys() {
        for late in ["yyy\u{1b}[201~".to_owned(), "y".repeat(500)] {
            let (mut bytes, now, mut events) = (Bytes::default(), Instant::now(), Vec::new());
            bytes.take(b"\x1b[200~first half ", now, &mut events);
            let waited = rest(&mut bytes, now, &mut events);
            bytes.take(late.as_bytes(), now + waited, &mut events);
            rest(&mut bytes, now + waited, &mut events);
            assert!(events.iter().all(|event| matches!(event, Event::Paste(_))), "{events:?}");
            events.clear();
            bytes.take(b"n", now + waited, &mut events);
            assert_eq!(events, plain("n"));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_a_state_where_keys_work(pieces in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..12),
                "(\u{1b}|\\[|O|<|;|[0-9]{1,5}|M|m|~|200~|201~){0,9}".prop_map(String::into_bytes),
            ], 0..8))
        {
            let (mut bytes, now, mut events) = (Bytes::default(), Instant::now(), Vec::new());
            for piece in &pieces {
                bytes.take(piece, now, &mut events);
            }
            let waited = rest(&mut bytes, now, &mut events);
            prop_assert!(waited < Duration::from_secs(1));
            events.clear();
            bytes.take(b"\x03", now, &mut events);
            prop_assert_eq!(events, [control_c()]);
        }
    }
}
