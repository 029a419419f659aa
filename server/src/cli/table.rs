//! Answers of the API as a table for people.

use serde_json::Value;

/// Columns of a table when nobody names any.
const USUAL: usize = 6;
/// Letters of a cell.
const WIDE: usize = 48;

/// Rows as aligned lines with a head; one object as a line for each field.
pub fn lines(answer: &Value, columns: &[String]) -> Vec<String> {
    let Value::Array(rows) = answer else {
        let Value::Object(object) = answer else {
            return vec![cell(answer)];
        };
        let wanted = |name: &String| columns.is_empty() || columns.contains(name);
        let fields = object.iter().filter(|(name, _)| wanted(name));
        let fields: Vec<_> = fields
            .map(|(name, value)| vec![name.clone(), cell(value)])
            .collect();
        return aligned(&fields);
    };
    let Some(first) = rows.first() else {
        return Vec::new();
    };
    let names: Vec<String> = match (columns, first) {
        ([], Value::Object(object)) => {
            let plain = |value: &Value| !value.is_array() && !value.is_object();
            let plain = object.iter().filter(|(_, value)| plain(value));
            plain.map(|(name, _)| name.clone()).take(USUAL).collect()
        }
        ([], _) => return rows.iter().map(cell).collect(),
        (given, _) => given.to_vec(),
    };
    let head = names.iter().map(|name| name.to_uppercase()).collect();
    let body = rows
        .iter()
        .map(|row| names.iter().map(|name| cell(&at(row, name))).collect());
    aligned(&std::iter::once(head).chain(body).collect::<Vec<_>>())
}

/// A field; `team.slug` is the field of a field.
fn at(row: &Value, name: &str) -> Value {
    let found = name.split('.').try_fold(row, |value, name| value.get(name));
    found.cloned().unwrap_or(Value::Null)
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(" "),
        Value::Object(object) => ["name", "slug", "id"]
            .iter()
            .find_map(|name| object.get(*name))
            .map_or_else(|| value.to_string(), cell),
        other => other.to_string(),
    };
    // A terminal takes control characters for commands.
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().count() <= WIDE {
        return text;
    }
    let mut short: String = text.chars().take(WIDE - 1).collect();
    short.push('…');
    short
}

fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |place: usize| {
        let cells = rows.iter().filter_map(|row| row.get(place));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    rows.iter()
        .map(|row| {
            let cells = row.iter().zip(&widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_are_aligned_and_control_characters_are_not_obeyed() {
        let rows = json!([{ "name": "a\u{1b}[2J", "risk": 7, "team": { "slug": "x" } }, { "name": "longer", "risk": 10 }]);
        assert_eq!(
            lines(&rows, &[]),
            ["NAME    RISK", "a [2J   7", "longer  10"]
        );
        let named = ["team.slug".to_owned()];
        assert_eq!(lines(&rows, &named), ["TEAM.SLUG", "x", "-"]);
        assert_eq!(lines(&json!([]), &[]), Vec::<String>::new());
        assert_eq!(
            lines(&json!({ "a": null, "bc": [1, 2] }), &[]),
            ["a   -", "bc  1 2"]
        );
    }
}
