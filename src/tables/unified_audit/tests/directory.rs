//! Changes of the directory.

use super::*;

const SHOWN: [Field; 4] = [Field::Variant, Field::Object, Field::Detail, Field::ActedUpon];

fn change(operation: &str, target: &Value, properties: &Value) -> [String; 4] {
    let members = json!({"RecordType": 8, "AzureActiveDirectoryEventType": 1, "Target": target, "ModifiedProperties": properties});
    texts(&row(&record("AzureActiveDirectory", operation, &members)), SHOWN).map(str::to_owned)
}

#[test]
fn changes_name_what_they_were_done_to() {
    let user = json!([{"ID": "User_1", "Type": 2}, {"ID": "Bo@contoso.com", "Type": 5}, {"ID": "1003", "Type": 3}]);
    let role = json!([
        {"Name": "Role.ObjectID", "NewValue": "x", "OldValue": ""},
        {"Name": "Role.DisplayName", "NewValue": "[\r\n  \"Global Administrator\"\r\n]", "OldValue": "[]"},
    ]);
    assert_eq!(
        change("Add member to role.", &user, &role),
        ["", "Global Administrator, Bo@contoso.com", "", "bo@contoso.com"]
    );
    assert_eq!(change("Add user.", &user, &json!([]))[1], "Bo@contoso.com");
    let app = json!([{"ID": "ServicePrincipal_2", "Type": 2}, {"ID": "Mail Reader", "Type": 1}]);
    let permissions = "[] => [[Id: a, ClientId: b, ConsentType: AllPrincipals, Scope:  Mail.Read offline_access, CreatedDateTime: c]]; ";
    let consent = json!([
        {"Name": "ConsentContext.IsAdminConsent", "NewValue": "True", "OldValue": ""},
        {"Name": "ConsentAction.Permissions", "NewValue": permissions, "OldValue": ""},
    ]);
    assert_eq!(
        change("Consent to application.", &app, &consent),
        ["admin-consent", "Mail Reader", "Mail.Read offline_access, for all", ""]
    );
}

#[test]
fn kinds_of_changes_are_found_by_property() {
    let user = json!([{"ID": "bo@contoso.com", "Type": 5}]);
    for (name, new, expected) in [
        ("StrongAuthenticationMethod", "[{\"MethodType\":7}]", "methods"),
        ("AccountEnabled", "[\r\n  false\r\n]", "disabled"),
        ("AccountEnabled", "[true]", "enabled"),
        ("KeyDescription", "[\"[KeyIdentifier=1,KeyType=Password]\"]", "secret"),
        ("FederatedIdentityCredentials", "[{\"Issuer\":\"x\"}]", "federated"),
    ] {
        let properties = json!([{"Name": "Other", "NewValue": "1"}, {"Name": name, "OldValue": "[]", "NewValue": new}]);
        let found = change("Update user.", &user, &properties);
        assert_eq!(found[0], expected, "{name}");
        assert!(!found.concat().contains("KeyIdentifier"), "no secret is shown");
    }
    assert_eq!(change("Update user.", &user, &json!([]))[0], "nothing");
    let included = json!([{"Name": "Included Updated Properties", "NewValue": "\"OtherMail\"", "OldValue": ""}]);
    assert_eq!(change("Update user.", &user, &included), ["", "bo@contoso.com", "OtherMail", "bo@contoso.com"]);
}

#[test]
fn a_change_is_described_as_audit_logs_describe_it() {
    let guid = "0e8c1f3a-5b6d-4c7e-9a8b-112233445566";
    let keys = "[\"[KeyIdentifier=7,KeyType=Password,KeyUsage=Verify,DisplayName=backup]\"]";
    let permissions = "[] => [[Id: a, ConsentType: Principal, Scope:  Mail.Read, CreatedDateTime: c]]; ";
    let cases = [
        ("Add member to group", "User", Some("bo@contoso.com"), None, "Group.DisplayName", "\"Payroll\""),
        (
            "Update application \u{2013} Certificates and secrets management",
            "Application",
            None,
            Some("Sync"),
            "KeyDescription",
            keys,
        ),
        ("Consent to application", "ServicePrincipal", None, Some("Mailer"), "ConsentAction.Permissions", permissions),
        ("Update user", "User", Some("bo@contoso.com"), None, "AccountEnabled", "[false]"),
        ("Add device", "Device", None, Some("DESKTOP-1"), "CloudDisplayName", "[\"DESKTOP-1\"]"),
    ];
    for (operation, kind, upn, name, property, new) in cases {
        let other = json!({
            "activityDisplayName": operation, "initiatedBy": {"user": {"userPrincipalName": ANA}},
            "targetResources": [{
                "type": kind, "id": guid, "userPrincipalName": upn, "displayName": name,
                "modifiedProperties": [{"displayName": property, "oldValue": "[]", "newValue": new}],
            }],
        });
        let other = testing::of_json(crate::tables::audit::SPEC.act.unwrap(), &other);
        let mut target = vec![json!({"ID": format!("{kind}_{guid}"), "Type": 2}), json!({"ID": guid, "Type": 2})];
        target.push(json!({"ID": kind, "Type": 2}));
        target.extend(upn.map(|upn| json!({"ID": upn, "Type": 5})));
        target.extend(name.map(|name| json!({"ID": name, "Type": 1})));
        let properties = json!([{"Name": property, "OldValue": "[]", "NewValue": new}]);
        let found = change(&format!("{operation}."), &json!(target), &properties);
        assert_eq!(found, texts(&other, SHOWN), "{operation}");
        assert!(!found[1].is_empty());
    }
}

#[test]
fn the_agent_of_a_change_is_in_its_details() {
    let members = json!({
        "RecordType": 8, "InterSystemsId": OID,
        "ExtendedProperties": [{"Name": "additionalDetails", "Value": "{\"User-Agent\":\"python-requests\",\"AppId\":\"x\"}"}],
    });
    let found = row(&record("AzureActiveDirectory", "Add user.", &members));
    assert_eq!(texts(&found, [Field::UserAgent, Field::CorrelationId]), ["python-requests", OID]);
}
