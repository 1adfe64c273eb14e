//! Classes of actions after token theft.

/// The class of an action. The operation alone decides it; who acted tells a defender from a thief.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActClass {
    /// Copied data out.
    Take,
    /// Can come back.
    Keep,
    /// Has more power.
    Rise,
    /// Moved to cloud resources.
    Turn,
    /// Broke or opened something.
    Harm,
    /// Covered tracks.
    Hide,
    /// Spoke as the victim.
    Send,
    /// Saw data.
    Read,
    /// Looked around.
    Find,
    /// A defender's act, or the owner's.
    Stop,
}

impl ActClass {
    /// All of them, the gravest first.
    pub const ALL: [Self; 10] = [
        Self::Take,
        Self::Keep,
        Self::Rise,
        Self::Turn,
        Self::Harm,
        Self::Hide,
        Self::Send,
        Self::Read,
        Self::Find,
        Self::Stop,
    ];

    /// Its spelling in the table and in exports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Keep => "keep",
            Self::Rise => "rise",
            Self::Turn => "turn",
            Self::Harm => "harm",
            Self::Hide => "hide",
            Self::Send => "send",
            Self::Read => "read",
            Self::Find => "find",
            Self::Stop => "stop",
        }
    }

    /// The class of a spelling in the table.
    pub(super) fn spelt(word: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|class| class.word() == word);
        known.ok_or_else(|| format!("{word:?} is none of {}", Self::ALL.map(Self::word).join(", ")))
    }
}
