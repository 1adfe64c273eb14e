//! Notes as renderers show them: the grammar that GitHub and GitLab are built on, markdown-it, and what those platforms
//! look for in the text that is left. No element but ours, no link, and the words as they were.

use super::rows::{case, ndjson};
use super::values::{all, few};
use proptest::prelude::*;
use regex::Regex;
use std::sync::LazyLock;
use tokentrail::testing::analytics::{self, Settings};
use tokentrail::testing::facts::Facts;
use tokentrail::testing::ingest::{Options, load};
use tokentrail::testing::report::escape::{code, markdown};
use tokentrail::testing::report::{Header, Report, defang, exporter};

/// Elements of our Markdown.
const OURS: [&str; 17] = [
    "h1",
    "h2",
    "h3",
    "p",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "ul",
    "li",
    "pre",
    "code",
    "strong",
    "input type=\"checkbox\" disabled=\"\" /",
    "code class=\"language-powershell\"",
];

/// With all that it knows switched on, so that what one platform lacks another's is seen.
fn github(text: &str) -> String {
    let mut options = comrak::Options::default();
    let known = &mut options.extension;
    for option in [
        &mut known.strikethrough,
        &mut known.table,
        &mut known.autolink,
        &mut known.tasklist,
        &mut known.superscript,
        &mut known.subscript,
        &mut known.footnotes,
        &mut known.inline_footnotes,
        &mut known.description_lists,
        &mut known.multiline_block_quotes,
        &mut known.alerts,
        &mut known.math_dollars,
        &mut known.math_code,
        &mut known.wikilinks_title_after_pipe,
        &mut known.spoiler,
        &mut known.underline,
        &mut known.highlight,
        &mut known.insert,
    ] {
        *option = true;
    }
    known.front_matter_delimiter = Some("---".to_owned());
    options.parse.relaxed_autolinks = true;
    options.parse.relaxed_tasklist_matching = true;
    options.render.r#unsafe = true;
    comrak::markdown_to_html(text, &options)
}

/// GitHub's own grammar and no more.
fn plain_github(text: &str) -> String {
    let mut options = comrak::Options::default();
    let known = &mut options.extension;
    (known.strikethrough, known.table, known.autolink, known.tasklist, known.footnotes) =
        (true, true, true, true, true);
    options.render.r#unsafe = true;
    comrak::markdown_to_html(text, &options)
}

fn markdown_it(text: &str) -> String {
    use markdown_it::plugins::{cmark, extra, html};
    thread_local! {
        static PARSER: markdown_it::MarkdownIt = {
            let mut parser = markdown_it::MarkdownIt::new();
            cmark::add(&mut parser);
            html::add(&mut parser);
            extra::strikethrough::add(&mut parser);
            extra::tables::add(&mut parser);
            extra::linkify::add(&mut parser);
            parser
        };
    }
    PARSER.with(|parser| parser.parse(text).render())
}

type Renderer = fn(&str) -> String;

const RENDERERS: [(&str, Renderer); 3] =
    [("GitHub", plain_github), ("GitHub with all", github), ("markdown-it", markdown_it)];

fn found(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

static TAG: LazyLock<Regex> = LazyLock::new(|| found("<(/?)([^>]*)>"));
static CODE: LazyLock<Regex> = LazyLock::new(|| found("(?s)<code[^>]*>.*?</code>"));

/// Patterns that platforms look for in rendered text, code apart.
static LIVE: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"@",
        r"#\w",
        r"[!$^]\w",
        r"[%~][\w\x22]",
        r"&\d",
        r":[A-Za-z+_-][\w+-]*:",
        r":\d{3,}:",
        r"(?i)\bwww\.",
        r"//",
        r"\b[0-9a-f]*(?:[a-f][0-9]|[0-9][a-f])[0-9a-f]*\b.{0}",
        r"(?i)\bgh-\d+\b",
        r"\b[A-Z]{2,}-\d+\b",
        r"(?i)[\w-]\.[a-z][\w-]+",
        r"\d\.\d+\.\d",
        r"\[|\]|\{|\}",
        r"(?m)^/\w",
    ]
    .map(found)
    .into()
});

/// The text without tags, entities read.
fn bare(html: &str) -> String {
    let text = TAG.replace_all(html, "");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// The text that is read, blanks as one.
fn read(html: &str) -> String {
    bare(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fails on an element that is none of ours, and on text that a platform would make something of.
fn dead(html: &str, about: &str) {
    for tag in TAG.captures_iter(html) {
        assert!(OURS.contains(&&tag[2]), "{about}: {}\n{html}", &tag[0]);
    }
    // A task of ours, where the renderer knows none.
    let html = &html.replace("<li>[ ] <strong>", "<li><strong>");
    let text = bare(&CODE.replace_all(html, "\u{1}").replace("</td>", "\n").replace("</p>", "\n"));
    for pattern in LIVE.iter() {
        let hit = pattern.find(&text).map(|hit| hit.as_str()).filter(|hit| {
            // Ours: the name of a hash, the id of a technique's parts; and a hash of a commit has seven digits.
            *hit != "SHA-256" && (!pattern.as_str().ends_with(".{0}") || hit.len() >= 7)
        });
        assert_eq!(hit, None, "{about}: {pattern}\n{text}");
    }
    let mut finder = linkify::LinkFinder::new();
    finder.url_must_have_scheme(false);
    // Of its domains without a scheme only those that end in letters are any.
    let link = finder.links(&text).map(|link| link.as_str()).find(|link| !link.ends_with(|c: char| c.is_ascii_digit()));
    assert_eq!(link, None, "{about}\n{text}");
}

/// The places of a note in which a text can be, and how each is read.
fn places(text: &str) -> Vec<(String, Renderer)> {
    let (words, span) = (markdown(text), code(text));
    let cell = |text: &str| text.replace('|', "\\|");
    let table = format!("| A | B |\n|---|---|\n| {} | {} |\n", cell(&words), cell(&span));
    let pages = [format!("{words}\n"), format!("# {words}\n"), format!("- {words}\n"), format!("{span}\n"), table];
    pages.into_iter().flat_map(|page| RENDERERS.map(|(_, renderer)| (page.clone(), renderer))).collect()
}

/// The text as a reader should see it.
fn meant(text: &str) -> String {
    let text = tokentrail::testing::model::inert(&text.replace(['\n', '\r', '\t'], " ")).into_owned();
    defang::text(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_dead_and_reads(text: &str) {
    for (page, renderer) in places(text) {
        let html = renderer(&page);
        dead(&html, &format!("{text:?} as {page:?}"));
        let read_back = read(&html);
        let meant = meant(text);
        let meant = if page.starts_with('|') { format!("A B {meant} {meant}") } else { meant };
        // Some show a backslash before a pipe twice in a cell, and none can be made to agree with the others.
        if page.starts_with('|') && text.contains("\\|") {
            continue;
        }
        assert_eq!(read_back.trim(), meant.trim(), "{page:?}\n{html}");
    }
}

#[test]
fn every_hostile_text_is_dead_and_reads_as_it_was() {
    // Each of these was alive, or read otherwise, once.
    let found = [
        "https:mailto:",
        "www. ",
        "www..example",
        "www.1.::",
        "evil-mailto:xmpp:",
        "GH-1GH-",
        "a.b. c.d.",
        ",\u{a0}.com",
        "evil.\u{3000}com",
    ];
    for text in all().into_iter().chain(few()).chain(found.map(str::to_owned)) {
        is_dead_and_reads(&text);
        is_dead_and_reads(&format!("user {text} signed in ({text}), \"{text}\"; {text}."));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_of_dangerous_pieces_is_dead_and_reads_as_it_was(pieces in prop::collection::vec(prop::sample::select(vec![
        "a", "1", "12", "beef", "é", " ", "  ", "\n", "\t", ".", ",", ":", ";", "!", "?", "@", "#", "$", "%", "^", "&", "*", "(",
        ")", "-", "--", "---", "_", "=", "+", "[", "]", "{", "}", "\\", "|", "/", "//", "<", ">", "`", "``", "```", "~", "~~",
        "'", "\"", "www.", "evil", ".com", ".example", "https:", "http://", "ftp://", "mailto:", "xmpp:", "&lt;", "&amp;",
        "&#60;", "<b>", "</code>", "<!--", "-->", "[^1]", "[x]", "![", "](", "GH-", "0123abc", "1.", "1)", "\u{200b}",
        "\u{ad}", "\u{fffd}", "\u{a0}", "\u{3000}", "\u{1b}[31m", "user", "|---|", "$$", "::",
    ]), 1..14)) {
        is_dead_and_reads(&pieces.concat());
    }
}

#[test]
fn a_whole_note_of_hostile_values_has_no_element_but_ours() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join(format!("{}.json", super::values::names()[0]));
    std::fs::write(&path, ndjson()).unwrap();
    let loaded = load(&[path], &Options::default(), &|_| {}, &false.into()).unwrap();
    let hits = analytics::run(&loaded.store, Facts::embedded(), &Settings::default());
    let ids: Vec<String> = hits.iter().map(|hit| hit.id.clone()).collect();
    let (mut case, settings) = (case(&loaded, &ids), Settings::default());
    let text = super::values::whole();
    (case.analyst, case.tlp) = (text.clone(), text.clone());
    let changed = [text.clone()];
    let header = Header { changed: Some(&changed), ..Header::new(&text, "0", &settings) };
    let report = Report::build(&loaded, Facts::embedded(), &hits, &case, &header);
    let mut note = Vec::new();
    (exporter("markdown").unwrap().write)(&report, &mut note).unwrap();
    let note = String::from_utf8(note).unwrap();
    for section in ["In short", "Incidents", "Marked by the analyst", "Indicators", "Analyst log"] {
        assert!(note.contains(&format!("\n## {section}\n")), "{section}");
    }
    for (name, renderer) in RENDERERS {
        dead(&renderer(&note), name);
    }
}
