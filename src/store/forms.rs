//! The normalized form of each text of a store.

use super::normalize::{Normalized, Placeholder, is_no_id, normalize_if_compared};
use super::{Event, Events, Interner, Store, TextKey};
use crate::model::{Field, Sym, Table, work};
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// Marks a text that is a value in some fields only; `merge()` keeps this number free.
const PLACEHOLDER: Sym = Sym(u32::MAX);

/// Normalized forms by text. Most texts are their own: a bit says which are not, so that a million ids take no list.
#[derive(Default)]
pub(super) struct Forms {
    words: Vec<Word>,
    /// Forms of the texts whose bit is set, in their order: [`Sym::NONE`] when blank, [`PLACEHOLDER`] when blank in some
    /// fields.
    others: Vec<Sym>,
    /// Normalized form and kind of each placeholder.
    placeholders: HashMap<Sym, (Sym, Placeholder), RandomState>,
    /// Token ids whose normalized form differs from what was written.
    tokens: HashMap<Sym, Sym, RandomState>,
}

/// Bits of 64 texts, and how many are set before them.
#[derive(Clone, Copy, Default)]
struct Word {
    bits: u64,
    before: u32,
}

impl Word {
    /// The word of a text, and the text's bit in it.
    #[inline]
    fn of(sym: Sym) -> (usize, u32) {
        (sym.0 as usize / u64::BITS as usize, sym.0 % u64::BITS)
    }
}

/// Texts that differ from their normalized forms. The forms have symbols of their own until the store takes them over: as
/// a text each they would be the peak of memory in a load of audit logs, whose ids have capitals.
#[derive(Default)]
pub(super) struct Changed {
    texts: Interner,
    /// Each with its form, in order: [`Sym::NONE`] of a blank one, [`PLACEHOLDER`] of one that is blank in some fields.
    forms: Vec<(Sym, Sym)>,
    /// Each placeholder with its form, [`Sym::NONE`] where it is that.
    placeholders: Vec<(Sym, Sym, Placeholder)>,
    /// Texts that end in padding.
    padded: Vec<Sym>,
}

impl Changed {
    /// Reads every text.
    pub(super) fn read(texts: &Interner, compared: &[bool]) -> Self {
        let mut changed = Self::default();
        for (sym, compared) in (0..).map(Sym).zip(compared) {
            // A GUID is its own form.
            let TextKey::Text(text) = texts.key(sym) else { continue };
            if text.ends_with('=') {
                changed.padded.push(sym);
            }
            let form = match normalize_if_compared(text, *compared) {
                Normalized::Same => continue,
                Normalized::Blank => Sym::NONE,
                Normalized::Other(form) => changed.texts.intern(&form),
                Normalized::Placeholder(form, placeholder) => {
                    let form = if form == text { Sym::NONE } else { changed.texts.intern(&form) };
                    changed.placeholders.push((sym, form, placeholder));
                    PLACEHOLDER
                }
            };
            changed.forms.push((sym, form));
        }
        changed
    }
}

impl Forms {
    /// Takes the forms of texts, and adds them to the texts.
    pub(super) fn new(changed: Changed, texts: &mut Interner, events: &Events) -> Self {
        let mut forms =
            Self { words: vec![Word::default(); texts.len().div_ceil(u64::BITS as usize)], ..Self::default() };
        let map = texts.absorb(changed.texts);
        forms.others.reserve_exact(changed.forms.len());
        for (sym, form) in changed.forms {
            let (word, bit) = Word::of(sym);
            forms.words[word].bits |= 1 << bit;
            forms.others.push(if form == PLACEHOLDER { form } else { map[form.0 as usize] });
        }
        for (sym, form, placeholder) in changed.placeholders {
            let form = if form.is_none() { sym } else { map[form.0 as usize] };
            forms.placeholders.insert(sym, (form, placeholder));
        }
        let mut before = 0;
        for word in &mut forms.words {
            word.before = before;
            before += word.bits.count_ones();
        }
        forms.take_tokens(&changed.padded, texts, events);
        forms
    }

    /// Finds the bare form of each token id among the texts that end in padding.
    fn take_tokens(&mut self, padded: &[Sym], texts: &mut Interner, events: &Events) {
        if padded.is_empty() {
            return;
        }
        let mut is_token = vec![false; texts.len()];
        events.texts(|_| &[Field::TokenId], |sym| is_token[sym.0 as usize] = true);
        for &sym in padded.iter().filter(|sym| is_token[sym.0 as usize]) {
            let text = texts.text(sym).trim_end_matches('=').to_owned();
            // Nothing but padding is blank. A text that other fields hold too keeps the normalized form it has.
            let bare = if is_no_id(&text) { Sym::NONE } else { texts.intern(&text) };
            self.tokens.insert(sym, bare);
        }
    }

    /// The form of a text. One that was added later, as the form of another, is its own.
    #[inline]
    fn get(&self, sym: Sym) -> Sym {
        let (word, bit) = Word::of(sym);
        match self.words.get(word) {
            Some(word) if word.bits >> bit & 1 == 1 => {
                self.others[(word.before + (word.bits & ((1 << bit) - 1)).count_ones()) as usize]
            }
            _ => sym,
        }
    }
}

impl Store {
    /// The normalized form of a text whose field is not known: trimmed, Unicode lower case; [`Sym::NONE`] when blank
    /// (missing, white space, a word or mark for nothing, `{PII Removed}` or an all-zero GUID). Long texts that nothing
    /// compares (requests, JSON, scopes, token ids) are their own normalized form.
    pub fn normalized(&self, sym: Sym) -> Sym {
        work::look(1);
        match self.forms.get(sym) {
            PLACEHOLDER => {
                let found = self.forms.placeholders.get(&sym).filter(|(_, kind)| kind.is_value_somewhere());
                found.map_or(Sym::NONE, |(form, _)| *form)
            }
            form => form,
        }
    }

    /// The normalized form of an event's field, as [`Self::normalized`] has it; but `none` is a value of an
    /// enumeration, a word for nothing is a name where the id beside it has a value, and one character repeated is no
    /// id.
    #[inline]
    pub fn normalized_field(&self, event: Event<'_>, field: Field) -> Sym {
        work::look(1);
        match self.forms.get(event.get(field)) {
            PLACEHOLDER => self.placeholder_field(event, field),
            form => form,
        }
    }

    #[cold]
    fn placeholder_field(&self, event: Event<'_>, field: Field) -> Sym {
        let id = |of| !self.normalized_field(event, of).is_none();
        let found = self.forms.placeholders.get(&event.get(field)).filter(|(_, kind)| kind.is_value_in(field, id));
        found.map_or(Sym::NONE, |(form, _)| *form)
    }

    /// Normalized form of a token id: exact but for trailing `=`; [`Sym::NONE`] when blank.
    pub fn token(&self, sym: Sym) -> Sym {
        match self.forms.get(sym) {
            Sym::NONE | PLACEHOLDER => Sym::NONE,
            _ => self.forms.tokens.get(&sym).copied().unwrap_or(sym),
        }
    }
}

/// For each text, whether a field that is compared normalized holds it. The others are long and many: their normalized
/// forms would double the memory.
pub(super) fn compared_texts(events: &Events, texts: &Interner) -> Vec<bool> {
    let fields = Table::ALL.map(|table| {
        let is_compared = |field: &Field| !NOT_COMPARED.contains(field) && (table, *field) != EXACT_ID;
        Field::ALL.into_iter().filter(is_compared).collect::<Vec<_>>()
    });
    let mut compared = vec![false; texts.len()];
    events.texts(|table| &fields[table as usize], |sym| compared[sym.0 as usize] = true);
    compared
}

/// The record ids that are no GUIDs: their letters are digits to the base 62, of which capitals are others.
const EXACT_ID: (Table, Field) = (Table::Audit, Field::Id);

/// Fields whose texts are shown and searched but never compared normalized; token ids are compared as written.
const NOT_COMPARED: [Field; 11] = [
    Field::TokenId,
    Field::RequestUri,
    Field::DeviceDetail,
    Field::LocationDetails,
    Field::ProcessingDetails,
    Field::TokenProtection,
    Field::ResultDescription,
    Field::AuthenticationDetails,
    Field::Scopes,
    Field::RiskState,
    Field::Policies,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_not_their_own_form_have_another() {
        let mut texts = Interner::default();
        let words = ["A", "b", "x-", "c\u{e9}", "D ", "e"];
        // Over several words of bits.
        let syms: Vec<Sym> = (0..200).map(|at| texts.intern(&format!("{}{at}", words[at % words.len()]))).collect();
        let blank = texts.intern("  ");
        let changed = Changed::read(&texts, &vec![true; texts.len()]);
        let forms = Forms::new(changed, &mut texts, &Events::default());
        for (at, sym) in syms.into_iter().enumerate() {
            let form = forms.get(sym);
            let written = format!("{}{at}", words[at % words.len()]);
            assert_eq!(texts.text(form), written.to_lowercase());
            assert_eq!(form == sym, written.to_lowercase() == written);
            assert!(form == PLACEHOLDER || forms.get(form) == form, "a form is its own");
        }
        assert_eq!([blank, Sym::NONE].map(|sym| forms.get(sym)), [Sym::NONE; 2]);
    }
}
