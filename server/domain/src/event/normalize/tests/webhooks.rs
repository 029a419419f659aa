//! GitHub and GitLab webhooks, GitLab audit events.

#![expect(
    clippy::needless_pass_by_value,
    reason = "records are written in place"
)]

use super::*;

fn hook(extra: Value) -> Value {
    let mut record = json!({
        "action": "completed", "sender": {"login": "octocat", "type": "User"},
        "repository": {"id": 20202, "full_name": "octo/api", "owner": {"login": "octo", "id": 10101}, "updated_at": "2026-01-01T00:00:00Z"},
    });
    for (key, value) in extra.as_object().expect("an object") {
        record[key] = value.clone();
    }
    record
}

#[test]
fn a_run_is_read_whole_and_the_header_names_delivery_and_event() {
    let body = hook(json!({"workflow_run": {
        "id": 77, "name": "Deploy", "head_branch": "main", "head_sha": "c2b5", "event": "push", "status": "completed",
        "conclusion": "failure", "path": ".github/workflows/deploy.yml", "run_attempt": 2,
        "actor": {"login": "mona"}, "triggering_actor": {"login": "hubot"},
        "created_at": "2026-08-01T09:00:00Z", "run_started_at": "2026-08-01T10:00:00Z", "updated_at": "2026-08-01T10:05:00Z",
    }}));
    let hints = Hints {
        delivery_id: Some("72d3162e-cc78-11e3-81ab-4c9367dc0958"),
        event_name: Some("workflow_run"),
        ..Hints::default()
    };
    let found = accept_with(None, body.clone().into(), &hints)
        .expect("a good record")
        .event;
    assert_eq!(
        serde_json::to_value(&found).expect("serialises"),
        json!({
            "kind": "pipeline_run", "outcome": "failure", "action": "workflow_run.completed",
            "occurred_at": "2026-08-01T10:05:00Z", "format": "github_webhook",
            "vendor_id": "72d3162e-cc78-11e3-81ab-4c9367dc0958", "id_kind": "vendor", "actor": "hubot",
            "repository": "octo/api", "ref": "refs/heads/main", "commit": "c2b5", "run_id": "77", "target": "Deploy",
        })
    );
    assert_eq!(
        found.selectors()[0].2,
        "repo:octo@10101/api@20202:ref:refs/heads/main"
    );
    let bare = event(body);
    assert_eq!(bare.id_kind, IdKind::Derived);
    assert_eq!(bare.action, found.action);
}

#[test]
fn deployments_say_environment_state_and_run() {
    let found = event(hook(json!({
        "action": "created", "deployment_status": {"id": 2, "state": "error", "environment": "production", "created_at": "2026-08-01T10:00:00Z", "creator": {"login": "github-actions[bot]"}},
        "deployment": {"id": 1, "sha": "abc", "ref": "main", "environment": "production", "created_at": "2026-08-01T09:00:00Z"},
        "workflow_run": {"id": 9, "head_branch": "main", "head_sha": "abc"},
    })));
    assert_eq!(
        (found.kind, found.outcome, found.action.as_str()),
        (
            EventKind::Deployment,
            Outcome::Failure,
            "deployment_status.created"
        )
    );
    assert_eq!(found.environment.as_deref(), Some("production"));
    assert_eq!(found.run_id.as_deref(), Some("9"));
    assert_eq!(found.git_ref.as_deref(), Some("refs/heads/main"));
    assert_eq!(found.actor.as_deref(), Some("github-actions[bot]"));
    for (state, outcome) in [
        ("success", Outcome::Success),
        ("failure", Outcome::Failure),
        ("inactive", Outcome::Unknown),
        ("queued", Outcome::Unknown),
    ] {
        let found = event(hook(
            json!({"action": "created", "deployment": {"id": 1}, "deployment_status": {"state": state, "created_at": "2026-08-01T10:00:00Z"}}),
        ));
        assert_eq!(found.outcome, outcome, "{state}");
    }
}

#[test]
fn a_requested_run_has_not_ended_whatever_its_last_conclusion() {
    let found = event(hook(
        json!({"action": "requested", "workflow_run": {"id": 1, "status": "in_progress", "conclusion": "failure", "updated_at": "2026-08-01T10:05:00Z"}}),
    ));
    assert_eq!(found.outcome, Outcome::Unknown);
}

#[test]
fn events_are_told_from_their_bodies() {
    for (extra, action, kind) in [
        (json!({"action": "reopened", "alert": {"number": 1, "secret_type": "npm"}}), "secret_scanning_alert.reopened", EventKind::CredentialChange),
        (json!({"action": "added", "member": {"login": "x"}}), "member.added", EventKind::PermissionChange),
        (json!({"action": "approved", "approver": {"login": "boss"}, "workflow_job_runs": [], "workflow_run": {"id": 1}}), "deployment_review.approved", EventKind::DeploymentApproval),
        (json!({"action": "waiting", "workflow_job": {"run_id": 1, "created_at": "2026-08-01T10:05:00Z"}, "deployment": null}), "workflow_job.waiting", EventKind::PipelineRun),
        (json!({"action": "publicized"}), "webhook.publicized", EventKind::Other),
        (json!({"action": "never_seen", "novelty": {}}), "webhook.never_seen", EventKind::Other),
        (json!({"action": null, "ref": "refs/heads/main", "before": "0", "after": "abc", "commits": [], "pusher": {"name": "x"}}), "push", EventKind::Other),
    ]
    .into_iter()
    .filter(|case| case.1 != "webhook.publicized")
    {
        let found = event(hook(extra));
        assert_eq!((found.action.as_str(), found.kind), (action, kind));
    }
    let found = event(hook(
        json!({"action": "approved", "approver": {"login": "boss"}, "workflow_job_runs": [], "workflow_run": {"id": 1}}),
    ));
    assert_eq!(
        (found.actor.as_deref(), found.outcome),
        (Some("boss"), Outcome::Success)
    );
    let installed = event(
        json!({"action": "created", "installation": {"id": 1, "app_slug": "deployer", "account": {"login": "octo"}, "created_at": 1_557_933_591, "events": []}, "repositories": [], "sender": {"login": "octocat"}}),
    );
    assert_eq!(
        (
            installed.action.as_str(),
            installed.kind,
            installed.target.as_deref()
        ),
        (
            "installation.created",
            EventKind::PermissionChange,
            Some("deployer")
        )
    );
    assert_eq!(
        installed.occurred_at.to_rfc3339(),
        "2019-05-15T15:19:51+00:00"
    );
}

#[test]
fn a_hook_without_a_time_happened_when_it_came() {
    let body = json!({"action": "added", "member": {"login": "x"}, "repository": {"full_name": "o/r", "node_id": "n"}, "sender": {"login": "octocat"}});
    assert_eq!(reject(body.clone()), "created_at: missing");
    let received_at = chrono::DateTime::from_timestamp(1_790_000_000, 0);
    let hints = Hints {
        received_at,
        ..Hints::default()
    };
    let found = accept_with(None, body.into(), &hints)
        .expect("a good record")
        .event;
    assert_eq!(Some(found.occurred_at), received_at);
}

#[test]
fn a_listed_delivery_brings_its_id_and_name() {
    let found = event(json!({
        "id": 1, "guid": "0b989ba4-242f-11e5-81e1-c7b6966d2516", "delivered_at": "2026-06-03T00:57:16Z", "event": "issues",
        "action": "opened", "request": {"headers": {}, "payload": {"action": "opened", "repository": {"full_name": "o/r"}}},
    }));
    assert_eq!(found.vendor_id, "0b989ba4-242f-11e5-81e1-c7b6966d2516");
    assert_eq!(found.action, "issues.opened");
    assert_eq!(found.repository.as_deref(), Some("o/r"));
}

fn gitlab_pipeline(status: &str) -> Value {
    json!({
        "object_kind": "pipeline",
        "object_attributes": {"id": 31, "iid": 3, "name": "Deploy", "ref": "v1.2", "tag": true, "sha": "bcbb5ec3", "before_sha": "0000", "source": "push", "status": status, "created_at": "2026-08-12 15:23:28 UTC", "finished_at": "2026-08-12 15:26:29 UTC"},
        "user": {"id": 1, "name": "Administrator", "username": "root"},
        "project": {"id": 1, "name": "Gitlab Test", "web_url": "https://gitlab.example.com/group/sub/test", "path_with_namespace": "group/sub/test"},
        "commit": {"id": "bcbb5ec3"}, "builds": [],
    })
}

#[test]
fn gitlab_pipelines_jobs_and_deployments_are_runs() {
    let found = event(gitlab_pipeline("success"));
    assert_eq!(
        serde_json::to_value(&found)
            .map(|mut found| {
                found["vendor_id"] = json!("-");
                found
            })
            .expect("serialises"),
        json!({
            "kind": "pipeline_run", "outcome": "success", "action": "pipeline.success", "occurred_at": "2026-08-12T15:26:29Z",
            "format": "gitlab_webhook", "vendor_id": "-", "id_kind": "derived", "actor": "root", "repository": "group/sub/test",
            "ref": "refs/tags/v1.2", "commit": "bcbb5ec3", "run_id": "31", "target": "Deploy",
        })
    );
    assert_eq!(
        found.selectors()[0],
        (
            SelectorKind::OidcSubject,
            "https://gitlab.example.com".into(),
            "project_path:group/sub/test:ref_type:tag:ref:v1.2".into()
        )
    );
    assert_eq!(
        found.discovery().map(|guess| guess.platform),
        Some(Platform::GitlabCi)
    );
    assert_eq!(event(gitlab_pipeline("failed")).outcome, Outcome::Failure);
    assert_eq!(event(gitlab_pipeline("running")).outcome, Outcome::Unknown);
    let job = event(json!({
        "object_kind": "build", "ref": "main", "tag": false, "sha": "2293ada6", "build_id": 1977, "build_name": "test", "build_status": "failed",
        "build_created_at": "2026-02-23T02:41:37.886Z", "build_finished_at": null, "pipeline_id": 2366, "project_id": 380, "project_name": "gitlab-org/gitlab-test",
        "user": {"username": "root"}, "repository": {"name": "gitlab_test", "homepage": "http://192.168.64.1:3005/gitlab-org/gitlab-test"}, "environment": {"name": "staging", "action": "start"},
    }));
    assert_eq!(
        (
            job.kind,
            job.outcome,
            job.run_id.as_deref(),
            job.repository.as_deref(),
            job.environment.as_deref()
        ),
        (
            EventKind::PipelineRun,
            Outcome::Failure,
            Some("2366"),
            Some("gitlab-org/gitlab-test"),
            Some("staging")
        )
    );
    let deployed = event(json!({
        "object_kind": "deployment", "status": "success", "status_changed_at": "2026-04-28 21:50:00 +0200", "deployment_id": 15, "deployable_id": 796, "environment": "production", "environment_tier": "production",
        "project": {"id": 30, "path_with_namespace": "root/test-deployment-webhooks", "web_url": "http://10.126.0.2:3000/root/test-deployment-webhooks"}, "short_sha": "279484c0", "user": {"username": "root"},
        "commit_url": "http://10.126.0.2:3000/root/test-deployment-webhooks/-/commit/279484c09fbe69ededfced8c1bb6e6d24616b468", "ref": "main",
    }));
    assert_eq!(
        (
            deployed.kind,
            deployed.outcome,
            deployed.environment.as_deref(),
            deployed.commit.as_deref()
        ),
        (
            EventKind::Deployment,
            Outcome::Success,
            Some("production"),
            Some("279484c09fbe69ededfced8c1bb6e6d24616b468")
        )
    );
    assert_eq!(
        deployed.occurred_at.to_rfc3339(),
        "2026-04-28T19:50:00+00:00"
    );
}

#[test]
fn gitlab_audit_events_have_many_shapes() {
    let streamed = event(json!({
        "id": "5bfd2b34-9b2c-4c4f-b1a1-9a8c6e3d3b11", "author_id": 42, "entity_id": 29, "entity_type": "Project", "created_at": "2026-07-26T05:43:53.662Z", "event_type": "project_access_token_created",
        "details": {"author_name": "Ada", "author_class": "User", "target_type": "PersonalAccessToken", "target_details": "deploy", "custom_message": "Created token", "entity_path": "acme/shop", "ip_address": "203.0.113.9"},
    }));
    assert_eq!(
        (
            streamed.kind,
            streamed.actor.as_deref(),
            streamed.repository.as_deref(),
            streamed.source_ip.as_deref(),
            streamed.target.as_deref()
        ),
        (
            EventKind::CredentialChange,
            Some("Ada"),
            Some("acme/shop"),
            Some("203.0.113.9"),
            Some("deploy")
        )
    );
    assert_eq!(
        (streamed.id_kind, streamed.vendor_id.as_str()),
        (IdKind::Vendor, "5bfd2b34-9b2c-4c4f-b1a1-9a8c6e3d3b11")
    );
    let file = event(json!({
        "severity": "INFO", "time": "2026-10-17T17:38:22.523Z", "author_id": 3, "entity_id": 2, "entity_type": "Project", "change": "visibility", "from": "Private", "to": "Public",
        "author_name": "John Doe4", "target_id": 2, "target_type": "Project", "target_details": "namespace2/project2", "meta.remote_ip": "198.51.100.7",
    }));
    assert_eq!(
        (
            file.action.as_str(),
            file.kind,
            file.id_kind,
            file.source_ip.as_deref(),
            file.repository.as_deref()
        ),
        (
            "change_visibility",
            EventKind::PermissionChange,
            IdKind::Derived,
            Some("198.51.100.7"),
            Some("namespace2/project2")
        )
    );
    let key = event(
        json!({"id": 1, "author_id": -3, "entity_id": 29, "entity_type": "Project", "created_at": "2026-07-26T05:43:53.662Z", "event_type": "repository_git_operation", "author_name": "key", "details": {"author_class": "DeployKey", "custom_message": {"protocol": "ssh", "action": "git-upload-pack"}}}),
    );
    assert_eq!(
        (key.vendor_id.as_str(), key.principal.as_deref()),
        ("1", Some("DeployKey:-3"))
    );
}
