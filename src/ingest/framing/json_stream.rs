//! JSON that is not line by line: arrays, pages, envelopes, query results, and any of them one after another.
//!
//! The [`Cursor`] finds the end of each element; [`Elements`] holds a few of them, until somebody reads them.

use super::elements::Elements;
use super::envelope::HITS;
use super::json_cursor::{Broken, Cursor};
use super::kusto::{Role, TableHead};
use crate::ingest::bytes::window::Window;
use crate::ingest::record::keys::Column;
use std::collections::HashMap;
use std::sync::Arc;

/// Containers within containers that are followed: a page, its tables, their rows.
const MAX_LEVEL: usize = 6;

/// Bytes of elements that are handed over together. The first are fewer, for somebody waits to see a row.
const ENOUGH: usize = 256 << 10;
const FIRST: usize = 4 << 10;

/// Takes elements, to read them or to give them to another thread; it ends the reading by returning false.
pub(crate) type Take<'t> = dyn FnMut(Elements) -> bool + 't;

/// One pass over a stream of JSON.
pub(crate) struct JsonStream<'w, 'r, 'o> {
    cursor: Cursor<'w, 'r>,
    max_record: usize,
    take: &'o mut Take<'o>,
    /// Cut, and not handed over yet.
    elements: Elements,
    /// Bytes of them that are enough to do so.
    enough: usize,
    /// The beginning of a good record, up to its first key, to find the next one after a broken one.
    opening: Vec<u8>,
    stopped: bool,
    /// Columns of Kusto tables whose rows come in later frames.
    frames: HashMap<i64, TableHead>,
    /// True once the source's sudden end was reported.
    cut: bool,
    /// True if a query's result is marked as incomplete.
    errors: bool,
}

impl<'w, 'r, 'o> JsonStream<'w, 'r, 'o> {
    /// Over everything in the window.
    pub(crate) fn new(window: &'w mut Window<'r>, base: u64, max_record: usize, take: &'o mut Take<'o>) -> Self {
        Self {
            cursor: Cursor::new(window, base, max_record),
            max_record,
            take,
            elements: Elements::default(),
            enough: FIRST,
            opening: Vec::new(),
            stopped: false,
            frames: HashMap::new(),
            cut: false,
            errors: false,
        }
    }

    /// Cuts off every row to the end of the stream.
    pub(crate) fn run(mut self) {
        self.read();
    }

    fn read(&mut self) {
        self.documents();
        if self.errors {
            let partial = "the query says that its result is not whole: run it over a shorter time";
            // Behind what else is said of the end.
            self.elements.problem_of_all(self.cursor.offset() + 1, partial);
        }
        self.hand_over();
    }

    /// Hands over what is cut off.
    fn hand_over(&mut self) {
        if !self.elements.is_empty() && !self.stopped {
            let (container, columns) = self.elements.table();
            let elements = std::mem::replace(&mut self.elements, Elements::new(container, columns));
            self.stopped = !(self.take)(elements);
        }
    }

    /// Begins the rows of a table; what was cut off is of another one.
    fn enter(&mut self, container: Option<String>, columns: Arc<[Column]>) {
        self.hand_over();
        self.elements = Elements::new(container, columns);
    }

    fn documents(&mut self) {
        loop {
            self.cursor.blank(b", ]}");
            match self.cursor.window.byte(0) {
                None => return,
                Some(_) if self.stopped => return,
                Some(b'[') => {
                    self.cursor.window.consume(1);
                    self.array(false, 0);
                }
                Some(b'{') => self.element(0),
                Some(byte) => self.recover(Broken::Stray(byte)),
            }
        }
    }

    /// Cuts off the elements of an array whose bracket is consumed, rows of a table if `has_rows`.
    fn array(&mut self, has_rows: bool, level: usize) {
        loop {
            self.cursor.blank(b",");
            if self.stopped {
                return;
            }
            match self.cursor.window.byte(0) {
                None => {
                    // Said once, not by each of the arrays around.
                    if !std::mem::replace(&mut self.cut, true) {
                        let offset = self.cursor.offset();
                        self.elements.problem(offset, "the source ends inside an array".to_owned());
                    }
                    return;
                }
                Some(b']') => return self.cursor.window.consume(1),
                Some(b'{') => self.element(level),
                Some(b'[') if has_rows => self.row(),
                Some(b'[') if level < MAX_LEVEL => {
                    self.cursor.window.consume(1);
                    self.array(false, level + 1);
                }
                Some(b'}') => return,
                Some(byte) => self.no_record(byte),
            }
        }
    }

    /// Passes over a value that is no record.
    fn no_record(&mut self, first: u8) {
        match self.cursor.value_end(0) {
            Ok(end) => {
                self.elements.fault(self.cursor.offset(), "is not an object".to_owned());
                self.done(end);
            }
            Err(broken) => self.recover(if first == b'[' { broken } else { Broken::Stray(first) }),
        }
    }

    /// Cuts off one row of a table.
    fn row(&mut self) {
        match self.cursor.value_end(0) {
            Ok(end) => {
                self.elements.row(self.cursor.offset(), &self.cursor.window.bytes()[..end]);
                self.done(end);
            }
            Err(broken) => self.recover(broken),
        }
    }

    /// Cuts off an object: a record, or a container of records, which its keys show.
    fn element(&mut self, level: usize) {
        match self.scan(level) {
            Ok(Some(end)) => {
                let offset = self.cursor.offset();
                if end > self.max_record {
                    self.elements.too_long(offset, self.max_record);
                } else {
                    self.elements.object(offset, &self.cursor.window.bytes()[..end]);
                }
                self.done(end);
            }
            Ok(None) => {}
            Err(broken) => self.recover(broken),
        }
    }

    fn done(&mut self, end: usize) {
        self.cursor.window.consume(end);
        self.hand_over_enough();
    }

    /// Hands over what is cut off, if it is enough.
    fn hand_over_enough(&mut self) {
        if self.elements.len() >= self.enough {
            self.enough = (self.enough * 2).min(ENOUGH);
            self.hand_over();
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
            at = self.cursor.skip_space(at)?;
            match self.cursor.window.byte(at) {
                Some(b'}') if inside > 0 => {
                    inside -= 1;
                    self.cursor.window.consume(at + 1);
                    at = 0;
                    continue;
                }
                // A frame about the result, such as its header, is no row of it.
                Some(b'}') if container || table.is_frame => {
                    self.cursor.window.consume(at + 1);
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
            let key_end = self.cursor.string_end(at)?;
            if self.opening.is_empty() {
                self.opening = self.cursor.window.bytes()[..key_end].to_vec();
            }
            let colon = self.cursor.skip_space(key_end)?;
            match self.cursor.window.byte(colon) {
                Some(b':') => {}
                Some(byte) => return Err(Broken::Stray(byte)),
                None => return Err(Broken::Cut),
            }
            let value = self.cursor.skip_space(colon + 1)?;
            let role = Role::from_key(&self.cursor.window.bytes()[at + 1..key_end - 1]);
            if role == Some(Role::RowArray)
                && level == 0
                && self.cursor.window.byte(value) == Some(b'{')
                && &self.cursor.window.bytes()[at + 1..key_end - 1] == HITS.as_bytes()
            {
                self.cursor.window.consume(value + 1);
                (container, inside, at) = (true, inside + 1, 0);
                continue;
            }
            if let Some(role) = role.filter(|_| level < MAX_LEVEL)
                && self.opens_rows(role, value, &table)?
            {
                self.opening.clear();
                self.cursor.window.consume(value + 1);
                container = true;
                if role == Role::Rows {
                    self.table_rows(&mut table, level);
                } else {
                    self.array(false, level + 1);
                }
                at = 0;
                continue;
            }
            let end = self.cursor.value_end(value)?;
            if let Some(role) = role {
                table.take(role, &self.cursor.window.bytes()[value..end]);
                partial |=
                    role == Role::Errors && !matches!(&self.cursor.window.bytes()[value..end], b"false" | b"null");
            }
            at = end;
            // What a container says besides its rows need not stay in memory.
            if container {
                self.cursor.window.consume(at);
                at = 0;
            }
        }
    }

    fn table_rows(&mut self, table: &mut TableHead, level: usize) {
        if table.is_about_the_query {
            self.pass_over_array();
        } else if let Some(head) = table.id.filter(|_| table.columns.is_empty()).and_then(|id| self.frames.remove(&id))
        {
            if table.is_replacement {
                let again = "a progressive result took rows back while it was sent: some may stand here twice";
                // At the bracket: the first row may begin behind it.
                self.elements.remark(self.cursor.offset() - 1, again);
            }
            if head.is_about_the_query {
                self.pass_over_array();
            } else {
                self.rows(head.name.clone(), &head.columns, level);
            }
            self.frames.insert(table.id.unwrap_or_default(), head);
        } else if table.columns.is_empty() {
            let offset = self.cursor.offset();
            self.elements.problem(offset, "a table's rows come before its columns: they were not read".to_owned());
            self.pass_over_array();
        } else {
            let name = table.name.clone().unwrap_or_else(|| "unnamed table".to_owned());
            self.rows(Some(name), &table.columns, level);
        }
    }

    /// Cuts off the rows of a table.
    fn rows(&mut self, name: Option<String>, columns: &Arc<[Column]>, level: usize) {
        let (container, outer) = self.elements.table();
        self.enter(name, Arc::clone(columns));
        self.array(true, level + 1);
        self.enter(container, outer);
    }

    /// Consumes the elements of an array, and its end, unread.
    fn pass_over_array(&mut self) {
        loop {
            self.cursor.blank(b",");
            match self.cursor.window.byte(0) {
                Some(b']') => return self.cursor.window.consume(1),
                None => return,
                Some(_) => match self.cursor.value_end(0) {
                    Ok(end) => self.cursor.window.consume(end),
                    Err(broken) => return self.recover(broken),
                },
            }
        }
    }

    /// Returns whether the value under a key of this role is an array of rows.
    fn opens_rows(&mut self, role: Role, value: usize, table: &TableHead) -> Result<bool, Broken> {
        if self.cursor.window.byte(value) != Some(b'[') {
            return Ok(false);
        }
        let first = self.cursor.skip_space(value + 1)?;
        let first = self.cursor.window.byte(first);
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
        let offset = self.cursor.offset();
        let reason = match broken {
            Broken::Cut => "the source ends inside it".to_owned(),
            Broken::Stray(0) => "is not valid JSON: a NUL stands in it, as in UTF-16 behind UTF-8".to_owned(),
            Broken::Stray(byte) => format!("is not valid JSON: '{}' is out of place", byte.escape_ascii()),
            Broken::TooLong => format!("is longer than {} bytes (--max-record raises it)", self.max_record),
        };
        self.cut |= broken == Broken::Cut;
        let opening = std::mem::take(&mut self.opening);
        self.cursor.window.consume(usize::from(!self.cursor.window.bytes().is_empty()));
        let hopeless = self.cursor.is_hopeless();
        let found = !hopeless && !opening.is_empty() && self.cursor.seek(&opening);
        if !found {
            while self.cursor.window.more() || !self.cursor.window.bytes().is_empty() {
                self.cursor.window.consume(self.cursor.window.bytes().len());
            }
        }
        let next = self.cursor.offset();
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
        self.elements.fault(offset, reason + &outcome);
        self.hand_over_enough();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::framing::json_cursor::{AGAIN, MAX_AGAIN};
    use crate::ingest::record::builder::RecordReader;
    use crate::ingest::stats::SourceStats;

    /// Bytes read again, and the counts.
    fn walked(text: &str, max_record: usize) -> (u64, SourceStats) {
        let (mut records, mut stats) = (RecordReader::default(), SourceStats::default());
        let mut reader = text.as_bytes();
        let mut window = Window::new(&mut reader, u64::MAX);
        let mut take = |elements: Elements| elements.read(&mut records, &mut stats, &mut |_, _| true);
        let mut stream = JsonStream::new(&mut window, 0, max_record, &mut take);
        stream.read();
        let again = stream.cursor.again();
        (again, stats)
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
        let (again, stats) = walked(&r#"{"a":"#.repeat(40_000), 100_000);
        let most = AGAIN + (MAX_AGAIN + 2) * 240_000;
        assert!(again <= most, "{again} bytes again");
        let mut source = crate::model::Source::default();
        let mut problems = Vec::new();
        stats.settle(&mut source, &mut problems);
        let named = problems.iter().any(|problem| problem.reason.contains("so is too much of what follows"));
        assert!(named, "{:?}", problems.last());
    }
}
