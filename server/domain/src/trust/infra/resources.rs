//! Which resources of Terraform's providers are trusts, and their documents.
//!
//! Resource types: <https://registry.terraform.io/providers/hashicorp/aws>, `azuread`, `azurerm`, `google`, `vault`.

use hcl_edit::structure::Body;

use super::expression::Values;
use super::terraform::File;
use super::{Found, entry, list, map, text};
use crate::trust::Language;
use crate::trust::hole;
use crate::trust::source::{self, Entry, Node, Span, Value};

/// Whether a resource of this type is a trust, or a part of one.
pub fn is_trust(kind: &str) -> bool {
    matches!(
        kind,
        "aws_iam_role"
            | "azuread_application_federated_identity_credential"
            | "azuread_application_flexible_federated_identity_credential"
            | "azurerm_federated_identity_credential"
            | "google_iam_workload_identity_pool_provider"
            | "vault_jwt_auth_backend_role"
            | "aws_eks_pod_identity_association"
            | "vault_kubernetes_auth_backend_role"
    ) || is_binding(kind)
}

/// Whether it lets somebody use something of Google's.
fn is_binding(kind: &str) -> bool {
    kind.starts_with("google_") && (kind.ends_with("_iam_member") || kind.ends_with("_iam_binding"))
}

/// Looks through a file.
pub struct Reading<'a> {
    values: Values<'a>,
}

impl<'a> Reading<'a> {
    pub fn new(file: &'a File<'a>) -> Self {
        Self {
            values: Values::new(file),
        }
    }

    /// Every trust in the order of the file; the credentials of Entra, and the providers of Google with their
    /// bindings, are one each.
    pub fn found(&self) -> Vec<Found> {
        let mut found = Vec::new();
        let mut credentials = Vec::new();
        let mut providers = Vec::new();
        let mut members = Vec::new();
        for (address, kind, body) in &self.values.file.blocks {
            let one = |language, node| Found {
                name: address.clone(),
                language,
                node,
            };
            match *kind {
                "aws_iam_role" => found.extend(self.role(body).map(|it| one(Language::Aws, it))),
                "azuread_application_federated_identity_credential"
                | "azuread_application_flexible_federated_identity_credential"
                | "azurerm_federated_identity_credential" => {
                    credentials.push(self.values.body(body));
                }
                "google_iam_workload_identity_pool_provider" => {
                    providers.push(self.values.body(body));
                }
                "vault_jwt_auth_backend_role" => {
                    found.push(one(Language::Vault, self.vault_role(body)));
                }
                "aws_eks_pod_identity_association" | "vault_kubernetes_auth_backend_role" => {
                    found.push(one(Language::Kubernetes, self.values.body(body)));
                }
                _ if is_binding(kind) => members.extend(self.members(body)),
                _ => {}
            }
        }
        found.extend(self.loose_documents());
        found.extend(whole(
            credentials,
            "azure federated credentials",
            Language::Entra,
        ));
        found.extend(pool(providers, members));
        found
    }

    fn role(&self, body: &Body) -> Option<Node> {
        let written = body.get_attribute("assume_role_policy")?;
        let node = self.values.value(&written.value);
        let node = match node.text().map(source::json) {
            Some(Ok(inner)) => inner.at(node.span),
            _ => node,
        };
        node.get("Statement").is_some().then_some(node)
    }

    /// Policy documents about assuming a role that no role of the file refers to.
    fn loose_documents(&self) -> Vec<Found> {
        let blocks = self.values.file.blocks.iter();
        blocks
            .filter(|(address, kind, _)| {
                *kind == "aws_iam_policy_document" && !self.values.used.borrow().contains(address)
            })
            .filter_map(|(address, _, body)| {
                let node = policy(&self.values.body(body));
                let trusts = node
                    .get("Statement")?
                    .items()
                    .iter()
                    .any(|it| it.get("Principal").is_some() && assumes(it));
                trusts.then(|| Found {
                    name: address.clone(),
                    language: Language::Aws,
                    node,
                })
            })
            .collect()
    }

    /// The provider splits strings at commas into lists, unless told not to.
    fn vault_role(&self, body: &Body) -> Node {
        let mut node = self.values.body(body);
        let whole = node
            .get("disable_bound_claims_parsing")
            .and_then(Node::scalar)
            .as_deref()
            == Some("true");
        let issuer = self.mount_issuer(body);
        if let Value::Map(entries) = &mut node.value {
            for claims in entries
                .iter_mut()
                .filter(|it| it.key == "bound_claims" && !whole)
            {
                if let Value::Map(claims) = &mut claims.node.value {
                    claims.iter_mut().for_each(split);
                }
            }
            entries.extend(issuer.map(|it| entry("_bound_issuer", it)));
        }
        node
    }

    /// The issuer of the mount the role is in, when the file makes it.
    fn mount_issuer(&self, body: &Body) -> Option<Node> {
        let written = body.get_attribute("backend")?.value.to_string();
        let address = written
            .trim()
            .rsplit_once('.')
            .map(|(address, _)| address.to_owned())?;
        let mount = self.values.file.by_address.get(&address)?;
        ["bound_issuer", "oidc_discovery_url"]
            .iter()
            .find_map(|key| Some(self.values.value(&mount.get_attribute(key)?.value)))
    }

    fn members(&self, body: &Body) -> Vec<Node> {
        let node = self.values.body(body);
        node.any(&["members", "member"])
            .map(Node::strings)
            .unwrap_or_default()
            .into_iter()
            .filter(|it| {
                it.text.contains("principal")
                    || hole::has(&it.text) && it.text.contains("attribute.")
            })
            .map(|it| text(it.text, it.span))
            .collect()
    }
}

fn split(claim: &mut Entry) {
    let span = claim.node.span;
    if let Some(said) = claim.node.text().filter(|it| it.contains(',')) {
        let parts = said.split(',').map(|it| text(it.trim(), span)).collect();
        claim.node = list(parts, span);
    }
}

fn whole(items: Vec<Node>, name: &str, language: Language) -> Option<Found> {
    let span = items.first()?.span;
    Some(Found {
        name: name.to_owned(),
        language,
        node: list(items, span),
    })
}

fn pool(mut providers: Vec<Node>, members: Vec<Node>) -> Option<Found> {
    let span = providers.first()?.span;
    let mut node = if providers.len() == 1 {
        providers.remove(0)
    } else {
        map(vec![entry("providers", list(providers, span))], span)
    };
    if let (Value::Map(entries), Some(first)) = (&mut node.value, members.first()) {
        let at = first.span;
        entries.retain(|it| it.key != "name");
        entries.push(entry("_bindings", list(members, at)));
    }
    Some(Found {
        name: "google workload identity pool".to_owned(),
        language: Language::Gcp,
        node,
    })
}

fn assumes(statement: &Node) -> bool {
    statement
        .any(&["Action", "NotAction"])
        .map(Node::strings)
        .unwrap_or_default()
        .iter()
        .any(|it| it.text.to_ascii_lowercase().starts_with("sts:") || it.text == "*")
}

/// The JSON that `aws_iam_policy_document` prints.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document>
pub fn policy(body: &Node) -> Node {
    let span = body.span;
    let statements = body
        .get("statement")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .map(statement)
        .collect();
    let version = body
        .get("version")
        .cloned()
        .unwrap_or_else(|| text("2012-10-17", span));
    map(
        vec![
            entry("Version", version),
            entry("Statement", list(statements, span)),
        ],
        span,
    )
}

fn statement(block: &Node) -> Node {
    let span = block.span;
    let effect = block
        .get("effect")
        .cloned()
        .unwrap_or_else(|| text("Allow", span));
    let mut entries = vec![entry("Effect", effect)];
    for (from, to) in [
        ("sid", "Sid"),
        ("actions", "Action"),
        ("not_actions", "NotAction"),
    ] {
        entries.extend(block.get(from).map(|it| entry(to, it.clone())));
    }
    for (from, to) in [
        ("principals", "Principal"),
        ("not_principals", "NotPrincipal"),
    ] {
        if let Some(blocks) = block.get(from) {
            entries.push(entry(to, principals(blocks)));
        }
    }
    if let Some(blocks) = block.get("condition") {
        entries.push(entry("Condition", conditions(blocks)));
    }
    map(entries, span)
}

fn principals(blocks: &Node) -> Node {
    let mut kinds: Vec<Entry> = Vec::new();
    for block in blocks.items() {
        let kind = block.get("type").and_then(Node::scalar).unwrap_or_default();
        let named = block
            .get("identifiers")
            .map(Node::strings)
            .unwrap_or_default();
        if kind == "*" {
            return text("*", block.span);
        }
        let items = named.into_iter().map(|it| text(it.text, it.span)).collect();
        gather(&mut kinds, &kind, items, block.span);
    }
    map(kinds, blocks.span)
}

fn conditions(blocks: &Node) -> Node {
    let mut tests: Vec<Entry> = Vec::new();
    for block in blocks.items() {
        let said = |key: &str| {
            block
                .get(key)
                .and_then(Node::scalar)
                .unwrap_or_else(|| hole::hole(key))
        };
        let values = block
            .get("values")
            .map(Node::strings)
            .unwrap_or_default()
            .into_iter()
            // The data source writes `&{…}` where the policy has `${…}`.
            .map(|it| text(it.text.replace("&{", "${"), it.span))
            .collect();
        let test = said("test");
        let place = block.get("variable").map_or(block.span, |it| it.span);
        let at = if let Some(at) = tests.iter().position(|it| it.key == test) {
            at
        } else {
            tests.push(entry(&test, map(Vec::new(), block.span)));
            tests.len() - 1
        };
        if let Value::Map(keys) = &mut tests[at].node.value {
            gather(keys, &said("variable").replace("&{", "${"), values, place);
        }
    }
    map(tests, blocks.span)
}

/// Adds values under a key; of a key that stands twice all values are alternatives, as the data source prints them.
fn gather(entries: &mut Vec<Entry>, key: &str, values: Vec<Node>, span: Span) {
    if let Some(Entry {
        node: Node {
            value: Value::List(items),
            ..
        },
        ..
    }) = entries.iter_mut().find(|it| it.key == key)
    {
        items.extend(values);
        return;
    }
    let at = values.first().map_or(span, |it| it.span);
    entries.push(Entry {
        key: key.to_owned(),
        key_span: span,
        node: list(values, at),
    });
}
