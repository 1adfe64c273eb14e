//! Reasons offered for a verdict other than theft.

use super::Disposition;
use crate::analytics::{LookAlike, by_id};

/// Most reasons offered: each has a digit.
const MOST: usize = 9;
/// A test by agreement looks like any theft.
const AGREED_TEST: &str = "an agreed test";
/// Reasons for a rule that misfired.
const MISFIRED: [&str; 3] = [
    "the address is the company's, and was not given as known",
    "the record is wrong: a wrong address, time or name",
    "the rows belong to several people or machines",
];
/// Reasons for a question that stays open.
const CANNOT_TELL: [&str; 3] =
    ["the logs that decide it are missing", "the user could not be asked", "the rows fit both stories"];

/// Reasons for a verdict on the hits of some analytics: for authorised activity their look-alikes, those of the first
/// analytic first. Theft needs none.
pub fn reasons<'a>(disposition: Disposition, analytics: impl IntoIterator<Item = &'a str>) -> Vec<&'static str> {
    match disposition {
        Disposition::Theft => Vec::new(),
        Disposition::Misfired => MISFIRED.to_vec(),
        Disposition::CannotTell => CANNOT_TELL.to_vec(),
        Disposition::Authorised => {
            let mut stories: Vec<LookAlike> = Vec::new();
            for analytic in analytics {
                let known = by_id(analytic).map_or(&[][..], |analytic| analytic.look_alikes);
                let new: Vec<LookAlike> = known.iter().filter(|story| !stories.contains(story)).copied().collect();
                stories.extend(new);
            }
            stories.into_iter().map(LookAlike::words).take(MOST - 1).chain([AGREED_TEST]).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::ANALYTICS;

    #[test]
    fn every_verdict_but_theft_has_reasons_and_each_has_a_digit() {
        let all = || ANALYTICS.iter().map(|analytic| analytic.id);
        for disposition in Disposition::ALL {
            let offered = reasons(disposition, all());
            assert_eq!(offered.is_empty(), !disposition.needs_a_reason());
            assert!(offered.len() <= MOST, "{offered:?}");
        }
        let first = reasons(Disposition::Authorised, all().take(1))[0];
        assert_eq!(first, ANALYTICS[0].look_alikes[0].words());
        assert!(ANALYTICS.iter().all(|analytic| !analytic.look_alikes.is_empty()));
    }
}
