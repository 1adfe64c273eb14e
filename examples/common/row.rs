//! One row of a Log Analytics export: a line of JSON with the table's columns in the order of the alphabet.

/// A row being written.
#[derive(Default)]
pub(crate) struct Row(pub(crate) Vec<(&'static str, String)>);

impl Row {
    pub(crate) fn text(&mut self, column: &'static str, value: impl AsRef<str>) -> &mut Self {
        self.raw(column, json(value.as_ref()))
    }

    pub(crate) fn raw(&mut self, column: &'static str, json: impl Into<String>) -> &mut Self {
        self.0.push((column, json.into()));
        self
    }

    /// Columns that hold nothing.
    pub(crate) fn empty(&mut self, columns: &[&'static str]) -> &mut Self {
        for column in columns {
            self.text(column, "");
        }
        self
    }

    /// The row as a line, without its end.
    pub(crate) fn line(mut self) -> String {
        self.0.sort_by_cached_key(|(column, _)| column.to_ascii_lowercase());
        let cells: Vec<String> = self.0.iter().map(|(column, value)| format!("\"{column}\":{value}")).collect();
        format!("{{{}}}", cells.join(","))
    }
}

/// A text as JSON.
pub(crate) fn json(text: &str) -> String {
    serde_json::to_string(text).expect("text is JSON")
}
