//! Rights and credentials that a change gave: scopes, secrets, trusts, sign-in methods. A secret itself is never read.

use super::changes::{Changes, Distinct, plain};
use super::{items, part, part_text, text};
use crate::tables::json::{Arena, Map, Value};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashSet};

/// Scopes of a grant, and whether it is for everybody.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scopes {
    /// Those that came, in the order logged.
    pub(super) added: Vec<String>,
    /// True if the grant is for every user; `None` where the record does not say.
    pub(super) for_all: Option<bool>,
}

impl Scopes {
    /// The scopes as words: `Mail.Read offline_access, for all`.
    pub(super) fn words(&self) -> Option<String> {
        let scopes = self.added.join(" ");
        let words = [scopes.as_str(), if self.for_all == Some(true) { "for all" } else { "" }];
        let words: Vec<&str> = words.into_iter().filter(|words| !words.is_empty()).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

/// One grant of a consent's text.
struct Grant<'t> {
    id: &'t str,
    kind: &'t str,
    scopes: Vec<&'t str>,
}

impl<'t> Grant<'t> {
    /// The grants of `[[Id: …, ConsentType: Principal, Scope: Mail.Read …, CreatedDateTime: …]]`.
    fn read(text: &'t str) -> Vec<Self> {
        let field = |grant: &'t str, name: &str| {
            grant.split_once(name).map_or("", |(_, rest)| rest.split([',', ']']).next().unwrap_or_default().trim())
        };
        let read = |grant: &'t str| Self {
            id: field(grant, ""),
            kind: field(grant, "ConsentType:"),
            scopes: field(grant, "Scope:").split_whitespace().collect(),
        };
        text.split("[Id:").skip(1).map(read).collect()
    }
}

/// The scopes that a consent or a grant added.
pub(super) fn scopes(changes: &Changes<'_>) -> Scopes {
    let mut added = Distinct::default();
    let mut kinds: Vec<String> = Vec::new();
    let mut add = |scope: &str| added.add(scope);
    let words = |text: &str| text.split([' ', ',', '\n', '\t']).map(str::to_owned).collect::<Vec<_>>();
    if let Some(property) = changes.property("DelegatedPermissionGrant.Scope") {
        let [new, old] =
            [property.new_value(), property.old_value()].map(|value| words(&plain(value).unwrap_or_default()));
        let old: HashSet<String> = old.into_iter().collect();
        new.iter().filter(|scope| !old.contains(*scope)).for_each(|scope| add(scope));
        kinds.extend(changes.any_text("DelegatedPermissionGrant.ConsentType").map(Cow::into_owned));
    }
    if let Some(property) = changes.property("ConsentAction.Permissions") {
        let new = plain(property.new_value()).unwrap_or_default();
        let (before, after) = new.split_once("=>").unwrap_or(("", &new));
        let (before, grants) = (Grant::read(before), Grant::read(after));
        if grants.is_empty() && !after.contains("[]") {
            for scope in words(after) {
                add(&scope);
            }
        }
        let held: HashSet<(&str, &str)> =
            before.iter().flat_map(|grant| grant.scopes.iter().map(|scope| (grant.id, *scope))).collect();
        for grant in grants {
            let is_held = |scope: &str| held.contains(&(grant.id, scope));
            grant.scopes.iter().filter(|scope| !is_held(scope)).for_each(|scope| add(scope));
            if !grant.kind.is_empty() && grant.scopes.iter().any(|scope| !is_held(scope)) {
                kinds.push(grant.kind.to_owned());
            }
        }
    }
    let logged = |name: &str| changes.new_text(name).and_then(|text| text.to_ascii_lowercase().parse().ok());
    let by_kind = (!kinds.is_empty()).then(|| kinds.iter().any(|kind| kind.eq_ignore_ascii_case("AllPrincipals")));
    let for_all = match logged("ConsentContext.OnBehalfOfAll") {
        Some(true) => Some(true),
        other => by_kind.or(other).or_else(|| logged("ConsentContext.IsAdminConsent")),
    };
    Scopes { added: added.texts, for_all }
}

/// Entries that a change added and took away.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) added: Vec<String>,
    pub(super) removed: Vec<String>,
}

impl Difference {
    /// Compares the entries of two values, each an id to compare by and words for it.
    fn compare(old: &[(String, String)], new: &[(String, String)]) -> Self {
        let less = |entries: &[(String, String)], others: &[(String, String)]| {
            let others: HashSet<&str> = others.iter().map(|(id, _)| id.as_str()).collect();
            let left = entries.iter().filter(|(id, _)| !others.contains(id.as_str()));
            left.map(|(_, words)| words.clone()).collect()
        };
        Self { added: less(new, old), removed: less(old, new) }
    }

    /// The words for it: those that came, else those that went, marked so.
    pub(super) fn words(&self) -> Vec<String> {
        match self.added.as_slice() {
            [] => self.removed.iter().map(|words| format!("removed {words}")).collect(),
            added => added.to_vec(),
        }
    }
}

/// The secrets and certificates of an application that came and went: new less old, by key id.
pub(super) fn keys(changes: &Changes<'_>) -> Option<Difference> {
    let property = changes.property("KeyDescription")?;
    Some(Difference::compare(
        &described(property.old_value(), changes.arena),
        &described(property.new_value(), changes.arena),
    ))
}

/// `[KeyIdentifier=…,KeyType=Password,KeyUsage=Verify,DisplayName=…]` as id and words. Other texts are not quoted.
fn described<'r>(value: Value<'r>, arena: &'r Arena) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for text in items(value, arena).filter_map(text) {
        let inner = text.trim().trim_start_matches('[').trim_end_matches(']');
        let field = |name: &str| {
            let (_, rest) = inner.split_once(name)?;
            Some(rest.split(',').next().unwrap_or_default().trim()).filter(|text| !text.is_empty())
        };
        let kind = match field("KeyType=") {
            Some(kind) if kind.contains("X509") => "certificate",
            _ => "secret",
        };
        let Some(id) = field("KeyIdentifier=") else {
            found.push((text.to_owned(), kind.to_owned()));
            continue;
        };
        let name = inner.split_once("DisplayName=").map_or("", |(_, name)| name.trim());
        let named = if name.is_empty() { String::new() } else { format!(" {name:?}") };
        found.push((id.to_ascii_lowercase(), format!("{kind}{named}, key {id}")));
    }
    found
}

/// The trusts in tokens of other issuers that came and went.
pub(super) fn trusts(changes: &Changes<'_>) -> Option<Difference> {
    let property = changes.property("FederatedIdentityCredentials")?;
    let read = |value| -> Vec<(String, String)> {
        let trust = |item: Value<'_>| {
            let issuer = part_text(item, &["issuer"]).unwrap_or_default();
            let subject = part_text(item, &["subject"]).or_else(|| part_text(item, &["claimsMatchingExpressionValue"]));
            let words = format!("issuer {issuer}, subject {}", subject.unwrap_or("not given"));
            (format!("{issuer}\n{subject:?}"), words)
        };
        items(value, changes.arena).filter(|item| item.is_object()).map(trust).collect()
    };
    Some(Difference::compare(&read(property.old_value()), &read(property.new_value())))
}

/// The sign-in methods of a user that came and went; `None` where none are in the record.
pub(super) fn methods(changes: &Changes<'_>) -> Option<Difference> {
    const OF_METHODS: &str = "StrongAuthentication";
    let mut properties = changes
        .properties()
        .filter(|property| {
            property.name.get(..OF_METHODS.len()).is_some_and(|name| name.eq_ignore_ascii_case(OF_METHODS))
        })
        .peekable();
    properties.peek()?;
    let mut both = Difference::default();
    for property in properties {
        let Difference { added, removed } = Difference::compare(
            &method(property.name, property.old_value(), changes.arena),
            &method(property.name, property.new_value(), changes.arena),
        );
        both.added.extend(added);
        both.removed.extend(removed);
    }
    Some(both)
}

/// The entries of a method's property, each as id and words: a type's code, a phone's name, an address.
fn method<'r>(property: &str, value: Value<'r>, arena: &'r Arena) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for item in items(value, arena) {
        let entries: Vec<(String, String)> = [
            ("MethodType", "method type"),
            ("PhoneNumber", "phone"),
            ("AlternativePhoneNumber", "other phone"),
            ("VoiceOnlyPhoneNumber", "voice phone"),
            ("Email", "email"),
        ]
        .into_iter()
        .filter_map(|(name, words)| Some((name, words, part_text(item, &[name])?)))
        .map(|(name, words, text)| (format!("{name}\n{text}"), format!("{words} {text}")))
        .collect();
        if let Some(state) = part_text(item, &["State"]) {
            found.push((format!("State\n{state}"), format!("requirement state {state}")));
        } else if !entries.is_empty() {
            found.extend(entries);
        } else if item.is_object() {
            let id =
                part_text(item, &["Id", "DeviceToken", "DeviceName"]).map_or_else(|| item.to_string(), str::to_owned);
            let name = part_text(item, &["DeviceName"]).filter(|name| *name != "NO_DEVICE");
            let words = match name {
                Some(name) => format!("authenticator app on {name}"),
                None if property.eq_ignore_ascii_case("StrongAuthenticationPhoneAppDetail") => {
                    "authenticator app or code".to_owned()
                }
                None => property.to_owned(),
            };
            found.push((id, words));
        } else if let Some(text) = text(item) {
            found.push((text.to_owned(), property.to_owned()));
        }
    }
    found
}

/// Change of a policy.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Policy {
    /// States before and after.
    pub(super) states: [Option<String>; 2],
    /// Users, groups and roles that are newly left out.
    pub(super) excluded: usize,
    /// The parts that differ, but for its state.
    pub(super) parts: Vec<String>,
}

/// The object that a value is, or the first of a list.
fn only_object<'r>(value: Value<'r>, arena: &'r Arena) -> Map<'r> {
    match items(value, arena).next() {
        Some(Value::Object(policy)) => policy,
        _ => Map::default(),
    }
}

/// The change of a policy's text; `None` where the record has none.
pub(super) fn policy(changes: &Changes<'_>) -> Option<Policy> {
    let property = ["ConditionalAccessPolicy", "PolicyDetail"].iter().find_map(|name| changes.property(name))?;
    let [before, after] = [property.old_value(), property.new_value()].map(|value| only_object(value, changes.arena));
    let [old, new] = [before, after].map(Value::Object);
    let excluded = |policy| -> BTreeSet<&str> {
        let users = part(part(policy, "conditions"), "users");
        let lists = ["excludeUsers", "excludeGroups", "excludeRoles"];
        lists.iter().flat_map(|list| items(part(users, list), changes.arena)).filter_map(text).collect()
    };
    let states = [old, new].map(|policy| part_text(policy, &["state"]).map(str::to_owned));
    let mut policy = Policy { states, ..Policy::default() };
    if !before.is_empty() && !after.is_empty() {
        policy.excluded = excluded(new).difference(&excluded(old)).count();
        let names: BTreeSet<&str> = before.names().chain(after.names()).collect();
        let is_part = |name: &&&str| {
            let name = name.to_ascii_lowercase();
            !["id", "state", "version", "createddatetime", "modifieddatetime"].contains(&name.as_str())
        };
        let differs = |name: &&&str| before.get(name) != after.get(name);
        policy.parts = names.iter().filter(is_part).filter(differs).map(|name| (*name).to_owned()).collect();
    }
    Some(policy)
}
