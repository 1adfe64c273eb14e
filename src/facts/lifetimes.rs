//! Lifetimes of what Entra ID issues, as Microsoft documents them.

use crate::model::Span;

/// Life of an access token by default.
///
/// Microsoft Learn, Configurable token lifetimes, 2026-11.
pub const ACCESS_TOKEN: Span = Span::minutes(60);

/// Longest life of an access token by default: a random time between 60 and 90 minutes.
///
/// Microsoft Learn, Configurable token lifetimes, 2026-11.
pub const ACCESS_TOKEN_AT_MOST: Span = Span::minutes(90);

/// Longest life of an access token in a session with continuous access evaluation.
///
/// Microsoft Learn, Continuous access evaluation, 2026-11.
pub const EVALUATED_TOKEN_AT_MOST: Span = Span::minutes(28 * 60);

/// Time within which a service that takes part in continuous access evaluation refuses a revoked token.
///
/// Microsoft Learn, Continuous access evaluation, 2026-11.
pub const EVALUATION: Span = Span::minutes(15);

/// Time after a device code in which sign-ins of its session may still be told to be with its tokens: this program's own
/// choice, as refresh tokens live on for months.
pub const OF_CODE: Span = Span::DAY;

/// Life of a device code.
///
/// Microsoft Learn, OAuth 2.0 device authorization grant flow, 2026-11.
pub const DEVICE_CODE: Span = Span::minutes(15);
