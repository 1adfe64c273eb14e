//! Windows of time in which a client's calls make a sweep, by four rules, and mail or files that a tool reads.

use super::DetectContext;
use super::known::Standing;
use super::places::Tool;
use super::recon::{Call, Calls, Client, Group};
use crate::model::{Span, Time};
use foldhash::fast::RandomState;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// Categories and calls that make a sweep.
const SWEEP: (usize, usize) = (5, 20);
/// Time in which a tool's requests have to be made.
const TOOL_SET: Span = Span::minutes(60);
/// Share of a tool's requests that gives it away, in tenths.
const TENTHS: usize = 7;
/// Forms of requests of the undocumented interface that make a sweep, within a time.
const INTERNAL: (usize, Span) = (5, Span::seconds(60));
/// Calls, refused ones among them, tenths of them that are refused, and forms, within a time.
const REFUSED: (usize, usize, usize, usize, Span) = (20, 10, 4, 15, Span::minutes(2));
/// Categories whose reading by a tool says enough.
const TAKEN: [&str; 2] = ["mail", "files"];

/// Rule of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Many categories within minutes.
    Categories,
    /// The requests of a tool.
    ToolSet,
    /// The undocumented interface of Azure AD Graph.
    Internal,
    /// Many refused.
    Refused,
    /// A tool in a new network reads mail or files.
    ToolReads,
}

/// Calls that a rule found.
#[derive(Clone, Debug)]
pub struct Window {
    /// The rule.
    pub rule: Rule,
    /// Places of the calls among those of the client, in order.
    pub calls: Vec<usize>,
    /// Number of the tool, for a tool's requests.
    pub tool: Option<usize>,
    /// Whether the rule holds in full: the undocumented interface was asked much within a minute.
    pub is_full: bool,
    /// Shortest time that makes a sweep, for categories.
    pub span: Option<Span>,
}

impl Window {
    fn new(rule: Rule, calls: Vec<usize>) -> Self {
        Self { rule, calls, tool: None, is_full: true, span: None }
    }
}

/// Windows of a client.
pub fn windows(context: &DetectContext, calls: &Calls, (client, own): (Client, &[Call])) -> Vec<Window> {
    let finder = Finder { context, calls, own, groups: OnceCell::new() };
    let mut found = Vec::new();
    let sums = Sums::new(calls, own);
    if sums.categories >= SWEEP.0 && finder.own.len() >= SWEEP.1 {
        finder.categories(&mut found);
    }
    for made in sums.tools.chunk_by(|a, b| a.0 == b.0) {
        let (tool, _) = made[0];
        let of = context.facts.recon().tools()[tool].endpoints.len();
        if is_enough(made.len(), of) {
            finder.tool_set(tool, of, &mut found);
        }
    }
    if sums.internal {
        finder.internal(&mut found);
    }
    if finder.own.len() >= REFUSED.0 && sums.refused >= REFUSED.1 {
        finder.refused(&mut found);
    }
    finder.tool_reads(client, &mut found);
    found
}

fn is_enough(made: usize, of: usize) -> bool {
    made * 10 >= of * TENTHS && of > 0
}

/// Sums over all calls of a client, which say what need not be looked for.
struct Sums {
    categories: usize,
    /// Tools and the numbers of their requests that were made, sorted.
    tools: Vec<(usize, usize)>,
    internal: bool,
    refused: usize,
}

impl Sums {
    fn new(calls: &Calls, own: &[Call]) -> Self {
        let mut sums = Self { categories: 0, tools: Vec::new(), internal: false, refused: 0 };
        let mut forms: Vec<u32> = Vec::new();
        let mut categories = 0_u32;
        for &call in own {
            let form = calls.form(call);
            if let Some(category) = form.category {
                categories |= 1 << category;
            }
            // Most requests are no tool's.
            if !form.tools.is_empty() && !forms.contains(&call.form) {
                forms.push(call.form);
                sums.tools.extend(&form.tools);
            }
            sums.internal |= call.is_internal();
            sums.refused += usize::from(call.is_refused());
        }
        sums.tools.sort_unstable();
        sums.tools.dedup();
        sums.categories = categories.count_ones() as usize;
        sums
    }
}

struct Finder<'f, 'a> {
    context: &'f DetectContext<'a>,
    calls: &'f Calls,
    own: &'f [Call],
    /// By call: number of its group, in order of the first call.
    groups: OnceCell<Vec<usize>>,
}

impl Finder<'_, '_> {
    fn time(&self, at: usize) -> Time {
        self.context.store.event(self.own[at].id).time()
    }

    /// Places of the calls that fit, by a key of the place.
    fn by<K: Ord>(&self, key: impl Fn(usize) -> K, fits: impl Fn(Call) -> bool) -> BTreeMap<K, Vec<usize>> {
        let mut by: BTreeMap<K, Vec<usize>> = BTreeMap::new();
        for (at, _) in self.own.iter().enumerate().filter(|(_, call)| fits(**call)) {
            by.entry(key(at)).or_default().push(at);
        }
        by
    }

    /// Number of the group of the call at a place.
    fn group(&self, at: usize) -> usize {
        let numbered = || {
            let mut numbers: HashMap<Group, usize, RandomState> = HashMap::default();
            let number = |call: &Call| {
                let next = numbers.len();
                *numbers.entry(call.group()).or_insert(next)
            };
            self.own.iter().map(number).collect()
        };
        self.groups.get_or_init(numbered)[at]
    }

    fn categories(&self, found: &mut Vec<Window>) {
        for places in self.by(|at| self.group(at), |_| true).into_values() {
            let category = |at: usize| self.calls.form(self.own[at]).category;
            let window = self.context.settings.recon_window;
            let fits = |tally: &Tally<u8>, all: usize, _: usize| tally.distinct() >= SWEEP.0 && all >= SWEEP.1;
            for range in self.ranges(&places, window, category, fits) {
                let calls = places[range].to_vec();
                let span = self.shortest(&calls);
                found.push(Window { span, ..Window::new(Rule::Categories, calls) });
            }
        }
    }

    /// The shortest time in which some calls make a sweep.
    fn shortest(&self, calls: &[usize]) -> Option<Span> {
        let mut best: Option<Span> = None;
        let mut tally = Tally::default();
        let mut end = 0;
        for (start, &first) in calls.iter().enumerate() {
            while (tally.distinct() < SWEEP.0 || end - start < SWEEP.1) && end < calls.len() {
                tally.add(self.calls.form(self.own[calls[end]]).category);
                end += 1;
            }
            if tally.distinct() < SWEEP.0 || end - start < SWEEP.1 {
                break;
            }
            let span = self.time(calls[end - 1]).since(self.time(first));
            best = Some(best.map_or(span, |best: Span| best.min(span)));
            tally.drop(self.calls.form(self.own[first]).category);
        }
        best
    }

    fn tool_set(&self, tool: usize, of: usize, found: &mut Vec<Window>) {
        let endpoint = |at: usize| {
            let tools = &self.calls.form(self.own[at]).tools;
            tools.iter().find(|(number, _)| *number == tool).map(|(_, endpoint)| *endpoint)
        };
        let places: Vec<usize> = (0..self.own.len()).filter(|&at| endpoint(at).is_some()).collect();
        let fits = |tally: &Tally<usize>, _: usize, _: usize| is_enough(tally.distinct(), of);
        for range in self.ranges(&places, TOOL_SET, endpoint, fits) {
            found.push(Window { tool: Some(tool), ..Window::new(Rule::ToolSet, places[range].to_vec()) });
        }
    }

    /// All calls of the undocumented interface in a group: in full where a minute has enough of them.
    fn internal(&self, found: &mut Vec<Window>) {
        for places in self.by(|at| self.group(at), Call::is_internal).into_values() {
            let form = |at: usize| Some(self.own[at].form);
            let fits = |tally: &Tally<u32>, _: usize, _: usize| tally.distinct() >= INTERNAL.0;
            let is_full = !self.ranges(&places, INTERNAL.1, form, fits).is_empty();
            found.push(Window { is_full, ..Window::new(Rule::Internal, places) });
        }
    }

    fn refused(&self, found: &mut Vec<Window>) {
        let (least, least_refused, tenths, forms, window) = REFUSED;
        for places in self.by(|at| self.context.places().net(self.own[at].id), |_| true).into_values() {
            let form = |at: usize| Some(self.own[at].form);
            let fits = |tally: &Tally<u32>, all: usize, refused: usize| {
                all >= least && refused >= least_refused && refused * 10 >= all * tenths && tally.distinct() >= forms
            };
            for range in self.ranges(&places, window, form, fits) {
                found.push(Window::new(Rule::Refused, places[range].to_vec()));
            }
        }
    }

    fn tool_reads(&self, client: Client, found: &mut Vec<Window>) {
        let (places, known, names) = (self.context.places(), self.context.known(), self.context.facts.recon().names());
        let is_taken = |call: Call| {
            let category = self.calls.form(call).category;
            category.is_some_and(|category| TAKEN.contains(&names[usize::from(category)].as_str()))
        };
        let is_new = |call: Call| {
            let at = self.context.store.event(call.id).time();
            known.standing(client.user, places.place(call.id), at) == Standing::New
        };
        let fits =
            |call: Call| places.profile(call.id).tool != Tool::None && call.is_read() && is_taken(call) && is_new(call);
        let groups = self.by(|at| self.group(at), fits);
        found.extend(groups.into_values().map(|calls| Window::new(Rule::ToolReads, calls)));
    }

    /// Parts of some places, each the windows that fit and share an instant: a window runs from a call to the last one
    /// at most so long after it. `fits` is asked with the tally of keys, the number of calls and of refused ones.
    fn ranges<K: Eq + Hash + Copy>(
        &self,
        places: &[usize],
        window: Span,
        key: impl Fn(usize) -> Option<K>,
        fits: impl Fn(&Tally<K>, usize, usize) -> bool,
    ) -> Vec<std::ops::Range<usize>> {
        let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
        let mut tally = Tally::default();
        let (mut end, mut refused) = (0, 0);
        for (start, &first) in places.iter().enumerate() {
            let from = self.time(first);
            while let Some(&next) = places.get(end)
                && self.time(next).since(from) <= window
            {
                tally.add(key(next));
                refused += usize::from(self.own[next].is_refused());
                end += 1;
            }
            if fits(&tally, end - start, refused) {
                match ranges.last_mut().filter(|last| start < last.end) {
                    Some(last) => last.end = end.max(last.end),
                    None => ranges.push(start..end),
                }
            }
            tally.drop(key(first));
            refused -= usize::from(self.own[first].is_refused());
        }
        ranges
    }
}

/// Number of calls by key.
struct Tally<K>(HashMap<K, usize, RandomState>);

impl<K> Default for Tally<K> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Eq + Hash + Copy> Tally<K> {
    fn add(&mut self, key: Option<K>) {
        if let Some(key) = key {
            *self.0.entry(key).or_default() += 1;
        }
    }

    fn drop(&mut self, key: Option<K>) {
        let Some(key) = key else { return };
        if let Some(count) = self.0.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(&key);
            }
        }
    }

    fn distinct(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::Settings;
    use crate::facts::Facts;
    use crate::model::{Field, Flags, Table};
    use crate::store::testing::Rows;

    const CATEGORIES: [&str; 6] = ["/organization", "/users", "/groups", "/applications", "/devices", "/sites"];
    const RUNNER: [&str; 11] = [
        "/groups/1/members",
        "/users/1",
        "/users",
        "/search/query",
        "/servicePrincipals(appId='1')/appRoleAssignedTo",
        "/servicePrincipals",
        "/servicePrincipals/1",
        "/organization",
        "/groups",
        "/applications",
        "/policies/authorizationPolicy",
    ];
    const HOUND: [&str; 14] = [
        "/servicePrincipals/1/owners",
        "/groups/1/members",
        "/groups/1/owners",
        "/servicePrincipals/1/appRoleAssignedTo",
        "/roleManagement/directory/roleAssignments",
        "/applications/1/owners",
        "/devices/1/registeredOwners",
        "/organization",
        "/groups",
        "/servicePrincipals",
        "/applications",
        "/roleManagement/directory/roleDefinitions",
        "/devices",
        "/users",
    ];

    /// Calls of one user and client.
    #[derive(Default)]
    struct Sweep {
        rows: Rows,
        settings: Settings,
    }

    impl Sweep {
        /// A call so many ticks after two o'clock.
        fn at(&mut self, ticks: i64, path: &str, fields: &[(Field, &str)]) -> &mut Self {
            let time = Time::parse("2026-05-01T14:00:00Z").unwrap().plus(Span::from_ticks(ticks)).to_string();
            let is_old = path.contains("api-version");
            let (table, host) = if is_old {
                (Table::AadGraph, "https://graph.windows.net/contoso.com")
            } else {
                (Table::Graph, "https://graph.microsoft.com/v1.0")
            };
            let uri = format!("{host}{path}");
            let common = [
                (Field::UserId, "u"),
                (Field::AppId, "c"),
                (Field::SessionId, "s"),
                (Field::ResponseStatusCode, "200"),
                (Field::RequestUri, uri.as_str()),
            ];
            let held = |field| fields.iter().any(|(given, _)| *given == field);
            let mut all: Vec<_> = common.iter().copied().filter(|(field, _)| !held(*field)).collect();
            all.extend(fields);
            self.rows.row(table, &time, &all);
            self
        }

        /// Calls of some paths in turn, from a time on, so many seconds apart.
        fn calls(&mut self, count: usize, from: i64, apart: i64, paths: &[&str]) -> &mut Self {
            for at in 0..count {
                self.at((from + i64::try_from(at).unwrap() * apart) * SECOND, paths[at % paths.len()], &[]);
            }
            self
        }

        /// Rules found, each with its number of calls and whether it holds in full.
        fn found(&mut self) -> Vec<(Rule, usize, bool)> {
            let store = self.rows.build();
            let context = DetectContext::new(&store, Facts::embedded(), &self.settings);
            let calls = context.calls_by_client();
            let all = calls.by_client().iter().flat_map(|client| windows(&context, calls, client));
            all.map(|window| (window.rule, window.calls.len(), window.is_full)).collect()
        }
    }

    const SECOND: i64 = 10_000_000;

    #[test]
    fn a_sweep_has_five_categories_and_twenty_calls() {
        let of = |count, categories: usize| Sweep::default().calls(count, 0, 10, &CATEGORIES[..categories]).found();
        assert_eq!(of(20, 5), [(Rule::Categories, 20, true)]);
        assert_eq!(of(19, 5), []);
        assert_eq!(of(40, 4), []);
        assert_eq!(of(60, 6), [(Rule::Categories, 60, true)], "windows that share an instant are one");
    }

    #[test]
    fn a_sweep_lasts_ten_minutes() {
        let ending = |ticks| Sweep::default().calls(19, 0, 10, &CATEGORIES).at(ticks, "/users", &[]).found();
        assert_eq!(ending(600 * SECOND), [(Rule::Categories, 20, true)]);
        assert_eq!(ending(600 * SECOND + 1), []);
        let mut longer = Sweep::default();
        longer.settings.recon_window = Span::minutes(11);
        assert_eq!(longer.calls(19, 0, 10, &CATEGORIES).at(600 * SECOND + 1, "/users", &[]).found().len(), 1);
    }

    #[test]
    fn sweeps_apart_are_two_and_sessions_are_kept_apart() {
        let mut twice = Sweep::default();
        assert_eq!(twice.calls(20, 0, 10, &CATEGORIES).calls(20, 3600, 10, &CATEGORIES).found().len(), 2);
        let mut split = Sweep::default();
        for at in 0..20 {
            let session = if at % 2 == 0 { "s1" } else { "s2" };
            split.at(at * SECOND, CATEGORIES[usize::try_from(at).unwrap() % 6], &[(Field::SessionId, session)]);
        }
        assert_eq!(split.found(), []);
        let mut tokens = Sweep::default();
        for at in 0..20 {
            let token = if at % 2 == 0 { "t1" } else { "t2" };
            let fields = [(Field::SessionId, ""), (Field::TokenId, token)];
            tokens.at(at * SECOND, CATEGORIES[usize::try_from(at).unwrap() % 6], &fields);
        }
        assert_eq!(tokens.found(), [], "without a session the token groups");
    }

    #[test]
    fn clients_that_prove_themselves_and_requests_of_changes_are_left_out() {
        let mut proved = Sweep::default();
        for at in 0..20 {
            proved.at(at * SECOND, CATEGORIES[usize::try_from(at).unwrap() % 6], &[]).rows.flag(Flags::APP_AUTH);
        }
        assert_eq!(proved.found(), []);
        let mut changes = Sweep::default();
        changes.calls(19, 0, 10, &CATEGORIES).calls(5, 200, 1, &["/users/delta", "/groups/microsoft.graph.delta()"]);
        assert_eq!(changes.found(), []);
        let mut nobody = Sweep::default();
        for at in 0..20 {
            nobody.at(at * SECOND, CATEGORIES[usize::try_from(at).unwrap() % 6], &[(Field::UserId, "")]);
        }
        assert_eq!(nobody.found(), []);
    }

    #[test]
    fn a_tool_is_known_by_seven_tenths_of_its_requests_within_the_hour() {
        let of = |paths: &[&str], apart| Sweep::default().calls(paths.len(), 0, apart, paths).found();
        assert_eq!(of(&RUNNER[..8], 60), [(Rule::ToolSet, 8, true)]);
        assert_eq!(of(&RUNNER[..7], 60), []);
        assert_eq!(of(&HOUND[..10], 60), [(Rule::ToolSet, 10, true)]);
        assert_eq!(of(&HOUND[..9], 60), []);
        let ending = |ticks| Sweep::default().calls(7, 0, 60, &RUNNER).at(ticks, RUNNER[7], &[]).found();
        assert_eq!(ending(3600 * SECOND), [(Rule::ToolSet, 8, true)]);
        assert_eq!(ending(3600 * SECOND + 1), []);
        let mut sessions = Sweep::default();
        for (at, path) in RUNNER[..8].iter().enumerate() {
            let session = format!("s{at}");
            sessions.at(i64::try_from(at).unwrap() * SECOND, path, &[(Field::SessionId, &session)]);
        }
        assert_eq!(sessions.found(), [(Rule::ToolSet, 8, true)], "whatever the session");
    }

    #[test]
    fn the_undocumented_interface_is_swept_by_five_forms_within_a_minute() {
        let old = |path: &str| format!("/{path}?api-version=1.61-internal");
        let paths: Vec<String> = ["users", "groups", "devices", "applications", "roleDefinitions"].map(old).into();
        let ending = |ticks| {
            let mut sweep = Sweep::default();
            for (at, path) in paths[..4].iter().enumerate() {
                sweep.at(i64::try_from(at).unwrap() * SECOND, path, &[]);
            }
            sweep.at(ticks, &paths[4], &[]).found()
        };
        assert_eq!(ending(60 * SECOND), [(Rule::Internal, 5, true)]);
        assert_eq!(ending(60 * SECOND + 1), [(Rule::Internal, 5, false)]);
        let same = [paths[0].as_str()];
        assert_eq!(Sweep::default().calls(9, 0, 1, &same).found(), [(Rule::Internal, 9, false)]);
        assert_eq!(Sweep::default().calls(9, 0, 1, &["/users?api-version=1.6"]).found(), []);
    }

    /// So many calls of so many forms, a second apart, of which so many are refused; the last after some ticks.
    fn refused(all: usize, refused: usize, forms: usize, last: i64) -> Vec<(Rule, usize, bool)> {
        let mut sweep = Sweep::default();
        for at in 0..all {
            let status = if at < refused { "403" } else { "200" };
            let ticks = if at + 1 == all { last } else { i64::try_from(at).unwrap() * SECOND };
            sweep.at(ticks, &format!("/x{}x", at % forms), &[(Field::ResponseStatusCode, status)]);
        }
        sweep.found()
    }

    #[test]
    fn refusals_are_many_in_number_share_and_form() {
        let in_time = 100 * SECOND;
        assert_eq!(refused(20, 10, 15, in_time), [(Rule::Refused, 20, true)]);
        assert_eq!(refused(19, 10, 15, in_time), []);
        assert_eq!(refused(20, 9, 15, in_time), []);
        assert_eq!(refused(20, 10, 14, in_time), []);
        assert_eq!(refused(25, 10, 15, in_time), [(Rule::Refused, 25, true)], "four tenths");
        assert_eq!(refused(40, 16, 15, in_time), [(Rule::Refused, 40, true)]);
        assert_eq!(refused(40, 15, 15, in_time), []);
        assert_eq!(refused(20, 10, 15, 120 * SECOND), [(Rule::Refused, 20, true)]);
        assert_eq!(refused(20, 10, 15, 120 * SECOND + 1), []);
    }

    #[test]
    fn the_shortest_time_of_a_sweep_is_measured() {
        let mut sweep = Sweep::default();
        sweep.settings.recon_window = Span::minutes(20);
        sweep.calls(5, 0, 60, &CATEGORIES).calls(20, 400, 10, &CATEGORIES);
        let store = sweep.rows.build();
        let context = DetectContext::new(&store, Facts::embedded(), &sweep.settings);
        let calls = context.calls_by_client();
        let found = windows(&context, calls, calls.by_client().iter().next().expect("one client"));
        assert_eq!((found.len(), found[0].span), (1, Some(Span::seconds(190))));
    }
}
