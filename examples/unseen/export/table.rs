//! The Log Analytics portal's CSV.

use crate::row::Row;

/// Rows under a header, times as the portal writes them.
pub(super) fn text(rows: Vec<Row>) -> String {
    let mut out = String::new();
    for (number, row) in rows.into_iter().enumerate() {
        let mut cells = row.0;
        cells.sort_by_cached_key(|(column, _)| column.to_ascii_lowercase());
        if number == 0 {
            let header: Vec<String> = cells.iter().map(|(column, _)| heading(column)).collect();
            out.push_str(&header.join(","));
            out.push_str("\r\n");
        }
        let cells: Vec<String> = cells.iter().map(|(column, json)| cell(column, json)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

fn is_time(column: &str) -> bool {
    matches!(column, "TimeGenerated" | "CreatedDateTime" | "TokenIssuedAt" | "TimeRequested" | "ActivityDateTime")
}

fn heading(column: &str) -> String {
    if is_time(column) { format!("\"{column} [UTC]\"") } else { format!("\"{column}\"") }
}

fn cell(column: &str, json: &str) -> String {
    let text = serde_json::from_str::<String>(json).unwrap_or_else(|_| json.to_owned());
    let text = if is_time(column) { portal_time(&text) } else { text };
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// `2026-04-02T13:05:06.1234567Z` as `4/2/2026, 1:05:06.123 PM`.
fn portal_time(text: &str) -> String {
    let number = |from: usize, to: usize| text[from..to].parse::<u32>().expect("a time of our making");
    let (hour, fraction) = (number(11, 13), text.get(20..23).unwrap_or("000"));
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let half = if hour < 12 { "AM" } else { "PM" };
    let (year, month, day) = (&text[..4], number(5, 7), number(8, 10));
    format!("{month}/{day}/{year}, {twelve}:{}:{}.{fraction} {half}", &text[14..16], &text[17..19])
}
