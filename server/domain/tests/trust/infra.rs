//! Terraform files and CloudFormation templates taken directly; what they leave open cannot be told.

use domain::trust::{Decision, Facts, Language, Named, Token, Unreadable, read, read_all};
use serde_json::json;

const GITHUB: &str = "https://token.actions.githubusercontent.com";

fn all(text: &str) -> Vec<Named> {
    read_all(text.as_bytes(), None).unwrap()
}

fn decide(text: &str, claims: serde_json::Value) -> Decision {
    let token = Token::read(&claims.to_string()).unwrap();
    read(text.as_bytes(), None)
        .unwrap()
        .evaluate(&token, &Facts::default())
        .decision
}

fn github(sub: &str) -> serde_json::Value {
    json!({"iss": GITHUB, "sub": sub, "aud": "sts.amazonaws.com", "repository": "acme/app", "repository_id": "1"})
}

fn rules(text: &str) -> Vec<String> {
    all(text)
        .iter()
        .flat_map(|it| it.trust.lint(&Facts::default()))
        .map(|it| it.rule)
        .collect()
}

const DOCUMENT: &str = r#"
variable "branch" { default = "main" }

locals {
  repo = "acme/app"
  host = "token.actions.githubusercontent.com"
}

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.host}:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringLike"
      variable = "${local.host}:sub"
      values   = ["repo:${local.repo}:ref:refs/heads/${var.branch}"]
    }
  }
}

resource "aws_iam_role" "deploy" {
  name               = "deploy"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
"#;

#[test]
fn a_policy_document_with_locals_and_a_variable() {
    let found = all(DOCUMENT);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, "aws_iam_role.deploy");
    assert_eq!(
        decide(DOCUMENT, github("repo:acme/app:ref:refs/heads/main")),
        Decision::Unknown
    );
    assert_eq!(
        decide(DOCUMENT, github("repo:evil/app:ref:refs/heads/main")),
        Decision::Deny,
        "what is told already refuses it"
    );
    let open = DOCUMENT.replace("${var.branch}", "*");
    assert_eq!(
        decide(&open, github("repo:acme/app:ref:refs/heads/dev")),
        Decision::Allow
    );
    assert!(rules(&open).contains(&"branch-wildcard".to_owned()));
    let place = all(&open)[0].trust.lint(&Facts::default());
    let flaw = place
        .iter()
        .find(|it| it.rule == "branch-wildcard")
        .unwrap();
    assert_eq!(flaw.position.line, 29, "at its line of the file");
    let verdict = found[0].trust.evaluate(
        &Token::read(&github("repo:acme/app:ref:refs/heads/main").to_string()).unwrap(),
        &Facts::default(),
    );
    assert!(
        verdict
            .reasons
            .iter()
            .any(|it| it.text.contains("${var.branch}")),
        "{:?}",
        verdict.reasons
    );
    assert!(!rules(DOCUMENT).contains(&"placeholder-left".to_owned()));
}

/// The same in Terraform's JSON.
const JSON: &str = r#"{
  "variable": { "branch": { "default": "main" } },
  "locals": { "repo": "acme/app", "host": "token.actions.githubusercontent.com" },
  "resource": {
    "aws_iam_openid_connect_provider": {
      "github": { "url": "https://token.actions.githubusercontent.com", "client_id_list": ["sts.amazonaws.com"] }
    },
    "aws_iam_role": {
      "deploy": {
        "name": "deploy",
        "assume_role_policy": "${data.aws_iam_policy_document.trust.json}"
      }
    }
  },
  "data": {
    "aws_iam_policy_document": {
      "trust": [{
        "statement": {
          "actions": ["sts:AssumeRoleWithWebIdentity"],
          "principals": { "type": "Federated", "identifiers": ["${aws_iam_openid_connect_provider.github.arn}"] },
          "condition": [
            { "test": "StringEquals", "variable": "${local.host}:aud", "values": ["sts.amazonaws.com"] },
            { "test": "StringLike", "variable": "${local.host}:sub", "values": ["repo:${local.repo}:ref:refs/heads/${var.branch}"] }
          ]
        }
      }]
    }
  }
}"#;

#[test]
fn terraforms_json_is_the_same() {
    let found = all(JSON);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, "aws_iam_role.deploy");
    let open = JSON.replace("${var.branch}", "*");
    for sub in [
        "repo:acme/app:ref:refs/heads/main",
        "repo:acme/app:ref:refs/heads/dev",
        "repo:evil/app:ref:refs/heads/main",
    ] {
        assert_eq!(decide(JSON, github(sub)), decide(DOCUMENT, github(sub)));
        let hcl = DOCUMENT.replace("${var.branch}", "*");
        assert_eq!(decide(&open, github(sub)), decide(&hcl, github(sub)));
    }
    assert_eq!(
        decide(&open, github("repo:acme/app:ref:refs/heads/dev")),
        Decision::Allow
    );
    let flaws = all(&open)[0].trust.lint(&Facts::default());
    let flaw = flaws.iter().find(|it| it.rule == "branch-wildcard");
    assert_eq!(flaw.unwrap().position.line, 11, "at its role's policy");
    let encoded = JSON.replace(
        "${data.aws_iam_policy_document.trust.json}",
        r#"${jsonencode({Version = \"2012-10-17\", Statement = [{Effect = \"Allow\", Principal = \"*\", Action = \"sts:AssumeRole\"}]})}"#,
    );
    assert!(rules(&encoded).contains(&"principal-wildcard".to_owned()));
    let broken = JSON.replace("${data.aws_iam_policy_document.trust.json}", "${data.");
    let why = read_all(broken.as_bytes(), None).unwrap_err();
    assert!(
        matches!(&why, Unreadable::Syntax(why) if why.contains("not Terraform")),
        "{why}"
    );
}

#[test]
fn plans_and_state_are_read_with_what_is_known() {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": { "Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
        "Condition": {
            "StringEquals": { "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" },
            "StringLike": { "token.actions.githubusercontent.com:sub": "repo:acme/app:*" } } }] });
    let policy = policy.to_string();
    let role = |name: &str| {
        json!({ "address": format!("module.ci.aws_iam_role.{name}"), "mode": "managed", "type": "aws_iam_role",
        "name": "deploy", "values": { "name": name, "assume_role_policy": policy, "tags": { "a": "${not.a.template}" } } })
    };
    let plan = json!({ "format_version": "1.2", "terraform_version": "1.9.0", "planned_values": { "root_module": {
        "resources": [{ "address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "name": "b", "values": { "note": "(".repeat(100) } }],
        "child_modules": [{ "address": "module.ci", "resources": [role("deploy[\"a\"]"), role("deploy[\"b\"]")] }] } } });
    let names: Vec<String> = all(&plan.to_string())
        .into_iter()
        .map(|it| it.name)
        .collect();
    assert_eq!(
        names,
        [
            "module.ci.aws_iam_role.deploy[\"a\"]",
            "module.ci.aws_iam_role.deploy[\"b\"]"
        ]
    );
    let state = json!({ "version": 4, "terraform_version": "1.9.0", "serial": 7, "resources": [
        { "mode": "managed", "type": "aws_iam_role", "name": "deploy", "module": "module.ci",
          "instances": [{ "index_key": "a", "attributes": { "assume_role_policy": policy } }] },
        { "mode": "data", "type": "aws_caller_identity", "name": "me", "instances": [{ "attributes": {} }] }] });
    let state = state.to_string();
    assert_eq!(all(&state)[0].name, "module.ci.aws_iam_role.deploy[\"a\"]");
    assert_eq!(
        decide(&state, github("repo:acme/app:pull_request")),
        Decision::Allow
    );
    assert_eq!(
        decide(&state, github("repo:evil/app:pull_request")),
        Decision::Deny
    );
    let nothing =
        json!({ "version": 4, "terraform_version": "1.9.0", "serial": 7, "resources": [] });
    assert!(matches!(
        read_all(nothing.to_string().as_bytes(), None),
        Err(Unreadable::NoTrust(_))
    ));
}

#[test]
fn jsonencode_heredocs_and_variables_for_whole_repositories() {
    let encoded = r#"
data "aws_caller_identity" "current" {}
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/token.actions.githubusercontent.com" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike   = { "token.actions.githubusercontent.com:sub" = "repo:${var.github_repo}:*" }
      }
    }]
  })
}
"#;
    assert_eq!(
        decide(encoded, github("repo:acme/app:x")),
        Decision::Unknown
    );
    let told = rules(encoded);
    assert!(told.contains(&"any-ref-wildcard".to_owned()), "{told:?}");
    assert!(
        !told.contains(&"unterminated-owner-prefix".to_owned()),
        "{told:?}"
    );
    let admits = all(encoded)[0].trust.admits(&Facts::default());
    assert_eq!(admits.ring.as_str(), "repository", "{}", admits.description);
    assert!(admits.description.contains("${var.github_repo}"));
    let whole = encoded.replace("repo:${var.github_repo}:*", "repo:acme/*");
    assert_eq!(decide(&whole, github("repo:acme/app:x")), Decision::Allow);

    let heredoc = "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = <<-EOF\n  {\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Federated\":\"${module.oidc.arn}\"},\"Action\":\"sts:AssumeRoleWithWebIdentity\",\"Condition\":{\"StringLike\":{\"token.actions.githubusercontent.com:sub\":\"repo:acme/*\"}}}]}\n  EOF\n}\n";
    assert_eq!(
        decide(heredoc, github("repo:acme/app:x")),
        Decision::Unknown
    );
    assert_eq!(decide(heredoc, github("repo:evil/app:x")), Decision::Deny);
    assert!(rules(heredoc).contains(&"org-wide-wildcard".to_owned()));
}

#[test]
fn lists_functions_and_for_expressions() {
    let text = r#"
locals { branches = ["main", "release"] }
resource "aws_iam_role" "r" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17",
    Statement = concat([{
      Effect = "Allow", Principal = { Federated = format("arn:aws:iam::%s:oidc-provider/%s", "123456789012", replace("https://token.actions.githubusercontent.com", "https://", "")) },
      Action = ["sts:AssumeRoleWithWebIdentity"],
      Condition = { StringEquals = { (join(":", ["token.actions.githubusercontent.com", "sub"])) = [for b in local.branches : "repo:acme/app:ref:refs/heads/${b}"] } }
    }], [])
  })
}
"#;
    assert_eq!(
        decide(text, github("repo:acme/app:ref:refs/heads/release")),
        Decision::Allow
    );
    assert_eq!(
        decide(text, github("repo:acme/app:ref:refs/heads/dev")),
        Decision::Deny
    );
}

#[test]
fn entra_google_and_vault_resources() {
    let entra = r#"
resource "azuread_application_federated_identity_credential" "main" {
  application_id = azuread_application.app.id
  display_name   = "main"
  audiences      = ["api://AzureADTokenExchange"]
  issuer         = "https://token.actions.githubusercontent.com"
  subject        = "repo:acme/app:environment:${var.environment}"
}
resource "azurerm_federated_identity_credential" "dev" {
  name     = "dev"
  audience = ["api://AzureADTokenExchange"]
  issuer   = "https://token.actions.githubusercontent.com"
  subject  = "repo:acme/app:ref:refs/heads/dev"
}
"#;
    let run = |sub: &str| json!({"iss": GITHUB, "sub": sub, "aud": "api://AzureADTokenExchange"});
    assert_eq!(
        decide(entra, run("repo:acme/app:ref:refs/heads/dev")),
        Decision::Allow
    );
    assert_eq!(
        decide(entra, run("repo:acme/app:environment:prod")),
        Decision::Unknown
    );
    assert_eq!(
        decide(entra, run("repo:acme/app:pull_request")),
        Decision::Deny
    );

    let google = r#"
resource "google_iam_workload_identity_pool" "pool" { workload_identity_pool_id = "ci" }
resource "google_iam_workload_identity_pool_provider" "github" {
  workload_identity_pool_id          = google_iam_workload_identity_pool.pool.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
  }
  attribute_condition = "assertion.repository_id == '1' && assertion.ref == '${var.ref}'"
  oidc { issuer_uri = "https://token.actions.githubusercontent.com" }
}
resource "google_service_account_iam_member" "m" {
  role   = "roles/iam.workloadIdentityUser"
  member = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.pool.name}/attribute.repository/acme/app"
}
"#;
    let run = |id: &str, repository: &str| json!({"iss": GITHUB, "sub": "s", "aud": "https://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/github", "repository": repository, "repository_id": id, "ref": "refs/heads/main"});
    assert_eq!(decide(google, run("1", "acme/app")), Decision::Unknown);
    assert_eq!(decide(google, run("2", "acme/app")), Decision::Deny);
    assert_eq!(decide(google, run("1", "acme/other")), Decision::Deny);
    let told = google.replace("'${var.ref}'", "'refs/heads/main'");
    assert_eq!(decide(&told, run("1", "acme/app")), Decision::Allow);

    let vault = r#"
resource "vault_jwt_auth_backend" "gitlab" {
  path         = "gitlab"
  bound_issuer = "https://gitlab.com"
}
resource "vault_jwt_auth_backend_role" "deploy" {
  backend         = vault_jwt_auth_backend.gitlab.path
  role_name       = "deploy"
  role_type       = "jwt"
  user_claim      = "project_id"
  bound_audiences = ["https://vault.acme.test"]
  bound_claims    = { project_path = "acme/app,acme/web", ref_protected = "true" }
}
"#;
    let run = |issuer: &str, path: &str| json!({"iss": issuer, "sub": "s", "aud": "https://vault.acme.test", "project_id": "1", "project_path": path, "ref_protected": "true"});
    assert_eq!(
        decide(vault, run("https://gitlab.com", "acme/web")),
        Decision::Allow
    );
    assert_eq!(
        decide(vault, run("https://gitlab.com", "acme/x")),
        Decision::Deny
    );
    assert_eq!(
        decide(vault, run("https://gitlab.acme.test", "acme/web")),
        Decision::Deny
    );
    assert!(!rules(vault).contains(&"comma-list-as-string".to_owned()));
}

#[test]
fn cloudformation_in_json_and_yaml() {
    let yaml = "
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Org: {Type: String}
Resources:
  Provider:
    Type: AWS::IAM::OIDCProvider
    Properties: {Url: 'https://token.actions.githubusercontent.com', ClientIdList: [sts.amazonaws.com]}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal:
              Federated: !Ref Provider
            Action: sts:AssumeRoleWithWebIdentity
            Condition:
              StringEquals:
                token.actions.githubusercontent.com:aud: sts.amazonaws.com
              StringLike:
                token.actions.githubusercontent.com:sub: !Sub 'repo:${Org}/app:*'
  Lambda:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
";
    let found = all(yaml);
    assert_eq!(found.len(), 1, "a role for a service is no trust in tokens");
    assert_eq!(found[0].name, "Role");
    assert_eq!(decide(yaml, github("repo:acme/app:x")), Decision::Unknown);
    assert_eq!(decide(yaml, github("repo:acme/web:x")), Decision::Deny);
    assert!(rules(yaml).contains(&"any-ref-wildcard".to_owned()));
    let told = yaml.replace(
        "!Sub 'repo:${Org}/app:*'",
        "!Join [':', ['repo', 'acme/app', '*']]",
    );
    assert_eq!(decide(&told, github("repo:acme/app:x")), Decision::Allow);

    let template = json!({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Federated": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:oidc-provider/token.actions.githubusercontent.com"}},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/*"}}}]}}}}})
    .to_string();
    assert_eq!(
        decide(&template, github("repo:acme/app:x")),
        Decision::Allow
    );
}

#[test]
fn several_trusts_are_named_and_none_is_told() {
    let two = DOCUMENT.replace(
        "resource \"aws_iam_role\" \"deploy\" {",
        "resource \"aws_iam_role\" \"plan\" {\n  assume_role_policy = data.aws_iam_policy_document.trust.json\n}\nresource \"aws_iam_role\" \"deploy\" {",
    );
    let names: Vec<String> = all(&two).into_iter().map(|it| it.name).collect();
    assert_eq!(names, ["aws_iam_role.plan", "aws_iam_role.deploy"]);
    assert!(matches!(
        read(two.as_bytes(), None),
        Err(Unreadable::Several(_))
    ));
    let none = "resource \"aws_s3_bucket\" \"b\" {\n  bucket = \"x\"\n}\n";
    assert!(matches!(
        read(none.as_bytes(), Some(Language::Aws)),
        Err(Unreadable::NoTrust("aws"))
    ));
    let broken = "resource \"aws_iam_role\" \"r\" {\n  assume_role_policy = \n";
    let told = read(broken.as_bytes(), None).unwrap_err().to_string();
    assert!(told.contains("line"), "{told}");
}

#[test]
fn pathological_files_end() {
    let started = std::time::Instant::now();
    let inside = |value: String| {
        format!("resource \"aws_iam_role\" \"r\" {{\n  assume_role_policy = {value}\n}}\n")
    };
    for value in [
        "[".repeat(100_000),
        "(".repeat(60) + "1" + &")".repeat(60),
        "!".repeat(2000) + "true",
        vec!["1"; 5000].join(" + "),
        "a ? b : ".repeat(60) + "c",
        format!("\"{}\"", "${\"".repeat(300)),
        format!("\"{}\"", "x".repeat(5 << 20)),
    ] {
        let _ = read_all(inside(value).as_bytes(), None);
    }
    let mut locals = String::from("locals {\n  a0 = [\"x\", \"y\"]\n");
    for at in 1..60 {
        let line = format!("  a{at} = concat(local.a{0}, local.a{0})\n", at - 1);
        locals += &line;
    }
    locals += "  me = local.me\n}\n";
    let bomb = locals + &inside("jsonencode({Statement = local.a59, X = local.me})".into());
    let _ = read_all(bomb.as_bytes(), None);
    let many: String = (0..2_000)
        .map(|at| {
            DOCUMENT
                .replace("\"deploy\" {", &format!("\"deploy{at}\" {{"))
                .replace("\"trust\"", &format!("\"trust{at}\""))
                .replace(".trust.", &format!(".trust{at}."))
        })
        .collect();
    let found = read_all(many.as_bytes(), None);
    println!(
        "{} bytes in {:?}: {:?} trusts",
        many.len(),
        started.elapsed(),
        found.map(|it| it.len())
    );
    assert!(
        started.elapsed() < std::time::Duration::from_mins(1),
        "{:?}",
        started.elapsed()
    );
}
