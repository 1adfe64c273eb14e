//! The user's tables of clients, resources and agents, which override the built-in ones.
//!
//! The same rule holds for them: a row without source and date is refused, and so is one that cannot be read.

use super::clients::{self, Client};
use super::resources::{self, Resource};
use super::{Facts, agents, table};
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

const BUILT_IN: [BuiltIn; 3] = [
    ("clients.csv", clients::TABLE, add_clients),
    ("resources.csv", resources::TABLE, add_resources),
    ("agents.csv", agents::TABLE, add_agents),
];

/// A row and its line.
type UserRow = (u64, StringRecord);

impl UserTables {
    /// Adds a table, whose columns decide its kind. Returns the refused rows; the others count.
    ///
    /// A client or a resource replaces the one with its id; an agent's pattern is tried before the built-in ones. No
    /// row changes membership in the published list: that list is exact.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Agent, Reach, Standing};
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
