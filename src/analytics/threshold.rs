//! The thresholds of the analytics: their names, values and steps.

use super::Settings;
use crate::model::Span;
use std::fmt;

/// A number that decides whether an analytic fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Threshold {
    /// Distinct resources that make a burst.
    MinResources,
    /// Length of a burst's window.
    Window,
    /// Longest time from device code to burst.
    DeviceCodeWindow,
    /// Longest time from first login to the second client's request.
    SessionWindow,
    /// Longest time between events of two parties of one session.
    SplitGap,
    /// Longest time from the issue of an authorization code to its exchange.
    HandoffWindow,
    /// Length of the window of a sweep through Graph.
    ReconWindow,
}

/// A value of a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Amount {
    /// A number of objects.
    Count(usize),
    /// Time.
    Span(Span),
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            // As the option takes it: `13m32s`, not `812s`.
            Self::Span(span) => match span.whole_seconds() {
                seconds if seconds > 60 && seconds % 60 != 0 => {
                    let minutes = Span::seconds(seconds - seconds % 60).threshold();
                    write!(f, "{minutes}{}s", seconds % 60)
                }
                _ => f.write_str(&span.threshold()),
            },
        }
    }
}

/// Longest time that a step leads to: a day, as no analytic is about more.
const LONGEST: Span = Span::minutes(24 * 60);

impl Threshold {
    /// All, in the order of the screen.
    pub const ALL: [Self; 7] = [
        Self::MinResources,
        Self::Window,
        Self::DeviceCodeWindow,
        Self::SessionWindow,
        Self::SplitGap,
        Self::HandoffWindow,
        Self::ReconWindow,
    ];

    /// The option that sets it.
    pub fn flag(self) -> &'static str {
        match self {
            Self::MinResources => "--min-resources",
            Self::Window => "--window",
            Self::DeviceCodeWindow => "--device-code-window",
            Self::SessionWindow => "--session-window",
            Self::SplitGap => "--split-gap",
            Self::HandoffWindow => "--handoff-window",
            Self::ReconWindow => "--recon-window",
        }
    }

    /// A word or two for a list.
    pub fn words(self) -> &'static str {
        match self {
            Self::MinResources => "resources",
            Self::Window => "window",
            Self::DeviceCodeWindow => "code to burst",
            Self::SessionWindow => "login to request",
            Self::SplitGap => "party to party",
            Self::HandoffWindow => "code to exchange",
            Self::ReconWindow => "sweep",
        }
    }

    /// Its meaning, a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::MinResources => "distinct resources that make a burst",
            Self::Window => "length of a burst's window",
            Self::DeviceCodeWindow => "longest time from device code to burst",
            Self::SessionWindow => "longest time from first login to request",
            Self::SplitGap => "longest time between two parties of a session",
            Self::HandoffWindow => "longest time from a code's issue to its exchange",
            Self::ReconWindow => "length of the window of a Graph sweep",
        }
    }

    /// The threshold an option sets.
    pub fn of_flag(flag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|threshold| threshold.flag() == flag)
    }

    /// Its value.
    pub fn value(self, settings: &Settings) -> Amount {
        match self {
            Self::MinResources => Amount::Count(settings.min_resources),
            Self::Window => Amount::Span(settings.window),
            Self::DeviceCodeWindow => Amount::Span(settings.device_code_window),
            Self::SessionWindow => Amount::Span(settings.session_window),
            Self::SplitGap => Amount::Span(settings.split_gap),
            Self::HandoffWindow => Amount::Span(settings.handoff_window),
            Self::ReconWindow => Amount::Span(settings.recon_window),
        }
    }

    /// The settings with another value of it; one of the wrong kind changes nothing.
    #[must_use]
    pub fn set(self, settings: &Settings, amount: Amount) -> Settings {
        let mut settings = settings.clone();
        match (self, amount) {
            (Self::MinResources, Amount::Count(count)) => settings.min_resources = count,
            (Self::Window, Amount::Span(span)) => settings.window = span,
            (Self::DeviceCodeWindow, Amount::Span(span)) => settings.device_code_window = span,
            (Self::SessionWindow, Amount::Span(span)) => settings.session_window = span,
            (Self::SplitGap, Amount::Span(span)) => settings.split_gap = span,
            (Self::HandoffWindow, Amount::Span(span)) => settings.handoff_window = span,
            (Self::ReconWindow, Amount::Span(span)) => settings.recon_window = span,
            _ => {}
        }
        settings
    }

    /// The value up to which a miss is near: two thirds of the resources but at least two, twice the time. `None` where
    /// no value lies between.
    pub(super) fn loosened(self, settings: &Settings) -> Option<Amount> {
        let (loose, tight) = match self.value(settings) {
            Amount::Count(count) => {
                (Amount::Count((count - (count / 3).max(1).min(count)).max(2)), Amount::Count(count))
            }
            Amount::Span(span) => (Amount::Span(Span::from_ticks(span.ticks().saturating_mul(2))), Amount::Span(span)),
        };
        let looser = if self == Self::MinResources { loose < tight } else { loose > tight };
        looser.then_some(loose)
    }

    /// The next value: one resource more or less; a minute, five from half an hour on, half an hour from two hours on.
    pub fn step(self, settings: &Settings, up: bool) -> Amount {
        match self.value(settings) {
            Amount::Count(count) => Amount::Count(if up { count.saturating_add(1) } else { count - 1 }.max(1)),
            Amount::Span(span) => {
                // Down from a value begins the steps below it: 30m goes to 29m, not to 25m.
                let ticks = if up { span.ticks() } else { span.ticks().saturating_sub(1) };
                let step = match Span::from_ticks(ticks).whole_minutes() {
                    ..30 => Span::minutes(1),
                    30..120 => Span::minutes(5),
                    _ => Span::minutes(30),
                }
                .ticks();
                // On the step's own grid, so that 11m12s goes to 12m and back to 11m.
                let whole = ticks.div_euclid(step) * step;
                let next = if up { whole.saturating_add(step) } else { whole };
                Amount::Span(Span::from_ticks(next.clamp(Span::minutes(1).ticks(), LONGEST.ticks())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analytics::ANALYTICS;

    #[test]
    fn every_option_of_an_analytic_that_is_a_number_is_a_threshold() {
        let flags = ANALYTICS.iter().flat_map(|analytic| analytic.thresholds);
        for (flag, default) in flags.filter(|(_, default)| default.starts_with(|c: char| c.is_ascii_digit())) {
            let threshold = Threshold::of_flag(flag).unwrap_or_else(|| panic!("{flag}"));
            assert_eq!(threshold.value(&Settings::default()).to_string(), *default, "{flag}");
        }
    }

    #[test]
    fn steps_go_up_and_come_back() {
        let mut settings = Settings::default();
        for threshold in Threshold::ALL {
            let before = threshold.value(&settings);
            settings = threshold.set(&settings, threshold.step(&settings, true));
            assert!(threshold.value(&settings) > before, "{threshold:?}");
            settings = threshold.set(&settings, threshold.step(&settings, false));
            assert_eq!(threshold.value(&settings), before, "{threshold:?}");
        }
        for _ in 0..100 {
            for threshold in Threshold::ALL {
                settings = threshold.set(&settings, threshold.step(&settings, false));
            }
        }
        assert_eq!((settings.min_resources, settings.window), (1, Span::minutes(1)), "there is an end");
        assert_eq!(Amount::Span(Span::seconds(812)).to_string(), "13m32s");
        assert_eq!(Span::parse("13m32s"), Ok(Span::seconds(812)), "the option reads it");
        let odd = Settings { window: Span::seconds(672), ..Settings::default() };
        assert_eq!(Threshold::Window.step(&odd, true), Amount::Span(Span::minutes(12)));
        assert_eq!(Threshold::Window.step(&odd, false), Amount::Span(Span::minutes(11)));
    }

    #[test]
    fn two_resources_are_not_loosened_to_one() {
        let with = |min_resources| Settings { min_resources, ..Settings::default() };
        let loosened = |count| Threshold::MinResources.loosened(&with(count));
        assert_eq!(loosened(6), Some(Amount::Count(4)));
        assert_eq!(loosened(3), Some(Amount::Count(2)));
        assert_eq!((loosened(2), loosened(1)), (None, None));
    }
}
