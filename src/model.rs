//! Plain data that all layers share: no I/O, no terminal, no clock.

mod event;
mod field;
mod origin;
mod severity;
mod text;
mod time;

pub use event::{Event, EventId, Flags, Sym, Table, call_succeeded};
pub use field::{Field, FieldSet};
pub use origin::{DAY_OR_MONTH, Origin, Problem, Source, SourceId, TIMES_CONTRADICT, ZONE_UNTOLD};
pub use severity::{Confidence, Severity};
pub use text::{SHOWN, inert, is_inert, shown};
pub use time::{Span, Time};
