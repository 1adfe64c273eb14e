//! Programs whose ordinary work looks like a kit's.

use crate::event::{Incoming, SignIn};
use crate::rng::Rng;
use crate::story::Story;
use crate::world::World;
use crate::world::ids::{ARM, AZURE_PORTAL, CLI, DEVOPS, GRAPH, GRAPH_TOOLS, KEY_VAULT, ONEDRIVE, SHAREPOINT, VSCODE};
use crate::world::machine::Device;
use crate::world::person::Person;

/// `az login` on the developer's machine, then Cloud Shell, which calls from Microsoft's network.
pub(super) fn azure_cli(story: &mut Story) {
    let second = story.working_second();
    let session = story.rng.guid();
    let browser = story.browser(second);
    let prompt = story.prompt(second, &browser, session, (CLI, ARM));
    story.sign_in(prompt);
    let mut terminal = browser.clone();
    "python-requests/2.32.3".clone_into(&mut terminal.agent);
    terminal.device = Device::unknown(browser.device.system, "Python Requests 2.32");
    let wait = story.rng.between(2, 12);
    let redeemed = story.silent(second + wait, &terminal, session, (CLI, ARM));
    story.sign_in(SignIn { incoming: Incoming::None, ..redeemed });
    let mut later = second + wait;
    for _ in 0..story.rng.between(1, 6) {
        later += story.rng.between(5, 3000);
        let resource = *story.rng.pick(&[ARM, GRAPH, KEY_VAULT, DEVOPS]);
        let token = story.renew(later, &terminal, session, (CLI, resource));
        if resource == GRAPH {
            story.call(&token, 1, "/v1.0/me");
            story.call(&token, 4, "/v1.0/servicePrincipals?$filter=displayName eq 'deploy'");
        }
    }
    if story.rng.percent(70) {
        let net = story.world.microsoft.clone();
        let shell = story.machine(&net, "", "", "");
        let session = story.person.web_session_on(story.world, story.day);
        let row = story.prompt(later + 60, &browser, session, (AZURE_PORTAL, ARM));
        story.sign_in(row);
        for _ in 0..story.rng.between(1, 3) {
            later += story.rng.between(70, 900);
            story.renew(later, &shell, session, (AZURE_PORTAL, ARM));
        }
    }
}

/// An inventory by Graph PowerShell, from the office.
pub(super) fn inventory(story: &mut Story) {
    const PATHS: [&str; 9] = [
        "users?$top=999&$select=id,displayName,assignedLicenses",
        "groups?$top=999",
        "devices?$top=999",
        "applications?$top=999",
        "servicePrincipals?$top=999",
        "organization",
        "domains",
        "directoryRoles",
        "reports/authenticationMethods/userRegistrationDetails",
    ];
    let second = story.working_second();
    let session = story.rng.guid();
    let browser = story.browser(second);
    let prompt = story.prompt(second, &browser, session, (GRAPH_TOOLS, GRAPH));
    story.sign_in(prompt);
    let agent =
        "Mozilla/5.0 (Windows NT 10.0; Microsoft Windows 10.0.26100; en-GB) PowerShell/7.5.1 Invoke-MgGraphRequest";
    let shell = crate::event::Origin { agent: agent.to_owned(), ..browser };
    let row = story.silent(second + 4, &shell, session, (GRAPH_TOOLS, GRAPH));
    let token = story.sign_in(SignIn { incoming: Incoming::None, ..row });
    let mut seconds = 5;
    let most = story.rng.between(60, 300);
    for step in 0..most {
        let path = *story.rng.pick(&PATHS);
        let path =
            if step % 3 == 0 { format!("/v1.0/groups/{}/members", story.rng.guid()) } else { format!("/v1.0/{path}") };
        story.call(&token, seconds, path);
        seconds += story.rng.between(0, 6);
    }
}

/// Office that asks for everything as soon as the machine is up, every day.
pub(super) fn office_starts(world: &World, person: &mut Person, _: i64, tag: usize, _: &mut Rng) {
    person.hasty = true;
    person.tagged.extend((10..world.export.days).filter(|date| world.weekday(*date) < 5).map(|date| (date, tag)));
}

/// An editor or a command line that the developer has not used before, at the office or at home.
pub(super) fn first_editor(story: &mut Story) {
    let second = story.working_second();
    let (client, agent) =
        *story.rng.pick(&[(VSCODE, "axios/0.21.4"), (VSCODE, ""), (GRAPH_TOOLS, ""), (VSCODE, "node")]);
    let session = story.rng.guid();
    let browser = story.browser(second);
    let first = if client == VSCODE { ARM } else { GRAPH };
    let prompt = story.prompt(second, &browser, session, (client, first));
    story.sign_in(prompt);
    let program = crate::event::Origin { agent: agent.to_owned(), ..browser };
    let wait = story.rng.between(2, 40);
    let row = story.silent(second + wait, &program, session, (client, first));
    story.sign_in(SignIn { incoming: Incoming::None, ..row });
    let mut later = second + wait;
    for _ in 0..story.rng.between(1, 5) {
        later += story.rng.between(2, 3000);
        let resource = if client == VSCODE { *story.rng.pick(&[ARM, DEVOPS, GRAPH]) } else { GRAPH };
        let token = story.renew(later, &program, session, (client, resource));
        if resource == GRAPH {
            story.call(&token, 2, "/v1.0/me");
        }
    }
}

/// A sync client that goes through a library by delta, page after page.
pub(super) fn delta_sync(story: &mut Story) {
    let mut second = story.working_second();
    let laptop = story.person.laptop_on(story.day).clone();
    let agent =
        if laptop.agents.onedrive.is_empty() { laptop.agents.browser.clone() } else { laptop.agents.onedrive.clone() };
    let origin = story.laptop(second, &agent);
    let session = story.person.session_on(story.world, story.day);
    story.renew(second, &origin, session, (ONEDRIVE, SHAREPOINT));
    for _ in 0..story.rng.between(1, 3) {
        let token = story.renew(second, &origin, session, (ONEDRIVE, GRAPH));
        let mut seconds = 1;
        for page in 0..story.rng.between(80, 400) {
            let path = match page % 5 {
                0 => format!("/v1.0/me/drive/items/01SYNC{:05}/content", 10_000 + page),
                _ => format!("/v1.0/me/drive/root/delta?token=aTE09{page}"),
            };
            story.call(&token, seconds, path);
            seconds += story.rng.between(0, 4);
        }
        second += story.rng.between(3600, 5000);
    }
}
