//! `graph-recon`: a sweep through directory and mailbox by Graph calls.

use crate::analytics::certainty;
use crate::analytics::findings::{categories_read, read_or_refused, scopes_used, swept_before, swept_by_others};
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::known::Standing;
use crate::analytics::need::OF_CALLS;
use crate::analytics::owners::Owners;
use crate::analytics::places::Tool;
use crate::analytics::recon::{Call, Calls, Client, Group};
use crate::analytics::shared_steps::{GRAPH_ACTIONS, WHOSE_PARTY};
use crate::analytics::sweeps::{Rule, Window, windows};
use crate::analytics::want;
use crate::analytics::{Analytic, Cell, DetectContext, Grade, Hit, LookAlike, Show, Step};
use crate::facts::ClientRole;
use crate::model::words::counted;
use crate::model::{EventId, Field, Severity, Span, Sym};
use crate::store::Key;
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "graph-recon",
    title: "A sweep by Graph calls",
    about: ABOUT,
    look_alikes: &[LookAlike::Administrator, LookAlike::Inventory],
    source: "tokentrail",
    attack: &["T1069.003", "T1087.004", "T1114.002", "T1213.002", "T1213.005", "T1526", "T1530"],
    needs: OF_CALLS,
    wants: &[want::WEEK, want::NETWORKS, want::SESSIONS_OF_CALLS],
    thresholds: &[("--recon-window", "10m")],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str = "Looks for calls of one user and client that go through the directory and the mailbox: five \
categories in twenty calls within ten minutes (rule 1), seven tenths of a known tool's requests within an hour (rule \
2), the undocumented interface of Azure AD Graph (rule 3), many refused requests of many kinds within two minutes (rule \
4), and any mail or file that a tool reads from a network that is new to the user.

After the theft of a token a sweep shows what it opens: who is there, which roles and applications, which mail. A \
tool's agent, a new network, an odd party of the session, and two rules at once each raise the grade.

An administrator in a portal, a script that takes an inventory from the office, and delta queries look alike: portals \
in known networks are one grade lower and delta queries are left out; an inventory stays medium unless its network is in \
a list of known ones.";

const STEPS: &[Step] = &[
    Step {
        id: "categories-read",
        title: "what was swept?",
        question: "Which categories were called, and in which order?",
        look_for: "Organization, users, groups and roles first; mail and files after.",
        show: Show::Mark,
        answer: categories_read,
    },
    WHOSE_PARTY,
    Step {
        id: "read-or-refused",
        title: "read or refused?",
        question: "Were the calls answered or refused?",
        look_for: "Mail and files that were answered; a run of 403.",
        show: Show::Mark,
        answer: read_or_refused,
    },
    GRAPH_ACTIONS,
    Step {
        id: "scopes-used",
        title: "scopes and roles?",
        question: "Which scopes and roles did the tokens have?",
        look_for: "Directory and mail scopes of one token; a privileged role.",
        show: Show::Mark,
        answer: scopes_used,
    },
    Step {
        id: "swept-before",
        title: "a habit?",
        question: "Did the user make such calls on days before?",
        look_for: "The same categories on two days before.",
        show: Show::Mark,
        answer: swept_before,
    },
    Step {
        id: "swept-by-others",
        title: "others too?",
        question: "Did other users call the same categories on one day?",
        look_for: "Several users with the same sweep.",
        show: Show::Mark,
        answer: swept_by_others,
    },
];

fn detect(context: &DetectContext) -> Vec<Hit> {
    let calls = context.calls_by_client();
    let mut owners = Owners::new(context);
    let mut hits = Vec::new();
    let found = calls.by_client().find(|| {
        |client, own| {
            let found = windows(context, calls, (client, own));
            (!found.is_empty()).then_some((client, own, found))
        }
    });
    for (client, own, found) in found {
        let mut groups = Groups::default();
        for sweep in joined(found) {
            hits.push(hit(context, (client, own), &sweep, &mut owners, &mut groups));
        }
    }
    hits
}

/// Windows that share a call, as one.
struct Sweep {
    windows: Vec<Window>,
    /// Places of all their calls, in order.
    calls: Vec<usize>,
}

/// The window that stands for those joined with one.
fn root(roots: &mut [usize], mut at: usize) -> usize {
    while roots[at] != at {
        roots[at] = roots[roots[at]];
        at = roots[at];
    }
    at
}

/// Joins windows that share a call.
fn joined(windows: Vec<Window>) -> Vec<Sweep> {
    let mut roots: Vec<usize> = (0..windows.len()).collect();
    let mut first: HashMap<usize, usize, RandomState> = HashMap::default();
    for (number, window) in windows.iter().enumerate() {
        for &call in &window.calls {
            let other = *first.entry(call).or_insert(number);
            let (a, b) = (root(&mut roots, other), root(&mut roots, number));
            roots[a.max(b)] = a.min(b);
        }
    }
    let mut sweeps: BTreeMap<usize, Sweep> = BTreeMap::new();
    for (number, window) in windows.into_iter().enumerate() {
        let sweep =
            sweeps.entry(root(&mut roots, number)).or_insert_with(|| Sweep { windows: Vec::new(), calls: Vec::new() });
        sweep.calls.extend(&window.calls);
        sweep.windows.push(window);
    }
    let mut sweeps: Vec<Sweep> = sweeps.into_values().collect();
    for sweep in &mut sweeps {
        sweep.calls.sort_unstable();
        sweep.calls.dedup();
    }
    sweeps
}

/// Sign-ins that issued the tokens of a client's groups, computed once.
#[derive(Default)]
struct Groups(HashMap<Group, Issued, RandomState>);

#[derive(Clone, Default)]
struct Issued {
    tokens: BTreeSet<Sym>,
    /// Number of the sign-ins.
    count: usize,
    /// One sign-in of each resource.
    resources: Vec<EventId>,
}

impl Groups {
    fn of(&mut self, context: &DetectContext, own: &[Call], wanted: &BTreeSet<Group>) -> Issued {
        if self.0.is_empty() {
            self.fill(context, own);
        }
        let mut all = Issued::default();
        for group in wanted {
            if let Some(issued) = self.0.get(group) {
                all.count += issued.count;
                all.resources.extend(&issued.resources);
            }
        }
        all
    }

    fn fill(&mut self, context: &DetectContext, own: &[Call]) {
        let store = context.store;
        for call in own {
            let token = store.token(store.event(call.id).get(Field::TokenId));
            let issued = self.0.entry(call.group()).or_default();
            if !token.is_none() {
                issued.tokens.insert(token);
            }
        }
        for issued in self.0.values_mut() {
            let mut resources: HashMap<Sym, EventId, RandomState> = HashMap::default();
            for &token in &issued.tokens {
                for &id in store.with(Key::Token, token) {
                    let event = store.event(id);
                    if event.table.issues() && context.admits(event) {
                        issued.count += 1;
                        resources.entry(context.resource(event)).or_insert(id);
                    }
                }
            }
            issued.resources = resources.into_values().collect();
        }
    }
}

fn hit(
    context: &DetectContext,
    (client, own): (Client, &[Call]),
    sweep: &Sweep,
    owners: &mut Owners<'_, '_>,
    groups: &mut Groups,
) -> Hit {
    let (store, calls) = (context.store, context.calls_by_client());
    let found: Vec<Call> = sweep.calls.iter().map(|&at| own[at]).collect();
    let events: Vec<EventId> = found.iter().map(|call| call.id).collect();
    let in_groups: BTreeSet<Group> = found.iter().map(|call| call.group()).collect();
    let sessions: BTreeSet<Sym> = in_groups.iter().map(|group| group.session()).collect();
    let session = sessions.first().copied().filter(|session| sessions.len() == 1 && !session.is_none());
    let mut builder = HitBuilder {
        session,
        grade: Some(grade(context, client, sweep, &events, owners)),
        span_needed: sweep.windows.iter().filter_map(|window| window.span).min(),
        ..HitBuilder::new(ANALYTIC.id, client.user, client.app)
    };
    if !context.bare {
        let issued = groups.of(context, own, &in_groups);
        let id = store.text(client.app);
        builder.app_name = match context.last_text(&events, Field::AppDisplayName) {
            "" => context.facts.client(id).map_or_else(String::new, |client| client.name.clone()),
            name => name.to_owned(),
        };
        builder.sign_in_count = Some(issued.count);
        builder.resource_events = issued.resources;
        builder.graph = events.iter().map(|&id| owners.call(id)).collect();
        let categories = Categories::new(context, calls, &found);
        builder.reasons = reasons(context, sweep, &found, &categories);
        builder.columns = vec![
            ("Rules", Cell::List(rules(sweep).into_iter().map(|rule| rule_words(rule).to_owned()).collect())),
            ("ToolSets", Cell::List(tools(context, sweep))),
            ("Categories", categories.cell()),
        ];
        builder.attack = categories.techniques();
    }
    builder.events = events;
    builder.finish(context)
}

/// Distinct rules of a sweep.
fn rules(sweep: &Sweep) -> BTreeSet<Rule> {
    sweep.windows.iter().map(|window| window.rule).collect()
}

fn rule_words(rule: Rule) -> &'static str {
    match rule {
        Rule::Categories => "1 categories",
        Rule::ToolSet => "2 tool set",
        Rule::Internal => "3 undocumented interface",
        Rule::Refused => "4 refused",
        Rule::ToolReads => "mail or files by a tool",
    }
}

/// Names of the tools whose requests were made.
fn tools(context: &DetectContext, sweep: &Sweep) -> Vec<String> {
    let tools: BTreeSet<usize> = sweep.windows.iter().filter_map(|window| window.tool).collect();
    let mut names: Vec<String> =
        tools.into_iter().map(|tool| context.facts.recon().tools()[tool].name.clone()).collect();
    names.sort_unstable();
    names
}

fn grade(
    context: &DetectContext,
    client: Client,
    sweep: &Sweep,
    events: &[EventId],
    owners: &mut Owners<'_, '_>,
) -> Grade {
    let (store, places, known) = (context.store, context.places(), context.known());
    let rules = rules(sweep);
    let base = |window: &Window| match window.rule {
        Rule::Categories | Rule::ToolSet => Severity::Medium,
        Rule::Internal if window.is_full => Severity::High,
        Rule::Internal | Rule::Refused => Severity::Low,
        Rule::ToolReads => Severity::High,
    };
    let base = sweep.windows.iter().map(base).max().unwrap_or(Severity::Low);
    // A network stands the same with a user for all of a day.
    let stays: BTreeSet<(u32, i64)> =
        events.iter().map(|&id| (places.number(id), store.event(id).time().day_number())).collect();
    let mut firsts: HashMap<(u32, i64), EventId, RandomState> = HashMap::default();
    for &id in events {
        firsts.entry((places.number(id), store.event(id).time().day_number())).or_insert(id);
    }
    let standing = |stay: &(u32, i64)| {
        let id = firsts[stay];
        known.standing(client.user, places.place(id), store.event(id).time())
    };
    let standings: Vec<(bool, Standing)> =
        stays.iter().map(|stay| (places.numbered(stay.0).telling_net().is_some(), standing(stay))).collect();
    let is_new = standings.iter().any(|(_, standing)| *standing == Standing::New);
    let netted = || standings.iter().filter(|(has_net, _)| *has_net).map(|(_, standing)| *standing);
    let is_known = netted().next().is_some() && netted().all(|standing| standing == Standing::Known);
    let has_tool = events.iter().any(|&id| places.profile(id).tool != Tool::None);
    let is_odd = !is_new && events.iter().any(|&id| owners.is_odd(id));
    let at_once = rules.iter().filter(|rule| **rule != Rule::ToolReads).count() > 1;
    let id = store.text(client.app);
    let expected = is_known && context.facts.client_has(id, ClientRole::ReconExpected);
    let raised = usize::from(has_tool) + usize::from(is_new || is_odd) + usize::from(at_once);
    let steps = [Severity::Low, Severity::Medium, Severity::High];
    let at = steps.iter().position(|severity| *severity == base).unwrap_or(0);
    let at = (at + raised).saturating_sub(usize::from(expected)).min(steps.len() - 1);
    let severity = if rules.contains(&Rule::ToolReads) { Severity::High } else { steps[at] };
    let mut words = vec![base_words(&rules, sweep).to_owned()];
    for (holds, why) in [
        (has_tool, "an attacker's tool or a bare HTTP library made the calls"),
        (is_new, "from a network that is new to the user"),
        (is_odd, "the calls are those of the session's odd party"),
        (at_once, "two rules at once"),
        (expected, "one lower, as this client reads widely in daily work and its network is known"),
    ] {
        if holds {
            words.push(why.to_owned());
        }
    }
    let is_open = severity < Severity::High && !is_new && netted().any(|standing| standing == Standing::Undecided);
    let most = certainty::most(store, events.iter().copied(), is_open);
    Grade { severity, reason: words.join("; "), most }
}

fn base_words(rules: &BTreeSet<Rule>, sweep: &Sweep) -> &'static str {
    let is_full = sweep.windows.iter().any(|window| window.rule == Rule::Internal && window.is_full);
    if rules.contains(&Rule::ToolReads) {
        "a tool in a network that is new to the user read mail or files"
    } else if is_full {
        "a sweep through the undocumented interface of Azure AD Graph"
    } else if rules.contains(&Rule::ToolSet) {
        "the requests of a known tool"
    } else if rules.contains(&Rule::Categories) {
        "a sweep through many categories"
    } else if rules.contains(&Rule::Internal) {
        "a few calls of the undocumented interface of Azure AD Graph, which old scripts ask too"
    } else {
        "many refused calls of many kinds"
    }
}

/// Calls of one category.
struct Category<'c> {
    name: &'c str,
    calls: usize,
    read: usize,
    refused: usize,
    example: &'c str,
}

/// Calls by category, in order of their first.
struct Categories<'c> {
    all: Vec<Category<'c>>,
    /// Techniques earned, each with the forms read and their number.
    techniques: BTreeMap<&'static str, (BTreeSet<&'c str>, usize)>,
}

impl<'c> Categories<'c> {
    fn new(context: &DetectContext<'c>, calls: &'c Calls, found: &[Call]) -> Self {
        let names = context.facts.recon().names();
        let mut places: HashMap<u8, usize, RandomState> = HashMap::default();
        let mut categories = Self { all: Vec::new(), techniques: BTreeMap::new() };
        for &call in found {
            let form = calls.form(call);
            let Some(number) = form.category else { continue };
            let at = *places.entry(number).or_insert_with(|| {
                let name = names[usize::from(number)].as_str();
                categories.all.push(Category { name, calls: 0, read: 0, refused: 0, example: &form.text });
                categories.all.len() - 1
            });
            let category = &mut categories.all[at];
            category.calls += 1;
            category.read += usize::from(call.is_read());
            category.refused += usize::from(call.is_refused());
            if let Some(technique) = form.technique.filter(|_| call.is_read()) {
                let (forms, count) = categories.techniques.entry(technique).or_default();
                *count += 1;
                if forms.len() < EXAMPLES {
                    forms.insert(&form.text);
                }
            }
        }
        categories
    }

    fn cell(&self) -> Cell {
        let row = |category: &Category| {
            vec![
                ("Category", Cell::Text(category.name.to_owned())),
                ("Calls", Cell::count(category.calls)),
                ("2xx", Cell::count(category.read)),
                ("4xx", Cell::count(category.refused)),
                ("Example", Cell::Text(category.example.to_owned())),
            ]
        };
        Cell::Rows(self.all.iter().map(row).collect())
    }

    fn techniques(&self) -> Vec<(&'static str, String)> {
        let words = |(forms, count): &(BTreeSet<&str>, usize)| {
            let forms: Vec<&str> = forms.iter().copied().collect();
            format!("{} answered: {}", counted(*count, "call"), forms.join(", "))
        };
        self.techniques.iter().map(|(id, read)| (*id, words(read))).collect()
    }
}

/// Most forms that a sentence names.
const EXAMPLES: usize = 4;

fn reasons(context: &DetectContext, sweep: &Sweep, found: &[Call], categories: &Categories<'_>) -> Vec<String> {
    let store = context.store;
    let time = |call: Option<&Call>| call.map(|call| store.event(call.id).time());
    let span = time(found.last()).zip(time(found.first())).map_or(Span::seconds(0), |(last, first)| last.since(first));
    let names: Vec<&str> = categories.all.iter().map(|category| category.name).collect();
    let mut reasons = vec![format!(
        "{} in {} within {span}: {}",
        counted(found.len(), "call"),
        if names.len() == 1 { "1 category".to_owned() } else { format!("{} categories", names.len()) },
        if names.is_empty() { "none of the table".to_owned() } else { names.join(", ") }
    )];
    for rule in rules(sweep) {
        reasons.push(match rule {
            Rule::Categories => {
                format!("rule 1: five categories and 20 calls within {}", context.settings.recon_window.threshold())
            }
            Rule::ToolSet => format!("rule 2: seven tenths of the requests of {}", tools(context, sweep).join(" and ")),
            Rule::Internal => "rule 3: calls with api-version 1.61-internal".to_owned(),
            Rule::Refused => "rule 4: 20 calls of 15 kinds within 2 minutes, four tenths of them refused".to_owned(),
            Rule::ToolReads => "mail or files read by a tool from a network that is new to the user".to_owned(),
        });
    }
    reasons
}
