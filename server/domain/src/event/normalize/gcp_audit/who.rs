//! Who acted in a Google Cloud entry, and through whom.

use super::super::kubernetes_audit;
use crate::event::json::Value;
use crate::event::read::{any_case, get, path, scalar, text, text_any_case};
use crate::event::{ActorNature, Event, subject};

/// Fills actor, principal, subject, issuer and the delegation chain. `exchanges`: an outside token was presented,
/// so `principalSubject` is its raw `sub`.
pub(super) fn apply(payload: &Value<'_>, event: &mut Event, exchanges: bool) {
    let who =
        |key: &str| get(payload, "authenticationInfo").and_then(|info| text_any_case(info, &[key]));
    let email = who("principalEmail");
    let named = who("principalSubject");
    event.joins.delegation = delegation(payload);
    event.joins.access_key = who("serviceAccountKeyName");
    if exchanges {
        event.subject = named
            .clone()
            .or_else(|| mapped(payload).as_deref().and_then(of_principal));
        event.principal = mapped(payload);
    } else {
        event.subject = named
            .iter()
            .chain(&event.joins.delegation)
            .find_map(|name| of_principal(name));
        event.principal = email.clone().or_else(|| named.clone());
    }
    event.actor = email
        .or_else(|| event.subject.clone())
        .or(named)
        .or_else(|| who("authoritySelector"));
    event.principal = event.principal.take().or_else(|| event.actor.clone());
    event.issuer = event
        .subject
        .as_deref()
        .and_then(subject::issuer_of)
        .map(str::to_owned);
}

/// `metadata.mapped_principal`; one page of Google's own documentation spells it with a space.
fn mapped(payload: &Value<'_>) -> Option<String> {
    let metadata = get(payload, "metadata")?;
    ["mapped_principal", "mapped principal", "mappedPrincipal"]
        .iter()
        .find_map(|key| any_case(metadata, key))
        .and_then(scalar)
}

/// `SUB` of `principal://iam.googleapis.com/…/subject/SUB`.
fn of_principal(name: &str) -> Option<String> {
    let rest = name.strip_prefix("principal://")?;
    rest.split_once("/subject/")
        .map(|(_, subject)| subject.to_owned())
}

/// Who stood behind whom: `serviceAccountDelegationInfo`, then the chain a token was made by.
fn delegation(payload: &Value<'_>) -> Vec<String> {
    let info = path(
        payload,
        &["authenticationInfo", "serviceAccountDelegationInfo"],
    )
    .and_then(Value::as_array);
    let chain = path(payload, &["metadata", "identityDelegationChain"]).and_then(Value::as_array);
    let links = info.into_iter().flatten().filter_map(|link| {
        text(link, &["principalSubject"])
            .or_else(|| text(link, &["firstPartyPrincipal", "principalSubject"]))
            .or_else(|| text(link, &["firstPartyPrincipal", "principalEmail"]))
            .or_else(|| text(link, &["principalEmail"]))
    });
    let mut found: Vec<String> = links
        .chain(chain.into_iter().flatten().filter_map(scalar))
        .take(16)
        .collect();
    found.dedup();
    found
}

/// A pipeline by its subject, a program by its account, the platform by its agents, else a person.
pub(super) fn nature(event: &Event) -> ActorNature {
    if event.repository.is_some() {
        return ActorNature::Pipeline;
    }
    let principal = event.principal.as_deref().unwrap_or_default();
    let principal = principal
        .strip_prefix("serviceAccount:")
        .unwrap_or(principal);
    if principal.starts_with("system:") {
        return kubernetes_audit::nature(Some(principal));
    }
    if let Some((_, domain)) = principal.split_once('@') {
        let agent = domain.starts_with("gcp-sa-")
            || domain.starts_with("system.")
            || domain == "cloudservices.gserviceaccount.com"
            || principal.starts_with("service-")
            || principal.starts_with("container-engine-robot@");
        return match (domain.ends_with("gserviceaccount.com"), agent) {
            (true, true) => ActorNature::Platform,
            (true, false) => ActorNature::Program,
            _ => ActorNature::Person,
        };
    }
    if event.subject.is_some() {
        ActorNature::Program
    } else {
        ActorNature::Unknown
    }
}
