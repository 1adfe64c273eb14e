//! Cursor and offset arithmetic, one copy for all lists.

/// A cursor in a list, and the row at the top of the view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Row of the cursor.
    pub cursor: usize,
    top: usize,
}

/// A move in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// One row down.
    Next,
    /// One row up.
    Prev,
    /// A page down.
    PageDown,
    /// A page up.
    PageUp,
    /// To the first row.
    First,
    /// To the last row.
    Last,
    /// To that row.
    To(usize),
}

impl List {
    /// A cursor on a row, with a few rows above it in view.
    pub fn at(cursor: usize) -> Self {
        Self { cursor, top: cursor.saturating_sub(2) }
    }

    /// Puts the cursor's row into the middle of a view of `height` rows.
    pub fn centre(&mut self, height: usize) {
        self.top = self.cursor.saturating_sub(height / 2);
    }

    /// Moves the cursor in `len` rows seen through `height`.
    pub fn go(&mut self, step: Move, len: usize, height: usize) {
        let page = height.saturating_sub(1).max(1);
        let last = len.saturating_sub(1);
        self.cursor = match step {
            Move::Next => self.cursor.saturating_add(1),
            Move::Prev => self.cursor.saturating_sub(1),
            Move::PageDown => self.cursor.saturating_add(page),
            Move::PageUp => self.cursor.saturating_sub(page),
            Move::First => 0,
            Move::Last => last,
            Move::To(row) => row,
        }
        .min(last);
        // A page is another page to see, not only another row of the one in view.
        match step {
            Move::PageDown => self.top = self.top.saturating_add(page),
            Move::PageUp => self.top = self.top.saturating_sub(page),
            _ => {}
        }
        self.top = self.top(len, height);
    }

    /// The row at the top of a view of `height` rows, so that the cursor is in it.
    ///
    /// At the edge it goes on by a quarter of a page: over a slow line rows are sent once in a while, not at every
    /// key, and most of what was read stays in view.
    pub fn top(&self, len: usize, height: usize) -> usize {
        let back = (height / 4).max(1) - 1;
        let top = if self.cursor < self.top {
            self.cursor.saturating_sub(back)
        } else if self.cursor >= self.top.saturating_add(height) {
            (self.cursor + 1 + back).saturating_sub(height.max(1))
        } else {
            self.top
        };
        top.min(len.saturating_sub(height)).min(self.cursor)
    }
}

/// An offset into text that only scrolls.
pub fn scrolled(offset: usize, step: Move, len: usize, height: usize) -> usize {
    let page = height.saturating_sub(1).max(1);
    let last = len.saturating_sub(height.max(1));
    match step {
        Move::Next => offset.saturating_add(1),
        Move::Prev => offset.min(last).saturating_sub(1),
        Move::PageDown => offset.saturating_add(page),
        Move::PageUp => offset.min(last).saturating_sub(page),
        Move::First => 0,
        Move::Last => last,
        Move::To(row) => row,
    }
    .min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_is_always_in_view() {
        let steps = [Move::Next, Move::PageDown, Move::Prev, Move::Last, Move::PageUp, Move::First];
        for len in [0, 1, 3, 10, 1000] {
            for height in [0, 1, 2, 7, 50] {
                let mut list = List::at(len / 2);
                for step in steps.iter().cycle().take(60) {
                    list.go(*step, len, height);
                    let top = list.top(len, height);
                    assert!(list.cursor < len.max(1));
                    assert!(top <= list.cursor, "{len} {height}");
                    assert!(height == 0 || list.cursor < top + height, "{len} {height} {list:?} {top}");
                }
            }
        }
    }

    #[test]
    fn a_page_turns_the_view_and_keeps_the_cursors_place_in_it() {
        let mut list = List { cursor: 5, top: 0 };
        list.go(Move::PageDown, 100, 20);
        assert_eq!((list.cursor, list.top(100, 20)), (24, 19));
        list.go(Move::PageUp, 100, 20);
        assert_eq!((list.cursor, list.top(100, 20)), (5, 0));
        list.go(Move::PageDown, 29, 20);
        assert_eq!((list.cursor, list.top(29, 20)), (24, 9), "the last page is full");
    }

    #[test]
    fn the_edge_moves_by_a_quarter_of_a_page() {
        let mut list = List::default();
        for _ in 0..12 {
            list.go(Move::Next, 100, 12);
        }
        assert_eq!((list.cursor, list.top(100, 12)), (12, 3));
        for _ in 0..10 {
            list.go(Move::Prev, 100, 12);
        }
        assert_eq!((list.cursor, list.top(100, 12)), (2, 0));
    }
}
