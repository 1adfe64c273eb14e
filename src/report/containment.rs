//! Tasks to contain stolen tokens, in Microsoft's order, and the access that outlives them. Text only: nothing here
//! is ever run.

use crate::facts::Reach;
use crate::facts::lifetimes;
use crate::model::Time;
use crate::model::words::is_guid;

/// When a task is called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Always, whatever was reached.
    Always,
    /// The tokens came from a device code.
    DeviceCode,
    /// Tokens for one of these were obtained.
    Reached(&'static [Reach]),
}

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Id that a case keeps its tick under: never changed, never given to another task.
    pub id: &'static str,
    /// In three or four words.
    pub title: &'static str,
    /// Its effect, and its limits.
    pub what: &'static str,
    /// Command of the Graph PowerShell module, `{user}` standing for the object id.
    pub command: Option<&'static str>,
    /// When it is called for.
    pub when: When,
}

/// Every task, first things first.
pub const TASKS: &[Task] = &[
    Task {
        id: "disable-user",
        title: "Disable the user",
        what: "No new token is issued from then on; services that enforce continuous access evaluation drop the ones \
               they see.",
        command: Some("Update-MgUser -UserId {user} -AccountEnabled:$false"),
        when: When::Always,
    },
    Task {
        id: "revoke-sessions",
        title: "Revoke sessions",
        what: "Refresh tokens and the session cookies of Entra ID stop working, whichever client holds them. Access \
               tokens already issued do not.",
        command: Some("Revoke-MgUserSignInSession -UserId {user}"),
        when: When::Always,
    },
    Task {
        id: "disable-devices",
        title: "Disable devices",
        what: "The user's devices, above all any registered since the first event: a device's primary refresh token \
               outlives a change of password.",
        command: Some("Get-MgUserRegisteredDevice -UserId {user}"),
        when: When::Always,
    },
    Task {
        id: "reset-password",
        title: "Reset the password",
        what: "Twice where it is synchronised from on-premises. Alone it is not enough against a stolen token.",
        command: None,
        when: When::Always,
    },
    Task {
        id: "review-methods",
        title: "Review MFA methods",
        what: "Remove phones, keys and authenticators that the user does not know, then register anew.",
        command: Some("Get-MgUserAuthenticationMethod -UserId {user}"),
        when: When::Always,
    },
    Task {
        id: "review-applications",
        title: "Review consents and credentials of applications",
        what: "Remove grants made since the first event, and secrets or certificates added to applications the user \
               owns: they survive all of the above.",
        command: Some("Get-MgUserOauth2PermissionGrant -UserId {user}"),
        when: When::Always,
    },
    Task {
        id: "review-mailbox",
        title: "Review inbox rules and forwarding",
        what: "Rules, forwarding and mailbox delegates made since the first event.",
        command: None,
        when: When::Reached(&[Reach::Mail, Reach::Graph]),
    },
    Task {
        id: "undo-changes",
        title: "Undo role and resource changes",
        what: "Look through the activity log of the subscriptions and the directory's audit log from the first event \
               on.",
        command: None,
        when: When::Reached(&[Reach::AzureManagement, Reach::Directory]),
    },
    Task {
        id: "rotate-secrets",
        title: "Rotate secrets",
        what: "Every secret, key and certificate that the user could read.",
        command: None,
        when: When::Reached(&[Reach::KeyVault]),
    },
    Task {
        id: "mark-compromised",
        title: "Mark the user compromised",
        what: "In ID Protection, so that risk policies act; block the addresses of the indicators, knowing that \
               residential proxies change theirs.",
        command: Some("Confirm-MgRiskyUserCompromised -UserIds {user}"),
        when: When::Always,
    },
    Task {
        id: "block-device-code",
        title: "Block the device code flow",
        what: "With Conditional Access, for everyone but those who sign in to devices without a keyboard.",
        command: None,
        when: When::DeviceCode,
    },
    Task {
        id: "keep-watching",
        title: "Keep watching until the last token has expired",
        what: "Search Graph activity and the audit logs of mailbox and files for the tokens, sessions and addresses \
               below, from the first event on.",
        command: None,
        when: When::Always,
    },
];

/// Access that outlives a revocation.
pub const STILL_VALID: &[&str] = &[
    "An access token already issued works until it expires (60 to 90 minutes).",
    "With continuous access evaluation an access token lasts up to 28 hours, but Exchange, SharePoint, \
     Teams and Graph refuse it within about 15 minutes of the user being disabled, the password reset or the \
     sessions revoked, if client and service take part.",
    "Session cookies of an application last as long as that application says.",
];

/// Published pages behind the above.
pub const SOURCES: &[&str] = &[
    "Microsoft Learn, Revoke user access in Microsoft Entra ID",
    "Microsoft Learn, Token theft playbook",
    "Microsoft Learn, Continuous access evaluation",
    "Microsoft Learn, Configurable token lifetimes",
];

/// Until when the last token seen may work, by each of the lives above.
pub fn ends(last_token: Time) -> String {
    let end = |span| last_token.plus(span).second();
    format!(
        "The last token seen here was issued at {} UTC: by default it expires by {} UTC, with \
         continuous access evaluation by {} UTC. Tokens issued after that expire later.",
        last_token.second(),
        end(lifetimes::ACCESS_TOKEN_AT_MOST),
        end(lifetimes::EVALUATED_TOKEN_AT_MOST)
    )
}

/// The tasks that what happened calls for, in order.
pub fn tasks(device_code: bool, reached: &[Reach]) -> impl Iterator<Item = &'static Task> + '_ {
    TASKS.iter().filter(move |task| match task.when {
        When::Always => true,
        When::DeviceCode => device_code,
        When::Reached(wanted) => reached.iter().any(|reach| wanted.contains(reach)),
    })
}

/// The task's command for a user, to be copied. What is no object id is never put into a command: it is log text.
pub fn command(task: &Task, user_id: &str) -> Option<String> {
    task.command.map(|command| command.replace("{user}", if is_guid(user_id) { user_id } else { "<object id>" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    #[test]
    fn log_text_never_stands_in_a_command() {
        let id = "11111111-2222-3333-4444-555555555555";
        assert!(command(&TASKS[1], id).unwrap().ends_with(id));
        assert!(command(&TASKS[1], "x; Remove-Item *").unwrap().ends_with("<object id>"));
    }

    #[test]
    fn the_lives_in_the_sentences_are_those_of_the_facts() {
        let minutes = |span: Span| span.whole_minutes();
        let usual = [lifetimes::ACCESS_TOKEN, lifetimes::ACCESS_TOKEN_AT_MOST].map(minutes);
        assert!(STILL_VALID[0].ends_with(&format!("({} to {} minutes).", usual[0], usual[1])));
        let hours = minutes(lifetimes::EVALUATED_TOKEN_AT_MOST) / 60;
        assert!(STILL_VALID[1].contains(&format!("up to {hours} hours")));
        assert!(STILL_VALID[1].contains(&format!("within about {} minutes", minutes(lifetimes::EVALUATION))));
    }

    #[test]
    fn tasks_follow_what_was_reached() {
        let titles = |code, reached: &[Reach]| tasks(code, reached).map(|task| task.title).collect::<Vec<_>>();
        assert_eq!(titles(false, &[])[..2], ["Disable the user", "Revoke sessions"]);
        assert!(!titles(false, &[]).contains(&"Rotate secrets"));
        assert!(titles(true, &[Reach::KeyVault]).contains(&"Rotate secrets"));
        assert!(titles(true, &[]).contains(&"Block the device code flow"));
    }
}
