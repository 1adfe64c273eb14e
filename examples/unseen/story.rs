//! A theft or a look-alike being told: its person, its day, its rows.

use crate::event::{Call, Factor, Incoming, Log, OK, Origin, SignIn, Transfer};
use crate::rng::{Guid, Rng};
use crate::world::World;
use crate::world::machine::{Binding, Device};
use crate::world::nets::{Net, Spot};
use crate::world::person::Person;
use tokentrail::testing::model::{Span, Time};

/// A client and a resource.
pub(crate) type Pair = (&'static str, &'static str);

/// World, draws and output that a story is written with.
pub(crate) struct Story<'a> {
    pub(crate) world: &'a World,
    pub(crate) log: &'a mut Log,
    pub(crate) rng: Rng,
    pub(crate) person: &'a Person,
    pub(crate) day: i64,
    /// The number its rows bear.
    pub(crate) number: usize,
    /// The export that would decide it, where this one cannot.
    pub(crate) undecided: Option<&'static str>,
    /// Whether a history of the person is needed to decide it.
    pub(crate) needs_history: bool,
}

impl Story<'_> {
    /// A second of the person's working day.
    pub(crate) fn working_second(&mut self) -> i64 {
        self.person.start + self.rng.between(1800, 7 * 3600)
    }

    pub(crate) fn at(&mut self, second: i64) -> Time {
        self.world.at(self.day, second, &mut self.rng)
    }

    /// The laptop's browser.
    pub(crate) fn browser(&mut self, second: i64) -> Origin {
        self.person.at_browser(self.world, self.day, second, &mut self.rng)
    }

    /// A program of the laptop.
    pub(crate) fn laptop(&mut self, second: i64, agent: &str) -> Origin {
        self.person.at_laptop(self.world, self.day, second, agent, &mut self.rng)
    }

    /// A machine that the tenant does not know, at a network.
    pub(crate) fn machine(&mut self, net: &Net, system: &'static str, browser: &str, agent: &str) -> Origin {
        let spot = net.spot(&mut self.rng);
        self.machine_at(spot, system, browser, agent)
    }

    /// A machine that the tenant does not know, at an address.
    pub(crate) fn machine_at(&self, spot: Spot, system: &'static str, browser: &str, agent: &str) -> Origin {
        Origin {
            who: self.person.number,
            spot,
            device: Device::unknown(system, browser),
            agent: agent.to_owned(),
            binding: Binding::Unbound(1002),
        }
    }

    /// Writes a row of the story.
    pub(crate) fn sign_in(&mut self, mut row: SignIn) -> SignIn {
        row.tag = Some(self.number);
        self.log.sign_ins.push(row.clone());
        row
    }

    /// Writes a row that only stands around the story.
    pub(crate) fn aside(&mut self, row: SignIn) -> SignIn {
        self.log.sign_ins.push(row.clone());
        row
    }

    /// A person at the prompt, not yet written.
    pub(crate) fn prompt(&mut self, second: i64, origin: &Origin, session: Guid, pair: Pair) -> SignIn {
        let at = self.at(second);
        SignIn::prompt(&mut self.rng, at, origin.clone(), session, pair)
    }

    /// A silent renewal, not yet written.
    pub(crate) fn silent(&mut self, second: i64, origin: &Origin, session: Guid, pair: Pair) -> SignIn {
        let at = self.at(second);
        SignIn::silent(&mut self.rng, at, origin.clone(), session, pair)
    }

    /// Writes a renewal of the story.
    pub(crate) fn renew(&mut self, second: i64, origin: &Origin, session: Guid, pair: Pair) -> SignIn {
        let row = self.silent(second, origin, session, pair);
        self.sign_in(row)
    }

    /// Writes a call with a token.
    pub(crate) fn call(&mut self, token: &SignIn, seconds: i64, path: impl Into<String>) {
        self.call_with(token, seconds, path, |_| {});
    }

    /// Writes a call with a token, changed before.
    pub(crate) fn call_with(
        &mut self,
        token: &SignIn,
        seconds: i64,
        path: impl Into<String>,
        change: impl FnOnce(&mut Call),
    ) {
        let mut call = Call::get(&mut self.rng, token, seconds, path);
        call.tag = Some(self.number);
        change(&mut call);
        self.log.calls.push(call);
    }

    /// Both legs of a device code: typed in a browser, redeemed by a program. Returns the redeemer's row.
    pub(crate) fn device_code(&mut self, code: &Code) -> SignIn {
        let correlation = self.rng.guid();
        let mut typed = self.prompt(code.second, &code.typed, code.session, code.pair);
        typed.code_typed = true;
        typed.transfer = if code.typed_says_transfer { Transfer::DeviceCode } else { Transfer::None };
        typed.correlation = correlation;
        if code.fresh {
            typed.factor = Factor::drawn(&mut self.rng);
        }
        if code.confirmed {
            let at =
                typed.at.minus(Span::from_ticks(self.rng.between(4, 40) * 10_000_000 + self.rng.below(10_000_000)));
            let asked = SignIn { at, result: crate::event::CONFIRM_APP, id: self.rng.guid(), ..typed.clone() };
            self.sign_in(asked);
        }
        self.sign_in(typed);
        let wait = self.rng.between(1, 9);
        let mut redeemed = self.silent(code.second + wait, &code.redeemed, code.session, code.pair);
        redeemed.incoming = Incoming::None;
        redeemed.transfer = Transfer::DeviceCode;
        redeemed.correlation = correlation;
        self.sign_in(redeemed)
    }

    /// Writes a renewal of tokens that came of a device code.
    pub(crate) fn descend(&mut self, second: i64, code: &Code, pair: Pair, result: u32) -> SignIn {
        let mut row = self.silent(second, &code.redeemed, code.session, pair);
        row.transfer = Transfer::DeviceCode;
        row.result = result;
        debug_assert!(result == OK || result > 50_000, "a code of the service");
        self.sign_in(row)
    }
}

/// A device code: who types it where, who redeems it where.
pub(crate) struct Code {
    pub(crate) second: i64,
    pub(crate) typed: Origin,
    pub(crate) redeemed: Origin,
    pub(crate) session: Guid,
    pub(crate) pair: Pair,
    /// The service asked for confirmation first.
    pub(crate) confirmed: bool,
    /// A factor was asked for.
    pub(crate) fresh: bool,
    /// The typed leg is marked by its transfer too.
    pub(crate) typed_says_transfer: bool,
}

impl Code {
    pub(crate) fn new(story: &mut Story, second: i64, typed: Origin, redeemed: Origin, pair: Pair) -> Self {
        let rng = &mut story.rng;
        Self {
            second,
            typed,
            redeemed,
            session: rng.guid(),
            pair,
            confirmed: rng.percent(70),
            fresh: rng.percent(30),
            typed_says_transfer: rng.percent(60),
        }
    }
}
