//! A runner as one event shows it.

use contract::events::EventFormat;
use contract::identities::Platform;
use uuid::Uuid;

use super::Event;

/// A runner that took a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Platform whose jobs it runs.
    pub platform: Platform,
    /// Organisation or group it serves.
    pub owner: String,
    /// Its name; for the platform's own, what a job asks for.
    pub name: String,
    /// Whether the platform owns it.
    pub hosted: Option<bool>,
    /// Whether it is made for one job.
    pub ephemeral: Option<bool>,
    /// Group.
    pub group: String,
    /// Labels.
    pub labels: Vec<String>,
    /// Repository whose job it ran.
    pub repository: Option<String>,
    /// Run.
    pub run: String,
}

impl Sighting {
    /// The runner of an event; `None` where it tells of none.
    pub fn of(event: &Event) -> Option<Self> {
        let runner = event.joins.runner.as_ref()?;
        let platform = match event.format {
            EventFormat::GitlabWebhook | EventFormat::GitlabAudit => Platform::GitlabCi,
            _ => Platform::GithubActions,
        };
        let repository = event.repository.clone();
        let owner = repository
            .as_deref()
            .and_then(|name| name.split_once('/'))
            .map(|(owner, _)| owner.to_owned())
            .or_else(|| event.joins.account.clone())
            .unwrap_or_default();
        let name = shown_name(&runner.name, runner.hosted, &runner.labels);
        Some(Self {
            platform,
            owner,
            name,
            hosted: runner.hosted,
            ephemeral: runner.ephemeral.or(runner.hosted.filter(|hosted| *hosted)),
            group: runner.group.clone().unwrap_or_default(),
            labels: runner.labels.clone(),
            repository,
            run: event.run_id.clone().unwrap_or_default(),
        })
    }

    /// The id of the runner: the same for the same name, whoever tells of it.
    pub fn id(&self) -> Uuid {
        id(self.platform, &self.owner, &self.name)
    }
}

/// What a runner is called. The platform's own are made anew for each job: their names say nothing, their labels do.
pub fn shown_name(name: &str, hosted: Option<bool>, labels: &[String]) -> String {
    match (hosted, labels) {
        (Some(true), [_, ..]) => format!("hosted: {}", labels.join(", ")),
        (Some(true), []) => "hosted".to_owned(),
        _ => name.to_owned(),
    }
}

/// The id of the runner an organisation or group calls so.
pub fn id(platform: Platform, owner: &str, name: &str) -> Uuid {
    let name = format!("runner:{platform}:{owner}:{name}");
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::normalize::accept;

    fn sighting(record: serde_json::Value) -> Sighting {
        let event = accept(None, record.into()).expect("a good record").event;
        Sighting::of(&event).expect("tells of a runner")
    }

    #[test]
    fn hosted_runners_are_one_by_label_and_own_ones_by_name() {
        let job = |name: &str, hosted: bool, labels: &[&str]| {
            json!({"@timestamp": 1_785_542_400_123_i64, "_document_id": name, "action": "workflows.prepared_workflow_job",
                "repo": "acme/shop", "workflow_run_id": 7, "is_hosted_runner": hosted, "runner_name": name, "runner_labels": labels})
        };
        let one = sighting(job("GitHub Actions 1", true, &["ubuntu-24.04"]));
        let two = sighting(job("GitHub Actions 2", true, &["ubuntu-24.04"]));
        assert_eq!(
            (one.id(), one.name.as_str(), one.ephemeral),
            (two.id(), "hosted: ubuntu-24.04", Some(true))
        );
        let own = sighting(job("big-box", false, &["self-hosted", "linux"]));
        assert_eq!(
            (own.name.as_str(), own.owner.as_str(), own.ephemeral),
            ("big-box", "acme", None)
        );
        assert_eq!(own.labels, ["self-hosted", "linux"]);
    }

    #[test]
    fn gitlabs_and_webhooks_runners_are_read() {
        let gitlab = sighting(
            json!({"object_kind": "build", "build_id": 1, "build_status": "running", "build_name": "test", "pipeline_id": 7,
            "build_started_at": "2026-08-01T10:00:00Z", "project": {"path_with_namespace": "acme/shop"},
            "runner": {"id": 3, "description": "metal-3", "runner_type": "project_type", "is_shared": false, "tags": ["metal"]}}),
        );
        assert_eq!(
            (gitlab.platform, gitlab.name.as_str(), gitlab.hosted),
            (Platform::GitlabCi, "metal-3", Some(false))
        );
        let github = sighting(
            json!({"action": "completed", "repository": {"full_name": "acme/shop", "node_id": "n"},
            "workflow_job": {"id": 1, "run_id": 2, "name": "build", "conclusion": "success", "completed_at": "2026-08-01T10:00:00Z",
                "labels": ["self-hosted"], "runner_name": "big-box", "runner_group_name": "Default"}}),
        );
        assert_eq!(
            (github.name.as_str(), github.hosted, github.run.as_str()),
            ("big-box", Some(false), "2")
        );
    }
}
