//! AWS role trust policies.

use serde_json::Value;

use super::strings;
use super::subject::{self, Subject};

/// Everybody an Allow statement admits; `None` when it is no policy.
pub fn subjects(policy: &Value) -> Option<Vec<Subject>> {
    let statements = match policy.get("Statement")? {
        Value::Array(all) => all.iter().collect::<Vec<_>>(),
        one => vec![one],
    };
    let mut all = Vec::new();
    for statement in statements {
        if statement.get("Effect")?.as_str()? == "Allow" {
            all.extend(admitted(statement));
        }
    }
    Some(all)
}

fn admitted(statement: &Value) -> Vec<Subject> {
    let Some(principal) = statement.get("Principal") else {
        // `NotPrincipal` with Allow is everybody else.
        return vec![subject::anyone("AWS")];
    };
    if principal.as_str() == Some("*") {
        return vec![subject::anyone("AWS")];
    }
    let mut all = Vec::new();
    for provider in principal.get("Federated").into_iter().flat_map(strings) {
        let issuer = provider
            .split_once("oidc-provider/")
            .map_or(provider, |(_, host)| host);
        all.extend(federated(statement, issuer));
    }
    for account in principal.get("AWS").into_iter().flat_map(strings) {
        all.push(subject::principal(account));
    }
    for service in principal.get("Service").into_iter().flat_map(strings) {
        all.push(subject::service(service));
    }
    all
}

/// Reads the conditions on `sub`. Operators that are true when the claim is absent (`…IfExists`, negated
/// ones, `ForAllValues:`) bind nothing by themselves and are left out.
fn federated(statement: &Value, issuer: &str) -> Vec<Subject> {
    let conditions = statement.get("Condition").and_then(Value::as_object);
    let mut all = Vec::new();
    for (operator, keys) in conditions.into_iter().flatten() {
        let operator = operator.to_ascii_lowercase();
        let pattern = operator == "stringlike";
        if !pattern && operator != "stringequals" && operator != "stringequalsignorecase" {
            continue;
        }
        for (key, values) in keys.as_object().into_iter().flatten() {
            let Some((host, claim)) = key.rsplit_once(':') else {
                continue;
            };
            if !host.eq_ignore_ascii_case(issuer) {
                continue;
            }
            for value in strings(values) {
                match claim.to_ascii_lowercase().as_str() {
                    "sub" if pattern => all.push(subject::read(issuer, value)),
                    "sub" => all.push(subject::read_exact(issuer, value)),
                    "repository" => all.push(subject::repository(value)),
                    _ => {}
                }
            }
        }
    }
    if all.is_empty() {
        all.push(subject::anyone(issuer));
    }
    all
}
