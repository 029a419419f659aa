//! From bytes to a trust: formats, the shapes vendors' tools print, and which language it is.

use std::sync::Arc;

use super::Trust;
use super::hole;
use super::infra::{self, Found};
use super::language::{Document, Language, aws, entra, gcp, kubernetes, octo_sts, vault};
use super::source::{self, LARGEST, Node, Position, Source, Span, Value};

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Longer than is read.
    #[error("the document has {0} bytes; at most {LARGEST} are read")]
    TooLarge(usize),
    /// Not UTF-8.
    #[error("the document is not UTF-8 (byte {0})")]
    NotText(usize),
    /// Neither JSON nor YAML.
    #[error("{0}")]
    Syntax(String),
    /// Nothing tells which language it is.
    #[error(
        "it is not told which language this is; choose one of aws, entra, gcp, vault, kubernetes, octo-sts"
    )]
    NoLanguage,
    /// An infrastructure file without a trust of the language.
    #[error("the file has no trust ({0}) that can be read from it alone")]
    NoTrust(&'static str),
    /// An infrastructure file with several trusts where one is asked.
    #[error("the file has several trusts; choose one of {0}")]
    Several(String),
    /// It is not a trust of that language.
    #[error("line {}, column {}: {what}", at.line, at.column)]
    NotTrust {
        /// What is wrong.
        what: String,
        /// Where.
        at: Position,
    },
}

/// A trust with its name in the file; the name is empty where the document is the whole file.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its address, e.g. `aws_iam_role.deploy`.
    pub name: String,
    /// The trust.
    pub trust: Trust,
}

/// Reads a trust: the bare document, what the vendor's tool prints around it, a record with it under `trust`, or the
/// one trust of a Terraform file or CloudFormation template. Without a language it is told from the document.
///
/// # Errors
/// When it is too large, neither JSON nor YAML nor HCL, not a trust of the language, or a file with several trusts.
pub fn read(bytes: &[u8], language: Option<Language>) -> Result<Trust, Unreadable> {
    let mut all = read_all(bytes, language)?;
    if all.len() > 1 {
        let names: Vec<String> = all.into_iter().map(|it| it.name).collect();
        return Err(Unreadable::Several(names.join(", ")));
    }
    all.pop().map(|it| it.trust).ok_or(Unreadable::NoLanguage)
}

/// Reads every trust of a document; several only of Terraform files and CloudFormation templates.
///
/// # Errors
/// As [`read`], and when an infrastructure file has no trust of the language.
pub fn read_all(bytes: &[u8], language: Option<Language>) -> Result<Vec<Named>, Unreadable> {
    if bytes.len() > LARGEST {
        return Err(Unreadable::TooLarge(bytes.len()));
    }
    let text = std::str::from_utf8(bytes).map_err(|why| Unreadable::NotText(why.valid_up_to()))?;
    let text = text.trim_start_matches('\u{feff}');
    let source = Arc::new(Source::new(text));
    let root = match text.trim_start().chars().next() {
        Some('{' | '[') => source::json(text).map_err(Unreadable::Syntax)?,
        None => return Err(Unreadable::Syntax("the document is empty".to_owned())),
        _ if infra::is_terraform(text) => {
            let found = infra::terraform(text).map_err(Unreadable::Syntax)?;
            return several(found, language, &source);
        }
        _ => source::yaml(text).map_err(Unreadable::Syntax)?,
    };
    if let Some(found) = infra::cloudformation(&root) {
        return several(found, language, &source);
    }
    if let Some(found) = infra::terraform_json(&root) {
        return several(found.map_err(Unreadable::Syntax)?, language, &source);
    }
    let mut duplicates = Vec::new();
    root.duplicates(&mut duplicates);
    let node = unwrap(root);
    let language = language
        .or_else(|| guess(&node))
        .ok_or(Unreadable::NoLanguage)?;
    let trust = make(node, language, &source, duplicates)?;
    Ok(vec![Named {
        name: String::new(),
        trust,
    }])
}

/// The trusts of an infrastructure file in a language, or in any.
fn several(
    mut found: Vec<Found>,
    language: Option<Language>,
    source: &Arc<Source>,
) -> Result<Vec<Named>, Unreadable> {
    if let Some(language) = language {
        // IRSA is an IAM policy about service accounts.
        let irsa = language == Language::Kubernetes
            && found.iter().all(|it| it.language != Language::Kubernetes);
        let wanted = if irsa { Language::Aws } else { language };
        found.retain(|it| it.language == wanted);
    }
    if found.is_empty() {
        return Err(Unreadable::NoTrust(
            language.map_or("any language", Language::as_str),
        ));
    }
    found
        .into_iter()
        .map(|it| {
            let mut duplicates = Vec::new();
            it.node.duplicates(&mut duplicates);
            let trust = make(it.node, it.language, source, duplicates)?;
            Ok(Named {
                name: it.name,
                trust,
            })
        })
        .collect()
}

fn make(
    node: Node,
    language: Language,
    source: &Arc<Source>,
    duplicates: Vec<(String, Span)>,
) -> Result<Trust, Unreadable> {
    let document = parse(&node, language).map_err(|(what, span)| Unreadable::NotTrust {
        what: hole::shown(&what).into_owned(),
        at: source.position(span),
    })?;
    let language = if matches!(document, Document::Aws(_)) {
        Language::Aws
    } else {
        language
    };
    Ok(Trust {
        language,
        source: source.clone(),
        document,
        node,
        duplicates,
    })
}

fn parse(node: &Node, language: Language) -> Result<Document, (String, Span)> {
    Ok(match language {
        Language::Aws => Document::Aws(aws::Policy::read(node)?),
        Language::Entra => Document::Entra(entra::read(node)?),
        Language::Gcp => Document::Gcp(gcp::Pool::read(node)?),
        Language::Vault => Document::Vault(Box::new(vault::Role::read(node)?)),
        // IRSA is an IAM policy about service accounts.
        Language::Kubernetes if node.get("Statement").is_some() => {
            Document::Aws(aws::Policy::read(node)?)
        }
        Language::Kubernetes => Document::Kubernetes(kubernetes::Subjects::read(node)?),
        Language::OctoSts => Document::OctoSts(octo_sts::Policy::read(node)?),
    })
}

/// Takes off what tools print around the document: `Role.AssumeRolePolicyDocument` of `aws iam get-role`, `data` of
/// `vault read`, `trust` of a record; a document kept as a string is read too.
fn unwrap(mut node: Node) -> Node {
    const WRAPPERS: [&str; 9] = [
        "trust",
        "Role",
        "AssumeRolePolicyDocument",
        "assume_role_policy",
        "AssumeRolePolicy",
        "PolicyDocument",
        // CloudFormation and Terraform state.
        "Properties",
        "attributes",
        "data",
    ];
    for _ in 0..6 {
        if let Some(text) = node.text() {
            let text = if text.trim_start().starts_with('%') {
                percent(text)
            } else {
                text.to_owned()
            };
            match source::json(&text) {
                Ok(inner) => {
                    node = inner.at(node.span);
                    continue;
                }
                Err(_) => return node,
            }
        }
        let is_document = node.get("Statement").is_some() || node.get("bound_claims").is_some();
        let Some(at) = WRAPPERS.iter().find_map(|key| {
            node.entries().iter().position(|entry| {
                entry.key == *key
                    && matches!(
                        entry.node.value,
                        Value::Map(_) | Value::List(_) | Value::Text(_)
                    )
            })
        }) else {
            return node;
        };
        if is_document {
            return node;
        }
        let Value::Map(mut entries) = node.value else {
            return node;
        };
        let beside = entries
            .iter()
            .find(|entry| {
                ["_bindings", "bindings", "policy", "iam_policy"].contains(&entry.key.as_str())
                    && entry.key != "bindings"
                    || entry.key == "bindings" && matches!(entry.node.value, Value::List(_))
            })
            .cloned();
        let mut inner = entries.swap_remove(at).node;
        // Bindings told beside the provider belong to it.
        if let (Some(beside), Value::Map(within)) = (beside, &mut inner.value)
            && !within.iter().any(|entry| entry.key == beside.key)
        {
            within.push(beside);
        }
        node = inner;
    }
    node
}

/// Undoes `%XX`, as the IAM API encodes documents.
fn percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn guess(node: &Node) -> Option<Language> {
    let one = match &node.value {
        Value::List(items) => items.first()?,
        _ => node,
    };
    let has = |keys: &[&str]| {
        one.entries()
            .iter()
            .any(|entry| keys.contains(&entry.key.as_str()))
    };
    if has(&["Statement"]) {
        return Some(Language::Aws);
    }
    if has(&[
        "attribute_mapping",
        "attributeMapping",
        "attributeCondition",
        "attribute_condition",
        "oidc",
        "providers",
        "workloadIdentityPoolProviders",
    ]) {
        return Some(Language::Gcp);
    }
    if has(&[
        "bound_service_account_names",
        "association",
        "serviceAccount",
        "roleRef",
    ]) {
        return Some(Language::Kubernetes);
    }
    if has(&[
        "user_claim",
        "bound_claims",
        "bound_audiences",
        "bound_subject",
        "role_type",
        "cel_program",
    ]) {
        return Some(Language::Vault);
    }
    if has(&[
        "subject_pattern",
        "issuer_pattern",
        "claim_pattern",
        "permissions",
    ]) {
        return Some(Language::OctoSts);
    }
    if has(&[
        "audiences",
        "claimsMatchingExpression",
        "claims_matching_expression",
        "properties",
        "federatedIdentityCredentials",
    ]) || has(&["value"])
    {
        return Some(Language::Entra);
    }
    if has(&["subjects"]) {
        return Some(Language::Kubernetes);
    }
    has(&["issuer", "subject"]).then_some(Language::Entra)
}
