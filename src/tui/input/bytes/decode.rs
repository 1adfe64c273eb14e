//! One whole key or report as an event.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// A byte below 128 but Esc.
pub(super) fn ascii(byte: u8) -> KeyEvent {
    let control = |c: u8| KeyEvent::new(KeyCode::Char(char::from(c)), KeyModifiers::CONTROL);
    match byte {
        b'\r' => KeyCode::Enter.into(),
        b'\t' => KeyCode::Tab.into(),
        0x7f => KeyCode::Backspace.into(),
        0 => control(b' '),
        1..=0x1a => control(byte - 1 + b'a'),
        0x1b => KeyCode::Esc.into(),
        0x1c..=0x1f => control(byte - 0x1c + b'4'),
        byte => character(char::from(byte)),
    }
}

/// A character as typed.
pub(super) fn character(c: char) -> KeyEvent {
    let shift = if c.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
    KeyEvent::new(KeyCode::Char(c), shift)
}

/// Adds Alt to a key.
pub(super) fn with_alt(event: &mut Event) {
    if let Event::Key(key) = event {
        key.modifiers |= KeyModifiers::ALT;
    }
}

/// `ESC O` and a letter.
pub(super) fn single(letter: u8) -> Option<Event> {
    lettered(letter).map(|code| Event::Key(code.into()))
}

/// `ESC [`, parameters and a last byte; `None` for what is not for us.
pub(super) fn report(parameters: &[u8], last: u8) -> Option<Event> {
    let text = std::str::from_utf8(parameters).ok()?;
    if let Some(mouse) = text.strip_prefix('<') {
        return sgr_mouse(mouse, last);
    }
    if text == "[" {
        return matches!(last, b'A'..=b'E').then(|| Event::Key(KeyCode::F(1 + last - b'A').into()));
    }
    let mut numbers = text.split(';');
    let first = numbers.next().unwrap_or_default();
    let second = numbers.next();
    if last == b'M' {
        let button = first.parse::<u16>().ok()?.checked_sub(32)?;
        return mouse(button, second?.parse().ok()?, numbers.next()?.parse().ok()?, false);
    }
    let (code, shift) = match last {
        b'~' => (numbered(first.parse().ok()?)?, KeyModifiers::NONE),
        b'u' => (unicode(first.split(':').next()?.parse().ok()?)?, KeyModifiers::NONE),
        b'Z' => (KeyCode::BackTab, KeyModifiers::SHIFT),
        // With another number it is an answer, such as the place of the cursor.
        letter if matches!(first, "" | "1") => (lettered(letter)?, KeyModifiers::NONE),
        _ => return None,
    };
    let mut state = second.unwrap_or_default().split(':');
    let modifiers = state.next().and_then(|mask| mask.parse().ok()).map_or(KeyModifiers::NONE, modifiers);
    let kind = match state.next() {
        Some("2") => KeyEventKind::Repeat,
        Some("3") => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    Some(Event::Key(KeyEvent::new_with_kind(code, modifiers | shift, kind)))
}

/// The modifiers of a mask, which counts from 1.
fn modifiers(mask: u8) -> KeyModifiers {
    let mask = mask.saturating_sub(1);
    let known = [(1, KeyModifiers::SHIFT), (2, KeyModifiers::ALT), (4, KeyModifiers::CONTROL)];
    known.into_iter().filter(|(bit, _)| mask & bit != 0).map(|(_, modifier)| modifier).collect()
}

fn lettered(letter: u8) -> Option<KeyCode> {
    Some(match letter {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P'..=b'S' => KeyCode::F(1 + letter - b'P'),
        _ => return None,
    })
}

fn numbered(number: u8) -> Option<KeyCode> {
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => KeyCode::F(number - 10),
        17..=21 => KeyCode::F(number - 11),
        23..=24 => KeyCode::F(number - 12),
        _ => return None,
    })
}

/// A key sent as its character, as terminals send those without an old code.
fn unicode(number: u32) -> Option<KeyCode> {
    Some(match number {
        9 => KeyCode::Tab,
        13 => KeyCode::Enter,
        27 => KeyCode::Esc,
        8 | 127 => KeyCode::Backspace,
        number => KeyCode::Char(char::from_u32(number).filter(|c| !c.is_control())?),
    })
}

/// Three bytes of an old mouse report, each 32 too high.
pub(super) fn old_mouse(button: u8, x: u8, y: u8) -> Option<Event> {
    mouse(u16::from(button.checked_sub(32)?), u16::from(x.checked_sub(32)?), u16::from(y.checked_sub(32)?), false)
}

fn sgr_mouse(text: &str, last: u8) -> Option<Event> {
    let mut numbers = text.split(';').map(|number| number.parse().ok());
    let (button, x, y) = (numbers.next()??, numbers.next()??, numbers.next()??);
    matches!(last, b'M' | b'm').then(|| mouse(button, x, y, last == b'm'))?
}

/// A mouse report, its place counted from 1.
fn mouse(code: u16, x: u16, y: u16, released: bool) -> Option<Event> {
    let button = match code & 0b11 {
        0 => Some(MouseButton::Left),
        1 => Some(MouseButton::Middle),
        2 => Some(MouseButton::Right),
        _ => None,
    };
    let (moved, wheel) = (code & 32 != 0, code & 64 != 0);
    let kind = match (wheel, moved, button) {
        _ if code >= 128 => return None,
        (true, _, Some(MouseButton::Left)) => MouseEventKind::ScrollUp,
        (true, _, Some(MouseButton::Middle)) => MouseEventKind::ScrollDown,
        (true, ..) => return None,
        (_, true, Some(button)) => MouseEventKind::Drag(button),
        (_, true, None) => MouseEventKind::Moved,
        (_, false, Some(button)) if released => MouseEventKind::Up(button),
        (_, false, Some(button)) => MouseEventKind::Down(button),
        // The old reports do not tell which.
        (_, false, None) => MouseEventKind::Up(MouseButton::Left),
    };
    let held = [(4, KeyModifiers::SHIFT), (8, KeyModifiers::ALT), (16, KeyModifiers::CONTROL)];
    let modifiers = held.into_iter().filter(|(bit, _)| code & bit != 0).map(|(_, modifier)| modifier).collect();
    Some(Event::Mouse(MouseEvent { kind, column: x.checked_sub(1)?, row: y.checked_sub(1)?, modifiers }))
}
