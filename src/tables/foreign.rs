//! Tables that are counted and never read: a row of theirs must not become an event of ours. One of them is read, and
//! gives no events: the results of queries in other engines.
//!
//! A name (`Type`, a category) or keys that no table of ours has give a row's table away. Missing, null or empty values
//! are no evidence: a union export has the columns of all its tables.

use super::TABLES;
use crate::model::Table;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A table that is counted, not analysed.
#[derive(Debug)]
pub struct Foreign {
    /// Its Log Analytics or Defender XDR name.
    pub name: &'static str,
    /// Its rows in a few words, for analysts who expected sign-ins of users in them.
    pub holds: &'static str,
    /// Other names in `Type`, in a diagnostics category or in a container's name, lower case.
    aliases: &'static [&'static str],
    /// Parts of the file names of downloads and collectors, lower case.
    pub file_marks: &'static [&'static str],
    /// Sets of keys, lower case; a row that has all keys of one of them is of this table.
    keys: &'static [&'static [&'static str]],
}

impl PartialEq for Foreign {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Foreign {}

const RISK: &str = "what Entra ID Protection found risky";
const DEFENDER: &str = "activity seen by Defender XDR";
const ENDPOINT: &str = "what happened on devices, seen by Defender for Endpoint";
const MAIL: &str = "mail traffic";
const ALERTS: &str = "alerts and incidents";
const INTUNE: &str = "device management";
const APPS: &str = "sign-ins of applications, not of users";

/// Sign-ins of service principals.
pub static SERVICE_PRINCIPAL: Foreign = Foreign {
    name: "AADServicePrincipalSignInLogs",
    holds: APPS,
    aliases: &["serviceprincipalsigninlogs", "entraidspnsigninevents", "aadspnsignineventsbeta"],
    file_marks: &["serviceprincipal", "applicationsignins"],
    keys: &[],
};
/// Sign-ins of managed identities.
pub static MANAGED_IDENTITY: Foreign = Foreign {
    name: "AADManagedIdentitySignInLogs",
    holds: APPS,
    aliases: &["managedidentitysigninlogs"],
    file_marks: &["managedidentity", "msisignins"],
    keys: &[],
};
/// Results of queries in other engines, as sources count their rows; [`super::hit_table`] reads them.
pub static HIT_TABLE: Foreign = Foreign {
    name: "HitTable",
    holds: "hits that another engine found",
    aliases: &[],
    file_marks: &[],
    keys: &[
        &["analytic", "semantics"],
        // The published queries as they were published.
        &["appidcount", "resourcecount", "spanminutes"],
        &["firstrequesttimegenerated", "secondrequesttimegenerated"],
    ],
};
/// A table of activities, which one is not known.
static DEFENDER_TABLE: Foreign = Foreign {
    name: "a Defender XDR table",
    holds: DEFENDER,
    aliases: &[],
    file_marks: &[],
    keys: &[&["actiontype", "accountupn"]],
};
/// Key sets of an activity whose columns were chosen; tried after every other.
static LAST: [(&[&[&str]], Marked); 2] = [
    (
        &[&["actiontype", "reportid", "accountobjectid"], &["actiontype", "reportid", "applicationid"]],
        Marked::Ours(Table::UnifiedAudit),
    ),
    (&[&["actiontype", "reportid"]], Marked::Foreign(&DEFENDER_TABLE)),
];
/// Every foreign table, those with more specific keys first.
static FOREIGN: [&Foreign; 41] = [
    &HIT_TABLE,
    &Foreign {
        name: "IntuneAuditLogs",
        holds: INTUNE,
        aliases: &[],
        file_marks: &[],
        keys: &[&["activityresultstatus"], &["targetdisplaynames", "activitydate"]],
    },
    &Foreign {
        name: "AADServicePrincipalRiskEvents",
        holds: RISK,
        aliases: &["serviceprincipalriskevents"],
        file_marks: &[],
        keys: &[&["riskeventtype", "serviceprincipaldisplayname"]],
    },
    &Foreign {
        name: "AADUserRiskEvents",
        holds: RISK,
        aliases: &["userriskevents", "riskdetections"],
        file_marks: &[],
        keys: &[&["riskeventtype"], &["detectiontimingtype"], &["identityprotection"]],
    },
    &Foreign {
        name: "AADRiskyServicePrincipals",
        holds: RISK,
        aliases: &["riskyserviceprincipals"],
        file_marks: &[],
        keys: &[&["risklastupdateddatetime", "serviceprincipaltype"]],
    },
    &Foreign {
        name: "AADRiskyUsers",
        holds: RISK,
        aliases: &["riskyusers"],
        file_marks: &[],
        keys: &[&["risklastupdateddatetime"], &["riskytype"]],
    },
    &Foreign {
        name: "AADProvisioningLogs",
        holds: "accounts created and changed by provisioning",
        aliases: &["provisioninglogs"],
        file_marks: &[],
        keys: &[&["provisioningsteps"], &["provisioningaction"], &["provisioning"]],
    },
    &Foreign {
        name: "AlertEvidence",
        holds: ALERTS,
        aliases: &[],
        file_marks: &[],
        keys: &[&["alertid", "evidencerole"], &["alertid", "entitytype"], &["alertid", "evidencedirection"]],
    },
    &Foreign {
        name: "AlertInfo",
        holds: ALERTS,
        aliases: &[],
        file_marks: &[],
        keys: &[&["alertid", "detectionsource"]],
    },
    &Foreign {
        name: "SecurityIncident",
        holds: ALERTS,
        aliases: &[],
        file_marks: &[],
        keys: &[&["incidentnumber"], &["incidentweburl"]],
    },
    &Foreign {
        name: "SecurityAlert",
        holds: ALERTS,
        aliases: &[],
        file_marks: &[],
        keys: &[&["systemalertid"], &["provideralertid"], &["alertweburl"], &["alertname", "alertseverity"]],
    },
    &Foreign {
        name: "UrlClickEvents",
        holds: MAIL,
        aliases: &[],
        file_marks: &[],
        keys: &[&["actiontype", "isclickedthrough"], &["actiontype", "urlchain"]],
    },
    &Foreign {
        name: "EmailPostDeliveryEvents",
        holds: MAIL,
        aliases: &[],
        file_marks: &[],
        keys: &[&["actiontype", "networkmessageid"]],
    },
    &Foreign {
        name: "EmailEvents",
        holds: MAIL,
        aliases: &[],
        file_marks: &[],
        keys: &[&["networkmessageid"], &["senderfromaddress"], &["internetmessageid", "recipientemailaddress"]],
    },
    &Foreign {
        name: "DeviceProcessEvents",
        holds: ENDPOINT,
        aliases: &[],
        file_marks: &[],
        keys: &[&["actiontype", "processcommandline"]],
    },
    &Foreign {
        name: "DeviceEvents",
        holds: ENDPOINT,
        aliases: &[],
        file_marks: &[],
        keys: &[
            &["actiontype", "initiatingprocessfilename"],
            &["actiontype", "initiatingprocessid"],
            &["actiontype", "initiatingprocessaccountname"],
        ],
    },
    &Foreign {
        name: "IdentityLogonEvents",
        holds: DEFENDER,
        aliases: &[],
        file_marks: &[],
        keys: &[&["actiontype", "protocol"], &["actiontype", "targetdevicename"]],
    },
    &Foreign {
        name: "IdentityDirectoryEvents",
        holds: DEFENDER,
        aliases: &[],
        file_marks: &[],
        keys: &[&["actiontype", "targetaccountupn"], &["actiontype", "destinationdevicename"]],
    },
    &DEFENDER_TABLE,
    &Foreign {
        name: "IntuneDevices",
        holds: INTUNE,
        aliases: &[],
        file_marks: &[],
        keys: &[&["enrolleddatetime"], &["manageddeviceownertype"], &["compliancestate"]],
    },
    &SERVICE_PRINCIPAL,
    &MANAGED_IDENTITY,
    &named("ADFSSignInLogs", "sign-ins at AD FS"),
    &named("MicrosoftServicePrincipalSignInLogs", APPS),
    &named("AADCustomSecurityAttributeAuditLogs", "changes in the directory"),
    &named("NetworkAccessTraffic", "network traffic"),
    &named("NetworkAccessTrafficLogs", "network traffic"),
    &named("IntuneOperationalLogs", INTUNE),
    &named("IdentityInfo", "who the users are"),
    &named("IdentityQueryEvents", DEFENDER),
    &named("EmailAttachmentInfo", MAIL),
    &named("EmailUrlInfo", MAIL),
    &named("MessageEvents", MAIL),
    &named("DeviceLogonEvents", ENDPOINT),
    &named("DeviceNetworkEvents", ENDPOINT),
    &named("DeviceFileEvents", ENDPOINT),
    &named("DeviceRegistryEvents", ENDPOINT),
    &named("DeviceImageLoadEvents", ENDPOINT),
    &named("DeviceInfo", ENDPOINT),
    &named("BehaviorAnalytics", "what Sentinel's UEBA found unusual"),
    &named("Anomalies", "what Sentinel's UEBA found unusual"),
];

/// A table recognised by its name alone.
const fn named(name: &'static str, holds: &'static str) -> Foreign {
    Foreign { name, holds, aliases: &[], file_marks: &[], keys: &[] }
}

impl Foreign {
    /// Every one.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        FOREIGN.iter().copied()
    }

    /// The foreign table of this name, in lower case.
    pub fn of_name(lower: &str) -> Option<&'static Self> {
        FOREIGN.iter().copied().find(|table| table.name.eq_ignore_ascii_case(lower) || table.aliases.contains(&lower))
    }
}

/// Keys of a row that are evidence of its table, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyMarks(u128);

/// The table found by its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// One that is read.
    Ours(Table),
    /// One that is only counted.
    Foreign(&'static Foreign),
}

impl KeyMarks {
    /// No key.
    pub const NONE: Self = Self(0);

    /// The table that has all keys of one of its sets among these.
    pub fn table(self) -> Option<Marked> {
        if self == Self::NONE {
            return None;
        }
        index().sets.iter().find(|(set, _)| set.0 & self.0 == set.0).map(|(_, table)| *table)
    }

    /// The mark of a key, lower case, if it is evidence of a table.
    pub fn of_key(lower: &str) -> Option<Self> {
        index().keys.get(lower).copied()
    }

    /// Adds the marks of `other`.
    pub fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Keys and key sets as bits.
struct Index {
    keys: HashMap<&'static str, KeyMarks>,
    /// In the order of the tables, those that are read first.
    sets: Vec<(KeyMarks, Marked)>,
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut keys: HashMap<&str, KeyMarks> = HashMap::new();
        let mut sets = Vec::new();
        let ours = TABLES.iter().map(|spec| (spec.keys, Marked::Ours(spec.table)));
        let foreign = FOREIGN.iter().map(|table| (table.keys, Marked::Foreign(table)));
        for (key_sets, table) in ours.chain(foreign).chain(LAST) {
            for set in key_sets {
                let mut all = KeyMarks::default();
                for key in *set {
                    let next = u32::try_from(keys.len()).expect("a table of a few keys");
                    all.add(*keys.entry(key).or_insert_with(|| {
                        KeyMarks(1_u128.checked_shl(next).expect("fewer keys than bits, which a test holds"))
                    }));
                }
                sets.push((all, table));
            }
        }
        Index { keys, sets }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_once_and_in_lower_case() {
        let mut names: Vec<String> = FOREIGN.iter().map(|table| table.name.to_ascii_lowercase()).collect();
        names.extend(FOREIGN.iter().flat_map(|table| table.aliases).map(|name| (*name).to_owned()));
        let lower: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        assert_eq!(names, lower);
        names.sort();
        names.dedup();
        assert_eq!(names.len(), lower.len());
        assert!(index().keys.len() < 128 && index().keys.keys().all(|key| *key == key.to_ascii_lowercase()));
    }

    #[test]
    fn no_set_of_keys_is_hidden_by_one_before_it() {
        for (at, (set, table)) in index().sets.iter().enumerate() {
            let hides = |(before, other): &&(KeyMarks, Marked)| before.0 & set.0 == before.0 && other != table;
            assert!(index().sets[..at].iter().find(hides).is_none(), "{table:?}");
        }
    }

    #[test]
    fn keys_tell_a_table_only_together() {
        let of = |keys: &[&str]| {
            let mut marks = KeyMarks::default();
            for key in keys {
                marks.add(KeyMarks::of_key(key).unwrap_or_default());
            }
            marks.table().map(|table| match table {
                Marked::Ours(table) => table.name(),
                Marked::Foreign(table) => table.name,
            })
        };
        assert_eq!(of(&["actiontype", "raweventdata", "reportid"]), Some("UnifiedAuditLog"));
        assert_eq!(of(&["actiontype", "reportid"]), Some("a Defender XDR table"));
        assert_eq!(of(&["actiontype", "reportid", "accountobjectid"]), Some("UnifiedAuditLog"));
        assert_eq!(of(&["actiontype", "reportid", "accountobjectid", "protocol"]), Some("IdentityLogonEvents"));
        assert_eq!(of(&["actiontype", "reportid", "accountobjectid", "accountupn"]), Some("a Defender XDR table"));
        assert_eq!(of(&["operation", "workload"]), None);
        assert_eq!(of(&["operation", "creationtime", "recordtype"]), Some("UnifiedAuditLog"));
        assert_eq!(of(&["userid", "appid", "ipaddress"]), None);
        for keys in [
            &["activitydisplayname"][..],
            &["targetresources", "initiatedby"],
            &["initiatedby", "loggedbyservice"],
            &["actortype", "activity"],
            &["auditlogs"],
        ] {
            assert_eq!(of(keys), Some("AuditLogs"), "{keys:?}");
        }
        for keys in [
            &["operationnamevalue"][..],
            &["activitystatusvalue"],
            &["eventdataid"],
            &["eventtimestamp", "claims"],
            &["eventtimestamp", "resourceid"],
            &["activitylogs"],
        ] {
            assert_eq!(of(keys), Some("AzureActivity"), "{keys:?}");
        }
        for alone in ["targetresources", "actortype", "activity", "claims", "caller", "resourceid"] {
            assert_eq!(of(&[alone]), None, "{alone}");
        }
    }
}
