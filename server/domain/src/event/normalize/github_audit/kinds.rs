//! Which kind an audit-log action is: by its whole name, then by its category, then by what it speaks of.

use contract::events::EventKind;

/// Actions known by their whole name.
const ACTIONS: &[(&str, EventKind)] = &[
    (
        "workflows.approve_workflow_job",
        EventKind::DeploymentApproval,
    ),
    (
        "workflows.reject_workflow_job",
        EventKind::DeploymentApproval,
    ),
    (
        "workflows.bypass_protection_rules",
        EventKind::DeploymentApproval,
    ),
    ("workflows.disable_workflow", EventKind::ConfigurationChange),
    ("workflows.enable_workflow", EventKind::ConfigurationChange),
    ("workflows.pin_workflow", EventKind::Other),
    ("workflows.unpin_workflow", EventKind::Other),
    (
        "workflows.delete_workflow_run",
        EventKind::ConfigurationChange,
    ),
    ("user.failed_login", EventKind::AuthenticationFailure),
    (
        "user.two_factor_challenge_failure",
        EventKind::AuthenticationFailure,
    ),
    ("org.sso_response", EventKind::Other),
    ("business.sso_response", EventKind::Other),
    ("repo.access", EventKind::PermissionChange),
    ("repo.add_member", EventKind::PermissionChange),
    ("repo.remove_member", EventKind::PermissionChange),
    ("repo.update_member", EventKind::PermissionChange),
    ("repo.add_topic", EventKind::Other),
    ("repo.remove_topic", EventKind::Other),
    ("repo.download_zip", EventKind::Other),
    ("invite_member", EventKind::PermissionChange),
];

/// Categories (before the dot) whose every action is of one kind, unless a word below says more.
const CATEGORIES: &[(&str, EventKind)] = &[
    ("workflows", EventKind::PipelineRun),
    ("deployment", EventKind::Deployment),
    ("personal_access_token", EventKind::CredentialChange),
    ("personal_access_token_request", EventKind::CredentialChange),
    ("oauth_access", EventKind::CredentialChange),
    ("oauth_authorization", EventKind::CredentialChange),
    ("org_credential_authorization", EventKind::CredentialChange),
    ("public_key", EventKind::CredentialChange),
    ("deploy_key", EventKind::CredentialChange),
    ("ssh_certificate_authority", EventKind::CredentialChange),
    ("gpg_key", EventKind::CredentialChange),
    ("integration_installation", EventKind::PermissionChange),
    (
        "integration_installation_request",
        EventKind::PermissionChange,
    ),
    ("organization_role", EventKind::PermissionChange),
    ("organization_moderators", EventKind::PermissionChange),
    ("team", EventKind::PermissionChange),
    ("role", EventKind::PermissionChange),
    ("repository_invitation", EventKind::PermissionChange),
    ("environment", EventKind::ConfigurationChange),
    ("protected_branch", EventKind::ConfigurationChange),
    ("repository_ruleset", EventKind::ConfigurationChange),
    ("hook", EventKind::ConfigurationChange),
    ("integration", EventKind::ConfigurationChange),
    ("oauth_application", EventKind::ConfigurationChange),
    ("ip_allow_list", EventKind::ConfigurationChange),
    ("ip_allow_list_entry", EventKind::ConfigurationChange),
    ("secret_scanning", EventKind::ConfigurationChange),
    ("secret_scanning_new_repos", EventKind::ConfigurationChange),
    ("repository_secret_scanning", EventKind::ConfigurationChange),
    (
        "repository_secret_scanning_push_protection",
        EventKind::ConfigurationChange,
    ),
    ("dependabot_alerts", EventKind::ConfigurationChange),
    (
        "dependabot_alerts_new_repos",
        EventKind::ConfigurationChange,
    ),
    (
        "dependabot_security_updates",
        EventKind::ConfigurationChange,
    ),
    (
        "dependabot_security_updates_new_repos",
        EventKind::ConfigurationChange,
    ),
    ("business_advanced_security", EventKind::ConfigurationChange),
    (
        "repository_advanced_security",
        EventKind::ConfigurationChange,
    ),
    ("audit_log_streaming", EventKind::ConfigurationChange),
    ("enterprise", EventKind::ConfigurationChange),
    ("business", EventKind::ConfigurationChange),
    ("org", EventKind::ConfigurationChange),
    ("repo", EventKind::ConfigurationChange),
];

/// Words anywhere in an action that tell its kind before its category does, in this order.
const WORDS: &[(&str, EventKind)] = &[
    ("oidc", EventKind::TrustChange),
    ("custom_subject", EventKind::TrustChange),
    ("saml", EventKind::TrustChange),
    ("identity_provider", EventKind::TrustChange),
    ("actions_secret", EventKind::CredentialChange),
    ("dependabot_secret", EventKind::CredentialChange),
    ("codespaces_secret", EventKind::CredentialChange),
    ("client_secret", EventKind::CredentialChange),
    ("integration_secret", EventKind::CredentialChange),
    ("regenerate", EventKind::CredentialChange),
    ("self_hosted_runner", EventKind::ConfigurationChange),
    ("runner_group", EventKind::ConfigurationChange),
    ("workflow_permission", EventKind::PermissionChange),
    ("actions_enabled", EventKind::PermissionChange),
    ("_permission", EventKind::PermissionChange),
    ("_member", EventKind::PermissionChange),
    ("_admin", EventKind::PermissionChange),
    ("outside_collaborator", EventKind::PermissionChange),
    ("billing_manager", EventKind::PermissionChange),
];

/// Tells the kind of an action. A prepared job that was handed secrets is the log's sign of secret access.
pub(super) fn kind(action: &str, passes_secrets: bool, by_token: bool) -> EventKind {
    if action == "workflows.prepared_workflow_job" && passes_secrets {
        return EventKind::SecretAccess;
    }
    if let Some((_, kind)) = ACTIONS.iter().find(|(name, _)| *name == action) {
        return *kind;
    }
    let (category, verb) = action.split_once('.').unwrap_or((action, ""));
    let words = format!("{category}.{verb}");
    if let Some((_, kind)) = WORDS.iter().find(|(word, _)| words.contains(word)) {
        return *kind;
    }
    // A sign-in by token is the use of a credential; in a browser it is a person's affair.
    if category == "user" && verb == "login" && by_token {
        return EventKind::CredentialAssumption;
    }
    CATEGORIES
        .iter()
        .find(|(name, _)| *name == category)
        .map_or(EventKind::Other, |(_, kind)| *kind)
}
