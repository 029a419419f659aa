//! Signing a shell in: it shows a code, somebody who may make tokens approves it in a browser, and the shell is given a
//! token of theirs (RFC 8628).

use chrono::TimeDelta;
use contract::tokens::{DeviceLogin, Scope, TokenCreated, TokenInput};
use domain::access::Access;
use domain::token;

use crate::op::Done;
use crate::{Error, Op, OpKind, Result};

/// Minutes somebody has to approve.
const MINUTES: i64 = 10;
/// Seconds between two questions of a shell, at least.
const INTERVAL: i64 = 5;
/// Logins that may wait at once: whoever asks for them is nobody yet.
const MOST: i64 = 100;
/// Letters of codes: no vowels, so that no words come about, and nothing that looks like something else.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// Prefix of what a shell holds meanwhile.
const PREFIX: &str = "rcd";

/// A login that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// What the shell asks with.
    pub device_code: String,
    /// What people compare and approve.
    pub user_code: String,
    /// Seconds until it is over.
    pub seconds: i64,
    /// Seconds between two questions.
    pub interval: i64,
}

/// What a shell is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// Nobody has answered yet.
    Pending,
    /// It asks too often.
    SlowDown,
    /// Somebody refused.
    Refused,
    /// The time is over, or there is no such login.
    Expired,
    /// Its token.
    Given(Box<TokenCreated>),
}

/// Begins a login. Open to anybody: nothing is given before somebody approves, and only that is recorded.
///
/// # Errors
/// [`Error::Invalid`] when a scope is unknown; [`Error::Conflict`] when too many wait.
pub async fn begin(op: &Op, name: &str, scopes: &[String]) -> Result<Begun> {
    let name: String = name
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(60)
        .collect();
    if name.is_empty() {
        return Err(Error::field("name", "Say which shell it is."));
    }
    let scopes: Vec<Scope> = scopes
        .iter()
        .map(|word| {
            let unknown = |_| Error::field("scope", format!("There is no scope {word:?}."));
            word.parse().map_err(unknown)
        })
        .collect::<Result<_>>()?;
    if scopes.is_empty() {
        return Err(Error::field("scope", "Ask for at least one scope."));
    }
    let device_code = token::mint(PREFIX, &op.random());
    let letters = op
        .random::<8>()
        .map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
    let letters: String = letters.iter().collect();
    let login = DeviceLogin {
        code: format!("{}-{}", &letters[..4], &letters[4..]),
        name,
        scopes,
        created_at: op.now,
        expires_at: op.now + TimeDelta::minutes(MINUTES),
    };
    let mut tx = op.db().begin().await?;
    let hash = token::hash(&device_code);
    if !store::devices::insert(&mut tx, op.new_id(), &login, hash, MOST).await? {
        return Err(Error::Conflict(
            "Too many logins wait. Try again in some minutes.".to_owned(),
        ));
    }
    tx.commit().await.map_err(store::Error::from)?;
    Ok(Begun {
        device_code,
        user_code: login.code,
        seconds: MINUTES * 60,
        interval: INTERVAL,
    })
}

/// The login of a code, as whoever approves it sees it; absent when none waits under it.
///
/// # Errors
/// When the actor may not make tokens.
pub async fn view(op: &Op, code: &str) -> Result<Option<DeviceLogin>> {
    op.require(Access::ManageTokens)?;
    let mut conn = op.db().acquire().await?;
    let found = store::devices::waiting(&mut conn, &written(code), op.now).await?;
    Ok(found.map(|stored| stored.login))
}

/// A code as it is stored, however it was typed.
fn written(code: &str) -> String {
    let letters: String = code.chars().filter(char::is_ascii_alphabetic).collect();
    let letters = letters.to_ascii_uppercase();
    match letters.len() {
        8 => format!("{}-{}", &letters[..4], &letters[4..]),
        _ => letters,
    }
}

/// Approves or refuses a login: the shell is given a token that whoever approves answers for.
///
/// # Errors
/// When the actor may not make tokens, or no login waits under the code.
pub async fn answer(op: &Op, code: &str, approve: bool) -> Result<()> {
    op.require(Access::ManageTokens)?;
    let me = op.person()?.id;
    let mut tx = op.db().begin().await?;
    let stored = store::devices::waiting(&mut tx, &written(code), op.now)
        .await?
        .ok_or_else(|| Error::field("code", "No login waits under this code."))?;
    if !store::devices::answer(&mut tx, stored.id, approve.then_some(me)).await? {
        return Err(Error::Conflict("It was answered already.".to_owned()));
    }
    let (action, word) = if approve {
        ("login.approved", "Approved")
    } else {
        ("login.refused", "Refused")
    };
    let name = stored.login.name;
    let summary = format!("{word} the login of the shell {name}");
    let done = Done::new(action, "login", &stored.id, name, summary);
    op.record(&mut tx, done).await?;
    Ok(tx.commit().await.map_err(store::Error::from)?)
}

/// What became of a shell's login. Open to anybody: the code is the proof, and works once.
///
/// # Errors
/// When the token cannot be made.
pub async fn claim(op: &Op, device_code: &str) -> Result<Claimed> {
    if !token::is_whole(PREFIX, device_code) {
        return Ok(Claimed::Expired);
    }
    let mut tx = op.db().begin().await?;
    let Some(stored) = store::devices::ask(&mut tx, token::hash(device_code), op.now).await? else {
        return Ok(Claimed::Expired);
    };
    let early = |last| op.now - last < TimeDelta::seconds(INTERVAL - 1);
    let claimed = match stored.approved_by {
        _ if stored.refused => Some(Claimed::Refused),
        _ if stored.login.expires_at <= op.now => Some(Claimed::Expired),
        None if stored.polled_at.is_some_and(early) => Some(Claimed::SlowDown),
        None => Some(Claimed::Pending),
        Some(_) => None,
    };
    if let Some(claimed) = claimed {
        tx.commit().await.map_err(store::Error::from)?;
        return Ok(claimed);
    }
    store::devices::remove(&mut tx, stored.id).await?;
    tx.commit().await.map_err(store::Error::from)?;
    let Some(person) = stored.approved_by else {
        return Ok(Claimed::Expired);
    };
    // In the name of whoever approved, as they may now.
    let actor = crate::session::actor(&op.services().system("login"), person).await?;
    let theirs = op
        .services()
        .op(actor, OpKind::Request, op.request_id.clone());
    let input = TokenInput {
        name: format!("{} ({})", stored.login.name, stored.login.code),
        scopes: stored
            .login
            .scopes
            .iter()
            .map(ToString::to_string)
            .collect(),
        ..TokenInput::default()
    };
    let made = crate::tokens::create(&theirs, input).await?;
    Ok(Claimed::Given(Box::new(made)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_however_they_are_typed() {
        for typed in ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk "] {
            assert_eq!(written(typed), "BCDF-GHJK");
        }
        assert_eq!(written("é-é"), "");
    }
}
