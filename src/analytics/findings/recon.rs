//! Sweeps: what was called in which order, with what answers and scopes, and whether it is a habit.

use super::{KEPT, listed, missing, names_of};
use crate::analytics::owners::Owners;
use crate::analytics::{Finding, State, StepContext, scopes};
use crate::model::words::counted;
use crate::model::{EventId, Field, Sym, call_status};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Categories that make a sweep.
const MANY: usize = 5;
/// Days before with such calls that make a habit.
const HABIT_DAYS: usize = 2;
/// Days with calls before that can show a habit.
const ENOUGH_DAYS: usize = 7;

/// Categories of the hit's calls: the first call, all, and those answered, in order of the first.
fn categories(context: &StepContext) -> Vec<(u8, EventId, [usize; 3])> {
    let store = context.store;
    let calls = context.detect.calls_by_client();
    let mut places: HashMap<u8, usize> = HashMap::new();
    let mut found: Vec<(u8, EventId, [usize; 3])> = Vec::new();
    for &id in &context.hit.evidence {
        let event = store.event(id);
        let Some(category) = calls.form_of(event).and_then(|form| form.category) else { continue };
        let at = *places.entry(category).or_insert_with(|| {
            found.push((category, id, [0; 3]));
            found.len() - 1
        });
        let class = call_status(store.text(event.get(Field::ResponseStatusCode))) / 100;
        let counts = &mut found[at].2;
        counts[0] += 1;
        counts[1] += usize::from(class == 2);
        counts[2] += usize::from(class == 4);
    }
    found
}

fn name<'c>(context: &StepContext<'c>, category: u8) -> &'c str {
    &context.facts.recon().names()[usize::from(category)]
}

/// The set of some categories.
fn set(found: &[(u8, EventId, [usize; 3])]) -> u32 {
    found.iter().fold(0, |set, (category, ..)| set | 1 << category)
}

/// Categories in the order of their first calls.
pub fn categories_read(context: &StepContext) -> Finding {
    let found = categories(context);
    if found.is_empty() {
        let sentence = "No call is of a category: the addresses are of none that the tables name.";
        return Finding::new(State::Unknown, "none", sentence);
    }
    let time = |id: EventId| context.store.event(id).time().clock();
    let words: Vec<String> = found
        .iter()
        .map(|(category, first, [all, ..])| format!("{} from {} ({all})", name(context, *category), time(*first)))
        .collect();
    let state = if found.len() >= MANY { State::Supports } else { State::Unknown };
    let brief = if found.len() == 1 { "1 category".to_owned() } else { format!("{} categories", found.len()) };
    Finding::new(state, brief, format!("In order: {}.", words.join(", "))).with_rows(found.iter().map(|found| found.1))
}

/// Answers of the calls.
pub fn read_or_refused(context: &StepContext) -> Finding {
    let store = context.store;
    let mut classes: BTreeMap<u64, usize> = BTreeMap::new();
    let mut unread: Vec<EventId> = Vec::new();
    for &id in &context.hit.evidence {
        let class = call_status(store.get(id, Field::ResponseStatusCode)) / 100;
        *classes.entry(class).or_default() += 1;
        if class == 4 && unread.len() < KEPT {
            unread.push(id);
        }
    }
    let of = |class| classes.get(&class).copied().unwrap_or(0);
    let (read, refused, all) = (of(2), of(4), context.hit.evidence.len());
    if of(0) == all {
        return missing("no status", "The calls have no status", "the same calls with ResponseStatusCode");
    }
    let by: Vec<String> = categories(context)
        .into_iter()
        .filter(|(.., [_, read, _])| *read > 0)
        .map(|(category, _, [_, read, _])| format!("{} {read}", name(context, category)))
        .collect();
    let state = if read == 0 { State::Against } else { State::Supports };
    let shown = if by.is_empty() { String::new() } else { format!(" Answered by category: {}.", by.join(", ")) };
    let sentence = format!("{read} of {} answered, {refused} refused.{shown}", counted(all, "call"));
    Finding::new(state, format!("{read} read, {refused} refused"), sentence).with_rows(unread)
}

/// Scopes of the calls, and roles of the tokens by the sign-ins that issued them.
pub fn scopes_used(context: &StepContext) -> Finding {
    let store = context.store;
    let owners = Owners::new(context.detect);
    let texts: BTreeSet<Sym> = context.hit.evidence.iter().map(|&id| store.event(id).get(Field::Scopes)).collect();
    let held: BTreeSet<&str> = texts.into_iter().flat_map(|text| store.text(text).split_whitespace()).collect();
    let issuers: BTreeSet<EventId> = context.hit.evidence.iter().filter_map(|&id| owners.issuer(id)).collect();
    let details: BTreeSet<Sym> = issuers
        .iter()
        .map(|&id| store.event(id).get(Field::ProcessingDetails))
        .filter(|text| !text.is_none())
        .collect();
    let mut roles: BTreeSet<&str> = BTreeSet::new();
    let mut is_privileged = false;
    for text in details {
        for role in scopes::roles(context.facts, store.text(text)) {
            roles.insert(role.name);
            is_privileged |= role.is_privileged;
        }
    }
    if held.is_empty() && roles.is_empty() {
        return missing("scopes not recorded", "The calls have no scopes", "the same calls with Scopes");
    }
    let held: Vec<&str> = held.into_iter().collect();
    let roles: Vec<&str> = roles.into_iter().collect();
    let scope_words = if held.is_empty() { "not recorded".to_owned() } else { listed(&held) };
    let role_words = if roles.is_empty() { "none recorded".to_owned() } else { listed(&roles) };
    let state = if is_privileged { State::Supports } else { State::Unknown };
    let brief = if is_privileged { "a privileged role".to_owned() } else { counted(held.len(), "scope") };
    let sentence = format!("Scopes: {scope_words}. Roles: {role_words}.");
    Finding::new(state, brief, sentence).with_rows(issuers.into_iter().take(KEPT))
}

/// Days before on which the user made calls of the same categories.
pub fn swept_before(context: &StepContext) -> Finding {
    let hit = context.hit;
    let habits = context.detect.calls_by_client().habits();
    let (alike, all) = habits.before(hit.user, set(&categories(context)), hit.first_seen);
    if alike == 0 && all < ENOUGH_DAYS {
        let brief = format!("only {} of calls before", counted(all, "day"));
        let lacks = "Too few days with calls of the user before, none like these";
        return missing(&brief, lacks, "30 days of MicrosoftGraphActivityLogs of the user");
    }
    let (state, brief) = match alike {
        0 => (State::Supports, "never before".to_owned()),
        days if days >= HABIT_DAYS => (State::Against, format!("on {days} days before")),
        _ => (State::Unknown, "on 1 day before".to_owned()),
    };
    let sentence =
        format!("Calls of most of these categories on {alike} of the {} with calls before.", counted(all, "day"));
    Finding::new(state, brief, sentence)
}

/// Other users who called the same categories on one day.
pub fn swept_by_others(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    let found = categories(context);
    let habits = context.detect.calls_by_client().habits();
    let others = if found.is_empty() { Vec::new() } else { habits.others(hit.user, set(&found)) };
    let others = names_of(store, others);
    if others.is_empty() {
        let sentence = "No other user called all of these categories on one day.";
        return Finding::new(State::Unknown, "nobody else", sentence);
    }
    let sentence = format!("All of these categories on one day: {}.", listed(&others));
    Finding::new(State::Unknown, counted(others.len(), "other user"), sentence)
}
