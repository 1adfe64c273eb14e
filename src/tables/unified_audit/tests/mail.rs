//! Messages.

use super::*;

const SHOWN: [Field; 4] = [Field::Variant, Field::Object, Field::Count, Field::Detail];

#[test]
fn kinds_of_reading_are_found_by_name() {
    let properties = |pairs: &[(&str, &str)]| -> Value {
        pairs.iter().map(|(name, value)| json!({"Value": value, "Name": name})).collect()
    };
    for (pairs, expected) in [
        (properties(&[("MailAccessType", "Bind")]), "bind"),
        (properties(&[("Unknown", "Sync"), ("MailAccessType", "Bind")]), "bind"),
        (properties(&[("MailAccessType", "Bind"), ("IsThrottled", "True")]), "bind throttled"),
        (properties(&[("IsThrottled", "true"), ("MailAccessType", "Sync")]), "sync throttled"),
        (json!([]), "bind"),
    ] {
        assert_eq!(row(&with(bind(), &json!({"OperationProperties": pairs}))).get(Field::Variant), Some(expected));
    }
    let sync = with(
        bind(),
        &json!({
            "RecordType": 2, "OperationCount": 7, "Folders": null,
            "OperationProperties": [{"Name": "MailAccessType", "Value": "Sync"}],
            "Item": {"Id": "x", "ParentFolder": {"Id": "LgAAAA1", "Name": "Inbox", "Path": "Not Available"}},
        }),
    );
    assert_eq!(texts(&row(&sync), SHOWN), ["sync", "Inbox", "", ""], "the count of a sync says nothing");
    let path = with(sync.clone(), &json!({"Item": {"ParentFolder": {"Path": "\\Inbox", "Name": "x"}}}));
    assert_eq!(texts(&row(&path), SHOWN)[1], "\\Inbox");
    assert_eq!(texts(&row(&with(sync, &json!({"OperationProperties": null}))), SHOWN)[0], "sync");
}

#[test]
fn messages_are_counted_once_by_their_ids() {
    let items = |items: Value| {
        with(bind(), &json!({"Folders": [{"Path": "\\Inbox", "FolderItems": items}], "OperationCount": 3}))
    };
    let twice =
        json!([{"InternetMessageId": "<1@x>", "Id": "a"}, {"InternetMessageId": "<1@x>", "Id": "b"}, {"Id": "c"}]);
    assert_eq!(texts(&row(&items(twice)), SHOWN), ["bind", "\\Inbox", "2", "OperationCount 3"]);
    let named = json!([{"InternetMessageId": "<1@x>", "Subject": "Payroll"}]);
    let named = with(items(named), &json!({"OperationCount": null}));
    assert_eq!(texts(&row(&named), SHOWN), ["bind", "\\Inbox", "1", "Payroll"]);
    let lost = items(json!("System.Object[]"));
    assert_eq!(texts(&row(&lost), SHOWN), ["bind", "\\Inbox", "3", "names are lost in this export"]);
    let digest = |id: &str| row(&items(json!([{"InternetMessageId": id}]))).get(Field::Items).unwrap().to_owned();
    assert!(digest("<1@x>") == digest("<1@x>") && digest("<1@x>") != digest("<2@x>"));
    let pair = row(&items(json!([{"InternetMessageId": "<1@x>"}, {"InternetMessageId": "<2@x>"}])));
    let mut both = [digest("<1@x>"), digest("<2@x>")];
    both.sort();
    assert_eq!(pair.get(Field::Items), Some(&*both.join(" ")));
}

#[test]
fn messages_sent_have_their_subject() {
    let send = |operation: &str, more: &Value| {
        let item = json!({"Item": {
            "Subject": "Invoice", "InternetMessageId": "<9@contoso.com>", "Id": "RgAAAA9", "Attachments": "a.pdf (123b)",
            "ParentFolder": {"Path": "\\Drafts"},
        }});
        texts(&row(&with(record("Exchange", operation, &item), more)), SHOWN).map(str::to_owned)
    };
    assert_eq!(send("Send", &json!({})), ["", "Invoice", "", "attached a.pdf (123b)"]);
    let boss = json!({"SendAsUserSmtp": "boss@contoso.com", "Item": {"Subject": "Hi"}});
    assert_eq!(send("SendAs", &boss), ["", "Hi", "", "as boss@contoso.com"]);
    let boss = json!({"SendOnBehalfOfUserSmtp": "boss@contoso.com", "Item": {"Subject": "Hi"}});
    assert_eq!(send("SendOnBehalf", &boss)[3], "on behalf of boss@contoso.com");
    let share = json!({"Item": {"Subject": "Ana shared x", "InternetMessageId": "<odspmicro-1@x>"}});
    assert_eq!(send("Send", &share)[0], "sharing");
    assert_eq!(send("Create", &json!({"Item": {"InternetMessageId": "<9@x>"}}))[1], "<9@x>");
    assert_eq!(send("Update", &json!({"Item": {"Id": "RgAAAA9"}}))[1], "RgAAAA9");
}

#[test]
fn messages_deleted_and_moved_are_counted_by_items() {
    let deleted = record(
        "Exchange",
        "SoftDelete",
        &json!({
            "RecordType": 3, "Folder": {"Path": "\\Inbox"}, "DestFolder": {"Path": "\\Recoverable Items\\Deletions"},
            "AffectedItems": [
                {"Id": "a", "InternetMessageId": "<1@x>", "Subject": "Alert"}, {"Id": "b", "Subject": "Re: Alert"},
            ],
        }),
    );
    let found = row(&deleted);
    assert_eq!(texts(&found, SHOWN), ["", "Alert", "2", "\\Inbox → \\Recoverable Items\\Deletions"]);
    assert_eq!(found.get(Field::Items).unwrap().split(' ').count(), 2);
    let no_subject = row(&with(deleted.clone(), &json!({"AffectedItems": [{"Id": "a"}], "DestFolder": null})));
    assert_eq!(texts(&no_subject, SHOWN), ["", "a", "", "\\Inbox"]);
    let lost = row(&with(deleted, &json!({"AffectedItems": "System.Object[]"})));
    assert_eq!(lost.get(Field::Object), Some("\\Inbox"));
    assert!(lost.get(Field::Detail).unwrap().ends_with("names are lost in this export"));
}

#[test]
fn attachments_are_counted_by_the_log() {
    let opened = |more: Value| {
        let members = json!({"Messages": [{"Id": "m", "MessageItems": [{"Id": "a"}, {"Id": "b"}]}]});
        let found = row(&with(record("Exchange", "AttachmentAccess", &members), &more));
        texts(&found, [Field::Object, Field::Count]).map(str::to_owned)
    };
    assert_eq!(opened(json!({"OperationCount": 5})), ["m", "5"]);
    assert_eq!(opened(json!({})), ["m", "2"]);
    assert_eq!(opened(json!({"Messages": null})), ["", ""]);
}

#[test]
fn searches_show_their_words() {
    for members in [
        json!({"QueryText": "payroll"}),
        json!({"SearchQueryText": "payroll"}),
        json!({"OperationProperties": [{"Name": "QueryText", "Value": "payroll"}]}),
    ] {
        for (workload, operation) in [
            ("Exchange", "SearchQueryInitiatedExchange"),
            ("SharePoint", "SearchQueryInitiatedSharePoint"),
            ("SharePoint", "SearchQueryPerformed"),
        ] {
            assert_eq!(row(&record(workload, operation, &members)).get(Field::Object), Some("payroll"));
        }
    }
}

#[test]
fn rights_on_folders_name_who_got_them() {
    let shared = |who: &str| {
        let folder =
            json!({"Item": {"ParentFolder": {"MemberUpn": who, "MemberRights": "ReadAny", "Path": "\\Inbox"}}});
        texts(&row(&record("Exchange", "AddFolderPermissions", &folder)), SHOWN).map(str::to_owned)
    };
    assert_eq!(shared("eve@contoso.com"), ["", "\\Inbox", "", "to eve@contoso.com: ReadAny"]);
    assert_eq!(shared("Everyone")[0], "default");
}

#[test]
fn words_that_decide_an_action_are_those_of_the_reader() {
    const WORDS: [&str; 12] = [
        "bind",
        "sync",
        "throttled",
        "sharing",
        "forwards",
        "deletes",
        "moves",
        "added",
        "changed",
        "removed",
        "audit",
        "default",
    ];
    let mut actions = csv::Reader::from_path("assets/facts/actions.csv").unwrap();
    let names = actions.headers().unwrap().clone();
    let column = |name: &str| names.iter().position(|known| known == name).unwrap();
    let (variant, table) = (column("variant"), column("table"));
    for action in actions.records().map(Result::unwrap).filter(|action| &action[table] == "UnifiedAuditLog") {
        for word in action[variant].split_whitespace() {
            assert!(WORDS.contains(&word), "{action:?}");
        }
    }
}
