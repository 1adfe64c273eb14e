//! Innocent stories that look like a theft: offered as reasons for a verdict.

/// An innocent story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LookAlike {
    /// Office asks for many resources when it starts.
    OfficeStart,
    /// A developer signs in to a command line or an editor.
    Developer,
    /// An administrator works in portals and command lines.
    Administrator,
    /// A script or product of the company reads the directory or mailboxes.
    Inventory,
    /// A laptop or phone is set up or reset.
    NewDevice,
    /// A first working day.
    Onboarding,
    /// A room system or a shared device signs in by code.
    RoomDevice,
    /// The user is away from the usual places, or changed the provider.
    Travel,
    /// A VPN, proxy or cloud desktop: traffic leaves elsewhere than the user sits.
    SharedEgress,
    /// The helpdesk changes methods or devices for the user.
    Helpdesk,
}

impl LookAlike {
    /// The story as a reason.
    pub fn words(self) -> &'static str {
        match self {
            Self::OfficeStart => "Office starting up",
            Self::Developer => "a developer's sign-in to a tool",
            Self::Administrator => "an administrator at work",
            Self::Inventory => "a script or product of the company",
            Self::NewDevice => "a new or reset device",
            Self::Onboarding => "a first working day",
            Self::RoomDevice => "a room system or shared device",
            Self::Travel => "the user travels or changed the provider",
            Self::SharedEgress => "a VPN, proxy or cloud desktop",
            Self::Helpdesk => "the helpdesk's work for the user",
        }
    }
}
