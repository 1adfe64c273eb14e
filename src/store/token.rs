//! Token ids that an export lacks, computed from sign-in ids: the `uti` of a sign-in's token is its id's bytes in
//! base64url.
//!
//! That is an observed regularity, no promise of Microsoft's. The store uses it only where no row of the sign-in names
//! its token, and only for sources whose named tokens do not contradict it (an anonymised export's do).

use super::{Event, GUID_LEN, Store, TextKey};
use crate::model::{EventId, Field, Flags, SourceId, Sym};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Counts of named and computed token ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Computed {
    /// Per source.
    pub sources: BTreeMap<SourceId, Compared>,
}

/// A source's token ids: named, computed, and whether the two agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Sign-ins whose named token equals the one computed from their id.
    pub agree: u64,
    /// Sign-ins whose named token differs from the computed one.
    pub differ: u64,
    /// Sign-ins without a named token, with one computed from their id.
    pub lacking: u64,
    /// Those of them whose token a Graph call names.
    pub tied: u64,
    /// Whether the computed tokens are left unused.
    pub refused: bool,
}

#[cfg(any(test, feature = "testing"))]
impl Computed {
    /// Sign-ins whose token id was computed, over all sources that are trusted with it.
    pub fn used(&self) -> u64 {
        self.sources.values().filter(|source| !source.refused).map(|source| source.lacking).sum()
    }

    /// Those of them that Graph calls name.
    pub fn tied(&self) -> u64 {
        self.sources.values().map(|source| source.tied).sum()
    }
}

impl Store {
    /// Gives sign-ins without a token id the one that their own id gives, where a Graph call names it. Only there:
    /// any other would take memory and tie nothing ([`Store::computed_token`] tells it).
    pub(super) fn compute_tokens(&mut self) {
        if !self.events.iter().any(|event| self.lacks_token(event)) {
            return;
        }
        let mut sources = self.compare_tokens();
        let differ = sources.values().any(|source| source.differ > 0);
        let tokens = self.called_tokens();
        for index in 0..self.events.len() {
            let event = self.events.get(index);
            if !self.lacks_token(event) || guid(self.key(event.get(Field::Id))).is_none() {
                continue;
            }
            let source = sources.entry(event.origin.source).or_default();
            // What cannot be compared in the source itself goes by the rest of the bundle.
            source.refused = source.differ > 0 || (source.agree == 0 && differ);
            source.lacking += 1;
            let token = tokens.get(&self.normalized_field(event, Field::Id));
            if let Some(&token) = token.filter(|_| !source.refused) {
                source.tied += 1;
                self.events.set(index, Field::TokenId, token);
                self.events.head_mut(index).flags.set(Flags::TOKEN_COMPUTED, true);
            }
        }
        sources.retain(|_, source| source.lacking > 0);
        self.computed = Computed { sources };
    }

    /// A sign-in, or a logon of the unified audit log, none of whose rows names its token.
    fn lacks_token(&self, event: Event<'_>) -> bool {
        (event.table.issues() || self.is_logon(event))
            && !event.is_duplicate()
            && self.token(event.get(Field::TokenId)).is_none()
    }

    /// Agreement of named with computed tokens in each source. A row also counts by the token that a duplicate names,
    /// so that a source without tokens is compared as well.
    fn compare_tokens(&self) -> BTreeMap<SourceId, Compared> {
        let mut sources: BTreeMap<SourceId, Compared> = BTreeMap::new();
        let mut compare = |row: Event<'_>, named: Event<'_>| {
            let (id, named) = (guid(self.key(row.get(Field::Id))), decoded(self.key(named.get(Field::TokenId))));
            if let (Some(id), Some(named)) = (id, named) {
                let source = sources.entry(row.origin.source).or_default();
                if id == named {
                    source.agree += 1;
                } else {
                    source.differ += 1;
                }
            }
        };
        let named = |event: Event<'_>| event.table.issues() && !self.token(event.get(Field::TokenId)).is_none();
        for event in self.events.iter().filter(|event| !event.is_union() && named(*event)) {
            compare(event, event);
        }
        for group in self.duplicates.groups() {
            let rows = || group.iter().map(|(_, row)| self.event(*row));
            let Some(with_token) = rows().find(|row| named(*row)) else { continue };
            for row in rows().filter(|row| row.table.issues() && !named(*row)) {
                compare(row, with_token);
            }
        }
        sources
    }

    /// The token of each sign-in id, normalized, that calls and acts name a token of.
    fn called_tokens(&self) -> HashMap<Sym, Sym> {
        let calls = self.events.iter().filter(|event| !event.table.issues() && !event.is_duplicate());
        let mut tokens: Vec<Sym> = calls.map(|event| self.token(event.get(Field::TokenId))).collect();
        tokens.sort_unstable();
        tokens.dedup();
        let mut by_id = HashMap::new();
        for token in tokens {
            let id = decoded(self.key(token)).and_then(|id| self.find(&id.hyphenated().to_string()));
            if let Some(id) = id {
                by_id.insert(id, token);
            }
        }
        by_id
    }

    /// Counts of computed token ids by source.
    pub fn computed(&self) -> &Computed {
        &self.computed
    }

    /// The token id that a sign-in's own id gives, where no row names one and the source is trusted with it.
    pub fn computed_token(&self, event: EventId) -> Option<String> {
        let event = self.event(event);
        if event.flags.has(Flags::TOKEN_COMPUTED) {
            return Some(self.text(event.get(Field::TokenId)).to_owned());
        }
        let refused = self.computed.sources.get(&event.origin.source).is_none_or(|source| source.refused);
        if !self.lacks_token(event) || refused {
            return None;
        }
        guid(self.key(event.get(Field::Id))).map(|id| URL_SAFE_NO_PAD.encode(id.to_bytes_le()))
    }
}

/// An id that is a GUID as Entra writes them.
fn guid(id: TextKey<'_>) -> Option<Uuid> {
    let id = match id {
        TextKey::Id(id) => return Some(Uuid::from_u128(id)),
        TextKey::Text(id) => id.trim(),
    };
    (id.len() == GUID_LEN).then(|| Uuid::try_parse(id).ok())?.filter(|id| !id.is_nil())
}

/// The sign-in id that a token id is of, if it is of the kind that names one.
fn decoded(token: TextKey<'_>) -> Option<Uuid> {
    let TextKey::Text(token) = token else { return None };
    let token = token.trim_end_matches('=');
    let mut bytes = [0; 18];
    let length = (token.len() == 22).then(|| URL_SAFE_NO_PAD.decode_slice(token, &mut bytes).ok())??;
    let bytes: [u8; 16] = bytes[..length].try_into().ok()?;
    Some(Uuid::from_bytes_le(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Table;
    use crate::store::Key;
    use crate::store::testing::Rows;

    const AT: &str = "2026-05-01T14:02:00Z";
    const ID: &str = "ebbcde9f-2dd4-4b92-8f29-7a0ef7b10a00";
    const TOKEN: &str = "n96869QtkkuPKXoO97EKAA";
    const OTHER_ID: &str = "0e8c1f3a-5b6d-4c7e-9a8b-112233445566";

    fn sign_in(rows: &mut Rows, source: u32, id: &str, token: &str) {
        rows.row(Table::NonInteractive, AT, &[(Field::Id, id), (Field::TokenId, token)]).from(source);
    }

    fn with_call(fill: impl FnOnce(&mut Rows)) -> Store {
        let mut rows = Rows::default();
        fill(&mut rows);
        rows.row(Table::Graph, AT, &[(Field::Id, "call"), (Field::TokenId, &format!("{TOKEN}=="))]);
        rows.build()
    }

    fn tied(store: &Store) -> usize {
        store.find(TOKEN).map_or(0, |token| store.with(Key::Token, token).len().saturating_sub(1))
    }

    #[test]
    fn the_id_of_a_sign_in_gives_its_token() {
        assert_eq!(URL_SAFE_NO_PAD.encode(guid(TextKey::new(ID)).unwrap().to_bytes_le()), TOKEN);
        assert_eq!(decoded(TextKey::new(TOKEN)), guid(TextKey::new(&ID.to_uppercase())));
        let store = with_call(|rows| {
            sign_in(rows, 0, &ID.to_uppercase(), "");
            sign_in(rows, 0, OTHER_ID, " ");
            sign_in(rows, 0, "no-guid", "");
        });
        assert_eq!(tied(&store), 1);
        assert_eq!((store.computed().used(), store.computed().tied()), (2, 1));
        assert!(!store.has(Table::NonInteractive, Field::TokenId), "computed is not logged");
        let computed: Vec<_> = store.events().filter_map(|(id, _)| store.computed_token(id)).collect();
        assert_eq!(computed.len(), 2);
    }

    #[test]
    fn a_named_token_is_never_replaced() {
        let store = with_call(|rows| {
            sign_in(rows, 0, ID, "another");
            sign_in(rows, 1, ID, "");
        });
        assert_eq!((tied(&store), store.computed()), (0, &Computed::default()));
    }

    #[test]
    fn tokens_that_contradict_the_ids_refuse_the_computed() {
        let contradicts = "AAAAAAAAAAAAAAAAAAAAAQ";
        for (source, ties) in [(0, 0), (1, 0)] {
            let store = with_call(|rows| {
                sign_in(rows, 0, ID, "");
                sign_in(rows, source, OTHER_ID, contradicts);
            });
            assert_eq!(tied(&store), ties, "{source}");
            assert!(store.computed().sources[&SourceId(0)].refused);
        }
        let agreeing = with_call(|rows| {
            sign_in(rows, 0, ID, "");
            sign_in(rows, 0, OTHER_ID, &URL_SAFE_NO_PAD.encode(guid(TextKey::new(OTHER_ID)).unwrap().to_bytes_le()));
            sign_in(rows, 1, "11111111-1111-4111-8111-111111111111", contradicts);
        });
        assert_eq!(tied(&agreeing), 1, "what agrees in the source itself outweighs another source");
        let by_copy = with_call(|rows| {
            sign_in(rows, 0, ID, "");
            sign_in(rows, 0, OTHER_ID, "");
            sign_in(rows, 1, OTHER_ID, contradicts);
        });
        assert!(by_copy.computed().sources[&SourceId(0)].refused);
    }
}
