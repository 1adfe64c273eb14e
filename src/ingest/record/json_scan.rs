//! Scanning JSON text by its quotes and brackets, without parsing it.

/// Deepest nesting of a record: what `serde_json` itself would build.
pub(crate) const MAX_DEPTH: usize = 128;

/// The position after the string whose opening quote is at `at`; `None` where it does not end. What is in it is not
/// checked.
pub(crate) fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)? + 1;
        if bytes[at - 1] == b'"' {
            return Some(at);
        }
        at += 1;
    }
}

/// The bytes outside strings, each with its position; ends at a string that does not end.
pub(crate) fn outside_strings(json: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while json.get(at) == Some(&b'"') {
            at = string_end(json, at)?;
        }
        at += 1;
        json.get(at - 1).map(|byte| (at - 1, *byte))
    })
}

/// Returns whether JSON brackets nest deeper than `limit`; those in strings do not count.
pub(crate) fn deeper_than(limit: usize, json: &[u8]) -> bool {
    // Most rows have fewer opening brackets than the limit in all. The two differ in one bit, and sums of bytes
    // over short stretches are what compilers turn into wide instructions.
    let opening = |stretch: &[u8]| usize::from(stretch.iter().map(|b| u8::from(b | 0x20 == b'{')).sum::<u8>());
    if json.chunks(128).map(opening).sum::<usize>() <= limit {
        return false;
    }
    let mut depth = 0usize;
    outside_strings(json).any(|(_, byte)| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > limit
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_strings() {
        assert!(deeper_than(3, b"[[[[1]]]]"));
        assert!(!deeper_than(3, b"[[[1]],[[1]],\"[[[[\"]"));
        assert!(!deeper_than(3, br#"["\"[[[[","\\",[1]]"#));
        assert!(deeper_than(3, br#"["\\",[[[1]]]]"#));
    }

    #[test]
    fn a_string_that_does_not_end_hides_the_rest() {
        let outside: Vec<u8> = outside_strings(br#"a"x\"y"b"[\"#).map(|(_, byte)| byte).collect();
        assert_eq!(outside, b"ab");
        assert_eq!(string_end(b"\"\\", 0), None);
        assert_eq!(string_end(b"\"\"", 0), Some(2));
    }
}
