//! A case: what the analyst says to the hits and to events. Pure: times and names come in as arguments, files are the shell's.

pub mod alike;
mod case;
mod change;
mod draft;
pub mod lineage;
mod log;
pub mod marks;
pub mod merge;
pub mod moment;
mod numbered;
mod order;
mod phrases;
pub mod pivot;
mod replay;
mod request;
pub mod search;
pub mod timeline;

pub use case::{Case, Disposition, HitWork, TLP, Verdict, fingerprint};
pub use change::{About, Change};
pub use draft::{Draft, Prompt};
pub use log::LogLine;
#[cfg(not(unix))]
pub(crate) use log::UNKNOWN;
pub use order::worst_first;
pub use replay::LogProblem;
