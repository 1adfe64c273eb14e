//! Rows of results that queries gave in other engines.

use super::acts::Raw;
use super::{Position, RecordReader};
use crate::ingest::record::timestamps;
use crate::ingest::stats::SourceStats;
use crate::model::{Elsewhere, Origin, Span, Time};
use crate::tables::foreign::HIT_TABLE;
use crate::tables::hit_table;
use crate::tables::json::Arena;
use crate::tables::members::WrittenTime;

impl Position {
    /// The place of the record, the last one that was counted.
    pub(super) fn origin(self, stats: &SourceStats) -> Result<Origin, String> {
        Ok(Origin {
            source: stats.source,
            record: u32::try_from(stats.records)
                .map_err(|_| "is past record 4,294,967,295 of its source".to_owned())?,
            offset: self.offset,
            len: u32::try_from(self.len).map_err(|_| "is longer than 4 GiB".to_owned())?,
            check: self.check,
        })
    }
}

impl RecordReader {
    /// Keeps a row of such a result.
    pub(super) fn take_elsewhere(
        &mut self,
        raw: Raw<'_>,
        position: Position,
        stats: &mut SourceStats,
    ) -> Result<(), String> {
        let arena = Arena::new();
        let members = raw.members(&arena);
        let row = hit_table::read(&members)?;
        let (first, last) = (instant(row.first)?, instant(row.last)?);
        if last < first {
            return Err(format!("is a hit that ends before it begins: at {last}, and {first}"));
        }
        self.part.elsewhere.push(Elsewhere {
            origin: position.origin(stats)?,
            analytic: row.analytic.to_owned(),
            is_published: row.is_published,
            claim: row.claim,
            engine: row.engine,
            user_id: row.user_id.to_owned(),
            upn: row.upn.to_owned(),
            app: row.app.to_owned(),
            app_name: row.app_name.to_owned(),
            addresses: row.addresses,
            session: row.session.to_owned(),
            first,
            last,
        });
        stats.count(HIT_TABLE.name);
        Ok(())
    }
}

/// The instant that a time names.
fn instant(written: WrittenTime<'_>) -> Result<Time, String> {
    let read = timestamps::read(written.text).map_err(|fault| format!("its time {}", fault.words(written.text)))?;
    if read.day_only {
        return Err(format!("its time \"{}\" is a day without a time of day", written.text));
    }
    let offset = if read.zoned { Span::from_ticks(0) } else { written.utc_offset };
    Ok(read.time.minus(offset))
}
