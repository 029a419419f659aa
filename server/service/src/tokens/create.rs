//! A new token, and who answers for it.

use chrono::TimeDelta;
use contract::FieldError;
use contract::ids::{IdentityId, PersonId, TeamId, TokenId};
use contract::tokens::{TokenCreated, TokenInput, TokenRow};
use domain::access::Access;
use domain::token;
use store::Tx;

use super::asked::judge;
use super::enrol::enrol;
use super::{NAME_TAKEN, REVIEW_DAYS, no_more_than, words};
use crate::op::Done;
use crate::{Error, Op, Result};

/// Makes a token, and the identity it is in the inventory. The answer holds it, once.
///
/// # Errors
/// When the actor may not, a field is wrong, or the name is taken. A token makes none that may do more than itself.
pub async fn create(op: &Op, input: TokenInput) -> Result<TokenCreated> {
    op.require(Access::ManageTokens)?;
    let asked = judge(&input)?;
    no_more_than(op, &asked.scopes)?;
    let secret = token::mint(token::API, &op.random());
    let mut tx = op.db().begin().await?;
    let keeper = keeper(op, &mut tx, &input).await?;
    let identity = IdentityId(op.new_id());
    let row = TokenRow {
        id: TokenId(op.new_id()),
        name: asked.name,
        hint: token::hint(&secret),
        scopes: asked.scopes,
        created_by: op.actor.identity().2,
        created_at: op.now,
        expires_at: op.now + TimeDelta::days(asked.days),
        last_used_at: None,
        revoked_at: None,
        teams: input.teams,
        networks: asked.networks,
        identity: Some(identity),
        rotated: false,
        subject: None,
    };
    enrol(op, &mut tx, &row, identity, keeper).await?;
    match store::tokens::insert(&mut tx, &row, token::hash(&secret), None).await {
        Err(store::Error::Constraint(name)) if name == "api_tokens_name_key" => {
            return Err(Error::field("name", NAME_TAKEN));
        }
        inserted => inserted?,
    }
    store::tokens::tell(&mut tx, &row, op.now + TimeDelta::days(REVIEW_DAYS)).await?;
    crate::posture::refresh(op, &mut tx, &[identity.0]).await?;
    let days = asked.days;
    let summary = format!("Created token {} for {days} days", row.name);
    let done = Done::new("token.created", "token", &row.id, &row.name, summary)
        .change("scopes", "", words(&row.scopes))
        .change("teams", "", row.teams.join(", "))
        .change("networks", "", row.networks.join(", "))
        .change("expires", "", row.expires_at.to_rfc3339());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(TokenCreated { row, token: secret })
}

/// Who answers for a new token: as asked, else the person who makes it.
async fn keeper(
    op: &Op,
    tx: &mut Tx,
    input: &TokenInput,
) -> Result<(Option<TeamId>, Option<PersonId>)> {
    let mut wrong = Vec::new();
    let mut note = |field: &str, message: &str| {
        wrong.push(FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        });
    };
    let maker = op.actor.person();
    let named = input.teams.iter().chain(&input.team);
    let named: Vec<&str> = named.map(String::as_str).collect();
    let there = store::teams::by_slugs(tx, &named).await?;
    let team = match &input.team {
        None => maker.and_then(|person| person.teams.first().copied()),
        Some(slug) => {
            let found = there.get(slug).copied();
            if found.is_none() {
                note("team", "There is no such team.");
            }
            found
        }
    };
    for slug in input.teams.iter().filter(|slug| !there.contains_key(*slug)) {
        note("teams", &format!("There is no team {slug:?}."));
    }
    let owner = match input.owner {
        None => maker.map(|person| person.id),
        Some(owner) => {
            if store::people::active_name(tx, owner).await?.is_none() {
                note("owner", "There is no such person.");
            }
            Some(owner)
        }
    };
    if wrong.is_empty() {
        Ok((team, owner))
    } else {
        Err(Error::Invalid(wrong))
    }
}
