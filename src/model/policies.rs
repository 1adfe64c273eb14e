//! The Conditional Access policies of a sign-in as one short text, which is the same for like sign-ins.
//!
//! `CA014: Block device code = reportOnlyFailure [Block]; 3 not applied`: the policies that applied or would have, and
//! how many did not.

/// Most policies that the text names.
const MOST_NAMED: usize = 40;
/// Most characters of a name that the text keeps.
const LONGEST_NAME: usize = 80;
const SEPARATOR: &str = "; ";
const IS: &str = " = ";
const NOT_APPLIED: &str = " not applied";
const MORE: &str = " more";

/// Effect of a policy on a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyResult {
    /// It applied, and its demands were not met: it stopped the sign-in.
    Stopped,
    /// It is report-only, and would have stopped the sign-in.
    WouldStop,
    /// It is report-only, and would have asked the user for something.
    WouldAsk,
    /// It applied, and its demands were met.
    Met,
    /// It is report-only, and its demands were met.
    WouldMeet,
    /// A word that is none of these.
    Unknown,
}

impl PolicyResult {
    /// Reads Entra's word; `None` where the policy did not apply.
    pub fn read(word: &str) -> Option<Self> {
        const WORDS: [(&str, Option<PolicyResult>); 9] = [
            ("notapplied", None),
            ("reportonlynotapplied", None),
            ("notenabled", None),
            ("failure", Some(PolicyResult::Stopped)),
            ("reportonlyfailure", Some(PolicyResult::WouldStop)),
            ("reportonlyinterrupted", Some(PolicyResult::WouldAsk)),
            ("success", Some(PolicyResult::Met)),
            ("reportonlysuccess", Some(PolicyResult::WouldMeet)),
            ("", None),
        ];
        // As Entra itself spells what most policies do.
        if matches!(word, "notApplied" | "reportOnlyNotApplied") {
            return None;
        }
        let found = WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known));
        found.map_or(Some(Self::Unknown), |(_, result)| *result)
    }
}

/// A policy as an export has it, that applied or would have.
#[derive(Clone, Copy, Debug)]
pub struct WrittenPolicy<'t> {
    /// Its name, else its id.
    pub name: &'t str,
    /// Entra's word for the result.
    pub result: &'t str,
    /// Its grant controls, joined by commas; quotes and backslashes around them are dropped.
    pub grants: &'t str,
}

/// A policy of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy<'t> {
    /// Its name, else its id.
    pub name: &'t str,
    /// Its effect.
    pub result: PolicyResult,
    /// Its grant controls, joined by commas: `Mfa`, `Block`.
    pub grants: &'t str,
}

impl Policy<'_> {
    /// Returns whether it blocks, whatever the sign-in brings.
    pub fn blocks(&self) -> bool {
        self.grants_any(&["block"])
    }

    /// Returns whether one of its grant controls has one of these words in it, in lower case.
    pub fn grants_any(&self, words: &[&str]) -> bool {
        let grants = self.grants.to_ascii_lowercase();
        words.iter().any(|word| grants.contains(word))
    }
}

/// The text of some policies, in their order, and of the number that did not apply; empty where there are none at all.
pub fn policies_text<'t>(policies: impl IntoIterator<Item = WrittenPolicy<'t>>, not_applied: usize) -> String {
    let (mut text, mut more) = (String::new(), 0);
    for (at, policy) in policies.into_iter().enumerate() {
        if at == 0 {
            // As long as a few names are.
            text.reserve(128);
        }
        if at >= MOST_NAMED {
            more += 1;
            continue;
        }
        if at > 0 {
            text.push_str(SEPARATOR);
        }
        push_plain(&mut text, policy.name);
        text.push_str(IS);
        push_plain(&mut text, policy.result);
        if !policy.grants.is_empty() {
            text.push_str(" [");
            let start = text.len();
            for part in policy.grants.split(['"', '\\', ' ']).filter(|part| !part.is_empty()) {
                if text.len() - start < LONGEST_NAME {
                    push_plain(&mut text, part);
                }
            }
            text.push(']');
        }
    }
    for (count, words) in [(more, MORE), (not_applied, NOT_APPLIED)] {
        if count > 0 {
            if !text.is_empty() {
                text.push_str(SEPARATOR);
            }
            text.push_str(&count.to_string());
            text.push_str(words);
        }
    }
    text
}

/// Appends a value that cannot be taken for the rest of the text.
fn push_plain(text: &mut String, value: &str) {
    let plain = |c: char| match c {
        ';' => ',',
        '=' => '-',
        '[' => '(',
        ']' => ')',
        c if c.is_control() => ' ',
        c => c,
    };
    let value = value.trim();
    if value.len() <= LONGEST_NAME && value.bytes().all(|byte| PLAIN[usize::from(byte)]) {
        text.push_str(value);
    } else {
        let value: String = value.chars().map(plain).take(LONGEST_NAME).collect();
        text.push_str(value.trim_end());
    }
}

/// Bytes that stand for themselves in the text.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte < 0x7f {
        plain[byte as usize] = !matches!(byte, b';' | b'=' | b'[' | b']');
        byte += 1;
    }
    plain
};

/// Returns whether a text is one of [`policies_text`].
pub fn is_policies(text: &str) -> bool {
    !text.is_empty()
        && text.split(SEPARATOR).all(|part| {
            part.contains(IS)
                || [MORE, NOT_APPLIED]
                    .iter()
                    .any(|end| part.strip_suffix(end).is_some_and(|n| n.parse::<u32>().is_ok()))
        })
}

/// The policies of a text of [`policies_text`] that applied or would have.
pub fn policies(text: &str) -> impl Iterator<Item = Policy<'_>> {
    text.split(SEPARATOR).filter_map(|part| {
        let (name, rest) = part.split_once(IS)?;
        let (word, grants) = rest
            .split_once(" [")
            .map_or((rest, ""), |(word, grants)| (word, grants.strip_suffix(']').unwrap_or(grants)));
        Some(Policy { name, result: PolicyResult::read(word)?, grants })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<'t>(name: &'t str, result: &'t str, grants: &'t str) -> WrittenPolicy<'t> {
        WrittenPolicy { name, result, grants }
    }

    #[test]
    fn a_text_gives_its_policies_back() {
        let text = policies_text(
            [
                written("CA001: Require MFA", "success", "Mfa,RequireCompliantDevice"),
                written("CA014: Block device code (report-only)", "reportOnlyFailure", "Block"),
                written("no grants", "reportOnlySuccess", ""),
            ],
            3,
        );
        assert_eq!(
            text,
            "CA001: Require MFA = success [Mfa,RequireCompliantDevice]; CA014: Block device code (report-only) = \
             reportOnlyFailure [Block]; no grants = reportOnlySuccess; 3 not applied"
        );
        let read: Vec<_> = policies(&text).collect();
        assert_eq!(read.len(), 3);
        assert_eq!((read[0].name, read[0].result, read[0].blocks()), ("CA001: Require MFA", PolicyResult::Met, false));
        assert_eq!((read[1].result, read[1].blocks()), (PolicyResult::WouldStop, true));
        assert!(read[0].grants_any(&["compliant"]));
        assert_eq!((read[2].result, read[2].grants), (PolicyResult::WouldMeet, ""));
        assert_eq!(policies(&policies_text([], 2)).count(), 0);
        assert_eq!(policies_text([], 0), "");
    }

    #[test]
    fn a_name_cannot_pass_for_other_policies() {
        let text = policies_text([written("x = success [Block]; y = failure\u{1b}", "success", "a]; z = failure")], 0);
        let read: Vec<_> = policies(&text).collect();
        assert_eq!(read.len(), 1, "{text}");
        assert_eq!((read[0].name, read[0].result), ("x - success (Block), y - failure", PolicyResult::Met));
    }

    #[test]
    fn a_long_list_names_some_and_counts_the_rest() {
        let names: Vec<String> = (0..100).map(|n| format!("{n} {}", "x".repeat(500))).collect();
        let text = policies_text(names.iter().map(|name| written(name, "success", "Mfa")), 0);
        assert_eq!(policies(&text).count(), MOST_NAMED);
        assert!(text.ends_with("; 60 more") && text.len() < 6000, "{}", text.len());
    }

    #[test]
    fn words_in_any_case_are_read() {
        for (word, result) in [
            ("notApplied", None),
            ("ReportOnlyNotApplied", None),
            ("Failure", Some(PolicyResult::Stopped)),
            ("reportOnlyInterrupted", Some(PolicyResult::WouldAsk)),
            ("unknownFutureValue", Some(PolicyResult::Unknown)),
        ] {
            assert_eq!(PolicyResult::read(word), result, "{word}");
        }
    }
}
