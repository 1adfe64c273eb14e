//! Lists of ATT&CK techniques that several analytics may earn, sorted by id.

/// A token used as the user: resources reached, and actions of calls.
pub(crate) const TOKEN_USED: &[&str] = &[
    "T1021.007",
    "T1069.003",
    "T1078.004",
    "T1087.004",
    "T1098.005",
    "T1114.002",
    "T1213.002",
    "T1213.005",
    "T1526",
    "T1530",
    "T1550.001",
];

/// A token taken from the user's session, and used.
pub(crate) const TOKEN_STOLEN: &[&str] = &[
    "T1021.007",
    "T1069.003",
    "T1087.004",
    "T1098.005",
    "T1114.002",
    "T1213.002",
    "T1213.005",
    "T1526",
    "T1528",
    "T1530",
    "T1550.001",
];

/// A device code that gave an intruder tokens, and their use.
pub(crate) const DEVICE_CODE: &[&str] = &[
    "T1021.007",
    "T1069.003",
    "T1078.004",
    "T1087.004",
    "T1098.005",
    "T1114.002",
    "T1213.002",
    "T1213.005",
    "T1526",
    "T1528",
    "T1530",
    "T1550.001",
];
