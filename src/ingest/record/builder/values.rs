//! The values of a record: each into the field that its key names, in the one form that the store keeps.

use super::numbers::may_be_damaged;
use super::{RecordReader, plain_reason};
use crate::ingest::record::json_scan::{MAX_DEPTH, deeper_than};
use crate::ingest::record::keys::{INNER_START, ROW_START};
use crate::ingest::record::policies;
use crate::ingest::record::strict_json::Object;
use crate::ingest::record::value::{self, Steps};
use crate::ingest::stats::Assumed;
use crate::ingest::table_names;
use crate::model::{Field, Flags, Number, Table, WrittenStep, authentication, flag, is_policies, number};
use crate::store::{is_blank, is_success};
use crate::tables::json;
use crate::tables::{self, Rank, Target};
use serde::de::{DeserializeSeed, IgnoredAny};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::HashMap;

/// Fault of a text with an escape that is half of one.
pub(super) const HALF_A_PAIR: &str = "half a surrogate pair";

impl RecordReader {
    /// Result code and reason from the status, where nothing else gives them.
    pub(super) fn status(&mut self) {
        let Some(held) = self.record.status else { return };
        let json = self.record.at(held);
        let status = self.written.statuses.of(json, || value::status(json));
        if let Some(code) = &status.code {
            // A mark for no result is kept as it is written; whether the sign-in succeeded is the status' to say.
            let held = self.record.at(self.record.held[Field::ResultType as usize]);
            let is_mark = self.record.has(Field::ResultType) && is_blank(held, Field::ResultType);
            self.record.event.flags.set(Flags::SUCCESS, is_mark && is_success(code));
            self.record.put(Field::ResultType, 1, code);
        }
        if let Some(reason) = &status.reason {
            self.record.put(Field::ResultDescription, 0, reason);
        }
        if !status.steps.is_empty() {
            self.record.put(Field::AuthenticationDetails, 0, &status.steps);
        }
    }

    /// Takes a JSON value as written.
    pub(super) fn value(&mut self, target: Target, raw: &str) -> Result<(), String> {
        match raw.as_bytes()[0] {
            b'n' => Ok(()),
            b'"' => {
                let inner = &raw[1..raw.len() - 1];
                if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
                    return self.text(target, inner);
                }
                if let Target::Json(field, rank) = target {
                    self.record.put_written(field, rank, raw);
                    return Ok(());
                }
                if let Target::Policies(rank) = target {
                    self.policies(rank, raw);
                    return Ok(());
                }
                self.with_arena(|reader, arena| {
                    let text = json::content(raw, arena).ok_or(HALF_A_PAIR)?;
                    reader.text(target, text)
                })
            }
            b'{' | b'[' => self.nested(target, raw),
            _ => self.text(target, raw),
        }
    }

    /// Takes a text, which may hold JSON.
    pub(super) fn text(&mut self, target: Target, text: &str) -> Result<(), String> {
        let text = match target {
            Target::Json(..) | Target::Status | Target::Place | Target::Steps if is_type_name(text) => {
                self.record.assumed.add(Assumed::TYPE_NAMES);
                return Ok(());
            }
            Target::Text(..) | Target::Words(..) | Target::EventTypes | Target::Number(..) if is_type_of_cell(text) => {
                self.record.assumed.add(Assumed::TYPE_NAMES);
                return Ok(());
            }
            Target::Json(..) | Target::Status | Target::Place | Target::Steps if text.starts_with("@{") => {
                &value::power_shell(text).unwrap_or_default()
            }
            _ => text,
        };
        match target {
            Target::Text(field, rank) => {
                if may_be_damaged(text) {
                    self.damaged(field, text);
                }
                self.record.put(field, rank, text);
            }
            Target::Words(field, rank) => self.record.put(field, rank, text),
            Target::Json(field, rank) => self.record.put(field, rank, &value::compact(text)),
            Target::Number(field, rank) => {
                if text.bytes().all(|b| b.is_ascii_digit()) {
                    self.record.put(field, rank, text);
                } else {
                    self.number(field, rank, text);
                }
            }
            Target::Created(rank) => self.time(rank, text, true),
            Target::Ingested(rank) => self.time(rank, text, false),
            Target::Type(rank) if !text.is_empty() => {
                self.record.clues.named(rank, self.written.tables.of(text, || table_names::named(text)).as_ref());
            }
            Target::Category if !text.is_empty() => {
                let table = self.written.tables.of(text, || table_names::named(text));
                self.record.clues.category.clone_from(table);
            }
            Target::Activity if !text.is_empty() => self.record.clues.hint = Some(Table::Audit),
            Target::Interactive => self.record.clues.interactive = flag(text),
            Target::EventTypes => self.record.clues.event_types = table_names::of_event_types(text),
            Target::AppOnly => self.record.app_only = (!text.is_empty()).then(|| text.eq_ignore_ascii_case("app")),
            Target::ServicePrincipal => self.record.service_principal = !text.trim().is_empty(),
            Target::TokenOwner => self.record.token_owner = Some(self.record.hold(text)),
            Target::Resource if text.starts_with('/') => {}
            Target::Resource => self.record.put(Field::ResourceIdentity, 0, text),
            Target::Place if text.starts_with('{') => self.record.put(Field::LocationDetails, 0, &value::compact(text)),
            Target::Place => self.record.put(Field::Location, 1, text),
            Target::PortalPlace => {
                let (json, country) = value::portal_place(text);
                self.record.put(Field::LocationDetails, 0, &json);
                self.record.put(Field::Location, 1, &country);
            }
            Target::Status if text.starts_with('{') => self.record.status = Some(self.record.hold(text)),
            Target::Status if text.eq_ignore_ascii_case("success") => self.record.put(Field::ResultType, 0, "0"),
            Target::Status if text.starts_with(['[', '<']) => self.record.assumed.add(Assumed::NO_STATUS),
            Target::Status => self.record.put(Field::ResultType, 0, text),
            Target::DevicePart(part) => {
                text.clone_into(&mut self.record.device.get_or_insert_default()[part]);
            }
            Target::PlacePart(part) if !text.trim().is_empty() => {
                text.clone_into(&mut self.record.place.get_or_insert_default()[part]);
            }
            Target::MfaPart(part) if !is_blank(text, Field::AuthenticationDetails) => {
                text.clone_into(&mut self.record.mfa.get_or_insert_default()[part]);
            }
            Target::Steps => self.steps(text),
            Target::Policies(rank) if text.starts_with(['[', '{']) => self.policies(rank, text),
            // Its own short form, as `timeline` prints it.
            Target::Policies(rank) if is_policies(text) => self.record.put(Field::Policies, rank, text),
            Target::RiskPart(part) => {
                if let Some(word) = value::risk_part(part, text) {
                    word.into_owned().clone_into(&mut self.record.risk.get_or_insert_default()[part]);
                }
            }
            Target::Mark(flags) => self.record.event.flags.set(flags, flag(text) == Some(true)),
            Target::ClientProof => {
                let proved = number(text) != Number::Whole(0) && !is_blank(text, Field::ResultType);
                self.record.event.flags.set(Flags::APP_AUTH, proved);
            }
            Target::Skip
            | Target::Policies(_)
            | Target::Type(_)
            | Target::Category
            | Target::Activity
            | Target::ErrorAnswer
            | Target::PlacePart(_)
            | Target::MfaPart(_) => {}
            Target::Properties => return self.inner(text, INNER_START),
            Target::Wrapper => return self.inner(text, ROW_START),
            // A search tool's own column of that name.
            Target::Group(name) => return self.group_text(name, text),
            Target::Endpoint => self.endpoint(text),
        }
        Ok(())
    }

    /// Takes an object or an array as written.
    fn nested(&mut self, target: Target, raw: &str) -> Result<(), String> {
        let kind = if raw.starts_with('{') { "an object" } else { "an array" };
        if raw.starts_with('[')
            && unwraps(target, raw)
            && let Some(only) = value::only(raw)
        {
            return self.value(target, only);
        }
        match target {
            // Nothing in it is nothing; but not where a time has to be.
            Target::Created(rank) if value::is_empty_array(raw) => {
                self.time(rank, "[]", true);
                Ok(())
            }
            Target::Text(..) | Target::Number(..) | Target::Ingested(_) | Target::Resource
                if value::is_empty_array(raw) =>
            {
                Ok(())
            }
            Target::Json(field, rank) => {
                self.record.put_written(field, rank, raw);
                Ok(())
            }
            Target::Place => {
                self.record.put_written(Field::LocationDetails, 0, raw);
                Ok(())
            }
            Target::Status => {
                self.record.status = Some(self.record.hold(raw));
                Ok(())
            }
            Target::Policies(rank) => {
                self.policies(rank, raw);
                Ok(())
            }
            Target::RiskPart(_) => {
                let words = value::words(raw, ",").ok_or("is an object where words are expected")?;
                self.text(target, &words)
            }
            Target::Words(Field::Scopes, rank) => self.words(Field::Scopes, rank, raw, " "),
            Target::Words(field, rank) => self.words(field, rank, raw, ","),
            Target::EventTypes | Target::Steps => self.text(target, raw),
            Target::Wrapper => self.members(raw, ROW_START),
            Target::Group(name) => self.group(name, raw),
            Target::ErrorAnswer => {
                self.record.error_answer = value::error_answer(raw);
                Ok(())
            }
            // Of a person at the prompt it is a name; here it is whoever changed an Azure resource.
            Target::Text(Field::Identity, _) if raw.starts_with('{') => {
                self.record.clues.hint = Some(Table::Activity);
                Ok(())
            }
            Target::Text(..) | Target::Number(..) | Target::Created(_) | Target::Ingested(_) | Target::Resource => {
                Err(format!("is {kind} where a text is expected"))
            }
            _ => Ok(()),
        }
    }

    /// Takes a list of policies as written.
    fn policies(&mut self, rank: Rank, raw: &str) {
        let short = self.written.policies.of(raw, || policies::short(raw));
        self.record.put(Field::Policies, rank, short);
    }

    /// Takes the steps of an authentication.
    fn steps(&mut self, text: &str) {
        self.with_arena(|reader, arena| match value::steps(text, arena) {
            Some(Steps::Short(text)) => reader.record.put(Field::AuthenticationDetails, 2, text),
            Some(Steps::Written(steps)) => {
                let short = || authentication(steps.iter().copied());
                let short = match joined(&steps) {
                    Some(key) => reader.written.steps.of(&key, short),
                    None => &short(),
                };
                if !short.is_empty() {
                    reader.record.put(Field::AuthenticationDetails, 2, short);
                }
            }
            None => {}
        });
    }

    fn words(&mut self, field: Field, rank: Rank, raw: &str, separator: &str) -> Result<(), String> {
        let text = value::words(raw, separator).ok_or("is an object where words are expected")?;
        self.record.put(field, rank, &text);
        Ok(())
    }

    /// Reads a record or its `properties` that came as JSON inside a text, with single quotes too. What is not JSON
    /// there belongs to other services' logs, and says nothing.
    pub(super) fn inner(&mut self, text: &str, start: u32) -> Result<(), String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        let is_json = |text: &str| serde_json::from_str::<IgnoredAny>(text).is_ok();
        if text.starts_with('{') && is_json(text) {
            return self.members(text, start);
        }
        match value::single_quoted(text).filter(|json| is_json(json)) {
            // What the text hides from the record's own check.
            Some(json) if !deeper_than(MAX_DEPTH, json.as_bytes()) => self.members(&json, start),
            _ => {
                self.record.unread_properties |= start == INNER_START;
                Ok(())
            }
        }
    }

    fn members(&mut self, json: &str, start: u32) -> Result<(), String> {
        if !json.starts_with('{') {
            return Ok(());
        }
        let mut parser = serde_json::Deserializer::from_str(json);
        Object { sink: self, start }.deserialize(&mut parser).map_err(|error| plain_reason(&error))
    }

    /// Reads an object whose members' names need its own before them.
    fn group(&mut self, name: &str, raw: &str) -> Result<(), String> {
        let Ok(members) = serde_json::from_str::<HashMap<Cow<'_, str>, &RawValue>>(raw) else { return Ok(()) };
        for (key, value) in members {
            let full = format!("{name}.{key}");
            let targets = tables::targets(&full, false);
            self.record.sight(&targets, value.get());
            match (targets.under(self.table), value.get()) {
                (Target::Skip, value) if value.starts_with('{') => self.group(&full, value)?,
                (target, value) => self.value(target, value)?,
            }
        }
        Ok(())
    }

    fn group_text(&mut self, name: &str, text: &str) -> Result<(), String> {
        match tables::targets(&name.replace('_', ""), false).under(self.table) {
            Target::Group(_) | Target::Skip => Ok(()),
            target => self.text(target, text),
        }
    }

    /// Defender's tables have no protocol; the endpoint of the page where a code is typed replaces it.
    fn endpoint(&mut self, text: &str) {
        if text.trim().eq_ignore_ascii_case("Cmsi:Cmsi") && !self.record.has(Field::AuthenticationProtocol) {
            self.record.put(Field::AuthenticationProtocol, 0, "deviceCode");
            self.record.assumed.add(Assumed::BY_ENDPOINT);
            self.record.event.flags.set(Flags::TYPED_BY_ENDPOINT, true);
        }
    }

    /// Takes the cell of a CSV.
    pub(super) fn cell(&mut self, target: Target, cell: &str) -> Result<(), String> {
        match target {
            Target::Words(..) | Target::EventTypes if cell.starts_with('[') => self.nested(target, cell),
            _ => self.text(target, cell),
        }
    }
}

/// The parts of some steps as one text; `None` where a part has what stands between them.
fn joined(steps: &[WrittenStep<'_>]) -> Option<String> {
    let mut text = String::with_capacity(160);
    for step in steps {
        for part in [step.method, step.detail, step.requirement] {
            text.push_str(part);
            text.push('\x1f');
        }
        text.push(match step.succeeded {
            Some(true) => '\x01',
            Some(false) => '\x02',
            None => '\x03',
        });
    }
    let between = text.bytes().filter(|byte| *byte < b' ').count();
    (between == 4 * steps.len()).then_some(text)
}

/// Returns whether an array of one value stands for it: search tools put each value into one. Those of fields that
/// are arrays stay, unless what is in it is the array as text.
fn unwraps(target: Target, array: &str) -> bool {
    match target {
        Target::Json(Field::ProcessingDetails, _) | Target::Steps | Target::Policies(_) => {
            array[1..].trim_start().starts_with('"')
        }
        Target::Words(..) | Target::EventTypes | Target::ErrorAnswer | Target::Skip => false,
        _ => true,
    }
}

/// Returns whether PowerShell wrote the name of a nested value's type in its place.
fn is_type_name(text: &str) -> bool {
    text.starts_with("Microsoft.Graph.") || text.starts_with("System.")
}

/// Returns whether a cell that is no object holds such a name: an application may be called `Microsoft.Azure.…`.
fn is_type_of_cell(text: &str) -> bool {
    const TYPES: [&str; 6] = [
        "System.Object",
        "System.String",
        "System.Collections.",
        "System.Management.",
        "Microsoft.Graph.PowerShell.",
        "Microsoft.Open.",
    ];
    text.starts_with(['S', 'M']) && TYPES.iter().any(|name| text.starts_with(name)) && !text.contains(' ')
}
