//! The span of time in view.

use crate::model::Span;

/// The span of time around the hit that is in view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zoom {
    /// This much before and after it.
    Around(Span),
    /// Everything of the user.
    All,
}

/// The zoom levels, narrow to wide; everything comes after the last.
const LEVELS: [Span; 7] = [
    Span::minutes(1),
    Span::minutes(5),
    Span::minutes(20),
    Span::minutes(60),
    Span::minutes(6 * 60),
    Span::minutes(24 * 60),
    Span::minutes(7 * 24 * 60),
];
/// The level a hit opens with.
pub(super) const OPENING: Span = LEVELS[2];

impl Zoom {
    pub(super) fn narrower(self) -> Self {
        let level = match self {
            Self::Around(span) => LEVELS.iter().rev().find(|level| **level < span).unwrap_or(&LEVELS[0]),
            Self::All => &LEVELS[LEVELS.len() - 1],
        };
        Self::Around(*level)
    }

    pub(super) fn wider(self) -> Self {
        let Self::Around(span) = self else { return self };
        LEVELS.iter().find(|level| **level > span).map_or(Self::All, |level| Self::Around(*level))
    }

    /// `±20 min`, for the title.
    pub fn words(self) -> String {
        let Self::Around(span) = self else { return "all of the user".to_owned() };
        match span.whole_minutes() {
            minutes @ 0..60 => format!("±{minutes} min"),
            minutes @ 60..1440 => format!("±{} h", minutes / 60),
            minutes => format!("±{} d", minutes / 1440),
        }
    }
}
