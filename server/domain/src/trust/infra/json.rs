//! Terraform in JSON: configuration (`.tf.json`), plans (`terraform show -json`) and state. Written again as HCL, so that one
//! reader knows what is a trust.
//!
//! Syntax: <https://developer.hashicorp.com/terraform/language/syntax/json>; output:
//! <https://developer.hashicorp.com/terraform/internals/json-format>

use std::collections::HashMap;
use std::fmt::Write as _;

use super::Found;
use super::resources::is_trust;
use super::terraform::terraform;
use crate::trust::source::{Entry, Node, Span, Value};

/// Blocks of policy documents, which JSON may write as one object.
const BLOCKS: [&str; 4] = ["statement", "principals", "not_principals", "condition"];
/// Deepest modules in modules that are looked through.
const DEEPEST: usize = 32;

/// A resource, with what it is called and where it stands.
struct Resource<'a> {
    data: bool,
    kind: &'a str,
    name: &'a str,
    /// As Terraform calls it, with modules and index.
    address: String,
    body: &'a Node,
}

/// The trusts of a file, when it is one of Terraform's.
pub fn terraform_json(root: &Node) -> Option<Result<Vec<Found>, String>> {
    let mut resources = Vec::new();
    // Plans and state have values; configuration has templates.
    let values = ["planned_values", "values"];
    let module = root.any(&values).and_then(|it| it.get("root_module"));
    let literal = if let Some(module) = module {
        planned(module, 0, &mut resources);
        true
    } else if root.get("terraform_version").is_some() && root.get("serial").is_some() {
        kept(root.get("resources")?, &mut resources);
        true
    } else if is_configuration(root) {
        configured(root, &mut resources);
        false
    } else {
        return None;
    };
    let mut text = String::new();
    if !literal {
        locals(root, &mut text);
    }
    // Of a plan only these are told anything by: everything else may hold any text.
    resources.retain(|it| !literal || is_trust(it.kind));
    let mut places = HashMap::new();
    for (at, resource) in resources.iter().enumerate() {
        // One name may stand for several of a plan: each gets one of its own.
        let name = if literal {
            format!("r{at}")
        } else {
            resource.name.to_owned()
        };
        block(resource, &name, literal, &mut text);
        let data = if resource.data { "data." } else { "" };
        let address = format!("{data}{}.{name}", resource.kind);
        places.insert(address, (resource.address.clone(), place(resource.body)));
    }
    Some(terraform(&text).map(|found| {
        let found = found.into_iter();
        found.map(|it| put(it, &places, root.span)).collect()
    }))
}

/// The same at its place in the JSON, by its name there.
fn put(found: Found, places: &HashMap<String, (String, Span)>, whole: Span) -> Found {
    match places.get(&found.name) {
        Some((address, span)) => Found {
            name: address.clone(),
            node: found.node.at(*span),
            ..found
        },
        None => Found {
            node: found.node.at(whole),
            ..found
        },
    }
}

/// Where what is judged of a resource stands.
fn place(body: &Node) -> Span {
    let policy = body.get("assume_role_policy");
    policy.map_or(body.span, |it| it.span)
}

/// It has resources by type and name, or policy documents.
fn is_configuration(root: &Node) -> bool {
    let named = |kind: &Entry| kind.key.contains('_') && kind.node.is_map();
    let resources = root.get("resource").map(Node::entries).unwrap_or_default();
    let documents = root
        .get("data")
        .and_then(|it| it.get("aws_iam_policy_document"));
    !resources.is_empty() && resources.iter().all(named) || documents.is_some_and(Node::is_map)
}

fn configured<'a>(root: &'a Node, found: &mut Vec<Resource<'a>>) {
    for (key, data) in [("data", true), ("resource", false)] {
        for kind in root.get(key).map(Node::entries).unwrap_or_default() {
            for one in kind.node.entries() {
                // A block may be a list of itself.
                let bodies = match &one.node.value {
                    Value::List(items) => items.as_slice(),
                    _ => std::slice::from_ref(&one.node),
                };
                let shown = if data { "data." } else { "" };
                found.extend(bodies.iter().filter(|it| it.is_map()).map(|body| Resource {
                    data,
                    kind: &kind.key,
                    name: &one.key,
                    address: format!("{shown}{}.{}", kind.key, one.key),
                    body,
                }));
            }
        }
    }
}

fn planned<'a>(module: &'a Node, depth: usize, found: &mut Vec<Resource<'a>>) {
    for one in module.get("resources").map(Node::items).unwrap_or_default() {
        let said = |key| one.get(key).and_then(Node::text);
        if let (Some(kind), Some(name), Some(body)) =
            (said("type"), said("name"), one.get("values"))
            && said("mode") != Some("data")
        {
            let address = said("address").map_or_else(|| format!("{kind}.{name}"), str::to_owned);
            found.push(Resource {
                data: false,
                kind,
                name,
                address,
                body,
            });
        }
    }
    let modules = module.get("child_modules").map(Node::items);
    for module in modules.unwrap_or_default() {
        if depth < DEEPEST {
            planned(module, depth + 1, found);
        }
    }
}

fn kept<'a>(resources: &'a Node, found: &mut Vec<Resource<'a>>) {
    for one in resources.items() {
        let said = |key| one.get(key).and_then(Node::text);
        let (Some(kind), Some(name)) = (said("type"), said("name")) else {
            continue;
        };
        if said("mode") == Some("data") {
            continue;
        }
        let module = said("module")
            .map(|it| format!("{it}."))
            .unwrap_or_default();
        for instance in one.get("instances").map(Node::items).unwrap_or_default() {
            let index = instance.get("index_key").map(|it| match it.text() {
                Some(key) => format!("[{key:?}]"),
                None => format!("[{}]", it.scalar().unwrap_or_default()),
            });
            found.extend(instance.get("attributes").map(|body| Resource {
                data: false,
                kind,
                name,
                address: format!("{module}{kind}.{name}{}", index.unwrap_or_default()),
                body,
            }));
        }
    }
}

fn locals(root: &Node, out: &mut String) {
    let Some(locals) = root.get("locals") else {
        return;
    };
    let all = match &locals.value {
        Value::List(items) => items.as_slice(),
        _ => std::slice::from_ref(locals),
    };
    for locals in all {
        out.push_str("locals {\n");
        attributes(locals, false, out);
        out.push_str("}\n");
    }
}

fn block(resource: &Resource<'_>, name: &str, literal: bool, out: &mut String) {
    out.push_str(if resource.data { "data " } else { "resource " });
    quoted(resource.kind, true, out);
    out.push(' ');
    quoted(name, true, out);
    out.push_str(" {\n");
    attributes(resource.body, literal, out);
    out.push_str("}\n");
}

fn attributes(body: &Node, literal: bool, out: &mut String) {
    for entry in body.entries() {
        if is_name(&entry.key) && entry.node.value != Value::Null {
            out.push_str(&entry.key);
            out.push_str(" = ");
            value(&entry.key, &entry.node, literal, out);
            out.push('\n');
        }
    }
}

fn is_name(key: &str) -> bool {
    let mut letters = key.bytes();
    letters
        .next()
        .is_some_and(|it| it.is_ascii_alphabetic() || it == b'_')
        && letters.all(|it| it.is_ascii_alphanumeric() || it == b'_' || it == b'-')
}

/// A value; `key` is the name of the attribute it is of.
fn value(key: &str, node: &Node, literal: bool, out: &mut String) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        Value::Number(number) => out.push_str(number),
        Value::Text(text) => quoted(text, literal, out),
        Value::List(items) => {
            out.push('[');
            for item in items {
                value("", item, literal, out);
                out.push_str(", ");
            }
            out.push(']');
        }
        Value::Map(entries) => {
            let alone = BLOCKS.contains(&key);
            out.push_str(if alone { "[{" } else { "{" });
            for entry in entries {
                quoted(&entry.key, literal, out);
                out.push_str(" = ");
                value(&entry.key, &entry.node, literal, out);
                out.push_str(", ");
            }
            out.push_str(if alone { "}]" } else { "}" });
        }
    }
}

/// A string of HCL: of literal text, or of a template, whose insides stay as they are.
fn quoted(text: &str, literal: bool, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let begins = rest.starts_with("${") || rest.starts_with("%{");
        let escaped = rest.starts_with("$${") || rest.starts_with("%%{");
        if literal && begins {
            out.push(letter);
        } else if !literal && escaped {
            out.push_str(&rest[..3]);
            rest = &rest[3..];
            continue;
        } else if begins {
            let end = inside(rest);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
            continue;
        }
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => {
                // Writing to a string does not fail.
                write!(out, "\\u{:04x}", u32::from(letter)).ok();
            }
            letter => out.push(letter),
        }
        rest = &rest[letter.len_utf8()..];
    }
    out.push('"');
}

/// Length of an interpolation with its braces; all that is left where none closes it.
fn inside(text: &str) -> usize {
    let (mut depth, mut in_string, mut skip) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if skip => skip = false,
            b'\\' if in_string => skip = true,
            b'"' => in_string = !in_string,
            b'{' if !in_string => depth += 1,
            b'}' if !in_string => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, literal: bool) -> String {
        let mut out = String::new();
        quoted(text, literal, &mut out);
        out
    }

    #[test]
    fn strings_keep_their_templates_and_nothing_else_becomes_one() {
        for (text, template, literal) in [
            ("plain", "\"plain\"", "\"plain\""),
            ("a\"b\\c\n", "\"a\\\"b\\\\c\\n\"", "\"a\\\"b\\\\c\\n\""),
            ("${local.x}/y", "\"${local.x}/y\"", "\"$${local.x}/y\""),
            (
                "${f(\"}\")}\"",
                "\"${f(\"}\")}\\\"\"",
                "\"$${f(\\\"}\\\")}\\\"\"",
            ),
            ("$${x}", "\"$${x}\"", "\"$$${x}\""),
            ("%{if x}", "\"%{if x}\"", "\"%%{if x}\""),
            ("${open", "\"${open\"", "\"$${open\""),
            ("\u{1}", "\"\\u0001\"", "\"\\u0001\""),
        ] {
            assert_eq!(written(text, false), template, "{text:?}");
            assert_eq!(written(text, true), literal, "{text:?}");
        }
    }

    #[test]
    fn an_interpolation_ends_at_its_own_brace() {
        assert_eq!(inside("${ {a = \"}\"}.a }b"), 16);
        assert_eq!(inside("${a"), 3);
    }
}
