//! Integration tests, one binary.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops where it stands")]

mod acts;
mod bundle;
mod case;
mod cli;
mod demo;
mod elsewhere;
mod hostile;
mod ingest;
mod layers;
mod oracle;
mod picture;
mod registry;
mod report;
mod same;
mod screens;
mod stories;
mod traced;
mod tty;
mod writers;
