//! The head of the record outside: written where it can be, noted here, and compared with what the record says later.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use service::ports::{Anchorage, Anchoring};
use service::{Error, activity};
use uuid::Uuid;

use crate::house::{House, INES, JONAS, OTTO};

/// A place that keeps lines in memory, or refuses every one.
struct Place {
    name: &'static str,
    lines: Option<Arc<Mutex<Vec<String>>>>,
}

impl Anchorage for Place {
    fn name(&self) -> &'static str {
        self.name
    }

    fn put(&self, line: String, _: Uuid, _: DateTime<Utc>) -> Anchoring<'_> {
        let lines = self.lines.clone();
        Box::pin(async move {
            let lines = lines.ok_or_else(|| "the disk is full".to_owned())?;
            lines.lock().expect("lines").push(line);
            Ok(())
        })
    }
}

#[tokio::test]
async fn the_head_is_written_to_every_place_that_is_due_and_a_broken_one_keeps_no_other() {
    let Some(house) = House::build().await else {
        return;
    };
    let system = || house.services.system("test");
    let lines = Arc::new(Mutex::new(Vec::new()));
    let places: Vec<Box<dyn Anchorage>> = vec![
        Box::new(Place {
            name: "git",
            lines: None,
        }),
        Box::new(Place {
            name: "file",
            lines: Some(lines.clone()),
        }),
    ];
    let day = TimeDelta::hours(24);
    let nothing = activity::anchor(&system(), &places, day).await;
    assert_eq!(
        nothing.expect("anchored"),
        [],
        "an empty record has no head"
    );
    let refused = activity::anchor(&house.op(INES), &places, day).await;
    assert!(
        matches!(refused, Err(Error::Refused(_))),
        "no person does it"
    );

    house.started().await;
    let head = house.activity().await;
    let done = activity::anchor(&system(), &places, day)
        .await
        .expect("anchored");
    assert_eq!(done[0].outcome, Err("the disk is full".to_owned()));
    assert_eq!(
        (done[1].place.as_str(), &done[1].outcome),
        ("file", &Ok(head))
    );
    assert_eq!(
        house.activity().await,
        head + 1,
        "what was written is in the record"
    );
    let soon = activity::anchor(&system(), &places, day)
        .await
        .expect("anchored");
    assert_eq!(
        soon.len(),
        1,
        "the broken place is tried again, the other is not due"
    );
    assert_eq!(soon[0].place, "git");
    house.pass(1);
    activity::anchor(&system(), &places, day)
        .await
        .expect("anchored");
    assert_eq!(lines.lock().expect("lines").len(), 2);

    let noted = store::testing::count(&house.db, "SELECT count(*) FROM anchors".to_owned()).await;
    assert_eq!(noted, 2);
    let last = activity::last_anchor(&house.op(OTTO)).await;
    let last = last.expect("asked").expect("one");
    assert_eq!(last.place, "file");
    assert!(last.position > head, "the newest: {last:?}");
    let owner = activity::last_anchor(&house.op(JONAS)).await;
    assert!(matches!(owner, Err(Error::Refused(_))));
}

#[tokio::test]
async fn a_file_of_anchors_tells_a_record_that_was_changed_or_cut() {
    let Some(house) = House::build().await else {
        return;
    };
    let system = || house.services.system("test");
    let lines = Arc::new(Mutex::new(Vec::new()));
    let places: Vec<Box<dyn Anchorage>> = vec![Box::new(Place {
        name: "file",
        lines: Some(lines.clone()),
    })];
    house.started().await;
    activity::anchor(&system(), &places, TimeDelta::hours(24))
        .await
        .expect("anchored");
    let kept = lines.lock().expect("lines")[0].clone();
    let otto = || house.op(OTTO);
    let fine = activity::compare(&otto(), &format!("{kept}\n\n")).await;
    assert_eq!(fine.expect("compared"), (1, vec![]));

    let head = house.activity().await;
    let beyond = format!(
        r#"{{"position":{},"hash":"{}","at":"2026-11-02T08:00:00Z"}}"#,
        head + 5,
        "0".repeat(64)
    );
    let told = activity::compare(&otto(), &format!("{kept}\nnot an anchor\n{beyond}\n")).await;
    let (agree, wrong) = told.expect("compared");
    assert_eq!((agree, wrong.len()), (1, 2));
    assert_eq!((wrong[0].0, wrong[1].0), (2, 3), "lines are named");
    assert!(wrong[1].1.contains("entries are missing"), "{wrong:?}");

    // Somebody with the database's own rights rewrites the entry and everything that would tell.
    house
        .sql(
            "ALTER TABLE activity DISABLE TRIGGER activity_append_only;
             UPDATE activity SET summary = 'Nothing happened', hash = decode(repeat('ab', 32), 'hex');
             ALTER TABLE activity ENABLE TRIGGER activity_append_only",
        )
        .await;
    let (agree, wrong) = activity::compare(&otto(), &kept).await.expect("compared");
    assert_eq!((agree, wrong.len()), (0, 1));
    assert!(wrong[0].1.contains("is not what it was"), "{wrong:?}");
}
