//! The planted stories. `assets/demo/README.md` tells each story to the reader; the two must agree.

mod downloads;
mod elsewhere;
mod hop;
mod lookalikes;
mod phish;
mod proxied;

use super::Log;
use super::world::Person;

pub(super) fn write(people: &[Person], log: &mut Log) {
    let named = |account: &str| {
        let upn = format!("{account}@contoso.com");
        people.iter().find(|person| person.upn == upn).expect("the cast is among the people")
    };
    phish::write(named("finance.director"), log);
    hop::write(named("a.novak"), log);
    downloads::write(named("hr.lead"), named("helpdesk"), log);
    elsewhere::write(named("legal.counsel"), log);
    proxied::write(named("ceo"), log);
    lookalikes::office_starts(named("b.office"), log);
    lookalikes::developer(named("d.dev"), log);
    lookalikes::branch_office(named("e.field"), named("f.field"), log);
    lookalikes::new_laptop(named("h.newlaptop"), log);
    lookalikes::password_spray(people, log);
}
