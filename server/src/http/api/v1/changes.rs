//! What a token may change: identities, their credentials, findings, departures. The same service functions as the pages;
//! approvals and decisions of a review are a person's and have no door here.

mod break_glass;
mod credentials;
mod findings;
mod identities;
mod people;

use axum::Router;
use serde::{Deserialize, Serialize};
use service::Error;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{AppState, Problem};

pub use break_glass::{Drill, GlassUse, GlassWish};
pub use credentials::{Custody, Rotated};
pub use findings::{Act, FindingStands};
pub use identities::{IdentityChange, NewIdentity, Stands, Step};
pub use people::Departure;

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .merge(break_glass::routes())
        .merge(credentials::routes())
        .merge(findings::routes())
        .merge(identities::routes())
        .merge(people::routes())
}

/// What was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Made {
    /// Its id.
    pub id: Uuid,
}

/// Why something is done.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Reason {
    /// Why, in a sentence.
    #[schema(example = "The project ended in October")]
    pub(in crate::http::api::v1) reason: String,
}

/// What became of one row of a bulk request.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowResult {
    /// Place in the request, from 0.
    index: usize,
    /// What a request of its own would have been answered.
    status: u16,
    /// The state now, where it was done.
    state: Option<String>,
    /// Why not, where it was not.
    detail: Option<String>,
}

/// What became of a row, in the words of a request of its own.
pub(super) fn row(index: usize, done: Result<String, Error>) -> RowResult {
    match done {
        Ok(state) => RowResult {
            index,
            status: 200,
            state: Some(state),
            detail: None,
        },
        Err(error) => {
            let problem = Problem::from(error);
            let fields: Vec<String> = problem
                .fields
                .iter()
                .map(|wrong| format!("{}: {}", wrong.field, wrong.message))
                .collect();
            RowResult {
                index,
                status: problem.status.as_u16(),
                state: None,
                detail: Some(if fields.is_empty() {
                    problem.detail
                } else {
                    fields.join("; ")
                }),
            }
        }
    }
}
