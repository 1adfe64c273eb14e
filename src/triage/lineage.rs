//! Rows by their lineage: session, first login, a token per resource, its calls. Or rows grouped by a field.
//!
//! A call is tied by its token id, else, where no sign-in shown has that, by its session; the rest is grouped as
//! untied.

mod position;

use super::runs::starts;
use crate::model::{EventId, Field, Sym, Time};
use crate::store::Store;
use foldhash::fast::RandomState;
use position::{LineagePos, NO_LOGIN, Positions, SESSION_ONLY, TOKEN_ELSEWHERE};
use std::collections::HashMap;
use std::ops::Range;

/// Grouping of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// By session, login and token.
    Lineage,
    /// One group per value of a field, the largest first.
    GroupBy(Field),
}

/// Position of a row in the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TreeBranch {
    /// Number of rows above it in the tree; 0 for a root.
    pub depth: u8,
    /// Depths at which the tree continues after the row: bit 1 for depth 1.
    pub more: u8,
    is_group: bool,
}

impl TreeBranch {
    /// Returns whether another row at this depth follows before the branch ends.
    pub fn goes_on(self, depth: u8) -> bool {
        self.more & (1 << depth) != 0
    }
}

/// A row that heads a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// Its kind.
    pub kind: GroupKind,
    /// Number of events below it.
    pub rows: u32,
    /// The first of them in time.
    pub first: EventId,
    /// The last of them in time.
    pub last: EventId,
}

/// Kind of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// A value, as logged.
    Value(Sym),
    /// A session of a user, and its begin if that is before the rows shown.
    Session(Sym, Option<Time>),
    /// Sign-ins of a user that record no session.
    NoSession,
    /// A device-code flow: the row of the code's entry, and that of its redemption.
    Flow(Option<EventId>, Option<EventId>),
    /// Calls with a token of a sign-in that is not among the rows shown.
    TokenElsewhere,
    /// Calls tied by their session alone.
    SessionOnly,
    /// Calls without a tie.
    Untied,
}

/// Rows in the order of a grouping.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The event of each row; of a group row, its number.
    pub ids: Vec<EventId>,
    branches: Vec<TreeBranch>,
    groups: Vec<GroupRow>,
    /// The first row of each run.
    pub starts: Vec<u32>,
    /// The row of each event, in the order the events were given.
    pub places: Vec<u32>,
}

impl Tree {
    /// Position of a row in the tree.
    pub fn branch(&self, place: usize) -> TreeBranch {
        self.branches.get(place).copied().unwrap_or_default()
    }

    /// The rows below a row in the tree.
    pub fn below(&self, place: usize) -> Range<usize> {
        let Some(branch) = self.branches.get(place) else { return place..place };
        let rest = &self.branches[place + 1..];
        let len = rest.iter().position(|below| below.depth <= branch.depth).unwrap_or(rest.len());
        place + 1..place + 1 + len
    }

    /// The group at a row, if it is a group row.
    pub fn group(&self, place: usize) -> Option<&GroupRow> {
        self.branches.get(place).filter(|branch| branch.is_group)?;
        self.groups.get(self.ids[place].0 as usize)
    }
}

/// Groups events, which come in time order.
pub fn tree(store: &Store, events: &[EventId], grouping: Grouping) -> Tree {
    let mut growing = Growing { store, tree: Tree::default() };
    growing.tree.places = vec![0; events.len()];
    match grouping {
        Grouping::Lineage => growing.lineage(events),
        Grouping::GroupBy(field) => growing.groups(events, field),
    }
    growing.finish()
}

/// Greatest depth of a row that can be drawn; session, login, token and call need four.
const DEEPEST: u8 = 7;

/// A tree under construction.
struct Growing<'a> {
    store: &'a Store,
    tree: Tree,
}

impl Growing<'_> {
    fn group(&mut self, what: GroupKind, depth: u8) -> usize {
        let number = self.tree.groups.len();
        self.tree.ids.push(EventId(u32::try_from(number).expect("fewer groups than events")));
        self.tree.branches.push(TreeBranch { depth, more: 0, is_group: true });
        self.tree.groups.push(GroupRow { kind: what, rows: 0, first: EventId(u32::MAX), last: EventId(0) });
        number
    }

    /// Adds the event given at `at`, below the groups named.
    fn event(&mut self, events: &[EventId], at: usize, depth: u8, groups: &[Option<usize>]) {
        self.tree.places[at] = u32::try_from(self.tree.ids.len()).expect("bounded by the store");
        self.tree.ids.push(events[at]);
        self.tree.branches.push(TreeBranch { depth, more: 0, is_group: false });
        for group in groups.iter().flatten() {
            let group = &mut self.tree.groups[*group];
            group.rows += 1;
            group.first = group.first.min(events[at]);
            group.last = group.last.max(events[at]);
        }
    }

    fn groups(&mut self, events: &[EventId], field: Field) {
        let mut groups: Vec<(Sym, Vec<usize>)> = Vec::new();
        let mut places: HashMap<Sym, usize, RandomState> = HashMap::default();
        for (at, event) in events.iter().enumerate() {
            let value = self.store.event(*event).get(field);
            let place = *places.entry(value).or_insert_with(|| {
                groups.push((value, Vec::new()));
                groups.len() - 1
            });
            groups[place].1.push(at);
        }
        let text = |sym| self.store.text(sym);
        groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| text(a.0).cmp(text(b.0))));
        for (value, members) in groups {
            let group = self.group(GroupKind::Value(value), 0);
            for at in members {
                self.event(events, at, 1, &[Some(group)]);
            }
        }
    }

    fn lineage(&mut self, events: &[EventId]) {
        let places = Positions::new(self.store, events);
        let mut order: Vec<(LineagePos, u32)> = places.each.iter().copied().zip(0..).collect();
        order.sort_unstable();
        let (mut root, mut login) = (None, None);
        for (index, (place, at)) in order.iter().enumerate() {
            let at = *at as usize;
            let begins = index == 0 || order[index - 1].0.root != place.root;
            if begins {
                root = Some(self.group(places.roots[place.root as usize], 0));
            }
            if begins || order[index - 1].0.login != place.login {
                let what = match place.login {
                    SESSION_ONLY => Some(GroupKind::SessionOnly),
                    TOKEN_ELSEWHERE => Some(GroupKind::TokenElsewhere),
                    number => places.logins.get(&(place.root, number)).copied(),
                };
                login = what.map(|what| self.group(what, 1));
            }
            let below_root = matches!(places.roots[place.root as usize], GroupKind::Untied);
            let depth = match place.login {
                _ if below_root => 1,
                SESSION_ONLY | TOKEN_ELSEWHERE => 2,
                // No login is known: tokens stand below their session.
                NO_LOGIN => 1 + u8::from(place.call > 0),
                // The login itself; the legs of a flow stand below its head.
                _ => u8::from(place.branch > 0 || login.is_some()) + 1 + u8::from(place.call > 0),
            };
            self.event(events, at, depth, &[root, login]);
        }
    }

    /// Sets the depths at which each branch continues, and the runs.
    fn finish(mut self) -> Tree {
        let mut more = 0_u8;
        for branch in self.tree.branches.iter_mut().rev() {
            let depth = branch.depth.min(DEEPEST);
            branch.more = more & ((2 << depth) - 1);
            more = (more & ((1 << depth) - 1)) | (1 << depth);
        }
        let branches = &self.tree.branches;
        // A head has no event to compare: it stands for itself.
        let joins = |place: usize| {
            !branches[place].is_group
                && !branches[place - 1].is_group
                && branches[place].depth == branches[place - 1].depth
        };
        self.tree.starts = starts(self.store, &self.tree.ids, joins);
        self.tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Table;
    use crate::store::testing::Rows;
    use std::fmt::Write as _;

    const GRAPH: (Field, &str) = (Field::ResourceDisplayName, "Graph");
    const MAIL: (Field, &str) = (Field::ResourceDisplayName, "Mail");

    fn row(rows: &mut Rows, table: Table, clock: &str, id: &str, more: &[(Field, &str)]) {
        let mut fields = vec![(Field::UserId, "u1"), (Field::Id, id), (Field::ResultType, "0")];
        if table == Table::Graph {
            fields.push((Field::RequestUri, id));
        }
        fields.extend(more);
        rows.row(table, &format!("2026-05-01T{clock}Z"), &fields);
    }

    /// The tree as text: two blanks a depth, groups in words with their rows.
    fn shown(store: &Store, tree: &Tree) -> String {
        let mut text = String::new();
        for place in 0..tree.ids.len() {
            let depth = usize::from(tree.branch(place).depth);
            let words = match tree.group(place) {
                Some(GroupRow { kind: what, rows, .. }) => {
                    let what = match what {
                        GroupKind::Value(sym) => store.text(*sym).to_owned(),
                        GroupKind::Session(sym, began) => {
                            let began = began.map_or_else(String::new, |time| format!(" since {}", time.clock()));
                            format!("session {}{began}", store.text(*sym))
                        }
                        GroupKind::Flow(entered, redeemed) => {
                            let id = |leg: &Option<EventId>| leg.map_or("-", |id| store.get(id, Field::Id)).to_owned();
                            format!("flow {} {}", id(entered), id(redeemed))
                        }
                        other => format!("{other:?}"),
                    };
                    format!("{what} [{rows}]")
                }
                None => store.get(tree.ids[place], Field::Id).to_owned(),
            };
            writeln!(text, "{}{words}", "  ".repeat(depth)).unwrap();
        }
        text
    }

    fn all(store: &Store) -> Vec<EventId> {
        store.events().map(|(id, _)| id).collect()
    }

    /// A phished code, the tokens and calls after it; a session of the user's own; rows that nothing ties.
    fn story() -> Store {
        let mut rows = Rows::default();
        let (s1, s2) = ((Field::SessionId, "s1"), (Field::SessionId, "s2"));
        let token = |name| (Field::TokenId, name);
        row(&mut rows, Table::SignIn, "13:00:00", "own login", &[s2, GRAPH, token("o")]);
        let code = [(Field::AuthenticationProtocol, "deviceCode"), s1, GRAPH];
        row(&mut rows, Table::SignIn, "14:00:00", "entered", &code);
        let poll = [
            (Field::OriginalTransferMethod, "deviceCodeFlow"),
            (Field::IncomingTokenType, "none"),
            s1,
            GRAPH,
            token("p"),
        ];
        row(&mut rows, Table::NonInteractive, "14:00:04", "redeemed", &poll);
        row(&mut rows, Table::Graph, "14:00:09", "/me", &[token("p=")]);
        row(&mut rows, Table::NonInteractive, "14:02:00", "mail", &[s1, MAIL, token("m")]);
        row(&mut rows, Table::NonInteractive, "14:02:01", "graph", &[s1, GRAPH, token("g")]);
        row(&mut rows, Table::Graph, "14:02:10", "/me/messages", &[token("m")]);
        row(&mut rows, Table::NonInteractive, "14:03:00", "mail again", &[s1, MAIL, token("m2")]);
        row(&mut rows, Table::Graph, "14:03:30", "/by session", &[token("unknown"), s1]);
        row(&mut rows, Table::NonInteractive, "14:04:00", "loose", &[MAIL, token("l")]);
        row(&mut rows, Table::Graph, "14:04:01", "/loose", &[token("l")]);
        row(&mut rows, Table::Graph, "14:05:00", "/nothing", &[token("unknown")]);
        row(&mut rows, Table::Graph, "14:06:00", "/own", &[token("o")]);
        rows.build()
    }

    #[test]
    fn every_row_hangs_below_what_it_comes_from() {
        let store = story();
        let events = all(&store);
        let tree = tree(&store, &events, Grouping::Lineage);
        let expected = "\
session s2 [2]
  own login
    /own
session s1 [8]
  flow entered redeemed [7]
    entered
    redeemed
      /me
    mail
      /me/messages
    mail again
    graph
  SessionOnly [1]
    /by session
NoSession [2]
  loose
    /loose
Untied [1]
  /nothing
";
        assert_eq!(shown(&store, &tree), expected);
        for (at, id) in events.iter().enumerate() {
            assert_eq!(tree.ids[tree.places[at] as usize], *id, "each event knows its row");
        }
    }

    #[test]
    fn what_a_part_of_the_time_leaves_out_is_said() {
        let store = story();
        let events: Vec<EventId> = all(&store).split_off(2);
        let text = shown(&store, &tree(&store, &events, Grouping::Lineage));
        assert!(text.contains("session s1 since 14:00:00 [7]\n  flow - redeemed [6]"), "{text}");
        assert!(text.contains("session s2 since 13:00:00 [1]\n  TokenElsewhere [1]\n    /own"), "{text}");
    }

    #[test]
    fn branches_know_how_far_they_go_on() {
        let store = story();
        let tree = tree(&store, &all(&store), Grouping::Lineage);
        let drawn: Vec<String> = (0..tree.ids.len())
            .map(|place| {
                let branch = tree.branch(place);
                (1..=branch.depth).map(|depth| if branch.goes_on(depth) { '|' } else { '.' }).collect()
            })
            .collect();
        let expected =
            ["", ".", "..", "", "|", "||", "||", "||.", "||", "||.", "||", "|.", ".", "..", "", ".", "..", "", "."];
        assert_eq!(drawn, expected);
    }

    #[test]
    fn groups_stand_by_size_then_name() {
        let mut rows = Rows::default();
        for (id, agent) in [("1", "b"), ("2", "a"), ("3", "c"), ("4", "c"), ("5", "")] {
            row(&mut rows, Table::NonInteractive, "14:00:00", id, &[(Field::UserAgent, agent)]);
        }
        let store = rows.build();
        let tree = tree(&store, &all(&store), Grouping::GroupBy(Field::UserAgent));
        assert_eq!(shown(&store, &tree), "c [2]\n  3\n  4\n [1]\n  5\na [1]\n  2\nb [1]\n  1\n");
    }

    #[test]
    fn like_calls_of_one_token_are_a_run() {
        let mut rows = Rows::default();
        row(&mut rows, Table::NonInteractive, "14:00:00", "login", &[(Field::TokenId, "t")]);
        for second in 1..6 {
            let call = [(Field::TokenId, "t"), (Field::RequestUri, "/v1.0/users")];
            rows.row(
                Table::Graph,
                &format!("2026-05-01T14:00:0{second}Z"),
                &[&[(Field::UserId, "u1")], &call[..]].concat(),
            );
        }
        let store = rows.build();
        let tree = tree(&store, &all(&store), Grouping::Lineage);
        assert_eq!(tree.starts, [0, 1, 2], "the group, the token, the run");
    }
}
