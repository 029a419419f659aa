//! Infrastructure files taken directly: Terraform (HCL, JSON, plans, state) and CloudFormation (JSON, YAML).
//!
//! Each trust found becomes a document of its own language with the positions of the file. What the file leaves
//! open (variables, outputs of modules, conditions) stays a hole: see [`super::hole`].

mod cloudformation;
mod expression;
mod json;
mod resources;
mod terraform;

pub use cloudformation::cloudformation;
pub use json::terraform_json;
pub use terraform::{is_terraform, terraform};

use super::Language;
use super::source::{Entry, Node, Span, Value};

/// A trust in an infrastructure file.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its address, e.g. `aws_iam_role.deploy`.
    pub name: String,
    pub language: Language,
    pub node: Node,
}

fn entry(key: &str, node: Node) -> Entry {
    Entry {
        key: key.to_owned(),
        key_span: node.span,
        node,
    }
}

fn map(entries: Vec<Entry>, span: Span) -> Node {
    Node {
        span,
        value: Value::Map(entries),
    }
}

fn list(items: Vec<Node>, span: Span) -> Node {
    Node {
        span,
        value: Value::List(items),
    }
}

fn text(text: impl Into<String>, span: Span) -> Node {
    Node {
        span,
        value: Value::Text(text.into()),
    }
}

/// Roles whose policy speaks of tokens or of everybody; when there is none, all of them.
fn telling(found: Vec<Found>) -> Vec<Found> {
    let tells = |it: &Found| {
        it.language != Language::Aws || {
            let said = it.node.json().to_string().to_ascii_lowercase();
            said.contains("federated")
                || said.contains("webidentity")
                || said.contains("sts:*")
                || said.contains("\"*\"")
        }
    };
    if found.iter().any(tells) {
        found.into_iter().filter(tells).collect()
    } else {
        found
    }
}
