//! A bundle's case from its first line to its last: both the workbench and `--plain` open it, write its note and sum it
//! up by these.

mod exit_summary;
mod note;
mod open;
mod revoked;
mod typed;

pub use exit_summary::ExitSummary;
pub use note::{Asked, Composed, report};
pub use open::{Opening, Unkept};
pub use revoked::with_revocations;
pub use typed::unentered;
