//! A line being typed.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Most characters a line takes; a pasted file is cut here.
const MOST: usize = 4000;

/// A line with a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineEdit {
    chars: Vec<char>,
    cursor: usize,
}

impl LineEdit {
    /// A line that already says something, cursor at its end.
    pub fn with(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        Self { cursor: chars.len(), chars }
    }

    /// The typed text.
    pub fn text(&self) -> String {
        self.chars.iter().collect()
    }

    /// The text before and after the cursor.
    pub fn around_cursor(&self) -> (String, String) {
        let (before, after) = self.chars.split_at(self.cursor);
        (before.iter().collect(), after.iter().collect())
    }

    /// Edits by a key; whether the text changed.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('u') if control => self.cut(0),
            KeyCode::Char('w') if control => self.cut(self.word_start()),
            KeyCode::Char('a') if control => self.move_to(0),
            KeyCode::Char('e') if control => self.move_to(self.chars.len()),
            KeyCode::Char(c) if !control && !key.modifiers.contains(KeyModifiers::ALT) => {
                self.insert(c.encode_utf8(&mut [0; 4]))
            }
            KeyCode::Backspace => self.cut(self.cursor.saturating_sub(1)),
            KeyCode::Delete if self.cursor < self.chars.len() => {
                self.chars.remove(self.cursor);
                true
            }
            KeyCode::Left => self.move_to(self.cursor.saturating_sub(1)),
            KeyCode::Right => self.move_to(self.cursor + 1),
            KeyCode::Home => self.move_to(0),
            KeyCode::End => self.move_to(self.chars.len()),
            _ => false,
        }
    }

    /// Puts text in at the cursor, each line break or control character as a space; whether any fitted.
    pub fn insert(&mut self, text: &str) -> bool {
        let before = self.chars.len();
        for c in text.chars().take(MOST.saturating_sub(before)) {
            self.chars.insert(self.cursor, if c.is_control() { ' ' } else { c });
            self.cursor += 1;
        }
        self.chars.len() != before
    }

    fn move_to(&mut self, cursor: usize) -> bool {
        self.cursor = cursor.min(self.chars.len());
        false
    }

    /// Removes the text between `start` and the cursor.
    fn cut(&mut self, start: usize) -> bool {
        let changed = start < self.cursor;
        self.chars.drain(start..self.cursor);
        self.cursor = start;
        changed
    }

    fn word_start(&self) -> usize {
        let before = &self.chars[..self.cursor];
        let end = before.iter().rposition(|c| *c != ' ').map_or(0, |at| at + 1);
        before[..end].iter().rposition(|c| *c == ' ').map_or(0, |at| at + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_edited() {
        let mut line = LineEdit::with("travel to Oslo");
        let control = |c| KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL);
        assert!(line.key(control('w')));
        assert_eq!(line.text(), "travel to ");
        assert!(line.insert("Bergen\n"));
        line.key(KeyEvent::from(KeyCode::Home));
        line.key(KeyEvent::from(KeyCode::Delete));
        assert_eq!(line.text(), "ravel to Bergen ");
        line.key(KeyEvent::from(KeyCode::End));
        assert!(line.key(control('u')));
        assert!(!line.key(KeyEvent::from(KeyCode::Backspace)));
        assert_eq!(line.text(), "");
    }
}
