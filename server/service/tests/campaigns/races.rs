//! A start and an import at the same moment: what is frozen is the roll before it or after it, never a part of both,
//! and whoever reviews what changed meanwhile is told.

use contract::campaigns::{CampaignInput, ItemFilter};
use domain::import::Hint;
use service::imports::{Input, run};
use service::{Op, campaigns};

use crate::house::{ADAM, House, INES, WHY};

const EACH: usize = 20;
/// Identities the house has before any import.
const THERE: i64 = 6;

/// A sheet of so many jobs from a number on, with a purpose.
fn sheet(numbers: impl Iterator<Item = usize>, purpose: &str) -> String {
    let rows = numbers.map(|n| {
        format!(
            "job-{n},night job {n},github_actions,{purpose} {n},staging,payments,p3@acme.test\n"
        )
    });
    let head = "external_id,name,platform,purpose,environment,team,owner\n".to_owned();
    std::iter::once(head).chain(rows).collect()
}

async fn import(op: &Op, text: &str) {
    let input = Input {
        file: "jobs.csv",
        bytes: text.as_bytes(),
        hint: Hint::at(op.now),
        dry_run: false,
        skip_problems: false,
        kept: None,
    };
    let report = run(op, &input, &|_| {}).await.expect("imported");
    assert!(report.applied, "{:?}", report.problems);
}

async fn frozen(house: &House, purpose: &str) -> i64 {
    let sql = format!(
        "SELECT count(*) FROM campaign_items WHERE snapshot ->> 'purpose' LIKE '{purpose} %'"
    );
    store::testing::count(&house.db, sql).await
}

/// Where in the record something was done.
async fn position(house: &House, action: &str) -> i64 {
    let sql = format!("SELECT max(position) FROM activity WHERE action = '{action}'");
    store::testing::count(&house.db, sql).await
}

#[tokio::test]
async fn a_start_and_an_import_at_once_freeze_the_roll_before_it_or_after_it() {
    let Some(house) = House::build().await else {
        return;
    };
    import(&house.op(INES), &sheet(0..EACH, "Runs the night")).await;
    let input = CampaignInput {
        name: "Everything".into(),
        due_on: "2026-11-30".into(),
        ..CampaignInput::default()
    };
    let id = campaigns::create(&house.op(INES), input)
        .await
        .expect("draft");
    let preview = campaigns::preview(&house.op(INES), id)
        .await
        .expect("preview");
    if !preview.gaps.is_empty() {
        campaigns::accept(&house.op(INES), id, WHY)
            .await
            .expect("accepted");
    }
    let (ines, adam) = (house.op(INES), house.op(ADAM));
    let text = sheet(0..2 * EACH, "Runs the week");
    let (started, ()) = tokio::join!(campaigns::start(&ines, id), import(&adam, &text));
    let count = i64::try_from(started.expect("both are done, one after the other")).expect("small");

    let each = i64::try_from(EACH).expect("small");
    let (old, new) = (
        frozen(&house, "Runs the night").await,
        frozen(&house, "Runs the week").await,
    );
    let first =
        position(&house, "campaign.started").await < position(&house, "inventory.imported").await;
    if first {
        assert_eq!(
            (count, old, new),
            (THERE + each, each, 0),
            "the roll before"
        );
    } else {
        assert_eq!(
            (count, old, new),
            (THERE + 2 * each, 0, 2 * each),
            "the roll after"
        );
    }
    let items = campaigns::items(&house.op(INES), id, &ItemFilter::default(), None).await;
    let rows = items.expect("items").page.rows;
    let job = rows
        .iter()
        .find(|row| row.identity.1 == "night job 3")
        .expect("frozen");
    let (view, _) = campaigns::review_item(&house.op(INES), job.id)
        .await
        .expect("view");
    assert_eq!(
        view.current_hash.is_some(),
        first,
        "what changed after the freeze is shown before an answer is taken"
    );
}
