//! Whose trust, key or permission an event changed, by every name the record gives, spelled as selectors are.

use contract::events::{EventFormat, EventKind};
use contract::identities::SelectorKind;

use crate::event::Event;

/// A name the roll may know something by: what kind of name it is, and the name.
pub type Name = (SelectorKind, String);

/// Kinds of accounts and roles, as platforms address them.
pub const ACCOUNTS: [SelectorKind; 6] = [
    SelectorKind::AwsRole,
    SelectorKind::AwsUser,
    SelectorKind::AzureServicePrincipal,
    SelectorKind::GcpServiceAccount,
    SelectorKind::KubernetesServiceAccount,
    SelectorKind::VaultEntity,
];

/// The names by which the roll may know what an event changed, most telling first; none where it changed nothing.
///
/// An AWS role is named without its path (records rarely have it), and a repository whose subjects are meant whatever
/// their branch or environment by the subject's beginning, `repo:owner/name`.
pub fn changed(event: &Event) -> Vec<Name> {
    if !event.is_change() {
        return Vec::new();
    }
    let mut names: Vec<Name> = event
        .joins
        .changed
        .iter()
        .flat_map(|name| by_looks(name))
        .collect();
    let target = event.target.as_deref().unwrap_or_default();
    match event.format {
        EventFormat::AwsCloudtrail => names.extend(aws(event, target)),
        EventFormat::GcpAudit => {
            names
                .extend(google_account(target).map(|name| (SelectorKind::GcpServiceAccount, name)));
            names.extend(workload(target));
        }
        EventFormat::KubernetesAudit => names.extend(workload(target)),
        EventFormat::GithubAudit | EventFormat::GithubWebhook => {
            names.extend(github(event, target));
        }
        EventFormat::GitlabAudit | EventFormat::GitlabWebhook => {
            if event.kind != EventKind::PermissionChange {
                names.extend(repository(event, "project_path"));
            }
        }
        EventFormat::VaultAudit => names.extend(vault(target)),
        // The directory's targets are names for people; Azure's are addresses of resources.
        EventFormat::Entra | EventFormat::AzureActivity => {}
        // Whoever writes canonical JSON spells names as the roll does.
        EventFormat::Rollcall | EventFormat::OktaSystemLog | EventFormat::AzureDevopsAudit => {
            if !target.is_empty() {
                names.extend(SelectorKind::ALL.iter().map(|kind| (*kind, target.into())));
            }
        }
    }
    let mut met = Vec::with_capacity(names.len());
    for name in names {
        if !met.contains(&name) {
            met.push(name);
        }
    }
    met
}

/// A name whose looks tell its kind, as normalisers keep it.
fn by_looks(name: &str) -> Vec<Name> {
    let kinds: &[SelectorKind] = if name.starts_with("system:serviceaccount:") {
        &[SelectorKind::KubernetesServiceAccount]
    } else if name.ends_with(".gserviceaccount.com") {
        &[SelectorKind::GcpServiceAccount]
    } else if name.starts_with("AKIA") {
        &[SelectorKind::AwsAccessKey]
    } else {
        &[
            SelectorKind::AzureServicePrincipal,
            SelectorKind::AzureFederatedCredential,
        ]
    };
    kinds.iter().map(|kind| (*kind, name.to_owned())).collect()
}

/// Calls of IAM that are about a user; what is about a role says so.
const OF_USERS: &[&str] = &[
    "User",
    "AccessKey",
    "LoginProfile",
    "SigningCertificate",
    "SSHPublicKey",
    "ServiceSpecificCredential",
    "MFADevice",
];

fn aws(event: &Event, target: &str) -> Vec<Name> {
    if target.starts_with("arn:") {
        let of = |word: &str| target.contains(word);
        let kind = if of(":role/") {
            SelectorKind::AwsRole
        } else if of(":user/") {
            SelectorKind::AwsUser
        } else {
            return Vec::new();
        };
        return vec![(kind, target.to_owned()), (kind, without_path(target))];
    }
    // A secret or a key of another service may be called like a role.
    let elsewhere = event
        .joins
        .permission
        .as_deref()
        .is_some_and(|permission| !permission.starts_with("iam:"));
    let Some(account) = event.joins.account.as_deref().filter(|_| !elsewhere) else {
        return Vec::new();
    };
    if target.is_empty() || target.contains(['/', ':']) {
        return Vec::new();
    }
    let (kind, sort) = if event.action.contains("Role") {
        (SelectorKind::AwsRole, "role")
    } else if OF_USERS.iter().any(|word| event.action.contains(word)) {
        (SelectorKind::AwsUser, "user")
    } else {
        return Vec::new();
    };
    let partition = event
        .principal
        .as_deref()
        .and_then(|arn| arn.strip_prefix("arn:")?.split(':').next())
        .unwrap_or("aws");
    let arn = format!("arn:{partition}:iam::{account}:{sort}/{target}");
    vec![(kind, arn)]
}

/// `arn:…:role/NAME` of `arn:…:role/PATH/NAME`: within an account the name alone is unique.
fn without_path(arn: &str) -> String {
    let (Some((head, _)), Some((_, name))) = (arn.split_once('/'), arn.rsplit_once('/')) else {
        return arn.to_owned();
    };
    format!("{head}/{name}")
}

/// The account of `projects/P/serviceAccounts/ACCOUNT`, perhaps with a key below it.
fn google_account(target: &str) -> Option<String> {
    let (_, rest) = target.split_once("/serviceAccounts/")?;
    rest.split('/').next().map(str::to_owned)
}

/// The account of `NAMESPACE/serviceaccounts/NAME`, at the end of whatever address.
fn workload(target: &str) -> Option<Name> {
    let (before, after) = target.split_once("/serviceaccounts/")?;
    let namespace = before.rsplit('/').next()?;
    let name = after.split('/').next()?;
    Some((
        SelectorKind::KubernetesServiceAccount,
        format!("system:serviceaccount:{namespace}:{name}"),
    ))
}

fn github(event: &Event, target: &str) -> Vec<Name> {
    let action = event.action.as_str();
    if action.contains("installation") {
        return [target.to_owned(), format!("{target}[bot]")]
            .map(|name| (SelectorKind::GithubActor, name))
            .into();
    }
    if action.starts_with("personal_access_token") {
        let token = event.joins.token_id.clone();
        return token
            .map(|id| (SelectorKind::TokenId, id))
            .into_iter()
            .collect();
    }
    // Who may work on a repository is a matter of people; what its workflows may do is the pipeline's.
    let of_people = event.kind == EventKind::PermissionChange
        && (!action.contains("permission") && !action.contains("actions_enabled")
            || action.contains("member")
            || action.starts_with("team."));
    if of_people {
        return Vec::new();
    }
    repository(event, "repo")
}

/// The pipelines of an event's repository: of its environment, then of the repository, however they are written down.
fn repository(event: &Event, head: &str) -> Vec<Name> {
    let Some(name) = &event.repository else {
        return Vec::new();
    };
    let environment = event.environment.as_ref().map(|environment| {
        let subject = format!("{head}:{name}:environment:{environment}");
        (SelectorKind::OidcSubject, subject)
    });
    environment
        .into_iter()
        .chain([
            (SelectorKind::Repository, name.clone()),
            (SelectorKind::OidcSubject, format!("{head}:{name}")),
        ])
        .collect()
}

/// A path of Vault: the role it is or is below, or the entity.
fn vault(target: &str) -> Vec<Name> {
    let mut names = Vec::new();
    if !target.is_empty() {
        names.push(target.to_owned());
    }
    if let Some(at) = target
        .find("/role/")
        .filter(|_| target.starts_with("auth/"))
    {
        let name = at + "/role/".len();
        let end = target[name..].find('/').map_or(target.len(), |n| name + n);
        names.push(target[..end].to_owned());
    }
    for head in ["identity/entity/id/", "identity/entity/name/"] {
        names.extend(target.strip_prefix(head).map(str::to_owned));
    }
    names
        .into_iter()
        .map(|name| (SelectorKind::VaultEntity, name))
        .collect()
}

#[cfg(test)]
mod tests;
