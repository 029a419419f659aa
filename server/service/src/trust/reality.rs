//! Trust versus reality: what each trust admits beside what came, tightened; replay of an edited one.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use contract::ids::{EventId, IdentityId};
use contract::trust::{
    Judged, RealityView, ReplayInput, ReplayRow, ReplayView, SeenClaim, TrustReality,
};
use domain::access::Access;
use domain::identity::lifecycle::offered::{Standing, may_change};
use domain::trust::{self, Facts, Language, Observed, Passing, Token, Trust, Wish};
use store::Conn;

use super::{kept, lab};
use crate::{Error, Op, Result};

/// Days looked back.
const DAYS: i64 = 90;
/// Most distinct claim sets looked at on the page.
const SETS: i64 = 500;
/// Values shown of each claim.
const VALUES: usize = 8;
/// Recorded assumptions read at once while replaying.
const PAGE: i64 = 50_000;
/// Claim sets a replay lists.
const LISTED: usize = 100;

/// What an identity's trusts admit, beside what came.
///
/// # Errors
/// [`Error::NotFound`] when there is no such identity; [`Error::Refused`] when the actor may not see identities.
pub async fn reality(op: &Op, id: IdentityId) -> Result<TrustReality> {
    op.require(Access::ViewIdentities)?;
    let mut conn = op.db().acquire().await?;
    let details = store::identities::view::details(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("identity"))?;
    let trusts = store::identities::view::trusts(&mut conn, id).await?;
    let since = op.now - TimeDelta::days(DAYS);
    let seen = store::trust::observed(&mut conn, id, since, SETS).await?;
    let standing = Standing {
        state: details.state,
        requested_by: details.requested_by.as_ref().map(|person| person.id),
        team: details.team,
        owner: details.owner,
        backup_owner: details.backup_owner.as_ref().map(|person| person.id),
        watch_until: details.facts.watch_until,
    };
    let read: Vec<Trust> = trusts
        .iter()
        .filter_map(|it| parse(it.language.as_str(), &it.document).ok())
        .collect();
    let whole = !trusts.is_empty() && read.len() == trusts.len();
    Ok(TrustReality {
        identity: id,
        trusts: trusts
            .into_iter()
            .map(|it| {
                let view = RealityView {
                    id: it.id,
                    target: it.target,
                    unreadable: None,
                    judged: Judged::default(),
                    seen_ring: None,
                    sentence: String::new(),
                    admitted: 0,
                    tightened: None,
                    not_tightened: None,
                    document: it.document,
                };
                beside(view, it.language.as_str(), &seen)
            })
            .collect(),
        seen: trust::sum_up(&seen).into_iter().map(claim).collect(),
        total: seen.iter().map(|it| it.count).sum(),
        days: DAYS,
        tests: store::trust::tests(&mut conn, &[id.0])
            .await?
            .into_iter()
            .map(|test| kept::ended(test, &read, whole))
            .collect(),
        may_edit: op.actor.person().is_some_and(|p| may_change(p, &standing)),
        now: op.now,
    })
}

/// A document as it is kept, read in its language.
pub(super) fn parse(language: &str, document: &str) -> std::result::Result<Trust, String> {
    trust::read(document.as_bytes(), Language::of(language)).map_err(|why| why.to_string())
}

/// Judges one trust by what came.
fn beside(mut view: RealityView, language: &str, seen: &[Observed]) -> RealityView {
    let trust = match parse(language, &view.document) {
        Ok(trust) => trust,
        Err(why) => {
            view.unreadable = Some(why);
            return view;
        }
    };
    let facts = Facts::default();
    view.judged = lab::judged(&trust, &facts);
    let audience = trust.asked_audience(&facts);
    let (mut admitted, mut tokens): (Vec<Observed>, Vec<Token>) = (Vec::new(), Vec::new());
    for it in seen {
        if trust.would_pass(it, &audience, &facts) == Passing::Yes {
            admitted.push(it.clone());
            tokens.push(it.token(&audience));
        }
    }
    view.admitted = admitted.iter().map(|it| it.count).sum();
    let reality = trust.reality(&admitted, &facts);
    view.seen_ring = reality.seen.map(|ring| ring.as_str().to_owned());
    view.sentence = reality.sentence;
    if !tokens.is_empty() {
        match trust.tighten(&tokens, Wish::default(), &facts) {
            Ok(tightened) => view.tightened = Some(lab::tightened(&tightened)),
            Err(why) => view.not_tightened = Some(why.to_string()),
        }
    }
    view
}

fn claim(seen: trust::Seen) -> SeenClaim {
    let more = seen.values.len().saturating_sub(VALUES);
    SeenClaim {
        claim: seen.claim.to_owned(),
        values: seen.values.into_iter().take(VALUES).collect(),
        more: i64::try_from(more).unwrap_or(i64::MAX),
    }
}

/// Tries an edited policy on every recorded assumption of the identity.
///
/// # Errors
/// [`Error::Invalid`] beside the document; [`Error::NotFound`] when there is no such trust; [`Error::Refused`] when
/// the actor may not see identities.
pub async fn replay(op: &Op, input: &ReplayInput) -> Result<ReplayView> {
    op.require(Access::ViewIdentities)?;
    replay_telling(op, input, |_| {}).await
}

/// The same, telling how many assumptions were looked at so far.
///
/// # Errors
/// As [`replay`].
pub async fn replay_telling(
    op: &Op,
    input: &ReplayInput,
    mut told: impl FnMut(i64),
) -> Result<ReplayView> {
    op.require(Access::ViewIdentities)?;
    let mut conn = op.db().acquire().await?;
    let now = store::identities::view::trusts(&mut conn, input.identity)
        .await?
        .into_iter()
        .find(|it| it.id == input.trust)
        .ok_or(Error::NotFound("trust"))?;
    let edited = parse(now.language.as_str(), &input.document)
        .map_err(|why| Error::field("document", why))?;
    // What the log does not tell is taken as the trust in force asks it.
    let facts = Facts::default();
    let audience = parse(now.language.as_str(), &now.document).map_or_else(
        |_| edited.asked_audience(&facts),
        |it| it.asked_audience(&facts),
    );
    let sets = gather(&mut conn, input.identity, &mut told).await?;
    Ok(sum(input, &edited, &audience, sets))
}

/// A distinct claim set with the last event it came in.
struct Set {
    seen: Observed,
    event: EventId,
    run: Option<String>,
}

/// Every recorded assumption, page by page, grouped by its claims.
async fn gather(conn: &mut Conn, id: IdentityId, told: &mut impl FnMut(i64)) -> Result<Vec<Set>> {
    let mut sets: HashMap<[Option<String>; 6], Set> = HashMap::new();
    let mut after: Option<(DateTime<Utc>, EventId)> = None;
    let mut looked = 0;
    loop {
        let page = store::trust::assumptions(conn, id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.seen.last, last.event));
        looked += i64::try_from(page.len()).unwrap_or(i64::MAX);
        for it in page {
            let seen = &it.seen;
            let key = [
                Some(seen.issuer.clone()),
                Some(seen.subject.clone()),
                seen.actor.clone(),
                seen.repository.clone(),
                seen.git_ref.clone(),
                seen.environment.clone(),
            ];
            // Newest first: the first of a set is its last.
            sets.entry(key)
                .and_modify(|set| set.seen.count += 1)
                .or_insert_with(|| Set {
                    seen: it.seen,
                    event: it.event,
                    run: it.run,
                });
        }
        told(looked);
    }
    Ok(sets.into_values().collect())
}

fn sum(input: &ReplayInput, edited: &Trust, audience: &str, sets: Vec<Set>) -> ReplayView {
    let facts = Facts::default();
    let mut view = ReplayView {
        trust: input.trust.to_string(),
        sets: i64::try_from(sets.len()).unwrap_or(i64::MAX),
        ..ReplayView::default()
    };
    for set in sets {
        let count = set.seen.count;
        view.total += count;
        let (outcome, because) = match edited.would_pass(&set.seen, audience, &facts) {
            Passing::Yes => {
                view.passing += count;
                continue;
            }
            Passing::No(why) => {
                view.refused += count;
                ("deny", why)
            }
            Passing::Unknown(why) => {
                view.unknown += count;
                ("unknown", why)
            }
        };
        view.rows.push(ReplayRow {
            subject: set.seen.subject,
            outcome: outcome.to_owned(),
            because,
            count,
            last: set.seen.last,
            event: set.event,
            run: set.run,
        });
    }
    view.rows.sort_by(|a, b| {
        b.count
            .cmp(&a.count)
            .then_with(|| a.subject.cmp(&b.subject))
    });
    view.more = i64::try_from(view.rows.len().saturating_sub(LISTED)).unwrap_or(i64::MAX);
    view.rows.truncate(LISTED);
    view
}
