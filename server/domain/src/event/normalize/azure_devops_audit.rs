//! Azure DevOps auditing: streams (`PascalCase`) and REST (`camelCase`) (`event-formats.md` §10).
//!
//! Actions: <https://learn.microsoft.com/azure/devops/organizations/audit/auditing-events>. There is no outcome: an
//! entry means it happened.

use contract::events::{EventFormat, EventKind, Outcome};

use super::verbs::has;
use super::{Hints, Reject, conclusion, first_time, id};
use crate::event::json::Value;
use crate::event::read::{any_case, path_any_case, text_any_case};
use crate::event::{ActorNature, Event};

/// Whether the record looks like an audit entry: an action id and an actor of the service.
pub(super) fn detect(record: &Value<'_>) -> bool {
    let has = |key: &str| any_case(record, key).is_some();
    has("ActionId")
        && [
            "ActorCUID",
            "ActorUserId",
            "ActorUPN",
            "ActorClientId",
            "ScopeDisplayName",
            "AuthenticationMechanism",
        ]
        .iter()
        .any(|key| has(key))
}

/// Reads an entry.
pub(super) fn read(record: &Value<'_>, hints: &Hints<'_>) -> Result<Event, Reject> {
    let field = |key: &str| text_any_case(record, &[key]);
    let at = first_time(record, &["Timestamp", "TimeGenerated"], hints)?;
    let action = field("ActionId").ok_or(Reject::Missing("ActionId"))?;
    let vendor = field("Id");
    let mut event = Event::new(
        EventFormat::AzureDevopsAudit,
        action,
        at,
        id(record, vendor),
    );
    let data = |key: &str| text_any_case(record, &["Data", key]);
    event.actor = field("ActorUPN")
        .or_else(|| field("ActorDisplayName"))
        .or_else(|| guid(field("ActorClientId")))
        .or_else(|| guid(field("ActorUserId")));
    event.principal = guid(field("ActorClientId"))
        .or_else(|| guid(field("ActorUserId")))
        .or_else(|| guid(field("ActorCUID")));
    event.source_ip = field("IpAddress");
    event.environment = data("EnvironmentName");
    event.run_id = data("BuildId").or_else(|| data("RunId"));
    event.git_ref = data("BranchName").or_else(|| data("RefName"));
    event.joins.workflow = data("PipelineName").or_else(|| data("DefinitionName"));
    event.joins.agent = field("UserAgent");
    event.joins.account = field("ScopeDisplayName");
    event.joins.token_id = field("AuthenticationMechanism")
        .as_deref()
        .and_then(|text| text.split_once("authorizationId: "))
        .map(|(_, id)| id.split_whitespace().next().unwrap_or(id).to_owned());
    event.repository = field("ProjectName")
        .zip(data("RepoName").or_else(|| data("RepositoryName")))
        .map(|(project, name)| format!("{project}/{name}"));
    event.kind = kind(
        &event.action.to_ascii_lowercase(),
        &field("Category").unwrap_or_default().to_ascii_lowercase(),
    );
    event.outcome = match data("Result").or_else(|| data("DeploymentResult")) {
        Some(word) if event.kind == EventKind::Deployment => conclusion(&word.to_ascii_lowercase()),
        _ if event.action.to_ascii_lowercase().contains("rejected") => Outcome::Failure,
        _ if event.action.to_ascii_lowercase().contains("started") => Outcome::Unknown,
        _ => Outcome::Success,
    };
    event.target = target(record);
    event.joins.actor_nature = nature(record);
    Ok(event)
}

fn guid(text: Option<String>) -> Option<String> {
    text.filter(|text| text.bytes().any(|byte| !matches!(byte, b'0' | b'-')))
}

/// What the entry's data names, else the project, else the organisation.
fn target(record: &Value<'_>) -> Option<String> {
    const NAMES: &[&str] = &[
        "ConnectionName",
        "VariableGroupName",
        "SecureFileName",
        "EnvironmentName",
        "PipelineName",
        "RepoName",
        "PolicyName",
        "GroupName",
        "MemberDisplayName",
        "TokenName",
        "DisplayName",
        "AgentPoolName",
        "PoolName",
        "ApprovalId",
    ];
    let data = path_any_case(record, &["Data"]);
    NAMES
        .iter()
        .find_map(|name| text_any_case(data?, &[name]))
        .or_else(|| text_any_case(record, &["ProjectName"]))
        .or_else(|| text_any_case(record, &["ScopeDisplayName"]))
}

fn nature(record: &Value<'_>) -> ActorNature {
    let text = |key: &str| text_any_case(record, &[key]);
    let mechanism = text("AuthenticationMechanism").unwrap_or_default();
    let service = guid(text("ActorClientId")).is_some() && guid(text("ActorUserId")).is_none();
    if service || has(&mechanism, &["ServicePrincipal", "S2S", "ManagedIdentity"]) {
        ActorNature::Program
    } else if text("ActorUPN").is_some_and(|name| name.contains('@')) {
        ActorNature::Person
    } else {
        ActorNature::Unknown
    }
}

fn kind(action: &str, category: &str) -> EventKind {
    let area = action.split('.').next().unwrap_or_default();
    if has(
        action,
        &["deploymentjob", "releasedeployment", "deploymentcompleted"],
    ) {
        return EventKind::Deployment;
    }
    // Who may approve changes; nobody approved anything.
    if has(action, &["approverreassigned", "approverchanged"]) {
        return EventKind::PermissionChange;
    }
    if has(
        action,
        &[
            "approvalcompleted",
            "approved",
            "rejected",
            "checksuppressed",
        ],
    ) {
        return EventKind::DeploymentApproval;
    }
    if has(
        action,
        &["serviceconnectionexecuted", "serviceendpointexecuted"],
    ) {
        return EventKind::CredentialAssumption;
    }
    if has(
        action,
        &["runretained", "buildqueued", "pipelinerun", "runcreated"],
    ) {
        return EventKind::PipelineRun;
    }
    if has(
        action,
        &[
            "identityprovider",
            "federat",
            "oidc",
            "externalguest",
            "oauthauthorization",
        ],
    ) {
        return EventKind::TrustChange;
    }
    if area == "token"
        || has(
            action,
            &[
                "sshkey",
                "serviceconnection",
                "serviceendpoint",
                "securefile",
                "secret",
                "variablegroup",
                "credential",
            ],
        )
    {
        return EventKind::CredentialChange;
    }
    if area == "security"
        || area == "permissions"
        || has(
            action,
            &[
                "permission",
                "accesscontrol",
                "group.update",
                "group.create",
                "membership",
                "role",
                "members",
                "administrator",
            ],
        )
    {
        return EventKind::PermissionChange;
    }
    match category {
        "modify" | "create" | "remove" | "delete" | "execute" => EventKind::ConfigurationChange,
        _ => EventKind::Other,
    }
}
