//! Every route of version 1, a line each: what it needs, takes and answers. The OpenAPI 3.1 document and the reference
//! page are written from it.
//!
//! `GET /api/v1/openapi.json` answers the document; `server/openapi.json` is the same, checked in, so that a change of
//! what clients see shows in a diff (`rollcall config openapi` writes it, a test compares).

mod document;
mod parameters;
mod sign_in;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use domain::access::Access;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;

use super::wire;
use super::{
    activity, campaign_answers, campaign_changes, campaign_preview, campaign_templates,
    campaign_watch, campaigns, changes, destinations, discovered, events, feed, findings, holdings,
    imports, inventory, notice_rules, policies, repositories, runners, sources, stories, tasks,
    tokens, trust_reality, trust_tests, workload_rules,
};
use crate::http::{AppState, Operation, Problem};

pub use document::{document, written};

type Schemas = Vec<(String, RefOr<Schema>)>;

/// What a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// A page of a list, as a bare array.
    List,
    /// A page of a feed.
    Feed,
    /// Judgements of what was posted, as a bare array.
    Judgements,
    /// One object.
    One,
    /// One object that was changed; to a token that may not read it, what state it is in or what names it.
    Changed,
    /// Something that was made: 201.
    Made,
    /// A result for each row that was sent.
    Bulk,
    /// A zip file.
    Zip,
    /// JSON without a schema of ours.
    Json,
    /// Nothing: 204.
    Nothing,
}

/// One route.
pub struct Route {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// Path relative to `/api/v1`.
    pub path: &'static str,
    /// What a token needs.
    pub access: Access,
    about: &'static str,
    answer: Answer,
    filter: &'static [&'static str],
    /// Name of the wire struct that is answered, and all schemas it needs.
    schema: Option<Struct>,
    /// The same of the body that is sent.
    body: Option<Struct>,
}

type Struct = fn() -> (String, Schemas);

fn of<T: ToSchema>() -> (String, Schemas) {
    let name = T::name().into_owned();
    let mut schemas = vec![(name.clone(), T::schema())];
    T::schemas(&mut schemas);
    (name, schemas)
}

macro_rules! routes {
    ($($method:ident $path:literal $access:ident $answer:ident $filter:expr, $schema:expr, $body:expr, $about:literal;)+) => {
        /// Every route of version 1.
        pub const ROUTES: &[Route] = &[$(Route {
            method: stringify!($method), path: $path, access: Access::$access, about: $about, answer: Answer::$answer,
            filter: $filter, schema: $schema, body: $body,
        },)+];
    };
}

routes! {
    GET "/identities" ViewIdentities List inventory::FILTER, Some(of::<wire::Identity>), None, "The inventory, highest risk first unless sorted otherwise";
    GET "/identities/{id}" ViewIdentities One &[], Some(of::<wire::IdentityDetail>), None, "One identity with what it goes by, holds and may do";
    GET "/credentials" ViewIdentities List holdings::FILTER, Some(of::<holdings::HeldCredential>), None, "Credentials of every identity, in the order they were entered: references, never values";
    GET "/credentials/{id}" ViewIdentities One &[], Some(of::<holdings::HeldCredential>), None, "One credential";
    GET "/permissions" ViewIdentities List holdings::FILTER, Some(of::<holdings::HeldPermission>), None, "What every identity may do, in the order it was entered";
    GET "/permissions/{id}" ViewIdentities One &[], Some(of::<holdings::HeldPermission>), None, "One permission";
    GET "/selectors" ViewIdentities List holdings::FILTER, Some(of::<holdings::HeldSelector>), None, "Names identities go by outside, in the order they were entered";
    GET "/selectors/{id}" ViewIdentities One &[], Some(of::<holdings::HeldSelector>), None, "One such name";
    GET "/trusts" ViewIdentities List holdings::FILTER, Some(of::<holdings::HeldTrust>), None, "Documents that say who may become an identity";
    GET "/trusts/{id}" ViewIdentities One &[], Some(of::<holdings::HeldTrust>), None, "One such document";
    GET "/policies" ViewPeople List &[], Some(of::<policies::Policy>), None, "Rotation limits that were set for a tier, a team or an identity";
    GET "/policies/{id}" ViewPeople One &[], Some(of::<policies::Policy>), None, "One such limit";
    GET "/teams" ViewPeople List &[], Some(of::<wire::Team>), None, "Every team with its figures";
    GET "/teams/{slug}" ViewPeople One &[], Some(of::<wire::Team>), None, "One team";
    GET "/people" ViewPeople List &[], Some(of::<wire::Person>), None, "People, in order of name";
    GET "/people/{id}" ViewPeople One &[], Some(of::<wire::Person>), None, "One person";
    GET "/findings" ViewFindings List findings::FILTER, Some(of::<wire::Finding>), None, "Findings, most severe first; open and acknowledged ones unless `state` says otherwise. With `order=published`, or any other parameter of a feed: what became of them, oldest first, as a feed";
    GET "/findings/{id}" ViewFindings One &[], Some(of::<wire::Finding>), None, "One finding, whatever its state";
    GET "/findings/{id}/activity" ViewPeople List &[], Some(of::<findings::FindingDeed>), None, "What people and machines did with a finding, newest first; at most 50";
    GET "/campaigns" ViewCampaigns List &[], Some(of::<wire::Campaign>), None, "Campaigns, newest first; at most 200";
    GET "/campaigns/{id}" ViewCampaigns One &[], Some(of::<wire::Campaign>), None, "One campaign with its progress";
    GET "/campaigns/{id}/items" ViewCampaigns List campaigns::FILTER, Some(of::<wire::CampaignItem>), None, "Items of a campaign, those that changed first, then by risk";
    GET "/campaigns/{id}/items/{item}" ViewCampaigns One &[], Some(of::<wire::ItemDetail>), None, "One item with every answer given to it";
    GET "/campaigns/{id}/evidence" ReadEvidence Zip &[], None, None, "The evidence pack of a sealed campaign; `rollcall verify` checks it";
    GET "/campaigns/{id}/decisions" ReadEvidence List &[], Some(of::<campaign_answers::CampaignDecision>), None, "Every answer given in a campaign, in the order they were given";
    POST "/campaigns/{id}/items/{item}/reassignment" ReassignItem Changed &[], Some(of::<wire::ItemDetail>), Some(of::<campaign_answers::Handover>), "Hands an open item to somebody else, twice at most. To answer is a person's";
    GET "/campaigns/{id}/preview" ManageCampaigns One &[], Some(of::<campaign_preview::Preview>), None, "What a campaign would be, were it started now: items, who answers, and the gaps its start has to accept";
    GET "/campaigns/{id}/silence" ManageCampaigns One &[], Some(of::<campaign_watch::CampaignSilence>), None, "Whom the silence of a campaign would suspend, and whether a second person is waited for";
    GET "/campaigns/{id}/messages" ReadEvidence List &[], Some(of::<campaign_watch::CampaignMessage>), None, "Who was told of a campaign, when, how, and what became of it, oldest first; at most 500";
    GET "/campaign-reports" ReadEvidence List &[], Some(of::<campaign_watch::CampaignReport>), None, "Figures of the campaigns whose answers have ended, newest first; at most 40";
    GET "/campaign-templates" ManageCampaigns List &[], Some(of::<campaign_templates::CampaignTemplate>), None, "Campaigns that come again, in order of name";
    GET "/campaign-templates/{id}" ManageCampaigns One &[], Some(of::<campaign_templates::CampaignTemplate>), None, "One of them";
    POST "/campaign-templates" ManageCampaigns Made &[], Some(of::<campaign_templates::CampaignTemplate>), Some(of::<campaign_templates::NewTemplate>), "Keeps a new template; one of the same name is a conflict";
    PATCH "/campaign-templates/{id}" ManageCampaigns One &[], Some(of::<campaign_templates::CampaignTemplate>), Some(of::<campaign_templates::TemplateChange>), "Changes a template; what is left out stays. An empty rule ends its schedule";
    PATCH "/campaign-templates" ManageCampaigns Judgements &[], Some(of::<campaign_templates::TemplateDifference>), Some(of::<campaign_templates::TemplateFile>), "Applies templates by name in one step, or with `plan` only says what would change. Others stay as they are";
    GET "/stories" ViewEvents List stories::FILTER, Some(of::<stories::Deployment>), None, "Production deployments of a day, newest first, each with the links that are proven and missing";
    GET "/stories/{name}" ViewEvents One &[], Some(of::<stories::Story>), None, "One run as a story. Its name is `owner/name#id`, percent-encoded, or the id alone where only one repository has it";
    GET "/identities/{id}/runs" ViewPeople List &[], Some(of::<stories::IdentityRun>), None, "The latest runs in which an identity acted, newest first";
    GET "/runners" ViewPeople List runners::FILTER, Some(of::<runners::Runner>), None, "Machines that ran jobs, the latest seen first";
    GET "/tasks" ViewCampaigns List tasks::FILTER, Some(of::<tasks::Task>), None, "What revokes and modifies ask somebody to do, in the order it was decided";
    GET "/tasks/{id}" ViewCampaigns One &[], Some(of::<tasks::TaskDetail>), None, "One task with what carries it out";
    GET "/activity" ViewActivity List activity::FILTER, Some(of::<wire::Activity>), None, "Rollcall's own record, newest first. With `order=published`, or any other parameter of a feed: oldest first, as a feed";
    GET "/events" ReadFeed Feed feed::FILTERS, None, None, "The event feed in order of position, in drain mode: the last page has no next link";
    GET "/events/{id}" ViewEvents One &[], Some(of::<events::EventDetail>), None, "One event with what was read of it and the record as received";
    GET "/logs" ReadFeed Feed feed::FILTERS, None, None, "The same events for pollers: always with a next link, in the words of Okta's system log unless `format` says otherwise";
    GET "/consumers" ReadFeed List &[], Some(of::<feed::ConsumerRow>), None, "Readers whose place Rollcall keeps, in order of name";
    DELETE "/consumers/{name}" ReadFeed Nothing &[], None, None, "Removes a consumer; one of the same name begins anew";
    POST "/consumers/{name}/next" ReadFeed Feed &["stream", "lease"], None, None, "Hands out the next rows under a lease, in an envelope with `ack`. They come again until they are acknowledged";
    POST "/consumers/{name}/ack" ReadFeed Nothing &[], None, Some(of::<feed::Acknowledgement>), "Acknowledges what was handed out";
    POST "/trust/lint" JudgeTrust Judgements &[], Some(of::<wire::TrustFinding>), Some(of::<wire::TrustQuestion>), "What is wrong with a trust document";
    POST "/trust/simulate" JudgeTrust One &[], Some(of::<wire::TrustVerdict>), Some(of::<wire::TrustQuestion>), "Whether a token is let in, with a reason for every condition";
    POST "/trust/admits" JudgeTrust One &[], Some(of::<wire::TrustAdmits>), Some(of::<wire::TrustQuestion>), "Whom a trust document lets in";
    POST "/trust/tighten" JudgeTrust One &[], Some(of::<wire::TrustTightened>), Some(of::<wire::TrustQuestion>), "The tightest trust that still lets in the tokens given";
    POST "/identities" RequestIdentity Made &[], Some(of::<changes::Made>), Some(of::<changes::NewIdentity>), "Asks for a new identity; somebody else approves it on its page";
    PATCH "/identities/{id}" ChangeIdentity Changed &[], Some(of::<wire::IdentityDetail>), Some(of::<changes::IdentityChange>), "Changes an identity; what is left out stays";
    POST "/identities/{id}/transitions" ChangeIdentity One &[], Some(of::<changes::Stands>), Some(of::<changes::Step>), "Takes a step of an identity's life: adopt, suspend, reactivate, decommission, remove, dismiss";
    POST "/identities/transitions" ChangeIdentity Bulk &[], Some(of::<changes::RowResult>), Some(of::<changes::Step>), "The same for up to 500 identities, each by itself";
    POST "/findings/{id}/actions" ChangeFinding One &[], Some(of::<changes::FindingStands>), Some(of::<changes::Act>), "Acknowledges, gives away, excepts, resolves or reopens a finding";
    POST "/findings/actions" ChangeFinding Bulk &[], Some(of::<changes::RowResult>), Some(of::<changes::Act>), "The same for up to 500 findings, each by itself";
    POST "/credentials/{id}/rotations" ChangeIdentity Made &[], Some(of::<changes::Made>), Some(of::<changes::Rotated>), "Records that a credential was rotated";
    POST "/credentials/{id}/revocation" ChangeIdentity Nothing &[], None, Some(of::<changes::Reason>), "Records that a credential was revoked";
    POST "/people/{id}/departure" ManagePeople Nothing &[], None, Some(of::<changes::Departure>), "Says that somebody has left, or is back";
    POST "/credentials/{id}/custody" ChangeIdentity Nothing &[], None, Some(of::<changes::Custody>), "Says where a credential is kept";
    POST "/identities/{id}/break-glass" MarkBreakGlass Nothing &[], None, Some(of::<changes::GlassWish>), "Marks an identity as break-glass, or takes the mark away";
    POST "/identities/{id}/break-glass-uses" ChangeIdentity Nothing &[], None, Some(of::<changes::GlassUse>), "Matches a day of use to its ticket";
    POST "/identities/{id}/drills" ChangeIdentity Nothing &[], None, Some(of::<changes::Drill>), "Records a drill of a break-glass identity";
    GET "/identities/{id}/trust-tests" ViewPeople List &[], Some(of::<trust_tests::KeptTrustTest>), None, "Tokens that must, or must not, become an identity, and how each ends now";
    POST "/identities/{id}/trust-tests" ChangeIdentity Changed &[], Some(of::<trust_tests::KeptTrustTest>), Some(of::<trust_tests::NewTrustTest>), "Keeps such a test; one of the same name is replaced";
    DELETE "/identities/{id}/trust-tests/{item}" ChangeIdentity Nothing &[], None, None, "Takes such a test away";
    GET "/identities/{id}/trust-reality" ViewPeople One &[], Some(of::<trust_reality::Reality>), None, "What an identity's trusts admit beside what came in 90 days, and the tightest form that still lets that in";
    POST "/identities/{id}/trust-replays" JudgeTrust One &[], Some(of::<trust_reality::Replay>), Some(of::<trust_reality::Edited>), "What an edited trust would have done to every recorded login; nothing is kept";
    POST "/policies" ManagePolicies Made &[], Some(of::<changes::Made>), Some(of::<policies::NewPolicy>), "Sets a rotation limit; one for the same and of the same type gives way";
    DELETE "/policies/{id}" ManagePolicies Nothing &[], None, Some(of::<changes::Reason>), "Ends a rotation limit: the next one of the chain holds again";
    GET "/discovered" ViewPeople List discovered::FILTER, Some(of::<discovered::Discovered>), None, "What was seen and never asked for, newest first, with what it may be and whose; at most 25 at once";
    POST "/discovered/adoptions" ChangeIdentity One &[], Some(of::<discovered::AdoptionResult>), Some(of::<discovered::Adoption>), "Takes discovered identities in, each by itself";
    POST "/discovered/merges" ChangeIdentity One &[], Some(of::<changes::Made>), Some(of::<discovered::Joining>), "Joins a discovered identity with the registered one it really is, whose id is answered";
    GET "/imports" ImportInventory List &[], Some(of::<imports::Import>), None, "Files that wait and files that were imported, newest first";
    GET "/imports/{id}" ImportInventory One &[], Some(of::<imports::ImportDetail>), None, "One file: what it would change, or did, row by row, and what is wrong with it";
    POST "/imports" ImportInventory Made imports::FILE, Some(of::<changes::Made>), None, "Takes a file, which is the body as it is. It is checked and waits for its confirmation; one with a secret in it is refused and not kept";
    POST "/imports/{id}/mapping" ImportInventory One &[], Some(of::<imports::ImportDetail>), Some(of::<imports::ImportReading>), "Says how a file is to be read, and has it checked anew";
    POST "/imports/{id}/confirmation" ImportInventory One &[], Some(of::<imports::ImportDetail>), Some(of::<imports::ImportConfirmation>), "Has a checked file saved; a long one is `saving` until a job has done it";
    POST "/imports/{id}/discard" ImportInventory Nothing &[], None, None, "Forgets a file that was not saved; its report stays";
    GET "/repositories" ViewPeople List &[], Some(of::<repositories::Repository>), None, "Repositories whose pipelines are kept, in order of name; at most 500";
    GET "/repositories/{id}" ViewPeople One &[], Some(of::<repositories::RepositoryDetail>), None, "One repository: the identities its jobs can become, and its findings";
    POST "/repositories" ImportInventory Made &[], Some(of::<repositories::PipelinesKept>), Some(of::<repositories::Pipelines>), "Keeps a repository's pipelines, as long as an import may be: the facts of its jobs and findings, never the text";
    DELETE "/repositories/{id}" ImportInventory Nothing &[], None, None, "Forgets a repository and its findings";
    GET "/notice-rules" ViewPeople List &[], Some(of::<notice_rules::NoticeRule>), None, "When who is told of findings: everybody's rule, then those of teams";
    GET "/notice-rules/{slug}" ViewPeople One &[], Some(of::<notice_rules::NoticeRule>), None, "The rule of a team, or of `everybody`";
    POST "/notice-rules" ManagePolicies Changed &[], Some(of::<notice_rules::NoticeRule>), Some(of::<notice_rules::NewNoticeRule>), "Sets a rule for a team, or for every team without one of its own; one for the same gives way";
    DELETE "/notice-rules/{slug}" ManagePolicies Nothing &[], None, None, "Ends a rule: everybody's, or Rollcall's own, counts again";
    POST "/campaigns" ManageCampaigns Made &[], Some(of::<changes::Made>), Some(of::<campaign_changes::NewCampaign>), "Prepares a campaign";
    POST "/campaigns/{id}/start" ManageCampaigns Changed &[], Some(of::<wire::Campaign>), Some(of::<campaign_changes::Acceptance>), "Starts a draft: every item is frozen";
    POST "/campaigns/{id}/advance" ManageCampaigns Changed &[], Some(of::<wire::Campaign>), None, "Signs the present stage off";
    POST "/campaigns/{id}/close" ManageCampaigns Changed &[], Some(of::<wire::Campaign>), None, "Ends the answers: revokes and modifies become tasks";
    POST "/campaigns/{id}/seal" ManageCampaigns Changed &[], Some(of::<wire::Campaign>), Some(of::<campaign_changes::Confirmation>), "Seals a closed campaign: the evidence is written. There is no way back";
    POST "/campaigns/{id}/cancel" ManageCampaigns Changed &[], Some(of::<wire::Campaign>), Some(of::<changes::Reason>), "Calls a draft or active campaign off";
    POST "/tasks/{id}/steps" StepTask Changed &[], Some(of::<tasks::Task>), Some(of::<tasks::TaskStepWish>), "Takes a step with a task: ticket, apply, handover. A waiver is a person's";
    POST "/tasks/steps" StepTask Bulk &[], Some(of::<changes::RowResult>), Some(of::<tasks::TaskStepWish>), "The same for up to 500 tasks, each by itself";
    GET "/sources" ViewSources List &[], Some(of::<sources::Source>), None, "Connections that send events, with what they cover";
    GET "/sources/{slug}" ViewSources One &[], Some(of::<sources::Source>), None, "One source";
    GET "/coverage" ViewSources List sources::FILTER, Some(of::<sources::Covered>), None, "What each source said on each of the last 30 days, by source and day";
    POST "/sources" ManageSources Made &[], Some(of::<sources::SourceToken>), Some(of::<sources::NewSource>), "Makes a source; its token is shown this once";
    POST "/sources/{slug}/token" ManageSources Made &[], Some(of::<sources::SourceToken>), None, "Makes a source's token anew; the old one stops at once";
    PATCH "/sources/{slug}" ManageSources Changed &[], Some(of::<sources::Source>), Some(of::<sources::SourceWish>), "Changes what a source sends and how its sender proves itself; what is left out stays";
    POST "/sources/{slug}/test" ManageSources One &[], Some(of::<sources::Receipt>), None, "Sends one event of Rollcall's own through the source";
    POST "/sources/{slug}/replay" ManageSources One &[], Some(of::<sources::ReadAgain>), None, "Reads the refused records again, at most 2,000 at once";
    GET "/tokens" ViewTokens List &[], Some(of::<tokens::TokenFacts>), None, "Tokens, newest first";
    GET "/tokens/{id}" ViewTokens One &[], Some(of::<tokens::TokenFacts>), None, "One token; `self` is the one that asks, and needs no scope";
    POST "/tokens" ManageTokens Made &[], Some(of::<tokens::NewToken>), Some(of::<tokens::TokenWish>), "Makes a token that may do no more than the one that asks; shown this once";
    DELETE "/tokens/{id}" ManageTokens Nothing &[], None, None, "Revokes a token for good";
    POST "/tokens/{id}/rotation" ManageTokens Made &[], Some(of::<tokens::NewToken>), Some(of::<tokens::Overlap>), "Makes a token's successor; `self` is the one that asks, and needs no scope";
    GET "/workload-rules" ViewTokens List &[], Some(of::<workload_rules::Rule>), None, "Rules by which pipelines sign in with their own tokens";
    GET "/workload-rules/{id}" ViewTokens One &[], Some(of::<workload_rules::Rule>), None, "One such rule";
    POST "/workload-rules" ManageTokens Made &[], Some(of::<workload_rules::Rule>), Some(of::<workload_rules::RuleWish>), "Makes such a rule; what lets outsiders in is refused";
    DELETE "/workload-rules/{id}" ManageTokens Nothing &[], None, None, "Removes a rule; what was given by it stops working at once";
    GET "/destinations" ViewDestinations List &[], Some(of::<destinations::Destination>), None, "Where rows of the feeds are pushed to, with place, lag and trouble";
    GET "/destinations/{id}" ViewDestinations One &[], Some(of::<destinations::Destination>), None, "One destination";
    POST "/destinations" ManageDestinations Made &[], Some(of::<destinations::Destination>), Some(of::<destinations::NewDestination>), "Makes a destination; it is sent to from then on";
    DELETE "/destinations/{id}" ManageDestinations Nothing &[], None, None, "Removes a destination with what it would not take";
    POST "/destinations/{id}/pause" ManageDestinations Nothing &[], None, None, "Sends nothing more until it is resumed";
    POST "/destinations/{id}/resume" ManageDestinations Nothing &[], None, None, "Goes on where it was, at once";
    POST "/destinations/{id}/rewind" ManageDestinations Nothing &[], None, Some(of::<destinations::Rewind>), "Puts its place back or on; its name confirms";
    GET "/destinations/{id}/dead-letters" ViewDestinations List &[], Some(of::<destinations::Letter>), None, "Rows it would not take, each with the reason";
    POST "/destinations/{id}/redrive" ManageDestinations One &[], Some(of::<destinations::Redriven>), None, "Asks for these rows to be sent again, before anything else";
    GET "/openapi.json" ViewIdentities Json &[], None, None, "This document";
}

/// The route of the document itself, relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new().route("/openapi.json", get(answer))
}

async fn answer(Operation(op): Operation) -> Result<Response, Problem> {
    op.require(Access::ViewIdentities)?;
    let mut response = Json(document()).into_response();
    let kind = HeaderValue::from_static("application/vnd.oai.openapi+json;version=3.1");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// The route of a request, by its path relative to `/api/v1`; words before names, as the router matches.
pub fn route(method: &str, path: &str) -> Option<&'static Route> {
    let fits = |route: &&Route| route.method == method && same(route.path, path);
    let named = |route: &&'static Route| route.path.matches('{').count();
    ROUTES.iter().filter(fits).min_by_key(named)
}

fn same(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(want), Some(is)) if want == is || (want.starts_with('{') && !is.is_empty()) => {}
            _ => return false,
        }
    }
}

/// The address of the one thing a route changes, where that thing can be read by itself.
pub fn thing(route: &Route, path: &str) -> Option<String> {
    let ends = |path: &str, parts| path.split('/').take(parts).collect::<Vec<_>>().join("/");
    // An item before the campaign it is of.
    [5, 3].into_iter().find_map(|parts| {
        let pattern = ends(route.path, parts);
        let read = |one: &Route| one.method == "GET" && one.path == pattern;
        let there = pattern.ends_with('}') && ROUTES.iter().any(read);
        there.then(|| ends(path, parts))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_finds_its_route_and_the_thing_it_changes() {
        let of = |method, path| {
            let route = route(method, path)?;
            Some((route.path, thing(route, path)))
        };
        assert_eq!(
            of("POST", "/destinations/7/pause"),
            Some((
                "/destinations/{id}/pause",
                Some("/destinations/7".to_owned())
            ))
        );
        assert_eq!(
            of("POST", "/findings/actions"),
            Some(("/findings/actions", None))
        );
        assert_eq!(
            of("PATCH", "/identities/7"),
            Some(("/identities/{id}", Some("/identities/7".to_owned())))
        );
        assert_eq!(
            of("POST", "/campaigns/7/items/8/reassignment"),
            Some((
                "/campaigns/{id}/items/{item}/reassignment",
                Some("/campaigns/7/items/8".to_owned())
            ))
        );
        assert_eq!(of("POST", "/identities"), Some(("/identities", None)));
        assert_eq!(of("POST", "/identities/7"), None);
        assert_eq!(of("GET", "/identities/"), None);
    }

    #[test]
    fn no_route_is_listed_twice() {
        for (place, route) in ROUTES.iter().enumerate() {
            let again = |other: &&Route| (other.method, other.path) == (route.method, route.path);
            assert!(
                !ROUTES[place + 1..].iter().any(|other| again(&other)),
                "{} {}",
                route.method,
                route.path
            );
        }
    }
}
