//! A deployment from push to production, told by five vendors.

#![expect(
    clippy::needless_pass_by_value,
    reason = "records are written in place"
)]

mod trails;

use contract::events::EventFormat;
use serde_json::{Value, json};
use uuid::Uuid;

use super::trail::{Part, Standing, check};
use super::*;
use crate::event::normalize::accept;

struct Log {
    events: Vec<Event>,
}

impl Log {
    fn of(records: Vec<Value>) -> Self {
        Self {
            events: records
                .into_iter()
                .map(|record| accept(None, record.into()).expect("a good record").event)
                .collect(),
        }
    }

    fn told(&self) -> Vec<Told<'_>> {
        self.events
            .iter()
            .enumerate()
            .map(|(place, event)| Told {
                id: EventId(Uuid::from_u128(place as u128)),
                event,
            })
            .collect()
    }
}

fn key() -> RunKey {
    RunKey {
        repository: "octo/api".into(),
        run_id: "77".into(),
    }
}

const SUBJECT: &str = "repo:octo@1/api@2:environment:production";
const PROVIDER: &str =
    "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";

fn run(action: &str, minute: u32, id: u32, extra: Value) -> Value {
    let mut record = json!({
        "@timestamp": format!("2026-08-01T10:{minute:02}:00Z"), "_document_id": format!("d-{action}-{id}"), "action": format!("workflows.{action}"),
        "actor": "mona", "repo": "octo/api", "workflow_run_id": id, "head_branch": "main", "head_sha": "c2b54496aa",
    });
    for (key, value) in extra.as_object().expect("an object") {
        record[key] = value.clone();
    }
    record
}

fn aws(name: &str, minute: u32, who: Value, extra: Value) -> Value {
    let mut record = json!({
        "eventVersion": "1.11", "eventTime": format!("2026-08-01T10:{minute:02}:30Z"), "eventSource": "sts.amazonaws.com", "eventName": name,
        "eventID": format!("e-{name}-{minute}"), "userIdentity": who, "recipientAccountId": "111122223333",
    });
    for (key, value) in extra.as_object().expect("an object") {
        record[key] = value.clone();
    }
    record
}

fn assumed(subject: &str, minute: u32, key: &str) -> Value {
    aws(
        "AssumeRoleWithWebIdentity",
        minute,
        json!({"type": "WebIdentityUser", "userName": subject, "principalId": format!("{PROVIDER}:sts.amazonaws.com:{subject}"), "identityProvider": PROVIDER}),
        json!({"requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/deploy"}, "responseElements": {"credentials": {"accessKeyId": key}, "assumedRoleUser": {"arn": "arn:aws:sts::111122223333:assumed-role/deploy/GitHubActions"}}}),
    )
}

fn session(key: &str) -> Value {
    json!({"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/GitHubActions", "accessKeyId": key})
}

fn whole() -> Vec<Value> {
    vec![
        run(
            "created_workflow_run",
            0,
            77,
            json!({"environment_name": "production"}),
        ),
        json!({"action": "approved", "approver": {"login": "hubot"}, "workflow_job_runs": [], "environment": "production", "repository": {"full_name": "octo/api", "node_id": "n"},
               "workflow_run": {"id": 77, "head_branch": "main", "head_sha": "c2b54496aa", "updated_at": "2026-08-01T10:02:00Z"}}),
        assumed(SUBJECT, 3, "ASIA1"),
        aws(
            "AssumeRole",
            4,
            session("ASIA1"),
            json!({"requestParameters": {"roleArn": "arn:aws:iam::2:role/prod"}, "responseElements": {"credentials": {"accessKeyId": "ASIA2"}}}),
        ),
        aws(
            "UpdateService",
            5,
            session("ASIA2"),
            json!({"eventSource": "ecs.amazonaws.com", "requestParameters": {"service": "api"}}),
        ),
        // The same role and session name, but another key: some other run.
        aws(
            "UpdateService",
            6,
            session("ASIA9"),
            json!({"eventSource": "ecs.amazonaws.com", "eventID": "foreign"}),
        ),
        json!({"time": "2026-08-01T10:05:10Z", "type": "response", "auth": {"accessor": "hmac-sha256:bb", "display_name": format!("jwt-{SUBJECT}"), "entity_id": "e-1", "metadata": {"role": "ci"}},
               "request": {"id": "v-1", "operation": "update", "path": "auth/jwt/login", "mount_type": "jwt"}}),
        json!({"time": "2026-08-01T10:05:20Z", "type": "response", "auth": {"accessor": "hmac-sha256:bb", "display_name": "token", "entity_id": "e-1"},
               "request": {"id": "v-2", "operation": "read", "path": "secret/data/shop/db", "mount_type": "kv", "mount_point": "secret/"}}),
        json!({"time": "2026-08-01T10:05:40Z", "category": "ServicePrincipalSignInLogs", "operationName": "Sign-in activity", "resultType": "0", "resourceId": "/tenants/t/providers/Microsoft.aadiam",
               "properties": {"id": "s-1", "servicePrincipalId": "sp", "federatedCredentialId": "fic-1", "uniqueTokenIdentifier": "uti-1"}}),
        json!({"time": "2026-08-01T10:05:50Z", "operationName": "Microsoft.Web/sites/write", "category": "Administrative", "resultType": "Success", "resourceId": "/subscriptions/s/sites/api",
               "identity": {"claims": {"appid": "a", "uti": "uti-1"}}}),
        json!({"action": "created", "repository": {"full_name": "octo/api", "node_id": "n"}, "deployment": {"id": 1, "sha": "c2b54496aa", "environment": "production"},
               "deployment_status": {"state": "success", "environment": "production", "created_at": "2026-08-01T10:08:00Z", "creator": {"login": "github-actions[bot]"}}}),
        run(
            "completed_workflow_run",
            9,
            77,
            json!({"conclusion": "success"}),
        ),
        run(
            "prepared_workflow_job",
            1,
            77,
            json!({"runner_name": "GitHub Actions 3", "is_hosted_runner": true, "runner_labels": ["ubuntu-24.04"], "secrets_passed": []}),
        ),
    ]
}

fn federated() -> Federated {
    HashMap::from([(
        "fic-1".to_owned(),
        (subject::GITHUB_ISSUER.to_owned(), SUBJECT.to_owned()),
    )])
}

#[test]
fn every_vendors_part_is_found_and_nobody_elses() {
    let log = Log::of(whole());
    let told = log.told();
    let story = gather(&key(), &told, &federated()).expect("the run is there");
    let places: Vec<usize> = story.links.iter().map(|link| link.place).collect();
    assert_eq!(places, [0, 12, 1, 2, 3, 6, 7, 4, 8, 9, 10, 11]);
    assert!(story.links.iter().all(|link| link.certain), "{story:?}");
    let because = |place: usize| {
        let link = story
            .links
            .iter()
            .find(|link| link.place == place)
            .expect("in the story");
        (link.because.clone(), link.from.map(|id| id.0.as_u128()))
    };
    assert_eq!(because(0), (Because::RunId, None));
    assert_eq!(because(2), (Because::Subject(SUBJECT.into()), None));
    assert_eq!(because(3), (Because::MintedKey("ASIA1".into()), Some(2)));
    assert_eq!(because(4), (Because::MintedKey("ASIA2".into()), Some(3)));
    assert_eq!(
        because(7),
        (Because::Session("hmac-sha256:bb".into()), Some(6))
    );
    assert_eq!(
        because(8),
        (Because::FederatedCredential("fic-1".into()), None)
    );
    assert_eq!(because(9), (Because::Session("uti-1".into()), Some(8)));
    assert_eq!(because(10), (Because::Commit("c2b54496aa".into()), None));
}

#[test]
fn a_whole_trail_has_no_gap() {
    let log = Log::of(whole());
    let told = log.told();
    let story = gather(&key(), &told, &federated()).expect("the run is there");
    let trail = check(&story, &told, false);
    for (part, standing) in &trail {
        assert!(
            matches!(standing, Standing::Proven { .. }),
            "{part:?}: {standing:?}"
        );
    }
}

#[test]
fn missing_links_say_what_would_have_shown_them() {
    let log = Log::of(vec![run(
        "created_workflow_run",
        0,
        77,
        json!({"environment_name": "production", "actor": "", "head_sha": null}),
    )]);
    let told = log.told();
    let story = gather(&key(), &told, &Federated::new()).expect("the run is there");
    let trail = check(&story, &told, false);
    assert!(
        trail.iter().all(|(_, standing)| standing.is_gap()),
        "{trail:?}"
    );
    // Outside production nobody has to approve.
    let log = Log::of(vec![run(
        "created_workflow_run",
        0,
        77,
        json!({"environment_name": "dev"}),
    )]);
    let told = log.told();
    let story = gather(&key(), &told, &Federated::new()).expect("the run is there");
    assert!(check(&story, &told, false).contains(&(Part::Approval, Standing::NotNeeded)));
}

#[test]
fn approving_ones_own_deployment_is_doubtful() {
    let mut records = whole();
    records[1]["approver"]["login"] = json!("Mona");
    let log = Log::of(records);
    let told = log.told();
    let story = gather(&key(), &told, &federated()).expect("the run is there");
    let approval = check(&story, &told, false)
        .into_iter()
        .find(|(part, _)| *part == Part::Approval);
    assert!(
        matches!(approval, Some((_, Standing::Doubtful { .. }))),
        "{approval:?}"
    );
}

#[test]
fn two_runs_at_once_make_a_subject_uncertain_and_keys_stay_theirs() {
    let mut records = whole();
    records.push(run(
        "created_workflow_run",
        1,
        78,
        json!({"environment_name": "production"}),
    ));
    let log = Log::of(records);
    let told = log.told();
    let story = gather(&key(), &told, &Federated::new()).expect("the run is there");
    let certain = |place: usize| {
        story
            .links
            .iter()
            .find(|link| link.place == place)
            .map(|link| link.certain)
    };
    assert_eq!(certain(0), Some(true));
    assert_eq!(certain(2), Some(false));
    // What an uncertain token opened is uncertain too.
    assert_eq!(certain(4), Some(false));
    assert_eq!(certain(13), None, "the other run is not this story");
}

#[test]
fn other_repositories_branches_and_hours_stay_out() {
    let records = vec![
        run("created_workflow_run", 0, 77, json!({})),
        run(
            "completed_workflow_run",
            9,
            77,
            json!({"conclusion": "success"}),
        ),
        assumed("repo:evil/api:ref:refs/heads/main", 3, "ASIA3"),
        assumed("repo:octo/api:ref:refs/heads/feature", 4, "ASIA4"),
        assumed("repo:octo/api:ref:refs/heads/main", 40, "ASIA5"),
        assumed("repo:octo/api:ref:refs/heads/main", 5, "ASIA6"),
    ];
    let log = Log::of(records);
    let told = log.told();
    let story = gather(&key(), &told, &Federated::new()).expect("the run is there");
    let places: Vec<usize> = story.links.iter().map(|link| link.place).collect();
    assert_eq!(places, [0, 5, 1]);
    assert_eq!(log.events[5].format, EventFormat::AwsCloudtrail);
    assert_eq!(
        gather(
            &RunKey {
                run_id: "none".into(),
                ..key()
            },
            &told,
            &Federated::new()
        ),
        None
    );
}

#[test]
fn a_delegated_google_call_is_followed() {
    let principal = "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/gh/subject/opaque-1";
    let google = |minute: u32, method: &str, info: Value, metadata: Value| json!({"insertId": format!("i{minute}"), "timestamp": format!("2026-08-01T10:{minute:02}:00Z"), "logName": "l", "protoPayload": {"serviceName": "x", "methodName": method, "resourceName": "r", "authenticationInfo": info, "metadata": metadata}});
    let records = vec![
        run("created_workflow_run", 0, 77, json!({})),
        google(
            1,
            "google.identity.sts.v1.SecurityTokenService.ExchangeToken",
            json!({"principalSubject": "repo:octo/api:ref:refs/heads/main"}),
            json!({"mapped_principal": principal}),
        ),
        google(
            2,
            "GenerateAccessToken",
            json!({"principalSubject": principal}),
            json!({}),
        ),
        google(
            3,
            "google.pubsub.v1.Publisher.CreateTopic",
            json!({"principalEmail": "ci@p.iam.gserviceaccount.com", "serviceAccountDelegationInfo": [{"principalSubject": principal}]}),
            json!({}),
        ),
    ];
    let log = Log::of(records);
    let told = log.told();
    let story = gather(&key(), &told, &Federated::new()).expect("the run is there");
    let places: Vec<usize> = story.links.iter().map(|link| link.place).collect();
    assert_eq!(places, [0, 1, 2, 3]);
    assert_eq!(
        story.links[3].because,
        Because::Delegation(principal.into())
    );
}

#[test]
fn a_run_is_named_as_people_name_it() {
    let read = |text: &str| RunKey::read(text);
    let whole = Some((Some("octo/api".to_owned()), "77".to_owned()));
    assert_eq!(read("octo/api#77"), whole);
    assert_eq!(read("https://github.com/octo/api/actions/runs/77"), whole);
    assert_eq!(
        read("https://github.com/octo/api/actions/runs/77/job/9?pr=1"),
        whole
    );
    assert_eq!(
        read("https://gitlab.com/octo/group/api/-/pipelines/5"),
        Some((Some("octo/group/api".to_owned()), "5".to_owned()))
    );
    assert_eq!(read(" 77 "), Some((None, "77".to_owned())));
    for nonsense in [
        "",
        "octo/api",
        "#77",
        "octo#77",
        "https://github.com/octo/api",
    ] {
        assert_eq!(read(nonsense), None, "{nonsense}");
    }
}
