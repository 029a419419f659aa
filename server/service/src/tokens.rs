//! API tokens: for machines that read the feed and the API. Shown once, stored hashed, always expiring.

use chrono::TimeDelta;
use contract::ids::TokenId;
use contract::tokens::{Scope, TokenCreated, TokenInput, TokenList, TokenRow};
use contract::{FieldError, Page};
use domain::access::{Access, Actor, Refusal};
use domain::token;

use crate::op::Done;
use crate::{Error, Op, Result};

/// Days a token lives when nobody says otherwise.
const USUAL_DAYS: i64 = 30;
/// Days a token lives at most.
const MOST_DAYS: i64 = 90;
/// Rows of one page.
const PAGE: usize = 50;
/// How often at most a token's last use is noted.
const STEP: TimeDelta = TimeDelta::seconds(60);

/// Who presents this token. Open to anybody: the token itself is the proof. A revoked, expired, mistyped and
/// unknown token are told apart in the log only.
///
/// # Errors
/// [`Error::Refused`] when it opens nothing.
pub async fn authenticate(op: &Op, presented: &str) -> Result<Actor> {
    let refused = Error::Refused(Refusal::NotSignedIn);
    if !token::is_whole(token::API, presented) {
        return Err(refused);
    }
    let mut conn = op.db().acquire().await?;
    // Found by the hash of 256 unpredictable bits: the time of an index look-up tells nothing about them.
    let Some(found) = store::tokens::by_hash(&mut conn, token::hash(presented)).await? else {
        return Err(refused);
    };
    drop(conn);
    if found.revoked_at.is_some() || found.expires_at <= op.now {
        tracing::info!(
            token = found.name,
            hint = found.hint,
            "a token that works no longer was presented"
        );
        return Err(refused);
    }
    if found.last_used_at.is_none_or(|last| op.now - last > STEP) {
        let mut tx = op.db().begin().await?;
        store::tokens::touch(&mut tx, found.id, op.now).await?;
        tx.commit().await.map_err(store::Error::from)?;
    }
    Ok(Actor::Token {
        id: found.id,
        name: found.name,
        scopes: found.scopes,
    })
}

/// Tokens, newest first.
///
/// # Errors
/// When the actor may not, or the cursor is not one of ours.
pub async fn list(op: &Op, cursor: Option<&str>) -> Result<TokenList> {
    op.require(Access::ViewTokens)?;
    let after: Option<TokenId> = cursor.map(str::parse).transpose().map_err(|_| {
        Error::field(
            "cursor",
            "This page of the list is unknown; begin at the first.",
        )
    })?;
    let mut conn = op.db().acquire().await?;
    let mut rows = store::tokens::list(
        &mut conn,
        after,
        i64::try_from(PAGE + 1).unwrap_or(i64::MAX),
    )
    .await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
    let page = Page {
        rows,
        next,
        total: None,
    };
    Ok(TokenList { page, now: op.now })
}

/// Makes a token. The answer holds it, once.
///
/// # Errors
/// When the actor may not, a field is wrong, or the name is taken.
pub async fn create(op: &Op, input: TokenInput) -> Result<TokenCreated> {
    op.require(Access::ManageTokens)?;
    let (name, scopes, days) = judge(&input)?;
    let secret = token::mint(token::API, &op.random());
    let row = TokenRow {
        id: TokenId(op.new_id()),
        name,
        hint: token::hint(&secret),
        scopes,
        created_by: op.actor.identity().2,
        created_at: op.now,
        expires_at: op.now + TimeDelta::days(days),
        last_used_at: None,
        revoked_at: None,
    };
    let mut tx = op.db().begin().await?;
    match store::tokens::insert(&mut tx, &row, token::hash(&secret)).await {
        Err(store::Error::Constraint(name)) if name == "api_tokens_name_key" => {
            return Err(Error::field(
                "name",
                "Another token has this name; names are never used twice.",
            ));
        }
        inserted => inserted?,
    }
    let words = row
        .scopes
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    let done = Done::new(
        "token.created",
        "token",
        &row.id,
        &row.name,
        format!("Created token {} for {days} days", row.name),
    )
    .change("scopes", "", words)
    .change("expires", "", row.expires_at.to_rfc3339());
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(TokenCreated { row, token: secret })
}

/// Revokes a token: it stops working at once and for good.
///
/// # Errors
/// When the actor may not, there is no such token, or it is revoked already.
pub async fn revoke(op: &Op, id: TokenId) -> Result<()> {
    op.require(Access::ManageTokens)?;
    let mut tx = op.db().begin().await?;
    let row = store::tokens::lock(&mut tx, id)
        .await?
        .ok_or(Error::NotFound("token"))?;
    if row.revoked_at.is_some() {
        return Err(Error::Conflict(format!("{} is revoked already.", row.name)));
    }
    store::tokens::revoke(&mut tx, id, op.now).await?;
    let done = Done::new(
        "token.revoked",
        "token",
        &id,
        &row.name,
        format!("Revoked token {}", row.name),
    );
    op.record(&mut tx, done).await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// Every wrong field at once.
fn judge(input: &TokenInput) -> Result<(String, Vec<Scope>, i64)> {
    let mut wrong = Vec::new();
    let mut note = |field: &str, message: String| {
        wrong.push(FieldError {
            field: field.to_owned(),
            message,
        });
    };
    let name = input.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 80 {
        note("name", "Say what it is for, in 1 to 80 letters.".to_owned());
    }
    let mut scopes = Vec::new();
    for word in &input.scopes {
        match word.parse::<Scope>() {
            Ok(scope) => scopes.push(scope),
            Err(_) => note("scopes", format!("{word:?} is nothing a token may do.")),
        }
    }
    scopes.sort_unstable();
    scopes.dedup();
    if input.scopes.is_empty() {
        note("scopes", "Choose at least one thing it may do.".to_owned());
    }
    let days = input.days.unwrap_or(USUAL_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        note(
            "days",
            format!("Choose 1 to {MOST_DAYS} days; make a new one in time."),
        );
    }
    if wrong.is_empty() {
        Ok((name, scopes, days))
    } else {
        Err(Error::Invalid(wrong))
    }
}
