//! A bundle's case from its first line to its last: both the workbench and `--plain` open it, write its note and sum it
//! up by these.

mod note;
mod open;
mod outcome;
mod typed;

pub use note::{Composed, report};
pub use open::{Opening, Unkept};
pub use outcome::Outcome;
pub use typed::unentered;
