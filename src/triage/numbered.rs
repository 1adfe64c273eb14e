//! Step numbers of tokentrail 0.1.0 (case layouts 1 and 2), read as step ids.

use std::collections::BTreeMap;

const SESSION_HOP: &[&str] = &[
    "first-login",
    "second-client",
    "address-and-device",
    "scopes-compared",
    "time-between",
    "role-and-compliance",
    "token-binding",
    "what-to-revoke",
];

/// Every analytic of 0.1.0 with the ids of its steps in their order there. Never change it: cases of that program are
/// read by it, whatever the steps are today.
const STEPS: [(&str, &[&str]); 4] = [
    (
        "device-code-burst",
        &[
            "device-code-address",
            "code-to-burst",
            "resources-reached",
            "graph-agents",
            "graph-actions",
            "code-and-burst-origin",
            "what-to-revoke",
        ],
    ),
    (
        "foci-burst",
        &[
            "client-and-family",
            "usual-address",
            "resources-reached",
            "device-code-before",
            "what-to-revoke",
            "client-used-before",
        ],
    ),
    ("session-hop", SESSION_HOP),
    ("session-hop-broad", SESSION_HOP),
];

/// Returns whether a step is a number. No id is one.
pub(super) fn is_number(step: &str) -> bool {
    !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit())
}

/// Replaces a step number of the analytic by the step's id; leaves others.
pub(super) fn name(analytic: &str, step: &mut String) {
    let steps = STEPS.iter().find(|(id, _)| *id == analytic).map_or(&[][..], |(_, steps)| steps);
    let number = Some(&*step).filter(|step| is_number(step)).and_then(|step| step.parse::<usize>().ok());
    if let Some(id) = number.and_then(|number| steps.get(number.checked_sub(1)?)) {
        (*id).clone_into(step);
    }
}

/// As [`name`] for every key of a map. A value already under the id is newer and stays.
pub(super) fn named<T>(analytic: &str, steps: BTreeMap<String, T>) -> BTreeMap<String, T> {
    let mut named = BTreeMap::new();
    // Digits sort before letters: numbers come first, ids replace them.
    for (mut step, value) in steps {
        name(analytic, &mut step);
        named.insert(step, value);
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_ids_and_all_else_stays() {
        let steps = ["1", "6", "7", "client-used-before", "0", "99999999999999999999"];
        let named = named("foci-burst", steps.map(|step| (step.to_owned(), step)).into());
        let pairs: Vec<_> = named.iter().map(|(step, was)| (step.as_str(), *was)).collect();
        assert_eq!(
            pairs,
            [
                ("0", "0"),
                ("7", "7"),
                ("99999999999999999999", "99999999999999999999"),
                ("client-and-family", "1"),
                ("client-used-before", "client-used-before"),
            ]
        );
    }
}
