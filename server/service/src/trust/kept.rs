//! Matrix tests kept with an identity: tokens that must, or must not, become it, judged by its trusts as they are now.

use contract::ids::{IdentityId, TrustTestId};
use contract::trust::{TrustTestInput, TrustTestView};
use domain::access::Access;
use domain::finding::facts::TrustTest;
use domain::finding::rules::trust_test_failed;
use domain::trust::{Decision, Token, Trust};
use store::Conn;
use store::trust::Test;

use super::reality::parse;
use crate::op::Done;
use crate::{Error, Op, Result};

/// The tests of an identity, each as it ends by the trusts now. What came is not looked at.
///
/// # Errors
/// [`Error::NotFound`] when there is no such identity; [`Error::Refused`] when the actor may not see those of all teams.
pub async fn tests(op: &Op, id: IdentityId) -> Result<Vec<TrustTestView>> {
    op.require(Access::ViewPeople)?;
    let mut conn = op.db().acquire().await?;
    store::identities::view::details(&mut conn, id)
        .await?
        .ok_or(Error::NotFound("identity"))?;
    let tests = store::trust::tests(&mut conn, &[id.0]).await?;
    judged(&mut conn, id, tests).await
}

/// One of them, by its name.
///
/// # Errors
/// [`Error::NotFound`] when there is no such test; [`Error::Refused`] when the actor may not see those of all teams.
pub async fn test(op: &Op, id: IdentityId, name: &str) -> Result<TrustTestView> {
    op.require(Access::ViewPeople)?;
    let mut conn = op.db().acquire().await?;
    let mut tests = store::trust::tests(&mut conn, &[id.0]).await?;
    tests.retain(|test| test.name == name);
    let mut judged = judged(&mut conn, id, tests).await?;
    judged.pop().ok_or(Error::NotFound("trust test"))
}

/// Judges tests by the identity's trusts; where there are none, trusts are not read either.
async fn judged(conn: &mut Conn, id: IdentityId, tests: Vec<Test>) -> Result<Vec<TrustTestView>> {
    if tests.is_empty() {
        return Ok(Vec::new());
    }
    let trusts = store::identities::view::trusts(conn, id).await?;
    let read: Vec<Trust> = trusts
        .iter()
        .filter_map(|it| parse(it.language.as_str(), &it.document).ok())
        .collect();
    let whole = !trusts.is_empty() && read.len() == trusts.len();
    let ended = |test| ended(test, &read, whole);
    Ok(tests.into_iter().map(ended).collect())
}

/// A test and how it ends. Where there is no trust, or not each of them could be read (`whole`), nothing says that a token
/// is refused.
pub(super) fn ended(test: Test, trusts: &[Trust], whole: bool) -> TrustTestView {
    let judged = TrustTest {
        name: test.name.clone(),
        allow: test.expect == "allow",
        claims: test.claims.clone(),
    };
    let got = match trust_test_failed::outcome(trusts, &judged) {
        Some(Decision::Deny) if !whole => Decision::Unknown,
        got => got.unwrap_or(Decision::Unknown),
    };
    TrustTestView {
        id: test.id,
        name: test.name,
        expect: test.expect,
        got: got.as_str().to_owned(),
        claims: test.claims,
    }
}

/// Keeps a test with an identity; one of the same name is replaced.
///
/// # Errors
/// [`Error::Invalid`] field by field; [`Error::Forbidden`] when the identity is another team's.
pub async fn keep_test(op: &Op, input: &TrustTestInput) -> Result<()> {
    op.require(Access::ChangeIdentity)?;
    let mut tx = op.db().begin().await?;
    let there = crate::identities::lock_own(op, &mut tx, input.identity).await?;
    let name = input.name.trim();
    if name.is_empty() || name.chars().count() > 120 {
        return Err(Error::field(
            "name",
            "Say in up to 120 characters what it is about.",
        ));
    }
    if !["allow", "deny"].contains(&input.expect.as_str()) {
        return Err(Error::field("expect", "Choose one of the list."));
    }
    if !input.claims.trim_start().starts_with('{') {
        return Err(Error::field(
            "claims",
            "Claims as a JSON object. A JWT is not kept: decode it in the trust lab.",
        ));
    }
    let token = Token::read(&input.claims).map_err(|why| Error::field("claims", why))?;
    let claims = serde_json::Value::Object(token.claims().clone()).to_string();
    if claims.len() > 20_000 {
        return Err(Error::field(
            "claims",
            "At most 20,000 characters are kept.",
        ));
    }
    let test = Test {
        id: TrustTestId(op.new_id()),
        identity: input.identity,
        name: name.to_owned(),
        expect: input.expect.clone(),
        claims,
    };
    let by = op.actor.person().map(|person| person.id);
    store::trust::keep_test(&mut tx, &test, by, op.now).await?;
    crate::posture::refresh(op, &mut tx, &[input.identity.0]).await?;
    let must = if test.expect == "allow" {
        "let in"
    } else {
        "refused"
    };
    let done = Done::new(
        "identity.trust_test_kept",
        "identity",
        &input.identity,
        there.name.clone(),
        format!(
            "Keeps the trust test “{name}” with {}: must be {must}",
            there.name
        ),
    )
    .change("trust test", "", name)
    .change("must be", "", must);
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}

/// Takes a test away.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Forbidden`] when the identity is another team's.
pub async fn drop_test(op: &Op, id: IdentityId, test: TrustTestId) -> Result<()> {
    op.require(Access::ChangeIdentity)?;
    let mut tx = op.db().begin().await?;
    let there = crate::identities::lock_own(op, &mut tx, id).await?;
    let name = store::trust::drop_test(&mut tx, id, test)
        .await?
        .ok_or(Error::NotFound("test"))?;
    crate::posture::refresh(op, &mut tx, &[id.0]).await?;
    let done = Done::new(
        "identity.trust_test_dropped",
        "identity",
        &id,
        there.name.clone(),
        format!(
            "No longer keeps the trust test “{name}” with {}",
            there.name
        ),
    )
    .change("trust test", name, "");
    op.record(&mut tx, done).await?;
    tx.commit().await.map_err(store::Error::from)?;
    Ok(())
}
