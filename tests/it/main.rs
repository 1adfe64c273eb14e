//! Integration tests, one binary.

mod demo;
mod ingest;
mod oracle;
mod screens;
