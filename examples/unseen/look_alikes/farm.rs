//! A farm of remote desktops that colleagues use every day.

use crate::event::{Incoming, Origin, SignIn};
use crate::habits::Day;
use crate::rng::Rng;
use crate::story::Story;
use crate::world::World;
use crate::world::ids::{EXCHANGE, GRAPH, OFFICE, OFFICE_HOME, SHAREPOINT};
use crate::world::machine::{Binding, Device};
use crate::world::nets::Spot;

/// The farm's address: one exit for all who work there.
pub(crate) fn exit(world: &World) -> Spot {
    let mut rng = Rng::seeded(&format!("farm {}", world.seed));
    world.clouds[0].spot(&mut rng)
}

fn desktop(world: &World, who: usize, spot: &Spot, rng: &mut Rng) -> Origin {
    let mut machines = Rng::seeded(&format!("farm machines {}", world.seed));
    let number = rng.between(1, 4);
    let ids: Vec<String> = (0..5).map(|_| machines.guid().to_string()).collect();
    let chrome = world.versions.chrome - 1;
    Origin {
        who,
        spot: spot.clone(),
        device: Device {
            id: ids[usize::try_from(number).expect("few")].clone(),
            name: format!("CONTOSO-VDI{number:02}"),
            system: "Windows10",
            browser: format!("Edge {chrome}.0.0"),
            trust: "Hybrid Azure AD joined",
            compliant: true,
        },
        agent: format!(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Safari/537.36 Edg/{chrome}.0.0.0"
        ),
        binding: Binding::Unbound(1003),
    }
}

/// The rows of one visit to the farm.
fn visit(world: &World, day: i64, second: i64, origin: &Origin, rng: &mut Rng) -> Vec<SignIn> {
    let session = rng.guid();
    let at = world.at(day, second, rng);
    let mut rows = vec![SignIn::prompt(rng, at, origin.clone(), session, (OFFICE_HOME, GRAPH))];
    let programs = Origin { agent: "Windows-AzureAD-Authentication-Provider/1.0".to_owned(), ..origin.clone() };
    let mut later = second;
    for resource in [EXCHANGE, GRAPH, SHAREPOINT] {
        later += rng.between(3, 900);
        let at = world.at(day, later, rng);
        let mut row = SignIn::silent(rng, at, programs.clone(), session, (OFFICE, resource));
        row.incoming = Incoming::Primary;
        rows.push(row);
    }
    rows
}

/// An ordinary day's work on the farm.
pub(crate) fn work(day: &mut Day, second: i64, spot: &Spot) {
    let origin = desktop(day.world, day.person.number, spot, &mut day.rng);
    let rows = visit(day.world, day.date, second, &origin, &mut day.rng);
    day.log.sign_ins.extend(rows);
}

/// Somebody's first days there.
pub(super) fn first_day(story: &mut Story) {
    let spot = exit(story.world);
    let first_day = story.day;
    let length = story.rng.between(1, 4);
    for _ in 0..length {
        let second = story.working_second();
        let origin = desktop(story.world, story.person.number, &spot, &mut story.rng);
        for row in visit(story.world, story.day, second, &origin, &mut story.rng) {
            story.sign_in(row);
        }
        story.day = (story.day + 1).min(story.world.export.days - 1);
    }
    story.day = first_day;
}
