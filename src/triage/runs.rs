//! Runs of like rows, which the timeline collapses into one line, and starts of activity after a silence.

use super::request::segments;
use super::timeline::{RowKind, kind};
use crate::model::{EventId, Field, Span};
use crate::store::{Event, Key, Store};
use crate::tables::Role;

/// Fewest like rows that make a run: two are read as easily as one.
pub const RUN: usize = 3;
/// Silence after which a row begins a burst of activity.
pub const SILENCE: Span = Span::minutes(30);

/// Starts of runs and of bursts of activity, as places in a list of events.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// The first place of each run; a row like no neighbour is a run by itself.
    pub starts: Vec<u32>,
    /// The first place of each burst of activity.
    pub bursts: Vec<u32>,
}

/// Outlines events, which come in time order.
pub fn outline(store: &Store, events: &[EventId]) -> Outline {
    let mut bursts = Vec::new();
    let mut last = None;
    for (place, id) in (0u32..).zip(events) {
        let time = store.event(*id).time();
        if last.replace(time).is_none_or(|last| time.since(last) >= SILENCE) {
            bursts.push(place);
        }
    }
    Outline { starts: starts(store, events, |_| true), bursts }
}

/// The first place of each run; a place may continue the run before it only where `joins` is true.
pub fn starts(store: &Store, events: &[EventId], joins: impl Fn(usize) -> bool) -> Vec<u32> {
    let mut starts: Vec<u32> = Vec::new();
    let mut first = 0;
    let short = |first: usize, end: usize| if end - first < RUN { first..end } else { first..first + 1 };
    for place in 1..=events.len() {
        let goes_on = place < events.len()
            && joins(place)
            && alike(store, store.event(events[place - 1]), store.event(events[place]));
        if !goes_on {
            starts.extend(short(first, place).map(|at| u32::try_from(at).expect("a store holds at most 2³² events")));
            first = place;
        }
    }
    starts
}

/// Returns whether two neighbouring rows are equal but for time and ids.
pub fn alike(store: &Store, a: Event<'_>, b: Event<'_>) -> bool {
    let same = |field: Field| {
        a.get(field) == b.get(field) || store.normalized_field(a, field) == store.normalized_field(b, field)
    };
    let of = kind(a);
    if a.user != b.user || a.table != b.table || of != kind(b) {
        return false;
    }
    // From another place, by another tool or in another session, the same call is another story.
    if ![Field::AppId, Field::IpAddress, Field::UserAgent, Field::SessionId].into_iter().all(same) {
        return false;
    }
    if !a.table.spec().same_run.iter().copied().all(same) {
        return false;
    }
    match a.table.role() {
        Role::Uses => {
            store.token(a.get(Field::TokenId)) == store.token(b.get(Field::TokenId))
                && (a.get(Field::RequestUri) == b.get(Field::RequestUri)
                    || segments(store.text(a.get(Field::RequestUri)))
                        .eq(segments(store.text(b.get(Field::RequestUri)))))
        }
        // Each leg of a flow tells; failed ones are polls.
        Role::Issues if of == RowKind::DeviceCode && (a.succeeded() || b.succeeded()) => false,
        Role::Issues => {
            let resource = |event| Key::Resource.value(store, event);
            resource(a) == resource(b)
        }
        // Changes of two things in the directory are two stories; of files and mail there are many.
        Role::Records => {
            [Field::Variant, Field::AppDisplayName, Field::ActedUpon].into_iter().all(same)
                && (of != RowKind::Record || same(Field::Object))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::request::request_shape;
    use super::*;
    use crate::model::Table;
    use crate::store::testing::Rows;

    #[test]
    fn requests_are_alike_but_for_ids_and_queries() {
        for (uri, shape) in [
            ("https://graph.microsoft.com/v1.0/users?$top=999&$skiptoken=x", "/users"),
            (
                "https://graph.microsoft.com/beta/users/9d1b6f04-2c53-4a77-b6bb-000000000001/messages",
                "/users/{id}/messages",
            ),
            ("/v1.0/me/messages/AAMkAGI2THVSAAA=/attachments", "/me/messages/{id}/attachments"),
            ("https://graph.microsoft.com/v1.0/me/drive/items/01FIN4N7XYZ/content", "/me/drive/items/{id}/content"),
            ("/v1.0/users('ana@contoso.com')/memberOf", "/users({id})/memberOf"),
            ("/v1.0/users/ana%40contoso.com", "/users/{id}"),
            ("/v1.0/oauth2PermissionGrants", "/oauth2PermissionGrants"),
            ("/v1.0/reports/getOffice365ActiveUserDetail(period='D7')", "/reports/getOffice365ActiveUserDetail({id})"),
            ("/v1.0/$batch", "/$batch"),
            ("/v1.0/me/chats/19:7c1f0d5e_x/messages", "/me/chats/{id}/messages"),
            ("", ""),
        ] {
            assert_eq!(request_shape(uri), shape, "{uri}");
        }
    }

    fn call(rows: &mut Rows, clock: &str, path: &str, more: &[(Field, &str)]) {
        let uri = format!("https://graph.microsoft.com/v1.0{path}");
        let mut fields = vec![
            (Field::UserId, "u1"),
            (Field::TokenId, "T"),
            (Field::RequestMethod, "GET"),
            (Field::ResponseStatusCode, "200"),
            (Field::RequestUri, uri.as_str()),
        ];
        fields.extend(more);
        rows.row(Table::Graph, &format!("2026-05-01T{clock}Z"), &fields);
    }

    #[test]
    fn a_run_ends_where_anything_but_time_and_ids_changes() {
        let mut rows = Rows::default();
        for second in 10..15 {
            call(&mut rows, &format!("14:00:{second}"), "/users?$top=9", &[]);
        }
        call(&mut rows, "14:00:20", "/users", &[(Field::IpAddress, "192.0.2.1")]);
        call(&mut rows, "14:00:21", "/users", &[(Field::UserId, "u2")]);
        for second in 30..32 {
            call(&mut rows, &format!("14:00:{second}"), "/groups", &[]);
        }
        for second in 32..35 {
            call(&mut rows, &format!("14:00:{second}"), "/groups", &[(Field::ResponseStatusCode, "403")]);
        }
        let store = rows.build();
        let events: Vec<EventId> = store.events().map(|(id, _)| id).collect();
        assert_eq!(outline(&store, &events).starts, [0, 5, 6, 7, 8, 9], "two alike stay two");
        assert_eq!(starts(&store, &events, |place| place != 2), [0, 1, 2, 5, 6, 7, 8, 9]);
        assert_eq!(outline(&store, &[]), Outline::default());
    }

    #[test]
    fn acts_run_by_operation_and_changes_in_the_directory_by_their_object_too() {
        let mut rows = Rows::default();
        let mut add = |table, second: usize, more: &[(Field, &str)]| {
            let fields = [&[(Field::UserId, "u1")][..], more].concat();
            rows.row(table, &format!("2026-05-01T14:00:{second:02}Z"), &fields);
        };
        for (second, object) in ["a", "b", "c", "d"].into_iter().enumerate() {
            let file = [(Field::Operation, "FileDownloaded"), (Field::Object, object)];
            add(Table::UnifiedAudit, second, &file);
            add(Table::Audit, 40 + second, &[(Field::Operation, "Add owner to application"), (Field::Object, object)]);
        }
        for second in 10..14 {
            let variant = if second < 13 { "bind" } else { "sync" };
            add(Table::UnifiedAudit, second, &[(Field::Operation, "MailItemsAccessed"), (Field::Variant, variant)]);
        }
        for second in 50..53 {
            add(Table::Audit, second, &[(Field::Operation, "Update user"), (Field::ActedUpon, "u1")]);
        }
        add(Table::Audit, 53, &[(Field::Operation, "Update user"), (Field::ActedUpon, "u2")]);
        let store = rows.build();
        let events: Vec<EventId> = store.events().map(|(id, _)| id).collect();
        assert_eq!(outline(&store, &events).starts, [0, 4, 7, 8, 9, 10, 11, 12, 15]);
    }

    #[test]
    fn activity_begins_after_half_an_hour_of_silence() {
        let mut rows = Rows::default();
        for clock in ["09:00:00", "09:29:59", "09:59:59", "10:00:00", "14:00:00"] {
            call(&mut rows, clock, "/me", &[]);
        }
        let store = rows.build();
        let events: Vec<EventId> = store.events().map(|(id, _)| id).collect();
        assert_eq!(outline(&store, &events).bursts, [0, 2, 4]);
    }

    #[test]
    fn legs_of_a_flow_are_never_collapsed() {
        let mut rows = Rows::default();
        for second in 0..4 {
            let fields =
                [(Field::UserId, "u1"), (Field::AuthenticationProtocol, "deviceCode"), (Field::ResultType, "0")];
            rows.row(Table::SignIn, &format!("2026-05-01T14:00:0{second}Z"), &fields);
        }
        let store = rows.build();
        let events: Vec<EventId> = store.events().map(|(id, _)| id).collect();
        assert_eq!(outline(&store, &events).starts, [0, 1, 2, 3]);
    }
}
