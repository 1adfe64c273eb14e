//! Answers on footholds: what was added, by what, what it does, and what is left of it.

use super::{KEPT, listed, missing};
use crate::analytics::footholds::{self, Foothold, Tied, rule_trait};
use crate::analytics::{Finding, State, StepContext};
use crate::model::words::counted;
use crate::model::{EventId, Field, Table, Time};
use crate::store::{Key, Store};
use crate::tables::Role;
use std::collections::BTreeMap;

/// The footholds of the hit, with their ties.
fn found<'a>(context: &StepContext<'a>) -> Vec<Foothold<'a>> {
    let (detect, hit) = (context.detect, context.hit);
    let anchors = footholds::anchors(&detect.earlier, detect.settings.foothold_window);
    let anchor =
        anchors.iter().find(|one| one.user == hit.user && one.span.0 <= hit.first_seen && hit.last_seen <= one.span.1);
    match anchor {
        Some(anchor) => anchor.footholds(detect),
        None => footholds::grouped(detect, hit.user, hit.evidence.iter().copied(), |_| Tied::Time),
    }
}

/// Returns whether the bundle records changes in the directory.
pub fn records_changes(store: &Store) -> bool {
    [Table::Audit, Table::UnifiedAudit].into_iter().any(|table| store.count(table) > 0)
}

/// Changes that outlive the tokens, from a little before the hit on.
pub fn planted(context: &StepContext) -> Finding {
    let (store, hit, detect) = (context.store, context.hit, context.detect);
    if !records_changes(store) {
        return missing(
            "AuditLogs needed",
            "The bundle does not record devices, sign-in methods, consents and rules that were added",
            &format!("AuditLogs and the unified audit log of the user from {} on", hit.first_seen.second()),
        );
    }
    let (found, all) = footholds::of_hit(detect, hit);
    let made: Vec<&Foothold<'_>> = found.iter().filter(|one| !one.is_by_other).collect();
    if made.is_empty() {
        let window = detect.settings.foothold_window.threshold();
        let sentence = format!("No such change to the user in the {window} after it.");
        return Finding::new(State::Unknown, "none", sentence);
    }
    let tied = made.iter().any(|one| one.tied < Tied::Time);
    let lines: Vec<String> = made.iter().map(|one| format!("{} ({})", words(context, one), one.tied.words())).collect();
    let state = if tied { State::Supports } else { State::Unknown };
    let looked: usize = found.iter().map(|one| one.rows.len()).sum();
    let cut = super::kept("first", looked, all, "of such changes after it");
    Finding::new(state, counted(made.len(), "change"), format!("{}.{cut}", listed(&lines))).with_rows(rows(made))
}

/// A foothold in words: `registered device DESKTOP-7`.
fn words(context: &StepContext, foothold: &Foothold<'_>) -> String {
    foothold.action.phrase(context.store.get(foothold.row, Field::Object), None)
}

fn rows<'f>(found: impl IntoIterator<Item = &'f Foothold<'f>>) -> Vec<EventId> {
    found.into_iter().flat_map(|foothold| foothold.rows.iter().copied()).collect()
}

/// Everything that was added, in order.
pub fn added(context: &StepContext) -> Finding {
    let found = found(context);
    let lines: Vec<String> = found
        .iter()
        .map(|one| format!("{} {}", context.store.event(one.row).time().second(), words(context, one)))
        .collect();
    let state = if found.iter().all(|one| one.is_by_other) { State::Against } else { State::Supports };
    let brief = counted(found.len(), "change");
    Finding::new(state, brief, format!("{}.", listed(&lines))).with_rows(rows(&found))
}

/// The strongest tie of the footholds to the hits of their user.
pub fn added_tie(context: &StepContext) -> Finding {
    let found = found(context);
    let mut by_tie: BTreeMap<Tied, Vec<&Foothold<'_>>> = BTreeMap::new();
    for one in &found {
        by_tie.entry(one.tied).or_default().push(one);
    }
    let others = found.iter().filter(|one| one.is_by_other).count();
    let strongest = by_tie.keys().next().copied().unwrap_or(Tied::Time);
    let lines: Vec<String> =
        by_tie.iter().map(|(tied, of)| format!("{} {}", counted(of.len(), "change"), tied.words())).collect();
    let by_others =
        if others > 0 { format!(" Others made {others} from networks of their own.") } else { String::new() };
    let state = match strongest {
        _ if others == found.len() => State::Against,
        Tied::Time => State::Unknown,
        _ => State::Supports,
    };
    let sentence = format!("{}.{by_others}", lines.join("; "));
    let tied = found.iter().filter(|one| one.tied == strongest);
    Finding::new(state, strongest.words(), sentence).with_rows(rows(tied))
}

/// Changes of the same kinds before the hit.
pub fn added_before(context: &StepContext) -> Finding {
    let (detect, hit, store) = (context.detect, context.hit, context.store);
    let found = found(context);
    let before = store.with(Key::User, hit.user).iter().copied();
    let before = before.take_while(|&id| store.event(id).time() < hit.first_seen);
    let same = |one: &Foothold<'_>| found.iter().any(|now| now.kind() == one.kind());
    let earlier: Vec<Foothold<'_>> =
        footholds::grouped(detect, hit.user, before, |_| Tied::Time).into_iter().filter(same).collect();
    if earlier.is_empty() {
        let sentence = "No change of these kinds stands before it in the bundle.";
        return Finding::new(State::Unknown, "none before", sentence);
    }
    let lines: Vec<String> = earlier.iter().map(|one| words(context, one)).collect();
    let sentence = format!("{} of these kinds before it: {}.", counted(earlier.len(), "change"), listed(&lines));
    let kept = earlier.iter().rev().take(KEPT);
    Finding::new(State::Against, counted(earlier.len(), "change"), sentence).with_rows(rows(kept))
}

/// The footholds that outlive a revocation, each with the way to undo it.
pub fn survives(context: &StepContext) -> Finding {
    let found = found(context);
    let lasting: Vec<&Foothold<'_>> = found.iter().filter(|one| one.action.survives).collect();
    if lasting.is_empty() {
        return Finding::new(State::Unknown, "none", "None of them outlives revoked sessions and a new password.");
    }
    let lines: Vec<String> = lasting.iter().map(|one| format!("{}: {}", words(context, one), one.undo())).collect();
    let sentence = format!("{} revoked sessions and a new password. {}", outlive(lasting.len()), lines.join(" "));
    Finding::new(State::Unknown, format!("{} of {}", lasting.len(), found.len()), sentence).with_rows(rows(lasting))
}

fn outlive(count: usize) -> String {
    if count == 1 { "1 change outlives".to_owned() } else { format!("{count} changes outlive") }
}

/// The mail rules among the footholds, and what they do.
pub fn rules_made(context: &StepContext) -> Finding {
    let found = found(context);
    let rules: Vec<&Foothold<'_>> = found.iter().filter(|one| matches!(one.kind(), "rule" | "forward")).collect();
    if rules.is_empty() {
        return Finding::new(State::Unknown, "no mail rule", "No mail rule and no forwarding is among them.");
    }
    let mut state = State::Unknown;
    let lines: Vec<String> = rules
        .iter()
        .map(|rule| {
            let detail = context.store.get(rule.row, Field::Detail);
            let telling = rule_trait(context.detect, rule.row);
            if telling.is_some() {
                state = State::Supports;
            }
            let why = telling.map_or_else(String::new, |why| format!(" ({why})"));
            let detail = if detail.is_empty() { String::new() } else { format!(" {detail}") };
            format!("{}{detail}{why}", words(context, rule))
        })
        .collect();
    Finding::new(state, counted(rules.len(), "rule"), format!("{}.", listed(&lines))).with_rows(rows(rules))
}

/// Later operations that remove what was added, each with the place of what it removes.
fn removed(context: &StepContext, found: &[Foothold<'_>], since: Time) -> Vec<(usize, EventId)> {
    const ENDS: [&str; 6] = ["delete", "remove", "disable", "unregister", "user deleted", "cancel"];
    let store = context.store;
    let later = store.with(Key::User, context.hit.user).iter().copied().filter(|&id| {
        let event = store.event(id);
        event.table.records() && event.succeeded() && event.time() > since
    });
    let mut removed: Vec<(usize, EventId)> = Vec::new();
    for id in later {
        let operation = store.get(id, Field::Operation).to_lowercase();
        let object = store.get(id, Field::Object).to_lowercase();
        if object.is_empty() || !ENDS.iter().any(|word| operation.starts_with(word)) {
            continue;
        }
        let same = |one: &Foothold<'_>| {
            one.row < id && store.get(one.row, Field::Object).to_lowercase() == object && one.row != id
        };
        removed.extend(found.iter().position(same).map(|at| (at, id)));
    }
    removed
}

/// Footholds of the user's hits before this one that outlive a revocation and that no later operation removes.
pub(super) fn standing(context: &StepContext) -> Finding {
    let (detect, hit) = (context.detect, context.hit);
    let anchors = footholds::anchors(&detect.earlier, detect.settings.foothold_window);
    let anchors = anchors.iter().filter(|one| one.user == hit.user && one.span.0 <= hit.first_seen);
    let found: Vec<Foothold<'_>> = anchors
        .flat_map(|anchor| anchor.footholds(detect))
        .filter(|one| one.action.survives && !one.is_by_other)
        .collect();
    let Some(first) = found.first() else {
        let sentence = "No change near the user's earlier hits outlives the revocation.";
        return Finding::new(State::Unknown, "none seen", sentence);
    };
    let gone = removed(context, &found, context.store.event(first.row).time());
    let is_gone = |at: usize| gone.iter().any(|(of, _)| *of == at);
    let left: Vec<&Foothold<'_>> =
        found.iter().enumerate().filter(|(at, _)| !is_gone(*at)).map(|(_, one)| one).collect();
    if left.is_empty() {
        let sentence = format!("The bundle shows each of the {} removed.", counted(found.len(), "change"));
        return Finding::new(State::Against, "none left", sentence).with_rows(gone.into_iter().map(|(_, id)| id));
    }
    let lines: Vec<String> = left.iter().map(|one| format!("{}: {}", words(context, one), one.undo())).collect();
    let sentence =
        format!("{} of {} not seen removed. {}", left.len(), counted(found.len(), "change"), lines.join(" "));
    Finding::new(State::Supports, format!("{} of {}", left.len(), found.len()), sentence).with_rows(rows(left))
}

/// The footholds that a later operation removed, counted.
pub fn still_there(context: &StepContext) -> Finding {
    let found = found(context);
    let removed = removed(context, &found, context.hit.first_seen);
    let gone = (0..found.len()).filter(|at| removed.iter().any(|(of, _)| of == at)).count();
    let sentence = if gone == 0 {
        format!("The bundle shows none of the {} removed: check each in the tenant.", counted(found.len(), "change"))
    } else {
        format!(
            "{gone} of {} were removed in the bundle; check the others in the tenant.",
            counted(found.len(), "change")
        )
    };
    let brief = if gone == 0 { "none removed".to_owned() } else { format!("{gone} removed") };
    Finding::new(State::Unknown, brief, sentence).with_rows(removed.into_iter().map(|(_, id)| id))
}

/// Returns whether a sign-in method is one by its name, an address or a number, and no kind that many people have.
fn names_one(method: &str) -> bool {
    const DIGITS: usize = 7;
    method.contains('@') || method.chars().filter(char::is_ascii_digit).count() >= DIGITS
}

/// Other users for whom the same object was added.
pub fn same_object(context: &StepContext) -> Finding {
    let (store, hit, detect) = (context.store, context.hit, context.detect);
    let objects: Vec<String> = found(context)
        .iter()
        .map(|one| (one.kind(), store.get(one.row, Field::Object).trim().to_lowercase()))
        .filter(|(kind, object)| !object.is_empty() && (*kind != "method" || names_one(object)))
        .map(|(_, object)| object)
        .collect();
    let mut users: BTreeMap<&str, EventId> = BTreeMap::new();
    for (id, event) in detect.rows_in(Role::Records) {
        let object = store.text(event.get(Field::Object)).trim().to_lowercase();
        if !objects.contains(&object) || footholds::action_of(detect, event).is_none() {
            continue;
        }
        let actors = (!event.user.is_none()).then_some(event.user);
        for user in actors.into_iter().chain(store.acted_upon(id).iter().copied()).filter(|user| *user != hit.user) {
            users.entry(store.upn(user)).or_insert(id);
        }
    }
    if users.is_empty() {
        return Finding::new(
            State::Unknown,
            "no other user",
            "No other user has a change to an object of the same name.",
        );
    }
    let names: Vec<&str> = users.keys().copied().collect();
    let sentence = format!("{} too: {}.", counted(users.len(), "other user"), listed(&names));
    Finding::new(State::Supports, counted(users.len(), "other user"), sentence).with_rows(users.into_values())
}
