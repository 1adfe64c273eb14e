//! Mail rules, forwarding and other settings of mailboxes and of the tenant's mail.
//!
//! Parameters and properties are found by name: their order and number differ from record to record.

use super::shape::Body;
use super::words::{is_sign_in_name, is_true, meaning};
use crate::model::Field;
use crate::tables::act::ActRow;
use crate::tables::json::{Arena, Value};
use crate::tables::members::{elements, member, member_text, named, read_out};

/// Parameters of rules that send mail elsewhere, and the words for each.
const FORWARDS: [(&str, &str); 8] = [
    ("ForwardTo", "forwards to"),
    ("ForwardAsAttachmentTo", "forwards as attachment to"),
    ("RedirectTo", "redirects to"),
    ("RedirectMessageTo", "redirects to"),
    ("BlindCopyTo", "copies blind to"),
    ("CopyTo", "copies to"),
    ("AddToRecipients", "adds"),
    ("SendTextMessageNotificationTo", "notifies"),
];

/// Conditions of rules, and the words for each.
const CONDITIONS: [(&str, &str); 7] = [
    ("SubjectContainsWords", "subject has"),
    ("BodyContainsWords", "body has"),
    ("SubjectOrBodyContainsWords", "subject or body has"),
    ("From", "from"),
    ("FromAddressContainsWords", "sender has"),
    ("SentTo", "to"),
    ("HasAttachment", "has attachment"),
];

/// Cmdlets whose parameters are shown.
const SHOWN: [&str; 17] = [
    "set-casmailbox",
    "set-remotedomain",
    "new-remotedomain",
    "new-inboundconnector",
    "set-inboundconnector",
    "new-outboundconnector",
    "set-outboundconnector",
    "set-adminauditlogconfig",
    "set-mailboxauditbypassassociation",
    "set-organizationconfig",
    "set-transportconfig",
    "new-compliancesearch",
    "new-compliancesearchaction",
    "new-journalrule",
    "set-mailboxautoreplyconfiguration",
    "set-owamailboxpolicy",
    "set-mailbox",
];

/// Parameters shown, at most, and the bytes of each.
const MAX_SHOWN: usize = 6;
const MAX_VALUE: usize = 120;

/// Parts of the names of parameters whose values are secret.
const SECRET: [&str; 4] = ["password", "secret", "credential", "key"];

/// Kinds and words of a rule.
#[derive(Default)]
struct Rule {
    kinds: Vec<&'static str>,
    words: Vec<String>,
}

impl Rule {
    fn kind(&mut self, kind: &'static str) {
        if !self.kinds.contains(&kind) {
            self.kinds.push(kind);
        }
    }

    fn put(self, row: &mut ActRow<'_>) {
        row.set(Field::Variant, self.kinds.join(" "));
        row.set(Field::Detail, self.words.join(", "));
    }
}

/// Puts what a cmdlet did; returns whether it is one.
pub(super) fn cmdlet<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>, operation: &str) -> bool {
    const VERBS: [&str; 16] = [
        "new", "set", "add", "remove", "enable", "disable", "update", "get", "start", "stop", "undo", "restore",
        "import", "export", "search", "install",
    ];
    let Some((verb, noun)) = operation.split_once('-').filter(|(verb, _)| VERBS.contains(verb)) else { return false };
    let parameters = body.value("Parameters");
    let parameter = |name: &str| named(parameters, name).and_then(meaning);
    let object_id = || body.first(&["ObjectId", "OfficeObjectId"]).and_then(meaning);
    let identity = || parameter("Identity").or_else(|| parameter("Mailbox"));
    match noun {
        "inboxrule" => {
            let last = |text: &'r str| text.rsplit('\\').next().filter(|text| !text.is_empty());
            let of_path = || object_id().and_then(last).or_else(|| identity().and_then(last));
            row.set_some(Field::Object, parameter("Name").or_else(of_path));
            rule(&parameter).put(row);
        }
        "transportrule" | "journalrule" => {
            row.set_some(Field::Object, parameter("Name").or_else(identity).or_else(object_id));
            rule(&parameter).put(row);
        }
        "mailbox" if forwarding(row, parameters, identity().or_else(object_id)) => {}
        "mailboxpermission" | "recipientpermission" | "mailboxfolderpermission" => {
            row.set_some(Field::Object, identity().or_else(object_id));
            let who = parameter("User").or_else(|| parameter("Trustee")).map(|who| format!("to {who}"));
            let parts = [who, parameter("AccessRights").map(str::to_owned)];
            row.set(Field::Detail, parts.into_iter().flatten().collect::<Vec<_>>().join(": "));
        }
        _ => {
            let name = || parameter("Name");
            let object = if verb == "new" { name().or_else(identity) } else { identity().or_else(name) };
            row.set_some(Field::Object, object.or_else(object_id));
        }
    }
    if SHOWN.contains(&operation) {
        row.set(Field::Detail, shown(parameters));
    }
    if is_of_auditing(operation, parameters) {
        row.set(Field::Variant, "audit");
    }
    true
}

/// Kinds and words of a rule that a cmdlet made or changed.
fn rule<'r>(parameter: &impl Fn(&str) -> Option<&'r str>) -> Rule {
    let mut rule = Rule::default();
    let is_on = |name: &str| parameter(name).is_some_and(is_true);
    for (name, words) in FORWARDS {
        if let Some(to) = parameter(name) {
            rule.kind("forwards");
            rule.words.push(format!("{words} {to}"));
        }
    }
    if is_on("DeleteMessage") || is_on("SoftDeleteMessage") {
        rule.kind("deletes");
        rule.words.push("deletes".to_owned());
    }
    if let Some(folder) = parameter("MoveToFolder") {
        rule.kind("moves");
        rule.words.insert(0, format!("→ {folder}"));
    }
    if is_on("MarkAsRead") {
        rule.words.push("marks as read".to_owned());
    }
    for (name, words) in CONDITIONS {
        rule.words.extend(parameter(name).map(|text| format!("if {words} {text}")));
    }
    rule
}

/// Puts the forwarding of a mailbox; returns whether the cmdlet sets or clears it.
fn forwarding<'r>(row: &mut ActRow<'r>, parameters: Value<'r>, mailbox: Option<&'r str>) -> bool {
    const NAMES: [&str; 2] = ["ForwardingAddress", "ForwardingSmtpAddress"];
    let is_set = |name: &str| named(parameters, name).and_then(meaning);
    let of_mailbox = mailbox.map(|mailbox| format!("of {mailbox}"));
    let keeps = || named(parameters, "DeliverToMailboxAndForward").map(is_true);
    let keeps = || keeps().map(|keeps| if keeps { "keeps a copy" } else { "keeps no copy" }.to_owned());
    // The first takes precedence in Exchange too.
    if let Some(to) = NAMES.iter().find_map(|name| is_set(name)) {
        row.set(Field::Object, to);
        row.set(Field::Variant, "forwards");
        row.set(Field::Detail, [of_mailbox, keeps()].into_iter().flatten().collect::<Vec<_>>().join(", "));
        return true;
    }
    let names_one = |entry| {
        let name = member_text(entry, "Name");
        name.is_some_and(|name| NAMES.iter().any(|known| name.eq_ignore_ascii_case(known)))
    };
    let clears = elements(parameters).any(names_one);
    if clears {
        row.set_some(Field::Object, mailbox);
        row.set(Field::Variant, "clears");
        row.set(Field::Detail, "forwarding removed");
    }
    clears
}

/// Returns whether a cmdlet switches auditing.
fn is_of_auditing(operation: &str, parameters: Value<'_>) -> bool {
    const NAMES: [&str; 4] = ["AuditEnabled", "AuditBypassEnabled", "AuditDisabled", "UnifiedAuditLogIngestionEnabled"];
    match operation {
        "set-mailboxauditbypassassociation" | "set-adminauditlogconfig" => true,
        "set-mailbox" | "set-organizationconfig" => NAMES.iter().any(|name| named(parameters, name).is_some()),
        _ => false,
    }
}

/// The parameters of a cmdlet, but for its object and for secrets.
fn shown(parameters: Value<'_>) -> String {
    let pairs = elements(parameters).filter_map(|entry| {
        let (name, value) = (member_text(entry, "Name")?, member_text(entry, "Value")?);
        let lower = name.to_ascii_lowercase();
        let is_hidden = matches!(lower.as_str(), "identity" | "name" | "force" | "errorcode")
            || SECRET.iter().any(|secret| lower.contains(secret));
        let cut = value.floor_char_boundary(MAX_VALUE.min(value.len()));
        (!is_hidden).then(|| format!("{name} {}", &value[..cut]))
    });
    pairs.take(MAX_SHOWN).collect::<Vec<_>>().join(", ")
}

/// A rule that Outlook or another client changed.
pub(super) fn from_client<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>) {
    let properties = body.value("OperationProperties");
    let text = |name: &str| named(properties, name).and_then(meaning);
    row.set_some(Field::Object, text("RuleName").or_else(|| text("Name")).or_else(|| text("RuleId")));
    let mut rule = Rule::default();
    match text("RuleOperation").unwrap_or_default().to_ascii_lowercase().as_str() {
        operation if operation.starts_with("add") => rule.kind("added"),
        operation if operation.starts_with("modify") => rule.kind("changed"),
        operation if operation.starts_with("remove") || operation.starts_with("delete") => rule.kind("removed"),
        _ => {}
    }
    let actions =
        ["RuleActions", "Actions"].iter().find_map(|name| entry(properties, name, body.arena())).unwrap_or_default();
    for action in elements(actions) {
        let kind = ["ActionType", "Type", "Action"].iter().find_map(|name| member_text(action, name));
        let kind = kind.or(action.as_str()).unwrap_or_default();
        let to = recipients(action);
        rule.action(kind, &to, action);
    }
    if let Some(condition) = text("RuleCondition").filter(|condition| condition.len() <= MAX_VALUE) {
        rule.words.push(format!("if {condition}"));
    }
    rule.put(row);
}

impl Rule {
    /// Adds an action of a client's rule.
    fn action(&mut self, kind: &str, recipients: &str, action: Value<'_>) {
        let lower = kind.to_ascii_lowercase();
        let to = if recipients.is_empty() { String::new() } else { format!(" to {recipients}") };
        if lower.contains("forward") {
            self.kind("forwards");
            self.words.push(format!("forwards{to}"));
        }
        if lower.contains("redirect") || lower.contains("delegate") {
            self.kind("forwards");
            self.words.push(format!("redirects{to}"));
        }
        if lower.contains("delete") {
            self.kind("deletes");
            self.words.push("deletes".to_owned());
        } else if lower.contains("move") {
            self.kind("moves");
            let folder =
                ["FolderName", "Folder", "DestinationFolder"].iter().find_map(|name| member_text(action, name));
            self.words.push(folder.map_or_else(|| "moves".to_owned(), |folder| format!("→ {folder}")));
        }
        if lower.contains("markasread") {
            self.words.push("marks as read".to_owned());
        }
    }
}

/// The value of a named entry, whatever it is.
fn entry<'r>(properties: Value<'r>, name: &str, arena: &'r Arena) -> Option<Value<'r>> {
    let in_list = elements(properties)
        .find(|entry| member_text(*entry, "Name").is_some_and(|key| key.eq_ignore_ascii_case(name)))
        .map(|entry| member(entry, "Value"));
    let value = in_list.unwrap_or_else(|| member(properties, name));
    (!value.is_null()).then(|| read_out(value, arena))
}

/// Recipients of an action, by address where they are objects.
fn recipients(action: Value<'_>) -> String {
    let names = ["Recipients", "Recipient", "Addresses", "To"];
    let list = names.iter().map(|name| member(action, name)).find(|list| !list.is_null());
    let of_object = |value| {
        let names = ["Address", "SmtpAddress", "EmailAddress", "DisplayName", "Name"];
        names.iter().find_map(|name| member_text(value, name))
    };
    let text = |value| Value::as_str(value).map(str::trim).or_else(|| of_object(value));
    list.map(|list| elements(list).filter_map(text).collect::<Vec<_>>().join(", ")).unwrap_or_default()
}

/// Mailboxes that a cmdlet names by sign-in name.
pub(super) fn mailboxes<'r>(body: &Body<'_, 'r>) -> Vec<&'r str> {
    if !body.has("Parameters") {
        return Vec::new();
    }
    let parameters = body.value("Parameters");
    let names = ["Identity", "Mailbox"].iter().filter_map(|name| named(parameters, name));
    names.map(str::trim).filter(|name| is_sign_in_name(name)).collect()
}
