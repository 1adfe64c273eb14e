//! Log lines of tokentrail 0.1.0, which have no change as data: one table reads their words.

use super::case::Case;
use super::change::{CLEARED, Change, TAKEN};
use super::work::{Disposition, Verdict};
use crate::model::Time;

/// Its words for the verdict on a hit.
const DISPOSITIONS: [(&str, Disposition); 4] = [
    ("true positive", Disposition::Theft),
    ("benign", Disposition::Authorised),
    ("false positive", Disposition::Misfired),
    ("undetermined", Disposition::CannotTell),
];

/// Reads the subject and the value of a phrase.
type Read = fn(&str, &str) -> Option<Change>;

/// Each phrase: its first word, the separator of subject and value, and their readers. Subjects of events are keys from
/// the bundle and values are typed: either may contain the separator.
const PHRASES: [(&str, &str, Read); 7] = [
    ("event ", ": bookmark ", |event, value| {
        let to = match value {
            "set" => true,
            TAKEN => false,
            _ => return None,
        };
        Some(Change::Bookmark { event: event.to_owned(), to })
    }),
    ("event ", ": tags ", |event, value| {
        let to = quoted(value)?.split(' ').filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        Some(Change::Tags { event: event.to_owned(), to })
    }),
    ("event ", ": remark ", |event, value| {
        Some(Change::EventRemark { event: event.to_owned(), to: quoted(value)?.to_owned() })
    }),
    ("user ", ": revoked ", |user, value| {
        let to = match value.strip_prefix("at ") {
            Some(time) => Some(Time::parse(time)?),
            None if value == CLEARED => None,
            None => return None,
        };
        Some(Change::Revoked { user: user.to_owned(), to })
    }),
    ("", ": verdict ", |subject, value| {
        let (hit, step) = step(subject)?;
        let known = [Verdict::Supports, Verdict::Against, Verdict::Unknown];
        let to = known.into_iter().find(|verdict| verdict.word() == value);
        (to.is_some() || value == CLEARED).then_some(Change::Verdict { hit, step, to })
    }),
    ("", ": remark ", |subject, value| {
        let (hit, step) = step(subject)?;
        Some(Change::Remark { hit, step, to: quoted(value)?.to_owned() })
    }),
    ("", ": disposition ", |hit, value| {
        let to = DISPOSITIONS.into_iter().find(|(words, _)| *words == value).map(|(_, disposition)| disposition);
        let is_whole = !hit.contains(' ') && (to.is_some() || value == CLEARED);
        let none = String::new;
        is_whole.then(|| Change::Disposition { hit: hit.to_owned(), to, reason: none(), confirmed: none() })
    }),
];

/// Begin of an undo's line, before the words of the undone line.
pub(super) const UNDID: &str = "undid: ";

/// The change in a line of 0.1.0; `None` for a line without one. Of several possible readings, one whose subject the
/// case knows wins, then the one with the shortest subject.
pub(super) fn change(what: &str, case: &Case) -> Option<Change> {
    let mut shortest: Option<(usize, Change)> = None;
    for (word, between, read) in PHRASES {
        let Some(text) = what.strip_prefix(word) else { continue };
        for (at, _) in text.match_indices(between) {
            let Some(change) = read(&text[..at], &text[at + between.len()..]) else { continue };
            if is_known(&change, case) {
                return Some(change);
            }
            if shortest.as_ref().is_none_or(|(length, _)| at < *length) {
                shortest = Some((at, change));
            }
        }
    }
    shortest.map(|(_, change)| change)
}

fn is_known(change: &Change, case: &Case) -> bool {
    match change {
        Change::Bookmark { event, .. } | Change::Tags { event, .. } | Change::EventRemark { event, .. } => {
            case.marks.contains_key(event)
        }
        Change::Revoked { user, .. } => case.revoked.contains_key(user),
        Change::Task { user, .. } => case.contained.contains_key(user),
        Change::Verdict { hit, .. }
        | Change::Remark { hit, .. }
        | Change::Disposition { hit, .. }
        | Change::Alone { hit, .. } => case.hits.contains_key(hit),
        Change::Tlp { .. }
        | Change::Conflict { .. }
        | Change::Apart { .. }
        | Change::Nothing
        | Change::LogCut { .. } => false,
    }
}

/// `ea9167441ca3 step 2`
fn step(subject: &str) -> Option<(String, String)> {
    let (hit, step) = subject.split_once(" step ")?;
    let is_whole = !hit.contains(' ') && super::numbered::is_number(step);
    is_whole.then(|| (hit.to_owned(), step.to_owned()))
}

/// The text between quotes; nothing for `cleared`.
fn quoted(value: &str) -> Option<&str> {
    if value == CLEARED { Some("") } else { value.strip_prefix('"')?.strip_suffix('"') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_that_looks_like_a_phrase_is_read_as_text() {
        let mut case = Case::new("b".into(), "ana".into());
        let read = |what: &str, case: &Case| change(what, case);
        let remark = |to: &str| Change::Remark { hit: "ab".into(), step: "2".into(), to: to.into() };
        assert_eq!(read("ab step 2: remark \"x: verdict supports\"", &case), Some(remark("x: verdict supports")));
        assert_eq!(read("ab step 2: remark \"\"a: remark \"b\"\"", &case), Some(remark("\"a: remark \"b\"")));
        let remark = |event: &str, to: &str| Some(Change::EventRemark { event: event.into(), to: to.into() });
        assert_eq!(read("event E 1: remark \"y: tags \"z\"\"", &case), remark("E 1", "y: tags \"z\""));
        let member = "sha256:ab!x: tags \"y\": remark \"z.json record 4";
        let what = format!("event {member}: remark \"seen\"");
        assert_ne!(read(&what, &case), remark(member, "seen"), "nothing says how long the name is");
        case.set_bookmark(member, true, Time::MISSING);
        assert_eq!(read(&what, &case), remark(member, "seen"));
        assert_eq!(read("thresholds changed: --window 11m (was 10m); 3 hits", &case), None);
    }
}
