//! Which service accounts a changed object speaks of. Also for GKE, whose audit log carries the same objects.

use crate::event::json::Value;
use crate::event::read::{get, path, text};

/// Most accounts one change is kept with.
const MOST: usize = 16;

/// The accounts a binding binds or a token's secret is of, as `system:serviceaccount:NAMESPACE:NAME`.
///
/// `namespace` is the object's own: a subject of a role binding may leave it out.
pub(in super::super) fn accounts<'a>(
    objects: impl Iterator<Item = &'a Value<'a>>,
    namespace: Option<&str>,
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for object in objects {
        let subjects = get(object, "subjects").and_then(Value::as_array);
        let bound = subjects
            .into_iter()
            .flatten()
            .filter_map(|subject| bound(subject, namespace));
        for name in bound.chain(token_of(object, namespace)) {
            if found.len() < MOST && !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}

fn bound(subject: &Value<'_>, namespace: Option<&str>) -> Option<String> {
    let name = text(subject, &["name"])?;
    // A binding may also name the account as the user it signs in as.
    if name.starts_with("system:serviceaccount:") {
        return Some(name);
    }
    let kind = text(subject, &["kind"])?;
    let own = text(subject, &["namespace"]);
    let space = own.as_deref().or(namespace)?;
    (kind == "ServiceAccount").then(|| full(space, &name))
}

fn token_of(object: &Value<'_>, namespace: Option<&str>) -> Option<String> {
    let notes = path(object, &["metadata", "annotations"])?;
    let name = text(notes, &["kubernetes.io/service-account.name"])?;
    Some(full(namespace?, &name))
}

fn full(namespace: &str, name: &str) -> String {
    format!("system:serviceaccount:{namespace}:{name}")
}
