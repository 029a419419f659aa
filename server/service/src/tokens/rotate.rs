//! A token's successor.

use chrono::TimeDelta;
use contract::identities::CredentialType;
use contract::ids::TokenId;
use contract::tokens::{TokenCreated, TokenRow};
use domain::access::{Access, Actor};
use domain::token;
use store::identities::write::CredentialRow;

use super::{REVIEW_DAYS, no_more_than};
use crate::op::Done;
use crate::{Error, Op, Result};

/// Hours for which an old token works beside its successor, at most.
const MOST_OVERLAP: i64 = 168;

/// Makes a token's successor: same name, scopes, teams, networks and identity. The old one works for `overlap` hours more,
/// so that both are valid while readers change over.
///
/// # Errors
/// When the actor may not, there is no such token, or it works no longer.
pub async fn rotate(op: &Op, id: TokenId, overlap: i64) -> Result<TokenCreated> {
    // A token may always rotate itself.
    if !matches!(&op.actor, Actor::Token { id: own, .. } if *own == id) {
        op.require(Access::ManageTokens)?;
    }
    if !(0..=MOST_OVERLAP).contains(&overlap) {
        let words = format!("Choose 0 to {MOST_OVERLAP} hours.");
        return Err(Error::field("overlap_hours", words));
    }
    let mut tx = op.db().begin().await?;
    let old = store::tokens::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("token"))?;
    no_more_than(op, &old.scopes)?;
    if old.revoked_at.is_some() || old.rotated || old.expires_at <= op.now || old.subject.is_some()
    {
        let words = format!("{} works no longer, or has a successor already.", old.name);
        return Err(Error::Conflict(words));
    }
    store::tokens::retire(&mut tx, id, op.now + TimeDelta::hours(overlap)).await?;
    let secret = token::mint(token::API, &op.random());
    let new = TokenRow {
        id: TokenId(op.new_id()),
        hint: token::hint(&secret),
        created_by: op.actor.identity().2,
        created_at: op.now,
        expires_at: op.now + (old.expires_at - old.created_at),
        last_used_at: None,
        ..old.clone()
    };
    store::tokens::insert(&mut tx, &new, token::hash(&secret), None).await?;
    if let Some(identity) = new.identity {
        let credential = CredentialRow {
            id: op.new_id(),
            credential_type: CredentialType::ApiKey.as_str(),
            label: format!("Token {}", new.name),
            reference: new.hint.clone(),
        };
        let by = op.actor.person().map(|person| person.id);
        store::tokens::succeed(&mut tx, identity, &old.hint).await?;
        store::identities::write::insert_credential(&mut tx, identity, &credential, by, op.now)
            .await?;
        store::tokens::tell(&mut tx, &new, op.now + TimeDelta::days(REVIEW_DAYS)).await?;
        crate::posture::refresh(op, &mut tx, &[identity.0]).await?;
    }
    let summary = format!(
        "Rotated token {}: the old one works for {overlap} hours",
        new.name
    );
    let done = Done::new("token.rotated", "token", &new.id, &new.name, summary).change(
        "token",
        old.hint,
        new.hint.clone(),
    );
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(TokenCreated {
        row: new,
        token: secret,
    })
}
