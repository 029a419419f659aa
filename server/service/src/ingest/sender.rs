//! Who delivers: proven by the source's token, or by a signature made with it.

use domain::access::{Actor, Refusal};
use domain::delivery::{self, Standard};
use store::sources::Door;
use subtle::ConstantTimeEq;

use crate::sources::secret;
use crate::{Error, OpKind, Result, Services};

/// What a delivery shows of its sender. Where it is signed the signature decides; otherwise any of the tokens.
#[derive(Debug, Clone, Default)]
pub struct Proof<'a> {
    /// Tokens as sent: bearer, `X-Gitlab-Token`, a basic password, Firehose's access key.
    pub tokens: Vec<&'a str>,
    /// `X-Hub-Signature-256`.
    pub github: Option<&'a str>,
    /// Standard Webhooks' three headers.
    pub standard: Option<Standard<'a>>,
}

/// Tells which source a delivery comes from. The comparison takes the same time whatever the token, and an unknown
/// source cannot be told from a wrong token.
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
    let right = if signed {
        signature(services, door.as_ref(), proof, body)?
    } else {
        token(door.as_ref(), &proof.tokens)
    };
    match door {
        Some(door) if right => Ok(Actor::Source {
            id: door.id,
            slug: slug.to_owned(),
        }),
        _ => Err(Error::Refused(Refusal::NotSignedIn)),
    }
}

fn token(door: Option<&Door>, tokens: &[&str]) -> bool {
    let kept = door.map_or([0_u8; 32].as_slice(), |door| door.token_hash.as_slice());
    let same = |token: &&str| domain::token::hash(token).as_slice().ct_eq(kept);
    let none = subtle::Choice::from(0);
    bool::from(tokens.iter().map(same).fold(none, |one, other| one | other))
}

fn signature(
    services: &Services,
    door: Option<&Door>,
    proof: &Proof<'_>,
    body: &[u8],
) -> Result<bool> {
    let op = services.op(Actor::System, OpKind::Request, "signature");
    // A source made before words were kept, or none at all, costs as much to refuse.
    let words = door.and_then(|door| door.secret_words.as_deref());
    let secret = secret::of_words(&op, words.unwrap_or_default())?;
    let right = match (proof.github, proof.standard) {
        (Some(header), None) => delivery::github(secret.as_bytes(), body, header),
        (None, Some(sent)) => delivery::standard(&secret, body, sent, op.now).is_ok(),
        // Two kinds of signature are one too many.
        _ => false,
    };
    Ok(right && words.is_some())
}
