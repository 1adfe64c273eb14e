//! "Device code, then the burst."

use super::Hunt;
use super::burst::Burst;
use super::text::word;
use crate::oracle::line::{Line, list, moments, numbers};
use crate::oracle::row::{MINUTE, SECOND, moment};
use tokentrail::testing::model::Field;

/// The life of a device code.
const CODE_LIFE: i64 = 15 * MINUTE;
const SKEW: i64 = 5 * SECOND;

#[derive(Clone, Copy, PartialEq)]
enum Leg {
    Browser,
    Polling,
}

/// The legs of one device-code sign-in, in order.
struct Flow {
    user: String,
    legs: Vec<usize>,
}

/// The tie between a flow and a burst, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    User,
    Correlation,
    Session,
}

impl Hunt<'_> {
    /// Reading: the protocol makes a browser leg whatever else the row says; the sentence on rows that only
    /// descend is about rows that have nothing but the transfer mark.
    fn leg(&self, n: usize) -> Option<Leg> {
        if !self.is_sign_in(n) || !self.succeeded(n) || self.user(n).is_none() {
            return None;
        }
        if word(self.row(n).get(Field::AuthenticationProtocol)) == "devicecode" {
            return Some(Leg::Browser);
        }
        let marked = word(self.row(n).get(Field::OriginalTransferMethod)) == "devicecodeflow";
        let bare = self.incoming(n).is_none_or(|token| token == "none");
        (marked && bare).then_some(Leg::Polling)
    }

    /// Flows in the order they begin.
    fn flows(&self) -> Vec<Flow> {
        let mut flows: Vec<Flow> = Vec::new();
        for &n in &self.live {
            let (Some(kind), Some(user)) = (self.leg(n), self.user(n)) else { continue };
            let is_users = |flow: &&mut Flow| flow.user == user;
            let fresh = |flow: &Flow| self.time(n) - self.time(flow.legs[0]) <= CODE_LIFE;
            let joined = flows.iter_mut().rev().filter(is_users).find(|flow| {
                (self.shares(n, flow, Field::SessionId) || self.shares(n, flow, Field::CorrelationId))
                    && (kind == Leg::Polling || fresh(flow))
            });
            if let Some(flow) = joined {
                flow.legs.push(n);
                continue;
            }
            // Reading: "where neither both have a session nor both have a CorrelationId" is asked of the leg
            // and each flow in turn, latest first; a flow has what any of its legs has.
            let joined = flows.iter_mut().rev().filter(is_users).find(|flow| {
                let both = |field| self.normalized(n, field).is_some() && self.has(flow, field);
                !both(Field::SessionId) && !both(Field::CorrelationId) && fresh(flow)
            });
            match joined {
                Some(flow) => flow.legs.push(n),
                None => flows.push(Flow { user: user.to_owned(), legs: vec![n] }),
            }
        }
        flows
    }

    fn has(&self, flow: &Flow, field: Field) -> bool {
        flow.legs.iter().any(|&leg| self.normalized(leg, field).is_some())
    }

    fn shares(&self, n: usize, flow: &Flow, field: Field) -> bool {
        let value = self.normalized(n, field);
        value.is_some() && flow.legs.iter().any(|&leg| self.normalized(leg, field) == value)
    }

    fn tie(&self, rows: &[usize], flow: &Flow) -> Tie {
        if rows.iter().any(|&n| self.shares(n, flow, Field::SessionId)) {
            Tie::Session
        } else if rows.iter().any(|&n| self.shares(n, flow, Field::CorrelationId)) {
            Tie::Correlation
        } else {
            Tie::User
        }
    }

    pub(super) fn device_code_bursts(&self, bursts: &[Burst]) -> Vec<Line> {
        let flows = self.flows();
        bursts.iter().filter_map(|burst| self.device_code_burst(burst, &flows)).collect()
    }

    fn device_code_burst(&self, burst: &Burst, flows: &[Flow]) -> Option<Line> {
        let mut pairs = Vec::new();
        for (place, flow) in flows.iter().enumerate().filter(|(_, flow)| flow.user == burst.user) {
            let start = self.time(flow.legs[0]);
            let rows: Vec<usize> = burst.rows.iter().copied().filter(|&n| self.time(n) >= start - SKEW).collect();
            let many = self.resources(&rows).len() >= self.settings.min_resources;
            let soon = |n: &usize| self.time(*n) - start <= self.settings.device_code_window.ticks();
            if many && rows.first().is_some_and(soon) {
                pairs.push((self.tie(&rows, flow), start, place, rows));
            }
        }
        // The strongest tie, then the latest flow. Reading: of two flows of one instant, the one begun later.
        pairs.sort();
        let (tie, start, place, rows) = pairs.pop()?;
        let mut line = self.common(&rows, &burst.user, &burst.client);
        let tie = match tie {
            Tie::Session => "session",
            Tie::Correlation => "correlation",
            Tie::User => "user",
        };
        line.extend([
            ("Analytic", "device-code-burst".to_owned()),
            ("DeviceCodeTime", moment(start)),
            ("DeviceCodeTie", tie.to_owned()),
            // Reading: the other flows are those that would have made the hit too. Two of one time are one entry.
            ("OtherDeviceCodeTimes", moments(pairs.iter().map(|(_, start, ..)| *start))),
            ("legs", numbers(flows[place].legs.iter().copied())),
            ("DeviceCodeLegs", self.told_legs(&flows[place])),
        ]);
        Some(line)
    }

    /// Each leg's time, table, kind, address and agent.
    fn told_legs(&self, flow: &Flow) -> String {
        let leg = |&n: &usize| {
            let kind = if self.leg(n) == Some(Leg::Browser) { "browser" } else { "polling" };
            let fixed = [moment(self.time(n)), self.row(n).table.name().to_owned(), kind.to_owned()];
            let fields = [Field::IpAddress, Field::UserAgent];
            list(fixed.into_iter().chain(fields.into_iter().filter_map(|field| self.shown(n, field))))
        };
        let mut legs: Vec<String> = flow.legs.iter().map(leg).collect();
        legs.sort();
        format!("{legs:?}")
    }
}
