//! The queue of discovered identities: what it shows, joining without forking, taking many in.

use contract::identities::{AdoptInput, IdentityFilter, IdentitySort, IdentityState, MergeInput};
use contract::ids::IdentityId;
use contract::imports::{ImportFormat, ImportReport};
use domain::import::Hint;
use service::imports::{Input, run};
use service::{Error, Op, identities};
use store::testing::{count, script, texts};

use crate::house::{AIKO, DANA, House, INES, JONAS, PAYMENTS, open};

/// One that is registered, and three nobody answers for: the same role under a new name, a stranger, a neighbour.
const SHEET: &str = "external_id,name,platform,purpose,team,owner,selectors\n\
r-1,deploy-production,aws,Deploys the shop to production,payments,jonas.hale@acme.example,aws_role arn:aws:iam::471982203366:role/deploy-production\n\
r-2,shop build,github,Builds the shop,payments,jonas.hale@acme.example,repository acme/shop\n\
d-1,deploy-prod,aws,,,,aws_role arn:aws:iam::471982203366:role/deploy-prod\n\
d-2,unheard of,aws,,,,aws_role arn:aws:iam::999999999999:role/unheard-of\n\
d-3,acme/shop release,github,,,,oidc_subject https://token.actions.githubusercontent.com repo:acme/shop:environment:release\n";

async fn import(op: &Op, text: &str) {
    let input = Input {
        file: "sheet.csv",
        bytes: text.as_bytes(),
        hint: Hint::at(op.now),
        dry_run: false,
        skip_problems: false,
        kept: None,
    };
    let report = run(op, &input, &|_| {}).await.expect("imported");
    assert_eq!(report.problems, []);
    assert!(report.applied);
}

pub async fn house() -> Option<House> {
    let house = open().await?;
    import(&house.as_person(INES), SHEET).await;
    Some(house)
}

pub async fn id(house: &House, name: &str) -> IdentityId {
    let mut conn = house.services.db.acquire().await.expect("conn");
    let names = "SELECT name || '=' || id FROM identities";
    let all = texts(&mut conn, names).await;
    let found = all
        .iter()
        .find_map(|line| line.strip_prefix(&format!("{name}=")));
    found.expect("it is there").parse().expect("an id")
}

pub fn merge(from: IdentityId, into: IdentityId, reason: &str) -> MergeInput {
    MergeInput {
        from,
        into: Some(into),
        name: String::new(),
        reason: reason.to_owned(),
    }
}

pub const WHY: &str = "The role was renamed in OPS-77, the trail shows both names on one day";

#[tokio::test]
async fn the_queue_shows_what_each_may_be_and_whose() {
    let Some(house) = house().await else { return };
    let queue = identities::discovered(&house.as_person(INES), None, None)
        .await
        .expect("queue");
    assert_eq!(queue.page.total, Some(3));
    assert!(queue.may_adopt && queue.may_judge);
    let row = |name: &str| {
        let mut rows = queue.page.rows.iter();
        rows.find(|row| row.name == name).expect("waits")
    };
    let renamed = row("deploy-prod");
    assert_eq!(renamed.similar[0].name, "deploy-production");
    assert!(renamed.similar[0].score >= 80, "{renamed:?}");
    assert!(
        renamed.similar[0].reasons[0].contains("is like"),
        "{renamed:?}"
    );
    assert_eq!(renamed.source, "sheet.csv");
    assert_eq!(row("unheard of").similar, []);
    assert_eq!(row("unheard of").owners, []);
    let neighbour = row("acme/shop release");
    assert_eq!(neighbour.owners[0].person.name, "Jonas Hale");
    assert_eq!(
        neighbour.owners[0].source,
        "owns shop build, of the same repository"
    );
    assert_eq!(
        neighbour.owners[0].team.as_ref().map(|team| team.id),
        Some(PAYMENTS)
    );
    // One of a repository alone.
    let of = identities::discovered(&house.as_person(INES), Some("Acme/Shop"), None)
        .await
        .expect("queue");
    assert_eq!(of.page.rows.len(), 1);
    // An auditor looks and does nothing.
    let auditor = identities::discovered(&house.as_person(AIKO), None, None)
        .await
        .expect("queue");
    assert!(!auditor.may_adopt && !auditor.may_judge && auditor.people.is_empty());
}

async fn code_owners(house: &House, text: &str, subject: Option<&str>) -> ImportReport {
    let op = house.as_person(INES);
    let input = Input {
        file: "CODEOWNERS",
        bytes: text.as_bytes(),
        hint: Hint {
            subject: subject.map(str::to_owned),
            ..Hint::at(op.now)
        },
        dry_run: false,
        skip_problems: false,
        kept: None,
    };
    run(&op, &input, &|_| {}).await.expect("read")
}

#[tokio::test]
async fn a_codeowners_file_suggests_who_answers_until_the_next_one_replaces_it() {
    let Some(house) = house().await else { return };
    let text = "# ours\n* jonas.hale@acme.example\n/.github/workflows/ @dana-reyes\n";
    let nameless = code_owners(&house, text, None).await;
    assert!(!nameless.applied);
    assert!(
        nameless.problems[0].message.contains("such as acme/shop"),
        "{nameless:?}"
    );
    let report = code_owners(&house, text, Some("Acme/Shop")).await;
    assert_eq!(
        (report.format, report.applied),
        (ImportFormat::CodeOwners, true)
    );
    assert_eq!(report.counts[0].create, 1);
    let again = code_owners(&house, text, Some("acme/shop")).await;
    assert_eq!(again.counts[0].unchanged, 1);
    let release = id(&house, "acme/shop release").await;
    let view = identities::view(&house.as_person(INES), release)
        .await
        .expect("seen");
    let first = &view.suggested_owners[0];
    assert_eq!(
        (first.person.name.as_str(), first.source.as_str()),
        ("Dana Reyes", "named by CODEOWNERS of acme/shop, line 3")
    );
    // Somebody who is owned needs no suggestion.
    let owned = id(&house, "shop build").await;
    let view = identities::view(&house.as_person(INES), owned)
        .await
        .expect("seen");
    assert_eq!(view.suggested_owners, []);
    let changed = code_owners(&house, "* jonas.hale@acme.example\n", Some("acme/shop")).await;
    assert_eq!(changed.counts[0].update, 1);
    let told = &changed.lines[0].changes;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, "/.github/workflows/");
    let queue = identities::discovered(&house.as_person(INES), Some("acme/shop"), None)
        .await
        .expect("queue");
    let jonas = &queue.page.rows[0].owners[0];
    assert_eq!(
        jonas.source,
        "named by CODEOWNERS of acme/shop, line 1; owns shop build, of the same repository"
    );
}

#[tokio::test]
async fn a_line_of_codeowners_that_says_nothing_refuses_the_file_by_number() {
    let Some(house) = house().await else { return };
    let report = code_owners(&house, "* @acme/data\n!x @dana\n", Some("acme/shop")).await;
    assert!(!report.applied);
    assert_eq!(report.problems[0].row, 2);
    assert!(report.problems[0].message.contains("takes nothing back"));
}

#[tokio::test]
async fn joining_brings_names_events_and_history_over_and_never_forks() {
    let Some(house) = house().await else { return };
    let (from, into) = (
        id(&house, "deploy-prod").await,
        id(&house, "deploy-production").await,
    );
    let source = "00000000-0000-7000-8000-0000000000aa";
    script(
        &house.services.db,
        format!(
            "INSERT INTO event_days (source_id, identity_id, day, succeeded, failed) VALUES
                 ('{source}', '{from}', '2026-11-20', 5, 1), ('{source}', '{into}', '2026-11-20', 2, 0),
                 ('{source}', '{from}', '2026-11-19', 2, 0);
             INSERT INTO event_day_changes (source_id, identity_id, day, succeeded, failed) VALUES
                 ('{source}', '{from}', '2026-11-19', 1, 0)"
        ),
    )
    .await;
    let before = house.entries().await;
    let op = house.as_person(INES);
    let stays = identities::merge(&op, &merge(from, into, WHY))
        .await
        .expect("joined");
    assert_eq!(stays, into);
    assert_eq!(house.entries().await, before + 1);
    let view = identities::view(&house.as_person(AIKO), into)
        .await
        .expect("view");
    let names: Vec<&str> = view
        .selectors
        .iter()
        .map(|one| one.value.as_str())
        .collect();
    assert!(
        names.contains(&"arn:aws:iam::471982203366:role/deploy-prod"),
        "{names:?}"
    );
    assert_eq!(names.len(), 2);
    let seen: (i64, i64) = view
        .daily_events
        .iter()
        .fold((0, 0), |sum, day| (sum.0 + day.0, sum.1 + day.1));
    assert_eq!(seen, (10, 1), "days of both are one");
    let left = format!("SELECT count(*) FROM identities WHERE id = '{from}'");
    assert_eq!(count(&house.services.db, left).await, 0);
    // The old address still leads somewhere.
    let old = identities::view_joined(&house.as_person(AIKO), from)
        .await
        .expect("view");
    assert_eq!(old.row.id, into);
    // And a list that still has the old name means this one now.
    let list = "name,platform,selectors\ndeploy-prod,aws,aws_role arn:aws:iam::471982203366:role/deploy-prod\n";
    import(&house.as_person(INES), list).await;
    let list = identities::list(
        &house.as_person(INES),
        &IdentityFilter {
            q: "deploy-prod".into(),
            ..IdentityFilter::default()
        },
        IdentitySort::Name,
        None,
    )
    .await
    .expect("list");
    assert_eq!(list.page.rows.len(), 1, "{:?}", list.page.rows);
}

#[tokio::test]
async fn joining_is_refused_where_it_would_be_wrong() {
    let Some(house) = house().await else { return };
    let (from, into) = (
        id(&house, "deploy-prod").await,
        id(&house, "deploy-production").await,
    );
    let other = id(&house, "shop build").await;
    let stranger = id(&house, "unheard of").await;
    let ines = || house.as_person(INES);
    let no_reason = identities::merge(&ines(), &merge(from, into, "")).await;
    assert!(matches!(no_reason, Err(Error::Invalid(wrong)) if wrong[0].field == "reason"));
    let registered = identities::merge(&ines(), &merge(other, into, WHY)).await;
    assert!(
        matches!(registered, Err(Error::Conflict(why)) if why.contains("shop build is registered"))
    );
    let two_strangers = identities::merge(&ines(), &merge(from, stranger, WHY)).await;
    assert!(matches!(two_strangers, Err(Error::Conflict(why)) if why.contains("Adopt it first")));
    let itself = identities::merge(&ines(), &merge(from, from, WHY)).await;
    assert!(matches!(itself, Err(Error::Invalid(_))));
    let named = MergeInput {
        into: None,
        name: "no such thing".into(),
        ..merge(from, into, WHY)
    };
    let unknown = identities::merge(&ines(), &named).await;
    assert!(matches!(unknown, Err(Error::Invalid(wrong)) if wrong[0].field == "name"));
    let dana = identities::merge(&house.as_person(DANA), &merge(from, into, WHY)).await;
    assert!(matches!(dana, Err(Error::Forbidden(_))), "another team's");
    let auditor = identities::merge(&house.as_person(AIKO), &merge(from, into, WHY)).await;
    assert!(matches!(auditor, Err(Error::Refused(_))));
    // Its own team may, by name.
    let named = MergeInput {
        into: None,
        name: "deploy-production".into(),
        ..merge(from, into, WHY)
    };
    let jonas = identities::merge(&house.as_person(JONAS), &named).await;
    assert_eq!(jonas.expect("joined"), into);
}

#[tokio::test]
async fn many_are_adopted_at_once_each_by_itself() {
    let Some(house) = house().await else { return };
    let ids = vec![
        id(&house, "unheard of").await,
        id(&house, "acme/shop release").await,
        id(&house, "shop build").await,
    ];
    let input = AdoptInput {
        ids,
        team: Some(PAYMENTS),
        owner: Some(JONAS),
        purpose: "Releases the shop to its customers".into(),
        ticket: "OPS-78".into(),
        reason: "Found in the review of November and confirmed by the team".into(),
    };
    let nobody = AdoptInput {
        owner: None,
        ..input.clone()
    };
    let missing = identities::adopt_all(&house.as_person(INES), &nobody).await;
    assert!(missing.is_err(), "somebody has to answer for it");
    let before = house.entries().await;
    let became = identities::adopt_all(&house.as_person(INES), &input)
        .await
        .expect("adopts");
    assert_eq!((became.done, became.left), (2, 1), "{became:?}");
    assert_eq!(became.why.len(), 1);
    assert_eq!(house.entries().await, before + 2);
    let view = identities::view(&house.as_person(INES), input.ids[0])
        .await
        .expect("view");
    assert_eq!(view.row.state, IdentityState::Active);
    let none = AdoptInput {
        ids: vec![],
        ..input
    };
    let empty = identities::adopt_all(&house.as_person(INES), &none).await;
    assert!(matches!(empty, Err(Error::Invalid(wrong)) if wrong[0].field == "ids"));
}
