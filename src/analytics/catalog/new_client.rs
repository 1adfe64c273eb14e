//! `new-client`: the first use of a client against a sensitive resource.

use crate::analytics::findings::{begun_by, client_rarity, graph_verbs, networks_seen, scopes_asked, software_seen};
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::known::Standing;
use crate::analytics::need::OF_FIRST_USE;
use crate::analytics::places::Tool;
use crate::analytics::{Analytic, Cell, DetectContext, Grade, Hit, Show, Step, certainty, graph_ties};
use crate::facts::ClientRole;
use crate::model::{Confidence, EventId, Field, Severity, Sym};
use crate::store::{Event, Key};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "new-client",
    title: "First use of a client for a sensitive resource",
    about: ABOUT,
    source: "tokentrail",
    attack: &[
        "T1021.007",
        "T1069.003",
        "T1078.004",
        "T1087.004",
        "T1098.005",
        "T1114.002",
        "T1213.002",
        "T1213.005",
        "T1526",
        "T1530",
        "T1550.001",
    ],
    needs: OF_FIRST_USE,
    thresholds: &[],
    severity: Severity::Low,
    on_by_default: true,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str = "Looks for the first sign-in of a user with a client to a sensitive resource (directory, device \
registration, Intune, Azure management, Key Vault, sign-in methods), where the user has two weeks of history and hardly \
anybody in the tenant uses that client so.

A thief's tools ask in the name of clients that the victim never used. With a new network, a tool's agent or the odd \
party of a session that is medium; with two of these, high.

An administrator who uses a command line for the first time in the office looks alike and stays low. What more than \
three users do is a roll-out.";

const STEPS: &[Step] = &[
    Step {
        id: "client-rarity",
        title: "how rare is the client?",
        question: "Which client is it, and how many users of the tenant used it before?",
        look_for: "A client that nobody else uses.",
        show: Show::Mark,
        answer: client_rarity,
    },
    Step {
        id: "networks-seen",
        title: "whose networks?",
        question: "On which days before was each network seen with this user?",
        look_for: "A network seen on two days before is known; the other is not.",
        show: Show::Mark,
        answer: networks_seen,
    },
    Step {
        id: "software-seen",
        title: "whose software?",
        question: "Since when is this software seen with this user?",
        look_for: "An agent or system that the user never had.",
        show: Show::Mark,
        answer: software_seen,
    },
    Step {
        id: "begun-by",
        title: "how did it begin?",
        question: "With which token, protocol or code did the party begin?",
        look_for: "No incoming token: a login, a code or a cookie.",
        show: Show::Mark,
        answer: begun_by,
    },
    Step {
        id: "scopes-asked",
        title: "scopes asked for",
        question: "Which scopes did the tokens get?",
        look_for: "Registration, directory and role scopes.",
        show: Show::Only,
        answer: scopes_asked,
    },
    Step {
        id: "graph-actions",
        title: "what the calls did",
        question: "What did the party's calls read, search or change?",
        look_for: "Mail searches, file listings, downloads.",
        show: Show::Only,
        answer: graph_verbs,
    },
];

/// Days of sign-ins that show what a user does.
const HISTORY_DAYS: usize = 14;
/// Sign-ins that show it.
const HISTORY_ROWS: usize = 30;
/// More users than these are a roll-out.
const MOST_USERS: usize = 3;

/// First sign-in of a user with a client to a sensitive resource.
struct First {
    id: EventId,
    app: Sym,
    /// Users of client and resource up to it, this one included.
    users: usize,
}

fn detect(context: &DetectContext) -> Vec<Hit> {
    let store = context.store;
    let mut found: BTreeMap<(Sym, Sym, Sym), Vec<(First, Grade)>> = BTreeMap::new();
    for (user, firsts) in firsts(context) {
        for first in with_history(context, user, firsts) {
            let session = store.normalized_field(store.event(first.id), Field::SessionId);
            let grade = grade(context, user, session, &first);
            found.entry((user, first.app, session)).or_default().push((first, grade));
        }
    }
    found.into_iter().filter_map(|(of, firsts)| hit(context, of, firsts)).collect()
}

/// Successful sign-ins of somebody.
fn is_success(event: Event<'_>) -> bool {
    event.table.issues() && event.succeeded() && event.is_timed() && !event.is_duplicate() && !event.user.is_none()
}

/// First uses that few users have in common, by user in time order. The whole bundle says which is first.
fn firsts(context: &DetectContext) -> BTreeMap<Sym, Vec<First>> {
    let (store, facts) = (context.store, context.facts);
    let mut sensitive: HashMap<Sym, bool, RandomState> = HashMap::default();
    let mut service: HashMap<Sym, bool, RandomState> = HashMap::default();
    let mut seen: HashSet<(Sym, Sym, Sym), RandomState> = HashSet::default();
    let mut users: HashMap<(Sym, Sym), usize, RandomState> = HashMap::default();
    let mut found: BTreeMap<Sym, Vec<First>> = BTreeMap::new();
    for (id, event) in store.events() {
        if !is_success(event) {
            continue;
        }
        let resource = store.normalized_field(event, Field::ResourceIdentity);
        if !*sensitive.entry(resource).or_insert_with(|| facts.is_sensitive(store.text(resource))) {
            continue;
        }
        let app = store.normalized_field(event, Field::AppId);
        if app.is_none() || !seen.insert((event.user, app, resource)) {
            continue;
        }
        let users = users.entry((app, resource)).or_default();
        *users += 1;
        let is_service = || facts.client_has(store.text(app), ClientRole::ServiceSide);
        if *users > MOST_USERS
            || *service.entry(app).or_insert_with(is_service)
            || context.places().place(id).is_neutral
            || !context.admits(event)
        {
            continue;
        }
        found.entry(event.user).or_default().push(First { id, app, users: *users });
    }
    found
}

/// Those of a user's first uses that have enough history before them.
fn with_history(context: &DetectContext, user: Sym, firsts: Vec<First>) -> Vec<First> {
    let store = context.store;
    let mut rows = store.with(Key::User, user).iter().copied().filter(|&id| is_success(store.event(id))).peekable();
    let (mut count, mut days, mut last_day) = (0, 0, None);
    let mut enough = |first: &First| {
        while let Some(id) = rows.next_if(|id| *id < first.id) {
            let day = Some(store.event(id).time().day_number());
            count += 1;
            days += usize::from(last_day != day);
            last_day = day;
        }
        count >= HISTORY_ROWS && days >= HISTORY_DAYS
    };
    firsts.into_iter().filter(|first| enough(first)).collect()
}

fn grade(context: &DetectContext, user: Sym, session: Sym, first: &First) -> Grade {
    let (store, places, known) = (context.store, context.places(), context.known());
    let id = first.id;
    let standing = known.standing(user, places.place(id), store.event(id).time());
    let facts = [
        (standing == Standing::New, "a network that is new to the user"),
        (places.profile(id).tool > Tool::None, "a tool's agent"),
        (context.is_odd(user, session, id), "the odd party of its session"),
    ];
    let with: Vec<&str> = facts.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words).collect();
    let severity = match with.len() {
        0 => Severity::Low,
        1 => Severity::Medium,
        _ => Severity::High,
    };
    let with = if with.is_empty() { "nothing else is new".to_owned() } else { with.join(", ") };
    let most = if standing == Standing::Undecided { Confidence::Medium } else { Confidence::High };
    Grade { severity, reason: format!("the user's first sign-in with this client to this resource; {with}"), most }
}

fn hit(context: &DetectContext, (user, app, session): (Sym, Sym, Sym), firsts: Vec<(First, Grade)>) -> Option<Hit> {
    let store = context.store;
    let events: Vec<EventId> = firsts.iter().map(|(first, _)| first.id).collect();
    let users = firsts.iter().map(|(first, _)| first.users).max()?;
    let mut grade = firsts.into_iter().rev().map(|(_, grade)| grade).max_by_key(|grade| grade.severity)?;
    let first = *events.first()?;
    grade.most = certainty::most(store, events.iter().copied(), grade.most < Confidence::High);
    let mut builder = HitBuilder {
        session: Some(session),
        app_name: context.text(first, Field::AppDisplayName).to_owned(),
        resource_events: events.clone(),
        grade: Some(grade),
        ..HitBuilder::new(ANALYTIC.id, user, app)
    };
    if !context.bare {
        let mut calls = graph_ties::tied_firmly(context, &events);
        calls.retain(|call| store.normalized_field(store.event(call.event), Field::AppId) == app);
        builder.graph = calls;
        builder.columns = vec![("UsersOfClient", Cell::count(users))];
        let names = context.texts(&events, Field::ResourceDisplayName);
        builder.reasons = vec![format!(
            "first use of {} for {}; {users} of at most {MOST_USERS} users of the bundle do so up to it",
            builder.app_name,
            names.join(", ")
        )];
    }
    builder.events = events;
    Some(builder.finish(context))
}
