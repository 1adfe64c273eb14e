use super::*;
use crate::facts::Facts;
use std::collections::BTreeSet;

fn verb(operation: &str, variant: &str) -> Option<&'static str> {
    Facts::embedded().action(operation, variant).map(|action| &*action.verb)
}

#[test]
fn the_table_is_whole() {
    table::check_sources("actions.csv", TABLE);
    let mut keys = BTreeSet::new();
    for row in table::rows::<ActionRow>("actions.csv", TABLE) {
        assert_eq!(row.operation.trim(), row.operation, "the name as the documentation has it");
        assert!(!row.table.is_empty(), "{}: no log", row.operation);
        let (name, words, action) = row.checked().unwrap();
        assert!(action.foothold.is_none() || action.weight > 0, "{name}: a foothold weighs nothing");
        assert!(!action.verb.contains(['{', '}']), "{name}");
        assert!(keys.insert((name.clone(), words)), "{name} stands twice");
    }
    let plain = |(name, _): &(Box<str>, Vec<Box<str>>)| keys.contains(&(name.clone(), Vec::new()));
    assert!(keys.iter().all(plain), "an operation with variants only");
    assert!(keys.len() > 300);
}

#[test]
fn operations_are_compared_without_case_stop_blanks_and_kinds_of_dashes() {
    for operation in ["Add member to role", "Add member to role.", " add MEMBER to role. ", "Add member to role ."] {
        assert_eq!(verb(operation, ""), Some("gave somebody a role"), "{operation}");
    }
    assert_eq!(verb("Add member to role..", ""), None, "one full stop is the log's");
    for dash in ["-", "–", "—", "\u{2011}"] {
        let operation = format!("Update application {dash} Certificates and secrets management ");
        assert_eq!(verb(&operation, ""), Some("added a secret to an app"), "{operation}");
    }
    assert_eq!(verb("Add conditional access policy", ""), verb("Add Conditional Access policy.", ""));
    assert_eq!(verb("Reset password", ""), verb("Reset user password.", ""));
    assert_eq!(
        verb("Reveal local administrator password", ""),
        verb("Recover device local administrator password", "")
    );
    assert_eq!(verb("Redeem extern user invite", ""), verb("Redeem external user invite", ""));
    assert_eq!(
        (verb("", ""), verb(".", ""), verb("Add member", ""), verb("Frobnicate", "bind")),
        (None, None, None, None)
    );
}

#[test]
fn the_most_special_variant_decides() {
    let operation = "MailItemsAccessed";
    for (variant, expected) in [
        ("", "read mail"),
        ("bind", "read mail"),
        ("SYNC", "synchronised a mail folder"),
        ("unheard-of", "read mail"),
        ("throttled", "read mail until logging stopped"),
        ("throttled  bind", "read mail until logging stopped"),
        ("sync throttled", "synchronised a mail folder until logging stopped"),
    ] {
        assert_eq!(verb(operation, variant), Some(expected), "{variant}");
    }
    let class = |operation, variant| Facts::embedded().action(operation, variant).unwrap().class;
    assert_eq!(class("New-InboxRule", "moves"), Some(ActClass::Hide));
    assert_eq!(class("New-InboxRule", "deletes forwards"), Some(ActClass::Take), "the first of equals");
    assert_eq!(verb("UpdateInboxRules", "forwards added"), Some("created inbox rule"));
    assert_eq!(verb("Update user.", "methods"), Some("changed sign-in methods"));
}

#[test]
fn operations_of_azure_are_known_by_their_full_name_and_its_end() {
    let expected = Some("ran a command on a virtual machine");
    for operation in [
        "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION",
        "Microsoft.Compute/virtualMachines/runCommand/action",
        "virtualMachines/runCommand/action",
    ] {
        assert_eq!(verb(operation, ""), expected, "{operation}");
    }
    assert_eq!(
        verb("Microsoft.KeyVault/vaults/providers/Microsoft.Insights/diagnosticSettings/delete", ""),
        Some("switched off diagnostic logs")
    );
    assert_eq!(verb("vaults/write", ""), Some("changed a key vault"));
    assert_eq!(verb("Microsoft.RecoveryServices/vaults/write", ""), None, "of another provider");
    assert_eq!(verb("action", ""), None);
}

#[test]
fn a_name_may_go_on() {
    assert_eq!(verb("Add Passkey (device-bound) security key", ""), Some("added a passkey"));
    let pass = "Admin registered temporary access pass method for user";
    assert_eq!(verb(pass, ""), Some("issued a temporary access pass"));
}

#[test]
fn who_acted_decides_for_a_defenders_acts() {
    let action = |operation| Facts::embedded().action(operation, "").unwrap();
    let reset = action("Reset user password.");
    assert_eq!((reset.class, reset.is_defence, reset.survives), (Some(ActClass::Harm), true, false));
    let revoked = action("Update StsRefreshTokenValidFrom Timestamp.");
    assert_eq!((revoked.class, revoked.is_defence), (Some(ActClass::Stop), false));
    let device = action("Register device");
    assert_eq!((device.class, device.survives, device.weight), (Some(ActClass::Keep), true, 3));
    assert_eq!((device.foothold.as_deref(), &*device.attack[0]), (Some("device"), "T1098.005"));
    assert_eq!(action("UserLoggedIn").class, None);
}

#[test]
fn phrases_name_the_object_and_count_the_items() {
    let phrase =
        |operation, variant, object, count| Facts::embedded().action(operation, variant).unwrap().phrase(object, count);
    for (operation, variant, object, count, expected) in [
        ("MailItemsAccessed", "bind", "Inbox", Some(14), "read 14 messages (Inbox)"),
        ("MailItemsAccessed", "bind", "", Some(1), "read 1 message"),
        ("MailItemsAccessed", "bind", "Inbox", None, "read mail (Inbox)"),
        ("MailItemsAccessed", "sync", "Inbox", Some(1), "synchronised mail folder Inbox"),
        ("HardDelete", "", "", Some(3), "deleted 3 messages permanently"),
        ("New-InboxRule", "", "x", None, "created inbox rule \"x\""),
        ("Register device", "", "DESKTOP-7", None, "registered device DESKTOP-7"),
        ("Register device", "", "", Some(1), "registered a device"),
        ("Update authorization policy", "", "Policy", None, "changed the authorization policy (Policy)"),
        ("PutConnection", "", "c1", None, "created connection c1 of a cloud flow"),
    ] {
        assert_eq!(phrase(operation, variant, object, count), expected);
    }
}
