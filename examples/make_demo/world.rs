//! The tenant: its people, the places they work from, their devices, and the clients and resources they use.
//!
//! Nobody here exists. Addresses and AS numbers are those reserved for documentation.

use super::rng::{Guid, Rng};
use tokentrail::testing::facts::Facts;

pub(crate) const TENANT: &str = "7d3f1c52-0b6e-4a55-9c41-5be2a6c0d100";
pub(crate) const PARTNER_TENANT: &str = "2a9be410-77c3-4f0e-8d1a-90f6c3b7e200";
pub(crate) const WORKSPACE: &str = "5e0c8b1f-3d47-4c2b-b7a6-1f9d02e4c300";

pub(crate) const TEAMS: &str = "1fec8e78-bce4-4aaf-ab1b-5451cc387264";
pub(crate) const OFFICE: &str = "d3590ed6-52b3-4102-aeff-aad2292ab01c";
pub(crate) const ONEDRIVE: &str = "ab9b8c07-8f02-4f72-87fa-80105867a763";
pub(crate) const OUTLOOK_MOBILE: &str = "27922004-5251-4030-b22d-91ecd9a37ea4";
pub(crate) const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
pub(crate) const POWERSHELL: &str = "1950a258-227b-4e31-a9cf-717495945fc2";
pub(crate) const BROKER: &str = "29d9ed98-a469-4536-ade2-f981bc1d605e";
pub(crate) const COMPANY_PORTAL: &str = "9ba1a5c7-f17a-4de9-a1f1-6178c8d51223";
pub(crate) const OFFICE_HOME: &str = "4765445b-32c6-49b0-83e6-1d93765276ca";
pub(crate) const AZURE_PORTAL: &str = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c";
pub(crate) const VSCODE: &str = "aebc6443-996d-45c2-90f0-388ff96faa56";
pub(crate) const SHAREPOINT_WEB: &str = "00000003-0000-0ff1-ce00-000000000000";

pub(crate) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
pub(crate) const AAD_GRAPH: &str = "00000002-0000-0000-c000-000000000000";
pub(crate) const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
pub(crate) const SHAREPOINT: &str = "00000003-0000-0ff1-ce00-000000000000";
pub(crate) const TEAMS_SERVICES: &str = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe";
pub(crate) const PRESENCE: &str = "1e70cd27-4707-4589-8ec5-9bd20c472a46";
pub(crate) const ARM: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";
pub(crate) const KEY_VAULT: &str = "cfa8b339-82a2-471a-a3c9-0fc0be7a4093";
pub(crate) const MANAGEMENT_APIS: &str = "c5393580-f805-4401-95e8-94b7a6ef2fc2";
pub(crate) const OFFICE_CLIENT_SERVICE: &str = "0f698dd4-f011-4d23-a33e-b36416dcb1e6";
pub(crate) const DEVICE_REGISTRATION: &str = "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9";
pub(crate) const INTUNE_ENROLLMENT: &str = "d4ebce55-015a-49b5-a083-c84d1797ae8c";

/// The display name a client signs in under.
pub(crate) fn client_name(id: &str) -> &'static str {
    &Facts::embedded().client(id).expect("the demo uses known clients").name
}

/// The display name a resource has in the logs today.
pub(crate) fn resource_name(id: &str) -> &'static str {
    &Facts::embedded().resource(id).expect("the demo uses known resources").display_names[0]
}

/// The origin of a request.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) address: String,
    pub(crate) asn: u32,
    pub(crate) city: &'static str,
    pub(crate) state: &'static str,
    pub(crate) country: &'static str,
    /// Latitude and longitude, as JSON numbers.
    pub(crate) geo: (&'static str, &'static str),
}

const LONDON: (&str, &str, &str, (&str, &str)) = ("London", "England", "GB", ("51.5072", "-0.1276"));
const PRAGUE: (&str, &str, &str, (&str, &str)) = ("Praha", "Hlavní město Praha", "CZ", ("50.0755", "14.4378"));

fn place(
    address: impl Into<String>,
    asn: u32,
    town: (&'static str, &'static str, &'static str, (&'static str, &'static str)),
) -> Place {
    Place { address: address.into(), asn, city: town.0, state: town.1, country: town.2, geo: town.3 }
}

/// The hosting provider the device-code phish redeems its token from.
pub(crate) fn phisher() -> Place {
    place("198.51.100.23", 64_500, ("Amsterdam", "Noord-Holland", "NL", ("52.3676", "4.9041")))
}

/// The place the stolen session is replayed from.
pub(crate) fn replayer() -> Place {
    place("198.51.100.77", 64_511, ("Ashburn", "Virginia", "US", ("39.0438", "-77.4874")))
}

/// The place that files are taken to.
pub(crate) fn downloader() -> Place {
    place("198.51.100.61", 64_505, ("Sofia", "Sofia-Capital", "BG", ("42.6977", "23.3219")))
}

/// The second place of a laptop's session.
pub(crate) fn second_place() -> Place {
    place("198.51.100.140", 64_506, ("Dallas", "Texas", "US", ("32.7767", "-96.7970")))
}

/// The proxy that a password is typed into.
pub(crate) fn proxy() -> Place {
    place("198.51.100.180", 64_507, ("Frankfurt am Main", "Hessen", "DE", ("50.1109", "8.6821")))
}

/// The place where its cookie is used.
pub(crate) fn cookie_script() -> Place {
    place("198.51.100.92", 64_508, ("Singapore", "", "SG", ("1.3521", "103.8198")))
}

/// The place the passwords are sprayed from.
pub(crate) fn sprayer() -> Place {
    place("198.51.100.200", 64_510, ("Frankfurt am Main", "Hessen", "DE", ("50.1109", "8.6821")))
}

/// The address that two field engineers share: a branch behind one translated address.
pub(crate) fn branch() -> Place {
    place("203.0.113.10", 64_503, ("Brno", "Jihomoravský kraj", "CZ", ("49.1951", "16.6068")))
}

/// The device of a request. An empty id is a device the tenant does not know.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) system: &'static str,
    pub(crate) browser: &'static str,
    pub(crate) trust: &'static str,
    pub(crate) compliant: bool,
}

impl Device {
    /// A device the tenant does not know.
    pub(crate) fn unknown(system: &'static str, browser: &'static str) -> Self {
        Self { id: String::new(), name: String::new(), system, browser, trust: "", compliant: false }
    }

    /// The laptop that the tenant hands out.
    pub(crate) fn laptop(rng: &mut Rng, number: i64, mac: bool) -> Self {
        let (system, browser) = if mac { ("MacOs", "Chrome 135.0.0") } else { ("Windows11", "Edge 135.0.0") };
        let name = format!("CONTOSO-{}{number:03}", if mac { "MB" } else { "LT" });
        Self { id: rng.guid().to_string(), name, system, browser, trust: "Azure AD joined", compliant: true }
    }
}

/// User agents of one kind of laptop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Agents {
    pub(crate) browser: &'static str,
    pub(crate) office: &'static str,
    pub(crate) teams: &'static str,
    pub(crate) onedrive: &'static str,
}

pub(crate) const WINDOWS_AGENTS: Agents = Agents {
    browser: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/135.0.0.0 Safari/537.36 Edg/135.0.0.0",
    office: "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.18623; Pro)",
    teams: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36 Edg/134.0.0.0 Teams/25072.1611.3570.8546",
    onedrive: "Microsoft SkyDriveSync 25.061.0330.0002 ship; Windows NT 10.0 (22631)",
};

pub(crate) const MAC_AGENTS: Agents = Agents {
    browser: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/135.0.0.0 Safari/537.36",
    office: "Microsoft Office/16.96 (Macintosh; Mac OS X 15.4; Microsoft Outlook 16.96)",
    teams: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Teams/25072.1611.3570.8546",
    onedrive: "OneDrive/25.061 (Macintosh; Mac OS X 15.4)",
};

pub(crate) const PHONE_AGENT: &str = "Outlook-iOS/730.2517.0";
pub(crate) const WINDOWS_BROKER_AGENT: &str = "Windows-AzureAD-Authentication-Provider/1.0";
pub(crate) const CLI_AGENT: &str = "python/3.12.8 (Linux-6.8.0-57-generic-x86_64-with-glibc2.39) AZURECLI/2.71.0 (DEB)";

/// One person of the tenant.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) upn: String,
    pub(crate) name: String,
    pub(crate) id: Guid,
    pub(crate) guest: bool,
    pub(crate) office: Place,
    pub(crate) home: Place,
    pub(crate) phone: Place,
    pub(crate) device: Device,
    pub(crate) agents: Agents,
    /// Days of the week (Monday is 0) worked from home.
    pub(crate) home_days: [i64; 2],
    /// Minute of the UTC day at which work usually starts.
    pub(crate) start: i64,
}

impl Person {
    pub(crate) fn home_tenant(&self) -> &'static str {
        if self.guest { PARTNER_TENANT } else { TENANT }
    }
}

/// Everyone, in a fixed order. The first ones have a part in a story.
pub(crate) const NAMES: [(&str, &str); 40] = [
    ("finance.director", "Morgan Ashdown"),
    ("a.novak", "Adéla Nováková"),
    ("b.office", "Blair Okafor"),
    ("d.dev", "Devi Raman"),
    ("h.newlaptop", "Hana Lindqvist"),
    ("e.field", "Emil Štěpán"),
    ("f.field", "Fiona Field"),
    ("z.mueller", "Zoë Müller"),
    ("l.wisniewski", "Łukasz Wiśniewski"),
    ("h.tanaka", "田中 花子"),
    ("s.odegard", "Søren Ødegård"),
    ("m.nguyen", "Nguyễn Thị Mai"),
    ("r.oconnor", "Renée O'Connor"),
    ("i.papadopoulos", "Ιωάννα Παπαδοπούλου"),
    ("o.shevchuk", "Олена Шевчук"),
    ("y.benhaim", "יעל בן חיים"),
    ("k.haddad", "كريم حداد"),
    ("c.ibanez", "Concepción Ibáñez"),
    ("j.hale", "Jordan Hale"),
    ("p.quill", "Priya Quill"),
    ("t.marsh", "Taylor Marsh"),
    ("n.brook", "Noor Brook"),
    ("g.stone", "Gale Stone"),
    ("v.lake", "Vic Lake"),
    ("w.field", "Wren Fields"),
    ("q.north", "Quinn North"),
    ("x.ford", "Xan Ford"),
    ("u.west", "Uma West"),
    ("helpdesk", "Service Desk"),
    ("reception", "Front Desk"),
    ("ceo", "Robin Vale"),
    ("legal.counsel", "Sam Thorne"),
    ("hr.lead", "Alex Penn"),
    ("sales.north", "Casey Rowe"),
    ("sales.south", "Jamie Croft"),
    ("it.admin", "Rowan Pike"),
    ("warehouse", "Warehouse Tablet"),
    ("m.guest", "Mika Guest"),
    ("partner.one", "Pat Fabrikam"),
    ("partner.two", "Lou Fabrikam"),
];

pub(crate) fn people() -> Vec<Person> {
    (0..).zip(NAMES).map(|(number, (account, name))| person(number, account, name)).collect()
}

/// No day of the week.
const NEVER: i64 = 7;

fn person(number: i64, account: &str, name: &str) -> Person {
    let mut rng = Rng::seeded(account);
    let guest = account.starts_with("partner.");
    let upn = if guest {
        format!("{account}_fabrikam.example#EXT#@contoso.onmicrosoft.com")
    } else {
        format!("{account}@contoso.com")
    };
    let czech = number % 3 == 1 || matches!(account, "e.field" | "f.field");
    let town = if czech { PRAGUE } else { LONDON };
    let office = if czech { place("192.0.2.140", 64_497, town) } else { place("192.0.2.10", 64_496, town) };
    let home_asn = 64_501 + u32::from(rng.percent(50));
    // Every third home has IPv6.
    let home = if number % 3 == 2 {
        place(format!("2001:db8:{:x}::{:x}", 0x1000 + number, rng.between(0x100, 0xfff)), home_asn, town)
    } else {
        place(format!("203.0.113.{}", 20 + number), home_asn, town)
    };
    let phone = place(format!("2001:db8:ffff:{:x}::1", number + 1), 65_536, town);
    let mac = number % 5 == 3;
    Person {
        upn,
        name: name.to_owned(),
        id: rng.guid(),
        guest,
        office,
        home,
        phone,
        device: Device::laptop(&mut rng, 100 + number, mac),
        agents: if mac { MAC_AGENTS } else { WINDOWS_AGENTS },
        home_days: match account {
            "b.office" | "d.dev" | "h.newlaptop" => [NEVER, NEVER],
            "finance.director" | "a.novak" => [4, 4],
            _ => [4, rng.below(4)],
        },
        start: rng.between(7 * 60, 8 * 60 + 40),
    }
}
