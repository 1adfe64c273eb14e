//! JSON that is not line by line: arrays, pages, envelopes, query results, and any of them one after another.
//!
//! The walk finds where each element ends; what stands in an element is read by [`Rows`]. Only one element is in
//! memory at a time.

use super::codepage;
use super::fields::{HITS, ROW_ARRAYS};
use super::lines::{bad_utf8, too_long};
use super::row::{Column, Rows, Spot};
use super::tally::{Note, Tally};
use super::window::Window;
use crate::model::Span;
use crate::tables::{self, Targets};
use std::collections::HashMap;

/// Containers within containers that are followed: a page, its tables, their rows.
const MAX_LEVEL: usize = 6;

/// Why an element's end was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    /// The source ends inside it.
    Cut,
    /// Something stands where JSON has nothing of the kind.
    Stray(u8),
    /// It is longer than the cap.
    TooLong,
}

/// Containers that are open when a value breaks off, past which only their number is known.
const MAX_OPEN: usize = 1 << 20;

/// Bytes that may be read again for each byte read, to find what is whole between what is broken. Only a source made
/// for it needs more.
const MAX_AGAIN: u64 = 32;
/// The same of a small source.
const AGAIN: u64 = 4 << 20;

/// Where a value broke off: every container that was open there breaks off there too.
struct Unclosed {
    /// Offsets of the containers, in order.
    starts: Vec<u64>,
    broken: Broken,
}

/// One pass over a stream of JSON.
pub(super) struct Walk<'w, 'r, 'o> {
    window: &'w mut Window<'r>,
    /// Added to offsets: where the stream begins in its source.
    base: u64,
    max_record: usize,
    rows: &'o mut Rows,
    tally: &'o mut Tally,
    /// How a good record begins, up to its first key, to find the next one after a broken one.
    opening: Vec<u8>,
    /// Asked once in a while whether to go on.
    keep_on: Option<&'o mut dyn FnMut(u64) -> bool>,
    stopped: bool,
    /// Columns of Kusto tables whose rows come in later frames.
    frames: HashMap<i64, TableHead>,
    /// Whether the source's sudden end was told.
    cut: bool,
    /// Whether a query's result says that it is not whole.
    errors: bool,
    /// Containers around the byte looked at: where each begins, doubled, plus one for an object.
    open: Vec<usize>,
    /// What is known not to end, so that it is read to its end once and not from each opening within.
    unclosed: Vec<Unclosed>,
    /// How far values were read.
    reached: u64,
    /// Bytes read again.
    again: u64,
}

impl<'w, 'r, 'o> Walk<'w, 'r, 'o> {
    /// Over everything in the window.
    pub(super) fn new(
        window: &'w mut Window<'r>,
        base: u64,
        max_record: usize,
        rows: &'o mut Rows,
        tally: &'o mut Tally,
    ) -> Self {
        Self {
            window,
            base,
            max_record,
            rows,
            tally,
            opening: Vec::new(),
            keep_on: None,
            stopped: false,
            frames: HashMap::new(),
            cut: false,
            errors: false,
            open: Vec::new(),
            unclosed: Vec::new(),
            reached: 0,
            again: 0,
        }
    }

    /// Asks `keep_on` after each row whether to go on.
    pub(super) fn asking(mut self, keep_on: &'o mut dyn FnMut(u64) -> bool) -> Self {
        self.keep_on = Some(keep_on);
        self
    }

    /// Reads every row to the end of the stream.
    pub(super) fn run(mut self) {
        self.read();
    }

    fn read(&mut self) {
        self.documents();
        if self.errors {
            let partial = "the query says that its result is not whole: run it over a shorter time";
            self.tally.problem(None, partial.to_owned());
        }
    }

    fn documents(&mut self) {
        loop {
            self.blank(0, b", ]}");
            match self.window.byte(0) {
                None => return,
                Some(_) if self.stopped => return,
                Some(b'[') => {
                    self.window.consume(1);
                    self.array(None, 0);
                }
                Some(b'{') => self.element(0),
                Some(byte) => self.recover(Broken::Stray(byte)),
            }
        }
    }

    fn offset(&self) -> u64 {
        self.base + self.window.offset()
    }

    /// Consumes white space, and the given bytes, at the front.
    fn blank(&mut self, at: usize, also: &[u8]) {
        debug_assert_eq!(at, 0);
        loop {
            let bytes = self.window.bytes();
            let count = bytes.iter().take_while(|b| b.is_ascii_whitespace() || also.contains(b)).count();
            let all = count == bytes.len();
            self.window.consume(count);
            if !all || !self.window.more() {
                return;
            }
        }
    }

    /// Reads the elements of an array whose bracket is consumed. `columns` name the values of its rows.
    fn array(&mut self, columns: Option<&[Column]>, level: usize) {
        loop {
            self.blank(0, b",");
            if self.stopped {
                return;
            }
            match self.window.byte(0) {
                None => {
                    // Said once, not by each of the arrays around.
                    if !std::mem::replace(&mut self.cut, true) {
                        let offset = self.offset();
                        self.tally.problem(Some(offset), "the source ends inside an array".to_owned());
                    }
                    return;
                }
                Some(b']') => return self.window.consume(1),
                Some(b'{') => self.element(level),
                Some(b'[') => match columns {
                    Some(columns) => self.row(columns),
                    None if level < MAX_LEVEL => {
                        self.window.consume(1);
                        self.array(None, level + 1);
                    }
                    None => self.no_record(b'['),
                },
                Some(b'}') => return,
                Some(byte) => self.no_record(byte),
            }
        }
    }

    /// Passes over a value that is no record.
    fn no_record(&mut self, first: u8) {
        match self.value_end(0) {
            Ok(end) => {
                self.tally.records += 1;
                let offset = self.offset();
                self.tally.skip(offset, "is not an object".to_owned());
                self.window.consume(end);
            }
            Err(broken) => self.recover(if first == b'[' { broken } else { Broken::Stray(first) }),
        }
    }

    /// Reads one row of a table.
    fn row(&mut self, columns: &[Column]) {
        match self.value_end(0) {
            Ok(end) => {
                let spot = Spot::new(self.offset(), &self.window.bytes()[..end]);
                match codepage::text(&self.window.bytes()[..end]) {
                    Ok((text, of_page)) => {
                        if of_page {
                            self.tally.note_one(Note::CodePage);
                        }
                        self.rows.array(&text, columns, spot, self.tally);
                    }
                    Err(at) => {
                        self.tally.records += 1;
                        self.tally.skip(spot.offset, bad_utf8(spot.offset, at));
                    }
                }
                self.done(end);
            }
            Err(broken) => self.recover(broken),
        }
    }

    /// Reads an object: a record, or a container of records, which is told by its keys.
    fn element(&mut self, level: usize) {
        match self.scan(level) {
            Ok(Some(end)) => {
                let spot = Spot::new(self.offset(), &self.window.bytes()[..end]);
                if end > self.max_record {
                    too_long(self.tally, spot.offset, self.max_record);
                } else {
                    match codepage::text(&self.window.bytes()[..end]) {
                        Ok((text, of_page)) => {
                            if of_page {
                                self.tally.note_one(Note::CodePage);
                            }
                            self.rows.object(&text, spot, self.tally);
                        }
                        Err(at) => {
                            self.tally.records += 1;
                            self.tally.skip(spot.offset, bad_utf8(spot.offset, at));
                        }
                    }
                }
                self.done(end);
            }
            Ok(None) => {}
            Err(broken) => self.recover(broken),
        }
    }

    fn done(&mut self, end: usize) {
        self.window.consume(end);
        if let Some(keep_on) = &mut self.keep_on {
            self.stopped = !keep_on(self.tally.read);
        }
    }

    /// The end of the object at the front; `None` when it was a container, whose rows are then read and which is
    /// consumed.
    fn scan(&mut self, level: usize) -> Result<Option<usize>, Broken> {
        let mut table = TableHead::default();
        let mut container = false;
        // Objects inside this one that are looked into: Elastic's hits lie two deep.
        let mut inside = 0;
        // Whether it says that something went wrong: no matter in a record.
        let mut partial = false;
        let mut at = 1;
        loop {
            at = self.skip_space(at)?;
            match self.window.byte(at) {
                Some(b'}') if inside > 0 => {
                    inside -= 1;
                    self.window.consume(at + 1);
                    at = 0;
                    continue;
                }
                // A frame about the result, such as its header, is no row of it.
                Some(b'}') if container || table.is_frame => {
                    self.window.consume(at + 1);
                    self.errors |= partial;
                    if let Some(id) = table.id.filter(|_| table.is_frame && !table.columns.is_empty()) {
                        self.frames.insert(id, table);
                    }
                    return Ok(None);
                }
                Some(b'}') => return Ok(Some(at + 1)),
                Some(b',') => {
                    at += 1;
                    continue;
                }
                Some(b'"') => {}
                Some(byte) => return Err(Broken::Stray(byte)),
                None => return Err(Broken::Cut),
            }
            let key_end = self.string_end(at)?;
            if self.opening.is_empty() {
                self.opening = self.window.bytes()[..key_end].to_vec();
            }
            let colon = self.skip_space(key_end)?;
            match self.window.byte(colon) {
                Some(b':') => {}
                Some(byte) => return Err(Broken::Stray(byte)),
                None => return Err(Broken::Cut),
            }
            let value = self.skip_space(colon + 1)?;
            let role = Role::of(&self.window.bytes()[at + 1..key_end - 1]);
            if role == Some(Role::RowArray)
                && level == 0
                && self.window.byte(value) == Some(b'{')
                && &self.window.bytes()[at + 1..key_end - 1] == HITS.as_bytes()
            {
                self.window.consume(value + 1);
                (container, inside, at) = (true, inside + 1, 0);
                continue;
            }
            if let Some(role) = role.filter(|_| level < MAX_LEVEL)
                && self.opens_rows(role, value, &table)?
            {
                self.opening.clear();
                self.window.consume(value + 1);
                container = true;
                if role == Role::Rows {
                    self.table_rows(&mut table, level);
                } else {
                    self.array(None, level + 1);
                }
                at = 0;
                continue;
            }
            let end = self.value_end(value)?;
            if let Some(role) = role {
                table.take(role, &self.window.bytes()[value..end]);
                partial |= role == Role::Errors && !matches!(&self.window.bytes()[value..end], b"false" | b"null");
            }
            at = end;
            // What a container says besides its rows need not stay in memory.
            if container {
                self.window.consume(at);
                at = 0;
            }
        }
    }

    fn table_rows(&mut self, table: &mut TableHead, level: usize) {
        let outer = self.tally.container.replace(table.name.clone().unwrap_or_else(|| "unnamed table".to_owned()));
        if table.is_about_the_query {
            self.pass_over_array();
        } else if let Some(head) = table.id.filter(|_| table.columns.is_empty()).and_then(|id| self.frames.remove(&id))
        {
            if table.is_replacement {
                let again = "a progressive result took rows back while it was sent: some may stand here twice";
                self.tally.remarks.push(again.to_owned());
            }
            self.tally.container.clone_from(&head.name);
            if head.is_about_the_query {
                self.pass_over_array();
            } else {
                self.array(Some(&head.columns), level + 1);
            }
            self.frames.insert(table.id.unwrap_or_default(), head);
        } else if table.columns.is_empty() {
            let offset = self.offset();
            self.tally.problem(Some(offset), "a table's rows come before its columns: they were not read".to_owned());
            self.pass_over_array();
        } else {
            self.array(Some(&table.columns), level + 1);
        }
        self.tally.container = outer;
    }

    /// Consumes the elements of an array, and its end, unread.
    fn pass_over_array(&mut self) {
        loop {
            self.blank(0, b",");
            match self.window.byte(0) {
                Some(b']') => return self.window.consume(1),
                None => return,
                Some(_) => match self.value_end(0) {
                    Ok(end) => self.window.consume(end),
                    Err(broken) => return self.recover(broken),
                },
            }
        }
    }

    /// Whether the value under a key of this role is an array of rows.
    fn opens_rows(&mut self, role: Role, value: usize, table: &TableHead) -> Result<bool, Broken> {
        if self.window.byte(value) != Some(b'[') {
            return Ok(false);
        }
        let first = self.skip_space(value + 1)?;
        let first = self.window.byte(first);
        Ok(match role {
            Role::RowArray => matches!(first, Some(b'{' | b']')),
            Role::Rows => {
                matches!(first, Some(b'[' | b']'))
                    && (table.name.is_some() || table.is_frame || !table.columns.is_empty())
            }
            _ => false,
        })
    }

    /// After something broken at the front: names it, and goes to where the next record seems to begin.
    fn recover(&mut self, broken: Broken) {
        let offset = self.offset();
        let reason = match broken {
            Broken::Cut => "the source ends inside it".to_owned(),
            Broken::Stray(0) => "is not valid JSON: a NUL stands in it, as in UTF-16 behind UTF-8".to_owned(),
            Broken::Stray(byte) => format!("is not valid JSON: '{}' is out of place", byte.escape_ascii()),
            Broken::TooLong => format!("is longer than {} bytes (--max-record raises it)", self.max_record),
        };
        self.tally.records += 1;
        self.cut |= broken == Broken::Cut;
        let opening = std::mem::take(&mut self.opening);
        self.window.consume(usize::from(!self.window.bytes().is_empty()));
        let hopeless = self.again > AGAIN + MAX_AGAIN * self.reached;
        let found = !hopeless && !opening.is_empty() && self.seek(&opening);
        if !found {
            while self.window.more() || !self.window.bytes().is_empty() {
                self.window.consume(self.window.bytes().len());
            }
        }
        let next = self.offset();
        self.opening = opening;
        let outcome = if found {
            format!("; reading goes on at byte {next}")
        } else if hopeless {
            format!("; so is too much of what follows: the rest, to byte {next}, was not read")
        } else if next > offset + 1 && broken != Broken::Cut {
            format!("; the rest, to byte {next}, was not read")
        } else {
            String::new()
        };
        self.tally.skip(offset, reason + &outcome);
    }

    /// Consumes up to the next place where `opening` stands.
    fn seek(&mut self, opening: &[u8]) -> bool {
        let finder = memchr::memmem::Finder::new(opening);
        loop {
            if let Some(at) = finder.find(self.window.bytes()) {
                self.window.consume(at);
                return true;
            }
            // The last bytes may be the beginning of it.
            let held = self.window.bytes().len();
            self.window.consume(held.saturating_sub(opening.len() - 1));
            if !self.window.more() {
                return false;
            }
        }
    }

    fn skip_space(&mut self, mut at: usize) -> Result<usize, Broken> {
        loop {
            match self.window.byte(at) {
                Some(byte) if byte.is_ascii_whitespace() => at += 1,
                Some(_) => return Ok(at),
                None => return Err(Broken::Cut),
            }
        }
    }

    /// The position after the string that begins at `at`.
    fn string_end(&mut self, at: usize) -> Result<usize, Broken> {
        let mut at = at + 1;
        loop {
            let bytes = self.window.bytes();
            match bytes.get(at..).and_then(|rest| memchr::memchr3(b'"', b'\\', b'\n', rest)).map(|found| at + found) {
                Some(found) if bytes[found] == b'"' => return Ok(found + 1),
                Some(found) if bytes[found] == b'\\' => at = found + 2,
                // No string holds a bare line break: one that seems to has lost its end.
                Some(_) => return Err(Broken::Stray(b'\n')),
                None => {
                    at = at.max(bytes.len());
                    self.grow(at)?;
                }
            }
        }
    }

    fn grow(&mut self, at: usize) -> Result<(), Broken> {
        if at > self.max_record + 2 {
            return Err(Broken::TooLong);
        }
        if self.window.more() { Ok(()) } else { Err(Broken::Cut) }
    }

    /// The position after the value that begins at `at`.
    fn value_end(&mut self, at: usize) -> Result<usize, Broken> {
        if let Some(broken) = self.known_broken(at) {
            return Err(broken);
        }
        self.open.clear();
        let (mut reached, mut deeper) = (at, 0);
        let end = self.read_value(&mut reached, &mut deeper);
        let (from, to) = (self.offset() + at as u64, self.offset() + reached as u64);
        self.again += self.reached.min(to).saturating_sub(from);
        self.reached = self.reached.max(to);
        // What is only too long may end from within.
        if let Err(broken @ (Broken::Cut | Broken::Stray(_))) = end
            && !self.open.is_empty()
        {
            let begin = self.offset();
            self.unclosed.retain(|unclosed| unclosed.starts.last().is_some_and(|last| *last >= begin));
            let starts = self.open.iter().map(|open| begin + (open >> 1) as u64).collect();
            self.unclosed.push(Unclosed { starts, broken });
        }
        end
    }

    /// Why the value at `at` does not end, if that is known.
    fn known_broken(&self, at: usize) -> Option<Broken> {
        let start = self.offset() + at as u64;
        let holds = |unclosed: &&Unclosed| unclosed.starts.binary_search(&start).is_ok();
        self.unclosed.iter().find(holds).map(|unclosed| unclosed.broken)
    }

    /// Reads the value that begins at `at`, with the containers it is in; `deeper` counts those that are not kept.
    fn read_value(&mut self, at: &mut usize, deeper: &mut usize) -> Result<usize, Broken> {
        loop {
            let depth = self.open.len() + *deeper;
            let Some(&byte) = self.window.bytes().get(*at) else {
                // A number or word may be the last thing of a source.
                match self.grow(*at) {
                    Err(Broken::Cut) if depth == 0 && *at > 0 && self.window.bytes().len() == *at => return Ok(*at),
                    other => other?,
                }
                continue;
            };
            match byte {
                b'"' => *at = self.string_end(*at)?,
                b'{' | b'[' => {
                    if self.open.len() < MAX_OPEN {
                        self.open.push((*at << 1) | usize::from(byte == b'{'));
                    } else {
                        *deeper += 1;
                    }
                    *at += 1;
                    continue;
                }
                b'}' | b']' if *deeper > 0 => {
                    *deeper -= 1;
                    *at += 1;
                }
                b'}' | b']' => {
                    // Whether it closes what was opened last.
                    if self.open.last().is_none_or(|open| (open & 1 == 1) != (byte == b'}')) {
                        return Err(Broken::Stray(byte));
                    }
                    self.open.pop();
                    *at += 1;
                }
                b',' | b':' | b' ' | b'\t' | b'\r' | b'\n' if depth > 0 => {
                    *at += 1;
                    continue;
                }
                _ => *at = self.word_end(*at)?,
            }
            if self.open.len() + *deeper == 0 {
                return Ok(*at);
            }
        }
    }

    /// The position after a number or a word such as `true`.
    fn word_end(&mut self, start: usize) -> Result<usize, Broken> {
        let mut at = start;
        while let Some(byte) = self.window.byte(at) {
            match byte {
                b'0'..=b'9'
                | b'+'
                | b'-'
                | b'.'
                // Letters of the words that JSON has, and of those that tools write all the same: NaN, Infinity, None.
                | b'a'..=b'z'
                | b'A'..=b'Z' => at += 1,
                _ if at == start => return Err(Broken::Stray(byte)),
                _ => break,
            }
            if at > self.max_record {
                return Err(Broken::TooLong);
            }
        }
        Ok(at)
    }
}

/// What a key of a container holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    RowArray,
    Rows,
    Columns,
    Name,
    Kind,
    Frame,
    Id,
    Fragment,
    Errors,
}

impl Role {
    fn of(key: &[u8]) -> Option<Self> {
        let is = |name: &str| key.eq_ignore_ascii_case(name.as_bytes());
        match key.len() {
            4..=9 | 17 => {}
            _ => return None,
        }
        Some(if ROW_ARRAYS.iter().any(|name| is(name)) {
            Self::RowArray
        } else if is("rows") {
            Self::Rows
        } else if is("columns") {
            Self::Columns
        } else if is("name") || is("tablename") {
            Self::Name
        } else if is("tablekind") {
            Self::Kind
        } else if is("frametype") {
            Self::Frame
        } else if is("tableid") {
            Self::Id
        } else if is("tablefragmenttype") {
            Self::Fragment
        } else if is("haserrors") || is("error") {
            Self::Errors
        } else {
            return None;
        })
    }
}

/// What a table says before its rows.
#[derive(Default)]
struct TableHead {
    name: Option<String>,
    columns: Vec<Column>,
    /// A table Kusto adds about the query itself.
    is_about_the_query: bool,
    /// A piece of a Kusto v2 result.
    is_frame: bool,
    /// Its number within that.
    id: Option<i64>,
    /// Its rows stand in the place of those before.
    is_replacement: bool,
}

impl TableHead {
    fn take(&mut self, role: Role, json: &[u8]) {
        match role {
            Role::Name => self.name = Some(serde_json::from_slice(json).unwrap_or_default()),
            Role::Kind => {
                let kind: Option<String> = serde_json::from_slice(json).ok();
                self.is_about_the_query = kind.is_some_and(|kind| kind != "PrimaryResult");
            }
            Role::Columns => self.columns = columns(json),
            Role::Frame => self.is_frame = true,
            Role::Id => self.id = serde_json::from_slice(json).ok(),
            Role::Fragment => self.is_replacement = json == b"\"DataReplace\"",
            Role::RowArray | Role::Rows | Role::Errors => {}
        }
    }
}

fn columns(json: &[u8]) -> Vec<Column> {
    let Ok(serde_json::Value::Array(items)) = serde_json::from_slice(json) else { return Vec::new() };
    items
        .iter()
        .map(|item| {
            let name = ["name", "ColumnName"].iter().find_map(|key| item.get(key)).and_then(|name| name.as_str());
            let name = name.unwrap_or_default().to_owned();
            let targets = if name.is_empty() { Targets::SKIP } else { tables::targets(&name, false) };
            Column { name, targets, ahead: Span::from_ticks(0) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes read again, and what was told.
    fn walked(text: &str, max_record: usize) -> (u64, Tally) {
        let (mut rows, mut tally) = (Rows::default(), Tally::default());
        let mut reader = text.as_bytes();
        let mut window = Window::new(&mut reader, u64::MAX);
        let mut walk = Walk::new(&mut window, 0, max_record, &mut rows, &mut tally);
        walk.read();
        let again = walk.again;
        (again, tally)
    }

    #[test]
    fn brackets_that_never_close_are_read_to_the_end_once() {
        let row = r#"{"TimeGenerated":"2026-05-01T00:00:00Z","x":[{"y":1}]}"#;
        let lost = r#"{"TimeGenerated":"2026-05-01T00:00:00Z","x":[{"y":1}"#;
        let tenth = |n: usize| {
            let rows: Vec<&str> = (0..n).map(|at| if at % 10 == 3 { lost } else { row }).collect();
            format!("[{}]", rows.join(","))
        };
        let shapes: [(&str, &dyn Fn(usize) -> String); 6] = [
            ("objects", &|n| r#"{"a":"#.repeat(n)),
            ("arrays of records", &|n| r#"[{"a":1,"b":["#.repeat(n)),
            ("pages", &|n| r#"[{"value":["#.repeat(n)),
            ("out of place", &|n| format!("{}]", r#"{"a":[1,{"b":2},"#.repeat(n))),
            ("quotes that lost their place", &|n| r#"{"a":[1,"{"a":[1,{"a":"#.repeat(n)),
            ("every tenth row", &tenth),
        ];
        for (shape, make) in shapes {
            for n in [100, 1000] {
                let text = make(n);
                let (again, _) = walked(&text, 64 << 20);
                assert!(again <= 4 * text.len() as u64, "{shape}: {again} of {} bytes again", text.len());
            }
        }
    }

    #[test]
    fn a_source_that_breaks_everywhere_is_given_up_and_says_so() {
        // Too long each, and each might end: nothing is known of the next.
        let (again, tally) = walked(&r#"{"a":"#.repeat(40_000), 100_000);
        let most = AGAIN + (MAX_AGAIN + 2) * 240_000;
        assert!(again <= most, "{again} bytes again");
        let mut source = crate::model::Source::default();
        let mut problems = Vec::new();
        tally.settle(&mut source, &mut problems);
        let said = problems.iter().any(|problem| problem.reason.contains("so is too much of what follows"));
        assert!(said, "{:?}", problems.last());
    }
}
