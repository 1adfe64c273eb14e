//! Every layer as tests, benches, examples and the fuzzers see it: `tokentrail::testing::model::Time`.
//!
//! A new public name of a layer is here by itself; only a new layer needs a line.

/// See the layer of this name.
pub mod model {
    pub use crate::model::*;
}
/// See the layer of this name.
pub mod facts {
    pub use crate::facts::*;
}
/// See the layer of this name.
pub mod tables {
    pub use crate::tables::*;
}
/// See the layer of this name.
pub mod store {
    pub use crate::store::*;
}
/// See the layer of this name.
pub mod ingest {
    pub use crate::ingest::*;
}
/// See the layer of this name.
pub mod analytics {
    pub use crate::analytics::*;
}
/// See the layer of this name.
pub mod triage {
    pub use crate::triage::*;
}
/// See the layer of this name.
pub mod report {
    pub use crate::report::*;
}
/// See the layer of this name.
pub mod query {
    pub use crate::query::*;
}
/// See the layer of this name.
pub mod demo {
    pub use crate::demo::*;
}
/// See the layer of this name.
pub mod casefile {
    pub use crate::casefile::*;
}
/// See the layer of this name.
pub mod session {
    pub use crate::session::*;
}
/// See the layer of this name.
pub mod config {
    pub use crate::config::*;
}
/// See the layer of this name.
pub mod cli {
    pub use crate::cli::*;
}
/// See the layer of this name.
pub mod tui {
    pub use crate::tui::*;
}
