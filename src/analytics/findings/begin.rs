//! Begin of a session: the authentication, the attempts before it, the user elsewhere at the time, and its use after.

use super::{KEPT, listed, missing};
use crate::analytics::distance::Location;
use crate::analytics::known::Standing;
use crate::analytics::places::{Compared, Tool};
use crate::analytics::rows::within;
use crate::analytics::{Finding, State, StepContext};
use crate::model::words::counted;
use crate::model::{EventId, Field, Proof, Span, mfa_proof};
use crate::store::Key;
use std::collections::{BTreeMap, BTreeSet};

/// Time before a session in which failed and interrupted attempts belong to it.
const ATTEMPTS: Span = Span::minutes(30);
/// Results of attempts on the way to a login: multi-factor asked for, interrupted to remember, interrupted to confirm,
/// wrong password.
const ATTEMPT_CODES: [&str; 4] = ["50074", "50140", "50199", "50126"];

/// The way MFA was met at a sign-in, a few words; `None` where the row does not record it.
pub fn mfa_words(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let how = match mfa_proof(text) {
        Some(Proof::Fresh) => "a fresh second factor",
        Some(Proof::External) => "a second factor by an external provider",
        Some(Proof::Claim) => "a claim of an earlier login, no fresh factor",
        Some(Proof::Skipped) => "nothing: the second factor was not asked for",
        Some(Proof::Incomplete) => "nothing: the second factor was not completed",
        Some(Proof::Unknown) => "a second factor of which nothing is recorded",
        None => "one factor only",
    };
    Some(format!("{how} ({text})"))
}

/// The way MFA was met at the first row of the hit.
pub fn mfa_met(context: &StepContext) -> Finding {
    let first = context.hit.evidence.first().copied();
    let text = first.map_or("", |id| context.store.get(id, Field::AuthenticationDetails));
    let Some(words) = mfa_words(text) else {
        let lacks = "The first row does not record the steps of its authentication";
        return missing(
            "not recorded",
            lacks,
            "SigninLogs from Log Analytics or Graph beta, with AuthenticationDetails",
        )
        .with_rows(first);
    };
    let (brief, reads) = match mfa_proof(text) {
        Some(Proof::Fresh) => (
            "a fresh factor",
            " A fresh factor from a foreign network is what a login proxy looks like: no sign of innocence.",
        ),
        Some(Proof::Claim) => ("an earlier login", " A cookie or token was brought along."),
        _ => ("no fresh factor", ""),
    };
    Finding::new(State::Unknown, brief, format!("MFA was met by {words}.{reads}")).with_rows(first)
}

/// A sign-in from a known network, in another session, too far away for one person.
pub fn elsewhere(context: &StepContext) -> Finding {
    let (store, hit, detect) = (context.store, context.hit, context.detect);
    let session = hit.session.as_deref().and_then(|session| store.find(session)).unwrap_or_default();
    let (places, origins) = (detect.places(), detect.origins());
    let until = hit.first_seen.plus(Span::DAY);
    let rows = within(store, &hit.evidence, hit.first_seen, until).iter().copied();
    let rows: Vec<EventId> = rows.filter(|&id| !places.place(id).is_neutral).collect();
    let (found, is_decided) = detect.past(hit.user).parallel(origins, (hit.user, session), hit.first_seen, &rows);
    let Some(pair) = found else {
        if !is_decided {
            let lacks = "The rows of the session, or those from the user's known networks, record no location";
            return missing("no location", lacks, "the sign-ins with LocationDetails");
        }
        let sentence = "No sign-in from a known network was too far away in too short a time.";
        return Finding::new(State::Unknown, "not that we see", sentence);
    };
    let words = |id: EventId| {
        let net = places.net(id).map_or_else(|| "no network".to_owned(), |net| net.to_string());
        format!("{} ({net}) at {}", Location::new(store, id).words(), store.event(id).time().second())
    };
    let sentence = format!(
        "{} was used from {}, and the user from {}, a known network: nobody travels that fast.",
        if session.is_none() { "The account" } else { "The session" },
        words(pair.here),
        words(pair.there)
    );
    Finding::new(State::Supports, "in two places at once", sentence).with_rows([pair.here, pair.there])
}

/// Failed and interrupted attempts of the user in the half hour before the hit.
pub fn attempts_before(context: &StepContext) -> Finding {
    let (store, hit, places) = (context.store, context.hit, context.detect.places());
    let Some(&first) = hit.evidence.first() else {
        return missing("no row", "The hit has no sign-in", "SigninLogs");
    };
    let all = within(store, store.with(Key::User, hit.user), hit.first_seen.minus(ATTEMPTS), hit.first_seen);
    let looked_at = &all[all.len().saturating_sub(KEPT)..];
    let is_attempt = |id: &EventId| {
        let event = store.event(*id);
        event.table.issues()
            && event.is_timed()
            && !event.succeeded()
            && ATTEMPT_CODES.contains(&store.text(store.normalized_field(event, Field::ResultType)))
    };
    let found: Vec<EventId> = looked_at.iter().copied().filter(is_attempt).collect();
    let cut = super::kept("last", looked_at.len(), all.len(), "of those 30 minutes");
    if found.is_empty() {
        let sentence = format!("No failed or interrupted attempt in the 30 minutes before.{cut}");
        return Finding::new(State::Unknown, "none", sentence);
    }
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for &id in &found {
        *codes.entry(store.text(store.normalized_field(store.event(id), Field::ResultType))).or_default() += 1;
    }
    let codes: Vec<String> = codes.into_iter().map(|(code, count)| format!("{code} {count}×")).collect();
    let nets: BTreeSet<String> = found.iter().filter_map(|&id| places.net(id)).map(|net| net.to_string()).collect();
    let nets: Vec<String> = nets.into_iter().collect();
    let same = found.iter().filter(|&&id| places.compared(id, first) == Compared::Same).count();
    let from = if nets.is_empty() { "no network".to_owned() } else { listed(&nets) };
    let sentence = format!(
        "{} in the 30 minutes before, from {from}, {same} of them from the session's network: {}.{cut}",
        counted(found.len(), "attempt"),
        codes.join(", ")
    );
    let state = if same > 0 { State::Supports } else { State::Unknown };
    Finding::new(state, counted(found.len(), "attempt"), sentence).with_rows(found)
}

/// Networks and software of the session after its first row.
pub fn session_after(context: &StepContext) -> Finding {
    let (hit, detect) = (context.hit, context.detect);
    let (places, known) = (detect.places(), detect.known());
    let Some((&first, later)) = hit.evidence.split_first() else {
        return missing("no row", "The hit has no sign-in", "SigninLogs");
    };
    if later.is_empty() {
        return Finding::new(State::Unknown, "nothing after", "The session has one sign-in in the bundle.");
    }
    let mut uses: BTreeMap<(String, &str), (EventId, usize)> = BTreeMap::new();
    for &id in later {
        let place = places.place(id);
        let net = match place.telling_net() {
            Some(net) => net.to_string(),
            None if place.is_neutral => "a service of Microsoft's".to_owned(),
            None => "no network".to_owned(),
        };
        uses.entry((net, &*places.profile(id).family)).or_insert((id, 0)).1 += 1;
    }
    let words: Vec<String> =
        uses.iter().map(|((net, family), (_, count))| format!("{family} from {net} {count}×")).collect();
    let mut tools = 0;
    let mut seconds = 0;
    for &(id, _) in uses.values() {
        let is_new = known.standing(hit.user, places.place(id), hit.first_seen) == Standing::New;
        let tool = places.profile(id).tool;
        tools += usize::from(tool == Tool::Kit || (tool == Tool::Library && is_new));
        let is_second = is_new
            && places.compared(first, id) == Compared::Different
            && !places.profile(id).is_same(places.profile(first));
        seconds += usize::from(is_second);
    }
    let (state, brief) = match (tools, seconds) {
        (0, 0) => (State::Unknown, counted(uses.len(), "place")),
        (0, _) => (State::Supports, "a second new network".to_owned()),
        _ => (State::Supports, "a tool".to_owned()),
    };
    let sentence = format!(
        "{} after the first: {}. The last at {}.",
        counted(later.len(), "sign-in"),
        listed(&words),
        hit.last_seen.second()
    );
    Finding::new(state, brief, sentence).with_rows(later.iter().take(KEPT).copied())
}

/// Days since when the user was seen with the software of the hit.
pub fn software_seen(context: &StepContext) -> Finding {
    let (store, hit, detect) = (context.store, context.hit, context.detect);
    let Some(&first) = hit.evidence.first() else {
        return missing("no row", "The hit has no sign-in", "SigninLogs");
    };
    let (places, past) = (detect.places(), detect.past(hit.user));
    let profile = places.profile(first);
    let os = if profile.os.is_empty() { String::new() } else { format!(" on {}", profile.os) };
    let software = format!("{}{os}", profile.family);
    match past.same_software_before(detect.origins(), first) {
        Some(before) if store.event(before).time().day_number() < store.event(first).time().day_number() => {
            let day = store.event(before).time().day();
            let sentence = format!("{software}: first seen with the user on {day}.");
            Finding::new(State::Against, "software known to user", sentence).with_rows([before, first])
        }
        Some(before) => {
            let sentence = format!("{software}: first seen with the user on the same day.");
            Finding::new(State::Unknown, "seen that day", sentence).with_rows([before, first])
        }
        None if detect.known().has_baseline(hit.user, hit.first_seen) => {
            let sentence = format!("{software}: not seen with the user before.");
            Finding::new(State::Supports, "new software", sentence).with_rows([first])
        }
        None => missing(
            "too little history",
            &format!("{software}: not seen before, but the bundle has fewer than seven days of the user"),
            "30 days of sign-ins of the user",
        )
        .with_rows([first]),
    }
}
