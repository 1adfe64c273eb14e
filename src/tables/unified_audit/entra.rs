//! Directory changes and logons as the unified log has them.

use super::shape::Body;
use super::words::meaning;
use crate::model::Field;
use crate::model::words::is_guid;
use crate::tables::act::ActRow;
use crate::tables::address::tells;
use crate::tables::members::{elements, member, member_text, named, read_out};
use serde_json::Value;
use std::borrow::Cow;

/// Types of entries of `Target`.
const NAME: &str = "1";
const SIGN_IN_NAME: &str = "5";

/// Properties that name what a change was done to, in the order in which they are tried.
const NAMES: [&str; 8] = [
    "Role.DisplayName",
    "Group.DisplayName",
    "Device.DisplayName",
    "CloudDisplayName",
    "Application.DisplayName",
    "ServicePrincipal.DisplayName",
    "ServicePrincipal.Name",
    "DisplayName",
];

/// Returns whether an operation is a logon, which is a sign-in's event too.
pub(super) fn is_logon(operation: &str) -> bool {
    matches!(operation, "userloggedin" | "userloginfailed")
}

/// Puts the resource of a logon and the reason that it failed for.
pub(super) fn logon(row: &mut ActRow, body: &Body<'_>) {
    let targets = body.first_value(&["Target", "AADTarget"]);
    let of_target = elements(&targets).iter().find_map(|target| member_text(target, "ID")).filter(|id| tells(id));
    let object = || body.first(&["ObjectId", "OfficeObjectId"]).and_then(|text| meaning(&text)).filter(|id| tells(id));
    row.set_some(Field::Object, of_target.or_else(object));
    let reason = body.text("LogonError").and_then(|text| meaning(&text));
    let number = || body.text("ErrorNumber").filter(|number| number != "0").map(|number| format!("error {number}"));
    row.set_some(Field::ResultDescription, reason.or_else(number));
}

/// Puts what a change of the directory was done to.
pub(super) fn change(row: &mut ActRow, body: &Body<'_>, operation: &str) {
    let targets = body.first_value(&["Target", "AADTarget"]);
    let of_type = |kind: &str| {
        let is = |target: &&Value| member_text(target, "Type").as_deref() == Some(kind);
        elements(&targets).iter().find(is).and_then(|target| meaning(&member_text(target, "ID")?))
    };
    let properties = Properties(body.value("ModifiedProperties"));
    let user = of_type(SIGN_IN_NAME);
    // A user's own display name is no better than the sign-in name.
    let of_user = operation.contains("user") && !operation.contains("to device") && !operation.contains("role");
    let property = || NAMES.iter().find_map(|name| properties.text(name));
    let object_id = || body.first(&["ObjectId", "OfficeObjectId"]).and_then(|text| meaning(&text));
    let any = || elements(&targets).iter().find_map(|target| member_text(target, "ID").filter(|id| is_guid(id)));
    let named = || property().or_else(|| of_type(NAME)).or_else(|| user.clone());
    let object = if of_user { user.clone().or_else(named) } else { named() };
    row.set_some(Field::Object, object.or_else(object_id).or_else(any));

    let mut detail: Vec<String> = Vec::new();
    detail.extend(user.filter(|user| row.get(Field::Object) != Some(user)));
    let scopes = properties.text("ConsentAction.Permissions").and_then(|text| scopes(&text));
    detail.extend(scopes.or_else(|| properties.text("DelegatedPermissionGrant.Scope")));
    detail.extend(properties.text("AppRole.Value"));
    let is_admin = ["ConsentContext.IsAdminConsent", "ConsentContext.OnBehalfOfAll"];
    if is_admin.iter().any(|name| properties.text(name).is_some_and(|text| text.eq_ignore_ascii_case("true"))) {
        detail.push("for all".to_owned());
        row.set(Field::Variant, "admin-consent");
    }
    let has = |name: &str| properties.text(name).is_some();
    let is_enabled = || properties.text("AccountEnabled").map(|text| text.eq_ignore_ascii_case("true"));
    let variant = match () {
        () if has("FederatedIdentityCredentials") => "federated",
        () if has("KeyDescription") => "secret",
        () if properties.names_start("StrongAuthentication") => "methods",
        () if is_enabled() == Some(false) => "disabled",
        () if is_enabled() == Some(true) => "enabled",
        () => "",
    };
    row.set(Field::Variant, variant);
    if operation.starts_with("update") {
        let changed = properties.text("Included Updated Properties");
        if changed.is_none() && row.get(Field::Variant).is_none() && properties.is_empty() {
            row.set(Field::Variant, "nothing");
        }
        detail.extend(changed);
    }
    row.set(Field::Detail, detail.join(", "));
    let reason = body.text("ResultReason").or_else(|| body.text("ResultDescription")).map(Cow::into_owned);
    row.set_some(Field::ResultDescription, reason);
}

/// Sign-in names among the targets.
pub(super) fn users(body: &Body<'_>) -> Vec<String> {
    let targets = body.first_value(&["Target", "AADTarget"]);
    let is_user = |target: &&Value| member_text(target, "Type").as_deref() == Some(SIGN_IN_NAME);
    let id = |target: &Value| member_text(target, "ID").filter(|id| tells(id));
    elements(&targets).iter().filter(is_user).filter_map(id).collect()
}

/// The reason in `ExtendedProperties` of the oldest logons.
pub(super) fn old_reason(body: &Body<'_>) -> Option<String> {
    named(&body.value("ExtendedProperties"), "LoginError")
}

/// Changed properties, found by name. A pipeline may have made an object of them, with `_` for the dots of names.
struct Properties(Value);

impl Properties {
    /// The new value as text, without the texts and arrays around it.
    fn text(&self, name: &str) -> Option<String> {
        let in_list = elements(&self.0)
            .iter()
            .find(|entry| member_text(entry, "Name").is_some_and(|key| key.eq_ignore_ascii_case(name)));
        let entry = in_list.unwrap_or_else(|| {
            let entry = member(&self.0, name);
            if entry.is_null() { member(&self.0, &name.replace(['.', ' '], "_")) } else { entry }
        });
        plain(member(entry, "NewValue")).and_then(|text| meaning(&text))
    }

    fn names_start(&self, start: &str) -> bool {
        let is = |name: &str| name.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
        let is_listed = |entry: &Value| member_text(entry, "Name").is_some_and(|name| is(&name));
        elements(&self.0).iter().any(is_listed)
            || self.0.as_object().is_some_and(|object| object.keys().any(|name| is(name)))
    }

    fn is_empty(&self) -> bool {
        elements(&self.0).is_empty()
    }
}

/// A value as one text; values stand in texts in arrays in texts.
fn plain(value: &Value) -> Option<String> {
    match read_out(value.clone()) {
        Value::Array(items) => {
            let texts: Vec<String> = items.iter().filter_map(plain).collect();
            (!texts.is_empty()).then(|| texts.join(", "))
        }
        other @ Value::Object(_) => Some(other.to_string()),
        other => crate::tables::members::scalar(&other),
    }
}

/// The scopes of `[] => [[Id: …, ConsentType: …, Scope:  Mail.Read …, …]]; `.
fn scopes(text: &str) -> Option<String> {
    let (_, new) = text.rsplit_once("=>")?;
    let lists: Vec<&str> = new.split("Scope:").skip(1).filter_map(|rest| rest.split([',', ']']).next()).collect();
    let mut words: Vec<&str> = lists.iter().flat_map(|list| list.split_whitespace()).collect();
    words.dedup();
    (!words.is_empty()).then(|| words.join(" "))
}
