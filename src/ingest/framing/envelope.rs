//! The keys of envelopes around rows; those of the rows are in the layer `tables`.

/// The keys whose array holds the rows of a page or an envelope.
pub(crate) const ROW_ARRAYS: [&str; 6] = ["records", "value", "tables", "results", "data", HITS];
/// Elastic's own: an object of that name around an array of that name.
pub(crate) const HITS: &str = "hits";
