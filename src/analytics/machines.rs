//! Machines of a session: sign-ins whose system, device or token binding is not that of the sign-ins before.
//!
//! A session belongs to one browser or one program on one machine, so another system or device in it is another
//! machine, whatever its address: an intruder may sit behind the user's own exit, or come days later.

use super::binding::{Binding, Protection};
use super::flow::presents_token;
use super::known::Standing;
use super::parties::MOVED;
use super::places::{Net, Profile, Tool, system_name};
use super::sessions::Session;
use super::software::{Software, SoftwareSeen};
use super::{Mark, Marks, Origins};
use crate::model::{EventId, Field, Flags, Severity, Span, Sym, Table};
use foldhash::fast::RandomState;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

/// Longest time after a sign-in in which another program on the same address belongs to it: a login in a browser hands
/// its code to a command line.
const LOGIN: Span = Span::minutes(10);
/// Rows of a session with a registered device from which on a row without one is strange.
const WITH_DEVICE: usize = 3;
/// Bound rows of a session after which an unbound one in a network that is new by its AS number is graded high.
const BOUND: usize = 3;
/// Points from which on the grade is high, where an AS number tells that the network is new, or an attacker's tool names
/// itself.
const HIGH: u32 = 4;
/// Points from which on the grade is medium; one less where the network is new.
const MEDIUM: u32 = 3;
/// The marks, each with its points.
const POINTS: [(&str, u32); 6] =
    [("system", 2), ("device", 2), ("bare", 1), ("binding", 2), ("software", 1), ("tool", 2)];

/// Rows of a session that are of another machine.
#[derive(Clone, Debug)]
pub struct Machines {
    /// The rows, in time order.
    pub rows: Vec<EventId>,
    /// The differences.
    pub marks: Marks,
    /// Severity by the points of the marks.
    pub severity: Severity,
    /// Points of the marks.
    pub points: u32,
    /// Whether a row from a network that is new by its AS number is unbound, where enough rows before it were bound.
    pub is_binding_lost: bool,
    /// Systems of the user's machine, and of the other.
    systems: [Vec<String>; 2],
}

impl Machines {
    /// The differences in words: `Linux instead of Windows, no registered device, unbound, software new here`.
    pub fn difference(&self) -> String {
        let [before, here] = self.systems.each_ref().map(|systems| {
            let names: Vec<&str> = systems.iter().map(|os| system_name(os)).collect();
            names.join(" and ")
        });
        let system = format!("{here} instead of {before}");
        let words = [
            ("system", system.as_str()),
            ("device", "another registered device"),
            ("bare", "no registered device"),
            ("binding", "unbound"),
            ("software", "software new here"),
            ("tool", "a tool's user agent"),
        ];
        let holds: Vec<&str> = words.iter().filter(|(mark, _)| self.marks.has(mark)).map(|(_, words)| *words).collect();
        holds.join(", ")
    }
}

/// Token bindings by their text.
pub type Bindings = HashMap<Sym, Option<Binding>, RandomState>;

/// The machine of the rows so far.
#[derive(Default)]
struct Owner<'a> {
    systems: BTreeSet<&'a str>,
    devices: BTreeSet<Sym>,
    with_device: usize,
    without_device: usize,
    bound: usize,
    unbound: usize,
    families: BTreeSet<&'a str>,
    /// The last sign-in from an address.
    addresses: HashMap<IpAddr, EventId, RandomState>,
}

/// Differences of a row from the machine of the rows before.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each mark")]
struct Differs {
    system: bool,
    device: bool,
    bare: bool,
    binding: bool,
    software: bool,
    tool: bool,
}

impl Differs {
    fn is_another_machine(self) -> bool {
        self.system || self.device || self.binding || (self.bare && (self.software || self.tool))
    }

    fn or(self, other: Self) -> Self {
        Self {
            system: self.system || other.system,
            device: self.device || other.device,
            bare: self.bare || other.bare,
            binding: self.binding || other.binding,
            software: self.software || other.software,
            tool: self.tool || other.tool,
        }
    }
}

/// The rows of a session that are of another machine; `None` where there are none. `is_own` tells whether a row's device
/// is one that the user had before.
pub(super) fn other_machines(
    origins: Origins<'_>,
    software: &Software,
    session: &Session<'_>,
    bindings: &mut Bindings,
    is_own: impl Fn(EventId) -> bool,
) -> Option<Machines> {
    let Origins { store, places, .. } = origins;
    let mut binding = |id: EventId| {
        let protection = store.event(id).get(Field::TokenProtection);
        *bindings.entry(protection).or_insert_with(|| Protection::read(store.text(protection)).binding)
    };
    // Most sessions have one machine throughout.
    let first = places.profile(session.first());
    let is_first = |id: EventId| {
        let profile = places.profile(id);
        profile.device == first.device && profile.os == first.os
    };
    let mut bound = false;
    if session.events().all(|id| {
        let binding = binding(id);
        let lost = bound && binding == Some(Binding::Unbound);
        bound |= binding == Some(Binding::Bound);
        is_first(id) && !lost
    }) {
        return None;
    }
    let mut sides = Sides::new(origins, software, session, &[], &mut binding);
    // The thief's rows may be the first that the bundle has of a session. They name no device, and the user's do.
    if sides.owner.with_device == 0 && !sides.rows.is_empty() && sides.rows.iter().all(|id| is_own(*id)) {
        sides = Sides::new(origins, software, session, &sides.rows, &mut binding);
    }
    (!sides.rows.is_empty()).then(|| judged(sides))
}

/// A session's machine, and the rows of another.
struct Sides<'a> {
    owner: Owner<'a>,
    rows: Vec<EventId>,
    /// Systems of the rows.
    systems: BTreeSet<&'a str>,
    /// The differences of any of the rows.
    all: Differs,
    /// Whether the network of one is new to the user.
    is_new: bool,
    /// Whether it is new by its AS number.
    is_new_by_number: bool,
    /// Whether a row from such a network is unbound, where enough rows before it were bound.
    is_binding_lost: bool,
}

impl<'a> Sides<'a> {
    /// Takes a session's rows apart: the machine is that of its `own` rows, else of its first.
    fn new(
        origins: Origins<'a>,
        software: &Software,
        session: &Session<'_>,
        own: &[EventId],
        binding: &mut dyn FnMut(EventId) -> Option<Binding>,
    ) -> Self {
        let Origins { store, places, known, .. } = origins;
        let mut sides = Self {
            owner: Owner::default(),
            rows: Vec::new(),
            systems: BTreeSet::new(),
            all: Differs::default(),
            is_new: false,
            is_new_by_number: false,
            is_binding_lost: false,
        };
        for &id in own {
            let (binding, address) = (binding(id), places.place(id).address);
            sides.owner.join(places.profile(id), binding, address, id);
        }
        let mut joined: Option<((u32, u32, Sym), usize)> = None;
        for id in session.events().filter(|id| own.binary_search(id).is_err()) {
            let Self { owner, .. } = &mut sides;
            let (event, place, profile) = (store.event(id), places.place(id), places.profile(id));
            let protection = event.get(Field::TokenProtection);
            let key = (places.number(id), places.profile_number(id), protection);
            // Most rows are like the one before.
            if let Some((_, bound)) = joined.filter(|(joined, _)| *joined == key) {
                owner.with_device += usize::from(!profile.device.is_none());
                owner.bound += bound;
                continue;
            }
            if place.is_neutral {
                continue;
            }
            let binding = binding(id);
            let mut differs = owner.compared(profile, binding);
            if differs.is_another_machine() || differs.bare {
                let seen = software.seen(origins, session.user, id, event.time());
                differs.software = seen == SoftwareSeen::Nowhere && !owner.families.contains(&*profile.family);
                differs.tool =
                    profile.tool == Tool::Kit || (profile.tool == Tool::Library && seen != SoftwareSeen::Here);
            }
            let login = place.address.and_then(|address| owner.addresses.get(&address));
            let redeems = event.table == Table::NonInteractive && event.flags.has(Flags::INCOMING_NONE);
            let is_soon = |login: EventId| {
                let (login, at) = (store.event(login).time(), event.time());
                login <= at && at.since(login) <= LOGIN
            };
            let is_login = redeems && login.is_some_and(|&login| is_soon(login));
            // What a code or a transfer gave its tokens is another machine by nature; what uses them later is none.
            let is_given = event.flags.any(MOVED) && (!presents_token(event) || login.is_some());
            if differs.is_another_machine() && !is_login && !is_given {
                sides.rows.push(id);
                if differs.system {
                    sides.systems.insert(&profile.os);
                }
                sides.all = sides.all.or(differs);
                let is_new = known.standing(session.user, place, event.time()) == Standing::New;
                sides.is_new |= is_new;
                let is_new_by_number = is_new && matches!(place.net, Some(Net::Asn(_)));
                sides.is_new_by_number |= is_new_by_number;
                sides.is_binding_lost |= is_new_by_number && differs.binding && sides.owner.bound >= BOUND;
            } else {
                owner.join(profile, binding, place.address, id);
                joined = Some((key, usize::from(binding == Some(Binding::Bound))));
            }
        }
        sides
    }
}

fn judged(Sides { owner, rows, systems, all, is_new, is_new_by_number, is_binding_lost }: Sides<'_>) -> Machines {
    let has_devices = owner.with_device > 0;
    let marks = Marks::new([
        ("system", Mark::seen(all.system, !owner.systems.is_empty())),
        ("device", Mark::seen(all.device, has_devices)),
        ("bare", Mark::seen(all.bare, has_devices)),
        ("binding", Mark::seen(all.binding, owner.bound + owner.unbound > 0)),
        ("software", Mark::decided(all.software)),
        ("tool", Mark::decided(all.tool)),
        ("net", Mark::decided(is_new)),
    ]);
    let points = POINTS.iter().filter(|(mark, _)| marks.has(mark)).map(|(_, points)| points).sum();
    // A session whose tokens were all bound has no unbound one of its own elsewhere.
    let severity = if is_binding_lost || (points >= HIGH && (is_new_by_number || all.tool)) {
        Severity::High
    } else if points + u32::from(is_new) >= MEDIUM {
        Severity::Medium
    } else {
        Severity::Low
    };
    let systems = [owner.systems, systems].map(|systems| systems.into_iter().map(str::to_owned).collect());
    Machines { rows, marks, severity, points, is_binding_lost, systems }
}

impl<'a> Owner<'a> {
    fn compared(&self, profile: &Profile, binding: Option<Binding>) -> Differs {
        let has_device = !profile.device.is_none();
        Differs {
            system: !profile.os.is_empty() && !self.systems.is_empty() && !self.systems.contains(&*profile.os),
            device: has_device && !self.devices.is_empty() && !self.devices.contains(&profile.device),
            bare: !has_device && self.with_device >= WITH_DEVICE && self.without_device == 0,
            binding: binding == Some(Binding::Unbound) && self.bound > 0 && self.unbound == 0,
            ..Differs::default()
        }
    }

    fn join(&mut self, profile: &'a Profile, binding: Option<Binding>, address: Option<IpAddr>, id: EventId) {
        if !profile.os.is_empty() {
            self.systems.insert(&profile.os);
        }
        if profile.device.is_none() {
            self.without_device += 1;
        } else {
            self.devices.insert(profile.device);
            self.with_device += 1;
        }
        self.bound += usize::from(binding == Some(Binding::Bound));
        self.unbound += usize::from(binding == Some(Binding::Unbound));
        self.families.insert(&profile.family);
        if let Some(address) = address {
            self.addresses.insert(address, id);
        }
    }
}
