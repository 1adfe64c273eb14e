//! Integration tests, one binary.

mod bundle;
mod cli;
mod demo;
mod ingest;
mod layers;
mod oracle;
mod registry;
mod report;
mod screens;
