//! Who delivers: proven by the source's token, or by a signature made with it.

use contract::sources::Proving;
use domain::access::{Actor, Refusal};
use domain::delivery::{self, Standard};
use store::sources::Door;
use subtle::ConstantTimeEq;

use crate::sources::secret;
use crate::{Error, Op, OpKind, Result, Services};

/// What a delivery shows of its sender.
#[derive(Debug, Clone, Default)]
pub struct Proof<'a> {
    /// Tokens as sent: bearer, `X-Gitlab-Token`, a basic password, Firehose's access key.
    pub tokens: Vec<&'a str>,
    /// `X-Hub-Signature-256`.
    pub github: Option<&'a str>,
    /// Standard Webhooks' three headers.
    pub standard: Option<Standard<'a>>,
}

/// Tells which source a delivery comes from, by what the source asks for. Where any way will do and it is signed, the
/// signature decides. The comparison takes the same time whatever the token, and an unknown source cannot be told from
/// a wrong token.
///
/// # Errors
/// [`Error::Refused`] when nothing proves a source; [`Error::Internal`] when the installation's key cannot be used.
pub async fn prove(
    services: &Services,
    slug: &str,
    proof: &Proof<'_>,
    body: &[u8],
) -> Result<Actor> {
    let door = {
        let mut conn = services.db.acquire().await?;
        store::sources::door(&mut conn, slug).await?
    };
    let signed = proof.github.is_some() || proof.standard.is_some();
    let op = services.op(Actor::System, OpKind::Request, "proof");
    let right = match door.as_ref().map_or(Proving::Secret, |door| door.proving) {
        Proving::Signature => signature(&op, door.as_ref(), proof, body)?,
        Proving::Secret if signed => signature(&op, door.as_ref(), proof, body)?,
        Proving::Secret | Proving::Token => token(&op, door.as_ref(), &proof.tokens)?,
    };
    match door {
        Some(door) if right => Ok(Actor::Source {
            id: door.id,
            slug: slug.to_owned(),
        }),
        _ => Err(Error::Refused(Refusal::NotSignedIn)),
    }
}

fn token(op: &Op, door: Option<&Door>, tokens: &[&str]) -> Result<bool> {
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
    Ok(bool::from(
        tokens.iter().map(same).fold(none, |one, other| one | other),
    ))
}

fn signature(op: &Op, door: Option<&Door>, proof: &Proof<'_>, body: &[u8]) -> Result<bool> {
    let secret = match door {
        Some(door) => secret::of_door(op, door)?,
        None => None,
    };
    // A source made before words were kept, or none at all, costs as much to refuse.
    let tried = secret.as_deref().unwrap_or("no source has this secret");
    let right = match (proof.github, proof.standard) {
        (Some(header), None) => delivery::github(tried.as_bytes(), body, header),
        (None, Some(sent)) => delivery::standard(tried, body, sent, op.now).is_ok(),
        // None, or two kinds: one too many.
        _ => false,
    };
    Ok(right && secret.is_some())
}
