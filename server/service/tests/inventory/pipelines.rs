//! Repositories whose pipelines are kept, against a real database: findings opened, resolved by the next scan, brought by
//! other tools, joined with the roll's trusts, and joined again when those change.

use contract::findings::{FindingFilter, FindingRow, FindingState};
use contract::ids::{IdentityId, TrustId};
use contract::trust::PipelinesInput;
use domain::trust::scan::Brought;
use service::trust::{self, Named};
use service::{Error, posture};
use uuid::Uuid;

use crate::house::{AIKO, House, INES, JONAS, open};

const GUARD: TrustId = TrustId(Uuid::from_u128(78));

fn named() -> Named {
    Named {
        name: "acme/shop".into(),
        ..Named::default()
    }
}

fn workflow(uses: &str, on: &str) -> String {
    format!(
        "on: {on}\npermissions: {{}}\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    permissions: {{id-token: write}}\n    steps:\n      - uses: {uses}\n        with: {{persist-credentials: false, ref: '${{{{ github.event.pull_request.head.sha }}}}'}}\n      - uses: aws-actions/configure-aws-credentials@0123456789012345678901234567890123456789\n        with: {{role-to-assume: 'arn:aws:iam::471982203366:role/deploy'}}\n"
    )
}

const PINNED: &str = "actions/checkout@0123456789012345678901234567890123456789";

fn brought(text: &str) -> Brought {
    let mut all = Brought::default();
    all.take(".github/workflows/deploy.yml", text.as_bytes());
    all
}

/// A role that trusts the main branch of acme/shop.
async fn role(house: &House, subject: &str) -> IdentityId {
    let id = house.active(|_| {}).await;
    let host = "token.actions.githubusercontent.com";
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::471982203366:oidc-provider/{host}"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"{host}:aud":"sts.amazonaws.com","{host}:sub":"{subject}"}}}}}}]}}"#
    );
    let sql = format!(
        "INSERT INTO trusts (id, identity_id, language, target, document, updated_at)
         VALUES ('{GUARD}', '{id}', 'aws', 'arn:aws:iam::471982203366:role/deploy', '{document}', '2026-11-01T00:00:00Z')"
    );
    store::testing::script(&house.services.db, sql).await;
    id
}

async fn inbox(house: &House, rule: &str) -> Vec<FindingRow> {
    let filter = FindingFilter {
        rule: vec![rule.into()],
        state: FindingState::ALL.to_vec(),
        ..FindingFilter::default()
    };
    let op = house.as_person(INES);
    let list = service::findings::list(&op, &filter, None).await;
    list.expect("listed").page.rows
}

#[tokio::test]
async fn a_finding_goes_when_the_next_scan_no_longer_has_it() {
    let Some(house) = open().await else { return };
    let op = house.as_person(INES);
    let loose = workflow("actions/checkout@v4", "push");
    let kept = trust::keep(&op, &named(), brought(&loose))
        .await
        .expect("kept");
    assert!(kept.opened > 0 && kept.resolved == 0, "{kept:?}");
    let unpinned = inbox(&house, "wf-unpinned").await;
    assert_eq!(unpinned.len(), 1);
    assert!(!unpinned[0].rationale.is_empty() && !unpinned[0].controls.is_empty());
    let again = trust::keep(&op, &named(), brought(&loose))
        .await
        .expect("kept");
    assert_eq!(
        (again.opened, again.resolved, again.standing),
        (0, 0, kept.standing)
    );
    let mended = workflow(PINNED, "push");
    let then = trust::keep(&op, &named(), brought(&mended))
        .await
        .expect("kept");
    assert_eq!((then.opened, then.resolved), (0, 1));
    assert_eq!(
        inbox(&house, "wf-unpinned").await[0].state,
        FindingState::Resolved
    );
    let back = trust::keep(&op, &named(), brought(&loose))
        .await
        .expect("kept");
    assert_eq!(back.opened, 1, "it is opened again, not a second time");
    assert_eq!(inbox(&house, "wf-unpinned").await.len(), 1);
    let all = trust::repositories(&op).await.expect("listed");
    assert_eq!((all.total, all.rows[0].files, all.rows[0].jobs), (1, 1, 1));
    trust::forget(&op, kept.id).await.expect("forgotten");
    assert!(inbox(&house, "wf-unpinned").await.is_empty());
    let gone = trust::repository(&op, kept.id).await;
    assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_the_rest_goes_on() {
    let Some(house) = open().await else { return };
    let op = house.as_person(INES);
    let mut all = brought(&workflow(PINNED, "push"));
    all.take(".github/workflows/broken.yml", b"a: [1\n");
    all.governance.push(("x.json".into(), "{\"a\":1}".into()));
    all.sarif.push(("y.sarif".into(), "{}".into()));
    let kept = trust::keep(&op, &named(), all).await.expect("kept");
    let names: Vec<&str> = kept
        .problems
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, [".github/workflows/broken.yml", "x.json", "y.sarif"]);
    assert_eq!(kept.files, 1);
    // Files of which none can be read leave what is known.
    let mut none = Brought::default();
    none.take(".github/workflows/deploy.yml", b"a: [1\n");
    let after = trust::keep(&op, &named(), none).await.expect("kept");
    assert_eq!((after.resolved, after.standing), (0, kept.standing));
    let wrong = Named {
        name: "acme".into(),
        ..Named::default()
    };
    let refused = trust::keep(&op, &wrong, brought("on: push\njobs: {}")).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    let owner = trust::keep(&house.as_person(JONAS), &named(), Brought::default()).await;
    assert!(matches!(owner, Err(Error::Refused(_))), "{owner:?}");
}

#[tokio::test]
async fn results_of_other_tools_are_kept_by_tool() {
    let Some(house) = open().await else { return };
    let op = house.as_person(INES);
    let sarif = |rules: &[&str]| {
        let results: Vec<String> = rules
            .iter()
            .map(|rule| format!(r#"{{"ruleId":"zizmor/{rule}","level":"error","message":{{"text":"{rule} here"}}}}"#))
            .collect();
        let text = format!(
            r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"zizmor"}}}},"results":[{}]}}]}}"#,
            results.join(",")
        );
        let mut all = Brought::default();
        all.sarif.push(("z.sarif".into(), text));
        all
    };
    let kept = trust::keep(&op, &named(), sarif(&["artipacked", "template-injection"]))
        .await
        .expect("kept");
    assert_eq!((kept.opened, kept.standing), (2, 2));
    let twice = trust::keep(&op, &named(), sarif(&["artipacked", "template-injection"]))
        .await
        .expect("kept");
    assert_eq!((twice.opened, twice.resolved), (0, 0), "idempotent");
    let less = trust::keep(&op, &named(), sarif(&["artipacked"]))
        .await
        .expect("kept");
    assert_eq!((less.opened, less.resolved), (0, 1));
    // Its own scan leaves the other tool's alone.
    let scanned = trust::keep(&op, &named(), brought(&workflow(PINNED, "push")))
        .await
        .expect("kept");
    assert_eq!(scanned.resolved, 0);
    let found = inbox(&house, "zizmor/artipacked").await;
    assert_eq!(found[0].state, FindingState::Open);
    assert_eq!(
        found[0].evidence.last().map(|(_, tool)| tool.as_str()),
        Some("zizmor")
    );
    let none = trust::keep(&op, &named(), sarif(&[])).await.expect("kept");
    assert_eq!(
        none.resolved, 1,
        "a tool that ran and found nothing has found nothing"
    );
}

#[tokio::test]
async fn jobs_meet_the_roll_and_meet_it_again_when_it_changes() {
    let Some(house) = open().await else { return };
    let op = house.as_person(INES);
    let id = role(&house, "repo:acme/shop:ref:refs/heads/main").await;
    let mut all = brought(&workflow(PINNED, "pull_request_target"));
    all.take("branches.json", br#"[{"name":"main","protected":false}]"#);
    let kept = trust::keep(&op, &named(), all).await.expect("kept");
    let view = trust::repository(&house.as_person(AIKO), kept.id)
        .await
        .expect("seen");
    assert_eq!(view.reaches.len(), 1);
    assert_eq!(view.reaches[0].identity, id);
    assert!(!view.may_keep);
    let rules: Vec<&str> = view.findings.iter().map(|it| it.rule.as_str()).collect();
    for rule in [
        "reachable-by-pull-request-target",
        "trust-on-unprotected-branch",
        "wf-prt-misuse",
    ] {
        assert!(rules.contains(&rule), "{rule} in {rules:?}");
    }
    let found = inbox(&house, "reachable-by-pull-request-target").await;
    assert_eq!(found[0].identity.as_ref().map(|(id, _)| *id), Some(id));
    // The judgement of the identity leaves them alone.
    posture::recompute(&house.services.system("test"), &[id.0])
        .await
        .expect("judged");
    assert_eq!(
        inbox(&house, "reachable-by-pull-request-target").await[0].state,
        FindingState::Open
    );
    let sql = "UPDATE trusts SET document = replace(document, 'ref:refs/heads/main', 'environment:production')".to_owned();
    store::testing::script(&house.services.db, sql).await;
    let done = trust::rejoin_all(&house.services.system("test"))
        .await
        .expect("joined");
    assert_eq!(done, 1);
    assert_eq!(
        inbox(&house, "reachable-by-pull-request-target").await[0].state,
        FindingState::Resolved
    );
    let unused = inbox(&house, "unused-identity").await;
    assert_eq!(unused.len(), 1, "the job still asks for the role");
}

#[tokio::test]
async fn all_repositories_meet_the_roll_again_and_their_findings_are_counted() {
    let Some(house) = open().await else { return };
    let op = house.as_person(INES);
    let subject = "repo:acme/shop:ref:refs/heads/main";
    let id = role(&house, subject).await;
    let both = format!(r#"["{subject}","repo:acme/web:ref:refs/heads/main"]"#);
    let sql = format!(r#"UPDATE trusts SET document = replace(document, '"{subject}"', '{both}')"#);
    store::testing::script(&house.services.db, sql).await;
    for name in ["acme/shop", "acme/web"] {
        let named = Named {
            name: name.into(),
            ..Named::default()
        };
        let all = brought(&workflow(PINNED, "pull_request_target"));
        trust::keep(&op, &named, all).await.expect("kept");
    }
    // A repository of another forge, of which no trust speaks, between them or behind.
    let named = Named {
        forge: "gitlab".into(),
        name: "acme/web/shop".into(),
        ..Named::default()
    };
    let mut all = Brought::default();
    all.take(".gitlab-ci.yml", b"deploy:\n  script: [make]\n");
    let other = trust::keep(&op, &named, all).await.expect("kept");
    let rule = "reachable-by-pull-request-target";
    let found = inbox(&house, rule).await;
    assert_eq!(found.len(), 2, "one of each repository");
    let states = |rows: &[FindingRow]| rows.iter().map(|it| it.state).collect::<Vec<_>>();
    assert_eq!(states(&found), [FindingState::Open; 2]);
    let sql = "UPDATE trusts SET document = replace(document, 'ref:refs/heads/main', 'environment:production')".to_owned();
    store::testing::script(&house.services.db, sql).await;
    let done = trust::rejoin_all(&house.services.system("test")).await;
    assert_eq!(done.expect("joined"), 3);
    assert_eq!(
        states(&inbox(&house, rule).await),
        [FindingState::Resolved; 2]
    );
    let view = trust::repository(&op, other.id).await.expect("seen");
    assert_eq!((view.trusts, view.row.jobs), (0, 1));
    let open = FindingFilter {
        identity: Some(id),
        ..FindingFilter::default()
    };
    let open = service::findings::list(&op, &open, None).await;
    let row = service::identities::view(&op, id).await.expect("seen").row;
    assert_eq!(
        usize::try_from(row.open_findings).expect("few"),
        open.expect("listed").page.rows.len(),
        "the identity counts what stands"
    );
    assert!(row.open_findings > 0, "both jobs still ask for the role");
}

#[tokio::test]
async fn pasted_pipelines_are_scanned_without_keeping_and_kept_when_asked() {
    let Some(house) = open().await else { return };
    role(&house, "repo:acme/shop:ref:refs/heads/main").await;
    let input = PipelinesInput {
        repository: "acme/shop".into(),
        files: format!(
            "# file: .github/workflows/a.yml\n{}",
            workflow(PINNED, "push")
        ),
        ..PipelinesInput::default()
    };
    let op = house.as_person(INES);
    let view = trust::pipelines(&op, input.clone()).await.expect("scanned");
    assert_eq!((view.files, view.trusts), (1, 1));
    assert!(
        view.reaches
            .iter()
            .any(|it| it.subject == "repo:acme/shop:ref:refs/heads/main")
    );
    assert_eq!(trust::repositories(&op).await.expect("listed").total, 0);
    trust::keep_pasted(&op, &input).await.expect("kept");
    assert_eq!(trust::repositories(&op).await.expect("listed").total, 1);
    let nothing = trust::keep_pasted(&op, &PipelinesInput::default()).await;
    assert!(matches!(nothing, Err(Error::Invalid(_))), "{nothing:?}");
}
