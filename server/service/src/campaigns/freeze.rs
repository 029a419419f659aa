//! Turns what the rows say of an identity into what a review freezes.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use contract::campaigns::{CampaignPolicy, StageRule};
use contract::identities::{Environment, Usage};
use contract::ids::IdentityId;
use domain::campaign::order;
use domain::campaign::policy;
use domain::campaign::recommend::{Before, WINDOW_DAYS, recommend};
use domain::campaign::reviewer::{Assignment, Chain, Nobody};
use domain::campaign::snapshot::{
    self, Credential, Exception, FrozenPerson, Permission, Snapshot, Trust, Use, diff::diff,
};
use domain::identity::{permission, rotation};
use domain::trust::{Language, Observed, tightest};
use store::Conn;
use store::campaigns::{
    Loaded, LoadedCredential, LoadedPermission, LoadedPerson, NewItem, Past, People,
};

use uuid::Uuid;

use crate::{Op, Result};

/// Identities frozen with one round of queries.
pub const CHUNK: usize = 500;
/// Most claim sets of an identity that its trusts are tightened to; with more of them they stay as they are.
const CLAIM_SETS: i64 = 500;

/// What came, by identity.
type Seen = BTreeMap<Uuid, Vec<Observed>>;

/// What freezing needs to know of the whole house, loaded once.
pub struct House {
    now: DateTime<Utc>,
    since: NaiveDate,
    covered: BTreeMap<String, u16>,
    people: People,
}

impl House {
    /// Loads it.
    pub async fn load(conn: &mut Conn, now: DateTime<Utc>) -> Result<Self> {
        let since = first_day(now);
        Ok(Self {
            now,
            since,
            covered: store::campaigns::covered_days(conn, since).await?,
            people: store::campaigns::people(conn, now.date_naive()).await?,
        })
    }

    /// The moment it was loaded.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Days of the window on which sources told about each platform, by its word.
    pub fn covered(&self) -> &BTreeMap<String, u16> {
        &self.covered
    }

    /// Freezes a chunk of identities, in id order, each with the chain of its reviewers.
    pub async fn freeze(
        &self,
        conn: &mut Conn,
        ids: &[IdentityId],
    ) -> Result<Vec<(Snapshot, Chain, Loaded)>> {
        let loaded = store::campaigns::load(conn, ids, self.since, self.now).await?;
        let seen = self.seen(conn, &loaded).await?;
        let none = Vec::new();
        loaded
            .into_iter()
            .map(|it| {
                let seen = seen.get(&it.id.0).unwrap_or(&none);
                Ok((self.snapshot(&it, seen)?, self.chain(&it), it))
            })
            .collect()
    }

    /// The claim sets that came for identities with trusts, for the tightest form of each.
    async fn seen(&self, conn: &mut Conn, loaded: &[Loaded]) -> Result<Seen> {
        let ids: Vec<Uuid> = loaded
            .iter()
            .filter(|it| !it.trusts.is_empty())
            .map(|it| it.id.0)
            .collect();
        let mut seen = Seen::new();
        if ids.is_empty() {
            return Ok(seen);
        }
        let since = self.since.and_time(chrono::NaiveTime::MIN).and_utc();
        for (id, one) in store::trust::observed_of(conn, &ids, since, CLAIM_SETS).await? {
            seen.entry(id).or_default().push(one);
        }
        // What was cut off must not be refused by what is proposed.
        let most = usize::try_from(CLAIM_SETS).unwrap_or(usize::MAX);
        seen.retain(|_, sets| sets.len() < most);
        Ok(seen)
    }

    /// Freezes one identity as it is now; `None` when it is not in the roll.
    pub async fn one(&self, conn: &mut Conn, id: IdentityId) -> Result<Option<(Snapshot, Chain)>> {
        let mut found = self.freeze(conn, &[id]).await?;
        Ok(found.pop().map(|(snapshot, chain, _)| (snapshot, chain)))
    }

    fn chain(&self, it: &Loaded) -> Chain {
        let candidate = |person: &Option<LoadedPerson>| {
            person
                .as_ref()
                .map(|p| self.people.candidate(p.id, &p.name, p.active))
        };
        let team = it.team.as_ref();
        Chain {
            owner: candidate(&it.owner),
            backup: candidate(&it.backup),
            team: team.map(|(_, name)| name.clone()),
            members: team
                .and_then(|(id, _)| self.people.members.get(&id.0).cloned())
                .unwrap_or_default(),
            lead: team.and_then(|(id, _)| self.people.leads.get(&id.0).cloned()),
            security: self.people.security.clone(),
        }
    }

    fn snapshot(&self, it: &Loaded, seen: &[Observed]) -> Result<Snapshot> {
        let covered = self.covered.get(&it.platform).copied().unwrap_or(0);
        let word = |error: contract::UnknownWord| crate::Error::from(store::Error::from(error));
        let person = |person: &Option<LoadedPerson>| {
            person.as_ref().map(|p| FrozenPerson {
                id: p.id,
                name: p.name.clone(),
            })
        };
        Ok(Snapshot {
            version: snapshot::VERSION,
            taken_at: self.now,
            identity: it.id,
            name: it.name.clone(),
            kind: it.kind.parse().map_err(word)?,
            platform: it.platform.parse().map_err(word)?,
            state: it.state.parse().map_err(word)?,
            purpose: it.purpose.clone(),
            environments: it
                .environments
                .iter()
                .filter_map(|word| word.parse().ok())
                .collect(),
            tier: it.tier.parse().map_err(word)?,
            team: it.team.as_ref().map(|(_, name)| name.clone()),
            owner: person(&it.owner),
            backup_owner: person(&it.backup),
            permissions: it
                .permissions
                .iter()
                .map(|row| self.permission(row))
                .collect(),
            credentials: it
                .credentials
                .iter()
                .map(|row| self.credential(row))
                .collect::<Result<_>>()?,
            trusts: it
                .trusts
                .iter()
                .map(|row| {
                    Ok(Trust {
                        id: row.id.into(),
                        language: row.language.parse().map_err(word)?,
                        target: row.target.clone(),
                        document: row.document.clone(),
                        admits: row.admits.clone(),
                        tightest: tightest(Language::of(&row.language), &row.document, seen),
                    })
                })
                .collect::<Result<_>>()?,
            selectors: it.selectors.clone(),
            created_at: it.created_at,
            usage: Use {
                last_used_at: it.last_used_at,
                daily_events: daily(&it.days, self.since, self.now),
                covered_days: covered,
            },
            findings: it.findings.clone(),
            exceptions: it.exceptions.iter().map(named).collect(),
            risk: it.risk,
            risk_reasons: it.risk_reasons.clone(),
        }
        .in_order())
    }

    fn permission(&self, row: &LoadedPermission) -> Permission {
        let environment: Option<Environment> = row
            .environment
            .as_deref()
            .and_then(|word| word.parse().ok());
        Permission {
            id: row.id.into(),
            system: row.system.clone(),
            action: row.action.clone(),
            resource: row.resource.clone(),
            environment,
            privileged: row.privileged,
            sentence: permission::sentence(&row.system, &row.action, &row.resource, environment),
            usage: self.usage(&row.system, row.last_used_at),
            last_used_at: row.last_used_at,
            granted_at: row.granted_at,
            changed_by: row.changed_by.clone(),
        }
    }

    /// Used, not used, or unknown because nothing tells of that system.
    fn usage(&self, system: &str, last_used_at: Option<DateTime<Utc>>) -> Usage {
        if last_used_at.is_some_and(|at| at.date_naive() >= self.since) {
            return Usage::Used;
        }
        let platform = match system {
            "github" => "github_actions",
            "gitlab" => "gitlab_ci",
            "gcp" | "google" => "google_cloud",
            other => other,
        };
        let covered = self.covered.get(platform).copied().unwrap_or(0);
        if covered + 10 >= WINDOW_DAYS {
            Usage::Unused
        } else {
            Usage::Unknown
        }
    }

    fn credential(&self, row: &LoadedCredential) -> Result<Credential> {
        let credential_type = row.credential_type.parse().map_err(store::Error::from)?;
        let held = rotation::Held {
            credential_type,
            issued_at: row.issued_at,
            rotated_at: row.rotated_at,
            limit: row.limit.and_then(|days| u64::try_from(days).ok()),
            overlap_until: row.overlap_until,
            revoked: false,
            managed: row.managed,
        };
        let rotation = rotation::judge_with(&held, self.now);
        Ok(Credential {
            id: row.id.into(),
            credential_type,
            label: row.label.clone(),
            reference: row.reference.clone(),
            expires_at: row.expires_at,
            rotated_at: row.rotated_at,
            last_used_at: row.last_used_at,
            rotation: rotation.state,
            rotation_due_at: rotation.due_at,
            created_by: row.created_by.clone(),
        })
    }
}

/// Makes the item of a frozen identity: reviewer, changes, advice, hint.
pub fn item(
    op: &Op,
    asked: &CampaignPolicy,
    snapshot: Snapshot,
    chain: &Chain,
    loaded: &Loaded,
    past: Option<&Past>,
) -> std::result::Result<NewItem, Nobody> {
    let seats = seats(asked, &snapshot, chain)?;
    let quorum = asked.panel.of(snapshot.tier).quorum;
    let assignment = seats[0].clone();
    let approved = past.and_then(|past| past.approved.as_ref());
    let last = past.and_then(|past| past.reviews.first());
    let changes = approved
        .map(|(old, _)| diff(old, &snapshot))
        .unwrap_or_default();
    let before = Before {
        approved_at: approved.map(|(_, at)| *at),
        note: last.map(|review| review.reason.clone()).unwrap_or_default(),
        decision: last.map(|review| review.decision),
        changes: changes.clone(),
    };
    let changed_since = before.approved_at.filter(|_| !changes.is_empty());
    Ok(NewItem {
        id: op.new_id().into(),
        hash: snapshot.content_hash(),
        team: loaded.team.as_ref().map(|(id, _)| *id),
        assignment,
        seats,
        quorum,
        recommendation: recommend(&snapshot, &before),
        changes,
        last_approved_at: before.approved_at,
        reviews: past.map(|past| past.reviews.clone()).unwrap_or_default(),
        hint: order::hint(&snapshot, changed_since),
        snapshot,
    })
}

/// Everybody asked about an identity in the first stage; never nobody.
pub fn seats(
    asked: &CampaignPolicy,
    snapshot: &Snapshot,
    chain: &Chain,
) -> std::result::Result<Vec<Assignment>, Nobody> {
    let rule = asked
        .stages
        .first()
        .map_or(StageRule::Chain, |stage| stage.reviewers);
    let panel = asked.panel.of(snapshot.tier);
    let exclusions = snapshot.exclusions();
    policy::reviewers(rule, panel, snapshot.identity, chain, &exclusions, &[])
}

/// An exception with the name of its rule, where it covers the whole rule.
fn named(exception: &Exception) -> Exception {
    let mut named = exception.clone();
    if named.title.is_empty() {
        crate::findings::rule_name(&named.rule).clone_into(&mut named.title);
    }
    named
}

fn first_day(now: DateTime<Utc>) -> NaiveDate {
    let today = now.date_naive();
    today
        .checked_sub_days(Days::new(u64::from(WINDOW_DAYS) - 1))
        .unwrap_or(today)
}

fn daily(days: &[(NaiveDate, i64)], since: NaiveDate, now: DateTime<Utc>) -> Vec<i64> {
    let length = usize::try_from((now.date_naive() - since).num_days() + 1).unwrap_or(0);
    let mut out = vec![0; length];
    for (day, events) in days {
        let at = usize::try_from((*day - since).num_days()).ok();
        if let Some(place) = at.and_then(|at| out.get_mut(at)) {
            *place += events;
        }
    }
    out
}
