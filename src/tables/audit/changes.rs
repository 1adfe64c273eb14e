//! The changes of a record: its targets, their changed properties and its further details.

use super::{items, part, part_text, text};
use crate::tables::address::tells;
use crate::tables::json::{Arena, Value};
use crate::tables::nested::read;
use bumpalo::collections::{CollectIn, Vec as List};
use std::borrow::Cow;
use std::collections::HashSet;

/// Targets and further details of a record.
#[derive(Debug)]
pub(super) struct Changes<'r> {
    pub(super) arena: &'r Arena,
    pub(super) targets: List<'r, Target<'r>>,
    /// Name and value.
    details: List<'r, (&'r str, &'r str)>,
    /// The marks of the names of properties: most that are looked for are not there.
    marks: u64,
}

/// A bit for a name: names that differ in case alone have the same.
fn mark(name: &str) -> u64 {
    let first = name.as_bytes().first().map_or(0, u8::to_ascii_lowercase);
    1 << ((name.len() + 7 * usize::from(first)) % 64)
}

/// An object that was changed.
#[derive(Debug)]
pub(super) struct Target<'r> {
    /// `User`, `Device`, `ServicePrincipal`, …
    kind: Option<&'r str>,
    pub(super) name: Option<&'r str>,
    pub(super) id: Option<&'r str>,
    pub(super) upn: Option<&'r str>,
    properties: List<'r, Property<'r>>,
}

/// A changed property. Its values are read out of the texts around them where they are asked for: mostly they are not.
#[derive(Debug)]
pub(super) struct Property<'r> {
    arena: &'r Arena,
    pub(super) name: &'r str,
    old: Value<'r>,
    new: Value<'r>,
}

impl<'r> Target<'r> {
    fn read(target: Value<'r>, arena: &'r Arena) -> Self {
        let properties = read(part(target, "modifiedProperties"), arena);
        Self {
            kind: part_text(target, &["type"]),
            name: part_text(target, &["displayName"]),
            id: part_text(target, &["id"]),
            upn: part_text(target, &["userPrincipalName"]),
            properties: items(properties, arena)
                .filter_map(|property| Property::read(property, arena))
                .collect_in(arena),
        }
    }

    /// Returns whether it is a user; what has a sign-in name is one, where no kind is logged.
    pub(super) fn is_user(&self) -> bool {
        self.kind.map_or(self.upn.is_some(), |kind| kind.eq_ignore_ascii_case("user"))
    }

    /// Returns whether it is of a kind.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind.is_some_and(|known| known.eq_ignore_ascii_case(kind))
    }

    /// Its name for people, else its id.
    pub(super) fn label(&self) -> Option<&'r str> {
        let names = if self.is_user() { [self.upn, self.name, self.id] } else { [self.name, self.upn, self.id] };
        names.into_iter().flatten().next()
    }
}

impl<'r> Property<'r> {
    fn read(property: Value<'r>, arena: &'r Arena) -> Option<Self> {
        // A name that no text is around, as every other value here.
        let name = part_text(property, &["displayName", "name"])?;
        Some(Self { arena, name, old: part(property, "oldValue"), new: part(property, "newValue") })
    }

    /// The value before the change.
    pub(super) fn old_value(&self) -> Value<'r> {
        read(self.old, self.arena)
    }

    /// The value after it.
    pub(super) fn new_value(&self) -> Value<'r> {
        read(self.new, self.arena)
    }

    fn is_changed(&self) -> bool {
        self.old != self.new && self.old_value() != self.new_value()
    }
}

impl<'r> Changes<'r> {
    pub(super) fn read(targets: Value<'r>, details: Value<'r>, arena: &'r Arena) -> Self {
        let pair = |entry: Value<'r>| Some((part_text(entry, &["key", "name"])?, part_text(entry, &["value"])?));
        let targets: List<'_, _> = items(targets, arena).map(|target| Target::read(target, arena)).collect_in(arena);
        let names = targets.iter().flat_map(|target| &target.properties).map(|property| property.name);
        let marks = names.fold(0, |marks, name| marks | mark(name));
        Self { arena, targets, details: items(details, arena).filter_map(pair).collect_in(arena), marks }
    }

    /// A further detail.
    pub(super) fn detail(&self, name: &str) -> Option<&'r str> {
        self.details.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// A changed property by name, one with a new value before others.
    pub(super) fn property(&self, name: &str) -> Option<&Property<'r>> {
        if self.marks & mark(name) == 0 {
            return None;
        }
        let named = || self.properties().filter(|property| property.name.eq_ignore_ascii_case(name));
        named().find(|property| plain(property.new_value()).is_some()).or_else(|| named().next())
    }

    /// The new value of a property as text.
    pub(super) fn new_text(&self, name: &str) -> Option<Cow<'r, str>> {
        plain(self.property(name)?.new_value())
    }

    /// The value of a property as text: the new one, else the old one, of what was taken away.
    pub(super) fn any_text(&self, name: &str) -> Option<Cow<'r, str>> {
        let property = self.property(name)?;
        plain(property.new_value()).or_else(|| plain(property.old_value()))
    }

    /// Every changed property.
    pub(super) fn properties(&self) -> impl Iterator<Item = &Property<'r>> {
        self.targets.iter().flat_map(|target| &target.properties)
    }

    /// The first target of a kind.
    pub(super) fn target(&self, kind: &str) -> Option<&Target<'r>> {
        self.targets.iter().find(|target| target.is(kind))
    }

    /// The first user among the targets.
    pub(super) fn user(&self) -> Option<&Target<'r>> {
        self.targets.iter().find(|target| target.is_user())
    }

    /// The device id, which is no object id.
    pub(super) fn device_id(&self) -> Option<Cow<'r, str>> {
        let detail = self.detail("DeviceId").filter(|id| tells(id)).map(Cow::Borrowed);
        detail.or_else(|| {
            ["DeviceId", "Device.DeviceId"].iter().find_map(|name| self.any_text(name)).filter(|id| tells(id))
        })
    }

    /// The names of the properties that were changed, without those that only describe actor and target.
    pub(super) fn changed(&self) -> Vec<String> {
        let mut names = Distinct { in_any_case: true, ..Distinct::default() };
        let mut add = |name: &str| names.add(name.trim());
        for property in self.properties() {
            if property.name.eq_ignore_ascii_case("Included Updated Properties") {
                plain(property.new_value()).unwrap_or_default().split(',').for_each(&mut add);
            } else if !is_description(property.name) && property.is_changed() {
                add(property.name);
            }
        }
        names.texts
    }
}

/// Texts that are not empty in the order in which they came, each once.
#[derive(Default)]
pub(super) struct Distinct {
    pub(super) texts: Vec<String>,
    /// All of them, once they are many.
    known: HashSet<String>,
    /// True if case does not tell two of them apart.
    in_any_case: bool,
}

impl Distinct {
    /// So many texts are compared one by one.
    const FEW: usize = 16;

    pub(super) fn add(&mut self, text: &str) {
        let folded = |text: &str| if self.in_any_case { text.to_ascii_lowercase() } else { text.to_owned() };
        let is_same = |known: &String| known == text || self.in_any_case && known.eq_ignore_ascii_case(text);
        let is_known = if self.texts.len() < Self::FEW {
            self.texts.iter().any(is_same)
        } else {
            if self.known.is_empty() {
                self.known = self.texts.iter().map(|text| folded(text)).collect();
            }
            !self.known.insert(folded(text))
        };
        if !text.is_empty() && !is_known {
            self.texts.push(text.to_owned());
        }
    }
}

/// Returns whether a property only describes who acted or what was changed.
fn is_description(name: &str) -> bool {
    let starts = |prefix: &str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    starts("TargetId.")
        || starts("ActorId.")
        || ["SPN", "Action Client Name", "MethodExecutionResult."].iter().any(|other| name.eq_ignore_ascii_case(other))
}

/// A value as one text: elements of an array are joined; `None` where there is nothing in it.
pub(super) fn plain(value: Value<'_>) -> Option<Cow<'_, str>> {
    let items = match value {
        Value::Array([item]) => return text(*item).map(Cow::Borrowed),
        Value::Array(items) => items,
        other => return text(other).map(Cow::Borrowed),
    };
    let joined = items.iter().filter_map(|item| text(*item)).collect::<Vec<_>>().join(", ");
    (!joined.is_empty()).then_some(Cow::Owned(joined))
}
