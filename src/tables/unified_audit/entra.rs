//! Directory changes and logons as the unified log has them.

use super::shape::Body;
use super::words::meaning;
use crate::model::Field;
use crate::model::words::is_guid;
use crate::tables::act::ActRow;
use crate::tables::address::tells;
use crate::tables::audit;
use crate::tables::json::{Map, Value};
use crate::tables::members::{elements, member, member_text, named, read_out};
use std::borrow::Cow;

/// Types of entries of `Target`.
const NAME: &str = "1";
const OTHER: &str = "2";
const SIGN_IN_NAME: &str = "5";

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

/// Puts what a change of the directory was done to, read as `AuditLogs` has it: the same change is in both.
pub(super) fn change(row: &mut ActRow, body: &Body<'_>) {
    let reason = body.text("ResultReason").or_else(|| body.text("ResultDescription")).map(Cow::into_owned);
    row.set_some(Field::ResultDescription, reason);
    let entries = body.first_value(&["Target", "AADTarget"]);
    let mut target = Map::new();
    for (id, kind) in elements(&entries).iter().filter_map(|entry| Some((entry, member_text(entry, "Type")?))) {
        let Some(id) = member_text(id, "ID").and_then(|id| meaning(&id)) else { continue };
        let name = match kind.as_str() {
            NAME => "displayName",
            SIGN_IN_NAME => "userPrincipalName",
            OTHER if is_guid(&id) => "id",
            // Before the GUID in most records: `User_` and the like with it.
            OTHER if id.bytes().all(|byte| byte.is_ascii_alphabetic()) => "type",
            _ => continue,
        };
        target.entry(Cow::Borrowed(name)).or_insert(id.into());
    }
    target.insert(Cow::Borrowed("modifiedProperties"), properties(body.value("ModifiedProperties")));
    let details = read_out(named(&body.value("ExtendedProperties"), "additionalDetails").unwrap_or_default().into());
    let details = match details {
        Value::Object(members) => Value::Array(
            members
                .into_iter()
                .map(|(key, value)| Value::from([("key", Value::String(key)), ("value", value)]))
                .collect(),
        ),
        _ => Value::Null,
    };
    audit::put_change(row, &Value::Array(vec![Value::Object(target)]), &details);
    row.set_some(Field::Object, body.first(&["ObjectId", "OfficeObjectId"]).and_then(|text| meaning(&text)));
}

/// Changed properties as a list. A pipeline may have made an object of them, with `_` for the dots of names.
fn properties(list: Value<'_>) -> Value<'_> {
    match list {
        Value::Object(members) if !members.contains_key("Name") => {
            let property = |(name, value): (Cow<'_, str>, Value<'_>)| {
                let [new, old] = ["NewValue", "OldValue"].map(|name| member(&value, name).clone().into_static());
                Value::from([("name", name.replace('_', ".").into()), ("newValue", new), ("oldValue", old)])
            };
            Value::Array(members.into_iter().map(property).collect())
        }
        other => other,
    }
}

/// Sign-in names among the targets.
pub(super) fn users(body: &Body<'_>) -> Vec<String> {
    let targets = body.first_value(&["Target", "AADTarget"]);
    let is_user = |target: &&Value<'_>| member_text(target, "Type").as_deref() == Some(SIGN_IN_NAME);
    let id = |target: &Value<'_>| member_text(target, "ID").filter(|id| tells(id));
    elements(&targets).iter().filter(is_user).filter_map(id).collect()
}

/// The reason in `ExtendedProperties` of the oldest logons.
pub(super) fn old_reason(body: &Body<'_>) -> Option<String> {
    named(&body.value("ExtendedProperties"), "LoginError")
}
