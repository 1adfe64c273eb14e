//! The one list of analytics. Adding one is a file here and two lines below.

use super::Analytic;

/// Every analytic, in the order of lists and screens.
pub const ANALYTICS: &[Analytic] = &[];
