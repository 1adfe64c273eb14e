//! Gravity of an action, whatever its object.

/// Gravity of an action, the gravest first: the column `weight` of `graph_verbs.csv`.
///
/// Data that left the tenant cannot be taken back; changes outlive the tokens; a search shows what the intruder wanted;
/// read items are known to the reader; lists are only the way there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Downloaded or exported.
    Took,
    /// Sent, shared, created, changed or deleted.
    Changed,
    /// Drafted, or ended: little harm by itself.
    Prepared,
    /// Searched.
    Searched,
    /// Read, item by item.
    Read,
    /// Listed or counted.
    Listed,
    /// None of the above, or the address does not show it.
    Other,
    /// Calls that every client makes at start.
    Plumbing,
}

impl Weight {
    /// All of them, the gravest first.
    pub const ALL: [Self; 8] = [
        Self::Took,
        Self::Changed,
        Self::Prepared,
        Self::Searched,
        Self::Read,
        Self::Listed,
        Self::Other,
        Self::Plumbing,
    ];

    /// Its spelling in the table.
    pub fn word(self) -> &'static str {
        match self {
            Self::Took => "took",
            Self::Changed => "changed",
            Self::Prepared => "prepared",
            Self::Searched => "searched",
            Self::Read => "read",
            Self::Listed => "listed",
            Self::Other => "other",
            Self::Plumbing => "plumbing",
        }
    }

    /// The weight of a spelling in the table.
    pub(super) fn spelt(word: &str) -> Self {
        Self::ALL.into_iter().find(|weight| weight.word() == word).expect("a test checks every weight in the table")
    }
}
