//! Actions that audit logs record, in plain words, from operation and variant.

use super::table;
use crate::model::words::counted;
use foldhash::fast::RandomState;
use serde::Deserialize;
use std::collections::HashMap;

mod class;

pub use class::ActClass;

pub(super) const TABLE: &str = include_str!("../../assets/facts/actions.csv");

/// Ends the name of an operation that goes on in any way.
pub const CONTINUES: char = '…';

/// Names of logs that the table may give.
const LOGS: [&str; 4] = ["UnifiedAuditLog", "AuditLogs", "AzureActivity", "AZKVAuditLogs"];

/// The meaning of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Plain words in the past tense: `read mail`, `created inbox rule`, `registered a device`.
    pub verb: Box<str>,
    /// Its class where the suspect did it; `None` for what says little by itself, such as a sign-in.
    pub class: Option<ActClass>,
    /// Whether a defender does the same: who acted decides.
    pub is_defence: bool,
    /// From 0 (everyday noise) to 3 (decides a case).
    pub weight: u8,
    /// Whether its effect outlives a password reset and a revocation of sessions.
    pub survives: bool,
    /// Kind of foothold that it leaves: `device`, `key`, `method`, `tap`, `consent`, `secret`, `role`, `policy`, `rule`,
    /// `forward`, `delegate`; `cover` for what hides one.
    pub foothold: Option<Box<str>>,
    /// Ids of ATT&CK, of which the table of techniques may have no name.
    pub attack: Vec<Box<str>>,
    /// Words before and after the object.
    named: Option<(Box<str>, Box<str>)>,
    /// Words before the number of items, the item, and words after it.
    counted: Option<[Box<str>; 3]>,
}

impl Action {
    /// Returns whether its words say the number of items.
    pub fn is_counted(&self) -> bool {
        self.counted.is_some()
    }

    /// The verb with its object and the number of items: `registered device DESKTOP-7`, `read 14 messages (Inbox)`.
    pub fn phrase(&self, object: &str, count: Option<u64>) -> String {
        let counts = self.counted.as_ref().zip(count);
        let verb = counts.map(|([before, item, after], count)| format!("{before}{}{after}", counted(count, item)));
        match (&self.named, verb) {
            (_, Some(verb)) if object.is_empty() => verb,
            (_, Some(verb)) => format!("{verb} ({object})"),
            (_, None) if object.is_empty() => self.verb.to_string(),
            (Some((before, after)), None) => format!("{before}{object}{after}"),
            (None, None) => format!("{} ({object})", self.verb),
        }
    }
}

/// An action under the words that a row's variant must have.
struct Variant {
    words: Vec<Box<str>>,
    action: Action,
}

/// Every action, by operation.
#[derive(Default)]
pub(super) struct Actions {
    /// By folded name; of each, the most special variant first.
    by_name: HashMap<Box<str>, Vec<Variant>, RandomState>,
    /// Full names of Azure's operations by what follows the provider.
    without_provider: HashMap<Box<str>, Box<str>, RandomState>,
    /// Beginnings of names that go on in any way, the longest first.
    beginnings: Vec<Box<str>>,
}

/// A row that was checked: folded name, sorted words of its variant, action.
pub(super) type Checked = (Box<str>, Vec<Box<str>>, Action);

impl Actions {
    pub(super) fn load() -> Self {
        let rows = table::rows::<ActionRow>("actions.csv", TABLE).into_iter();
        let mut actions = Self::default();
        actions.add(rows.map(|row| row.checked().expect("a test checks every row of the table")).collect());
        actions
    }

    /// Adds rows before those there are; a row replaces that of the same operation and variant.
    pub(super) fn add(&mut self, rows: Vec<Checked>) {
        for (name, words, action) in rows.into_iter().rev() {
            if let Some((provider, rest)) = name.split_once('/')
                && provider.contains('.')
            {
                self.without_provider.insert(rest.into(), name.clone());
            }
            if name.ends_with(CONTINUES) && !self.beginnings.contains(&name) {
                self.beginnings.push(name.clone());
            }
            let known = self.by_name.entry(name).or_default();
            known.retain(|variant| variant.words != words);
            known.insert(0, Variant { words, action });
            known.sort_by_key(|variant| std::cmp::Reverse(variant.words.len()));
        }
        self.beginnings.sort_by_key(|name| std::cmp::Reverse(name.len()));
    }

    /// Folded names of operations that leave a foothold.
    pub(super) fn footholds(&self) -> impl Iterator<Item = &str> {
        let leaves = |variants: &[Variant]| variants.iter().any(|variant| variant.action.foothold.is_some());
        self.by_name.iter().filter(move |(_, variants)| leaves(variants)).map(|(name, _)| &**name)
    }

    /// The action of an operation, by the most special variant whose words are all in the row's.
    pub(super) fn get(&self, operation: &str, variant: &str) -> Option<&Action> {
        let name = folded_operation(operation);
        let has = |word: &str| variant.split_whitespace().any(|known| known.eq_ignore_ascii_case(word));
        let fits = |known: &&Variant| known.words.iter().all(|word| has(word));
        self.variants(&name)?.iter().find(fits).map(|known| &known.action)
    }

    /// The variants under a folded name, under the end of a path, or under its beginning.
    fn variants(&self, name: &str) -> Option<&Vec<Variant>> {
        if let Some(variants) = self.by_name.get(name) {
            return Some(variants);
        }
        let mut rest = name;
        while let Some((_, after)) = rest.split_once('/')
            && after.contains('/')
        {
            if let Some(variants) = self.by_name.get(after) {
                return Some(variants);
            }
            rest = after;
        }
        if let Some(full) = self.without_provider.get(name) {
            return self.by_name.get(full);
        }
        let begins = |known: &&str| name.starts_with(known.trim_end_matches(CONTINUES));
        self.beginnings.iter().map(|known| &**known).find(begins).and_then(|known| self.by_name.get(known))
    }
}

/// An operation as it is compared: without case, one closing full stop, outer and repeated spaces, and with one kind of
/// dash. Logs and documentation differ in all of these.
pub fn folded_operation(name: &str) -> String {
    let name = name.trim();
    let name = name.strip_suffix('.').unwrap_or(name).trim_end();
    // Nearly every name has nothing to fold but case.
    if name.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !name.contains("  ") {
        return name.to_ascii_lowercase();
    }
    let dash = |c| if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { c };
    let words =
        name.split_whitespace().map(|word| word.chars().map(dash).flat_map(char::to_lowercase).collect::<String>());
    words.collect::<Vec<_>>().join(" ")
}

#[derive(Deserialize)]
pub(super) struct ActionRow {
    operation: String,
    variant: String,
    verb: String,
    named: String,
    counted: String,
    class: String,
    weight: String,
    survives: String,
    foothold: String,
    attack: String,
    table: String,
}

impl ActionRow {
    /// The row in the form that is compared, or its fault.
    pub(super) fn checked(self) -> Result<Checked, String> {
        let name = folded_operation(&self.operation);
        if name.trim_end_matches(CONTINUES).is_empty() {
            return Err("the row names no operation".to_owned());
        }
        if self.verb.trim().is_empty() {
            return Err("the row has no verb".to_owned());
        }
        let mut words: Vec<Box<str>> = self.variant.to_lowercase().split_whitespace().map(Into::into).collect();
        words.sort_unstable();
        words.dedup();
        let (class, is_defence) = match self.class.split_once('|') {
            Some((class, "stop")) => (class, true),
            Some(_) => return Err(format!("{:?} is no class: only |stop follows one", self.class)),
            None => (self.class.as_str(), false),
        };
        let class = (!class.is_empty()).then(|| ActClass::spelt(class)).transpose()?;
        let weight = match self.weight.as_str() {
            "0" => 0,
            "1" => 1,
            "2" => 2,
            "3" => 3,
            other => return Err(format!("{other:?} is no weight from 0 to 3")),
        };
        let survives = match self.survives.as_str() {
            "yes" => true,
            "no" => false,
            other => return Err(format!("{other:?} is neither yes nor no")),
        };
        if let Some(log) = parts(&self.table).find(|log| !LOGS.contains(log)) {
            return Err(format!("{log:?} is none of {}", LOGS.join(", ")));
        }
        if let Some(id) = parts(&self.attack).find(|id| !is_technique(id)) {
            return Err(format!("{id:?} is no technique like T1114 or T1114.002"));
        }
        let action = Action {
            named: place(&self.named)?
                .filter(|[_, inside, _]| inside.is_empty())
                .map(|[before, _, after]| (before, after)),
            counted: place(&self.counted)?.filter(|[_, item, _]| !item.is_empty()),
            verb: self.verb.trim().into(),
            class,
            is_defence,
            weight,
            survives,
            foothold: (!self.foothold.is_empty()).then(|| self.foothold.as_str().into()),
            attack: parts(&self.attack).map(Into::into).collect(),
        };
        if action.named.is_none() != self.named.is_empty() || action.counted.is_none() != self.counted.is_empty() {
            return Err("named has {} for the object, counted a noun as in {message}".to_owned());
        }
        Ok((name.into(), words, action))
    }
}

/// The parts of a cell between bars.
fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('|').filter(|part| !part.is_empty())
}

/// Returns whether a text has the form of a technique's id.
fn is_technique(id: &str) -> bool {
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let (parent, child) = id.split_once('.').map_or((id, None), |(parent, child)| (parent, Some(child)));
    parent.strip_prefix('T').is_some_and(|number| digits(number, 4)) && child.is_none_or(|child| digits(child, 3))
}

/// Words before a place in braces, inside and after it; `None` for an empty cell.
fn place(cell: &str) -> Result<Option<[Box<str>; 3]>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let around = cell.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    match around {
        Some((before, (inside, after))) if !after.contains(['{', '}']) && !before.contains('}') => {
            Ok(Some([before, inside, after].map(Into::into)))
        }
        _ => Err(format!("{cell:?} has not one place in braces")),
    }
}

#[cfg(test)]
mod tests;
