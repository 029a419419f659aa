//! A quarter with a moved clock: 5,000 items, 60 reviewers of different habits, every message and total checked.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::access::Role;
use contract::campaigns::{CampaignInput, DecisionInput, DecisionKind};
use contract::ids::{CampaignId, ItemId, PersonId};
use contract::people::DepartureInput;
use domain::access::{Actor, Person};
use service::ports::Pigeonhole;
use service::{Op, OpKind, campaigns, evidence, messages, people};
use uuid::Uuid;

use crate::house::{House, INES};

const REVIEWERS: u128 = 60;
const ITEMS: u128 = 5_000;
const WHY: &str = "Seen in the releases of this quarter";

/// How a reviewer behaves: by their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Habit {
    /// Decides on the first day.
    Prompt,
    /// Decides a day after it was due.
    Late,
    /// Never comes.
    Absent,
    /// Leaves in the second week, having decided nothing.
    Leaving,
    /// Made the credentials of everything they own.
    OwnWork,
    /// Approves everything in half a minute.
    RubberStamp,
}

const HABITS: [Habit; 6] = [
    Habit::Prompt,
    Habit::Late,
    Habit::Absent,
    Habit::Leaving,
    Habit::OwnWork,
    Habit::RubberStamp,
];

fn habit(n: u128) -> Habit {
    HABITS[usize::try_from(n % 6).expect("small")]
}

fn reviewer(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(10_000 + n))
}

/// Ten teams of six, each led by its prompt one; every reviewer owns a sixtieth of the identities.
async fn people_and_things(house: &House) {
    house
        .sql(&format!(
            "UPDATE identities SET state = 'removed';
             INSERT INTO people (id, email, name, roles, time_zone, created_at)
                 SELECT lpad(to_hex(10000 + n), 32, '0')::uuid, 'r' || n || '@acme.test', 'R' || n, ARRAY['owner'], 'UTC', '2026-01-01'
                 FROM generate_series(0, {REVIEWERS} - 1) n;
             INSERT INTO teams (id, slug, name, lead_id, created_at)
                 SELECT lpad(to_hex(20000 + t), 32, '0')::uuid, 'team-' || t, 'Team ' || t, lpad(to_hex(10000 + t * 6), 32, '0')::uuid, '2026-01-01'
                 FROM generate_series(0, {REVIEWERS} / 6 - 1) t;
             INSERT INTO team_members
                 SELECT lpad(to_hex(20000 + n / 6), 32, '0')::uuid, lpad(to_hex(10000 + n), 32, '0')::uuid
                 FROM generate_series(0, {REVIEWERS} - 1) n;
             INSERT INTO identities (id, name, kind, platform, state, purpose, environments, tier, team_id, owner_id, created_at, updated_at, next_review_at, risk)
                 SELECT lpad(to_hex(1000000 + i), 32, '0')::uuid, 'pipeline ' || i, 'pipeline', 'github_actions', 'active', 'Builds thing ' || i,
                     ARRAY['development'], 'standard', lpad(to_hex(20000 + (i % {REVIEWERS}) / 6), 32, '0')::uuid,
                     lpad(to_hex(10000 + i % {REVIEWERS}), 32, '0')::uuid, '2026-01-01', '2026-01-01', '2026-11-10', i % 100
                 FROM generate_series(0, {ITEMS} - 1) i;
             INSERT INTO credentials (id, identity_id, credential_type, label, reference, issued_at, created_by, created_at)
                 SELECT gen_random_uuid(), lpad(to_hex(1000000 + i), 32, '0')::uuid, 'api_key', 'key', 'ref-' || i, '2026-10-20',
                     lpad(to_hex(10000 + i % {REVIEWERS}), 32, '0')::uuid, '2026-10-20'
                 FROM generate_series(0, {ITEMS} - 1) i WHERE i % 6 = 4;
             INSERT INTO event_days SELECT '{}', lpad(to_hex(1000000 + i), 32, '0')::uuid, '2026-11-01'::date, 2, 0
                 FROM generate_series(0, {ITEMS} - 1) i;",
            Uuid::from_u128(400)
        ))
        .await;
}

struct Quarter<'h> {
    house: &'h House,
    id: CampaignId,
    post: Pigeonhole,
    hashes: BTreeMap<ItemId, String>,
}

impl Quarter<'_> {
    fn op(&self, n: u128) -> Op {
        let actor = Actor::Person(Person {
            id: reviewer(n),
            name: format!("R{n}"),
            roles: vec![Role::Owner],
            teams: vec![],
        });
        self.house.services.op(actor, OpKind::Request, "quarter")
    }

    async fn decide_all(&self, n: u128) -> usize {
        let queue = campaigns::queue(&self.op(n), self.id).await.expect("queue");
        for row in &queue.open {
            let careful = habit(n) != Habit::RubberStamp;
            if careful {
                self.house.clock.advance(TimeDelta::seconds(4));
            }
            let op = self.op(n);
            let input = DecisionInput {
                item: row.id,
                decision: DecisionKind::Approve,
                reason: format!("{WHY}: {}", row.identity.1),
                targets: vec![],
                hash: self.hashes[&row.id].clone(),
                seen_current_hash: None,
                seen_answers: 0,
                at_once: false,
                shown_at: Some(op.now - TimeDelta::seconds(if careful { 30 } else { 0 })),
            };
            campaigns::decide(&op, input).await.expect("decided");
        }
        queue.open.len()
    }

    /// What runs by itself, every six hours.
    async fn jobs(&self) {
        let op = self.house.services.system("quarter");
        messages::remind(&op).await.expect("reminders");
        messages::deliver(&op, &self.post).await.expect("delivered");
    }

    async fn count(&self, sql: &str) -> i64 {
        store::testing::count(&self.house.db, sql.to_owned()).await
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one quarter, told in order")]
async fn a_quarter_of_five_thousand_items_and_sixty_habits_adds_up() {
    let Some(house) = House::build().await else {
        return;
    };
    people_and_things(&house).await;
    let input = CampaignInput {
        name: "Q4 2026 access review".into(),
        due_on: "2026-11-30".into(),
        ..CampaignInput::default()
    };
    let id = campaigns::create(&house.op(INES), input)
        .await
        .expect("draft");
    let frozen =
        campaigns::start_accepting(&house.op(INES), id, "Sources spoke on one day of this test")
            .await
            .expect("start");
    assert_eq!(u128::from(frozen), ITEMS);
    let mut hashes = BTreeMap::new();
    let mut after = None;
    let mut self_reviews = 0;
    loop {
        let mut conn = house.db.acquire().await.expect("connection");
        let chunk = store::campaigns::evidence_items(&mut conn, id, after, 1_000)
            .await
            .expect("items");
        let Some(last) = chunk.last() else { break };
        after = Some(last.id);
        for item in chunk {
            let kept_out = item.snapshot.exclusions();
            self_reviews += usize::from(
                kept_out
                    .iter()
                    .any(|e| e.person == item.assignment.reviewer),
            );
            hashes.insert(item.id, item.hash);
        }
    }
    assert_eq!(
        (hashes.len() as u128, self_reviews),
        (ITEMS, 0),
        "nobody judges their own work"
    );
    let quarter = Quarter {
        house: &house,
        id,
        post: Pigeonhole::default(),
        hashes,
    };
    quarter.jobs().await;
    let begun = quarter
        .count("SELECT count(*) FROM messages WHERE kind = 'reminder'")
        .await;
    let asked = quarter
        .count("SELECT count(DISTINCT reviewer_id) FROM campaign_items")
        .await;
    assert_eq!(
        begun, asked,
        "one digest for each of those with open items, not one for each item"
    );

    let start: DateTime<Utc> = "2026-11-02T08:00:00Z".parse().expect("time");
    let due: DateTime<Utc> = "2026-11-30T23:00:00Z".parse().expect("time");
    let mut decided = 0;
    let mut step = start;
    while step < due + TimeDelta::days(4) {
        step += TimeDelta::hours(6);
        house.clock.set(step);
        let day = (step - start).num_hours();
        for n in 0..REVIEWERS {
            let now = match habit(n) {
                Habit::Prompt | Habit::RubberStamp | Habit::OwnWork => day == 6,
                Habit::Late => step > due + TimeDelta::days(1) && step < due + TimeDelta::hours(31),
                Habit::Absent | Habit::Leaving => false,
            };
            if now {
                decided += quarter.decide_all(n).await;
            }
            if habit(n) == Habit::Leaving && day == 240 {
                let gone = DepartureInput {
                    person: reviewer(n),
                    left: true,
                    reason: "Left for another company".into(),
                };
                people::depart(&house.op(INES), &gone).await.expect("left");
            }
        }
        quarter.jobs().await;
    }

    // Nobody who has left has an open item; every item has a reviewer who is here.
    let orphaned = "SELECT count(*) FROM campaign_items i JOIN people p ON p.id = i.reviewer_id WHERE i.state = 'open' AND NOT p.active";
    assert_eq!(quarter.count(orphaned).await, 0);
    let tally = campaigns::close(&house.op(INES), id).await.expect("close");
    assert_eq!(u128::from(tally.items()), ITEMS);
    assert_eq!(usize::try_from(tally.approve), Ok(decided));
    assert_eq!(
        tally.approve + tally.not_reviewed,
        tally.items(),
        "silence approves nothing"
    );
    assert!(tally.not_reviewed > 0);

    for n in 0..REVIEWERS {
        let of = |what: &str| {
            format!(
                "SELECT count(*) FROM message_marks WHERE person_id = '{}' AND point LIKE '{what}'",
                reviewer(n).0
            )
        };
        match habit(n) {
            Habit::Absent => {
                let own = quarter.count(&of("overdue%")).await;
                assert!(own >= 3, "R{n} is overdue and told {own} times");
                for point in ["begun", "week", "two_days", "half_day", "due"] {
                    assert_eq!(quarter.count(&of(point)).await, 1, "R{n} {point}");
                }
            }
            Habit::RubberStamp => {
                // What came to them later, from those who left, is another matter; their own calendar began once.
                assert_eq!(quarter.count(&of("begun")).await, 1);
            }
            _ => {}
        }
    }
    let escalated = "SELECT count(*) FROM messages WHERE kind = 'escalation' AND person_id = '00000000-0000-0000-0000-000000000001'";
    assert!(
        quarter.count(escalated).await >= 1,
        "Security is told from the third day overdue"
    );
    let twice = "SELECT count(*) FROM (SELECT person_id, created_at FROM messages WHERE channel = 'email' GROUP BY 1, 2 HAVING count(*) > 1) x";
    assert_eq!(
        quarter.count(twice).await,
        0,
        "one digest a person, never two at once"
    );
    assert_eq!(
        quarter
            .count("SELECT count(*) FROM messages WHERE state <> 'sent'")
            .await,
        0,
        "everything written was sent"
    );
    assert_eq!(
        i64::try_from(quarter.post.letters().len()).expect("size"),
        quarter.count("SELECT count(*) FROM messages").await
    );

    let sealed = evidence::seal(&house.op(INES), id).await.expect("sealed");
    let (_, pack) = evidence::export(&house.op(INES), id).await.expect("pack");
    assert_eq!(i64::try_from(pack.len()).expect("size"), sealed.bytes);
    let report = domain::evidence::verify(std::io::Cursor::new(&pack), None).expect("verifies");
    assert_eq!((u128::from(report.items), report.outcomes), (ITEMS, tally));
    let all: Vec<ItemId> = quarter.hashes.keys().copied().collect();
    let mut conn = house.db.acquire().await.expect("connection");
    let mut counter = domain::campaign::quality::Counter::default();
    for (_, decision) in store::campaigns::decisions(&mut conn, &all)
        .await
        .expect("answers")
    {
        counter.add(&decision);
    }
    for one in counter.finish() {
        let n: u128 = one.name[1..].parse().expect("a number");
        let named = one
            .signals
            .iter()
            .any(|s| s.contains("approvals within 90 seconds"));
        assert_eq!(named, habit(n) == Habit::RubberStamp, "{one:?}");
    }
}
