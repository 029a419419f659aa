//! The join of pipelines and trusts: each job, the subjects its tokens can have, and the identities they open.
//!
//! A pipeline that no trust speaks of is harmless here; a trust that no job can use is dead; a job that runs for
//! strangers and opens a production role is what this file is for. What protects branches and environments joins in
//! (see [`super::governance`]).

mod claims;
mod gates;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::governance::Governance;
use super::issuer::Platform;
use super::jobs::{self, Job, Subject};
use super::lint::Severity;
use super::subject::shape;
use super::{Decision, Facts, Trust};

/// Where a repository lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Forge {
    /// GitHub.
    #[default]
    Github,
    /// GitLab.
    Gitlab,
}

impl Forge {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
        }
    }

    /// The forge of a word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Github, Self::Gitlab]
            .into_iter()
            .find(|it| it.as_str() == word)
    }

    const fn platform(self) -> Platform {
        match self {
            Self::Github => Platform::GitHub,
            Self::Gitlab => Platform::GitLab,
        }
    }
}

/// The repository the pipelines are of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Home {
    /// Where it lives.
    pub forge: Forge,
    /// `owner/name`.
    pub name: String,
    /// Ids of owner and repository, where they are known: then the subjects with ids are tried too.
    pub ids: Option<(String, String)>,
    /// Default branch; `main` when empty.
    pub default_branch: String,
    /// Address of a forge of one's own, as `https://gitlab.acme.test`; empty for the vendor's.
    pub host: String,
}

/// An identity and the trust that guards it.
#[derive(Debug, Clone, Copy)]
pub struct Guarded<'a> {
    /// The identity's name, or the document's.
    pub name: &'a str,
    /// What the trust guards, e.g. the role's ARN; empty when it is not told.
    pub target: &'a str,
    /// Its trust.
    pub trust: &'a Trust,
}

/// A job that can become an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// Pipeline file.
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
    /// The branch the subject names.
    #[serde(skip)]
    pub(crate) branch: Option<String>,
    /// The environment the trust asks for.
    #[serde(skip)]
    pub(crate) environment: Option<String>,
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
    /// The pipeline file; empty when it is about none.
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

/// Rules of the join with why each matters.
pub const MEETINGS: &[(&str, &str)] = &[
    (
        "reachable-by-pull-request-target",
        "Whoever opens a pull request has their code run with a token this identity accepts.",
    ),
    (
        "dead-trust",
        "A way in that nobody uses is one that nobody watches.",
    ),
    (
        "unused-identity",
        "A job asks for an identity that will refuse it: one of the two is not what its author believes.",
    ),
    (
        "transitive",
        "Who may build may deploy: one subject opens both, so one step of the build holds the other’s rights.",
    ),
    (
        "trust-on-unprotected-branch",
        "Anybody who may push there becomes the identity without a second pair of eyes.",
    ),
    (
        "trust-on-environment-without-reviewers",
        "The environment looks like a gate, and nobody stands at it.",
    ),
    (
        "environment-reviewed-by-its-authors",
        "Whoever asks for the deployment may wave it through.",
    ),
];

/// The jobs of files, each by its path.
pub fn jobs_of(files: &BTreeMap<String, String>) -> Vec<Job> {
    files
        .iter()
        .flat_map(|(path, text)| jobs::jobs(path, text))
        .collect()
}

/// Joins the jobs of one repository with trusts.
pub fn join(home: &Home, jobs: &[Job], trusts: &[Guarded], rules: &Governance) -> Joined {
    let mut home = home.clone();
    if home.default_branch.is_empty() {
        rules
            .default_branch()
            .unwrap_or("main")
            .clone_into(&mut home.default_branch);
    }
    home.ids = home.ids.or_else(|| rules.ids());
    let mut joined = Joined::default();
    for guarded in trusts {
        one(&home, jobs, guarded, rules, &mut joined);
    }
    shared(&mut joined);
    gates::judge(&home, rules, &mut joined);
    joined.findings.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then_with(|| a.message.cmp(&b.message))
    });
    joined.findings.dedup();
    joined
}

/// One trust with every job.
fn one(home: &Home, jobs: &[Job], guarded: &Guarded, rules: &Governance, joined: &mut Joined) {
    let mut reached = false;
    let mut asked: Option<&Job> = None;
    for job in jobs.iter().filter(|job| job.id_token) {
        let found = reach(home, job, guarded, rules);
        reached |= !found.is_empty() || job.open;
        let opens = !found.is_empty();
        if opens && job.untrusted && job.checks_out_head {
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
        if !opens && !job.open && job.asks.iter().any(|it| is_asked(it, guarded)) {
            asked = Some(job);
        }
        joined.reaches.extend(found);
    }
    if let Some(job) = asked {
        joined.findings.push(Meeting {
            rule: "unused-identity",
            severity: Severity::Low,
            message: format!(
                "job {} asks for {}, which accepts no subject the job can have",
                job.name, guarded.name
            ),
            identity: guarded.name.to_owned(),
            path: job.path.clone(),
            fix: "Put the trust's subject right, or take the login out of the job.",
        });
    } else if !reached && names(home, guarded.trust) {
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

/// The job names this identity for its login.
fn is_asked(asked: &str, guarded: &Guarded) -> bool {
    let same = |other: &str| !other.is_empty() && other.eq_ignore_ascii_case(asked);
    same(guarded.target) || same(guarded.name)
}

/// The subjects of a job that open an identity.
fn reach(home: &Home, job: &Job, guarded: &Guarded, rules: &Governance) -> Vec<Reach> {
    let facts = Facts::default();
    let asked = guarded.trust.asked_audience(&facts);
    let audiences: Vec<&str> = if job.audiences.is_empty() {
        vec![&asked]
    } else {
        job.audiences.iter().map(String::as_str).collect()
    };
    let asks_environment = home.forge == Forge::Github || binds(guarded.trust, "environment");
    let mut found: Vec<Reach> = Vec::new();
    for head in claims::heads(home) {
        for subject in job.subjects(home.forge.platform(), &head, &home.default_branch) {
            let decisions = audiences.iter().map(|audience| {
                let token = claims::token(home, job, &subject, audience, rules);
                guarded.trust.evaluate(&token, &facts).decision
            });
            let decision = decisions.fold(Decision::Deny, |whole, one| match (whole, one) {
                (Decision::Allow, _) | (_, Decision::Allow) => Decision::Allow,
                (Decision::Unknown, _) | (_, Decision::Unknown) => Decision::Unknown,
                _ => Decision::Deny,
            });
            if decision != Decision::Deny && !found.iter().any(|it| it.subject == subject.text) {
                found.push(reached(job, guarded, subject, decision, asks_environment));
            }
        }
    }
    found
}

fn reached(
    job: &Job,
    guarded: &Guarded,
    subject: Subject,
    decision: Decision,
    asks_environment: bool,
) -> Reach {
    Reach {
        path: job.path.clone(),
        job: job.name.clone(),
        events: job.events.clone(),
        subject: subject.text,
        identity: guarded.name.to_owned(),
        uncertain: decision == Decision::Unknown,
        branch: subject.branch,
        environment: subject.environment.filter(|_| asks_environment),
    }
}

/// The trust asks for a claim.
fn binds(trust: &Trust, claim: &str) -> bool {
    let grants = trust.document.grants(&Facts::default());
    grants.iter().any(|grant| grant.binds(claim))
}

/// The trust names this repository in a subject or claim.
fn names(home: &Home, trust: &Trust) -> bool {
    let platform = home.forge.platform();
    let (path, id) = match home.forge {
        Forge::Github => ("repository", "repository_id"),
        Forge::Gitlab => ("project_path", "project_id"),
    };
    trust
        .document
        .grants(&Facts::default())
        .iter()
        .any(|grant| {
            let issuer = grant.issuer.as_ref().filter(|it| it.platform == platform);
            let Some(issuer) = issuer else {
                return false;
            };
            let is_home = |text: &str| text.eq_ignore_ascii_case(&home.name);
            let by_subject = grant.on("sub").flat_map(|it| &it.values).any(|value| {
                let shape = shape(issuer, value);
                shape.project.fixed().is_some_and(is_home)
            });
            let by_id = home
                .ids
                .as_ref()
                .is_some_and(|(_, known)| grant.pinned(id).is_some_and(|all| all.contains(known)));
            by_subject
                || by_id
                || grant
                    .pinned(path)
                    .is_some_and(|all| all.iter().any(|it| is_home(it)))
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
