//! Slots of the texts in a row: each table has one for every field of its own, and no others.

use crate::model::{Field, Table};

/// For each field the slot of its text in a row, or [`NO_SLOT`].
pub type Slots = [u8; Field::COUNT];

/// Slot of a field that the table does not have.
pub const NO_SLOT: u8 = u8::MAX;

/// Every field, each in its own slot.
pub static ALL_FIELDS: Slots = {
    let mut slots = [NO_SLOT; Field::COUNT];
    let mut at = 0;
    while at < Field::COUNT {
        slots[Field::ALL[at] as usize] = Field::ALL[at] as u8;
        at += 1;
    }
    slots
};

static SLOTS: [Slots; Table::COUNT] = {
    let mut tables = [[NO_SLOT; Field::COUNT]; Table::COUNT];
    let mut table = 0;
    while table < Table::COUNT {
        let fields = FIELDS[table];
        let mut at = 0u8;
        while (at as usize) < fields.len() {
            tables[table][fields[at as usize] as usize] = at;
            at += 1;
        }
        table += 1;
    }
    tables
};

const FIELDS: [&[Field]; Table::COUNT] = {
    let mut fields: [&[Field]; Table::COUNT] = [&[]; Table::COUNT];
    let mut table = 0;
    while table < Table::COUNT {
        fields[table] = super::SPECS[table].fields;
        table += 1;
    }
    fields
};

impl Table {
    /// The slots of its rows.
    #[inline]
    pub fn slots(self) -> &'static Slots {
        &SLOTS[self as usize]
    }

    /// Number of texts in its rows.
    #[inline]
    pub fn width(self) -> usize {
        FIELDS[self as usize].len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::TABLES;

    #[test]
    fn every_field_of_a_table_has_a_slot_of_its_own() {
        for spec in &TABLES {
            let mut taken: Vec<u8> = spec.table.slots().iter().copied().filter(|slot| *slot != NO_SLOT).collect();
            taken.sort_unstable();
            let all: Vec<u8> = (0u8..).take(spec.table.width()).collect();
            assert_eq!(taken, all, "{}", spec.name);
        }
    }

    #[test]
    fn a_row_may_take_the_table_that_looks_the_same() {
        for spec in &TABLES {
            if let Some(twin) = spec.twin {
                assert_eq!(spec.table.slots(), twin.slots(), "{}", spec.name);
            }
        }
    }
}
