//! The engines that queries are for.

use super::Language;
use crate::analytics::Analytic;
use crate::model::{Field, Table};
use strum::VariantArray;

/// An engine that holds logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "lowercase")]
pub enum Target {
    /// Microsoft Sentinel, and any workspace of Log Analytics.
    Sentinel,
    /// Azure Data Explorer, with tables named as in Log Analytics.
    Adx,
    /// Defender's advanced hunting, on Defender's own tables.
    Xdr,
    /// ClickHouse, with tables and columns named as in Log Analytics.
    ClickHouse,
}

/// Columns that Defender's table of sign-ins lacks.
const NOT_IN_XDR: [Field; 4] =
    [Field::IncomingTokenType, Field::OriginalTransferMethod, Field::HomeTenantId, Field::TokenProtection];

impl Target {
    /// Its language.
    pub fn language(self) -> Language {
        match self {
            Self::Sentinel | Self::Adx | Self::Xdr => Language::Kql,
            Self::ClickHouse => Language::Sql,
        }
    }

    /// Its short name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sentinel => "Sentinel",
            Self::Adx => "Azure Data Explorer",
            Self::Xdr => "Defender XDR",
            Self::ClickHouse => "ClickHouse",
        }
    }

    /// Its name in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sentinel => "Microsoft Sentinel and Log Analytics",
            Self::Adx => "Azure Data Explorer, with tables named as in Log Analytics",
            Self::Xdr => "Defender XDR's advanced hunting, on Defender's own tables",
            Self::ClickHouse => "ClickHouse, with tables and columns named as in Log Analytics",
        }
    }

    /// Lines that give the tables of a query the names and columns of Log Analytics.
    pub(super) fn tables(self) -> &'static str {
        match self {
            Self::Xdr => include_str!("../../assets/query/parts/xdr.kql"),
            Self::Sentinel | Self::Adx | Self::ClickHouse => "",
        }
    }

    /// The columns an analytic cannot do without and this target does not have, in words; `None` where it has all.
    pub(super) fn lacks(self, analytic: &Analytic) -> Option<String> {
        if self != Self::Xdr {
            return None;
        }
        let has = |table: Table, field: Field| !table.issues() || !NOT_IN_XDR.contains(&field);
        let unmet = analytic.needs.iter().filter(|need| !need.is_met(has));
        let columns =
            unmet.map(|need| need.columns.iter().map(|field| field.column()).collect::<Vec<_>>().join(" or "));
        let columns: Vec<String> = columns.collect();
        (!columns.is_empty()).then(|| columns.join(", "))
    }
}
