//! Workbooks: each sheet is a source, its dates are times, its numbers exact.

use super::containers::problems;
use super::{bundle, described, file, read, read_one, zip};
use std::fmt::Write;
use tokentrail::testing::ingest::{Hashing, Loaded, Options};
use tokentrail::testing::model::Field;

/// A cell.
#[derive(Clone)]
enum Cell {
    Text(String),
    Number(f64),
    /// A number shown as a date.
    Date(f64),
    Nothing,
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// A sheet's XML: texts as shared strings, whose list grows.
fn sheet(rows: &[Vec<Cell>], strings: &mut Vec<String>) -> String {
    let mut xml =
        String::from("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>");
    for (number, row) in (1..).zip(rows) {
        write!(xml, "<row r=\"{number}\">").unwrap();
        for (column, cell) in row.iter().enumerate() {
            let mut name = String::new();
            let mut left = column + 1;
            while left > 0 {
                name.insert(0, char::from(b'A' + u8::try_from((left - 1) % 26).unwrap()));
                left = (left - 1) / 26;
            }
            match cell {
                Cell::Text(text) => {
                    strings.push(escaped(text));
                    write!(xml, "<c r=\"{name}{number}\" t=\"s\"><v>{}</v></c>", strings.len() - 1).unwrap();
                }
                Cell::Number(value) => write!(xml, "<c r=\"{name}{number}\"><v>{value}</v></c>").unwrap(),
                Cell::Date(value) => write!(xml, "<c r=\"{name}{number}\" s=\"1\"><v>{value}</v></c>").unwrap(),
                Cell::Nothing => {}
            }
        }
        xml += "</row>";
    }
    xml + "</sheetData></worksheet>"
}

/// A workbook of such sheets.
fn workbook(sheets: &[(&str, Vec<Vec<Cell>>)], is_1904: bool) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let packages = "http://schemas.openxmlformats.org/package/2006";
    let mut strings = Vec::new();
    let mut members: Vec<(String, String)> = Vec::new();
    let (mut listed, mut related) = (String::new(), String::new());
    for (number, (name, rows)) in (1..).zip(sheets) {
        members.push((format!("xl/worksheets/sheet{number}.xml"), sheet(rows, &mut strings)));
        write!(listed, "<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"r{number}\"/>").unwrap();
        write!(
            related,
            "<Relationship Id=\"r{number}\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        )
        .unwrap();
    }
    let date = if is_1904 { "<workbookPr date1904=\"1\"/>" } else { "" };
    let items: String = strings.iter().map(|text| format!("<si><t>{text}</t></si>")).collect();
    members.insert(0, ("[Content_Types].xml".into(), format!("<Types xmlns=\"{packages}/content-types\"/>")));
    members.push(("_rels/.rels".into(), format!("<Relationships xmlns=\"{packages}/relationships\"><Relationship Id=\"w\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")));
    members.push((
        "xl/workbook.xml".into(),
        format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\">{date}<sheets>{listed}</sheets></workbook>"),
    ));
    members.push((
        "xl/_rels/workbook.xml.rels".into(),
        format!("<Relationships xmlns=\"{packages}/relationships\">{related}</Relationships>"),
    ));
    members.push(("xl/styles.xml".into(), format!("<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>")));
    members.push((
        "xl/sharedStrings.xml".into(),
        format!("<sst xmlns=\"{main}\" uniqueCount=\"{}\">{items}</sst>", strings.len()),
    ));
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, xml)| (name.as_str(), xml.as_bytes())).collect();
    zip(&members)
}

/// The rows of a CSV as cells of text.
fn cells(csv: &str) -> Vec<Vec<Cell>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(text).collect()).collect()
}

const HEADER: [&str; 8] =
    ["Type", "TimeGenerated [UTC]", "Id", "UserId", "AppId", "ResultType", "AutonomousSystemNumber", "IPAddress"];

/// A row with a day number for its time.
fn row(id: f64, time: Cell) -> Vec<Cell> {
    let id = format!("11111111-0000-0000-0000-{id:012}");
    let mut cells = vec![text("SigninLogs"), time, text(&id)];
    cells.extend(["u-1", "04b07795-8ddb-461a-bbee-02f9e1bf7b46"].map(text));
    cells.extend([Cell::Number(0.0), Cell::Number(64500.0), text("203.0.113.50")]);
    cells
}

fn header() -> Vec<Cell> {
    HEADER.map(text).to_vec()
}

fn times(loaded: &Loaded) -> Vec<String> {
    loaded.store.events().map(|(_, event)| event.time().to_string()).collect()
}

#[test]
fn a_workbook_gives_the_events_of_its_csv() {
    let folder = tempfile::tempdir().unwrap();
    let csv = bundle::log_analytics_csv(&bundle::rows());
    let expected = described(&read_one(file(folder.path(), "rows.csv", csv.as_bytes())));
    let book = workbook(&[("Query result", cells(&csv))], false);
    for (name, bytes) in [("a.xlsx", book.clone()), ("in.zip", zip(&[("a.xlsx", &book)]))] {
        let loaded = read_one(file(folder.path(), name, &bytes));
        assert_eq!(problems(&loaded), [""; 0], "{name}");
        assert!(loaded.sources[0].name.ends_with("!Query result"), "{}", loaded.sources[0].name);
        assert_eq!(loaded.sources[0].shape.map(|shape| shape.id), Some("log-analytics-csv"));
        super::assert_same(&described(&loaded), &expected, name);
        for (id, _) in loaded.store.events() {
            let raw = String::from_utf8(loaded.raw_record(id).unwrap()).unwrap();
            assert!(raw.contains(loaded.store.get(id, Field::Id)), "{raw}");
        }
    }
}

#[test]
fn dates_are_times_and_numbers_are_exact() {
    let folder = tempfile::tempdir().unwrap();
    // 2026-05-20 14:02:04, by one system and by the other.
    let day = 46162.0 + 50524.0 / 86400.0;
    for (name, is_1904, day) in [("1900.xlsx", false, day), ("1904.xlsx", true, day - 1462.0)] {
        let rows = vec![
            vec![text("Sign-ins of May"), Cell::Nothing],
            vec![text("exported by"), text("someone")],
            header(),
            row(1.0, Cell::Date(day)),
            row(2.0, Cell::Number(day)),
            row(3.0, Cell::Date(day.floor())),
            row(4.0, text("2026-05-20T15:00:00Z")),
        ];
        let loaded = read_one(file(folder.path(), name, &workbook(&[("One", rows), ("Empty", Vec::new())], is_1904)));
        let expected = ["2026-05-20T00:00:00", "2026-05-20T14:02:04", "2026-05-20T14:02:04", "2026-05-20T15:00:00"];
        let given = times(&loaded);
        assert!(given.iter().zip(expected).all(|(given, time)| given.starts_with(time)), "{name}: {given:?}");
        assert_eq!(given.len(), 4);
        for (id, _) in loaded.store.events() {
            assert_eq!(loaded.store.get(id, Field::ResultType), "0");
            assert_eq!(loaded.store.get(id, Field::Asn), "64500");
        }
        let remarks = loaded.sources[0].remarks.join("\n");
        let system = if is_1904 { "1904 date system" } else { "1900 date system" };
        assert!(remarks.contains("3 dates") && remarks.contains(system), "{remarks}");
        assert!(remarks.contains("2 rows stand before the header"), "{remarks}");
        assert_eq!(problems(&loaded).len(), 1, "{:?}", loaded.problems);
        assert!(problems(&loaded)[0].ends_with("!Empty: is empty"), "{:?}", loaded.problems);
    }
}

#[test]
fn a_column_of_whole_days_has_no_times_of_day() {
    let folder = tempfile::tempdir().unwrap();
    let rows = vec![header(), row(1.0, Cell::Date(46162.0)), row(2.0, Cell::Date(46163.0))];
    let loaded = read_one(file(folder.path(), "days.xlsx", &workbook(&[("One", rows)], false)));
    let (id, _) = loaded.store.events().next().unwrap();
    let raw = String::from_utf8(loaded.raw_record(id).unwrap()).unwrap();
    assert!(raw.starts_with("SigninLogs,2026-05-20,"), "{raw}");
}

#[test]
fn workbooks_made_to_break_readers_end_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let book = |strings: &str, cell: &str| {
        let sheet = format!("<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{cell}</sheetData></worksheet>");
        zip(&[
            ("[Content_Types].xml", b"<Types/>"),
            ("_rels/.rels", b"<Relationships><Relationship Id=\"w\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"),
            ("xl/workbook.xml", b"<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels", b"<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"),
            ("xl/sharedStrings.xml", strings.as_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ])
    };
    let far = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    for (name, bytes, why) in [
        (
            "count",
            book("<sst uniqueCount=\"4611686018427387904\"></sst>", far),
            "counts more texts than it has room for",
        ),
        ("far", book("<sst></sst>", far), "no row of a sign-in"),
        ("past", book("<sst></sst>", "<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>"), "damaged sheet"),
        ("cut", book("<sst></sst>", "<row r=\"1\"><c r=\"A1\"><v>1</v>"), "damaged sheet"),
        ("bomb", book(&format!("<sst>{}</sst>", " ".repeat(70 << 20)), far), "--max-ratio raises it"),
    ] {
        let loaded = read_one(file(folder.path(), name, &bytes));
        let problems = problems(&loaded).join("\n");
        assert!(problems.contains(why), "{name}: {problems}");
    }
}

#[test]
fn damaged_workbooks_stop_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let csv = bundle::log_analytics_csv(&bundle::rows());
    let whole = workbook(&[("One", cells(&csv))], false);
    let good = file(folder.path(), "good.csv", csv.as_bytes());
    let options = Options { hash: Hashing::Never, ..Options::default() };
    let mut dice = 99u64;
    for round in 0..100usize {
        let mut bytes = whole.clone();
        for _ in 0..=round % 4 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(dice >> 33).unwrap() % bytes.len();
            bytes[at] = u8::try_from(dice >> 24 & 0xff).unwrap();
        }
        let loaded = read(&[file(folder.path(), "x.xlsx", &bytes), good.clone()], &options);
        assert!(loaded.rows_read() >= 24, "{round}");
    }
}

#[test]
fn other_documents_are_named_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes, why) in [
        (
            "a.ods",
            zip(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<x/>")]),
            "OpenDocument file: save the sheet",
        ),
        ("a.docx", zip(&[("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")]), "a Word document"),
        ("a.xlsb", zip(&[("[Content_Types].xml", b"<x/>"), ("xl/workbook.bin", b"x")]), "binary workbook (.xlsb)"),
    ] {
        let loaded = read_one(file(folder.path(), name, &bytes));
        assert_eq!(loaded.problems.len(), 1);
        assert!(problems(&loaded)[0].contains(why), "{:?}", loaded.problems);
    }
}
