//! What the sources cannot see of a population: told before the start, and accepted by somebody with a reason.

use contract::campaigns::{AcceptedGap, CampaignState, Gap};
use contract::identities::Platform;
use contract::ids::{CampaignId, IdentityId};
use contract::people::PersonRef;
use domain::access::Access;
use domain::campaign::reason;
use domain::campaign::recommend::WINDOW_DAYS;
use domain::campaign::tally::Tally;
use store::Conn;
use store::campaigns::Population;

use super::freeze::House;
use super::life::life;
use crate::op::Done;
use crate::{Error, Op, Result};

/// Days a source may be silent before it is told as a gap.
const SPARE: u16 = 10;

/// The gaps of a population, each with who accepted it.
pub(super) async fn of(
    conn: &mut Conn,
    house: &House,
    ids: &[IdentityId],
    accepted: &[AcceptedGap],
) -> Result<Vec<Gap>> {
    let platforms = store::campaigns::platforms(conn, ids).await?;
    Ok(platforms
        .into_iter()
        .filter_map(|word| {
            let covered = house.covered().get(&word).copied().unwrap_or(0);
            let sentence = sentence(&word, covered)?;
            let found = accepted.iter().find(|gap| gap.sentence == sentence);
            Some(Gap {
                accepted: found.map(|gap| (gap.reason.clone(), gap.by.clone(), gap.at)),
                sentence,
            })
        })
        .collect())
}

/// The sentence holds no figure that changes from day to day: what was accepted stays accepted.
fn sentence(platform: &str, covered: u16) -> Option<String> {
    let name = platform
        .parse::<Platform>()
        .map_or(platform, |known| known.label());
    if covered == 0 {
        return Some(format!(
            "No source tells about {name}: whether its identities are used is unknown."
        ));
    }
    (covered + SPARE < WINDOW_DAYS).then(|| {
        format!(
            "Sources told about {name} on fewer than {} of the last {WINDOW_DAYS} days: silence proves little.",
            WINDOW_DAYS - SPARE
        )
    })
}

/// How many are not accepted yet.
pub(super) fn unaccepted(gaps: &[Gap]) -> u64 {
    gaps.iter().filter(|gap| gap.accepted.is_none()).count() as u64
}

/// Accepts the preview of a draft: its population, and every gap with one reason.
///
/// # Errors
/// [`Error::Invalid`] beside the reason; [`Error::Conflict`] when it is no draft or nothing matches.
pub async fn accept(op: &Op, id: CampaignId, why: &str) -> Result<()> {
    op.require(Access::ManageCampaigns)?;
    let mut tx = op.db().begin().await?;
    let campaign = store::campaigns::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let population = Population {
        scope: &campaign.scope,
        due_at: campaign.due_at,
        now: op.now,
    };
    let ids = store::campaigns::ids(&mut tx, &population).await?;
    let house = House::load(&mut tx, op.now).await?;
    let open = of(&mut tx, &house, &ids, &campaign.gaps).await?;
    let mut accepted = campaign.gaps.clone();
    let (_, actor, name) = op.actor.identity();
    let by = PersonRef {
        id: actor.parse().unwrap_or_else(|_| uuid::Uuid::nil().into()),
        name,
        active: true,
    };
    let fresh: Vec<&Gap> = open.iter().filter(|gap| gap.accepted.is_none()).collect();
    if !fresh.is_empty() {
        reason::check(why).map_err(|weak| Error::field("gaps", weak.to_string()))?;
    }
    let told = fresh
        .iter()
        .map(|gap| gap.sentence.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    accepted.extend(fresh.iter().map(|gap| AcceptedGap {
        sentence: gap.sentence.clone(),
        reason: why.trim().to_owned(),
        by: by.clone(),
        at: op.now,
    }));
    life(&campaign, Tally::default(), 0)?.preview(ids.len() as u64, 0)?;
    let count = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    store::campaigns::set_preview(&mut tx, id, count, &accepted, op.now).await?;
    store::campaigns::set_state(&mut tx, id, CampaignState::Preview, op.now).await?;
    let done = Done::new(
        "campaign.previewed",
        "campaign",
        &id,
        campaign.name.clone(),
        format!(
            "Accepted the preview of {}: {count} identities",
            campaign.name
        ),
    )
    .change("state", campaign.state.as_str(), "preview")
    .change("gaps", "", told)
    .change("reason", "", why.trim());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}
