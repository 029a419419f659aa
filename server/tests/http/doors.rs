//! Every door with the operation behind it. A new server function or JSON route fails the tests until it has
//! its line here.

use domain::access::Access;

/// What stands behind a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// An operation of the access table.
    Table(Access),
    /// Open to anybody, on purpose. The number of these may only shrink (`access::OPEN`).
    Open,
}

/// How its input is sent.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// As a form.
    Form(&'static str),
    /// As JSON.
    Json(&'static str),
    /// In the address, or nowhere.
    None,
}

/// One door.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    pub path: &'static str,
    pub behind: Behind,
    pub body: Body,
    /// Whether it changes something: it must leave exactly one activity entry (`activity`).
    pub changes: bool,
}

const fn reads(path: &'static str, access: Access, body: Body) -> Door {
    Door {
        path,
        behind: Behind::Table(access),
        body,
        changes: false,
    }
}

const fn changes(path: &'static str, access: Access, body: Body) -> Door {
    Door {
        path,
        behind: Behind::Table(access),
        body,
        changes: true,
    }
}

const fn open(path: &'static str) -> Door {
    Door {
        path,
        behind: Behind::Open,
        body: Body::None,
        changes: false,
    }
}

/// Server functions under `/api/ui`, all called by POST. Ids name nothing: who may, gets "no such thing".
pub const SERVER_FUNCTIONS: &[Door] = &[
    open("/api/ui/session/options"),
    reads("/api/ui/session/viewer", Access::BeSignedIn, Body::None),
    reads(
        "/api/ui/search/find",
        Access::ViewIdentities,
        Body::Form("words=deploy"),
    ),
    reads(
        "/api/ui/activity/list",
        Access::ViewActivity,
        Body::Json(r#"{"filter":{},"cursor":null}"#),
    ),
    reads("/api/ui/tokens/list", Access::ViewTokens, Body::None),
    changes(
        "/api/ui/tokens/create",
        Access::ManageTokens,
        Body::Form("name=t&scopes[]=feed:read&days=400"),
    ),
    changes(
        "/api/ui/tokens/revoke",
        Access::ManageTokens,
        Body::Form(ID),
    ),
];

const ID: &str = "id=00000000-0000-7000-8000-000000000000";

/// Plain doors: `(method, path, operation)`.
pub const PLAIN: &[(&str, &str, Behind)] = &[
    ("POST", "/auth/sign-out", Behind::Table(Access::BeSignedIn)),
    (
        "POST",
        "/auth/sign-out-everywhere",
        Behind::Table(Access::BeSignedIn),
    ),
];

/// JSON routes a token opens: `(method, path, operation)`.
pub const API: &[(&str, &str, Access)] = &[];
