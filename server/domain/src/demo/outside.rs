//! The outside world of the demo: accounts, issuers, numeric ids and addresses, so that every part says the same.

use contract::identities::Environment;

use super::dice::Dice;
use super::roster::{Line, Recipe};

/// The code host's organisation and its numeric id.
pub const ORG: &str = "acme";
/// Its numeric id.
pub const ORG_ID: u64 = 10423;
/// Issuer of GitHub's tokens.
pub const GITHUB: &str = "https://token.actions.githubusercontent.com";
/// Issuer of our GitLab's tokens.
pub const GITLAB: &str = "https://gitlab.acme.example";
/// Issuer of the production cluster's tokens.
pub const CLUSTER: &str =
    "https://oidc.eks.eu-central-1.amazonaws.com/id/7A1C4E9B2D6F4830A5C1E7D29B48F603";
/// Issuer of Google's tokens.
pub const GOOGLE: &str = "https://accounts.google.com";
/// Issuer of Azure DevOps' tokens.
pub const AZURE_DEVOPS: &str = "https://vstoken.dev.azure.com/5d1f0c2e-77b4-4d0a-9f6e-3c8a2b914e57";
/// Issuer of the Entra tenant's tokens.
pub const ENTRA: &str =
    "https://login.microsoftonline.com/2f6e9d84-0b1c-4c57-8e3a-6a90d5f7b124/v2.0";
/// Issuer of Vault's tokens.
pub const VAULT: &str = "https://vault.acme.example/v1/identity/oidc";
/// Region of nearly everything.
pub const REGION: &str = "eu-central-1";
/// Account of production.
pub const PRODUCTION: &str = "471982203366";
/// Account of staging.
pub const STAGING: &str = "604417739025";
/// Account of builds and experiments.
pub const SHARED: &str = "338120956471";
/// Account of finance.
pub const FINANCE: &str = "815530264917";
/// Google project of production.
pub const PROJECT: &str = "acme-data-prod";

/// The AWS account an identity acts in.
pub fn account(line: &Line) -> &'static str {
    match line.environments.first() {
        Some(Environment::Production) => PRODUCTION,
        Some(Environment::Staging) => STAGING,
        _ => SHARED,
    }
}

/// Numeric id of a repository or project.
pub fn repository_id(place: &str) -> u64 {
    match place {
        "payments-api" => 88213,
        "ledger-worker" => 90127,
        _ => 40_000 + Dice::of(place, 3).below(58_000),
    }
}

/// `acme/repository`.
pub fn repository(place: &str) -> String {
    format!("{ORG}/{place}")
}

/// `acme@10423/repository@88213`.
pub fn numbered(place: &str) -> String {
    format!("{ORG}@{ORG_ID}/{place}@{}", repository_id(place))
}

/// Name of the role a pipeline takes.
pub fn role_name(line: &Line) -> String {
    if line.recipe == Recipe::AwsRole {
        return format!("{}-task", line.base());
    }
    let stage = match line.environments.first() {
        Some(Environment::Production) => "",
        Some(Environment::Staging) => "-staging",
        _ => "-dev",
    };
    format!("ci-{}-{}{stage}", line.base(), line.workflow())
}

/// ARN of the role.
pub fn role_arn(line: &Line) -> String {
    format!("arn:aws:iam::{}:role/{}", account(line), role_name(line))
}

/// Name of the IAM user of those who have one.
pub fn user_name(line: &Line) -> String {
    match line.recipe {
        Recipe::GithubKey => format!("ci-{}", line.base()),
        _ => format!("svc-{}", line.base()),
    }
}

/// ARN of the user.
pub fn user_arn(line: &Line) -> String {
    format!("arn:aws:iam::{}:user/{}", account(line), user_name(line))
}

/// E-mail of the Google service account.
pub fn google_account(line: &Line) -> String {
    format!("{}@{PROJECT}.iam.gserviceaccount.com", line.base())
}

/// Unique id of the Google service account, as its tokens carry it.
pub fn google_id(line: &Line) -> String {
    format!("1{:020}", Dice::of(&line.name, 5).bits())
}

/// Object id of the Entra service principal.
pub fn service_principal(line: &Line) -> String {
    Dice::of(&line.name, 6).guid()
}

/// Id of the federated credential.
pub fn federated_credential(line: &Line) -> String {
    Dice::of(&line.name, 7).guid()
}

/// Id of the Vault entity.
pub fn vault_entity(line: &Line) -> String {
    Dice::of(&line.name, 8).guid()
}

/// `system:serviceaccount:namespace:name`.
pub fn cluster_account(line: &Line) -> String {
    format!("system:serviceaccount:{}", line.place)
}

/// Subject of a GitLab job's token.
pub fn gitlab_subject(place: &str) -> String {
    format!("project_path:{ORG}/{place}:ref_type:branch:ref:main")
}

/// Subject of an Azure DevOps service connection's token.
pub fn azure_devops_subject(line: &Line) -> String {
    format!("sc://{ORG}/Internal/{}-{}", line.base(), line.environment())
}

/// Access key id of a user, or of the credential it shares.
pub fn access_key(line: &Line) -> String {
    let name = line.told("shared").unwrap_or(&line.name);
    Dice::of(name, 9).key("AKIA")
}

/// Token id of a machine user.
pub fn token_id(line: &Line) -> String {
    (2_000_000 + Dice::of(&line.name, 10).below(900_000)).to_string()
}
