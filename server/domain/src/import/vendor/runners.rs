//! `gh api /orgs/ORG/actions/runners` (also of repositories and enterprises), `gh api /orgs/ORG/actions/hosted-runners`,
//! and GitLab's `/groups/ID/runners`, `/projects/ID/runners`, `/runners` and `/runners/ID`, with or without pages.
//! Shapes: GitHub REST API, “Self-hosted runners” and “GitHub-hosted runners”; GitLab REST API, “Runners”.
//!
//! Neither says whose a list is, and GitLab tells a runner's projects only of one runner at a time: `--for` says it.

use chrono::{DateTime, Utc};
use contract::identities::Platform;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::record::{Record, Runner};
use super::super::{Found, Hint, Place};
use super::{items, typed, words};

/// A runner as GitHub prints it: one of one's own, or a larger one of GitHub's.
#[derive(Deserialize)]
struct Github {
    name: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    ephemeral: Option<bool>,
    #[serde(default)]
    runner_group_name: Option<String>,
    #[serde(default)]
    labels: Option<Vec<Label>>,
    /// Only GitHub's own have one.
    #[serde(default)]
    machine_size_details: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    last_active_on: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

/// A runner as GitLab prints it; the list leaves out what one runner's own page tells.
#[derive(Deserialize)]
struct Gitlab {
    id: u64,
    #[serde(default)]
    description: Option<String>,
    runner_type: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    tag_list: Option<Vec<String>>,
    #[serde(default)]
    contacted_at: Option<DateTime<Utc>>,
    #[serde(default)]
    projects: Vec<Project>,
}

#[derive(Deserialize)]
struct Project {
    path_with_namespace: String,
}

type Rows<'a> = Box<dyn Iterator<Item = Found> + Send + 'a>;

pub(super) fn github<'a>(text: &'a str, hint: &Hint) -> Result<Rows<'a>, String> {
    let said = hint.subject.as_deref().map(str::trim).unwrap_or_default();
    if said.is_empty() {
        return Err(
            "The list does not tell whose runners these are. Say it, such as acme or acme/shop."
                .into(),
        );
    }
    let (owner, repository) = whose(said);
    let now = hint.now;
    let list: Vec<&'a RawValue> = items(text, "runners", &["total_count"])?;
    Ok(Box::new(list.into_iter().enumerate().flat_map(
        move |(i, raw)| {
            let (owner, repository) = (owner.clone(), repository.clone());
            typed(
                &Place::row(i as u64 + 1),
                raw,
                move |place, one: &Github| {
                    let hosted = one.machine_size_details.is_some();
                    let labels = one.labels.as_ref();
                    let labels =
                        labels.map(|all| all.iter().map(|label| label.name.clone()).collect());
                    let online = one.status.as_deref().and_then(online);
                    record(
                        place,
                        Runner {
                            platform: Platform::GithubActions,
                            owner: owner.clone(),
                            name: one.name.clone(),
                            hosted: Some(hosted),
                            ephemeral: one.ephemeral,
                            group: one.runner_group_name.clone(),
                            // A job asks for a larger runner by its name.
                            labels: if hosted {
                                Some(vec![one.name.clone()])
                            } else {
                                labels
                            },
                            repositories: repository.clone().into_iter().collect(),
                            last_seen: one.last_active_on.or_else(|| seen(online, hosted, now)),
                            online: online.filter(|_| !hosted),
                        },
                    )
                },
            )
        },
    )))
}

pub(super) fn gitlab<'a>(text: &'a str, hint: &Hint) -> Result<Rows<'a>, String> {
    let said = hint.subject.clone().unwrap_or_default();
    let now = hint.now;
    // A list, pages of one, or a single runner: none has a key of its own.
    let list: Vec<&'a RawValue> = items(text, "runners", &["total_count"])?;
    Ok(Box::new(list.into_iter().enumerate().flat_map(
        move |(i, raw)| {
            let said = said.clone();
            typed(
                &Place::row(i as u64 + 1),
                raw,
                move |place, one: &Gitlab| of_gitlab(place, one, said.trim(), now),
            )
        },
    )))
}

fn of_gitlab(place: &Place, one: &Gitlab, said: &str, now: DateTime<Utc>) -> Vec<Found> {
    let mut repositories: Vec<String> = one
        .projects
        .iter()
        .map(|project| project.path_with_namespace.clone())
        .collect();
    let (owner, repository) = match (said, repositories.first()) {
        ("", Some(path)) => whose(path),
        ("", None) => {
            let why = "does not tell whose it is. Say it, such as acme or acme/shop";
            return vec![Found::Problem(place.problem("projects", why))];
        }
        (said, _) => whose(said),
    };
    if repositories.is_empty() {
        repositories.extend(repository);
    }
    let online = one.status.as_deref().and_then(online);
    let description = one.description.as_deref().unwrap_or_default();
    record(
        place,
        Runner {
            platform: Platform::GitlabCi,
            owner,
            name: match description.trim() {
                "" => one.id.to_string(),
                description => description.to_owned(),
            },
            // As its job webhooks are read: those of the instance are the platform's.
            hosted: Some(one.runner_type == "instance_type"),
            ephemeral: None,
            group: Some(one.runner_type.clone()),
            labels: one.tag_list.clone(),
            repositories,
            last_seen: one.contacted_at.or_else(|| seen(online, false, now)),
            online,
        },
    )
}

/// Organisation or group, and the repository where one is named.
fn whose(said: &str) -> (String, Option<String>) {
    match said.split_once('/') {
        Some((owner, rest)) if !rest.is_empty() => (owner.to_owned(), Some(said.to_owned())),
        _ => (said.trim_matches('/').to_owned(), None),
    }
}

/// What is online now was seen now.
fn seen(online: Option<bool>, hosted: bool, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (online == Some(true) && !hosted).then_some(now)
}

fn online(status: &str) -> Option<bool> {
    match status.to_ascii_lowercase().as_str() {
        "online" => Some(true),
        "offline" | "stale" | "never_contacted" => Some(false),
        _ => None,
    }
}

/// The record, unless its name cannot be kept.
fn record(place: &Place, mut runner: Runner) -> Vec<Found> {
    let Some(name) = words(&runner.name) else {
        return vec![Found::Problem(
            place.problem("name", "holds nothing, or what looks like a secret"),
        )];
    };
    runner.name = name;
    runner.labels = runner
        .labels
        .map(|all| all.iter().filter_map(|label| words(label)).collect());
    vec![Found::Record(place.clone(), Record::Runner(runner))]
}
