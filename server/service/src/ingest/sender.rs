//! Who delivers: proven by the source's token, by a signature made with it, or by an identity provider's token.

use chrono::{DateTime, Utc};
use contract::ids::SourceId;
use contract::sources::Proving;
use domain::access::{Actor, Refusal};
use domain::delivery::claims::Rule;
use domain::delivery::{self, Standard, jwt};
use sha2::{Digest, Sha256};
use store::sources::Door;
use subtle::ConstantTimeEq;

use crate::ports::{Asked, Issuers};
use crate::sources::secret;
use crate::{Error, Op, OpKind, Result, Services};

/// How long the id of a token is remembered after its end, in minutes: clocks differ.
const REMEMBERED_MINUTES: i64 = 5;

/// What a delivery shows of its sender.
#[derive(Debug, Clone, Default)]
pub struct Proof<'a> {
    /// Tokens as sent: bearer, `X-Gitlab-Token`, a basic password, Firehose's access key.
    pub tokens: Vec<&'a str>,
    /// `X-Hub-Signature-256`.
    pub github: Option<&'a str>,
    /// Standard Webhooks' three headers.
    pub standard: Option<Standard<'a>>,
    /// The client certificate, where a trusted proxy passed one on.
    pub certificate: Option<&'a str>,
}

impl Proof<'_> {
    fn is_signed(&self) -> bool {
        self.github.is_some() || self.standard.is_some()
    }
}

/// A sender that has proven itself.
#[derive(Debug, Clone)]
pub struct Sender {
    /// Who it is: the source.
    pub actor: Actor,
    /// What its proof spends, where it counts once.
    pub once: Option<Once>,
}

/// A token of an identity provider: spent with the delivery that is kept, so that one that fails spends nothing.
#[derive(Debug, Clone)]
pub struct Once {
    digest: [u8; 32],
    until: DateTime<Utc>,
}

impl Once {
    /// Spends it in the transaction that keeps its delivery. Of two at once the second waits for the first.
    ///
    /// # Errors
    /// [`Error::Refused`] when it has delivered before.
    pub(super) async fn spend(&self, tx: &mut store::Tx, source: SourceId) -> Result<()> {
        if store::sources::claim_token(tx, source, &self.digest, self.until).await? {
            Ok(())
        } else {
            Err(Error::Refused(Refusal::NotSignedIn))
        }
    }
}

/// What is said of a token that comes again.
pub(super) const SPENT: &str =
    "The token has delivered before: ask for a new one for each delivery.";

/// Why a sender is turned away, for the page of its source; else what its proof spends.
type Judged = std::result::Result<Option<Once>, String>;

/// Tells which source a delivery comes from, by what the source asks for. Where any way will do and it is signed, the
/// signature decides. Tokens are compared in the same time whatever they are, and the answer does not tell an unknown
/// source from a wrong token.
///
/// # Errors
/// [`Error::Refused`] when nothing proves a source; [`Error::Internal`] when the installation's key cannot be used.
pub async fn prove(
    services: &Services,
    issuers: &dyn Issuers,
    slug: &str,
    proof: &Proof<'_>,
    body: &[u8],
) -> Result<Sender> {
    let door = {
        let mut conn = services.db.acquire().await?;
        store::sources::door(&mut conn, slug).await?
    };
    let op = services.op(Actor::System, OpKind::Request, "proof");
    let judged = match door.as_ref().map_or(Proving::Secret, |door| door.proving) {
        Proving::Signature => signature(&op, door.as_ref(), proof, body)?,
        Proving::Secret if proof.is_signed() => signature(&op, door.as_ref(), proof, body)?,
        Proving::Secret | Proving::Token => token(&op, door.as_ref(), &proof.tokens)?,
        Proving::Certificate => certificate(&op, door.as_ref(), proof.certificate).await?,
        Proving::Oidc => issued(&op, issuers, door.as_ref(), &proof.tokens).await?,
    };
    match (door, judged) {
        (Some(door), Ok(once)) => Ok(Sender {
            actor: Actor::Source {
                id: door.id,
                slug: slug.to_owned(),
            },
            once,
        }),
        (door, judged) => {
            if let (Some(door), Err(why)) = (door, judged) {
                note(&op, door.id, &why).await?;
            }
            Err(Error::Refused(Refusal::NotSignedIn))
        }
    }
}

/// Notes that a sender was turned away: on the page of its source, and as a finding where it shows an attack.
pub(super) async fn note(op: &Op, source: SourceId, why: &str) -> Result<()> {
    let mut conn = op.db().acquire().await?;
    store::sources::note_refusal(&mut conn, source, why, op.now).await?;
    drop(conn);
    crate::detect::note_refusal(op, source, why).await
}

fn token(op: &Op, door: Option<&Door>, tokens: &[&str]) -> Result<Judged> {
    let kept = match door {
        None => [0; 32].to_vec(),
        Some(door) if door.secret_sealed.is_some() => {
            let secret = secret::of_door(op, door)?.unwrap_or_default();
            domain::token::hash(&secret).to_vec()
        }
        Some(door) => door.token_hash.clone(),
    };
    let same = |token: &&str| domain::token::hash(token).as_slice().ct_eq(&kept);
    let none = subtle::Choice::from(0);
    let right = bool::from(tokens.iter().map(same).fold(none, |one, other| one | other));
    Ok(said(
        right,
        if tokens.is_empty() {
            "No token was sent."
        } else {
            "The token is not this source's."
        },
    ))
}

fn said(right: bool, why: &str) -> Judged {
    if right { Ok(None) } else { Err(why.to_owned()) }
}

fn signature(op: &Op, door: Option<&Door>, proof: &Proof<'_>, body: &[u8]) -> Result<Judged> {
    let secret = match door {
        Some(door) => secret::of_door(op, door)?,
        None => None,
    };
    // A source made before words were kept, or none at all, costs as much to refuse.
    let tried = secret.as_deref().unwrap_or("no source has this secret");
    let judged = match (proof.github, proof.standard) {
        (Some(header), None) => said(
            delivery::github(tried.as_bytes(), body, header),
            "GitHub's signature is not right for this body and secret.",
        ),
        (None, Some(sent)) => delivery::standard(tried, body, sent, op.now)
            .map(|()| None)
            .map_err(|stale| format!("Standard Webhooks: {stale}.")),
        (None, None) => said(false, "It was not signed."),
        (Some(_), Some(_)) => said(false, "It was signed in two ways; one is enough."),
    };
    Ok(match secret {
        Some(_) => judged,
        None => said(
            false,
            "The source has no secret that could sign: make a new token.",
        ),
    })
}

/// Judges the client certificate a trusted proxy passed on.
async fn certificate(op: &Op, door: Option<&Door>, shown: Option<&str>) -> Result<Judged> {
    let Some(door) = door else {
        return Ok(said(false, "There is no such source."));
    };
    let rule = store::sources::rule(&mut *op.db().acquire().await?, door.id).await?;
    Ok(domain::delivery::certificate::admit(&rule.subject, shown).map(|()| None))
}

/// Judges the token of an identity provider; each delivers once. One that has delivered is turned away before its body is
/// read; whether it is the first is decided where the delivery is kept.
async fn issued(
    op: &Op,
    issuers: &dyn Issuers,
    door: Option<&Door>,
    tokens: &[&str],
) -> Result<Judged> {
    // A token has three parts; what has not is no token of an issuer and costs no look at its keys.
    let token = tokens.iter().find(|token| token.matches('.').count() == 2);
    let (Some(door), Some(token)) = (door, token) else {
        return Ok(said(false, "No token of an identity provider was sent."));
    };
    let rule = store::sources::rule(&mut *op.db().acquire().await?, door.id).await?;
    let asked = Asked {
        token,
        issuer: &rule.issuer,
        audience: &rule.audience,
        now: op.now,
    };
    let claims = match issuers.claims(asked).await {
        Ok(claims) => claims,
        Err(why) => return Ok(Err(format!("The token is not believed: {why}."))),
    };
    let admitted = match Rule::read(&rule.subject, &rule.claims) {
        Ok(rule) => rule.admits(&claims),
        Err((_, why)) => Err(why),
    };
    if let Err(why) = admitted {
        return Ok(Err(format!("The token is not one of this source: {why}.")));
    }
    let Some(id) = jwt::id(&claims) else {
        // Google's push tokens have no id and deliver for an hour, as long as they live.
        return Ok(Ok(None));
    };
    let until =
        jwt::expires(&claims).unwrap_or(op.now) + chrono::TimeDelta::minutes(REMEMBERED_MINUTES);
    let digest: [u8; 32] = Sha256::digest(id.as_bytes()).into();
    let mut conn = op.db().acquire().await?;
    store::sources::forget_tokens(&mut conn, op.now).await?;
    if store::sources::is_claimed(&mut conn, door.id, &digest).await? {
        return Ok(Err(SPENT.to_owned()));
    }
    Ok(Ok(Some(Once { digest, until })))
}
