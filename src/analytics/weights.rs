//! Facts that tell a theft from everyday work, with their weights, and the confidence that follows from them.
//!
//! A fact counts only where it tells the two apart. That a code was redeemed within five minutes, that the client is of
//! the family, that calls were made or that a token is unbound holds for harmless sign-ins as well, and weighs nothing.
//! Neither does a fact for theft that holds in every other comparable sign-in of the bundle: [`super::points`].
//!
//! Confidence is high from [`HIGH`] more for theft than for work on, medium from [`MEDIUM`] on, else low. It is never
//! high while the days before cannot tell whether the network is the user's; a part of a network that is new, where no
//! AS number is known, does not count towards high.

use crate::model::{Confidence, EventId};

/// Weight for theft over that for work from which confidence is high.
pub const HIGH: i32 = 3;
/// Weight for theft over that for work from which confidence is medium.
pub const MEDIUM: i32 = 1;

/// The rule of confidence in a sentence.
pub const RULE: &str = "high from 3 more for theft than for everyday work, medium from 1, else low; never high while the \
                        days before cannot tell whose network it is; a new part of a network without an AS number \
                        does not count towards high; what fits both, or is common here, weighs nothing";

/// A fact that weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The network is new to the user.
    NewNetwork,
    /// As [`Self::NewNetwork`], where only the prefix of the address tells networks apart.
    NewPrefix,
    /// The days before do not tell whose network it is.
    OpenNetwork,
    /// As [`Self::OpenNetwork`], of a call from a part of a network that nobody signed in from.
    UnseenRange,
    /// Another part of a known network.
    NearNetwork,
    /// The user's own network and part of it.
    OwnNetwork,
    /// As [`Self::OwnNetwork`], but another machine, or a binding lost: an intruder may sit behind the user's own exit.
    OwnExit,
    /// The user lists the network as known.
    GivenNetwork,
    /// Undecided by the days before, but the user's on five days of the bundle.
    UsualInBundle,
    /// Two other users signed in from the address on two days before.
    SharedAddress,
    /// The address lies in a town that the user signed in from on two days before.
    KnownTown,
    /// A device of the user's was at the address within half a day, in a session that is also seen at home.
    OwnDeviceThere,
    /// The user redeemed other codes of the client there, on another day too.
    OtherCodes,
    /// As [`Self::OtherCodes`], but one, an hour or more from the hit's own: who holds a token needs no second code.
    AnotherCode,
    /// The server of an application that no table knows as Microsoft's: its logins are at the user's own networks, and its
    /// tokens are used elsewhere alone.
    Service,
    /// As [`Self::Service`], of an application that two others use.
    SharedService,
    /// A consent to an application of that name holds for everybody.
    AdminConsent,
    /// One other user has worked at the address with the client on five days before.
    Colleague,
    /// A kit of attackers names itself.
    Kit,
    /// An HTTP library where it was not seen with this client.
    Library,
    /// Software that nobody here used with this client before.
    NewSoftware,
    /// Software that the user, or two others, used with this client before.
    SeenSoftware,
    /// A registered device that the user did not have before.
    NewDevice,
    /// A device of the user's, with its own software.
    OwnDevice,
    /// Another device than the other rows of the session name.
    OtherDevice,
    /// The token is unbound where the user's tokens of this client are bound.
    BindingLost,
    /// As [`Self::BindingLost`], but those of two others with this client and system at the address are unbound too.
    UnboundThere,
    /// Another party of the session was active at the same time.
    TwoAtOnce,
    /// Five tokens or more were used so: a route that all of them take, not one that was given away.
    ManyTokens,
    /// Conditional Access refused other sign-ins from there.
    Refused,
    /// The network is one that other users of this bundle were new to as well.
    NewToMany,
}

/// Each fact in words, with its weight for theft and for everyday work.
pub const TABLE: &[(Fact, &str, i32, i32)] = &[
    (Fact::NewNetwork, "the network is new to the user", 3, 0),
    (Fact::NewPrefix, "the part of the network is new to the user; no AS number is known", 2, 0),
    (Fact::OpenNetwork, "the days before do not tell whether the network is the user's", 0, 0),
    (Fact::UnseenRange, "nobody is known to sign in from this part of the network", 2, 0),
    (Fact::NearNetwork, "the network is known to the user, this part of it is not", 1, 0),
    (Fact::OwnNetwork, "the user signed in from this network on two days before", 0, 3),
    (Fact::OwnExit, "the user's own network, but not the user's machine", 0, 0),
    (Fact::GivenNetwork, "the list of known networks has it", 0, 4),
    (Fact::UsualInBundle, "the user signed in from this network on five days of the bundle", 0, 2),
    (Fact::SharedAddress, "two other users signed in from the address on two days before", 0, 6),
    (Fact::KnownTown, "the address lies in a town where the user signed in on two days before", 0, 2),
    (Fact::OwnDeviceThere, "the user's own device was at the address the same day, in a session seen at home", 0, 4),
    (Fact::OtherCodes, "the user redeemed other codes of the client there, on another day too", 0, 6),
    (Fact::AnotherCode, "the user redeemed another code in the same part of the network, an hour or more apart", 0, 2),
    (
        Fact::Service,
        "the server of an application that no table here knows as Microsoft's: consent gives it access",
        0,
        3,
    ),
    (Fact::SharedService, "the server of an application that two others use, none of Microsoft's known ones", 0, 3),
    (Fact::AdminConsent, "a consent for everybody to an application of this name is in the log", 0, 2),
    (Fact::Colleague, "another user worked at the address with this client on five days before", 0, 2),
    (Fact::Kit, "the user agent is that of an attacker's tool", 4, 0),
    (Fact::Library, "a bare HTTP library, which was not seen with this client here", 2, 0),
    (Fact::NewSoftware, "nobody here used this software with this client before", 1, 0),
    (Fact::SeenSoftware, "this software was used with this client here before", 0, 1),
    (Fact::NewDevice, "a registered device that the user did not have before", 1, 0),
    (Fact::OwnDevice, "a device that the user had before, with its own software", 0, 1),
    (Fact::OtherDevice, "another machine or program than the session's other sign-ins", 2, 0),
    (Fact::BindingLost, "the token is unbound, where the user's tokens of this client are bound", 3, 0),
    (Fact::UnboundThere, "the token is unbound, as those of two others with this client at the address are", 0, 0),
    (Fact::TwoAtOnce, "another party of the session was active at the same time", 2, 0),
    (Fact::ManyTokens, "five tokens or more went between the two networks", 0, 2),
    (Fact::Refused, "Conditional Access refused sign-ins from the same address within a day", 1, 0),
    (Fact::NewToMany, "other users, to whom it is new as well, came from this network", 1, 0),
];

impl Fact {
    fn row(self) -> &'static (Fact, &'static str, i32, i32) {
        TABLE.iter().find(|row| row.0 == self).expect("a test looks every fact up")
    }

    /// Returns whether it says that the network is not known to be the user's.
    pub fn is_foreign(self) -> bool {
        matches!(self, Self::NewNetwork | Self::NewPrefix | Self::OpenNetwork | Self::NearNetwork)
    }

    /// Its words.
    pub fn words(self) -> &'static str {
        self.row().1
    }

    /// Its weight for theft.
    pub fn for_theft(self) -> i32 {
        self.row().2
    }

    /// Its weight for everyday work.
    pub fn for_work(self) -> i32 {
        self.row().3
    }
}

/// The facts of a hit that weigh.
#[derive(Clone, Debug, Default)]
pub struct Weights {
    /// The facts, in the order of the table.
    pub facts: Vec<Fact>,
    /// Those of them for theft that are common here: they weigh nothing.
    pub common: Vec<Fact>,
    /// The rows of the group that decides, in time order.
    pub rows: Vec<EventId>,
    /// Whether a code or a transfer gave their tokens: what was typed in one place is used in another.
    pub is_given: bool,
}

impl Weights {
    /// Weight for theft.
    pub fn for_theft(&self) -> i32 {
        self.facts.iter().map(|fact| self.theft_of(*fact)).sum()
    }

    /// Weight of one of its facts for theft: none where it is common here.
    pub fn theft_of(&self, fact: Fact) -> i32 {
        if self.common.contains(&fact) { 0 } else { fact.for_theft() }
    }

    /// Weight for everyday work.
    pub fn for_work(&self) -> i32 {
        self.facts.iter().map(|fact| fact.for_work()).sum()
    }

    /// Weight for theft over that for everyday work.
    pub fn over(&self) -> i32 {
        self.for_theft() - self.for_work()
    }

    /// Returns whether a fact holds.
    pub fn has(&self, fact: Fact) -> bool {
        self.facts.contains(&fact)
    }

    /// Returns whether everyday work explains the hit as well as theft, as its place or its device is the user's. Where no AS
    /// number is known, town and software explain it too if they weigh more, but not for tokens that a code gave.
    pub fn is_explained(&self) -> bool {
        let explains = [
            Fact::OwnNetwork,
            Fact::GivenNetwork,
            Fact::UsualInBundle,
            Fact::SharedAddress,
            Fact::OwnDeviceThere,
            Fact::OtherCodes,
            // Of one that nobody else uses, consent may have been got by fraud.
            Fact::SharedService,
            Fact::OwnDevice,
        ];
        // A new lease, or a phone in the same town: half an answer is outweighed by the town and the software.
        let is_new_lease = || [Fact::NewPrefix, Fact::KnownTown, Fact::SeenSoftware].iter().all(|fact| self.has(*fact));
        let at_place = explains.into_iter().any(|fact| self.has(fact));
        (self.over() <= 0 && at_place) || (self.over() < 0 && !self.is_given && is_new_lease())
    }

    /// The fact that makes theft doubtful, so that the others do not suffice for high: another code of the user's, an
    /// application's server, or a colleague there.
    pub fn doubt(&self) -> Option<Fact> {
        let doubts = [Fact::AnotherCode, Fact::Service, Fact::SharedService, Fact::Colleague];
        doubts.into_iter().find(|fact| self.has(*fact)).filter(|_| self.over() < HIGH)
    }

    /// Confidence by the rule.
    pub fn confidence(&self) -> Confidence {
        let answered = [Fact::OwnExit, Fact::NewNetwork, Fact::NearNetwork, Fact::OwnNetwork, Fact::GivenNetwork];
        let is_answered = answered.into_iter().any(|fact| self.has(fact));
        // That a part of a network is new is half an answer: the rest has to do without it.
        let without = self.over() - self.theft_of(Fact::NewPrefix);
        match self.over() {
            HIGH.. if is_answered || (self.has(Fact::NewPrefix) && without >= HIGH) => Confidence::High,
            MEDIUM.. => Confidence::Medium,
            _ => Confidence::Low,
        }
    }

    /// The facts with their weights, as a sentence.
    pub fn sentence(&self) -> String {
        let weighed = |fact: &Fact| match (self.theft_of(*fact), fact.for_work()) {
            _ if self.common.contains(fact) => format!("{} (0: common here)", fact.words()),
            (0, 0) => format!("{} (0)", fact.words()),
            (0, work) => format!("{} (-{work})", fact.words()),
            (theft, _) => format!("{} (+{theft})", fact.words()),
        };
        let facts: Vec<String> = self.facts.iter().map(weighed).collect();
        let facts = if facts.is_empty() { "no fact tells theft from work".to_owned() } else { facts.join("; ") };
        format!("{facts}: {} for theft, {} for work", self.for_theft(), self.for_work())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Fact; 30] = [
        Fact::NewNetwork,
        Fact::NewPrefix,
        Fact::OpenNetwork,
        Fact::UnseenRange,
        Fact::NearNetwork,
        Fact::OwnNetwork,
        Fact::OwnExit,
        Fact::GivenNetwork,
        Fact::UsualInBundle,
        Fact::SharedAddress,
        Fact::KnownTown,
        Fact::OwnDeviceThere,
        Fact::OtherCodes,
        Fact::AnotherCode,
        Fact::Service,
        Fact::SharedService,
        Fact::AdminConsent,
        Fact::Colleague,
        Fact::Kit,
        Fact::Library,
        Fact::NewSoftware,
        Fact::SeenSoftware,
        Fact::NewDevice,
        Fact::OwnDevice,
        Fact::OtherDevice,
        Fact::BindingLost,
        Fact::UnboundThere,
        Fact::TwoAtOnce,
        Fact::ManyTokens,
        Fact::Refused,
    ];

    #[test]
    fn town_and_software_explain_a_new_prefix_but_of_tokens_that_a_code_gave() {
        let lease = [Fact::NewPrefix, Fact::KnownTown, Fact::SeenSoftware];
        assert!(with(&lease).is_explained());
        assert!(!Weights { is_given: true, ..with(&lease) }.is_explained());
        assert!(!with(&lease[..2]).is_explained(), "another software");
        assert!(!with(&[lease[0], lease[2]]).is_explained(), "another town");
        assert!(!with(&[Fact::NewNetwork, lease[1], lease[2]]).is_explained(), "a network by its number");
        assert!(!with(&[&lease[..], &[Fact::Refused]].concat()).is_explained(), "even");
    }

    fn with(facts: &[Fact]) -> Weights {
        Weights { facts: facts.to_vec(), ..Weights::default() }
    }

    #[test]
    fn every_fact_is_in_the_table_once_and_weighs_one_way() {
        for fact in ALL.into_iter().chain([Fact::NewToMany]) {
            assert_eq!(TABLE.iter().filter(|row| row.0 == fact).count(), 1, "{fact:?}");
            assert!(fact.for_theft() == 0 || fact.for_work() == 0, "{fact:?}");
            assert!(!fact.words().is_empty());
        }
        assert_eq!(TABLE.len(), ALL.len() + 1);
    }

    #[test]
    fn confidence_is_high_from_three_over_and_medium_from_one() {
        for (facts, rates) in [
            (&[Fact::NewNetwork][..], Confidence::High),
            (&[Fact::NewNetwork, Fact::SeenSoftware], Confidence::Medium),
            (&[Fact::NewPrefix], Confidence::Medium),
            (&[Fact::NewNetwork, Fact::NewSoftware, Fact::AnotherCode], Confidence::Medium),
            (&[Fact::NearNetwork, Fact::Library], Confidence::High),
            (&[Fact::NearNetwork], Confidence::Medium),
            (&[Fact::NearNetwork, Fact::SeenSoftware], Confidence::Low),
            (&[Fact::OwnNetwork], Confidence::Low),
            (&[], Confidence::Low),
        ] {
            assert_eq!(with(facts).confidence(), rates, "{facts:?}");
        }
    }

    #[test]
    fn it_is_never_high_while_the_question_of_the_network_is_open() {
        assert_eq!(with(&[Fact::OpenNetwork, Fact::Kit, Fact::OtherDevice]).confidence(), Confidence::Medium);
        assert_eq!(with(&[Fact::Kit, Fact::OtherDevice]).confidence(), Confidence::Medium, "no address at all");
        assert_eq!(with(&[Fact::NewPrefix, Fact::Library]).confidence(), Confidence::Medium);
        assert_eq!(with(&[Fact::NewPrefix, Fact::Kit]).confidence(), Confidence::High);
        assert_eq!(with(&[Fact::OwnExit, Fact::Kit]).confidence(), Confidence::High);
    }

    #[test]
    fn a_fact_for_theft_that_is_common_here_weighs_nothing() {
        let facts = [Fact::NewNetwork, Fact::NewSoftware, Fact::OwnDevice].to_vec();
        let weights = Weights { facts, common: vec![Fact::NewNetwork], ..Weights::default() };
        assert_eq!((weights.for_theft(), weights.for_work(), weights.confidence()), (1, 1, Confidence::Low));
        assert!(weights.sentence().starts_with("the network is new to the user (0: common here); "));
    }

    #[test]
    fn another_code_a_service_or_a_colleague_makes_a_hit_doubtful_unless_the_rest_suffices() {
        let over = |facts: &[Fact]| with(&[&[Fact::AnotherCode], facts].concat());
        assert_eq!(over(&[Fact::NewNetwork, Fact::NewSoftware]).doubt(), Some(Fact::AnotherCode));
        assert_eq!(over(&[Fact::NewNetwork, Fact::TwoAtOnce]).doubt(), None, "three over");
        assert_eq!(with(&[Fact::NewNetwork, Fact::Library, Fact::Service]).doubt(), Some(Fact::Service));
        assert_eq!(with(&[Fact::NewNetwork, Fact::Colleague]).doubt(), Some(Fact::Colleague));
        assert_eq!(with(&[Fact::NewSoftware]).doubt(), None);
    }

    #[test]
    fn work_explains_a_hit_only_by_its_place_or_device() {
        assert!(with(&[Fact::OwnNetwork]).is_explained());
        assert!(with(&[Fact::NewNetwork, Fact::OtherCodes]).is_explained());
        assert!(with(&[Fact::NewNetwork, Fact::SharedAddress]).is_explained());
        assert!(!with(&[Fact::NewNetwork, Fact::Kit, Fact::SharedAddress]).is_explained());
        assert!(with(&[Fact::NewNetwork, Fact::SharedService, Fact::SeenSoftware]).is_explained());
        assert!(!with(&[Fact::NewNetwork, Fact::Service, Fact::SeenSoftware]).is_explained(), "nobody else uses it");
        assert!(!with(&[Fact::OpenNetwork, Fact::SeenSoftware]).is_explained(), "undecided is not harmless");
        assert!(!with(&[]).is_explained());
    }

    #[test]
    fn the_sentence_has_the_numbers() {
        assert_eq!(
            with(&[Fact::NewNetwork, Fact::OpenNetwork, Fact::SeenSoftware]).sentence(),
            "the network is new to the user (+3); the days before do not tell whether the network is the user's (0); \
             this software was used with this client here before (-1): 3 for theft, 1 for work"
        );
        assert_eq!(with(&[]).sentence(), "no fact tells theft from work: 0 for theft, 0 for work");
    }
}
