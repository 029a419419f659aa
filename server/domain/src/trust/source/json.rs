//! JSON with positions.

use jsonc_parser::ast;

use super::{Entry, Node, Span, Value};

/// Reads strict JSON. `serde_json` says what is wrong and where; the second reading gives the positions.
pub fn json(text: &str) -> Result<Node, String> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|why| why.to_string())?;
    let strict = jsonc_parser::ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed =
        jsonc_parser::parse_to_ast(text, &jsonc_parser::CollectOptions::default(), &strict)
            .map_err(|why| why.to_string())?;
    parsed
        .value
        .map(|value| from_json(&value))
        .ok_or_else(|| "the document is empty".to_owned())
}

fn from_json(value: &ast::Value) -> Node {
    let span = |range: &jsonc_parser::common::Range| Span {
        start: range.start,
        end: range.end,
    };
    match value {
        ast::Value::NullKeyword(it) => Node {
            span: span(&it.range),
            value: Value::Null,
        },
        ast::Value::BooleanLit(it) => Node {
            span: span(&it.range),
            value: Value::Bool(it.value),
        },
        ast::Value::NumberLit(it) => Node {
            span: span(&it.range),
            value: Value::Number(it.value.to_owned()),
        },
        ast::Value::StringLit(it) => Node {
            span: span(&it.range),
            value: Value::Text(it.value.to_string()),
        },
        ast::Value::Array(it) => Node {
            span: span(&it.range),
            value: Value::List(it.elements.iter().map(from_json).collect()),
        },
        ast::Value::Object(it) => Node {
            span: span(&it.range),
            value: Value::Map(
                it.properties
                    .iter()
                    .map(|property| Entry {
                        key: property.name.as_str().to_owned(),
                        key_span: Span {
                            start: property.range.start,
                            end: property.range.end,
                        },
                        node: from_json(&property.value),
                    })
                    .collect(),
            ),
        },
    }
}
