//! The options and caps of reading.

use super::password::Password;
use crate::facts::Networks;
use crate::model::Span;
use std::sync::Arc;

/// Time at which the files of a bundle are hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hashing {
    /// Never.
    Never,
    /// While they are read.
    #[default]
    WhileReading,
    /// At the call of [`Loaded::hash`](super::Loaded::hash). What is packed is hashed as it is unpacked all the same.
    Later,
}

/// Options for reading a bundle.
#[derive(Clone)]
pub struct Options {
    /// Reading threads; `None` for as many as there are cores.
    pub threads: Option<usize>,
    /// Most decoded bytes of one source.
    pub max_bytes: u64,
    /// Most bytes of one record.
    pub max_record: usize,
    /// Most times its packed size that a source or an archive may unpack to, past the first 64 MiB.
    pub max_ratio: u64,
    /// Most members of one archive, those of archives in it included.
    pub max_members: usize,
    /// Most archives around a source: 2 for one archive in another.
    pub max_depth: usize,
    /// UTC offset for times that the export only calls "local".
    pub local_zone: Option<Span>,
    /// The user's table of networks: it wins over the records' own numbers.
    pub networks: Option<Arc<Networks>>,
    /// The time at which the files are hashed: a second a GiB of one thread, which the case and the note need and `scan`
    /// does not.
    pub hash: Hashing,
    /// Opens encrypted archives.
    pub password: Option<Password>,
    /// Bytes read in place of the given path, as if a file of that name had them: a bundle built into the program.
    pub built_in: Option<&'static [u8]>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            threads: None,
            max_bytes: 64 << 30,
            max_record: 64 << 20,
            max_ratio: 250,
            max_members: 100_000,
            max_depth: 2,
            local_zone: None,
            networks: None,
            hash: Hashing::default(),
            password: None,
            built_in: None,
        }
    }
}
