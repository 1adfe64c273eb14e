//! Raw records in lines.

/// Most bytes of a raw record that are laid out; the rest is named with its offset.
const RECORD_BYTES: usize = 1 << 18;
/// Most characters of a laid-out line: a longer one goes on in the next.
const LINE_CHARS: usize = 2000;
/// Deepest nesting that still indents.
const INDENTS: usize = 16;

/// A raw record in lines, indented where it is JSON. It is never parsed: what is broken in it stays to be seen.
pub(super) fn laid_out(record: &[u8]) -> Vec<String> {
    let shown = &record[..record.len().min(RECORD_BYTES)];
    let mut lines = pretty(shown);
    if shown.len() < record.len() {
        lines.push(format!("… {} more bytes", record.len() - shown.len()));
    }
    lines.into_iter().flat_map(|line| broken(&line)).collect()
}

/// Lays out a record of any length, its lines whole.
pub(super) fn pretty(record: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(record);
    let text = text.trim();
    if text.starts_with(['{', '[']) { indented(text) } else { text.lines().map(str::to_owned).collect() }
}

/// JSON text with a line for each member. Works on the characters alone: strings are copied as they stand.
fn indented(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    let mut chars = text.chars().peekable();
    let mut flush = |line: &mut String, depth: usize| {
        if !line.trim().is_empty() {
            lines.push(std::mem::take(line));
        }
        line.clear();
        line.extend(std::iter::repeat_n("  ", depth.min(INDENTS)));
    };
    while let Some(c) = chars.next() {
        if in_string {
            line.push(c);
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '{' | '[' => {
                line.push(c);
                while chars.next_if(|next| next.is_whitespace()).is_some() {}
                if let Some(close) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    line.push(close);
                } else {
                    depth += 1;
                    flush(&mut line, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                flush(&mut line, depth);
                line.push(c);
            }
            ',' => {
                line.push(c);
                flush(&mut line, depth);
            }
            ':' => line.push_str(": "),
            _ if c.is_whitespace() => {}
            _ => {
                in_string = c == '"';
                line.push(c);
            }
        }
    }
    flush(&mut line, 0);
    lines
}

fn broken(line: &str) -> Vec<String> {
    if line.len() <= LINE_CHARS {
        return vec![line.to_owned()];
    }
    let chars: Vec<char> = line.chars().collect();
    chars.chunks(LINE_CHARS).map(|part| part.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_indented_without_being_parsed() {
        let lines = laid_out(br#"{"a": 1, "b":{"c":["x,\"{y"], "d":{}, "e" : [ ]},"f":nul1}"#);
        assert_eq!(
            lines,
            [
                "{",
                "  \"a\": 1,",
                "  \"b\": {",
                "    \"c\": [",
                "      \"x,\\\"{y\"",
                "    ],",
                "    \"d\": {},",
                "    \"e\": []",
                "  },",
                "  \"f\": nul1",
                "}"
            ]
        );
    }

    #[test]
    fn hostile_records_stay_bounded() {
        let deep = "[".repeat(5000);
        assert!(laid_out(deep.as_bytes()).iter().all(|line| line.len() < 100));
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(3 << 20));
        let lines = laid_out(long.as_bytes());
        assert!(lines.len() < 200 && lines.last().is_some_and(|line| line.ends_with("more bytes")));
        assert_eq!(laid_out(b"a,b\r\nc"), ["a,b", "c"]);
        assert!(laid_out(b"").is_empty());
    }
}
