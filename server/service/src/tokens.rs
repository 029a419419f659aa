//! API tokens: for machines that call the API. Shown once, stored hashed, always expiring, and each an identity of the
//! inventory: whoever keeps the roll is on it.

use std::net::IpAddr;

use chrono::TimeDelta;
use contract::identities::{CredentialType, IdentityKind, Platform};
use contract::ids::{IdentityId, PersonId, TeamId, TokenId};
use contract::tokens::{Scope, TokenCreated, TokenInput, TokenList, TokenRow};
use contract::{FieldError, Page};
use domain::access::{Access, Actor, Refusal};
use domain::identity::lifecycle::Lifecycle;
use domain::identity::risk;
use domain::network;
use domain::page::cut;
use domain::token::{self, Standing};
use store::Tx;
use store::identities::write::{CredentialRow, NewRow, PermissionRow};

use crate::op::Done;
use crate::{Error, Op, Result};

/// Days a token lives when nobody says otherwise.
const USUAL_DAYS: i64 = 30;
/// Days a token lives at most.
const MOST_DAYS: i64 = 90;
/// Rows of one page.
const PAGE: i64 = 50;
/// Days until the review of a new token.
const REVIEW_DAYS: i64 = 90;
/// Hours for which an old token works beside its successor, at most.
const MOST_OVERLAP: i64 = 168;
const NAME_TAKEN: &str = "Another token has this name; names are never used twice.";
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

fn words(scopes: &[Scope]) -> String {
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    words.join(", ")
}

/// A token gives no more than it has.
fn no_more_than(op: &Op, asked: &[Scope]) -> Result<()> {
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

/// Enters a token into the inventory: what it is for, who answers, what it holds and may do.
async fn enrol(
    op: &Op,
    tx: &mut Tx,
    token: &TokenRow,
    id: IdentityId,
    (team, owner): (Option<TeamId>, Option<PersonId>),
) -> Result<()> {
    let writes = |scope: &Scope| scope.as_str().ends_with(":write");
    let privileged = token.scopes.iter().any(writes);
    let state = Lifecycle::Active { since: op.now };
    let row = NewRow {
        id,
        name: format!("Rollcall token {}", token.name),
        kind: IdentityKind::Bot.as_str(),
        platform: Platform::Other.as_str(),
        state: state.state(),
        facts: state.facts(),
        purpose: format!("Calls Rollcall’s API: {}", words(&token.scopes)),
        ticket: String::new(),
        justification: String::new(),
        environments: Vec::new(),
        tier: risk::tier(&[], privileged).0.as_str(),
        team,
        owner,
        backup_owner: None,
        requested_by: None,
        created_at: op.now,
    };
    match store::identities::write::insert(tx, &row).await {
        Err(store::Error::Constraint(name)) if name == "identities_name_key" => {
            return Err(Error::field("name", NAME_TAKEN));
        }
        inserted => inserted?,
    }
    let by = op.actor.person().map(|person| person.id);
    let credential = CredentialRow {
        id: op.new_id(),
        credential_type: CredentialType::ApiKey.as_str(),
        label: format!("Token {}", token.name),
        reference: token.hint.clone(),
    };
    store::identities::write::insert_credential(tx, id, &credential, by, op.now).await?;
    let permissions: Vec<PermissionRow> = token
        .scopes
        .iter()
        .map(|scope| PermissionRow {
            id: op.new_id(),
            system: "rollcall".to_owned(),
            action: scope.to_string(),
            resource: if token.teams.is_empty() {
                "*".to_owned()
            } else {
                token.teams.join(", ")
            },
            environment: None,
            privileged: writes(scope),
        })
        .collect();
    store::identities::write::insert_permissions(tx, id, &permissions, by, op.now).await?;
    Ok(())
}

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

/// What was asked for, as understood.
struct Asked {
    name: String,
    scopes: Vec<Scope>,
    days: i64,
    networks: Vec<String>,
}

/// Every wrong field at once.
fn judge(input: &TokenInput) -> Result<Asked> {
    let (name, scopes, mut wrong) = named(&input.name, &input.scopes);
    let mut note = |field: &str, message: String| {
        wrong.push(FieldError {
            field: field.to_owned(),
            message,
        });
    };
    let days = input.days.unwrap_or(USUAL_DAYS);
    if !(1..=MOST_DAYS).contains(&days) {
        note(
            "days",
            format!("Choose 1 to {MOST_DAYS} days; make a new one in time."),
        );
    }
    let mut networks = Vec::new();
    for text in &input.networks {
        match network::read(text) {
            Some(network) => networks.push(network),
            None => note(
                "networks",
                format!("{text:?} is no network such as 192.0.2.0/24."),
            ),
        }
    }
    if wrong.is_empty() {
        Ok(Asked {
            name,
            scopes,
            days,
            networks,
        })
    } else {
        Err(Error::Invalid(wrong))
    }
}

/// What a token, and a rule that gives tokens, have in common: a name, what it may do, and what is wrong with either.
pub(crate) fn named(name: &str, scopes: &[String]) -> (String, Vec<Scope>, Vec<FieldError>) {
    let mut wrong = Vec::new();
    let mut note = |field: &str, message: String| {
        wrong.push(FieldError {
            field: field.to_owned(),
            message,
        });
    };
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 80 {
        note("name", "Say what it is for, in 1 to 80 letters.".to_owned());
    }
    let (known, unknown) = read_scopes(scopes);
    for word in unknown {
        note("scopes", format!("{word:?} is nothing a token may do."));
    }
    if scopes.is_empty() {
        note("scopes", "Choose at least one thing it may do.".to_owned());
    }
    (name, known, wrong)
}

/// Scopes in order, each once, and the words that are none.
pub(crate) fn read_scopes(words: &[String]) -> (Vec<Scope>, Vec<String>) {
    let (mut scopes, mut unknown) = (Vec::new(), Vec::new());
    for word in words {
        match word.parse::<Scope>() {
            Ok(scope) => scopes.push(scope),
            Err(_) => unknown.push(word.clone()),
        }
    }
    scopes.sort_unstable();
    scopes.dedup();
    (scopes, unknown)
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
