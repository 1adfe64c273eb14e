//! The steps of a sign-in's authentication as one short text, which is the same for like sign-ins.
//!
//! `Password fresh; MFA Mobile app notification fresh` is a login; `First factor by claim; MFA by claim` is a token that
//! had both already.

/// Most steps that the text keeps.
const MOST_STEPS: usize = 8;
/// Most characters of a method that the text keeps.
const LONGEST_METHOD: usize = 60;
const SEPARATOR: &str = "; ";
const MFA: &str = "MFA";
/// A first factor whose method is not recorded.
const FIRST: &str = "First factor";

/// Proof that a step rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// Given in this sign-in.
    Fresh,
    /// Given to another identity provider, which vouches for it.
    External,
    /// Given earlier: a claim of the token that was presented.
    Claim,
    /// Not asked for: a remembered device, a trusted place.
    Skipped,
    /// Asked for and not given.
    Incomplete,
    /// Not recorded.
    Unknown,
}

impl Proof {
    const ALL: [Self; 6] = [Self::Fresh, Self::External, Self::Claim, Self::Skipped, Self::Incomplete, Self::Unknown];

    /// Its words at the end of a step.
    pub fn words(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::External => "by external provider",
            Self::Claim => "by claim",
            Self::Skipped => "skipped",
            Self::Incomplete => "not completed",
            Self::Unknown => "not recorded",
        }
    }

    /// Reads what Entra writes of a step. `succeeded` decides where the words do not.
    fn of_words(method: &str, detail: &str, succeeded: Option<bool>) -> Self {
        let (method, detail) = (method.to_lowercase(), detail.to_lowercase());
        let says = |words: &[&str]| words.iter().any(|word| detail.contains(word));
        if succeeded != Some(false) {
            if says(&["external provider"]) {
                return Self::External;
            }
            if method == PREVIOUSLY || says(&["claim in the token", "satisfied by claim", PREVIOUSLY]) {
                return Self::Claim;
            }
            if says(&["skipped"]) {
                return Self::Skipped;
            }
        }
        match succeeded {
            Some(true) => Self::Fresh,
            Some(false) => Self::Incomplete,
            None if says(&["incorrect", "denied", "required", "fail", "not ", "interrupted"]) => Self::Incomplete,
            None if says(&["success", "completed", "correct", "approved", "satisfied"]) => Self::Fresh,
            None => Self::Unknown,
        }
    }
}

/// The method of a step that rests on an earlier one.
const PREVIOUSLY: &str = "previously satisfied";

/// Methods that are both factors at once.
const BOTH_FACTORS: [&str; 3] = ["passkey", "fido2", "windows hello"];

/// A step as an export has it; blank where it has nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct WrittenStep<'t> {
    /// `authenticationMethod`.
    pub method: &'t str,
    /// `authenticationStepResultDetail`.
    pub detail: &'t str,
    /// `authenticationStepRequirement`.
    pub requirement: &'t str,
    /// `succeeded`.
    pub succeeded: Option<bool>,
}

/// One step of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthStep<'t> {
    /// Whether it met, or should have met, the demand for a second factor.
    pub is_mfa: bool,
    /// The method; blank where it was given earlier or is not recorded.
    pub method: &'t str,
    /// The proof it rests on.
    pub proof: Proof,
}

/// The text of some steps; empty where none says anything.
pub fn authentication<'t>(steps: impl IntoIterator<Item = WrittenStep<'t>>) -> String {
    let mut text = String::new();
    let mut before = String::new();
    for step in steps.into_iter().filter(|step| !(step.method.trim().is_empty() && step.detail.trim().is_empty())) {
        let written = step.text();
        // Entra repeats a step that was polled for.
        if written == before {
            continue;
        }
        if text.split(SEPARATOR).count() == MOST_STEPS {
            break;
        }
        if !text.is_empty() {
            text.push_str(SEPARATOR);
        }
        text.push_str(&written);
        before = written;
    }
    text
}

/// The steps of a text of [`authentication`]; none where it is no such text.
pub fn auth_steps(text: &str) -> Vec<AuthStep<'_>> {
    if text.is_empty() {
        return Vec::new();
    }
    text.split(SEPARATOR).map(AuthStep::read).collect::<Option<_>>().unwrap_or_default()
}

/// The best proof of a second factor among the steps; `None` where no step is of one.
pub fn mfa_proof(text: &str) -> Option<Proof> {
    auth_steps(text).into_iter().filter(|step| step.is_mfa).map(|step| step.proof).min()
}

/// Returns whether a factor was given in this sign-in: a login, not a token that was used again.
#[cfg(test)]
fn is_login(text: &str) -> bool {
    auth_steps(text).into_iter().any(|step| step.proof == Proof::Fresh)
}

impl WrittenStep<'_> {
    fn text(&self) -> String {
        let proof = Proof::of_words(self.method.trim(), self.detail, self.succeeded);
        let method = self.method.trim();
        let lower = method.to_lowercase();
        let is_mfa = self.requirement.to_lowercase().contains("multi")
            || self.detail.trim_start().get(..MFA.len()).is_some_and(|start| start.eq_ignore_ascii_case(MFA))
            || BOTH_FACTORS.iter().any(|name| lower.contains(name));
        let mut text = String::from(if is_mfa { MFA } else { "" });
        let method = if lower == PREVIOUSLY { String::new() } else { plain(method) };
        for word in [if method.is_empty() && !is_mfa { FIRST } else { &method }, proof.words()] {
            if !text.is_empty() && !word.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        text
    }
}

/// A method that cannot be taken for the rest of the text.
fn plain(method: &str) -> String {
    let plain = |c: char| if c == ';' || c.is_control() { ' ' } else { c };
    let text: String = method.chars().map(plain).take(LONGEST_METHOD).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl<'t> AuthStep<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let ends = |proof: Proof| text.strip_suffix(proof.words()).map(|rest| (rest, proof));
        let (rest, proof) = Proof::ALL.into_iter().find_map(ends)?;
        let rest = rest.strip_suffix(' ')?;
        let (is_mfa, method) = match rest.strip_prefix(MFA) {
            Some("") => (true, ""),
            Some(method) if method.starts_with(' ') => (true, &method[1..]),
            _ => (false, rest),
        };
        Some(Self { is_mfa, method: if method == FIRST { "" } else { method }, proof })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step<'t>(method: &'t str, detail: &'t str, requirement: &'t str, succeeded: Option<bool>) -> WrittenStep<'t> {
        WrittenStep { method, detail, requirement, succeeded }
    }

    const PRIMARY: &str = "Primary authentication";
    const SECOND: &str = "Multifactor authentication";

    #[test]
    fn a_login_is_told_from_a_token_used_again() {
        let login = authentication([
            step("Password", "Correct password", PRIMARY, Some(true)),
            step("", "MFA required in Azure AD", PRIMARY, Some(false)),
            step("Mobile app notification", "MFA successfully completed", SECOND, Some(true)),
        ]);
        assert_eq!(login, "Password fresh; MFA not completed; MFA Mobile app notification fresh");
        assert_eq!((mfa_proof(&login), is_login(&login)), (Some(Proof::Fresh), true));
        let token = authentication([
            step(
                "Previously satisfied",
                "First factor requirement satisfied by claim in the token",
                PRIMARY,
                Some(true),
            ),
            step("Previously satisfied", "MFA requirement satisfied by claim in the token", SECOND, Some(true)),
        ]);
        assert_eq!(token, "First factor by claim; MFA by claim");
        assert_eq!((mfa_proof(&token), is_login(&token)), (Some(Proof::Claim), false));
    }

    #[test]
    fn words_decide_where_success_is_not_recorded() {
        for (detail, proof) in [
            ("MFA requirement satisfied by claim provided by external provider", Proof::External),
            ("MFA requirement satisfied by claim in the token", Proof::Claim),
            ("MFA requirement skipped due to remembered device", Proof::Skipped),
            ("MFA requirement satisfied by strong authentication", Proof::Fresh),
            ("MFA completed in Azure AD", Proof::Fresh),
            ("MFA denied; user declined the authentication", Proof::Incomplete),
            ("MFA required in Azure AD", Proof::Incomplete),
            ("MFA in words of another day", Proof::Unknown),
        ] {
            let text = authentication([step("", detail, "", None)]);
            assert_eq!((mfa_proof(&text), text), (Some(proof), format!("MFA {}", proof.words())), "{detail}");
        }
        assert_eq!(authentication([step("Password", "Incorrect password", "", None)]), "Password not completed");
        assert_eq!(authentication([step("Password", "", "", None)]), "Password not recorded");
        assert_eq!(
            authentication([step("Passkey (device-bound)", "", PRIMARY, Some(true))]),
            "MFA Passkey (device-bound) fresh"
        );
        assert_eq!(authentication([step(" ", "", PRIMARY, Some(true))]), "");
    }

    #[test]
    fn a_method_cannot_pass_for_other_steps() {
        let text = authentication([step("Password fresh; MFA\nfresh", "", "", Some(false))]);
        assert_eq!(text, "Password fresh MFA fresh not completed");
        assert!(!is_login(&text) && mfa_proof(&text).is_none());
        let many: Vec<String> = (0..50).map(|n| format!("{n} {}", "x".repeat(500))).collect();
        let text = authentication(many.iter().map(|method| step(method, "", "", Some(true))));
        assert_eq!(auth_steps(&text).len(), MOST_STEPS);
        assert!(text.len() < 700);
        for other in ["", "anything", "[]", "Password fresh; and more"] {
            assert_eq!(auth_steps(other), [], "{other}");
        }
    }
}
