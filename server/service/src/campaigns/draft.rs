//! Preparing a campaign: the draft and its exact preview.

use std::collections::BTreeMap;

use contract::FieldError;
use contract::campaigns::{CampaignInput, CampaignPreview, CampaignState, PreviewRow};
use contract::ids::{CampaignId, PersonId};
use contract::people::{PersonRef, TeamRef};
use domain::access::Access;
use domain::evidence::table::row;
use store::Conn;
use store::campaigns::{Campaign, Population};

use super::freeze::{CHUNK, House, seats};
use super::{gaps, scope};
use crate::op::Done;
use crate::{Error, Op, Result};

/// Lines the preview shows.
const SHOWN: usize = 500;

/// Makes a draft.
///
/// # Errors
/// [`Error::Invalid`] names every wrong field; [`Error::Refused`] when the actor may not.
pub async fn create(op: &Op, input: CampaignInput) -> Result<CampaignId> {
    op.require(Access::ManageCampaigns)?;
    let mut tx = op.db().begin().await?;
    let maker = op.actor.person().map(|person| person.id);
    let zone = match maker {
        Some(person) => store::campaigns::time_zone(&mut tx, person).await?,
        None => None,
    };
    create_in(op, tx, input, zone.as_deref().unwrap_or("UTC")).await
}

/// Makes a draft whose due day is of a zone, in the caller's transaction, and commits it. The caller has authorised.
pub(super) async fn create_in(
    op: &Op,
    mut tx: store::Tx,
    input: CampaignInput,
    zone: &str,
) -> Result<CampaignId> {
    let asked = scope::check(&input, zone, op.now)?;
    let campaign = Campaign {
        id: op.new_id().into(),
        name: asked.name,
        state: CampaignState::Draft,
        notes: asked.notes,
        due_at: asked.due_at,
        scope: asked.scope,
        query: asked.query,
        created_by: op.actor.person().map(|person| PersonRef {
            id: person.id,
            name: person.name.clone(),
            active: true,
        }),
        created_at: op.now,
        started_at: None,
        closed_at: None,
        sealed_at: None,
        activity_from: None,
        policy: asked.policy,
        stage: 1,
        previewed_count: None,
        gaps: Vec::new(),
        cause: None,
    };
    store::campaigns::insert(&mut tx, &campaign)
        .await
        .map_err(|error| match error {
            store::Error::Constraint(name) if name == "campaigns_name_key" => {
                Error::Invalid(vec![taken()])
            }
            other => other.into(),
        })?;
    let done = Done::new(
        "campaign.created",
        "campaign",
        &campaign.id,
        campaign.name.clone(),
        format!("Prepared {}: {}", campaign.name, campaign.query),
    );
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(campaign.id)
}

fn taken() -> FieldError {
    FieldError {
        field: "name".to_owned(),
        message: "There is a campaign of this name already.".to_owned(),
    }
}

/// The exact population of a draft, with a reviewer for each identity.
///
/// # Errors
/// [`Error::NotFound`] when there is no such campaign; [`Error::Refused`] when the actor may not.
pub async fn preview(op: &Op, id: CampaignId) -> Result<CampaignPreview> {
    op.require(Access::ManageCampaigns)?;
    let mut conn = op.db().acquire().await?;
    let campaign = store::campaigns::get(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    of(op, &mut conn, &campaign).await
}

/// The whole preview as a file, CSV or JSON: every line, not only those the page shows.
///
/// # Errors
/// As [`preview`].
pub async fn export_preview(op: &Op, id: CampaignId, csv: bool) -> Result<Vec<u8>> {
    op.require(Access::ManageCampaigns)?;
    let mut conn = op.db().acquire().await?;
    let campaign = store::campaigns::get(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("campaign"))?;
    let preview = whole(op, &mut conn, &campaign, usize::MAX).await?;
    let failed = |_| Error::Internal("the preview could not be written".to_owned());
    if !csv {
        return serde_json::to_vec_pretty(&preview).map_err(|error| failed(error.to_string()));
    }
    let mut out = Vec::new();
    let head = [
        "identity",
        "name",
        "team",
        "reviewer",
        "hop",
        "why",
        "privileged_production",
    ];
    out.extend(row(head).map_err(|error| failed(error.to_string()))?);
    for line in preview.rows {
        let cells = [
            line.identity.0.to_string(),
            line.identity.1,
            line.team.map(|team| team.name).unwrap_or_default(),
            line.reviewer.name,
            line.hop.to_string(),
            line.hops.join(" "),
            line.privileged_production.to_string(),
        ];
        out.extend(row(cells).map_err(|error| failed(error.to_string()))?);
    }
    Ok(out)
}

/// What the preview counts while identities pass by.
#[derive(Default)]
struct Counted {
    reviewers: BTreeMap<PersonId, (PersonRef, i64)>,
    rows: Vec<PreviewRow>,
    without_owner: i64,
    owner_gone: i64,
    without_purpose: i64,
    rerouted: i64,
    uncovered: i64,
    nobody: Option<String>,
    shown: usize,
    exclusions: Vec<(String, String)>,
}

pub(super) async fn of(op: &Op, conn: &mut Conn, campaign: &Campaign) -> Result<CampaignPreview> {
    whole(op, conn, campaign, SHOWN).await
}

async fn whole(
    op: &Op,
    conn: &mut Conn,
    campaign: &Campaign,
    shown: usize,
) -> Result<CampaignPreview> {
    let ids = store::campaigns::ids(
        conn,
        &Population {
            scope: &campaign.scope,
            due_at: campaign.due_at,
            now: op.now,
        },
    )
    .await?;
    let house = House::load(conn, op.now).await?;
    let mut counted = Counted {
        shown,
        ..Counted::default()
    };
    for chunk in ids.chunks(CHUNK) {
        for (snapshot, chain, loaded) in house.freeze(conn, chunk).await? {
            counted.without_owner += i64::from(loaded.owner.is_none());
            counted.owner_gone +=
                i64::from(loaded.owner.as_ref().is_some_and(|owner| !owner.active));
            counted.without_purpose += i64::from(snapshot.purpose.trim().is_empty());
            counted.uncovered += i64::from(snapshot.usage.covered_days == 0);
            counted.exclude(&snapshot);
            match seats(&campaign.policy, &snapshot, &chain) {
                Ok(mut found) => {
                    let assignment = found.swap_remove(0);
                    let team = loaded.team.map(|(id, name)| TeamRef {
                        id,
                        slug: String::new(),
                        name,
                    });
                    counted.take(&snapshot, team, assignment);
                }
                Err(nobody) => counted.nobody = Some(format!("{}: {nobody}", snapshot.name)),
            }
        }
    }
    let gaps = gaps::of(conn, &house, &ids, &campaign.gaps).await?;
    let mut preview = counted.preview(campaign, i64::try_from(ids.len()).unwrap_or(i64::MAX));
    preview.gaps = gaps;
    Ok(preview)
}

impl Counted {
    fn exclude(&mut self, snapshot: &domain::campaign::snapshot::Snapshot) {
        for exclusion in snapshot.exclusions() {
            if self.exclusions.len() < self.shown {
                let clause = format!("{} {}", exclusion.name, exclusion.because);
                self.exclusions.push((snapshot.name.clone(), clause));
            }
        }
    }

    fn take(
        &mut self,
        snapshot: &domain::campaign::snapshot::Snapshot,
        team: Option<TeamRef>,
        assignment: domain::campaign::reviewer::Assignment,
    ) {
        let reviewer = PersonRef {
            id: assignment.reviewer,
            name: assignment.name,
            active: true,
        };
        self.rerouted += i64::from(assignment.trail.iter().any(|hop| hop.own_work));
        self.reviewers
            .entry(reviewer.id)
            .or_insert_with(|| (reviewer.clone(), 0))
            .1 += 1;
        if self.rows.len() < self.shown {
            self.rows.push(PreviewRow {
                identity: (snapshot.identity, snapshot.name.clone()),
                team,
                reviewer,
                hop: assignment.hop,
                hops: assignment.trail.into_iter().map(|hop| hop.why).collect(),
                privileged_production: snapshot.privileged_production(),
            });
        }
    }

    fn preview(mut self, campaign: &Campaign, count: i64) -> CampaignPreview {
        let mut by_reviewer: Vec<(PersonRef, i64)> = self.reviewers.into_values().collect();
        by_reviewer.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.name.cmp(&b.0.name)));
        self.rows.sort_by(|a, b| a.identity.1.cmp(&b.identity.1));
        let questions = [
            (
                self.without_owner,
                "without an owner: somebody else of the team, or Security, reviews them",
            ),
            (self.owner_gone, "with an owner who has left"),
            (
                self.rerouted,
                "given to somebody else, because nobody judges their own work",
            ),
            (self.without_purpose, "without a written purpose"),
            (
                self.uncovered,
                "that no source covers: whether they are used is unknown",
            ),
        ];
        CampaignPreview {
            query: campaign.query.clone(),
            count,
            by_reviewer,
            questions: questions
                .into_iter()
                .filter(|(n, _)| *n > 0)
                .map(|(n, what)| format!("{n} {what}."))
                .collect(),
            blocked: if count == 0 {
                Some("Nothing matches, so there is nothing to review.".to_owned())
            } else {
                self.nobody
            },
            rows: self.rows,
            gaps: Vec::new(),
            exclusions: self.exclusions,
        }
    }
}
