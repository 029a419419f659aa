//! The cases the reference names: semantics of each language, and what its table says of each pattern.

use domain::trust::{Decision, Facts, Language, Outcome, Token, Trust, read};

use super::oracle;
use serde_json::{Value, json};

const GITHUB: &str = "token.actions.githubusercontent.com";

fn aws(condition: &Value) -> Written {
    aws_of(GITHUB, condition)
}

fn aws_of(host: &str, condition: &Value) -> Written {
    of(
        Language::Aws,
        &json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": format!("arn:aws:iam::123456789012:oidc-provider/{host}")}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}]}),
    )
}

fn of(language: Language, document: &Value) -> Written {
    Written {
        trust: read(document.to_string().as_bytes(), Some(language)).unwrap(),
        aws: (language == Language::Aws).then(|| document.clone()),
    }
}

/// A trust with the policy it was read from, where it is one of AWS: then `iam-rs` judges it too.
struct Written {
    trust: Trust,
    aws: Option<Value>,
}

impl std::ops::Deref for Written {
    type Target = Trust;

    fn deref(&self) -> &Trust {
        &self.trust
    }
}

fn sub(pattern: &str) -> Written {
    aws(
        &json!({"StringEquals": {format!("{GITHUB}:aud"): "sts.amazonaws.com"}, "StringLike": {format!("{GITHUB}:sub"): pattern}}),
    )
}

fn token(claims: Value) -> Token {
    Token::read(&claims.to_string()).unwrap()
}

fn github(subject: &str) -> Token {
    token(
        json!({"iss": format!("https://{GITHUB}"), "sub": subject, "aud": "sts.amazonaws.com", "repository": "acme/app", "repository_id": "456789", "repository_owner": "acme", "repository_owner_id": "123456", "event_name": "push", "ref": "refs/heads/main"}),
    )
}

/// Decides; of an AWS policy `iam-rs` must say the same.
#[track_caller]
fn decide(trust: &Written, token: &Token) -> Decision {
    let decision = trust.evaluate(token, &Facts::default()).decision;
    if let Some(policy) = &trust.aws {
        oracle::agrees(policy, token, decision);
    }
    decision
}

fn rules(trust: &Trust) -> Vec<String> {
    with(trust, "{}")
}

fn with(trust: &Trust, context: &str) -> Vec<String> {
    trust
        .lint(&Facts::read(context).unwrap())
        .into_iter()
        .map(|it| it.rule)
        .collect()
}

fn ring(trust: &Trust) -> &'static str {
    trust.admits(&Facts::default()).ring.as_str()
}

#[track_caller]
fn fires(trust: &Trust, rule: &str) {
    assert!(
        rules(trust).iter().any(|it| it == rule),
        "{rule} not in {:?}",
        rules(trust)
    );
}

#[track_caller]
fn silent(trust: &Trust, rule: &str) {
    assert!(
        !rules(trust).iter().any(|it| it == rule),
        "{rule} in {:?}",
        rules(trust)
    );
}

#[test]
fn immutable_subjects_do_not_match_names() {
    let named = sub("repo:acme/app:ref:refs/heads/main");
    assert_eq!(
        decide(&named, &github("repo:acme/app:ref:refs/heads/main")),
        Decision::Allow
    );
    assert_eq!(
        decide(
            &named,
            &github("repo:acme@123456/app@456789:ref:refs/heads/main")
        ),
        Decision::Deny
    );
    let repaired = sub("repo:*movie-ticketing-microservices*:*");
    fires(&repaired, "any-tenant-wildcard");
    assert_eq!(ring(&repaired), "provider");
    let open = sub("repo:acme@*/app@*:*");
    fires(&open, "immutable-id-wildcarded");
    silent(&open, "any-tenant-wildcard");
    assert_eq!(ring(&open), "repository");
    let fixed = sub("repo:acme@123456/app@456789:environment:prod");
    assert_eq!(ring(&fixed), "exact");
    silent(&fixed, "mutable-name");
    fires(&named, "mutable-name");
    let moved = r#"{"repository":{"full_name":"acme/app","created_at":"2026-08-01"}}"#;
    assert!(with(&named, moved).contains(&"subject-format-drift".to_owned()));
    assert!(
        with(
            &fixed,
            r#"{"repository":{"full_name":"acme/app","immutable":false}}"#
        )
        .contains(&"subject-format-drift".to_owned())
    );
}

#[test]
fn claims_aws_does_not_expose_are_absent() {
    let key = |claim: &str| format!("{GITHUB}:{claim}");
    let dead = aws(&json!({"StringEquals": {key("event_name"): "push"}}));
    decide(&dead, &github("repo:acme/app:ref:refs/heads/main"));
    let verdict = dead.evaluate(
        &github("repo:acme/app:ref:refs/heads/main"),
        &Facts::default(),
    );
    assert_eq!(verdict.decision, Decision::Deny);
    assert_eq!(verdict.reasons.last().unwrap().outcome, Outcome::Absent);
    fires(&dead, "unknown-claim-key");
    let empty = aws(
        &json!({"StringEqualsIfExists": {key("event_name"): "workflow_dispatch"}, "StringLike": {key("sub"): "repo:acme/app:*"}}),
    );
    assert_eq!(
        decide(&empty, &github("repo:acme/app:pull_request")),
        Decision::Allow
    );
    fires(&empty, "vacuous-operator");
    let negated = aws(&json!({"StringNotEquals": {key("event_name"): "pull_request"}}));
    assert_eq!(
        decide(&negated, &github("repo:evil/app:pull_request")),
        Decision::Allow
    );
    fires(&negated, "no-subject-binding");
    let all = aws(&json!({"ForAllValues:StringLike": {"gitlab.com:sub": "project_path:acme/*"}}));
    assert_eq!(
        decide(&all, &github("repo:evil/app:pull_request")),
        Decision::Allow
    );
    fires(&all, "unknown-claim-key");
    let ids = aws(&json!({"StringEquals": {key("repository_id"): "456789"}}));
    assert_eq!(decide(&ids, &github("repo:any/thing:x")), Decision::Allow);
    let before = Facts::read(r#"{"date":"2025-06-01"}"#).unwrap();
    assert_eq!(
        ids.evaluate(&github("repo:any/thing:x"), &before).decision,
        Decision::Deny
    );
    assert_eq!(ring(&ids), "repository");
    silent(&ids, "no-subject-binding");
}

#[test]
fn aws_provider_audience_and_keys() {
    let open = aws(&json!({}));
    let facts = Facts::read(r#"{"provider":{"client_ids":["sts.amazonaws.com"]}}"#).unwrap();
    assert_eq!(
        open.evaluate(&github("x"), &facts).decision,
        Decision::Allow
    );
    let other = Facts::read(r#"{"provider.client_ids":["https://github.com/acme"]}"#).unwrap();
    assert_eq!(open.evaluate(&github("x"), &other).decision, Decision::Deny);
    fires(&open, "no-subject-binding");
    fires(&open, "missing-aud-condition");
    // Key names in any case, values not.
    let shouted = aws(
        &json!({"StringEquals": {"TOKEN.actions.githubusercontent.com:SUB": "repo:acme/app:pull_request"}}),
    );
    assert_eq!(
        decide(&shouted, &github("repo:acme/app:pull_request")),
        Decision::Allow
    );
    assert_eq!(
        decide(&shouted, &github("repo:Acme/app:pull_request")),
        Decision::Deny
    );
    // The audience key reads azp.
    let google = of(
        Language::Aws,
        &json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"accounts.google.com:aud": "azp-1", "accounts.google.com:oaud": "aud-1"}}}}),
    );
    let claims =
        json!({"iss": "https://accounts.google.com", "sub": "1", "aud": "aud-1", "azp": "azp-1"});
    assert_eq!(decide(&google, &token(claims)), Decision::Allow);
}

#[test]
fn aws_variables_and_escapes() {
    let policy = |version: &str, condition: Value| {
        of(
            Language::Aws,
            &json!({"Version": version, "Statement": {"Effect": "Allow", "Principal": {"Federated": format!("arn:aws:iam::1:oidc-provider/{GITHUB}")}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}}),
        )
    };
    let key = format!("{GITHUB}:sub");
    let escaped = policy(
        "2012-10-17",
        json!({"StringLike": {key.clone(): "repo:acme/${*}:*"}}),
    );
    assert_eq!(decide(&escaped, &github("repo:acme/*:x")), Decision::Allow);
    assert_eq!(decide(&escaped, &github("repo:acme/app:x")), Decision::Deny);
    let variable = policy(
        "2012-10-17",
        json!({"StringLike": {key.clone(): "repo:${aws:PrincipalTag/org}/*"}}),
    );
    assert_eq!(
        decide(&variable, &github("repo:acme/app:x")),
        Decision::Deny
    );
    let literal = policy(
        "2008-10-17",
        json!({"StringLike": {key: "repo:${aws:PrincipalTag/org}/*"}}),
    );
    assert_eq!(
        decide(&literal, &github("repo:${aws:PrincipalTag/org}/app")),
        Decision::Allow
    );
    fires(&literal, "old-policy-version");
}

#[test]
fn aws_tags_principals_and_denies() {
    let everybody = of(
        Language::Aws,
        &json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity"}}),
    );
    assert_eq!(decide(&everybody, &github("x")), Decision::Allow);
    assert_eq!(ring(&everybody), "anyone");
    fires(&everybody, "principal-wildcard");
    let denied = of(
        Language::Aws,
        &json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Federated": format!("arn:aws:iam::1:oidc-provider/{GITHUB}")}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {format!("{GITHUB}:sub"): "repo:acme/*"}}},
            {"Effect": "Deny", "Principal": {"Federated": format!("arn:aws:iam::1:oidc-provider/{GITHUB}")}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringNotLike": {format!("{GITHUB}:sub"): "repo:acme/app:*"}}}]}),
    );
    assert_eq!(decide(&denied, &github("repo:acme/app:x")), Decision::Allow);
    assert_eq!(
        decide(&denied, &github("repo:acme/other:x")),
        Decision::Deny
    );
    fires(&denied, "deny-as-control");
    let tags = json!({"principal_tags": {"organization_slug": ["acme"]}});
    let tagged = token(
        json!({"iss": "https://agent.buildkite.com", "sub": "organization:acme:pipeline:app:ref:refs/heads/main:commit:1:step:deploy", "aud": "sts.amazonaws.com", "https://aws.amazon.com/tags": tags}),
    );
    let condition = json!({"StringEquals": {"aws:RequestTag/organization_slug": "acme"}});
    let without = aws_of("agent.buildkite.com", &condition);
    assert_eq!(
        decide(&without, &tagged),
        Decision::Deny,
        "sts:TagSession is not allowed"
    );
    let allowed = of(
        Language::Aws,
        &json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::1:oidc-provider/agent.buildkite.com"}, "Action": ["sts:TagSession", "sts:AssumeRoleWithWebIdentity"], "Condition": condition}}),
    );
    assert_eq!(decide(&allowed, &tagged), Decision::Allow);
    let session = aws(&json!({"StringLike": {"sts:RoleSessionName": "ci-*"}}));
    assert_eq!(decide(&session, &github("x")), Decision::Unknown);
    let facts = Facts::read(r#"{"request":{"session_name":"ci-1"}}"#).unwrap();
    assert_eq!(
        session.evaluate(&github("x"), &facts).decision,
        Decision::Allow
    );
}

#[test]
fn the_table_of_patterns_on_aws() {
    for (pattern, rule, wide) in [
        ("*", "any-tenant-wildcard", "provider"),
        ("repo:*", "any-tenant-wildcard", "provider"),
        (
            "repo:*/*:ref:refs/heads/corgi",
            "any-tenant-wildcard",
            "provider",
        ),
        ("*:pull_request", "any-tenant-wildcard", "provider"),
        (
            "repo:*:ref:refs/heads/main",
            "any-tenant-wildcard",
            "provider",
        ),
        ("repo:org*", "unterminated-owner-prefix", "provider"),
        ("repo:o/app*", "prefix-without-delimiter", "organisation"),
        ("repo:org/*", "org-wide-wildcard", "organisation"),
        ("repo:o/r:*", "any-ref-wildcard", "repository"),
        ("repo:o/r:ref:refs/heads/*", "branch-wildcard", "repository"),
        ("repo:o/r:ref:refs/tags/*", "tag-wildcard", "repository"),
        ("repo:o/r:ref:refs/*", "branch-wildcard", "repository"),
        ("repo:o/r:pull_request", "pull-request-allowed", "exact"),
        ("environment:prod", "environment-without-repo", "provider"),
        (
            "repo:/app:*",
            "subject-never-matches:empty-variable",
            "repository",
        ),
        ("repo:o/r", "subject-never-matches:no-context", "exact"),
        (
            "repo:o/r:refs/heads/main",
            "subject-never-matches:context",
            "exact",
        ),
        (
            "repo:YOUR_ORG/app:ref:refs/heads/main",
            "placeholder-left",
            "exact",
        ),
        (
            "repo:your-org/app:ref:refs/heads/main",
            "placeholder-left",
            "exact",
        ),
    ] {
        let trust = sub(pattern);
        fires(&trust, rule);
        if !pattern.starts_with("repo:/") {
            assert_eq!(ring(&trust), wide, "{pattern}");
        }
    }
    let good = sub("repo:acme@123456/app@456789:environment:prod");
    assert_eq!(rules(&good), Vec::<String>::new());
}

#[test]
fn ids_make_loose_subjects_harmless() {
    let key = |claim: &str| format!("{GITHUB}:{claim}");
    let pinned = aws(
        &json!({"StringEquals": {key("aud"): "sts.amazonaws.com", key("repository_id"): "456789"}, "StringLike": {key("sub"): "repo:*:environment:prod"}}),
    );
    silent(&pinned, "any-tenant-wildcard");
    assert_eq!(ring(&pinned), "repository");
    let loose =
        aws(&json!({"StringLike": {key("job_workflow_ref"): "acme/ci/.github/workflows/*@*"}}));
    fires(&loose, "job-workflow-ref-any-file");
    fires(&loose, "job-workflow-ref-any-ref");
    fires(&loose, "no-subject-binding");
    let actor = aws(&json!({"StringEquals": {key("actor"): "alice"}}));
    fires(&actor, "actor-only");
    let head = aws(
        &json!({"StringEquals": {key("head_ref"): "deploy"}, "StringLike": {key("sub"): "repo:o/r:*"}}),
    );
    fires(&head, "head-ref-misuse");
    let exact = aws(&json!({"StringEquals": {key("sub"): "repo:o/r:*"}}));
    fires(&exact, "wildcard-in-exact-operator");
    assert_eq!(decide(&exact, &github("repo:o/r:x")), Decision::Deny);
}

#[test]
fn other_platforms_on_aws() {
    for (host, pattern, rule) in [
        (
            "gitlab.com",
            "project_path:grp*",
            "unterminated-owner-prefix",
        ),
        ("gitlab.com", "project_path:grp/*", "group-wide"),
        ("gitlab.com", "project_path:grp/p:*", "any-ref-wildcard"),
        (
            "gitlab.com",
            "project_path:grp/p:environment:production:*",
            "subject-never-matches:gitlab-environment",
        ),
        (
            "gitlab.com",
            "project_path:grp/p:ref_type:branch:ref:main",
            "unprotected-ref",
        ),
        (
            "app.terraform.io",
            "organization:o*",
            "unterminated-owner-prefix",
        ),
        (
            "app.terraform.io",
            "organization:x:project:*",
            "tenant-wide-wildcard",
        ),
        (
            "app.terraform.io",
            "organization:x:project:p:workspace:prod*",
            "prefix-without-delimiter",
        ),
        (
            "app.terraform.io",
            "organization:x:project:p:workspace:w:run_phase:*",
            "run-phase-wildcard",
        ),
        (
            "agent.buildkite.com",
            "organization:o:pipeline:p:*",
            "any-ref-wildcard",
        ),
        (
            "vstoken.dev.azure.com/11111111-2222-3333-4444-555555555555",
            "sc://acme/*",
            "org-wide-wildcard",
        ),
        (
            "oidc.eks.eu-west-1.amazonaws.com/id/X",
            "system:serviceaccount:ns:*",
            "any-service-account",
        ),
    ] {
        let trust = aws_of(
            host,
            &json!({"StringLike": {format!("{host}:sub"): pattern}}),
        );
        fires(&trust, rule);
    }
    let cluster = aws_of(
        "oidc.eks.eu-west-1.amazonaws.com/id/X",
        &json!({"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/X:aud": "sts.amazonaws.com"}}),
    );
    fires(&cluster, "any-service-account");
}

#[test]
fn entra_is_exact_and_flexible_credentials_have_rules() {
    let fic = |subject: &str| {
        of(
            Language::Entra,
            &json!({"issuer": format!("https://{GITHUB}"), "subject": subject, "audiences": ["api://AzureADTokenExchange"]}),
        )
    };
    let mut claims = github("repo:acme/app:environment:prod").claims().clone();
    claims.insert("aud".into(), "api://AzureADTokenExchange".into());
    let run: Token = claims.into_iter().collect();
    assert_eq!(
        decide(&fic("repo:acme/app:environment:prod"), &run),
        Decision::Allow
    );
    assert_eq!(
        decide(&fic("repo:Acme/app:environment:prod"), &run),
        Decision::Deny
    );
    assert_eq!(decide(&fic("repo:acme/app:*"), &run), Decision::Deny);
    fires(&fic("repo:acme/app:*"), "wildcard-in-exact-operator");
    let flexible = |value: &str| {
        of(
            Language::Entra,
            &json!({"issuer": format!("https://{GITHUB}"), "subject": null, "audiences": ["api://AzureADTokenExchange"], "claimsMatchingExpression": {"value": value, "languageVersion": 1}}),
        )
    };
    let good = flexible(
        "claims['sub'] matches 'repo:acme/*' and claims['repository_owner_id'] eq '123456'",
    );
    assert_eq!(decide(&good, &run), Decision::Allow);
    assert_eq!(ring(&good), "organisation");
    fires(&good, "org-wide-wildcard");
    silent(&good, "fic-missing-immutable-claim");
    let pinned = flexible(
        "claims['sub'] matches 'repo:*:environment:prod' and claims['repository_id'] eq '456789'",
    );
    silent(&pinned, "any-tenant-wildcard");
    fires(
        &flexible("claims['sub'] matches 'repo:acme/*'"),
        "fic-missing-immutable-claim",
    );
    let regex = flexible("claims['sub'] matches 'repo:(orgA|orgB)/.*:environment:prod'");
    fires(&regex, "fic-regex-metachar");
    assert_eq!(decide(&regex, &run), Decision::Deny);
    fires(
        &flexible("claims['sub'] eq 'a' or claims['sub'] eq 'b'"),
        "fic-unsupported-operator",
    );
    fires(
        &flexible("claims['sub'] eq 'a' and claims['actor'] eq 'b'"),
        "fic-unsupported-claim",
    );
    fires(
        &flexible("claims['repository_id'] matches '4*' and claims['sub'] eq 'a'"),
        "fic-unsupported-operator",
    );
    let both = of(
        Language::Entra,
        &json!({"value": [
        {"issuer": format!("https://{GITHUB}"), "subject": "repo:acme/app:environment:prod", "audiences": ["api://AzureADTokenExchange"]},
        {"issuer": format!("https://{GITHUB}"), "subject": "repo:acme@123456/app@456789:environment:prod", "audiences": ["api://AzureADTokenExchange"]}]}),
    );
    assert_eq!(decide(&both, &run), Decision::Allow);
    fires(&both, "duplicate-legacy-credential");
}

const POOL: &str =
    "iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/pool";

fn gcp(condition: Value, bindings: &[&str]) -> Written {
    let members: Vec<String> = bindings.iter().map(|it| it.replace("POOL", POOL)).collect();
    of(
        Language::Gcp,
        &json!({"attribute_mapping": {"google.subject": "assertion.sub", "attribute.repository": "assertion.repository", "attribute.repository_owner": "assertion.repository_owner"}, "attribute_condition": condition, "oidc": {"issuer_uri": format!("https://{GITHUB}")}, "_bindings": members}),
    )
}

fn gcp_token() -> Token {
    let mut claims = github("repo:acme/app:ref:refs/heads/main").claims().clone();
    claims.insert(
        "aud".into(),
        format!("https://{POOL}/providers/github").into(),
    );
    claims.into_iter().collect()
}

#[test]
fn google_conditions_mappings_and_bindings() {
    let run = gcp_token();
    let tight = gcp(
        json!("assertion.repository == 'acme/app'"),
        &["principalSet://POOL/attribute.repository/acme/app"],
    );
    assert_eq!(decide(&tight, &run), Decision::Allow);
    assert_eq!(ring(&tight), "repository");
    let facts = Facts::read(r#"{"provider_name":"projects/123456789/locations/global/workloadIdentityPools/pool/providers/other"}"#).unwrap();
    assert_eq!(tight.evaluate(&run, &facts).decision, Decision::Deny);
    let named =
        Facts::read(&json!({"provider_name": format!("//{POOL}/providers/github")}).to_string())
            .unwrap();
    assert_eq!(tight.evaluate(&run, &named).decision, Decision::Allow);
    assert_eq!(
        decide(
            &gcp(
                json!("assertion.repository == 'Acme/app'"),
                &["principalSet://POOL/*"]
            ),
            &run
        ),
        Decision::Deny
    );
    assert_eq!(
        decide(
            &gcp(
                json!("assertion.project_path == 'acme/app'"),
                &["principalSet://POOL/*"]
            ),
            &run
        ),
        Decision::Deny
    );
    assert_eq!(
        decide(
            &gcp(
                json!("assertion.environment == 'prod' || assertion.repository == 'acme/app'"),
                &["principal://POOL/subject/repo:acme/app:ref:refs/heads/main"]
            ),
            &run
        ),
        Decision::Allow
    );
    assert_eq!(
        decide(
            &gcp(
                json!("assertion.repository == 'acme/app'"),
                &["principalSet://POOL/attribute.ref/refs/heads/main"]
            ),
            &run
        ),
        Decision::Deny,
        "attribute.ref is not mapped"
    );
    let empty = gcp(
        json!("assertion.repository == ''"),
        &["principalSet://POOL/attribute.repository/"],
    );
    assert_eq!(decide(&empty, &run), Decision::Deny);
    fires(&empty, "subject-never-matches:empty-variable");
    let open = gcp(
        Value::Null,
        &[
            "principalSet://POOL/attribute.repository_owner/acme",
            "principalSet://POOL/*",
        ],
    );
    for rule in [
        "gcp-no-condition",
        "whole-pool-binding",
        "owner-attribute-binding",
        "missing-aud-condition",
    ] {
        fires(&open, rule);
    }
    assert_eq!(ring(&open), "provider");
    fires(
        &gcp(
            json!("assertion.sub.startsWith('repo:acme')"),
            &["principalSet://POOL/*"],
        ),
        "unterminated-owner-prefix",
    );
    fires(
        &gcp(
            json!("assertion.repository.startsWith('acme/app')"),
            &["principalSet://POOL/*"],
        ),
        "prefix-without-delimiter",
    );
    fires(
        &gcp(
            json!("assertion.repository_owner != 'evil'"),
            &["principalSet://POOL/*"],
        ),
        "vacuous-operator",
    );
}

#[test]
fn one_loose_provider_opens_the_pool() {
    let provider = |condition: Value| json!({"attributeMapping": {"google.subject": "assertion.sub"}, "attributeCondition": condition, "oidc": {"issuerUri": format!("https://{GITHUB}")}});
    let pool = of(
        Language::Gcp,
        &json!({"providers": [provider(json!("assertion.repository_id == '456789'")), provider(Value::Null)], "_bindings": [format!("principalSet://{POOL}/*")]}),
    );
    fires(&pool, "pool-mixed-providers");
    assert_eq!(ring(&pool), "provider");
    let mut stranger = gcp_token().claims().clone();
    stranger.insert("repository_id".into(), "1".into());
    assert_eq!(
        decide(&pool, &stranger.into_iter().collect()),
        Decision::Allow
    );
}

#[test]
fn vault_logins() {
    let role = |extra: Value| {
        let mut role = json!({"role_type": "jwt", "user_claim": "repository_id", "bound_audiences": ["https://vault.acme.test"], "_bound_issuer": format!("https://{GITHUB}")});
        for (key, value) in extra.as_object().unwrap() {
            role[key] = value.clone();
        }
        of(Language::Vault, &role)
    };
    let mut claims = github("repo:acme/app:ref:refs/heads/main").claims().clone();
    claims.insert("aud".into(), "https://vault.acme.test".into());
    claims.insert("ref_protected".into(), "true".into());
    claims.insert("run_number".into(), 42.into());
    claims.insert("groups".into(), json!(["a", "b"]));
    claims.insert("kubernetes.io".into(), json!({"namespace": "components"}));
    let run: Token = claims.into_iter().collect();
    for (bound, want) in [
        (json!({"repository": "acme/app"}), Decision::Allow),
        (json!({"repository": ["x", "acme/app"]}), Decision::Allow),
        (json!({"repository": "acme/*"}), Decision::Deny),
        (json!({"repository": "acme/app,x"}), Decision::Deny),
        (json!({"ref_protected": true}), Decision::Deny),
        (json!({"ref_protected": "true"}), Decision::Allow),
        (json!({"run_number": 42}), Decision::Allow),
        (json!({"run_number": "42"}), Decision::Deny),
        (json!({"groups": "b"}), Decision::Allow),
        (json!({"missing": "b"}), Decision::Deny),
        (
            json!({"/kubernetes.io/namespace": "components"}),
            Decision::Allow,
        ),
    ] {
        assert_eq!(
            decide(&role(json!({"bound_claims": bound})), &run),
            want,
            "{bound}"
        );
    }
    assert_eq!(
        decide(
            &role(
                json!({"bound_claims_type": "glob", "bound_claims": {"sub": "repo:acme/*:ref:*"}})
            ),
            &run
        ),
        Decision::Allow
    );
    assert_eq!(
        decide(
            &role(json!({"bound_claims_type": "glob", "bound_claims": {"sub": "repo:acm?/*"}})),
            &run
        ),
        Decision::Deny
    );
    assert_eq!(
        decide(
            &role(json!({"bound_audiences": [], "bound_claims": {"repository": "acme/app"}})),
            &run
        ),
        Decision::Deny
    );
    assert_eq!(
        decide(&role(json!({"bound_subject": "repo:acme/*"})), &run),
        Decision::Deny
    );
    assert_eq!(
        decide(&role(json!({"user_claim": "nothing"})), &run),
        Decision::Deny
    );
    assert_eq!(
        decide(&role(json!({"role_type": null})), &run),
        Decision::Deny
    );
    fires(&role(json!({"role_type": null})), "vault-role-type-omitted");
    fires(&role(json!({})), "vault-audience-only");
    fires(
        &role(json!({"bound_audiences": []})),
        "vault-no-bound-audiences",
    );
    fires(&role(json!({"user_claim": "actor"})), "user-claim-actor");
    fires(
        &role(json!({"user_claim": "user_email"})),
        "user-claim-email",
    );
    fires(
        &role(json!({"user_claim": "workflow"})),
        "user-claim-workflow",
    );
    fires(
        &role(json!({"bound_claims": {"ref_protected": true}})),
        "bool-as-string",
    );
    fires(
        &role(json!({"bound_claims": {"repository": "a/b,c/d"}})),
        "comma-list-as-string",
    );
    fires(
        &role(json!({"bound_claims": {"/a/b": "c"}})),
        "json-pointer-key",
    );
    let mount = Facts::read(r#"{"mount":{"bound_issuer":"https://gitlab.com"}}"#).unwrap();
    assert_eq!(
        role(json!({"bound_claims": {"repository": "acme/app"}}))
            .evaluate(&run, &mount)
            .decision,
        Decision::Deny
    );
    let read = json!({"request_id": "1", "data": {"role_type": "jwt", "user_claim": "sub", "bound_audiences": ["https://vault.acme.test"], "bound_claims": {"repository": "acme/app"}}});
    assert_eq!(decide(&of(Language::Vault, &read), &run), Decision::Allow);
}

#[test]
fn octo_sts_patterns_are_anchored_as_octo_sts_does() {
    let policy = |text: &str| Written {
        trust: read(text.as_bytes(), Some(Language::OctoSts)).unwrap(),
        aws: None,
    };
    let mut claims = github("repo:acme/app:ref:refs/heads/main").claims().clone();
    claims.insert("aud".into(), "octo-sts.dev".into());
    let run: Token = claims.into_iter().collect();
    let exact = policy(
        "issuer: https://token.actions.githubusercontent.com\nsubject: repo:acme/app:ref:refs/heads/main\npermissions:\n  contents: read\n",
    );
    assert_eq!(decide(&exact, &run), Decision::Allow);
    let pattern = policy(
        "issuer: https://token.actions.githubusercontent.com\nsubject_pattern: 'repo:acme/app:.*'\nclaim_pattern:\n  event_name: '(push|schedule)'\n",
    );
    assert_eq!(decide(&pattern, &run), Decision::Allow);
    assert_eq!(ring(&pattern), "repository");
    let half = policy(
        "issuer: https://token.actions.githubusercontent.com\nsubject_pattern: 'repo:acme/app|x'\n",
    );
    assert_eq!(
        decide(&half, &run),
        Decision::Allow,
        "^repo:acme/app|x$ is anchored on one side"
    );
    let domain = Facts::read(r#"{"domain":"sts.acme.test"}"#).unwrap();
    assert_eq!(exact.evaluate(&run, &domain).decision, Decision::Deny);
}

#[test]
fn vendors_shapes_are_taken_off() {
    let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Federated": format!("arn:aws:iam::1:oidc-provider/{GITHUB}")}, "Action": "sts:AssumeRoleWithWebIdentity"}]});
    for shape in [
        json!({"Role": {"RoleName": "x", "AssumeRolePolicyDocument": document}}),
        json!({"Role": {"AssumeRolePolicyDocument": document.to_string()}}),
        json!({"id": "x", "trust": document}),
        json!({"assume_role_policy": document.to_string()}),
    ] {
        let trust = Written {
            trust: read(shape.to_string().as_bytes(), None).unwrap(),
            aws: Some(document.clone()),
        };
        assert_eq!(
            (trust.language(), decide(&trust, &github("x"))),
            (Language::Aws, Decision::Allow)
        );
    }
    let fic = json!([{"id": "1", "name": "main", "issuer": format!("https://{GITHUB}"), "subject": "s", "audiences": ["a"]}]);
    assert_eq!(
        read(fic.to_string().as_bytes(), None).unwrap().language(),
        Language::Entra
    );
}

#[test]
fn pull_request_target_reaches_a_role_of_the_default_branch() {
    let trust = sub("repo:acme/app:ref:refs/heads/main");
    let workflow = "on: pull_request_target\npermissions:\n  id-token: write\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          ref: ${{ github.event.pull_request.head.sha }}\n";
    let context = json!({"workflows": {".github/workflows/pr.yml": workflow}}).to_string();
    assert!(with(&trust, &context).contains(&"reachable-by-pull-request-target".to_owned()));
    let calm = json!({"workflows": {".github/workflows/ci.yml": "on: pull_request\njobs: {}\n"}})
        .to_string();
    assert!(with(&trust, &calm).contains(&"dead-trust".to_owned()));
}

#[test]
fn severity_follows_the_role() {
    let severity = |context: &str| {
        let found = sub("repo:o/r:*").lint(&Facts::read(context).unwrap());
        found
            .iter()
            .find(|it| it.rule == "any-ref-wildcard")
            .unwrap()
            .severity
            .as_str()
    };
    assert_eq!(severity("{}"), "medium");
    assert_eq!(
        severity(r#"{"role":{"purpose":"deploy","access":"admin"}}"#),
        "high"
    );
    assert_eq!(
        severity(r#"{"role":{"purpose":"plan","access":"read-only"}}"#),
        "low"
    );
}

#[test]
fn a_pasted_jwt_is_decoded() {
    let jwt = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL3guZXhhbXBsZSIsInN1YiI6InMifQ.sig";
    assert_eq!(Token::read(jwt).unwrap().text("sub"), Some("s"));
    assert!(Token::read("nonsense").is_err());
}
