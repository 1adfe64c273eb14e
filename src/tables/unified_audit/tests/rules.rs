//! Mail rules, forwarding, cmdlets.

use super::*;

const SHOWN: [Field; 3] = [Field::Variant, Field::Object, Field::Detail];

fn cmdlet(operation: &str, parameters: &[(&str, &str)], more: &Value) -> [String; 3] {
    let list: Value = parameters.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect();
    let members = with(json!({"RecordType": 1, "Parameters": list}), more);
    texts(&row(&record("Exchange", operation, &members)), SHOWN).map(str::to_owned)
}

#[test]
fn rules_are_read_by_the_names_of_parameters() {
    let none = json!({});
    assert_eq!(
        cmdlet(
            "New-InboxRule",
            &[
                ("Force", "False"),
                ("MoveToFolder", "RSS Feeds"),
                ("Name", "."),
                ("MarkAsRead", "True"),
                ("DeleteMessage", "False"),
                ("SubjectContainsWords", "hacked;phish")
            ],
            &none
        ),
        ["moves", ".", "→ RSS Feeds, marks as read, if subject has hacked;phish"]
    );
    let by_name = [("DeleteMessage", "$true"), ("ForwardTo", "x@example.org"), ("Name", "r")];
    let mut reversed = by_name;
    reversed.reverse();
    for parameters in [by_name, reversed] {
        assert_eq!(
            cmdlet("Set-InboxRule", &parameters, &none),
            ["forwards deletes", "r", "forwards to x@example.org, deletes"]
        );
    }
    for name in ["ForwardTo", "ForwardAsAttachmentTo", "RedirectTo"] {
        assert_eq!(cmdlet("New-InboxRule", &[(name, "x@example.org")], &none)[0], "forwards");
        assert_eq!(cmdlet("New-InboxRule", &[(name, "")], &none)[0], "");
    }
    let path = json!({"ObjectId": "NAMPR06A003.prod/contoso.onmicrosoft.com/ana\\to the bin"});
    assert_eq!(cmdlet("New-InboxRule", &[("Name", "")], &path)[1], "to the bin");
    assert_eq!(cmdlet("Remove-InboxRule", &[("Identity", "ana\\123")], &none)[1], "123");
    let elastic = json!({"Parameters": {"Name": "r", "ForwardTo": "x@example.org"}});
    assert_eq!(cmdlet("New-InboxRule", &[], &elastic)[..2], ["forwards", "r"]);
}

#[test]
fn rules_of_clients_are_read_from_their_actions() {
    let changed = |properties: Value| {
        let members = json!({"RecordType": 2, "OperationProperties": properties, "Item": {"ParentFolder": {"Path": "\\Mailbox"}}});
        texts(&row(&record("Exchange", "UpdateInboxRules", &members)), SHOWN).map(str::to_owned)
    };
    let actions = json!([{"ActionType": "Forward", "Recipients": ["x@example.org"]}]).to_string();
    assert_eq!(
        changed(json!([
            {"Name": "RuleOperation", "Value": "ModifyMailboxRule"}, {"Name": "RuleId", "Value": "-5555"},
            {"Name": "RuleState", "Value": "Enabled"}, {"Name": "RuleName"}, {"Name": "RuleActions", "Value": actions},
        ])),
        ["changed forwards", "-5555", "forwards to x@example.org"]
    );
    let actions = json!([{"ActionType": "Move", "FolderName": "RSS Feeds"}, {"ActionType": "MarkAsRead"}]).to_string();
    assert_eq!(
        changed(json!([
            {"Name": "RuleActions", "Value": actions}, {"Name": "RuleName", "Value": "r"},
            {"Name": "RuleOperation", "Value": "AddMailboxRule"},
        ])),
        ["added moves", "r", "→ RSS Feeds, marks as read"]
    );
    let removed = json!([{"Name": "RuleOperation", "Value": "RemoveMailboxRule"}, {"Name": "RuleName", "Value": "r"}]);
    assert_eq!(changed(removed)[..2], ["removed", "r"]);
    let plain = json!([{"Name": "Actions", "Value": "PermanentDelete"}, {"Name": "RuleName", "Value": "forward"}]);
    assert_eq!(changed(plain), ["deletes", "forward", "deletes"], "the name of a rule is no action");
}

#[test]
fn forwarding_of_a_mailbox_is_read_from_both_parameters() {
    let none = json!({});
    let mailbox = ("Identity", ANA);
    let smtp = ("ForwardingSmtpAddress", "smtp:x@example.org");
    assert_eq!(
        cmdlet("Set-Mailbox", &[mailbox, smtp, ("DeliverToMailboxAndForward", "True")], &none),
        ["forwards", "smtp:x@example.org", "of ana@contoso.com, keeps a copy"]
    );
    assert_eq!(cmdlet("Set-Mailbox", &[smtp, ("ForwardingAddress", "Eve"), mailbox], &none)[1], "Eve");
    assert_eq!(
        cmdlet("Set-Mailbox", &[mailbox, ("ForwardingSmtpAddress", "")], &none),
        ["clears", ANA, "forwarding removed"]
    );
    assert_eq!(cmdlet("Set-Mailbox", &[mailbox, ("MaxSendSize", "35 MB")], &none), ["", ANA, "MaxSendSize 35 MB"]);
    assert_eq!(
        cmdlet("Set-Mailbox", &[mailbox, ("AuditEnabled", "False")], &none),
        ["audit", ANA, "AuditEnabled False"]
    );
    assert_eq!(cmdlet("Set-AdminAuditLogConfig", &[("UnifiedAuditLogIngestionEnabled", "False")], &none)[0], "audit");
}

#[test]
fn rights_on_mailboxes_and_rules_of_the_tenant_are_read() {
    let none = json!({});
    let rights = [("AccessRights", "FullAccess"), ("User", "eve@contoso.com"), ("Identity", "bo@contoso.com")];
    assert_eq!(
        cmdlet("Add-MailboxPermission", &rights, &none),
        ["", "bo@contoso.com", "to eve@contoso.com: FullAccess"]
    );
    let send_as = [("Identity", "bo"), ("Trustee", "eve"), ("AccessRights", "SendAs")];
    assert_eq!(cmdlet("Add-RecipientPermission", &send_as, &none), ["", "bo", "to eve: SendAs"]);
    assert_eq!(
        cmdlet("New-TransportRule", &[("Name", "copy"), ("BlindCopyTo", "x@example.org")], &none),
        ["forwards", "copy", "copies blind to x@example.org"]
    );
    let connector = [("Name", "in"), ("Password", "hunter2"), ("SenderDomains", "*")];
    assert_eq!(cmdlet("New-InboundConnector", &connector, &none), ["", "in", "SenderDomains *"]);
    assert_eq!(
        cmdlet("New-ComplianceSearch", &[], &json!({"Parameters": "-Name \"all\"", "ObjectId": "all"}))[1],
        "all"
    );
}
