//! Copying by OSC 52: the terminal on the analyst's desk is asked to take a text, over however many hops.
//!
//! No terminal says whether it did, so nothing here does either. What tmux and GNU screen would swallow is wrapped for
//! them; tmux passes it on only where `allow-passthrough` is set.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::ffi::OsString;

/// Most bytes of base64 that are sent. Terminals cut a sequence at 100,000 bytes or less, in silence; this is the
/// largest text that the older of them take whole.
pub const MOST: usize = 74_994;
/// Bytes of one string that screen passes on; its own limit is 768, older ones had less.
const SCREEN_BYTES: usize = 76;

/// Multiplexer between us and the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    /// Nothing.
    Plain,
    /// tmux.
    Tmux,
    /// GNU screen.
    Screen,
}

impl Wrap {
    /// By the environment; `variable` looks one up. Over ssh only `TERM` is left to tell.
    pub fn from_environment(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
        let term = variable("TERM").unwrap_or_default();
        let term = term.to_string_lossy();
        if is_set("TMUX") || term.starts_with("tmux") {
            Self::Tmux
        } else if is_set("STY") || term.starts_with("screen") {
            Self::Screen
        } else {
            Self::Plain
        }
    }
}

/// The bytes that ask the terminal to take a text; `None` for one that is too long.
pub fn sequence(text: &str, wrap: Wrap) -> Option<String> {
    let encoded = STANDARD.encode(text);
    if encoded.len() > MOST {
        return None;
    }
    Some(match wrap {
        Wrap::Plain => format!("\x1b]52;c;{encoded}\x1b\\"),
        Wrap::Tmux => format!("\x1bPtmux;\x1b\x1b]52;c;{encoded}\x1b\x1b\\\x1b\\"),
        Wrap::Screen => {
            // Screen ends its string at the first ESC \, so the inner sequence ends with BEL, which means the same.
            let inner = format!("\x1b]52;c;{encoded}\x07");
            let mut rest = inner.as_str();
            let mut wrapped = String::with_capacity(inner.len() * 2);
            while !rest.is_empty() {
                let (part, after) = rest.split_at(rest.len().min(SCREEN_BYTES));
                wrapped.push_str("\x1bP");
                wrapped.push_str(part);
                wrapped.push_str("\x1b\\");
                rest = after;
            }
            wrapped
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_framing_is_exact() {
        let of = |wrap| sequence("198[.]51", wrap).unwrap();
        assert_eq!(of(Wrap::Plain), "\x1b]52;c;MTk4Wy5dNTE=\x1b\\");
        assert_eq!(of(Wrap::Tmux), "\x1bPtmux;\x1b\x1b]52;c;MTk4Wy5dNTE=\x1b\x1b\\\x1b\\");
        assert_eq!(of(Wrap::Screen), "\x1bP\x1b]52;c;MTk4Wy5dNTE=\x07\x1b\\");
    }

    #[test]
    fn screen_gets_short_strings_that_make_the_whole() {
        let text = "x".repeat(1000);
        let wrapped = sequence(&text, Wrap::Screen).unwrap();
        let parts: Vec<&str> =
            wrapped.split_terminator("\x1b\\").map(|part| part.strip_prefix("\x1bP").unwrap()).collect();
        assert!(parts.len() > 10 && parts.iter().all(|part| part.len() <= SCREEN_BYTES));
        assert_eq!(parts.concat(), format!("\x1b]52;c;{}\x07", STANDARD.encode(&text)));
    }

    #[test]
    fn nothing_of_the_text_itself_reaches_the_terminal() {
        let hostile = "\x1b]0;owned\x07\x1b\\\u{9b}31m\r\n";
        for wrap in [Wrap::Plain, Wrap::Tmux, Wrap::Screen] {
            let sent = sequence(hostile, wrap).unwrap();
            assert!(!sent.contains("owned") && sent.is_ascii(), "{wrap:?}");
        }
    }

    #[test]
    fn what_is_too_long_is_not_sent_at_all() {
        let largest = MOST / 4 * 3;
        assert_eq!(sequence(&"x".repeat(largest), Wrap::Plain).unwrap().len(), MOST / 4 * 4 + 9);
        for wrap in [Wrap::Plain, Wrap::Tmux, Wrap::Screen] {
            assert_eq!(sequence(&"x".repeat(largest + 1), wrap), None);
        }
    }

    #[test]
    fn the_environment_tells_what_is_between() {
        let wrap = |pairs: &'static [(&str, &str)]| {
            Wrap::from_environment(|name| {
                pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
            })
        };
        assert_eq!(wrap(&[("TERM", "xterm-256color")]), Wrap::Plain);
        assert_eq!(wrap(&[("TERM", "screen-256color"), ("TMUX", "/tmp/tmux-0/default,1,0")]), Wrap::Tmux);
        assert_eq!(wrap(&[("TERM", "tmux-256color")]), Wrap::Tmux);
        assert_eq!(wrap(&[("TERM", "screen-256color")]), Wrap::Screen);
        assert_eq!(wrap(&[("TERM", "xterm"), ("STY", "1.pts-0")]), Wrap::Screen);
        assert_eq!(wrap(&[("TERM", "xterm"), ("TMUX", "")]), Wrap::Plain);
    }
}
