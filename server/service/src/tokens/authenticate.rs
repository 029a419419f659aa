//! Who a token is: the door of everything that calls the API.

use std::net::IpAddr;

use chrono::TimeDelta;
use domain::access::{Actor, Refusal};
use domain::network;
use domain::token::{self, Standing};

use crate::{Error, Op, Result};

/// How often at most a token's last use is noted.
const STEP: TimeDelta = TimeDelta::seconds(60);

/// Who presents this token, and from where. Open to anybody: the token itself is the proof. A revoked, expired, mistyped
/// and unknown token are told apart in the log only.
///
/// # Errors
/// [`Error::Refused`] when it opens nothing; [`Error::Forbidden`] when it is right and must not be used, and why.
pub async fn authenticate(op: &Op, presented: &str, from: Option<IpAddr>) -> Result<Admitted> {
    let refused = Error::Refused(Refusal::NotSignedIn);
    if !token::is_whole(token::API, presented) {
        return Err(refused);
    }
    let mut conn = op.db().acquire().await?;
    // Found by the hash of 256 unpredictable bits: the time of an index look-up tells nothing about them.
    let Some((found, bearer)) = store::tokens::by_hash(&mut conn, token::hash(presented)).await?
    else {
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
    if !network::admits(&found.networks, from) {
        tracing::warn!(
            token = found.name,
            ?from,
            "a token came from a network it may not come from"
        );
        let words = "This token may not be used from here.";
        return Err(Error::Forbidden(words.to_owned()));
    }
    let warning = match bearer.standing(op.now) {
        Standing::Good => None,
        Standing::Warned(end, why) => {
            Some(format!("stops working at {}: {why}", end.format("%FT%TZ")))
        }
        Standing::Stopped(why) => {
            return Err(Error::Forbidden(format!(
                "This token works no longer: {why}."
            )));
        }
    };
    if found.last_used_at.is_none_or(|last| op.now - last > STEP) {
        let mut tx = op.db().begin().await?;
        store::tokens::touch(&mut tx, found.id, op.now).await?;
        tx.commit().await.map_err(store::Error::from)?;
    }
    Ok(Admitted {
        actor: Actor::Token {
            id: found.id,
            name: found.name,
            scopes: found.scopes,
            teams: found.teams,
        },
        warning,
    })
}

/// Somebody whose token works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// Who.
    pub actor: Actor,
    /// Until when it works, and what to do about it.
    pub warning: Option<String>,
}
