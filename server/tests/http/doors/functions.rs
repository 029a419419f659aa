//! Server functions under `/api/ui`, all called by POST. Ids name nothing: who may, gets "no such thing".

use domain::access::Access;

use super::Body::{Form, Json};
use super::{Body, Door, changes, open, reads};

/// A door that is open, then of each other one: whether it reads or changes, its path, its operation, its input.
macro_rules! functions {
    ($open:expr; $($does:ident $path:literal $access:ident $body:expr;)*) => {
        &[$open, $($does(concat!("/api/ui/", $path), Access::$access, $body)),*]
    };
}

/// Every server function.
pub const SERVER_FUNCTIONS: &[Door] = functions! {
    open("/api/ui/session/options");
    reads "session/viewer" BeSignedIn Body::None;
    reads "search/find" ViewIdentities Form("words=deploy");
    reads "overview/view" ViewOverview Body::None;
    reads "trust/pipelines" JudgeTrust Form("input[files]=on: push");
    reads "trust/repositories" ViewFindings Body::None;
    reads "trust/repository" ViewFindings Form(ID);
    changes "trust/keep-pipelines" ImportInventory Form("input[repository]=acme/x&input[files]=on: push");
    changes "trust/forget-pipelines" ImportInventory Form(ID);
    reads "trust/reality" ViewIdentities Form(ID);
    reads "trust/replay" ViewIdentities Form("input[identity]=00000000-0000-7000-8000-000000000000&input[trust]=00000000-0000-7000-8000-000000000000&input[document]=x");
    changes "trust/keep-test" ChangeIdentity Form("input[identity]=00000000-0000-7000-8000-000000000000&input[name]=n&input[expect]=deny&input[claims]={}");
    changes "trust/drop-test" ChangeIdentity Form("identity=00000000-0000-7000-8000-000000000000&test=00000000-0000-7000-8000-000000000000");
    reads "trust/judge" JudgeTrust Form("input[example]=aws");
    reads "identities/list" ViewIdentities Json(r#"{"filter":{},"sort":"risk","after":null}"#);
    reads "identities/view" ViewIdentities Form(ID);
    reads "identities/choices" RequestIdentity Body::None;
    reads "identities/check" RequestIdentity Json(r#"{"form":{}}"#);
    changes "identities/request" RequestIdentity Form("form[name]=x");
    changes "identities/change" ApproveIdentity Form(TRANSITION);
    changes "identities/edit" ChangeIdentity Form("input[identity]=00000000-0000-7000-8000-000000000000");
    changes "break-glass/mark" MarkBreakGlass Form("input[identity]=00000000-0000-7000-8000-000000000000&input[marked]=true&input[reason]=r");
    changes "break-glass/explain" ChangeIdentity Form("input[identity]=00000000-0000-7000-8000-000000000000&input[day]=2026-11-20&input[ticket]=OPS-1");
    changes "break-glass/drill" ChangeIdentity Form("input[identity]=00000000-0000-7000-8000-000000000000&input[ticket]=OPS-1");
    changes "rotation/record" ChangeIdentity Form("input[credential]=00000000-0000-7000-8000-000000000000&input[reference]=x");
    changes "rotation/revoke" ChangeIdentity Form("input[credential]=00000000-0000-7000-8000-000000000000&input[reason]=r");
    changes "rotation/keep" ChangeIdentity Form("input[credential]=00000000-0000-7000-8000-000000000000&input[kept]=store&input[reason]=r");
    reads "rotation/policies" ViewIdentities Body::None;
    changes "rotation/set-policy" ManagePolicies Form("input[days]=30");
    changes "rotation/end-policy" ManagePolicies Form("id=00000000-0000-7000-8000-000000000000&reason=r");
    reads "discovered/list" ViewIdentities Json(r#"{"repository":null,"after":null}"#);
    changes "discovered/adopt" ChangeIdentity Form("input[ids][0]=00000000-0000-7000-8000-000000000000&input[reason]=r");
    changes "discovered/merge" ChangeIdentity Form("input[from]=00000000-0000-7000-8000-000000000000&input[name]=x&input[reason]=r");
    reads "imports/list" ImportInventory Json(r#"{"after":null}"#);
    reads "imports/view" ImportInventory Form(ID);
    changes "imports/remap" ImportInventory Form(ID);
    changes "imports/confirm" ImportInventory Form(ID);
    changes "imports/discard" ImportInventory Form(ID);
    reads "events/list" ViewEvents Json(r#"{"filter":{},"hours":null,"after":null}"#);
    reads "events/get" ViewEvents Json(JSON_ID);
    reads "runners/list" ViewIdentities Json(r#"{"q":"","kind":null,"after":null}"#);
    reads "stories/story" ViewEvents Json(r#"{"run":"77","repository":null}"#);
    reads "stories/day" ViewEvents Json(r#"{"day":null}"#);
    reads "findings/list" ViewFindings Json(r#"{"filter":{},"after":null}"#);
    reads "findings/grouped" ViewFindings Json(r#"{"filter":{},"by":"rule"}"#);
    reads "findings/story" ViewFindings Json(JSON_ID);
    changes "findings/change" ChangeFinding Form(FINDING);
    changes "findings/acknowledge" ChangeFinding Form("ids[]=00000000-0000-7000-8000-000000000000");
    reads "campaigns/list" ViewCampaigns Body::None;
    reads "campaigns/view" ViewCampaigns Form(ID);
    reads "campaigns/items" ViewCampaigns Json(ITEMS);
    changes "campaigns/create" ManageCampaigns Form("name=&due_on=");
    changes "campaigns/start" ManageCampaigns Form(ID);
    changes "campaigns/close" ManageCampaigns Form(ID);
    changes "campaigns/seal" ManageCampaigns Form("id=00000000-0000-7000-8000-000000000000&confirm=seal");
    changes "campaigns/cancel" ManageCampaigns Form(ID);
    changes "campaigns/advance" ManageCampaigns Form(ID);
    reads "campaigns/begin" ManageCampaigns Form("template=");
    reads "campaigns/silence" ManageCampaigns Form(ID);
    changes "campaigns/lift-cap" ManageCampaigns Form("id=00000000-0000-7000-8000-000000000000&reason=");
    changes "campaigns/suspend-silent" ManageCampaigns Form("id=00000000-0000-7000-8000-000000000000&count=1");
    reads "notices/rules" ViewPeople Body::None;
    changes "notices/set" ManagePolicies Form("input[at_once]=high&input[digest_hour]=8");
    changes "notices/end" ManagePolicies Form("input[team]=");
    reads "campaigns/templates" ManageCampaigns Body::None;
    changes "campaigns/template" ManageCampaigns Form("name=&days=28");
    reads "campaigns/report" ReadEvidence Body::None;
    reads "campaigns/messages" ReadEvidence Form(ID);
    reads "campaigns/board" ViewCampaigns Json(r#"{"id":"00000000-0000-7000-8000-000000000000","task":null}"#);
    changes "campaigns/step" Review Form("task=00000000-0000-7000-8000-000000000000&step=apply");
    reads "reviews/mine" Review Body::None;
    reads "reviews/queue" Review Form(ID);
    reads "reviews/item" ViewCampaigns Json(r#"{"item":"00000000-0000-7000-8000-000000000000","draft":null}"#);
    changes "reviews/decide" Review Form(DECISION);
    changes "reviews/withdraw" Review Form("item=00000000-0000-7000-8000-000000000000");
    changes "reviews/reassign" ReassignItem Form(REASSIGNMENT);
    changes "reviews/group" Review Form(GROUP);
    reads "reviews/absence" Review Body::None;
    changes "reviews/away" Review Form("deputy=00000000-0000-7000-8000-000000000000&from=2026-12-01&until=2026-12-02");
    changes "reviews/back" Review Form("x=1");
    reads "teams/list" ViewPeople Body::None;
    reads "teams/view" ViewPeople Form("slug=x");
    reads "people/list" ViewPeople Body::None;
    reads "people/view" ViewPeople Form(ID);
    changes "people/depart" ManagePeople Form("input[person]=00000000-0000-7000-8000-000000000000&input[left]=true&input[reason]=r");
    reads "sources/list" ViewSources Json("{}");
    reads "sources/get" ViewSources Json(r#"{"slug":"x"}"#);
    changes "sources/create" ManageSources Form("input[name]=");
    changes "sources/renew-token" ManageSources Form("slug=x");
    changes "sources/change" ManageSources Form("input[slug]=x&input[proving]=token");
    changes "sources/test" ManageSources Form("slug=x");
    changes "sources/replay" ManageSources Form("slug=x");
    reads "activity/list" ViewActivity Json(r#"{"filter":{},"cursor":null}"#);
    reads "destinations/list" ViewDestinations Body::None;
    reads "destinations/load" ViewDestinations Json(r#"{"id":"00000000-0000-7000-8000-000000000000","after":null}"#);
    changes "destinations/create" ManageDestinations Form("input[name]=");
    changes "destinations/pause" ManageDestinations Form(ID);
    changes "destinations/resume" ManageDestinations Form(ID);
    changes "destinations/rewind" ManageDestinations Form(ID);
    changes "destinations/redrive" ManageDestinations Form(ID);
    changes "destinations/remove" ManageDestinations Form(ID);
    reads "docs/reference" BeSignedIn Body::None;
    reads "devices/load" ManageTokens Json(r#"{"code":"x"}"#);
    changes "devices/answer" ManageTokens Form("code=x&approve=true");
    reads "tokens/list" ViewTokens Body::None;
    changes "tokens/create" ManageTokens Form("name=t&scopes[]=feed:read&days=400");
    changes "tokens/revoke" ManageTokens Form(ID);
};

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
