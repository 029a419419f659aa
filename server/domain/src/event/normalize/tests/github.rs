//! GitHub audit log.

#![expect(
    clippy::needless_pass_by_value,
    reason = "records are written in place"
)]

use super::*;

fn run(extra: Value) -> Value {
    let mut record = json!({
        "@timestamp": 1_760_553_947_048_i64, "_document_id": "Z7JUOWzi2wKeWsZcOhbS9w", "action": "workflows.completed_workflow_run",
        "actor": "octocat", "repo": "Octo-Org/api", "repo_id": 20202, "org": "Octo-Org", "org_id": 10101,
        "event": "push", "head_branch": "main", "head_sha": "c2b54496", "workflow_run_id": 77, "conclusion": "success",
        "name": "Deploy", "created_at": 1_600_000_000_000_i64,
    });
    for (key, value) in extra.as_object().expect("an object") {
        record[key] = value.clone();
    }
    record
}

#[test]
fn a_run_is_read_whole() {
    let found = event(run(json!({})));
    let printed = serde_json::to_value(&found).expect("serialises");
    assert_eq!(
        printed,
        json!({
            "kind": "pipeline_run", "outcome": "success", "action": "workflows.completed_workflow_run",
            "occurred_at": "2025-10-15T18:45:47.048Z", "format": "github_audit", "vendor_id": "Z7JUOWzi2wKeWsZcOhbS9w",
            "id_kind": "vendor", "actor": "octocat", "repository": "Octo-Org/api", "ref": "refs/heads/main",
            "commit": "c2b54496", "run_id": "77", "target": "Deploy",
        })
    );
    assert_eq!(
        found.selectors(),
        [
            (
                SelectorKind::OidcSubject,
                "https://token.actions.githubusercontent.com".into(),
                "repo:Octo-Org@10101/api@20202:ref:refs/heads/main".into()
            ),
            (
                SelectorKind::Repository,
                String::new(),
                "Octo-Org@10101/api@20202:ref:refs/heads/main".into()
            ),
            (
                SelectorKind::Repository,
                String::new(),
                "Octo-Org@10101/api@20202".into()
            ),
        ]
    );
    let guess = found.discovery().expect("a pipeline");
    assert_eq!(
        (guess.kind, guess.platform, guess.name.as_str()),
        (
            IdentityKind::Pipeline,
            Platform::GithubActions,
            "Octo-Org/api"
        )
    );
}

#[test]
fn conclusions_are_outcomes() {
    for (conclusion, outcome) in [
        ("failure", Outcome::Failure),
        ("timed_out", Outcome::Failure),
        ("cancelled", Outcome::Unknown),
        ("success", Outcome::Success),
    ] {
        assert_eq!(
            event(run(json!({"conclusion": conclusion}))).outcome,
            outcome,
            "{conclusion}"
        );
    }
}

#[test]
fn the_nested_layout_and_text_times_read_the_same() {
    let flat = event(run(json!({})));
    let nested = event(json!({
        "created_at": "2025-10-15 18:45:47.048", "_document_id": "Z7JUOWzi2wKeWsZcOhbS9w",
        "action": "workflows.completed_workflow_run", "actor": "octocat", "org": "Octo-Org",
        "data": {"repo": "Octo-Org/api", "repo_id": 20202, "org_id": 10101, "head_branch": "main", "head_sha": "c2b54496",
                 "workflow_run_id": 77, "conclusion": "success", "name": "Deploy"},
    }));
    assert_eq!(flat, nested);
}

#[test]
fn a_job_handed_secrets_is_secret_access_in_its_environment() {
    let job = |secrets: Value| {
        event(json!({
            "@timestamp": 1, "created_at": 1_785_542_400_123_i64, "action": "workflows.prepared_workflow_job", "actor": "",
            "environment_name": "production", "repo": "octo/api", "secrets_passed": secrets, "workflow_run_id": 9,
            "calling_workflow_refs": ["octo/api/.github/workflows/deploy.yml@refs/heads/main"],
            "job_workflow_ref": "octo/shared/.github/workflows/release.yml@refs/tags/v3",
        }))
    };
    let found = job(json!(["DEPLOY_TOKEN", "NPM_TOKEN"]));
    assert_eq!(
        (found.kind, found.target.as_deref()),
        (EventKind::SecretAccess, Some("DEPLOY_TOKEN, NPM_TOKEN"))
    );
    assert_eq!(
        (found.actor.as_deref(), found.git_ref.as_deref()),
        (None, Some("refs/heads/main"))
    );
    assert_eq!(
        found.selectors()[0].2,
        "repo:octo/api:environment:production"
    );
    assert_eq!(found.id_kind, IdKind::Derived);
    assert_eq!(job(json!([])).kind, EventKind::PipelineRun);
}

#[test]
fn governance_actions_have_their_kinds() {
    for (action, kind) in [
        ("org.create_actions_secret", EventKind::CredentialChange),
        ("repo.update_actions_secret", EventKind::CredentialChange),
        (
            "environment.create_actions_secret",
            EventKind::CredentialChange,
        ),
        (
            "environment.add_protection_rule",
            EventKind::ConfigurationChange,
        ),
        (
            "org.set_default_workflow_permissions",
            EventKind::PermissionChange,
        ),
        (
            "org.set_actions_oidc_custom_subject",
            EventKind::TrustChange,
        ),
        (
            "personal_access_token.access_granted",
            EventKind::CredentialChange,
        ),
        (
            "integration_installation.create",
            EventKind::PermissionChange,
        ),
        ("public_key.create", EventKind::CredentialChange),
        ("protected_branch.destroy", EventKind::ConfigurationChange),
        (
            "repo.register_self_hosted_runner",
            EventKind::ConfigurationChange,
        ),
        (
            "workflows.approve_workflow_job",
            EventKind::DeploymentApproval,
        ),
        (
            "workflows.reject_workflow_job",
            EventKind::DeploymentApproval,
        ),
        ("org.update_member", EventKind::PermissionChange),
        ("user.failed_login", EventKind::AuthenticationFailure),
        ("pull_request.merge", EventKind::Other),
        ("something.never_seen", EventKind::Other),
    ] {
        let found = event(
            json!({"@timestamp": 1_760_553_947_048_i64, "action": action, "actor": "octocat", "org": "o"}),
        );
        assert_eq!(found.kind, kind, "{action}");
    }
}

#[test]
fn a_bypass_is_neither_an_approval_nor_a_refusal() {
    for (action, outcome, said) in [
        (
            "approve_workflow_job",
            Outcome::Success,
            "Approved production",
        ),
        (
            "reject_workflow_job",
            Outcome::Failure,
            "Refused production",
        ),
        (
            "bypass_protection_rules",
            Outcome::Unknown,
            "Went round the protection of production",
        ),
    ] {
        let found = event(json!({
            "@timestamp": 1_760_553_947_048_i64, "action": format!("workflows.{action}"), "actor": "octocat",
            "repo": "octo/api", "environment_name": "production", "workflow_run_id": 77,
        }));
        assert_eq!(found.kind, EventKind::DeploymentApproval, "{action}");
        assert_eq!(found.outcome, outcome, "{action}");
        assert_eq!(crate::event::sentence::sentence(&found), said);
    }
}

#[test]
fn people_are_not_discovered_and_bots_are() {
    let by = |extra: Value| {
        let mut record =
            json!({"@timestamp": 1_760_553_947_048_i64, "action": "repo.create", "org": "o"});
        for (key, value) in extra.as_object().expect("an object") {
            record[key] = value.clone();
        }
        event(record).discovery()
    };
    assert_eq!(by(json!({"actor": "octocat"})), None);
    assert_eq!(by(json!({"actor": "github-actions[bot]"})), None);
    let bot = by(json!({"actor": "renovate[bot]", "actor_is_bot": true})).expect("a bot");
    assert_eq!(
        (bot.kind, bot.selector.0),
        (IdentityKind::Bot, SelectorKind::GithubActor)
    );
}

#[test]
fn missing_times_and_actions_are_named() {
    assert_eq!(
        reject(
            json!({"action": "hook.create", "actor": "cat", "org": "o", "data": {"hook_id": 1}})
        ),
        "@timestamp: missing"
    );
    let reason = accept(
        Some(EventFormat::GithubAudit),
        json!({"@timestamp": 1_760_553_947_048_i64}).into(),
    )
    .expect_err("no action")
    .0;
    assert_eq!(reason, Reject::Missing("action"));
}
