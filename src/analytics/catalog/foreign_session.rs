//! `foreign-session`: a session that began where the user never was.

use crate::analytics::findings::{attempts_before, elsewhere, mfa_met, mfa_words, records_changes, session_after};
use crate::analytics::flow::presents_token;
use crate::analytics::footholds;
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::known::Standing;
use crate::analytics::need::OF_LOGINS;
use crate::analytics::places::{Compared, Net, Tool};
use crate::analytics::sessions::Session;
use crate::analytics::shared_steps::{LAST_ACT, NETWORKS_SEEN, OTHERS_THERE, PLANTED};
use crate::analytics::want;
use crate::analytics::{
    Analytic, DetectContext, Grade, Hit, LookAlike, Mark, Marks, Show, Step, certainty, graph_ties,
};
use crate::model::words::counted;
use crate::model::{Confidence, EventId, Field, Flags, Severity, Span, Sym, Table, Time};
use crate::store::Key;
use crate::tables::Role;
use foldhash::fast::RandomState;
use std::collections::{HashMap, HashSet};

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "foreign-session",
    title: "A session begun where the user never was",
    about: ABOUT,
    look_alikes: &[LookAlike::Travel, LookAlike::NewDevice, LookAlike::SharedEgress],
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
        "T1550.004",
        "T1557",
    ],
    needs: OF_LOGINS,
    wants: &[
        want::SESSIONS,
        want::WEEK,
        want::NETWORKS,
        want::EXCHANGES,
        want::AGENTS,
        want::FACTORS,
        want::CALLS_OF_TOKENS,
        want::CHANGES,
    ],
    thresholds: &[],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str = "Looks for a session whose first sign-in is a login from a network that is new to the user, and \
grades it by what else points to a login proxy: the user active far away at the same time, a second new network with \
other software, a tool, renewals every half hour, software new to the user.

A login proxy signs in for the victim, with the victim's MFA, and keeps the cookie: no row of that session is the \
victim's, so that nothing in it splits. A fresh MFA from a foreign network is what that looks like, and no sign of \
innocence. Where the export has no session ids, the sign-ins from that network stand in for the session.

A laptop in a hotel, a new phone and a private computer look alike. They stay low where nothing but their network and \
their software is new; a private computer after a change of provider is medium, and triage has to tell.";

const STEPS: &[Step] = &[
    NETWORKS_SEEN,
    Step {
        id: "mfa-met",
        title: "how was MFA met?",
        question: "How was MFA met at the first sign-in?",
        look_for: "A fresh factor is a login, also by proxy; a claim is a token.",
        show: Show::Mark,
        answer: mfa_met,
    },
    Step {
        id: "elsewhere",
        title: "user elsewhere?",
        question: "Was the user active somewhere else at the time?",
        look_for: "A known network and the new one alive at once, far apart.",
        show: Show::Mark,
        answer: elsewhere,
    },
    Step {
        id: "attempts-before",
        title: "attempts before?",
        question: "Did attempts fail or stop in the 30 minutes before, and from where?",
        look_for: "MFA asked for, wrong passwords, from the same network.",
        show: Show::Mark,
        answer: attempts_before,
    },
    Step {
        id: "session-after",
        title: "who used it after?",
        question: "From which networks and with which agents was the session used afterwards?",
        look_for: "A second new network with other software; a tool.",
        show: Show::Only,
        answer: session_after,
    },
    PLANTED,
    OTHERS_THERE,
    LAST_ACT,
];

/// The start page of Office, where a login proxy sends its victims.
const OFFICE_HOME: &str = "4765445b-32c6-49b0-83e6-1d93765276ca";
/// Time from the first row in which rows are looked at for marks.
const LIFE: Span = Span::DAY;
/// A renewal every half hour, give or take.
const RENEWAL: [Span; 2] = [Span::minutes(25), Span::minutes(35)];
/// Renewals in a row that make a habit: so many times between rows.
const RENEWALS: usize = 4;
/// Interactive sign-ins before that show whether the user's have a device.
const INTERACTIVE: usize = 10;
/// Of so many sign-ins ...
const MANAGED_OF: usize = 10;
/// ... this many have a device.
const MANAGED: usize = 9;
/// Marks that say something of the session; the others only of its software.
const OF_SESSION: [&str; 6] = ["web", "parallel", "second", "tool", "keepalive", "foothold"];

/// A candidate: a session that begins in a new network.
struct Foreign<'s> {
    session: Session<'s>,
    first: EventId,
    begin: Time,
    /// Its rows within a day that are not neutral.
    rows: Vec<EventId>,
}

impl Foreign<'_> {
    /// Its name: an export without session ids shows no session.
    fn words(&self) -> &'static str {
        if self.session.id.is_none() { "sign-ins" } else { "the session" }
    }
}

fn detect(context: &DetectContext) -> Vec<Hit> {
    if context.sessions().is_empty() {
        return without_sessions(context);
    }
    // No threshold decides any of it.
    let begun = context.candidates.begun(|| {
        context.sessions().find(|| {
            |session| {
                let found = foreign(context, session)?;
                Some(((found.session.user, found.session.id), marks(context, &found)))
            }
        })
    });
    let hits = begun.iter().filter_map(|((user, session), marks)| {
        let found = foreign(context, context.sessions().get(*user, *session)?)?;
        Some(hit(context, &found, marks))
    });
    hits.collect()
}

/// Hits of an export without session ids. The user's sign-ins from one network stand in for a session, as long as they are
/// no more than a day apart.
fn without_sessions(context: &DetectContext) -> Vec<Hit> {
    let (store, places) = (context.store, context.places());
    let by_net = context.admitted().group_in(Role::Issues, || {
        |id, event| {
            let place = places.place(id);
            let net = place.net.filter(|_| event.succeeded() && !event.user.is_none() && !place.is_neutral)?;
            Some(((event.user, net), id))
        }
    });
    let is_stay = |a: &EventId, b: &EventId| store.event(*b).time().since(store.event(*a).time()) <= LIFE;
    let of_net = |(user, net), rows: &[EventId]| {
        let stays = rows.chunk_by(is_stay).filter(|stay| !is_begun_earlier(context, (user, net), stay[0]));
        let found = stays.filter_map(|rows| foreign(context, Session { user, id: Sym::NONE, rows }));
        Some(found.map(|found| hit(context, &found, &marks(context, &found))).collect::<Vec<_>>())
    };
    by_net.find(|| of_net).into_iter().flatten().collect()
}

/// Returns whether a stay in a network began before the range of the run.
fn is_begun_earlier(context: &DetectContext, (user, net): (Sym, Net), first: EventId) -> bool {
    let (store, places) = (context.store, context.places());
    let from = store.event(first).time().minus(LIFE);
    let before = store.with(Key::User, user);
    let before = &before[..before.partition_point(|id| *id < first)];
    let is_there = |id: &EventId| {
        let event = store.event(*id);
        event.table.issues() && event.succeeded() && places.net(*id) == Some(net) && !places.place(*id).is_neutral
    };
    context.settings.since.is_some()
        && before.iter().rev().take_while(|id| store.event(**id).time() >= from).any(is_there)
}

fn foreign<'s>(context: &DetectContext, session: Session<'s>) -> Option<Foreign<'s>> {
    let (store, places, known) = (context.store, context.places(), context.known());
    let first = session.first();
    let event = store.event(first);
    let is_login = event.table == Table::SignIn || event.flags.has(Flags::INCOMING_NONE);
    let begin = event.time();
    if !is_login || known.standing(session.user, places.place(first), begin) != Standing::New {
        return None;
    }
    if context.settings.since.is_some() && session.begins_before_range(store) {
        return None;
    }
    let rows = session.between(store, begin, begin.plus(LIFE)).filter(|&id| !places.place(id).is_neutral).collect();
    Some(Foreign { session, first, begin, rows })
}

fn marks(context: &DetectContext, found: &Foreign<'_>) -> Marks {
    let (store, places, origins) = (context.store, context.places(), context.origins());
    let Foreign { session, first, begin, rows } = found;
    let (first, begin) = (*first, *begin);
    let event = store.event(first);
    let app = store.text(store.normalized_field(event, Field::AppId));
    let past = context.past(session.user);
    let (parallel, has_locations) = past.parallel(origins, (session.user, session.id), begin, rows);
    let mut standings: HashMap<u32, Standing, RandomState> = HashMap::default();
    let mut is_new = |id: EventId| {
        let standing = standings
            .entry(places.number(id))
            .or_insert_with(|| context.known().standing(session.user, places.place(id), begin));
        *standing == Standing::New
    };
    let is_second = |id: EventId, is_new: bool| {
        is_new
            && places.net(id) != places.net(first)
            && places.compared(first, id) == Compared::Different
            && !places.profile(id).is_same(places.profile(first))
    };
    let (mut second, mut tool, mut has_agent) = (false, false, false);
    for &id in rows {
        let (is_new, profile) = (is_new(id), places.profile(id));
        second |= is_second(id, is_new);
        tool |= profile.tool == Tool::Kit || (profile.tool == Tool::Library && is_new);
        has_agent |= !profile.agent.is_none();
    }
    let (interactive, managed) = past.interactive_before(first);
    let has_device = !places.profile(first).device.is_none();
    Marks::new([
        ("web", Mark::decided(event.table == Table::SignIn && app == OFFICE_HOME)),
        ("parallel", Mark::seen(parallel.is_some(), has_locations)),
        ("second", if session.id.is_none() { Mark::Unknown } else { Mark::decided(second) }),
        ("tool", Mark::seen(tool, has_agent)),
        ("keepalive", Mark::seen(is_kept_alive(context, rows), store.count(Table::NonInteractive) > 0)),
        ("foothold", Mark::seen(has_foothold(context, rows), records_changes(store))),
        ("profile", Mark::decided(past.same_software_before(origins, first).is_none())),
        (
            "unmanaged",
            if interactive < INTERACTIVE {
                Mark::Unknown
            } else {
                Mark::decided(!has_device && managed * MANAGED_OF >= interactive * MANAGED)
            },
        ),
    ])
}

/// Returns whether the user made a change to come back, within a day of the first row, in the session or from a network
/// of its rows.
fn has_foothold(context: &DetectContext, rows: &[EventId]) -> bool {
    let (store, places) = (context.store, context.places());
    let Some(&first) = rows.first() else { return false };
    let first = store.event(first);
    let session = store.normalized_field(first, Field::SessionId);
    let nets: HashSet<Net> = rows.iter().filter_map(|&id| places.net(id)).collect();
    let from = first.time();
    footholds::made(context, (first.user, session), nets.into_iter(), (from, from.plus(Span::DAY)))
}

/// Returns whether a client renewed its tokens every half hour, four times in a row.
fn is_kept_alive(context: &DetectContext, rows: &[EventId]) -> bool {
    let store = context.store;
    let mut clients: HashMap<Sym, (Time, usize), RandomState> = HashMap::default();
    for &id in rows {
        let event = store.event(id);
        let app = store.normalized_field(event, Field::AppId);
        if event.table != Table::NonInteractive || app.is_none() {
            continue;
        }
        let time = event.time();
        let (last, run) = clients.entry(app).or_insert((time, 0));
        let gap = time.since(*last);
        *run = if RENEWAL[0] <= gap && gap <= RENEWAL[1] { *run + 1 } else { 0 };
        *last = time;
        if *run >= RENEWALS {
            return true;
        }
    }
    false
}

fn grade(marks: &Marks) -> Grade {
    let has = |name| marks.has(name);
    let all = marks.names(Mark::Yes).len();
    let (severity, rule) = if has("foothold") {
        (Severity::High, "something was planted in it")
    } else if has("tool") && (has("web") || has("parallel")) {
        (Severity::High, "a tool used it, and it is a login in a browser or the user was far away")
    } else if has("parallel") && (has("second") || has("profile")) {
        (Severity::High, "the user was far away, and the software or a second network is new as well")
    } else if all >= 4 {
        (Severity::High, "four marks or more")
    } else if all >= 2 && marks.count(&OF_SESSION) > 0 {
        (Severity::Medium, "two marks or more")
    } else {
        (Severity::Low, "too little else points to a login proxy")
    };
    let reason = format!("begun in a network that is new to the user; {rule}; marks: {}", marks.words());
    Grade { severity, reason, most: Confidence::High }
}

fn hit(context: &DetectContext, found: &Foreign<'_>, marks: &Marks) -> Hit {
    let store = context.store;
    let Foreign { session, first, .. } = found;
    let events: Vec<EventId> = session.events().collect();
    let mut grade = grade(marks);
    grade.most = certainty::most(store, events.iter().copied(), false);
    let of = (session.user, session.id);
    let mut builder = HitBuilder::for_sign_ins(context, ANALYTIC.id, of, Some(*first), events.clone());
    if !context.bare {
        builder.graph = graph_ties::tied_firmly(context, &events);
        builder.columns = vec![("Marks", marks.cell())];
        builder.reasons = reasons(context, found, marks);
        builder.attack = techniques(context, found, marks, grade.severity);
    }
    builder.grade = Some(grade);
    builder.finish(context)
}

fn techniques(
    context: &DetectContext,
    found: &Foreign<'_>,
    marks: &Marks,
    severity: Severity,
) -> Vec<(&'static str, String)> {
    let mut earned = Vec::new();
    if severity > Severity::Low {
        let at = found.begin.second();
        earned.push(("T1557", format!("a login as the user at {at} from a network that is new to the user")));
    }
    if marks.has("second") || marks.has("tool") {
        let later = found.rows.iter().filter(|&&id| presents_token(context.store.event(id))).count();
        let what = found.words();
        earned.push(("T1550.004", format!("{what} went on elsewhere or with a tool; {later} tokens presented")));
    }
    earned
}

fn reasons(context: &DetectContext, found: &Foreign<'_>, marks: &Marks) -> Vec<String> {
    let (store, places) = (context.store, context.places());
    let Foreign { session, first, begin, .. } = found;
    let net = places.net(*first).map_or_else(|| "no network".to_owned(), |net| net.to_string());
    let days = context.known().baseline_days(session.user, *begin);
    let what = found.words();
    let mut reasons = vec![format!(
        "{what} began at {} in {net}, which {} or more before do not show",
        begin.second(),
        counted(days, "day")
    )];
    let mfa = mfa_words(store.get(*first, Field::AuthenticationDetails));
    reasons.push(match mfa {
        Some(words) if words.starts_with("a fresh") => format!(
            "MFA at the first sign-in: {words}; from a foreign network that is what a login proxy looks like, no sign \
             of innocence"
        ),
        Some(words) => format!("MFA at the first sign-in: {words}"),
        None => "MFA at the first sign-in: not recorded".to_owned(),
    });
    reasons.push(format!("marks: {}", marks.words()));
    let open = marks.names(Mark::Unknown);
    if !open.is_empty() {
        let lacking: Vec<String> = open.iter().map(|name| format!("{name} ({})", decided_by(name))).collect();
        reasons.push(format!("not decided: {}", lacking.join(", ")));
    }
    reasons
}

/// The record that would decide a mark.
fn decided_by(mark: &str) -> &'static str {
    match mark {
        "parallel" => "LocationDetails",
        "second" => "SessionId",
        "tool" => "UserAgent",
        "keepalive" => "AADNonInteractiveUserSignInLogs",
        "foothold" => "AuditLogs, the unified audit log",
        _ => "ten interactive sign-ins before",
    }
}

#[cfg(test)]
mod tests;
