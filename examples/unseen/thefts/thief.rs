//! Belongings of thieves: rented machines, programs, and what their rows show.

use crate::event::Origin;
use crate::story::Story;
use crate::world::machine::{Binding, Device, Make};
use crate::world::nets::Spot;

/// Library agents of scripts and kits.
pub(super) const LIBRARIES: [&str; 8] = [
    "python-requests/2.31.0",
    "python-requests/2.32.3",
    "axios/1.7.9",
    "node",
    "Go-http-client/2.0",
    "undici",
    "python-httpx/0.27.2",
    "okhttp/4.12.0",
];

impl Story<'_> {
    /// A rented machine's address.
    pub(super) fn rented(&mut self) -> Spot {
        let net = self.rng.index(self.world.hosters.len());
        self.world.hosters[net].clone().spot(&mut self.rng)
    }

    /// A rented machine's address, or now and then a proxy in a household of the victim's own provider.
    pub(super) fn rented_or_nearby(&mut self) -> Spot {
        if self.rng.percent(85) {
            return self.rented();
        }
        let net = self.world.providers[self.person.home.provider].clone();
        loop {
            let spot = net.spot(&mut self.rng);
            let prefix = |spot: &Spot| spot.address.rsplit_once('.').map(|(prefix, _)| prefix.to_owned());
            if self.person.home.leases.iter().all(|lease| prefix(lease) != prefix(&spot)) {
                return spot;
            }
        }
    }

    /// A thief's machine at an address: a script, a browser of another system, or a program that says nothing.
    pub(super) fn thief(&mut self, spot: Spot) -> Origin {
        let agent = self.thief_agent();
        let system = if agent.contains("Macintosh") {
            "MacOs"
        } else if agent.contains("X11") || self.rng.percent(40) {
            "Linux"
        } else {
            "Windows10"
        };
        let system = if agent.starts_with("Mozilla") || self.rng.percent(65) { system } else { "" };
        let browser = if agent.starts_with("python-requests") { "Python Requests 2.32" } else { "" };
        self.machine_at(spot, system, browser, &agent)
    }

    /// A thief's machine whose rows may show the victim's device: contested, so drawn.
    pub(super) fn thief_in_disguise(&mut self, spot: Spot) -> Origin {
        let mut origin = self.thief(spot);
        if self.rng.percent(35) {
            origin.device = self.victim_device();
        }
        origin
    }

    pub(super) fn victim_device(&self) -> Device {
        self.person.laptop_on(self.day).device.clone()
    }

    fn thief_agent(&mut self) -> String {
        let chrome = self.world.versions.chrome - self.rng.between(2, 20);
        match self.rng.below(10) {
            0..=5 => (*self.rng.pick(&LIBRARIES)).to_owned(),
            6 => format!(
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Safari/537.36"
            ),
            // Another system than the victim's.
            7 | 8 if self.person.laptop_on(self.day).make == Make::Mac => {
                format!(
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Safari/537.36"
                )
            }
            7 | 8 => format!(
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Safari/537.36"
            ),
            _ => String::new(),
        }
    }

    /// The same machine with another binding.
    pub(super) fn unbound(mut origin: Origin) -> Origin {
        origin.binding = Binding::Unbound(1002);
        origin
    }
}
