//! Hits that an entry of the allow-list covers, or would but for an address.

use super::Desk;
use std::sync::Arc;
use tokentrail::testing::analytics::{AllowList, Uncovered};
use tokentrail::testing::model::Time;

#[test]
fn the_address_that_kept_an_entry_from_a_hit_stands_beside_its_steps() {
    let text = "[[allow]]\nuser = \"zoe\"\naddress = \"192.0.2.0/24\"\nreason = \"ours\"\nexpires = 2126-01-01\n";
    let list = AllowList::parse("allow.toml", text, Time::parse("2026-05-20T00:00:00Z").unwrap()).unwrap();
    let entry = list.in_force().next().unwrap().clone();
    for is_allowed in [false, true] {
        let mut desk = Desk::loading((200, 60));
        for hit in Arc::get_mut(&mut desk.hits).unwrap() {
            let addresses = vec!["203.0.113.77".parse().unwrap()];
            hit.uncovered = Some(Uncovered { entry: entry.clone(), addresses, has_blank: false });
            hit.allowed = is_allowed.then(|| entry.clone());
        }
        desk.reopen();
        let screen = desk.screen().split_whitespace().collect::<Vec<_>>().join(" ");
        let expected = if is_allowed { "203.0.113.77, outside of entry" } else { "would cover it but for" };
        assert!(screen.contains(expected) && screen.contains("203.0.113.77"), "{}", desk.screen());
        assert_eq!(screen.contains("not allowed"), !is_allowed, "{}", desk.screen());
    }
}
