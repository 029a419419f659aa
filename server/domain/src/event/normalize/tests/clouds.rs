//! Entra, Azure, Google Cloud, Kubernetes, Vault, Okta, Azure DevOps.

#![expect(
    clippy::needless_pass_by_value,
    reason = "records are written in place"
)]

use super::*;

fn sign_in(extra: Value) -> Value {
    let mut properties = json!({
        "id": "s-1", "appId": "app-1", "ipAddress": "20.57.78.11", "servicePrincipalName": "deployer", "servicePrincipalId": "sp-1",
        "resourceDisplayName": "Azure Service Management", "federatedCredentialId": "fic-1", "correlationId": "shared",
    });
    for (key, value) in extra.as_object().expect("an object") {
        properties[key] = value.clone();
    }
    json!({
        "time": "2026-08-01T10:01:00.1234567Z", "resourceId": "/tenants/t/providers/Microsoft.aadiam", "operationName": "Sign-in activity",
        "category": "ServicePrincipalSignInLogs", "tenantId": "t", "resultType": "0", "correlationId": "shared", "properties": properties,
    })
}

#[test]
fn one_sign_in_reads_the_same_in_every_spelling() {
    let diagnostic = event(sign_in(json!({})));
    assert_eq!(
        serde_json::to_value(&diagnostic).expect("serialises"),
        json!({
            "kind": "credential_assumption", "outcome": "success", "action": "Sign-in activity", "occurred_at": "2026-08-01T10:01:00.123456Z",
            "format": "entra", "vendor_id": "s-1", "id_kind": "vendor", "actor": "deployer", "principal": "sp-1",
            "target": "Azure Service Management", "source_ip": "20.57.78.11",
        })
    );
    assert_eq!(
        diagnostic.selectors(),
        [
            (
                SelectorKind::AzureFederatedCredential,
                String::new(),
                "fic-1".into()
            ),
            (
                SelectorKind::AzureServicePrincipal,
                String::new(),
                "sp-1".into()
            ),
            (
                SelectorKind::AzureServicePrincipal,
                String::new(),
                "app-1".into()
            ),
            // The key id is empty: a federated credential was used.
        ]
    );
    let analytics = event(json!({
        "TimeGenerated": "2026-08-01T10:01:00.1234567Z", "Type": "AADServicePrincipalSignInLogs", "OperationName": "Sign-in activity", "ResultType": 0, "Id": "s-1",
        "AppId": "app-1", "IPAddress": "20.57.78.11", "ServicePrincipalName": "deployer", "ServicePrincipalId": "sp-1", "AADTenantId": "t",
        "ResourceDisplayName": "Azure Service Management", "FederatedCredentialId": "fic-1", "CorrelationId": "shared",
    }));
    assert_eq!(analytics, diagnostic);
    let graph = event(json!({
        "createdDateTime": "2026-08-01T10:01:00.1234567Z", "id": "s-1", "appId": "app-1", "ipAddress": "20.57.78.11", "servicePrincipalName": "deployer",
        "servicePrincipalId": "sp-1", "resourceDisplayName": "Azure Service Management", "federatedCredentialId": "fic-1", "status": {"errorCode": 0},
        "correlationId": "shared", "tenantId": "t",
    }));
    assert_eq!(graph, diagnostic);
}

#[test]
fn refused_tokens_quote_their_subject() {
    let mut record = sign_in(json!({"federatedCredentialId": ""}));
    record["resultType"] = json!(700_213);
    record["resultDescription"] = json!(
        "AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:octo@1/api@2:pull_request'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion."
    );
    let found = event(record);
    assert_eq!(
        (found.kind, found.outcome),
        (EventKind::AuthenticationFailure, Outcome::Failure)
    );
    assert_eq!(
        found.subject.as_deref(),
        Some("repo:octo@1/api@2:pull_request")
    );
    assert_eq!(found.repository.as_deref(), Some("octo/api"));
    assert_eq!(
        found.issuer.as_deref(),
        Some("https://token.actions.githubusercontent.com")
    );
}

#[test]
fn directory_changes_are_told_by_what_they_changed() {
    let audit = |name: &str, properties: Value| {
        event(json!({
            "time": "2026-08-01T10:00:00Z", "category": "AuditLogs", "operationName": name, "resourceId": "/tenants/t/providers/Microsoft.aadiam", "callerIpAddress": "1.2.3.4",
            "properties": {"id": "Directory_1", "result": "success", "activityDateTime": "2026-08-01T10:00:00Z",
                "initiatedBy": {"app": {"displayName": "Terraform", "servicePrincipalId": "sp-9", "appId": "a"}},
                "targetResources": [{"id": "x", "displayName": "deployer", "type": "Application", "modifiedProperties": properties}]},
        }))
    };
    let changed = |name: &str| json!([{"displayName": name, "newValue": "[\"{}\"]"}]);
    for (name, properties, kind) in [
        (
            "Update application",
            changed("FederatedIdentityCredentials"),
            EventKind::TrustChange,
        ),
        (
            "Update application",
            changed("DisplayName"),
            EventKind::ConfigurationChange,
        ),
        (
            "Update application",
            changed("KeyDescription"),
            EventKind::CredentialChange,
        ),
        (
            "Update application – Certificates and secrets management ",
            json!([]),
            EventKind::CredentialChange,
        ),
        (
            "Add service principal credentials",
            json!([]),
            EventKind::CredentialChange,
        ),
        (
            "Add app role assignment to service principal",
            json!([]),
            EventKind::PermissionChange,
        ),
        ("Add member to role", json!([]), EventKind::PermissionChange),
        ("Something new", json!([]), EventKind::Other),
    ] {
        assert_eq!(audit(name, properties).kind, kind, "{name}");
    }
    let found = audit("Update application", json!([]));
    assert_eq!(
        (
            found.actor.as_deref(),
            found.principal.as_deref(),
            found.target.as_deref(),
            found.vendor_id.as_str()
        ),
        (
            Some("Terraform"),
            Some("sp-9"),
            Some("deployer"),
            "Directory_1"
        )
    );
}

#[test]
fn azure_activity_tells_trust_and_permissions() {
    let call = |operation: &str, result: &str| {
        event(json!({
            "time": "2026-08-01T10:00:00Z", "operationName": operation, "category": "Administrative", "resultType": result, "resultSignature": result, "callerIpAddress": "1.2.3.4:55443",
            "resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/R", "correlationId": "c",
            "identity": {"claims": {"appid": "app-1", "http://schemas.microsoft.com/identity/claims/objectidentifier": "sp-1"}},
        }))
    };
    for (operation, kind) in [
        (
            "MICROSOFT.MANAGEDIDENTITY/USERASSIGNEDIDENTITIES/FEDERATEDIDENTITYCREDENTIALS/WRITE",
            EventKind::TrustChange,
        ),
        (
            "Microsoft.Authorization/roleAssignments/write",
            EventKind::PermissionChange,
        ),
        (
            "Microsoft.Storage/storageAccounts/listKeys/action",
            EventKind::SecretAccess,
        ),
        (
            "Microsoft.Storage/storageAccounts/regenerateKey/action",
            EventKind::CredentialChange,
        ),
        ("SecretGet", EventKind::SecretAccess),
        ("Microsoft.Compute/virtualMachines/read", EventKind::Other),
        (
            "Microsoft.Compute/virtualMachines/delete",
            EventKind::ConfigurationChange,
        ),
    ] {
        assert_eq!(call(operation, "Success").kind, kind, "{operation}");
    }
    let found = call("Microsoft.Authorization/roleAssignments/write", "Success");
    assert_eq!(
        (found.principal.as_deref(), found.outcome),
        (Some("sp-1"), Outcome::Success)
    );
    assert!(found.source_address().is_some());
    assert_eq!(call("x/write", "Start").outcome, Outcome::Unknown);
    assert_eq!(
        call("x/write", "Failed.Forbidden").kind,
        EventKind::AuthorizationFailure
    );
}

fn gcp(method: &str, extra: Value) -> Value {
    let mut payload = json!({
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog", "serviceName": "iam.googleapis.com", "methodName": method, "resourceName": "projects/p/things/t",
        "authenticationInfo": {"principalEmail": "ci@p.iam.gserviceaccount.com"}, "requestMetadata": {"callerIp": "20.57.78.11"},
    });
    for (key, value) in extra.as_object().expect("an object") {
        payload[key] = value.clone();
    }
    json!({"insertId": "i", "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity", "timestamp": "2026-08-01T10:04:00.123456789Z", "protoPayload": payload})
}

#[test]
fn insert_ids_count_only_with_log_and_time() {
    let first = event(gcp("x", json!({})));
    let mut later = gcp("x", json!({}));
    later["timestamp"] = json!("2026-08-01T10:04:00.123456790Z");
    // Both times are cut to the same microsecond; the ids still differ.
    let later = event(later);
    assert_eq!(first.occurred_at, later.occurred_at);
    assert_ne!(first.vendor_id, later.vendor_id);
    assert_eq!(first.id_kind, IdKind::Vendor);
}

#[test]
fn google_denials_and_rejections_are_told_apart() {
    for (method, status, kind) in [
        (
            "google.identity.sts.v1.SecurityTokenService.ExchangeToken",
            json!({"code": 7}),
            EventKind::AuthenticationFailure,
        ),
        (
            "GenerateAccessToken",
            json!({"code": 7}),
            EventKind::AuthorizationFailure,
        ),
        (
            "google.pubsub.v1.Publisher.Publish",
            json!({"code": 16}),
            EventKind::AuthenticationFailure,
        ),
        (
            "io.k8s.core.v1.pods.create",
            json!({"code": 10}),
            EventKind::ConfigurationChange,
        ),
    ] {
        let found = event(gcp(method, json!({"status": status})));
        assert_eq!(
            (found.kind, found.outcome),
            (kind, Outcome::Failure),
            "{method}"
        );
    }
    assert_eq!(
        event(gcp("x", json!({"status": {}}))).outcome,
        Outcome::Success
    );
    let refused = event(gcp(
        "SignJwt",
        json!({"status": {}, "authorizationInfo": [{"granted": false, "permission": "iam.serviceAccounts.signJwt"}]}),
    ));
    assert_eq!(
        (refused.kind, refused.joins.permission.as_deref()),
        (
            EventKind::AuthorizationFailure,
            Some("iam.serviceAccounts.signJwt")
        )
    );
}

#[test]
fn google_delegation_is_walked_whole() {
    let found = event(gcp(
        "google.pubsub.v1.Publisher.CreateTopic",
        json!({"authenticationInfo": {
        "principalEmail": "ci@p.iam.gserviceaccount.com",
        "serviceAccountDelegationInfo": [{}, {"firstPartyPrincipal": {"principalSubject": "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/gh/subject/repo:octo/api:environment:prod"}}],
    }, "metadata": {"identityDelegationChain": ["projects/-/serviceAccounts/a@p.iam.gserviceaccount.com"]}}),
    ));
    assert_eq!(found.joins.delegation.len(), 2);
    assert_eq!(
        found.subject.as_deref(),
        Some("repo:octo/api:environment:prod")
    );
    assert_eq!(
        (found.repository.as_deref(), found.environment.as_deref()),
        (Some("octo/api"), Some("prod"))
    );
    assert_eq!(
        found.principal.as_deref(),
        Some("ci@p.iam.gserviceaccount.com")
    );
}

fn kubernetes(extra: Value) -> Value {
    let mut record = json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "a-1", "stage": "ResponseComplete", "verb": "get", "user": {"username": "system:serviceaccount:shop:deployer", "groups": []},
        "sourceIPs": ["10.0.0.1", "10.0.0.2"], "objectRef": {"resource": "secrets", "namespace": "shop", "name": "db"}, "responseStatus": {"code": 200},
        "requestReceivedTimestamp": "2026-08-01T10:00:00.000001Z", "stageTimestamp": "2026-08-01T10:00:00.000009Z",
    });
    for (key, value) in extra.as_object().expect("an object") {
        record[key] = value.clone();
    }
    record
}

#[test]
fn kubernetes_stages_share_an_audit_id_and_count_once() {
    let done = event(kubernetes(json!({})));
    assert_eq!(
        serde_json::to_value(&done).expect("serialises"),
        json!({
            "kind": "secret_access", "outcome": "success", "action": "get secrets", "occurred_at": "2026-08-01T10:00:00.000001Z", "format": "kubernetes_audit",
            "vendor_id": "a-1|ResponseComplete", "id_kind": "vendor", "actor": "system:serviceaccount:shop:deployer", "principal": "system:serviceaccount:shop:deployer",
            "subject": "system:serviceaccount:shop:deployer", "target": "shop/secrets/db", "source_ip": "10.0.0.1",
        })
    );
    let received = event(kubernetes(json!({"stage": "RequestReceived"})));
    assert_ne!(received.vendor_id, done.vendor_id);
    assert_eq!(
        (received.kind, received.outcome),
        (EventKind::Other, Outcome::Unknown)
    );
    assert_eq!(
        done.discovery().map(|guess| guess.platform),
        Some(Platform::Kubernetes)
    );
    for (code, kind) in [
        (401, EventKind::AuthenticationFailure),
        (403, EventKind::AuthorizationFailure),
        (404, EventKind::SecretAccess),
    ] {
        let found = event(kubernetes(json!({"responseStatus": {"code": code}})));
        assert_eq!(
            (found.kind, found.outcome),
            (kind, Outcome::Failure),
            "{code}"
        );
    }
}

#[test]
fn aks_carries_the_event_as_text() {
    let inner = kubernetes(json!({"requestReceivedTimestamp": null, "stageTimestamp": null}));
    let found = event(
        json!({"time": "2026-08-01T10:00:00Z", "category": "kube-audit", "operationName": "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read", "resourceId": "/SUBSCRIPTIONS/S", "properties": {"log": inner.to_string(), "pod": "kube-apiserver-1"}}),
    );
    assert_eq!(
        (found.format, found.kind, found.target.as_deref()),
        (
            EventFormat::KubernetesAudit,
            EventKind::SecretAccess,
            Some("shop/secrets/db")
        )
    );
    let cut = reject(
        json!({"time": "2026-08-01T10:00:00Z", "category": "kube-audit", "properties": {"log": "{\"kind\":"}}),
    );
    assert!(cut.starts_with("properties.log: not JSON"), "{cut}");
}

#[test]
fn kubernetes_secrets_are_redacted() {
    let record = kubernetes(
        json!({"verb": "create", "requestObject": {"kind": "Secret", "metadata": {"name": "db", "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{\"kind\":\"Secret\",\"data\":{\"dsn\":\"cG9zdGdyZXM6\"}}"}}, "data": {"dsn": "cG9zdGdyZXM6"}, "stringData": {"x": "plain"}}}),
    );
    let raw = kept(&accept(None, record.into()).expect("a good record"));
    let text = raw.to_string();
    assert!(
        !text.contains("cG9zdGdyZXM6") && !text.contains("plain\""),
        "{text}"
    );
    assert_eq!(raw["requestObject"]["metadata"]["name"], "db");
}

fn vault(kind: &str, path: &str, operation: &str, extra: Value) -> Value {
    let mut record = json!({
        "time": "2026-08-01T10:03:00.100200300Z", "type": kind,
        "auth": {"accessor": "hmac-sha256:bb", "display_name": "jwt-repo:octo/api:ref:refs/heads/main", "entity_id": "e-1", "metadata": {"role": "ci"}, "policy_results": {"allowed": true}},
        "request": {"id": "r-1", "operation": operation, "mount_type": "kv", "mount_point": "secret/", "path": path, "remote_address": "20.57.78.11"},
        "response": {"mount_type": "kv"},
    });
    for (key, value) in extra.as_object().expect("an object") {
        record[key] = value.clone();
    }
    record
}

#[test]
fn vault_answers_are_the_fact() {
    let read = event(vault("response", "secret/data/shop/db", "read", json!({})));
    assert_eq!(
        (
            read.kind,
            read.outcome,
            read.target.as_deref(),
            read.principal.as_deref(),
            read.role.as_deref()
        ),
        (
            EventKind::SecretAccess,
            Outcome::Success,
            Some("secret/shop/db"),
            Some("e-1"),
            Some("ci")
        )
    );
    assert_eq!(
        read.subject.as_deref(),
        Some("repo:octo/api:ref:refs/heads/main")
    );
    assert_eq!(read.joins.session.as_deref(), Some("hmac-sha256:bb"));
    let asked = event(vault("request", "secret/data/shop/db", "read", json!({})));
    assert_eq!(
        (asked.kind, asked.outcome),
        (EventKind::Other, Outcome::Unknown)
    );
    assert_ne!(asked.vendor_id, read.vendor_id);
    for (path, operation, error, kind) in [
        (
            "secret/data/shop/db",
            "read",
            "1 error occurred:\n\t* permission denied\n\n",
            EventKind::AuthorizationFailure,
        ),
        (
            "auth/jwt/login",
            "update",
            "error validating token",
            EventKind::AuthenticationFailure,
        ),
        (
            "auth/approle/login",
            "update",
            "",
            EventKind::CredentialAssumption,
        ),
        ("aws/creds/deploy", "read", "", EventKind::SecretAccess),
        (
            "secret/data/shop/db",
            "create",
            "",
            EventKind::CredentialChange,
        ),
        ("secret/metadata/shop", "list", "", EventKind::Other),
        (
            "sys/policies/acl/ci",
            "update",
            "",
            EventKind::PermissionChange,
        ),
        ("sys/auth/jwt2", "update", "", EventKind::TrustChange),
        ("auth/jwt/role/ci", "update", "", EventKind::TrustChange),
        ("sys/health", "read", "", EventKind::Other),
    ] {
        let mount = if path.starts_with("secret/") {
            json!("kv")
        } else {
            json!("jwt")
        };
        let mut record = vault("response", path, operation, json!({"error": error}));
        record["request"]["mount_type"] = mount;
        record["request"]["mount_point"] = json!(if path.starts_with("secret/") {
            "secret/"
        } else {
            ""
        });
        assert_eq!(event(record).kind, kind, "{operation} {path}");
    }
}

#[test]
fn vault_without_a_request_id_derives_one() {
    let mut record = vault("request", "sys/mounts", "help", json!({}));
    record["request"]
        .as_object_mut()
        .expect("an object")
        .remove("id");
    assert_eq!(event(record).id_kind, IdKind::Derived);
    assert_eq!(
        event(
            json!({"time": "2026-08-01T10:03:00Z", "type": "kmip-response", "request": {"id": "1"}})
        )
        .action,
        "kmip-response"
    );
}

#[test]
fn vault_values_in_clear_are_redacted() {
    let record = vault(
        "response",
        "secret/data/shop/db",
        "read",
        json!({"response": {"mount_type": "kv", "data": {"data": {"dsn": "postgres", "pin": 1234, "kept": "hmac-sha256:00"}, "metadata": {"version": 3}}}}),
    );
    let raw = kept(&accept(None, record.into()).expect("a good record"));
    let data = &raw["response"]["data"];
    assert_eq!(
        data["data"],
        json!({"dsn": "[redacted]", "pin": "[redacted]", "kept": "hmac-sha256:00"})
    );
    assert_eq!(data["metadata"]["version"], 3);
}

#[test]
fn okta_outcomes_and_kinds() {
    let log = |kind: &str, result: &str| {
        event(json!({
            "uuid": "u-1", "published": "2026-08-01T10:00:00.000Z", "eventType": kind, "actor": {"id": "0oa1", "type": "PublicClientApp", "alternateId": "unknown", "displayName": "deployer"},
            "outcome": {"result": result}, "target": [{"id": "t", "type": "access_token", "displayName": "Access Token"}], "client": {"ipAddress": "20.57.78.11"}, "legacyEventType": "x",
        }))
    };
    for (kind, result, expected, outcome) in [
        (
            "app.oauth2.token.grant.access_token",
            "SUCCESS",
            EventKind::CredentialAssumption,
            Outcome::Success,
        ),
        (
            "app.oauth2.token.grant.access_token",
            "FAILURE",
            EventKind::AuthenticationFailure,
            Outcome::Failure,
        ),
        (
            "user.session.start",
            "FAILURE",
            EventKind::AuthenticationFailure,
            Outcome::Failure,
        ),
        (
            "policy.evaluate_sign_on",
            "DENY",
            EventKind::AuthorizationFailure,
            Outcome::Failure,
        ),
        (
            "policy.evaluate_sign_on",
            "CHALLENGE",
            EventKind::Other,
            Outcome::Unknown,
        ),
        (
            "system.api_token.create",
            "SUCCESS",
            EventKind::CredentialChange,
            Outcome::Success,
        ),
        (
            "group.user_membership.add",
            "SUCCESS",
            EventKind::PermissionChange,
            Outcome::Success,
        ),
        (
            "system.idp.lifecycle.create",
            "SUCCESS",
            EventKind::TrustChange,
            Outcome::Success,
        ),
        (
            "policy.rule.update",
            "SUCCESS",
            EventKind::ConfigurationChange,
            Outcome::Success,
        ),
        ("never.seen", "ALLOW", EventKind::Other, Outcome::Success),
    ] {
        let found = log(kind, result);
        assert_eq!(
            (found.kind, found.outcome),
            (expected, outcome),
            "{kind} {result}"
        );
    }
    let found = log("app.oauth2.token.grant.access_token", "SUCCESS");
    assert_eq!(
        (
            found.actor.as_deref(),
            found.principal.as_deref(),
            found.target.as_deref(),
            found.vendor_id.as_str()
        ),
        (Some("deployer"), Some("0oa1"), Some("Access Token"), "u-1")
    );
}

#[test]
fn azure_devops_reads_both_spellings() {
    let stream = json!({
        "Id": "2517;0;839a", "Timestamp": "2026-08-01T10:00:00.7367453Z", "ActorUserId": "00000000-0000-0000-0000-000000000000", "ActorClientId": "fe950802-bf07-755b-826d-e8dcc066252c", "ActorDisplayName": "deployer",
        "AuthenticationMechanism": "PAT Unscoped authorizationId: 11111111-2222-3333-4444-555555555555", "ActionId": "Library.ServiceConnectionExecuted", "ProjectName": "Fabrikam", "IpAddress": "1.2.3.4",
        "Data": {"ConnectionName": "prod-azure", "PipelineName": "deploy", "RunId": 7}, "Category": "Execute", "ScopeDisplayName": "Fabrikam (Organization)",
    });
    let found = event(stream.clone());
    assert_eq!(
        (
            found.kind,
            found.target.as_deref(),
            found.run_id.as_deref(),
            found.principal.as_deref()
        ),
        (
            EventKind::CredentialAssumption,
            Some("prod-azure"),
            Some("7"),
            Some("fe950802-bf07-755b-826d-e8dcc066252c")
        )
    );
    assert_eq!(
        found.joins.token_id.as_deref(),
        Some("11111111-2222-3333-4444-555555555555")
    );
    let camel: serde_json::Map<String, Value> = stream
        .as_object()
        .expect("an object")
        .iter()
        .map(|(key, value)| (key[..1].to_ascii_lowercase() + &key[1..], value.clone()))
        .collect();
    assert_eq!(event(Value::Object(camel)), found);
}
