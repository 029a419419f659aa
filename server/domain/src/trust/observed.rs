//! What was seen, beside what is admitted: claim sets as events tell them, summed up and judged by a trust.
//!
//! Events tell issuer, subject and some claims; the rest of a claim set is read out of the subject. What no event
//! tells (the audience, as a rule) is taken as the trust itself asks it: the assumption did happen.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::admits::Ring;
use super::glob::Pattern;
use super::issuer::{Issuer, Platform};
use super::source::{Span, Spanned};
use super::subject::{self, Part};
use super::{Decision, Facts, Outcome, Token, Trust, Verdict};

/// One distinct claim set, and how often it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Observed {
    /// Who signed: a URL, a host, or the ARN of a provider.
    pub issuer: String,
    /// Subject.
    pub subject: String,
    /// Who started it.
    pub actor: Option<String>,
    /// Repository, as `owner/name`.
    pub repository: Option<String>,
    /// Ref.
    pub git_ref: Option<String>,
    /// Environment.
    pub environment: Option<String>,
    /// How often.
    pub count: i64,
    /// When last.
    pub last: DateTime<Utc>,
}

/// Values of one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The claim, for people.
    pub claim: &'static str,
    /// Each value with how often and when last, most frequent first.
    pub values: Vec<(String, i64, DateTime<Utc>)>,
}

/// Whether a recorded assumption would pass a trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passing {
    /// It would.
    Yes,
    /// It would not; why.
    No(String),
    /// Its record does not tell enough; what is missing.
    Unknown(String),
}

/// The trust beside what came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reality {
    /// What it admits.
    pub admitted: Ring,
    /// How far what came reached; nothing when nothing came.
    pub seen: Option<Ring>,
    /// Unused breadth in a sentence.
    pub sentence: String,
}

impl Observed {
    /// The issuer as a URL.
    fn issuer_url(&self) -> String {
        let host = self
            .issuer
            .split_once(":oidc-provider/")
            .map_or(self.issuer.as_str(), |(_, host)| host);
        if host.contains("://") || host.is_empty() {
            host.to_owned()
        } else {
            format!("https://{host}")
        }
    }

    /// The claim set as far as it is known, with an audience.
    pub fn token(&self, audience: &str) -> Token {
        let issuer = self.issuer_url();
        let mut claims: Map<String, Value> = Map::new();
        let mut put = |name: &str, value: Option<&str>| {
            if let Some(value) = value.filter(|it| !it.is_empty()) {
                claims.insert(name.to_owned(), value.into());
            }
        };
        put("iss", Some(&issuer));
        put("sub", Some(&self.subject));
        put("aud", Some(audience));
        put("actor", self.actor.as_deref());
        put("environment", self.environment.as_deref());
        put("ref", self.git_ref.as_deref());
        match Issuer::of(&issuer).platform {
            Platform::GitHub => {
                put("repository", self.repository.as_deref());
                for (name, value) in github(&self.subject) {
                    put(name, Some(&value));
                }
            }
            Platform::GitLab => {
                put("project_path", self.repository.as_deref());
                for (name, value) in gitlab(&self.subject) {
                    put(name, Some(&value));
                }
            }
            _ => {}
        }
        claims.into_iter().collect()
    }

    /// Owner and project of the subject.
    fn place(&self) -> (Option<String>, Option<String>) {
        let issuer = Issuer::of(&self.issuer_url());
        let written = Spanned {
            text: self.subject.clone(),
            span: Span::default(),
        };
        let shape = subject::shape(&issuer, &Pattern::exact(&written));
        let fixed = |part: &Part| part.fixed().map(str::to_owned);
        if shape.known {
            (fixed(&shape.tenant), fixed(&shape.project))
        } else {
            (None, None)
        }
    }
}

/// Claims that a GitHub subject tells: `repo:OWNER[@ID]/NAME[@ID]:CONTEXT`.
fn github(subject: &str) -> Vec<(&'static str, String)> {
    let mut told = Vec::new();
    let Some((project, context)) = subject
        .strip_prefix("repo:")
        .and_then(|rest| rest.split_once(':'))
    else {
        return told;
    };
    let Some((owner, name)) = project.split_once('/') else {
        return told;
    };
    let parts = |text: &str| {
        let (name, id) = text.split_once('@').unwrap_or((text, ""));
        (name.to_owned(), id.to_owned())
    };
    let ((owner, owner_id), (name, id)) = (parts(owner), parts(name));
    told.push(("repository", format!("{owner}/{name}")));
    told.push(("repository_owner", owner));
    told.push(("repository_owner_id", owner_id));
    told.push(("repository_id", id));
    if let Some(environment) = context.strip_prefix("environment:") {
        told.push(("environment", environment.replace("%3A", ":")));
    } else if let Some(reference) = context.strip_prefix("ref:") {
        told.push(("ref", reference.to_owned()));
    } else if context == "pull_request" {
        told.push(("event_name", "pull_request".to_owned()));
    }
    told
}

/// Claims that a GitLab subject tells: `project_path:PATH:ref_type:KIND:ref:NAME`.
fn gitlab(subject: &str) -> Vec<(&'static str, String)> {
    let mut told = Vec::new();
    let Some((path, rest)) = subject
        .strip_prefix("project_path:")
        .and_then(|rest| rest.split_once(':'))
    else {
        return told;
    };
    told.push(("project_path", path.to_owned()));
    if let Some((namespace, _)) = path.rsplit_once('/') {
        told.push(("namespace_path", namespace.to_owned()));
    }
    if let Some((kind, name)) = rest
        .strip_prefix("ref_type:")
        .and_then(|rest| rest.split_once(":ref:"))
    {
        told.push(("ref_type", kind.to_owned()));
        told.push(("ref", name.to_owned()));
    }
    told
}

impl Trust {
    /// The audience a recorded token is taken to have had: one the trust asks.
    pub fn asked_audience(&self, facts: &Facts) -> String {
        let asked = self
            .document
            .grants(facts)
            .iter()
            .filter(|grant| grant.lives())
            .find_map(|grant| grant.pinned("aud")?.into_iter().next());
        asked.unwrap_or_else(|| match self.language {
            super::Language::Gcp => format!(
                "https://iam.googleapis.com/{}",
                self.provider_name().unwrap_or_else(|| {
                    "projects/1/locations/global/workloadIdentityPools/pool/providers/provider"
                        .to_owned()
                })
            ),
            super::Language::Entra => "api://AzureADTokenExchange".to_owned(),
            super::Language::OctoSts => "octo-sts.dev".to_owned(),
            _ => "sts.amazonaws.com".to_owned(),
        })
    }

    fn provider_name(&self) -> Option<String> {
        match &self.document {
            super::language::Document::Gcp(pool) => pool
                .providers
                .first()?
                .name
                .clone()
                .filter(|name| name.contains("/providers/")),
            _ => None,
        }
    }

    /// Whether a recorded assumption would pass.
    pub fn would_pass(&self, seen: &Observed, audience: &str, facts: &Facts) -> Passing {
        let verdict = self.evaluate(&seen.token(audience), facts);
        match verdict.decision {
            Decision::Allow => Passing::Yes,
            Decision::Unknown => Passing::Unknown(why(&verdict, &[Outcome::Unknown])),
            // A claim the record does not hold may have been in the token.
            Decision::Deny
                if verdict
                    .reasons
                    .iter()
                    .any(|it| it.outcome == Outcome::Absent) =>
            {
                Passing::Unknown(why(&verdict, &[Outcome::Absent]))
            }
            Decision::Deny => Passing::No(why(&verdict, &[Outcome::NotMatched])),
        }
    }

    /// The trust beside what came.
    pub fn reality(&self, seen: &[Observed], facts: &Facts) -> Reality {
        let admits = self.admits(facts);
        let reached = reached(seen);
        let subjects: BTreeSet<&str> = seen.iter().map(|it| it.subject.as_str()).collect();
        let projects: BTreeSet<String> = seen.iter().filter_map(|it| it.place().1).collect();
        let came = match (subjects.len(), projects.len()) {
            (0, _) => "nothing came".to_owned(),
            (1, _) => "one subject came".to_owned(),
            (many, 1) => format!("{many} subjects of one project came"),
            (many, 0) => format!("{many} subjects came"),
            (many, places) => format!("{many} subjects of {places} projects came"),
        };
        let gap = match reached {
            None => "whether it is used at all cannot be seen".to_owned(),
            Some(reached) if reached < admits.ring => {
                "what lies between has not been used".to_owned()
            }
            Some(_) => "it is no wider than what came".to_owned(),
        };
        Reality {
            admitted: admits.ring,
            seen: reached,
            sentence: format!("Admits {}; {came}: {gap}.", wide(admits.ring)),
        }
    }
}

fn wide(ring: Ring) -> &'static str {
    match ring {
        Ring::Exact => "exactly the subjects written out",
        Ring::Repository => "every ref, tag, environment and pull request of a project",
        Ring::Organisation => "every project of a whole organisation",
        Ring::Provider => "everybody on the provider",
        Ring::Anyone => "anyone",
    }
}

/// The narrowest ring that holds everything seen.
fn reached(seen: &[Observed]) -> Option<Ring> {
    let first = seen.first()?;
    let same = |of: &dyn Fn(&Observed) -> Option<String>| {
        let one = of(first);
        one.is_some() && seen.iter().all(|it| of(it) == one)
    };
    Some(if same(&|it| Some(it.subject.clone())) {
        Ring::Exact
    } else if same(&|it| it.place().1) {
        Ring::Repository
    } else if same(&|it| it.place().0) {
        Ring::Organisation
    } else {
        Ring::Provider
    })
}

fn why(verdict: &Verdict, outcomes: &[Outcome]) -> String {
    verdict
        .reasons
        .iter()
        .rev()
        .find(|it| outcomes.contains(&it.outcome))
        .map_or_else(
            || "no statement speaks of it".to_owned(),
            |it| format!("{}: {}", it.condition, it.text),
        )
}

/// The tightest document that still lets in what came by it; nothing when nothing came, when it cannot be read or made
/// tighter, and when it is as tight as that already.
pub fn tightest(
    language: Option<super::Language>,
    document: &str,
    seen: &[Observed],
) -> Option<String> {
    let trust = super::read(document.as_bytes(), language).ok()?;
    let facts = Facts::default();
    let audience = trust.asked_audience(&facts);
    let tokens: Vec<Token> = seen
        .iter()
        .filter(|it| trust.would_pass(it, &audience, &facts) == Passing::Yes)
        .map(|it| it.token(&audience))
        .collect();
    let tight = trust
        .tighten(&tokens, super::Wish::default(), &facts)
        .ok()?;
    let changed = tight.diff.iter().any(|line| !line.starts_with(' '));
    changed
        .then(|| serde_json::to_string_pretty(&tight.trust).ok())
        .flatten()
}

/// The values of each claim over everything seen.
pub fn sum_up(seen: &[Observed]) -> Vec<Seen> {
    type Read = fn(&Observed) -> Option<String>;
    let claims: [(&str, Read); 6] = [
        ("Subject", |it| Some(it.subject.clone())),
        ("Repository", |it| it.repository.clone()),
        ("Ref", |it| it.git_ref.clone()),
        ("Environment", |it| it.environment.clone()),
        ("Actor", |it| it.actor.clone()),
        ("Issuer", |it| Some(it.issuer_url())),
    ];
    claims
        .into_iter()
        .filter_map(|(claim, read)| {
            let mut values: BTreeMap<String, (i64, DateTime<Utc>)> = BTreeMap::new();
            for it in seen {
                if let Some(value) = read(it).filter(|it| !it.is_empty()) {
                    let entry = values.entry(value).or_insert((0, it.last));
                    entry.0 += it.count;
                    entry.1 = entry.1.max(it.last);
                }
            }
            let mut values: Vec<_> = values
                .into_iter()
                .map(|(value, (count, last))| (value, count, last))
                .collect();
            values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            (!values.is_empty()).then_some(Seen { claim, values })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn seen(subject: &str, count: i64) -> Observed {
        Observed {
            issuer: "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com".into(),
            subject: subject.into(),
            count,
            ..Observed::default()
        }
    }

    fn trust(pattern: &str, more: &str) -> Trust {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"token.actions.githubusercontent.com:aud":"https://x"{more}}},"StringLike":{{"token.actions.githubusercontent.com:sub":"{pattern}"}}}}}}]}}"#
        );
        crate::trust::read(text.as_bytes(), None).unwrap()
    }

    #[test]
    fn breadth_beside_what_came() {
        let facts = Facts::default();
        let came = [
            seen("repo:acme/app:ref:refs/heads/main", 9),
            seen("repo:acme/app:environment:prod", 1),
        ];
        let wide = trust("repo:acme/*", "");
        let reality = wide.reality(&came, &facts);
        assert_eq!(
            (reality.admitted, reality.seen),
            (Ring::Organisation, Some(Ring::Repository))
        );
        assert!(
            reality.sentence.contains("2 subjects of one project"),
            "{}",
            reality.sentence
        );
        let audience = wide.asked_audience(&facts);
        assert_eq!(audience, "https://x");
        assert_eq!(wide.would_pass(&came[0], &audience, &facts), Passing::Yes);
        let narrow = trust("repo:acme/app:environment:*", "");
        assert!(matches!(
            narrow.would_pass(&came[0], &audience, &facts),
            Passing::No(_)
        ));
        let ids = trust(
            "repo:acme/*",
            r#","token.actions.githubusercontent.com:repository_id":"7""#,
        );
        assert!(matches!(
            ids.would_pass(&came[0], &audience, &facts),
            Passing::Unknown(_)
        ));
        let told = seen("repo:acme@3/app@7:ref:refs/heads/main", 1);
        assert_eq!(
            trust(
                "repo:acme@3/*",
                r#","token.actions.githubusercontent.com:repository_id":"7""#
            )
            .would_pass(&told, &audience, &facts),
            Passing::Yes,
            "the subject tells the ids"
        );
        let document = wide.node.json().to_string();
        let tight = tightest(None, &document, &came).unwrap();
        assert!(tight.contains("repo:acme/app:environment:prod") && !tight.contains("acme/*"));
        assert_eq!(tightest(None, &tight, &came), None, "as tight as it can be");
        assert_eq!(tightest(None, &document, &[]), None);
        assert_eq!(sum_up(&came)[0].values[0].1, 9);
        assert_eq!(wide.reality(&[], &facts).seen, None);
    }
}
