//! Integration tests, one binary.

mod bundle;
mod cli;
mod ingest;
mod layers;
mod oracle;
mod report;
