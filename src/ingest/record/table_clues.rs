//! The table of a row, decided from what the row holds.

use crate::ingest::table_names::RowTable;
use crate::model::Table;
use crate::tables::foreign::SERVICE_PRINCIPAL;
use crate::tables::{KeyMarks, Marked, Rank};

/// Evidence in a row for its table.
#[derive(Default)]
pub(crate) struct Clues {
    /// The table it names, and the rank of what names it.
    kind: Option<(Rank, RowTable)>,
    /// Keys that only some tables have.
    pub(crate) marks: KeyMarks,
    /// Suggested by one column, where nothing says more.
    pub(crate) hint: Option<Table>,
    /// Its category.
    pub(crate) category: Option<RowTable>,
    /// Its kinds of sign-in.
    pub(crate) event_types: Option<RowTable>,
    /// True if a person was at the prompt.
    pub(crate) interactive: Option<bool>,
    /// The table of calls it looks like a row of.
    pub(crate) call: Option<Table>,
    /// It has a client and a user, or the id of a sign-in.
    pub(crate) is_sign_in: bool,
    /// It has a service principal and no user.
    pub(crate) is_service_principal: bool,
}

impl Clues {
    /// Takes the row's table, as it names it.
    pub(crate) fn named(&mut self, rank: Rank, table: Option<&RowTable>) {
        if self.kind.as_ref().is_none_or(|(held, _)| *held <= rank) {
            self.kind = table.map(|kind| (rank, kind.clone()));
        }
    }

    /// Returns whether it would be read, if it named no other table.
    fn is_alike(&self) -> bool {
        self.is_sign_in || self.call.is_some()
    }
}

/// A row's table, and what it was decided by.
pub(crate) enum TableEvidence {
    /// By the row.
    Row(RowTable),
    /// By the source's name, because the row does not say.
    Name(RowTable),
    /// By nothing: it looks like a sign-in.
    Guess(RowTable),
    /// By an unknown name, though the row looks like one of ours.
    Alike(String),
    /// It is no row we know.
    Unknown,
}

/// The table that a row names, or has keys of; its values do not matter.
pub(crate) fn said_table(clues: &Clues) -> Option<RowTable> {
    let named = clues.kind.as_ref().map(|(_, kind)| kind);
    match (named, &clues.category) {
        (Some(kind @ (RowTable::Ours(_) | RowTable::Foreign(_))), _) | (None, Some(kind @ RowTable::Ours(_))) => {
            Some(kind.clone())
        }
        // A computed column may have taken the place of the name; what a row holds is no accident.
        _ => match clues.marks.table()? {
            Marked::Ours(table) => Some(RowTable::Ours(table)),
            Marked::Foreign(table) => Some(RowTable::Foreign(table)),
        },
    }
}

/// Decides a row's table.
pub(crate) fn decide_table(clues: &Clues, from_name: Option<&RowTable>) -> TableEvidence {
    if let Some(table) = said_table(clues) {
        return TableEvidence::Row(table);
    }
    let named = clues.kind.clone().map(|(_, kind)| kind);
    if let Some(RowTable::Named(name)) = named {
        return if clues.is_alike() { TableEvidence::Alike(name) } else { TableEvidence::Row(RowTable::Named(name)) };
    }
    // An audit row's category is the kind of its activity.
    if clues.hint == Some(Table::Audit) && !clues.is_alike() {
        return TableEvidence::Row(RowTable::Ours(Table::Audit));
    }
    match clues.category.clone() {
        Some(RowTable::Named(_)) | None if clues.hint == Some(Table::Activity) => {
            return TableEvidence::Row(RowTable::Ours(Table::Activity));
        }
        Some(RowTable::Named(name)) if clues.is_alike() => return TableEvidence::Alike(name),
        Some(kind) => return TableEvidence::Row(kind),
        None => {}
    }
    match (clues.call, from_name) {
        // Exports that leave out the host: the name of the source may know better.
        (Some(Table::Graph), Some(RowTable::Ours(table))) if table.uses() && *table != Table::Graph => {
            return TableEvidence::Name(RowTable::Ours(*table));
        }
        (Some(table), _) => return TableEvidence::Row(RowTable::Ours(table)),
        (None, _) => {}
    }
    if !clues.is_sign_in {
        return if clues.is_service_principal {
            TableEvidence::Row(RowTable::Foreign(&SERVICE_PRINCIPAL))
        } else {
            TableEvidence::Unknown
        };
    }
    if let Some(kind) = clues.event_types.clone() {
        return TableEvidence::Row(kind);
    }
    if clues.is_service_principal {
        return TableEvidence::Row(RowTable::Foreign(&SERVICE_PRINCIPAL));
    }
    match (clues.interactive, from_name) {
        (Some(true), _) => TableEvidence::Row(RowTable::Ours(Table::SignIn)),
        (Some(false), Some(kind)) if *kind != RowTable::Ours(Table::SignIn) => TableEvidence::Name(kind.clone()),
        (Some(false), _) => TableEvidence::Row(RowTable::Ours(Table::NonInteractive)),
        (None, Some(kind)) => TableEvidence::Name(kind.clone()),
        (None, None) => TableEvidence::Guess(RowTable::Ours(Table::SignIn)),
    }
}

#[cfg(test)]
mod tests {
    use crate::ingest::record::builder::{Position, RecordReader};
    use crate::ingest::stats::SourceStats;
    use serde_json::{Value, json};

    /// The tables of the rows read from a record.
    fn tables(record: &Value) -> Vec<&'static str> {
        let (mut records, mut stats) = (RecordReader::default(), SourceStats::default());
        let json = record.to_string();
        records.object(&json, Position::new(0, json.as_bytes()), &mut stats);
        records.part().events.iter().map(|event| event.table.name()).collect()
    }

    #[test]
    fn changes_in_the_directory_are_known_in_every_shape() {
        let at = "2026-05-20T14:02:04Z";
        let change = json!({
            "activityDisplayName": "Add user", "activityDateTime": at, "category": "UserManagement", "id": "d1",
            "initiatedBy": {"user": {"userPrincipalName": "eve@contoso.com"}}, "targetResources": [],
            "loggedByService": "Core Directory", "result": "success",
        });
        let stored = json!({
            "time": at, "category": "AuditLogs", "operationName": "Add user", "callerIpAddress": "203.0.113.7",
            "identity": "Eve", "properties": change,
        });
        let elastic = json!({"@timestamp": at, "azure": {"auditlogs": {
            "operation_name": "Add user", "category": "AuditLogs",
            "properties": {"activity_datetime": at, "initiated_by": {"user": {}}, "result_reason": ""},
        }}});
        for record in [
            change.clone(),
            stored.clone(),
            elastic.clone(),
            json!({"_index": "i", "_id": "1", "_source": elastic}),
            json!({"@timestamp": at, "azure.auditlogs.operation_name": "Add user",
                "azure.auditlogs.properties.target_resources.0.display_name": "x"}),
            json!({"@timestamp": at, "event": {"original": stored.to_string()}, "azure": {"auditlogs": {"category": "AuditLogs"}}}),
            json!({"preview": false, "result": {"_raw": stored.to_string()}}),
            // A computed column has taken the place of the table's name.
            json!({"TimeGenerated": at, "Type": "ServicePrincipal", "OperationName": "Add user", "Category": "UserManagement",
                "InitiatedBy": {"app": {"displayName": "x"}}, "TargetResources": [{"id": "1"}], "LoggedByService": "Core Directory"}),
            json!({"TimeGenerated": at, "OperationName": "Add user", "InitiatedBy": "{\"user\":{}}", "TargetResources": "[{}]"}),
            json!({"Date (UTC)": at, "CorrelationId": "c", "Service": "Core Directory", "Category": "UserManagement",
                "Activity": "Add user", "Result": "success", "ActorType": "Application"}),
            json!({"time": at, "category": "Policy", "operationName": "Update policy",
                "properties": {"activityDateTime": at, "initiatedBy": {"user": {"id": "u"}}, "loggedByService": "PIM"}}),
        ] {
            assert_eq!(tables(&record), ["AuditLogs"], "{record}");
        }
    }

    #[test]
    fn operations_on_resources_are_known_in_every_shape() {
        let (at, name) = ("2026-05-20T14:02:04Z", "Microsoft.Compute/virtualMachines/write");
        let identity = json!({"claims": {"appid": "a"}, "authorization": {"action": name}});
        let stored = json!({"time": at, "category": "Administrative", "operationName": name, "resultType": "Start",
            "resourceId": "/SUBSCRIPTIONS/S", "identity": identity});
        let listed = json!({"eventTimestamp": at, "operationName": {"value": name, "localizedValue": "Erstellen"},
            "status": {"value": "Started"}, "category": {"value": "Administrative"}, "resourceId": "/subscriptions/s"});
        let elastic =
            json!({"@timestamp": at, "azure": {"activitylogs": {"operation_name": name, "identity": identity}}});
        for record in [
            stored.clone(),
            json!({"time": at, "category": "Write", "operationName": name, "resultType": "Start", "identity": identity}),
            listed.clone(),
            json!({"EventTimestamp": at, "OperationName": {"Value": name}, "Caller": "eve@contoso.com", "Claims": {"Content": {"a": "b"}}}),
            json!({"TimeGenerated": at, "OperationName": "Erstellen", "OperationNameValue": name, "CallerIpAddress": "203.0.113.7"}),
            json!({"TimeGenerated": at, "Type": "VirtualMachine", "OperationNameValue": name, "Claims": "{}", "Caller": "eve@contoso.com"}),
            elastic.clone(),
            json!({"_source": elastic}),
            json!({"@timestamp": at, "azure.activitylogs.operation_name": name, "azure.resource.id": "/subscriptions/s"}),
            json!({"result": {"_raw": stored.to_string()}}),
        ] {
            assert_eq!(tables(&record), ["AzureActivity"], "{record}");
        }
        // An alert has the record inside, a message queue has many of them as a text.
        let alert =
            json!({"schemaId": "Microsoft.Insights/activityLogs", "data": {"context": {"activityLog": listed}}});
        assert_eq!(tables(&alert), ["AzureActivity"]);
        let queued = json!({"Body": json!({"records": [listed, stored]}).to_string(), "Offset": 7});
        assert_eq!(tables(&queued), ["AzureActivity", "AzureActivity"]);
    }
}
