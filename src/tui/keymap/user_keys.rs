//! The user's key table, in addition to the one built in.

use super::{Action, Context, Key, Keymap, key};
use crate::config::mistake::{Document, Mistake, text, texts, unknown};
use strum::VariantArray;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The fields of a row.
const FIELDS: [&str; 5] = ["on", "run", "desc", "hint", "rank"];
/// Contexts in which letters are typed: a key bound there can be typed no more.
const TYPED: [Context; 4] = [Context::Prompt, Context::Help, Context::Users, Context::Palette];

/// A row as the user wrote it.
struct Row {
    line: usize,
    context: Context,
    run: Action,
    on: Vec<Key>,
    desc: Option<String>,
    hint: Option<String>,
    rank: Option<u8>,
}

impl Keymap {
    /// Lays a user's table over this one; `name` is that of its file, as shown.
    ///
    /// A row's keys replace those that the action has in its context. A mistake in a row is reported, and the
    /// other rows count all the same.
    pub fn overlaid(mut self, name: &str, text: &str) -> (Self, Vec<Mistake>) {
        let mut document = Document::parse(text);
        let mut mistakes = std::mem::take(&mut document.mistakes);
        let rows = read(&document, &mut mistakes);
        let built_in = self.clone();
        let mut kept: Vec<&Row> = Vec::new();
        for row in &rows {
            if let Some(before) = kept.iter().find(|kept| (kept.context, kept.run) == (row.context, row.run)) {
                let (context, action) = (context_name(row.context), row.run.name());
                let mistake =
                    format!("{context}: {action} has a row already, in line {}; that one counts", before.line);
                mistakes.push(Mistake::at(row.line, mistake));
                continue;
            }
            kept.push(row);
            self.lay(row, &built_in);
        }
        for row in kept {
            self.settle(row, &mut mistakes);
        }
        self.keep_a_way_out(&mut mistakes);
        self.yours = Some(name.to_owned());
        mistakes.sort_by_key(|mistake| mistake.line);
        (self, mistakes)
    }

    /// Gives the action of a row its keys.
    fn lay(&mut self, row: &Row, built_in: &Self) {
        let bindings = self.rows.entry(row.context).or_default();
        let place = bindings.iter().position(|binding| binding.run == row.run).unwrap_or_else(|| {
            let like = built_in.rows.values().flatten().find(|binding| binding.run == row.run);
            let mut binding = like.expect("every action has its row in the table built in").clone();
            // Its place in the footer is that of another context.
            binding.hint = None;
            bindings.push(binding);
            bindings.len() - 1
        });
        let binding = &mut bindings[place];
        binding.is_yours = true;
        binding.on.clone_from(&row.on);
        if let Some(desc) = &row.desc {
            binding.desc.clone_from(desc);
        }
        if row.hint.is_some() {
            binding.hint.clone_from(&row.hint);
        }
        if let Some(rank) = row.rank {
            binding.rank = rank;
        }
    }

    /// Takes the keys of a row from every other row that has them in its context, with a mistake for each.
    fn settle(&mut self, row: &Row, mistakes: &mut Vec<Mistake>) {
        let rows = self.rows.get_mut(&row.context).expect("the row was laid there");
        let context = context_name(row.context);
        for key in &row.on {
            // An earlier row of the user has it.
            if !rows.iter().any(|binding| binding.run == row.run && binding.on.contains(key)) {
                continue;
            }
            let others = rows.iter_mut().filter(|other| other.run != row.run && other.on.contains(key));
            for other in others {
                other.on.retain(|on| on != key);
                let (mine, theirs) = (row.run.name(), other.run.name());
                let left = if other.on.is_empty() { format!("; {theirs} has no key there now") } else { String::new() };
                let mistake = format!("{context}: {key} is {mine} here and was {theirs}{left}");
                mistakes.push(Mistake::at(row.line, mistake));
            }
            if key.is_typed() && TYPED.contains(&row.context) {
                mistakes.push(Mistake::at(row.line, format!("{context}: {key} can be typed no more")));
            }
        }
    }

    /// Raw mode turns Ctrl-C into a key like any other: without one that quits, only a signal would end us.
    fn keep_a_way_out(&mut self, mistakes: &mut Vec<Mistake>) {
        if self.rows(Context::Everywhere).iter().any(|row| row.run == Action::Quit && !row.on.is_empty()) {
            return;
        }
        let key = Key::try_from("ctrl-c".to_owned()).expect("the table built in has it");
        for row in self.rows.get_mut(&Context::Everywhere).into_iter().flatten() {
            row.on.retain(|on| *on != key);
            if row.run == Action::Quit {
                row.on.push(key);
            }
        }
        mistakes.push(Mistake::whole("everywhere: quit needs a key, and keeps Ctrl-C"));
    }
}

fn context_name(context: Context) -> &'static str {
    context.into()
}

/// The rows that can be made sense of.
fn read(document: &Document, mistakes: &mut Vec<Mistake>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, value) in document.root.get_ref() {
        let line = document.line_of(name);
        let Ok(context) = name.get_ref().parse::<Context>() else {
            let known = Context::VARIANTS.iter().map(|context| context_name(*context));
            mistakes.push(Mistake::at(line, unknown("context", name.get_ref(), known)));
            continue;
        };
        let Some(list) = value.get_ref().as_array() else {
            mistakes.push(Mistake::at(line, format!("write [[{0}]], not {0} = … or [{0}]", name.get_ref())));
            continue;
        };
        for entry in list {
            let line = document.line_of(entry);
            match entry.get_ref().as_table() {
                Some(table) => rows.extend(row(document, context, line, table, mistakes)),
                None => mistakes.push(Mistake::at(line, "a row like { on = [\"j\"], run = \"next\" } goes here")),
            }
        }
    }
    // The order of the file, whatever that of its contexts.
    rows.sort_by_key(|row| row.line);
    rows
}

/// One row; `None` when it names no action.
fn row(
    document: &Document,
    context: Context,
    line: usize,
    table: &DeTable,
    mistakes: &mut Vec<Mistake>,
) -> Option<Row> {
    for name in table.keys().filter(|name| !FIELDS.contains(&name.get_ref().as_ref())) {
        mistakes.push(Mistake::at(document.line_of(name), unknown("part of a row", name.get_ref(), FIELDS)));
    }
    let Some(run) = table.get("run") else {
        mistakes.push(Mistake::at(line, "the row does not say what to run"));
        return None;
    };
    let known = |name: &str| name.parse::<Action>().map_err(|_| unknown("action", name, actions()));
    let run = match text(run).and_then(known) {
        Ok(run) => run,
        Err(wrong) => {
            mistakes.push(Mistake::at(document.line_of(run), wrong));
            return None;
        }
    };
    let Some(on) = table.get("on") else {
        mistakes
            .push(Mistake::at(line, format!("the row of {} does not say on which keys; on = [] for none", run.name())));
        return None;
    };
    let on = keys(document, on, mistakes)?;
    let mut words = |field| {
        let value = table.get(field)?;
        text(value).map(str::to_owned).map_err(|wrong| mistakes.push(Mistake::at(document.line_of(value), wrong))).ok()
    };
    let (desc, hint) = (words("desc"), words("hint"));
    let rank = table.get("rank").and_then(|value| {
        let rank = value.get_ref().as_integer().and_then(|number| number.as_str().parse().ok());
        if rank.is_none() {
            mistakes.push(Mistake::at(document.line_of(value), "rank is a number from 0 to 255"));
        }
        rank
    });
    Some(Row { line, context, run, on, desc, hint, rank })
}

/// The keys of a row that are keys. `None` when the row meant some and has none: its action keeps those it had.
fn keys(document: &Document, on: &Spanned<DeValue>, mistakes: &mut Vec<Mistake>) -> Option<Vec<Key>> {
    let mut wrong = |line, mistake: String| mistakes.push(Mistake::at(line, mistake));
    let written = match texts(on) {
        Ok(written) => written,
        Err(mistake) => {
            wrong(document.line_of(on), mistake);
            return None;
        }
    };
    let mut keys: Vec<Key> = Vec::new();
    for value in written {
        match text(value).and_then(|name| Key::try_from(name.to_owned()).map_err(|mistake| named(name, mistake))) {
            Ok(key) if keys.contains(&key) => {}
            Ok(key) => keys.push(key),
            Err(mistake) => wrong(document.line_of(value), mistake),
        }
    }
    (written.is_empty() || !keys.is_empty()).then_some(keys)
}

/// A key that is none, with the names near to it; with no name near, the message tells how keys are written.
fn named(name: &str, mistake: String) -> String {
    if !mistake.ends_with("is no key") {
        return mistake;
    }
    let (before, last) = name.rsplit_once('-').map_or(("", name), |(_, last)| (&name[..name.len() - last.len()], last));
    let near = unknown("key", last, key::names());
    match near.split_once("did you mean ") {
        Some((_, near)) => format!("{mistake}; did you mean {before}{near}"),
        None => format!(
            "{mistake}; write one character, or f1 to f12, ctrl-c, alt-x, {}",
            key::names().collect::<Vec<_>>().join(", ")
        ),
    }
}

fn actions() -> impl Iterator<Item = &'static str> {
    Action::ALL.iter().map(|action| action.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::keymap::Binding;

    fn over(text: &str) -> (Keymap, Vec<String>) {
        let (keymap, mistakes) = Keymap::embedded().overlaid("keymap.toml", text);
        (keymap, mistakes.iter().map(ToString::to_string).collect())
    }

    fn key(text: &str) -> Key {
        Key::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn a_row_replaces_the_keys_of_its_action_where_it_stands() {
        let (keymap, mistakes) = over("[[list]]\non = [\"f2\", \"down\"]\nrun = \"next\"\n");
        assert_eq!(mistakes, [""; 0]);
        assert_eq!(keymap.action(&[Context::List], key("f2")), Some(Action::Next));
        assert_eq!(keymap.action(&[Context::List], key("j")), None);
        assert_eq!(keymap.action(&[Context::Help], key("down")), Some(Action::Next), "other contexts keep theirs");
        let row = keymap.rows(Context::List).iter().find(|row| row.run == Action::Next).unwrap();
        assert_eq!((row.desc.as_str(), row.is_yours), ("Next row", true));
    }

    #[test]
    fn a_key_taken_from_another_action_is_named() {
        let (keymap, mistakes) = over("[[workbench]]\non = [\"e\"]\nrun = \"dispose\"\n");
        assert_eq!(mistakes, ["line 1: workbench: e is dispose here and was note; note has no key there now"]);
        assert_eq!(keymap.action(&[Context::Workbench], key("e")), Some(Action::Dispose));
        let (_, mistakes) = over("[[list]]\non = [\"j\", \"G\"]\nrun = \"next\"\n");
        assert_eq!(mistakes, ["line 1: list: G is next here and was last"]);
    }

    #[test]
    fn two_actions_that_change_places_are_no_conflict() {
        let (keymap, mistakes) =
            over("[[list]]\non = [\"k\"]\nrun = \"next\"\n[[list]]\non = [\"j\"]\nrun = \"prev\"\n");
        assert_eq!(mistakes, [""; 0]);
        assert_eq!(keymap.action(&[Context::List], key("j")), Some(Action::Prev));
    }

    #[test]
    fn one_key_in_two_rows_of_the_user_is_the_earlier_ones() {
        let (keymap, mistakes) =
            over("[[list]]\non = [\"x\"]\nrun = \"next\"\n[[list]]\non = [\"x\"]\nrun = \"prev\"\n");
        assert_eq!(mistakes, ["line 1: list: x is next here and was prev; prev has no key there now"]);
        assert_eq!(keymap.action(&[Context::List], key("x")), Some(Action::Next));
    }

    #[test]
    fn an_action_can_lose_its_keys_or_gain_a_context() {
        let (keymap, mistakes) = over(
            "[[workbench]]\non = []\nrun = \"quit\"\n[[hits]]\non = [\"alt-u\"]\nrun = \"users\"\nhint = \"who\"\nrank = 3\n",
        );
        assert_eq!(mistakes, [""; 0]);
        assert_eq!(keymap.action(&[Context::Workbench], key("q")), None);
        assert_eq!(keymap.action(&[Context::Hits], key("alt-u")), Some(Action::Users));
        assert!(keymap.hints(&[Context::Hits]).iter().any(|(_, hint)| *hint == "who"));
    }

    #[test]
    fn what_is_wrong_is_named_with_what_would_be_right_and_the_rest_counts() {
        let (keymap, mistakes) = over(concat!(
            "[[hitz]]\non = [\"j\"]\nrun = \"next\"\n",
            "[[hits]]\non = [\"super-x\", \"pgdwn\", \"f3\"]\nrun = \"sort\"\n",
            "[[hits]]\non = [\"x\"]\nrun = \"nexxt\"\n",
            "[[hits]]\nrun = \"users\"\n",
            "[[hits]]\non = \"x\"\nrun = \"users\"\nwhen = 1\n",
            "[[prompt]]\non = [\"a\"]\nrun = \"accept\"\n",
        ));
        assert_eq!(
            mistakes,
            [
                "line 1: \"hitz\" is no context; did you mean hits?",
                "line 5: \"super-x\" is no key; write one character, or f1 to f12, ctrl-c, alt-x, enter, esc, tab, shift-tab, \
                 backspace, space, up, down, left, right, pgup, pgdn, home, end, insert, delete",
                "line 5: \"pgdwn\" is no key; did you mean pgdn?",
                "line 9: \"nexxt\" is no action; did you mean next?",
                "line 10: the row of users does not say on which keys; on = [] for none",
                "line 13: a list like [\"a\", \"b\"] goes here, not a string",
                "line 15: \"when\" is no part of a row; known are on, run, desc, hint, rank",
                "line 16: prompt: a can be typed no more",
            ]
        );
        assert_eq!(keymap.action(&[Context::Hits], key("f3")), Some(Action::Sort));
    }

    #[test]
    fn there_is_always_a_way_out() {
        for text in
            ["[[everywhere]]\non = []\nrun = \"quit\"\n", "[[everywhere]]\non = [\"ctrl-c\"]\nrun = \"suspend\"\n"]
        {
            let (keymap, mistakes) = over(text);
            assert!(
                mistakes.iter().any(|mistake| mistake == "everywhere: quit needs a key, and keeps Ctrl-C"),
                "{mistakes:?}"
            );
            assert_eq!(keymap.action(&[Context::Everywhere], key("ctrl-c")), Some(Action::Quit));
        }
    }

    #[test]
    fn the_table_built_in_lies_over_itself_without_a_word() {
        let (keymap, mistakes) = over(include_str!("../../../assets/keymap.toml"));
        let typed: Vec<_> = mistakes.iter().filter(|mistake| !mistake.ends_with("can be typed no more")).collect();
        assert!(typed.is_empty(), "{typed:?}");
        for (context, rows) in Keymap::embedded().contexts() {
            let keys = |rows: &[Binding]| rows.iter().map(Binding::keys).collect::<Vec<_>>();
            assert_eq!(keys(keymap.rows(context)), keys(rows), "{context:?}");
        }
    }
}
