//! Rollcall's own JSON: a list of records of one kind, or an object with a list for each kind. An identity may hold
//! its credentials, permissions and trusts.

use contract::imports::{ImportFormat, ImportKind, ImportProblem};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::fields::{Fields, plain};
use super::vendor::{entries, pages};
use super::{Found, Hint, Place, Reading, own, table};

/// What an identity may hold: the key, and the kind of what stands in it.
const HELD: &[(&str, ImportKind)] = &[
    ("credentials", ImportKind::Credentials),
    ("permissions", ImportKind::Permissions),
    ("trusts", ImportKind::Trusts),
];

/// Opens a document of Rollcall's own shape.
///
/// # Errors
/// When it is no JSON, or holds no list of records.
pub fn open<'a>(bytes: &'a [u8], hint: &Hint) -> Result<Reading<'a>, Vec<ImportProblem>> {
    let whole = |message: String| vec![Place::whole().problem("", message)];
    let text = std::str::from_utf8(bytes)
        .map_err(|why| whole(super::detect::not_utf8(bytes, why.valid_up_to())))?;
    let mut lists = Vec::new();
    for page in pages(text).map_err(whole)? {
        lists.extend(lists_of(page, hint).map_err(whole)?);
    }
    // Teams before people, people before what they own, and that before what it holds.
    lists.sort_by_key(|(_, kind, _)| order(*kind));
    let hint = hint.clone();
    let found = lists.into_iter().flat_map(move |(name, kind, list)| {
        let hint = hint.clone();
        list.into_iter()
            .enumerate()
            .flat_map(move |(i, raw)| entry(&Place::of(&name, i as u64 + 1), kind, raw, &hint))
    });
    Ok(Reading {
        format: ImportFormat::Json,
        mapping: Vec::new(),
        found: Box::new(found),
    })
}

const fn order(kind: ImportKind) -> u8 {
    match kind {
        ImportKind::Teams => 0,
        ImportKind::People => 1,
        ImportKind::Identities => 2,
        ImportKind::Credentials => 3,
        ImportKind::Permissions => 4,
        ImportKind::Trusts => 5,
        ImportKind::CodeOwners => 6,
        ImportKind::Runners => 7,
    }
}

type List<'a> = (String, ImportKind, Vec<&'a RawValue>);

fn lists_of<'a>(page: &'a RawValue, hint: &Hint) -> Result<Vec<List<'a>>, String> {
    if let Ok(list) = serde_json::from_str::<Vec<&'a RawValue>>(page.get()) {
        let kind = hint
            .kind
            .or_else(|| list.iter().find_map(|raw| kind_of(raw)));
        let kind = match kind {
            Some(kind) => kind,
            None if list.is_empty() => ImportKind::Identities,
            None => return Err(unclear()),
        };
        return Ok(vec![(String::new(), kind, list)]);
    }
    let object = entries(page).ok_or("The JSON is neither an object nor a list of objects.")?;
    let mut lists = Vec::new();
    for (key, raw) in &object {
        let Ok(kind) = plain(key).parse::<ImportKind>() else {
            continue;
        };
        let Ok(list) = serde_json::from_str::<Vec<&'a RawValue>>(raw.get()) else {
            // A single identity has `permissions` as text, say; then it is a record itself.
            if object.contains_key("name") {
                continue;
            }
            return Err(format!("“{key}” is no list."));
        };
        lists.push((key.clone(), kind, list));
    }
    if object.contains_key("name") || lists.is_empty() {
        let kind = hint.kind.or_else(|| kind_of(page)).ok_or_else(unclear)?;
        return Ok(vec![(String::new(), kind, vec![page])]);
    }
    Ok(lists)
}

fn unclear() -> String {
    format!(
        "The records do not tell what they are about. Put them under one of {}, or say which kind they are.",
        super::fields::words(ImportKind::ALL, ImportKind::as_str).join(", ")
    )
}

fn kind_of(raw: &RawValue) -> Option<ImportKind> {
    let keys: Vec<String> = entries(raw)?.into_keys().collect();
    own::kind(&keys)
}

fn entry(place: &Place, kind: ImportKind, raw: &RawValue, hint: &Hint) -> Vec<Found> {
    let Ok(Value::Object(object)) = serde_json::from_str::<Value>(raw.get()) else {
        return vec![Found::Problem(place.problem("", "is no object"))];
    };
    let mut fields = Fields::new(place.clone(), hint.now);
    put_all(&mut fields, kind, &object, hint);
    let name = fields.text("external_id").or_else(|| fields.text("name"));
    let mut found = table::found(kind, fields);
    if kind == ImportKind::Identities
        && let Some(name) = name
    {
        for (key, held) in HELD {
            let list = object.get(*key).and_then(Value::as_array);
            for one in list.into_iter().flatten() {
                found.extend(child(place, *held, one, &name, hint));
            }
        }
    }
    found
}

/// Something an identity holds.
fn child(place: &Place, kind: ImportKind, one: &Value, whose: &str, hint: &Hint) -> Vec<Found> {
    let Value::Object(object) = one else {
        return vec![Found::Problem(
            place.problem(kind.as_str(), "holds something that is no object"),
        )];
    };
    let mut fields = Fields::new(place.clone(), hint.now);
    put_all(&mut fields, kind, object, hint);
    if fields.text("identity").is_none() {
        fields.put("identity", whose);
    }
    table::found(kind, fields)
}

fn put_all(fields: &mut Fields, kind: ImportKind, object: &Map<String, Value>, hint: &Hint) {
    for (key, value) in object {
        let said = hint.mapping.iter().find(|(column, _)| column == key);
        let Some(field) = own::field(kind, said.map_or(key, |(_, field)| field)) else {
            continue;
        };
        match value {
            // The document of a trust is itself JSON.
            Value::Object(_) if field == "document" => fields.put(field, &value.to_string()),
            Value::Array(_) if HELD.iter().any(|(held, _)| held == key) => {}
            _ => match flat(value) {
                Some(text) => fields.put(field, &text),
                None => fields.wrong(field, "holds something that cannot stand there"),
            },
        }
    }
}

/// A value as one cell: lists line by line, and `{kind, issuer, value}` or `{label, url}` as their words.
fn flat(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(all) => all.iter().map(flat).collect::<Option<Vec<_>>>()?.join("\n"),
        Value::Object(object) => ["kind", "issuer", "label", "name", "value", "url"]
            .iter()
            .filter_map(|key| object.get(*key).and_then(Value::as_str))
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
    })
}
