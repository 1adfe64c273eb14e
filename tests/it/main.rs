//! Integration tests, one binary.

mod bundle;
mod cli;
mod demo;
mod ingest;
mod layers;
mod oracle;
mod picture;
mod registry;
mod report;
mod screens;
mod tty;
