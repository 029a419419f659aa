//! What is to be known of a file before it is read: the columns of a table for the mapping step, about how many rows
//! there are for the progress bar, and whether a secret stands in it.

use contract::imports::{ImportFormat, ImportHint, ImportKind, ImportProblem};

use super::fields::{MAX_CELL, cut};
use super::{Place, detect, own, table};
use crate::identity::secret;

/// Places named when secrets stand in a file.
const MOST_SECRETS: usize = 20;

/// A file at first sight.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// Headers of a table; empty for everything else.
    pub columns: Vec<String>,
    /// Rows of a table, lines of which are empty or run on included; unknown for everything else.
    pub rows: Option<i64>,
}

/// Looks at a file. What cannot be read has no outline; reading it tells why.
pub fn outline(bytes: &[u8], format: Option<ImportFormat>) -> Outline {
    let Some((text, format)) = opened(bytes, format) else {
        return Outline::default();
    };
    match format {
        ImportFormat::Csv | ImportFormat::AwsCredentialReport => {
            let lines = detect::count(text, b'\n') + usize::from(!text.ends_with(b"\n"));
            Outline {
                columns: if format == ImportFormat::Csv {
                    head(text)
                } else {
                    Vec::new()
                },
                rows: i64::try_from(lines.saturating_sub(1)).ok(),
            }
        }
        _ => Outline::default(),
    }
}

fn opened(bytes: &[u8], format: Option<ImportFormat>) -> Option<(&[u8], ImportFormat)> {
    let text = detect::without_mark(bytes).ok()?;
    let format = match format {
        Some(format) => format,
        None => detect::format(text).ok()?,
    };
    Some((text, format))
}

fn head(text: &[u8]) -> Vec<String> {
    let Some((_, record)) = table::Rows::new(text).next() else {
        return Vec::new();
    };
    record
        .iter()
        .filter(|cell| cell.len() <= MAX_CELL)
        .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
        .filter(|header| !header.is_empty())
        .collect()
}

/// What the rows of a table are about: what the person says, else what its headers tell.
pub fn kind(columns: &[String], hint: &ImportHint) -> Option<ImportKind> {
    hint.kind.or_else(|| {
        let said: Vec<String> = columns
            .iter()
            .map(|column| match said(column, hint) {
                Some(field) if !field.is_empty() => field.to_owned(),
                _ => column.clone(),
            })
            .collect();
        own::kind(&said)
    })
}

/// The field each column is taken for: what the person says, else what its header means. Empty: not taken.
pub fn mapping(columns: &[String], hint: &ImportHint) -> Vec<(String, String)> {
    let kind = kind(columns, hint);
    columns
        .iter()
        .map(|column| {
            let field = match (said(column, hint), kind) {
                (Some(field), _) => field.to_owned(),
                (None, Some(kind)) => own::field(kind, column).unwrap_or_default().to_owned(),
                (None, None) => String::new(),
            };
            (column.clone(), field)
        })
        .collect()
}

/// The fields a column of a kind may be taken for.
pub fn fields(kind: ImportKind) -> Vec<String> {
    own::columns(kind)
        .iter()
        .map(|column| column.field.to_owned())
        .collect()
}

fn said<'h>(column: &str, hint: &'h ImportHint) -> Option<&'h str> {
    let found = hint
        .mapping
        .iter()
        .find(|(one, _)| one.eq_ignore_ascii_case(column));
    found.map(|(_, field)| field.as_str())
}

/// Where secrets stand in a file, the first places. A file with any is refused before it is kept anywhere: reading
/// refuses secrets too, but only in columns that are taken, and only once the file has been put aside.
pub fn secrets(bytes: &[u8], format: Option<ImportFormat>) -> Vec<ImportProblem> {
    match opened(bytes, format) {
        Some((text, ImportFormat::Csv | ImportFormat::AwsCredentialReport)) => in_table(text),
        _ => in_lines(bytes),
    }
}

fn in_table(text: &[u8]) -> Vec<ImportProblem> {
    let columns = head(text);
    let found = table::Rows::new(text).flat_map(|(place, record)| {
        let columns = &columns;
        record
            .iter()
            .enumerate()
            .filter_map(|(i, cell)| {
                let shape = secret::find(&String::from_utf8_lossy(cell))?;
                // A header may itself be the secret.
                let column = columns.get(i).filter(|_| place.row > 1);
                let column = column.map_or_else(|| format!("column {}", i + 1), |name| cut(name));
                Some(place.problem(&column, shape.refusal()))
            })
            .collect::<Vec<_>>()
    });
    found.take(MOST_SECRETS).collect()
}

fn in_lines(bytes: &[u8]) -> Vec<ImportProblem> {
    let text = String::from_utf8_lossy(bytes);
    // A private key runs over lines, and its first one tells.
    let found = text.split('\n').enumerate().filter_map(|(i, line)| {
        let shape = secret::find(line)?;
        Some(Place::whole().problem(&format!("line {}", i + 1), shape.refusal()))
    });
    found.take(MOST_SECRETS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together here, so that no scanner takes this file for a leak.
    fn token() -> String {
        format!("{}{}", "ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8")
    }

    #[test]
    fn a_table_shows_its_columns_rows_and_what_they_mean() {
        let found = outline("\u{feff}Dienst;name;Ort\r\na;b;c\r\nd;e;f".as_bytes(), None);
        assert_eq!(found.columns, ["Dienst", "name", "Ort"]);
        assert_eq!(found.rows, Some(2));
        let hint = ImportHint {
            mapping: vec![("ort".to_owned(), "platform".to_owned())],
            ..ImportHint::default()
        };
        assert_eq!(
            kind(&found.columns, &hint),
            Some(ImportKind::Identities),
            "a mapped column tells the kind"
        );
        let fields: Vec<String> = mapping(&found.columns, &hint)
            .into_iter()
            .map(|(_, field)| field)
            .collect();
        assert_eq!(fields, ["", "name", "platform"]);
        assert_eq!(outline(b"[]", None), Outline::default());
        assert_eq!(outline(b"\xff\xfea\0", None), Outline::default());
    }

    #[test]
    fn a_secret_is_found_in_any_column_and_named_by_row_and_header_only() {
        let text = format!(
            "name,platform,note\nshop,aws,fine\nother,aws,\"use {}\"\n",
            token()
        );
        let found = secrets(text.as_bytes(), None);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].row, found[0].field.as_str()), (3, "note"));
        assert!(
            found[0]
                .message
                .starts_with("This looks like a GitHub token")
        );
        assert!(!found[0].to_string().contains("a1B2"));
        assert_eq!(secrets(b"name,platform\nshop,aws\n", None), []);
    }

    #[test]
    fn a_secret_as_header_is_not_repeated() {
        let text = format!("name,{}\nshop,x\n", token());
        let found = secrets(text.as_bytes(), None);
        assert_eq!((found[0].row, found[0].field.as_str()), (1, "column 2"));
    }

    #[test]
    fn secrets_in_json_and_in_unreadable_files_are_found_by_line() {
        let json = format!("[\n{{\"name\": \"x\", \"extra\": \"{}\"}}]", token());
        assert_eq!(secrets(json.as_bytes(), None)[0].field, "line 2");
        let mut broken = b"{\xff\n".to_vec();
        broken.extend(token().as_bytes());
        assert_eq!(secrets(&broken, None)[0].field, "line 2");
        // A table whose only header is not text is still a table.
        let mut garbled = b"\xff\n{".to_vec();
        garbled.extend(token().as_bytes());
        assert_eq!(secrets(&garbled, None)[0].row, 2);
        let many = format!("name\n{}", format!("{}\n", token()).repeat(100));
        assert_eq!(secrets(many.as_bytes(), None).len(), MOST_SECRETS);
    }

    #[test]
    fn a_megabyte_of_slashes_is_looked_through_at_once() {
        // Every slash begins a part: looking at each part whole would take hours.
        let text = format!("name,platform\n{},aws\n", "/".repeat(4 * 1024 * 1024));
        assert_eq!(secrets(text.as_bytes(), None), []);
    }
}
