//! Vendors' lists as their tools print them. Shapes follow the vendors' own references; every name is made up.

use base64::Engine as _;
use contract::identities::{CredentialType, IdentityKind, SelectorKind, TrustLanguage};

use super::*;

fn credentials(records: &[Record]) -> Vec<&record::Credential> {
    records
        .iter()
        .filter_map(|record| match record {
            Record::Credential(one) => Some(one),
            _ => None,
        })
        .collect()
}

const REPORT: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n\
<root_account>,arn:aws:iam::471982203366:root,2019-01-01T00:00:00+00:00,not_supported,2026-01-01T00:00:00+00:00,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n\
ci-prod,arn:aws:iam::471982203366:user/ci-prod,2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,true,2026-03-01T10:00:00+00:00,2026-11-20T10:00:00+00:00,eu-central-1,s3,true,2026-10-01T10:00:00+00:00,no_information,N/A,N/A,false,N/A,false,N/A\n\
mira,arn:aws:iam::471982203366:user/mira,2020-01-01T00:00:00+00:00,true,2026-11-01T00:00:00+00:00,2026-01-01T00:00:00+00:00,N/A,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n";

#[test]
fn aws_credential_report_as_csv_and_as_the_command_prints_it() {
    let plain = good(REPORT);
    let content = base64::engine::general_purpose::STANDARD.encode(REPORT);
    let wrapped = format!(
        r#"{{"Content":"{content}","ReportFormat":"text/csv","GeneratedTime":"2026-11-21T09:00:00+00:00"}}"#
    );
    assert_eq!(good(&wrapped), plain);
    let one = identity(&plain[0]);
    assert_eq!(one.name, "471982203366/ci-prod");
    assert_eq!(one.selectors[0].kind, SelectorKind::AwsUser);
    let keys = credentials(&plain);
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0].rotated_at, Some(at("2026-03-01T10:00:00Z")));
    assert_eq!(
        (keys[0].last_used_at, keys[1].last_used_at),
        (Some(at("2026-11-20T10:00:00Z")), None)
    );
    let (_, _, notes) = parts(REPORT.as_bytes(), &hint());
    assert_eq!(notes.len(), 2, "{notes:?}");
}

#[test]
fn a_broken_credential_report_names_its_row() {
    let broken = REPORT.replace("2026-03-01T10:00:00+00:00", "yesterday");
    assert!(bad(broken.as_bytes())[0].starts_with("row 3: access_key_1_last_rotated: is no time"));
    let cut = &REPORT[..REPORT.len() - 30];
    assert!(
        bad(cut.as_bytes())[0].starts_with("row 4: has "),
        "{:?}",
        bad(cut.as_bytes())
    );
    assert!(bad(br#"{"Content":"***","ReportFormat":"text/csv"}"#)[0].contains("base64"));
}

#[test]
fn aws_authorization_details_give_roles_trusts_users_and_permissions() {
    let text = r#"{
      "UserDetailList":[{"Path":"/","UserName":"ci","UserId":"AIDA","Arn":"arn:aws:iam::471982203366:user/ci","CreateDate":"2020-01-01T00:00:00+00:00",
        "GroupList":["deployers"],"AttachedManagedPolicies":[],"Tags":[{"Key":"Owner","Value":"team-shop"}],
        "AccessKeys":[{"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","Status":"Active","CreateDate":"2026-01-01T00:00:00+00:00"}]}],
      "GroupDetailList":[{"GroupName":"deployers","GroupPolicyList":[{"PolicyName":"d","PolicyDocument":{"Statement":[{"Effect":"Allow","Action":"ecs:UpdateService","Resource":"*"}]}}],"AttachedManagedPolicies":[]}],
      "RoleDetailList":[
        {"Path":"/","RoleName":"deploy-production","RoleId":"AROA","Arn":"arn:aws:iam::471982203366:role/deploy-production","CreateDate":"2023-05-01T00:00:00+00:00",
         "AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::471982203366:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/shop:*"}}}]},
         "RolePolicyList":[],"AttachedManagedPolicies":[{"PolicyName":"AdministratorAccess","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"},{"PolicyName":"own","PolicyArn":"arn:aws:iam::471982203366:policy/own"}],
         "RoleLastUsed":{"LastUsedDate":"2026-11-19T00:00:00+00:00","Region":"eu-central-1"}},
        {"Path":"/aws-service-role/ecs.amazonaws.com/","RoleName":"AWSServiceRoleForECS","Arn":"arn:aws:iam::471982203366:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS","CreateDate":"2020-01-01T00:00:00+00:00"},
        {"Path":"/","RoleName":"app","Arn":"arn:aws:iam::471982203366:role/app","CreateDate":"2020-01-01T00:00:00+00:00",
         "AssumeRolePolicyDocument":"%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ecs-tasks.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D"}],
      "Policies":[{"PolicyName":"own","Arn":"arn:aws:iam::471982203366:policy/own","DefaultVersionId":"v2","PolicyVersionList":[
        {"VersionId":"v1","IsDefaultVersion":false,"Document":{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}},
        {"VersionId":"v2","IsDefaultVersion":true,"Document":{"Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::invoices/*"}]}}]}]}"#;
    let records = good(text);
    let identities: Vec<_> = records
        .iter()
        .filter(|r| r.kind() == ImportKind::Identities)
        .map(identity)
        .collect();
    let kinds: Vec<_> = identities
        .iter()
        .map(|i| (i.name.as_str(), i.kind.expect("a kind")))
        .collect();
    assert_eq!(
        kinds,
        [
            ("471982203366/deploy-production", IdentityKind::Pipeline),
            ("471982203366/app", IdentityKind::Workload),
            ("471982203366/ci", IdentityKind::ServiceAccount),
        ]
    );
    assert_eq!(
        identities[2].suggested_owner,
        Some(("team-shop".into(), "AWS tag".into()))
    );
    assert_eq!(identities[0].last_used_at, Some(at("2026-11-19T00:00:00Z")));
    let trusts: Vec<_> = records
        .iter()
        .filter_map(|r| {
            if let Record::Trust(t) = r {
                Some(t)
            } else {
                None
            }
        })
        .collect();
    assert_eq!(trusts.len(), 2);
    assert!(trusts[0].language == TrustLanguage::Aws && trusts[1].document.contains("ecs-tasks"));
    let grants: Vec<_> = records
        .iter()
        .filter_map(|r| {
            if let Record::Permission(p) = r {
                Some((p.identity.as_str(), p.action.as_str(), p.privileged))
            } else {
                None
            }
        })
        .collect();
    assert_eq!(
        grants,
        [
            (
                "arn:aws:iam::471982203366:role/deploy-production",
                "AdministratorAccess",
                true
            ),
            (
                "arn:aws:iam::471982203366:role/deploy-production",
                "s3:GetObject",
                false
            ),
            (
                "arn:aws:iam::471982203366:user/ci",
                "ecs:UpdateService",
                true
            ),
        ]
    );
    let keys = credentials(&records);
    assert!(
        keys.iter()
            .any(|k| k.reference.as_deref() == Some("AKIAIOSFODNN7EXAMPLE"))
    );
    assert!(
        keys.iter()
            .any(|k| k.credential_type == CredentialType::OidcFederation)
    );
    let (_, _, notes) = parts(text.as_bytes(), &hint());
    assert!(
        notes[0].contains("a role that an AWS service owns"),
        "{notes:?}"
    );
}

#[test]
fn entra_applications_and_federated_credentials() {
    let records = good(
        r#"[{"appId":"5F0C7A1E-93d4-4b6e-a2c1-7e80b1d94f26","id":"11111111-93d4-4b6e-a2c1-7e80b1d94f26","displayName":"CRM bridge (prod)","signInAudience":"AzureADMyOrg",
            "passwordCredentials":[{"keyId":"22222222-93d4-4b6e-a2c1-7e80b1d94f26","displayName":"rotated by hand","hint":"abc","secretText":null,"startDateTime":"2026-01-01T00:00:00Z","endDateTime":"2027-01-01T00:00:00Z"}],
            "keyCredentials":[],
            "federatedIdentityCredentials":[{"id":"33333333-93d4-4b6e-a2c1-7e80b1d94f26","name":"gh-main","issuer":"https://token.actions.githubusercontent.com","subject":"repo:acme/crm:ref:refs/heads/main","audiences":["api://AzureADTokenExchange"]}]},
           {"appId":"66666666-93d4-4b6e-a2c1-7e80b1d94f26","id":"77777777-93d4-4b6e-a2c1-7e80b1d94f26","displayName":"Microsoft Graph","servicePrincipalType":"Application","appOwnerOrganizationId":"f8cdef31-a31e-4b4a-93e4-5f571e91255a"}]"#,
    );
    let one = identity(&records[0]);
    assert_eq!(
        (one.name.as_str(), one.kind),
        ("CRM bridge prod", Some(IdentityKind::Pipeline))
    );
    assert_eq!(one.selectors.len(), 3);
    let keys = credentials(&records);
    assert_eq!(
        (keys[0].credential_type, keys[1].credential_type),
        (CredentialType::ClientSecret, CredentialType::OidcFederation)
    );
    assert_eq!(records.len(), 4);
    let list = r#"[{"id":"33333333-93d4-4b6e-a2c1-7e80b1d94f26","name":"gh","issuer":"https://token.actions.githubusercontent.com","subject":"repo:acme/crm:environment:prod","audiences":["api://AzureADTokenExchange"],"description":""}]"#;
    assert!(bad(list.as_bytes())[0].contains("which application"));
    let said = Hint {
        subject: Some("CRM bridge prod".into()),
        ..hint()
    };
    let (records, problems, _) = parts(list.as_bytes(), &said);
    assert_eq!(problems, []);
    assert_eq!(records.len(), 2);
}

#[test]
fn google_service_accounts_and_their_keys() {
    let records = good(
        r#"[{"displayName":"Loader","email":"loader@acme-prod.iam.gserviceaccount.com","name":"projects/acme-prod/serviceAccounts/loader@acme-prod.iam.gserviceaccount.com","oauth2ClientId":"1","projectId":"acme-prod","uniqueId":"1","etag":"MDEw"}]"#,
    );
    assert_eq!(identity(&records[0]).purpose.as_deref(), Some("Loader"));
    let keys = r#"[{"keyAlgorithm":"KEY_ALG_RSA_2048","keyOrigin":"GOOGLE_PROVIDED","keyType":"USER_MANAGED","name":"projects/acme-prod/serviceAccounts/loader@acme-prod.iam.gserviceaccount.com/keys/2fd4e1c67a2d28fced849ee1bb76e7391b93eb12","validAfterTime":"2026-01-01T00:00:00Z","validBeforeTime":"9999-12-31T23:59:59Z"},
      {"keyType":"SYSTEM_MANAGED","name":"projects/acme-prod/serviceAccounts/loader@acme-prod.iam.gserviceaccount.com/keys/aa","validAfterTime":"2026-11-01T00:00:00Z","validBeforeTime":"2026-11-30T00:00:00Z"}]"#;
    let records = good(keys);
    let found = credentials(&records);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].identity,
        "loader@acme-prod.iam.gserviceaccount.com"
    );
    assert_eq!(
        (found[0].issued_at, found[0].expires_at),
        (Some(at("2026-01-01T00:00:00Z")), None)
    );
}

#[test]
fn github_secrets_and_installations_with_their_pages() {
    let page = r#"{"total_count":2,"secrets":[{"name":"AWS_SECRET_ACCESS_KEY","created_at":"2024-01-01T00:00:00Z","updated_at":"2025-01-01T00:00:00Z"}]}"#;
    assert!(bad(page.as_bytes())[0].contains("which repository"));
    let said = Hint {
        subject: Some("acme/shop".into()),
        ..hint()
    };
    for text in [format!("{page}\n{page}"), format!("[{page},{page}]")] {
        let (records, problems, _) = parts(text.as_bytes(), &said);
        assert_eq!(problems, []);
        assert_eq!(records.len(), 3, "{text}");
    }
    let (records, _, _) = parts(page.as_bytes(), &said);
    let Record::Credential(one) = &records[1].1 else {
        panic!("{records:?}")
    };
    assert_eq!(
        (one.credential_type, one.rotated_at),
        (
            CredentialType::CloudAccessKey,
            Some(at("2025-01-01T00:00:00Z"))
        )
    );
    let records = good(
        r#"{"total_count":1,"installations":[{"id":99,"app_id":7,"app_slug":"renovate","account":{"login":"acme","id":1,"type":"Organization"},"access_tokens_url":"x","repository_selection":"all","permissions":{"contents":"write","metadata":"read"},"events":["push"],"created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00Z","suspended_at":null}]}"#,
    );
    let one = identity(&records[0]);
    assert_eq!(
        (one.name.as_str(), one.kind),
        ("renovate[bot]", Some(IdentityKind::Bot))
    );
    let Record::Permission(grant) = &records[2] else {
        panic!("{records:?}")
    };
    assert!(grant.privileged && grant.action == "contents:write" && grant.resource == "acme/*");
}

#[test]
fn kubernetes_lists_and_single_accounts() {
    let one = r#"{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"runner","namespace":"ci-prod","uid":"8f14e45f-ceea-467f-a9f4-1234567890ab","creationTimestamp":"2024-01-01T00:00:00Z","annotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::471982203366:role/runner"},"labels":{"team":"build"}},"secrets":[{"name":"runner-token-abcde"}]}"#;
    let list = format!(
        r#"{{"apiVersion":"v1","kind":"List","items":[{one}],"metadata":{{"resourceVersion":""}}}}"#
    );
    assert_eq!(good(one), good(&list));
    let records = good(one);
    let account = identity(&records[0]);
    assert_eq!(
        account.selectors[0].value,
        "system:serviceaccount:ci-prod:runner"
    );
    assert_eq!(
        account.suggested_owner,
        Some(("build".into(), "Kubernetes label team".into()))
    );
    assert_eq!(
        credentials(&records)[0].credential_type,
        CredentialType::ApiKey
    );
    assert!(bad(br#"{"apiVersion":"v1","kind":"List","items":[{"kind":"Pod","metadata":{"name":"x"}}]}"#)[0].contains("row 1: kind: is no ServiceAccount"));
}

#[test]
fn an_entry_that_cannot_be_read_names_its_row_and_repeats_nothing() {
    let secret = format!("{}{}", "ghp_", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let text = format!(
        r#"{{"total_count":1,"installations":[{{"id":"{secret}","app_id":1,"app_slug":"x","access_tokens_url":"","account":{{"login":"a"}}}}]}}"#
    );
    let problems = bad(text.as_bytes());
    assert!(
        problems[0].starts_with("row 1: cannot be read: invalid type, expected u64"),
        "{problems:?}"
    );
    assert!(!problems[0].contains("a1B2"));
}
