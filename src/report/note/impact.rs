//! Effects of the Graph calls and of the acts made with the tokens, and the techniques they show.

use super::NoteContext;
use crate::analytics::acts::done;
use crate::analytics::{GraphTie, HitAct, count_actions, in_words};
use crate::model::EventId;
use crate::report::gravity;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Actions listed per user.
const ACTIONS: usize = 40;
/// Names listed per act.
const NAMES: usize = 8;

/// Effects of the Graph calls and acts tied to a user's hits.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Impact {
    /// The user.
    pub upn: String,
    /// Calls in all.
    pub calls: usize,
    /// Calls by the tie they have.
    pub links: Vec<String>,
    /// Actions with counts, the gravest first.
    pub actions: Vec<String>,
    /// Actions beyond those listed.
    pub further: usize,
    /// Rows of audit tables in all.
    pub acts: usize,
    /// Acts they record, with counts, the gravest first.
    pub done: Vec<String>,
}

/// A technique.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttackNote {
    /// Id.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// Evidence of it.
    pub evidence: Vec<Earned>,
}

/// Evidence of a technique, with its hits: several analytics find the same rows.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Earned {
    /// The evidence, in words.
    pub evidence: String,
    /// Numbers of the hits.
    pub hits: Vec<usize>,
}

pub(super) fn impact(context: &NoteContext) -> Vec<Impact> {
    let mut calls: BTreeMap<&str, BTreeMap<EventId, GraphTie>> = BTreeMap::new();
    let mut acts: BTreeMap<&str, BTreeMap<EventId, HitAct>> = BTreeMap::new();
    for (_, hit) in context.threats().filter(|(_, hit)| !hit.graph.is_empty() || !hit.acts.is_empty()) {
        let of_user = acts.entry(&hit.upn).or_default();
        for act in &hit.acts {
            let known = of_user.entry(act.event).or_insert(*act);
            known.rung = known.rung.min(act.rung);
        }
        let of_user = calls.entry(&hit.upn).or_default();
        for call in &hit.graph {
            let tie = of_user.entry(call.event).or_insert(call.tie);
            *tie = call.tie.min(*tie);
        }
    }
    let impact = |(upn, calls): (&str, BTreeMap<EventId, GraphTie>)| {
        let mut links: BTreeMap<_, usize> = BTreeMap::new();
        for link in calls.values() {
            *links.entry(*link).or_default() += 1;
        }
        let events: Vec<EventId> = calls.keys().copied().collect();
        let mut actions = in_words(&gravity::by_gravity(count_actions(&context.loaded.store, context.facts, &events)));
        let further = actions.len().saturating_sub(ACTIONS);
        actions.truncate(ACTIONS);
        let acts: Vec<HitAct> = acts.get(upn).into_iter().flat_map(BTreeMap::values).copied().collect();
        let mut done = done(&context.loaded.store, context.facts, &acts);
        done.sort_by_key(|one| std::cmp::Reverse(one.weight()));
        let done = done.iter().map(|one| one.words_with_names(&context.loaded.store, NAMES)).collect();
        Impact {
            upn: upn.to_owned(),
            calls: events.len(),
            links: links.into_iter().map(|(link, count)| format!("{count} by {}", link.word())).collect(),
            actions,
            further,
            acts: acts.len(),
            done,
        }
    };
    calls.into_iter().map(impact).collect()
}

pub(super) fn attack(context: &NoteContext) -> Vec<AttackNote> {
    let mut earned: BTreeMap<&'static str, AttackNote> = BTreeMap::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for (number, hit) in context.threats() {
        for attack in &hit.attack {
            let note = AttackNote { id: attack.id, name: attack.name, evidence: Vec::new() };
            let evidence = &mut earned.entry(attack.id).or_insert(note).evidence;
            let place = *places.entry((attack.id, &attack.evidence)).or_insert(evidence.len());
            match evidence.get_mut(place) {
                Some(known) => known.hits.push(number),
                None => evidence.push(Earned { evidence: attack.evidence.clone(), hits: vec![number] }),
            }
        }
    }
    earned.into_values().collect()
}
