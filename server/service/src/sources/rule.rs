//! Which identity provider's tokens deliver to a source, as somebody typed it.

use contract::sources::{Proving, TokenRule};
use domain::delivery::claims::Rule;

use crate::{Error, Op, Result};

/// Longest issuer or audience, in bytes.
const LONGEST: usize = 512;

/// The rule to keep: nothing where the source takes no such tokens.
///
/// # Errors
/// [`Error::Invalid`] beside `issuer`, `audience`, `subject` or `claims`.
pub(super) fn checked(
    op: &Op,
    slug: &str,
    proving: Proving,
    typed: &TokenRule,
) -> Result<TokenRule> {
    if proving == Proving::Certificate {
        let subject = domain::delivery::certificate::read(&typed.subject)
            .map_err(|why| Error::field("subject", why))?;
        return Ok(TokenRule {
            subject,
            ..TokenRule::default()
        });
    }
    if proving != Proving::Oidc {
        return Ok(TokenRule::default());
    }
    let issuer = typed.issuer.trim();
    // Plain http for an issuer on this machine only: whoever stands between could bring keys of their own.
    let local = ["http://127.0.0.1:", "http://localhost:"]
        .iter()
        .any(|start| issuer.starts_with(start));
    let plain = issuer.bytes().all(|byte| byte.is_ascii_graphic());
    if !(issuer.starts_with("https://") || local) || !plain || issuer.len() > LONGEST {
        return Err(Error::field(
            "issuer",
            "Enter the issuer's address as its tokens name it, such as https://token.actions.githubusercontent.com.",
        ));
    }
    let audience = match typed.audience.trim() {
        "" => super::url(op, slug),
        typed => typed.to_owned(),
    };
    if audience.len() > LONGEST {
        return Err(Error::field(
            "audience",
            "That is too long for an audience.",
        ));
    }
    Rule::read(&typed.subject, &typed.claims).map_err(|(field, why)| Error::field(field, why))?;
    Ok(TokenRule {
        issuer: issuer.to_owned(),
        audience,
        subject: typed.subject.trim().to_owned(),
        claims: typed.claims.trim().to_owned(),
    })
}

/// What changed, for the record: field, before, after.
pub(super) fn changes<'a>(
    before: &'a TokenRule,
    after: &'a TokenRule,
) -> Vec<(&'static str, &'a str, &'a str)> {
    [
        ("issuer", &before.issuer, &after.issuer),
        ("audience", &before.audience, &after.audience),
        ("subject", &before.subject, &after.subject),
        ("claims", &before.claims, &after.claims),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(field, before, after)| (field, before.as_str(), after.as_str()))
    .collect()
}
