//! An authorization code: where it was issued, where it was redeemed, and whether that pair of networks is usual.

use super::missing;
use crate::analytics::distance::Location;
use crate::analytics::handoff::{Handoff, USUAL_DAYS, begun_with};
use crate::analytics::known::Standing;
use crate::analytics::places::{Compared, Tool};
use crate::analytics::{Finding, State, StepContext};
use crate::model::words::counted;
use crate::model::{EventId, Field};

/// The pair that the hit rests on.
fn handoff<'h>(context: &'h StepContext<'_>) -> Option<&'h Handoff> {
    begun_with(context.store, context.detect.handoffs(), &context.hit.evidence)
}

fn no_pair() -> Finding {
    missing("no pair", "The hit has no code with its redemption", "SigninLogs and AADNonInteractiveUserSignInLogs")
}

/// Address, network, software and standing of a row.
fn place_words(context: &StepContext, id: EventId) -> String {
    let (places, known) = (context.detect.places(), context.detect.known());
    let net = places.net(id).map_or_else(|| "no network".to_owned(), |net| net.to_string());
    let profile = places.profile(id);
    let os = if profile.os.is_empty() { String::new() } else { format!(" on {}", profile.os) };
    let at = context.store.event(id).time();
    let standing = known.standing(context.hit.user, places.place(id), at).word();
    format!("{} ({net}, {standing}) with {}{os}", context.store.get(id, Field::IpAddress), profile.family)
}

/// The sign-in that was given the code.
pub fn code_issued(context: &StepContext) -> Finding {
    let Some(handoff) = handoff(context) else { return no_pair() };
    let (store, id) = (context.store, handoff.issued);
    let sentence = format!(
        "At {} a sign-in to {} from {} was given the code.",
        store.event(id).time().second(),
        context.hit.app_name,
        place_words(context, id)
    );
    Finding::new(State::Unknown, context.detect.places().profile(id).family.to_string(), sentence).with_rows([id])
}

/// The request that redeemed the code.
pub fn code_redeemed(context: &StepContext) -> Finding {
    let Some(handoff) = handoff(context) else { return no_pair() };
    let (store, places, known) = (context.store, context.detect.places(), context.detect.known());
    let (issued, redeemed) = (handoff.issued, handoff.redeemed);
    let at = store.event(redeemed).time();
    let words = format!("Redeemed after {} from {}", handoff.elapsed(store), place_words(context, redeemed));
    let (from, to) = (Location::new(store, issued), Location::new(store, redeemed));
    let is_far = from.is_far(&to);
    let standing = known.standing(context.hit.user, places.place(redeemed), at);
    let (state, brief, why) = if places.profile(redeemed).tool == Tool::Kit {
        (State::Supports, "an attacker's tool", "its agent is an attacker's tool".to_owned())
    } else if is_far {
        (State::Supports, "far away", format!("far away: {} and {}", from.words(), to.words()))
    } else if places.compared(issued, redeemed) == Compared::Same {
        (State::Against, "the same network", "in the network of the code".to_owned())
    } else {
        match standing {
            Standing::New => (State::Supports, "a new network", "a network that is new to the user".to_owned()),
            Standing::Known => {
                (State::Against, "a known network", "a network that the user is known to use".to_owned())
            }
            Standing::Undecided if known.has_baseline(context.hit.user, at) => (
                State::Unknown,
                "undecided",
                "the days before do not show whether the network is the user's".to_owned(),
            ),
            Standing::Undecided => {
                return missing("too little history", &words, "30 days of sign-ins of the user")
                    .with_rows([issued, redeemed]);
            }
        }
    };
    Finding::new(state, brief, format!("{words}: {why}.")).with_rows([issued, redeemed])
}

/// Earlier days on which codes of the user went between the same two networks.
pub fn exits_usual(context: &StepContext) -> Finding {
    let Some(handoff) = handoff(context) else { return no_pair() };
    let days = handoff.days_before;
    let rows = [handoff.issued, handoff.redeemed];
    let sentence = format!(
        "Codes of this user went between these two networks on {} before, with any client.",
        counted(days, "day")
    );
    if days == 0 && !context.detect.known().has_baseline(context.hit.user, context.hit.first_seen) {
        let lacks = "The bundle has fewer than seven days of this user before it, and none of them has such a code";
        return missing("too little history", lacks, "30 days of sign-ins of the user").with_rows(rows);
    }
    let (state, brief) = match days {
        0 => (State::Supports, "never before"),
        USUAL_DAYS.. => (State::Against, "a usual pair"),
        _ => (State::Unknown, "once before"),
    };
    Finding::new(state, brief, sentence).with_rows(rows)
}
