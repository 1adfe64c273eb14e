//! The map of an incident as a picture: SVG without scripts, links or fonts of its own, the same bytes for the same map.

use super::card::{BINS, Map, MapLane, Mark, Use};
use crate::analytics::known::Standing;
use crate::model::inert;
use std::fmt::Write as _;
use std::ops::Range;

/// Columns that the time is cut into: with the lanes they bound the size.
const COLUMNS: usize = 48;
/// Lanes drawn before the rest is counted.
const LANES: usize = 5;
/// Characters of a place's name.
const NAME: usize = 32;
/// Width of the names, of a column, and of what lies beyond the end.
const LEFT: usize = 230;
const STEP: usize = 10;
const BEYOND: usize = 80;
/// Height of a lane, and of the title above all.
const LANE: usize = 30;
const TOP: usize = 36;

/// Draws a map.
pub(super) fn svg(map: &Map, who: &str, id: &str) -> String {
    let lanes = &map.lanes[..map.lanes.len().min(LANES)];
    let more = map.lanes.len() - lanes.len() + map.more;
    let (width, base) = (LEFT + COLUMNS * STEP + BEYOND, TOP + lanes.len() * LANE);
    let height = base + 92;
    let mut out = String::new();
    let mut put = |line: std::fmt::Arguments| writeln!(out, "{line}").expect("a String takes every write");
    put(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\" fill=\"none\" stroke-linecap=\"round\">"
    ));
    put(format_args!("<title>Map of incident {}</title>", escaped(id, NAME)));
    put(format_args!("<rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>"));
    put(format_args!("<text x=\"8\" y=\"20\" fill=\"#222\" font-weight=\"bold\">{}</text>", escaped(who, 60)));
    for (at, lane) in lanes.iter().enumerate() {
        let y = TOP + at * LANE + LANE / 2;
        let colour = colour(lane.standing);
        let name = name(lane);
        put(format_args!("<text x=\"8\" y=\"{}\" fill=\"{colour}\">{name}</text>", y + 4));
        put(format_args!("<path d=\"M{LEFT} {y}h{}\" stroke=\"#ddd\"/>", COLUMNS * STEP));
        for (mark, colour, rise, width) in [
            (Mark::Failed, "#999", 4, 2),
            (Mark::Token, colour, 0, 7),
            (Mark::SignIn, colour, 7, 4),
            (Mark::Code, "#b06000", 9, 6),
        ] {
            let is = |column: usize| strongest(&lane.marks, column) == Some(mark);
            let path = if rise == 0 { spans(is, y) } else { path(is, |x| format!("M{x} {}v{}", y - rise, 2 * rise)) };
            if !path.is_empty() {
                put(format_args!("<path d=\"{path}\" stroke=\"{colour}\" stroke-width=\"{width}\"/>"));
            }
        }
    }
    if let Some((from, to)) = arrow(lanes) {
        put(format_args!("<path d=\"M{from}L{to}\" stroke=\"#c00\" stroke-dasharray=\"3 3\"/>"));
    }
    for (wanted, colour, tall) in [(Use::Looked, "#888", 8), (Use::Read, "#b06000", 16), (Use::Took, "#c00", 26)] {
        let is = |column: usize| strongest(&map.uses, column) == Some(wanted);
        let path = path(is, |x| format!("M{x} {}v-{tall}", base + 34));
        if !path.is_empty() {
            put(format_args!("<path d=\"{path}\" stroke=\"{colour}\" stroke-width=\"5\" stroke-linecap=\"butt\"/>"));
        }
    }
    put(format_args!("<text x=\"8\" y=\"{}\" fill=\"#222\">done with the tokens</text>", base + 30));
    let end = LEFT + COLUMNS * STEP;
    if let Some(edge) = map.edge {
        let x = LEFT + column(edge) * STEP + STEP;
        let rest = width - x;
        put(format_args!(
            "<rect x=\"{x}\" y=\"{TOP}\" width=\"{rest}\" height=\"{}\" fill=\"#777\" fill-opacity=\".15\"/>",
            base + 38 - TOP
        ));
        put(format_args!("<text x=\"{}\" y=\"{}\" fill=\"#555\">log ends</text>", end + 14, TOP + 14));
    }
    if let Some(revoked) = map.revoked {
        let x = LEFT + column(revoked) * STEP;
        put(format_args!("<path d=\"M{x} {TOP}V{}\" stroke=\"#06c\" stroke-width=\"2\"/>", base + 36));
        put(format_args!("<text x=\"{x}\" y=\"{}\" fill=\"#06c\" text-anchor=\"middle\">revoked</text>", TOP - 4));
    }
    put(format_args!("<text x=\"{LEFT}\" y=\"{}\" fill=\"#222\">{} UTC</text>", base + 54, map.from.second()));
    put(format_args!(
        "<text x=\"{end}\" y=\"{}\" fill=\"#222\" text-anchor=\"end\">{} UTC</text>",
        base + 54,
        map.to.second()
    ));
    let more = if more > 0 { format!("; {more} more places") } else { String::new() };
    put(format_args!(
        "<text x=\"8\" y=\"{}\" fill=\"#555\" font-size=\"11\">grey: known to the user, red: new, violet: not decided; bar: \
         sign-in (orange: device code), dot: token, small bar: failed{more}</text>",
        base + 76
    ));
    put(format_args!(
        "<text x=\"8\" y=\"{}\" fill=\"#555\" font-size=\"11\">below: looked around (low), read or searched, took or \
         changed (high)</text>",
        base + 88
    ));
    put(format_args!("</svg>"));
    out
}

fn colour(standing: Standing) -> &'static str {
    match standing {
        Standing::Known => "#567",
        Standing::New => "#c00",
        Standing::Undecided => "#639",
    }
}

fn name(lane: &MapLane) -> String {
    if lane.location.is_empty() {
        escaped(&lane.address, NAME)
    } else {
        escaped(&format!("{} {}", lane.address, lane.location), NAME)
    }
}

/// Parts of a column.
fn parts(column: usize) -> Range<usize> {
    column * BINS / COLUMNS..(column + 1) * BINS / COLUMNS
}

/// The column of a part.
fn column(part: usize) -> usize {
    part * COLUMNS / BINS
}

/// The gravest mark in a column.
fn strongest<M: Copy + Ord>(marks: &[Option<M>], column: usize) -> Option<M> {
    marks.get(parts(column)).unwrap_or_default().iter().copied().max().flatten()
}

fn middle(column: usize) -> usize {
    LEFT + column * STEP + STEP / 2
}

/// A path with a piece for each column that has something.
fn path(has: impl Fn(usize) -> bool, piece: impl Fn(usize) -> String) -> String {
    (0..COLUMNS).filter(|column| has(*column)).map(|column| piece(middle(column))).collect()
}

/// A path with a line for each run of columns that have something.
fn spans(has: impl Fn(usize) -> bool, y: usize) -> String {
    let mut path = String::new();
    let mut column = 0;
    while column < COLUMNS {
        let run = (column..COLUMNS).take_while(|at| has(*at)).count();
        if run > 0 {
            write!(path, "M{} {y}h{}", middle(column), (run - 1) * STEP).expect("a String takes every write");
        }
        column += run.max(1);
    }
    path
}

/// From the last mark of a known place before the first one elsewhere, to that.
fn arrow(lanes: &[MapLane]) -> Option<(String, String)> {
    let first = |lane: &MapLane| (0..COLUMNS).find(|column| strongest(&lane.marks, *column).is_some());
    let place = |(at, column): (usize, usize)| format!("{} {}", middle(column), TOP + at * LANE + LANE / 2);
    let away = lanes.iter().enumerate().filter(|(_, lane)| lane.standing != Standing::Known);
    let to = away.filter_map(|(at, lane)| Some((at, first(lane)?))).min_by_key(|(_, column)| *column)?;
    let known = lanes.iter().enumerate().filter(|(_, lane)| lane.standing == Standing::Known);
    let before = |lane: &MapLane| (0..=to.1).rev().find(|column| strongest(&lane.marks, *column).is_some());
    let from = known.filter_map(|(at, lane)| Some((at, before(lane)?))).max_by_key(|(_, column)| *column)?;
    Some((place(from), place(to)))
}

/// Text as XML has it: log text is hostile, and a control character would end the picture. Cut to so many characters as
/// they are written, of which an escape has several.
fn escaped(text: &str, most: usize) -> String {
    let mut out = String::new();
    for letter in inert(text).chars() {
        let before = out.len();
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
        if out.chars().count() > most {
            out.truncate(before);
            out.push('…');
            break;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;

    fn map(lanes: Vec<MapLane>) -> Map {
        let time = |text| Time::parse(text).expect("a test's time");
        let uses = [Some(Use::Looked), Some(Use::Read), Some(Use::Took)];
        Map {
            from: time("2026-05-01T14:00:00Z"),
            to: time("2026-05-01T15:00:00Z"),
            lanes,
            more: 3,
            uses: (0..BINS).map(|bin| uses[bin / 3 % 3]).collect(),
            use_rows: vec![None; BINS],
            edge: Some(BINS - 1),
            revoked: Some(BINS / 2),
        }
    }

    /// A lane whose every column differs from the next.
    fn full(text: &str, standing: Standing) -> MapLane {
        let marks = [Mark::Failed, Mark::Token, Mark::SignIn, Mark::Code];
        MapLane {
            address: text.to_owned(),
            location: text.to_owned(),
            standing,
            marks: (0..BINS).map(|bin| Some(marks[bin / 3 % 4])).collect(),
            rows: vec![None; BINS],
        }
    }

    #[test]
    fn the_densest_map_is_small_and_hostile_text_is_text() {
        let text = "<script>alert('&\"')</script>\u{1b}[31m".repeat(8);
        let lanes = [Standing::Known, Standing::New, Standing::Undecided].into_iter().cycle().take(8);
        let svg = svg(&map(lanes.map(|standing| full(&text, standing)).collect()), &text, &text);
        assert!(svg.len() <= 6 * 1024, "{} bytes", svg.len());
        assert!(!svg.contains("<script") && !svg.contains('\u{1b}') && !svg.contains("href"), "{svg}");
        assert!(svg.contains("6 more places"), "three of the lanes, and three that the map left out");
        let tags = svg.matches('<').count();
        assert_eq!(tags, svg.matches('>').count());
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    }

    #[test]
    fn an_arrow_goes_from_the_known_place_to_the_new_one() {
        let mut known = full("192.0.2.10", Standing::Known);
        known.marks = vec![None; BINS];
        known.marks[0] = Some(Mark::Code);
        let mut new = known.clone();
        (new.standing, new.marks[0], new.marks[30]) = (Standing::New, None, Some(Mark::Token));
        let svg = svg(&map(vec![known.clone(), new]), "ana", "1");
        assert!(svg.contains("d=\"M235 51L295 81\""), "{svg}");
        assert!(!self::svg(&map(vec![known]), "ana", "1").contains("stroke-dasharray"), "nothing to go to");
    }
}
