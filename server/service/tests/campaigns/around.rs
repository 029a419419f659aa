//! What happens around a campaign: reminders, reviews that events open, templates, keys, and what is final.

use contract::campaigns::{
    CampaignPolicy, CampaignState, CampaignTemplate, DecisionKind, ItemState, Schedule,
};
use contract::identities::IdentityFilter;
use contract::messages::MessageState;
use service::ports::{Letter, Pigeonhole, Post, Posted, Posting};
use service::{Error, campaigns, evidence, messages};

use crate::house::{ADAM, House, INES, JONAS, MIRA, NADIA, OTTO, identity, person};

#[tokio::test]
async fn each_point_of_the_calendar_writes_one_digest_to_those_with_open_items() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let system = || house.services.system("test");
    let post = Pigeonhole::default();
    // Owner, backup, Storefront's owner and Security have items; nobody else is written to.
    let first = messages::remind(&system()).await.expect("remind");
    let asked = store::testing::count(
        &house.db,
        "SELECT count(DISTINCT reviewer_id) FROM campaign_items".to_owned(),
    )
    .await;
    assert_eq!(i64::try_from(first).expect("small"), asked);
    assert_eq!(
        messages::remind(&system()).await.expect("again"),
        0,
        "each point once"
    );
    let sent = messages::deliver(&system(), &post).await.expect("deliver");
    assert_eq!(sent.sent, first as u64);
    let letter = &post.letters()[0];
    assert!(letter.body.contains("/reviews/") && letter.body.contains("never an approval"));

    // Nadia answers; the others hear of the week, Nadia does not.
    let input = house
        .answer(house.item(id, 4).await.id, DecisionKind::Approve)
        .await;
    campaigns::decide(&house.op(NADIA), input)
        .await
        .expect("decided");
    house.pass(22);
    let week = messages::remind(&system()).await.expect("week");
    assert_eq!(week, first - 1);
    house.pass(8);
    messages::remind(&system()).await.expect("overdue");
    messages::deliver(&system(), &post).await.expect("deliver");
    let rows = messages::of_campaign(&house.op(OTTO), id)
        .await
        .expect("an auditor sees them");
    assert!(rows.iter().all(|row| row.state == MessageState::Sent));
    assert!(
        rows.iter().any(|row| row.kind == "escalation"),
        "overdue goes up"
    );
    assert!(
        rows.iter().filter(|row| row.to == "Nadia Flint").count() == 1,
        "whoever is finished is left in peace"
    );
    let owner = messages::of_campaign(&house.op(JONAS), id).await;
    assert!(matches!(owner, Err(Error::Refused(_))));
}

/// A mail server that is down, and one that knows nobody.
struct Broken(Posted);

impl Post for Broken {
    fn mail(&self, _: Letter) -> Posting<'_> {
        let outcome = self.0.clone();
        Box::pin(async move { outcome })
    }

    fn webhook(&self, letter: Letter) -> Posting<'_> {
        self.mail(letter)
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_waits_and_is_never_lost() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let system = || house.services.system("test");
    let written = messages::remind(&system()).await.expect("remind") as u64;
    let down = Broken(Posted::Later("connection refused".into()));
    let sent = messages::deliver(&system(), &down).await.expect("deliver");
    assert_eq!((sent.later, sent.sent), (written, 0));
    let sent = messages::deliver(&system(), &down)
        .await
        .expect("not again at once");
    assert_eq!(sent.later, 0);
    house.clock.advance(chrono::TimeDelta::minutes(2));
    let unknown = Broken(Posted::Refused("550 no such user".into()));
    let sent = messages::deliver(&system(), &unknown)
        .await
        .expect("deliver");
    assert_eq!(sent.failed, written);
    let rows = messages::of_campaign(&house.op(OTTO), id)
        .await
        .expect("rows");
    assert!(
        rows.iter()
            .all(|row| row.state == MessageState::Failed && row.problem.contains("550"))
    );
}

#[tokio::test]
async fn a_new_production_permission_opens_one_review_for_the_owner_and_no_second() {
    let Some(house) = House::build().await else {
        return;
    };
    let system = || house.services.system("test");
    let id = house.started().await;
    for (n, who) in [(1, JONAS), (4, NADIA)] {
        let input = house
            .answer(house.item(id, n).await.id, DecisionKind::Approve)
            .await;
        campaigns::decide(&house.op(who), input)
            .await
            .expect("approved");
    }
    campaigns::close(&house.op(INES), id).await.expect("closed");
    assert_eq!(
        campaigns::micro_reviews(&system())
            .await
            .expect("nothing")
            .opened,
        0
    );
    house.pass(10);
    house
        .sql(&format!(
            "INSERT INTO permissions (id, identity_id, system, action, resource, environment, privileged, created_at)
                 VALUES (gen_random_uuid(), '{}', 'aws', 'iam:PassRole', '*', 'production', true, '2026-11-12T07:59:00Z');
             UPDATE identities SET owner_id = '{}', updated_at = '2026-11-12T07:59:30Z' WHERE id = '{}'",
            identity(4),
            person(MIRA),
            identity(1)
        ))
        .await;
    let done = campaigns::micro_reviews(&system()).await.expect("opened");
    assert_eq!(done.opened, 2, "one for the permission, one for the owner");
    assert_eq!(
        campaigns::micro_reviews(&system())
            .await
            .expect("once")
            .opened,
        0
    );
    let mine = campaigns::my_reviews(&house.op(NADIA)).await.expect("mine");
    assert_eq!(mine.len(), 1, "{mine:?}");
    assert_eq!(
        mine[0].campaign.due_at.to_rfc3339(),
        "2026-11-20T00:00:00+00:00",
        "five working days"
    );
    let item = mine[0].next.expect("open");
    let input = house.answer(item, DecisionKind::Approve).await;
    campaigns::decide(&house.op(NADIA), input)
        .await
        .expect("answered");
    let done = campaigns::micro_reviews(&system()).await.expect("ends");
    assert_eq!((done.closed, done.sealed), (1, 1));
    let theirs = campaigns::my_reviews(&house.op(MIRA))
        .await
        .expect("the new owner's");
    assert!(
        theirs
            .iter()
            .any(|review| review.campaign.name.contains("owner changed"))
    );
}

fn quarterly() -> CampaignTemplate {
    CampaignTemplate {
        name: "Quarterly review".into(),
        notes: String::new(),
        only_due: false,
        filter: IdentityFilter::default(),
        days: 28,
        schedule: Some(Schedule {
            rule: "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1".into(),
            time_zone: "Europe/Berlin".into(),
            starts_on: "2026-01-01".parse().expect("day"),
            working_days: true,
            holidays: vec!["2027-01-01".parse().expect("day")],
            ahead_days: 7,
        }),
        policy: CampaignPolicy::default(),
    }
}

#[tokio::test]
async fn a_template_is_planned_applied_and_makes_its_draft_once_some_days_ahead() {
    let Some(house) = House::build().await else {
        return;
    };
    let plan = campaigns::plan(&house.op(INES), &[quarterly()])
        .await
        .expect("plan");
    assert!(
        plan[0].new
            && plan[0]
                .fields
                .iter()
                .any(|(field, ..)| field == "schedule.rule")
    );
    assert!(
        campaigns::templates(&house.op(INES))
            .await
            .expect("none")
            .is_empty()
    );
    campaigns::apply(&house.op(INES), &[quarterly()])
        .await
        .expect("applied");
    assert!(
        campaigns::plan(&house.op(INES), &[quarterly()])
            .await
            .expect("same")
            .is_empty()
    );
    let longer = CampaignTemplate {
        days: 21,
        ..quarterly()
    };
    let plan = campaigns::plan(&house.op(INES), &[longer])
        .await
        .expect("diff");
    assert_eq!(
        plan[0].fields,
        [("days".to_owned(), "28".to_owned(), "21".to_owned())]
    );
    let wrong = CampaignTemplate {
        schedule: Some(Schedule {
            rule: "FREQ=HOURLY".into(),
            time_zone: "Mars/Olympus".into(),
            ..quarterly().schedule.expect("one")
        }),
        ..quarterly()
    };
    let refused = campaigns::apply(&house.op(INES), &[wrong])
        .await
        .expect_err("wrong");
    assert!(
        matches!(&refused, Error::Invalid(fields) if fields.len() == 2),
        "{refused}"
    );

    // 1 January is a Friday and a holiday: it falls on Monday the 4th; the draft is made a week ahead, once.
    let rows = campaigns::templates(&house.op(INES)).await.expect("rows");
    assert_eq!(rows[0].next, Some("2027-01-04".parse().expect("day")));
    let system = || house.services.system("test");
    assert_eq!(campaigns::make_drafts(&system()).await.expect("not yet"), 0);
    house.pass(56);
    assert_eq!(campaigns::make_drafts(&system()).await.expect("made"), 1);
    assert_eq!(campaigns::make_drafts(&system()).await.expect("once"), 0);
    let all = campaigns::list(&house.op(INES)).await.expect("list");
    assert_eq!(
        (all[0].name.as_str(), all[0].state),
        ("Quarterly review, 4 Jan 2027", CampaignState::Draft)
    );
}

#[tokio::test]
async fn a_template_is_created_once_however_often_and_at_once() {
    let Some(house) = House::build().await else {
        return;
    };
    let refused = |error: Error| matches!(error, Error::Conflict(_));
    let (one, two) = (house.op(INES), house.op(ADAM));
    let shorter = CampaignTemplate {
        days: 14,
        ..quarterly()
    };
    let (first, second) = tokio::join!(
        campaigns::create_template(&one, quarterly()),
        campaigns::create_template(&two, shorter)
    );
    let (kept, late) = match (first, second) {
        (Ok(kept), Err(late)) | (Err(late), Ok(kept)) => (kept, late),
        (first, second) => panic!("one of them: {first:?}, {second:?}"),
    };
    assert!(refused(late));
    let again = campaigns::create_template(&one, quarterly()).await;
    assert!(refused(again.expect_err("there is one")));
    let read = campaigns::template(&house.op(INES), kept.id).await;
    assert_eq!(read.expect("kept"), kept, "as it was made");
    let all = campaigns::templates(&house.op(INES)).await.expect("rows");
    assert_eq!(all, [kept]);
    let none = campaigns::template(&house.op(INES), uuid::Uuid::nil().into()).await;
    assert!(matches!(none, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn a_rotated_key_signs_what_follows_and_older_packs_still_verify() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    campaigns::close(&house.op(INES), id).await.expect("closed");
    evidence::seal(&house.op(INES), id).await.expect("sealed");
    let (_, first) = evidence::export(&house.op(OTTO), id).await.expect("pack");
    let system = house.services.system("test");
    let fresh = evidence::rotate(&system).await.expect("rotated");
    let person_may = evidence::rotate(&house.op(ADAM)).await;
    assert!(
        matches!(person_may, Err(Error::Refused(_))),
        "only the shell beside the database"
    );
    let keys = evidence::public_keys(&house.op(OTTO)).await.expect("keys");
    assert_eq!(keys.len(), 2, "both public halves are kept");
    let old = keys
        .iter()
        .find(|(key, ..)| *key != fresh)
        .expect("the old one");
    let key = domain::evidence::keys::public_from_pem(&old.1).expect("pem");
    domain::evidence::verify(std::io::Cursor::new(&first), Some(&key)).expect("still verifies");
}

#[tokio::test]
async fn a_seal_and_an_answer_and_a_second_seal_at_once_leave_one_truth() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let item = house.item(id, 1).await.id;
    let input = house.answer(item, DecisionKind::Approve).await;
    campaigns::close(&house.op(INES), id).await.expect("closed");
    let (owner, one, two) = (house.op(JONAS), house.op(INES), house.op(ADAM));
    let (answer, a, b) = tokio::join!(
        campaigns::decide(&owner, input),
        evidence::seal(&one, id),
        evidence::seal(&two, id)
    );
    assert!(answer.is_err(), "nothing is answered after the close");
    assert_eq!(
        [a.is_ok(), b.is_ok()].into_iter().filter(|ok| *ok).count(),
        1
    );
    assert_eq!(house.item(id, 1).await.state, ItemState::NotReviewed);
}

#[tokio::test]
async fn two_people_deciding_one_item_at_once_one_wins_and_the_other_is_told() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    let item = house.item(id, 1).await.id;
    let (one, two) = (
        house.answer(item, DecisionKind::Approve).await,
        house.answer(item, DecisionKind::Revoke).await,
    );
    let (owner, security) = (house.op(JONAS), house.op(INES));
    let (a, b) = tokio::join!(
        campaigns::decide(&owner, one),
        campaigns::decide(&security, two)
    );
    let told = [a, b]
        .into_iter()
        .filter_map(Result::err)
        .collect::<Vec<_>>();
    assert_eq!(told.len(), 1);
    assert!(
        told[0].to_string().contains("in the meantime"),
        "{}",
        told[0]
    );
}

#[tokio::test]
async fn what_is_sealed_can_neither_be_changed_nor_deleted_even_in_the_database() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    campaigns::close(&house.op(INES), id).await.expect("closed");
    evidence::seal(&house.op(INES), id).await.expect("sealed");
    for sql in [
        format!("DELETE FROM evidence_pieces WHERE campaign_id = '{id}'"),
        format!("UPDATE evidence_pieces SET bytes = '' WHERE campaign_id = '{id}'"),
        format!("UPDATE evidence_packs SET sha256 = 'x' WHERE campaign_id = '{id}'"),
        format!("UPDATE campaigns SET name = 'x' WHERE id = '{id}'"),
        format!("DELETE FROM campaigns WHERE id = '{id}'"),
    ] {
        assert!(
            !store::testing::allows(&house.db, sql.clone()).await,
            "{sql}"
        );
    }
}
