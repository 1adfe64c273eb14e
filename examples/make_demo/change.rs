//! Changes in the directory: a row of `AuditLogs`, and the unified log's record of the same.

use super::act::{DIRECTORY, Record};
use super::rng::{Guid, Rng};
use super::row::{Row, json};
use super::world::{Person, TENANT, WORKSPACE};
use super::{Log, Written};
use tokentrail::testing::model::{Span, Time};

/// Whoever made a change.
#[derive(Clone, Copy)]
pub(crate) enum Actor<'a> {
    /// A person, at an address.
    Person(&'a Person, &'a str),
    /// A service of the directory.
    Service(&'static str),
}

/// One thing changed.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) name: String,
    /// The sign-in name of a user.
    pub(crate) upn: String,
    /// Name, old and new value of each property: JSON, but for nothing at all.
    pub(crate) properties: Vec<(&'static str, String, String)>,
}

impl Target {
    pub(crate) fn user(person: &Person) -> Self {
        let (name, upn) = (person.name.clone(), person.upn.clone());
        Self { kind: "User", id: person.id.to_string(), name, upn, properties: Vec::new() }
    }

    pub(crate) fn new(kind: &'static str, name: &str) -> Self {
        let id = Rng::seeded(&format!("{kind} {name}")).guid().to_string();
        Self { kind, id, name: name.to_owned(), upn: String::new(), properties: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, old: &str, new: &str) -> Self {
        self.properties.push((name, old.to_owned(), new.to_owned()));
        self
    }

    fn json(&self) -> String {
        let value = |text: &str| if text.is_empty() { "null".to_owned() } else { json(text) };
        let properties = self.properties.iter().map(|(name, old, new)| {
            format!(r#"{{"displayName":{},"oldValue":{},"newValue":{}}}"#, json(name), value(old), value(new))
        });
        format!(
            r#"{{"id":"{}","displayName":{},"type":"{}","userPrincipalName":{},"modifiedProperties":[{}],"administrativeUnits":[]}}"#,
            self.id,
            json(&self.name),
            self.kind,
            value(&self.upn),
            properties.collect::<Vec<_>>().join(",")
        )
    }
}

/// A change.
pub(crate) struct Change<'a> {
    pub(crate) at: Time,
    pub(crate) operation: &'a str,
    pub(crate) actor: Actor<'a>,
    pub(crate) targets: Vec<Target>,
    pub(crate) service: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) details: Vec<(&'a str, String)>,
    /// The same for all rows of one change.
    pub(crate) correlation: Guid,
}

impl<'a> Change<'a> {
    /// A change by the directory itself.
    pub(crate) fn new(rng: &mut Rng, at: Time, operation: &'a str, actor: Actor<'a>, target: Target) -> Self {
        Self {
            at,
            operation,
            actor,
            targets: vec![target],
            service: "Core Directory",
            reason: "",
            details: Vec::new(),
            correlation: rng.guid(),
        }
    }

    /// Writes the change to both logs.
    pub(crate) fn write(&self, rng: &mut Rng, log: &mut Log) {
        log.audit.push(self.row(rng));
        log.unified.push(self.record(rng));
    }

    fn details(&self) -> String {
        let pairs = self.details.iter();
        let pairs = pairs.map(|(key, value)| format!(r#"{{"key":{},"value":{}}}"#, json(key), json(value)));
        format!("[{}]", pairs.collect::<Vec<_>>().join(","))
    }

    fn row(&self, rng: &mut Rng) -> Written {
        let category = match self.targets[0].kind {
            "Device" => "Device",
            "Group" => "GroupManagement",
            "Role" => "RoleManagement",
            "Application" | "ServicePrincipal" => "ApplicationManagement",
            _ => "UserManagement",
        };
        let (identity, initiated) = match self.actor {
            Actor::Person(person, address) => (
                person.name.as_str(),
                format!(
                    r#"{{"user":{{"id":"{}","displayName":{},"userPrincipalName":"{}","ipAddress":"{address}","roles":[]}}}}"#,
                    person.id,
                    json(&person.name),
                    person.upn
                ),
            ),
            Actor::Service(name) => (
                name,
                format!(
                    r#"{{"app":{{"appId":null,"displayName":"{name}","servicePrincipalId":"{}","servicePrincipalName":null}}}}"#,
                    Rng::seeded(name).guid()
                ),
            ),
        };
        let targets: Vec<String> = self.targets.iter().map(Target::json).collect();
        let ingested = self.at.plus(Span::seconds(rng.between(60, 400)));
        let mut row = Row::default();
        row.text("TimeGenerated", self.at.to_string())
            .text("ActivityDateTime", self.at.to_string())
            .text("ActivityDisplayName", self.operation)
            .text("OperationName", self.operation)
            .text("OperationVersion", "1.0")
            .text("AADOperationType", operation_type(self.operation))
            .text("Type", "AuditLogs")
            .text("SourceSystem", "Azure AD")
            .text("Category", category)
            .text("LoggedByService", self.service)
            .text("TenantId", WORKSPACE)
            .text("AADTenantId", TENANT)
            .text("Id", format!("Directory_{}_{:05}", self.correlation, rng.below(100_000)))
            .text("CorrelationId", self.correlation.to_string())
            .text("Identity", identity)
            .text("Level", "4")
            .text("Resource", "Microsoft.aadiam")
            .text("Result", "success")
            .text("ResultReason", self.reason)
            .text("ResultDescription", self.reason)
            .text("ResultSignature", "None")
            .raw("InitiatedBy", initiated)
            .raw("TargetResources", format!("[{}]", targets.join(",")))
            .raw("AdditionalDetails", self.details());
        Written { user: String::new(), ingested, line: row.line() }
    }

    /// The record of the unified log: a full stop behind the operation, and no address.
    fn record(&self, rng: &mut Rng) -> Written {
        let (user, actor) = match self.actor {
            Actor::Person(person, _) => (
                person.upn.clone(),
                format!(r#"[{{"ID":"{}","Type":5}},{{"ID":"User_{}","Type":2}}]"#, person.upn, person.id),
            ),
            Actor::Service(name) => {
                let id = Rng::seeded(name).guid();
                (
                    format!("ServicePrincipal_{id}"),
                    format!(r#"[{{"ID":"{name}","Type":1}},{{"ID":"ServicePrincipal_{id}","Type":2}}]"#),
                )
            }
        };
        let operation = match self.operation {
            // The one name that ends in a blank, and takes no full stop.
            name if name.ends_with(' ') => name.to_owned(),
            name => format!("{name}."),
        };
        let first = &self.targets[0];
        let target = if first.upn.is_empty() {
            format!(r#"{{"ID":{},"Type":1}}"#, json(&first.name))
        } else {
            format!(r#"{{"ID":"{}","Type":5}}"#, first.upn)
        };
        let properties = self.targets.iter().flat_map(|target| &target.properties).map(|(name, old, new)| {
            format!(r#"{{"Name":{},"NewValue":{},"OldValue":{}}}"#, json(name), json(new), json(old))
        });
        let mut record = Record::new(self.at, rng.guid(), &operation, DIRECTORY, (&user, "Not Available"));
        record
            .raw("Actor", actor)
            .raw("Target", format!(r#"[{target},{{"ID":"{}_{}","Type":2}}]"#, first.kind, first.id))
            .text("InterSystemsId", self.correlation.to_string())
            .raw("ModifiedProperties", format!("[{}]", properties.collect::<Vec<_>>().join(",")))
            .text("ObjectId", if first.upn.is_empty() { "Not Available" } else { &first.upn })
            .text("ResultStatus", "Success")
            .raw("UserType", if matches!(self.actor, Actor::Service(_)) { "4" } else { "0" });
        record.written()
    }
}

fn operation_type(operation: &str) -> &'static str {
    match operation.split_once(' ') {
        Some(("Add" | "Register", _)) => "Add",
        Some(("Update" | "Change" | "Reset", _)) => "Update",
        Some(("Remove" | "Delete", _)) => "Delete",
        _ => "ServiceApi",
    }
}

/// A device that somebody joins to the tenant: four rows of one change.
pub(crate) fn device_joined(
    rng: &mut Rng,
    log: &mut Log,
    (person, address): (&Person, &str),
    at: Time,
    (name, id): (&str, &str),
) {
    let correlation = rng.guid();
    let device = Target::new("Device", name);
    let service = Actor::Service("Device Registration Service");
    let owner = |operation| {
        let user = Target::user(person).with("Device.DisplayName", "", &json(name));
        Change {
            correlation,
            targets: vec![user, device.clone()],
            ..Change::new(&mut Rng::seeded(""), at, operation, service, device.clone())
        }
    };
    let register = Change {
        correlation,
        service: "Device Registration Service",
        details: vec![
            ("Device Id", id.to_owned()),
            ("DeviceId", id.to_owned()),
            ("OS", "Windows".to_owned()),
            ("OS Version", "10.0.19045.2006".to_owned()),
            ("Device Trust Type", "Azure AD registered".to_owned()),
        ],
        ..Change::new(rng, at, "Register device", Actor::Person(person, address), device.clone())
    };
    let added = device.clone().with("CloudDisplayName", "[]", &json(&format!("[\"{name}\"]"))).with(
        "CloudDeviceOSType",
        "[]",
        &json("[\"Windows\"]"),
    );
    let added = Change { correlation, ..Change::new(rng, at, "Add device", service, added) };
    let rows = [register, added, owner("Add registered users to device"), owner("Add registered owner to device")];
    for (milliseconds, mut change) in (0..).zip(rows) {
        change.at = at.plus(Span::from_ticks(milliseconds * 230_000));
        change.write(rng, log);
    }
}

/// A new password that an administrator sets, or the user, and with it the end of all sessions.
pub(crate) fn new_password(rng: &mut Rng, log: &mut Log, actor: Actor<'_>, person: &Person, at: Time, operation: &str) {
    let correlation = rng.guid();
    let rows = [operation, "Update PasswordProfile", "Update StsRefreshTokenValidFrom Timestamp"];
    for (milliseconds, operation) in (0..).zip(rows) {
        let at = at.plus(Span::from_ticks(milliseconds * 90_000));
        let change = Change { correlation, ..Change::new(rng, at, operation, actor, Target::user(person)) };
        change.write(rng, log);
    }
}

/// A sign-in method that a person registers.
pub(crate) fn method_registered(
    rng: &mut Rng,
    log: &mut Log,
    (person, address): (&Person, &str),
    at: Time,
    method: &str,
) {
    for (seconds, operation, words) in [
        (0, "User started security info registration", format!("User started the registration for {method}")),
        (38, "User registered security info", format!("User registered {method}")),
    ] {
        let at = at.plus(Span::seconds(seconds));
        let change = Change {
            service: "Authentication Methods",
            reason: &words,
            details: vec![("AuthenticationMethod", method.to_owned())],
            ..Change::new(rng, at, operation, Actor::Person(person, address), Target::user(person))
        };
        change.write(rng, log);
    }
}
