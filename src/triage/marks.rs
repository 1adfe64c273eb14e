//! Marks on events: bookmark, tags, remark. Saved under a key of the event that does not depend on the machine or the
//! order of loading.

use super::case::Case;
use super::work::Mark;
use crate::ingest::Loaded;
use crate::model::{EventId, Field, Source, Sym, Table};
use crate::store::GUID_LEN;
use std::collections::{BTreeMap, HashMap};

/// Longest row id used as a key; ids are 36 characters long.
const ID_BYTES: usize = 128;

/// The tags of a line: words separated by spaces or commas, each once, without a leading `#`.
pub fn tags(line: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for word in line.split(|c: char| c == ',' || c.is_whitespace()).map(|word| word.trim_start_matches('#')) {
        if !word.is_empty() && !tags.iter().any(|tag| tag.eq_ignore_ascii_case(word)) {
            tags.push(word.to_owned());
        }
    }
    tags
}

/// Every tag of the case, the most used first.
pub fn tags_used(case: &Case) -> Vec<String> {
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    for tag in case.marks.values().flat_map(|mark| &mark.tags) {
        *used.entry(tag).or_default() += 1;
    }
    let mut used: Vec<_> = used.into_iter().collect();
    used.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    used.into_iter().map(|(tag, _)| tag.to_owned()).collect()
}

/// The key of an event: `table id`; where the row has no id, hash of its source's unpacked bytes and record number.
pub fn key(loaded: &Loaded, event: EventId) -> String {
    let store = &loaded.store;
    let row = store.event(event);
    let id = store.text(store.normalized_field(row, Field::Id));
    if !id.is_empty() && id.len() <= ID_BYTES {
        return format!("{} {id}", row.table.name());
    }
    match source_of(loaded, event) {
        Some(source) if !source.content().is_empty() => {
            format!("sha256:{} record {}", source.content(), row.origin.record)
        }
        _ => received_key(loaded, event),
    }
}

fn source_of(loaded: &Loaded, event: EventId) -> Option<&Source> {
    loaded.sources.get(loaded.store.event(event).origin.source.0 as usize)
}

/// The key of a row without id by the file as received: cases had it before the unpacked bytes were hashed.
fn received_key(loaded: &Loaded, event: EventId) -> String {
    let source = source_of(loaded, event);
    let hash = source.map_or("", |source| source.sha256());
    // Members of an archive share its hash.
    let member = source.and_then(|source| source.member.as_deref()).map_or_else(String::new, |name| format!("!{name}"));
    format!("sha256:{hash}{member} record {}", loaded.store.event(event).origin.record)
}

/// The event of a key, in one pass over the bundle.
pub fn find(loaded: &Loaded, key: &str) -> Option<EventId> {
    let mut case = Case::new(String::new(), String::new());
    case.marks.insert(key.to_owned(), Mark::default());
    Places::find(loaded, &case).event(key)
}

/// The marked events of a case, found in a bundle.
#[derive(Clone, Debug, Default)]
pub struct Places {
    keys: BTreeMap<EventId, String>,
    events: HashMap<String, EventId>,
}

impl Places {
    /// Finds every marked event, in one pass over the bundle.
    pub fn find(loaded: &Loaded, case: &Case) -> Self {
        let mut places = Self::default();
        if case.marks.is_empty() {
            return places;
        }
        let store = &loaded.store;
        let mut ids: HashMap<(Table, Sym), &String> = HashMap::new();
        for key in case.marks.keys() {
            let Some((table, id)) = key.split_once(' ') else { continue };
            if let Some(wanted) = Table::named(table).zip(store.find(id)) {
                ids.insert(wanted, key);
            }
        }
        let by_id = ids.len();
        for (event, row) in store.events().filter(|(_, row)| !row.is_duplicate()) {
            let id = store.normalized_field(row, Field::Id);
            if let Some(key) = ids.get(&(row.table, id)) {
                places.put((*key).clone(), event);
            } else if by_id < case.marks.len()
                && (id.is_none() || store.key(id).read(&mut [0; GUID_LEN]).len() > ID_BYTES)
            {
                let keys = [key(loaded, event), received_key(loaded, event)];
                if let Some(key) = keys.into_iter().find(|key| case.marks.contains_key(key)) {
                    places.put(key, event);
                }
            }
        }
        places
    }

    fn put(&mut self, key: String, event: EventId) {
        self.keys.insert(event, key.clone());
        self.events.insert(key, event);
    }

    /// The key of an event; remembers the event, so that its mark is found.
    pub fn name(&mut self, loaded: &Loaded, event: EventId) -> String {
        let known = self.keys.get(&event).cloned();
        let key = known.unwrap_or_else(|| key(loaded, event));
        self.put(key.clone(), event);
        key
    }

    /// The event of a key, if it is in the bundle.
    pub fn event(&self, key: &str) -> Option<EventId> {
        self.events.get(key).copied()
    }

    /// The mark of an event.
    pub fn mark<'c>(&self, case: &'c Case, event: EventId) -> Option<&'c Mark> {
        case.marks.get(self.keys.get(&event)?)
    }

    /// The first mark among these events, which are in time order.
    pub fn mark_among<'c>(&self, case: &'c Case, events: &[EventId]) -> Option<&'c Mark> {
        let (first, last) = (*events.first()?, *events.last()?);
        let named = self.keys.range(first..=last).filter(|(event, _)| events.binary_search(event).is_ok());
        named.into_iter().find_map(|(_, key)| case.marks.get(key))
    }

    /// Every marked event of the bundle, in time order.
    pub fn marked<'c>(&self, case: &'c Case) -> Vec<(EventId, &'c Mark)> {
        self.keys.iter().filter_map(|(event, key)| Some((*event, case.marks.get(key)?))).collect()
    }

    /// Marks whose event is not in the bundle.
    pub fn lost(&self, case: &Case) -> usize {
        case.marks.keys().filter(|key| !self.events.contains_key(*key)).count()
    }
}

/// Sentence on marked events that are not in the bundle, if any: `2 marked events are not in this bundle; they are kept
/// in the case`.
pub fn lost_words(lost: usize) -> Option<String> {
    match lost {
        0 => None,
        1 => Some("1 marked event is not in this bundle; it is kept in the case".to_owned()),
        lost => Some(format!("{lost} marked events are not in this bundle; they are kept in the case")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;
    use crate::store::testing::Rows;

    type Told<'a> = (Table, &'a str, &'a [(Field, &'a str)]);

    /// Two rows with ids, one that repeats the first, and two without.
    fn loaded(order: [usize; 5]) -> Loaded {
        let rows: [Told; 5] = [
            (Table::SignIn, "2026-05-01T14:00:00Z", &[(Field::Id, "AAAA-1")]),
            (Table::SignIn, "2026-05-01T14:00:00Z", &[(Field::Id, "aaaa-1"), (Field::IpAddress, "192.0.2.1")]),
            (Table::Graph, "2026-05-01T14:00:00Z", &[(Field::Id, "aaaa-1")]),
            (Table::Graph, "2026-05-01T14:01:00Z", &[(Field::IpAddress, "192.0.2.2")]),
            (Table::Graph, "2026-05-01T14:01:00Z", &[(Field::IpAddress, "192.0.2.3")]),
        ];
        let mut built = Rows::default();
        for at in order {
            let (table, time, fields) = rows[at];
            built.row(table, time, fields);
        }
        let sources =
            vec![Source { sha256: "ab".repeat(32).into(), member: Some("in.json".into()), ..Source::default() }];
        Loaded::new(built.build(), sources, Vec::new())
    }

    fn standing(loaded: &Loaded) -> Vec<(EventId, String)> {
        let rows = loaded.store.events().filter(|(_, row)| !row.is_duplicate());
        rows.map(|(event, _)| (event, key(loaded, event))).collect()
    }

    #[test]
    fn an_event_has_one_name_in_every_order_of_loading() {
        let names = |order| standing(&loaded(order)).into_iter().map(|(_, key)| key).collect::<Vec<_>>();
        let (mut one, mut other) = (names([0, 1, 2, 3, 4]), names([2, 1, 0, 3, 4]));
        one.sort_unstable();
        other.sort_unstable();
        assert_eq!(one, other);
        assert_eq!(
            one,
            [
                "MicrosoftGraphActivityLogs aaaa-1".to_owned(),
                "SigninLogs aaaa-1".to_owned(),
                format!("sha256:{}!in.json record 4", "ab".repeat(32)),
                format!("sha256:{}!in.json record 5", "ab".repeat(32)),
            ]
        );
    }

    #[test]
    fn a_row_without_id_keeps_its_mark_when_its_file_is_packed_otherwise() {
        let at = Time::parse("2026-05-02T08:00:00Z").unwrap();
        let mut loaded = loaded([0, 1, 2, 3, 4]);
        let received = standing(&loaded)[2].clone();
        loaded.sources[0].content = "cd".repeat(32).into();
        let (event, key) = standing(&loaded)[3].clone();
        assert_eq!(key, format!("sha256:{} record 5", "cd".repeat(32)));
        let mut case = Case::new("b".into(), "ana".into());
        for key in [&key, &received.1] {
            case.set_bookmark(key, true, at);
        }
        let mut places = Places::find(&loaded, &case);
        assert_eq!((places.event(&key), places.event(&received.1)), (Some(event), Some(received.0)));
        assert_eq!(places.name(&loaded, received.0), received.1, "one event has one key in a case");
        loaded.sources[0] =
            Source { content: "cd".repeat(32).into(), sha256: "ef".repeat(32).into(), ..Source::default() };
        assert_eq!(Places::find(&loaded, &case).event(&key), Some(event), "as a file of its own");
    }

    #[test]
    fn marked_events_are_found_again_and_others_are_kept_and_counted() {
        let at = Time::parse("2026-05-02T08:00:00Z").unwrap();
        let loaded = loaded([2, 1, 0, 3, 4]);
        let mut case = Case::new("b".into(), "ana".into());
        let names = standing(&loaded);
        for (_, key) in &names {
            case.set_tags(key, tags("#phish, C2 c2"), at);
        }
        case.set_bookmark("SigninLogs gone", true, at);
        let places = Places::find(&loaded, &case);
        for (event, key) in &names {
            assert_eq!(places.event(key), Some(*event));
            assert_eq!(places.mark(&case, *event).unwrap().words(), "#phish #C2");
        }
        assert_eq!((places.marked(&case).len(), places.lost(&case)), (4, 1));
        assert!(case.marks.contains_key("SigninLogs gone"));
        assert_eq!(tags_used(&case), ["C2", "phish"]);
    }
}
