//! An incident beside its user's usual days: the values of its rows and of the user's rows before it, counted.

use crate::analytics::distance::Location;
use crate::analytics::known::Standing;
use crate::analytics::places::Net;
use crate::analytics::{DetectContext, Hit};
use crate::model::{EventId, Field, Span, Sym, work};
use crate::store::Key;
use foldhash::fast::RandomState;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;

/// Days with rows before the incident that tell what is usual; with fewer nothing is called new.
const DAYS: usize = 7;
/// Values kept of each kind.
const KEPT: usize = 200;

/// An incident beside the usual days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Rows of the incident.
    pub rows: usize,
    /// Rows of its user before it that belong to no hit.
    pub usual: usize,
    /// Days with such rows.
    pub days: usize,
    /// Values by kind, in the order of the screen.
    pub parts: Vec<Part>,
}

/// Values of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name: `address`.
    pub name: &'static str,
    /// Values: new ones first, then others of the incident, then the user's, each the most frequent first.
    pub values: Vec<Compared>,
    /// Values that are left out.
    pub more: usize,
}

/// A value on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The value, as logged.
    pub text: String,
    /// Rows of the incident with it.
    pub rows: usize,
    /// Usual rows with it.
    pub usual: usize,
    /// Whether it is new to the user. Undecided where too few days tell; never called new.
    pub standing: Standing,
}

/// Counts by value: of the incident and of the usual rows, and the incident's first row with it.
type Counts<K> = HashMap<K, ([usize; 2], Option<EventId>), RandomState>;

/// Compares some hits of one user with the user's rows before them. Reads every row of the user: not for the thread that
/// draws. `hits` are all of the bundle, so that no hit passes for a usual day.
pub fn compare(context: &DetectContext, hits: &[Hit], of: &[usize]) -> Comparison {
    let Some(leading) = of.first().and_then(|at| hits.get(*at)) else { return Comparison::default() };
    let incident: BTreeSet<EventId> = of.iter().filter_map(|at| hits.get(*at)).flat_map(rows).collect();
    let of_hits = hits.iter().filter(|hit| hit.user == leading.user).flat_map(rows).collect();
    of_rows(context, leading.user, &incident, &of_hits)
}

fn of_rows(
    context: &DetectContext,
    user: Sym,
    incident: &BTreeSet<EventId>,
    of_hits: &HashSet<EventId, RandomState>,
) -> Comparison {
    let store = context.store;
    let Some(first) = incident.first().map(|id| store.event(*id).time()) else { return Comparison::default() };
    let all = store.with(Key::User, user);
    work::look(all.len());
    let before = &all[..all.partition_point(|id| store.event(*id).time() < first)];
    let usual = || before.iter().copied().filter(|id| !of_hits.contains(id));
    let sides = || incident.iter().map(|id| (0, *id)).chain(usual().map(|id| (1, id)));
    let days: BTreeSet<i64> = usual().map(|id| store.event(id).time().day_number()).collect();
    let enough = days.len() >= DAYS;

    let mut addresses: Counts<Sym> = HashMap::default();
    let mut networks: Counts<Net> = HashMap::default();
    let mut countries: Counts<String> = HashMap::default();
    let mut clients: Counts<Sym> = HashMap::default();
    let mut agents: Counts<String> = HashMap::default();
    let mut devices: Counts<Sym> = HashMap::default();
    let mut hours: Counts<i64> = HashMap::default();
    let mut country_of: HashMap<(Sym, Sym), String, RandomState> = HashMap::default();
    let mut agent_of: HashMap<u32, String, RandomState> = HashMap::default();
    for (side, id) in sides() {
        let event = store.event(id);
        let some = |sym: Sym| (!sym.is_none()).then_some(sym);
        count(&mut addresses, some(store.value(Key::Address, id)), side, id);
        count(&mut networks, context.places().net(id), side, id);
        count(&mut clients, some(store.value(Key::Client, id)), side, id);
        let agent = context.places().profile_number(id);
        let agent = agent_of.entry(agent).or_insert_with(|| {
            let profile = context.places().profile(id);
            let name = profile.family.split_once(':').map_or(&*profile.family, |(_, name)| name);
            match (profile.is_blank(), profile.os.is_empty()) {
                (true, _) => String::new(),
                (false, true) => name.to_owned(),
                (false, false) => format!("{name} on {}", profile.os),
            }
        });
        count(&mut agents, Some(agent.clone()).filter(|agent| !agent.is_empty()), side, id);
        if event.table.issues() {
            let key = (event.get(Field::LocationDetails), event.get(Field::Location));
            let country = country_of.entry(key).or_insert_with(|| Location::new(store, id).country);
            count(&mut countries, Some(country.clone()).filter(|country| !country.is_empty()), side, id);
            // That no device is named says something, where others are.
            count(&mut devices, Some(store.value(Key::Device, id)), side, id);
        }
        if event.time().is_known() {
            let hour = event.time().ticks().rem_euclid(Span::DAY.ticks()) / Span::minutes(60).ticks();
            count(&mut hours, Some(hour), side, id);
        }
    }
    // As the timeline and the card have it.
    let by_place = |id: Option<EventId>| id.and_then(|id| context.standing(id));
    let by_network = |id: Option<EventId>| {
        let (id, places) = (id?, context.places());
        let place = places.place(id);
        place.telling_net().map(|_| context.known().standing(user, place, store.event(id).time()))
    };
    let text = |sym: Sym| store.text(sym).to_owned();
    let client = |sym: Sym| {
        let id = store.text(sym);
        context.facts.client(id).map_or_else(|| id.to_owned(), |client| client.name.clone())
    };
    let device = |sym: Sym| {
        if sym.is_none() {
            "none named".to_owned()
        } else {
            crate::store::device_id(store.text(sym)).unwrap_or_else(|| text(sym))
        }
    };
    let parts = vec![
        part("address", addresses, text, enough, by_place),
        part("network", networks, |net| net.to_string(), enough, by_network),
        part("country", countries, |country| country, enough, |_| None),
        part("client", clients, client, enough, |_| None),
        part("agent", agents, |agent| agent, enough, |_| None),
        part("device", devices, device, enough, |_| None),
        part("hour (UTC)", hours, |hour| format!("{hour:02}:00"), enough, |_| None),
    ];
    let parts = parts.into_iter().filter(|part| !part.values.is_empty()).collect();
    Comparison { rows: incident.len(), usual: usual().count(), days: days.len(), parts }
}

fn count<K: Hash + Eq>(counts: &mut Counts<K>, value: Option<K>, side: usize, id: EventId) {
    let Some(value) = value else { return };
    let (counts, first) = counts.entry(value).or_default();
    counts[side] += 1;
    if side == 0 && first.is_none() {
        *first = Some(id);
    }
}

fn part<K>(
    name: &'static str,
    counts: Counts<K>,
    words: impl Fn(K) -> String,
    enough: bool,
    standing: impl Fn(Option<EventId>) -> Option<Standing>,
) -> Part {
    let compared = |(value, ([rows, usual], first)): (K, ([usize; 2], _))| {
        let by_count = match (rows, usual, enough) {
            (0, ..) | (_, 1.., _) => Standing::Known,
            (_, 0, true) => Standing::New,
            (_, 0, false) => Standing::Undecided,
        };
        // One row before does not make an address known.
        let standing = if rows > 0 { standing(first).unwrap_or(by_count) } else { by_count };
        Compared { text: words(value), rows, usual, standing }
    };
    let mut values: Vec<Compared> = counts.into_iter().map(compared).collect();
    let rank = |standing| match standing {
        Standing::New => 0,
        Standing::Undecided => 1,
        Standing::Known => 2,
    };
    values.sort_by(|a, b| {
        let key = |one: &Compared| (rank(one.standing), Reverse(one.rows), Reverse(one.usual));
        key(a).cmp(&key(b)).then_with(|| a.text.cmp(&b.text))
    });
    let more = values.len().saturating_sub(KEPT);
    values.truncate(KEPT);
    Part { name, values, more }
}

/// The rows of a hit, some of them twice.
fn rows(hit: &Hit) -> impl Iterator<Item = EventId> + '_ {
    let calls = hit.graph.iter().map(|call| call.event).chain(hit.acts.iter().map(|act| act.event));
    hit.evidence.iter().chain(&hit.legs).copied().chain(calls)
}

impl Comparison {
    /// `7 rows of the incident, 94 rows of 20 days before it`.
    pub fn words(&self) -> String {
        let days = if self.days == 1 { "day" } else { "days" };
        let few = if self.days < DAYS { ": too few to call anything new" } else { "" };
        format!("{} rows of the incident, {} rows of {} {days} before it{few}", self.rows, self.usual, self.days)
    }
}

/// `new`, and so on.
pub fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::New => "new",
        Standing::Undecided => "not seen before",
        Standing::Known => "",
    }
}

impl Compared {
    /// The value in a sentence of the lines: `198.51.100.23: 6 here, 0 before, new`.
    pub fn words(&self) -> String {
        let word = standing_word(self.standing);
        let word = if word.is_empty() { String::new() } else { format!(", {word}") };
        format!("{}: {} here, {} before{word}", self.text, self.rows, self.usual)
    }
}

/// Share of a bar of so many columns; one row is never rounded away.
pub fn bar(rows: usize, most: usize, columns: usize) -> usize {
    if rows == 0 { 0 } else { (rows * columns / most.max(1)).clamp(1, columns.max(1)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::Settings;
    use crate::facts::Facts;
    use crate::model::Table;
    use crate::store::Store;
    use crate::store::testing::Rows;
    use std::sync::Arc;

    const OFFICE: &str = "d3590ed6-52b3-4102-aeff-aad2292ab01c";
    const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

    /// So many usual days with two rows at eight, then a row of the other side at fourteen.
    fn store(days: usize) -> Store {
        let mut rows = Rows::default();
        let user = [(Field::UserId, "u1"), (Field::UserPrincipalName, "ana@contoso.com"), (Field::ResultType, "0")];
        for day in 1..=days {
            for minute in [0, 5] {
                let usual = [(Field::IpAddress, "203.0.113.20"), (Field::AppId, OFFICE), (Field::Location, "GB")];
                let fields: Vec<_> = user.into_iter().chain(usual).collect();
                rows.row(Table::SignIn, &format!("2026-05-{day:02}T08:{minute:02}:00Z"), &fields);
            }
        }
        let other = [(Field::IpAddress, "198.51.100.23"), (Field::AppId, CLI), (Field::Location, "NL")];
        let fields: Vec<_> = user.into_iter().chain(other).collect();
        rows.row(Table::SignIn, "2026-05-20T14:00:00Z", &fields);
        rows.build()
    }

    fn compared(days: usize) -> Comparison {
        let store = store(days);
        let last = store.events().last().unwrap().0;
        let (facts, settings) = (Facts::embedded(), Settings::default());
        let context = DetectContext::over(&store, facts, &settings, Arc::default());
        of_rows(&context, store.event(last).user, &[last].into(), &[last].into_iter().collect())
    }

    #[test]
    fn new_values_come_first_and_are_counted_on_both_sides() {
        let comparison = compared(10);
        assert_eq!((comparison.rows, comparison.usual, comparison.days), (1, 20, 10));
        let first = |name: &str| {
            let part = comparison.parts.iter().find(|part| part.name == name).unwrap();
            part.values.iter().map(Compared::words).collect::<Vec<_>>()
        };
        assert_eq!(first("address"), ["198.51.100.23: 1 here, 0 before, new", "203.0.113.20: 0 here, 20 before"]);
        assert_eq!(first("country"), ["NL: 1 here, 0 before, new", "GB: 0 here, 20 before"]);
        assert_eq!(first("client")[0], "Microsoft Azure CLI: 1 here, 0 before, new");
        assert_eq!(first("device"), ["none named: 1 here, 20 before"]);
        assert_eq!(first("hour (UTC)"), ["14:00: 1 here, 0 before, new", "08:00: 0 here, 20 before"]);
    }

    #[test]
    fn with_few_days_nothing_is_called_new() {
        let comparison = compared(3);
        let all = comparison.parts.iter().flat_map(|part| &part.values);
        assert!(all.clone().all(|value| value.standing != Standing::New), "{comparison:?}");
        assert!(all.clone().any(|value| value.standing == Standing::Undecided));
        assert!(comparison.words().contains("too few"), "{}", comparison.words());
    }

    #[test]
    fn a_bar_shows_a_single_row_and_never_outgrows_its_room() {
        assert_eq!([bar(0, 9, 10), bar(1, 1000, 10), bar(9, 9, 10), bar(5, 10, 10)], [0, 1, 10, 5]);
    }
}
