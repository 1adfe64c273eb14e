//! Token-theft triage for Microsoft Entra ID, in a terminal.
//!
//! # Layers
//!
//! A module uses only what stands left of it; `tests/it/layers.rs` holds the same list and fails on an
//! import that points right, and on files that use each other in a circle.
//!
//! ```text
//! model → facts → tables → store → ingest → analytics → triage → report → demo → casefile → session → config → cli → tui → main
//! ```
//!
//! # From bytes to pixels
//!
//! ```text
//! paths ─ bundle ─► Source ─ framing ─► record bytes ─ fields ─► Event ─► Store ─ analytics ─► Hit ─ triage ─► Case ─ report ─► note
//!              └────────► Problem ◄──────┴───────────────┘
//! key ─ keymap ─► Action ─► App::update ─► state + Effect ─► worker ─► Message ─► App::update      App ─ draw ─► Frame
//! ```
//!
//! # Where things stand
//!
//! | To change | Look at | CONTRIBUTING.md tells how to add |
//! |---|---|---|
//! | what is detected | [`analytics`]: one file each in `analytics/catalog/`; shared parts are `burst`, `flow`, `session`, `graph_ties` | an analytic |
//! | what a triage step answers | `analytics/findings/`: a function from an [`analytics::StepContext`] to a [`analytics::Finding`] | a step |
//! | severity, confidence, techniques | [`analytics::assess`], whose docs are the rules | |
//! | a user's rows by what the steps ask | `analytics/history.rs`: hits of one user share it | |
//! | which hit is the worst, how far a hit is worked on | `triage/order.rs` | |
//! | what almost fires, what other thresholds change | `analytics/near.rs`, `analytics/what_if.rs`; `analytics/candidates.rs` is why neither reads the rows again | |
//! | what is known of clients, resources, agents, Graph calls and their weight, ATT&CK, lives of tokens | `assets/facts/*.csv`, read by [`facts`] | a fact |
//! | the way from paths to events | [`ingest`], whose docs draw it: `bytes/`, `record/`, `framing/`, `bundle/`, each using only those before it | |
//! | which exports are read | `ingest/framing/shape.rs` (shapes), `tables/` (every spelling of every field), `ingest/bundle/` (paths, folders, archives), `ingest/bytes/foreign.rs` (formats that are only named) | a shape |
//! | how times are written | `ingest/record/timestamps.rs`: the one table of forms; names of months and zones beside it | |
//! | what counts as blank, what a spreadsheet did | `store/normalize.rs`, `model/number.rs`, `ingest/record/builder/` | |
//! | which records inside other records are found, the message for a source in no shape | `ingest/record/unwrap.rs`, `ingest/framing/unknown.rs` | |
//! | which table a row belongs to | `ingest/record/table_clues.rs`; names in `ingest/table_names.rs` | |
//! | how rows are kept and compared | [`store`]: interned text, normalized forms, users, indexes; `store/duplicates.rs` one event of several rows, `store/token.rs` token ids that no row names | |
//! | what the analyst says | [`triage`]: pure; [`casefile`] puts it on disk | |
//! | when the case is put on disk, moved, opened, merged | `tui/saver.rs`: the thread that does it; `tui/keeping.rs` what the loop does with what comes back | |
//! | who may write a case | `casefile/lock.rs`, `casefile/process.rs`; `casefile/copies.rs` what others write meanwhile, `triage/merge.rs` how it comes together | |
//! | which rows are collapsed into one, what a row comes from | `triage/runs.rs`, `triage/lineage.rs` | |
//! | which rows the timeline shows, collapsed, by lineage, zoomed | `tui/rows/`: `selection.rs` which events, in which order; `row_layout.rs` which row shows what | |
//! | what an analyst can say, and how the log keeps it | `triage/work.rs` verdicts, dispositions, marks; `triage/change.rs` one change with its words; `triage/undo.rs` makes it and takes it back | |
//! | how a marked event is named and found again | `triage/marks.rs` | |
//! | what is typed and not entered | `casefile/draft.rs` keeps it, `tui/app/drafting.rs` offers it again | |
//! | the log of a case, and what it must give | `triage/log.rs` hashes its lines, `triage/replay.rs` holds it against the case, `triage/log_problem.rs` words what differs; `triage/phrases.rs` and `triage/numbered.rs` read what 0.1.0 wrote | |
//! | what the terminal sends, and what goes out to it | `tui/input/bytes.rs` keys, mouse and pastes; `tui/terminal/outlet.rs` writes without waiting | |
//! | what can be copied | `tui/copy.rs`: a row of `ENTRIES`; `tui/clipboard.rs` sends it | |
//! | what may be searched for in the timeline | `triage/search.rs` reads and matches it, `tui/find.rs` keeps what is found | |
//! | what the screen asks the worker, so that no key waits | `tui/job.rs` the jobs and their results, `tui/reader.rs` runs them; `tui/growth.rs` counts what a key looks at | |
//! | what lies over the panes, and what it comes off | `tui/overlay.rs` | |
//! | the note | [`report::note`] says what, one file a format writes it | an exporter |
//! | order of actions in the bottom line | the table in `report/note/gravity.rs` | |
//! | how a case is opened, its note written, the end summed up: in the workbench and `--plain` | [`session`] | |
//! | whether a note on disk is as it was written | `report/seal.rs`; [`casefile::note`] keeps what is not | |
//! | settings of the user's own | [`config`]: `config.toml`, what is wrong with it; `tui/keymap/user_keys.rs` their keys | |
//! | what a terminal may be sent | `model/text.rs`; the last gates are `cli/gate.rs` and `tui/screen_diff.rs` | |
//! | keys | `assets/keymap.toml`, `tui/action.rs`, one arm in `tui/app.rs` | a key |
//!
//! # What leaves the crate
//!
//! [`main`] alone. Tests, benches, examples and the fuzzers reach every layer through `testing`, which only the feature
//! of that name builds: what is `pub` is for the other layers, and what no layer uses is an error of
//! `cargo clippy --locked -- -D warnings`.
//!
//! # Weak spots
//!
//! A packed tar is unpacked before it is read, and a record inside a packed source is found again by unpacking from
//! the start. A store is built on one thread but for normalizing and sorting. `ingest/record/timestamps.rs` is the
//! longest file of the reader.

#![cfg_attr(not(feature = "testing"), expect(unreachable_pub, reason = "it is for the other layers"))]

mod analytics;
mod casefile;
mod cli;
mod config;
mod demo;
mod facts;
mod ingest;
mod model;
mod report;
mod session;
mod store;
mod tables;
mod triage;
mod tui;

/// The program. Nothing else leaves the crate, so that the compiler names what nobody uses.
pub use cli::main;

#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod testing;
