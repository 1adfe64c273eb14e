//! Visibility of an incident: hours of each table, and rows of tables that no check reads.

use super::{bundle, run, text, tokentrail};
use crate::bundle::write_days_before;
use std::fs;
use std::path::Path;

fn plain(folder: &Path, paths: &[&str]) -> String {
    let output = tokentrail(folder).arg("--plain").args(paths).write_stdin("1\ns\nw\nq\n").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// Rows of mail with these addresses.
fn mail(addresses: &[&str]) -> Vec<serde_json::Value> {
    let row = |(number, address): (usize, &&str)| {
        serde_json::json!({
            "Type": "EmailEvents", "TimeGenerated": "2026-05-01T14:05:00Z", "NetworkMessageId": number.to_string(),
            "SenderIPv4": address, "Subject": format!("Invoice of {address}."),
        })
    };
    addresses.iter().enumerate().map(row).collect()
}

#[test]
fn each_table_says_where_it_ends_and_unread_rows_with_the_intruders_address_are_counted() {
    let (folder, _) = bundle();
    let folder = folder.path();
    write_days_before(&folder.join("logs"));
    let quiet = plain(folder, &["logs"]);
    for words in [
        "What the logs show of finance.director@contoso.com, ",
        "Graph log: 2 rows, ",
        "ends 14:02:09, before the incident's last row.",
        "not in this bundle: Azure AD Graph log, unified audit log, directory audit log, Azure activity log.",
        " UTC of: ",
        "address 198.51.100.23 (new to the user), ",
        "agent ",
        "; nobody else.",
        "; 1 other: ",
    ] {
        assert!(quiet.contains(words), "{words}: {quiet}");
    }
    assert!(!quiet.contains("no check reads"), "there is none: {quiet}");
    // Two rows of the address, one of which says it twice, and one whose address only begins so.
    let rows = mail(&["198.51.100.23", "198.51.100.230", "192.0.2.1", "198.51.100.23"]);
    let lines = rows.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    fs::write(folder.join("logs/EmailEvents.json"), mail(&["192.0.2.1"])[0].to_string()).unwrap();
    assert!(plain(folder, &["logs"]).contains("No row of a table that no check reads carries 198.51.100.23"));
    fs::write(folder.join("logs/EmailEvents.json"), lines).unwrap();
    fs::write(folder.join("logs/more.json"), serde_json::to_string_pretty(&rows[..2]).unwrap()).unwrap();
    let output = plain(folder, &["logs"]);
    for (rows, file) in
        [("2 rows of EmailEvents carry", "EmailEvents.json"), ("1 row of EmailEvents carries", "more.json")]
    {
        let line = output.lines().find(|line| line.starts_with(rows)).unwrap_or_else(|| panic!("{rows}: {output}"));
        assert!(line.contains(" 198.51.100.23: open ") && line.ends_with(&format!("{file}.")), "{line}");
    }
    let note = text(&run(folder, &["note", "logs"]).stdout);
    assert!(note.contains("2 rows of EmailEvents carry "), "{note}");
    assert!(!note.contains(folder.to_str().unwrap()), "no path of this machine");
}
