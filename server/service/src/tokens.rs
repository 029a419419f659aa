//! API tokens: for machines that call the API. Shown once, stored hashed, always expiring, and each an identity of the
//! inventory: whoever keeps the roll is on it.

mod asked;
mod authenticate;
mod create;
mod enrol;
mod rotate;

use chrono::TimeDelta;
use contract::Page;
use contract::ids::TokenId;
use contract::tokens::{Scope, TokenList, TokenRow};
use domain::access::{Access, Actor};
use domain::page::cut;

use crate::op::Done;
use crate::{Error, Op, Result};

pub use authenticate::{Admitted, authenticate};
pub use create::create;
pub use rotate::rotate;

pub(crate) use asked::{named, read_scopes};

/// Rows of one page.
const PAGE: i64 = 50;
/// Days until the review of a new token.
const REVIEW_DAYS: i64 = 90;
const NAME_TAKEN: &str = "Another token has this name; names are never used twice.";

/// Tokens, newest first.
///
/// # Errors
/// When the actor may not, or the cursor is not one of ours.
pub async fn list(op: &Op, cursor: Option<&str>) -> Result<TokenList> {
    let page = rows(op, cursor, PAGE).await?;
    Ok(TokenList { page, now: op.now })
}

/// The next tokens, newest first, at most `limit`.
///
/// # Errors
/// When the actor may not, or the cursor is not one of ours.
pub async fn rows(op: &Op, cursor: Option<&str>, limit: i64) -> Result<Page<TokenRow>> {
    op.require(Access::ViewTokens)?;
    let after: Option<TokenId> = cursor.map(str::parse).transpose().map_err(|_| {
        Error::field(
            "cursor",
            "This page of the list is unknown; begin at the first.",
        )
    })?;
    let mut conn = op.db().acquire().await?;
    let rows = store::tokens::list(&mut conn, after, limit + 1).await?;
    Ok(cut(rows, limit, |row| row.id.to_string()))
}

/// One token. A token may always read its own facts.
///
/// # Errors
/// When the actor may not, or there is none.
pub async fn view(op: &Op, id: TokenId) -> Result<TokenRow> {
    if !matches!(&op.actor, Actor::Token { id: own, .. } if *own == id) {
        op.require(Access::ViewTokens)?;
    }
    let mut conn = op.db().acquire().await?;
    let found = store::tokens::get(&mut conn, id).await?;
    found.ok_or(Error::NotFound("token"))
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

/// Forgets what was given to pipelines and ended a day ago.
///
/// # Errors
/// When the database refuses.
pub async fn sweep(op: &Op) -> Result<u64> {
    op.require(Access::Operate)?;
    let mut tx = op.db().begin().await?;
    let before = op.now - TimeDelta::days(1);
    let gone = store::tokens::sweep(&mut tx, before).await?;
    let keys = store::idempotency::sweep(&mut tx, before).await?;
    store::destinations::sweep(&mut tx, before).await?;
    store::devices::sweep(&mut tx, before).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(gone + keys)
}

/// A token gives no more than it has.
pub(crate) fn no_more_than(op: &Op, asked: &[Scope]) -> Result<()> {
    let Actor::Token { scopes, .. } = &op.actor else {
        return Ok(());
    };
    match asked.iter().find(|scope| !scopes.contains(scope)) {
        Some(scope) => {
            let words = format!("This token may not do {scope} itself.");
            Err(Error::field("scopes", words))
        }
        None => Ok(()),
    }
}

fn words(scopes: &[Scope]) -> String {
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    words.join(", ")
}
