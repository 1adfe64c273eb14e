//! Workbooks (.xlsx): each sheet becomes a CSV that is set aside, and is read like one.
//!
//! The package that reads them believes what a file says of its sizes. So the parts of a workbook are held against
//! those sizes before it is opened, and it is read cell by cell, never as the table that its dimensions claim.

use super::{Archive, Left, Ration};
use crate::ingest::bundle::intake::{Input, Intake};
use crate::ingest::bytes::body::Stretch;
use crate::ingest::bytes::body::reason;
use crate::ingest::bytes::decode::{self, FileRange};
use crate::ingest::bytes::window::TOO_MANY_BYTES;
use crate::ingest::framing::csv::Header;
use crate::tables::Target;
use calamine::{DataRef, Reader, Xlsx, XlsxCellReader, XlsxError};
use chrono::{NaiveDate, TimeDelta};
use std::io::{BufReader, Read};

/// Rows looked through for one that names columns.
const HEADER_WITHIN: usize = 100;
/// Columns a sheet may have.
const COLUMNS: usize = 16_384;
/// Day numbers taken for times where a column holds times: from 1954 to 2119, by either system.
const DAYS: std::ops::Range<f64> = 20_000.0..80_000.0;
/// Bytes of a sheet's CSV that are set aside at a time.
const BLOCK: usize = 256 << 10;

type Book = Xlsx<BufReader<Stretch>>;

/// A zip that is no archive of files, by the names of its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Document {
    /// Read here.
    Workbook,
    /// Not read: what it is, and what to do.
    Other(&'static str),
}

/// Returns what a zip is whose first member has this name; `None` for an archive of files.
pub(super) fn could_be_document(first: &str) -> bool {
    let begins = ["[Content_Types].xml", "mimetype", "_rels/", "docProps/", "customXml/", "xl/", "word/", "ppt/"];
    begins.iter().any(|begin| first.starts_with(begin))
}

/// Returns what a zip with these members is.
pub(super) fn document(names: impl Iterator<Item = String>) -> Option<Document> {
    const OPEN: &str = "is an OpenDocument file: save the sheet as CSV (UTF-8) or .xlsx and give that";
    let mut found = None;
    for name in names {
        found = match name.to_ascii_lowercase().as_str() {
            "xl/workbook.xml" => return Some(Document::Workbook),
            "xl/workbook.bin" => {
                Some("is a binary workbook (.xlsb): save the sheet as CSV UTF-8 (File > Save As) and give the file")
            }
            "word/document.xml" => Some("is a Word document: export the rows as JSON or CSV"),
            "ppt/presentation.xml" => Some("is a presentation: export the rows as JSON or CSV"),
            "mimetype" => Some(OPEN),
            _ => found,
        };
    }
    found.map(Document::Other)
}

/// A sheet on its way to become a CSV.
struct Sheet {
    /// One for each column of the header: true if it holds times.
    times: Vec<bool>,
    /// One for each column: true if a cell has a time of day.
    fractions: Vec<bool>,
    /// Rows before the header.
    before: usize,
    is_1904: bool,
    /// Cells whose day numbers were read as times.
    dated: u64,
}

impl Intake<'_> {
    pub(super) fn workbook(&mut self, archive: &Archive<'_>, left: &mut Left) -> Result<(), String> {
        let file = archive.place.open().map_err(|error| reason(&error))?;
        let damaged = |error: &XlsxError| format!("is a damaged workbook: {error}");
        let mut book = Xlsx::new(BufReader::new(file)).map_err(|error| damaged(&error))?;
        let sheets = book.sheet_names();
        if sheets.is_empty() {
            return Err("is a workbook without sheets".to_owned());
        }
        for sheet in &sheets {
            if self.is_stopped() {
                return Ok(());
            }
            if self.members_left() == 0 {
                return Err(self.too_many(Some(sheets.len())));
            }
            self.count_member();
            match self.sheet(&mut book, sheet, archive) {
                Ok(true) => {}
                Ok(false) => left.empty.push(sheet.clone()),
                Err(reason) => self.problem(format!("{}!{sheet}", archive.name), reason),
            }
        }
        Ok(())
    }

    /// Takes a sheet as a source; `false` where it has no cell.
    fn sheet(&mut self, book: &mut Book, sheet: &str, archive: &Archive<'_>) -> Result<bool, String> {
        let damaged = |error: XlsxError| format!("is a damaged sheet: {error}");
        let is_1904 = book.has_1904_epoch();
        let Some(mut form) = Sheet::look(book, sheet, is_1904).map_err(damaged)? else { return Ok(false) };
        let start = self.spool.end();
        let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let mut rows = SheetRows::new(book, sheet).map_err(damaged)?;
        let mut number = 0;
        let mut failed = None;
        while !self.is_stopped() {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(error) => {
                    failed = Some(format!("{}: what came before is read", damaged(error)));
                    break;
                }
            };
            number += 1;
            if number <= form.before {
                continue;
            }
            csv.write_record(form.texts(row)).expect("memory takes every row");
            if csv.get_ref().len() >= BLOCK {
                self.push_csv(&mut csv)?;
            }
            if self.spool.end() - start > self.options.max_bytes {
                failed = Some(format!("the rest was not read: it {TOO_MANY_BYTES}"));
                break;
            }
        }
        drop(rows);
        self.push_csv(&mut csv)?;
        let bytes = self.spool.end() - start;
        let place = FileRange::part(self.spooled()?, start..self.spool.end());
        let name = format!("{}!{sheet}", archive.name);
        self.preview.look(&name, &place);
        if let Some(failed) = failed {
            self.problem(&name, failed);
        }
        self.inputs.push(Input {
            member: name.get(archive.holder.1.len() + 1..).map(str::to_owned),
            name,
            holder: archive.holder.0.clone(),
            place,
            packed: false,
            bytes,
            remarks: form.remarks(),
        });
        Ok(true)
    }

    fn push_csv(&mut self, csv: &mut csv::Writer<Vec<u8>>) -> Result<(), String> {
        let fresh = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        let written = std::mem::replace(csv, fresh).into_inner().expect("memory takes every row");
        self.spool.push(&written).map_err(|error| error.to_string())
    }

    /// Holds the parts of a workbook against the sizes they declare: none may be a bomb, or name more texts than it has
    /// room for.
    pub(super) fn weigh_workbook(&self, parts: &[(FileRange, u64)], packed: u64) -> Result<(), String> {
        let mut ration = Ration::new(packed);
        for (place, size) in parts {
            if !ration.take(*size, self.options.max_ratio) || *size > self.options.max_bytes {
                return Err(format!(
                    "is a workbook that unpacks to more than {} times its size: it was not read (--max-ratio raises it)",
                    self.options.max_ratio
                ));
            }
            let weighed = decode::open(place, self.options.max_ratio, &|_| {}, |reader| most_texts(reader));
            let texts = weighed.and_then(|texts| texts).map_err(|error| format!("is a damaged workbook: {error}"))?;
            if texts > *size {
                return Err("is a damaged workbook: it counts more texts than it has room for".to_owned());
            }
        }
        Ok(())
    }
}

/// The highest number after `uniqueCount` in a part of a workbook, read to its end.
fn most_texts(reader: &mut dyn Read) -> std::io::Result<u64> {
    const KEY: &[u8] = b"uniqueCount";
    // A name, blanks, a sign, a quote and the digits: more is no number.
    const ROOM: usize = 64;
    let mut held = Vec::new();
    let mut block = vec![0; 64 << 10];
    let mut most = 0;
    loop {
        let count = match reader.read(&mut block) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            count => count?,
        };
        held.extend_from_slice(&block[..count]);
        for at in memchr::memmem::find_iter(&held, KEY) {
            let after = &held[at + KEY.len()..held.len().min(at + KEY.len() + ROOM)];
            let digits =
                after.iter().skip_while(|byte| !byte.is_ascii_digit()).take_while(|byte| byte.is_ascii_digit());
            let number = digits.fold(0u64, |sum, byte| sum.saturating_mul(10).saturating_add(u64::from(byte - b'0')));
            most = most.max(number);
        }
        if count == 0 {
            return Ok(most);
        }
        held.drain(..held.len().saturating_sub(KEY.len() + ROOM));
    }
}

impl Sheet {
    /// Looks through a sheet for its header and for times of day; `None` where it has no cell.
    fn look(book: &mut Book, name: &str, is_1904: bool) -> Result<Option<Self>, XlsxError> {
        let mut form = Self { times: Vec::new(), fractions: Vec::new(), before: 0, is_1904, dated: 0 };
        let mut rows = SheetRows::new(book, name)?;
        let (mut number, mut found) = (0, false);
        while let Some(row) = rows.next()? {
            number += 1;
            if !found && number <= HEADER_WITHIN {
                let texts = form.texts(row);
                let mut line = csv::Writer::from_writer(Vec::new());
                line.write_record(&texts).expect("memory takes every row");
                let line = line.into_inner().expect("memory takes every row");
                if let Some(header) = Header::read(&line) {
                    let is_time = |target| matches!(target, Target::Created(_) | Target::Ingested(_));
                    form.times = header.columns.iter().map(|column| is_time(column.targets.any())).collect();
                    form.fractions = vec![false; form.times.len()];
                    (form.before, found) = (number - 1, true);
                    continue;
                }
            }
            for (cell, fraction) in row.iter().zip(&mut form.fractions) {
                let day = match cell {
                    DataRef::DateTime(at) if at.is_datetime() => at.as_f64(),
                    DataRef::Float(day) => *day,
                    _ => continue,
                };
                *fraction |= day.fract() != 0.0;
            }
        }
        // Its first row is then reported, like that of any CSV of unknown columns.
        Ok((number > 0).then_some(form))
    }

    /// A row's cells as texts, one for each column at least.
    fn texts(&mut self, row: &[DataRef<'_>]) -> Vec<String> {
        let filled = row.iter().rposition(|cell| *cell != DataRef::Empty).map_or(0, |last| last + 1);
        let width = filled.max(self.times.len()).max(1);
        (0..width).map(|at| row.get(at).map(|cell| self.text(at, cell)).unwrap_or_default()).collect()
    }

    fn text(&mut self, at: usize, cell: &DataRef<'_>) -> String {
        match cell {
            DataRef::Empty | DataRef::Error(_) => String::new(),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
            DataRef::SharedString(text) => (*text).to_owned(),
            DataRef::Bool(yes) => yes.to_string(),
            DataRef::Int(number) => number.to_string(),
            // Written out in full: an id or an AS number stays what it is.
            DataRef::Float(number) if self.times.get(at) == Some(&true) && DAYS.contains(number) => {
                self.dated += 1;
                self.day(at, *number)
            }
            DataRef::Float(number) => number.to_string(),
            DataRef::DateTime(day) if day.is_datetime() => {
                self.dated += 1;
                self.day(at, day.as_f64())
            }
            DataRef::DateTime(span) => span.as_f64().to_string(),
        }
    }

    /// A day number as a time, to the millisecond; as a date where no cell of the column has a time of day.
    fn day(&self, at: usize, day: f64) -> String {
        let first =
            if self.is_1904 { NaiveDate::from_ymd_opt(1904, 1, 1) } else { NaiveDate::from_ymd_opt(1899, 12, 30) };
        let first = first.expect("a day that was").and_time(chrono::NaiveTime::MIN);
        #[expect(clippy::cast_possible_truncation, reason = "what is out of range is cut to it, and is no day then")]
        let millis = (day * 86_400_000.0).round() as i64;
        let Some(time) = TimeDelta::try_milliseconds(millis).and_then(|span| first.checked_add_signed(span)) else {
            return day.to_string();
        };
        let whole = self.fractions.get(at) == Some(&false);
        time.format(if whole { "%Y-%m-%d" } else { "%Y-%m-%dT%H:%M:%S%.f" }).to_string()
    }

    /// Remarks on how it was read.
    fn remarks(&self) -> Vec<String> {
        let system = if self.is_1904 { 1904 } else { 1900 };
        let dated = (self.dated > 0).then(|| {
            format!(
                "{} dates are day numbers of a workbook, read by its {system} date system to the millisecond",
                self.dated
            )
        });
        let rows = if self.before == 1 { "row stands" } else { "rows stand" };
        let before = (self.before > 0).then(|| format!("{} {rows} before the header and were left out", self.before));
        dated.into_iter().chain(before).collect()
    }
}

/// The rows of a sheet that have cells, with the cells in their columns.
struct SheetRows<'b> {
    cells: XlsxCellReader<'b, BufReader<Stretch>>,
    row: Vec<DataRef<'b>>,
    next: Option<((u32, u32), DataRef<'b>)>,
    /// True once the last cell was read: the reader would take what follows for one.
    ended: bool,
}

impl<'b> SheetRows<'b> {
    fn new(book: &'b mut Book, sheet: &str) -> Result<Self, XlsxError> {
        Ok(Self { cells: book.worksheet_cells_reader(sheet)?, row: Vec::new(), next: None, ended: false })
    }

    fn next(&mut self) -> Result<Option<&[DataRef<'b>]>, XlsxError> {
        self.row.clear();
        let mut number = None;
        loop {
            let (at, value) = match self.next.take() {
                Some(next) => next,
                None if self.ended => return Ok(number.map(|_| self.row.as_slice())),
                None => {
                    let Some(cell) = self.cells.next_cell()? else {
                        self.ended = true;
                        continue;
                    };
                    (cell.get_position(), cell.get_value().clone())
                }
            };
            if value == DataRef::Empty {
                continue;
            }
            if number.is_some_and(|number| number != at.0) {
                self.next = Some((at, value));
                return Ok(Some(&self.row));
            }
            number = Some(at.0);
            let column = at.1 as usize;
            if column >= COLUMNS {
                return Err(XlsxError::UnexpectedNode("a cell past the last column"));
            }
            if self.row.len() <= column {
                self.row.resize(column + 1, DataRef::Empty);
            }
            self.row[column] = value;
        }
    }
}
