//! GitHub audit-log entries, field by field as the organisation's log streams them.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::demo::dice::Dice;
use crate::demo::outside::{ORG, ORG_ID, repository, repository_id};

/// A run of a workflow.
pub(super) struct Run<'a> {
    pub place: &'a str,
    pub workflow: &'a str,
    pub branch: &'a str,
    pub event: &'static str,
    pub actor: &'a str,
    pub id: u64,
    pub number: u64,
    pub sha: String,
}

/// An entry with what every one has.
pub(super) fn entry(
    action: &str,
    at: DateTime<Utc>,
    actor: Option<&str>,
    dice: &mut Dice,
) -> Map<String, Value> {
    let mut fields = Map::new();
    let millis = at.timestamp_millis();
    fields.insert("@timestamp".to_owned(), json!(millis));
    fields.insert("_document_id".to_owned(), json!(dice.word(22)));
    fields.insert("action".to_owned(), json!(action));
    fields.insert("created_at".to_owned(), json!(millis));
    fields.insert("org".to_owned(), json!(ORG));
    fields.insert("org_id".to_owned(), json!(ORG_ID));
    fields.insert("business".to_owned(), json!("acme-group"));
    fields.insert("business_id".to_owned(), json!(3381));
    if let Some(actor) = actor {
        fields.insert("actor".to_owned(), json!(actor));
        let id = Dice::of(actor, 30).between(1_000_000, 90_000_000);
        fields.insert("actor_id".to_owned(), json!(id));
        fields.insert("actor_is_bot".to_owned(), json!(actor.ends_with("[bot]")));
        fields.insert("user_agent".to_owned(), json!(agent(actor)));
    }
    fields
}

fn agent(actor: &str) -> &'static str {
    if actor.ends_with("[bot]") {
        "octokit-core.js/5.0.1 Node.js/20"
    } else {
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36"
    }
}

/// An entry about a repository.
pub(super) fn of_repository(
    action: &str,
    at: DateTime<Utc>,
    actor: Option<&str>,
    place: &str,
    dice: &mut Dice,
) -> Map<String, Value> {
    let mut fields = entry(action, at, actor, dice);
    fields.insert("repo".to_owned(), json!(repository(place)));
    fields.insert("repo_id".to_owned(), json!(repository_id(place)));
    fields.insert("public_repo".to_owned(), json!(false));
    fields.insert("visibility".to_owned(), json!("private"));
    fields
}

fn of_run(action: &str, at: DateTime<Utc>, run: &Run<'_>, dice: &mut Dice) -> Map<String, Value> {
    let mut fields = of_repository(action, at, Some(run.actor), run.place, dice);
    let workflow_id = Dice::of(run.place, 31).between(20_000_000, 99_000_000);
    for (name, value) in [
        ("workflow_run_id", json!(run.id)),
        ("workflow_id", json!(workflow_id)),
        ("name", json!(run.workflow)),
        ("run_number", json!(run.number)),
        ("run_attempt", json!(1)),
        ("head_branch", json!(run.branch)),
        ("head_sha", json!(run.sha)),
        ("event", json!(run.event)),
        ("operation_type", json!("create")),
    ] {
        fields.insert(name.to_owned(), value);
    }
    fields
}

/// A run begins.
pub(super) fn created(at: DateTime<Utc>, run: &Run<'_>, dice: &mut Dice) -> Value {
    let mut fields = of_run("workflows.created_workflow_run", at, run, dice);
    fields.insert("started_at".to_owned(), json!(at.to_rfc3339()));
    Value::Object(fields)
}

/// A run ends.
pub(super) fn completed(
    at: DateTime<Utc>,
    started: DateTime<Utc>,
    run: &Run<'_>,
    conclusion: &str,
    dice: &mut Dice,
) -> Value {
    let mut fields = of_run("workflows.completed_workflow_run", at, run, dice);
    fields.insert("conclusion".to_owned(), json!(conclusion));
    fields.insert("started_at".to_owned(), json!(started.to_rfc3339()));
    fields.insert("completed_at".to_owned(), json!(at.to_rfc3339()));
    Value::Object(fields)
}

/// A job is prepared: the entry that names its environment and the secrets it was handed.
pub(super) fn prepared(
    at: DateTime<Utc>,
    run: &Run<'_>,
    environment: Option<&str>,
    secrets: &[&str],
    dice: &mut Dice,
) -> Value {
    let mut fields = of_repository("workflows.prepared_workflow_job", at, None, run.place, dice);
    let definition = format!(
        "{}/.github/workflows/{}.yml@refs/heads/{}",
        repository(run.place),
        run.workflow,
        run.branch
    );
    for (name, value) in [
        ("workflow_run_id", json!(run.id)),
        ("job_name", json!(run.workflow)),
        ("job_workflow_ref", json!(definition)),
        ("calling_workflow_refs", json!([])),
        ("calling_workflow_shas", json!([run.sha])),
        ("secrets_passed", json!(secrets)),
        ("is_hosted_runner", json!(true)),
        ("runner_group_name", json!("Default")),
        ("runner_labels", json!(["ubuntu-24.04"])),
        (
            "runner_name",
            json!(format!("GitHub Actions {}", run.number % 40)),
        ),
    ] {
        fields.insert(name.to_owned(), value);
    }
    if let Some(environment) = environment {
        fields.insert("environment_name".to_owned(), json!(environment));
    }
    Value::Object(fields)
}

/// Somebody lets a waiting deployment through.
pub(super) fn approved(
    at: DateTime<Utc>,
    run: &Run<'_>,
    environment: &str,
    by: &str,
    dice: &mut Dice,
) -> Value {
    let mut fields = of_repository(
        "workflows.approve_workflow_job",
        at,
        Some(by),
        run.place,
        dice,
    );
    fields.insert("workflow_run_id".to_owned(), json!(run.id));
    fields.insert("environment_name".to_owned(), json!(environment));
    fields.insert("head_branch".to_owned(), json!(run.branch));
    fields.insert("head_sha".to_owned(), json!(run.sha));
    Value::Object(fields)
}
