//! The program's hits in the oracles' words.

use super::hunt::text::{WORDS, normalized, word};
use super::judge::as_published;
use super::line::{Line, list, numbers, scopes};
use super::row::{Row, number_of, store_of};
use tokentrail::testing::analytics::{self, Cell, Hit, Semantics, Settings};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::model::{EventId, Field};
use tokentrail::testing::store::Store;

/// The analytics that have an oracle.
pub(crate) const ANALYTICS: [&str; 4] = ["foci-burst", "device-code-burst", "session-hop", "session-hop-broad"];

/// The program's hits.
pub(crate) fn hits(store: &Store, per_source: usize, settings: &Settings) -> Vec<Line> {
    let settings = Settings { analytics: Some(ANALYTICS.map(str::to_owned).to_vec()), ..settings.clone() };
    let hits = analytics::run(store, Facts::embedded(), &settings);
    let mut lines: Vec<Line> = hits.iter().map(|hit| Reader { store, per_source, hit }.line()).collect();
    lines.sort();
    lines
}

/// A hunt hit whose `AlsoPublished` is not what the published hits say.
pub(crate) fn untrue_also_published(rows: &[Row], settings: &Settings) -> Option<String> {
    let store = store_of(rows, 1);
    let of = |settings: Settings| {
        let settings = Settings { analytics: Some(ANALYTICS.map(str::to_owned).to_vec()), ..settings };
        analytics::run(&store, Facts::embedded(), &settings)
    };
    // The published query may stand on a copy that hunt folds.
    let key = |id| (store.event(id).table, normalized(store.get(id, Field::Id)));
    let one = |a: EventId, b: EventId| a == b || (key(a).1.is_some() && key(a) == key(b));
    let published = of(as_published(settings));
    of(settings.clone()).into_iter().find_map(|hit| {
        let overlaps = |other: &Hit| {
            other.analytic == hit.analytic
                && normalized(&other.app_id) == normalized(&hit.app_id)
                && other.evidence.iter().any(|a| hit.evidence.iter().any(|b| one(*a, *b)))
        };
        let truth = published.iter().any(overlaps);
        (truth != hit.also_published).then(|| format!("{} {}: {truth}", hit.analytic, hit.first_seen))
    })
}

/// Reads one hit.
struct Reader<'a> {
    store: &'a Store,
    per_source: usize,
    hit: &'a Hit,
}

impl Reader<'_> {
    fn line(&self) -> Line {
        let lists: &[&[&'static str]] = match (self.hit.analytic, self.hit.semantics) {
            ("foci-burst", Semantics::Published) => &[BURST],
            ("device-code-burst", Semantics::Published) => &[BURST, DEVICE_CODE],
            (_, Semantics::Published) => &[HOP, PUBLISHED_HOP],
            ("foci-burst", Semantics::Hunt) => &[BURST, HUNT],
            ("device-code-burst", Semantics::Hunt) => &[BURST, HUNT, HUNT_DEVICE_CODE],
            (_, Semantics::Hunt) => &[HOP, HUNT, HUNT_HOP],
        };
        let mut line = Line::from([("Analytic", self.hit.analytic.to_owned()), ("evidence", self.evidence())]);
        line.extend(lists.iter().flat_map(|names| names.iter()).map(|name| (*name, self.value(name))));
        line
    }

    fn value(&self, name: &'static str) -> String {
        if self.hit.semantics == Semantics::Hunt
            && let Some(text) = self.hunt_value(name)
        {
            return text;
        }
        let Some(field) = self.field(name) else { return self.cell(name) };
        match self.hit.column(name).map(plain) {
            Some(column) if column != field => format!("field {field} but column {column}"),
            _ => field,
        }
    }

    /// The text of a field of the hit itself.
    fn field(&self, name: &str) -> Option<String> {
        Some(match name {
            "UserPrincipalName" => self.hit.upn.clone(),
            "UserId" => self.hit.user_id.clone(),
            "AppId" => self.hit.app_id.clone(),
            "SessionId" => self.hit.session.clone().unwrap_or_default(),
            "FirstSeen" => self.hit.first_seen.to_string(),
            "LastSeen" => self.hit.last_seen.to_string(),
            "SignInCount" => self.hit.sign_in_count.to_string(),
            "ResourceIds" => list(&self.hit.resource_ids),
            "GraphLink" => self.hit.graph_tie().word().to_owned(),
            _ => return None,
        })
    }

    /// A value that the paragraphs leave open in hunt, made even before it is compared.
    fn hunt_value(&self, name: &str) -> Option<String> {
        let column = || self.hit.column(name);
        Some(match name {
            "UserPrincipalName" if self.has_no_upn() => "*".to_owned(),
            "Resources" => {
                list(self.items(name).iter().filter_map(|item| shown_name(item)).map(|item| item.to_lowercase()))
            }
            "IPs" | "UserAgents" | "RequestUris" => list(self.items(name).iter().filter_map(|item| shown(item))),
            "AppDisplayName" | "FirstResourceIdentity" | "SecondResourceIdentity" => {
                shown_name(&self.cell(name)).unwrap_or_default().to_lowercase()
            }
            "FirstAppDisplayName" | "SecondAppDisplayName" => shown_name(&self.cell(name)).unwrap_or_default(),
            "FirstResult" | "SecondResult" | "IPAddress" | "UserAgent" | "DeviceDetail" | "SecondIPAddress"
            | "SecondUserAgent" | "SecondDeviceDetail" => shown(&self.cell(name)).unwrap_or_default(),
            "SecondIncomingTokenType" => word(&self.cell(name)),
            "FirstOauthScopeInfo" | "SecondOauthScopeInfo" => column().map(|cell| match cell {
                Cell::List(words) => list(scopes(&words.join(","))),
                cell => list(scopes(&plain(cell))),
            })?,
            "graph" => {
                let mut calls: Vec<String> = self
                    .hit
                    .graph
                    .iter()
                    .map(|call| format!("{} {}", self.number(call.event) + 1, call.tie.word()))
                    .collect();
                calls.sort();
                format!("{calls:?}")
            }
            "legs" => numbers(self.hit.legs.iter().map(|id| self.number(*id))),
            "DeviceCodeLegs" => self.told_legs(),
            _ => return None,
        })
    }

    fn cell(&self, name: &str) -> String {
        self.hit.column(name).map_or_else(|| "(no such column)".to_owned(), plain)
    }

    fn items(&self, name: &str) -> Vec<String> {
        match self.hit.column(name) {
            Some(Cell::List(items)) => items.clone(),
            other => vec![format!("{other:?} is no list")],
        }
    }

    fn evidence(&self) -> String {
        numbers(self.hit.evidence.iter().map(|id| self.number(*id)))
    }

    /// The row an event was made of.
    fn number(&self, id: EventId) -> usize {
        number_of(self.store.event(id), self.per_source)
    }

    fn has_no_upn(&self) -> bool {
        self.hit.evidence.iter().all(|id| normalized(self.store.get(*id, Field::UserPrincipalName)).is_none())
    }

    fn told_legs(&self) -> String {
        let Some(Cell::Rows(rows)) = self.hit.column("DeviceCodeLegs") else { return "(no legs)".to_owned() };
        let mut kinds: Vec<String> = rows
            .iter()
            .map(|row| {
                // The cells' names are the program's own; what they hold is not.
                let cells: Vec<String> = row.iter().filter_map(|(_, cell)| shown(&plain(cell))).collect();
                list(cells)
            })
            .collect();
        kinds.sort();
        format!("{kinds:?}")
    }
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Time(time) => time.to_string(),
        Cell::List(items) => list(items),
        Cell::Rows(rows) => format!("{rows:?}"),
        Cell::Object(cells) => format!("{cells:?}"),
    }
}

/// Trimmed; `None` when blank.
fn shown(text: &str) -> Option<String> {
    normalized(text).map(|_| text.trim().to_owned())
}

pub(super) const BURST: &[&str] = &[
    "FirstSeen",
    "LastSeen",
    "SpanMinutes",
    "UserPrincipalName",
    "AppDisplayName",
    "AppId",
    "AppIdCount",
    "ResourceCount",
    "Resources",
    "IPs",
    "UserAgents",
    "RequestUris",
    "SignInCount",
];
pub(super) const DEVICE_CODE: &[&str] = &["DeviceCodeTime", "DeviceCodeIP", "DeviceCodeAuthProtocol"];
const HUNT_DEVICE_CODE: &[&str] =
    &["DeviceCodeTime", "DeviceCodeTie", "OtherDeviceCodeTimes", "legs", "DeviceCodeLegs"];
const HUNT: &[&str] = &["UserId", "ResourceIds", "graph", "GraphLink"];
pub(super) const HOP: &[&str] = &[
    "UserPrincipalName",
    "FirstRequestTimeGenerated",
    "FirstResult",
    "FirstAppId",
    "SecondRequestTimeGenerated",
    "SecondResult",
    "SecondAppId",
    "SecondIncomingTokenType",
    "SessionId",
    "TimeDiff",
    "FirstOauthScopeInfo",
    "SecondOauthScopeInfo",
    "FirstResourceIdentity",
    "SecondResourceIdentity",
    "SecondIPAddress",
    "SecondUserAgent",
    "SecondDeviceDetail",
    "FirstAppDisplayName",
    "SecondAppDisplayName",
    "IPAddress",
    "UserAgent",
    "DeviceDetail",
];
const HUNT_HOP: &[&str] = &["AppId", "FirstSeen", "LastSeen", "SignInCount", "SecondCount", "AddedScopes"];
pub(super) const PUBLISHED_HOP: &[&str] =
    &["FirstResultDescription", "Identity", "Location", "ClientAppUsed", "LocationDetails", "SecondResultDescription"];

/// The one hit of the analytics that have an oracle and run by default; others may find more in the same rows.
pub(crate) fn only_hit(rows: &[Row]) -> Hit {
    let by_default = ANALYTICS.into_iter().filter(|id| analytics::by_id(id).unwrap().on_by_default);
    let analytics = Some(by_default.map(str::to_owned).collect());
    let settings = Settings { analytics, ..Settings::default() };
    let mut hits = analytics::run(&store_of(rows, 1), Facts::embedded(), &settings);
    assert_eq!(hits.len(), 1, "one hit");
    hits.remove(0)
}

/// As [`shown`] for a name whose id is there: one like None is a name.
fn shown_name(text: &str) -> Option<String> {
    let is_word = WORDS.contains(&&*text.trim().to_lowercase());
    if is_word { Some(text.trim().to_owned()) } else { shown(text) }
}
