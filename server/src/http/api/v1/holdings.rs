//! `/api/v1/credentials`, `/permissions`, `/selectors`, `/trusts`: what identities hold, may do and go by, across all.

use app::query::Address;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use contract::identities::{
    CredentialView, HeldBy, HoldingFilter, PermissionView, SelectorView, TrustView,
};
use domain::access::Access;
use serde::Serialize;
use service::identities;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list::{Asked, Fields, Pairs, wrong};
use super::wire::{Credential, Permission, Selector, Trust};
use crate::http::{AppState, Operation, Problem};

/// Names of the filter.
pub const FILTER: &[&str] = &["team", "identity"];

/// Routes relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/credentials", get(credentials))
        .route("/credentials/{id}", get(credential))
        .route("/permissions", get(permissions))
        .route("/permissions/{id}", get(permission))
        .route("/selectors", get(selectors))
        .route("/selectors/{id}", get(selector))
        .route("/trusts", get(trusts))
        .route("/trusts/{id}", get(trust))
}

/// The identity something belongs to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Holder {
    /// Id.
    id: Uuid,
    /// Name.
    name: String,
}

impl From<HeldBy> for Holder {
    fn from(by: HeldBy) -> Self {
        Self {
            id: by.id.0,
            name: by.name,
        }
    }
}

macro_rules! held {
    ($($(#[doc = $doc:literal])+ $name:ident $field:ident: $wire:ident from $view:ty;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Serialize, ToSchema)]
        pub struct $name {
            /// Whose it is.
            identity: Holder,
            /// Itself.
            #[serde(flatten)]
            $field: $wire,
        }

        impl From<(HeldBy, $view)> for $name {
            fn from((by, view): (HeldBy, $view)) -> Self {
                Self { identity: by.into(), $field: view.into() }
            }
        }
    )+};
}

held! {
    /// A credential, and whose it is.
    HeldCredential credential: Credential from CredentialView;
    /// A permission, and whose it is.
    HeldPermission permission: Permission from PermissionView;
    /// A name outside, and whose it is.
    HeldSelector selector: Selector from SelectorView;
    /// A trust document, and whose it is.
    HeldTrust trust: Trust from TrustView;
}

/// The filter, and what was asked besides.
fn asked(path: &'static str, pairs: Pairs) -> Result<(Asked, HoldingFilter), Problem> {
    let asked = Asked::read(pairs)?;
    let identity = asked.words("identity").into_iter();
    let filter = HoldingFilter {
        team: asked.words("team"),
        identity: identity.filter_map(|id| id.parse().ok()).collect(),
    };
    let mut understood = Address::new(path);
    for team in &filter.team {
        understood = understood.with("team", team);
    }
    for identity in &filter.identity {
        understood = understood.with("identity", identity);
    }
    Ok((asked.strictly(&understood, FILTER)?, filter))
}

macro_rules! handlers {
    ($($path:literal $list:ident $one:ident: $wire:ident;)+) => {$(
        async fn $list(State(_): State<AppState>, Operation(op): Operation, pairs: Pairs) -> Result<Response, Problem> {
            op.require(Access::ViewIdentities)?;
            let (asked, filter) = asked($path, pairs)?;
            let after = asked.cursor(identities::is_holding_cursor)?;
            let page = identities::$list(&op, &filter, after, asked.limit).await?;
            asked.answer::<_, $wire>(&op.settings().public_url, $path, page)
        }

        async fn $one(
            State(_): State<AppState>,
            Operation(op): Operation,
            Path(id): Path<String>,
            fields: Fields,
        ) -> Result<Response, Problem> {
            op.require(Access::ViewIdentities)?;
            let id = id.parse().map_err(|_| wrong("id", concat!("is no id of a ", stringify!($one))))?;
            fields.of($wire::from(identities::$one(&op, id).await?))
        }
    )+};
}

handlers! {
    "/credentials" credentials credential: HeldCredential;
    "/permissions" permissions permission: HeldPermission;
    "/selectors" selectors selector: HeldSelector;
    "/trusts" trusts trust: HeldTrust;
}
