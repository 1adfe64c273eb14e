//! Questions of a case that need more rows than its bundle has, each as a query with the case's ids and times.

use super::catalog::Text;
use super::{Subject, Target, Value, template};
use crate::model::{Span, Time};

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::VariantArray, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "kebab-case")]
pub enum Question {
    /// The usual days of the users.
    Baseline,
    /// The others who used the case's addresses, agents, sessions, tokens and devices.
    Scope,
    /// Acts after the revocation.
    AfterRevoke,
}

/// Days before a case, and time after it, in which others are looked for.
const AROUND: Span = Span::minutes(30 * 24 * 60);

impl Question {
    fn text(self) -> Text {
        macro_rules! text {
            ($name:literal) => {
                Text {
                    kql: include_str!(concat!("../../assets/query/case/", $name, ".kql")),
                    sql: include_str!(concat!("../../assets/query/case/", $name, ".sql")),
                }
            };
        }
        match self {
            Self::Baseline => text!("baseline"),
            Self::Scope => text!("scope"),
            Self::AfterRevoke => text!("after-revoke"),
        }
    }
}

/// The query for a question, in a period where one is given; `None` where the question has no answer yet: nothing was
/// revoked, or the subject has no time.
pub fn of_case(
    question: Question,
    subject: &Subject,
    (since, until): (Option<Time>, Option<Time>),
    target: Target,
) -> Option<String> {
    let (first, last) = (subject.first?, subject.last?);
    let revoked = subject.revoked;
    let (from, to) = match question {
        Question::Baseline => (first.minus(AROUND), first),
        Question::Scope => (first.minus(AROUND), last.plus(AROUND)),
        Question::AfterRevoke => (revoked?.minus(AROUND), revoked?.plus(AROUND)),
    };
    let language = target.language();
    let list = |texts: &std::collections::BTreeSet<String>| Value::Texts(texts.iter().cloned().collect());
    let value = |name: &str| {
        Some(match name {
            "From" => (Value::Time(since.unwrap_or(from)), "rows that arrived from this time on"),
            "To" => (Value::Time(until.unwrap_or(to)), "rows that arrived before this time"),
            "Revoked" => (Value::Time(revoked.unwrap_or(last)), "the revocation"),
            "Users" => (list(&subject.users), "the users of the case"),
            "Addresses" => (list(&subject.addresses), "addresses of its rows"),
            "Agents" => (list(&subject.agents), "user agents of its rows"),
            "Sessions" => (list(&subject.sessions), "sessions of its rows"),
            "Tokens" => (list(&subject.tokens), "tokens of its rows"),
            "Devices" => (list(&subject.devices), "devices of its rows"),
            _ => return None,
        })
    };
    Some(template::filled(question.text().of(language), target, &value))
}
