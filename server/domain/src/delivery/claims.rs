//! Which tokens of an issuer may deliver to a source: by their subject and further claims.
//!
//! The issuer is shared by strangers (every repository of GitHub has a token of the same issuer), so a rule that
//! leaves the owner open is no rule.

use serde_json::{Map, Value};

use crate::event::subject::{self, GITHUB_ISSUER};
use crate::trust::glob;

/// Longest rule, in characters of subject or of one claim.
const LONGEST: usize = 512;
/// Most further claims.
const MOST: usize = 20;

/// What a token must say beside issuer and audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its subject; `*` is any run of characters. One that names a repository without GitHub's numeric ids admits the
    /// form with them; ids that it names must be the token's.
    pub subject: String,
    /// Further claims and their exact values.
    pub claims: Vec<(String, String)>,
}

/// What is wrong with a rule: the field, `subject` or `claims`, and what would be right.
pub type Wrong = (&'static str, String);

impl Rule {
    /// Reads a rule as it is typed: the subject, and one `claim=value` a line.
    ///
    /// # Errors
    /// [`Wrong`] when it is unreadable, or lets in tokens of anybody.
    pub fn read(subject: &str, claims: &str) -> Result<Self, Wrong> {
        let subject = subject.trim().to_owned();
        if subject.is_empty() || subject.len() > LONGEST {
            return Err((
                "subject",
                "Say which subject may deliver, such as repo:acme/shop:environment:production."
                    .to_owned(),
            ));
        }
        let lines = claims
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        let claims = lines
            .map(|line| {
                let (name, value) = line.split_once('=').unwrap_or_default();
                let (name, value) = (name.trim(), value.trim());
                if name.is_empty() || value.is_empty() || line.len() > LONGEST {
                    return Err((
                        "claims",
                        format!(
                            "“{}” is not claim=value.",
                            line.chars().take(60).collect::<String>()
                        ),
                    ));
                }
                Ok((name.to_owned(), value.to_owned()))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if claims.len() > MOST {
            return Err(("claims", format!("At most {MOST} claims.")));
        }
        let fixed = subject.split('*').next().unwrap_or_default();
        if fixed.len() < subject.len() && !fixed.contains('/') && claims.is_empty() {
            return Err((
                "subject",
                "That admits strangers: let “*” stand only after the owner, as in repo:acme/*, or ask for a claim only yours have."
                    .to_owned(),
            ));
        }
        Ok(Self { subject, claims })
    }

    /// Judges verified claims.
    ///
    /// # Errors
    /// Which claim does not fit.
    pub fn admits(&self, claims: &Map<String, Value>) -> Result<(), String> {
        let subject = claims
            .get("sub")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let wanted = glob::stars(&self.subject, false);
        if !forms(subject, claims)
            .iter()
            .any(|form| glob::matches(&wanted, form))
        {
            return Err(format!("the subject is {}", shown(subject)));
        }
        for (name, wanted) in &self.claims {
            let Some(found) = text(claims, name) else {
                return Err(format!("it has no plain claim {name}"));
            };
            if found != *wanted {
                return Err(format!("its {name} is {}", shown(&found)));
            }
        }
        Ok(())
    }
}

/// The forms of one subject. GitHub writes a repository by name or, immutably, with the ids of owner and repository;
/// whichever it wrote, a rule may ask for the names alone, for the ids too, or for one of the ids.
fn forms(subject: &str, claims: &Map<String, Value>) -> Vec<String> {
    let mut forms = vec![subject.to_owned()];
    let Some(repository) = subject::parse(GITHUB_ISSUER, subject).repository else {
        return forms;
    };
    let (owner, name) = (&repository.owner, &repository.name);
    let ids = repository
        .owner_id
        .as_ref()
        .zip(repository.repository_id.as_ref());
    let numbered = ids.map(|(owner_id, id)| format!("{owner}@{owner_id}/{name}@{id}"));
    let written = numbered
        .filter(|numbered| subject.contains(numbered))
        .unwrap_or_else(|| repository.full_name());
    // A subject by name: the token says the ids beside it.
    let beside = || {
        let is_same = text(claims, "repository")? == repository.full_name();
        let id =
            |name| text(claims, name).filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()));
        is_same.then_some(())?;
        id("repository_owner_id").zip(id("repository_id"))
    };
    let ids = ids.map(|(owner_id, id)| (owner_id.clone(), id.clone()));
    let Some((owner_id, id)) = ids.or_else(beside) else {
        return forms;
    };
    for owner in [owner.clone(), format!("{owner}@{owner_id}")] {
        for name in [name.clone(), format!("{name}@{id}")] {
            forms.push(subject.replacen(&written, &format!("{owner}/{name}"), 1));
        }
    }
    forms
}

/// A plain claim as text.
fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    match claims.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(value @ (Value::Bool(_) | Value::Number(_))) => Some(value.to_string()),
        _ => None,
    }
}

fn shown(text: &str) -> String {
    text.chars().take(120).filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_subject_and_further_claims_must_all_fit() {
        let rule = Rule::read(
            "repo:acme/shop:*",
            "repository_owner_id=42\n runner_environment = github-hosted \n",
        )
        .expect("a rule");
        let token = json!({"sub": "repo:acme/shop:ref:refs/heads/main", "repository_owner_id": "42", "runner_environment": "github-hosted"});
        assert_eq!(rule.admits(&claims(&token)), Ok(()));
        let number = json!({"sub": "repo:acme/shop:x", "repository_owner_id": 42, "runner_environment": "github-hosted"});
        assert_eq!(rule.admits(&claims(&number)), Ok(()));
        for (name, value) in [
            ("sub", json!("repo:acme/shop2:ref:refs/heads/main")),
            ("sub", json!("repo:evil/shop:x")),
            ("sub", json!(["repo:acme/shop:x"])),
            ("repository_owner_id", json!("43")),
            ("repository_owner_id", json!(["42"])),
            ("runner_environment", Value::Null),
        ] {
            let mut bent = token.clone();
            bent[name] = value;
            assert!(rule.admits(&claims(&bent)).is_err(), "{bent}");
        }
    }

    #[test]
    fn a_repository_is_the_same_with_and_without_its_ids() {
        let named = json!({"sub": "repo:acme/shop:ref:refs/heads/main", "repository": "acme/shop",
            "repository_owner_id": "1", "repository_id": 2});
        let immutable = json!({"sub": "repo:acme@1/shop@2:ref:refs/heads/main"});
        let admitted = |rule: &str, token: &Value| {
            let rule = Rule::read(rule, "").expect("a rule");
            rule.admits(&claims(token)).is_ok()
        };
        for token in [&named, &immutable] {
            for rule in [
                "repo:acme/shop:*",
                "repo:acme/*",
                "repo:acme/shop:ref:refs/heads/main",
                "repo:acme@1/shop@2:*",
                "repo:acme@1/shop:*",
                "repo:acme/shop@2:ref:refs/heads/main",
                "repo:acme@1/*",
            ] {
                assert!(admitted(rule, token), "{rule} {token}");
            }
            for rule in [
                "repo:acme@3/shop@2:*",
                "repo:acme@1/shop@3:*",
                "repo:acme@3/*",
                "repo:acme/shop2:*",
                "repo:acme/shop:ref:refs/heads/other",
                "repo:shop/acme:*",
            ] {
                assert!(!admitted(rule, token), "{rule} {token}");
            }
        }
        // Ids are believed of the repository that the subject names, and of nothing else.
        for (name, value) in [
            ("repository", json!("acme/other")),
            ("repository_id", json!("2/x")),
            ("repository_owner_id", Value::Null),
        ] {
            let mut bent = named.clone();
            bent[name] = value;
            assert!(!admitted("repo:acme@1/shop@2:*", &bent), "{bent}");
            assert!(admitted("repo:acme/shop:*", &bent), "{bent}");
        }
        // What is no repository of GitHub's has one form.
        let account = json!({"sub": "system:serviceaccount:ci@1:rollcall@2"});
        assert!(!admitted("system:serviceaccount:ci:rollcall", &account));
    }

    #[test]
    fn a_rule_that_admits_strangers_is_none() {
        for subject in ["*", "repo:*", "repo:ac*", "", "   "] {
            assert_eq!(
                Rule::read(subject, "").map_err(|wrong| wrong.0),
                Err("subject"),
                "{subject}"
            );
        }
        for subject in [
            "repo:acme/*",
            "project_path:group/*",
            "system:serviceaccount:ci:rollcall",
        ] {
            assert!(Rule::read(subject, "").is_ok(), "{subject}");
        }
        // Google's subject is a number; the claim says whose it is.
        assert!(Rule::read("*", "email=push@acme.iam.gserviceaccount.com").is_ok());
        assert_eq!(
            Rule::read("repo:acme/*", "nonsense").map_err(|wrong| wrong.0),
            Err("claims")
        );
    }
}
