//! AWS CloudTrail.

#![expect(
    clippy::needless_pass_by_value,
    reason = "records are written in place"
)]

use super::*;

const PROVIDER: &str =
    "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";

fn call(source: &str, name: &str, extra: Value) -> Value {
    let mut record = json!({
        "eventVersion": "1.11", "eventTime": "2026-08-01T10:00:00Z", "eventSource": format!("{source}.amazonaws.com"),
        "eventName": name, "awsRegion": "eu-west-1", "sourceIPAddress": "20.57.78.11", "userAgent": "Boto3/1.26",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ci/deployer", "accountId": "111122223333",
                         "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": "deployer"},
        "eventID": "00a1b2c3-0001-4000-8000-000000000001", "eventType": "AwsApiCall", "recipientAccountId": "111122223333",
    });
    for (key, value) in extra.as_object().expect("an object") {
        record[key] = value.clone();
    }
    record
}

fn federated(subject: &str, extra: Value) -> Value {
    let mut record = call("sts", "AssumeRoleWithWebIdentity", extra);
    record["userIdentity"] = json!({
        "type": "WebIdentityUser", "principalId": format!("{PROVIDER}:sts.amazonaws.com:{subject}"),
        "userName": subject, "identityProvider": PROVIDER,
    });
    record["requestParameters"] = json!({"roleArn": "arn:aws:iam::111122223333:role/deploy", "roleSessionName": "GitHubActions"});
    record["readOnly"] = json!(true);
    record
}

#[test]
fn a_federated_assumption_is_read_whole() {
    let found = event(federated(
        "repo:octo-org@10101/payments-api@20202:environment:production",
        json!({"responseElements": {"credentials": {"accessKeyId": "ASIA00A1", "sessionToken": "IQoJ"}}}),
    ));
    let printed = serde_json::to_value(&found).expect("serialises");
    assert_eq!(
        printed,
        json!({
            "kind": "credential_assumption", "outcome": "success", "action": "AssumeRoleWithWebIdentity",
            "occurred_at": "2026-08-01T10:00:00Z", "format": "aws_cloudtrail", "vendor_id": "00a1b2c3-0001-4000-8000-000000000001",
            "id_kind": "vendor", "actor": "repo:octo-org@10101/payments-api@20202:environment:production",
            "issuer": "https://token.actions.githubusercontent.com",
            "subject": "repo:octo-org@10101/payments-api@20202:environment:production",
            "principal": format!("{PROVIDER}:sts.amazonaws.com:repo:octo-org@10101/payments-api@20202:environment:production"),
            "role": "arn:aws:iam::111122223333:role/deploy", "repository": "octo-org/payments-api",
            "environment": "production", "target": "arn:aws:iam::111122223333:role/deploy", "source_ip": "20.57.78.11",
        })
    );
    assert_eq!(found.joins.minted_key.as_deref(), Some("ASIA00A1"));
    assert_eq!(
        found.discovery().map(|guess| guess.name).as_deref(),
        Some("octo-org/payments-api")
    );
}

#[test]
fn subject_and_issuer_are_found_in_the_principal_alone() {
    let mut record = federated("repo:o/r:ref:refs/heads/main", json!({}));
    record["userIdentity"] = json!({"type": "WebIdentityUser", "principalId": format!("{PROVIDER}:sts.amazonaws.com:repo:o/r:ref:refs/heads/main")});
    let found = event(record);
    assert_eq!(
        found.subject.as_deref(),
        Some("repo:o/r:ref:refs/heads/main")
    );
    assert_eq!(
        found.issuer.as_deref(),
        Some("https://token.actions.githubusercontent.com")
    );
    assert_eq!(found.git_ref.as_deref(), Some("refs/heads/main"));
}

#[test]
fn a_refused_token_is_an_authentication_failure_and_discovers_nobody() {
    let found = event(federated(
        "repo:evil/fork:pull_request",
        json!({"errorCode": "AccessDenied", "errorMessage": "An unknown error occurred"}),
    ));
    assert_eq!(
        (found.kind, found.outcome),
        (EventKind::AuthenticationFailure, Outcome::Failure)
    );
    assert_eq!(
        found.role.as_deref(),
        Some("arn:aws:iam::111122223333:role/deploy")
    );
    assert_eq!(found.discovery(), None);
}

#[test]
fn failures_are_told_apart() {
    let failed = |source: &str, name: &str, code: &str| {
        event(call(source, name, json!({"errorCode": code})))
    };
    assert_eq!(
        failed("s3", "PutObject", "AccessDenied").kind,
        EventKind::AuthorizationFailure
    );
    assert_eq!(
        failed("ec2", "RunInstances", "Client.UnauthorizedOperation").kind,
        EventKind::AuthorizationFailure
    );
    assert_eq!(
        failed("sts", "AssumeRole", "AccessDenied").kind,
        EventKind::AuthorizationFailure
    );
    assert_eq!(
        failed("s3", "ListBuckets", "InvalidClientTokenId").kind,
        EventKind::AuthenticationFailure
    );
    let throttled = failed("iam", "CreateAccessKey", "ThrottlingException");
    assert_eq!(
        (throttled.kind, throttled.outcome),
        (EventKind::CredentialChange, Outcome::Failure)
    );
    assert_eq!(
        event(call("s3", "ListBuckets", json!({"errorCode": ""}))).outcome,
        Outcome::Success
    );
    let login = event(call(
        "signin",
        "ConsoleLogin",
        json!({"responseElements": {"ConsoleLogin": "Failure"}, "errorMessage": "Failed authentication", "eventType": "AwsConsoleSignIn"}),
    ));
    assert_eq!(
        (login.kind, login.outcome),
        (EventKind::AuthenticationFailure, Outcome::Failure)
    );
}

#[test]
fn a_denied_role_is_named_by_the_message() {
    let found = event(call(
        "sts",
        "AssumeRole",
        json!({"errorCode": "AccessDenied", "requestParameters": null,
        "errorMessage": "User: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::1:role/admin"}),
    ));
    assert_eq!(found.role.as_deref(), Some("arn:aws:iam::1:role/admin"));
}

#[test]
fn secrets_are_named() {
    for (source, name, request, target) in [
        (
            "secretsmanager",
            "GetSecretValue",
            json!({"secretId": "prod/db"}),
            "prod/db",
        ),
        (
            "secretsmanager",
            "BatchGetSecretValue",
            json!({"secretIdList": ["a", "b"]}),
            "a, b",
        ),
        (
            "secretsmanager",
            "BatchGetSecretValue",
            json!({"filters": [{"key": "tag-key", "values": ["x"]}]}),
            "filter: x",
        ),
        (
            "ssm",
            "GetParameters",
            json!({"names": ["/a", "/b"], "withDecryption": true}),
            "/a, /b",
        ),
        (
            "ssm",
            "GetParameter",
            json!({"name": "/a", "withDecryption": true}),
            "/a",
        ),
        (
            "kms",
            "Decrypt",
            json!({"encryptionContext": {"SecretARN": "arn:aws:secretsmanager:x"}}),
            "arn:aws:secretsmanager:x",
        ),
    ] {
        let found = event(call(
            source,
            name,
            json!({"requestParameters": request, "readOnly": true}),
        ));
        assert_eq!(
            (found.kind, found.target.as_deref()),
            (EventKind::SecretAccess, Some(target)),
            "{name}"
        );
    }
    assert_eq!(
        event(call(
            "ssm",
            "GetParameter",
            json!({"requestParameters": {"name": "/a"}})
        ))
        .kind,
        EventKind::Other
    );
}

#[test]
fn deployments_and_changes_name_their_object() {
    for (source, name, request, kind, target) in [
        (
            "ecs",
            "UpdateService",
            json!({"service": "ledger", "cluster": "prod"}),
            EventKind::Deployment,
            "ledger",
        ),
        (
            "lambda",
            "UpdateFunctionCode20150331v2",
            json!({"functionName": "pay"}),
            EventKind::Deployment,
            "pay",
        ),
        (
            "iam",
            "CreateAccessKey",
            json!({"userName": "bot"}),
            EventKind::CredentialChange,
            "bot",
        ),
        (
            "iam",
            "UpdateAssumeRolePolicy",
            json!({"roleName": "deploy", "policyDocument": "{}"}),
            EventKind::TrustChange,
            "deploy",
        ),
        (
            "iam",
            "AttachRolePolicy",
            json!({"roleName": "deploy", "policyArn": "arn:p"}),
            EventKind::PermissionChange,
            "deploy",
        ),
        (
            "ssm",
            "PutParameter",
            json!({"name": "/a", "type": "SecureString"}),
            EventKind::CredentialChange,
            "/a",
        ),
    ] {
        let found = event(call(source, name, json!({"requestParameters": request})));
        assert_eq!(
            (found.kind, found.target.as_deref()),
            (kind, Some(target)),
            "{name}"
        );
    }
}

#[test]
fn role_sessions_lead_to_their_role() {
    let session = |role: &str, name: &str, agent: &str| {
        let mut record = call("s3", "ListBuckets", json!({"userAgent": agent}));
        record["userIdentity"] = json!({"type": "AssumedRole", "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/{name}"),
            "accessKeyId": "ASIA00A1", "sessionContext": {"sessionIssuer": {"arn": format!("arn:aws:iam::111122223333:role/ci/{role}")}}});
        event(record)
    };
    let found = session("deploy", "GitHubActions", "aws-cli/2");
    assert_eq!(
        found.role.as_deref(),
        Some("arn:aws:iam::111122223333:role/ci/deploy")
    );
    assert_eq!(found.actor.as_deref(), Some("GitHubActions"));
    assert_eq!(
        found.selectors(),
        [(
            SelectorKind::AwsRole,
            String::new(),
            "arn:aws:iam::111122223333:role/ci/deploy".into()
        )]
    );
    assert_eq!(
        found.discovery().map(|guess| (guess.kind, guess.name)),
        Some((IdentityKind::ServiceAccount, "111122223333/deploy".into()))
    );
    assert_eq!(
        session("node", "i-0abc", "aws-sdk-go")
            .discovery()
            .map(|guess| guess.kind),
        Some(IdentityKind::Workload)
    );
    for (role, name, agent) in [
        ("AWSReservedSSO_Admin_1", "x", "aws-cli/2"),
        ("admin", "ines@acme.example", "aws-cli/2"),
        ("admin", "ines", "Mozilla/5.0"),
        ("AWSServiceRoleForECS", "ecs", "aws-sdk"),
    ] {
        assert_eq!(
            session(role, name, agent).discovery(),
            None,
            "{role} {name}"
        );
    }
}

#[test]
fn a_chained_assumption_is_by_the_session_and_for_the_role() {
    let mut record = call(
        "sts",
        "AssumeRole",
        json!({"requestParameters": {"roleArn": "arn:aws:iam::9:role/target"}}),
    );
    record["userIdentity"] = json!({"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/deploy/GitHubActions"});
    let found = event(record);
    assert_eq!(found.role.as_deref(), Some("arn:aws:iam::9:role/target"));
    assert_eq!(
        found.selectors(),
        [(
            SelectorKind::AwsRole,
            String::new(),
            "arn:aws:iam::111122223333:role/deploy".into()
        )]
    );
}

#[test]
fn users_and_keys_are_offered_and_long_lived_ones_discovered() {
    let found = event(call("s3", "ListBuckets", json!({})));
    assert_eq!(
        found.selectors(),
        [
            (
                SelectorKind::AwsAccessKey,
                String::new(),
                "AKIAIOSFODNN7EXAMPLE".into()
            ),
            (
                SelectorKind::AwsUser,
                String::new(),
                "arn:aws:iam::111122223333:user/ci/deployer".into()
            ),
        ]
    );
    assert_eq!(
        found.discovery().map(|guess| guess.name).as_deref(),
        Some("111122223333/deployer")
    );
    let service = event(call(
        "sts",
        "AssumeRole",
        json!({"userIdentity": {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}}),
    ));
    assert_eq!(
        (
            service.actor.as_deref(),
            service.discovery(),
            service.selectors()
        ),
        (Some("ec2.amazonaws.com"), None, vec![])
    );
    let root = event(call(
        "iam",
        "ListUsers",
        json!({"userIdentity": {"type": "Root", "arn": "arn:aws:iam::1:root"}}),
    ));
    assert_eq!(
        (root.actor.as_deref(), root.discovery()),
        (Some("root"), None)
    );
}

#[test]
fn wrapped_and_folded_records_are_read() {
    let plain = event(call("s3", "ListBuckets", json!({})));
    let wrapped = event(
        json!({"detail-type": "AWS API Call via CloudTrail", "source": "aws.s3", "detail": call("s3", "ListBuckets", json!({}))}),
    );
    assert_eq!(plain, wrapped);
    let folded: Value = call("s3", "ListBuckets", json!({}))
        .as_object()
        .expect("an object")
        .iter()
        .map(|(key, value)| (key.to_lowercase(), value.clone()))
        .collect();
    assert_eq!(plain, event(folded));
}

#[test]
fn what_is_no_event_says_so() {
    assert!(
        reject(json!({"awsAccountId": "1", "digestS3Object": "x", "logFiles": []}))
            .contains("digest file")
    );
    assert_eq!(
        reject(
            json!({"eventVersion": "1.08", "eventID": "1", "eventTime": "2026-01-01T00:00:00Z"})
        ),
        "eventName: missing"
    );
    assert_eq!(
        reject(json!({"eventSource": "s3.amazonaws.com", "eventName": "x"})),
        "eventTime: missing"
    );
}
