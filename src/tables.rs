//! The tables a bundle may hold rows of, as data: how a row is told, and what each is good for.

pub mod foreign;

pub use foreign::{Foreign, Marks};
