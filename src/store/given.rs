//! Sign-ins with tokens of a device code, where no column says so.
//!
//! Defender's table of sign-ins has neither the token presented nor the transfer method: its endpoint shows where a code
//! was typed, and nothing where it was redeemed. Both sides share the session. So the session's sign-ins of the next day count as
//! given where they are by the code's client, or by software that the session did not have before.

use super::Store;
use crate::model::{EventId, Field, Flags, Span, Sym, Time};
use std::collections::{HashMap, HashSet};

/// Longest time from a code to the last row that counts as given.
const LIFE: Span = Span::DAY;
/// Clocks of two rows may differ by this much.
const CLOCK_SKEW: Span = Span::seconds(5);

/// A session in which codes were typed.
#[derive(Default)]
struct Codes {
    /// The time and the client of each.
    typed: Vec<(Time, Sym)>,
    /// Software of the session before the first.
    agents: HashSet<Sym>,
}

impl Store {
    /// Marks the sign-ins that codes typed at the endpoint gave tokens to.
    pub(super) fn mark_given(&mut self) {
        let mut sessions: HashMap<(Sym, Sym), Codes> = HashMap::new();
        for (_, event) in self.events() {
            if event.flags.has(Flags::TYPED_BY_ENDPOINT)
                && event.succeeded()
                && event.is_timed()
                && event.get(Field::OriginalTransferMethod).is_none()
            {
                let session = self.normalized_field(event, Field::SessionId);
                if !event.user.is_none() && !session.is_none() {
                    let client = self.normalized_field(event, Field::AppId);
                    sessions.entry((event.user, session)).or_default().typed.push((event.time(), client));
                }
            }
        }
        if sessions.is_empty() {
            return;
        }
        let mut given: Vec<EventId> = Vec::new();
        for (id, event) in self.events() {
            if !event.table.issues() || !event.succeeded() || !event.is_timed() {
                continue;
            }
            let normalized = |field| self.normalized_field(event, field);
            let Some(codes) = sessions.get_mut(&(event.user, normalized(Field::SessionId))) else { continue };
            let (agent, time) = (normalized(Field::UserAgent), event.time());
            let is_after = |typed: Time| typed.minus(CLOCK_SKEW) <= time && time <= typed.plus(LIFE);
            let mut after = codes.typed.iter().filter(|(typed, _)| is_after(*typed)).peekable();
            if event.flags.has(Flags::DEVICE_PROTOCOL) || after.peek().is_none() {
                codes.agents.insert(agent);
            } else if event.get(Field::OriginalTransferMethod).is_none() {
                let client = normalized(Field::AppId);
                if !codes.agents.contains(&agent) || after.any(|(_, of)| *of == client) {
                    given.push(id);
                }
            }
        }
        for id in given {
            self.events.head_mut(id.0 as usize).flags.set(Flags::GIVEN, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Table;
    use crate::store::testing::Rows;

    type Fields<'f> = &'f [(Field, &'f str)];

    const OFFICE: (Field, &str) = (Field::AppId, "office");
    const OTHER: (Field, &str) = (Field::AppId, "other");
    const SCRIPT: (Field, &str) = (Field::UserAgent, "axios/1.7.9");

    /// Returns whether each row is given. All are of one user, session, client and agent but where they say otherwise.
    fn given(rows: &[(&str, Fields)]) -> Vec<bool> {
        let mut store = Rows::default();
        let common = [
            (Field::UserId, "u"),
            (Field::SessionId, "s"),
            (Field::ResultType, "0"),
            (Field::UserAgent, "browser"),
            OFFICE,
        ];
        for (at, fields) in rows {
            let held = |field| fields.iter().any(|(given, _)| *given == field);
            let common = common.into_iter().filter(|(field, _)| !held(*field));
            let fields: Vec<_> = common.chain(fields.iter().copied()).collect();
            let row = store.row(Table::SignIn, at, &fields);
            if fields.iter().any(|(field, _)| *field == Field::AuthenticationProtocol) {
                row.flag(Flags::TYPED_BY_ENDPOINT);
            }
        }
        store.build().events().map(|(_, event)| event.flags.has(Flags::GIVEN)).collect()
    }

    const CODE: Fields<'static> = &[(Field::AuthenticationProtocol, "deviceCode")];
    const AT: &str = "2026-05-01T10:00:00Z";

    #[test]
    fn new_software_and_the_client_of_the_code_are_given_for_a_day() {
        let rows: [(&str, Fields); 6] = [
            ("2026-05-01T09:00:00Z", &[OTHER]),
            (AT, CODE),
            ("2026-05-01T10:00:05Z", &[OTHER, SCRIPT]),
            ("2026-05-01T10:01:00Z", &[]),
            ("2026-05-01T10:02:00Z", &[OTHER]),
            ("2026-05-02T10:00:01Z", &[OTHER, SCRIPT]),
        ];
        assert_eq!(given(&rows), [false, false, true, true, false, false]);
    }

    #[test]
    fn nothing_is_given_in_another_session_or_where_a_transfer_method_is_recorded() {
        let after = "2026-05-01T10:00:05Z";
        let transfer = [(Field::AuthenticationProtocol, "deviceCode"), (Field::OriginalTransferMethod, "none")];
        assert_eq!(given(&[(AT, &transfer), (after, &[SCRIPT])]), [false, false]);
        assert_eq!(given(&[(AT, CODE), (after, &[SCRIPT, (Field::SessionId, "t")])]), [false, false]);
        assert_eq!(given(&[(AT, CODE), (after, &[SCRIPT, (Field::ResultType, "53003")])]), [false, false]);
        assert_eq!(given(&[(AT, CODE), (after, &[SCRIPT, (Field::UserId, "v")])]), [false, false]);
    }
}
