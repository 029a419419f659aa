//! Which kind a Kubernetes request is, by verb and resource. Also for GKE, whose audit log names the same things.

use contract::events::EventKind;

/// Tells the kind of a request that was not refused.
pub(in super::super) fn kind(verb: &str, resource: &str, subresource: &str) -> EventKind {
    let reads = matches!(verb, "get" | "list" | "watch");
    let writes = matches!(
        verb,
        "create"
            | "update"
            | "patch"
            | "delete"
            | "deletecollection"
            | "approve"
            | "bind"
            | "escalate"
    );
    match (resource, subresource) {
        ("serviceaccounts", "token") if verb == "create" => EventKind::CredentialAssumption,
        ("secrets", _) if reads => EventKind::SecretAccess,
        ("secrets" | "certificatesigningrequests", _) if writes => EventKind::CredentialChange,
        (
            "roles" | "rolebindings" | "clusterroles" | "clusterrolebindings" | "serviceaccounts",
            _,
        ) if writes => EventKind::PermissionChange,
        // Controllers write status and leases without end, and reviews change nothing.
        (_, "status" | "scale" | "log" | "exec" | "attach" | "portforward" | "proxy")
        | (
            "leases"
            | "events"
            | "endpoints"
            | "endpointslices"
            | "tokenreviews"
            | "subjectaccessreviews"
            | "selfsubjectaccessreviews"
            | "selfsubjectrulesreviews"
            | "localsubjectaccessreviews"
            | "selfsubjectreviews",
            _,
        ) => EventKind::Other,
        (
            "deployments" | "statefulsets" | "daemonsets" | "cronjobs" | "jobs" | "rollouts"
            | "helmreleases" | "applications" | "kustomizations",
            "",
        ) if writes => EventKind::Deployment,
        _ if writes => EventKind::ConfigurationChange,
        _ => EventKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_their_kinds() {
        for (verb, resource, subresource, expected) in [
            (
                "create",
                "serviceaccounts",
                "token",
                EventKind::CredentialAssumption,
            ),
            ("list", "secrets", "", EventKind::SecretAccess),
            ("patch", "secrets", "", EventKind::CredentialChange),
            (
                "create",
                "clusterrolebindings",
                "",
                EventKind::PermissionChange,
            ),
            ("update", "deployments", "", EventKind::Deployment),
            ("update", "deployments", "status", EventKind::Other),
            ("create", "pods", "", EventKind::ConfigurationChange),
            ("create", "pods", "exec", EventKind::Other),
            ("update", "leases", "", EventKind::Other),
            ("get", "pods", "", EventKind::Other),
        ] {
            assert_eq!(
                kind(verb, resource, subresource),
                expected,
                "{verb} {resource} {subresource}"
            );
        }
    }
}
