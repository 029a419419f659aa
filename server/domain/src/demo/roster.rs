//! The roster: one line of `roster.csv` is one identity, in the words of somebody who knows the company.

use contract::identities::Environment;

use super::people::table;

/// How an identity proves itself and where it lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recipe {
    /// GitHub Actions by federation.
    Github,
    /// GitHub Actions with a stored AWS key.
    GithubKey,
    /// GitLab CI by federation.
    Gitlab,
    /// GitLab CI with a stored password.
    GitlabKey,
    /// Azure DevOps by federation.
    AzureDevops,
    /// A role a running service holds.
    AwsRole,
    /// An IAM user with an access key.
    AwsUser,
    /// An Entra application with a client secret.
    EntraSecret,
    /// An Entra application with a federated credential.
    EntraFederated,
    /// A Google service account with a key.
    GoogleKey,
    /// A Google service account by federation.
    GoogleFederated,
    /// A Kubernetes service account.
    Kubernetes,
    /// A Vault role that trusts tokens.
    VaultJwt,
    /// A database account with a password.
    Database,
    /// A GitHub App with its key.
    GithubApp,
    /// A machine user with a token.
    MachineUser,
    /// An Okta service app with an API key.
    Okta,
    /// An account at a supplier, of which no source tells.
    Vendor,
}

/// One line.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub team: String,
    pub owner: String,
    pub backup: String,
    pub name: String,
    pub recipe: Recipe,
    /// Repository, account, role or `namespace:name`.
    pub place: String,
    /// Codes of `grants`; with `!` it never uses it.
    pub grants: Vec<(String, bool)>,
    /// Type and age in days of a stored credential; `None` is unknown.
    pub stored: Option<(String, Option<i64>)>,
    pub environments: Vec<Environment>,
    /// Days since it was approved.
    pub age: i64,
    /// Runs on a hundred weekdays.
    pub rate: u64,
    pub ticket: String,
    pub purpose: String,
    pub because: String,
    pub twists: Vec<String>,
}

impl Line {
    /// Whether its story has this turn.
    pub fn has(&self, twist: &str) -> bool {
        self.twists.iter().any(|t| t == twist)
    }

    /// What follows `word:` among the turns.
    pub fn told(&self, word: &str) -> Option<&str> {
        self.twists
            .iter()
            .find_map(|t| t.strip_prefix(word)?.strip_prefix(':'))
    }

    /// The environment it mostly acts in, by the name its platform uses.
    pub fn environment(&self) -> &'static str {
        match self.environments.first() {
            Some(Environment::Production) => "production",
            Some(Environment::Staging) => "staging",
            _ => "development",
        }
    }

    /// Last part of a path or a namespaced name: what its resources are called.
    pub fn base(&self) -> &str {
        self.place.rsplit(['/', ':']).next().unwrap_or(&self.place)
    }

    /// The pipeline's part after the repository: `deploy`, `release`, `run`.
    pub fn workflow(&self) -> &str {
        self.name.split(" · ").nth(1).unwrap_or("main")
    }
}

/// Every line of the roster.
pub(super) fn lines() -> Vec<Line> {
    table(include_str!("roster.csv"))
        .into_iter()
        .map(|row| line(&row))
        .collect()
}

fn line(row: &[String]) -> Line {
    let [
        team,
        owner,
        backup,
        name,
        recipe,
        place,
        grants,
        credential,
        environments,
        age,
        rate,
        ticket,
        purpose,
        because,
        twist,
    ] = row
    else {
        unreachable!("fifteen columns in roster.csv")
    };
    Line {
        team: team.clone(),
        owner: owner.clone(),
        backup: backup.clone(),
        name: name.clone(),
        recipe: recipe_of(recipe),
        place: place.clone(),
        grants: grants
            .split_whitespace()
            .map(|code| (code.trim_end_matches('!').to_owned(), !code.ends_with('!')))
            .collect(),
        stored: credential
            .split_once(':')
            .map(|(word, age)| (word.to_owned(), age.parse().ok())),
        environments: environments.chars().filter_map(environment_of).collect(),
        age: age.parse().expect("ages are days"),
        rate: rate.parse().expect("rates are runs on a hundred weekdays"),
        ticket: ticket.clone(),
        purpose: purpose.clone(),
        because: because.clone(),
        twists: twist.split_whitespace().map(str::to_owned).collect(),
    }
}

fn environment_of(letter: char) -> Option<Environment> {
    match letter {
        'p' => Some(Environment::Production),
        's' => Some(Environment::Staging),
        'd' => Some(Environment::Development),
        _ => None,
    }
}

fn recipe_of(word: &str) -> Recipe {
    match word {
        "gh" => Recipe::Github,
        "gh-key" => Recipe::GithubKey,
        "gl" => Recipe::Gitlab,
        "gl-key" => Recipe::GitlabKey,
        "ado" => Recipe::AzureDevops,
        "role" => Recipe::AwsRole,
        "user" => Recipe::AwsUser,
        "entra" => Recipe::EntraSecret,
        "entra-fic" => Recipe::EntraFederated,
        "gsa" => Recipe::GoogleKey,
        "gsa-wif" => Recipe::GoogleFederated,
        "ksa" => Recipe::Kubernetes,
        "vjwt" => Recipe::VaultJwt,
        "dbuser" => Recipe::Database,
        "app" => Recipe::GithubApp,
        "pat" => Recipe::MachineUser,
        "okta" => Recipe::Okta,
        "vendor" => Recipe::Vendor,
        other => unreachable!("no recipe {other}"),
    }
}
