//! Sign-ins with tokens of a device code, where no column says so.
//!
//! Defender's table of sign-ins has neither the token presented nor the transfer method: its endpoint shows where a code
//! was typed, and nothing where it was redeemed. Both sides share the session. So the session's sign-ins of the next day
//! count as given where they are by the code's client, or by named software that the session did not have before. A
//! browser's next version is other software, and a session that is stolen on the day of a code looks the same.

use super::Store;
use crate::facts::lifetimes;
use crate::model::{EventId, Field, Flags, Sym, Time};
use std::collections::{HashMap, HashSet};

/// A session in which codes were typed, up to a row.
#[derive(Default)]
struct Codes {
    /// The time of the last code by each client.
    by_client: HashMap<Sym, Time>,
    /// The time of the last code.
    last: Option<Time>,
    /// Software that is none of a code's.
    agents: HashSet<Sym>,
}

impl Store {
    /// Marks the sign-ins that codes typed at the endpoint gave tokens to.
    pub(super) fn mark_given(&mut self) {
        let is_typed = |flags: Flags| flags.has(Flags::TYPED_BY_ENDPOINT | Flags::DEVICE_PROTOCOL);
        let of = |store: &Self, id| {
            let event = store.event(id);
            let session = store.normalized_field(event, Field::SessionId);
            let counts = event.table.issues() && event.succeeded() && event.is_timed() && !event.is_duplicate();
            (counts && !event.user.is_none() && !session.is_none()).then_some((event.user, session))
        };
        let typed = self.events().filter(|(_, event)| is_typed(event.flags)).filter_map(|(id, _)| of(self, id));
        let mut sessions: HashMap<(Sym, Sym), Codes> = typed.map(|key| (key, Codes::default())).collect();
        if sessions.is_empty() {
            return;
        }
        let mut given: Vec<EventId> = Vec::new();
        for (id, event) in self.events() {
            let Some(codes) = of(self, id).and_then(|key| sessions.get_mut(&key)) else { continue };
            let (client, agent) =
                [Field::AppId, Field::UserAgent].map(|field| self.normalized_field(event, field)).into();
            let is_recorded = !self.normalized_field(event, Field::OriginalTransferMethod).is_none();
            let is_alive =
                |typed: Option<Time>| typed.is_some_and(|typed| event.time() <= typed.plus(lifetimes::OF_CODE));
            if is_typed(event.flags) && !is_recorded {
                codes.by_client.insert(client, event.time());
                codes.last = Some(event.time());
                codes.agents.insert(agent);
            } else if !is_alive(codes.last) || is_recorded {
                codes.agents.insert(agent);
            } else if (!agent.is_none() && !codes.agents.contains(&agent))
                || is_alive(codes.by_client.get(&client).copied())
            {
                given.push(id);
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
    const SCRIPT_TOO: (Field, &str) = (Field::UserAgent, "curl/8.5.0");

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
        let rows: [(&str, Fields); 8] = [
            ("2026-05-01T09:00:00Z", &[OTHER]),
            ("2026-05-01T09:59:58Z", &[OTHER, SCRIPT_TOO]),
            (AT, CODE),
            ("2026-05-01T10:00:05Z", &[OTHER, SCRIPT]),
            ("2026-05-01T10:01:00Z", &[]),
            ("2026-05-01T10:02:00Z", &[OTHER]),
            ("2026-05-01T10:03:00Z", &[OTHER, (Field::UserAgent, "")]),
            ("2026-05-02T10:00:01Z", &[OTHER, SCRIPT]),
        ];
        assert_eq!(given(&rows), [false, false, false, true, true, false, false, false]);
    }

    #[test]
    fn nothing_is_given_in_another_session_or_where_a_transfer_method_is_recorded() {
        let after = "2026-05-01T10:00:05Z";
        let transfer = [(Field::AuthenticationProtocol, "deviceCode"), (Field::OriginalTransferMethod, "none")];
        let blank = [CODE[0], (Field::OriginalTransferMethod, "")];
        assert_eq!(given(&[(AT, &blank), (after, &[SCRIPT])]), [false, true], "a column that is blank");
        assert_eq!(given(&[(AT, &transfer), (after, &[SCRIPT])]), [false, false]);
        assert_eq!(given(&[(AT, CODE), (after, &[SCRIPT, (Field::SessionId, "t")])]), [false, false]);
        assert_eq!(given(&[(AT, CODE), (after, &[SCRIPT, (Field::ResultType, "53003")])]), [false, false]);
        assert_eq!(given(&[(AT, CODE), (after, &[SCRIPT, (Field::UserId, "v")])]), [false, false]);
    }
}
