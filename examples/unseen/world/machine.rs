//! Machines: their device records, their programs' user agents.

use crate::rng::Rng;

/// The device of a request. An empty id is a device the tenant does not know.
#[derive(Clone, Debug, Default)]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) system: &'static str,
    pub(crate) browser: String,
    pub(crate) trust: &'static str,
    pub(crate) compliant: bool,
}

impl Device {
    /// A device the tenant does not know.
    pub(crate) fn unknown(system: &'static str, browser: impl Into<String>) -> Self {
        Self { system, browser: browser.into(), ..Self::default() }
    }
}

/// The state of token protection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binding {
    Bound,
    /// Not bound, by this code.
    Unbound(u16),
}

/// Kind of a desk's machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Make {
    Windows,
    Mac,
    Linux,
}

/// User agents of a laptop's programs.
#[derive(Clone, Debug)]
pub(crate) struct Agents {
    pub(crate) browser: String,
    pub(crate) office: String,
    pub(crate) teams: String,
    pub(crate) onedrive: String,
    pub(crate) broker: String,
}

/// A laptop.
#[derive(Clone, Debug)]
pub(crate) struct Laptop {
    pub(crate) make: Make,
    pub(crate) device: Device,
    pub(crate) agents: Agents,
    pub(crate) binding: Binding,
}

/// A phone.
#[derive(Clone, Debug)]
pub(crate) struct Phone {
    pub(crate) device: Device,
    pub(crate) agent: String,
}

/// Versions current in the bundle's month.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Versions {
    pub(crate) chrome: i64,
    pub(crate) office: i64,
}

impl Laptop {
    /// A laptop the tenant hands out.
    pub(crate) fn managed(rng: &mut Rng, versions: Versions, make: Make) -> Self {
        let agents = Agents::new(rng, versions, make);
        let number = rng.between(1000, 9999);
        let (system, prefix, trust) = match make {
            Make::Windows => ("Windows11", "CONTOSO-LT", "Azure AD joined"),
            Make::Mac => ("MacOs", "CONTOSO-MB", "Azure AD registered"),
            Make::Linux => ("Linux", "contoso-ws", "Azure AD registered"),
        };
        let trust = if make == Make::Windows && rng.percent(35) { "Hybrid Azure AD joined" } else { trust };
        let device = Device {
            id: rng.guid().to_string(),
            name: format!("{prefix}{number}"),
            system,
            browser: agents.browser_name(versions),
            trust,
            compliant: true,
        };
        let binding = match make {
            Make::Windows if rng.percent(70) => Binding::Bound,
            Make::Windows => Binding::Unbound(1003),
            Make::Mac => Binding::Unbound(if rng.percent(50) { 1004 } else { 1002 }),
            Make::Linux => Binding::Unbound(1006),
        };
        Self { make, device, agents, binding }
    }

    /// A computer the tenant does not know.
    pub(crate) fn private(rng: &mut Rng, versions: Versions, make: Make) -> Self {
        let laptop = Self::managed(rng, versions, make);
        let device = Device::unknown(laptop.device.system, laptop.device.browser);
        Self { device, binding: Binding::Unbound(1002), ..laptop }
    }
}

impl Agents {
    fn new(rng: &mut Rng, versions: Versions, make: Make) -> Self {
        let chrome = versions.chrome - rng.below(2);
        let build = format!("{}.{}", versions.office, 20_104 + rng.below(3) * 24);
        let mac_build = rng.between(94, 104);
        let edge = rng.percent(60);
        let system = match make {
            Make::Windows => "Windows NT 10.0; Win64; x64",
            Make::Mac => "Macintosh; Intel Mac OS X 10_15_7",
            Make::Linux => "X11; Linux x86_64",
        };
        let blink = format!(
            "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Safari/537.36"
        );
        let browser = match make {
            Make::Windows if edge => format!("{blink} Edg/{chrome}.0.0.0"),
            Make::Mac if edge => "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15".to_owned(),
            _ if rng.percent(12) => format!("Mozilla/5.0 ({system}; rv:{chrome}.0) Gecko/20100101 Firefox/{chrome}.0"),
            _ => blink.clone(),
        };
        let msal = "Mozilla/5.0 (compatible; MSAL 1.0) PKeyAuth/1.0".to_owned();
        match make {
            Make::Windows => Self {
                office: format!("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.{build}; Pro)"),
                teams: format!(
                    "{blink} Edg/{chrome}.0.0.0 Teams/25{}.{}",
                    rng.between(100, 360),
                    rng.between(1000, 4999)
                ),
                onedrive: format!(
                    "Microsoft SkyDriveSync 25.{:03}.0{}.0003 ship; Windows NT 10.0 (26100)",
                    rng.between(31, 220),
                    rng.between(100, 999)
                ),
                broker: "Windows-AzureAD-Authentication-Provider/1.0".to_owned(),
                browser,
            },
            Make::Mac => Self {
                office: if rng.percent(50) {
                    msal.clone()
                } else {
                    format!(
                        "Microsoft Office/16.{mac_build} (Macintosh; Mac OS X 15.4; Microsoft Outlook 16.{mac_build})"
                    )
                },
                teams: if rng.percent(50) {
                    msal.clone()
                } else {
                    format!(
                        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Teams/25{}.{}",
                        rng.between(100, 360),
                        rng.between(1000, 4999)
                    )
                },
                onedrive: "OneDrive/25.061 (Macintosh; Mac OS X 15.4)".to_owned(),
                broker: msal,
                browser,
            },
            Make::Linux => Self {
                office: browser.clone(),
                teams: browser.clone(),
                onedrive: String::new(),
                broker: String::new(),
                browser,
            },
        }
    }

    /// The browser as a device record names it.
    fn browser_name(&self, versions: Versions) -> String {
        let name = [("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome")];
        name.iter()
            .find(|(mark, _)| self.browser.contains(mark))
            .map_or("Safari 18.4".to_owned(), |(_, name)| format!("{name} {}.0.0", versions.chrome))
    }
}

impl Phone {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let managed = rng.percent(45);
        let (system, agent, name) = if rng.percent(60) {
            let version = rng.between(4, 6);
            (
                "Ios",
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{version} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 PKeyAuth/1.0"
                ),
                "iPhone",
            )
        } else {
            let model = *rng.pick(&[
                "SM-S921B Build/UP1A.231005.007",
                "Pixel 8 Build/AP4A.250205.002",
                "SM-A546B Build/AP3A.240905.015",
            ]);
            ("Android", format!("Dalvik/2.1.0 (Linux; U; Android 15; {model})"), "Android phone")
        };
        let id = rng.guid().to_string();
        let device = if managed {
            Device {
                id,
                name: name.to_owned(),
                system,
                browser: String::new(),
                trust: "Azure AD registered",
                compliant: true,
            }
        } else {
            Device::unknown(system, "")
        };
        Self { device, agent }
    }
}
