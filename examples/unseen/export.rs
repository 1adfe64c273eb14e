//! Export of a bundle: contents and shapes of its files.

mod collected;
mod defender;
mod lines;
mod table;

use crate::event::Log;
use crate::rng::Rng;
use crate::row::Row;
use crate::world::World;

/// The shape of the files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A line of JSON a row, as Log Analytics exports tables.
    Lines,
    /// The Log Analytics portal's CSV.
    Table,
    /// As Microsoft-Extractor-Suite collects: Graph's own objects, no Graph calls, the refresh token withheld.
    Collected,
    /// Results of Defender's advanced hunting.
    Defender,
}

/// An export.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Export {
    pub(crate) shape: Shape,
    pub(crate) days: i64,
    /// True if AS numbers are there.
    pub(crate) networks: bool,
    tables: [bool; TABLES.len()],
}

/// A table beside the interactive sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Table {
    NonInteractive,
    Graph,
    Legacy,
    Audit,
}

/// Every such table, by the name an export has for it.
const TABLES: [(Table, &str); 4] = [
    (Table::NonInteractive, "AADNonInteractiveUserSignInLogs"),
    (Table::Graph, "MicrosoftGraphActivityLogs"),
    (Table::Legacy, "AADGraphActivityLogs"),
    (Table::Audit, "AuditLogs"),
];

impl Export {
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        let shape = match rng.below(20) {
            0..=13 => Shape::Lines,
            14..=16 => Shape::Table,
            _ => Shape::Collected,
        };
        let collected = shape == Shape::Collected;
        Self {
            shape,
            days: if rng.percent(88) { 30 } else { rng.between(14, 20) },
            networks: !rng.percent(10),
            tables: TABLES.map(|(table, _)| match table {
                Table::NonInteractive => collected || rng.percent(95),
                Table::Graph => !collected && rng.percent(85),
                Table::Legacy => !collected && rng.percent(50),
                Table::Audit => !collected && rng.percent(40),
            }),
        }
    }

    /// The same, as Defender has it.
    pub(crate) fn as_defender(self) -> Self {
        let tables =
            TABLES.map(|(table, _)| table == Table::NonInteractive || (table != Table::Legacy && self.has(table)));
        Self { shape: Shape::Defender, networks: false, tables, ..self }
    }

    /// Returns whether the export has a table.
    pub(crate) fn has(self, table: Table) -> bool {
        TABLES.iter().zip(self.tables).any(|((one, _), there)| *one == table && there)
    }

    /// Returns whether refresh tokens are named as such.
    pub(crate) fn names_tokens(self) -> bool {
        !matches!(self.shape, Shape::Collected | Shape::Defender)
    }
}

impl std::fmt::Display for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shape = match self.shape {
            Shape::Lines => "JSON lines",
            Shape::Table => "CSV",
            Shape::Collected => "Extractor Suite",
            Shape::Defender => "Defender",
        };
        write!(f, "{shape}, {} days", self.days)?;
        let missing = TABLES.iter().zip(self.tables).filter(|(_, there)| !there).map(|((_, name), _)| *name);
        for name in (!self.networks).then_some("AS numbers").into_iter().chain(missing) {
            write!(f, ", no {name}")?;
        }
        Ok(())
    }
}

/// A file of the bundle: its path and its bytes.
pub(crate) type File = (String, Vec<u8>);

/// Every file of the bundle.
pub(crate) fn files(world: &World, log: &mut Log) -> Vec<File> {
    log.sign_ins.sort_by_key(|row| (row.ingested(), row.id));
    log.calls.sort_by_key(|row| (row.at, row.id));
    log.audit.sort_by_key(|row| (row.at, row.id));
    match world.export.shape {
        Shape::Collected => collected::files(world, log),
        Shape::Defender => defender::files(world, log),
        Shape::Lines => {
            let write = |rows: Vec<Row>| rows.into_iter().fold(String::new(), |text, row| text + &row.line() + "\n");
            named(world, log, "json", write)
        }
        Shape::Table => named(world, log, "csv", table::text),
    }
}

/// The tables of the export, each in a file of its name.
fn named(world: &World, log: &Log, ending: &str, write: impl Fn(Vec<Row>) -> String) -> Vec<File> {
    let mut files = Vec::new();
    let mut add = |name: &str, rows: Vec<Row>| {
        if !rows.is_empty() {
            files.push((format!("{name}.{ending}"), write(rows).into_bytes()));
        }
    };
    let sign_ins = |interactive: bool| {
        log.sign_ins.iter().filter(|row| row.interactive == interactive).map(|row| lines::sign_in(world, row)).collect()
    };
    let calls =
        |legacy: bool| log.calls.iter().filter(|row| row.legacy == legacy).map(|row| lines::call(world, row)).collect();
    add("SigninLogs", sign_ins(true));
    for (table, name) in TABLES.into_iter().filter(|(table, _)| world.export.has(*table)) {
        let rows = match table {
            Table::NonInteractive => sign_ins(false),
            Table::Graph => calls(false),
            Table::Legacy => calls(true),
            Table::Audit => log.audit.iter().map(|row| lines::audit(world, row)).collect(),
        };
        add(name, rows);
    }
    files
}
