//! The shapes of sources, recognised by their first bytes.

use super::csv::Header;
use super::envelope::{HITS, ROW_ARRAYS};
use crate::ingest::bytes::foreign::foreign;
use crate::ingest::record::unwrap::prefix;
use crate::model::{ShapeFamily, SourceShape};
use serde_json::value::RawValue;
use std::collections::HashMap;

/// Bytes looked at.
pub(crate) const HEAD: usize = 256 << 10;

/// Framing of the records in a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// One JSON record a line.
    Lines,
    /// JSON of any other layout.
    Json,
    /// A header, then records.
    Csv,
}

/// One layout of an export.
pub(crate) struct Shape {
    /// Its id, in `info`.
    pub(crate) id: &'static str,
    /// Its family, by which advice is given.
    pub(crate) family: ShapeFamily,
    /// Framing of its records.
    pub(crate) framing: Framing,
    matches: fn(&Look) -> bool,
}

impl Shape {
    /// Its id and family, as a source keeps them.
    pub(crate) fn name(&self) -> SourceShape {
        SourceShape { id: self.id, family: self.family }
    }
}

/// Every shape, the more telling first. A new one is a line here, and its spellings in the layer `tables`.
pub(crate) const SHAPES: &[Shape] = &[
    Shape {
        id: "entra-portal-csv",
        family: ShapeFamily::Portal,
        framing: Framing::Csv,
        matches: |look| look.csv.as_ref().is_some_and(|csv| csv.portal || csv.factors),
    },
    Shape {
        id: "splunk-csv",
        family: ShapeFamily::Stream,
        framing: Framing::Csv,
        matches: |look| look.column("_raw") || look.column_starts("properties."),
    },
    Shape {
        id: "elastic-csv",
        family: ShapeFamily::Stream,
        framing: Framing::Csv,
        matches: |look| look.column_starts("azure."),
    },
    Shape {
        id: "office-activity-csv",
        family: ShapeFamily::Query,
        framing: Framing::Csv,
        matches: |look| look.column("OfficeWorkload") && !look.column(NOT_OFFICE),
    },
    Shape {
        id: "defender-xdr-csv",
        family: ShapeFamily::Defender,
        framing: Framing::Csv,
        matches: |look| look.column("Timestamp") && look.column("AccountObjectId"),
    },
    Shape {
        id: "log-analytics-csv",
        family: ShapeFamily::Query,
        framing: Framing::Csv,
        matches: |look| look.column("TimeGenerated") || look.column("ResourceIdentity"),
    },
    Shape {
        id: "graph-csv",
        family: ShapeFamily::Graph,
        framing: Framing::Csv,
        matches: |look| look.column("CreatedDateTime"),
    },
    Shape { id: "csv", family: ShapeFamily::Query, framing: Framing::Csv, matches: |look| look.csv.is_some() },
    Shape {
        id: "splunk-ndjson",
        family: ShapeFamily::Stream,
        framing: Framing::Lines,
        matches: |look| look.lines && look.has(SPLUNK),
    },
    Shape {
        id: "elastic-ndjson",
        family: ShapeFamily::Stream,
        framing: Framing::Lines,
        matches: |look| look.lines && look.has_any(ELASTIC),
    },
    Shape {
        id: "diagnostics-ndjson",
        family: ShapeFamily::Stream,
        framing: Framing::Lines,
        matches: |look| look.lines && look.has(DIAGNOSTICS),
    },
    Shape {
        id: "office-activity-ndjson",
        family: ShapeFamily::Query,
        framing: Framing::Lines,
        matches: |look| look.lines && look.has(OFFICE) && !look.has(&[NOT_OFFICE]),
    },
    Shape {
        id: "log-analytics-ndjson",
        family: ShapeFamily::Query,
        framing: Framing::Lines,
        matches: |look| look.lines && look.has_any(ROW_TIMES),
    },
    Shape {
        id: "graph-ndjson",
        family: ShapeFamily::Graph,
        framing: Framing::Lines,
        matches: |look| look.lines && look.has(GRAPH),
    },
    Shape {
        id: "defender-xdr-ndjson",
        family: ShapeFamily::Defender,
        framing: Framing::Lines,
        matches: |look| look.lines && look.has(DEFENDER),
    },
    Shape { id: "ndjson", family: ShapeFamily::Query, framing: Framing::Lines, matches: |look| look.lines },
    Shape {
        id: "json-strings",
        family: ShapeFamily::Query,
        framing: Framing::Lines,
        matches: |look| look.around == Around::String,
    },
    Shape {
        id: "prefixed-ndjson",
        family: ShapeFamily::Query,
        framing: Framing::Lines,
        matches: |look| look.around == Around::Prefix,
    },
    Shape {
        id: "splunk-results",
        family: ShapeFamily::Stream,
        framing: Framing::Json,
        matches: |look| look.json && look.has(SPLUNK_RESULTS),
    },
    Shape {
        id: "elastic-hits",
        family: ShapeFamily::Stream,
        framing: Framing::Json,
        matches: |look| look.json && look.has(ELASTIC_HITS),
    },
    Shape {
        id: "log-analytics-query",
        family: ShapeFamily::Query,
        framing: Framing::Json,
        matches: |look| look.json && look.has(QUERY),
    },
    Shape {
        id: "kusto-frames",
        family: ShapeFamily::Query,
        framing: Framing::Json,
        matches: |look| look.json && look.has(FRAMES),
    },
    Shape {
        id: "kusto-tables",
        family: ShapeFamily::Query,
        framing: Framing::Json,
        matches: |look| look.json && look.has(TABLES),
    },
    Shape {
        id: "diagnostics-records",
        family: ShapeFamily::Stream,
        framing: Framing::Json,
        matches: |look| look.json && look.has(RECORDS),
    },
    Shape {
        id: "diagnostics-json",
        family: ShapeFamily::Stream,
        framing: Framing::Json,
        matches: |look| look.json && look.has(DIAGNOSTICS),
    },
    Shape {
        id: "graph-page",
        family: ShapeFamily::Graph,
        framing: Framing::Json,
        matches: |look| look.json && look.has(GRAPH) && look.is_page(),
    },
    Shape {
        id: "graph-powershell",
        family: ShapeFamily::Graph,
        framing: Framing::Json,
        matches: |look| look.json && look.is_power_shell(),
    },
    Shape {
        id: "office-activity-json",
        family: ShapeFamily::Query,
        framing: Framing::Json,
        matches: |look| look.json && look.has(OFFICE) && !look.has(&[NOT_OFFICE]),
    },
    Shape {
        id: "log-analytics-json",
        family: ShapeFamily::Query,
        framing: Framing::Json,
        matches: |look| look.json && look.has_any(ROW_TIMES),
    },
    Shape {
        id: "graph-json",
        family: ShapeFamily::Graph,
        framing: Framing::Json,
        matches: |look| look.json && look.has(GRAPH),
    },
    Shape {
        id: "defender-xdr-json",
        family: ShapeFamily::Defender,
        framing: Framing::Json,
        matches: |look| look.json && look.has(DEFENDER),
    },
    Shape { id: "json", family: ShapeFamily::Query, framing: Framing::Json, matches: |look| look.json },
];

const DIAGNOSTICS: &[&str] = &["category", "properties", "time"];
const RECORDS: &[&str] = &["records", "category"];
const OFFICE: &[&str] = &["OfficeWorkload"];
/// A column of the tables that a union has beside `OfficeActivity`.
const NOT_OFFICE: &str = "UserPrincipalName";
const ROW_TIMES: &[&str] = &["TimeGenerated", "CreatedDateTime"];
const GRAPH: &[&str] = &["createdDateTime"];
const QUERY: &[&str] = &["tables", "columns"];
const FRAMES: &[&str] = &["FrameType"];
const TABLES: &[&str] = &["Tables", "Columns"];
const SPLUNK: &[&str] = &["preview", "result"];
const SPLUNK_RESULTS: &[&str] = &["preview", "results"];
const ELASTIC: &[&str] = &["_source", "azure", "event.dataset"];
const ELASTIC_HITS: &[&str] = &["hits", "_source"];
const DEFENDER: &[&str] = &["Timestamp", "AccountObjectId"];

/// Features of the first bytes of a source.
struct Look<'a> {
    head: &'a [u8],
    csv: Option<Header>,
    lines: bool,
    json: bool,
    around: Around,
}

/// The form of lines that hold an object and do not begin with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    /// Of no such form.
    Nothing,
    /// JSON text inside a JSON string.
    String,
    /// Something before the object.
    Prefix,
}

/// The shape of a source, and the bytes before its first record.
#[derive(Clone, Copy)]
pub(crate) struct Begun {
    pub(crate) shape: &'static Shape,
    /// Bytes of words before the JSON: a warning, a prompt.
    pub(crate) words: usize,
}

/// Lines looked at for the first record.
const LINES_BEFORE: usize = 16;

impl Look<'_> {
    fn has(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| memchr::memmem::find(self.head, format!("\"{key}\"").as_bytes()).is_some())
    }

    /// Returns whether it begins as a page of Graph's does. Graph's rows have keys of the same name, with other values.
    fn is_page(&self) -> bool {
        let after = |at: usize| self.head[at..].trim_ascii_start();
        memchr::memmem::find_iter(self.head, b"\"value\"")
            .any(|at| after(at + 7).strip_prefix(b":").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"[")))
    }

    /// Returns whether PowerShell wrote out Graph's objects: their names with a capital, inside too.
    fn is_power_shell(&self) -> bool {
        let deep = || self.has(&["ErrorCode"]) || memchr::memmem::find(self.head, b"\"@{").is_some();
        self.has(&["CreatedDateTime"]) && !self.has_any(&["TimeGenerated", "Category"]) && deep()
    }

    /// Returns whether the header has a column of this name, with any characters around it.
    fn column(&self, name: &str) -> bool {
        self.csv.as_ref().is_some_and(|csv| csv.has(name))
    }

    /// Returns whether the header has columns of objects that were written flat under this name.
    fn column_starts(&self, prefix: &str) -> bool {
        let starts = |name: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        self.csv.as_ref().is_some_and(|csv| csv.columns.iter().any(|column| starts(&column.name)))
    }

    fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.has(&[key]))
    }
}

/// The shape of a source that begins with `head`, which is all of it when `whole`.
pub(crate) fn recognize(head: &[u8], whole: bool) -> Option<Begun> {
    // A stored archive holds readable rows, but not where a reader of text would look for them.
    if foreign(head).is_some() {
        return None;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if let Some(shape) = shape(text, whole, false) {
        return Some(Begun { shape, words: 0 });
    }
    let at = words(text);
    let json = at.and_then(|at| shape(&text[at..], whole, false));
    let found = json.or_else(|| shape(text, whole, true))?;
    Some(Begun { shape: found, words: json.and(at).map_or(0, |at| at + head.len() - text.len()) })
}

fn shape(head: &[u8], whole: bool, prefixed: bool) -> Option<&'static Shape> {
    let first = *head.iter().find(|byte| !byte.is_ascii_whitespace())?;
    let json = matches!(first, b'{' | b'[');
    let csv = if json { None } else { Header::read(head) };
    let lines = first != b'[' && csv.is_none() && is_lines(head, whole);
    let around = match () {
        () if csv.is_some() || json => Around::Nothing,
        () if is_string(head) => Around::String,
        () if prefixed && is_prefixed(head, whole) => Around::Prefix,
        () => Around::Nothing,
    };
    let look = Look { head, csv, lines, json, around };
    SHAPES.iter().find(|shape| (shape.matches)(&look))
}

/// Bytes before the first line on which JSON begins.
fn words(head: &[u8]) -> Option<usize> {
    let mut at = 0;
    for line in head.split(|byte| *byte == b'\n').take(LINES_BEFORE) {
        let mut bytes = head[at..].iter().filter(|byte| !byte.is_ascii_whitespace());
        let starts = line.trim_ascii_start().starts_with(b"{")
            && bytes.nth(1).is_some_and(|next| b"\"}".contains(next))
            || line.trim_ascii_start().starts_with(b"[") && bytes.nth(1).is_some_and(|next| b"{[]\"".contains(next));
        if starts {
            return Some(at);
        }
        at += line.len() + 1;
    }
    None
}

/// Returns whether it begins as a JSON string that holds JSON.
fn is_string(head: &[u8]) -> bool {
    let text = head.trim_ascii_start();
    let inner = text.strip_prefix(b"\"").unwrap_or_default();
    inner.starts_with(b"{\\\"")
        || inner.starts_with(b"[{\\\"")
        || inner.starts_with(b"{\\n")
        || inner.starts_with(b"[\\n")
}

/// Returns whether most of the first lines end in an object with text before it.
fn is_prefixed(head: &[u8], whole: bool) -> bool {
    let mut lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').take(LINES_BEFORE + 1).collect();
    if !whole || lines.len() > LINES_BEFORE {
        lines.pop();
    }
    let lines: Vec<&str> = lines.iter().filter_map(|line| std::str::from_utf8(line.trim_ascii()).ok()).collect();
    let full = || lines.iter().filter(|line| !line.is_empty());
    full().filter(|line| prefix(line).is_some()).count() * 2 > full().count()
}

/// Returns whether a line that begins with a brace is a whole object, and not an envelope of records.
fn is_lines(head: &[u8], whole: bool) -> bool {
    let mut lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').collect();
    if !whole {
        lines.pop();
    }
    lines
        .into_iter()
        .filter(|line| line.starts_with(b"{"))
        .find_map(|line| serde_json::from_slice::<HashMap<String, &RawValue>>(line.trim_ascii()).ok())
        .is_some_and(|object| !object.is_empty() && !object.iter().any(|(key, value)| is_envelope(key, value.get())))
}

fn is_envelope(key: &str, value: &str) -> bool {
    // Elastic's hits lie in an object of that name.
    ROW_ARRAYS.iter().any(|name| key.eq_ignore_ascii_case(name))
        && (value.strip_prefix('[').is_some_and(|inner| inner.trim_start().starts_with(['{', ']']))
            || key == HITS && value.starts_with('{'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::bytes::container::Container;

    #[test]
    fn rows_inside_a_stored_archive_are_not_taken_for_lines() {
        let row = br#"{"Type":"SigninLogs","TimeGenerated":"2026-05-01T00:00:00Z","AppId":"a","UserId":"u"}"#;
        let lines = [row.as_slice(), row].join(&b'\n');
        assert!(recognize(&lines, true).is_some());
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        let zip = b"PK\x03\x04member.json\n".to_vec();
        for mut packed in [tar, zip] {
            packed.extend_from_slice(&lines);
            assert!(recognize(&packed, true).is_none());
        }
    }

    #[test]
    fn a_text_in_a_log_makes_no_archive_of_it() {
        // Where the mark of a tar stands.
        let agent = format!(r#"{{"Type":"SigninLogs","UserAgent":"{}ustar"}}"#, "x".repeat(257 - 34));
        assert_eq!(&agent[257..262], "ustar");
        let lines = [agent.as_str(), &agent].join("\n");
        assert!(recognize(lines.as_bytes(), true).is_some());
        assert!(Container::from_head(lines.as_bytes()).is_none());
    }

    #[test]
    fn shapes_from_bytes() {
        for (head, id) in [
            ("{\"time\":\"t\",\"category\":\"SignInLogs\",\"properties\":{}}\r\n{", "diagnostics-ndjson"),
            ("\u{feff}{\"TimeGenerated\":\"t\"}\n", "log-analytics-ndjson"),
            ("{broken\n{\"TimeGenerated\":\"t\"}\n", "log-analytics-ndjson"),
            ("[\n {\"TimeGenerated\":\"t\"}]", "log-analytics-json"),
            ("{\"records\":[{\"category\":\"x\",\"properties\":{},\"time\":1}]}", "diagnostics-records"),
            ("{\n  \"id\": 1,\n  \"createdDateTime\": 2\n}", "graph-json"),
            ("{\"@odata.context\":\"x\",\"value\":[{\"createdDateTime\":1}]}", "graph-page"),
            ("{\"tables\":[{\"name\":\"x\",\"columns\":[],\"rows\":[]}]}", "log-analytics-query"),
            ("Date (UTC),Request ID,User agent,User ID\n", "entra-portal-csv"),
            ("WARNING: preview\n[\n {\"TimeGenerated\":\"t\"}]", "log-analytics-json"),
            ("PS> cat x.json\n{\"TimeGenerated\":\"t\"}\n{\"TimeGenerated\":\"t\"}", "log-analytics-ndjson"),
            ("\"{\\\"TimeGenerated\\\":\\\"t\\\"}\"\n", "json-strings"),
            ("<14>May 20 host x: {\"TimeGenerated\":\"t\"}\n", "prefixed-ndjson"),
        ] {
            assert_eq!(recognize(head.as_bytes(), true).map(|begun| begun.shape.id), Some(id), "{head}");
        }
        assert!(recognize(b"# Read me\n\nnothing here", true).is_none());
        assert!(recognize(b"# Read me\n[link](x)\n{and so on}\nfor {a}", true).is_none());
        assert!(recognize(b" \n", true).is_none());
    }
}
