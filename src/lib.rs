//! Token-theft triage for Microsoft Entra ID, in a terminal.
//!
//! # Layers
//!
//! A module uses only what stands left of it; `tests/it/layers.rs` holds the same list and fails on an
//! import that points right, and on files that use each other in a circle.
//!
//! ```text
//! model → facts → tables → store → ingest → analytics → triage → report → query → demo → casefile → session → config → cli → tui → main
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
//! # Map
//!
//! | To change | Look at | CONTRIBUTING.md explains how to add |
//! |---|---|---|
//! | detections | [`analytics`]: one file each in `analytics/catalog/`; shared parts are `burst`, `flow`, `session`, `graph_ties` | an analytic |
//! | reading of rows under each semantics: which count, their time, user and texts | `analytics/reading.rs`, one table of choices each; `analytics/admitted.rs` the rows that a run admits, read on all cores | |
//! | findings of triage steps | `analytics/findings/`: functions from an [`analytics::StepContext`] to a [`analytics::Finding`] | a step |
//! | severity, techniques | [`analytics::assess`], whose docs are the rules | |
//! | confidence: facts that tell theft from work, with their weights | `analytics/weights.rs`, the table; `analytics/weigh.rs` finds which hold | a fact that weighs |
//! | facts of an incident against its innocent story, how common each is | `analytics/points.rs`; `report/card/weighed.rs` the page | |
//! | values of a row that are new to its user | `analytics/news.rs` | |
//! | Conditional Access policies in short | `model/policies.rs` the text, `ingest/record/policies.rs` reads lists; `report/card/controls.rs` what would have stopped it | |
//! | networks, software and devices of rows, and which are known to a user | `analytics/places.rs`, `analytics/known.rs`, `analytics/software.rs`, `analytics/habits.rs` | |
//! | ties of acts to sign-ins, acts of a hit, what outlives a revocation | `analytics/ties.rs`, `analytics/acts.rs`, `analytics/footholds.rs` | |
//! | incidents, routines, links between users | `analytics/incidents.rs`; hits that the analyst took out are `alone` of a case | |
//! | pseudonyms in all that is written of a report | `report/redact.rs` | |
//! | visibility of an incident: hours of each table, rows of tables that no check reads | `report/visibility.rs`; `ingest/unread.rs` reads their sources again | |
//! | text of an incident's card | `report/card.rs`; `report/incidents.rs` the same as a row | |
//! | revocations, and access after them | `analytics/revocations.rs`, `analytics/aftermath.rs` | |
//! | tokens by where they are used, ends of devices | `analytics/token_uses.rs`, `analytics/device_ends.rs` | |
//! | readers of audit records | `tables/json.rs` a record as data, `tables/json/around.rs` one that stands in a cell or a string, `tables/members.rs` its members, `tables/name_index.rs` how they are found; `tables/unified_audit.rs`, `tables/audit.rs`, `tables/activity.rs` | a table |
//! | parties and machines of a session | `analytics/parties.rs`, `analytics/machines.rs` | |
//! | rows in groups by key, values counted by key, on all cores | `analytics/grouped.rs`, `analytics/numbers.rs` | |
//! | a user's rows, indexed for the steps | `analytics/history.rs`: hits of one user share it | |
//! | order of hits, progress of triage | `triage/order.rs` | |
//! | networks known to every user, relay ranges | `analytics/known_networks.rs` | |
//! | near misses, effect of other thresholds | `analytics/near.rs`, `analytics/what_if.rs`; thanks to `analytics/candidates.rs` neither reads the rows again | |
//! | facts on clients, resources, agents, tools, roles, Graph calls and their gravity, operations of audit logs, sweeps, ATT&CK, lifetimes of tokens | `assets/facts/*.csv`, read by [`facts`] | a fact |
//! | the way from paths to events | [`ingest`], whose docs draw it: `bytes/`, `record/`, `framing/`, `bundle/`, each using only those before it | |
//! | readable exports | `ingest/framing/shape.rs` (shapes), `tables/` (every spelling of every field), `ingest/bundle/` (paths, folders, archives), `ingest/bytes/foreign.rs` (formats that are only named) | a shape |
//! | forms of times | `ingest/record/timestamps.rs`: the one table of forms; names of months and zones beside it | |
//! | blank values, damage by spreadsheets | `store/normalize.rs`, `model/number.rs`, `ingest/record/builder/` | |
//! | records inside other records, the message for a source in no shape | `ingest/record/unwrap.rs`, `ingest/framing/unknown.rs` | |
//! | the table of a row | `ingest/record/table_clues.rs`; names in `ingest/table_names.rs` | |
//! | hashes of files and members | `ingest/hashes.rs`: while they are read, or later; `tui/app/hashing.rs`: what the screen holds back until then | |
//! | work on all cores, with results that do not depend on their number | `model/threads.rs` | |
//! | storage and comparison of rows | [`store`]: users, indexes; `store/intern.rs` each text once, GUIDs in 16 bytes; `store/forms.rs` normalized forms, `store/blocks.rs` texts of rows in few bytes, `store/duplicates.rs` duplicates, `store/token.rs` computed token ids, `store/roles.rs` sign-ins, calls and acts | |
//! | the analyst's work | [`triage`]: pure; [`casefile`] saves it | |
//! | saving, moving, opening and merging of the case | `tui/saver.rs`: the thread; `tui/keeping.rs`: its results in the loop | |
//! | a case on evidence that has changed | `triage/basis.rs` the evidence as a case lists it, `triage/bundle.rs` a bundle as cases see it, `triage/carry.rs` its change in a sentence; `casefile/find.rs` the case of a bundle |
//! | the right to write a case | `casefile/lock.rs`, `casefile/process.rs`; `casefile/copies.rs` copies written by others meanwhile, `triage/merge.rs` their merge | |
//! | words for acts of audit tables | `triage/acts.rs`, by the table of [`facts::Facts::action`] | a row of `actions.csv` |
//! | runs of like rows, lineage of rows | `triage/runs.rs`, `triage/lineage.rs` | |
//! | rows of the timeline: collapsed, by lineage, zoomed | `tui/rows/`: `selection.rs` the events and their order; `row_layout.rs` the events of each row | |
//! | the analyst's entries, and their changes in the log | `triage/work.rs` verdicts, dispositions, marks; `triage/change.rs` one change with its words; `triage/undo.rs` makes and undoes it | |
//! | stable keys of marked events | `triage/marks.rs` | |
//! | lines typed and not entered | `casefile/draft.rs` saves them, `tui/app/drafting.rs` offers them again | |
//! | the log of a case | `triage/log.rs` hashes its lines, `triage/replay.rs` checks it against the case, `triage/log_problem.rs` words the differences; `triage/phrases.rs` and `triage/numbered.rs` read cases of 0.1.0 | |
//! | input from the terminal, output to it | `tui/input/bytes.rs` keys, mouse and pastes; `tui/terminal/outlet.rs` writes without waiting | |
//! | entries of the copy menu | `tui/copy.rs`: a row of `ENTRIES`; `tui/clipboard.rs` sends it | |
//! | steps of an incident as one walk | `triage/walk.rs` | |
//! | five plain questions on an incident, and their facts | `report/guided.rs` | |
//! | a verdict: its reasons | `analytics/look_alike.rs` the stories, `triage/reasons.rs` those offered; `report/verdict.rs` grounds and contradiction | |
//! | filters on rows and on incidents | `triage/filter.rs`, `triage/listing.rs` the conditions; `tui/rows/sieve.rs` the stack and its rows | |
//! | an incident beside its user's usual days | `triage/compare.rs` | |
//! | search in the timeline | `triage/search.rs` parses and matches, `tui/find.rs` keeps the matches | |
//! | jobs for the worker, so that no key waits | `tui/job.rs` the jobs and their results, `tui/reader.rs` runs them; `tui/growth.rs` counts the rows that a key reads | |
//! | overlays over the panes | `tui/overlay.rs` | |
//! | the note | [`report::note`] its content, one file per format; `report/picture.rs` the maps beside it | an exporter |
//! | incidents of the note: which are on its first page, in full or a row | `report/note/selection.rs`; `report/note/verdict.rs` what speaks against a verdict | |
//! | order of actions in the bottom line | the table in `report/gravity.rs` | |
//! | opening a case, writing its note, the exit summary: in the workbench and `--plain` | [`session`] | |
//! | changes to a note on disk | `report/seal.rs` finds them; [`casefile::note`] keeps them | |
//! | the user's settings | [`config`]: `config.toml` and its faults; `tui/keymap/user_keys.rs` keys | |
//! | queries for other engines | [`query`]: texts in `assets/query/`; `query/language.rs` writes every value, `query/collect.rs` the script that fetches rows | a query |
//! | queries that a step or an incident offers | `query/offers.rs`, the table; `tui/queries.rs`, `cli/plain/querying.rs` | |
//! | results of these queries, opened here | `tables/hit_table.rs` the rows, `analytics/elsewhere.rs` joins them with hits; `report/info/elsewhere.rs` candidates | |
//! | text that is safe for a terminal | `model/text.rs`; the last gates are `cli/gate.rs` and `tui/screen_diff.rs` | |
//! | what there is to do about an incident, its ticks, the clock of its tokens | `report/containment.rs` the tasks, `report/checklist.rs` those of an incident; ticks are `contained` of a case | |
//! | glyphs: one meaning, one ASCII stand-in, one line of the legend each | `tui/glyphs.rs`, the table | |
//! | names of clients and resources, of users who share one | `analytics/names.rs`, `Facts::resource_name`; `Store::who` | |
//! | the list of actions: groups, and why one cannot run now | `tui/palette.rs`, `Action::subject`; `tui/app/obstacles.rs` | |
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
mod query;
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
