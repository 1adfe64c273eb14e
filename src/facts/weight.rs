//! How grave an action is, apart from what it was done to.

/// Gravity of an action, the gravest first: the column `weight` of `graph_verbs.csv`.
///
/// What has left the tenant cannot be taken back, what was changed works on after the tokens are dead, a search says
/// what was sought, what was read is known to whoever read it, and what was only listed is how one gets there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// Downloaded or exported.
    Took,
    /// Sent, shared, created, changed or deleted.
    Changed,
    /// Drafted, or ended: little comes of it by itself.
    Prepared,
    /// Searched.
    Searched,
    /// Read, item by item.
    Read,
    /// Listed or counted.
    Listed,
    /// Nothing above fits, or the address does not tell.
    Other,
    /// What every client does at start.
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

    /// The spelling in the table.
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

    /// The weight spelt so in the table.
    pub(super) fn spelt(word: &str) -> Self {
        Self::ALL.into_iter().find(|weight| weight.word() == word).expect("a test checks every weight in the table")
    }
}
