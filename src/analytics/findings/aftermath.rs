//! Answers on what followed a revocation.

use super::footholds::standing;
use super::{listed, missing, records_changes};
use crate::analytics::aftermath::{Aftermath, Class, aftermath};
use crate::analytics::revocations::Revocation;
use crate::analytics::rows::distinct;
use crate::analytics::{Finding, State, StepContext};
use crate::model::words::counted;
use crate::model::{EventId, Field, Flags, Table};
use std::collections::BTreeMap;

/// The hit's revocation.
fn revocation<'c>(context: &StepContext<'c>) -> Option<&'c Revocation> {
    let hit = context.hit;
    context.detect.revocations(hit.user).iter().find(|one| one.at == hit.first_seen)
}

fn found(context: &StepContext) -> Aftermath {
    revocation(context).map_or_else(Aftermath::default, |one| aftermath(context.detect, context.hit.user, one))
}

/// Time of the last of some rows, for a sentence.
fn last(context: &StepContext, rows: &[EventId]) -> String {
    rows.last().map_or_else(String::new, |&id| context.store.event(id).time().second())
}

/// The revocation: changes, times, and who made them.
pub fn revoked_what(context: &StepContext) -> Finding {
    let Some(one) = revocation(context) else {
        return Finding::new(State::Unknown, "not found", "The revocation is not in the bundle.");
    };
    let sentence = format!("At {}: {}, by {}.", one.at.second(), one.reason, one.actor(context.store));
    Finding::new(State::Unknown, one.reason.clone(), sentence).with_rows(one.rows.iter().copied())
}

/// Calls and acts with tokens from before, the last of them, and their resources.
pub fn residual_calls(context: &StepContext) -> Finding {
    let (store, found) = (context.store, found(context));
    let has_tables = store.has_uses() || store.count(Table::UnifiedAudit) > 0;
    if !has_tables {
        return missing(
            "Graph activity needed",
            "The bundle has no calls",
            "MicrosoftGraphActivityLogs and the unified audit log from the revocation on",
        );
    }
    let old: Vec<_> = found.access.iter().filter(|access| access.age.is_some()).collect();
    if old.is_empty() {
        let sentence = "No call is known to have a token from before the revocation.";
        return Finding::new(State::Unknown, "none known", sentence);
    }
    let rows: Vec<EventId> = old.iter().map(|access| access.row).collect();
    let refused = rows.iter().filter(|&&id| !store.event(id).succeeded()).count();
    let long = old.iter().filter(|access| access.is_of_long_token()).count();
    let services = |table: Table| rows.iter().filter(|&&id| store.event(id).table == table).count();
    let named: Vec<String> = Table::ALL
        .into_iter()
        .filter(|&table| services(table) > 0)
        .map(|table| format!("{} in {}", services(table), table.name()))
        .collect();
    let failed = if refused > 0 { format!(" {refused} of them failed.") } else { String::new() };
    let sentence = format!(
        "{} with a token from before, the last at {}: {}; {long} of them more than 90 min after its issue.{failed}",
        counted(rows.len(), "call"),
        last(context, &rows),
        listed(&named)
    );
    let state = if long > 0 { State::Supports } else { State::Unknown };
    Finding::new(state, counted(rows.len(), "call"), sentence).with_rows(rows)
}

/// Tokens renewed in sessions from before, and the devices whose primary refresh token renewed them.
pub fn renewed_after(context: &StepContext) -> Finding {
    let store = context.store;
    let rows = found(context).rows(|class| class == Class::Renewed);
    if rows.is_empty() {
        let sentence = "No token was renewed in a session from before.";
        return Finding::new(State::Unknown, "none", sentence);
    }
    let by_device: Vec<EventId> =
        rows.iter().copied().filter(|&id| store.event(id).flags.has(Flags::INCOMING_PRIMARY)).collect();
    let sessions = distinct(&rows, |id| store.normalized_field(store.event(id), Field::SessionId));
    let mut devices: Vec<String> =
        by_device.iter().filter_map(|&id| crate::store::device_id(store.get(id, Field::DeviceDetail))).collect();
    devices.sort_unstable();
    devices.dedup();
    let device = match (by_device.len(), devices.is_empty()) {
        (0, _) => String::new(),
        (count, true) => {
            format!(" {count} by a primary refresh token of a device that the rows do not name: it must be disabled.")
        }
        (count, false) => {
            format!(
                " {count} by a primary refresh token: the device holding it must be disabled ({}).",
                listed(&devices)
            )
        }
    };
    let sentence = format!(
        "{} in {} from before, without a new login, the last at {}.{device}",
        counted(rows.len(), "renewal"),
        counted(sessions.len(), "session"),
        last(context, &rows)
    );
    Finding::new(State::Supports, counted(rows.len(), "renewal"), sentence).with_rows(rows)
}

/// Rows of an odd party, or from the networks of the earlier hits.
pub fn returned_after(context: &StepContext) -> Finding {
    let rows = found(context).rows(|class| class == Class::Returned);
    if rows.is_empty() {
        let has_hits = context.detect.earlier.iter().any(|hit| hit.user == context.hit.user);
        let sentence = if has_hits {
            "Nothing came from a party or a network of the user's earlier hits."
        } else {
            "The user has no earlier hit to know them by."
        };
        return Finding::new(State::Unknown, "none seen", sentence);
    }
    let mut nets: BTreeMap<String, usize> = BTreeMap::new();
    for &id in &rows {
        let net = context.detect.places().net(id);
        *nets.entry(net.map_or_else(|| "an unnamed network".to_owned(), |net| net.to_string())).or_default() += 1;
    }
    let nets: Vec<String> = nets.into_iter().map(|(net, count)| format!("{count} from {net}")).collect();
    let sentence = format!("{}, the last at {}: {}.", counted(rows.len(), "row"), last(context, &rows), listed(&nets));
    Finding::new(State::Supports, counted(rows.len(), "row"), sentence).with_rows(rows)
}

/// Sign-ins from the networks of the earlier hits that were refused since.
pub fn refused_after(context: &StepContext) -> Finding {
    let (store, rows) = (context.store, found(context).refused);
    if rows.is_empty() {
        let sentence = "No sign-in from the networks of the user's earlier hits was refused since.";
        return Finding::new(State::Unknown, "none", sentence);
    }
    let mut results: BTreeMap<&str, usize> = BTreeMap::new();
    for &id in &rows {
        *results.entry(store.get(id, Field::ResultType).trim()).or_default() += 1;
    }
    let results: Vec<String> = results.into_iter().map(|(result, count)| format!("{count} by {result}")).collect();
    let sentence = format!(
        "The revocation bites: {} refused, the last at {}: {}.",
        counted(rows.len(), "sign-in"),
        last(context, &rows),
        listed(&results)
    );
    Finding::new(State::Supports, format!("{} refused", rows.len()), sentence).with_rows(rows)
}

/// Footholds of the user's earlier hits that the bundle does not show removed.
pub fn still_standing(context: &StepContext) -> Finding {
    let (store, hit) = (context.store, context.hit);
    if !records_changes(store) {
        let export = format!("AuditLogs and the unified audit log of the user until {}", hit.last_seen.second());
        return missing("AuditLogs needed", "The bundle records no changes", &export);
    }
    standing(context)
}
