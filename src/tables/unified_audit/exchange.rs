//! Mail: messages read, sent and deleted, folders shared.

use super::rules;
use super::shape::Body;
use super::words::{digests, is_true, meaning};
use crate::model::Field;
use crate::model::words::listed;
use crate::tables::act::ActRow;
use crate::tables::json::Value;
use crate::tables::members::{elements, member, member_text, named};
use std::borrow::Cow;

/// Start of the message ids of SharePoint's sharing mail, which nobody typed.
const SHARING_MAIL: &str = "<odspmicro-";

/// Members of folder permissions that are everybody: the defaults of calendars.
const EVERYBODY: [&str; 4] = ["everyone", "default", "anonymous", "owner@local"];

/// Words for items that an export left out.
const LOST: &str = "names are lost in this export";

/// Puts what was done in a mailbox; returns whether the operation is one.
pub(super) fn put<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>, operation: &str) -> bool {
    match operation {
        "mailitemsaccessed" => messages_read(row, body),
        "attachmentaccess" => attachments(row, body),
        "updateinboxrules" => rules::from_client(row, body),
        "searchqueryinitiatedexchange" | "searchqueryinitiatedsharepoint" | "searchqueryperformed" => search(row, body),
        "addfolderpermissions"
        | "modifyfolderpermissions"
        | "removefolderpermissions"
        | "updatefolderpermissions"
        | "updatecalendardelegation" => folder_rights(row, body),
        _ if body.has("AffectedItems") => several(row, body),
        _ if body.has("Item") => item(row, body, operation),
        "movetodeleteditems" | "softdelete" | "harddelete" | "send" | "sendas" | "sendonbehalf" => {
            row.set_some(Field::Object, body.first(&["Subject", "ObjectId", "OfficeObjectId"]).and_then(meaning));
        }
        _ => return rules::cmdlet(row, body, operation),
    }
    true
}

/// Messages that a client asked for, or folders that it synchronised.
fn messages_read<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>) {
    let properties = body.value("OperationProperties");
    let folders: Vec<Value<'_>> = elements(body.value("Folders")).filter(|folder| folder.is_object()).collect();
    let access = named(properties, "MailAccessType");
    let is_sync = access.map_or(folders.is_empty() && body.has("Item"), |kind| kind.eq_ignore_ascii_case("sync"));
    let is_throttled = named(properties, "IsThrottled").is_some_and(is_true);
    let kind = if is_sync { "sync" } else { "bind" };
    row.set(Field::Variant, if is_throttled { Cow::Owned(format!("{kind} throttled")) } else { Cow::Borrowed(kind) });
    let mut names: Vec<&str> = Vec::new();
    for name in folders.iter().filter_map(|folder| folder_name(*folder)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() {
        names.extend(folder_name(member(body.value("Item"), "ParentFolder")));
    }
    row.set(Field::Object, names.join(", "));
    if !is_sync {
        let items = folders.iter().flat_map(|folder| elements(member(*folder, "FolderItems")));
        let logged = body.text("OperationCount").and_then(|count| count.parse::<usize>().ok());
        count(row, items, logged, body.has("Folders"));
    }
}

/// Puts the number of distinct items, their digests, and the log's number where it differs.
fn count<'r>(row: &mut ActRow<'r>, items: impl Iterator<Item = Value<'r>>, logged: Option<usize>, has_items: bool) {
    let (mut ids, mut subjects, mut is_lost) = (Vec::new(), Vec::new(), false);
    for item in items {
        is_lost |= !item.is_object();
        ids.extend(item_id(item));
        subjects.extend(member_text(item, "Subject").filter(|subject| !subjects.contains(subject)));
    }
    ids.sort_unstable();
    ids.dedup();
    let mut detail = Vec::new();
    if !subjects.is_empty() {
        detail.push(listed(&subjects, 3));
    }
    let found = if is_lost { logged.map_or(ids.len(), |logged| logged.max(ids.len())) } else { ids.len() };
    if is_lost || ids.is_empty() && has_items && logged.is_some() {
        detail.push(LOST.to_owned());
    } else if let Some(logged) = logged.filter(|logged| !ids.is_empty() && *logged != ids.len()) {
        detail.push(format!("OperationCount {logged}"));
    }
    if let Some(number) = Some(found).filter(|found| *found > 0).or(logged) {
        row.set(Field::Count, number.to_string());
    }
    row.set(Field::Items, digests(&ids));
    row.set(Field::Detail, detail.join(", "));
}

/// The message id, which copies of a message share, else the id of the item.
fn item_id(item: Value<'_>) -> Option<&str> {
    member_text(item, "InternetMessageId").or_else(|| member_text(item, "Id"))
}

/// A folder by its path, else by its name, else by its id.
fn folder_name(folder: Value<'_>) -> Option<&str> {
    ["Path", "Name", "Id"].iter().find_map(|name| meaning(member_text(folder, name)?))
}

/// Attachments opened through Graph.
fn attachments<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>) {
    let messages = elements(body.value("Messages")).filter(|message| message.is_object());
    let (mut ids, mut object) = (Vec::new(), None);
    for message in messages {
        ids.extend(elements(member(message, "MessageItems")).filter_map(|item| member_text(item, "Id")));
        object = object.or_else(|| {
            let names = ["Subject", "InternetMessageId", "Id"];
            names.iter().find_map(|name| member_text(message, name)).or_else(|| folder_name(message))
        });
    }
    row.set_some(Field::Object, object);
    let logged = body.text("OperationCount").and_then(|count| count.parse::<usize>().ok());
    let number = logged.unwrap_or(ids.len());
    if number > 0 {
        row.set(Field::Count, number.to_string());
    }
    row.set(Field::Items, digests(&ids));
}

/// One message or item: sent, written, changed.
fn item<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>, operation: &str) {
    let item = body.value("Item");
    let id = item_id(item);
    let parent = || folder_name(member(item, "ParentFolder"));
    row.set_some(Field::Object, member_text(item, "Subject").or(id).or_else(parent));
    if operation == "send" && id.is_some_and(|id| id.starts_with(SHARING_MAIL)) {
        row.set(Field::Variant, "sharing");
    }
    let mut detail = Vec::new();
    detail.extend(body.text("SendAsUserSmtp").map(|user| format!("as {user}")));
    detail.extend(body.text("SendOnBehalfOfUserSmtp").map(|user| format!("on behalf of {user}")));
    detail.extend(member_text(item, "Attachments").map(|names| format!("attached {names}")));
    row.set(Field::Detail, detail.join(", "));
    row.set(Field::Items, digests(id.as_slice()));
}

/// Several messages: deleted, moved, copied.
fn several<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>) {
    let items = body.value("AffectedItems");
    let is_lost = elements(items).any(|item| !item.is_object());
    let items: Vec<Value<'_>> = elements(items).filter(|item| item.is_object()).collect();
    let (from, to) = (body.value("Folder"), body.value("DestFolder"));
    let subject = items.iter().find_map(|item| member_text(*item, "Subject"));
    let id = || items.iter().find_map(|item| item_id(*item));
    row.set_some(Field::Object, subject.or_else(id).or_else(|| folder_name(from)));
    if items.len() > 1 {
        row.set(Field::Count, items.len().to_string());
    }
    let folders: Vec<&str> = [folder_name(from), folder_name(to)].into_iter().flatten().collect();
    let mut detail = folders.join(" → ");
    if is_lost {
        let logged = body.text("OperationCount");
        row.set_some(Field::Count, logged);
        detail = if detail.is_empty() { LOST.to_owned() } else { format!("{detail}, {LOST}") };
    }
    row.set(Field::Detail, detail);
    let ids: Vec<&str> = items.iter().filter_map(|item| item_id(*item)).collect();
    row.set(Field::Items, digests(&ids));
}

/// Rights on a folder.
fn folder_rights<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>) {
    let item = body.value("Item");
    let folder = member(item, "ParentFolder");
    row.set_some(Field::Object, folder_name(folder).or_else(|| member_text(item, "Subject")));
    let (who, rights) = (member_text(folder, "MemberUpn"), member_text(folder, "MemberRights"));
    let is_everybody = |who: &str| EVERYBODY.iter().any(|name| who.eq_ignore_ascii_case(name));
    if who.is_some_and(is_everybody) {
        row.set(Field::Variant, "default");
    }
    let parts = [who.map(|who| format!("to {who}")), rights.map(str::to_owned)];
    row.set(Field::Detail, parts.into_iter().flatten().collect::<Vec<_>>().join(": "));
}

/// Words that were searched for.
fn search<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>) {
    const NAMES: [&str; 3] = ["QueryText", "SearchQueryText", "Query"];
    let in_list = || {
        let lists = ["OperationProperties", "ExtendedProperties", "EventData", "Event_Data"];
        let lists = lists.iter().filter(|list| body.has(list)).map(|list| body.value(list));
        lists.into_iter().find_map(|list| NAMES.iter().find_map(|name| named(list, name)))
    };
    row.set_some(Field::Object, body.first(&NAMES).or_else(in_list));
}
