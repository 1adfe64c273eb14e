mod directory;
mod files;
mod mail;
mod rules;
mod shapes;
mod who;

use super::read;
use crate::model::Field;
use crate::tables::act::{ActRow, testing};
use serde_json::{Value, json};

const ANA: &str = "ana@contoso.com";
const ID: &str = "3f1d2c4b-5a69-4788-9c0d-1e2f30415263";
const SID: &str = "0032f9a1-7c5e-2b11-9d64-0a1b2c3d4e5f";
const OID: &str = "6b1c7f0e-22aa-4d3c-8f10-9a8b7c6d5e4f";
const CLIENT: &str = "d3590ed6-52b3-4102-aeff-aad2292ab01c";
const TOKEN: &str = "n96869QtkkuPKXoO97EKAA";

/// The row of a JSON record.
fn row(record: &Value) -> ActRow<'static> {
    testing::of_json(read, record)
}

/// The row of a CSV record.
fn cells(cells: &[(&str, &str)]) -> ActRow<'static> {
    testing::of_cells(read, cells)
}

/// A record with `more` in it; null takes a member out.
fn with(mut record: Value, more: &Value) -> Value {
    for (name, value) in more.as_object().unwrap() {
        if value.is_null() {
            record.as_object_mut().unwrap().remove(name);
        } else {
            record[name] = value.clone();
        }
    }
    record
}

/// A record of the fields that all have.
fn record(workload: &str, operation: &str, more: &Value) -> Value {
    let common = json!({
        "CreationTime": "2026-05-20T07:09:33", "Id": ID, "Operation": operation, "Workload": workload,
        "OrganizationId": "5d3e8a10-11aa-4bcd-9ef0-123456789abc", "UserId": ANA, "UserType": 0, "Version": 1,
    });
    with(common, more)
}

/// Three messages read in a browser, with session, token and issue.
fn bind() -> Value {
    record(
        "Exchange",
        "MailItemsAccessed",
        &json!({
            "AppAccessContext": {
                "AADSessionId": SID, "APIId": "3CF2EC34-D27B-4E15-9D67-1D77873D8FCC", "ClientAppId": CLIENT,
                "IssuedAtTime": "2026-05-19T13:12:18", "UniqueTokenId": TOKEN,
            },
            "RecordType": 50, "ResultStatus": "Succeeded", "UserKey": "10032000C757D25F",
            "AppId": "00000002-0000-0ff1-ce00-000000000000", "ClientAppId": CLIENT, "ClientIPAddress": "203.0.113.5",
            "ClientInfoString": "Client=OWA;Action=ViaProxy", "MailboxOwnerUPN": "Ana@contoso.com",
            "OperationProperties": [
                {"Name": "IsThrottled", "Value": "False"}, {"Name": "MailAccessType", "Value": "Bind"},
            ],
            "TokenObjectId": OID, "DeviceId": "b0a1c2d3-e4f5-4a6b-8c7d-9e0f1a2b3c4d",
            "OriginatingServer": "EXCH01 (15.20.4200.000)\r\n",
            "Folders": [
                {"Id": "LgAAAA1", "Path": "\\Inbox", "FolderItems": [
                    {"Id": "RgAAAA1", "InternetMessageId": "<1@contoso.com>", "SizeInBytes": 1156.0},
                    {"Id": "RgAAAA2", "InternetMessageId": "<2@contoso.com>", "SizeInBytes": 12},
                ]},
                {"Id": "LgAAAA2", "Path": "\\Sent Items", "FolderItems": [
                    {"Id": "RgAAAA3", "InternetMessageId": "<3@contoso.com>", "SizeInBytes": 12},
                ]},
            ],
            "OperationCount": 3,
        }),
    )
}

/// The texts of some fields, those that are unset empty.
fn texts<'r, const N: usize>(row: &'r ActRow<'_>, fields: [Field; N]) -> [&'r str; N] {
    fields.map(|field| row.get(field).unwrap_or_default())
}
