//! The reference of the JSON API, from its OpenAPI document.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use contract::reference::{Area, FieldView, Reference, RouteView};
use domain::access::Access;
use serde_json::Value;

use crate::{Error, Op, Result};

/// The OpenAPI document as its page shows it: read when it is first looked at, and never again.
#[derive(Debug, Clone, Default)]
pub struct Document {
    text: String,
    areas: OnceLock<Vec<Area>>,
}

impl From<String> for Document {
    fn from(text: String) -> Self {
        Self {
            text,
            areas: OnceLock::new(),
        }
    }
}

impl Document {
    fn areas(&self) -> Result<&[Area]> {
        if let Some(areas) = self.areas.get() {
            return Ok(areas);
        }
        let read = areas(&self.text)?;
        Ok(self.areas.get_or_init(|| read))
    }
}

/// Every route of version 1, by what it is about.
///
/// # Errors
/// When nobody is signed in.
pub fn read(op: &Op) -> Result<Reference> {
    op.require(Access::BeSignedIn)?;
    Ok(Reference {
        url: op.settings().public_url.clone(),
        areas: op.settings().openapi.areas()?.to_vec(),
    })
}

fn areas(text: &str) -> Result<Vec<Area>> {
    let document: Value = serde_json::from_str(text)
        .map_err(|error| Error::Internal(format!("the OpenAPI document: {error}")))?;
    let mut areas: BTreeMap<String, Vec<RouteView>> = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, route) in methods.as_object().into_iter().flatten() {
            let area = route["tags"][0].as_str().unwrap_or_default().to_owned();
            let view = view(&document, path, method, route);
            areas.entry(area).or_default().push(view);
        }
    }
    let areas = areas
        .into_iter()
        .map(|(name, routes)| Area { name, routes });
    Ok(areas.collect())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn view(document: &Value, path: &str, method: &str, route: &Value) -> RouteView {
    let parameters = route["parameters"].as_array().into_iter().flatten();
    let answers = route["responses"].as_object().into_iter().flatten();
    let good = ["200", "201"]
        .iter()
        .find_map(|status| route["responses"].get(*status));
    let kinds = ["application/json", "application/x-www-form-urlencoded"];
    let schema = |of: &Value| {
        let content = kinds.iter().find_map(|kind| of["content"].get(*kind));
        content.map_or(Value::Null, |content| content["schema"].clone())
    };
    RouteView {
        method: method.to_uppercase(),
        path: path.to_owned(),
        about: text(&route["summary"]),
        scope: text(&route["description"])
            .split('`')
            .nth(1)
            .unwrap_or_default()
            .to_owned(),
        parameters: parameters
            .map(|parameter| FieldView {
                name: text(&parameter["name"]),
                kind: format!("{}, {}", text(&parameter["in"]), kind(&parameter["schema"])),
                about: text(&parameter["description"]),
            })
            .collect(),
        body: fields(document, &schema(&route["requestBody"])),
        answer: good
            .map(|good| fields(document, &schema(good)))
            .unwrap_or_default(),
        statuses: answers
            .map(|(status, answer)| (status.clone(), text(&answer["description"])))
            .collect(),
    }
}

/// A schema that another points at.
fn pointed<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next());
    name.map_or(schema, |name| &document["components"]["schemas"][name])
}

/// The fields of an object, or of the rows of a list; those of flattened parts too.
fn fields(document: &Value, schema: &Value) -> Vec<FieldView> {
    let mut found = Vec::new();
    let mut waiting = vec![schema];
    while let Some(schema) = waiting.pop() {
        let schema = pointed(document, schema);
        if schema["type"] == "array" {
            waiting.push(&schema["items"]);
            continue;
        }
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            found.push(FieldView {
                name: name.clone(),
                kind: kind(field),
                about: text(&field["description"]),
            });
        }
        waiting.extend(schema["allOf"].as_array().into_iter().flatten());
        // Of what may be answered the whole comes first; who may not read it is answered a part.
        waiting.extend(schema["anyOf"].as_array().and_then(|either| either.first()));
    }
    found
}

/// A type in a word or two.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or_default().to_owned();
    }
    let words: Vec<&str> = schema["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if !words.is_empty() {
        let words = words.into_iter().filter(|word| !word.is_empty());
        return words.collect::<Vec<_>>().join(" | ");
    }
    if let Some(either) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        // Nothing at all, as forms send it, is no kind.
        let kinds = either.iter().map(kind).filter(|kind| !kind.is_empty());
        return kinds.collect::<Vec<_>>().join(" or ");
    }
    match &schema["type"] {
        Value::Array(either) => {
            let either: Vec<&str> = either.iter().filter_map(Value::as_str).collect();
            either.join(" or ")
        }
        Value::String(word) if word == "array" => format!("list of {}", kind(&schema["items"])),
        Value::String(word) => schema["format"].as_str().unwrap_or(word).to_owned(),
        _ => "any".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_once() {
        let text = serde_json::json!({ "paths": { "/b": { "get": { "tags": ["b"], "summary": "All." } },
            "/a": { "get": { "tags": ["a"] }, "post": { "tags": ["a"] } } } });
        let document = Document::from(text.to_string());
        let areas = document.areas().expect("read");
        let names: Vec<_> = areas
            .iter()
            .map(|it| (&*it.name, it.routes.len()))
            .collect();
        assert_eq!(names, [("a", 2), ("b", 1)]);
        assert_eq!(areas[1].routes[0].about, "All.");
        let again = document.areas().expect("read");
        assert!(std::ptr::eq(areas, again), "the very same");
        let wrong = Document::from("{".to_owned());
        assert!(matches!(wrong.areas(), Err(Error::Internal(_))));
    }

    #[test]
    fn fields_are_found_through_lists_references_and_flattened_parts() {
        let document = serde_json::json!({ "components": { "schemas": {
            "Outer": { "allOf": [{ "$ref": "#/components/schemas/Inner" },
                { "properties": { "a": { "type": ["string", "null"], "description": "An a." } } }] },
            "Inner": { "properties": { "b": { "type": "array", "items": { "enum": ["x", "y"] } } } },
        } } });
        let list = serde_json::json!({ "type": "array", "items": { "$ref": "#/components/schemas/Outer" } });
        let found: Vec<_> = fields(&document, &list)
            .into_iter()
            .map(|field| format!("{} {} {}", field.name, field.kind, field.about))
            .collect();
        assert_eq!(found, ["a string or null An a.", "b list of x | y "]);
        let id = serde_json::json!({ "type": "string", "format": "uuid" });
        let none = serde_json::json!({ "type": "string", "enum": [""] });
        let changed = serde_json::json!({ "anyOf": [list["items"], { "type": "object", "properties": { "state": {} } }] });
        assert_eq!(
            fields(&document, &changed).len(),
            fields(&document, &list).len()
        );
        let either = serde_json::json!({ "anyOf": [id, none] });
        assert_eq!(kind(&either), "uuid");
    }
}
