//! Counts by day of more deliveries than one fold takes: exact before, between and after.

use store::testing::{count, execute, fresh, texts};

use super::services;

/// Rows that one fold takes.
const FOLDED: i64 = 50_000;
/// Counts of days there are: two sources, forty identities, thirty days.
const DAYS: usize = 2 * 40 * 30;
/// What deliveries counted: two folds of it, and one row more.
const CHANGES: &str =
    "INSERT INTO event_day_changes (source_id, identity_id, day, succeeded, failed)
     SELECT lpad(to_hex(1 + n % 2), 32, '0')::uuid, lpad(to_hex(n / 2 % 40), 32, '0')::uuid,
         '2026-10-01'::date + n / 80 % 30, n % 7, n % 3 FROM generate_series(0, 100000) AS n";
/// What is read of the days.
const COUNTED: &str = "SELECT concat_ws(' ', source_id, identity_id, day, sum(succeeded), sum(failed)) FROM event_day_counts
     GROUP BY source_id, identity_id, day ORDER BY source_id, identity_id, day";
const WAITING: &str = "SELECT count(*) FROM event_day_changes";

#[tokio::test]
async fn more_than_one_fold_takes_is_folded_bit_by_bit_and_counted_exactly_all_the_while() {
    let Some(db) = fresh().await else {
        return;
    };
    let mut conn = db.acquire().await.unwrap();
    // Half of the days have a count already.
    let folded = "INSERT INTO event_days (source_id, identity_id, day, succeeded, failed)
         SELECT lpad('1', 32, '0')::uuid, lpad(to_hex(who), 32, '0')::uuid, '2026-10-01'::date + day, 5, 1
         FROM generate_series(0, 39) AS who, generate_series(0, 29) AS day";
    execute(&mut conn, folded).await;
    execute(&mut conn, CHANGES).await;
    let before = texts(&mut conn, COUNTED).await;
    assert_eq!(before.len(), DAYS);
    for left in [FOLDED + 1, 1, 0] {
        let mut tx = db.begin().await.unwrap();
        let days = store::events::fold_days(&mut tx).await.unwrap();
        assert!((1..=DAYS as u64).contains(&days), "{days} with {left} left");
        // Nobody else sees half of a fold.
        let meanwhile = texts(&mut conn, COUNTED).await;
        assert!(
            meanwhile == before,
            "while a fold that leaves {left} is open"
        );
        tx.commit().await.unwrap();
        assert_eq!(count(&db, WAITING.to_owned()).await, left);
        let after = texts(&mut conn, COUNTED).await;
        assert!(after == before, "with {left} left");
    }
    let mut tx = db.begin().await.unwrap();
    assert_eq!(store::events::fold_days(&mut tx).await.unwrap(), 0);
    tx.commit().await.unwrap();
    let rows = "SELECT count(*)::text FROM event_days";
    assert_eq!(texts(&mut conn, rows).await, [DAYS.to_string()]);

    // The job folds as often as it takes.
    execute(&mut conn, CHANGES).await;
    let before = texts(&mut conn, COUNTED).await;
    let services = services(db);
    let op = services.system("days");
    let days = service::events::fold_days(&op).await.unwrap();
    assert!(days > DAYS as u64, "{days} in three folds");
    assert_eq!(count(&services.db, WAITING.to_owned()).await, 0);
    assert!(texts(&mut conn, COUNTED).await == before);
    assert_eq!(texts(&mut conn, rows).await, [DAYS.to_string()]);
}
