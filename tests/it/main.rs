//! Integration tests, one binary.

mod demo;
mod ingest;
mod oracle;
mod picture;
mod screens;
