//! Entra, Azure and Azure DevOps.

use super::{How, post, vector_sink};

pub(super) fn entra(url: &str) -> Vec<How> {
    let pull = format!(
        "# the sign-ins of service principals; signed in as somebody with AuditLog.Read.All\n\
         az rest --method GET --url \"https://graph.microsoft.com/beta/auditLogs/signIns?\\$filter=signInEventTypes/any(t: t eq 'servicePrincipal')&\\$top=500\" |\n\
         \x20 {}",
        post(url)
    );
    vec![
        How::new(
            "Send the logs to an event hub",
            "Entra ID, Diagnostic settings: ServicePrincipalSignInLogs, ManagedIdentitySignInLogs and AuditLogs, streamed to an event hub. The interactive sign-ins of people are not needed.",
        ),
        How::new(
            "Forward the hub",
            "An event hub speaks Kafka, and Vector forwards it. Any other forwarder that posts JSON with a bearer token does as well.",
        )
        .with("entra-vector", hub(url), "vector.toml"),
        How::new(
            "Or ask Graph",
            "Sign-ins of service principals stand in the beta version only.",
        )
        .with("entra-graph", pull, "needs az and curl"),
    ]
}

pub(super) fn activity(url: &str) -> Vec<How> {
    let pull = format!(
        "az monitor activity-log list --offset 1h --max-events 5000 --output json |\n\
         \x20 {}",
        post(url)
    );
    vec![
        How::new(
            "Send the logs to an event hub",
            "Monitor, Activity log, Export activity logs, for each subscription: Administrative, Security and Policy. For key vaults and AKS their own diagnostic settings, to the same hub.",
        ),
        How::new(
            "Forward the hub",
            "An event hub speaks Kafka, and Vector forwards it.",
        )
        .with("azure-vector", hub(url), "vector.toml"),
        How::new(
            "Or ask for it",
            "Asking for more than was missed costs nothing.",
        )
        .with("azure-pull", pull, "needs az and curl"),
    ]
}

pub(super) fn devops(url: &str) -> Vec<How> {
    let pull = format!(
        "# AZURE_DEVOPS_PAT may read the audit log (vso.auditlog); more pages follow by continuationToken\n\
         curl --fail --user \":$AZURE_DEVOPS_PAT\" \\\n\
         \x20 \"https://auditservice.dev.azure.com/ORG/_apis/audit/auditlog?startTime=$(date -u -d '1 hour ago' +%FT%TZ)&batchSize=1000&api-version=7.1-preview.1\" |\n\
         \x20 {}",
        post(url)
    );
    vec![
        How::new(
            "Turn auditing on",
            "Organisation settings, Policies, Log audit events. It is off in many organisations, and for those not backed by Entra it cannot be turned on.",
        ),
        How::new(
            "Ask for the log",
            "From a schedule. Asking for more than was missed costs nothing: what was seen before is left alone.",
        )
        .with("devops-pull", pull, "needs curl"),
        How::new(
            "Or stream it",
            "Organisation settings, Auditing, Streams, to Log Analytics; export its table to an event hub and forward that.",
        )
        .with("devops-vector", hub(url), "vector.toml"),
    ]
}

fn hub(url: &str) -> String {
    format!(
        "[sources.hub]\n\
         type = \"kafka\"\n\
         bootstrap_servers = \"NAMESPACE.servicebus.windows.net:9093\"\n\
         group_id = \"rollcall\"\n\
         topics = [\"HUB\"]\n\
         tls.enabled = true\n\
         sasl = {{ enabled = true, mechanism = \"PLAIN\", username = \"$$ConnectionString\", password = \"${{HUB_CONNECTION}}\" }}\n\
         \n\
         {}",
        vector_sink("hub", url)
    )
}
