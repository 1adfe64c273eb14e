//! Requests for device registration: the first step from a stolen token to a device with tokens of its own.

use super::binding::{NO_DEVICE_STATE, Protection};
use super::scopes;
use crate::model::{EventId, Field, Flags};
use crate::store::Store;

/// Microsoft Authentication Broker.
pub const BROKER: &str = "29d9ed98-a469-4536-ade2-f981bc1d605e";
/// Device Registration Service: id, and name where a row has no id.
const REGISTRATION: (&str, &str) = ("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9", "device registration service");
/// Scope of a token for device registration.
const REGISTRATION_SCOPE: &str = "adrs_access";

/// Returns whether a sign-in presented a refresh token and showed no device state.
pub fn is_unbound(store: &Store, id: EventId) -> bool {
    let code = || Protection::read(store.get(id, Field::TokenProtection)).code;
    store.event(id).flags.has(Flags::INCOMING_REFRESH) && code() == Some(NO_DEVICE_STATE)
}

/// Returns whether a sign-in is for the Device Registration Service.
pub fn is_for_registration(store: &Store, id: EventId) -> bool {
    let event = store.event(id);
    let resource = store.normalized_field(event, Field::ResourceIdentity);
    if resource.is_none() {
        store.text(store.normalized_field(event, Field::ResourceDisplayName)) == REGISTRATION.1
    } else {
        store.text(resource) == REGISTRATION.0
    }
}

/// Returns whether a sign-in asks for device registration: the Broker for the Device Registration Service, or any
/// client with its scope.
pub fn asks_for_registration(store: &Store, id: EventId) -> bool {
    let event = store.event(id);
    let broker = || store.text(store.normalized_field(event, Field::AppId)) == BROKER;
    let has_scope = || {
        let details = store.get(id, Field::ProcessingDetails);
        details.contains(REGISTRATION_SCOPE)
            && scopes::scopes(details).iter().any(|scope| scope.contains(REGISTRATION_SCOPE))
    };
    (is_for_registration(store, id) && broker()) || has_scope()
}
