//! Bytes as they are stored, unpacked and decoded; nothing here knows a record.

pub(crate) mod body;
pub(crate) mod codepage;
pub(crate) mod container;
pub(crate) mod decode;
pub(crate) mod foreign;
pub(crate) mod window;
