//! Signs that several screens share.

use super::theme::Role;
use crate::analytics::State;

/// Glyph and role of a finding.
pub fn finding(state: State) -> (&'static str, Role) {
    match state {
        State::Supports => ("▲", Role::Supports),
        State::Against => ("▽", Role::Against),
        State::Unknown => ("◇", Role::Unknown),
        State::Missing => ("∅", Role::Missing),
    }
}
