//! The case: the analyst's work on hits and events. Pure: times and names come in as arguments, files are the shell's.

pub mod acts;
mod basis;
mod bundle;
mod carry;
mod case;
mod change;
pub mod compare;
mod draft;
pub mod filter;
pub mod groups;
pub mod lineage;
pub mod listing;
mod log;
mod log_problem;
pub mod marks;
pub mod merge;
mod numbered;
mod order;
mod phrases;
pub mod pivot;
mod reasons;
mod replay;
mod request;
pub mod runs;
pub mod search;
pub mod time_input;
pub mod timeline;
mod undo;
pub mod walk;
mod work;

pub use basis::Common;
pub use bundle::{Bundle, Claim};
pub use carry::Grown;
pub use case::{Case, TLP, fingerprint};
pub use change::{About, Change, Conflict};
pub use draft::{Draft, Prompt};
pub use log::LogLine;
#[cfg(not(unix))]
pub(crate) use log::UNKNOWN;
pub use log_problem::LogProblem;
pub use order::worst_first;
pub use reasons::reasons;
pub use work::{Branch, Closing, Disposition, HitWork, Mark, Verdict};
