//! What somebody changed by hand, on four platforms: found, and laid at the door of the identity it was done to.

use contract::access::Role;
use contract::findings::{Confidence, FindingFilter, FindingRow};
use contract::identities::IdentityRequest;
use contract::ids::{IdentityId, PersonId, TeamId};
use contract::people::TeamRef;
use serde_json::{Value, json};
use service::{Services, detect, findings};
use store::people::NewPerson;
use uuid::Uuid;

use super::{deliver, shell, start};

const OWNER: PersonId = PersonId(Uuid::from_u128(2));
const TEAM: TeamId = TeamId(Uuid::from_u128(11));
const PRINCIPAL: &str = "5f0c7a1e-93d4-4b6e-a2c1-7e80b1d94f26";

/// A team and its owner.
async fn people(services: &Services) {
    let now = services.clock.now();
    let mut tx = services.db.begin().await.unwrap();
    let person = NewPerson {
        id: OWNER,
        name: "Jonas Hale".into(),
        email: "jonas.hale@acme.example".into(),
        roles: vec![Role::Owner],
        active: true,
        time_zone: "UTC".into(),
        demo_story: None,
    };
    store::people::insert(&mut tx, &person, now).await.unwrap();
    let team = TeamRef {
        id: TEAM,
        slug: "payments".into(),
        name: "Payments".into(),
    };
    store::teams::insert(&mut tx, &team, Some(OWNER), &[OWNER], now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Asks for an identity of one name in the outside world, under a ticket; today, by the clock.
async fn registered(services: &Services, name: &str, selector: &str) -> IdentityId {
    let form = IdentityRequest {
        name: name.into(),
        purpose: "Moves the shop's data about".into(),
        ticket: "PAY-1182".into(),
        justification: "It is done by hand today, which takes an hour each".into(),
        team: TEAM.to_string(),
        owner: OWNER.to_string(),
        environments: vec!["production".into()],
        permissions: "aws ecs:UpdateService * production".into(),
        selectors: selector.into(),
        ..IdentityRequest::default()
    };
    service::identities::request(&shell(services), &form)
        .await
        .unwrap()
}

fn aws(at: &str, ticket: Option<&str>) -> Value {
    let mut record = json!({
        "eventVersion": "1.11", "eventTime": at, "eventSource": "iam.amazonaws.com", "eventName": "UpdateAssumeRolePolicy",
        "eventID": format!("aws-{at}"), "awsRegion": "us-east-1", "recipientAccountId": "471982203366", "readOnly": false,
        "userIdentity": {"type": "AssumedRole", "accountId": "471982203366",
            "arn": "arn:aws:sts::471982203366:assumed-role/Admin/kofi@acme.example",
            "sessionContext": {"sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::471982203366:role/Admin", "userName": "Admin"}}},
        "requestParameters": {"roleName": "deploy", "policyDocument": "{}"},
    });
    if let Some(ticket) = ticket {
        record["userIdentity"]["sessionContext"]["sourceIdentity"] = json!(ticket);
    }
    record
}

fn entra(at: &str) -> Value {
    json!({
        "time": at, "category": "AuditLogs", "operationName": "Add service principal credentials",
        "resourceId": "/tenants/t/providers/Microsoft.aadiam",
        "properties": {"id": "Directory_1", "result": "success", "activityDateTime": at,
            "activityDisplayName": "Add service principal credentials",
            "initiatedBy": {"user": {"id": "u-1", "userPrincipalName": "kofi@acme.example"}},
            "targetResources": [{"id": PRINCIPAL, "displayName": "crm-bridge", "type": "ServicePrincipal"}]},
    })
}

fn google(at: &str) -> Value {
    json!({
        "insertId": "g-1", "logName": "projects/acme/logs/cloudaudit.googleapis.com%2Factivity", "timestamp": at,
        "resource": {"type": "service_account", "labels": {"project_id": "acme"}},
        "protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "serviceName": "iam.googleapis.com",
            "methodName": "google.iam.admin.v1.SetIAMPolicy",
            "resourceName": "projects/acme/serviceAccounts/loader@acme.iam.gserviceaccount.com",
            "authenticationInfo": {"principalEmail": "kofi@acme.example"}},
    })
}

fn kubernetes(at: &str) -> Value {
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse", "auditID": "k-1", "stage": "ResponseComplete",
        "verb": "create", "user": {"username": "kofi@acme.example"}, "responseStatus": {"code": 201}, "requestReceivedTimestamp": at,
        "objectRef": {"resource": "rolebindings", "namespace": "shop", "name": "api-admin", "apiGroup": "rbac.authorization.k8s.io"},
        "requestObject": {"subjects": [{"kind": "ServiceAccount", "name": "api"}]},
    })
}

async fn found(services: &Services) -> Vec<FindingRow> {
    let filter = FindingFilter {
        rule: vec!["unticketed_change".into()],
        ..FindingFilter::default()
    };
    let list = findings::list(&shell(services), &filter, None)
        .await
        .unwrap();
    list.page.rows
}

#[tokio::test]
async fn what_is_changed_by_hand_on_any_platform_is_found_as_its_identitys() {
    let Some((services, op)) = start().await else {
        return;
    };
    people(&services).await;
    let mut expected = Vec::new();
    for (name, selector, kind) in [
        (
            "shop · deploy",
            "aws_role arn:aws:iam::471982203366:role/ci/deploy".to_owned(),
            "trust",
        ),
        (
            "crm-bridge",
            format!("azure_service_principal {PRINCIPAL}"),
            "key",
        ),
        (
            "loader",
            "gcp_service_account loader@acme.iam.gserviceaccount.com".to_owned(),
            "trust",
        ),
        (
            "shop · api",
            "kubernetes_service_account system:serviceaccount:shop:api".to_owned(),
            "permission",
        ),
    ] {
        let id = registered(&services, name, &selector).await;
        expected.push((id, name.to_owned(), format!("the {kind} of {name} between")));
    }
    let lines = [
        aws("2026-10-10T10:00:00Z", None),
        entra("2026-10-10T11:00:00Z"),
        google("2026-10-10T12:00:00Z"),
        kubernetes("2026-10-10T13:00:00Z"),
        // Under the identity's own ticket, and on the day it was asked for.
        aws("2026-10-12T10:00:00Z", Some("PAY-1182")),
        aws("2026-11-20T12:00:00Z", None),
    ];
    deliver(
        &services,
        &op,
        lines.map(|line| format!("{line}\n")).concat(),
    )
    .await;
    let judged = detect::catch_up(&shell(&services)).await.unwrap();
    assert_eq!(judged.places, 6);
    let rows = found(&services).await;
    assert_eq!(rows.len(), 4, "{rows:?}");
    for (id, name, says) in expected {
        let whose = Some((id, name));
        let one = rows.iter().find(|row| row.identity == whose);
        let one = one.unwrap_or_else(|| panic!("{whose:?} in {rows:?}"));
        assert!(
            one.detail.contains("carries no ticket") && one.detail.contains(&says),
            "{}",
            one.detail
        );
        assert_eq!(one.confidence, Confidence::Likely);
    }

    deliver(
        &services,
        &op,
        format!("{}\n", aws("2026-10-14T10:00:00Z", Some("OPS-1234"))),
    )
    .await;
    detect::catch_up(&shell(&services)).await.unwrap();
    let rows = found(&services).await;
    let unknown: Vec<&FindingRow> = rows
        .iter()
        .filter(|row| row.confidence == Confidence::Possible)
        .collect();
    assert_eq!((rows.len(), unknown.len()), (5, 1), "{rows:?}");
    let says = "names OPS-1234, which nothing in Rollcall mentions";
    assert!(unknown[0].detail.contains(says), "{}", unknown[0].detail);
}
