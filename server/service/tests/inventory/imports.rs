//! Imports against a real database: preview, save, the same again, conflicts, problems.

use contract::identities::{IdentityState, SelectorKind};
use contract::imports::{ImportKind, ImportOutcome, ImportReport};
use domain::import::Hint;
use service::Op;
use service::imports::{Input, run};
use store::testing::{count, texts};

use crate::house::{AIKO, House, INES, JONAS, open};

const SHEET: &str = "external_id,name,platform,purpose,environment,team,owner,backup,tags,selectors,credential_type,credential_reference,credential_issued_at\n\
svc-1,ledger export,aws,Exports the ledger every night,production,payments,jonas.hale@acme.example,Dana Reyes,pci,aws_role arn:aws:iam::471982203366:role/ledger,access key,AKIAIOSFODNN7EXAMPLE,2026-01-02\n\
svc-2,data loader,gcp,Loads the warehouse,staging,data,Dana Reyes,,,loader@acme.iam.gserviceaccount.com,,,\n\
svc-3,lost one,aws,,,,,,,,,,\n";

async fn import(op: &Op, text: &str, dry_run: bool) -> ImportReport {
    with(op, text, dry_run, false).await
}

async fn with(op: &Op, text: &str, dry_run: bool, skip_problems: bool) -> ImportReport {
    let input = Input {
        file: "sheet.csv",
        bytes: text.as_bytes(),
        hint: Hint::at(op.now),
        dry_run,
        skip_problems,
        kept: None,
    };
    run(op, &input, &|_| {}).await.expect("imported")
}

fn totals(report: &ImportReport) -> [i64; 4] {
    use ImportOutcome::{Conflict, Create, Unchanged, Update};
    [Create, Update, Unchanged, Conflict].map(|outcome| report.total(outcome))
}

async fn identities(house: &House) -> i64 {
    count(&house.services.db, "SELECT count(*) FROM identities".into()).await
}

#[tokio::test]
async fn a_preview_saves_nothing_and_says_what_the_import_then_does() {
    let Some(house) = open().await else { return };
    let preview = import(&house.as_person(INES), SHEET, true).await;
    assert_eq!((preview.applied, preview.rows), (false, 3));
    assert_eq!(identities(&house).await, 0);
    assert_eq!(house.entries().await, 0);
    let report = import(&house.as_person(INES), SHEET, false).await;
    assert_eq!(report.problems, []);
    assert!(report.applied);
    assert_eq!(totals(&report), totals(&preview));
    assert_eq!(totals(&report), [4, 0, 0, 0]);
    assert_eq!((identities(&house).await, house.entries().await), (3, 1));
}

#[tokio::test]
async fn the_same_file_again_changes_nothing_and_a_changed_row_is_a_readable_difference() {
    let Some(house) = open().await else { return };
    import(&house.as_person(INES), SHEET, false).await;
    let again = import(&house.as_person(INES), SHEET, false).await;
    assert_eq!(totals(&again), [0, 0, 4, 0]);
    let changed = SHEET
        .replace("Loads the warehouse", "Loads the warehouse hourly")
        .replace("2026-01-02", "2026-11-02");
    let report = import(&house.as_person(INES), &changed, false).await;
    assert_eq!(totals(&report), [0, 2, 2, 0]);
    let told: Vec<_> = report
        .lines
        .iter()
        .flat_map(|line| line.changes.clone())
        .collect();
    let text = |s: &str| s.to_owned();
    assert!(
        told.contains(&(
            text("purpose"),
            text("Loads the warehouse"),
            text("Loads the warehouse hourly")
        )),
        "{told:?}"
    );
    assert!(
        told.iter()
            .any(|(field, before, _)| field.ends_with(": issued")
                && before.starts_with("2026-01-02")),
        "{told:?}"
    );
    let mut conn = house.services.db.acquire().await.expect("conn");
    let kept = texts(
        &mut conn,
        "SELECT changes::text FROM identity_changes ORDER BY at, id",
    )
    .await;
    assert!(
        kept.iter()
            .any(|one| one.contains("Loads the warehouse hourly")),
        "{kept:?}"
    );
}

#[tokio::test]
async fn what_was_imported_is_owned_judged_and_found() {
    let Some(house) = open().await else { return };
    import(&house.as_person(INES), SHEET, false).await;
    let list = service::identities::list(
        &house.as_person(AIKO),
        &contract::identities::IdentityFilter {
            q: "pci".into(),
            ..Default::default()
        },
        contract::identities::IdentitySort::Risk,
        None,
    )
    .await
    .expect("list");
    let row = &list.page.rows[0];
    assert_eq!(
        (row.name.as_str(), row.state),
        ("ledger export", IdentityState::Active)
    );
    assert_eq!(row.subject, "arn:aws:iam::471982203366:role/ledger");
    assert!(
        row.open_findings > 0,
        "a key of January is overdue in November: {row:?}"
    );
    let view = service::identities::view(&house.as_person(AIKO), row.id)
        .await
        .expect("view");
    assert_eq!(
        view.backup_owner
            .as_ref()
            .map(|person| person.name.as_str()),
        Some("Dana Reyes")
    );
    assert_eq!(view.credentials[0].reference, "AKIAIOSFODNN7EXAMPLE");
    assert_eq!(view.selectors[0].kind, SelectorKind::AwsRole);
    assert!(
        view.row.next_review_at.is_some(),
        "an active identity is due for review"
    );
    let mut conn = house.services.db.acquire().await.expect("conn");
    assert_eq!(
        texts(
            &mut conn,
            "SELECT state FROM identities WHERE name = 'lost one'"
        )
        .await,
        ["discovered"]
    );
}

#[tokio::test]
async fn one_wrong_row_refuses_the_file_unless_it_is_skipped() {
    let Some(house) = open().await else { return };
    let broken = SHEET
        .replace(",staging,", ",moon,")
        .replace("Dana Reyes,pci", "Nobody Known,pci");
    let report = import(&house.as_person(INES), &broken, false).await;
    assert!(!report.applied);
    let told: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.iter()
            .any(|p| p.starts_with("row 3: environments: “moon” is not one of")),
        "{told:?}"
    );
    assert!(
        told.iter()
            .any(|p| p
                .starts_with("row 2: backup_owner: there is no person “Nobody Known” in the roll")),
        "{told:?}"
    );
    assert_eq!((identities(&house).await, house.entries().await), (0, 0));
    let report = with(&house.as_person(INES), &broken, false, true).await;
    assert!(report.applied && report.problem_count > 0);
    assert_eq!(identities(&house).await, 1);
}

#[tokio::test]
async fn a_name_of_the_outside_world_joins_and_a_second_claim_names_both() {
    let Some(house) = open().await else { return };
    let id = house.active(|_| ()).await;
    // The immutable form of the same subject, under another name of the identity: a rename joins, never forks.
    let renamed = "name,platform,selectors\npay deploys,github,repo:acme@7/payments-api@9:environment:production\n";
    let report = import(&house.as_person(INES), renamed, false).await;
    assert_eq!(totals(&report), [0, 1, 0, 0], "{report:?}");
    assert_eq!(report.lines[0].identity, Some(id));
    let twice = "external_id,name,platform,selectors\n\
        a,one,aws,aws_role arn:aws:iam::471982203366:role/x\n\
        b,two,aws,aws_role arn:aws:iam::471982203366:role/x\n";
    let report = import(&house.as_person(INES), twice, false).await;
    assert_eq!(totals(&report), [2, 0, 0, 1], "{report:?}");
    let reason = &report.lines[0].reason;
    assert!(
        reason.contains("is claimed by one already") && reason.contains("two was taken without it"),
        "{reason}"
    );
    assert_eq!(
        count(
            &house.services.db,
            "SELECT count(*) FROM selector_conflicts".into()
        )
        .await,
        1
    );
    let between = "name,platform,selectors\nthree,aws,aws_role arn:aws:iam::471982203366:role/x|repo:acme/payments-api:environment:production\n";
    let report = import(&house.as_person(INES), between, false).await;
    assert_eq!(totals(&report), [0, 0, 0, 1]);
    assert!(
        report.lines[0]
            .reason
            .contains("two identities of the roll"),
        "{:?}",
        report.lines
    );
}

#[tokio::test]
async fn a_file_does_not_change_a_state_or_take_another_ones_name() {
    let Some(house) = open().await else { return };
    house.active(|form| form.name = "shop".into()).await;
    let report = import(
        &house.as_person(INES),
        "name,platform,state\nshop,github,suspended\n",
        false,
    )
    .await;
    assert_eq!(totals(&report), [0, 0, 0, 1]);
    assert!(
        report.lines[0]
            .reason
            .contains("a state changes by somebody’s decision"),
        "{:?}",
        report.lines
    );
    import(
        &house.as_person(INES),
        "external_id,name,platform\na,alpha,aws\n",
        false,
    )
    .await;
    let report = import(
        &house.as_person(INES),
        "external_id,name,platform\nb,alpha,aws\n",
        false,
    )
    .await;
    assert!(
        report.lines[0]
            .reason
            .contains("under another external id (a)"),
        "{:?}",
        report.lines
    );
    let report = import(
        &house.as_person(INES),
        "name,platform\nalpha,aws\nalpha,gcp\n",
        false,
    )
    .await;
    assert_eq!(
        report.problems[0].to_string(),
        "row 3: name: “alpha” stands in row 2 already"
    );
}

#[tokio::test]
async fn vendors_join_by_their_ids_and_never_overwrite() {
    let Some(house) = open().await else { return };
    let report = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n\
        ci,arn:aws:iam::471982203366:user/ci,2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,true,2026-03-01T10:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n";
    let first = import(&house.as_person(INES), report, false).await;
    assert_eq!(first.problems, []);
    assert_eq!(totals(&first), [2, 0, 0, 0]);
    let own = "name,platform,purpose,team,owner,selectors\nci user,aws,Runs the old builds,payments,Jonas Hale,arn:aws:iam::471982203366:user/ci\n";
    let named = import(&house.as_person(INES), own, false).await;
    assert_eq!(totals(&named), [0, 1, 0, 0]);
    let again = import(&house.as_person(INES), report, false).await;
    assert_eq!(totals(&again), [0, 0, 2, 0], "{again:?}");
    let details = r#"{"UserDetailList":[],"RoleDetailList":[{"Path":"/","RoleName":"r","Arn":"arn:aws:iam::471982203366:role/r","CreateDate":"2023-05-01T00:00:00+00:00",
        "AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]},
        "AttachedManagedPolicies":[{"PolicyName":"AdministratorAccess","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}]}]}"#;
    let roles = import(&house.as_person(INES), details, false).await;
    assert_eq!(roles.problems, []);
    assert_eq!(totals(&roles), [4, 0, 0, 0]);
    assert_eq!(
        totals(&import(&house.as_person(INES), details, false).await),
        [0, 0, 4, 0]
    );
    let mut conn = house.services.db.acquire().await.expect("conn");
    assert_eq!(
        texts(
            &mut conn,
            "SELECT name || ' ' || state || ' ' || privileged FROM identities ORDER BY name"
        )
        .await,
        ["471982203366/r discovered true", "ci user discovered false"]
    );
}

#[tokio::test]
async fn people_and_teams_come_in_and_somebody_who_left_leaves_a_finding() {
    let Some(house) = open().await else { return };
    let id = house.active(|_| ()).await;
    let text = r#"{"teams":[{"slug":"web","name":"Web","lead":"ines.varga@acme.example"}],
        "people":[{"email":"new@acme.example","name":"New Person","teams":["web"]},{"email":"jonas.hale@acme.example","active":false}]}"#;
    let report = import(&house.as_person(INES), text, false).await;
    assert_eq!(report.problems, []);
    let kinds: Vec<ImportKind> = report.counts.iter().map(|count| count.kind).collect();
    assert_eq!(kinds, [ImportKind::Teams, ImportKind::People]);
    let view = service::identities::view(&house.as_person(INES), id)
        .await
        .expect("view");
    assert!(
        view.findings
            .iter()
            .any(|finding| finding.rule == "inactive_owner"),
        "{:?}",
        view.findings
    );
    let roles = import(
        &house.as_person(INES),
        "email,roles\nnew@acme.example,admin\n",
        false,
    )
    .await;
    assert_eq!(
        roles.problems[0].to_string(),
        "row 2: roles: only an administrator may give roles"
    );
    let system = import(
        &house.system(),
        "email,roles\nnew@acme.example,admin\n",
        false,
    )
    .await;
    assert!(system.applied);
}

#[tokio::test]
async fn only_keepers_import() {
    let Some(house) = open().await else { return };
    for person in [JONAS, AIKO] {
        let op = house.as_person(person);
        let input = Input {
            file: "x",
            bytes: SHEET.as_bytes(),
            hint: Hint::at(op.now),
            dry_run: true,
            skip_problems: false,
            kept: None,
        };
        assert!(matches!(
            run(&op, &input, &|_| {}).await,
            Err(service::Error::Refused(_))
        ));
    }
}

#[tokio::test]
async fn many_rows_go_through_in_chunks_and_say_how_far_they_are() {
    use std::fmt::Write as _;
    use std::sync::atomic::{AtomicI64, Ordering};
    let Some(house) = open().await else { return };
    let mut text = String::from("external_id,name,platform,purpose,environment,selectors\n");
    for n in 0..2_600 {
        writeln!(text, "x-{n},bulk {n},aws,Row number {n} of many,dev,aws_role arn:aws:iam::471982203366:role/bulk-{n}").expect("text");
    }
    let op = house.as_person(INES);
    let (steps, last) = (AtomicI64::new(0), AtomicI64::new(0));
    let watch = |progress: service::imports::Progress| {
        steps.fetch_add(1, Ordering::Relaxed);
        last.store(progress.rows, Ordering::Relaxed);
    };
    let input = Input {
        file: "bulk.csv",
        bytes: text.as_bytes(),
        hint: Hint::at(op.now),
        dry_run: false,
        skip_problems: false,
        kept: None,
    };
    let report = run(&op, &input, &watch).await.expect("imported");
    assert_eq!(totals(&report), [2_600, 0, 0, 0]);
    assert_eq!(
        (steps.load(Ordering::Relaxed), last.load(Ordering::Relaxed)),
        (6, 2_600)
    );
    assert_eq!(report.lines.len(), 200);
    // More than are judged at once: the job has them.
    assert_eq!(
        count(
            &house.services.db,
            "SELECT count(*) FROM jobs WHERE kind = 'posture'".into()
        )
        .await,
        6
    );
    assert_eq!(
        totals(&import(&house.as_person(INES), &text, false).await),
        [0, 0, 2_600, 0]
    );
}
