//! Filters on the rows of the timeline and on the list of incidents: putting them in force, taking them back.

use super::{App, Effect};
use crate::model::Time;
use crate::triage::filter::{Filter, Side, Test};
use crate::tui::action::Action;
use crate::tui::filters::{Item, Menu};
use crate::tui::layout::Pane;
use crate::tui::overlay::Overlay;
use crate::tui::rows::Timeline;
use crate::tui::text::fit;
use crate::tui::workbench::Workbench;

impl App {
    /// Does one of the actions on what is shown: filters, order, marks for a verdict, zoom, facts and map.
    pub(super) fn narrow(&mut self, action: Action, now: Time) -> Vec<Effect> {
        match action {
            Action::Filter => self.filter(),
            Action::FilterMenu => self.filter_menu(),
            Action::LeaveOut => self.leave_out(),
            Action::FailedOnly => self.filter_rows(Filter::only(Test::Failed)),
            Action::NewOnly => self.filter_rows(Filter::only(Test::New)),
            Action::OneSide => self.filter_side(),
            Action::DropFilter => self.drop_filters(false),
            Action::ClearFilters => self.drop_filters(true),
            Action::Sort => self.sort(false),
            Action::TurnSort => self.sort(true),
            Action::MarkRow => self.bench(|bench| {
                bench.hit_list.toggle_mark(&bench.evidence.found.orders);
                bench.select();
            }),
            Action::TakeOut => return self.take_out(now),
            Action::MarkRange => self.bench(|bench| bench.hit_list.mark_range(&bench.evidence.found.orders)),
            Action::OpenStep => self.bench(|bench| bench.walk_to(bench.step)),
            Action::Guided => self.guided(),
            Action::Weigh => self.weigh(),
            Action::OneIncident => return self.note_of_one(),
            Action::NextMark => self.walk_map(false),
            Action::PrevMark => self.walk_map(true),
            Action::ZoomIn => self.on_timeline(Timeline::zoom_in),
            Action::ZoomOut => self.on_timeline(Timeline::zoom_out),
            Action::AroundHit => self.on_timeline(Timeline::around_hit),
            Action::AllOfUser => self.on_timeline(Timeline::all),
            // One that was given no arm anywhere: the tests press every action.
            _ => debug_assert!(false, "{action:?} has no arm"),
        }
        Vec::new()
    }

    /// Opens the menu of filters for the row or incident under the cursor.
    fn filter_menu(&mut self) {
        let Some(bench) = self.workbench() else { return };
        let menu = match (bench.focus, bench.event()) {
            (Pane::Hits, _) => Menu::of_incident(bench),
            (_, Some(event)) => Menu::of_row(bench, event),
            (_, None) => {
                self.say("no row here".to_owned());
                return;
            }
        };
        self.overlays.show(Overlay::Filters(menu));
    }

    /// Enter in the menu, or the key that leaves out.
    pub(super) fn filter_chosen(&mut self, menu: &Menu, out: bool) {
        let Some(item) = menu.selected().cloned() else { return };
        match item.turned(out) {
            Item::Row(filter) => self.filter_rows(filter),
            Item::Listed(filter) => self.bench(|bench| {
                bench.hit_list.filters.push(filter);
                bench.arrange();
            }),
        }
    }

    /// Leaves out what is under the menu's cursor.
    fn leave_out(&mut self) {
        if let Some(Overlay::Filters(menu)) = self.overlays.lift_if(|overlay| matches!(overlay, Overlay::Filters(_))) {
            self.filter_chosen(&menu, true);
        }
    }

    /// Puts a filter on the rows in force, or takes it back where it is.
    fn filter_rows(&mut self, filter: Filter) {
        let Some(bench) = self.workbench_mut() else { return };
        let marks = bench.marks();
        let words = fit(&filter.words(bench.store(), bench.evidence.facts), 60).into_owned();
        let mut on = None;
        bench.on_timeline(|timeline, store| on = Some(timeline.toggle_filter(store, filter, marks)));
        match on {
            Some(true) => {}
            Some(false) => self.say(format!("no longer {words}")),
            None => self.say("no rows to filter".to_owned()),
        }
    }

    /// Shows one side of the incident: the other, then the user's, then both again.
    fn filter_side(&mut self) {
        let Some(bench) = self.workbench() else { return };
        let Some(other) = bench.other_side() else {
            self.say("every row of this incident is of one side".to_owned());
            return;
        };
        let of_side = |side| Filter::only(Test::Side(side, other.clone()));
        let in_force = |side| {
            let filters = bench.timeline.as_ref().map_or(&[][..], |timeline| timeline.filters());
            filters.contains(&of_side(side))
        };
        let next = if in_force(Side::Other) || in_force(Side::User) { Side::User } else { Side::Other };
        self.filter_rows(of_side(next));
    }

    /// Takes the last filter of the pane back, or all of them.
    fn drop_filters(&mut self, all: bool) {
        let key = self.keymap.key_of(Action::FilterMenu);
        let Some(bench) = self.workbench_mut() else { return };
        let (words, what) = if bench.focus == Pane::Hits {
            (bench.drop_list_filters(all), "incidents")
        } else {
            (bench.drop_row_filters(all), "rows")
        };
        match words {
            Some(_) if all => self.say(format!("all {what} again")),
            Some(words) => self.say(format!("no longer {}", fit(&words, 60))),
            None => self.say(format!("no filter on the {what}: {key} chooses one")),
        }
    }
}

impl Workbench {
    /// Takes the last filter on the incidents back, or all; its words.
    pub(in crate::tui) fn drop_list_filters(&mut self, all: bool) -> Option<String> {
        self.hit_list.enter_typed();
        let dropped = self.hit_list.filters.pop()?;
        if all {
            self.hit_list.filters.clear();
        }
        self.arrange();
        Some(dropped.words())
    }

    /// Takes the last filter on the rows back, or all; its words.
    pub(in crate::tui) fn drop_row_filters(&mut self, all: bool) -> Option<String> {
        let mut dropped = None;
        self.on_timeline(|timeline, store| dropped = timeline.drop_filters(store, all));
        dropped.map(|filter| filter.words(self.store(), self.evidence.facts))
    }
}
