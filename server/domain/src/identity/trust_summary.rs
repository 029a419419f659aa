//! Who a trust document admits, in a sentence, and how wide it stands open. Thin on purpose: simulation,
//! lint and trust-versus-reality deepen it.

mod aws;
mod subject;

use contract::identities::TrustLanguage;
use serde_json::Value;

use subject::Subject;

/// How wide a trust stands open, narrowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breadth {
    /// One context: an environment, a branch, one service account.
    Exact,
    /// Every branch, tag, pull request and environment of one repository or namespace.
    RepositoryWide,
    /// Every repository of an owner.
    OwnerWide,
    /// Whoever the issuer vouches for.
    Anyone,
}

/// What a trust document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Who it admits, in a sentence.
    pub admits: String,
    /// How wide it stands open; `None` when it could not be read.
    pub breadth: Option<Breadth>,
    /// Admits by a name that can be re-used after a rename, without the numeric id.
    pub by_name: bool,
}

impl Summary {
    /// Whether a wildcard admits more than one context; `None` when unknown.
    pub fn is_wildcard(&self) -> Option<bool> {
        self.breadth.map(|breadth| breadth > Breadth::Exact)
    }

    fn unread() -> Self {
        Self {
            admits: "The document could not be read, so who it admits is unknown.".into(),
            breadth: None,
            by_name: false,
        }
    }

    /// The union of what several rules admit.
    fn of(subjects: &[Subject]) -> Self {
        if subjects.is_empty() {
            return Self {
                admits: "It admits nobody.".into(),
                breadth: Some(Breadth::Exact),
                by_name: false,
            };
        }
        let mut phrases: Vec<&str> = subjects.iter().map(|s| s.phrase.as_str()).collect();
        phrases.dedup();
        let shown = phrases.len().min(3);
        let mut admits = format!("It admits {}", phrases[..shown].join(", or "));
        if phrases.len() > shown {
            admits.push_str(", and ");
            admits.push_str(&(phrases.len() - shown).to_string());
            admits.push_str(" more");
        }
        admits.push('.');
        Self {
            admits,
            breadth: subjects.iter().map(|s| s.breadth).max(),
            by_name: subjects.iter().any(|s| s.by_name),
        }
    }
}

/// Reads a trust document as the vendor prints it.
pub fn summarise(language: TrustLanguage, document: &str) -> Summary {
    let json = serde_json::from_str::<Value>(document).ok();
    match (language, json) {
        (TrustLanguage::Aws, Some(json)) => aws::subjects(&json).map(|all| Summary::of(&all)),
        (TrustLanguage::Entra, Some(json)) => entra(&json).map(|all| Summary::of(&all)),
        (TrustLanguage::Vault, Some(json)) => vault(&json).map(|all| Summary::of(&all)),
        (TrustLanguage::Gcp, json) => gcp(document, json.as_ref()).map(|all| Summary::of(&all)),
        (TrustLanguage::Kubernetes, Some(json)) => kubernetes(&json).map(|all| Summary::of(&all)),
        _ => None,
    }
    .unwrap_or_else(Summary::unread)
}

/// Entra: `subject` is compared exactly; a flexible credential has an expression instead.
fn entra(json: &Value) -> Option<Vec<Subject>> {
    let one = |credential: &Value| {
        let issuer = credential.get("issuer")?.as_str()?;
        if let Some(subject) = credential.get("subject").and_then(Value::as_str) {
            return Some(vec![subject::read_exact(issuer, subject)]);
        }
        let expression = credential
            .pointer("/claimsMatchingExpression/value")?
            .as_str()?;
        Some(
            quoted(expression, "claims['sub']")
                .iter()
                .map(|s| subject::read(issuer, s))
                .collect(),
        )
    };
    match json {
        Value::Array(all) => all
            .iter()
            .map(one)
            .collect::<Option<Vec<_>>>()
            .map(|v| v.concat()),
        single => one(single),
    }
}

/// Vault: `bound_subject` exactly, or `bound_claims` with globs when `bound_claims_type` says so.
fn vault(json: &Value) -> Option<Vec<Subject>> {
    let role = json.get("data").unwrap_or(json);
    role.as_object()?;
    let glob = role.get("bound_claims_type").and_then(Value::as_str) == Some("glob");
    let mut all = Vec::new();
    if let Some(subject) = role
        .get("bound_subject")
        .and_then(Value::as_str)
        .filter(|s| !s.is_empty())
    {
        all.push(subject::read_exact("", subject));
    }
    let claims = role.get("bound_claims").and_then(Value::as_object);
    for (claim, values) in claims.into_iter().flatten() {
        for value in strings(values) {
            match claim.as_str() {
                "sub" if glob => all.push(subject::read("", value)),
                "sub" => all.push(subject::read_exact("", value)),
                "repository" | "project_path" => all.push(subject::repository(value)),
                _ => {}
            }
        }
    }
    Some(if all.is_empty() {
        vec![subject::anyone("the configured issuer")]
    } else {
        all
    })
}

/// Google Cloud: the provider's attribute condition (CEL), read for the claims it compares.
fn gcp(document: &str, json: Option<&Value>) -> Option<Vec<Subject>> {
    let condition = match json {
        Some(json) => {
            json.as_object()?;
            json.get("attributeCondition")
                .and_then(Value::as_str)
                .unwrap_or_default()
        }
        None if document.contains("assertion.") => document,
        None => return None,
    };
    let exact = |claim: &str| quoted(condition, claim);
    let subjects: Vec<Subject> = exact("assertion.sub")
        .iter()
        .map(|s| subject::read("", s))
        .collect();
    if !subjects.is_empty() {
        return Some(subjects);
    }
    let repositories: Vec<Subject> = exact("assertion.repository")
        .iter()
        .map(|s| subject::repository(s))
        .collect();
    if !repositories.is_empty() {
        return Some(repositories);
    }
    let owners: Vec<Subject> = ["assertion.repository_owner", "assertion.namespace_path"]
        .iter()
        .flat_map(|claim| exact(claim))
        .map(|owner| subject::owner(&owner))
        .collect();
    Some(if owners.is_empty() {
        vec![subject::anyone("the provider’s issuer")]
    } else {
        owners
    })
}

/// Kubernetes: the subjects of a binding.
fn kubernetes(json: &Value) -> Option<Vec<Subject>> {
    let subjects = json.get("subjects")?.as_array()?;
    Some(subjects.iter().filter_map(subject::of_binding).collect())
}

/// One string or a list of strings.
fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The first quoted text after each mention of a claim in an expression.
fn quoted(expression: &str, claim: &str) -> Vec<String> {
    expression
        .match_indices(claim)
        .filter_map(|(at, _)| {
            let rest = &expression[at + claim.len()..];
            // `assertion.repository` is not `assertion.repository_owner`.
            if rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
                return None;
            }
            let open = rest.find(['\'', '"'])?;
            let quote = rest[open..].chars().next()?;
            let body = &rest[open + 1..];
            let prefix = rest[..open].contains("startsWith");
            let text = &body[..body.find(quote)?];
            Some(if prefix {
                format!("{text}*")
            } else {
                text.to_owned()
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
