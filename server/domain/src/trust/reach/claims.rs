//! The token a job would get, as far as its file and its repository tell.

use serde_json::{Map, Value, json};

use super::{Forge, Home};
use crate::trust::governance::Governance;
use crate::trust::jobs::{Job, Subject};
use crate::trust::{Ci, Event, Run, Token};

/// How subjects of the repository begin: by name, and by id where ids are known.
pub fn heads(home: &Home) -> Vec<String> {
    match home.forge {
        Forge::Github => {
            let mut heads = vec![format!("repo:{}", home.name)];
            if let (Some((owner_id, id)), Some((owner, name))) =
                (&home.ids, home.name.split_once('/'))
            {
                heads.push(format!("repo:{owner}@{owner_id}/{name}@{id}"));
            }
            heads
        }
        Forge::Gitlab => {
            let mut heads = vec![format!("project_path:{}", home.name)];
            heads.extend(home.ids.iter().map(|(_, id)| format!("project_id:{id}")));
            heads
        }
    }
}

/// The token of a job with this subject.
pub fn token(
    home: &Home,
    job: &Job,
    subject: &Subject,
    audience: &str,
    rules: &Governance,
) -> Token {
    let mut claims = match home.forge {
        Forge::Github => github(home, job, subject),
        Forge::Gitlab => gitlab(home, job, subject, rules),
    };
    claims.insert("aud".to_owned(), audience.into());
    claims.insert("sub".to_owned(), subject.text.as_str().into());
    claims.into_iter().collect()
}

fn github(home: &Home, job: &Job, subject: &Subject) -> Map<String, Value> {
    let owner = home.name.split('/').next().unwrap_or_default();
    let reference = match (&subject.tag, &subject.branch) {
        (Some(tag), _) => format!("refs/tags/{tag}"),
        (None, Some(branch)) => format!("refs/heads/{branch}"),
        (None, None) => format!("refs/heads/{}", home.default_branch),
    };
    let workflow = format!(
        "{}/{}@{reference}",
        home.name,
        job.path.trim_start_matches("./")
    );
    let issuer = if home.host.is_empty() {
        "https://token.actions.githubusercontent.com".to_owned()
    } else {
        format!("{}/_services/token", home.host.trim_end_matches('/'))
    };
    let mut claims = json!({
        "iss": issuer, "repository": home.name, "repository_owner": owner, "ref": reference,
        "ref_type": if subject.tag.is_some() { "tag" } else { "branch" },
        "workflow_ref": workflow, "job_workflow_ref": workflow,
    });
    if let [event] = job.events.as_slice() {
        claims["event_name"] = event.as_str().into();
    }
    if let Some(environment) = &subject.environment {
        claims["environment"] = environment.as_str().into();
    }
    if let Some((owner_id, id)) = &home.ids {
        claims["repository_owner_id"] = owner_id.as_str().into();
        claims["repository_id"] = id.as_str().into();
    }
    object(claims)
}

fn gitlab(home: &Home, job: &Job, subject: &Subject, rules: &Governance) -> Map<String, Value> {
    let tag = subject.tag.is_some();
    let reference = subject.tag.as_ref().or(subject.branch.as_ref());
    let (owner_id, project_id) = home.ids.clone().unwrap_or_default();
    let merge = job.events == ["merge_request_event"];
    let run = Run {
        project: home.name.clone(),
        reference: reference.cloned().unwrap_or_default(),
        tag,
        environment: subject.environment.clone().unwrap_or_default(),
        event: if merge {
            Event::PullRequest
        } else {
            Event::Push
        },
        issuer: home.host.trim_end_matches('/').to_owned(),
        owner_id,
        project_id,
        ..Run::default()
    };
    let mut claims: Map<String, Value> = run.token(Ci::Gitlab).into();
    if home.ids.is_none() {
        // Made up, and so no answer to a trust that asks for them.
        claims.remove("project_id");
        claims.remove("namespace_id");
    }
    for person in ["user_id", "user_login", "user_email", "user_access_level"] {
        claims.remove(person);
    }
    let protected = subject.branch.as_ref().and_then(|it| rules.branch(it));
    claims.insert(
        "ref_protected".to_owned(),
        protected.unwrap_or(false).to_string().into(),
    );
    if let Some(environment) = &subject.environment {
        let gated = rules.environment(environment).is_some();
        claims.insert("environment_protected".to_owned(), gated.to_string().into());
    }
    claims
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
