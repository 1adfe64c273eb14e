//! A case: what the analyst says to the hits. Pure: times and names come in as arguments, files are the shell's.

pub mod alike;
mod case;
pub mod lineage;
pub mod moment;
pub mod pivot;
pub mod search;
pub mod timeline;

pub(crate) use case::hex;
pub use case::{Case, Disposition, HitWork, LogLine, TLP, Verdict, fingerprint};
