//! The user's tables of facts, which override the built-in ones.
//!
//! The same rule holds for them: a row without source and date is refused, and so is one that cannot be read.

use super::clients::{self, Client};
use super::resources::{self, Resource};
use super::{Facts, actions, agents, client_roles, fingerprints, marked, microsoft, recon, table, tools};
use csv::StringRecord;
use serde::de::DeserializeOwned;

/// A row of the user's that is refused, or a whole table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The reason.
    pub reason: String,
}

/// Facts under construction: built-in ones and the user's tables.
pub struct UserTables {
    facts: Facts,
}

impl Default for UserTables {
    fn default() -> Self {
        Self { facts: Facts::built_in() }
    }
}

/// A built-in table: its name, its text, and the function that adds rows of its kind.
type BuiltIn = (&'static str, &'static str, fn(&mut Facts, &[UserRow], &StringRecord) -> Vec<Refused>);

const BUILT_IN: [BuiltIn; 13] = [
    ("clients.csv", clients::TABLE, add_clients),
    ("resources.csv", resources::TABLE, add_resources),
    ("agents.csv", agents::TABLE, add_agents),
    ("tool_agents.csv", tools::TABLE, add_tools),
    ("device_fingerprints.csv", fingerprints::TABLE, add_fingerprints),
    ("client_roles.csv", client_roles::TABLE, add_client_roles),
    ("sensitive_resources.csv", marked::RESOURCES, add_sensitive),
    ("roles.csv", marked::ROLES, add_roles),
    ("service_networks.csv", marked::NETWORKS, add_networks),
    ("microsoft_ranges.csv", microsoft::TABLE, add_ranges),
    ("recon_categories.csv", recon::CATEGORIES, add_categories),
    ("recon_tools.csv", recon::TOOLS, add_sweeps),
    ("actions.csv", actions::TABLE, add_actions),
];

/// A row and its line.
type UserRow = (u64, StringRecord);

impl UserTables {
    /// Adds a table, whose columns decide its kind. Returns the refused rows; the others count.
    ///
    /// A row for an id, a number, a range, a path, or an operation and its variant replaces the one built in (of
    /// `client_roles.csv`: all of that id; of `recon_tools.csv`: all of that tool); a pattern or a value is tried before
    /// the built-in ones. No row changes membership in the published list: that list is exact.
    pub fn add(&mut self, text: &str) -> Vec<Refused> {
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let heads = match reader.headers() {
            Ok(heads) => heads.clone(),
            Err(error) => return vec![Refused { line: 1, reason: error.to_string() }],
        };
        let Some((_, _, add)) = BUILT_IN.iter().find(|(_, built_in, _)| columns(built_in) == sorted(&heads)) else {
            let known =
                BUILT_IN.map(|(name, text, _)| format!("{name} has {}", text.lines().next().unwrap_or_default()));
            let reason = format!("its columns are those of no table: {}", known.join("; "));
            return vec![Refused { line: 1, reason }];
        };
        let place = |name| heads.iter().position(|head| head == name).expect("the columns are those of a table");
        let (source, date) = (place("source"), place("date"));
        let mut refused = Vec::new();
        let mut rows: Vec<UserRow> = Vec::new();
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    if record[source].trim().is_empty() {
                        refused.push(Refused { line, reason: "the row names no source".to_owned() });
                    } else if table::is_dated(record[date].trim()) {
                        rows.push((line, record));
                    } else {
                        refused.push(Refused {
                            line,
                            reason: "the row has no date like 2026-05 or 2026-05-31".to_owned(),
                        });
                    }
                }
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    refused.push(Refused { line, reason: error.to_string() });
                }
            }
        }
        refused.extend(add(&mut self.facts, &rows, &heads));
        refused.sort_by_key(|refused| refused.line);
        refused
    }

    /// The facts with every table added so far.
    pub fn facts(self) -> Facts {
        self.facts
    }
}

/// The columns of a table, in any order.
fn columns(text: &str) -> Vec<&str> {
    let mut columns: Vec<&str> = text.lines().next().unwrap_or_default().split(',').collect();
    columns.sort_unstable();
    columns
}

fn sorted(heads: &StringRecord) -> Vec<&str> {
    let mut columns: Vec<&str> = heads.iter().collect();
    columns.sort_unstable();
    columns
}

/// Parses each row; returns the row or the reason why it is refused.
fn read<T: DeserializeOwned, U>(
    rows: &[UserRow],
    heads: &StringRecord,
    check: impl Fn(T) -> Result<U, String>,
) -> (Vec<U>, Vec<Refused>) {
    let (mut good, mut refused) = (Vec::new(), Vec::new());
    for (line, record) in rows {
        let read = record.deserialize::<T>(Some(heads)).map_err(|error| match error.kind() {
            csv::ErrorKind::Deserialize { err, .. } => err.kind().to_string(),
            _ => error.to_string(),
        });
        match read.and_then(&check) {
            Ok(row) => good.push(row),
            Err(reason) => refused.push(Refused { line: *line, reason }),
        }
    }
    (good, refused)
}

fn add_clients(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (rows, refused) = read(rows, heads, clients::ClientRow::checked);
    for row in rows {
        let mut client = Client::from(row);
        client.is_users = true;
        client.published = facts.is_published_family(&client.id);
        match facts.clients.binary_search_by(|known| known.id.cmp(&client.id)) {
            Ok(place) => facts.clients[place] = client,
            Err(place) => facts.clients.insert(place, client),
        }
    }
    refused
}

fn add_resources(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (rows, refused) = read(rows, heads, resources::ResourceRow::checked);
    let known = std::mem::take(&mut facts.resources);
    facts.resources = known.overlaid(rows.into_iter().map(Resource::from).collect());
    refused
}

fn add_agents(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (patterns, refused) = read(rows, heads, agents::PatternRow::pattern);
    facts.agents.splice(0..0, patterns);
    refused
}

fn add_tools(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (tools, refused) = read(rows, heads, tools::ToolRow::checked);
    facts.tools.splice(0..0, tools);
    refused
}

fn add_fingerprints(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (fingerprints, refused) = read(rows, heads, fingerprints::FingerprintRow::checked);
    facts.fingerprints.splice(0..0, fingerprints);
    refused
}

fn add_client_roles(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (roles, refused) = read(rows, heads, client_roles::RoleRow::checked);
    facts.client_roles.extend(client_roles::gathered(roles));
    refused
}

fn add_sensitive(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (resources, refused) = read(rows, heads, marked::IdRow::checked);
    facts.sensitive.extend(resources);
    refused
}

fn add_roles(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (roles, refused) = read(rows, heads, marked::IdRow::checked);
    facts.roles.extend(roles);
    refused
}

fn add_networks(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (networks, refused) = read(rows, heads, marked::NetworkRow::checked);
    facts.networks.extend(networks);
    refused
}

fn add_ranges(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (ranges, refused) = read(rows, heads, microsoft::RangeRow::checked);
    facts.microsoft.extend(ranges);
    refused
}

fn add_categories(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (checked, mut refused) = read(rows, heads, recon::CategoryRow::checked);
    let lines = rows.iter().map(|(line, _)| *line).filter(|line| refused.iter().all(|row| row.line != *line));
    let lines: Vec<u64> = lines.collect();
    for (row, line) in checked.into_iter().zip(lines) {
        match row.fits(&facts.recon) {
            Ok(row) => facts.recon.add_path(row),
            Err(reason) => refused.push(Refused { line, reason }),
        }
    }
    refused
}

fn add_sweeps(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (tools, refused) = read(rows, heads, recon::ToolRow::checked);
    facts.recon.add_tools(tools);
    refused
}

fn add_actions(facts: &mut Facts, rows: &[UserRow], heads: &StringRecord) -> Vec<Refused> {
    let (rows, refused) = read(rows, heads, actions::ActionRow::checked);
    facts.actions.add(rows);
    refused
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Agent, ClientRole, Reach, Standing};
    use crate::model::Time;

    const HEADS: &str = "id,name,also_named,family,last_member,first_gone,gone_source,path,source,date,remark\n";
    const MINE: &str = "11111111-2222-3333-4444-555555555555";
    const CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

    fn over(texts: &[&str]) -> (Facts, Vec<(u64, String)>) {
        let mut tables = UserTables::default();
        let refused = texts.iter().flat_map(|text| tables.add(text)).map(|row| (row.line, row.reason)).collect();
        (tables.facts(), refused)
    }

    #[test]
    fn a_client_of_ones_own_is_known_with_its_source() {
        let text = format!("{HEADS}{},Payroll,,never,,,,an app of ours,app register,2026-05,\n", MINE.to_uppercase());
        let (facts, refused) = over(&[&text]);
        assert_eq!(refused, []);
        assert_eq!(facts.client(MINE).unwrap().name, "Payroll");
        let membership = facts.family_at(MINE, Time::parse("2026-05-01").unwrap());
        assert_eq!(membership.standing, Standing::Never);
        assert_eq!(membership.sentence, "not a family client: an app of ours (app register)");
        assert_eq!(facts.clients().len(), Facts::embedded().clients().len() + 1);
    }

    #[test]
    fn the_published_list_cannot_be_laid_over() {
        let text = format!(
            "{HEADS}{CLI},Ours now,,never,,,,,us,2026-05,\n{MINE},Not theirs,,current,,,,,secureworks@us,2026-05,\n"
        );
        let (facts, refused) = over(&[&text]);
        assert_eq!(refused, []);
        assert_eq!(facts.client(CLI).unwrap().name, "Ours now");
        assert!(facts.is_published_family(CLI) && !facts.is_published_family(MINE));
    }

    #[test]
    fn resources_and_agents_are_told_by_their_columns() {
        let resources =
            format!("date,source,reach,display_names,name,id\n2026-05,us,business data,Lohn|Payroll,Payroll,{MINE}\n");
        let agents = "kind,pattern,class,source,date\nprefix,Curl/,browser,us,2026-05-31\n";
        let (facts, refused) = over(&[&resources, agents]);
        assert_eq!(refused, []);
        assert_eq!(facts.resource_named("lohn").unwrap().reach, Reach::Data);
        assert!(facts.resource_named("microsoft graph").is_some(), "those built in are still there");
        assert_eq!(facts.agent("curl/8.7.1"), Agent::Browser);
        assert_eq!(facts.agent("AADInternals"), Agent::Script);
    }

    #[test]
    fn columns_decide_the_kind_of_a_table() {
        let mut all = BUILT_IN.map(|(_, text, _)| columns(text));
        all.sort_unstable();
        assert!(all.windows(2).all(|pair| pair[0] != pair[1]), "two tables have the same columns");
    }

    #[test]
    fn the_tables_of_the_analytics_are_replaced_too() {
        const BROKER: &str = "29d9ed98-a469-4536-ade2-f981bc1d605e";
        const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";
        let built_in = Facts::embedded();
        assert!(built_in.client_has(BROKER, ClientRole::DeviceCodeAbused) && built_in.is_microsoft_asn(8075));
        let tools = "name,kind,pattern,grade,source,date\nours,prefix,curl/,none,us,2026-11\n";
        let prints =
            "kind,value,tool,source,date\nname,KIOSK-1,a kiosk,us,2026-11\nos-version,10.0.26100,none,us,2026-11\n";
        let clients = format!(
            "id,name,role,source,date\n{BROKER},,service-side,us,2026-11\n{BROKER},,recon-expected,us,2026-11\n\
             {CLI},,none,us,2026-11\n"
        );
        let sensitive = format!("id,name,sensitive,source,date\n{MINE},Payroll,yes,us,2026-11\n");
        let roles = format!("id,name,privileged,source,date\n{GLOBAL},Chief,no,us,2026-11\n");
        let networks = "asn,holder,microsoft,source,date\n8075,us now,no,us,2026-11\n64500,theirs,yes,us,2026-11\n";
        let ranges = "range,microsoft,source,date\n40.126.0.0/18,no,us,2026-11\n192.0.2.0/24,yes,us,2026-11\n";
        let (facts, refused) = over(&[tools, prints, &clients, &sensitive, &roles, networks, ranges]);
        assert_eq!(refused, []);
        assert_eq!(facts.tool("curl/8.7.1").map(|tool| tool.name.as_str()), Some("ours"));
        assert_eq!(facts.fingerprint("kiosk-1", "").map(|print| print.tool.as_str()), Some("a kiosk"));
        assert!(facts.fingerprint("LT-0042", "10.0.26100").is_none(), "cleared");
        assert!(
            facts.client_has(BROKER, ClientRole::ServiceSide) && facts.client_has(BROKER, ClientRole::ReconExpected)
        );
        assert!(!facts.client_has(BROKER, ClientRole::DeviceCodeAbused), "all roles of an id are replaced");
        assert!(!facts.client_has(CLI, ClientRole::Handoff));
        assert!(facts.is_sensitive(MINE) && facts.is_sensitive("cfa8b339-82a2-471a-a3c9-0fc0be7a4093"));
        assert_eq!(facts.role(GLOBAL), Some("Chief"));
        assert!(!facts.is_privileged_role(GLOBAL) && built_in.is_privileged_role(GLOBAL));
        assert!(!facts.is_microsoft_asn(8075) && facts.is_microsoft_asn(64500));
        let addresses = ["40.126.0.1", "40.99.0.1", "192.0.2.1"].map(|address| address.parse().unwrap());
        assert_eq!(addresses.map(|address| facts.is_microsoft_address(address)), [false, true, true]);
    }

    #[test]
    fn actions_are_replaced_by_operation_and_variant() {
        const HEADS: &str =
            "operation,variant,verb,named,counted,class,weight,survives,foothold,attack,table,source,date\n";
        let rows = "new-inboxrule.,FORWARDS,set a rule,,,take,1,no,,,,us,2026-11\n\
                    Frobnicate,,frobbed a thing,frobbed {},,,0,no,,,UnifiedAuditLog,us,2026-11\n\
                    Microsoft.Ours/things/write,,made a thing,,,turn,3,no,,,AzureActivity,us,2026-11\n";
        let (facts, refused) = over(&[&format!("{HEADS}{rows}")]);
        assert_eq!(refused, []);
        let verb = |operation, variant| facts.action(operation, variant).map(|action| &*action.verb);
        assert_eq!(verb("New-InboxRule", "forwards"), Some("set a rule"));
        assert_eq!(verb("New-InboxRule", "moves"), Some("created inbox rule"), "another variant");
        assert_eq!(verb("frobnicate.", ""), Some("frobbed a thing"));
        assert_eq!(verb("MICROSOFT.OURS/THINGS/WRITE", ""), Some("made a thing"));
        for (row, expected) in [
            (" ,,did,,,take,1,no,,,,us,2026-11", "names no operation"),
            ("x,,,,,take,1,no,,,,us,2026-11", "has no verb"),
            ("x,,did,,,stole,1,no,,,,us,2026-11", "\"stole\" is none of take, keep"),
            ("x,,did,,,harm|take,1,no,,,,us,2026-11", "only |stop follows"),
            ("x,,did,,,take,4,no,,,,us,2026-11", "no weight from 0 to 3"),
            ("x,,did,,,take,1,perhaps,,,,us,2026-11", "neither yes nor no"),
            ("x,,did,did it,,take,1,no,,,,us,2026-11", "has not one place in braces"),
            ("x,,did,did {thing},,take,1,no,,,,us,2026-11", "counted a noun"),
            ("x,,did,,,take,1,no,,T11,,us,2026-11", "no technique like"),
            ("x,,did,,,take,1,no,,,Office,us,2026-11", "\"Office\" is none of UnifiedAuditLog"),
        ] {
            let (_, refused) = over(&[&format!("{HEADS}{row}\n")]);
            assert!(refused.len() == 1 && refused[0].1.contains(expected), "{row}: {refused:?}");
        }
    }

    #[test]
    fn rows_of_the_analytics_tables_that_say_nothing_are_refused() {
        for (text, expected) in [
            ("name,kind,pattern,grade,source,date\nours,all-of,a||b,low,us,2026-11\n", "the pattern is empty"),
            ("name,kind,pattern,grade,source,date\nours,prefix,a,severe,us,2026-11\n", "unknown variant `severe`"),
            ("kind,value,tool,source,date\nname-pattern,[,us,us,2026-11\n", "\"[\" is no regular expression"),
            ("kind,value,tool,source,date\nname,KIOSK,,us,2026-11\n", "the row names no tool"),
            ("id,name,role,source,date\nme,,handoff,us,2026-11\n", "\"me\" is no application id"),
            ("id,name,sensitive,source,date\nme,x,yes,us,2026-11\n", "\"me\" is no application id"),
            ("asn,holder,microsoft,source,date\n64500,us,perhaps,us,2026-11\n", "\"perhaps\" is neither yes nor no"),
            ("asn,holder,microsoft,source,date\nAS1,us,yes,us,2026-11\n", "invalid digit"),
        ] {
            let (_, refused) = over(&[text]);
            assert!(refused.len() == 1 && refused[0].1.contains(expected), "{text}: {refused:?}");
        }
    }

    #[test]
    fn what_is_refused_is_named_with_its_line_and_the_rest_holds() {
        let text = format!(
            "{HEADS}{MINE},A,,never,,,,,,2026-05,\n{MINE},B,,never,,,,,us,May,\n{MINE},C,,sometimes,,,,,us,2026-05,\n\
             nonsense,D,,never,,,,,us,2026-05,\n{MINE},E,,removed,,,,,us,2026-05,\nshort,row\n{MINE},F,,never,,,,,us,2026-05,\n"
        );
        let (facts, refused) = over(&[&text, "a,b\n1,2\n"]);
        let lines: Vec<String> = refused.iter().map(|(line, reason)| format!("{line}: {reason}")).collect();
        assert_eq!(lines[0], "2: the row names no source");
        assert_eq!(lines[1], "3: the row has no date like 2026-05 or 2026-05-31");
        assert!(lines[2].starts_with("4: unknown variant `sometimes`, expected one of `current`"), "{}", lines[2]);
        assert_eq!(lines[3], "5: \"nonsense\" is no application id");
        assert_eq!(lines[4], "6: a client that was removed needs last_member and first_gone");
        assert!(lines[5].starts_with("7: "), "{}", lines[5]);
        assert!(lines[6].starts_with("1: its columns are those of no table: clients.csv has id,name,"), "{}", lines[6]);
        assert_eq!(facts.client(MINE).unwrap().name, "F");
    }
}
