//! The bytes of one record to an event.
//!
//! Two parsers write into a [`sink`]: [`fast_json`] first, [`strict_json`] for whatever that is not sure of. The
//! [`builder`] is the sink, and keeps the events.

pub(crate) mod builder;
pub(crate) mod fast_json;
pub(crate) mod json_scan;
pub(crate) mod keys;
pub(crate) mod sink;
pub(crate) mod strict_json;
pub(crate) mod table_clues;
pub(crate) mod timestamps;
pub(crate) mod unwrap;
pub(crate) mod value;
