//! From a line of the roster to a whole identity: what it holds, who answers for it, how it is named.

use chrono::{DateTime, TimeDelta, Utc};
use contract::access::Role;
use contract::identities::{
    CredentialType, IdentityKind, IdentityState, Kept, Platform, SelectorKind,
};
use contract::ids::{CredentialId, IdentityId, PermissionId, PersonId, SelectorId, TrustId};

use super::dice::Dice;
use super::people::{Person, Team};
use super::roster::{Line, Recipe};
use super::{Credential, Identity, Permission, Selector, Trust, ago, grants, outside, trust};
use crate::identity::{permission, risk};

/// Days since the code host mints subjects with numeric ids.
pub(super) const IMMUTABLE_SINCE: i64 = 130;

/// Makes the identity a line tells of.
pub(super) fn identity(
    line: Line,
    now: DateTime<Utc>,
    people: &[Person],
    teams: &[Team],
) -> Identity {
    let mut dice = Dice::of(&line.name, 0);
    let person = |key: &str| people.iter().find(|p| p.key == key).map(|p| p.id);
    let requested_at = ago(now, line.age + Dice::of(&line.place, 12).between(1, 4))
        - TimeDelta::minutes(dice.between(0, 500));
    let approved_at = ago(now, line.age) - TimeDelta::minutes(dice.between(5, 200));
    let (state, state_since) = state(&line, now, requested_at, approved_at);
    let permissions = permissions(&line, now, approved_at, &mut dice, &person);
    let privileged = permissions
        .iter()
        .any(|p| permission::is_privileged(p.system, &p.action, &p.resource));
    let keepers: Vec<PersonId> = people
        .iter()
        .filter(|p| p.roles.contains(&Role::Security))
        .map(|p| p.id)
        .collect();
    let approved = state != IdentityState::Requested;
    let (kind, platform) = kind(line.recipe);
    Identity {
        id: IdentityId(dice.id(requested_at)),
        name: line.name.clone(),
        kind,
        platform,
        state,
        state_since,
        purpose: line.purpose.clone(),
        ticket: line.ticket.clone(),
        justification: line.because.clone(),
        tier: risk::tier(&line.environments, privileged).0,
        environments: line.environments.clone(),
        team: teams.iter().find(|t| t.slug == line.team).map(|t| t.id),
        owner: person(&line.owner),
        backup_owner: person(&line.backup),
        requested_by: person(&line.owner),
        approved_by: approved.then(|| *dice.pick(&keepers)),
        approved_at: approved.then_some(approved_at),
        created_at: requested_at,
        selectors: selectors(&line, now, requested_at),
        credentials: credentials(&line, now, approved_at, &mut dice),
        permissions,
        trusts: trusts(&line, now, approved_at, &mut dice, &person),
        line,
    }
}

fn state(
    line: &Line,
    now: DateTime<Utc>,
    requested_at: DateTime<Utc>,
    approved_at: DateTime<Utc>,
) -> (IdentityState, DateTime<Utc>) {
    if line.has("requested") {
        (IdentityState::Requested, requested_at)
    } else if line.has("removed") {
        (IdentityState::Removed, ago(now, 36))
    } else if line.has("decommissioning") {
        (IdentityState::Decommissioning, ago(now, 24))
    } else {
        (IdentityState::Active, approved_at)
    }
}

const fn kind(recipe: Recipe) -> (IdentityKind, Platform) {
    use IdentityKind::{Bot, Pipeline, ServiceAccount, Workload};
    match recipe {
        Recipe::Github | Recipe::GithubKey => (Pipeline, Platform::GithubActions),
        Recipe::Gitlab | Recipe::GitlabKey => (Pipeline, Platform::GitlabCi),
        Recipe::AzureDevops => (Pipeline, Platform::AzureDevops),
        Recipe::AwsRole => (Workload, Platform::Aws),
        Recipe::AwsUser => (ServiceAccount, Platform::Aws),
        Recipe::EntraSecret | Recipe::EntraFederated => (ServiceAccount, Platform::Azure),
        Recipe::GoogleKey | Recipe::GoogleFederated => (ServiceAccount, Platform::GoogleCloud),
        Recipe::Kubernetes => (Workload, Platform::Kubernetes),
        Recipe::VaultJwt => (Workload, Platform::Vault),
        Recipe::GithubApp | Recipe::MachineUser => (Bot, Platform::GithubActions),
        Recipe::Okta => (ServiceAccount, Platform::Okta),
        Recipe::Database | Recipe::Vendor => (ServiceAccount, Platform::Other),
    }
}

fn selectors(line: &Line, now: DateTime<Utc>, at: DateTime<Utc>) -> Vec<Selector> {
    let mut names: Vec<(SelectorKind, &str, String)> = Vec::new();
    match line.recipe {
        Recipe::Github | Recipe::GithubKey => github_names(line, &mut names),
        Recipe::Gitlab | Recipe::GitlabKey => names.push((
            SelectorKind::OidcSubject,
            outside::GITLAB,
            outside::gitlab_subject(&line.place),
        )),
        Recipe::AzureDevops => names.push((
            SelectorKind::OidcSubject,
            outside::AZURE_DEVOPS,
            outside::azure_devops_subject(line),
        )),
        Recipe::AwsRole => names.push((SelectorKind::AwsRole, "", outside::role_arn(line))),
        Recipe::AwsUser => {}
        Recipe::EntraSecret | Recipe::EntraFederated => entra_names(line, &mut names),
        Recipe::GoogleKey | Recipe::GoogleFederated => {
            names.push((
                SelectorKind::GcpServiceAccount,
                "",
                outside::google_account(line),
            ));
            names.push((
                SelectorKind::OidcSubject,
                outside::GOOGLE,
                outside::google_id(line),
            ));
        }
        Recipe::Kubernetes => {
            let account = outside::cluster_account(line);
            names.push((SelectorKind::OidcSubject, outside::CLUSTER, account.clone()));
            names.push((
                SelectorKind::KubernetesServiceAccount,
                "acme-production",
                account,
            ));
        }
        Recipe::VaultJwt => {
            let entity = outside::vault_entity(line);
            names.push((SelectorKind::OidcSubject, outside::VAULT, entity.clone()));
            names.push((SelectorKind::VaultEntity, "", entity));
        }
        Recipe::GithubApp => names.push((
            SelectorKind::GithubActor,
            "",
            format!("{}[bot]", line.place),
        )),
        Recipe::MachineUser => {
            names.push((SelectorKind::GithubActor, "", line.place.clone()));
            names.push((SelectorKind::TokenId, "", outside::token_id(line)));
        }
        Recipe::Database | Recipe::Okta | Recipe::Vendor => {
            names.push((SelectorKind::TokenId, "", format!("{}-01", line.place)));
        }
    }
    if matches!(line.recipe, Recipe::AwsUser | Recipe::GithubKey) {
        names.push((SelectorKind::AwsUser, "", outside::user_arn(line)));
        // A shared key is one name of the outside world: it stands with whom it was made for.
        if !line.has("unlisted") {
            names.push((SelectorKind::AwsAccessKey, "", outside::access_key(line)));
        }
    }
    let mut dice = Dice::of(&line.name, 20);
    let mut all: Vec<Selector> = names
        .into_iter()
        .map(|(kind, issuer, value)| Selector {
            id: SelectorId(dice.id(at)),
            kind,
            issuer: issuer.to_owned(),
            value,
            created_at: at,
        })
        .collect();
    if line.has("drift") {
        let since = ago(now, 4);
        all.push(Selector {
            id: SelectorId(dice.id(since)),
            kind: SelectorKind::KubernetesServiceAccount,
            issuer: "acme-analytics".to_owned(),
            value: format!("system:serviceaccount:analytics:{}", line.base()),
            created_at: since,
        });
    }
    all
}

/// Both forms of the subject, the role it takes, and for the repository's main pipeline everything else of it.
fn github_names(line: &Line, names: &mut Vec<(SelectorKind, &'static str, String)>) {
    let (plain, numbered) = (
        outside::repository(&line.place),
        outside::numbered(&line.place),
    );
    let subject = |name: &str, context: &str| {
        (
            SelectorKind::OidcSubject,
            outside::GITHUB,
            format!("repo:{name}:{context}"),
        )
    };
    if trust::environment(line).is_some() {
        let context = trust::context(line);
        names.push(subject(&numbered, &context));
        if line.age > IMMUTABLE_SINCE {
            names.push(subject(&plain, &context));
        }
    }
    if line.has("ci") {
        names.push((SelectorKind::Repository, "", numbered));
    }
    if trust::documents(line)
        .iter()
        .any(|(language, ..)| *language == contract::identities::TrustLanguage::Aws)
    {
        names.push((SelectorKind::AwsRole, "", outside::role_arn(line)));
    }
}

fn entra_names(line: &Line, names: &mut Vec<(SelectorKind, &'static str, String)>) {
    let principal = outside::service_principal(line);
    names.push((SelectorKind::OidcSubject, outside::ENTRA, principal.clone()));
    names.push((SelectorKind::AzureServicePrincipal, "", principal));
    if line.recipe == Recipe::EntraFederated {
        names.push((
            SelectorKind::AzureFederatedCredential,
            "",
            outside::federated_credential(line),
        ));
    }
}

fn credentials(
    line: &Line,
    now: DateTime<Utc>,
    approved_at: DateTime<Utc>,
    dice: &mut Dice,
) -> Vec<Credential> {
    let mut all = Vec::new();
    let mut hold = |credential_type,
                    label: String,
                    reference,
                    changed: Option<DateTime<Utc>>,
                    dice: &mut Dice| {
        let first = (line.age > 200).then_some(approved_at);
        all.push(Credential {
            id: CredentialId(dice.id(approved_at)),
            credential_type,
            label,
            reference,
            issued_at: changed.map(|at| first.unwrap_or(at)),
            expires_at: expiry(credential_type, changed, now),
            rotated_at: changed.filter(|_| first.is_some()),
            created_by: None,
            kept: kept(line),
        });
    };
    if let Some((word, age)) = &line.stored {
        let credential_type: CredentialType =
            word.parse().expect("credential types are known words");
        let changed = age.map(|days| ago(now, days) - TimeDelta::hours(7));
        hold(
            credential_type,
            label(credential_type, line),
            reference(credential_type, line, dice),
            changed,
            dice,
        );
        return all;
    }
    let at = Some(approved_at);
    match line.recipe {
        Recipe::AwsRole => hold(
            CredentialType::Dynamic,
            "Task role session, one hour".to_owned(),
            String::new(),
            at,
            dice,
        ),
        _ => hold(
            CredentialType::OidcFederation,
            federation(line.recipe).to_owned(),
            String::new(),
            at,
            dice,
        ),
    }
    if line.grants.iter().any(|(code, _)| code == "dyn") {
        hold(
            CredentialType::Dynamic,
            "Database password from Vault, one hour".to_owned(),
            String::new(),
            at,
            dice,
        );
    }
    all
}

/// Where the line's story says that its secret is: in a store, unless it is told otherwise.
fn kept(line: &Line) -> Kept {
    match line.told("kept") {
        Some(word) => word
            .parse()
            .expect("the roster knows where secrets are kept"),
        None if line.stored.as_ref().is_some_and(|(_, age)| age.is_none()) => Kept::Unknown,
        None => Kept::Store,
    }
}

/// Some secrets end by themselves; nothing of ours ends on the day it is due to be rotated.
fn expiry(
    credential_type: CredentialType,
    changed: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let days = match credential_type {
        CredentialType::PersonalAccessToken => 180,
        CredentialType::ClientSecret => 365,
        CredentialType::Certificate => 397,
        CredentialType::SigningKey => 730,
        _ => return None,
    };
    changed.map(|at| (at + TimeDelta::days(days)).max(now + TimeDelta::days(3)))
}

const fn federation(recipe: Recipe) -> &'static str {
    match recipe {
        Recipe::Github => "GitHub token, fifteen minutes",
        Recipe::Gitlab => "GitLab id_token of the job",
        Recipe::AzureDevops => "Service connection by federation",
        Recipe::EntraFederated => "Federated credential",
        Recipe::GoogleFederated => "Workload identity federation",
        Recipe::Kubernetes => "Projected service account token",
        Recipe::VaultJwt => "Vault login by token",
        _ => "Federation",
    }
}

fn label(credential_type: CredentialType, line: &Line) -> String {
    let name = line.base();
    match (credential_type, line.recipe) {
        (CredentialType::CloudAccessKey, Recipe::GoogleKey) => {
            format!("{name} service account key")
        }
        (CredentialType::CloudAccessKey, _) => format!("{} access key", outside::user_name(line)),
        (CredentialType::PersonalAccessToken, _) => format!("{name} fine-grained token"),
        (CredentialType::SigningKey, Recipe::GithubApp) => format!("{name} app key"),
        (kind, _) => format!("{name} {}", kind.label().to_lowercase()),
    }
}

fn reference(credential_type: CredentialType, line: &Line, dice: &mut Dice) -> String {
    match (credential_type, line.recipe) {
        (CredentialType::CloudAccessKey, Recipe::GoogleKey) => dice.hex(40),
        (CredentialType::CloudAccessKey, _) => outside::access_key(line),
        (CredentialType::PersonalAccessToken, _) => format!("token {}", outside::token_id(line)),
        (CredentialType::ClientSecret, _) => dice.guid(),
        (CredentialType::SigningKey | CredentialType::SshKey | CredentialType::Certificate, _) => {
            format!("SHA256:{}", dice.word(43))
        }
        _ => format!("{}…{}", line.base(), dice.hex(4)),
    }
}

fn permissions(
    line: &Line,
    now: DateTime<Utc>,
    approved_at: DateTime<Utc>,
    dice: &mut Dice,
    person: &dyn Fn(&str) -> Option<PersonId>,
) -> Vec<Permission> {
    let mut codes: Vec<(&str, bool)> = line
        .grants
        .iter()
        .map(|(code, used)| (code.as_str(), *used))
        .collect();
    if line.has("passrole") {
        codes.push(("passrole", false));
    }
    let mut all: Vec<Permission> = codes
        .into_iter()
        .map(|(code, used)| {
            let (system, action, resource) = grants::grant(code, line);
            // What was gained lately was gained from somebody else than the owner.
            let gained = (code == "kms" && line.has("gained")) || code == "passrole";
            let (granted_at, changed_by) = if gained {
                let days = if code == "kms" { 48 } else { 15 };
                (ago(now, days), person("kofi.mensah"))
            } else {
                (
                    approved_at,
                    person("aiko.brandt").filter(|_| line.team == "identity"),
                )
            };
            Permission {
                id: PermissionId(dice.id(granted_at)),
                system,
                action: action.to_owned(),
                resource,
                environment: line.environments.first().copied(),
                granted_at,
                used,
                changed_by,
            }
        })
        .collect();
    if line.has("mixed") {
        all[0].environment = Some(contract::identities::Environment::Staging);
    }
    all
}

fn trusts(
    line: &Line,
    now: DateTime<Utc>,
    approved_at: DateTime<Utc>,
    dice: &mut Dice,
    person: &dyn Fn(&str) -> Option<PersonId>,
) -> Vec<Trust> {
    let by_hand = line.has("envwide") || line.told("loosened").is_some();
    let changed = if let Some(days) = line.told("loosened") {
        ago(now, days.parse().expect("days ago"))
    } else if line.has("envwide") {
        ago(now, 40)
    } else if line.age > IMMUTABLE_SINCE && !line.has("mutable") {
        ago(now, IMMUTABLE_SINCE - dice.between(0, 20))
    } else {
        approved_at
    };
    trust::documents(line)
        .into_iter()
        .map(|(language, target, document)| Trust {
            id: TrustId(dice.id(approved_at)),
            language,
            target,
            document: serde_json::to_string_pretty(&document).expect("JSON is text"),
            updated_at: changed,
            updated_by: if by_hand {
                person("kofi.mensah")
            } else {
                person("yuki.tanabe").filter(|_| line.age > IMMUTABLE_SINCE)
            },
        })
        .collect()
}
