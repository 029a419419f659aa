//! Sign-ins: who presented which credential, for what, and why it was refused.

use contract::events::{EventKind, Outcome};

use super::{field, value};
use crate::event::json::Value;
use crate::event::read::{any_case, scalar};
use crate::event::{ActorNature, Event, selectors, subject};

/// Fills what a sign-in says.
pub(super) fn apply(record: &Value<'_>, event: &mut Event) {
    let principal = field(record, "servicePrincipalId");
    let category = field(record, "category").unwrap_or_default()
        + &any_case(record, "Type")
            .and_then(scalar)
            .unwrap_or_default();
    // A person's sign-in names the resource's service principal, not one that acts.
    let person = field(record, "userPrincipalName").is_some() || field(record, "userId").is_some();
    let programmatic = category.contains("ServicePrincipal")
        || category.contains("ManagedIdentity")
        || principal.is_some() && !person;
    event.outcome = outcome(record);
    event.target = field(record, "resourceDisplayName").or_else(|| field(record, "resourceId"));
    event.joins.session = field(record, "uniqueTokenIdentifier");
    event.joins.application = field(record, "appId");
    if programmatic {
        event.actor = field(record, "servicePrincipalName")
            .or_else(|| field(record, "appDisplayName"))
            .or_else(|| principal.clone())
            .or_else(|| field(record, "appId"));
        event.principal = principal.or_else(|| field(record, "appId"));
        event.joins.federated_credential = field(record, "federatedCredentialId");
        event.joins.token_id = field(record, "servicePrincipalCredentialKeyId");
        event.joins.actor_nature = ActorNature::Program;
    } else {
        event.actor = field(record, "userPrincipalName")
            .or_else(|| field(record, "userDisplayName"))
            .or_else(|| field(record, "userId"));
        event.principal = field(record, "userId");
        event.joins.actor_nature = ActorNature::Person;
    }
    event.kind = match (event.outcome, programmatic) {
        (Outcome::Failure, _) => EventKind::AuthenticationFailure,
        (_, true) => EventKind::CredentialAssumption,
        (_, false) => EventKind::Other,
    };
    refused(record, event);
}

/// `resultType` is `"0"`, `0` or an AADSTS code; some write a word; Graph and Log Analytics have `status.errorCode`.
fn outcome(record: &Value<'_>) -> Outcome {
    let result = any_case(record, "resultType")
        .and_then(scalar)
        .or_else(|| field(record, "resultType"))
        .or_else(|| error_code(record));
    match result.as_deref() {
        Some("0") => Outcome::Success,
        Some(word) if word.eq_ignore_ascii_case("success") => Outcome::Success,
        Some(_) => Outcome::Failure,
        None => Outcome::Unknown,
    }
}

fn error_code(record: &Value<'_>) -> Option<String> {
    let status = value(record, "status")?;
    match status {
        // A Log Analytics column is JSON in a string.
        Value::String(text) => {
            let parsed: Value<'_> = serde_json::from_str(text).ok()?;
            any_case(&parsed, "errorCode").and_then(scalar)
        }
        _ => any_case(status, "errorCode").and_then(scalar),
    }
}

/// A refused federated token leaves no credential id; its subject or issuer is quoted in the description
/// (AADSTS700211 issuer, 700213 subject).
fn refused(record: &Value<'_>, event: &mut Event) {
    if event.outcome != Outcome::Failure {
        return;
    }
    let said = any_case(record, "resultDescription")
        .and_then(scalar)
        .or_else(|| field(record, "failureReason"))
        .or_else(|| {
            value(record, "status")
                .and_then(|status| any_case(status, "failureReason"))
                .and_then(scalar)
        })
        .unwrap_or_default();
    let code = any_case(record, "resultType").and_then(scalar);
    event.joins.reason = code
        .or_else(|| field(record, "resultType"))
        .or_else(|| error_code(record))
        .map(|code| {
            if code.bytes().all(|b| b.is_ascii_digit()) {
                format!("AADSTS{code}")
            } else {
                code
            }
        });
    event.subject = quoted(&said, "assertion subject ");
    event.issuer = quoted(&said, "assertion issuer ")
        .or_else(|| subject::issuer_of(event.subject.as_deref()?).map(str::to_owned));
    selectors::apply_subject(event);
}

/// The text in quotes after some words.
fn quoted(text: &str, after: &str) -> Option<String> {
    let rest = text.split_once(after)?.1;
    let quote = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '\'' | '"' | '`'))?;
    let inner = &rest[quote.len_utf8()..];
    inner
        .split_once(quote)
        .map(|(found, _)| found.to_owned())
        .filter(|found| !found.is_empty())
}
