//! Figures across campaigns: what was waived had not to be carried out, and counts for and against nobody.

use contract::campaigns::DecisionKind;
use service::{Error, campaigns};

use crate::house::{House, INES, JONAS, NADIA, OTTO, identity};

#[tokio::test]
async fn what_was_waived_is_counted_apart_in_the_report_and_its_file() {
    let Some(house) = House::build().await else {
        return;
    };
    let id = house.started().await;
    for (n, who) in [(1, JONAS), (4, NADIA)] {
        let item = house.item(id, n).await.id;
        let input = house.answer(item, DecisionKind::Revoke).await;
        campaigns::decide(&house.op(who), input)
            .await
            .expect("revoked");
    }
    let running = campaigns::report(&house.op(OTTO)).await.expect("report");
    assert_eq!(running.campaigns, [], "only what has ended counts");
    campaigns::close(&house.op(INES), id).await.expect("closed");
    let proven = format!(
        "UPDATE remediations SET state = 'verified', settled_at = '2026-11-02T09:00:00Z' WHERE identity_id = '{}'",
        identity(1)
    );
    house.sql(&proven).await;
    house.waive_all(id).await;

    let report = campaigns::report(&house.op(OTTO)).await.expect("report");
    let row = &report.campaigns[0];
    assert_eq!((row.items, row.decided, row.on_time), (5, 2, 2));
    assert_eq!(
        (row.tasks, row.waived, row.verified, row.verified_in_time),
        (2, 1, 1, 1)
    );
    let csv = campaigns::report_csv(&house.op(OTTO)).await.expect("csv");
    let csv = String::from_utf8(csv).expect("text");
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 2, "{csv}");
    assert!(
        lines[0].ends_with("tasks,waived,verified,verified_in_time"),
        "{csv}"
    );
    assert!(lines[1].starts_with("Q4 2026 access review,"), "{csv}");
    assert!(lines[1].ends_with(",2,1,1,1"), "{csv}");
    let owner = campaigns::report_csv(&house.op(JONAS)).await;
    assert!(matches!(owner, Err(Error::Refused(_))));
}
