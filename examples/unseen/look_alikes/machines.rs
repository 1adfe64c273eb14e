//! New machines, new people.

use crate::event::{Audit, Factor, Incoming, Origin, SignIn};
use crate::rng::Rng;
use crate::story::Story;
use crate::world::World;
use crate::world::ids::{
    AUTHENTICATOR, BROKER, COMPANY_PORTAL, DEVICE_REGISTRATION, EXCHANGE, GRAPH, INTUNE_ENROLLMENT, OFFICE,
    OFFICE_HOME, OUTLOOK_MOBILE, SECURITY_INFO, SHAREPOINT, TEAMS, TEAMS_SERVICES,
};
use crate::world::machine::{Binding, Laptop, Make, Phone};
use crate::world::person::{Person, Place, Stay};

/// A new phone, set up on the carrier's network.
pub(super) fn new_phone(story: &mut Story) {
    let phone = Phone::new(&mut story.rng);
    let second = story.rng.between(8 * 3600, 19 * 3600);
    let spot = story.person.spot(story.world, &Place::Carrier, story.day, &mut story.rng);
    let browser = if phone.device.system == "Android" {
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Mobile Safari/537.36"
    } else {
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
    };
    let mut origin = story.machine_at(spot, phone.device.system, "", browser);
    let mut session = story.rng.guid();
    let login = story.prompt(second, &origin, session, (OUTLOOK_MOBILE, EXCHANGE));
    story.sign_in(SignIn { factor: Factor::Fresh("Mobile app notification"), ..login });
    origin.agent.clone_from(&phone.agent);
    origin.device = phone.device;
    let mut later = second;
    for (client, resource) in [(OUTLOOK_MOBILE, GRAPH), (TEAMS, TEAMS_SERVICES), (AUTHENTICATOR, GRAPH), (TEAMS, GRAPH)]
    {
        later += story.rng.between(20, 1500);
        if client == TEAMS {
            session = story.rng.guid();
        }
        let mut row = story.silent(later, &origin, session, (client, resource));
        if story.rng.percent(40) {
            row.incoming = Incoming::None;
        }
        story.sign_in(row);
    }
}

/// A new laptop from the office: enrolled, then used every day.
pub(super) fn new_laptop(world: &World, person: &mut Person, day: i64, tag: usize, rng: &mut Rng) {
    let make = person.laptop.make;
    person.laptops.push((day, Laptop::managed(rng, world.versions, make)));
    person.stays.insert(day, vec![Stay { until: 86_400, place: Place::Office }]);
    person.tagged.extend((day..(day + 3).min(world.export.days)).map(|date| (date, tag)));
}

/// Another provider at home, from a day on.
pub(super) fn move_home(world: &World, person: &mut Person, day: i64, tag: usize, rng: &mut Rng) {
    let provider = (person.home.provider + 1 + rng.index(4)) % 5;
    let spot = world.providers[provider].spot(rng);
    for date in day..world.export.days {
        if matches!(person.place_at(world, date, person.start), Place::Home) {
            person.stays.insert(date, vec![Stay { until: 86_400, place: Place::At(spot.clone()) }]);
            // After some days it is the usual place.
            if date < day + 5 {
                person.tagged.insert(date, tag);
            }
        }
    }
}

/// A private computer at the new home, in the browser.
pub(super) fn private_computer(story: &mut Story) {
    let make = if story.rng.percent(50) { Make::Mac } else { Make::Windows };
    let computer = Laptop::private(&mut story.rng, story.world.versions, make);
    let moved = story.person.stays.values().flatten().find_map(|stay| match &stay.place {
        Place::At(spot) => Some(spot.clone()),
        _ => None,
    });
    let spot = match moved {
        Some(spot) => spot,
        None => story.world.providers[(story.person.home.provider + 1) % 5].clone().spot(&mut story.rng),
    };
    let origin = Origin {
        who: story.person.number,
        spot,
        device: computer.device,
        agent: computer.agents.browser,
        binding: Binding::Unbound(1002),
    };
    let second = story.rng.between(17 * 3600, 21 * 3600);
    let session = story.rng.guid();
    let login = story.prompt(second, &origin, session, (OFFICE_HOME, GRAPH));
    let method = *story.rng.pick(&["Mobile app notification", "Text message"]);
    story.sign_in(SignIn { factor: Factor::Fresh(method), ..login });
    let mut later = second;
    for _ in 0..story.rng.between(1, 5) {
        later += story.rng.between(30, 3800);
        let resource = *story.rng.pick(&[GRAPH, EXCHANGE, SHAREPOINT]);
        let token = story.renew(later, &origin, session, (OFFICE_HOME, resource));
        if resource == GRAPH {
            story.call(&token, 2, "/v1.0/me/drive/recent");
        }
    }
}

/// The first day is the story's.
pub(super) fn join(world: &World, person: &mut Person, day: i64, tag: usize, rng: &mut Rng) {
    // In the bundle's first days, when nothing is known of anybody; or later, when others are known.
    person.joined = if rng.percent(60) { rng.below(3) } else { day };
    while world.weekday(person.joined) > 4 {
        person.joined += 1;
    }
    let joined = person.joined;
    person.tagged.extend((joined..(joined + 4).min(world.export.days)).map(|date| (date, tag)));
}

/// Security information, a phone, a laptop: all for the first time.
pub(super) fn enrol(story: &mut Story) {
    story.day = story.person.joined;
    let second = story.person.start - 1500;
    let office = story.world.offices[story.person.office].exit.clone();
    let laptop = story.person.laptop.clone();
    let browser = Origin {
        who: story.person.number,
        spot: office,
        device: laptop.device.clone(),
        agent: laptop.agents.browser.clone(),
        binding: Binding::Unbound(1002),
    };
    let session = story.rng.guid();
    let login = story.prompt(second, &browser, session, (OFFICE_HOME, SECURITY_INFO));
    story.sign_in(SignIn { factor: Factor::Fresh("Text message"), ..login });
    join_device(story, second + 120, &Origin { agent: laptop.agents.broker.clone(), ..browser });
    let mut later = second + 300;
    for pair in [(COMPANY_PORTAL, INTUNE_ENROLLMENT), (OFFICE, EXCHANGE), (OFFICE, GRAPH), (TEAMS, TEAMS_SERVICES)] {
        let mut row = story.silent(
            later,
            &Origin { agent: laptop.agents.office.clone(), ..browser_at(story, &laptop) },
            session,
            pair,
        );
        row.incoming = Incoming::Primary;
        story.sign_in(row);
        later += story.rng.between(10, 300);
    }
}

fn browser_at(story: &Story, laptop: &Laptop) -> Origin {
    Origin {
        who: story.person.number,
        spot: story.world.offices[story.person.office].exit.clone(),
        device: laptop.device.clone(),
        agent: laptop.agents.browser.clone(),
        binding: laptop.binding,
    }
}

/// An administrator enrols new laptops in the office, one after another.
pub(super) fn enrolment_desk(story: &mut Story) {
    let mut second = story.working_second();
    let spot = story.world.offices[story.person.office].exit.clone();
    for _ in 0..story.rng.between(3, 6) {
        let mut origin = story.machine_at(spot.clone(), "Windows10", "", "");
        origin.device.id = story.rng.guid().to_string();
        origin.device.name = format!("LT-{}", story.rng.between(1000, 9999));
        join_device(story, second, &origin);
        second += story.rng.between(90, 400);
    }
}

/// The broker asks the registration service for the machine at hand.
fn join_device(story: &mut Story, second: i64, origin: &Origin) {
    let session = story.rng.guid();
    let at_prompt = story.prompt(second, origin, session, (BROKER, DEVICE_REGISTRATION));
    let row = story.sign_in(SignIn { factor: Factor::Fresh("Text message"), ..at_prompt });
    let at = row.at.plus(tokentrail::testing::model::Span::seconds(20));
    let audit = Audit {
        at,
        who: story.person.number,
        address: origin.spot.address.clone(),
        operation: "Register device",
        device: origin.device.clone(),
        version: "10.0.26100.4061",
        agent: "Dsreg/10.0 (Windows 10.0.26100.4061)".to_owned(),
        id: story.rng.guid(),
        correlation: story.rng.guid(),
    };
    story.log.audit.push(audit);
}

/// The phone's Authenticator is enrolled for sign-in: the broker registers the phone, from home or on the move.
pub(super) fn authenticator(story: &mut Story) {
    let second = story.working_second();
    let place = if story.rng.percent(60) { Place::Home } else { Place::Carrier };
    let spot = story.person.spot(story.world, &place, story.day, &mut story.rng);
    let phone = story.person.phone.clone();
    let origin = story.machine_at(spot, phone.device.system, "", &phone.agent);
    let laptop = story.browser(second);
    let session = story.person.web_session_on(story.world, story.day);
    let page = story.prompt(second, &laptop, session, (OFFICE_HOME, SECURITY_INFO));
    story.sign_in(SignIn { factor: Factor::Fresh("Text message"), ..page });
    let session = story.rng.guid();
    let pair = (if story.rng.percent(50) { AUTHENTICATOR } else { BROKER }, DEVICE_REGISTRATION);
    let login = story.prompt(second + 70, &origin, session, pair);
    story.sign_in(SignIn { factor: Factor::Fresh("Mobile app notification"), ..login });
    let mut row = story.silent(second + 75, &origin, session, (AUTHENTICATOR, GRAPH));
    row.incoming = Incoming::None;
    story.sign_in(row);
    for wait in [3600, 40_000] {
        story.renew(second + 80 + wait, &origin, session, (AUTHENTICATOR, GRAPH));
    }
}
