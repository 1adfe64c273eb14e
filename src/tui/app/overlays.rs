//! Opens, closes, fills and moves in the overlays above the panes.

use super::save::save_to;
use super::{App, Effect, Stage, Task, copying};
use crate::model::Time;
use crate::triage::filter::{Filter, Test};
use crate::triage::listing::ListFilter;
use crate::tui::action::Action;
use crate::tui::edit::LineEdit;
use crate::tui::job::Job;
use crate::tui::layout::{self, Areas, Needs, Pane};
use crate::tui::overlay::{Facts, Overlay};
use crate::tui::palette::{Entry, Palette};
use crate::tui::scroll::{Move, scrolled};
use crate::tui::{screens, widgets};
use std::sync::Arc;

impl App {
    /// The areas of the panes.
    pub fn areas(&self) -> Areas {
        let Some(bench) = self.workbench() else {
            return layout::areas(self.size, Pane::Hits, Pane::Hits, false, Needs::default(), |_| 0);
        };
        // As many as there are unfiltered: panes do not jump while a filter is typed.
        let orders = &bench.evidence.found.orders;
        let listed = if bench.hit_list.is_open { bench.evidence.hits.len() } else { orders.groups.len() };
        let needs = Needs { listed, timeline: screens::lines_of_step(bench) };
        let card_lines = |columns| screens::card_lines(bench, columns);
        layout::areas(self.size, bench.above, bench.focus, bench.alone, needs, card_lines)
    }

    /// Shows the facts of the incident under the cursor.
    pub(super) fn weigh(&mut self) {
        if self.workbench().and_then(|bench| bench.evidence.card(bench.hit?)).is_some() {
            self.overlays.show(Overlay::Facts(Facts::default()));
        } else {
            self.say("no incident here: published semantics have hits alone".to_owned());
        }
    }

    /// Shows the rows that the fact under the cursor rests on.
    pub(super) fn show_fact(&mut self, facts: Facts) {
        let Some(bench) = self.workbench_mut() else { return };
        let card = bench.hit.and_then(|hit| bench.evidence.card(hit));
        let Some(point) = card.and_then(|card| card.points.get(facts.cursor)) else {
            self.overlays.show(Overlay::Facts(facts));
            self.say("no fact here".to_owned());
            return;
        };
        let rows = Test::Rows(Arc::new(point.rows.clone()), point.sentence.clone());
        bench.go_home();
        bench.leave_step();
        let marks = bench.marks();
        bench.on_timeline(|timeline, store| timeline.show_rows(store, Filter::only(rows), marks));
        bench.focus_on(Pane::Timeline);
    }

    /// Moves on the page of facts: to the next fact, and past the last one through the rest of the page.
    fn go_in_facts(&mut self, step: Move) {
        let Some(bench) = self.workbench() else { return };
        let points = bench.hit.and_then(|hit| bench.evidence.card(hit)).map_or(0, |card| card.points.len());
        let (height, len) = (layout::overlay_rows(self.size), widgets::count(self));
        let Some(Overlay::Facts(facts)) = self.overlays.top_mut() else { return };
        let last = points.saturating_sub(1);
        match step {
            Move::Next if facts.cursor < last => facts.cursor += 1,
            Move::Prev if facts.offset == 0 => facts.cursor = facts.cursor.saturating_sub(1),
            Move::First => *facts = Facts::default(),
            _ => facts.offset = scrolled(facts.offset, step, len, height),
        }
    }

    pub(super) fn paste(&mut self, text: &str) -> Vec<Effect> {
        // Outside of a line, pasted text would be a row of commands: verdicts among them.
        if self.overlays.top_mut().and_then(Overlay::line_mut).is_some_and(|line| line.insert(text)) {
            return self.typed();
        }
        Vec::new()
    }

    /// The effects of a changed line.
    pub(super) fn typed(&mut self) -> Vec<Effect> {
        match self.overlays.top_mut() {
            Some(Overlay::Help { offset, .. }) => *offset = 0,
            Some(Overlay::Users(users)) => {
                users.wanted = false;
                return users.ask().map(Job::Users).map(Effect::Run).into_iter().collect();
            }
            Some(Overlay::Palette(palette)) => palette.find(),
            Some(Overlay::Filter(line)) => {
                let filter = line.text();
                if let Some(bench) = self.workbench_mut() {
                    bench.hit_list.typed = filter;
                    bench.arrange();
                }
            }
            Some(Overlay::Search(line)) => {
                let query = line.text();
                return self.search_typed(query);
            }
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn help(&mut self) {
        let contexts = self.contexts();
        self.overlays.lay(Overlay::Help { filter: LineEdit::default(), offset: 0, contexts });
    }

    pub(super) fn palette(&mut self) {
        let here = self.contexts();
        let pane = self.workbench().map_or(Pane::Hits, |bench| bench.focus);
        let palette = Palette::new(&self.keymap, &here, pane, |action| self.obstacle(action));
        self.overlays.lay(Overlay::Palette(Box::new(palette)));
    }

    /// Does the action under the palette's cursor, where the palette was opened.
    fn choose(&mut self, palette: &Palette, now: Time) -> Vec<Effect> {
        let chosen = palette.selected().cloned();
        match chosen {
            Some(Entry { action, obstacle: None, .. }) => self.act(action, None, now),
            Some(Entry { action, obstacle: Some(why), .. }) => {
                self.say(format!("{}: {why}", action.name()));
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    pub(super) fn close(&mut self) {
        match self.overlays.lift() {
            Some(Overlay::Filter(_)) => self.bench(|bench| {
                bench.hit_list.typed.clear();
                bench.arrange();
            }),
            Some(Overlay::Search(_)) => self.give_up_search(),
            Some(note @ Overlay::Note { wanted: true, lines: None, .. }) => self.wait_for(note),
            _ => {}
        }
    }

    pub(super) fn accept(&mut self, now: Time) -> Vec<Effect> {
        let waits = match self.overlays.top() {
            Some(Overlay::SaveTo(_)) => self.task.is_some(),
            Some(Overlay::Remark(_) | Overlay::Words(_) | Overlay::Revoked(..) | Overlay::Closing(_)) => {
                self.task == Some(Task::Merge)
            }
            _ => false,
        };
        if waits {
            self.say_busy();
            return Vec::new();
        }
        match self.overlays.lift() {
            Some(Overlay::Remark(line)) => {
                self.bench(|bench| bench.set_remark(line.text().trim(), now));
                vec![Effect::Save]
            }
            Some(Overlay::Filter(_)) => {
                self.bench(|bench| {
                    bench.hit_list.enter_typed();
                    bench.focus_on(Pane::Hits);
                });
                Vec::new()
            }
            Some(Overlay::Filters(menu)) => {
                self.filter_chosen(&menu, false);
                Vec::new()
            }
            Some(Overlay::Palette(palette)) => self.choose(&palette, now),
            Some(Overlay::Closing(asked)) => self.take_grounds(asked, now),
            Some(Overlay::Words(words)) => self.take_words(&words, now),
            Some(Overlay::Copy(menu)) => copying::chosen(menu),
            Some(Overlay::Marks(list)) => {
                self.go_to_mark(list);
                Vec::new()
            }
            Some(Overlay::Search(_)) => {
                self.accept_search();
                Vec::new()
            }
            Some(Overlay::Moment(line)) => {
                self.accept_moment(line);
                Vec::new()
            }
            Some(Overlay::SaveTo(line)) => save_to(&line),
            Some(Overlay::Revoked(user, line)) => self.accept_revoked(user, line, now),
            Some(Overlay::Facts(facts)) => {
                self.show_fact(facts);
                Vec::new()
            }
            Some(overlay) => self.go_on(overlay),
            None => Vec::new(),
        }
    }

    pub(super) fn back(&mut self) {
        let Some(bench) = self.workbench_mut() else { return };
        // The zoom hides what the others would change.
        if std::mem::take(&mut bench.alone) {
            return;
        }
        if bench.focus == Pane::Hits && bench.hit_list.clear_marks() {
            return;
        }
        // What narrows the pane with the keyboard goes first.
        let dropped = match bench.focus {
            Pane::Hits => bench.drop_list_filters(true),
            Pane::Timeline => bench.drop_row_filters(false),
            Pane::Triage => None,
        };
        if dropped.is_some() || bench.leave_step() || bench.walk_trail(true) {
            return;
        }
        if bench.drop_row_filters(false).is_none() {
            bench.drop_list_filters(true);
        }
    }

    /// Gives the focused pane the whole screen or takes it back; the rows on both sides of its cursor are in view.
    pub(super) fn zoom_pane(&mut self) {
        self.bench(|bench| bench.alone = !bench.alone);
        let areas = self.areas();
        self.bench(|bench| {
            let height = screens::list_rows(bench, bench.focus, areas.rows(bench.focus));
            match (bench.focus, &mut bench.timeline) {
                (Pane::Hits, _) => bench.hit_list.list.centre(height),
                (Pane::Timeline, Some(timeline)) => timeline.shown.list.centre(height),
                _ => bench.triage_top = None,
            }
        });
    }

    pub(super) fn go(&mut self, step: Move) {
        if matches!(self.overlays.top(), Some(Overlay::Facts(_))) {
            return self.go_in_facts(step);
        }
        let height = layout::overlay_rows(self.size);
        let len = widgets::count(self);
        let areas = self.areas();
        match (self.overlays.top_mut(), &mut self.stage) {
            (
                Some(
                    Overlay::Help { offset, .. }
                    | Overlay::Record { offset, .. }
                    | Overlay::Bundle { offset, .. }
                    | Overlay::Compare { offset, .. }
                    | Overlay::Note { offset, .. },
                ),
                _,
            ) => {
                *offset = scrolled(*offset, step, len, height);
            }
            (Some(Overlay::Queries(shown)), _) => {
                shown.offset = scrolled(shown.offset, step, len, height.saturating_sub(widgets::QUERY_HEAD));
            }
            (Some(overlay), _) => {
                let height = widgets::rows_in_view(overlay, height);
                overlay.go(step, height);
            }
            (None, Stage::Working(bench)) => match (bench.focus, step) {
                (Pane::Triage, Move::PageDown | Move::PageUp) => {
                    let (top, len) = screens::triage_extent(bench, areas.pane(Pane::Triage));
                    bench.triage_top = Some(scrolled(top, step, len, areas.rows(Pane::Triage)));
                }
                (Pane::Timeline, _) => {
                    let height = screens::timeline_rows(bench, areas.rows(Pane::Timeline));
                    bench.go(step, height);
                }
                _ => bench.go(step, screens::list_rows(bench, Pane::Hits, areas.rows(Pane::Hits))),
            },
            _ => {}
        }
    }

    pub(super) fn filter(&mut self) {
        if let Some(bench) = self.workbench_mut() {
            bench.focus_on(Pane::Hits);
            // The line that was entered last is typed on.
            if let Some(ListFilter::Typed(_)) = bench.hit_list.filters.last()
                && let Some(ListFilter::Typed(line)) = bench.hit_list.filters.pop()
            {
                bench.hit_list.typed = line;
            }
            let line = LineEdit::with(&bench.hit_list.typed);
            self.overlays.show(Overlay::Filter(line));
        }
    }

    /// Sorts by the next column, or turns the order of this one round.
    pub(super) fn sort(&mut self, turn: bool) {
        if self.areas().pane(Pane::Hits).is_empty() {
            let key = self.keymap.key_of(Action::NextPane);
            self.say(format!("the incidents are not on screen: {key} goes to them"));
            return;
        }
        let Some(bench) = self.workbench_mut() else { return };
        let sort = &mut bench.hit_list.sort;
        if turn {
            sort.reversed ^= true;
        } else {
            *sort = sort.next();
        }
        let words = format!("sorted by {} {}", sort.by.word(), sort.arrow());
        bench.arrange();
        self.say(words);
    }
}
