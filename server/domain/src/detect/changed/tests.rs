//! Records as vendors write them, read by their normaliser, and the names they offer for what was changed.

#![expect(
    clippy::needless_pass_by_value,
    reason = "records are written in place"
)]

use contract::identities::SelectorKind as K;
use serde_json::{Value, json};

use super::*;
use crate::event::normalize::accept;

fn offered(record: Value) -> Vec<Name> {
    let event = accept(None, record.into()).expect("a good record").event;
    assert!(event.is_change(), "{event:?}");
    changed(&event)
}

fn names(all: &[(K, &str)]) -> Vec<Name> {
    all.iter()
        .map(|(kind, name)| (*kind, (*name).to_owned()))
        .collect()
}

fn cloudtrail(name: &str, source: &str, request: Value) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": "2026-08-01T10:00:00Z", "eventSource": format!("{source}.amazonaws.com"), "eventName": name,
        "eventID": "e-1", "awsRegion": "us-east-1", "recipientAccountId": "471982203366", "readOnly": false,
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::471982203366:user/kofi", "accountId": "471982203366", "userName": "kofi"},
        "requestParameters": request,
    })
}

#[test]
fn aws_names_roles_and_users_by_their_addresses_without_a_path() {
    let role = (K::AwsRole, "arn:aws:iam::471982203366:role/deploy");
    for (record, expected) in [
        (
            cloudtrail(
                "UpdateAssumeRolePolicy",
                "iam",
                json!({"roleName": "deploy", "policyDocument": "{}"}),
            ),
            names(&[role]),
        ),
        (
            cloudtrail(
                "PutRolePolicy",
                "iam",
                json!({"roleName": "deploy", "policyName": "x"}),
            ),
            names(&[role]),
        ),
        (
            cloudtrail("CreateAccessKey", "iam", json!({"userName": "ci"})),
            names(&[(K::AwsUser, "arn:aws:iam::471982203366:user/ci")]),
        ),
        (
            cloudtrail(
                "UpdateAccessKey",
                "iam",
                json!({"userName": "ci", "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "status": "Inactive"}),
            ),
            names(&[
                (K::AwsAccessKey, "AKIAIOSFODNN7EXAMPLE"),
                (K::AwsUser, "arn:aws:iam::471982203366:user/ci"),
            ]),
        ),
        // A group, and a secret that is called like a role.
        (
            cloudtrail(
                "AttachGroupPolicy",
                "iam",
                json!({"groupName": "deploy", "policyArn": "arn:aws:iam::aws:policy/x"}),
            ),
            Vec::new(),
        ),
        (
            cloudtrail(
                "PutSecretValue",
                "secretsmanager",
                json!({"secretId": "deploy"}),
            ),
            Vec::new(),
        ),
    ] {
        assert_eq!(offered(record.clone()), expected, "{record}");
    }
    assert_eq!(
        without_path("arn:aws:iam::471982203366:role/ci/eu/deploy"),
        "arn:aws:iam::471982203366:role/deploy"
    );
}

const OBJECT: &str = "5f0c7a1e-93d4-4b6e-a2c1-7e80b1d94f26";
const APPLICATION: &str = "0b1d5c52-8a4e-4d10-9f2b-3c6a7e914d77";
const GRAPH: &str = "8fca0a66-c008-4564-a876-ab3ae0fd5cff";

fn entra(name: &str, targets: Value, details: Value) -> Value {
    json!({
        "time": "2026-08-01T10:00:00Z", "category": "AuditLogs", "operationName": name, "resourceId": "/tenants/t/providers/Microsoft.aadiam",
        "properties": {"id": "Directory_1", "result": "success", "activityDateTime": "2026-08-01T10:00:00Z", "activityDisplayName": name,
            "initiatedBy": {"user": {"id": "u-1", "userPrincipalName": "kofi@acme.example"}},
            "targetResources": targets, "additionalDetails": details},
    })
}

fn directory(id: &str) -> Vec<Name> {
    names(&[
        (K::AzureServicePrincipal, id),
        (K::AzureFederatedCredential, id),
    ])
}

#[test]
fn entra_names_applications_by_their_ids_and_not_what_they_are_called() {
    let key = entra(
        "Update application – Certificates and secrets management ",
        json!([{"id": OBJECT, "displayName": "deployer", "type": "Application", "modifiedProperties": [{"displayName": "KeyDescription"}]}]),
        json!([{"key": "User-Agent", "value": "Mozilla/5.0"}, {"key": "AppId", "value": APPLICATION}]),
    );
    assert_eq!(
        offered(key),
        [directory(OBJECT), directory(APPLICATION)].concat()
    );
    // What is granted comes first in the entry, who got it second.
    let grant = entra(
        "Add app role assignment to service principal",
        json!([
            {"id": GRAPH, "displayName": "Microsoft Graph", "type": "ServicePrincipal", "modifiedProperties": [
                {"displayName": "AppRole.Value", "newValue": "\"Directory.ReadWrite.All\""},
                {"displayName": "ServicePrincipal.ObjectID", "newValue": format!("\"{OBJECT}\"")},
                {"displayName": "ServicePrincipal.AppId", "newValue": format!("\"{APPLICATION}\"")},
            ]},
            {"id": OBJECT, "displayName": "deployer", "type": "ServicePrincipal"},
        ]),
        json!([]),
    );
    assert_eq!(
        offered(grant),
        [directory(OBJECT), directory(APPLICATION), directory(GRAPH)].concat()
    );
    let person = entra(
        "Add member to role",
        json!([{"id": OBJECT, "userPrincipalName": "mona@acme.example", "type": "User"}, {"id": GRAPH, "type": "Role"}]),
        json!([]),
    );
    assert_eq!(offered(person), []);
}

#[test]
fn azure_names_who_was_given_a_role() {
    let body = json!({"Properties": {"PrincipalId": OBJECT, "PrincipalType": "ServicePrincipal", "Scope": "/subscriptions/s"}});
    let found = offered(json!({
        "time": "2026-08-01T10:00:00Z", "operationName": "Microsoft.Authorization/roleAssignments/write", "category": "Administrative",
        "resultType": "Success", "resourceId": "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/1", "caller": "kofi@acme.example",
        "properties": {"requestbody": body.to_string()},
    }));
    assert_eq!(found, directory(OBJECT));
}

fn google(service: &str, method: &str, resource: &str, extra: Value, labels: Value) -> Value {
    let mut payload = json!({
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog", "serviceName": service, "methodName": method, "resourceName": resource,
        "authenticationInfo": {"principalEmail": "kofi@acme.example"},
    });
    for (key, value) in extra.as_object().expect("an object") {
        payload[key] = value.clone();
    }
    json!({"insertId": "i", "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity", "timestamp": "2026-08-01T10:04:00Z",
        "resource": {"type": "service_account", "labels": labels}, "protoPayload": payload})
}

const LOADER: &str = "loader@acme.iam.gserviceaccount.com";

#[test]
fn google_names_accounts_by_their_addresses() {
    let trust = google(
        "iam.googleapis.com",
        "google.iam.admin.v1.SetIAMPolicy",
        &format!("projects/acme/serviceAccounts/{LOADER}"),
        json!({"serviceData": {"policyDelta": {"bindingDeltas": [
            {"action": "ADD", "role": "roles/iam.workloadIdentityUser", "member": "serviceAccount:other@acme.iam.gserviceaccount.com"}]}}}),
        json!({}),
    );
    assert_eq!(offered(trust), names(&[(K::GcpServiceAccount, LOADER)]));
    let by_number = google(
        "iam.googleapis.com",
        "google.iam.admin.v1.CreateServiceAccountKey",
        "projects/-/serviceAccounts/104233518000000000001",
        json!({}),
        json!({"email_id": LOADER, "unique_id": "104233518000000000001"}),
    );
    assert_eq!(
        offered(by_number)[0],
        (K::GcpServiceAccount, LOADER.to_owned())
    );
    let key = google(
        "iam.googleapis.com",
        "google.iam.admin.v1.DeleteServiceAccountKey",
        &format!("projects/acme/serviceAccounts/{LOADER}/keys/9c1"),
        json!({}),
        json!({}),
    );
    assert_eq!(offered(key), names(&[(K::GcpServiceAccount, LOADER)]));
    let project = google(
        "cloudresourcemanager.googleapis.com",
        "SetIamPolicy",
        "projects/acme",
        json!({"serviceData": {"policyDelta": {"bindingDeltas": [
            {"action": "ADD", "role": "roles/owner", "member": "user:mona@acme.example"},
            {"action": "ADD", "role": "roles/owner", "member": format!("serviceAccount:{LOADER}")},
            {"action": "ADD", "role": "roles/owner", "member": "serviceAccount:acme.svc.id.goog[shop/api]"},
        ]}}}),
        json!({}),
    );
    assert_eq!(
        offered(project),
        names(&[
            (K::GcpServiceAccount, LOADER),
            (
                K::KubernetesServiceAccount,
                "system:serviceaccount:shop:api"
            ),
        ])
    );
    let cluster = google(
        "k8s.io",
        "io.k8s.authorization.rbac.v1.rolebindings.create",
        "rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/api-admin",
        json!({"request": {"subjects": [{"kind": "ServiceAccount", "name": "api"}]}}),
        json!({}),
    );
    assert_eq!(
        offered(cluster),
        names(&[(
            K::KubernetesServiceAccount,
            "system:serviceaccount:shop:api"
        )])
    );
}

fn kubernetes(verb: &str, object: Value, request: Value) -> Value {
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse", "auditID": "a-1", "stage": "ResponseComplete", "verb": verb,
        "user": {"username": "kofi@acme.example"}, "objectRef": object, "requestObject": request, "responseStatus": {"code": 200},
        "requestReceivedTimestamp": "2026-08-01T10:05:00.000000Z",
    })
}

#[test]
fn kubernetes_names_accounts_and_whom_a_binding_binds() {
    let account = names(&[(
        K::KubernetesServiceAccount,
        "system:serviceaccount:shop:api",
    )]);
    for (object, request) in [
        (
            json!({"resource": "serviceaccounts", "namespace": "shop", "name": "api", "apiVersion": "v1"}),
            json!({"metadata": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::471982203366:role/x"}}}),
        ),
        (
            json!({"resource": "rolebindings", "namespace": "shop", "name": "api-admin", "apiGroup": "rbac.authorization.k8s.io"}),
            json!({"subjects": [{"kind": "ServiceAccount", "name": "api"}, {"kind": "Group", "name": "ops"}]}),
        ),
        (
            json!({"resource": "clusterrolebindings", "name": "api-admin", "apiGroup": "rbac.authorization.k8s.io"}),
            json!({"subjects": [{"kind": "ServiceAccount", "name": "api", "namespace": "shop"}, {"kind": "User", "name": "system:serviceaccount:shop:api"}]}),
        ),
        (
            json!({"resource": "secrets", "namespace": "shop", "name": "api-token", "apiVersion": "v1"}),
            json!({"type": "kubernetes.io/service-account-token", "metadata": {"annotations": {"kubernetes.io/service-account.name": "api"}}}),
        ),
    ] {
        let record = kubernetes("create", object, request);
        assert_eq!(offered(record.clone()), account, "{record}");
    }
    let plain = kubernetes(
        "update",
        json!({"resource": "secrets", "namespace": "shop", "name": "db"}),
        json!({}),
    );
    assert_eq!(offered(plain), []);
}

fn github(action: &str, extra: Value) -> Value {
    let mut entry = json!({"_document_id": "d-1", "@timestamp": 1_785_578_400_000_i64, "action": action, "actor": "mona", "org": "Acme"});
    for (key, value) in extra.as_object().expect("an object") {
        entry[key] = value.clone();
    }
    entry
}

#[test]
fn github_names_the_pipelines_of_an_environment_and_of_a_repository() {
    let whole = [
        (K::Repository, "Acme/shop"),
        (K::OidcSubject, "repo:Acme/shop"),
    ];
    let production = [(K::OidcSubject, "repo:Acme/shop:environment:production")];
    for (action, extra, expected) in [
        (
            "environment.create_actions_secret",
            json!({"repo": "Acme/shop", "environment_name": "production", "key": "DB"}),
            [&production[..], &whole].concat(),
        ),
        (
            "public_key.create",
            json!({"repo": "Acme/shop", "title": "deploy", "read_only": "false"}),
            whole.to_vec(),
        ),
        (
            "repo.update_actions_oidc_custom_subject",
            json!({"repo": "Acme/shop"}),
            whole.to_vec(),
        ),
        (
            "repo.set_default_workflow_permissions",
            json!({"repo": "Acme/shop"}),
            whole.to_vec(),
        ),
        (
            "integration_installation.repositories_added",
            json!({"integration": "acme-release"}),
            vec![
                (K::GithubActor, "acme-release"),
                (K::GithubActor, "acme-release[bot]"),
            ],
        ),
        (
            "repo.add_member",
            json!({"repo": "Acme/shop", "user": "kofi"}),
            Vec::new(),
        ),
        (
            "org.update_actions_oidc_custom_subject",
            json!({}),
            Vec::new(),
        ),
    ] {
        assert_eq!(offered(github(action, extra)), names(&expected), "{action}");
    }
}

#[test]
fn vault_names_the_role_a_path_is_or_is_below() {
    let write = |path: &str| {
        offered(json!({
            "time": "2026-08-01T10:00:00Z", "type": "response", "auth": {"display_name": "oidc-kofi", "accessor": "a"},
            "request": {"id": "r-1", "operation": "update", "path": path, "mount_type": "jwt"}, "response": {},
        }))
    };
    assert_eq!(
        write("auth/jwt/role/deploy"),
        names(&[(K::VaultEntity, "auth/jwt/role/deploy")])
    );
    assert_eq!(
        write("auth/approle/role/deploy/secret-id"),
        names(&[
            (K::VaultEntity, "auth/approle/role/deploy/secret-id"),
            (K::VaultEntity, "auth/approle/role/deploy"),
        ])
    );
    assert_eq!(
        write(&format!("identity/entity/id/{OBJECT}"))[1],
        (K::VaultEntity, OBJECT.to_owned())
    );
}

#[test]
fn canonical_events_name_things_as_the_roll_does_and_what_changes_nothing_offers_nothing() {
    let told = |kind: &str| json!({"kind": kind, "action": "x", "occurred_at": "2026-08-01T10:00:00Z", "vendor_id": "1", "target": LOADER});
    let found = offered(told("credential_change"));
    assert!(found.contains(&(K::GcpServiceAccount, LOADER.to_owned())));
    let other = accept(None, told("deployment").into()).expect("a good record");
    assert_eq!(changed(&other.event), []);
}
