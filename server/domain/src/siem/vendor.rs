//! What a format says of its vendor: names, the cloud it belongs to, accounts inside names.

use contract::events::EventFormat;
use contract::identities::Platform;

use super::PlacedEvent;

/// The product whose record it is, as SIEMs list it.
pub fn product(format: EventFormat) -> (&'static str, &'static str) {
    match format {
        EventFormat::GithubAudit | EventFormat::GithubWebhook => ("GitHub", "GitHub"),
        EventFormat::GitlabAudit | EventFormat::GitlabWebhook => ("GitLab", "GitLab"),
        EventFormat::AwsCloudtrail => ("AWS", "CloudTrail"),
        EventFormat::Entra => ("Microsoft", "Entra ID"),
        EventFormat::AzureActivity => ("Microsoft", "Azure Activity"),
        EventFormat::AzureDevopsAudit => ("Microsoft", "Azure DevOps"),
        EventFormat::GcpAudit => ("Google", "Cloud Audit Logs"),
        EventFormat::VaultAudit => ("HashiCorp", "Vault"),
        EventFormat::KubernetesAudit => ("Kubernetes", "Kubernetes"),
        EventFormat::OktaSystemLog => ("Okta", "System Log"),
        EventFormat::Rollcall => ("Rollcall", "Rollcall JSON"),
    }
}

/// The cloud, as OCSF and ECS name it in this order; `None` for what runs in none.
pub fn cloud(format: EventFormat) -> Option<(&'static str, &'static str)> {
    match format {
        EventFormat::AwsCloudtrail => Some(("AWS", "aws")),
        EventFormat::Entra | EventFormat::AzureActivity | EventFormat::AzureDevopsAudit => {
            Some(("Azure", "azure"))
        }
        EventFormat::GcpAudit => Some(("GCP", "gcp")),
        _ => None,
    }
}

/// The cloud of a platform of the inventory.
pub fn cloud_of(platform: Platform) -> Option<&'static str> {
    match platform {
        Platform::Aws => Some("AWS"),
        Platform::Azure | Platform::AzureDevops => Some("Azure"),
        Platform::GoogleCloud => Some("GCP"),
        _ => None,
    }
}

/// The AWS account named in any of the event's ARNs (`arn:partition:service:region:account:…`).
pub fn account(row: &PlacedEvent) -> Option<&str> {
    let event = &row.event;
    [&event.role, &event.principal, &event.target, &event.actor]
        .into_iter()
        .filter_map(Option::as_deref)
        .find_map(|name| {
            let account = name.strip_prefix("arn:")?.split(':').nth(3)?;
            (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())).then_some(account)
        })
}

/// The name a person would call the actor by.
pub fn actor(row: &PlacedEvent) -> Option<&str> {
    let event = &row.event;
    [&event.actor, &event.subject, &event.principal]
        .into_iter()
        .find_map(|name| name.as_deref().filter(|name| !name.is_empty()))
        .or_else(|| row.identity.as_ref().map(|(_, name)| name.as_str()))
}

/// What a vendor's word says was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Made.
    Create,
    /// Looked at.
    Read,
    /// Changed.
    Update,
    /// Taken away.
    Delete,
    /// None of these.
    Other,
}

/// Words at which a verb is recognised, in lower case, as they begin a word of the vendor's.
const VERBS: &[(Verb, &[&str])] = &[
    (
        Verb::Delete,
        &[
            "delete",
            "remove",
            "destroy",
            "revoke",
            "detach",
            "purge",
            "uninstall",
            "deregister",
            "disassociate",
            "unset",
            "terminate",
        ],
    ),
    (
        Verb::Create,
        &[
            "create", "add", "insert", "register", "generate", "issue", "attach", "install",
            "invite", "grant", "assign", "new", "start", "run", "request", "queue",
        ],
    ),
    (
        Verb::Update,
        &[
            "update", "set", "put", "patch", "edit", "change", "modify", "rotate", "renew",
            "enable", "disable", "rename", "transfer", "write", "reset", "approve", "complete",
            "finish",
        ],
    ),
    (
        Verb::Read,
        &[
            "get", "list", "describe", "read", "view", "access", "download", "head", "lookup",
            "clone", "fetch", "pull", "watch", "batchget", "decrypt",
        ],
    ),
];

/// Reads the verb out of a vendor's word such as `PutRolePolicy`, `org.add_member` or `Update application`.
pub fn verb(action: &str) -> Verb {
    let words = words(action);
    // `AssumeRole`-like words have none; the first word that is one decides.
    words
        .iter()
        .find_map(|word| {
            VERBS.iter().find_map(|(verb, known)| {
                known
                    .iter()
                    .any(|known| {
                        word == known
                            || word
                                .strip_prefix(known)
                                .is_some_and(|rest| matches!(rest, "d" | "ed" | "s" | "es"))
                    })
                    .then_some(*verb)
            })
        })
        .unwrap_or(Verb::Other)
}

/// The words of a name in any case style, in lower case.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        if letter.is_alphanumeric() {
            if letter.is_uppercase() && before.is_lowercase() {
                words.push(String::new());
            }
            if let Some(last) = words.last_mut() {
                last.extend(letter.to_lowercase());
            }
        } else {
            words.push(String::new());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_are_read_out_of_any_style_of_name() {
        for (action, expected) in [
            ("PutRolePolicy", Verb::Update),
            ("DetachRolePolicy", Verb::Delete),
            ("CreateAccessKey", Verb::Create),
            ("org.add_member", Verb::Create),
            ("workflow_run.requested", Verb::Create),
            ("google.iam.admin.v1.DeleteServiceAccountKey", Verb::Delete),
            ("Update application", Verb::Update),
            ("secretmanager.versions.access", Verb::Read),
            ("AssumeRoleWithWebIdentity", Verb::Other),
            ("address.changed", Verb::Update),
        ] {
            assert_eq!(verb(action), expected, "{action}");
        }
    }
}
