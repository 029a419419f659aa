//! The join of pipelines and trusts: each job, the subjects its tokens can have, and the identities they open.
//!
//! A workflow that no trust speaks of is harmless here; a trust that no workflow can use is dead; a job that runs for
//! strangers and opens a production role is what this file is for. What protects branches and environments joins in
//! (see [`super::governance`]).

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::governance::Governance;
use super::issuer::Platform;
use super::lint::Severity;
use super::lint::join::{self, Job};
use super::subject::shape;
use super::{Decision, Facts, Token, Trust};

/// The repository the workflows are of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Home {
    /// `owner/name`.
    pub name: String,
    /// Ids of owner and repository, where they are known: then the subjects with ids are tried too.
    pub ids: Option<(String, String)>,
    /// Default branch; `main` when empty.
    pub default_branch: String,
}

/// An identity and the trust that guards it.
#[derive(Debug, Clone, Copy)]
pub struct Guarded<'a> {
    /// The identity's name, or the document's.
    pub name: &'a str,
    /// Its trust.
    pub trust: &'a Trust,
}

/// A job that can become an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// Workflow file.
    pub path: String,
    /// Job.
    pub job: String,
    /// What it runs for.
    pub events: Vec<String>,
    /// The subject its token has.
    pub subject: String,
    /// The identity it opens.
    pub identity: String,
    /// It cannot be told for certain.
    pub uncertain: bool,
}

/// What is wrong with how pipelines and trusts meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Meeting {
    /// Rule id.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// What is wrong here.
    pub message: String,
    /// The identity it is about.
    pub identity: String,
    /// The workflow file; empty when it is about none.
    pub path: String,
    /// What to do.
    pub fix: &'static str,
}

/// What the join gives.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Joined {
    /// Every job with every identity it can become.
    pub reaches: Vec<Reach>,
    /// What is wrong.
    pub findings: Vec<Meeting>,
}

/// Joins the workflows of one repository with trusts.
pub fn join(
    home: &Home,
    workflows: &BTreeMap<String, String>,
    trusts: &[Guarded],
    rules: &Governance,
) -> Joined {
    let jobs: Vec<Job> = workflows
        .iter()
        .flat_map(|(path, text)| join::jobs(path, text))
        .collect();
    let mut joined = Joined::default();
    for guarded in trusts {
        let mut reached = false;
        for job in jobs.iter().filter(|job| job.id_token) {
            let found = reach(home, job, guarded);
            reached |= !found.is_empty() || job.open;
            if !found.is_empty() && job.untrusted && job.checks_out_head {
                joined.findings.push(Meeting {
                    rule: "reachable-by-pull-request-target",
                    severity: Severity::Critical,
                    message: format!(
                        "{} trusts what job {} carries, and the job runs for {} with the author's code and an id-token",
                        guarded.name,
                        job.name,
                        job.events.join(", ")
                    ),
                    identity: guarded.name.to_owned(),
                    path: job.path.clone(),
                    fix: "Take id-token away from the job, or bind an environment it does not name.",
                });
            }
            joined.reaches.extend(found);
        }
        if !reached && names(guarded.trust, &home.name) {
            joined.findings.push(Meeting {
                rule: "dead-trust",
                severity: Severity::Info,
                message: format!(
                    "{} trusts {}, but no job there can have a subject it accepts",
                    guarded.name, home.name
                ),
                identity: guarded.name.to_owned(),
                path: String::new(),
                fix: "Remove the trust, or put its subject right.",
            });
        }
    }
    shared(&mut joined);
    gates(home, rules, &mut joined);
    joined.findings.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then_with(|| a.message.cmp(&b.message))
    });
    joined.findings.dedup();
    joined
}

/// The subjects of a job that open an identity.
fn reach(home: &Home, job: &Job, guarded: &Guarded) -> Vec<Reach> {
    let branch = branch(home);
    let facts = Facts::default();
    let audience = guarded.trust.asked_audience(&facts);
    let mut heads = vec![format!("repo:{}", home.name)];
    if let (Some((owner_id, id)), Some((owner, name))) = (&home.ids, home.name.split_once('/')) {
        heads.push(format!("repo:{owner}@{owner_id}/{name}@{id}"));
    }
    let mut found: Vec<Reach> = Vec::new();
    for head in heads {
        for subject in job.subjects(&head, branch) {
            let token = token(home, job, &subject, &audience);
            let decision = guarded.trust.evaluate(&token, &facts).decision;
            let known = found.iter().any(|it| it.subject == subject);
            if decision != Decision::Deny && !known {
                found.push(Reach {
                    path: job.path.clone(),
                    job: job.name.clone(),
                    events: job.events.clone(),
                    subject,
                    identity: guarded.name.to_owned(),
                    uncertain: decision == Decision::Unknown,
                });
            }
        }
    }
    found
}

fn branch(home: &Home) -> &str {
    if home.default_branch.is_empty() {
        "main"
    } else {
        &home.default_branch
    }
}

/// The token of a job with this subject.
fn token(home: &Home, job: &Job, subject: &str, audience: &str) -> Token {
    let owner = home.name.split('/').next().unwrap_or_default();
    let context = subject.splitn(3, ':').nth(2).unwrap_or_default();
    let reference = context
        .strip_prefix("ref:")
        .map_or_else(|| format!("refs/heads/{}", branch(home)), str::to_owned);
    let workflow = format!(
        "{}/{}@{reference}",
        home.name,
        job.path.trim_start_matches("./")
    );
    let mut claims = json!({
        "iss": "https://token.actions.githubusercontent.com", "sub": subject, "aud": audience,
        "repository": home.name, "repository_owner": owner, "ref": reference,
        "workflow_ref": workflow, "job_workflow_ref": workflow,
    });
    if let [event] = job.events.as_slice() {
        claims["event_name"] = event.as_str().into();
    }
    if let Some(environment) = context.strip_prefix("environment:") {
        claims["environment"] = environment.into();
    }
    if let Some((owner_id, id)) = &home.ids {
        claims["repository_owner_id"] = owner_id.as_str().into();
        claims["repository_id"] = id.as_str().into();
    }
    match claims {
        Value::Object(map) => map.into_iter().collect(),
        _ => Token::default(),
    }
}

/// The trust names this repository in a subject or claim.
fn names(trust: &Trust, repository: &str) -> bool {
    trust
        .document
        .grants(&Facts::default())
        .iter()
        .any(|grant| {
            let Some(issuer) = grant
                .issuer
                .as_ref()
                .filter(|it| it.platform == Platform::GitHub)
            else {
                return false;
            };
            let by_subject = grant.on("sub").flat_map(|it| &it.values).any(|value| {
                shape(issuer, value)
                    .project
                    .fixed()
                    .is_some_and(|project| project.eq_ignore_ascii_case(repository))
            });
            by_subject
                || grant
                    .pinned("repository")
                    .is_some_and(|all| all.iter().any(|it| it.eq_ignore_ascii_case(repository)))
        })
}

/// Two identities that one subject opens.
fn shared(joined: &mut Joined) {
    let mut by_subject: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for it in &joined.reaches {
        let identities = by_subject.entry(&it.subject).or_default();
        if !identities.contains(&it.identity.as_str()) {
            identities.push(&it.identity);
        }
    }
    let found: Vec<Meeting> = by_subject
        .into_iter()
        .filter(|(_, identities)| identities.len() > 1)
        .map(|(subject, identities)| Meeting {
            rule: "transitive",
            severity: Severity::Medium,
            message: format!("{subject} may become {}", identities.join(" and ")),
            identity: identities[0].to_owned(),
            path: String::new(),
            fix: "Give building and deploying jobs subjects of their own, best by environment.",
        })
        .collect();
    joined.findings.extend(found);
}

/// What protects the branch or environment a subject speaks of.
fn gates(home: &Home, rules: &Governance, joined: &mut Joined) {
    let mut found = Vec::new();
    for it in &joined.reaches {
        let context = it.subject.splitn(3, ':').nth(2).unwrap_or_default();
        let mut say = |rule, severity, message: String, fix| {
            found.push(Meeting {
                rule,
                severity,
                message,
                identity: it.identity.clone(),
                path: it.path.clone(),
                fix,
            });
        };
        if let Some(name) = context.strip_prefix("ref:refs/heads/") {
            if rules.branch(name) == Some(false) {
                say(
                    "trust-on-unprotected-branch",
                    Severity::High,
                    format!(
                        "{} trusts {name} of {}, which nothing protects",
                        it.identity, home.name
                    ),
                    "Protect the branch with required reviews, or bind an environment with reviewers.",
                );
            }
        } else if let Some(name) = context.strip_prefix("environment:") {
            let name = name.replace("%3A", ":");
            match rules.environment(&name) {
                Some(gate) if !gate.reviewed => say(
                    "trust-on-environment-without-reviewers",
                    Severity::Medium,
                    format!(
                        "{} trusts the environment {name}, which no one has to approve",
                        it.identity
                    ),
                    "Require reviewers for the environment.",
                ),
                Some(gate) if gate.self_review => say(
                    "environment-reviewed-by-its-authors",
                    Severity::Medium,
                    format!(
                        "{} trusts the environment {name}, where who asked may approve",
                        it.identity
                    ),
                    "Prevent self-review, and name reviewers outside the team.",
                ),
                _ => {}
            }
        }
    }
    joined.findings.extend(found);
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::trust::read;

    fn trust(pattern: &str) -> Trust {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}},"StringLike":{{"token.actions.githubusercontent.com:sub":"{pattern}"}}}}}}]}}"#
        );
        read(text.as_bytes(), None).unwrap()
    }

    fn files() -> BTreeMap<String, String> {
        let permissions = "permissions: {id-token: write, contents: read}\n";
        [
            (".github/workflows/pr.yml", format!("on: pull_request_target\n{permissions}jobs:\n  test:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v4\n        with: {{ref: '${{{{ github.event.pull_request.head.sha }}}}'}}\n")),
            (".github/workflows/deploy.yml", format!("on: {{push: {{branches: [main]}}}}\n{permissions}jobs:\n  deploy:\n    environment: production\n    runs-on: x\n    steps: [{{run: ./deploy}}]\n")),
        ]
        .map(|(path, text)| (path.to_owned(), text))
        .into()
    }

    fn home() -> Home {
        Home {
            name: "acme/app".into(),
            ids: Some(("1".into(), "2".into())),
            ..Home::default()
        }
    }

    #[test]
    fn jobs_meet_the_identities_they_open() {
        let (main, deploy, dead, stranger) = (
            trust("repo:acme/app:ref:refs/heads/main"),
            trust("repo:acme@1/app@2:environment:production"),
            trust("repo:acme/app:environment:staging"),
            trust("repo:acme/other:*"),
        );
        let guarded = |name, trust| Guarded { name, trust };
        let all = [
            guarded("main", &main),
            guarded("deploy", &deploy),
            guarded("dead", &dead),
            guarded("other", &stranger),
        ];
        let joined = join(&home(), &files(), &all, &Governance::default());
        let opened: Vec<(&str, &str)> = joined
            .reaches
            .iter()
            .map(|it| (it.job.as_str(), it.identity.as_str()))
            .collect();
        assert_eq!(opened, [("test", "main"), ("deploy", "deploy")]);
        let rules: Vec<(&str, &str)> = joined
            .findings
            .iter()
            .map(|it| (it.rule, it.identity.as_str()))
            .collect();
        assert_eq!(
            rules,
            [
                ("reachable-by-pull-request-target", "main"),
                ("dead-trust", "dead")
            ]
        );
    }

    #[test]
    fn two_roles_of_one_subject_and_what_protects_it() {
        let (build, deploy) = (
            trust("repo:acme/app:environment:production"),
            trust("repo:acme/app:*"),
        );
        let all = [
            Guarded {
                name: "build",
                trust: &build,
            },
            Guarded {
                name: "deploy",
                trust: &deploy,
            },
        ];
        let open = r#"{"environments":[{"name":"production","protection_rules":[]}]}"#;
        let rules = Governance::read(&[open]).unwrap();
        let joined = join(&home(), &files(), &all, &rules);
        let found: Vec<&str> = joined.findings.iter().map(|it| it.rule).collect();
        assert!(found.contains(&"transitive"), "{found:?}");
        assert!(
            found.contains(&"trust-on-environment-without-reviewers"),
            "{found:?}"
        );
        let unprotected = Governance::read(&[r#"[{"name":"main","protected":false}]"#]).unwrap();
        let joined = join(&home(), &files(), &all, &unprotected);
        assert!(
            joined
                .findings
                .iter()
                .any(|it| it.rule == "trust-on-unprotected-branch")
        );
    }
}
