//! The case: the analyst's work on hits and events. Pure: times and names come in as arguments, files are the shell's.

mod case;
mod draft;
pub mod lineage;
mod log;
pub mod marks;
pub mod merge;
mod numbered;
mod order;
mod phrases;
pub mod pivot;
mod replay;
mod request;
pub mod runs;
pub mod search;
pub mod time_input;
pub mod timeline;
mod undo;

pub use case::{Case, Disposition, HitWork, TLP, Verdict, fingerprint};
pub use draft::{Draft, Prompt};
pub use log::LogLine;
#[cfg(not(unix))]
pub(crate) use log::UNKNOWN;
pub use order::worst_first;
pub use replay::LogProblem;
pub use undo::{About, Change};
