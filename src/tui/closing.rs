//! A verdict being given: its reason, and who confirmed it.

use super::edit::LineEdit;
use crate::triage::{Closing, Disposition};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// The box that asks for the grounds of a verdict.
#[derive(Debug)]
pub struct ClosingBox {
    /// The verdict.
    pub disposition: Disposition,
    /// Reasons to take by their digit.
    pub offered: Vec<&'static str>,
    /// The reason.
    pub reason: LineEdit,
    /// The name of the confirmer.
    pub confirmed: LineEdit,
    /// Whether the second line has the keyboard.
    pub at_confirmed: bool,
}

impl ClosingBox {
    /// A box with the grounds that the case has, if any.
    pub fn new(disposition: Disposition, offered: Vec<&'static str>, known: Option<&Closing>) -> Self {
        let (reason, confirmed) =
            known.map_or(("", ""), |closing| (closing.reason.as_str(), closing.confirmed.as_str()));
        let (reason, confirmed) = (LineEdit::with(reason), LineEdit::with(confirmed));
        Self { disposition, offered, reason, confirmed, at_confirmed: false }
    }

    /// The line with the keyboard.
    pub fn line_mut(&mut self) -> &mut LineEdit {
        if self.at_confirmed { &mut self.confirmed } else { &mut self.reason }
    }

    /// Types a key: a digit takes the reason of that number where none is typed yet, and goes on to the second line.
    pub fn key(&mut self, event: KeyEvent) -> bool {
        if let KeyCode::Char(digit @ '1'..='9') = event.code
            && event.modifiers == KeyModifiers::NONE
            && !self.at_confirmed
            && self.reason.text().is_empty()
            && let Some(offered) = self.offered.get(digit as usize - '1' as usize)
        {
            self.reason.insert(offered);
            self.at_confirmed = true;
            return true;
        }
        self.line_mut().key(event)
    }

    /// The verdict as typed.
    pub fn closing(&self) -> Closing {
        let text = |line: &LineEdit| line.text().trim().to_owned();
        Closing { disposition: self.disposition, reason: text(&self.reason), confirmed: text(&self.confirmed) }
    }
}
