//! The bytes of one record to an event.
//!
//! The [`builder`] reads a record's members with [`crate::tables::json_text`]; where that is not sure, [`strict_json`] reads them again
//! and writes into a [`sink`], which the builder is. It keeps the events.

pub(crate) mod builder;
pub(crate) mod json_scan;
pub(crate) mod keys;
pub(crate) mod policies;
pub(crate) mod sink;
pub(crate) mod strict_json;
pub(crate) mod table_clues;
pub(crate) mod timestamps;
pub(crate) mod unwrap;
pub(crate) mod value;
