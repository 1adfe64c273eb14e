//! One bundle: a tenant's month, with thefts and look-alikes among its days.

use crate::event::{Log, OK};
use crate::export::{self, File, Table};
use crate::habits;
use crate::look_alikes::{LOOK_ALIKES, farm, places};
use crate::rng::Rng;
use crate::story::Story;
use crate::thefts::THEFTS;
use crate::world::World;
use crate::world::nets::shuffle;
use crate::world::person::{Job, Person};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Bundles over which every kind is dealt out once.
const ROUND: u64 = 4;

/// The table that most of what thieves do stands in.
const SILENT: &str = "AADNonInteractiveUserSignInLogs";

/// Scenario of one person.
pub(crate) struct Scenario {
    pub(crate) kind: &'static str,
    pub(crate) theft: bool,
    pub(crate) user: String,
    /// The ids of its rows.
    pub(crate) rows: BTreeSet<String>,
    /// The export that would decide it, where this one cannot.
    pub(crate) undecided: Option<&'static str>,
}

/// A bundle with its truth.
pub(crate) struct Bundle {
    pub(crate) seed: u64,
    pub(crate) world: World,
    pub(crate) files: Vec<File>,
    pub(crate) scenarios: Vec<Scenario>,
}

/// A kind dealt to a person.
struct Part {
    theft: bool,
    kind: usize,
    who: usize,
    day: i64,
}

/// The bundle of a seed; as Defender exports it, or as the seed says.
pub(crate) fn make(seed: u64, as_defender: bool) -> Bundle {
    let mut world = World::new(seed);
    if as_defender {
        world.export = world.export.as_defender();
    }
    let mut rng = Rng::seeded(&format!("cast {seed}"));
    let parts = cast(&world, &mut rng);
    plan(&mut world, &parts, &mut rng);
    let mut log = Log::default();
    habits::write(&world, &mut log);
    let mut undecided = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let mut story = Story {
            world: &world,
            log: &mut log,
            rng: Rng::seeded(&format!("story {seed} {number}")),
            person: &world.people[part.who],
            day: part.day,
            number,
            undecided: None,
            needs_history: part.theft,
        };
        let write = if part.theft { THEFTS[part.kind].write } else { LOOK_ALIKES[part.kind].write };
        write(&mut story);
        let Story { undecided: because, needs_history, .. } = story;
        let because = because.or_else(|| (part.theft && !world.export.has(Table::NonInteractive)).then_some(SILENT));
        undecided.push(because.or_else(|| {
            (needs_history && !has_history(&world, &log, number)).then_some("sign-in logs of the weeks before")
        }));
    }
    let end = world.start.plus(crate::world::days(world.export.days));
    log.sign_ins.retain(|row| row.at < end);
    log.calls.retain(|row| row.at < end);
    let scenarios = parts
        .iter()
        .enumerate()
        .map(|(number, part)| Scenario {
            kind: if part.theft { THEFTS[part.kind].name } else { LOOK_ALIKES[part.kind].name },
            theft: part.theft,
            user: world.people[part.who].upn.clone(),
            rows: rows(&world, &log, number),
            undecided: undecided[number],
        })
        .collect();
    let files = export::files(&world, &mut log);
    Bundle { seed, world, files, scenarios }
}

/// The kinds of this seed, each with somebody it suits and a day.
fn cast(world: &World, rng: &mut Rng) -> Vec<Part> {
    let mut free: Vec<usize> = (0..world.people.len()).collect();
    shuffle(&mut free, rng);
    let mut parts = Vec::new();
    for (theft, kinds) in [(false, LOOK_ALIKES.len()), (true, THEFTS.len())] {
        for kind in hand(world.seed, theft, kinds) {
            let suits = if theft { THEFTS[kind].suits } else { LOOK_ALIKES[kind].suits };
            let Some(at) = free.iter().position(|who| suits(&world.people[*who])) else { continue };
            let who = free.remove(at);
            parts.push(Part { theft, kind, who, day: day(world, rng) });
        }
    }
    parts
}

/// The kinds that fall to a seed: every kind once in a round of seeds.
fn hand(seed: u64, theft: bool, kinds: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..kinds).collect();
    shuffle(&mut order, &mut Rng::seeded(&format!("round {} {theft}", seed / ROUND)));
    let turn = usize::try_from(seed % ROUND).expect("small");
    order.into_iter().skip(turn).step_by(usize::try_from(ROUND).expect("small")).collect()
}

/// A working day: mostly one with a history behind it.
fn day(world: &World, rng: &mut Rng) -> i64 {
    let days = world.export.days;
    let (first, last) = if rng.percent(8) { (1, 8) } else { (11.min(days - 3), days - 2) };
    let mut day = rng.between(first, last);
    while world.weekday(day) > 4 {
        day -= 1;
    }
    day.max(0)
}

/// Changes of habit, before days are written.
fn plan(world: &mut World, parts: &[Part], rng: &mut Rng) {
    let farm = farm::exit(world);
    let cast: BTreeSet<usize> = parts.iter().map(|part| part.who).collect();
    let look_alikes: BTreeSet<usize> = parts.iter().filter(|part| !part.theft).map(|part| part.who).collect();
    // Some colleagues work on the farm, whether or not anybody new does: three at least.
    let mut colleagues: Vec<usize> =
        world.people.iter().filter(|one| one.job == Job::Clerk).map(|one| one.number).collect();
    colleagues.retain(|who| !look_alikes.contains(who));
    colleagues.sort_by_key(|who| cast.contains(who));
    for who in colleagues.into_iter().take(rng.index(3) + 3) {
        world.people[who].farm = Some(farm.clone());
    }
    // A month in which nobody else ever works from a train or a hotel would be a strange one.
    let elsewhere: Vec<Person> =
        world.people.iter().filter(|one| one.job != Job::Room && !cast.contains(&one.number)).cloned().collect();
    for mut person in elsewhere {
        match rng.below(10) {
            0 => places::away(world, &mut person, day(world, rng), rng),
            1 | 2 => places::on_the_move(world, &mut person, day(world, rng), rng),
            _ => {}
        }
        let number = person.number;
        world.people[number] = person;
    }
    for (number, part) in parts.iter().enumerate() {
        if !part.theft {
            let mut person: Person = world.people[part.who].clone();
            (LOOK_ALIKES[part.kind].plan)(world, &mut person, part.day, number, rng);
            world.people[part.who] = person;
        }
    }
}

/// Returns whether the rows show a week of the person's days before the story.
fn has_history(world: &World, log: &Log, number: usize) -> bool {
    let Some(first) =
        log.sign_ins.iter().filter(|row| row.tag == Some(number)).map(|row| (row.at, row.origin.who)).min()
    else {
        return true;
    };
    let (start, who) = first;
    let networks = world.export.networks;
    let dates: BTreeSet<String> = log
        .sign_ins
        .iter()
        .filter(|row| row.origin.who == who && row.result == OK && row.at < start && row.at.day() != start.day())
        // Without AS numbers, an IPv6 address says nothing about an IPv4 one.
        .filter(|row| networks || row.origin.spot.address.contains('.'))
        .map(|row| row.at.day())
        .collect();
    dates.len() >= 7
}

fn rows(world: &World, log: &Log, number: usize) -> BTreeSet<String> {
    let export = world.export;
    let silent = export.has(Table::NonInteractive);
    let sign_ins = log.sign_ins.iter().filter(|row| row.tag == Some(number) && (row.interactive || silent));
    let sign_ins = sign_ins.map(|row| row.id.to_string());
    let shown = |legacy: bool| export.has(if legacy { Table::Legacy } else { Table::Graph });
    let calls =
        log.calls.iter().filter(|row| row.tag == Some(number) && shown(row.legacy)).map(|row| row.id.to_string());
    sign_ins.chain(calls).collect()
}

impl Bundle {
    /// Account of the scenarios, for reading beside the files.
    pub(crate) fn truth(&self) -> Value {
        let scenarios: Vec<Value> = self
            .scenarios
            .iter()
            .map(|scenario| {
                json!({
                    "kind": scenario.kind,
                    "theft": scenario.theft,
                    "user": scenario.user,
                    "decidable": scenario.undecided.is_none(),
                    "export_that_would_decide": scenario.undecided,
                    "rows": scenario.rows,
                })
            })
            .collect();
        json!({
            "seed": self.seed,
            "export": self.world.export.to_string(),
            "scenarios": scenarios,
        })
    }
}
