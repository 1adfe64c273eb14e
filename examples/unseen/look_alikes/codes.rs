//! Device codes that people type for machines of their company.

use crate::event::{OK, Origin};
use crate::habits::Day;
use crate::story::{Code, Story};
use crate::world::ids::{
    AAD_GRAPH, ARM, CLI, EXCHANGE, EXCHANGE_POWERSHELL, GRAPH, GRAPH_TOOLS, KEY_VAULT, POWERSHELL, ROOMS, TEAMS_DEVICE,
    TEAMS_SERVICES, VSCODE,
};
use crate::world::machine::Binding;

/// A move of mailboxes or servers: the administrator signs a machine in the company's cloud in by code, day after day.
pub(super) fn migration(story: &mut Story) {
    let net = story.rng.index(story.world.clouds.len());
    let net = story.world.clouds[net].clone();
    let agent = *story.rng.pick(&[
        "",
        "python-requests/2.32.3",
        "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-GB) WindowsPowerShell/5.1.20348.2700",
    ]);
    let system = if agent.starts_with("python") { "Linux" } else { "Windows" };
    let machine = story.machine(&net, system, "", agent);
    let client = if agent.starts_with("python") {
        CLI
    } else {
        *story.rng.pick(&[POWERSHELL, EXCHANGE_POWERSHELL, GRAPH_TOOLS])
    };
    let first_day = story.day;
    let length = story.rng.between(3, 8);
    let (mut written, mut codes) = (0, 0);
    while written < length && story.day < story.world.export.days {
        if story.world.weekday(story.day) < 5 {
            for _ in 0..story.rng.between(1, 2) {
                code_and_work(story, &machine, client);
                codes += 1;
            }
            written += 1;
        }
        story.day += 1;
    }
    story.day = first_day;
    if codes == 1 {
        story.undecided = Some("sign-in logs of the days after");
    }
}

fn code_and_work(story: &mut Story, machine: &Origin, client: &'static str) {
    let second = story.working_second();
    let typed = story.browser(second);
    let resources: &[&'static str] = match client {
        CLI | POWERSHELL => &[ARM, GRAPH, KEY_VAULT],
        EXCHANGE_POWERSHELL => &[EXCHANGE],
        _ => &[GRAPH],
    };
    let code = Code::new(story, second, typed, machine.clone(), (client, resources[0]));
    let mut token = story.device_code(&code);
    let mut later = second;
    for _ in 0..story.rng.between(1, 6) {
        if token.resource == GRAPH {
            for call in 0..story.rng.between(3, 25) {
                let path = *story.rng.pick(&["/v1.0/users?$top=100", "/v1.0/groups?$top=100", "/v1.0/organization"]);
                story.call(&token, 10 + call * 4, path);
            }
        }
        later += story.rng.between(40, 4200);
        let resource = *story.rng.pick(resources);
        token = story.descend(later, &code, (client, resource), OK);
    }
}

/// A developer's code for a server beside the office's exit.
pub(super) fn office_server(story: &mut Story) {
    let office = &story.world.offices[story.person.office];
    let spot =
        if story.rng.percent(50) { office.exit.clone() } else { office.net.beside(&office.exit, &mut story.rng) };
    let agent = *story.rng.pick(&[
        "python-requests/2.31.0",
        "python/3.12.8 (Linux-6.8.0-57-generic-x86_64-with-glibc2.39) AZURECLI/2.71.0 (DEB)",
        "",
    ]);
    let server = story.machine_at(spot, "Linux", "", agent);
    let client = if agent.is_empty() { VSCODE } else { CLI };
    for _ in 0..story.rng.between(1, 2) {
        let second = story.working_second();
        let typed = story.browser(second);
        let code = Code::new(story, second, typed, server.clone(), (client, ARM));
        story.device_code(&code);
        let mut later = second;
        for _ in 0..story.rng.between(1, 7) {
            later += story.rng.between(10, 3800);
            let resource = *story.rng.pick(&[ARM, GRAPH, KEY_VAULT, ARM]);
            let token = story.descend(later, &code, (client, resource), OK);
            if resource == GRAPH {
                story.call(&token, 3, "/v1.0/me");
            }
        }
    }
}

/// A container on the developer's laptop: same address, another system.
pub(super) fn container(story: &mut Story) {
    let second = story.working_second();
    let typed = story.browser(second);
    let agent =
        *story.rng.pick(&["python-requests/2.32.3", "azsdk-net-Identity/1.13.2 (.NET 8.0.14; Linux 6.6)", "node"]);
    let inside = story.machine_at(typed.spot.clone(), "Linux", "", agent);
    let client = *story.rng.pick(&[CLI, VSCODE]);
    let code = Code::new(story, second, typed, inside, (client, ARM));
    story.device_code(&code);
    let mut later = second;
    for _ in 0..story.rng.between(1, 5) {
        later += story.rng.between(5, 2500);
        let resource = *story.rng.pick(&[ARM, GRAPH, AAD_GRAPH, KEY_VAULT]);
        story.descend(later, &code, (client, resource), OK);
    }
}

/// A meeting room whose device is signed in by code every week.
pub(super) fn room(story: &mut Story) {
    let first_day = story.day;
    let device = Day::room_origin(story.world, story.person);
    let client = *story.rng.pick(&[ROOMS, TEAMS_DEVICE]);
    let weekday = story.rng.below(5);
    for day in 0..story.world.export.days {
        if story.world.weekday(day) != weekday {
            continue;
        }
        story.day = day;
        let second = story.rng.between(7 * 3600, 16 * 3600);
        // Typed on a technician's laptop, or by the room itself.
        let typed = if story.rng.percent(60) { story.browser(second) } else { device.clone() };
        let typed = Origin { spot: device.spot.clone(), binding: Binding::Unbound(1002), ..typed };
        let code = Code::new(story, second, typed, device.clone(), (client, TEAMS_SERVICES));
        story.device_code(&code);
        for (wait, resource) in [(4, GRAPH), (9, EXCHANGE), (3700, TEAMS_SERVICES)] {
            story.descend(second + 10 + wait, &code, (client, resource), OK);
        }
    }
    story.day = first_day;
}
