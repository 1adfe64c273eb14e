//! The records in a source's decoded bytes: its shape, and one reader for each way that records are framed.

pub(crate) mod block;
pub(crate) mod csv;
mod elements;
pub(crate) mod envelope;
mod json_cursor;
pub(crate) mod json_stream;
pub(crate) mod keep_on;
mod kusto;
pub(crate) mod lines;
pub(crate) mod shape;
pub(crate) mod stream;
pub(crate) mod unknown;
