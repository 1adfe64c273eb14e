//! Machines of a session: sign-ins whose system, device or token binding is not that of the sign-ins before.
//!
//! A session belongs to one browser or one program on one machine, so another system, device or program in it is another
//! machine, whatever its address: an intruder may sit behind the user's own exit, or come days later. Another program
//! that is no tool counts only in a network that is new to the user.

use super::binding::{Binding, Protection, TokenKind, token_kind};
use super::flow::presents_token;
use super::known::Standing;
use super::parties::MOVED;
use super::past::Past;
use super::places::{Net, Place, Profile, Tool, system_name};
use super::sessions::Session;
use super::software::{Software, SoftwareSeen};
use super::{Mark, Marks, Origins};
use crate::model::{EventId, Field, Flags, Severity, Span, Sym, Table, Time};
use foldhash::fast::RandomState;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;

/// Longest time after a sign-in in which another program on the same address belongs to it: a login in a browser hands
/// its code to a command line.
const LOGIN: Span = Span::minutes(10);
/// Rows of a session with a registered device from which on a row without one is strange, where ...
const WITH_DEVICE: usize = 3;
/// ... at most one has none for so many that do, and none of the same client: some clients do not ask the browser for it.
const BARE_OF: usize = 4;
/// Interactive sign-ins of a user, so many of ten with a registered device, from which on one without is strange.
const INTERACTIVE: usize = 10;
const MANAGED: usize = 9;
/// Versions by which a browser is older than the session's newest, from which on it is another: none goes back.
const OLDER_BY: u32 = 2;
/// Bound rows of a session after which an unbound one in a network that is new by its AS number is graded high.
const BOUND: usize = 3;
/// Points from which on the grade is high, where an AS number tells that the network is new, or an attacker's tool names
/// itself.
const HIGH: u32 = 4;
/// Points from which on the grade is medium; one less where the network is new.
const MEDIUM: u32 = 3;
/// The marks, each with its points.
const POINTS: [(&str, u32); 10] = [
    ("system", 2),
    ("device", 2),
    ("bare", 1),
    ("binding", 2),
    ("program", 2),
    ("older", 2),
    ("software", 1),
    ("client", 1),
    ("unnamed", 1),
    ("tool", 2),
];

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
    /// Whether they are the whole session, which has no login in the bundle.
    pub is_whole_session: bool,
    /// Systems of the user's machine, and of the other.
    systems: [Vec<String>; 2],
}

impl Machines {
    /// The differences in words: `Linux instead of Windows, no registered device, unbound, new software`.
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
            ("program", "another program"),
            ("older", "an older version of the browser"),
            ("software", "new software"),
            ("unnamed", "no software named"),
            ("client", "a client new to the user"),
            ("tool", "a tool's user agent"),
        ];
        let holds = |mark: &str| self.marks.has(mark) && !(mark == "software" && self.marks.has("unnamed"));
        let holds: Vec<&str> = words.iter().filter(|(mark, _)| holds(mark)).map(|(_, words)| *words).collect();
        holds.join(", ")
    }
}

/// Token bindings by their text.
pub type Bindings = HashMap<Sym, Option<Binding>, RandomState>;

/// Sign-ins of one kind by their binding.
#[derive(Clone, Copy, Default)]
struct Bound {
    bound: usize,
    unbound: usize,
}

/// The machine of the rows so far.
#[derive(Default)]
struct Owner<'a> {
    systems: BTreeSet<&'a str>,
    devices: BTreeSet<Sym>,
    with_device: usize,
    without_device: usize,
    /// Clients of the rows without a device.
    bare_clients: BTreeSet<Sym>,
    bindings: Vec<(TokenKind, Bound)>,
    /// Families of its programs, each with its system.
    programs: BTreeSet<(&'a str, &'a str)>,
    /// Newest version of each browser.
    browsers: BTreeMap<&'a str, u32>,
    /// Whether it has other software than browsers.
    has_native: bool,
    nets: BTreeSet<Net>,
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
    /// Is of another program than the browser, in a network that is new to the user.
    program: bool,
    /// Is of an older version of its browser, in such a network.
    older: bool,
    software: bool,
    tool: bool,
    /// Names no software, in a network that is new to the user.
    unnamed: bool,
    /// Presents a token of the session's programs.
    presents: bool,
    /// The user never used its client.
    client: bool,
}

impl Differs {
    fn is_another_machine(self) -> bool {
        let is_another = self.system || self.device || self.binding || self.program || self.older;
        let is_strange = self.software || self.tool || self.unnamed;
        // A program keeps its tokens to itself: a tool that presents them took them.
        let is_taken = self.tool && self.software && self.presents;
        // Who has no registered device can be told by the client.
        let is_unknown = self.software && self.unnamed && self.client;
        is_another || is_taken || is_unknown || (self.bare && is_strange)
    }

    fn or(self, other: Self) -> Self {
        Self {
            system: self.system || other.system,
            device: self.device || other.device,
            bare: self.bare || other.bare,
            binding: self.binding || other.binding,
            program: self.program || other.program,
            older: self.older || other.older,
            software: self.software || other.software,
            tool: self.tool || other.tool,
            unnamed: self.unnamed || other.unnamed,
            presents: self.presents || other.presents,
            client: self.client || other.client,
        }
    }
}

/// The rows of a session that are of another machine; `None` where there are none. `past` gives the user's, `is_own`
/// tells whether a row's device is one that the user had before.
pub(super) fn other_machines(
    origins: Origins<'_>,
    software: &Software,
    session: &Session<'_>,
    bindings: &mut Bindings,
    past: &dyn Fn() -> Arc<Past>,
    is_own: impl Fn(EventId) -> bool,
) -> Option<Machines> {
    let Origins { store, places, .. } = origins;
    let mut binding = |id: EventId| {
        let protection = store.event(id).get(Field::TokenProtection);
        *bindings.entry(protection).or_insert_with(|| Protection::read(store.text(protection)).binding)
    };
    // Most sessions have one machine throughout.
    let first = places.profile(session.first());
    let mut newest = first.version;
    let mut is_first = |id: EventId| {
        let profile = places.profile(id);
        let is_like = profile.device == first.device && profile.os == first.os && profile.tool == first.tool;
        if !is_like || !first.is_browser() {
            return is_like;
        }
        newest = newest.max(profile.version);
        profile.family == first.family && newest.saturating_sub(profile.version) < OLDER_BY
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
    let user = User { software, past };
    let mut sides = Sides::new(origins, &user, session, &[], &mut binding);
    // The thief's rows may be the first that the bundle has of a session. They name no device, and the user's do.
    if sides.owner.with_device == 0 && !sides.rows.is_empty() && sides.rows.iter().all(|id| is_own(*id)) {
        sides = Sides::new(origins, &user, session, &sides.rows, &mut binding);
    }
    (!sides.rows.is_empty()).then(|| judged(sides))
}

/// Software here, and the past of a session's user.
struct User<'u> {
    software: &'u Software,
    past: &'u dyn Fn() -> Arc<Past>,
}

/// Kinds of tokens that a session's machine presents unbound: at a place, and with a profile, that had bound ones a day
/// before.
fn unbound_kinds(
    origins: Origins<'_>,
    session: &Session<'_>,
    binding: &mut dyn FnMut(EventId) -> Option<Binding>,
) -> Vec<TokenKind> {
    let Origins { store, places, .. } = origins;
    let mut bound: HashMap<(u32, u32), Time, RandomState> = HashMap::default();
    let mut kinds = Vec::new();
    for id in session.events() {
        let (event, key) = (store.event(id), (places.number(id), places.profile_number(id)));
        match binding(id) {
            Some(Binding::Bound) => {
                bound.entry(key).or_insert(event.time());
            }
            Some(Binding::Unbound) if bound.get(&key).is_some_and(|first| first.plus(Span::DAY) <= event.time()) => {
                kinds.extend(token_kind(event, places.profile(id)).filter(|kind| !kinds.contains(kind)));
            }
            _ => {}
        }
    }
    kinds
}

/// Newness of a row's network to the user.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum New {
    /// It is not new.
    No,
    /// By the prefix of the address.
    ByPrefix,
    /// By its AS number.
    ByNumber,
}

/// A session's machine, and the rows of another.
struct Sides<'a> {
    owner: Owner<'a>,
    rows: Vec<EventId>,
    /// Systems of the rows.
    systems: BTreeSet<&'a str>,
    /// The differences of any of the rows.
    all: Differs,
    /// The most that the network of one is new to the user.
    new: New,
    /// Whether the network of one was known to the user when the first came.
    is_known: bool,
    /// Whether a row from such a network is unbound, where enough rows before it were bound.
    is_binding_lost: bool,
}

impl<'a> Sides<'a> {
    /// Takes a session's rows apart: the machine is that of its `own` rows, else of its first.
    fn new(
        origins: Origins<'a>,
        user: &User<'_>,
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
            new: New::No,
            is_known: false,
            is_binding_lost: false,
        };
        let unbound = unbound_kinds(origins, session, binding);
        // What is typed in one program gives its tokens to another.
        let is_moved = session.events().any(|id| store.event(id).flags.any(MOVED));
        let client = |id: EventId| store.normalized_field(store.event(id), Field::AppId);
        for &id in own {
            let kind = token_kind(store.event(id), places.profile(id));
            let of = (id, client(id), places.place(id));
            sides.owner.join(places.profile(id), (kind, binding(id)), of);
        }
        let mut joined: Option<(u32, u32, Sym, Option<TokenKind>)> = None;
        for id in session.events().filter(|id| own.binary_search(id).is_err()) {
            let Self { owner, .. } = &mut sides;
            let (event, place, profile) = (store.event(id), places.place(id), places.profile(id));
            let protection = event.get(Field::TokenProtection);
            let kind = token_kind(event, profile).filter(|kind| !unbound.contains(kind));
            let client = client(id);
            let key = (places.number(id), places.profile_number(id), protection, kind);
            if place.is_neutral {
                continue;
            }
            let binding = binding(id);
            // Most rows are like the one before.
            if joined == Some(key) {
                owner.count(profile, (kind, binding), client);
                continue;
            }
            let is_new = || known.standing(session.user, place, event.time()) == Standing::New;
            let mut differs = owner.compared(profile, (kind, binding), client);
            // Another system has another program, and a bound token is of use on its device alone.
            if !differs.system && !is_moved && binding != Some(Binding::Bound) {
                let (another, older) = owner.compared_program(profile, presents_token(event));
                let is_new = (another || older) && is_new() && !place.net.is_some_and(|net| owner.nets.contains(&net));
                (differs.program, differs.older) = (another && is_new, older && is_new);
            }
            if differs.is_another_machine() || differs.bare || profile.tool != Tool::None {
                let seen = user.software.seen(origins, session.user, id, event.time());
                let is_new_to_user = || {
                    known.has_baseline(session.user, event.time())
                        && (user.past)().same_software_before(origins, id).is_none()
                };
                let has_family = owner.has_family(&profile.family);
                let has_program = owner.programs.contains(&(&*profile.family, &*profile.os));
                differs.software = !has_program && (seen == SoftwareSeen::Nowhere || (!has_family && is_new_to_user()));
                differs.tool = match profile.tool {
                    Tool::Kit => true,
                    Tool::Library => seen != SoftwareSeen::Here || is_new_to_user(),
                    Tool::None => false,
                };
                differs.presents = presents_token(event) && !owner.programs.is_empty() && !is_moved;
                differs.unnamed = differs.bare && profile.agent.is_none() && is_new();
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
                let new = match place.net {
                    _ if !is_new() => New::No,
                    Some(Net::Asn(_)) => New::ByNumber,
                    _ => New::ByPrefix,
                };
                sides.new = sides.new.max(new);
                // An intruder who stays has made the network known after two days.
                let began = store.event(sides.rows[0]).time();
                sides.is_known |= known.is_known(session.user, place, began);
                sides.is_binding_lost |= new == New::ByNumber && differs.binding && sides.owner.bound() >= BOUND;
            } else {
                owner.join(profile, (kind, binding), (id, client, place));
                joined = Some(key);
            }
        }
        sides
    }
}

fn judged(sides: Sides<'_>) -> Machines {
    let Sides { owner, rows, systems, all, new, is_known, is_binding_lost } = sides;
    let is_new_by_number = new == New::ByNumber;
    // A part of a network that is new says little of a machine that is at the user's places too.
    let is_new = is_new_by_number || (new == New::ByPrefix && !is_known);
    let has_devices = owner.with_device > 0;
    let marks = Marks::new([
        ("system", Mark::seen(all.system, !owner.systems.is_empty())),
        ("device", Mark::seen(all.device, has_devices)),
        ("bare", Mark::seen(all.bare, has_devices)),
        ("binding", Mark::seen(all.binding, !owner.bindings.is_empty())),
        ("program", Mark::decided(all.program)),
        ("older", Mark::decided(all.older)),
        ("software", Mark::decided(all.software)),
        ("unnamed", Mark::decided(all.unnamed)),
        ("client", Mark::decided(all.client)),
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
    Machines { rows, marks, severity, points, is_binding_lost, is_whole_session: false, systems }
}

/// The rows of a session that begins with a token, not with a login, in a network that is new to the user, by what the
/// user does not have: another system, another device, no device and other software, or a client and no software named.
/// `None` for others.
pub(super) fn strange_session(
    origins: Origins<'_>,
    software: &Software,
    session: &Session<'_>,
    past: &dyn Fn() -> Arc<Past>,
    is_own: impl Fn(EventId) -> bool,
) -> Option<Machines> {
    let Origins { store, places, known, .. } = origins;
    let first = session.first();
    let (event, place, profile) = (store.event(first), places.place(first), places.profile(first));
    // A login has no token that an export could withhold.
    let tokens = Flags::INCOMING_REFRESH.0 | Flags::INCOMING_PRIMARY.0 | Flags::INCOMING_WITHHELD.0;
    let presents = event.flags.any(Flags(tokens));
    if !presents || event.flags.any(MOVED) || known.standing(session.user, place, event.time()) != Standing::New {
        return None;
    }
    let past = past();
    let (interactive, managed) = past.interactive_before(first);
    let has_devices = interactive >= INTERACTIVE && managed * INTERACTIVE >= interactive * MANAGED;
    let has_device = !profile.device.is_none();
    let seen = software.seen(origins, session.user, first, event.time());
    let is_new_by_number = matches!(place.net, Some(Net::Asn(_)));
    let all = Differs {
        system: !profile.os.is_empty() && !past.systems_before(first).any(|os| *os == *profile.os),
        device: has_device && !is_own(first),
        bare: !has_device && has_devices,
        software: seen == SoftwareSeen::Nowhere,
        tool: profile.tool == Tool::Kit || (profile.tool == Tool::Library && seen != SoftwareSeen::Here),
        unnamed: profile.agent.is_none(),
        presents,
        client: is_new_by_number && past.is_first_with_client(store, first),
        ..Differs::default()
    };
    if !all.is_another_machine() {
        return None;
    }
    let owner = Owner { with_device: managed, systems: past.systems_before(first).collect(), ..Owner::default() };
    let systems = std::iter::once(&*profile.os).filter(|_| all.system).collect();
    let rows = session.events().collect();
    let new = if is_new_by_number { New::ByNumber } else { New::ByPrefix };
    let sides = Sides { owner, rows, systems, all, new, is_known: false, is_binding_lost: false };
    Some(Machines { is_whole_session: true, ..judged(sides) })
}

impl<'a> Owner<'a> {
    fn compared(
        &self,
        profile: &Profile,
        (kind, binding): (Option<TokenKind>, Option<Binding>),
        client: Sym,
    ) -> Differs {
        let has_device = !profile.device.is_none();
        Differs {
            system: !profile.os.is_empty() && !self.systems.is_empty() && !self.systems.contains(&*profile.os),
            device: has_device && !self.devices.is_empty() && !self.devices.contains(&profile.device),
            bare: !has_device
                && self.with_device >= WITH_DEVICE
                && self.without_device * BARE_OF <= self.with_device
                && !self.bare_clients.contains(&client),
            binding: binding == Some(Binding::Unbound) && kind.is_some_and(|kind| self.binds(kind)),
            ..Differs::default()
        }
    }

    fn has_family(&self, family: &str) -> bool {
        self.programs.range((family, "")..).next().is_some_and(|(first, _)| *first == family)
    }

    /// Returns whether software is another program than the browsers that it has, and whether it is an older version of
    /// one, where it has nothing else: no browser hands its session to another or its tokens to a program, and none goes
    /// back.
    fn compared_program(&self, profile: &Profile, presents: bool) -> (bool, bool) {
        let tells = !profile.agent.is_none() && (profile.is_browser() || presents);
        if self.has_native || self.browsers.is_empty() || !tells {
            return (false, false);
        }
        let Some(&newest) = self.browsers.get(&*profile.family) else { return (true, false) };
        (false, profile.version > 0 && newest.saturating_sub(profile.version) >= OLDER_BY)
    }

    /// Returns whether its sign-ins of a kind were all bound; where it has none of that kind, all of any kind, some of them
    /// from a browser if that is, or not if it is not.
    fn binds(&self, kind: TokenKind) -> bool {
        let is_bound = |(_, bound): &(TokenKind, Bound)| bound.bound > 0 && bound.unbound == 0;
        if let Some(of_kind) = self.bindings.iter().find(|(other, _)| *other == kind) {
            return is_bound(of_kind);
        }
        let may_be_alike = |a: Option<bool>, b: Option<bool>| a.is_none() || b.is_none() || a == b;
        self.bindings.iter().any(|(other, _)| may_be_alike(other.1, kind.1)) && self.bindings.iter().all(is_bound)
    }

    fn bound(&self) -> usize {
        self.bindings.iter().map(|(_, bound)| bound.bound).sum()
    }

    fn join(
        &mut self,
        profile: &'a Profile,
        binding: (Option<TokenKind>, Option<Binding>),
        (id, client, place): (EventId, Sym, &Place),
    ) {
        if !profile.os.is_empty() {
            self.systems.insert(&profile.os);
        }
        if !profile.device.is_none() {
            self.devices.insert(profile.device);
        }
        self.count(profile, binding, client);
        self.programs.insert((&profile.family, &profile.os));
        if profile.is_browser() {
            let newest = self.browsers.entry(&profile.family).or_default();
            *newest = profile.version.max(*newest);
        } else {
            self.has_native = true;
        }
        self.nets.extend(place.net);
        if let Some(address) = place.address {
            self.addresses.insert(address, id);
        }
    }

    fn count(&mut self, profile: &Profile, (kind, binding): (Option<TokenKind>, Option<Binding>), client: Sym) {
        if profile.device.is_none() {
            self.without_device += 1;
            self.bare_clients.insert(client);
        } else {
            self.with_device += 1;
        }
        let (Some(kind), Some(binding)) = (kind, binding) else { return };
        let at = self.bindings.iter().position(|(other, _)| *other == kind).unwrap_or_else(|| {
            self.bindings.push((kind, Bound::default()));
            self.bindings.len() - 1
        });
        let of_kind = &mut self.bindings[at].1;
        of_kind.bound += usize::from(binding == Binding::Bound);
        of_kind.unbound += usize::from(binding == Binding::Unbound);
    }
}
