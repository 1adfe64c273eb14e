//! Users, services, sessions, tokens and addresses.

use super::*;
use crate::tables::unified_audit::SPEC;

#[test]
fn the_session_is_read_from_each_place_before_giving_up() {
    let other = "11111111-2222-4333-8444-555555555555";
    let logon = |more: Value| with(record("AzureActiveDirectory", "UserLoggedIn", &json!({"RecordType": 15})), &more);
    let device = json!([{"Name": "OS", "Value": "Windows 10"}, {"Name": "SessionId", "Value": SID}]);
    for (record, expected) in [
        (with(bind(), &json!({"SessionId": other})), Some(SID)),
        (with(bind(), &json!({"AppAccessContext": {"APIId": ""}, "SessionId": SID})), Some(SID)),
        (with(bind(), &json!({"AppAccessContext": {}, "SessionId": ""})), None),
        (with(bind(), &json!({"AppAccessContext": [{"AADSessionId": SID}]})), Some(SID)),
        (with(bind(), &json!({"AppAccessContext": json!({"AADSessionId": SID}).to_string()})), Some(SID)),
        (
            with(
                bind(),
                &json!({"AppAccessContext": {"AADSessionId": "00000000-0000-0000-0000-000000000000"}, "SessionId": SID}),
            ),
            Some(SID),
        ),
        (with(bind(), &json!({"AppAccessContext": {"AADSessionId": "ANONYMIZED"}, "SessionId": "xxxx"})), None),
        (logon(json!({"DeviceProperties": device})), Some(SID)),
        (logon(json!({"DeviceProperties": {"OS": "x", "SessionId": SID}})), Some(SID)),
        (logon(json!({"DeviceProperties": device.to_string()})), Some(SID)),
    ] {
        assert_eq!(row(&record).get(Field::SessionId), expected, "{record}");
    }
}

#[test]
fn the_token_of_a_logon_is_computed_and_of_others_named() {
    let logon = |id: &str, operation: &str| record("AzureActiveDirectory", operation, &json!({"Id": id}));
    let id = "ebbcde9f-2dd4-4b92-8f29-7a0ef7b10a00";
    for operation in ["UserLoggedIn", "UserLoginFailed"] {
        assert_eq!(row(&logon(id, operation)).get(Field::TokenId), Some(TOKEN));
        assert_eq!(row(&logon("no-guid", operation)).get(Field::TokenId), None);
    }
    assert_eq!(row(&logon(id, "Add user.")).get(Field::TokenId), None);
    let named =
        with(bind(), &json!({"AppAccessContext": {"UniqueTokenId": "AAAAAAAAAAAAAAAAAAAAAA", "IssuedAtTime": ""}}));
    assert_eq!(texts(&row(&named), [Field::TokenId, Field::IssuedAt]), ["", ""]);
}

#[test]
fn a_logon_has_its_client_and_resource() {
    let logon = record(
        "AzureActiveDirectory",
        "UserLoggedIn",
        &json!({
            "RecordType": 15, "ResultStatus": "Failed", "ApplicationId": CLIENT, "InterSystemsId": OID, "IntraSystemId": ID,
            "ClientIP": "203.0.113.5", "ActorIpAddress": "203.0.113.5", "ErrorNumber": "0",
            "Actor": [{"ID": OID, "Type": 0}, {"ID": ANA, "Type": 5}],
            "ExtendedProperties": [
                {"Name": "ResultStatusDetail", "Value": "Success"}, {"Name": "UserAgent", "Value": "python-requests"},
                {"Name": "RequestType", "Value": "OAuth2:Token"},
            ],
            "Target": [{"ID": "00000003-0000-0000-c000-000000000000", "Type": 0}],
        }),
    );
    let found = row(&logon);
    assert!(!found.failed, "its result is HTTP's");
    let fields = [
        Field::AppId,
        Field::Object,
        Field::UserAgent,
        Field::UserId,
        Field::CorrelationId,
        Field::Variant,
        Field::ActedUpon,
        Field::ResultDescription,
    ];
    let expected = [CLIENT, "00000003-0000-0000-c000-000000000000", "python-requests", OID, OID, "", "", ""];
    assert_eq!(texts(&found, fields), expected);
    let failed = with(
        logon,
        &json!({"Operation": "UserLoginFailed", "ResultStatus": "Success", "LogonError": "UserAccountNotFound"}),
    );
    let found = row(&failed);
    assert!(found.failed);
    assert_eq!(found.get(Field::ResultDescription), Some("UserAccountNotFound"));
}

#[test]
fn the_client_is_never_the_api() {
    let api = "00000003-0000-0000-c000-000000000000";
    let only_api = with(bind(), &json!({"AppId": api, "ClientAppId": "", "AppAccessContext": {"APIId": api}}));
    assert_eq!(row(&only_api).get(Field::AppId), None);
    let in_context = with(bind(), &json!({"ClientAppId": null}));
    assert_eq!(row(&in_context).get(Field::AppId), Some(CLIENT));
    let no_logon = with(bind(), &json!({"ClientAppId": null, "AppAccessContext": null, "ApplicationId": CLIENT}));
    assert_eq!(row(&no_logon).get(Field::AppId), None);
}

#[test]
fn the_first_address_that_is_one_counts() {
    for (members, expected) in [
        (json!({"ClientIP": "203.0.113.5:41234"}), Some("203.0.113.5")),
        (json!({"ClientIP": "[2001:DB8::1]:36185"}), Some("2001:db8::1")),
        (json!({"ClientIP": "::ffff:203.0.113.5"}), Some("203.0.113.5")),
        (json!({"ClientIP": "<null>", "ClientIPAddress": "203.0.113.6"}), Some("203.0.113.6")),
        (json!({"ClientIP": "localhost", "ClientIPAddress": "", "ActorIpAddress": "203.0.113.7"}), Some("203.0.113.7")),
        (json!({"ClientIP": "203.0.113.5", "ClientIPAddress": "203.0.113.6"}), Some("203.0.113.5")),
        (json!({"ClientIP": "ffff:10.11.0.229"}), None),
        (json!({"ClientIP": null}), None),
    ] {
        assert_eq!(row(&record("Exchange", "Send", &members)).get(Field::IpAddress), expected, "{members}");
    }
}

#[test]
fn services_act_in_their_name_and_nobodys() {
    let guid = "0e8c1f3a-5b6d-4c7e-9a8b-112233445566";
    let system = "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)";
    for (members, user, app) in [
        (json!({"UserId": ANA}), ["", ANA], ""),
        (json!({"UserId": ANA, "UserKey": OID}), [OID, ANA], ""),
        (json!({"UserId": ANA, "UserKey": "10032000C757D25F"}), ["", ANA], ""),
        (json!({"UserId": guid}), [guid, ""], ""),
        (json!({"UserId": system, "UserType": 3}), ["", ""], system),
        (json!({"UserId": "admin@contoso.com", "UserType": "DcAdmin"}), ["", ""], "admin@contoso.com"),
        (json!({"UserId": "app@sharepoint"}), ["", ""], "app@sharepoint"),
        (json!({"UserId": "Not Available"}), ["", ""], ""),
        (
            json!({"UserId": format!("ServicePrincipal_{guid}"), "Actor": [{"ID": "Sync", "Type": 1}, {"ID": guid, "Type": 2}]}),
            ["", ""],
            "Sync",
        ),
        (
            json!({"UserId": ANA, "Actor": [{"ID": ANA, "Type": 5}, {"ID": format!("User_{OID}"), "Type": 2}, {"ID": guid, "Type": 2}]}),
            [OID, ANA],
            "",
        ),
    ] {
        let found = row(&record("AzureActiveDirectory", "Update user.", &members));
        assert_eq!(texts(&found, [Field::UserId, Field::UserPrincipalName]), user, "{members}");
        assert_eq!(found.get(Field::AppDisplayName).unwrap_or_default(), app, "{members}");
    }
}

#[test]
fn users_acted_upon_are_others() {
    let cmdlet = |name: &str, value: &str| json!({"RecordType": 1, "Parameters": [{"Value": value, "Name": name}, {"Name": "User", "Value": "eve@contoso.com"}]});
    let target = json!({
        "RecordType": 8,
        "Target": [{"ID": "User", "Type": 2}, {"ID": "Bo@Contoso.com", "Type": 5}, {"ID": "100", "Type": 3}],
    });
    for (operation, members, expected) in [
        ("Add-MailboxPermission", cmdlet("Identity", "Bo@contoso.com"), "bo@contoso.com"),
        ("New-InboxRule", cmdlet("Mailbox", "bo@contoso.com"), "bo@contoso.com"),
        ("New-InboxRule", cmdlet("Mailbox", "ANA@contoso.com"), ""),
        ("Add-MailboxPermission", cmdlet("Identity", "bo"), ""),
        ("Add-MailboxPermission", cmdlet("Identity", "contoso.com/Users/Bo Lee"), ""),
        ("Send", json!({"RecordType": 2, "MailboxOwnerUPN": "Shared@contoso.com"}), "shared@contoso.com"),
        ("Send", json!({"RecordType": 2, "MailboxOwnerUPN": "Ana@contoso.com"}), ""),
        ("Update user.", target.clone(), "bo@contoso.com"),
        ("Other", with(target, &json!({"RecordType": 15})), ""),
        ("Add-MailboxPermission", with(cmdlet("Identity", "bo@contoso.com"), &json!({"UserType": 3})), ""),
    ] {
        let found = row(&record("Exchange", operation, &members));
        assert_eq!(found.get(Field::ActedUpon).unwrap_or_default(), expected, "{operation} {members}");
    }
}

#[test]
fn failures_are_told_by_result_in_any_case() {
    for (result, failed) in [
        ("Failed", true),
        ("failed", true),
        ("Failure", true),
        ("False", true),
        ("FALSE", true),
        ("Succeeded", false),
        ("PartiallySucceeded", false),
        ("TRUE", false),
        ("", false),
    ] {
        assert_eq!(row(&record("Exchange", "Send", &json!({"ResultStatus": result}))).failed, failed, "{result}");
    }
    let old = json!({
        "RecordType": 9, "ResultStatus": "failed",
        "ExtendedProperties": [{"Name": "LoginError", "Value": "-2147217390;PP_E_BAD_PASSWORD"}],
    });
    let found = row(&record("AzureActiveDirectory", "PasswordLogonInitialAuthUsingPassword", &old));
    assert_eq!(found.get(Field::ResultDescription), Some("-2147217390;PP_E_BAD_PASSWORD"));
}

#[test]
fn an_operation_loses_one_full_stop() {
    for (written, expected) in [
        ("Add member to role.", "Add member to role"),
        (
            "Update application \u{2013} Certificates and secrets management ",
            "Update application \u{2013} Certificates and secrets management",
        ),
        ("Send", "Send"),
    ] {
        assert_eq!(row(&record("AzureActiveDirectory", written, &json!({}))).get(Field::Operation), Some(expected));
    }
}

#[test]
fn every_field_read_is_kept() {
    for (field, _) in row(&bind()).texts() {
        assert!(SPEC.has(field), "{field:?}");
    }
}
