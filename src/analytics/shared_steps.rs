//! Steps that several analytics ask: the same question under the same id, written once.

use super::findings::{
    begun_by, client_history, graph_verbs, last_act, networks_seen, others_there, parties, planted, resources,
    software_seen, whose_party,
};
use super::{Show, Step};
use crate::model::Field;

/// Token, protocol or code that the party began with.
pub(crate) const BEGUN_BY: Step = Step {
    id: "begun-by",
    title: "how did it begin?",
    question: "With which token, protocol or code did the party begin?",
    look_for: "No incoming token: a login, a code or a cookie.",
    show: Show::Mark,
    answer: begun_by,
};

/// Earlier use of the client by the user.
pub(crate) const CLIENT_USED_BEFORE: Step = Step {
    id: "client-used-before",
    title: "client used before",
    question: "Has the user used this client in the days before?",
    look_for: "Earlier rows of the same client: how many, on how many days.",
    show: Show::Only,
    answer: client_history,
};

/// Actions of the Graph calls.
pub(crate) const GRAPH_ACTIONS: Step = Step {
    id: "graph-actions",
    title: "what was done with them?",
    question: "What was read, searched or changed with the tokens, by Graph calls and audit logs?",
    look_for: "Mail searches, file listings, chat reads within the same minutes.",
    show: Show::Only,
    answer: graph_verbs,
};

/// Rows from the hit's addresses after it.
pub(crate) const LAST_ACT: Step = Step {
    id: "last-act",
    title: "is it over?",
    question: "When was the party last active, and was it refused since?",
    look_for: "Refusals after the last success.",
    show: Show::Mark,
    answer: last_act,
};

/// Days on which each network was seen with the user.
pub(crate) const NETWORKS_SEEN: Step = Step {
    id: "networks-seen",
    title: "whose networks?",
    question: "On which days before was each network seen with this user?",
    look_for: "A network seen on two days before is known; the other is not.",
    show: Show::Mark,
    answer: networks_seen,
};

/// Other users in the same networks.
pub(crate) const OTHERS_THERE: Step = Step {
    id: "others-there",
    title: "other users there?",
    question: "Did other users sign in from the same networks?",
    look_for: "Several users to whom the network is new: one box, many victims.",
    show: Show::Mark,
    answer: others_there,
};

/// Parties of the session.
pub(crate) const PARTIES: Step = Step {
    id: "parties",
    title: "how many parties?",
    question: "How many parties used the session, and by what are they told apart?",
    look_for: "Networks and software that never mix.",
    show: Show::GroupBy(Field::IpAddress),
    answer: parties,
};

/// Devices, methods, consents and rules that outlive the tokens.
pub(crate) const PLANTED: Step = Step {
    id: "planted",
    title: "anything planted?",
    question: "Was a device, a sign-in method, a consent or a rule added afterwards?",
    look_for: "What outlives the tokens.",
    show: Show::Mark,
    answer: planted,
};

/// Resources that the party got tokens for.
pub(crate) const RESOURCES_OF_PARTY: Step = Step {
    id: "resources-of-party",
    title: "resources reached",
    question: "Which resources did the party get tokens for?",
    look_for: "Mail, files, Azure management, directory.",
    show: Show::Only,
    answer: resources,
};

/// Software that was used with the client before.
pub(crate) const SOFTWARE_SEEN: Step = Step {
    id: "software-seen",
    title: "whose software?",
    question: "Since when is this software seen with this user?",
    look_for: "An agent or system that the user never had.",
    show: Show::Mark,
    answer: software_seen,
};

/// Session and party that the rows belong to.
pub(crate) const WHOSE_PARTY: Step = Step {
    id: "whose-party",
    title: "whose tokens?",
    question: "Which sessions and tokens are these, and which party has them?",
    look_for: "An odd party, or a token that no sign-in of the bundle issued.",
    show: Show::Mark,
    answer: whose_party,
};
