//! Object, detail and variant of a change: the thing changed, by name, and what else a responder has to know.

use super::changes::{Changes, Target};
use super::grants::{self, Difference};
use super::rfc3339;
use crate::facts::folded_operation;
use crate::model::Field;
use crate::tables::act::ActRow;
use std::borrow::Cow;
use std::ops::Deref;

/// Words before the id that the directory gives a device, which is not the one that sign-ins show.
pub const OBJECT_ID: &str = "object id ";

/// Longest detail, in bytes; a consent to every scope of Graph is longer.
const MAX_DETAIL: usize = 2000;

/// Changed properties that are named.
const MAX_NAMES: usize = 6;

/// Operations that are logged when nothing was changed that matters.
const UPDATES: [&str; 5] =
    ["update user", "update device", "update application", "update service principal", "update group"];

/// Object, detail and variant of a change.
#[derive(Default)]
struct Note<'r> {
    object: Option<Cow<'r, str>>,
    detail: Vec<String>,
    /// Bytes of the details.
    length: usize,
    variant: Vec<&'static str>,
}

impl Note<'_> {
    fn detail(&mut self, words: impl Into<String>) {
        let words = words.into();
        // What is past the cut is not compared with what stands before it.
        if self.length <= MAX_DETAIL && !words.is_empty() && !self.detail.contains(&words) {
            self.length += words.len();
            self.detail.push(words);
        }
    }

    fn variant(&mut self, word: &'static str) {
        if !self.variant.contains(&word) {
            self.variant.push(word);
        }
    }

    /// Entries that came or went, with the word for each.
    fn difference(&mut self, difference: &Difference, added: &'static str, removed: &'static str) {
        difference.words().into_iter().for_each(|words| self.detail(words));
        if !difference.added.is_empty() {
            self.variant(added);
        } else if !difference.removed.is_empty() {
            self.variant(removed);
        }
    }
}

/// Puts object, detail and variant of a change.
pub(super) fn put<'r>(row: &mut ActRow<'r>, changes: &Changes<'r>) {
    let operation = folded_operation(row.get(Field::Operation).unwrap_or_default());
    let operation = Operation::new(&operation);
    let reason = row.get(Field::ResultDescription).unwrap_or_default().to_owned();
    let mut note = Note { object: object(operation, &reason, changes), ..Note::default() };
    rights(operation, changes, &mut note);
    account(operation, &reason, changes, &mut note);
    if note.detail.is_empty() && note.variant.is_empty() {
        named(operation, changes, &mut note);
    }
    row.set_some(Field::Object, note.object);
    row.set(Field::Detail, cut(note.detail.join(", ")));
    row.set(Field::Variant, note.variant.join(" "));
}

fn cut(mut text: String) -> String {
    if text.len() > MAX_DETAIL {
        text.truncate(text.floor_char_boundary(MAX_DETAIL));
        text.push('…');
    }
    text
}

/// The folded name of an operation, in which many words are looked for.
#[derive(Clone, Copy)]
struct Operation<'n> {
    name: &'n str,
    letters: u32,
}

impl<'n> Operation<'n> {
    fn new(name: &'n str) -> Self {
        Self { name, letters: letters(name) }
    }

    /// Returns whether the words are in it: most have a letter that is not.
    #[inline]
    fn has(self, words: &str) -> bool {
        letters(words) & !self.letters == 0 && self.name.contains(words)
    }
}

impl Deref for Operation<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.name
    }
}

/// The letters of a text in lower case, one bit each.
#[inline]
fn letters(text: &str) -> u32 {
    text.bytes().fold(0, |letters, letter| letters | 1 << (letter % 32))
}

/// Returns whether an operation is about the sign-in methods of a user.
fn is_of_methods(operation: Operation<'_>) -> bool {
    operation.has("security info")
        || operation.starts_with("post userauthmethod")
        || operation.starts_with("patch userauthmethod")
}

/// The name of the thing changed.
fn object<'r>(operation: Operation<'_>, reason: &str, changes: &Changes<'r>) -> Option<Cow<'r, str>> {
    let label = |kind: &str| changes.target(kind).and_then(Target::label).map(Cow::Borrowed);
    let user = || changes.user().and_then(Target::label).map(Cow::Borrowed);
    let first = || changes.targets.iter().find_map(Target::label).map(Cow::Borrowed);
    let property = |names: &[&str]| names.iter().find_map(|name| changes.any_text(name));
    if is_of_methods(operation) && !operation.starts_with("admin") {
        return method_name(reason, changes).or_else(user).or_else(first);
    }
    if operation.has("role") && !operation.has("app role") {
        let named = changes.target("Role").and_then(|role| role.name).map(Cow::Borrowed);
        let role = property(&["Role.DisplayName"])
            .or(named)
            .or_else(|| property(&["Role.WellKnownObjectName"]))
            .or_else(|| label("Role"));
        let others = || changes.targets.iter().find(|target| !target.is("Role") && target.name.is_some());
        let member = user().or_else(|| others().and_then(|target| target.name).map(Cow::Borrowed));
        let both: Vec<Cow<'_, str>> = [role, member].into_iter().flatten().collect();
        return Some(both.join(", ")).filter(|both| !both.is_empty()).map(Cow::Owned).or_else(first);
    }
    if operation.has("app role assignment") || operation.has("delegated permission grant") {
        return client_app(changes).or_else(first);
    }
    if operation.has("to device") || operation.has("from device") {
        return property(&["Device.DisplayName"]).or_else(|| label("Device")).or_else(first);
    }
    if operation.has("group") && (operation.has("member") || operation.has("owner")) {
        return property(&["Group.DisplayName"]).or_else(|| label("Group")).or_else(first);
    }
    if operation.has("owner to") || operation.has("owner from") {
        let named = property(&["Application.DisplayName", "ServicePrincipal.DisplayName"]);
        return named.or_else(|| label("Application")).or_else(|| label("ServicePrincipal")).or_else(first);
    }
    if operation.has("invite") {
        return changes.detail("invitedUserEmailAddress").map(Cow::Borrowed).or_else(user).or_else(first);
    }
    if operation.has("device") || operation.has("bitlocker") {
        return label("Device").or_else(|| property(&["CloudDisplayName", "DisplayName"])).or_else(first);
    }
    first()
}

/// The application that got a right, which is not the API it is for: by name, or by the id that the record gives.
fn client_app<'r>(changes: &Changes<'r>) -> Option<Cow<'r, str>> {
    let named = changes.any_text("ServicePrincipal.DisplayName");
    let apps = || changes.targets.iter().filter(|target| target.is("ServicePrincipal"));
    let id = changes.any_text("ServicePrincipal.ObjectID");
    let by_id = || {
        let id = id.as_deref()?;
        apps().find(|app| app.id.is_some_and(|known| known.eq_ignore_ascii_case(id)))?.label()
    };
    let second = || apps().nth(1)?.label();
    named.or_else(|| by_id().or_else(second).map(Cow::Borrowed)).or_else(|| id.clone())
}

/// The sign-in method of a registration: its detail, else the rest of the sentence that gives the reason.
fn method_name<'r>(reason: &str, changes: &Changes<'r>) -> Option<Cow<'r, str>> {
    let note = || {
        const SENTENCES: [&str; 5] = [
            "User started the registration for ",
            "User registered ",
            "User deleted ",
            "User changed the default security info to ",
            "User updated ",
        ];
        let rest = SENTENCES.iter().find_map(|start| reason.strip_prefix(start))?;
        Some(rest.trim().trim_end_matches('.')).filter(|rest| !rest.is_empty()).map(|rest| Cow::Owned(rest.to_owned()))
    };
    changes.detail("AuthenticationMethod").map(Cow::Borrowed).or_else(note)
}

/// Scopes, roles, secrets and trusts.
fn rights<'r>(operation: Operation<'_>, changes: &Changes<'r>, note: &mut Note<'r>) {
    if operation.has("consent") || operation.has("permission grant") {
        let scopes = grants::scopes(changes);
        if scopes.for_all == Some(true) && !operation.starts_with("remove") && !operation.starts_with("revoke") {
            note.variant("admin-consent");
        }
        note.detail(scopes.words().unwrap_or_default());
    }
    if operation.has("app role assignment") {
        let role = changes.any_text("AppRole.Value").or_else(|| changes.any_text("AppRole.DisplayName"));
        let of = changes.targets.iter().find(|target| target.is("ServicePrincipal")).and_then(|api| api.name);
        let of = of.filter(|of| Some(*of) != note.object.as_deref());
        if let Some(role) = role {
            note.detail(of.map_or_else(|| role.clone().into_owned(), |of| format!("{role} of {of}")));
        }
    }
    if let Some(keys) = grants::keys(changes) {
        note.difference(&keys, "secret", "secret-removed");
    }
    if let Some(trusts) = grants::trusts(changes) {
        note.difference(&trusts, "federated", "federated-removed");
    }
    if operation.has("owner to") || operation.has("member to group") {
        let who = changes.user().and_then(Target::label);
        note.detail(who.filter(|who| Some(*who) != note.object.as_deref()).unwrap_or_default());
    }
    if matches!(&*operation, "add application" | "add service principal") {
        let id = changes.new_text("AppId").or_else(|| changes.detail("AppId").map(Cow::Borrowed));
        note.detail(id.map(|id| format!("app id {id}")).unwrap_or_default());
    }
}

/// Sign-in methods, devices, policies, and whether an account may sign in.
fn account<'r>(operation: Operation<'_>, reason: &str, changes: &Changes<'r>, note: &mut Note<'r>) {
    if let Some(methods) = grants::methods(changes) {
        note.difference(&methods, "methods", "methods-removed");
        if note.variant.is_empty() && changes.changed().iter().all(|name| name.starts_with("StrongAuthentication")) {
            note.variant("nothing");
        }
    }
    if is_of_methods(operation) {
        let method = method_name(reason, changes).or_else(|| {
            let rest = reason.strip_prefix("Admin ")?.split_once(' ')?.1;
            Some(Cow::Owned(rest.trim_end_matches(" for user").to_owned()))
        });
        note.detail(method.filter(|method| Some(method) != note.object.as_ref()).unwrap_or_default());
        for (name, words) in
            [("GraphUserEmailAuthMethod.Email", "email"), ("GraphUserPhoneAuthMethod.PhoneNumber", "phone")]
        {
            note.detail(changes.new_text(name).map(|text| format!("{words} {text}")).unwrap_or_default());
        }
        let is_pass = |text: &str| text.to_lowercase().contains("temporary access pass");
        let made = !operation.has("deleted");
        if made && (is_pass(reason) || changes.detail("AuthenticationMethod").is_some_and(is_pass)) {
            note.variant("temporary-pass");
        }
    }
    if operation.has("device") && !operation.has("device local") && !operation.has("policies") {
        for (detail, names) in [
            ("OS", ["CloudDeviceOSType", "DeviceOSType"]),
            ("OSVersion", ["CloudDeviceOSVersion", "DeviceOSVersion"]),
            ("TrustType", ["DeviceTrustType", "TrustType"]),
        ] {
            let value = changes
                .detail(detail)
                .map(Cow::Borrowed)
                .or_else(|| names.iter().find_map(|name| changes.any_text(name)));
            let words = value
                .map(|value| if detail == "TrustType" { format!("trust type {value}") } else { value.into_owned() });
            note.detail(words.unwrap_or_default());
        }
        let device = changes.device_id();
        let object = changes.target("Device").and_then(|target| target.id);
        let object = object.filter(|id| device.as_ref().is_none_or(|device| !device.eq_ignore_ascii_case(id)));
        note.detail(device.map(|id| format!("device id {id}")).unwrap_or_default());
        note.detail(object.map(|id| format!("{OBJECT_ID}{id}")).unwrap_or_default());
    }
    if let Some(policy) = grants::policy(changes) {
        match policy.states {
            [Some(before), Some(after)] if before != after => {
                note.variant(if after.eq_ignore_ascii_case("enabled") { "enabled" } else { "disabled" });
                note.detail(format!("state {before} → {after}"));
            }
            [None, Some(state)] => note.detail(format!("state {state}")),
            _ => {}
        }
        if policy.excluded > 0 {
            note.detail(format!("{} more left out", policy.excluded));
        }
        note.detail(listed(&policy.parts));
    }
    if let Some(property) = changes.property("AccountEnabled") {
        let [old, new] = [property.old_value(), property.new_value()].map(super::changes::plain);
        if let Some(new) = new.filter(|new| old.as_ref() != Some(new)) {
            note.variant(if new.eq_ignore_ascii_case("true") { "enabled" } else { "disabled" });
            note.detail(format!("account enabled: {} → {new}", old.as_deref().unwrap_or("not set")));
        }
    }
    match &*operation {
        "disable account" => note.variant("disabled"),
        "enable account" => note.variant("enabled"),
        _ => {}
    }
    if operation.starts_with("update stsrefreshtoken") {
        let name = ["StsRefreshTokensValidFrom", "StsRefreshTokenValidFrom"];
        let value = name.iter().find_map(|name| changes.new_text(name));
        note.detail(value.and_then(|value| rfc3339(&value)).unwrap_or_default());
    }
}

/// The names of the changed properties, where nothing better is known. What is added or taken away is named already.
fn named(operation: Operation<'_>, changes: &Changes<'_>, note: &mut Note<'_>) {
    let names = changes.changed();
    if names.is_empty() && UPDATES.contains(&&*operation) {
        note.variant("nothing");
    } else if !["add", "remove", "delete"].iter().any(|verb| operation.starts_with(verb)) {
        note.detail(listed(&names));
    }
}

/// Names one after another, the first few of them.
fn listed(names: &[String]) -> String {
    let more = names.len().saturating_sub(MAX_NAMES);
    let listed = names[..names.len() - more].join(", ");
    if more > 0 { format!("{listed} and {more} more") } else { listed }
}
