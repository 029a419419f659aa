//! `POST /api/v1/trust/…`: trusts judged for machines, as `rollcall trust` judges them at the shell. Nothing is kept.

use axum::Router;
use axum::body::Bytes;
use axum::response::Response;
use axum::routing::post;
use domain::access::Access;
use domain::trust::Wish;
use serde_json::Value;
use service::trust::{self, Question};

use super::body::sent;
use super::list::one;
use super::wire::{TrustAdmits, TrustFinding, TrustQuestion, TrustTightened, TrustVerdict};
use crate::http::{AppState, Operation, Problem};

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/trust/lint", post(lint))
        .route("/trust/simulate", post(simulate))
        .route("/trust/admits", post(admits))
        .route("/trust/tighten", post(tighten))
}

async fn lint(Operation(op): Operation, body: Bytes) -> Result<Response, Problem> {
    op.require(Access::JudgeTrust)?;
    let found = trust::lint(&op, &read(&body)?.0)?;
    let found: Vec<TrustFinding> = found.into_iter().map(Into::into).collect();
    Ok(one(&found))
}

async fn simulate(Operation(op): Operation, body: Bytes) -> Result<Response, Problem> {
    op.require(Access::JudgeTrust)?;
    let verdict = trust::simulate(&op, &read(&body)?.0)?;
    Ok(one(&TrustVerdict::from(verdict)))
}

async fn admits(Operation(op): Operation, body: Bytes) -> Result<Response, Problem> {
    op.require(Access::JudgeTrust)?;
    let admits = trust::admits(&op, &read(&body)?.0)?;
    Ok(one(&TrustAdmits::from(admits)))
}

async fn tighten(Operation(op): Operation, body: Bytes) -> Result<Response, Problem> {
    op.require(Access::JudgeTrust)?;
    let (question, wish) = read(&body)?;
    let tightened = trust::tighten(&op, &question, wish)?;
    Ok(one(&TrustTightened::from(tightened)))
}

fn read(body: &Bytes) -> Result<(Question, Wish), Problem> {
    let asked: TrustQuestion = sent(body)?;
    let text = |value: Option<Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    };
    let wish = Wish {
        keep_wildcard: asked.keep_wildcard,
        names_only: asked.names_only,
    };
    let question = Question {
        document: text(Some(asked.trust)),
        language: asked.language.unwrap_or_default(),
        claims: text(asked.claims),
        context: text(asked.context),
    };
    Ok((question, wish))
}
