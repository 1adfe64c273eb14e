//! Columns of which a flag or a short form is all that is kept, in the spellings of each export.

use super::{file, read_one};
use serde_json::{Value, json};
use tokentrail::testing::model::{Field, Flags, Proof, mfa_proof};

/// The steps of a login, as arrays have them.
fn steps() -> Value {
    json!([
        {"authenticationStepDateTime": "2026-05-01T14:00:00.1234567Z", "authenticationMethod": "Password",
         "authenticationMethodDetail": "Password in the cloud", "succeeded": true,
         "authenticationStepResultDetail": "Correct password",
         "authenticationStepRequirement": "Primary authentication", "StatusSequence": 0, "RequestSequence": 1},
        {"authenticationStepDateTime": "2026-05-01T14:00:09Z", "authenticationMethod": "Mobile app notification",
         "succeeded": true, "authenticationStepResultDetail": "MFA successfully completed",
         "authenticationStepRequirement": "Multifactor authentication"},
    ])
}

const LOGIN: &str = "Password fresh; MFA Mobile app notification fresh";

/// The text of a field and the flags of the only event of a file.
fn only(name: &str, text: &str, field: Field) -> (String, Flags) {
    let folder = tempfile::tempdir().unwrap();
    let loaded = read_one(file(folder.path(), name, text.as_bytes()));
    assert!(loaded.problems.is_empty(), "{name}: {:?}", loaded.problems);
    let (id, event) = loaded.store.events().next().expect("an event");
    (loaded.store.get(id, field).to_owned(), event.flags)
}

fn sign_in(more: &Value) -> Value {
    let mut row = json!({
        "Type": "SigninLogs", "CreatedDateTime": "2026-05-01T14:00:00Z", "Id": "33333333-0000-4000-8000-000000000001",
        "UserId": "44444444-0000-4000-8000-000000000001", "AppId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    });
    row.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    row
}

#[test]
fn steps_of_the_authentication_are_kept_in_short() {
    let text = steps().to_string();
    for details in [steps(), json!(text), json!([text])] {
        let row = sign_in(&json!({"AuthenticationDetails": details}));
        assert_eq!(only("rows.json", &row.to_string(), Field::AuthenticationDetails).0, LOGIN, "{row}");
    }
    let diagnostics = json!({
        "time": "2026-05-01T14:00:00Z", "category": "SignInLogs", "properties": {
            "id": "33333333-0000-4000-8000-000000000001", "createdDateTime": "2026-05-01T14:00:00Z",
            "userId": "44444444-0000-4000-8000-000000000001", "appId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
            "authenticationDetails": steps(),
        },
    });
    assert_eq!(only("PT1H.json", &diagnostics.to_string(), Field::AuthenticationDetails).0, LOGIN);
    for nothing in [json!([]), json!("[]"), json!(""), json!(null), json!("no steps"), json!([{}])] {
        let row = sign_in(&json!({"AuthenticationDetails": nothing}));
        assert_eq!(only("rows.json", &row.to_string(), Field::AuthenticationDetails).0, "", "{row}");
    }
}

#[test]
fn graphs_older_endpoint_has_the_second_factor_in_its_status() {
    let row = json!({"value": [{
        "id": "33333333-0000-4000-8000-000000000001", "createdDateTime": "2026-05-01T14:00:00Z",
        "userId": "44444444-0000-4000-8000-000000000001", "userPrincipalName": "zoe@contoso.com",
        "appId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "ipAddress": "203.0.113.9", "isInteractive": true,
        "status": {"errorCode": 0, "failureReason": "Other.",
                   "additionalDetails": "MFA requirement satisfied by claim in the token"},
    }]});
    let (text, _) = only("signins.json", &row.to_string(), Field::AuthenticationDetails);
    assert_eq!((text.as_str(), mfa_proof(&text)), ("MFA by claim", Some(Proof::Claim)));
    // What names the steps says more.
    let both = sign_in(&json!({
        "AuthenticationDetails": steps(), "Status": {"errorCode": 0, "additionalDetails": "MFA completed in Azure AD"},
    }));
    assert_eq!(only("rows.json", &both.to_string(), Field::AuthenticationDetails).0, LOGIN);
}

#[test]
fn the_portal_has_a_column_for_each_part_of_the_second_factor() {
    let csv = |result: &str, method: &str, through: &str| {
        format!(
            "Date (UTC),Request ID,User agent,User ID,Username,Application ID ,IP address,Status,\
             Multifactor authentication result,Multifactor authentication auth method,Authentication requirement,\
             Through Global Secure Access\n\
             2026-05-01T14:00:00Z,33333333-0000-4000-8000-000000000001,curl/8.7.1,44444444-0000-4000-8000-000000000001,\
             zoe@contoso.com,04b07795-8ddb-461a-bbee-02f9e1bf7b46,203.0.113.9,Success,{result},{method},\
             multiFactorAuthentication,{through}\n"
        )
    };
    let read = |text: &str| only("InteractiveSignIns_2026-05-01.csv", text, Field::AuthenticationDetails);
    let (text, flags) = read(&csv("MFA completed in Azure AD", "Mobile app notification", "Yes"));
    assert_eq!(text, "MFA Mobile app notification fresh");
    assert!(flags.has(Flags::GLOBAL_SECURE_ACCESS));
    let (text, flags) = read(&csv("", "", "No"));
    assert_eq!((text.as_str(), flags.has(Flags::GLOBAL_SECURE_ACCESS)), ("", false));
}

#[test]
fn a_proxy_of_microsofts_is_a_flag() {
    for (value, expected) in [
        (json!(true), true),
        (json!("True"), true),
        (json!(false), false),
        (json!("false"), false),
        (json!(null), false),
    ] {
        let row = sign_in(&json!({"IsThroughGlobalSecureAccess": value}));
        let (_, flags) = only("rows.json", &row.to_string(), Field::Id);
        assert_eq!(flags.has(Flags::GLOBAL_SECURE_ACCESS), expected, "{row}");
    }
}

#[test]
fn a_client_of_a_call_that_proved_itself_is_a_flag() {
    let recorded = |table: &str, value: Value| {
        let row = json!({
            "Type": table, "TimeGenerated": "2026-05-01T14:00:00Z", "RequestId": "33333333-0000-4000-8000-000000000001",
            "UserId": "44444444-0000-4000-8000-000000000001", "RequestUri": "https://graph.microsoft.com/v1.0/me",
            "RequestMethod": "GET", "ClientAuthMethod": value,
        });
        only("calls.json", &row.to_string(), Field::Id).1.has(Flags::APP_AUTH)
    };
    for table in ["MicrosoftGraphActivityLogs", "AADGraphActivityLogs"] {
        for (value, expected) in [
            (json!("0"), false),
            (json!(0), false),
            (json!("0.0"), false),
            (json!(""), false),
            (json!(null), false),
            (json!("-"), false),
            (json!("1"), true),
            (json!(2), true),
        ] {
            assert_eq!(recorded(table, value.clone()), expected, "{table} {value}");
        }
    }
}

#[test]
fn defender_gives_the_outcome_of_conditional_access_as_a_number() {
    let outcome = |value: Value| {
        let row = json!({
            "Timestamp": "2026-05-01T14:00:00Z", "RequestId": "r", "AccountObjectId": "u", "ErrorCode": 0,
            "LogonType": "[\"nonInteractiveUser\"]", "ApplicationId": "a", "ConditionalAccessStatus": value,
        });
        only("events.json", &row.to_string(), Field::ConditionalAccessStatus).0
    };
    for (number, word) in [(0, "success"), (1, "failure"), (2, "notApplied"), (3, "3")] {
        assert_eq!((outcome(json!(number)), outcome(json!(number.to_string()))), (word.to_owned(), word.to_owned()));
    }
    assert_eq!(outcome(json!("notApplied")), "notApplied");
}

#[test]
fn defender_records_the_fingerprint_of_the_callers_tls() {
    let row = json!({"time": "2026-05-01T14:00:00Z", "category": "AdvancedHunting-EntraIdSignInEvents", "properties": {
        "Timestamp": "2026-05-01T14:00:00Z", "RequestId": "33333333-0000-4000-8000-000000000001",
        "AccountObjectId": "44444444-0000-4000-8000-000000000001", "LogonType": "[\"interactiveUser\"]",
        "ApplicationId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "GatewayJA4": "t13d1516h2_8daaf6152771_02713d6af862",
    }});
    let (text, _) = only("hub.json", &row.to_string(), Field::GatewayJa4);
    assert_eq!(text, "t13d1516h2_8daaf6152771_02713d6af862");
}
