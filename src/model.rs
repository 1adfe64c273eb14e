//! Plain data that all layers share: no I/O, no terminal, no clock.

mod authentication;
mod elsewhere;
mod event;
mod field;
mod flag;
mod number;
mod origin;
mod policies;
mod severity;
mod text;
pub(crate) mod threads;
mod time;
pub mod words;
pub(crate) mod work;

pub use authentication::{Proof, WrittenStep, auth_steps, authentication, mfa_proof};
pub use elsewhere::{Claim, Elsewhere};
pub use event::{EventHead, EventId, Flags, Kept, NewEvent, Sym, Table, call_status, call_succeeded};
pub use field::{Field, FieldSet};
pub use flag::flag;
pub use number::{Number, is_scientific, number};
pub use origin::{Origin, Problem, ProblemKind, ShapeFamily, ShortSearch, Source, SourceId, SourceShape};
pub use policies::{Policy, PolicyResult, WrittenPolicy, is_policies, policies, policies_text};
pub use severity::{Confidence, Severity};
pub use text::{SHOWN, inert, is_blank, is_inert, shown};
pub use time::{Span, Time};
