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
    reads("/api/ui/overview/view", Access::ViewOverview, Body::None),
    reads(
        "/api/ui/trust/pipelines",
        Access::JudgeTrust,
        Body::Form("input[files]=on: push"),
    ),
    reads(
        "/api/ui/trust/repositories",
        Access::ViewFindings,
        Body::None,
    ),
    reads(
        "/api/ui/trust/repository",
        Access::ViewFindings,
        Body::Form(ID),
    ),
    changes(
        "/api/ui/trust/keep-pipelines",
        Access::ImportInventory,
        Body::Form("input[repository]=acme/x&input[files]=on: push"),
    ),
    changes(
        "/api/ui/trust/forget-pipelines",
        Access::ImportInventory,
        Body::Form(ID),
    ),
    reads(
        "/api/ui/trust/reality",
        Access::ViewIdentities,
        Body::Form(ID),
    ),
    reads(
        "/api/ui/trust/replay",
        Access::ViewIdentities,
        Body::Form(
            "input[identity]=00000000-0000-7000-8000-000000000000&input[trust]=00000000-0000-7000-8000-000000000000&input[document]=x",
        ),
    ),
    changes(
        "/api/ui/trust/keep-test",
        Access::ChangeIdentity,
        Body::Form(
            "input[identity]=00000000-0000-7000-8000-000000000000&input[name]=n&input[expect]=deny&input[claims]={}",
        ),
    ),
    changes(
        "/api/ui/trust/drop-test",
        Access::ChangeIdentity,
        Body::Form(
            "identity=00000000-0000-7000-8000-000000000000&test=00000000-0000-7000-8000-000000000000",
        ),
    ),
    reads(
        "/api/ui/trust/judge",
        Access::JudgeTrust,
        Body::Form("input[example]=aws"),
    ),
    reads(
        "/api/ui/identities/list",
        Access::ViewIdentities,
        Body::Json(r#"{"filter":{},"sort":"risk","after":null}"#),
    ),
    reads(
        "/api/ui/identities/view",
        Access::ViewIdentities,
        Body::Form(ID),
    ),
    reads(
        "/api/ui/identities/choices",
        Access::RequestIdentity,
        Body::None,
    ),
    reads(
        "/api/ui/identities/check",
        Access::RequestIdentity,
        Body::Json(r#"{"form":{}}"#),
    ),
    changes(
        "/api/ui/identities/request",
        Access::RequestIdentity,
        Body::Form("form[name]=x"),
    ),
    changes(
        "/api/ui/identities/change",
        Access::ApproveIdentity,
        Body::Form(TRANSITION),
    ),
    changes(
        "/api/ui/identities/edit",
        Access::ChangeIdentity,
        Body::Form("input[identity]=00000000-0000-7000-8000-000000000000"),
    ),
    changes(
        "/api/ui/break-glass/mark",
        Access::MarkBreakGlass,
        Body::Form(
            "input[identity]=00000000-0000-7000-8000-000000000000&input[marked]=true&input[reason]=r",
        ),
    ),
    changes(
        "/api/ui/break-glass/explain",
        Access::ChangeIdentity,
        Body::Form(
            "input[identity]=00000000-0000-7000-8000-000000000000&input[day]=2026-11-20&input[ticket]=OPS-1",
        ),
    ),
    changes(
        "/api/ui/break-glass/drill",
        Access::ChangeIdentity,
        Body::Form("input[identity]=00000000-0000-7000-8000-000000000000&input[ticket]=OPS-1"),
    ),
    changes(
        "/api/ui/rotation/record",
        Access::ChangeIdentity,
        Body::Form("input[credential]=00000000-0000-7000-8000-000000000000&input[reference]=x"),
    ),
    changes(
        "/api/ui/rotation/revoke",
        Access::ChangeIdentity,
        Body::Form("input[credential]=00000000-0000-7000-8000-000000000000&input[reason]=r"),
    ),
    changes(
        "/api/ui/rotation/keep",
        Access::ChangeIdentity,
        Body::Form(
            "input[credential]=00000000-0000-7000-8000-000000000000&input[kept]=store&input[reason]=r",
        ),
    ),
    reads(
        "/api/ui/rotation/policies",
        Access::ViewIdentities,
        Body::None,
    ),
    changes(
        "/api/ui/rotation/set-policy",
        Access::ManagePolicies,
        Body::Form("input[days]=30"),
    ),
    changes(
        "/api/ui/rotation/end-policy",
        Access::ManagePolicies,
        Body::Form("id=00000000-0000-7000-8000-000000000000&reason=r"),
    ),
    reads(
        "/api/ui/discovered/list",
        Access::ViewIdentities,
        Body::Json(r#"{"repository":null,"after":null}"#),
    ),
    changes(
        "/api/ui/discovered/adopt",
        Access::ChangeIdentity,
        Body::Form("input[ids][0]=00000000-0000-7000-8000-000000000000&input[reason]=r"),
    ),
    changes(
        "/api/ui/discovered/merge",
        Access::ChangeIdentity,
        Body::Form(
            "input[from]=00000000-0000-7000-8000-000000000000&input[name]=x&input[reason]=r",
        ),
    ),
    reads(
        "/api/ui/imports/list",
        Access::ImportInventory,
        Body::Json(r#"{"after":null}"#),
    ),
    reads(
        "/api/ui/imports/view",
        Access::ImportInventory,
        Body::Form(ID),
    ),
    changes(
        "/api/ui/imports/remap",
        Access::ImportInventory,
        Body::Form(ID),
    ),
    changes(
        "/api/ui/imports/confirm",
        Access::ImportInventory,
        Body::Form(ID),
    ),
    changes(
        "/api/ui/imports/discard",
        Access::ImportInventory,
        Body::Form(ID),
    ),
    reads(
        "/api/ui/events/list",
        Access::ViewEvents,
        Body::Json(r#"{"filter":{},"hours":null,"after":null}"#),
    ),
    reads(
        "/api/ui/events/get",
        Access::ViewEvents,
        Body::Json(JSON_ID),
    ),
    reads(
        "/api/ui/runners/list",
        Access::ViewIdentities,
        Body::Json(r#"{"q":"","kind":null,"after":null}"#),
    ),
    reads(
        "/api/ui/stories/story",
        Access::ViewEvents,
        Body::Json(r#"{"run":"77","repository":null}"#),
    ),
    reads(
        "/api/ui/stories/day",
        Access::ViewEvents,
        Body::Json(r#"{"day":null}"#),
    ),
    reads(
        "/api/ui/findings/list",
        Access::ViewFindings,
        Body::Json(r#"{"filter":{},"after":null}"#),
    ),
    reads(
        "/api/ui/findings/grouped",
        Access::ViewFindings,
        Body::Json(r#"{"filter":{},"by":"rule"}"#),
    ),
    reads(
        "/api/ui/findings/story",
        Access::ViewFindings,
        Body::Json(JSON_ID),
    ),
    changes(
        "/api/ui/findings/change",
        Access::ChangeFinding,
        Body::Form(FINDING),
    ),
    changes(
        "/api/ui/findings/acknowledge",
        Access::ChangeFinding,
        Body::Form("ids[]=00000000-0000-7000-8000-000000000000"),
    ),
    reads("/api/ui/campaigns/list", Access::ViewCampaigns, Body::None),
    reads(
        "/api/ui/campaigns/view",
        Access::ViewCampaigns,
        Body::Form(ID),
    ),
    reads(
        "/api/ui/campaigns/items",
        Access::ViewCampaigns,
        Body::Json(ITEMS),
    ),
    changes(
        "/api/ui/campaigns/create",
        Access::ManageCampaigns,
        Body::Form("name=&due_on="),
    ),
    changes(
        "/api/ui/campaigns/start",
        Access::ManageCampaigns,
        Body::Form(ID),
    ),
    changes(
        "/api/ui/campaigns/close",
        Access::ManageCampaigns,
        Body::Form(ID),
    ),
    changes(
        "/api/ui/campaigns/seal",
        Access::ManageCampaigns,
        Body::Form("id=00000000-0000-7000-8000-000000000000&confirm=seal"),
    ),
    changes(
        "/api/ui/campaigns/cancel",
        Access::ManageCampaigns,
        Body::Form(ID),
    ),
    changes(
        "/api/ui/campaigns/advance",
        Access::ManageCampaigns,
        Body::Form(ID),
    ),
    reads(
        "/api/ui/campaigns/begin",
        Access::ManageCampaigns,
        Body::Form("template="),
    ),
    reads(
        "/api/ui/campaigns/silence",
        Access::ManageCampaigns,
        Body::Form(ID),
    ),
    changes(
        "/api/ui/campaigns/lift-cap",
        Access::ManageCampaigns,
        Body::Form("id=00000000-0000-7000-8000-000000000000&reason="),
    ),
    changes(
        "/api/ui/campaigns/suspend-silent",
        Access::ManageCampaigns,
        Body::Form("id=00000000-0000-7000-8000-000000000000&count=1"),
    ),
    reads("/api/ui/notices/rules", Access::ViewPeople, Body::None),
    changes(
        "/api/ui/notices/set",
        Access::ManagePolicies,
        Body::Form("input[at_once]=high&input[digest_hour]=8"),
    ),
    changes(
        "/api/ui/notices/end",
        Access::ManagePolicies,
        Body::Form("input[team]="),
    ),
    reads(
        "/api/ui/campaigns/templates",
        Access::ManageCampaigns,
        Body::None,
    ),
    changes(
        "/api/ui/campaigns/template",
        Access::ManageCampaigns,
        Body::Form("name=&days=28"),
    ),
    reads("/api/ui/campaigns/report", Access::ReadEvidence, Body::None),
    reads(
        "/api/ui/campaigns/messages",
        Access::ReadEvidence,
        Body::Form(ID),
    ),
    reads(
        "/api/ui/campaigns/board",
        Access::ViewCampaigns,
        Body::Json(r#"{"id":"00000000-0000-7000-8000-000000000000","task":null}"#),
    ),
    changes(
        "/api/ui/campaigns/step",
        Access::Review,
        Body::Form("task=00000000-0000-7000-8000-000000000000&step=apply"),
    ),
    reads("/api/ui/reviews/mine", Access::Review, Body::None),
    reads("/api/ui/reviews/queue", Access::Review, Body::Form(ID)),
    reads(
        "/api/ui/reviews/item",
        Access::ViewCampaigns,
        Body::Json(r#"{"item":"00000000-0000-7000-8000-000000000000","draft":null}"#),
    ),
    changes(
        "/api/ui/reviews/decide",
        Access::Review,
        Body::Form(DECISION),
    ),
    changes(
        "/api/ui/reviews/withdraw",
        Access::Review,
        Body::Form("item=00000000-0000-7000-8000-000000000000"),
    ),
    changes(
        "/api/ui/reviews/reassign",
        Access::Review,
        Body::Form(REASSIGNMENT),
    ),
    changes("/api/ui/reviews/group", Access::Review, Body::Form(GROUP)),
    reads("/api/ui/reviews/absence", Access::Review, Body::None),
    changes(
        "/api/ui/reviews/away",
        Access::Review,
        Body::Form("deputy=00000000-0000-7000-8000-000000000000&from=2026-12-01&until=2026-12-02"),
    ),
    changes("/api/ui/reviews/back", Access::Review, Body::Form("x=1")),
    reads("/api/ui/teams/list", Access::ViewPeople, Body::None),
    reads(
        "/api/ui/teams/view",
        Access::ViewPeople,
        Body::Form("slug=x"),
    ),
    reads("/api/ui/people/list", Access::ViewPeople, Body::None),
    reads("/api/ui/people/view", Access::ViewPeople, Body::Form(ID)),
    changes(
        "/api/ui/people/depart",
        Access::ManagePeople,
        Body::Form(
            "input[person]=00000000-0000-7000-8000-000000000000&input[left]=true&input[reason]=r",
        ),
    ),
    reads(
        "/api/ui/sources/list",
        Access::ViewSources,
        Body::Json("{}"),
    ),
    reads(
        "/api/ui/sources/get",
        Access::ViewSources,
        Body::Json(r#"{"slug":"x"}"#),
    ),
    changes(
        "/api/ui/sources/create",
        Access::ManageSources,
        Body::Form("input[name]="),
    ),
    changes(
        "/api/ui/sources/renew-token",
        Access::ManageSources,
        Body::Form("slug=x"),
    ),
    changes(
        "/api/ui/sources/change",
        Access::ManageSources,
        Body::Form("input[slug]=x&input[proving]=token"),
    ),
    changes(
        "/api/ui/sources/test",
        Access::ManageSources,
        Body::Form("slug=x"),
    ),
    changes(
        "/api/ui/sources/replay",
        Access::ManageSources,
        Body::Form("slug=x"),
    ),
    reads(
        "/api/ui/activity/list",
        Access::ViewActivity,
        Body::Json(r#"{"filter":{},"cursor":null}"#),
    ),
    reads(
        "/api/ui/destinations/list",
        Access::ViewDestinations,
        Body::None,
    ),
    reads(
        "/api/ui/destinations/load",
        Access::ViewDestinations,
        Body::Json(r#"{"id":"00000000-0000-7000-8000-000000000000","after":null}"#),
    ),
    changes(
        "/api/ui/destinations/create",
        Access::ManageDestinations,
        Body::Form("input[name]="),
    ),
    changes(
        "/api/ui/destinations/pause",
        Access::ManageDestinations,
        Body::Form(ID),
    ),
    changes(
        "/api/ui/destinations/resume",
        Access::ManageDestinations,
        Body::Form(ID),
    ),
    changes(
        "/api/ui/destinations/rewind",
        Access::ManageDestinations,
        Body::Form(ID),
    ),
    changes(
        "/api/ui/destinations/redrive",
        Access::ManageDestinations,
        Body::Form(ID),
    ),
    changes(
        "/api/ui/destinations/remove",
        Access::ManageDestinations,
        Body::Form(ID),
    ),
    reads("/api/ui/docs/reference", Access::BeSignedIn, Body::None),
    reads(
        "/api/ui/devices/load",
        Access::ManageTokens,
        Body::Json(r#"{"code":"x"}"#),
    ),
    changes(
        "/api/ui/devices/answer",
        Access::ManageTokens,
        Body::Form("code=x&approve=true"),
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
const ITEMS: &str = r#"{"id":"00000000-0000-7000-8000-000000000000","filter":{},"after":null}"#;
const JSON_ID: &str = r#"{"id":"00000000-0000-7000-8000-000000000000"}"#;
const TRANSITION: &str = "input[identity]=00000000-0000-7000-8000-000000000000&input[transition]=approve\
    &input[reason]=&input[ticket]=&input[purpose]=";
const FINDING: &str =
    "input[finding]=00000000-0000-7000-8000-000000000000&input[action]=acknowledge&input[note]=n";
const DECISION: &str = "campaign=00000000-0000-7000-8000-000000000000&item=00000000-0000-7000-8000-000000000000\
    &decision=approve&hash=h&seen_answers=0";
const GROUP: &str = "campaign=00000000-0000-7000-8000-000000000000&advice=approve&tier=low&decision=approve&reason=r&count=1";
const REASSIGNMENT: &str = "campaign=00000000-0000-7000-8000-000000000000&item=00000000-0000-7000-8000-000000000000\
    &to=00000000-0000-7000-8000-000000000000&why=w";

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
    ("GET", "/api/v1/teams", Access::ViewPeople),
    ("GET", "/api/v1/teams/nobody", Access::ViewPeople),
];

/// Routes only a source's own token opens.
pub const INGEST: &[&str] = &["/ingest/v1/github"];
