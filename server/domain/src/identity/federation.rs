//! From a static credential to federation: what to do at the provider, with a trust document that admits exactly this
//! pipeline and nobody else.
//!
//! Sources: GitHub "Configuring OpenID Connect in …" (AWS, Azure, Google Cloud, HashiCorp Vault); GitLab "Connect to
//! cloud services"; AWS IAM "Create a role for OpenID Connect federation"; Microsoft "Configure an app to trust an
//! external identity provider"; Google "Workload Identity Federation with deployment pipelines"; octo-sts README.

use contract::identities::{
    AdviceDocument, CredentialType, Environment, FederationAdvice, Platform, SelectorKind,
};
use contract::ids::CredentialId;
use serde_json::{Value, json};

use super::selector::NewSelector;
use crate::event::subject::GITHUB_ISSUER;

/// What the advice rests on.
#[derive(Debug, Clone)]
pub struct Holder<'a> {
    /// The identity's name.
    pub name: &'a str,
    /// Its platform.
    pub platform: Platform,
    /// Where it acts.
    pub environments: &'a [Environment],
    /// How events name it.
    pub selectors: &'a [NewSelector],
    /// Systems its permissions hold in.
    pub systems: &'a [String],
}

/// Who asks for tokens: the pipeline as its issuer names it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Caller {
    issuer: String,
    subject: String,
    /// The subject was put together from the repository and the environment, not seen.
    assumed: bool,
}

/// Where the secret opens a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Aws,
    Google,
    Entra,
    GitHub,
    Database,
    Signing,
    Ssh,
    Elsewhere,
}

/// The advice for a static credential; none for what stores nothing.
pub fn advise(
    credential: CredentialId,
    kind: CredentialType,
    reference: &str,
    holder: &Holder<'_>,
) -> Option<FederationAdvice> {
    let door = door(kind, reference, holder)?;
    let caller = caller(holder);
    let documents = caller
        .as_ref()
        .map(|caller| documents(door, caller, holder))
        .unwrap_or_default();
    Some(FederationAdvice {
        credential,
        title: title(door).to_owned(),
        steps: steps(door, caller.as_ref(), holder),
        caution: caution(door, caller.as_ref(), &documents),
        documents,
    })
}

fn door(kind: CredentialType, reference: &str, holder: &Holder<'_>) -> Option<Door> {
    let has = |kinds: &[SelectorKind]| holder.selectors.iter().any(|s| kinds.contains(&s.kind));
    let system = |word: &str| holder.systems.iter().any(|system| system == word);
    Some(match kind {
        CredentialType::OidcFederation | CredentialType::Dynamic => return None,
        CredentialType::CloudAccessKey if reference.starts_with("AKIA") => Door::Aws,
        CredentialType::CloudAccessKey
            if has(&[SelectorKind::GcpServiceAccount])
                || holder.platform == Platform::GoogleCloud =>
        {
            Door::Google
        }
        CredentialType::CloudAccessKey
            if has(&[SelectorKind::AwsUser, SelectorKind::AwsAccessKey])
                || holder.platform == Platform::Aws
                || system("aws") =>
        {
            Door::Aws
        }
        CredentialType::CloudAccessKey if system("gcp") => Door::Google,
        CredentialType::ClientSecret
            if holder.platform == Platform::Azure
                || has(&[SelectorKind::AzureServicePrincipal])
                || system("azure") =>
        {
            Door::Entra
        }
        CredentialType::PersonalAccessToken
            if holder.platform == Platform::GithubActions || system("github") =>
        {
            Door::GitHub
        }
        CredentialType::DatabasePassword => Door::Database,
        CredentialType::SigningKey | CredentialType::Certificate => Door::Signing,
        CredentialType::SshKey => Door::Ssh,
        _ => Door::Elsewhere,
    })
}

/// The subject to trust: one that carries numeric ids before one that does not, an environment before a branch.
fn caller(holder: &Holder<'_>) -> Option<Caller> {
    let exact = holder
        .selectors
        .iter()
        .filter(|s| s.kind == SelectorKind::OidcSubject && !s.value.contains('*'))
        .filter(|s| is_pipeline(&s.issuer))
        .max_by_key(|s| (s.value.contains('@'), s.value.contains(":environment:")));
    if let Some(found) = exact {
        return Some(Caller {
            issuer: found.issuer.clone(),
            subject: found.value.clone(),
            assumed: false,
        });
    }
    let repository = holder
        .selectors
        .iter()
        .find(|s| s.kind == SelectorKind::Repository)?;
    let context = match holder.environments.first() {
        Some(place @ (Environment::Production | Environment::Staging)) => {
            format!("environment:{place}")
        }
        _ => "ref:refs/heads/main".to_owned(),
    };
    (holder.platform == Platform::GithubActions).then(|| Caller {
        issuer: GITHUB_ISSUER.to_owned(),
        subject: format!(
            "repo:{}:{context}",
            repository.value.trim_start_matches("repo:")
        ),
        assumed: true,
    })
}

/// An issuer whose tokens come from a pipeline or a cluster, not from the cloud the secret belongs to.
fn is_pipeline(issuer: &str) -> bool {
    ![
        "accounts.google.com",
        "login.microsoftonline.com",
        "sts.windows.net",
    ]
    .iter()
    .any(|cloud| issuer.contains(cloud))
}

const fn title(door: Door) -> &'static str {
    match door {
        Door::Aws => "Let AWS trust the pipeline’s own token",
        Door::Google => "Let Google Cloud trust the pipeline’s own token",
        Door::Entra => "Let Entra trust the pipeline’s own token",
        Door::GitHub => "Replace the token by one that lives for the job",
        Door::Database => "Have the password made for each run",
        Door::Signing => "Sign without a key that is kept",
        Door::Ssh => "Use certificates that live for minutes",
        Door::Elsewhere => "Have it made for each run, or keep it where it rotates",
    }
}

fn steps(door: Door, caller: Option<&Caller>, holder: &Holder<'_>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut step = |text: &str| all.push(text.to_owned());
    match door {
        Door::Aws => {
            step(
                "Create an OpenID Connect provider for the issuer in the account, audience sts.amazonaws.com (once an account).",
            );
            step(
                "Create a role with the trust policy below and attach the permissions the user has now, no more.",
            );
            step(match pipeline(caller) {
                Pipeline::GitHub => {
                    "In the workflow: permissions id-token: write, and aws-actions/configure-aws-credentials with role-to-assume instead of the key."
                }
                Pipeline::GitLab => {
                    "In the job: id_tokens with aud sts.amazonaws.com, and AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE instead of the key."
                }
                Pipeline::Other => {
                    "Let it ask for its token and call AssumeRoleWithWebIdentity; the SDKs do it with AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE."
                }
            });
        }
        Door::Google => {
            step(
                "Create a workload identity pool and the provider below in the project (once a project and issuer).",
            );
            step(
                "Bind roles/iam.workloadIdentityUser on the service account to this subject only: principal://…/subject/….",
            );
            step(match pipeline(caller) {
                Pipeline::GitHub => {
                    "In the workflow: permissions id-token: write, and google-github-actions/auth with workload_identity_provider and service_account instead of credentials_json."
                }
                Pipeline::GitLab | Pipeline::Other => {
                    "Write a credential configuration with gcloud iam workload-identity-pools create-cred-config and point GOOGLE_APPLICATION_CREDENTIALS to it."
                }
            });
        }
        Door::Entra => {
            step(
                "Add the federated credential below to the application: az ad app federated-credential create --id APP --parameters credential.json.",
            );
            step(match pipeline(caller) {
                Pipeline::GitHub => {
                    "In the workflow: permissions id-token: write, and azure/login with client-id, tenant-id and subscription-id instead of the secret."
                }
                Pipeline::GitLab | Pipeline::Other => {
                    "Sign in with the token: az login --service-principal --federated-token, or the SDK’s WorkloadIdentityCredential."
                }
            });
        }
        Door::GitHub => {
            step(
                "Where it works on its own repository only: use the job’s GITHUB_TOKEN with the permissions it needs, and nothing stored.",
            );
            step(
                "Where it works on others: install octo-sts and put the trust policy below into the target repository as .github/chainguard/NAME.sts.yaml.",
            );
            step(
                "In the workflow: permissions id-token: write, and octo-sts/action with scope and identity instead of the token.",
            );
        }
        Door::Database => {
            step(
                "Let Vault’s database engine make a user for each run, with a lifetime of an hour.",
            );
            step("Let the pipeline sign in to Vault with its own token, by the role below.");
            step("Read database/creds/NAME in the job instead of the stored password.");
        }
        Door::Signing => {
            step(
                "Where what it signs allows it: sign with a certificate made for the run (Sigstore), bound to the pipeline’s own token.",
            );
            step(
                "Where a key must stay: keep it in a key service that signs and never gives it away, and let the pipeline federate with that.",
            );
        }
        Door::Ssh => {
            step(
                "Let Vault’s SSH engine sign a certificate for each run, valid for minutes, and let the hosts trust its authority.",
            );
            step("Let the pipeline sign in to Vault with its own token, by the role below.");
        }
        Door::Elsewhere => {
            step(
                "Ask the supplier whether it takes OpenID Connect tokens or OAuth client assertions; more do each year.",
            );
            step(
                "Until then keep it in Vault, let the pipeline read it at run time by the role below, and let nothing else hold a copy.",
            );
        }
    }
    if caller.is_none() {
        all.insert(0, format!(
            "First say what runs it: {} has no subject a provider could trust. Where it runs inside the cloud, give it the platform’s own role instead of a key; where a pipeline runs it, add that pipeline’s OIDC subject to its selectors and the document appears here.",
            holder.name
        ));
    }
    all.push("Run it once both ways, watch that the old one falls silent, then revoke it and record that here.".to_owned());
    all
}

fn caution(door: Door, caller: Option<&Caller>, documents: &[AdviceDocument]) -> String {
    let mut words = Vec::new();
    if let Some(caller) = caller.filter(|caller| caller.assumed) {
        words.push(format!(
            "No token of it has been seen: “{}” is put together from its repository and environment. Compare it with a real token first.",
            caller.subject
        ));
    }
    if caller.is_some_and(|c| c.issuer == GITHUB_ISSUER && !c.subject.contains('@'))
        && !documents.is_empty()
    {
        words.push("The subject names the repository without its numeric ids: whoever takes over the name takes over the role. Use the immutable form once the organisation has switched.".to_owned());
    }
    if documents.iter().any(|d| d.text.contains(ACCOUNT)) {
        words.push(format!("Put your own for {ACCOUNT}."));
    }
    if door == Door::Google && documents.iter().any(|d| d.text.contains(PROJECT)) {
        words.push(format!("Put your own for {PROJECT}."));
    }
    words.join(" ")
}

enum Pipeline {
    GitHub,
    GitLab,
    Other,
}

fn pipeline(caller: Option<&Caller>) -> Pipeline {
    match caller.map(|caller| crate::event::subject::platform(&caller.issuer)) {
        Some(Some(Platform::GithubActions)) => Pipeline::GitHub,
        Some(Some(Platform::GitlabCi)) => Pipeline::GitLab,
        _ => Pipeline::Other,
    }
}

/// Stands where the roll does not know an account.
const ACCOUNT: &str = "ACCOUNT_ID";
/// Stands where the roll does not know a project.
const PROJECT: &str = "PROJECT_NUMBER";

fn documents(door: Door, caller: &Caller, holder: &Holder<'_>) -> Vec<AdviceDocument> {
    let json_of = |label: &str, value: &Value| AdviceDocument {
        label: label.to_owned(),
        text: serde_json::to_string_pretty(value).unwrap_or_default(),
    };
    match door {
        Door::Aws => vec![json_of("Trust policy of the role", &aws(caller, holder))],
        Door::Google => vec![json_of(
            "Workload identity provider",
            &google(caller, holder),
        )],
        Door::Entra => vec![json_of(
            "Federated credential of the application",
            &entra(caller, holder),
        )],
        Door::GitHub => vec![AdviceDocument {
            label: "octo-sts trust policy".to_owned(),
            text: octo_sts(caller),
        }],
        Door::Database | Door::Ssh | Door::Elsewhere => {
            vec![json_of("Vault JWT role", &vault(caller, holder))]
        }
        Door::Signing => Vec::new(),
    }
}

fn aws(caller: &Caller, holder: &Holder<'_>) -> Value {
    let host = caller
        .issuer
        .trim_start_matches("https://")
        .trim_end_matches('/');
    let account = holder
        .selectors
        .iter()
        .filter(|s| matches!(s.kind, SelectorKind::AwsUser | SelectorKind::AwsRole))
        .find_map(|s| s.value.split(':').nth(4))
        .filter(|account| account.len() == 12)
        .unwrap_or(ACCOUNT);
    let mut exact = serde_json::Map::new();
    exact.insert(format!("{host}:aud"), json!("sts.amazonaws.com"));
    exact.insert(format!("{host}:sub"), json!(caller.subject));
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"Federated": format!("arn:aws:iam::{account}:oidc-provider/{host}")},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": exact},
        }],
    })
}

fn google(caller: &Caller, holder: &Holder<'_>) -> Value {
    let quoted = caller.subject.replace('\\', "\\\\").replace('\'', "\\'");
    let mut provider = json!({
        "name": format!("projects/{PROJECT}/locations/global/workloadIdentityPools/pipelines/providers/{}", slug(holder.name, 32)),
        "state": "ACTIVE",
        "oidc": {"issuerUri": caller.issuer},
        "attributeMapping": {"google.subject": "assertion.sub"},
        "attributeCondition": format!("assertion.sub == '{quoted}'"),
    });
    let account = holder
        .selectors
        .iter()
        .find(|s| s.kind == SelectorKind::GcpServiceAccount);
    if let (Some(account), Some(map)) = (account, provider.as_object_mut()) {
        map.insert("serviceAccount".to_owned(), json!(account.value));
    }
    provider
}

fn entra(caller: &Caller, holder: &Holder<'_>) -> Value {
    json!({
        "name": slug(holder.name, 120),
        "issuer": caller.issuer,
        "subject": caller.subject,
        "audiences": ["api://AzureADTokenExchange"],
    })
}

fn vault(caller: &Caller, holder: &Holder<'_>) -> Value {
    json!({
        "role_type": "jwt",
        "user_claim": "sub",
        "bound_audiences": ["https://vault.example.com"],
        "bound_claims_type": "string",
        "bound_claims": {"sub": caller.subject},
        "token_policies": [slug(holder.name, 60)],
        "token_ttl": "15m",
        "token_max_ttl": "15m",
    })
}

fn octo_sts(caller: &Caller) -> String {
    // JSON strings are YAML strings.
    format!(
        "issuer: {}\nsubject: {}\n\npermissions:\n  contents: read\n",
        json!(caller.issuer),
        json!(caller.subject)
    )
}

/// Letters, digits and hyphens, as names at providers are written.
fn slug(name: &str, most: usize) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.truncate(most);
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests;
