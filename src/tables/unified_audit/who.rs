//! The one who acted: user or service, client, address, and the session and token that the act was made with.

use super::shape::{Body, Envelope};
use crate::model::words::is_guid;
use crate::model::{Field, Time};
use crate::tables::act::ActRow;
use crate::tables::address::{address, tells};
use crate::tables::json::Value;
use crate::tables::members::{elements, member, member_text, named, read_out};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::borrow::Cow;
use uuid::Uuid;

/// Names of the members that may hold the caller's address, in the order in which they are tried.
const ADDRESSES: [&str; 4] = ["ClientIP", "ClientIPAddress", "Client_IPAddress", "ActorIpAddress"];

/// Puts the user and everything that ties the record to a sign-in.
pub(super) fn put<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>, around: &Envelope<'r>, is_logon: bool) {
    let contexts = body.value("AppAccessContext");
    let context = |name: &str| elements(contexts).find_map(|context| member_text(context, name)).filter(|id| tells(id));
    let id = |name: &str| body.text(name).filter(|id| tells(id));
    put_user(row, body, around, context("UserObjectId"));

    let addresses = ADDRESSES.iter().filter_map(|name| body.text(name)).find_map(address);
    row.set_some(Field::IpAddress, addresses.or_else(|| address(around.address?)));

    let of_logon = is_logon.then(|| id("ApplicationId")).flatten();
    row.set_some(Field::AppId, of_logon.or_else(|| id("ClientAppId")).or_else(|| context("ClientAppId")));

    let device = body.value("DeviceProperties");
    let of_device = |name: &str| named(device, name).filter(|id| tells(id));
    let session = context("AADSessionId").or_else(|| id("SessionId")).or_else(|| of_device("SessionId"));
    row.set_some(Field::SessionId, session);
    let computed = || if is_logon { token_of(row.get(Field::Id)?) } else { None };
    let token = context("UniqueTokenId").map(Cow::Borrowed).or_else(|| computed().map(Cow::Owned));
    row.set_some(Field::TokenId, token);
    let issued = ["IssuedAtTime", "TokenIssuedAtTime"]
        .iter()
        .find_map(|name| elements(contexts).find_map(|context| member_text(context, name)).or_else(|| body.text(name)));
    row.set_some(Field::IssuedAt, issued.and_then(rfc_3339));
    let of_logon = || if is_logon { of_device("Id") } else { None };
    row.set_some(Field::DeviceId, id("DeviceId").or_else(of_logon));

    let correlation = ["InterSystemsId", "CorrelationId"].iter().find_map(|name| id(name));
    row.set_some(
        Field::CorrelationId,
        correlation.or_else(|| context("CorrelationId")).or_else(|| id("ClientRequestId")),
    );
    row.set_some(Field::UserAgent, agent(body).or(around.agent));
}

/// The user agent: of the record, of a logon or a change in the directory, of a mail client.
fn agent<'r>(body: &Body<'_, 'r>) -> Option<&'r str> {
    if let Some(agent) = body.text("UserAgent") {
        return Some(agent);
    }
    if body.has("ExtendedProperties") {
        let extended = body.value("ExtendedProperties");
        let in_details = || {
            let details = read_out(Value::String(named(extended, "additionalDetails")?), body.arena());
            member_text(details, "User-Agent")
        };
        if let Some(agent) = named(extended, "UserAgent").or_else(in_details) {
            return Some(agent);
        }
    }
    body.text("ClientInfoString")
}

/// Puts the person who acted, or the service that did in a person's place.
fn put_user<'r>(row: &mut ActRow<'r>, body: &Body<'_, 'r>, around: &Envelope<'r>, object_id: Option<&'r str>) {
    let of_record = body.text("UserId").filter(|user| tells(user));
    let of_envelope = || around.user.filter(|user| tells(user));
    let Some(user) = of_record.or_else(of_envelope) else {
        row.set_some(Field::UserId, around.account.filter(|id| tells(id)));
        return;
    };
    if is_data_centre(body) || is_service(user) {
        let named = if user.starts_with("ServicePrincipal_") { name_of_actor(body) } else { None };
        row.set(Field::AppDisplayName, named.unwrap_or(user));
        return;
    }
    if is_guid(user) {
        row.set(Field::UserId, user);
        return;
    }
    row.set(Field::UserPrincipalName, user);
    let of_token = body.text("TokenObjectId").filter(|id| is_guid(id) && tells(id));
    let key = || body.text("UserKey").filter(|key| is_guid(key) && tells(key));
    row.set_some(Field::UserId, of_token.or(object_id).or_else(|| id_of_actor(body)).or_else(key));
}

/// Returns whether Microsoft's data centre acted.
pub(super) fn is_data_centre(body: &Body<'_, '_>) -> bool {
    body.text("UserType").is_some_and(|kind| kind == "3" || kind.eq_ignore_ascii_case("dcadmin"))
}

/// Returns whether a `UserId` is no person's. A person's is a sign-in name or an object id.
fn is_service(user: &str) -> bool {
    const NAMES: [&str; 2] = ["app@sharepoint", "fim_password_service@support.onmicrosoft.com"];
    !(user.contains('@') || is_guid(user))
        || user.contains('\\')
        || NAMES.iter().any(|name| user.eq_ignore_ascii_case(name))
}

/// Type of an entry of `Actor` and `Target` that is a display name.
const NAME: &str = "1";

/// The display name of the application that acted.
fn name_of_actor<'r>(body: &Body<'_, 'r>) -> Option<&'r str> {
    let is_name = |actor: &Value<'_>| member_text(*actor, "Type") == Some(NAME);
    elements(body.value("Actor")).find(is_name).and_then(|actor| member_text(actor, "ID"))
}

/// The object id of the user who acted: the entry that says so, else the only GUID.
fn id_of_actor<'r>(body: &Body<'_, 'r>) -> Option<&'r str> {
    if !body.has("Actor") {
        return None;
    }
    let ids: Vec<&str> = elements(body.value("Actor")).filter_map(|actor| member(actor, "ID").as_str()).collect();
    let of_user = ids.iter().find_map(|id| id.strip_prefix("User_"));
    let mut guids = ids.iter().copied().filter(|id| is_guid(id));
    let only = guids.next().filter(|_| guids.next().is_none());
    of_user.or(only).filter(|id| is_guid(id) && tells(id))
}

/// The token id of the sign-in that a logon is.
fn token_of(id: &str) -> Option<String> {
    let id = Some(id).filter(|id| is_guid(id) && tells(id))?;
    Uuid::try_parse(id).ok().map(|id| URL_SAFE_NO_PAD.encode(id.to_bytes_le()))
}

/// A time of a claim, in ISO form or as seconds since 1970, as RFC 3339 to the second; `None` for one that says nothing.
fn rfc_3339(text: &str) -> Option<String> {
    let epoch = || {
        let number: i64 = text.split('.').next()?.parse().ok()?;
        Time::from_unix_millis(if number < 100_000_000_000 { number.checked_mul(1000)? } else { number })
    };
    let time = Time::parse(text.trim()).or_else(epoch)?;
    let is_set = time > Time::from_unix_millis(0)?;
    if is_set { time.rfc3339() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_of_time_are_read_in_both_forms() {
        for (text, expected) in [
            ("2025-10-26T13:12:18", Some("2025-10-26T13:12:18Z")),
            ("2025-10-26T13:12:18.0000000Z", Some("2025-10-26T13:12:18Z")),
            ("2025-10-26T15:12:18+02:00", Some("2025-10-26T13:12:18Z")),
            ("1761484338", Some("2025-10-26T13:12:18Z")),
            ("1761484338000", Some("2025-10-26T13:12:18Z")),
            ("0001-01-01T00:00:00", None),
            ("1970-01-01T00:00:00", None),
            ("0", None),
            ("soon", None),
        ] {
            assert_eq!(rfc_3339(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_id_of_a_logon_gives_its_token() {
        assert_eq!(token_of("EBBCDE9F-2dd4-4b92-8f29-7a0ef7b10a00").as_deref(), Some("n96869QtkkuPKXoO97EKAA"));
        assert_eq!(token_of("00000000-0000-0000-0000-000000000000"), None);
        assert_eq!(token_of("no-guid"), None);
    }

    #[test]
    fn services_are_no_users() {
        for user in [
            "NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)",
            "app@sharepoint",
            "SHAREPOINT\\system",
            "Microsoft Substrate Management",
            "fim_password_service@support.onmicrosoft.com",
            "DlpPolicyEventBasedAssistant",
            "ServicePrincipal_11111111-1111-4111-8111-111111111111",
            "S-1-5-18",
        ] {
            assert!(is_service(user), "{user}");
        }
        for user in ["ana@contoso.com", "ana_fabrikam.com#EXT#@contoso.com", "11111111-1111-4111-8111-111111111111"] {
            assert!(!is_service(user), "{user}");
        }
    }
}
