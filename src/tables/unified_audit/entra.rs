//! Directory changes and logons as the unified log has them.

use super::shape::Body;
use super::words::meaning;
use crate::model::Field;
use crate::model::words::is_guid;
use crate::tables::act::ActRow;
use crate::tables::address::tells;
use crate::tables::audit;
use crate::tables::json::{Arena, Value};
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
pub(super) fn logon<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>) {
    let targets = body.first_value(&["Target", "AADTarget"]);
    let of_target = elements(targets).find_map(|target| member_text(target, "ID")).filter(|id| tells(id));
    let object = || body.first(&["ObjectId", "OfficeObjectId"]).and_then(meaning).filter(|id| tells(id));
    row.set_some(Field::Object, of_target.or_else(object));
    let reason = body.text("LogonError").and_then(meaning);
    let number = || body.text("ErrorNumber").filter(|number| *number != "0").map(|number| format!("error {number}"));
    row.set_some(Field::ResultDescription, reason.map(Cow::Borrowed).or_else(|| number().map(Cow::Owned)));
}

/// Puts what a change of the directory was done to, read as `AuditLogs` has it: the same change is in both.
pub(super) fn change<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>) {
    let reason = body.text("ResultReason").or_else(|| body.text("ResultDescription"));
    row.set_some(Field::ResultDescription, reason);
    let entries = body.first_value(&["Target", "AADTarget"]);
    let mut target: Vec<(&str, Value<'_>)> = Vec::new();
    for (entry, kind) in elements(entries).filter_map(|entry| Some((entry, member_text(entry, "Type")?))) {
        let Some(id) = member_text(entry, "ID").and_then(meaning) else { continue };
        let name = match kind {
            NAME => "displayName",
            SIGN_IN_NAME => "userPrincipalName",
            OTHER if is_guid(id) => "id",
            // Before the GUID in most records: `User_` and the like with it.
            OTHER if id.bytes().all(|byte| byte.is_ascii_alphabetic()) => "type",
            _ => continue,
        };
        if !target.iter().any(|(known, _)| *known == name) {
            target.push((name, Value::String(id)));
        }
    }
    let arena = body.arena();
    target.push(("modifiedProperties", properties(body.value("ModifiedProperties"), arena)));
    let details = named(body.value("ExtendedProperties"), "additionalDetails").unwrap_or_default();
    let details = match read_out(Value::String(details), arena) {
        Value::Object(members) => {
            let pair = |(key, value)| Value::object(&[("key", Value::String(key)), ("value", value)], arena);
            Value::list(&members.iter().map(pair).collect::<Vec<_>>(), arena)
        }
        _ => Value::Null,
    };
    audit::put_change(row, Value::object(&target, arena), details, arena);
    row.set_some(Field::Object, body.first(&["ObjectId", "OfficeObjectId"]).and_then(meaning));
}

/// Changed properties as a list. A pipeline may have made an object of them, with `_` for the dots of names.
fn properties<'r>(list: Value<'r>, arena: &'r Arena) -> Value<'r> {
    match list {
        Value::Object(members) if members.get("Name").is_none() => {
            let property = |(name, value): (&str, Value<'r>)| {
                let name = Value::String(arena.alloc_str(&name.replace('_', ".")));
                let [new, old] = ["NewValue", "OldValue"].map(|name| member(value, name));
                Value::object(&[("name", name), ("newValue", new), ("oldValue", old)], arena)
            };
            Value::list(&members.iter().map(property).collect::<Vec<_>>(), arena)
        }
        other => other,
    }
}

/// Sign-in names among the targets.
pub(super) fn users<'r>(body: &Body<'_, 'r>) -> Vec<&'r str> {
    let is_user = |target: &Value<'_>| member_text(*target, "Type") == Some(SIGN_IN_NAME);
    let id = |target| member_text(target, "ID").filter(|id| tells(id));
    elements(body.first_value(&["Target", "AADTarget"])).filter(is_user).filter_map(id).collect()
}

/// The reason in `ExtendedProperties` of the oldest logons.
pub(super) fn old_reason<'r>(body: &Body<'_, 'r>) -> Option<&'r str> {
    named(body.value("ExtendedProperties"), "LoginError")
}
