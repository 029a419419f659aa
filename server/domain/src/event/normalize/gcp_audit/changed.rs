//! Whose trust, key or permission a Google Cloud entry changed, where the resource alone does not name them.

use super::super::kubernetes_audit;
use super::resource_name;
use crate::event::json::Value;
use crate::event::read::{get, path, text};

/// Most accounts one change is kept with.
const MOST: usize = 16;

/// The account of the resource by its address, accounts a policy was changed for, accounts a cluster's binding binds.
pub(super) fn names(record: &Value<'_>, payload: &Value<'_>) -> Vec<String> {
    let resource = resource_name(payload).unwrap_or_default();
    // The resource often has the account's number only.
    let email = text(record, &["resource", "labels", "email_id"]);
    let named = email.is_some() || resource.contains("/serviceAccounts/");
    let mut found: Vec<String> = email.into_iter().collect();
    // In an account's own policy the members are those who may become it.
    if !named {
        let deltas = path(payload, &["serviceData", "policyDelta", "bindingDeltas"])
            .or_else(|| path(payload, &["metadata", "policyDelta", "bindingDeltas"]));
        let members = deltas.and_then(Value::as_array).into_iter().flatten();
        found.extend(members.filter_map(|delta| member(&text(delta, &["member"])?)));
    }
    let space = resource
        .split_once("/namespaces/")
        .and_then(|(_, rest)| rest.split('/').next());
    let told = ["request", "response"].map(|key| get(payload, key));
    found.extend(kubernetes_audit::accounts(
        told.into_iter().flatten(),
        space,
    ));
    let mut names: Vec<String> = Vec::new();
    for name in found {
        if names.len() < MOST && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// `serviceAccount:ADDRESS`, or `serviceAccount:PROJECT.svc.id.goog[NAMESPACE/NAME]` of a workload in a cluster.
fn member(text: &str) -> Option<String> {
    let account = text.strip_prefix("serviceAccount:")?;
    if let Some((_, inner)) = account.split_once(".svc.id.goog[") {
        let (namespace, name) = inner.strip_suffix(']')?.split_once('/')?;
        return Some(format!("system:serviceaccount:{namespace}:{name}"));
    }
    account
        .ends_with(".gserviceaccount.com")
        .then(|| account.to_owned())
}
