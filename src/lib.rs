//! Token-theft triage for Microsoft Entra ID, in a terminal.
//!
//! # Layers
//!
//! A module uses only what stands left of it; `tests/it/layers.rs` holds the same list and fails on an
//! import that points right.
//!
//! ```text
//! model → facts → store → ingest → analytics → triage → report → demo → casefile → cli → tui → main
//! ```
//!
//! # From bytes to pixels
//!
//! ```text
//! paths ─ bundle ─► Source ─ framing ─► record bytes ─ fields ─► Event ─► Store ─ analytics ─► Hit ─ triage ─► Case ─ report ─► note
//!              └────────► Problem ◄──────┴───────────────┘
//! key ─ keymap ─► Action ─► App::update ─► state + Effect ─► worker ─► Message ─► App::update      App ─ draw ─► Frame
//! ```

pub mod analytics;
pub mod casefile;
pub mod cli;
pub mod demo;
pub mod facts;
pub mod ingest;
pub mod model;
pub mod report;
pub mod store;
pub mod triage;
pub mod tui;
