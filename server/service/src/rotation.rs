//! Rotations: record that a newer credential takes over, that an old one is revoked, and the limits that say how old one
//! may grow.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use contract::FieldError;
use contract::identities::{
    CredentialType, DefaultLimit, IdentityState, KeepingInput, Kept, PolicyInput, PolicyList,
    RevocationInput, RiskTier, RotationInput,
};
use contract::ids::{CredentialId, PolicyId, TeamId};
use domain::access::Access;
use domain::identity::lifecycle::offered::{Standing, may_change};
use domain::identity::reason::Reason;
use domain::identity::rotation::overlap::{self, Refused};
use domain::identity::rotation::policy::{self, Scope};
use domain::identity::{rotation, secret};
use store::rotation::{Locked, Successor};
use store::{Conn, Tx};

use crate::op::Done;
use crate::{Error, Op, Result};

/// Records a rotation: a newer generation stands beside the old one until the overlap ends. Gives the new one's id.
///
/// # Errors
/// [`Error::Forbidden`] when the identity is another team's, [`Error::Invalid`] beside what was pasted or mistyped,
/// [`Error::Conflict`] when the credential cannot be rotated.
pub async fn record(op: &Op, input: &RotationInput) -> Result<CredentialId> {
    op.require(Access::ChangeIdentity)?;
    let mut tx = op.db().begin().await?;
    let old = take(op, &mut tx, input.credential).await?;
    let new = successor(op, &old, input)?;
    store::rotation::succeed(&mut tx, input.credential, &new, op.now).await?;
    crate::posture::refresh(op, &mut tx, &[old.identity.0.0]).await?;
    let (id, name) = &old.identity;
    let kind = old.credential_type.label();
    let done = Done::new(
        "identity.rotated",
        "identity",
        id,
        name.clone(),
        format!("Rotated {} of {name}", old.label),
    )
    .change(
        "credential",
        format!("{} ({kind})", old.label),
        format!("{} ({kind})", new.label),
    )
    .change("reference", old.reference.clone(), new.reference.clone())
    .change(
        "last changed",
        old.since.map(day).unwrap_or_default(),
        day(new.issued_at),
    )
    .change("both valid until", "", day(new.overlap_until));
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(new.id)
}

/// Records that a credential no longer works.
///
/// # Errors
/// [`Error::Forbidden`] when the identity is another team's, [`Error::Invalid`] beside the reason,
/// [`Error::Conflict`] when it is revoked already.
pub async fn revoke(op: &Op, input: &RevocationInput) -> Result<()> {
    op.require(Access::ChangeIdentity)?;
    let mut tx = op.db().begin().await?;
    let old = take(op, &mut tx, input.credential).await?;
    let reason = reason(&input.reason)?;
    if old.revoked_at.is_some() {
        return Err(Error::Conflict(format!(
            "{} is revoked already.",
            old.label
        )));
    }
    store::rotation::revoke(&mut tx, input.credential, op.now).await?;
    crate::posture::refresh(op, &mut tx, &[old.identity.0.0]).await?;
    let (id, name) = &old.identity;
    let done = Done::new(
        "identity.credential_revoked",
        "identity",
        id,
        name.clone(),
        format!("Recorded that {} of {name} is revoked", old.label),
    )
    .change("reason", "", reason.to_string());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

/// Records where a secret is kept: its step on the ladder follows.
///
/// # Errors
/// [`Error::Forbidden`] when the identity is another team's, [`Error::Invalid`] beside the word or the reason,
/// [`Error::Conflict`] when nothing is stored or it is noted so already.
pub async fn keep(op: &Op, input: &KeepingInput) -> Result<()> {
    op.require(Access::ChangeIdentity)?;
    let mut tx = op.db().begin().await?;
    let held = take(op, &mut tx, input.credential).await?;
    let kept: Kept = input
        .kept
        .parse()
        .map_err(|_| Error::field("kept", "Choose one of the list."))?;
    let reason = reason(&input.reason)?;
    if rotation::max_age_days(held.credential_type).is_none() {
        return Err(refused(Refused::NothingStored(held.credential_type)));
    }
    let before = store::rotation::keep(&mut tx, input.credential, kept).await?;
    if before == kept {
        return Err(Error::Conflict(format!(
            "{} is noted so already.",
            held.label
        )));
    }
    crate::posture::refresh(op, &mut tx, &[held.identity.0.0]).await?;
    let (id, name) = &held.identity;
    let done = Done::new(
        "identity.credential_kept",
        "identity",
        id,
        name.clone(),
        format!("Noted where {} of {name} is kept", held.label),
    )
    .change("kept", before.label(), kept.label())
    .change("reason", "", reason.to_string());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

async fn take(op: &Op, tx: &mut Tx, id: CredentialId) -> Result<Locked> {
    let old = store::rotation::lock(tx, id)
        .await?
        .ok_or(Error::NotFound("credential"))?;
    if let Some(person) = op.actor.person() {
        let standing = Standing {
            state: old.state,
            requested_by: None,
            team: old.team,
            owner: old.owner,
            backup_owner: old.backup_owner,
            watch_until: None,
        };
        if !may_change(person, &standing) {
            return Err(Error::Forbidden(format!(
                "{} belongs to another team. Its owner or security can do this.",
                old.identity.1
            )));
        }
    }
    Ok(old)
}

/// Judges everything that was typed, so that all that is wrong is said at once.
fn successor(op: &Op, old: &Locked, input: &RotationInput) -> Result<Successor> {
    if matches!(old.state, IdentityState::Removed | IdentityState::Rejected) {
        return Err(Error::Conflict(format!(
            "{} is {}; what it held is not rotated.",
            old.identity.1,
            old.state.label().to_lowercase()
        )));
    }
    if old.revoked_at.is_some() {
        return Err(refused(Refused::Revoked));
    }
    if old.replaced {
        return Err(refused(Refused::Replaced));
    }
    let mut wrong = Vec::new();
    let reference = noted(
        &mut wrong,
        overlap::reference(&input.reference, &old.reference),
    );
    let label = noted(&mut wrong, label(&input.label, &old.label));
    let made = noted(&mut wrong, made_at(&input.rotated_on, op.now));
    let days = noted(&mut wrong, overlap_days(&input.overlap_days));
    let until = made.zip(days).and_then(|(made, days)| {
        let begun = overlap::begin(old.credential_type, old.since, made, days, op.now);
        noted(&mut wrong, begun)
    });
    match (reference, label, made, until) {
        (Some(reference), Some(label), Some(issued_at), Some(overlap_until)) => Ok(Successor {
            id: CredentialId(op.new_id()),
            label,
            reference,
            issued_at,
            overlap_until,
            created_by: op.actor.person().map(|person| person.id),
        }),
        _ => Err(Error::Invalid(wrong)),
    }
}

fn refused(why: Refused) -> Error {
    match why.field() {
        Some(field) => Error::field(field, why.to_string()),
        None => Error::Conflict(why.to_string()),
    }
}

/// Keeps what is wrong for the form.
fn noted<T>(
    wrong: &mut Vec<FieldError>,
    result: std::result::Result<T, impl Into<Error>>,
) -> Option<T> {
    match result.map_err(Into::into) {
        Ok(value) => Some(value),
        Err(Error::Invalid(errors)) => {
            wrong.extend(errors);
            None
        }
        Err(other) => {
            wrong.push(FieldError {
                field: "reference".to_owned(),
                message: other.to_string(),
            });
            None
        }
    }
}

impl From<Refused> for Error {
    fn from(why: Refused) -> Self {
        refused(why)
    }
}

fn label(new: &str, old: &str) -> Result<String> {
    let new = new.trim();
    if let Some(shape) = secret::find(new) {
        return Err(Error::field("label", shape.refusal()));
    }
    if new.chars().count() > overlap::LONGEST_REFERENCE {
        return Err(Error::field("label", Refused::TooLong.to_string()));
    }
    Ok(if new.is_empty() { old } else { new }.to_owned())
}

/// The moment a day means: today is now, an earlier day its first moment in UTC.
fn made_at(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(now);
    }
    let day: NaiveDate = text
        .parse()
        .map_err(|_| Error::field("rotated_on", "Give a day, such as 2026-11-21."))?;
    if day == now.date_naive() {
        return Ok(now);
    }
    Ok(day.and_time(NaiveTime::MIN).and_utc())
}

fn overlap_days(text: &str) -> Result<Option<i64>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| Error::field("overlap_days", Refused::Days.to_string()))
}

fn reason(text: &str) -> Result<Reason> {
    if let Some(shape) = secret::find(text) {
        return Err(Error::field("reason", shape.refusal()));
    }
    Reason::parse(text).map_err(|why| Error::field("reason", why.to_string()))
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y").to_string()
}

/// Every limit: the types' own and what was set in their place.
///
/// # Errors
/// [`Error::Refused`] when the actor may not see identities.
pub async fn policies(op: &Op) -> Result<PolicyList> {
    op.require(Access::ViewIdentities)?;
    let mut conn = op.db().acquire().await?;
    let defaults = CredentialType::ALL
        .iter()
        .map(|kind| DefaultLimit {
            credential_type: *kind,
            days: rotation::max_age_days(*kind).and_then(|days| i64::try_from(days).ok()),
            overlap_days: overlap::default_days(*kind),
        })
        .collect();
    Ok(PolicyList {
        defaults,
        policies: store::rotation::policies(&mut conn).await?,
        teams: store::teams::choices(&mut conn).await?,
        may_manage: op.require(Access::ManagePolicies).is_ok(),
        now: op.now,
    })
}

/// Sets a limit for a tier, a team or one identity. One of the same scope and type gives way; everybody it holds for is
/// judged again.
///
/// # Errors
/// [`Error::Invalid`] beside what is missing or wrong.
pub async fn set_policy(op: &Op, input: &PolicyInput) -> Result<PolicyId> {
    op.require(Access::ManagePolicies)?;
    let mut tx = op.db().begin().await?;
    let (scope, whom) = scope(&mut tx, input).await?;
    let policy = read(input, scope)?;
    let id = PolicyId(op.new_id());
    let by = op.actor.identity().2;
    let before = store::rotation::set_policy(&mut tx, id, &policy, &by, op.now).await?;
    store::rotation::touch(&mut tx, scope).await?;
    let what = policy
        .credential_type
        .map_or("every stored credential", CredentialType::label);
    let done = Done::new(
        "policy.set",
        "policy",
        &id,
        whom.clone(),
        format!("Set the rotation limit of {whom} for {what}"),
    )
    .change(
        "days",
        before.map(|days| days.to_string()).unwrap_or_default(),
        policy.days.to_string(),
    )
    .change("reason", "", policy.reason.clone());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(id)
}

/// Ends a limit: the next nearest one, or the type's own, counts again.
///
/// # Errors
/// [`Error::NotFound`] when there is none, [`Error::Invalid`] beside the reason.
pub async fn end_policy(op: &Op, id: PolicyId, why: &str) -> Result<()> {
    op.require(Access::ManagePolicies)?;
    let mut tx = op.db().begin().await?;
    let ended = store::rotation::end_policy(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("policy"))?;
    let why = reason(why)?;
    store::rotation::touch(&mut tx, ended.scope).await?;
    let whom = whom(&mut tx, ended.scope).await?;
    let done = Done::new(
        "policy.ended",
        "policy",
        &id,
        whom.clone(),
        format!("Ended the rotation limit of {whom}"),
    )
    .change("days", ended.days.to_string(), "")
    .change("reason", ended.reason, why.to_string());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

/// For whom, and how that is said.
async fn scope(tx: &mut Tx, input: &PolicyInput) -> Result<(Scope, String)> {
    let given = [&input.tier, &input.team, &input.identity];
    if given.iter().filter(|text| !text.trim().is_empty()).count() != 1 {
        return Err(Error::field(
            "tier",
            "Choose a tier, a team or one identity: exactly one of them.",
        ));
    }
    let scope = if let Ok(tier) = input.tier.parse::<RiskTier>() {
        Scope::Tier(tier)
    } else if !input.tier.trim().is_empty() {
        return Err(Error::field("tier", "There is no such tier."));
    } else if input.team.trim().is_empty() {
        let named = store::rotation::identity_named(tx, input.identity.trim()).await?;
        let (id, _) = named.ok_or_else(|| {
            Error::field(
                "identity",
                "No identity has this name. Copy it from its page.",
            )
        })?;
        Scope::Identity(id)
    } else {
        let missing = || Error::field("team", "There is no such team any more. Choose another.");
        let team: TeamId = input.team.trim().parse().map_err(|_| missing())?;
        store::teams::name(tx, team).await?.ok_or_else(missing)?;
        Scope::Team(team)
    };
    Ok((scope, whom(tx, scope).await?))
}

async fn whom(conn: &mut Conn, scope: Scope) -> Result<String> {
    Ok(match scope {
        Scope::Tier(tier) => format!("the {} tier", tier.label().to_lowercase()),
        Scope::Team(team) => store::teams::name(conn, team).await?.unwrap_or_default(),
        Scope::Identity(id) => store::rotation::identity_named(conn, &id.to_string())
            .await?
            .map(|(_, name)| name)
            .unwrap_or_default(),
    })
}

fn read(input: &PolicyInput, scope: Scope) -> Result<policy::Policy> {
    let kind = input.credential_type.trim();
    let credential_type = if kind.is_empty() {
        None
    } else {
        let unknown = |_| Error::field("credential_type", "There is no such type.");
        Some(kind.parse::<CredentialType>().map_err(unknown)?)
    };
    let why = reason(&input.reason)?;
    // What is no number is no limit either, and is refused as such.
    let days = input.days.trim().parse().unwrap_or(0);
    policy::set(scope, credential_type, days, &why.to_string())
        .map_err(|refused| Error::field(refused.field(), refused.to_string()))
}
