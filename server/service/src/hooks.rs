//! Webhooks of the rules of who is told: each opening of a finding is posted once for its rule, however many people hear of
//! it, as the feed of findings writes it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::destinations::DestinationKind;
use contract::feed::{FeedFormat, FeedStream};
use contract::findings::FindingState;
use contract::ids::{FindingId, TeamId};
use contract::notices::NoticeRule;
use domain::access::Access;
use domain::delivery;
use domain::feed::Selection;
use domain::finding::hook::Named;
use domain::finding::notify::posted;
use domain::push::{self, Verdict};
use domain::siem::Row;
use store::Tx;
use store::feed::Slice;
use store::hooks::{Claimed, Hook, NewPost, Whose};

use crate::messages::Sent;
use crate::op::Done;
use crate::ports::Carrier;
use crate::{Op, Result, destinations};

/// Changes of findings looked through in one transaction.
const BATCH: usize = 1_000;
/// Posts of one run.
const RUN: usize = 500;
/// How long a post that is not taken is tried.
const PATIENCE: TimeDelta = TimeDelta::days(3);

/// Sets the webhook of a rule, or takes it away. Without a new secret the one there is stays with its address.
pub(crate) async fn set(
    op: &Op,
    tx: &mut Tx,
    team: Option<TeamId>,
    named: Option<&Named>,
) -> Result<()> {
    let Some(named) = named else {
        return Ok(store::hooks::remove(tx, team).await?);
    };
    let all = store::hooks::all(tx).await?;
    let before = all.into_iter().find(|hook| hook.team == team);
    let id = before.as_ref().map_or_else(|| op.new_id(), |hook| hook.id);
    let sealed = match &named.secret {
        Some(secret) => {
            let key = destinations::key(op)?;
            let nonce = op.random::<12>();
            Some(delivery::seal(key.bytes(), &id.to_string(), nonce, secret))
        }
        None => before
            .filter(|hook| hook.address == named.address)
            .and_then(|hook| hook.sealed),
    };
    let hook = Hook {
        id,
        team,
        address: named.address.clone(),
        sealed,
        from: named.from,
        created_at: op.now,
    };
    Ok(store::hooks::set(tx, &hook).await?)
}

/// Keeps a post for every finding that was opened since the last time and that a rule's webhook is to be told of. Gives how
/// many. Idempotent: each opening is kept once.
///
/// # Errors
/// [`crate::Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn queue(op: &Op) -> Result<usize> {
    op.require(Access::Operate)?;
    let mut queued = 0;
    while let Some(more) = batch(op).await? {
        queued += more;
    }
    Ok(queued)
}

/// The next changes of findings; nothing when there are none.
async fn batch(op: &Op) -> Result<Option<usize>> {
    let mut tx = op.db().begin().await?;
    let after = store::hooks::place(&mut tx).await?;
    let head = store::feed::head(&mut tx, FeedStream::Findings).await?;
    if after >= head.position {
        return Ok(None);
    }
    let all = store::hooks::all(&mut tx).await?;
    if all.is_empty() {
        store::hooks::advance(&mut tx, head.position).await?;
        tx.commit().await.map_err(store::Error::from)?;
        return Ok(None);
    }
    let slice = Slice {
        after,
        last: head.position,
        since: None,
        until: None,
        limit: i64::try_from(BATCH).unwrap_or(i64::MAX),
        raw: false,
    };
    let everything = Selection::all(FeedStream::Findings);
    let rows = crate::feed::rows(&mut tx, &slice, &everything).await?;
    let hooks: BTreeMap<Option<TeamId>, Hook> =
        all.into_iter().map(|hook| (hook.team, hook)).collect();
    let queued = keep(op, &mut tx, &hooks, &rows).await?;
    let last = rows.get(BATCH - 1).map_or(head.position, Row::position);
    store::hooks::advance(&mut tx, last).await?;
    if queued > 0 {
        let done = Done::new(
            "messages.written",
            "messages",
            &"webhooks",
            "Webhooks",
            format!("Kept {queued} posts of findings for the webhooks of rules"),
        );
        op.record(&mut tx, done).await?;
    }
    tx.commit().await.map_err(store::Error::from)?;
    Ok(Some(queued))
}

async fn keep(
    op: &Op,
    tx: &mut Tx,
    hooks: &BTreeMap<Option<TeamId>, Hook>,
    rows: &[Row],
) -> Result<usize> {
    let rules: BTreeMap<Option<TeamId>, NoticeRule> = store::notices::rules(tx)
        .await?
        .into_iter()
        .map(|row| (row.team.map(|team| team.id), row.rule))
        .collect();
    let ids: Vec<FindingId> = rows
        .iter()
        .filter_map(|row| match row {
            Row::Finding(change) => Some(change.finding.id),
            _ => None,
        })
        .collect();
    let whose: BTreeMap<FindingId, Whose> = store::hooks::whose(tx, &ids)
        .await?
        .into_iter()
        .map(|whose| (whose.finding, whose))
        .collect();
    let mut queued = 0;
    for row in rows {
        let Row::Finding(change) = row else { continue };
        let finding = &change.finding;
        let Some(whose) = whose.get(&finding.id) else {
            continue;
        };
        // A team's rule stands in place of everybody's, with its webhook or without one.
        let team = whose.team.filter(|team| rules.contains_key(&Some(*team)));
        let Some((rule, hook)) = rules.get(&team).zip(hooks.get(&team)) else {
            continue;
        };
        if finding.state != FindingState::Open || finding.opened_at < hook.created_at {
            continue;
        }
        let zone = whose.zone.as_deref().unwrap_or("UTC");
        let Some(run_at) = posted(rule, hook.from, finding.severity, zone, finding.opened_at)
        else {
            continue;
        };
        let body = push::webhook(
            std::slice::from_ref(row),
            FeedFormat::Native,
            FeedStream::Findings,
            op.now,
        );
        let post = NewPost {
            id: op.new_id(),
            hook: hook.id,
            finding: finding.id,
            opened_at: finding.opened_at,
            body: String::from_utf8_lossy(&body).into_owned(),
            run_at,
        };
        queued += usize::from(store::hooks::insert(tx, &post, op.now).await?);
    }
    Ok(queued)
}

/// Posts what is due, one a transaction: a crash sends one again at most, under the same id, and loses none. A webhook that
/// does not answer is tried with one post, further apart each time, and holds up no other.
///
/// # Errors
/// [`crate::Error::Refused`] for anybody but Rollcall itself and the shell beside the database.
pub async fn deliver(op: &Op, carrier: &dyn Carrier) -> Result<Sent> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    store::hooks::drop_answered(&mut tx).await?;
    tx.commit().await.map_err(store::Error::from)?;
    let mut done = Sent::default();
    for _ in 0..RUN {
        // Receivers refuse a time that is minutes off, and a run may last as long.
        let now = op.services().clock.now();
        let mut tx = op.db().begin().await?;
        let Some(post) = store::hooks::claim(&mut tx, now).await? else {
            break;
        };
        match hand_over(op, carrier, &post, now).await? {
            Verdict::Taken | Verdict::Each(_) => {
                store::hooks::sent(&mut tx, post.id, now).await?;
                done.sent += 1;
            }
            Verdict::Again(asked, why) if now - post.created_at < PATIENCE => {
                let [chance] = op.random::<1>();
                let again = now + push::wait(post.attempts, asked, chance);
                store::hooks::later(&mut tx, &post, &why, again).await?;
                done.later += 1;
            }
            Verdict::Again(_, why) | Verdict::Refused(why) => {
                store::hooks::failed(&mut tx, post.id, &why).await?;
                done.failed += 1;
            }
        }
        tx.commit().await.map_err(store::Error::from)?;
    }
    Ok(done)
}

async fn hand_over(
    op: &Op,
    carrier: &dyn Carrier,
    post: &Claimed,
    now: DateTime<Utc>,
) -> Result<Verdict> {
    let id = format!("msg_{}", post.id.simple());
    let (at, body) = (now.timestamp(), post.body.as_bytes());
    let mut headers = vec![
        ("content-type", "application/json".to_owned()),
        ("webhook-timestamp", at.to_string()),
        ("webhook-id", id.clone()),
    ];
    if let Some(sealed) = &post.sealed {
        let key = destinations::key(op)?;
        let Some(secret) = delivery::open(key.bytes(), &post.hook.to_string(), sealed) else {
            let why = "its secret was encrypted with another key; set the rule again";
            return Ok(Verdict::Refused(why.to_owned()));
        };
        let signature = push::signature(&secret, &id, at, body);
        headers.push(("webhook-signature", signature));
    }
    let answer = carrier.post(&post.address, headers, body.to_vec()).await;
    Ok(match answer {
        Ok(reply) => push::judge(
            DestinationKind::Webhook,
            reply.status,
            reply.retry_after,
            &reply.body,
        ),
        Err(why) => Verdict::Again(None, why),
    })
}
