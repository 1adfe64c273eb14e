//! Columns of every table, and of envelopes around a record.

use super::column::Columns;
use super::column::Target::{
    Activity, Category, Created, ErrorAnswer, EventTypes, Group, Ingested, Interactive, Properties, ServicePrincipal,
    Text, Type, Wrapper,
};
use crate::model::Field;

/// Clocks, names of the table, and envelopes of search tools: Splunk's `result` and `_raw`, Elastic's `_source`,
/// `event.original` and its common schema.
#[rustfmt::skip]
pub(super) const ENVELOPE: Columns = &[
    ("createddatetime", Created(2)), ("timestamp", Created(0)), ("createdat", Created(1)),
    ("timegenerated", Ingested(1)), ("time", Ingested(0)), ("@timestamp", Ingested(0)),
    ("type", Type(1)), ("_originaltype", Type(2)), ("$table", Type(2)), ("sourcetable", Type(0)), ("tablename", Type(0)),
    ("category", Category), ("activitydatetime", Activity), ("isinteractive", Interactive),
    ("signineventtypes", EventTypes), ("logontype", EventTypes), ("serviceprincipalid", ServicePrincipal),
    ("properties", Properties), ("error", ErrorAnswer),
    ("_raw", Wrapper), ("result", Wrapper), ("_source", Wrapper), ("fields", Wrapper), ("event.original", Wrapper),
    ("azure", Wrapper), ("signinlogs", Wrapper), ("graphactivitylogs", Wrapper),
    ("event", Group("event")), ("source", Group("source")), ("user_agent", Group("user_agent")),
    ("http", Group("http")), ("url", Group("url")),
];

/// User, client, token and address, of sign-ins and calls alike.
#[rustfmt::skip]
pub(super) const TOKEN: Columns = &[
    ("id", Text(Field::Id, 1)), ("requestid", Text(Field::Id, 0)),
    ("operationid", Text(Field::CorrelationId, 1)), ("correlationid", Text(Field::CorrelationId, 0)),
    ("uniquetokenidentifier", Text(Field::TokenId, 1)), ("uniquetokenid", Text(Field::TokenId, 0)),
    ("sessionid", Text(Field::SessionId, 1)), ("c_sid", Text(Field::SessionId, 0)),
    ("deviceid", Text(Field::DeviceId, 1)), ("c_deviceid", Text(Field::DeviceId, 0)), ("cdeviceid", Text(Field::DeviceId, 0)),
    ("userid", Text(Field::UserId, 1)), ("accountobjectid", Text(Field::UserId, 0)),
    ("userprincipalname", Text(Field::UserPrincipalName, 1)), ("accountupn", Text(Field::UserPrincipalName, 0)),
    ("appid", Text(Field::AppId, 1)), ("applicationid", Text(Field::AppId, 0)),
    ("appdisplayname", Text(Field::AppDisplayName, 1)), ("application", Text(Field::AppDisplayName, 0)),
    ("ipaddress", Text(Field::IpAddress, 1)), ("calleripaddress", Text(Field::IpAddress, 0)),
    ("source.ip", Text(Field::IpAddress, 0)),
    ("useragent", Text(Field::UserAgent, 0)), ("user_agent.original", Text(Field::UserAgent, 0)),
];
