//! `device-code-flow`: every device code and every authentication transfer, graded.

use super::device_code_burst::flows_with_a_burst;
use crate::analytics::findings::{codes_before, descendants, device_registration, legs_of_flow, resources};
use crate::analytics::flow::{Flow, FlowKind, Leg, is_refused_by_policy, leg_in, leg_of};
use crate::analytics::hit_builder::HitBuilder;
use crate::analytics::known::{Outside, Standing};
use crate::analytics::need::OF_FLOW;
use crate::analytics::places::{Compared, Net, Place, Tool};
use crate::analytics::registration::asks_for_registration;
use crate::analytics::rows::{CLOCK_SKEW, within};
use crate::analytics::shared_steps::{GRAPH_ACTIONS, NETWORKS_SEEN, OTHERS_THERE, PLANTED};
use crate::analytics::techniques;
use crate::analytics::want;
use crate::analytics::{
    Analytic, Cell, DetectContext, Grade, Hit, LookAlike, Mark, Marks, Show, Step, certainty, graph_ties,
};
use crate::facts::ClientRole;
use crate::facts::lifetimes;
use crate::model::words::counted;
use crate::model::{EventId, Field, Flags, Severity, Span, Sym, Time};
use crate::store::Key;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The analytic.
pub(super) const ANALYTIC: Analytic = Analytic {
    id: "device-code-flow",
    title: "Device code, graded",
    about: ABOUT,
    look_alikes: &[LookAlike::Developer, LookAlike::RoomDevice, LookAlike::Administrator, LookAlike::Travel],
    source: "tokentrail",
    attack: techniques::DEVICE_CODE,
    needs: OF_FLOW,
    wants: &[want::EXCHANGES, want::WEEK, want::NETWORKS, want::AGENTS, want::CALLS_OF_TOKENS, want::CHANGES],
    thresholds: &[],
    severity: Severity::Medium,
    on_by_default: true,
    reads_hits: false,
    steps: STEPS,
    detect,
    as_published: None,
};

const ABOUT: &str =
    "Takes every device-code sign-in and every authentication transfer, burst or not, and grades it by \
what tells a phish from a habit: a network that is new to the user, a tool, tokens that were used elsewhere than the \
code, device registration, the same box with other users.

An attacker does not need a burst: two resources, or one an hour, are enough to read a mailbox. Attacker and victim \
share the session, and the attacker's rows can carry the victim's device.

A developer on a remote host, a meeting room and a command line in a container look alike: they stay low where their \
networks and addresses were used before. Whose address a leg shows is disputed, so that no leg is named by it.";

const STEPS: &[Step] = &[
    Step {
        id: "codes-before",
        title: "used codes before?",
        question: "Did this user use device codes before, and with this client?",
        look_for: "Earlier codes, their days and clients.",
        show: Show::Mark,
        answer: codes_before,
    },
    Step {
        id: "legs-of-flow",
        title: "two parties?",
        question: "Are there two networks or two programs in the flow?",
        look_for: "Legs in two networks; do not name a leg by its address.",
        show: Show::Mark,
        answer: legs_of_flow,
    },
    NETWORKS_SEEN,
    Step {
        id: "resources-of-flow",
        title: "client and resources",
        question: "Which client was it, and which resources did its tokens go to?",
        look_for: "Mail, files, Azure management, directory.",
        show: Show::Only,
        answer: resources,
    },
    Step {
        id: "device-registration",
        title: "device registration?",
        question: "Did its tokens ask for device registration?",
        look_for: "The Broker, and the Device Registration Service.",
        show: Show::Only,
        answer: device_registration,
    },
    Step {
        id: "descendants",
        title: "tokens used where?",
        question: "From where, and until when, were tokens of the flow used?",
        look_for: "A network that no leg has.",
        show: Show::Only,
        answer: descendants,
    },
    OTHERS_THERE,
    GRAPH_ACTIONS,
    PLANTED,
];

/// Longest time from a flow to the last row that counts as its descendant.
const LIFE: Span = lifetimes::OF_CODE;
/// Longest time from a flow to a request for device registration that it explains.
const REGISTRATION_TIME: Span = Span::minutes(60);
/// Most rows of a session looked at for refusals.
const LOOKED_AT: usize = 1000;
/// Other users with a leg in the same network that make it one box for many.
const OTHERS: usize = 2;

/// A flow with what came of it.
struct Graded<'f> {
    kind: FlowKind,
    user: Sym,
    flow: &'f Flow,
    time: Time,
    descendants: Vec<EventId>,
    /// The rows that show its sides: its legs, and where no leg can show who redeemed the code, the first sign-in that it
    /// gave tokens to.
    sides: Vec<EventId>,
}

fn detect(context: &DetectContext) -> Vec<Hit> {
    let mut hits = Vec::new();
    for kind in FlowKind::ALL {
        let flows = context.flows_in(kind);
        let boxes = Boxes::new(context, kind);
        let bursts = if kind == FlowKind::DeviceCode { flows_with_a_burst(context) } else { HashSet::new() };
        for (&user, flows) in flows {
            for flow in flows {
                let time = flow.time(context.store);
                let descendants = descendants_of(context, kind, user, flow, time);
                let sides = sides_of(context, flow, &descendants);
                let graded = Graded { kind, user, flow, time, descendants, sides };
                let marks = marks(context, &graded, &boxes, &bursts);
                hits.push(hit(context, &graded, &marks));
            }
        }
    }
    hits
}

/// Successes that present a token of the flow, in time order.
fn descendants_of(context: &DetectContext, kind: FlowKind, user: Sym, flow: &Flow, time: Time) -> Vec<EventId> {
    let store = context.store;
    let mut found = BTreeSet::new();
    for &session in &flow.sessions {
        let Some(session) = context.sessions().get(user, session) else { continue };
        found.extend(session.between(store, time.minus(CLOCK_SKEW), time.plus(LIFE)).filter(|&id| {
            let event = store.event(id);
            kind.has_transfer(event) && leg_in(kind, event).is_none()
        }));
    }
    found.into_iter().collect()
}

/// The legs of a flow, and the first sign-in that it gave tokens to where no transfer method is recorded: one by the code's
/// client, if any is.
fn sides_of(context: &DetectContext, flow: &Flow, descendants: &[EventId]) -> Vec<EventId> {
    let store = context.store;
    if flow.legs.iter().any(|&leg| leg_of(store.event(leg)) == Some(Leg::Polling)) {
        return flow.legs.clone();
    }
    let client = |id: EventId| store.normalized_field(store.event(id), Field::AppId);
    let given = || descendants.iter().copied().filter(|&id| store.event(id).flags.has(Flags::GIVEN));
    let by_client = given().find(|&id| flow.legs.iter().any(|&leg| client(leg) == client(id)));
    flow.legs.iter().copied().chain(by_client.or_else(|| given().next())).collect()
}

/// Legs in each network, by user, in time order.
struct Boxes(BTreeMap<Net, BTreeMap<Sym, Vec<EventId>>>);

impl Boxes {
    fn new(context: &DetectContext, kind: FlowKind) -> Self {
        let mut boxes: BTreeMap<Net, BTreeMap<Sym, Vec<EventId>>> = BTreeMap::new();
        for (&user, flows) in context.flows_in(kind) {
            for &leg in flows.iter().flat_map(|flow| &flow.legs) {
                if let Some(net) = context.places().net(leg) {
                    boxes.entry(net).or_default().entry(user).or_default().push(leg);
                }
            }
        }
        for legs in boxes.values_mut().flat_map(BTreeMap::values_mut) {
            legs.sort_unstable();
        }
        Self(boxes)
    }

    /// Returns whether two other users have legs in the network within a day, and none of all these users knows it.
    fn are_many(&self, context: &DetectContext, user: Sym, leg: EventId, time: Time) -> bool {
        let (store, known, places) = (context.store, context.known(), context.places());
        let users = places.net(leg).and_then(|net| self.0.get(&net)).filter(|users| users.len() > OTHERS);
        let Some(users) = users.filter(|_| !known.is_known(user, places.place(leg), time)) else { return false };
        let others = users.iter().filter(|(other, _)| **other != user);
        let first = others.filter_map(|(other, legs)| {
            let from = legs.partition_point(|leg| store.event(*leg).time() < time.minus(LIFE));
            let leg = *legs.get(from)?;
            (store.event(leg).time() <= time.plus(LIFE)).then_some((*other, leg))
        });
        let mut count = 0;
        for (other, leg) in first {
            if known.is_known(other, places.place(leg), store.event(leg).time()) {
                return false;
            }
            count += 1;
        }
        count >= OTHERS
    }
}

fn marks(context: &DetectContext, graded: &Graded<'_>, boxes: &Boxes, bursts: &HashSet<EventId>) -> Marks {
    let (store, places, known) = (context.store, context.places(), context.known());
    let Graded { kind, user, flow, time, descendants, sides } = graded;
    let (user, time) = (*user, *time);
    let legs = &flow.legs;
    let rows = || legs.iter().chain(descendants).copied();
    let split = places.differ(sides.iter().copied()) || places.are_apart(sides.iter().copied());
    let standings: Vec<Standing> = sides.iter().map(|&row| known.standing(user, places.place(row), time)).collect();
    let first = {
        let before = context
            .flows_in(*kind)
            .get(&user)
            .is_some_and(|flows| flows.iter().flat_map(|flow| &flow.legs).any(|&leg| store.event(leg).time() < time));
        if known.has_baseline(user, time) { Mark::decided(!before) } else { Mark::Unknown }
    };
    let is_tool = |id: EventId| match places.profile(id).tool {
        Tool::Kit => true,
        Tool::Library => known.standing(user, places.place(id), time) == Standing::New,
        Tool::None => false,
    };
    let mut telling = places.distinct(sides.iter().copied());
    telling.retain(|place| !place.is_neutral);
    let of_legs = places.software(sides.iter().copied());
    let is_away = |id: EventId| {
        !telling.is_empty()
            && telling.iter().all(|leg| places.place(id).compared(leg) == Compared::Different)
            && !of_legs.iter().any(|leg| leg.is_same(places.profile(id)))
    };
    let netted: Vec<EventId> = legs.iter().copied().filter(|&leg| places.net(leg).is_some()).collect();
    let client = |id: EventId, role| {
        context.facts.client_has(store.text(store.normalized_field(store.event(id), Field::AppId)), role)
    };
    let soon = |id: EventId| store.event(id).time() <= time.plus(REGISTRATION_TIME);
    let registers = |id: EventId| asks_for_registration(store, id);
    Marks::new([
        ("split", Mark::seen(sides.len() > 1 && split, sides.len() > 1)),
        ("first", first),
        (
            "net",
            Mark::seen(
                standings.contains(&Standing::New),
                standings.iter().any(|standing| *standing != Standing::Undecided),
            ),
        ),
        ("tool", Mark::seen(rows().any(is_tool), rows().any(|id| !places.profile(id).agent.is_none()))),
        ("away", Mark::seen(descendants.iter().any(|&id| is_away(id)), !descendants.is_empty())),
        ("many", Mark::seen(netted.iter().any(|&leg| boxes.are_many(context, user, leg, time)), !netted.is_empty())),
        ("client", Mark::decided(legs.iter().any(|&leg| client(leg, ClientRole::DeviceCodeAbused)))),
        (
            "drs",
            Mark::decided(
                legs.iter().any(|&id| registers(id)) || descendants.iter().any(|&id| soon(id) && registers(id)),
            ),
        ),
        ("burst", Mark::decided(legs.first().is_some_and(|leg| bursts.contains(leg)))),
    ])
}

fn grade(context: &DetectContext, graded: &Graded<'_>, marks: &Marks) -> Grade {
    let (store, places, known) = (context.store, context.places(), context.known());
    let Graded { user, flow, time, descendants, sides, .. } = graded;
    let rows = flow.legs.iter().chain(descendants).map(|&id| places.place(id));
    let outside = known.outside(*user, rows.clone(), *time);
    let has = |name| marks.has(name);
    let after = if has("burst") { "a burst followed" } else { "its tokens asked for device registration" };
    let spent = has("drs") || has("burst");
    // The first exchange at home, the others elsewhere, with the same software: `away` asks for another.
    let is_new = |place: &&Place| known.standing(*user, place, *time) == Standing::New;
    let legs = places.distinct(sides.iter().copied());
    let went_to = |is_elsewhere: fn(Compared) -> bool| {
        !legs.iter().any(is_new)
            && places
                .distinct(descendants.iter().copied())
                .iter()
                .filter(|place| is_new(place))
                .any(|place| legs.iter().all(|leg| is_elsewhere(place.compared(leg))))
    };
    let beside = marks.count(&["split", "first", "tool", "many"]);
    let moved = beside > 0 && went_to(|compared| compared == Compared::Different);
    // Without AS numbers two prefixes may be of one provider, and an IPv4 address of the machine that has the IPv6 one: it
    // takes a second mark, or a first code of a client that phishing favours.
    let moved_on = (beside > 1 || (has("first") && has("client")))
        && went_to(|compared| matches!(compared, Compared::Different | Compared::Weak | Compared::OtherVersion));
    let (mut severity, mut reason) = if spent && outside == Outside::Yes {
        (Severity::High, format!("{after}, from a network that the user is not known to use"))
    } else if has("net") && has("tool") {
        (Severity::High, "a network that is new to the user, and a tool".to_owned())
    } else if has("client") && has("tool") {
        (Severity::High, "a client that device-code phishing favours, and a tool".to_owned())
    } else if has("away") && has("net") {
        (Severity::High, "a network that is new to the user, and tokens used in yet another".to_owned())
    } else if spent && outside == Outside::Near {
        (Severity::Medium, format!("{after}, from another part of a network or a block that the user is known to use"))
    } else if has("net") && marks.count(&["split", "away", "many", "first"]) > 0 {
        (Severity::Medium, format!("a network that is new to the user, and {}", marks.words()))
    } else if moved {
        (Severity::Medium, format!("its tokens went on to a network that is new to the user; marks: {}", marks.words()))
    } else if moved_on {
        let there =
            "its tokens went on to a place that is new to the user, and AS numbers do not tell it from the code's";
        (Severity::Medium, format!("{there}; marks: {}", marks.words()))
    } else if marks.count(&["split", "first", "tool", "away", "many"]) >= 3 {
        (Severity::Medium, format!("three marks: {}", marks.words()))
    } else {
        (Severity::Low, format!("too little points to a phish; marks: {}", marks.words()))
    };
    let expected = |&leg: &EventId| {
        let client = store.normalized_field(store.event(leg), Field::AppId);
        context.facts.client_has(store.text(client), ClientRole::DeviceCodeExpected)
    };
    if flow.legs.iter().all(expected) && severity > Severity::Low {
        severity = if severity == Severity::High { Severity::Medium } else { Severity::Low };
        reason += "; one lower, as this client is expected with device codes";
    }
    let open = rows.clone().any(|place: &Place| {
        place.telling_net().is_some() && known.standing(*user, place, *time) == Standing::Undecided
    });
    let most = certainty::most(store, flow.legs.iter().copied(), open);
    Grade { severity, reason, most }
}

fn hit(context: &DetectContext, graded: &Graded<'_>, marks: &Marks) -> Hit {
    let store = context.store;
    let Graded { kind, user, flow, time, descendants, .. } = graded;
    let first = flow.legs.first().copied();
    let sessions = flow.legs.iter().map(|&leg| store.normalized_field(store.event(leg), Field::SessionId));
    let mut events: Vec<EventId> = flow.legs.iter().chain(descendants).copied().collect();
    events.sort_unstable();
    let session = sessions.into_iter().find(|session| !session.is_none()).unwrap_or_default();
    let mut builder = HitBuilder::for_sign_ins(context, ANALYTIC.id, (*user, session), first, events.clone());
    builder.legs.clone_from(&flow.legs);
    builder.code_time = Some(*time);
    builder.grade = Some(grade(context, graded, marks));
    if !context.bare {
        builder.graph = graph_ties::tied_firmly(context, &events);
        builder.columns = vec![
            ("Flow", Cell::Text(kind.word().to_owned())),
            ("Marks", marks.cell()),
            ("Descendants", Cell::count(descendants.len())),
        ];
        builder.reasons = reasons(context, graded, marks);
    }
    builder.finish(context)
}

/// Sign-ins in the flow's sessions that Conditional Access refused in the day after it, the first thousand.
fn refused_of(context: &DetectContext, graded: &Graded<'_>) -> Vec<EventId> {
    let store = context.store;
    let rows = graded.flow.sessions.iter().flat_map(|&session| {
        within(store, store.with(Key::Session, session), graded.time.minus(CLOCK_SKEW), graded.time.plus(LIFE))
    });
    let of_user = |id: &EventId| store.event(*id).user == graded.user && is_refused_by_policy(store, *id);
    rows.copied().take(LOOKED_AT).filter(of_user).collect()
}

fn reasons(context: &DetectContext, graded: &Graded<'_>, marks: &Marks) -> Vec<String> {
    let places = context.places();
    let Graded { kind, flow, time, descendants, .. } = graded;
    let nets = |ids: &[EventId]| {
        let nets: BTreeSet<String> = ids.iter().filter_map(|&id| places.net(id)).map(|net| net.to_string()).collect();
        if nets.is_empty() { "no network".to_owned() } else { nets.into_iter().collect::<Vec<_>>().join(", ") }
    };
    let what = match kind {
        FlowKind::DeviceCode => "device code",
        FlowKind::Transfer => "authentication transfer",
    };
    let mut reasons =
        vec![format!("{what} at {} with {} from {}", time.second(), counted(flow.legs.len(), "leg"), nets(&flow.legs))];
    if !descendants.is_empty() {
        let is_recorded = !descendants.iter().any(|&id| context.store.event(id).flags.has(Flags::GIVEN));
        let with = if is_recorded { "with its tokens" } else { "that may be with its tokens" };
        reasons.push(format!("{} {with} from {}", counted(descendants.len(), "sign-in"), nets(descendants)));
    }
    let refused = refused_of(context, graded);
    if !refused.is_empty() {
        let from = nets(&refused);
        reasons.push(format!("Conditional Access refused {} of its tokens from {from}", counted(refused.len(), "use")));
    }
    reasons.push(format!("marks: {}", marks.words()));
    let open = marks.names(Mark::Unknown);
    if !open.is_empty() {
        reasons.push(format!("not decided: {}", open.join(", ")));
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::testing::{AWAY, Bundle, DESK, LIBRARY, MAC, after, graded};
    use crate::model::Table;

    /// Second after the code, and fields.
    type Row<'r> = (i64, &'r [&'r [(Field, &'r str)]]);

    #[test]
    fn where_no_transfer_is_recorded_the_first_row_that_the_code_gave_tokens_to_shows_the_other_side() {
        let found = |rows: &[Row<'_>]| {
            let mut bundle = Bundle::at_desk(8);
            let of_code = [(Field::SessionId, "s"), (Field::AppId, "d3590ed6-52b3-4102-aeff-aad2292ab01c")];
            let typed = [(Field::AuthenticationProtocol, "deviceCode")];
            bundle.row(Table::SignIn, &after(Span::seconds(0)), &[DESK, &of_code, &typed]);
            bundle.flag(Flags::TYPED_BY_ENDPOINT);
            for (second, fields) in rows {
                let fields: Vec<&[(Field, &str)]> = [&of_code[..]].into_iter().chain(fields.iter().copied()).collect();
                bundle.row(Table::NonInteractive, &after(Span::seconds(*second)), &fields);
            }
            let hits = bundle.hits(ANALYTIC.id);
            let [hit] = &hits[..] else { panic!("{} hits", hits.len()) };
            (graded(hit), hit.legs.len(), hit.evidence.len())
        };
        let other = (Field::AppId, "other");
        assert_eq!(found(&[(9, &[AWAY, &[LIBRARY]])]), (Severity::High, 1, 2), "a new network, and a tool");
        assert_eq!(found(&[(9, &[AWAY, &[MAC]])]), (Severity::Medium, 1, 2), "a new network, and another system");
        assert_eq!(found(&[(9, &[DESK])]), (Severity::Low, 1, 2), "the desk");
        assert_eq!(found(&[(5, &[DESK]), (9, &[AWAY, &[MAC, other]])]).1, 1);
        assert_eq!(found(&[]), (Severity::Low, 1, 1));
    }
}
