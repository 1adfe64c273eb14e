//! Each kind of change, and the words for it.

use super::shapes::{graph, same_in_every_shape};
use super::{property, target};
use crate::model::Field;
use crate::tables::act::ActRow;
use serde_json::{Value, json};

/// Object, detail and variant.
fn note<'r>(row: &'r ActRow<'_>) -> [&'r str; 3] {
    [Field::Object, Field::Detail, Field::Variant].map(|field| row.get(field).unwrap_or_default())
}

#[expect(clippy::needless_pass_by_value, reason = "a call reads as the record does")]
fn changed(operation: &str, targets: Value, details: Value) -> ActRow<'static> {
    same_in_every_shape(&graph(operation, true, &targets, &details))
}

fn user(properties: Vec<Value>) -> Value {
    target("User", None, Some("eve@contoso.com"), properties)
}

#[test]
fn a_device_has_a_device_id_that_is_no_object_id() {
    let details = json!([
        {"key": "DeviceId", "value": "dddddddd-0000-4000-8000-00000000000d"},
        {"key": "OS", "value": "Windows"}, {"key": "OSVersion", "value": "10.0.19041.928"}, {"key": "TrustType", "value": "0"},
    ]);
    let row = changed("Register device", json!([target("Device", Some("DESKTOP-1"), None, vec![])]), details);
    assert_eq!(
        note(&row),
        [
            "DESKTOP-1",
            "Windows, 10.0.19041.928, trust type 0, device id dddddddd-0000-4000-8000-00000000000d, \
             object id 00000006-0000-4000-8000-00000000000a",
            ""
        ]
    );
    assert_eq!(row.get(Field::DeviceId), Some("dddddddd-0000-4000-8000-00000000000d"));
    let properties = vec![
        property("CloudDeviceOSType", Some("[]"), Some("[\"Windows\"]")),
        property("CloudDeviceOSVersion", Some("[]"), Some("[\"10.0.19041.928\"]")),
        property("DeviceId", Some("[]"), Some("[\"dddddddd-0000-4000-8000-00000000000d\"]")),
        property("DeviceTrustType", Some("[]"), Some("[\"Workplace\"]")),
    ];
    let row = changed("Add device", json!([target("Device", Some("DESKTOP-1"), None, properties)]), json!([]));
    assert_eq!(row.get(Field::DeviceId), Some("dddddddd-0000-4000-8000-00000000000d"));
    assert_eq!(
        note(&row)[1],
        "Windows, 10.0.19041.928, trust type Workplace, device id dddddddd-0000-4000-8000-00000000000d, \
         object id 00000006-0000-4000-8000-00000000000a"
    );
    let names = vec![
        property("Device.ObjectID", None, Some("\"o\"")),
        property("Device.DisplayName", None, Some("\"DESKTOP-1\"")),
    ];
    let row = changed("Add registered owner to device", json!([user(names)]), json!([]));
    assert_eq!((note(&row)[0], row.get(Field::ActedUpon)), ("DESKTOP-1", Some("eve@contoso.com")));
}

#[test]
fn methods_are_named_by_what_the_record_says() {
    let details = json!([{"key": "AuthenticationMethodType", "value": "AppCodeOnly"},
        {"key": "AuthenticationMethod", "value": "Authenticator App with Code"}]);
    let row = changed("User registered security info", json!([user(vec![])]), details);
    assert_eq!(note(&row), ["Authenticator App with Code", "", ""]);
    let mut record = graph(
        "User registered security info",
        true,
        &json!([user(vec![property("GraphUserEmailAuthMethod.Email", None, Some("\"mallory@example.org\"")),])]),
        &json!([]),
    );
    record["resultReason"] = json!("User registered Email Authentication Method");
    assert_eq!(note(&same_in_every_shape(&record)), ["Email Authentication Method", "email mallory@example.org", ""]);
    let added = property("StrongAuthenticationMethod", Some("[]"), Some("[{\"MethodType\":7,\"Default\":true}]"));
    let included = property("Included Updated Properties", None, Some("\"StrongAuthenticationMethod\""));
    let row = changed("Update user", json!([user(vec![included.clone(), added])]), json!([]));
    assert_eq!(note(&row), ["eve@contoso.com", "method type 7", "methods"]);
    let removed = property("StrongAuthenticationMethod", Some("[{\"MethodType\":7,\"Default\":true}]"), Some("[]"));
    let row = changed("Update user", json!([user(vec![removed, included])]), json!([]));
    assert_eq!(note(&row), ["eve@contoso.com", "removed method type 7", "methods-removed"]);
}

#[test]
fn a_use_of_an_authenticator_is_no_new_method() {
    let phone = |time: &str| {
        format!(
            "[{{\"DeviceName\":\"Phone\",\"DeviceToken\":\"secret\",\"Id\":\"1\",\"LastAuthenticatedTimestamp\":\"{time}\"}}]"
        )
    };
    let (old, new) = (phone("2026-05-20T10:00:00Z"), phone("2026-05-20T11:00:00Z"));
    let name = "StrongAuthenticationPhoneAppDetail";
    let row = changed("Update user", json!([user(vec![property(name, Some(&old), Some(&new))])]), json!([]));
    assert_eq!(note(&row), ["eve@contoso.com", "", "nothing"]);
    let row = changed("Update user", json!([user(vec![property(name, Some("[]"), Some(&new))])]), json!([]));
    assert_eq!(note(&row), ["eve@contoso.com", "authenticator app on Phone", "methods"]);
}

#[test]
fn a_temporary_access_pass_is_one_of_the_user_it_was_made_for() {
    let mut record = graph("Admin registered security info", true, &json!([user(vec![])]), &json!([]));
    record["resultReason"] = json!("Admin registered temporary access pass method for user");
    let row = same_in_every_shape(&record);
    assert_eq!(note(&row), ["eve@contoso.com", "temporary access pass method", "temporary-pass"]);
    record["activityDisplayName"] = json!("Admin deleted security info");
    record["resultReason"] = json!("Admin deleted temporary access pass method for user");
    assert_eq!(note(&same_in_every_shape(&record))[2], "");
}

#[test]
fn consents_name_scopes_and_whom_they_are_for() {
    let consent = |before: &str, kind: &str| {
        format!(
            "\"{before} => [[Id: g1, ClientId: c, PrincipalId: p, ResourceId: r, ConsentType: {kind}, Scope:  Mail.Read offline_access, CreatedDateTime: , LastModifiedDateTime ]]; \""
        )
    };
    let app = |permissions: &str, all: &str| {
        let properties = vec![
            property("ConsentContext.IsAdminConsent", None, Some("\"True\"")),
            property("ConsentContext.OnBehalfOfAll", None, Some(all)),
            property("ConsentAction.Permissions", None, Some(permissions)),
        ];
        let row = changed(
            "Consent to application",
            json!([target("ServicePrincipal", Some("Mail Sorter"), None, properties)]),
            json!([]),
        );
        note(&row).map(str::to_owned)
    };
    assert_eq!(app(&consent("[]", "Principal"), "\"False\""), ["Mail Sorter", "Mail.Read offline_access", ""]);
    assert_eq!(
        app(&consent("[]", "AllPrincipals"), "\"False\""),
        ["Mail Sorter", "Mail.Read offline_access, for all", "admin-consent"]
    );
    assert_eq!(app(&consent("[]", "Principal"), "\"True\"")[1], "Mail.Read offline_access, for all");
    let before = "[[Id: g1, ClientId: c, PrincipalId: p, ResourceId: r, ConsentType: Principal, Scope: offline_access, CreatedDateTime: ]]";
    assert_eq!(app(&consent(before, "Principal"), "\"False\"")[1], "Mail.Read");
    assert_eq!(app("[\"Mail.Read\",\"User.Read\"]", "\"False\"")[1], "Mail.Read User.Read");
}

#[test]
fn a_grant_is_of_the_client_and_of_its_new_scopes() {
    let properties = vec![
        property("DelegatedPermissionGrant.Scope", Some("\"User.Read\""), Some("\" User.Read Mail.ReadWrite\"")),
        property("DelegatedPermissionGrant.ConsentType", Some("\"AllPrincipals\""), Some("\"AllPrincipals\"")),
        property("ServicePrincipal.ObjectID", None, Some("\"client-object\"")),
    ];
    let api = target("ServicePrincipal", Some("Microsoft Graph"), None, properties);
    let client = json!({"id": "client-object", "type": "ServicePrincipal", "displayName": "Mail Sorter", "modifiedProperties": []});
    let row = changed("Add delegated permission grant", json!([api, client]), json!([]));
    assert_eq!(note(&row), ["Mail Sorter", "Mail.ReadWrite, for all", "admin-consent"]);
    let properties = vec![
        property("AppRole.Value", None, Some("\"Mail.ReadWrite\"")),
        property("ServicePrincipal.DisplayName", None, Some("\"Mail Sorter\"")),
    ];
    let api = target("ServicePrincipal", Some("Microsoft Graph"), None, properties);
    let row = changed("Add app role assignment to service principal", json!([api]), json!([]));
    assert_eq!(note(&row), ["Mail Sorter", "Mail.ReadWrite of Microsoft Graph", ""]);
}

#[test]
fn secrets_are_new_less_old_and_never_shown() {
    let key = |id: &str, kind: &str, name: &str| {
        format!("[KeyIdentifier={id},KeyType={kind},KeyUsage=Verify,DisplayName={name}]")
    };
    let (old, new) = (key("k1", "Password", "first"), key("k2", "Password", "back, door"));
    let properties = vec![
        property("Included Updated Properties", None, Some("\"KeyDescription\"")),
        property("KeyDescription", Some(&json!([old]).to_string()), Some(&json!([new, old]).to_string())),
        property("Credential", None, Some("\"hunter2\"")),
    ];
    let name = "Update application – Certificates and secrets management ";
    let app = |properties| json!([target("Application", Some("Mail Sorter"), None, properties)]);
    let row = changed(name, app(properties), json!([]));
    assert_eq!(note(&row), ["Mail Sorter", "secret \"back, door\", key k2", "secret"]);
    assert!(row.texts().all(|(_, text)| !text.contains("hunter2")));
    let gone = vec![property(
        "KeyDescription",
        Some(&json!([old, key("k3", "AsymmetricX509Cert", "CN=a")]).to_string()),
        Some(&json!([old]).to_string()),
    )];
    assert_eq!(
        note(&changed(name, app(gone), json!([])))[1..],
        ["removed certificate \"CN=a\", key k3", "secret-removed"]
    );
}

#[test]
fn a_trust_in_another_issuer_is_a_credential() {
    let trust = json!([{"Name": "x", "Issuer": "https://idp.example.org", "Subject": "mallory", "Audiences": ["api://AzureADTokenExchange"]}]);
    let properties = vec![property("FederatedIdentityCredentials", Some("[]"), Some(&trust.to_string()))];
    let row =
        changed("Update application", json!([target("Application", Some("Mail Sorter"), None, properties)]), json!([]));
    assert_eq!(note(&row), ["Mail Sorter", "issuer https://idp.example.org, subject mallory", "federated"]);
}

#[test]
fn a_revocation_is_of_the_time_the_record_gives() {
    let name = "Update StsRefreshTokenValidFrom Timestamp";
    let value = |time: &str| format!("[\r\n  \"{time}\"\r\n]");
    let properties = vec![property(
        "StsRefreshTokensValidFrom",
        Some(&value("2026-05-01T08:00:00Z")),
        Some(&value("2026-05-20T14:02:03.9871234Z")),
    )];
    let row = changed(name, json!([user(properties)]), json!([]));
    assert_eq!(note(&row), ["eve@contoso.com", "2026-05-20T14:02:03Z", ""]);
    assert_eq!(note(&changed(name, json!([user(vec![])]), json!([]))), ["eve@contoso.com", "", ""]);
}

#[test]
fn an_account_and_a_policy_have_a_state() {
    let off = vec![property("AccountEnabled", Some("[true]"), Some("[false]"))];
    let row = changed("Update user", json!([user(off)]), json!([]));
    assert_eq!(note(&row), ["eve@contoso.com", "account enabled: true → false", "disabled"]);
    assert_eq!(note(&changed("Enable account", json!([user(vec![])]), json!([])))[2], "enabled");
    let policy = |state: &str, users: Value| {
        json!({"state": state, "conditions": {"users": {"excludeUsers": users}}}).to_string()
    };
    let (old, new) = (policy("enabled", json!([])), policy("disabled", json!(["u1"])));
    let properties = vec![property("ConditionalAccessPolicy", Some(&old), Some(&new))];
    let row = changed(
        "Update conditional access policy",
        json!([target("Policy", Some("MFA for all"), None, properties)]),
        json!([]),
    );
    assert_eq!(note(&row), ["MFA for all", "state enabled → disabled, 1 more left out, conditions", "disabled"]);
}

#[test]
fn a_policy_names_the_parts_that_differ() {
    let old =
        json!({"id": "p", "state": "enabled", "modifiedDateTime": "1", "grantControls": {"builtInControls": ["mfa"]}});
    let new = json!({"id": "p", "state": "enabled", "modifiedDateTime": "2"});
    let properties = vec![property("ConditionalAccessPolicy", Some(&old.to_string()), Some(&new.to_string()))];
    let policy = |properties| json!([target("Policy", Some("MFA for all"), None, properties)]);
    let row = changed("Update Conditional Access policy", policy(properties), json!([]));
    assert_eq!(note(&row), ["MFA for all", "grantControls", ""]);
    let properties = vec![property("ConditionalAccessPolicy", Some(&old.to_string()), None)];
    let row = changed("Delete conditional access policy", policy(properties), json!([]));
    assert_eq!(note(&row), ["MFA for all", "", ""]);
}

#[test]
fn an_update_of_nothing_says_so() {
    let noise = property("TargetId.UserType", None, Some("\"Member\""));
    for included in [Some("\"\""), None] {
        let properties = vec![property("Included Updated Properties", None, included), noise.clone()];
        assert_eq!(
            note(&changed("Update user", json!([user(properties)]), json!([]))),
            ["eve@contoso.com", "", "nothing"]
        );
    }
    let properties = vec![property("Included Updated Properties", None, Some("\"Mail, OtherMails\"")), noise];
    assert_eq!(note(&changed("Update user", json!([user(properties)]), json!([])))[1..], ["Mail, OtherMails", ""]);
}

#[test]
fn roles_groups_owners_and_guests_are_named() {
    let origin = vec![property("RoleDefinitionOriginType", Some("\"\""), Some("\"BuiltInRole\""))];
    let role = target("Role", Some("Application Administrator"), None, origin);
    let member = target("User", Some("Eve"), None, vec![]);
    let row = changed("Add member to role in PIM completed (permanent)", json!([role, member]), json!([]));
    assert_eq!(note(&row), ["Application Administrator, Eve", "", ""]);
    let row = changed(
        "Add member to group",
        json!([user(vec![property("Group.DisplayName", None, Some("\"Admins\""))])]),
        json!([]),
    );
    assert_eq!(note(&row)[..2], ["Admins", "eve@contoso.com"]);
    let row = changed(
        "Add owner to application",
        json!([user(vec![property("Application.DisplayName", None, Some("\"Mail Sorter\""))])]),
        json!([]),
    );
    assert_eq!(note(&row)[..2], ["Mail Sorter", "eve@contoso.com"]);
    let details = json!([{"key": "invitedUserEmailAddress", "value": "mallory@example.org"}]);
    let row = changed("Invite external user", json!([target("User", Some("M"), None, vec![])]), details);
    assert_eq!(note(&row)[0], "mallory@example.org");
    let row = changed(
        "Add application",
        json!([target(
            "Application",
            Some("Mail Sorter"),
            None,
            vec![property("AppId", Some("[]"), Some("[\"a1\"]"))]
        )]),
        json!([]),
    );
    assert_eq!(note(&row)[..2], ["Mail Sorter", "app id a1"]);
}
