//! The program from outside: stdout, stderr, exit codes, and what is promised to scripts.

mod given;
mod growing;
mod lists;
mod plain;
mod seeing;
mod user_config;

use crate::bundle::{self, AGENT, VICTIM};
use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use tempfile::TempDir;

/// The program, alone with its arguments: no terminal, no colour, no state of the machine's user.
fn tokentrail(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("tokentrail").unwrap();
    command
        .current_dir(folder)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env_remove("NO_COLOR");
    command.env("TERM", "xterm").env("LOGNAME", "ana");
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    tokentrail(folder).args(args).output().unwrap()
}

/// A bundle in a folder of its own, beside which files can be written.
fn bundle() -> (TempDir, Vec<PathBuf>) {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    let paths = bundle::write(&folder.path().join("logs"));
    (folder, paths)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A pipe that adds up many bundles must not break on the one without hits.
#[test]
fn csv_has_its_header_without_rows_too() {
    let (folder, _) = bundle();
    let none = ["--until", "2001-01-01"];
    for command in
        [&["scan", "logs", "--format", "csv"][..], &["timeline", "logs", "--user", VICTIM, "--format", "csv"]]
    {
        let header = |args: &[&str]| {
            let csv = text(&run(folder.path(), args).stdout);
            (csv.lines().next().unwrap_or_default().to_owned(), csv.lines().count())
        };
        let (full, rows) = header(command);
        assert!(rows > 1, "{command:?}");
        let (empty, lines) = header(&[command, &none].concat());
        assert_eq!(lines, 1, "{command:?}: {empty}");
        for column in empty.split(',') {
            assert!(full.split(',').any(|known| known == column), "{column} is no column of {command:?}");
        }
        if command[0] == "timeline" {
            assert_eq!(empty, full);
        }
    }
}

#[test]
fn rows_that_only_look_like_ours_are_said_in_the_last_lines() {
    let folder = TempDir::new().unwrap();
    let row = r#"{"TimeGenerated":"2026-05-01T14:00:00Z","Type":"Case_CL","UserId":"u","AppId":"a","ResultType":"0"}"#;
    fs::write(folder.path().join("rows.ndjson"), format!("{row}\n{row}\n")).unwrap();
    let output = run(folder.path(), &["scan", "-q", "rows.ndjson"]);
    let words = text(&output.stderr);
    let mut last = words.lines().rev();
    assert!(last.next().unwrap().contains("0 skipped"), "{words}");
    assert!(last.next().unwrap().starts_with("2 rows of Case_CL look like sign-ins"), "{words}");
    let note = run(folder.path(), &["note", "rows.ndjson"]);
    assert!(text(&note.stdout).contains("Case\\_CL") || text(&note.stdout).contains("Case_CL"));
}

#[test]
fn scan_prints_a_hit_a_line_with_the_promised_fields() {
    let (folder, _) = bundle();
    let output = run(folder.path(), &["scan", "logs"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let hits = lines(&output);
    let analytics: Vec<_> = hits.iter().map(|hit| hit["Analytic"].as_str().unwrap()).collect();
    // The last is a near miss: a program may read it, a person does not.
    assert_eq!(analytics, ["device-code-flow", "device-code-burst", "foci-burst", "session-split"]);
    let severities: Vec<_> = hits.iter().map(|hit| hit["Severity"].as_str().unwrap()).collect();
    assert_eq!(severities, ["high", "high", "medium", "low"]);
    for hit in &hits {
        for field in [
            "UserPrincipalName",
            "UserId",
            "FirstSeen",
            "LastSeen",
            "SignInCount",
            "ResourceIds",
            "Analytic",
            "HitId",
            "Incident",
            "Semantics",
            "AlsoPublished",
            "Severity",
            "Confidence",
            "Reasons",
            "Family",
            "GraphCalls",
            "GraphUserAgents",
            "GraphLink",
            "Attack",
            "Steps",
            "Events",
        ] {
            assert!(!hit[field].is_null(), "{field} of {hit}");
        }
        assert_eq!(hit["UserPrincipalName"], VICTIM);
        // A flow begins with its code; the others with the first token.
        let (first, count, table) = match hit["Analytic"].as_str().unwrap() {
            "device-code-flow" => ("2026-05-01T14:00:00.0000001Z", 5, "SigninLogs"),
            _ => ("2026-05-01T14:02:00.0000001Z", 4, "AADNonInteractiveUserSignInLogs"),
        };
        assert_eq!((&hit["FirstSeen"], &hit["SignInCount"]), (&first.into(), &count.into()));
        assert_eq!(hit["GraphCalls"], 2);
        assert_eq!(hit["GraphLink"], "token");
        assert_eq!(hit["Events"][0]["Source"], format!("logs/{table}.json"));
    }
    assert_eq!(hits[1]["DeviceCodeTie"], "session");
}

#[test]
fn the_last_line_on_stderr_counts_what_was_read() {
    let (folder, _) = bundle();
    for args in [&["scan", "logs"][..], &["info", "logs"], &["note", "logs"], &["timeline", "logs", "--user", VICTIM]] {
        let stderr = text(&run(folder.path(), args).stderr);
        let last = stderr.lines().last().unwrap();
        let counts = "3 sources, 9 rows read, 1 duplicate, 1 skipped: 8 events (tokentrail info shows which)";
        assert_eq!(last, counts, "{args:?}");
    }
    // Quiet, but not about a loss.
    assert_eq!(text(&run(folder.path(), &["-q", "scan", "logs"]).stderr).lines().count(), 1);
    let verbose = text(&run(folder.path(), &["-v", "scan", "logs"]).stderr);
    assert!(verbose.contains("AADNonInteractiveUserSignInLogs.json record 6"), "{verbose}");
}

#[test]
fn the_same_bundle_gives_the_same_bytes() {
    let (folder, paths) = bundle();
    let names: Vec<String> = paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    for command in [&["scan", "--format", "jsonl"][..], &["scan", "--format", "csv"], &["note"], &["info"]] {
        let mut seen = Vec::new();
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            for threads in ["1", "4"] {
                let paths = order.map(|index| names[index].as_str());
                let args: Vec<&str> = command.iter().copied().chain(["--threads", threads]).chain(paths).collect();
                seen.push(run(folder.path(), &args).stdout);
            }
        }
        assert!(!seen[0].is_empty());
        assert!(seen.iter().all(|bytes| *bytes == seen[0]), "{command:?}");
    }
}

#[test]
fn every_format_says_the_same_hits() {
    let (folder, _) = bundle();
    let hits = lines(&run(folder.path(), &["scan", "logs", "--format", "jsonl"]));
    let array: Vec<Value> =
        serde_json::from_slice(&run(folder.path(), &["scan", "logs", "--format", "json"]).stdout).unwrap();
    assert_eq!(array, hits);
    let csv = run(folder.path(), &["scan", "logs", "--format", "csv"]).stdout;
    let mut csv = csv::Reader::from_reader(csv.as_slice());
    let at = csv.headers().unwrap().iter().position(|name| name == "HitId").unwrap();
    let ids: Vec<String> = csv.records().map(|row| row.unwrap()[at].to_owned()).collect();
    assert_eq!(ids, hits.iter().map(|hit| hit["HitId"].as_str().unwrap()).collect::<Vec<_>>());
    // But for what is graded low: the table counts it, below.
    let output = run(folder.path(), &["scan", "logs", "--format", "table"]);
    let (table, below) = (text(&output.stdout), text(&output.stderr));
    let shown: Vec<bool> = ids.iter().map(|id| table.contains(id)).collect();
    assert_eq!(shown, [true, true, true, false], "{table}");
    assert!(below.contains("1 near miss graded low: --format jsonl prints them"), "{below}");
}

#[test]
fn scan_prints_incidents_alone_and_hits_below_theirs() {
    let (folder, _) = bundle();
    let hits = lines(&run(folder.path(), &["scan", "logs"]));
    let incidents = lines(&run(folder.path(), &["scan", "logs", "--incidents"]));
    let [incident] = &incidents[..] else { panic!("{incidents:?}") };
    assert!(hits.iter().all(|hit| hit["Incident"] == incident["IncidentId"]), "{hits:?}");
    assert_eq!(incident["Hits"].as_array().unwrap().len(), hits.len());
    assert_eq!(incident["UserPrincipalName"], VICTIM);
    assert_eq!((&incident["Severity"], &incident["GraphCalls"]), (&"high".into(), &2.into()));
    assert_eq!(incident["LeadingHit"], hits[0]["HitId"]);
    let headline = incident["Headline"].as_str().unwrap();
    let table = text(&run(folder.path(), &["scan", "logs", "--format", "table"]).stdout);
    let at = |words: &str| table.find(words).unwrap_or_else(|| panic!("{words} in {table}"));
    assert!(at(headline) < at("device-code-burst") && at("incident of 3 hits") < at(headline));
    let only = text(&run(folder.path(), &["scan", "logs", "--incidents", "--format", "table"]).stdout);
    assert!(only.contains(headline) && !only.contains("device-code-burst"), "{only}");
    let refused = run(folder.path(), &["scan", "logs", "--incidents", "--as-published"]);
    assert_eq!(refused.status.code(), Some(2));
    let published = lines(&run(folder.path(), &["scan", "logs", "--as-published"]));
    assert!(published.iter().all(|hit| hit["Incident"].is_null()) && !published.is_empty());
}

#[test]
fn hostile_text_is_inert_in_every_format() {
    let (folder, _) = bundle();
    let json = lines(&run(folder.path(), &["scan", "logs"]));
    assert_eq!(json[0]["GraphUserAgents"][0], AGENT, "nothing is lost in JSON");
    let user = ["timeline", "logs", "--user", VICTIM, "--format"];
    let incidents = ["scan", "logs", "--incidents", "--format"];
    for args in [&["scan", "logs", "--format"][..], &incidents, &user, &["note", "logs", "--format"]] {
        let formats: &[&str] =
            if args[0] == "note" { &["markdown", "json"] } else { &["table", "jsonl", "json", "csv"] };
        for format in formats {
            let args: Vec<&str> = args.iter().copied().chain([*format]).collect();
            let stdout = text(&run(folder.path(), &args).stdout);
            assert!(!stdout.contains(['\u{1b}', '\u{202e}']), "{args:?}");
            if *format == "csv" {
                assert!(!stdout.contains(",=cmd"), "{args:?}");
                // Incidents name no agent.
                assert_eq!(stdout.contains("'=cmd"), !args.contains(&"--incidents"), "{args:?}");
            }
        }
    }
}

#[test]
fn exit_codes_are_those_promised() {
    let (folder, _) = bundle();
    fs::write(folder.path().join("notes.txt"), "no log at all").unwrap();
    fs::write(folder.path().join("empty.json"), "").unwrap();
    fs::write(folder.path().join("odd.json"), "{\"x\":1}\n").unwrap();
    let principal =
        "{\"Type\":\"AADServicePrincipalSignInLogs\",\"TimeGenerated\":\"2026-05-01T14:00:00Z\",\"Id\":\"1\"}\n";
    fs::write(folder.path().join("principals.json"), principal).unwrap();
    fs::write(folder.path().join("ids.txt"), "not-a-guid\n").unwrap();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["scan", "logs", "--exit-code"], 10, ""),
        (&["scan", "logs", "--exit-code", "--until", "2026-05-01"], 0, ""),
        (&["scan", "logs", "gone.json"], 0, "gone.json"),
        (&["scan", "gone.json"], 3, "gone.json"),
        (&["scan", "empty.json"], 3, "empty.json"),
        (&["info", "notes.txt"], 3, "notes.txt"),
        (&["scan", "odd.json"], 3, "nothing readable"),
        (&["scan", "principals.json", "--exit-code"], 0, "no row is a sign-in of a user"),
        (&["note", "gone.json"], 3, "nothing readable"),
        (&["timeline", "gone.json", "--user", "x"], 3, "nothing readable"),
        (&["timeline", "logs", "--user", "finance.directr@contoso.com"], 1, VICTIM),
        (&["note", "logs", "--case", "gone.case"], 1, "gone.case"),
        (&[], 2, "Usage"),
        (&["scan"], 2, "Usage"),
        (&["scan", "logs", "--since", "yesterday"], 2, "yesterday"),
        (&["scan", "logs", "--since", "2026-05-02", "--until", "2026-05-01"], 2, "not before"),
        (&["scan", "logs", "--since", "2026-05-01", "--until", "2026-05-01"], 2, "not before"),
        (&["scan", "logs", "--window", "10"], 2, "10"),
        (&["scan", "logs", "--min-resources", "0"], 2, "min-resources"),
        (&["scan", "logs", "--analytics", "foci-bust"], 2, "foci-burst"),
        (&["scan", "logs", "--clients", "ids.txt"], 2, "line 1"),
        (&["scan", "logs", "--clients", "gone.txt"], 2, "gone.txt"),
        (&["--since", "2026-05-01", "scan", "logs"], 2, "after the command"),
        (&["logs"], 2, "tokentrail scan logs"),
        (&["list"], 0, ""),
        (&["man"], 0, ""),
        (&["completions", "bash"], 0, ""),
        (&["--help"], 0, ""),
    ];
    for (args, code, words) in cases {
        let output = run(folder.path(), args);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(*code), "{args:?}: {stderr}");
        assert!(stderr.contains(words), "{args:?}: {stderr}");
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let (folder, paths) = bundle();
    // More than a pipe holds, so that the program meets its end.
    let row = fs::read_to_string(&paths[0]).unwrap().lines().next().unwrap().to_owned();
    let many: String =
        (0..5000).map(|id| row.replace("\"Id\":\"1\"", &format!("\"Id\":\"many-{id}\"")) + "\n").collect();
    fs::write(&paths[0], many).unwrap();
    let binary = Command::cargo_bin("tokentrail").unwrap();
    for format in ["jsonl", "json", "csv", "table"] {
        let mut child = std::process::Command::new(binary.get_program())
            .args(["timeline", "logs", "--user", VICTIM, "--format", format])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{format}: {}", text(&output.stderr));
        assert_eq!(text(&output.stderr), "", "{format}");
    }
}

#[test]
fn stdin_is_a_source() {
    let (folder, paths) = bundle();
    let stdin = fs::read(&paths[0]).unwrap();
    let output = tokentrail(folder.path()).args(["info", "-", "--format", "json"]).write_stdin(stdin).output().unwrap();
    let info: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(info["Sources"][0]["Source"], "-");
    assert_eq!(info["Read"], 2);
}

#[test]
fn colour_is_a_choice_and_never_the_message() {
    let (folder, _) = bundle();
    let args = ["scan", "logs", "--format", "table"];
    let plain = text(&run(folder.path(), &args).stdout);
    assert!(!plain.contains('\u{1b}') && plain.contains("high"));
    let always = text(&tokentrail(folder.path()).args(args).args(["--color", "always"]).output().unwrap().stdout);
    assert!(always.contains("\u{1b}[1;31mhigh\u{1b}[0m"));
}

#[test]
fn the_timeline_is_one_users_rows_in_order() {
    let (folder, _) = bundle();
    let rows = lines(&run(folder.path(), &["timeline", "logs", "--user", "FINANCE.director@contoso.com"]));
    let kinds: Vec<_> = rows.iter().map(|row| row["Kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["device code", "token", "graph", "graph", "token", "token", "token"]);
    assert_eq!(rows[1]["GapSeconds"], 120);
    // The flow and both bursts; what is graded low is no hit here.
    let hits = |row: &Value| row["HitIds"].as_array().unwrap().len();
    assert_eq!((hits(&rows[0]), hits(&rows[1])), (2, 3));
    assert_eq!(rows[2]["UniqueTokenIdentifier"], "token-3");
    let later = lines(&run(folder.path(), &["timeline", "logs", "--user", VICTIM, "--since", "2026-05-01T14:03:00Z"]));
    assert_eq!(later.len(), 2);
}

/// An account that somebody made may do nothing yet; and two accounts of one name are one timeline, each row once.
#[test]
fn the_timeline_of_a_user_only_acted_upon_has_those_rows() {
    let folder = TempDir::new().unwrap();
    let user = |id: &str, name: &str| serde_json::json!({"type": "User", "id": id, "userPrincipalName": name});
    let row = |id: &str, operation: &str, actor: Value, target: Value| {
        serde_json::json!({
            "id": id, "activityDisplayName": operation, "activityDateTime": "2026-05-01T14:00:00Z", "result": "success",
            "correlationId": id, "initiatedBy": {"user": actor}, "targetResources": [target],
        })
    };
    let rows = [
        row("a1", "Add user", user("u1", "admin@contoso.com"), user("u2", "new@contoso.com")),
        row("a2", "Frobnicate user", user("u3", "anna@contoso.com"), user("u4", "ben@contoso.com")),
        row("a3", "Delete user", user("u5", "anna@contoso.com"), Value::Null),
        row("a4", "Update user", user("u3", "anna@contoso.com"), serde_json::json!({"type": "User", "id": "u5"})),
    ];
    let text: String = rows.iter().map(|row| row.to_string() + "\n").collect();
    fs::write(folder.path().join("audit.jsonl"), text).unwrap();
    let of = |user: &str| {
        let rows = lines(&run(folder.path(), &["timeline", "audit.jsonl", "--user", user]));
        let of_row = |row: &Value| ["Id", "Action", "Actor"].map(|name| row[name].as_str().map(str::to_owned));
        rows.iter().map(of_row).collect::<Vec<_>>()
    };
    let texts = |all: [&str; 3]| all.map(|text| Some(text.to_owned()));
    assert_eq!(of("New@contoso.com"), [texts(["a1", "created an account", "admin@contoso.com"])]);
    assert_eq!(of("ben@contoso.com"), [texts(["a2", "Frobnicate user", "anna@contoso.com"])]);
    let ids: Vec<_> = of("anna@contoso.com").into_iter().map(|[id, ..]| id.unwrap()).collect();
    assert_eq!(ids, ["a2", "a3", "a4"]);
}

#[test]
fn info_names_what_each_source_lacks_and_what_was_skipped() {
    let (folder, _) = bundle();
    let info: Value =
        serde_json::from_slice(&run(folder.path(), &["info", "logs", "--format", "json"]).stdout).unwrap();
    let source = &info["Sources"][0];
    assert_eq!(source["Source"], "logs/AADNonInteractiveUserSignInLogs.json");
    assert_eq!(source["Tables"]["AADNonInteractiveUserSignInLogs"], 5);
    assert_eq!((&source["Read"], &source["Folded"], &source["Skipped"]), (&5.into(), &1.into(), &1.into()));
    assert_eq!(source["Sha256"].as_str().unwrap().len(), 64);
    assert_eq!(source["FirstEvent"], "2026-05-01T14:02:00.0000001Z");
    assert_eq!(source["Lacks"][0]["Column"], "AuthenticationProcessingDetails");
    assert_eq!(info["Problems"][0]["Record"], 6);
    assert_eq!(info["Skipped"], 1);
    let table = text(&run(folder.path(), &["info", "logs"]).stdout);
    assert!(table.contains("record 6"), "{table}");
}

/// A bundle of one Graph v1.0 page: what it cannot show, and what to export instead.
#[test]
fn info_says_which_analytic_cannot_run_and_which_export_would_do() {
    let folder = tempfile::tempdir().unwrap();
    let row = |n: usize| {
        serde_json::json!({
            "id": format!("ebbcde9f-2dd4-4b92-8f29-7a0ef7b1000{n}"), "createdDateTime": "2026-05-01T14:02:00Z",
            "userId": "u", "userPrincipalName": VICTIM, "appId": "a", "resourceId": "r", "isInteractive": n == 0,
            "status": {"errorCode": 0}, "incomingTokenType": "unknownFutureValue",
        })
    };
    let page = serde_json::json!({"value": [row(0), row(1), {"id": "x", "createdDateTime": "soon", "userId": "u", "appId": "a"}]});
    std::fs::write(folder.path().join("page.json"), page.to_string()).unwrap();
    let info: Value =
        serde_json::from_slice(&run(folder.path(), &["info", "page.json", "--format", "json"]).stdout).unwrap();
    let notices = info["Notices"].as_array().unwrap();
    let of = |kind: &str, word: &str| {
        let found = notices.iter().find(|n| n["Kind"] == kind && n["What"].as_str().unwrap().contains(word));
        found.unwrap_or_else(|| panic!("{kind} {word}: {notices:#?}"))["WayOut"].clone()
    };
    // Analytics that lack the same share a line.
    let beta = of(
        "cannot-run",
        "device-code-burst, device-code-flow cannot run: no source has AuthenticationProtocol or OriginalTransferMethod.",
    );
    assert!(beta.as_str().unwrap().contains("beta endpoint"), "{beta}");
    of("cannot-run", "session-hop cannot run: no source has SessionId");
    // A column that two tables lack is named once.
    of(
        "cannot-run",
        "session-split, auth-code-handoff cannot run: no source has SessionId, IPAddress or AutonomousSystemNumber.",
    );
    of("no-table", "No row of MicrosoftGraphActivityLogs");
    of("withheld", "2 rows withhold IncomingTokenType");
    of("tokens", "2 sign-ins name no token id: computed");
    let lacks = info["Sources"][0]["Lacks"].as_array().unwrap();
    let session = lacks.iter().find(|lack| lack["Column"] == "SessionId").unwrap();
    let session = session["Analytics"].as_array().unwrap();
    for id in ["session-hop", "session-hop-broad", "session-split", "session-machine"] {
        assert!(session.contains(&id.into()), "{id}: {session:?}");
    }
    assert!(!session.contains(&"device-code-burst".into()), "it needs no session: {session:?}");
    let reason = &info["Sources"][0]["Reasons"][0];
    assert_eq!((&reason["Count"], &reason["Record"]), (&1.into(), &3.into()));
    let kinds: Vec<&str> = notices.iter().map(|notice| notice["Kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[0], "cannot-run", "the most important first: {kinds:?}");
}

/// Sources not read, or read in doubt, come before rows merely skipped, and are no skipped rows.
#[test]
fn info_says_what_was_not_read_and_how_times_were() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    let csv = |name: &str, head: &str, time: &str| {
        let text = format!("Type,{head},Id,UserId,AppId\nSigninLogs,\"{time}\",{name},u,a\n");
        std::fs::write(logs.join(name), text).unwrap();
    };
    csv("local.csv", "CreatedDateTime [Local Time]", "5/25/2026, 2:30:00.000 AM");
    csv("either.csv", "CreatedDateTime", "5/4/2026, 2:30:00.000 AM");
    csv("bad.csv", "CreatedDateTime", "soon");
    std::fs::write(logs.join("x.7z"), b"7z\xbc\xaf\x27\x1c....").unwrap();
    for number in 0..20 {
        std::fs::write(logs.join(format!("empty{number}.json")), "").unwrap();
    }
    let output = run(folder.path(), &["info", "logs", "--format", "json"]);
    let info: Value = serde_json::from_slice(&output.stdout).unwrap();
    let notices = info["Notices"].as_array().unwrap();
    let of = |kind: &str| {
        let all = notices.iter().filter(|notice| notice["Kind"] == kind);
        all.map(|notice| format!("{}: {}", notice["Source"].as_str().unwrap_or("-"), notice["What"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    let unread = of("unread");
    assert_eq!(unread.len(), 2, "{unread:#?}");
    assert_eq!(unread[0], "logs/empty0.json: is empty; likewise 19 more (tokentrail info lists each).");
    assert!(unread[1].starts_with("logs/x.7z: is a 7z"), "{unread:#?}");
    let times = of("times");
    assert!(times[0].starts_with("logs/either.csv: day and month cannot be told apart"), "{times:#?}");
    assert!(times[1].starts_with("logs/local.csv: the zone of the times under CreatedDateTime [Local Time]"));
    let skipped = of("skipped");
    assert_eq!(skipped.len(), 1, "{skipped:#?}");
    assert!(skipped[0].starts_with("logs/bad.csv: 1 row could not be read"));
    let place = |kind: &str| notices.iter().position(|notice| notice["Kind"] == kind).unwrap();
    assert!(place("unread") < place("times") && place("times") < place("skipped"));
    let table = text(&run(folder.path(), &["info", "logs"]).stdout);
    for words in [
        "not read    logs/empty0.json: is empty; likewise",
        "logs/empty19.json",
        "  times: day and month",
        "  not read: is a 7z",
    ] {
        assert!(table.contains(words), "{words}: {table}");
    }
    let note = text(&run(folder.path(), &["note", "logs"]).stdout);
    for words in [
        "is a 7z that cannot be listed",
        "empty0.json`: is empty",
        "day and month cannot be told apart",
        "the zone of the times",
    ] {
        assert_eq!(note.matches(words).count(), 1, "{words}: {note}");
    }
}

/// The demo is a whole and healthy bundle: nothing is cried over it.
#[test]
fn info_says_nothing_of_a_healthy_bundle() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["demo", "--write", "demo"]);
    let info: Value =
        serde_json::from_slice(&run(folder.path(), &["info", "demo", "--format", "json"]).stdout).unwrap();
    // But of the one table that it does not hold.
    let notices: Vec<&str> = info["Notices"].as_array().unwrap().iter().map(|n| n["What"].as_str().unwrap()).collect();
    assert!(notices.len() == 1 && notices[0].starts_with("No row of AzureActivity:"), "{notices:?}");
    assert_eq!(info["Tables"].as_array().unwrap().len(), 6);
    assert!(info["Tables"][0]["Lag"]["MedianSeconds"].as_i64().unwrap() > 0);
}

#[test]
fn list_tells_every_analytic() {
    let (folder, _) = bundle();
    let list: Value = serde_json::from_slice(&run(folder.path(), &["list", "--format", "json"]).stdout).unwrap();
    let markdown = text(&run(folder.path(), &["list", "--format", "markdown"]).stdout);
    let table = text(&run(folder.path(), &["list"]).stdout);
    for analytic in list.as_array().unwrap() {
        let id = analytic["Id"].as_str().unwrap();
        assert!(markdown.contains(&format!("| `{id}` |")) && table.contains(id), "{id}");
    }
}

#[test]
fn a_pipe_may_carry_the_man_page_and_completions() {
    let (folder, _) = bundle();
    let man = text(&run(folder.path(), &["man"]).stdout);
    for word in [".SH NAME", "EXIT STATUS", "\\-\\-as\\-published", "nothing readable"] {
        assert!(man.contains(word), "{word}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(text(&run(folder.path(), &["completions", shell]).stdout).contains("timeline"), "{shell}");
    }
}

#[test]
fn a_dumb_terminal_is_told_what_to_do() {
    let (folder, _) = bundle();
    let output = tokentrail(folder.path()).args(["logs", "it's"]).env("TERM", "dumb").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains(r"tokentrail scan logs 'it'\''s'"), "{}", text(&output.stderr));
}
