//! Texts that mean harm: to a terminal, to the eye, to a spreadsheet, to whoever renders Markdown.

/// Sequences that a terminal obeys.
const SEQUENCES: [&str; 30] = [
    "\u{1b}]0;PWNED\u{7}",
    "\u{1b}]0;PWNED\u{1b}\\",
    "\u{9d}0;PWNED\u{9c}",
    "\u{1b}]52;c;UFdORUQ=\u{7}",
    "\u{1b}]8;;https://evil.example\u{7}click\u{1b}]8;;\u{7}",
    "\u{1b}[2J",
    "\u{1b}[1;1H",
    "\u{1b}[31m",
    "\u{1b}[1;31m",
    "\u{1b}[0m",
    "\u{1b}[8m",
    "\u{1b}[6n",
    "\u{1b}[21t",
    "\u{1b}[?1049l",
    "\u{1b}[?25h",
    "\u{1b}[1A\u{1b}[2K",
    "\u{9b}31m",
    "\u{1b}P$qm\u{1b}\\",
    "\u{90}+q544e\u{9c}",
    "\u{1b}_Ga=T;AAAA\u{1b}\\",
    "\u{1b}^PWNED\u{1b}\\",
    "\u{1b}c",
    "\u{1b}#8",
    "\u{1b}(0",
    "\u{1b}Z",
    "\r\u{1b}[K0 hits, 0 closed",
    "\rread 0 rows",
    "\nerror: forged",
    "\u{8}\u{8}\u{8}",
    "\u{c2}\u{9b}2J",
];

/// Characters that no output may hold, beside C0, DEL and C1: they turn, hide, join or break text.
pub(crate) const UNSEEN: [char; 62] = [
    '\u{ad}',
    '\u{34f}',
    '\u{61c}',
    '\u{115f}',
    '\u{1160}',
    '\u{17b4}',
    '\u{17b5}',
    '\u{180b}',
    '\u{180e}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202b}',
    '\u{202c}',
    '\u{202d}',
    '\u{202e}',
    '\u{2060}',
    '\u{2061}',
    '\u{2062}',
    '\u{2063}',
    '\u{2064}',
    '\u{2066}',
    '\u{2067}',
    '\u{2068}',
    '\u{2069}',
    '\u{206a}',
    '\u{206f}',
    '\u{2800}',
    '\u{3164}',
    '\u{e000}',
    '\u{e0a0}',
    '\u{f8ff}',
    '\u{fdd0}',
    '\u{fe00}',
    '\u{fe0e}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{ffa0}',
    '\u{fff0}',
    '\u{fff9}',
    '\u{fffa}',
    '\u{fffb}',
    '\u{fffe}',
    '\u{ffff}',
    '\u{1bca0}',
    '\u{1d173}',
    '\u{1d17a}',
    '\u{1ffff}',
    '\u{e0001}',
    '\u{e0020}',
    '\u{e0041}',
    '\u{e007f}',
    '\u{e0100}',
    '\u{e01ef}',
    '\u{f0000}',
    '\u{100000}',
    '\u{10ffff}',
];

/// Cells that a spreadsheet computes, in whatever reader: split at commas, semicolons or tabs.
pub(crate) const CELLS: [&str; 40] = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "=cmd|'/C calc'!A0",
    "=HYPERLINK(\"https://evil.example\")",
    "=IMPORTXML(\"https://evil.example\",\"//a\")",
    "a;=1+1",
    "a;+1",
    "a;-1",
    "a;@x",
    "a; =1+1",
    "a;\u{a0}=1+1",
    "a;\t=1+1",
    "a;\"=1+1\"",
    "a;;=1+1",
    "a,=1+1",
    "a, =1+1",
    "a\t=1+1",
    "a\n=1+1",
    "a\r=1+1",
    "a\r\n=1+1",
    "a\u{b}=1+1",
    "a\u{2028}=1+1",
    " =1+1",
    "\u{a0}=1+1",
    "\u{3000}=1+1",
    "\u{200b}=1+1",
    "\u{feff}=1+1",
    "\t=1+1",
    "\n=1+1",
    "\r=1+1",
    "\"=1+1",
    "'=1+1",
    "\u{ff1d}1+1",
    "\u{ff0b}1+1",
    "\u{ff0d}1+1",
    "\u{ff20}SUM(1)",
    "a;\u{ff1d}1+1",
    "a; \u{ff0b}1",
];

/// Texts that a renderer acts on: a link, an image, a mention, a heading, a table.
pub(crate) const MARKUP: [&str; 92] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- hidden",
    "--><b>x",
    "<b>bold</b>",
    "<https://evil.example>",
    "<a@evil.example>",
    "&lt;b&gt;",
    "&#60;b&#62;",
    "&nbsp;",
    "[click](https://evil.example)",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/p.png)",
    "![x][1]",
    "[1]: https://evil.example",
    "[^1]",
    "[^1]: note",
    "[[wiki]]",
    "[ ] task",
    "[x] task",
    "https://evil.example/p.png",
    "HTTPS://EVIL.EXAMPLE",
    "http://evil.example",
    "ftp://evil.example/x",
    "file:///etc/passwd",
    "ssh://git@evil.example",
    "irc://evil.example",
    "//evil.example/p.png",
    "xmpp:a@evil.example",
    "mailto:a@evil.example",
    "tel:+15551234",
    "javascript:alert(1)",
    "a@evil.example",
    "a+b@evil.example",
    "a.b@sub.evil.example",
    "www.evil.example",
    "WWW.evil.example",
    "wwww.evil.example",
    "evil.example",
    "evil.com",
    "evil.com/path?q=1",
    "evil.museum:8080",
    "bücher.com",
    "xn--bcher-kva.com",
    "192.0.2.1",
    "http://192.0.2.1",
    "[2001:db8::1]",
    "2001:db8::1",
    "@user",
    "@org/team",
    "(@user)",
    "#123",
    "GH-123",
    "JIRA-42",
    "user/repo#1",
    "user/repo@0123456789abcdef0123456789abcdef01234567",
    "0123456789abcdef0123456789abcdef01234567",
    "0123abc",
    "0123abc...4567def",
    "!12",
    "~label",
    "~\"a label\"",
    "%milestone",
    "$12",
    "&12",
    "^alert#1",
    "*iteration:1",
    "[vulnerability:1]",
    ":bomb:",
    ":+1:",
    "$x$",
    "$$x$$",
    "$`x`$",
    "\\(x\\)",
    "`code`",
    "``two``",
    "`",
    "```\nfence",
    "~~~\nfence",
    "a|b",
    "|---|---|",
    "\\|",
    "*em* **strong** _em_ __strong__",
    "~~gone~~",
    "==mark==",
    "# heading",
    "x\n===",
    "x\n---",
    "- item",
    "1. item",
    "> quote",
    "/close",
];

/// Sequences that a terminal or the eye obeys, and each such character between others.
fn active() -> impl Iterator<Item = String> {
    let control = ('\u{0}'..='\u{1f}').chain('\u{7f}'..='\u{9f}');
    let hidden = control.chain(UNSEEN).map(|c| format!("a{c}b"));
    SEQUENCES.iter().map(|text| (*text).to_owned()).chain(hidden)
}

/// Every text.
pub(crate) fn all() -> Vec<String> {
    active().chain(CELLS.iter().chain(&MARKUP).map(|text| (*text).to_owned())).collect()
}

/// All of them as one text without NUL, which no argument can hold.
pub(crate) fn whole() -> String {
    all().concat().replace('\0', "")
}

/// All of them as a few texts.
pub(crate) fn few() -> Vec<String> {
    all().chunks(16).map(<[String]>::concat).collect()
}

/// Sequences that a terminal obeys, joined to names that files can have.
pub(crate) fn names() -> Vec<String> {
    let mut names = vec![String::new()];
    for text in active() {
        let text = text.replace(['\0', '/'], "");
        if names.last().is_some_and(|name| name.len() + text.len() > 200) {
            names.push(String::new());
        }
        names.last_mut().expect("never empty").push_str(&text);
    }
    names
}

/// The first character of the text that a terminal or the eye obeys; lines may end.
pub(crate) fn alive(text: &str) -> Option<char> {
    text.chars().find(|c| c.is_control() && *c != '\n' || UNSEEN.contains(c))
}
