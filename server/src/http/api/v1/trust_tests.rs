//! `/api/v1/identities/{id}/trust-tests`: tokens that must, or must not, become an identity. They are judged again on
//! every change of its trusts.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{delete, get};
use contract::trust::{TrustTestInput, TrustTestView};
use domain::access::Access;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use service::trust;
use utoipa::ToSchema;
use utoipa::openapi::schema::Schema;
use uuid::Uuid;

use super::body::sent;
use super::list::{Asked, Pairs, identity, one, untold, wrong};
use super::wire::words;
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/identities/{id}/trust-tests", get(list).post(keep))
        .route("/identities/{id}/trust-tests/{item}", delete(remove))
}

fn expectation() -> Schema {
    words::one_of(["allow", "deny"])
}

fn outcome() -> Schema {
    words::one_of(["allow", "deny", "unknown"])
}

/// A token that must, or must not, become an identity.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptTrustTest {
    /// Id.
    id: Uuid,
    /// What people call it.
    name: String,
    /// How it must end.
    #[schema(schema_with = expectation)]
    expect: String,
    /// How it ends, as the trusts are now.
    #[schema(schema_with = outcome)]
    got: String,
    /// The token's claims.
    #[schema(value_type = Object)]
    claims: Value,
}

impl From<TrustTestView> for KeptTrustTest {
    fn from(test: TrustTestView) -> Self {
        Self {
            id: test.id.0,
            name: test.name,
            expect: test.expect,
            got: test.got,
            claims: serde_json::from_str(&test.claims).unwrap_or_default(),
        }
    }
}

/// A test to keep; one of the same name is replaced.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrustTest {
    /// What people call it.
    #[schema(example = "a pull request stays out")]
    name: String,
    /// How it must end.
    #[schema(schema_with = expectation)]
    expect: String,
    /// The token's claims, decoded. A token itself is not kept.
    #[schema(value_type = Object, example = json!({ "sub": "repo:acme/shop:pull_request" }))]
    claims: Map<String, Value>,
}

async fn list(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    pairs: Pairs,
) -> Result<Response, Problem> {
    // Judged by all there is of an identity, whosever it is.
    op.require(Access::ViewPeople)?;
    let id = identity(&id)?;
    let asked = Asked::whole(pairs)?;
    asked.all::<_, KeptTrustTest>(trust::tests(&op, id).await?)
}

async fn keep(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    op.require(Access::ChangeIdentity)?;
    let id = identity(&id)?;
    let new: NewTrustTest = sent(&body)?;
    let input = TrustTestInput {
        identity: id,
        name: new.name,
        expect: new.expect,
        claims: Value::Object(new.claims).to_string(),
    };
    trust::keep_test(&op, &input).await?;
    // Who may change it may not always read it.
    let system = op.services().system("trust-test");
    let kept = trust::test(&system, id, input.name.trim()).await?;
    // How it ends tells what the trusts admit.
    if let Some(told) = untold(&op, Access::ViewPeople, &json!({ "id": kept.id })) {
        return Ok(told);
    }
    Ok(one(&KeptTrustTest::from(kept)))
}

async fn remove(
    State(_): State<AppState>,
    Operation(op): Operation,
    Path((id, item)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    op.require(Access::ChangeIdentity)?;
    let test = item
        .parse()
        .map_err(|_| wrong("item", "is no id of a trust test"))?;
    trust::drop_test(&op, identity(&id)?, test).await?;
    Ok(StatusCode::NO_CONTENT)
}
