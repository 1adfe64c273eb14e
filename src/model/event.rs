//! One normalised record: two clocks, an origin, and the numbers of its texts.

use super::{Field, FieldSet, Number, Origin, Time, number};
use std::ops::{BitOr, Deref, DerefMut, Index, IndexMut};

/// An interned text; [`Sym::NONE`] is a field the record does not have (or has as null).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(pub u32);

impl Sym {
    /// Missing or null. Its text is empty.
    pub const NONE: Self = Self(0);

    /// Returns whether the record has no such field.
    pub fn is_none(self) -> bool {
        self == Self::NONE
    }
}

/// Position of an event in the store: time order, so ids compare like times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u32);

/// The Log Analytics table an event belongs to, whatever shape it came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// `SigninLogs`: a person was at the prompt.
    SignIn,
    /// `AADNonInteractiveUserSignInLogs`: a client did it for them.
    NonInteractive,
    /// `MicrosoftGraphActivityLogs`.
    Graph,
    /// `AADGraphActivityLogs`.
    AadGraph,
    /// `UnifiedAuditLog`: what was done in mail, files, Teams and the directory.
    UnifiedAudit,
    /// `AuditLogs`: changes in the directory.
    Audit,
    /// `AzureActivity`: changes of Azure resources.
    Activity,
}

impl Table {
    /// Number of tables.
    pub const COUNT: usize = Self::ALL.len();

    /// All tables, in the order of their numbers. The layer `tables` has the data of each.
    pub const ALL: [Self; 7] = [
        Self::SignIn,
        Self::NonInteractive,
        Self::Graph,
        Self::AadGraph,
        Self::UnifiedAudit,
        Self::Audit,
        Self::Activity,
    ];
}

/// Returns whether a Graph call with this status succeeded. A download answers with a redirect.
pub fn call_succeeded(status: &str) -> bool {
    matches!(number(status), Number::Whole(200..=399))
}

/// The HTTP status of a Graph call; 0 where none can be read.
pub fn call_status(status: &str) -> u64 {
    match number(status) {
        Number::Whole(status) => status,
        _ => 0,
    }
}

/// The share of its record that a copy of an audit row keeps; the fullest copy represents the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// The record as its service wrote it.
    #[default]
    Whole,
    /// The record inside another product's row, which may have lost lists: `RawEventData`.
    Wrapped,
    /// Columns that somebody chose: `OfficeActivity`, the portal's CSV.
    Columns,
    /// Only what stood around the record.
    Envelope,
}

/// Properties of an event that the store derives once, so that no analytic compares text twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u32);

impl Flags {
    /// A row of an event that another row or a union represents (hunt semantics skip it).
    pub const DUPLICATE: Self = Self(1);
    /// Result is 0, "0", "0.0" or "Success" in any case.
    pub const SUCCESS: Self = Self(1 << 1);
    /// `AuthenticationProtocol` is device code.
    pub const DEVICE_PROTOCOL: Self = Self(1 << 2);
    /// `OriginalTransferMethod` is device code flow.
    pub const DEVICE_TRANSFER: Self = Self(1 << 3);
    /// `IncomingTokenType` is recorded (not blank).
    pub const INCOMING_KNOWN: Self = Self(1 << 4);
    /// `IncomingTokenType` says none.
    pub const INCOMING_NONE: Self = Self(1 << 5);
    /// `IncomingTokenType` is withheld: `unknownFutureValue`.
    pub const INCOMING_WITHHELD: Self = Self(1 << 6);

    /// `AuthenticationProtocol` is withheld.
    pub const PROTOCOL_WITHHELD: Self = Self(1 << 7);
    /// `OriginalTransferMethod` is withheld.
    pub const TRANSFER_WITHHELD: Self = Self(1 << 8);
    /// Made of several rows that fill each other's blanks (published semantics skip it).
    pub const UNION: Self = Self(1 << 9);
    /// The row does not name its table: its source's name does.
    pub const TABLE_BY_NAME: Self = Self(1 << 10);
    /// Neither the row nor its source names the table.
    pub const TABLE_GUESSED: Self = Self(1 << 11);
    /// `TokenId` is computed from the sign-in's id.
    pub const TOKEN_COMPUTED: Self = Self(1 << 12);
    /// `AutonomousSystemNumber` is by the user's table of networks, not by the record.
    pub const ASN_LOOKED_UP: Self = Self(1 << 13);
    /// Another row of the bundle is the same in every field and both times (published semantics skip it).
    pub const REPEATED: Self = Self(1 << 14);
    /// Its event time has no time of day or could not be read: the time it has is no instant.
    pub const UNTIMED: Self = Self(1 << 15);
    /// Neither of its times is an instant.
    pub const NO_INSTANT: Self = Self(1 << 16);
    /// `IsThroughGlobalSecureAccess` is true: the address is Microsoft's proxy's, not the caller's.
    pub const GLOBAL_SECURE_ACCESS: Self = Self(1 << 17);
    /// `ClientAuthMethod` of a Graph call is recorded and not 0: the client proved itself with a secret or a
    /// certificate, so that the token was not a public client's.
    pub const APP_AUTH: Self = Self(1 << 18);

    /// Flags that the reader of a record sets, from columns without a text of their own.
    pub const OF_COLUMNS: Self = Self(Self::GLOBAL_SECURE_ACCESS.0 | Self::APP_AUTH.0);
    /// `AuthenticationProtocol` is authentication transfer.
    pub const MOVED_PROTOCOL: Self = Self(1 << 20);
    /// `OriginalTransferMethod` is authentication transfer.
    pub const MOVED_TRANSFER: Self = Self(1 << 21);
    /// `IncomingTokenType` has a refresh token.
    pub const INCOMING_REFRESH: Self = Self(1 << 22);
    /// `IncomingTokenType` has a primary refresh token.
    pub const INCOMING_PRIMARY: Self = Self(1 << 23);

    /// The endpoint tells that a device code was typed: no protocol is recorded.
    pub const TYPED_BY_ENDPOINT: Self = Self(1 << 26);
    /// By its session, a device code gave it tokens: no transfer method is recorded.
    pub const GIVEN: Self = Self(1 << 27);

    /// Place of the two bits that say how much of its record a copy keeps.
    const KEPT_AT: u32 = 24;

    /// Sets how much of its record a copy of an audit row keeps.
    pub fn set_kept(&mut self, kept: Kept) {
        self.0 = self.0 & !(3 << Self::KEPT_AT) | (kept as u32) << Self::KEPT_AT;
    }

    /// The share of its record that a copy of an audit row keeps; the whole for rows of other tables.
    pub fn kept(self) -> Kept {
        match self.0 >> Self::KEPT_AT & 3 {
            0 => Kept::Whole,
            1 => Kept::Wrapped,
            2 => Kept::Columns,
            _ => Kept::Envelope,
        }
    }

    /// Returns whether every bit of `other` is set.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Returns whether a bit of `other` is set.
    pub fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Sets the bits of `other` when `on`.
    pub fn set(&mut self, other: Self, on: bool) {
        if on {
            self.0 |= other.0;
        }
    }
}

impl BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// An event without its texts, which the store keeps apart in rows as wide as their table.
#[derive(Clone, Copy, Debug)]
pub struct EventHead {
    /// When it happened: `CreatedDateTime`. [`Time::MISSING`] where the shape has none.
    pub created: Time,
    /// When it was ingested: `TimeGenerated`. [`Time::MISSING`] where the shape has none.
    pub ingested: Time,
    /// Place of the record in the bundle.
    pub origin: Origin,
    /// Filled in by the store.
    pub flags: Flags,
    /// The user under hunt semantics, filled in by the store: normalized user id, else the id of the normalized UPN,
    /// else that UPN; [`Sym::NONE`] for a row that belongs to nobody.
    pub user: Sym,
    /// Start of its texts among those of all events.
    pub row: u32,
    /// The table it belongs to.
    pub table: Table,
}

impl EventHead {
    /// Event time under hunt semantics: created, else ingested.
    pub fn time(&self) -> Time {
        if self.created.is_known() { self.created } else { self.ingested }
    }

    /// Event time under published semantics: ingested, else created.
    pub fn published_time(&self) -> Time {
        if self.ingested.is_known() { self.ingested } else { self.created }
    }

    /// Returns whether its event time is an instant: only then it takes part in a window of time.
    pub fn is_timed(&self) -> bool {
        !self.flags.has(Flags::UNTIMED)
    }

    /// Returns whether another row or a union represents this event.
    pub fn is_duplicate(&self) -> bool {
        self.flags.has(Flags::DUPLICATE)
    }

    /// Returns whether it is no row of the bundle but a union of several.
    pub fn is_union(&self) -> bool {
        self.flags.has(Flags::UNION)
    }

    /// Returns whether it succeeded, under hunt semantics.
    pub fn succeeded(&self) -> bool {
        self.flags.has(Flags::SUCCESS)
    }
}

/// An event under construction, with room for every field. Its table decides which of them are kept.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// All but its texts.
    pub head: EventHead,
    texts: [Sym; Field::COUNT],
}

impl NewEvent {
    /// An event with no text yet.
    pub fn new(table: Table, origin: Origin) -> Self {
        let head = EventHead {
            created: Time::MISSING,
            ingested: Time::MISSING,
            origin,
            flags: Flags::default(),
            user: Sym::NONE,
            row: 0,
            table,
        };
        Self { head, texts: [Sym::NONE; Field::COUNT] }
    }

    /// Its texts in the order of the fields.
    pub fn texts(&self) -> &[Sym; Field::COUNT] {
        &self.texts
    }

    /// The fields that have a text.
    pub fn fields(&self) -> FieldSet {
        let mut fields = FieldSet::default();
        for (field, text) in Field::ALL.into_iter().zip(self.texts) {
            if !text.is_none() {
                fields.insert(field);
            }
        }
        fields
    }
}

impl Deref for NewEvent {
    type Target = EventHead;

    fn deref(&self) -> &EventHead {
        &self.head
    }
}

impl DerefMut for NewEvent {
    fn deref_mut(&mut self) -> &mut EventHead {
        &mut self.head
    }
}

impl Index<Field> for NewEvent {
    type Output = Sym;

    fn index(&self, field: Field) -> &Sym {
        &self.texts[field as usize]
    }
}

impl IndexMut<Field> for NewEvent {
    fn index_mut(&mut self, field: Field) -> &mut Sym {
        &mut self.texts[field as usize]
    }
}
