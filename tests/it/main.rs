//! Integration tests, one binary.

mod ingest;
mod oracle;
mod screens;
