//! Sparse answers: which fields are wanted, by name.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::{Pairs, TWICE, private, wrong};
use crate::http::{AppState, Problem};

/// Which fields of an answer are wanted, by name; all when nobody says.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub(super) Option<Vec<String>>);

impl Fields {
    pub(super) fn read(value: &str) -> Result<Self, Problem> {
        let names: Vec<String> = value
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect();
        if names.iter().any(String::is_empty) {
            return Err(wrong("fields", "must name fields, with commas"));
        }
        Ok(Self(Some(names)))
    }

    /// One object with its tag, of which the wanted fields are answered.
    ///
    /// # Errors
    /// When fields are asked for that there are not.
    pub fn of<W: Serialize + ToSchema>(&self, object: W) -> Result<Response, Problem> {
        let tag = tag(&object);
        let mut picked = self.pick_all(vec![object])?;
        let mut headers = private();
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        Ok((headers, Json(picked.pop())).into_response())
    }

    pub(super) fn pick_all<W: Serialize + ToSchema>(
        &self,
        rows: Vec<W>,
    ) -> Result<Vec<Picked<W>>, Problem> {
        let Some(wanted) = &self.0 else {
            return Ok(rows.into_iter().map(Picked::Whole).collect());
        };
        let there = names::<W>();
        if let Some(unknown) = wanted.iter().find(|name| !there.contains(*name)) {
            let there: Vec<&str> = there.iter().map(String::as_str).collect();
            let words = format!("has no field {unknown:?}; there are {}", there.join(", "));
            return Err(wrong("fields", words));
        }
        let pick = |row: W| match serde_json::to_value(row) {
            Ok(Value::Object(mut object)) => {
                object.retain(|name, _| wanted.contains(name));
                Picked::Part(object)
            }
            _ => Picked::Part(Map::new()),
        };
        Ok(rows.into_iter().map(pick).collect())
    }
}

/// An object, or the fields of it that are wanted.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Picked<W> {
    Whole(W),
    Part(Map<String, Value>),
}

/// Names of the fields of a wire struct, flattened ones too, from its schema.
fn names<W: ToSchema>() -> BTreeSet<String> {
    let mut schemas = vec![(W::name().into_owned(), W::schema())];
    W::schemas(&mut schemas);
    names_in(&W::name(), schemas)
}

/// The same of the schema of this name, among all that it needs.
pub fn names_in(name: &str, schemas: Vec<(String, RefOr<Schema>)>) -> BTreeSet<String> {
    let known: BTreeMap<String, Value> = schemas
        .into_iter()
        .map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default()))
        .collect();
    let mut names = BTreeSet::new();
    let mut waiting: Vec<Value> = known.get(name).cloned().into_iter().collect();
    while let Some(schema) = waiting.pop() {
        if let Some(properties) = schema["properties"].as_object() {
            names.extend(properties.keys().cloned());
        }
        waiting.extend(schema["allOf"].as_array().into_iter().flatten().cloned());
        let reference = schema["$ref"]
            .as_str()
            .and_then(|path| path.rsplit('/').next());
        waiting.extend(reference.and_then(|name| known.get(name)).cloned());
    }
    names
}

impl FromRequestParts<AppState> for Fields {
    type Rejection = Problem;

    /// Of a request for one thing, whose only parameter this is.
    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let pairs: Pairs = Query::try_from_uri(&parts.uri).unwrap_or_default();
        let mut fields = Self::default();
        for (name, value) in pairs.0 {
            if name != "fields" {
                return Err(wrong(&name, "is no parameter here; there is fields"));
            }
            if fields.0.is_some() {
                return Err(wrong(&name, TWICE));
            }
            fields = Self::read(&value)?;
        }
        Ok(fields)
    }
}

/// The strong tag of an object as it is answered.
fn tag<W: Serialize>(object: &W) -> String {
    let written = serde_json::to_vec(object).unwrap_or_default();
    format!("\"{}\"", hex::encode(&Sha256::digest(written)[..12]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, ToSchema)]
    struct Inner {
        b: i32,
    }

    #[derive(Serialize, ToSchema)]
    struct Outer {
        a: i32,
        #[serde(flatten)]
        inner: Inner,
    }

    #[test]
    fn only_the_fields_that_are_named_are_answered() {
        let rows = || {
            vec![Outer {
                a: 1,
                inner: Inner { b: 2 },
            }]
        };
        let picked = |fields: &str| {
            let picked = Fields::read(fields)?.pick_all(rows())?;
            Ok::<_, Problem>(serde_json::to_string(&picked).unwrap_or_default())
        };
        assert_eq!(picked("b").ok().as_deref(), Some("[{\"b\":2}]"));
        assert_eq!(picked("a, b").ok().as_deref(), Some("[{\"a\":1,\"b\":2}]"));
        assert!(
            picked("c").is_err_and(|problem| problem.fields[0].message.contains("there are a, b"))
        );
        assert!(Fields::read("a,,b").is_err() && Fields::read("").is_err());
    }
}
