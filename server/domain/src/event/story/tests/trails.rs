//! What each link of a trail takes to be proven, and what is said where none is.

use super::*;

fn part_of(records: Vec<Value>, part: Part, cut: bool) -> Standing {
    let log = Log::of(records);
    let told = log.told();
    let story = gather(&key(), &told, &Federated::new()).expect("the run is there");
    let mut trail = check(&story, &told, cut).into_iter();
    trail
        .find(|(found, _)| *found == part)
        .expect("every link is told")
        .1
}

fn approval(records: Vec<Value>) -> Standing {
    part_of(records, Part::Approval, false)
}

fn says(standing: &Standing) -> &str {
    match standing {
        Standing::Proven { says, .. } => says,
        Standing::Doubtful { why, .. } => why,
        Standing::Missing { source } => source,
        Standing::Unread | Standing::NotNeeded => "",
    }
}

fn prepared(minute: u32, environment: &str) -> Value {
    let mut record = run(
        "prepared_workflow_job",
        minute,
        77,
        json!({"environment_name": environment, "actor": "", "secrets_passed": []}),
    );
    record["_document_id"] = json!(format!("prepared-{environment}"));
    record
}

fn audited(action: &str, by: &str, environment: &str) -> Value {
    run(
        action,
        2,
        77,
        json!({"actor": by, "environment_name": environment}),
    )
}

fn started() -> Value {
    run("created_workflow_run", 0, 77, json!({}))
}

#[test]
fn an_approval_of_another_environment_is_none() {
    let of = |environment: &str| {
        approval(vec![
            started(),
            audited("approve_workflow_job", "hubot", environment),
            prepared(3, "staging"),
            prepared(5, "production"),
        ])
    };
    assert!(matches!(of("staging"), Standing::Missing { .. }));
    assert!(matches!(of("Production"), Standing::Proven { .. }));
    // Each of several is let go by itself.
    let standing = approval(vec![
        started(),
        audited("approve_workflow_job", "hubot", "production-eu"),
        prepared(3, "production-eu"),
        prepared(5, "production-us"),
    ]);
    assert!(
        matches!(standing, Standing::Doubtful { .. }) && says(&standing).contains("production-us"),
        "{standing:?}"
    );
}

#[test]
fn going_round_a_rule_is_no_approval() {
    let standing = approval(vec![
        started(),
        audited("approve_workflow_job", "hubot", "production"),
        audited("bypass_protection_rules", "root", "production"),
        prepared(5, "production"),
    ]);
    assert!(
        matches!(standing, Standing::Doubtful { event, .. } if event.0.as_u128() == 2),
        "{standing:?}"
    );
    assert_eq!(
        says(&standing),
        "The protection of production was bypassed by root"
    );
    let elsewhere = approval(vec![
        started(),
        audited("approve_workflow_job", "hubot", "production"),
        audited("bypass_protection_rules", "root", "staging"),
        prepared(5, "production"),
    ]);
    assert_eq!(says(&elsewhere), "Approved by hubot");
}

#[test]
fn an_approval_says_with_what_authority() {
    let review = |reviewers: Value| {
        json!({"action": "approved", "approver": {"login": "hubot"}, "reviewers": reviewers,
            "workflow_job_runs": [{"environment": "production"}], "repository": {"full_name": "octo/api", "node_id": "n"},
            "workflow_run": {"id": 77, "head_branch": "main", "updated_at": "2026-08-01T10:02:00Z"}})
    };
    let of = |reviewers: Value| {
        approval(vec![
            started(),
            review(reviewers),
            prepared(5, "production"),
        ])
    };
    let named = of(json!([{"type": "User", "reviewer": {"login": "Hubot"}}]));
    assert_eq!(says(&named), "Approved by hubot, a required reviewer");
    let team = of(json!([{"type": "Team", "reviewer": {"name": "platform"}}]));
    assert_eq!(
        says(&team),
        "Approved by hubot, where the team platform reviews"
    );
    assert_eq!(says(&of(json!([]))), "Approved by hubot");
    // Another’s approval counts more than the author’s own.
    let both = approval(vec![
        started(),
        audited("approve_workflow_job", "mona", "production"),
        review(json!([])),
        prepared(5, "production"),
    ]);
    assert_eq!(says(&both), "Approved by hubot");
}

#[test]
fn a_review_of_several_environments_speaks_for_production_only_where_it_is_among_them() {
    let of = |environments: Value| {
        let review = json!({"action": "approved", "approver": {"login": "hubot"}, "workflow_job_runs": environments,
            "repository": {"full_name": "octo/api", "node_id": "n"},
            "workflow_run": {"id": 77, "head_branch": "main", "updated_at": "2026-08-01T10:02:00Z"}});
        approval(vec![started(), review, prepared(5, "production")])
    };
    let elsewhere = of(json!([{"environment": "staging"}, {"environment": "qa"}]));
    assert!(matches!(elsewhere, Standing::Missing { .. }));
    let among = of(json!([{"environment": "staging"}, {"environment": "production"}]));
    assert!(matches!(among, Standing::Proven { .. }));
}

#[test]
fn the_platforms_own_accounts_start_nothing() {
    let by = |first: &str| {
        let created = run("created_workflow_run", 0, 77, json!({"actor": first}));
        let later = run("rerun_workflow_run", 4, 77, json!({}));
        part_of(vec![created, later], Part::Start, false)
    };
    assert_eq!(says(&by("hubot")), "Started by hubot");
    assert_eq!(says(&by("github-actions[bot]")), "Started by mona");
    let alone = run(
        "created_workflow_run",
        0,
        77,
        json!({"actor": "github-actions[bot]"}),
    );
    let standing = part_of(vec![alone], Part::Start, false);
    assert!(matches!(standing, Standing::Missing { .. }), "{standing:?}");
}

#[test]
fn what_was_not_looked_through_is_not_missing() {
    let records = || vec![prepared(0, "production")];
    for part in Part::ALL {
        let (whole, cut) = (
            part_of(records(), part, false),
            part_of(records(), part, true),
        );
        if matches!(whole, Standing::Missing { .. }) {
            assert_eq!(cut, Standing::Unread, "{part:?}");
            assert!(!cut.is_gap());
        } else {
            assert_eq!(cut, whole, "{part:?}");
        }
    }
}

/// What GitLab tells of a pipeline, one of its jobs and a deployment; `job` is the one that deployed.
fn gitlab(job: Value) -> Vec<Value> {
    let project = json!({"id": 2, "path_with_namespace": "octo/api", "web_url": "https://gitlab.example.com/octo/api"});
    let hook = |pipeline: u32, job: u32, minute: u32| {
        json!({"object_kind": "build", "ref": "main", "tag": false, "sha": "2293ada6", "build_id": job, "build_name": "deploy",
            "build_status": "success", "build_finished_at": format!("2026-08-01T10:{minute:02}:00Z"), "pipeline_id": pipeline,
            "project": project, "user": {"username": "mona"}, "runner": {"id": 9, "description": "shell-1"}})
    };
    let mut deployed = json!({"object_kind": "deployment", "status": "success", "status_changed_at": "2026-08-01 10:30:00 +0000",
        "deployment_id": 15, "environment": "production", "project": project, "short_sha": "2293ada6",
        "user": {"username": "mona"}, "ref": "main"});
    for (key, value) in job.as_object().expect("an object") {
        deployed[key] = value.clone();
    }
    vec![hook(77, 796, 5), hook(78, 797, 6), deployed]
}

#[test]
fn a_gitlab_deployment_is_of_its_jobs_pipeline() {
    let joined = |job: Value| {
        let log = Log::of(gitlab(job));
        let told = log.told();
        let story = gather(&key(), &told, &Federated::new()).expect("the run is there");
        let deployed = story.links.iter().find(|link| link.place == 2);
        deployed.map(|link| (link.because.clone(), link.certain))
    };
    let by_job = Some((Because::Job("796".into()), true));
    assert_eq!(joined(json!({"deployable_id": 796})), by_job);
    let page = "https://gitlab.example.com/octo/api/-/jobs/796";
    assert_eq!(joined(json!({"deployable_url": page})), by_job);
    assert_eq!(
        joined(json!({"deployable_id": 797})),
        None,
        "another pipeline’s job, though it has the same commit"
    );
}

#[test]
fn what_is_missing_is_told_in_the_platforms_own_words() {
    let log = Log::of(gitlab(json!({"deployable_id": 796})));
    let told = log.told();
    let story = gather(&key(), &told, &Federated::new()).expect("the run is there");
    let mut missing = 0;
    for (part, standing) in check(&story, &told, false) {
        if let Standing::Missing { source } = standing {
            missing += 1;
            assert!(
                !source.contains("GitHub") && !source.contains("workflow"),
                "{part:?}: {source}"
            );
        }
    }
    assert_eq!(missing, 2, "who approved, and the account it became");
}

#[test]
fn a_deployment_without_a_run_lacks_who_started_it() {
    let log = Log::of(gitlab(json!({"deployable_id": 800})));
    let told = log.told();
    let story = Story::alone(&told[2]);
    let trail = check(&story, &told[2..], false);
    assert!(story.is_alone());
    assert!(
        matches!(trail[0], (Part::Start, Standing::Missing { source }) if source.contains("names no pipeline")),
        "{trail:?}"
    );
    let proven: Vec<Part> = trail
        .iter()
        .filter(|(_, standing)| !standing.is_gap())
        .map(|(part, _)| *part)
        .collect();
    assert_eq!(proven, [Part::Commit, Part::Deployment]);
}
