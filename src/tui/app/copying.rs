//! Copying: the menu, and what became of it.

use super::{App, Effect};
use crate::tui::copy::{Copied, Item, Menu, Spot};
use crate::tui::job::Job;
use crate::tui::overlay::Overlay;
use crate::tui::text::count;

impl App {
    pub(super) fn copy_menu(&mut self) {
        let event = self.event_here();
        let record = if let Some(Overlay::Record { row, .. }) = self.overlays.top() { Some(*row) } else { event };
        let Some(bench) = self.workbench() else { return };
        // At a step its hit is meant, which need not be the one that leads.
        let asked = bench.current_step().filter(|_| bench.is_walking());
        let hit = asked.map_or_else(|| bench.current(), |(hit, _)| Some(hit));
        let step = asked.map(|(_, asked)| asked.at);
        let spot = Spot { event, record, hit: hit.map(|hit| hit.id.clone()), step };
        let menu = Menu::new(&bench.evidence, spot);
        self.overlays.lay(Overlay::Copy(menu));
    }

    /// The worker made the text, or could not.
    pub(super) fn copy_made(&mut self, what: &'static str, text: Result<String, String>) -> Vec<Effect> {
        match text {
            Ok(text) => vec![Effect::Copy(what, text)],
            Err(why) => {
                self.say_wrong(format!("{what} is not copied: {why}"));
                Vec::new()
            }
        }
    }

    pub(super) fn copied(&mut self, copied: &Copied) {
        let Copied { what, bytes, sent, file } = copied;
        let bytes = count(*bytes as u64);
        let sent_there = format!("{what}: {bytes} bytes sent to the terminal (OSC 52), not confirmed");
        match (sent, file) {
            (None, Ok(path)) => self.say(format!("{what} is in {}", path.display())),
            (None, Err(why)) => self.say_wrong(format!("{what} is not written: {why}")),
            (Some(true), Ok(path)) => self.say(format!("{sent_there}; also in {}", path.display())),
            (Some(true), Err(why)) => self.say(format!("{sent_there}, and in no file: {why}")),
            (Some(false), Ok(path)) => {
                let path = path.display();
                self.say(format!(
                    "{what}: {bytes} bytes are too many for a terminal and were not sent; they are in {path}"
                ));
            }
            (Some(false), Err(why)) => {
                self.say_wrong(format!("{what}: {bytes} bytes are too many for a terminal, and in no file: {why}"));
            }
        }
    }
}

/// The effects of Enter in the menu.
pub(super) fn chosen(menu: Menu) -> Vec<Effect> {
    match menu.selected().cloned() {
        Some(Item::Value(what, text)) => vec![Effect::Copy(what, text)],
        Some(Item::Made(entry)) => vec![Effect::Run(Job::Copy(entry, menu.spot))],
        None => Vec::new(),
    }
}
