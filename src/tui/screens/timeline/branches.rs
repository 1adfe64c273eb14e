//! The branches that rows hang on. The one place that knows how they are drawn.

use crate::triage::lineage::TreeBranch;

/// The lines of branches, two columns each.
struct Branches {
    /// A row that others follow.
    fork: &'static str,
    /// The last row.
    end: &'static str,
    /// Past a row that others follow.
    on: &'static str,
    /// Past the last row.
    over: &'static str,
}

const BRANCHES: Branches = Branches { fork: "├ ", end: "└ ", on: "│ ", over: "  " };

/// The branches before a row.
pub(super) fn drawn(branch: TreeBranch) -> String {
    let mut branches = String::new();
    for depth in 1..=branch.depth {
        branches.push_str(match (depth == branch.depth, branch.goes_on(depth)) {
            (true, true) => BRANCHES.fork,
            (true, false) => BRANCHES.end,
            (false, true) => BRANCHES.on,
            (false, false) => BRANCHES.over,
        });
    }
    branches
}
