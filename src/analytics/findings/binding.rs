//! Token binding before a drop, its code, and the device that was bound.

use super::missing;
use crate::analytics::binding::{BindingDrop, code_words};
use crate::analytics::rows::within;
use crate::analytics::{Finding, State, StepContext};
use crate::model::words::counted;
use crate::model::{EventId, Span, Sym};
use crate::store::Key;

/// Time after the drop in which the bound device shows that it goes on.
const AFTER: Span = Span::DAY;

/// The drop of the hit's first row.
fn drop_of<'d>(context: &'d StepContext<'_>) -> Option<&'d BindingDrop> {
    let first = context.hit.evidence.first()?;
    let drops = context.detect.drops();
    drops.binary_search_by_key(first, |drop| drop.id).ok().map(|at| &drops[at])
}

fn no_drop() -> Finding {
    missing("no record", "The hit's rows record no binding", "the sign-ins with TokenProtectionStatusDetails")
}

/// Binding of the user's tokens of this client and system before.
pub fn binding_regular(context: &StepContext) -> Finding {
    let Some(drop) = drop_of(context) else { return no_drop() };
    let sentence = format!(
        "{} of {} of this user, client and system on {} before were bound, the last at {}.",
        drop.bound,
        counted(drop.all, "sign-in"),
        counted(drop.days, "day"),
        context.store.event(drop.last_bound).time().second()
    );
    Finding::new(State::Supports, format!("{} of {} bound", drop.bound, drop.all), sentence)
        .with_rows([drop.last_bound, drop.id])
}

/// Code of the drop, and its meaning.
pub fn binding_code(context: &StepContext) -> Finding {
    let Some(drop) = drop_of(context) else { return no_drop() };
    let sentence = format!("Unbound with code {}: {}.", drop.code, code_words(drop.code));
    Finding::new(State::Unknown, format!("code {}", drop.code), sentence).with_rows([drop.id])
}

/// The device of the last bound token, within a day after the drop.
pub fn bound_device(context: &StepContext) -> Finding {
    let Some(drop) = drop_of(context) else { return no_drop() };
    let store = context.store;
    let device = store.value(Key::Device, drop.last_bound);
    if device == Sym::NONE {
        let lacks = "The last bound sign-in names no device";
        return missing("no device named", lacks, "the sign-ins with DeviceDetail").with_rows([drop.last_bound]);
    }
    let begin = store.event(drop.id).time();
    let after = within(store, store.with(Key::Device, device), begin, begin.plus(AFTER));
    let goes_on = |id: &EventId| {
        let event = store.event(*id);
        event.user == drop.user && event.table.issues() && event.succeeded() && !context.hit.evidence.contains(id)
    };
    let Some(row) = after.iter().copied().find(goes_on) else {
        let sentence = "The device of the bound tokens has no sign-in within a day after: it may have been replaced.";
        return Finding::new(State::Unknown, "silent since", sentence).with_rows([drop.last_bound]);
    };
    let sentence = format!(
        "The device of the bound tokens signed in at {}, within a day after: it goes on beside the unbound one.",
        store.event(row).time().second()
    );
    Finding::new(State::Supports, "it goes on", sentence).with_rows([drop.last_bound, row])
}
