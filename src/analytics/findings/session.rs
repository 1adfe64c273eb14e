//! Findings on one session: its first login compared with the requests of a second client.

use super::{listed, missing, origin_of};
use crate::analytics::binding::{Binding, Protection};
use crate::analytics::names::{client_of, resource_of};
use crate::analytics::scopes::scope_names;
use crate::analytics::session::GLOBAL_ADMINISTRATOR;
use crate::analytics::{Finding, State, StepContext, scopes};
use crate::model::words::counted;
use crate::model::{EventId, Field, Span};

/// Shorter gaps mean that a tool was waiting for the token.
const AUTOMATED: Span = Span::minutes(5);

/// The hit's first login and the first request of its second client.
fn ends<'a>(context: &StepContext<'a>) -> Option<(EventId, EventId, &'a [EventId])> {
    let (first, seconds) = context.hit.evidence.split_first()?;
    Some((*first, *seconds.first()?, seconds))
}

fn no_rows() -> Finding {
    missing("no rows", "The hit lacks its rows", "both rows of the session")
}

/// The first login's own origin against the user's baseline.
pub fn first_login(context: &StepContext) -> Finding {
    let Some((first, ..)) = ends(context) else { return no_rows() };
    origin_of(context, &[first])
}

/// The second client, its resource, and whether it is in the first one's family.
pub fn second_client(context: &StepContext) -> Finding {
    let Some((first, second, seconds)) = ends(context) else { return no_rows() };
    let (store, hit) = (context.store, context.hit);
    let normalized = |id: EventId, field| store.text(store.normalized_field(store.event(id), field));
    let family = context.facts.family_at(normalized(second, Field::AppId), hit.last_seen).sentence;
    let used = context.baseline.seen(store, second, Field::AppId);
    let same = normalized(first, Field::AppId) == normalized(second, Field::AppId);
    let hop = if same {
        "the client of the first login too".to_owned()
    } else {
        format!("after {}", client_of(store, context.facts, store.event(first)))
    };
    let (state, brief) = if context.baseline.is_thin() {
        (State::Unknown, "no history to compare")
    } else if used.is_usual() {
        (State::Against, "client known to user")
    } else {
        (State::Supports, "client new to user")
    };
    let sentence = format!(
        "{} ({hop}) asked for {} in {}; {family}. This user and this client: {}.",
        client_of(store, context.facts, store.event(second)),
        resource_of(store, context.facts, store.event(second)),
        counted(seconds.len(), "request"),
        used.words(),
    );
    Finding::new(state, brief, sentence).with_rows(seconds.iter().copied())
}

/// Differences of origin between the first login and the second request.
pub fn apart(context: &StepContext) -> Finding {
    let Some((first, second, _)) = ends(context) else { return no_rows() };
    let store = context.store;
    let normalized = |id: EventId, field| store.normalized_field(store.event(id), field);
    let (from, to) = (normalized(first, Field::IpAddress), normalized(second, Field::IpAddress));
    if from.is_none() || to.is_none() {
        return missing("no address", "One of the two rows has no address", "the rows with IPAddress")
            .with_rows([first, second]);
    }
    let agent = |id| context.facts.agent(store.get(id, Field::UserAgent));
    let device = |id| scopes::device_id(store.get(id, Field::DeviceDetail));
    let shown = |id| device(id).map_or_else(|| "no registered device".to_owned(), |id| format!("device {id}"));
    let (state, brief) = match (from == to, agent(first) == agent(second), device(first) == device(second)) {
        (false, ..) => (State::Supports, "different addresses"),
        (true, true, true) => (State::Against, "same place"),
        (true, ..) => (State::Unknown, "same address"),
    };
    let sentence = format!(
        "First login from {} ({}, {}), second client from {} ({}, {}).",
        store.text(from),
        agent(first).software(),
        shown(first),
        store.text(to),
        agent(second).software(),
        shown(second),
    );
    Finding::new(state, brief, sentence).with_rows([first, second])
}

/// Scopes of the two tokens and their difference.
pub fn scope_change(context: &StepContext) -> Finding {
    let Some((first, second, _)) = ends(context) else { return no_rows() };
    let details = |id| context.store.get(id, Field::ProcessingDetails);
    let (before, after) = (scopes::scopes(details(first)), scopes::scopes(details(second)));
    if after.is_empty() {
        return missing(
            "scopes not recorded",
            "The second row has no Oauth Scope Info",
            "AuthenticationProcessingDetails from Log Analytics or Graph",
        )
        .with_rows([first, second]);
    }
    let added = scopes::added(details(first), details(second));
    let role = added.iter().find(|scope| context.facts.role(&scope.to_ascii_lowercase()).is_some());
    let (state, brief) = match (before.is_empty(), added.is_empty()) {
        (true, _) => (State::Unknown, "first not recorded".to_owned()),
        (false, true) => (State::Against, "no new scope".to_owned()),
        (false, false) => {
            let role = role.map(|role| format!("new: {}", context.facts.scope_name(role)));
            (State::Supports, role.unwrap_or_else(|| counted(added.len(), "new scope")))
        }
    };
    let words = |scopes: &[String]| or_none(&scope_names(context.facts, scopes));
    let sentence = format!("First: {}. Second: {}. New: {}.", words(&before), words(&after), words(&added));
    Finding::new(state, brief, sentence).with_rows([first, second])
}

fn or_none(scopes: &[String]) -> String {
    if scopes.is_empty() { "none recorded".to_owned() } else { listed(scopes) }
}

/// Time from the first login to the second client's first request.
pub fn elapsed(context: &StepContext) -> Finding {
    let Some((first, second, seconds)) = ends(context) else { return no_rows() };
    let time = |id| context.store.event(id).time();
    let gap = time(second).since(time(first));
    let reads = if gap <= AUTOMATED {
        "a tool's pace, or an administrator's"
    } else {
        "no tool's pace; a person's, or a token kept for later"
    };
    let sentence = format!(
        "{gap} from first login to second client ({reads}), {} in all until {}.",
        counted(seconds.len(), "request"),
        context.hit.last_seen.second()
    );
    Finding::new(State::Unknown, gap.to_string(), sentence).with_rows([first, second])
}

/// The published tuning questions: the Global Administrator role and a compliant device.
pub fn tuning(context: &StepContext) -> Finding {
    let Some((_, second, seconds)) = ends(context) else { return no_rows() };
    let text = |field| context.store.get(second, field);
    let details = text(Field::ProcessingDetails);
    if details.is_empty() && text(Field::DeviceDetail).is_empty() {
        return missing(
            "not recorded",
            "The second row has neither token details nor a device",
            "the row from Log Analytics or Graph",
        );
    }
    let admin = details.to_lowercase().contains(GLOBAL_ADMINISTRATOR);
    let (compliance, compliant) = match scopes::compliant(text(Field::DeviceDetail)) {
        Some(true) => ("a compliant device", true),
        Some(false) => ("a device that is not compliant", false),
        None => ("not a company-managed device", false),
    };
    let (state, brief) = match (admin, compliant) {
        (true, false) => (State::Supports, "admin role, no known device"),
        (_, true) => (State::Against, "compliant device"),
        (false, false) => (State::Unknown, "no admin role named"),
    };
    let role = if admin { "names" } else { "does not name" };
    let managed = match scopes::managed(text(Field::DeviceDetail)) {
        Some(true) => " and managed",
        Some(false) => " and not managed",
        None => "",
    };
    let sentence = format!("The second token {role} the Global Administrator role; {compliance}{managed}.");
    Finding::new(state, brief, sentence).with_rows(seconds.iter().copied())
}

/// Token binding of the second request's session.
pub fn binding(context: &StepContext) -> Finding {
    let Some((_, second, seconds)) = ends(context) else { return no_rows() };
    let protection = Protection::read(context.store.get(second, Field::TokenProtection));
    let (state, brief, sentence) = if protection.binding == Some(Binding::Unbound) {
        let habits = context.detect.rows_of(context.hit.user);
        // Most tokens are unbound: it tells something only where the user's others are bound.
        let is_lost = habits.habits.is_binding_lost(context.detect.origins(), second);
        let state = if is_lost { State::Supports } else { State::Unknown };
        (state, "unbound", "The sign-in session was unbound: its refresh token could be replayed from anywhere.")
    } else if protection.binding == Some(Binding::Bound) {
        (
            State::Against,
            "bound",
            "The sign-in session was bound to a device: its refresh token alone is of no use elsewhere.",
        )
    } else {
        return missing(
            "not recorded",
            "The second row does not tell its token protection",
            "TokenProtectionStatusDetails from Log Analytics, or Graph beta",
        )
        .with_rows(seconds.iter().copied());
    };
    Finding::new(state, brief, sentence).with_rows(seconds.iter().copied())
}
