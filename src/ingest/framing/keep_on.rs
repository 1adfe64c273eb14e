//! The question whether to go on reading.

use crate::store::Part;

/// Asked after records were read, with the events so far and the number of rows read of the source; reading ends when
/// it returns false.
pub(crate) type KeepOn<'k> = dyn FnMut(&Part, u64) -> bool + 'k;
