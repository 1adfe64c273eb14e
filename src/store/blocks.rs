//! Texts of rows of one table, a block at a time. A full block keeps each field in as few bytes as its values need:
//! rows that follow each other repeat most of them.

use crate::model::{Field, Sym, Table};
use crate::tables::NO_SLOT;

/// Rows in a block.
pub(super) const ROWS: usize = 1 << ROW_BITS;
pub(super) const ROW_BITS: u32 = 12;

/// Rows of one table.
pub(super) struct Block {
    table: Table,
    rows: Rows,
}

enum Rows {
    /// One after the other, while there is room for more.
    Open(Vec<Sym>),
    /// By slot.
    Packed(Box<[Column]>),
}

/// One field of a block's rows.
enum Column {
    /// One value for all.
    One(Sym),
    /// Few values, and the number of each row's.
    Few(Vec<Sym>, Box<[u8]>),
    /// Many values, and the number of each row's.
    Many(Vec<Sym>, Box<[u16]>),
    /// Nearly as many values as rows.
    Each(Box<[Sym]>),
    /// As many that are new with their rows, such as ids: the least, and how far each is above it.
    Near(Sym, Box<[u16]>),
    /// The same as those of the column in another slot.
    Same(u8),
}

/// Most values of [`Column::Few`].
const FEW: usize = 1 << u8::BITS;
/// Most values of [`Column::Many`]: with more, a value for each row takes less.
const MANY: usize = ROWS / 2;

impl Block {
    /// A block without rows.
    pub(super) fn new(table: Table, packing: &mut Packing) -> Self {
        let mut texts = std::mem::take(&mut packing.spare[table as usize]);
        texts.reserve_exact(ROWS * table.width());
        Self { table, rows: Rows::Open(texts) }
    }

    /// Table of its rows.
    pub(super) fn table(&self) -> Table {
        self.table
    }

    /// Adds a row while there is room; returns its number.
    ///
    /// # Panics
    /// When the block was packed.
    pub(super) fn add(&mut self, row: impl FnOnce(&mut [Sym])) -> usize {
        let width = self.table.width();
        let Rows::Open(texts) = &mut self.rows else { panic!("a block that is packed takes no more rows") };
        let start = texts.len();
        texts.resize(start + width, Sym::NONE);
        row(&mut texts[start..]);
        start / width
    }

    /// The text in a slot of a row.
    #[inline]
    pub(super) fn get(&self, slot: u8, row: usize) -> Sym {
        match &self.rows {
            Rows::Open(texts) => texts[row * self.table.width() + usize::from(slot)],
            Rows::Packed(columns) => match &columns[usize::from(slot)] {
                Column::Same(other) => columns[usize::from(*other)].get(row),
                column => column.get(row),
            },
        }
    }

    /// Sets the text in a slot of a row.
    pub(super) fn set(&mut self, slot: u8, row: usize, sym: Sym) {
        let width = self.table.width();
        match &mut self.rows {
            Rows::Open(texts) => texts[row * width + usize::from(slot)] = sym,
            Rows::Packed(columns) => {
                for at in 0..columns.len() {
                    // What was the same no longer is.
                    if matches!(columns[at], Column::Same(other) if other == slot || at == usize::from(slot)) {
                        let Column::Same(other) = columns[at] else { continue };
                        columns[at] = Column::Each(columns[usize::from(other)].rows().collect());
                    }
                }
                columns[usize::from(slot)].set(row, sym);
            }
        }
    }

    /// Packs the rows; there is no room for more.
    pub(super) fn pack(&mut self, packing: &mut Packing) {
        let Rows::Open(texts) = &mut self.rows else { return };
        let width = self.table.width();
        let Packing { numbers, values, spare } = packing;
        let mut columns: Vec<Column> = Vec::with_capacity(width);
        for slot in 0..width {
            values.clear();
            values.extend(texts.iter().skip(slot).step_by(width));
            let column = numbers.column(values);
            let same =
                columns.iter().position(|other| column.is_same(other)).and_then(|other| u8::try_from(other).ok());
            columns.push(same.map_or(column, Column::Same));
        }
        texts.clear();
        spare[self.table as usize] = std::mem::take(texts);
        self.rows = Rows::Packed(columns.into());
    }

    /// Translates every text.
    pub(super) fn translate(&mut self, map: &[Sym]) {
        let change = |sym: Sym| map[sym.0 as usize];
        match &mut self.rows {
            Rows::Open(texts) => texts.iter_mut().for_each(|sym| *sym = change(*sym)),
            Rows::Packed(columns) => columns.iter_mut().for_each(|column| column.translate(change)),
        }
    }

    /// Texts of some fields, at least once each.
    pub(super) fn texts(&self, fields: &[Field], mut take: impl FnMut(Sym)) {
        let width = self.table.width();
        for field in fields {
            let slot = self.table.slots()[*field as usize];
            if slot == NO_SLOT {
                continue;
            }
            match &self.rows {
                Rows::Open(texts) => texts.iter().skip(usize::from(slot)).step_by(width).for_each(|sym| take(*sym)),
                Rows::Packed(columns) => {
                    let mut column = &columns[usize::from(slot)];
                    if let Column::Same(other) = column {
                        column = &columns[usize::from(*other)];
                    }
                    column.values(&mut take);
                }
            }
        }
    }
}

/// Room to pack blocks in, and that of the last block that was packed. Kept between blocks: given back each time, it would
/// leave holes that nothing of another size fills.
#[derive(Default)]
pub(super) struct Packing {
    numbers: Numbers,
    values: Vec<Sym>,
    spare: [Vec<Sym>; Table::COUNT],
}

impl Column {
    /// A value for each row, in as few bytes as they need.
    fn each(values: &[Sym]) -> Self {
        match ends(values.iter().copied()) {
            Some((least, most)) if u16::try_from(most.0 - least.0).is_ok() => {
                let above = |sym: &Sym| u16::try_from(sym.0 - least.0).expect("the greatest is near");
                Self::Near(least, values.iter().map(above).collect())
            }
            _ => Self::Each(values.into()),
        }
    }

    /// Returns whether two columns of as many values as rows have the same.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Each(one), Self::Each(other)) => one == other,
            (Self::Near(one, ones), Self::Near(other, others)) => one == other && ones == others,
            _ => false,
        }
    }

    #[inline]
    fn get(&self, row: usize) -> Sym {
        match self {
            Self::One(sym) => *sym,
            Self::Few(values, numbers) => values[usize::from(numbers[row])],
            Self::Many(values, numbers) => values[usize::from(numbers[row])],
            Self::Each(values) => values[row],
            Self::Near(least, above) => Sym(least.0 + u32::from(above[row])),
            Self::Same(_) => Sym::NONE,
        }
    }

    /// The text of a row, which a last block may not have.
    fn find(&self, row: usize) -> Option<Sym> {
        let is_there = match self {
            Self::Each(values) => row < values.len(),
            Self::Few(_, numbers) => row < numbers.len(),
            Self::Many(_, numbers) | Self::Near(_, numbers) => row < numbers.len(),
            Self::One(_) => true,
            Self::Same(_) => false,
        };
        is_there.then(|| self.get(row))
    }

    /// The text of each row there is.
    fn rows(&self) -> impl Iterator<Item = Sym> + '_ {
        (0..ROWS).map_while(|row| self.find(row))
    }

    fn set(&mut self, row: usize, sym: Sym) {
        match self {
            Self::One(known) if *known == sym => {}
            Self::One(known) => {
                let mut numbers = vec![0; ROWS].into_boxed_slice();
                numbers[row] = 1;
                *self = Self::Few(vec![*known, sym], numbers);
            }
            Self::Few(values, numbers) => {
                let known = values.iter().position(|known| *known == sym);
                if let Ok(number) = u8::try_from(known.unwrap_or(values.len())) {
                    if known.is_none() {
                        values.push(sym);
                    }
                    numbers[row] = number;
                    return;
                }
                let numbers = numbers.iter().map(|number| u16::from(*number)).collect();
                *self = Self::Many(std::mem::take(values), numbers);
                self.set(row, sym);
            }
            Self::Each(values) => values[row] = sym,
            Self::Many(..) | Self::Near(..) => {
                let mut each: Box<[Sym]> = self.rows().collect();
                each[row] = sym;
                *self = Self::Each(each);
            }
            Self::Same(_) => unreachable!("it was made a column of its own"),
        }
    }

    /// Every value, at least once.
    fn values(&self, take: &mut impl FnMut(Sym)) {
        match self {
            Self::One(sym) => take(*sym),
            Self::Few(values, _) | Self::Many(values, _) => values.iter().copied().for_each(take),
            Self::Each(values) => values.iter().copied().for_each(take),
            Self::Near(..) => self.rows().for_each(take),
            Self::Same(_) => {}
        }
    }

    /// Changes every value.
    fn translate(&mut self, change: impl Fn(Sym) -> Sym) {
        match self {
            Self::One(sym) => *sym = change(*sym),
            Self::Few(values, _) | Self::Many(values, _) => values.iter_mut().for_each(|sym| *sym = change(*sym)),
            Self::Each(values) => values.iter_mut().for_each(|sym| *sym = change(*sym)),
            Self::Near(least, above) => {
                let before = least.0;
                let value = |above: &u16| change(Sym(before + u32::from(*above)));
                let Some((low, high)) = ends(above.iter().map(value)) else { return };
                if u16::try_from(high.0 - low.0).is_err() {
                    *self = Self::Each(above.iter().map(value).collect());
                    return;
                }
                // In their place: what another thread made is not for this one to free.
                for above in above.iter_mut() {
                    *above = u16::try_from(value(above).0 - low.0).expect("the greatest is near");
                }
                *least = low;
            }
            Self::Same(_) => {}
        }
    }
}

/// The least and the greatest of some values.
fn ends(mut values: impl Iterator<Item = Sym>) -> Option<(Sym, Sym)> {
    let first = values.next()?;
    Some(values.fold((first, first), |(low, high), sym| (low.min(sym), high.max(sym))))
}

/// Numbers of the distinct values of a column: an open table, searched from where a value points.
#[derive(Default)]
struct Numbers {
    /// A value and its number, with the number of the column that it is of.
    slots: Vec<(Sym, u16, u32)>,
    column: u32,
}

impl Numbers {
    /// The values in as few bytes as they need.
    fn column(&mut self, of_rows: &[Sym]) -> Column {
        let Some(first) = of_rows.first() else { return Column::One(Sym::NONE) };
        if of_rows.iter().all(|sym| sym == first) {
            return Column::One(*first);
        }
        self.column += 1;
        self.slots.resize(4 * MANY, (Sym::NONE, 0, 0));
        let mut values: Vec<Sym> = Vec::new();
        let mut numbers: Vec<u16> = Vec::with_capacity(of_rows.len());
        for &sym in of_rows {
            let Some(number) = self.number(sym, &mut values) else { return Column::each(of_rows) };
            numbers.push(number);
        }
        values.shrink_to_fit();
        if values.len() <= FEW {
            let narrow = |number: u16| u8::try_from(number).expect("below the few");
            Column::Few(values, numbers.into_iter().map(narrow).collect())
        } else {
            Column::Many(values, numbers.into())
        }
    }

    /// The number of a value; `None` where there are too many.
    fn number(&mut self, sym: Sym, values: &mut Vec<Sym>) -> Option<u16> {
        let mask = self.slots.len() - 1;
        let mut at = (sym.0.wrapping_mul(0x9e37_79b1) >> 12) as usize & mask;
        loop {
            let slot = &mut self.slots[at];
            if slot.2 != self.column {
                if values.len() == MANY {
                    return None;
                }
                let number = u16::try_from(values.len()).expect("below the rows of a block");
                values.push(sym);
                *slot = (sym, number, self.column);
                return Some(number);
            }
            if slot.0 == sym {
                return Some(slot.1);
            }
            at = (at + 1) & mask;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sym(number: usize) -> Sym {
        Sym(u32::try_from(number).unwrap())
    }

    /// The value of a row in a slot: one, few, many, one for each row, the same again, two, one for each far apart.
    fn value(slot: usize, row: usize) -> Sym {
        match slot {
            0 => sym(7),
            1 => sym(row % 200),
            2 => sym(row / 7),
            3 | 4 => sym(row * 3),
            6 => sym(row * 30),
            5 => sym(usize::from(row == ROWS / 2)),
            _ => Sym::NONE,
        }
    }

    fn block(rows: usize, packing: &mut Packing) -> Block {
        let mut block = Block::new(Table::SignIn, packing);
        for row in 0..rows {
            assert_eq!(block.add(|texts| (0..texts.len()).for_each(|slot| texts[slot] = value(slot, row))), row);
        }
        block
    }

    fn differ(block: &Block, rows: usize, value: impl Fn(usize, usize) -> Sym) -> Vec<(usize, usize)> {
        let all = (0..Table::SignIn.width()).flat_map(|slot| (0..rows).map(move |row| (slot, row)));
        all.filter(|&(slot, row)| block.get(u8::try_from(slot).unwrap(), row) != value(slot, row)).collect()
    }

    #[test]
    fn a_packed_block_has_the_texts_it_was_given() {
        let mut packing = Packing::default();
        for rows in [1, 2, 255, 300, ROWS - 1, ROWS, 7] {
            let mut block = block(rows, &mut packing);
            assert_eq!(differ(&block, rows, value), []);
            block.pack(&mut packing);
            assert_eq!(differ(&block, rows, value), [], "{rows}");
            let map: Vec<Sym> = (0..ROWS * 30).map(|at| sym(at + 1)).collect();
            block.translate(&map);
            assert_eq!(differ(&block, rows, |slot, row| map[value(slot, row).0 as usize]), [], "{rows}");
        }
    }

    #[test]
    fn values_take_as_few_bytes_as_they_need() {
        let mut block = block(ROWS, &mut Packing::default());
        block.pack(&mut Packing::default());
        let Rows::Packed(columns) = &block.rows else { panic!("it was packed") };
        let kinds = columns.iter().map(|column| match column {
            Column::One(_) => 0,
            Column::Few(values, _) | Column::Many(values, _) => values.len(),
            Column::Each(values) => values.len(),
            Column::Near(least, above) => above.len() + least.0 as usize + 1_000,
            Column::Same(other) => usize::from(*other) + 100_000,
        });
        let kinds: Vec<usize> = kinds.take(8).collect();
        assert_eq!(kinds, [0, 200, ROWS.div_ceil(7), ROWS + 1_000, 100_003, 2, ROWS, 0]);
    }

    #[test]
    fn any_text_of_a_packed_row_can_be_set() {
        for rows in [5, ROWS] {
            let mut block = block(rows, &mut Packing::default());
            block.pack(&mut Packing::default());
            let mut set = std::collections::HashMap::new();
            for number in 0..2000 {
                let (slot, row) = (number % 8, number * 37 % rows);
                block.set(u8::try_from(slot).unwrap(), row, sym(number + 50_000));
                set.insert((slot, row), sym(number + 50_000));
            }
            assert_eq!(differ(&block, rows, |slot, row| *set.get(&(slot, row)).unwrap_or(&value(slot, row))), []);
        }
    }

    #[test]
    fn texts_of_a_field_are_those_of_its_rows() {
        let texts = |block: &Block, field| {
            let mut found = Vec::new();
            block.texts(&[field], |sym| found.push(sym));
            found.sort_unstable();
            found.dedup();
            found
        };
        let block = block(ROWS, &mut Packing::default());
        for field in [Field::Id, Field::UserId, Field::RequestUri] {
            let open = texts(&block, field);
            let mut packed = self::block(ROWS, &mut Packing::default());
            packed.pack(&mut Packing::default());
            assert_eq!(texts(&packed, field), open, "{field:?}");
        }
    }
}
