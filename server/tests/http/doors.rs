//! Every door with the operation behind it. A new server function or JSON route fails the tests until it has
//! its line here.

mod functions;

use domain::access::Access;

pub use functions::SERVER_FUNCTIONS;

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

/// Plain doors a cookie opens: `(method, path, operation)`.
pub const PLAIN: &[(&str, &str, Behind)] = &[
    ("POST", "/auth/sign-out", Behind::Table(Access::BeSignedIn)),
    (
        "POST",
        "/auth/sign-out-everywhere",
        Behind::Table(Access::BeSignedIn),
    ),
    (
        "GET",
        "/campaigns/00000000-0000-7000-8000-000000000000/evidence.zip",
        Behind::Table(Access::ReadEvidence),
    ),
    (
        "GET",
        "/campaigns/00000000-0000-7000-8000-000000000000/preview.csv",
        Behind::Table(Access::ManageCampaigns),
    ),
    (
        "GET",
        "/campaigns/00000000-0000-7000-8000-000000000000/preview.json",
        Behind::Table(Access::ManageCampaigns),
    ),
    (
        "GET",
        "/campaigns/report.csv",
        Behind::Table(Access::ReadEvidence),
    ),
    (
        "GET",
        "/identities.csv",
        Behind::Table(Access::ViewIdentities),
    ),
    (
        "GET",
        "/identities.json",
        Behind::Table(Access::ViewIdentities),
    ),
    (
        "POST",
        "/imports/upload",
        Behind::Table(Access::ImportInventory),
    ),
    (
        "POST",
        "/trust/pipelines/upload",
        Behind::Table(Access::ImportInventory),
    ),
    (
        "GET",
        "/imports/00000000-0000-7000-8000-000000000000/progress",
        Behind::Table(Access::ImportInventory),
    ),
    ("GET", "/findings.csv", Behind::Table(Access::ViewFindings)),
    ("GET", "/events.csv", Behind::Table(Access::ViewEvents)),
    ("GET", "/events.ndjson", Behind::Table(Access::ViewEvents)),
    // It ends at once: the tests hear every answer out.
    (
        "GET",
        "/events/tail?looks=0",
        Behind::Table(Access::ViewEvents),
    ),
    ("GET", "/findings.json", Behind::Table(Access::ViewFindings)),
];

/// JSON routes a token opens: `(method, path, operation)`.
pub const API: &[(&str, &str, Access)] = &[
    ("GET", "/api/v1/activity", Access::ViewActivity),
    ("GET", "/api/v1/campaigns", Access::ViewCampaigns),
    (
        "GET",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000",
        Access::ViewCampaigns,
    ),
    (
        "GET",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/evidence",
        Access::ReadEvidence,
    ),
    (
        "GET",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/items",
        Access::ViewCampaigns,
    ),
    (
        "GET",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/items/00000000-0000-0000-0000-000000000000",
        Access::ViewCampaigns,
    ),
    ("GET", "/api/v1/consumers", Access::ReadFeed),
    ("DELETE", "/api/v1/consumers/nobody", Access::ReadFeed),
    ("POST", "/api/v1/consumers/nobody/ack", Access::ReadFeed),
    ("POST", "/api/v1/consumers/nobody/next", Access::ReadFeed),
    ("GET", "/api/v1/events", Access::ReadFeed),
    (
        "GET",
        "/api/v1/events/00000000-0000-0000-0000-000000000000",
        Access::ViewEvents,
    ),
    ("GET", "/api/v1/logs", Access::ReadFeed),
    ("GET", "/api/v1/destinations", Access::ViewDestinations),
    (
        "GET",
        "/api/v1/destinations/00000000-0000-0000-0000-000000000000",
        Access::ViewDestinations,
    ),
    ("POST", "/api/v1/destinations", Access::ManageDestinations),
    (
        "DELETE",
        "/api/v1/destinations/00000000-0000-0000-0000-000000000000",
        Access::ManageDestinations,
    ),
    (
        "POST",
        "/api/v1/destinations/00000000-0000-0000-0000-000000000000/pause",
        Access::ManageDestinations,
    ),
    (
        "POST",
        "/api/v1/destinations/00000000-0000-0000-0000-000000000000/resume",
        Access::ManageDestinations,
    ),
    (
        "POST",
        "/api/v1/destinations/00000000-0000-0000-0000-000000000000/rewind",
        Access::ManageDestinations,
    ),
    (
        "GET",
        "/api/v1/destinations/00000000-0000-0000-0000-000000000000/dead-letters",
        Access::ViewDestinations,
    ),
    (
        "POST",
        "/api/v1/destinations/00000000-0000-0000-0000-000000000000/redrive",
        Access::ManageDestinations,
    ),
    ("POST", "/api/v1/identities", Access::RequestIdentity),
    (
        "PATCH",
        "/api/v1/identities/00000000-0000-0000-0000-000000000000",
        Access::ChangeIdentity,
    ),
    (
        "POST",
        "/api/v1/identities/00000000-0000-0000-0000-000000000000/transitions",
        Access::ChangeIdentity,
    ),
    (
        "POST",
        "/api/v1/identities/transitions",
        Access::ChangeIdentity,
    ),
    (
        "POST",
        "/api/v1/findings/00000000-0000-0000-0000-000000000000/actions",
        Access::ChangeFinding,
    ),
    ("POST", "/api/v1/findings/actions", Access::ChangeFinding),
    (
        "POST",
        "/api/v1/credentials/00000000-0000-0000-0000-000000000000/rotations",
        Access::ChangeIdentity,
    ),
    (
        "POST",
        "/api/v1/credentials/00000000-0000-0000-0000-000000000000/revocation",
        Access::ChangeIdentity,
    ),
    (
        "POST",
        "/api/v1/people/00000000-0000-0000-0000-000000000000/departure",
        Access::ManagePeople,
    ),
    ("GET", "/api/v1/sources", Access::ViewSources),
    ("GET", "/api/v1/sources/nobody", Access::ViewSources),
    ("POST", "/api/v1/sources", Access::ManageSources),
    (
        "POST",
        "/api/v1/sources/nobody/token",
        Access::ManageSources,
    ),
    ("GET", "/api/v1/tokens", Access::ViewTokens),
    ("POST", "/api/v1/tokens", Access::ManageTokens),
    (
        "DELETE",
        "/api/v1/tokens/00000000-0000-0000-0000-000000000000",
        Access::ManageTokens,
    ),
    (
        "POST",
        "/api/v1/tokens/00000000-0000-0000-0000-000000000000/rotation",
        Access::ManageTokens,
    ),
    ("GET", "/api/v1/workload-rules", Access::ViewTokens),
    ("POST", "/api/v1/workload-rules", Access::ManageTokens),
    (
        "DELETE",
        "/api/v1/workload-rules/00000000-0000-0000-0000-000000000000",
        Access::ManageTokens,
    ),
    ("GET", "/api/v1/findings", Access::ViewFindings),
    (
        "GET",
        "/api/v1/findings/00000000-0000-0000-0000-000000000000",
        Access::ViewFindings,
    ),
    ("GET", "/api/v1/identities", Access::ViewIdentities),
    (
        "GET",
        "/api/v1/identities/00000000-0000-0000-0000-000000000000",
        Access::ViewIdentities,
    ),
    ("GET", "/api/v1/openapi.json", Access::ViewIdentities),
    ("GET", "/api/v1/people", Access::ViewPeople),
    (
        "GET",
        "/api/v1/people/00000000-0000-0000-0000-000000000000",
        Access::ViewPeople,
    ),
    ("POST", "/api/v1/trust/admits", Access::JudgeTrust),
    ("POST", "/api/v1/trust/lint", Access::JudgeTrust),
    ("POST", "/api/v1/trust/simulate", Access::JudgeTrust),
    ("POST", "/api/v1/trust/tighten", Access::JudgeTrust),
    ("GET", "/api/v1/credentials", Access::ViewIdentities),
    (
        "GET",
        "/api/v1/credentials/00000000-0000-0000-0000-000000000000",
        Access::ViewIdentities,
    ),
    ("GET", "/api/v1/permissions", Access::ViewIdentities),
    (
        "GET",
        "/api/v1/permissions/00000000-0000-0000-0000-000000000000",
        Access::ViewIdentities,
    ),
    ("GET", "/api/v1/selectors", Access::ViewIdentities),
    (
        "GET",
        "/api/v1/selectors/00000000-0000-0000-0000-000000000000",
        Access::ViewIdentities,
    ),
    ("GET", "/api/v1/trusts", Access::ViewIdentities),
    (
        "GET",
        "/api/v1/trusts/00000000-0000-0000-0000-000000000000",
        Access::ViewIdentities,
    ),
    ("GET", "/api/v1/policies", Access::ViewPeople),
    (
        "GET",
        "/api/v1/policies/00000000-0000-0000-0000-000000000000",
        Access::ViewPeople,
    ),
    ("POST", "/api/v1/policies", Access::ManagePolicies),
    (
        "DELETE",
        "/api/v1/policies/00000000-0000-0000-0000-000000000000",
        Access::ManagePolicies,
    ),
    ("GET", "/api/v1/tasks", Access::ViewCampaigns),
    (
        "GET",
        "/api/v1/tasks/00000000-0000-0000-0000-000000000000",
        Access::ViewCampaigns,
    ),
    (
        "POST",
        "/api/v1/tasks/00000000-0000-0000-0000-000000000000/steps",
        Access::StepTask,
    ),
    ("POST", "/api/v1/tasks/steps", Access::StepTask),
    ("POST", "/api/v1/campaigns", Access::ManageCampaigns),
    (
        "POST",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/start",
        Access::ManageCampaigns,
    ),
    (
        "POST",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/advance",
        Access::ManageCampaigns,
    ),
    (
        "POST",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/close",
        Access::ManageCampaigns,
    ),
    (
        "POST",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/seal",
        Access::ManageCampaigns,
    ),
    (
        "POST",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/cancel",
        Access::ManageCampaigns,
    ),
    (
        "POST",
        "/api/v1/credentials/00000000-0000-0000-0000-000000000000/custody",
        Access::ChangeIdentity,
    ),
    (
        "POST",
        "/api/v1/identities/00000000-0000-0000-0000-000000000000/break-glass",
        Access::MarkBreakGlass,
    ),
    (
        "POST",
        "/api/v1/identities/00000000-0000-0000-0000-000000000000/break-glass-uses",
        Access::ChangeIdentity,
    ),
    (
        "POST",
        "/api/v1/identities/00000000-0000-0000-0000-000000000000/drills",
        Access::ChangeIdentity,
    ),
    ("GET", "/api/v1/coverage", Access::ViewSources),
    ("PATCH", "/api/v1/sources/nobody", Access::ManageSources),
    ("POST", "/api/v1/sources/nobody/test", Access::ManageSources),
    (
        "POST",
        "/api/v1/sources/nobody/replay",
        Access::ManageSources,
    ),
    (
        "GET",
        "/api/v1/tokens/00000000-0000-0000-0000-000000000000",
        Access::ViewTokens,
    ),
    (
        "GET",
        "/api/v1/workload-rules/00000000-0000-0000-0000-000000000000",
        Access::ViewTokens,
    ),
    ("GET", "/api/v1/discovered", Access::ViewPeople),
    (
        "POST",
        "/api/v1/discovered/adoptions",
        Access::ChangeIdentity,
    ),
    ("POST", "/api/v1/discovered/merges", Access::ChangeIdentity),
    ("GET", "/api/v1/repositories", Access::ViewPeople),
    (
        "GET",
        "/api/v1/repositories/00000000-0000-0000-0000-000000000000",
        Access::ViewPeople,
    ),
    ("POST", "/api/v1/repositories", Access::ImportInventory),
    (
        "DELETE",
        "/api/v1/repositories/00000000-0000-0000-0000-000000000000",
        Access::ImportInventory,
    ),
    ("GET", "/api/v1/notice-rules", Access::ViewPeople),
    ("GET", "/api/v1/notice-rules/nobody", Access::ViewPeople),
    ("POST", "/api/v1/notice-rules", Access::ManagePolicies),
    (
        "DELETE",
        "/api/v1/notice-rules/nobody",
        Access::ManagePolicies,
    ),
    (
        "GET",
        "/api/v1/identities/00000000-0000-0000-0000-000000000000/trust-tests",
        Access::ViewPeople,
    ),
    (
        "POST",
        "/api/v1/identities/00000000-0000-0000-0000-000000000000/trust-tests",
        Access::ChangeIdentity,
    ),
    (
        "DELETE",
        "/api/v1/identities/00000000-0000-0000-0000-000000000000/trust-tests/00000000-0000-0000-0000-000000000000",
        Access::ChangeIdentity,
    ),
    ("GET", "/api/v1/imports", Access::ImportInventory),
    (
        "GET",
        "/api/v1/imports/00000000-0000-0000-0000-000000000000",
        Access::ImportInventory,
    ),
    ("POST", "/api/v1/imports", Access::ImportInventory),
    (
        "POST",
        "/api/v1/imports/00000000-0000-0000-0000-000000000000/mapping",
        Access::ImportInventory,
    ),
    (
        "POST",
        "/api/v1/imports/00000000-0000-0000-0000-000000000000/confirmation",
        Access::ImportInventory,
    ),
    (
        "POST",
        "/api/v1/imports/00000000-0000-0000-0000-000000000000/discard",
        Access::ImportInventory,
    ),
    (
        "GET",
        "/api/v1/findings/00000000-0000-0000-0000-000000000000/activity",
        Access::ViewPeople,
    ),
    (
        "GET",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/decisions",
        Access::ReadEvidence,
    ),
    (
        "POST",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/items/00000000-0000-0000-0000-000000000000/reassignment",
        Access::ReassignItem,
    ),
    (
        "GET",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/preview",
        Access::ManageCampaigns,
    ),
    (
        "GET",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/silence",
        Access::ManageCampaigns,
    ),
    (
        "GET",
        "/api/v1/campaigns/00000000-0000-0000-0000-000000000000/messages",
        Access::ReadEvidence,
    ),
    ("GET", "/api/v1/campaign-reports", Access::ReadEvidence),
    ("GET", "/api/v1/campaign-templates", Access::ManageCampaigns),
    (
        "GET",
        "/api/v1/campaign-templates/00000000-0000-0000-0000-000000000000",
        Access::ManageCampaigns,
    ),
    (
        "POST",
        "/api/v1/campaign-templates",
        Access::ManageCampaigns,
    ),
    (
        "PATCH",
        "/api/v1/campaign-templates/00000000-0000-0000-0000-000000000000",
        Access::ManageCampaigns,
    ),
    (
        "PATCH",
        "/api/v1/campaign-templates",
        Access::ManageCampaigns,
    ),
    ("GET", "/api/v1/stories", Access::ViewEvents),
    ("GET", "/api/v1/stories/nobody", Access::ViewEvents),
    (
        "GET",
        "/api/v1/identities/00000000-0000-0000-0000-000000000000/runs",
        Access::ViewPeople,
    ),
    ("GET", "/api/v1/runners", Access::ViewPeople),
    (
        "GET",
        "/api/v1/identities/00000000-0000-0000-0000-000000000000/trust-reality",
        Access::ViewPeople,
    ),
    (
        "POST",
        "/api/v1/identities/00000000-0000-0000-0000-000000000000/trust-replays",
        Access::JudgeTrust,
    ),
    ("GET", "/api/v1/teams", Access::ViewPeople),
    ("GET", "/api/v1/teams/nobody", Access::ViewPeople),
];

/// Routes only a source's own token opens.
pub const INGEST: &[&str] = &["/ingest/v1/github"];
