//! Typed links: no address literal stands anywhere else.

use contract::access::SignInProblem;
use contract::ids::{
    CampaignId, EventId, IdentityId, ImportId, ItemId, PersonId, RepositoryId, TaskId,
};
use contract::overview::SearchHit;

use crate::query::{Address, path_part};

macro_rules! fixed {
    ($($(#[doc = $doc:literal])+ $name:ident = $path:literal;)+) => {$(
        $(#[doc = $doc])+
        pub fn $name() -> String { $path.to_owned() }
    )+};
}

fixed! {
    /// The overview; also the front door.
    overview = "/";
    /// Sign-in.
    sign_in = "/sign-in";
    /// The inventory.
    identities = "/identities";
    /// The queue of discovered identities.
    discovered = "/identities/discovered";
    /// The request form.
    new_identity = "/identities/new";
    /// Imports: the upload form and what was imported.
    imports = "/imports";
    /// Where the upload form goes.
    upload_import = "/imports/upload";
    /// The explorer.
    events = "/events";
    /// Production deployments of a day, each with its chain.
    runs = "/runs";
    /// Runners.
    runners = "/runners";
    /// Findings.
    findings = "/findings";
    /// Campaigns.
    campaigns = "/campaigns";
    /// Templates of campaigns.
    templates = "/campaigns/templates";
    /// Figures across campaigns.
    report = "/campaigns/report";
    /// The same as CSV.
    report_csv = "/campaigns/report.csv";
    /// The campaign form.
    new_campaign = "/campaigns/new";
    /// What waits for the viewer.
    my_reviews = "/reviews";
    /// Teams.
    teams = "/teams";
    /// People.
    people = "/people";
    /// The trust lab.
    trust_lab = "/trust";
    /// Pipelines: the repositories that are kept, and files pasted.
    pipelines = "/trust/pipelines";
    /// Where the form goes that uploads a repository's pipelines.
    upload_pipelines = "/trust/pipelines/upload";
    /// Sources.
    sources = "/sources";
    /// The source form.
    new_source = "/sources/new";
    /// Rollcall's own record.
    activity = "/activity";
    /// Settings.
    settings = "/settings";
    /// API tokens.
    tokens = "/settings/tokens";
    /// Where rows of the feeds are pushed to.
    destinations = "/settings/destinations";
    /// The form of a destination.
    new_destination = "/settings/destinations/new";
    /// Where a shell that asks for a token is approved.
    device = "/settings/device";
    /// The reference of the JSON API.
    api_reference = "/docs/api";
    /// How a SIEM is connected.
    connect = "/docs/connect";
    /// Rotation limits.
    rotation_policies = "/settings/rotation";
    /// Who is told of findings.
    notifications = "/settings/notifications";
    /// Where the form of a demo persona goes.
    sign_in_as_persona = "/auth/persona";
    /// Where the sign-out form goes.
    sign_out = "/auth/sign-out";
    /// Where the form that ends every session goes.
    sign_out_everywhere = "/auth/sign-out-everywhere";
    /// Search over everything.
    search = "/search";
}

/// One destination.
pub fn destination(id: contract::ids::DestinationId) -> String {
    format!("/settings/destinations/{id}")
}

/// Sign-in that comes back to `to`.
pub fn sign_in_then(to: &str) -> String {
    Address::new(sign_in()).with("to", to).to_string()
}

/// Sign-in that says why the last try did not work.
pub fn sign_in_refused(problem: SignInProblem, request_id: &str, to: &str) -> String {
    Address::new(sign_in())
        .with("problem", problem)
        .with("request", request_id)
        .with("to", to)
        .to_string()
}

/// To the identity provider, and back to `to`. A plain link: the router of the browser must not follow it.
pub fn begin_sign_in(to: &str) -> String {
    Address::new("/auth/oidc").with("to", to).to_string()
}

/// One identity.
pub fn identity(id: IdentityId) -> String {
    format!("/identities/{id}")
}

/// The edit form of an identity.
pub fn edit_identity(id: IdentityId) -> String {
    format!("/identities/{id}/edit")
}

/// One import.
pub fn import(id: ImportId) -> String {
    format!("/imports/{id}")
}

/// How far an import is, as server-sent events.
pub fn import_progress(id: ImportId) -> String {
    format!("/imports/{id}/progress")
}

/// The upload form, with what was wrong with the last try: `nothing`, `too-large`, `broken`.
pub fn upload_refused(problem: &str) -> String {
    Address::new(imports()).with("problem", problem).to_string()
}

/// One repository whose pipelines are kept.
pub fn repository(id: RepositoryId) -> String {
    format!("/trust/pipelines/{id}")
}

/// The pipelines, with what was wrong with the last upload.
pub fn pipelines_refused(why: &str) -> String {
    Address::new(pipelines()).with("problem", why).to_string()
}

/// The inventory as a file: `csv` or `json`.
pub fn export_identities(format: &str) -> String {
    format!("/identities.{format}")
}

/// The findings as a file: `csv` or `json`.
pub fn export_findings(format: &str) -> String {
    format!("/findings.{format}")
}

/// The explorer as a file: `csv` or `ndjson`.
pub fn export_events(format: &str) -> String {
    format!("/events.{format}")
}

/// The explorer's live tail, as server-sent events.
pub fn tail_events() -> String {
    "/events/tail".to_owned()
}

/// Events in which a word stands.
pub fn events_with(word: &str) -> String {
    Address::new(events()).with("q", word).to_string()
}

/// Events with one value of a facet.
pub fn events_where(facet: &str, value: impl std::fmt::Display) -> String {
    Address::new(events()).with(facet, value).to_string()
}

/// One tab of an identity.
pub fn identity_tab(id: IdentityId, tab: &str) -> String {
    Address::new(identity(id)).with("tab", tab).to_string()
}

/// Events of one identity.
pub fn events_of(id: IdentityId) -> String {
    Address::new(events()).with("identity", id).to_string()
}

/// One event, opened in the explorer's drawer.
pub fn event(id: EventId) -> String {
    Address::new(events()).with("event", id).to_string()
}

/// The production deployments of a day.
pub fn runs_of(day: chrono::NaiveDate) -> String {
    Address::new(runs()).with("day", day).to_string()
}

/// One run as a story.
pub fn run(repository: &str, run_id: &str) -> String {
    Address::new(format!("/runs/{}", path_part(run_id)))
        .with("repository", repository)
        .to_string()
}

/// One campaign.
pub fn campaign(id: CampaignId) -> String {
    format!("/campaigns/{id}")
}

/// One tab of a campaign.
pub fn campaign_tab(id: CampaignId, tab: &str) -> String {
    Address::new(campaign(id)).with("tab", tab).to_string()
}

/// The board of a campaign with one task opened.
pub fn campaign_task(id: CampaignId, task: TaskId) -> String {
    Address::new(campaign(id))
        .with("tab", "remediation")
        .with("task", task)
        .to_string()
}

/// The campaign form, filled by a template.
pub fn new_campaign_of(template: &str) -> String {
    Address::new(new_campaign())
        .with("template", template)
        .to_string()
}

/// The campaign form for what a search of the inventory finds, by its query string.
pub fn new_campaign_for(search: &str) -> String {
    Address::new(new_campaign())
        .with("search", search)
        .to_string()
}

/// The form of a template.
pub fn template(name: &str) -> String {
    Address::new(templates()).with("template", name).to_string()
}

/// The preview of a draft as a file: `csv` or `json`.
pub fn export_preview(id: CampaignId, format: &str) -> String {
    format!("/campaigns/{id}/preview.{format}")
}

/// The viewer's groups of alike items in a campaign.
pub fn review_groups(id: CampaignId) -> String {
    Address::new(review(id)).with("groups", "all").to_string()
}

/// The evidence pack of a sealed campaign (a file).
pub fn evidence(id: CampaignId) -> String {
    format!("/campaigns/{id}/evidence.zip")
}

/// The viewer's queue in a campaign, at its first open item.
pub fn review(id: CampaignId) -> String {
    format!("/reviews/{id}")
}

/// One item in the viewer's queue.
pub fn review_item(id: CampaignId, item: ItemId) -> String {
    format!("/reviews/{id}/{item}")
}

/// One team.
pub fn team(slug: &str) -> String {
    format!("/teams/{slug}")
}

/// One person: what they own.
pub fn person(id: PersonId) -> String {
    format!("/people/{id}")
}

/// One source.
pub fn source(slug: &str) -> String {
    format!("/sources/{slug}")
}

/// What a search found.
pub fn hit(hit: &SearchHit) -> String {
    match (hit.kind.as_str(), hit.id.parse::<uuid::Uuid>()) {
        ("identity", Ok(id)) => identity(id.into()),
        ("campaign", Ok(id)) => campaign(id.into()),
        ("person", Ok(id)) => person(id.into()),
        _ => team(&hit.id),
    }
}
