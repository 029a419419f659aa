//! Examples to begin with, one for each language: a document with a flaw worth seeing, and a run to try on it.

use contract::trust::LabInput;
use domain::trust::{Ci, Run};

const AWS: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
      },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {
        "StringEquals": {
          "token.actions.githubusercontent.com:aud": "sts.amazonaws.com"
        },
        "StringLike": {
          "token.actions.githubusercontent.com:sub": "repo:acme/*"
        }
      }
    }
  ]
}"#;
const ENTRA: &str = r#"{
  "name": "deploy-production",
  "issuer": "https://token.actions.githubusercontent.com",
  "subject": null,
  "claimsMatchingExpression": {
    "value": "claims['sub'] matches 'repo:acme/app:*' and claims['repository_id'] eq '456789'",
    "languageVersion": 1
  },
  "audiences": ["api://AzureADTokenExchange"]
}"#;
const GCP: &str = r#"{
  "name": "projects/123456789/locations/global/workloadIdentityPools/ci/providers/github",
  "attributeMapping": {
    "google.subject": "assertion.sub",
    "attribute.repository": "assertion.repository",
    "attribute.repository_owner": "assertion.repository_owner"
  },
  "attributeCondition": "assertion.repository_owner == 'acme'",
  "oidc": { "issuerUri": "https://token.actions.githubusercontent.com" },
  "bindings": [
    {
      "role": "roles/iam.workloadIdentityUser",
      "members": ["principalSet://iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/ci/attribute.repository/acme/app"]
    }
  ]
}"#;
const VAULT: &str = r#"{
  "role_type": "jwt",
  "user_claim": "user_email",
  "bound_audiences": ["https://vault.example.com"],
  "bound_claims_type": "glob",
  "bound_claims": {
    "project_path": "acme/app",
    "ref": "release-*",
    "ref_type": "branch"
  },
  "_bound_issuer": "https://gitlab.com"
}"#;
const KUBERNETES: &str = r#"{
  "issuer": "https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
  "audiences": ["sts.amazonaws.com"],
  "subjects": ["system:serviceaccount:payments:*"]
}"#;
const OCTO_STS: &str = "issuer: https://token.actions.githubusercontent.com
subject_pattern: repo:acme/app:ref:refs/heads/.*
claim_pattern:
  event_name: push|schedule
permissions:
  contents: write
";
const TERRAFORM: &str = r#"variable "repository" {}

resource "aws_iam_role" "deploy" {
  name = "deploy"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = { "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com" }
        StringLike   = { "token.actions.githubusercontent.com:sub" = "repo:acme/${var.repository}:ref:refs/heads/*" }
      }
    }]
  })
}
"#;

/// Fills an example in, where one is asked for by name.
pub fn fill(input: &mut LabInput) {
    let (trust, ci, project, environment, audience) = match input.example.as_str() {
        "aws" => (AWS, "github", "acme/app", "production", "sts.amazonaws.com"),
        "terraform" => (TERRAFORM, "github", "acme/app", "", "sts.amazonaws.com"),
        "entra" => (
            ENTRA,
            "github",
            "acme/app",
            "production",
            "api://AzureADTokenExchange",
        ),
        "gcp" => (
            GCP,
            "github",
            "acme/app",
            "",
            "https://iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/ci/providers/github",
        ),
        "vault" => (
            VAULT,
            "gitlab",
            "acme/app",
            "production",
            "https://vault.example.com",
        ),
        "kubernetes" => (
            KUBERNETES,
            "kubernetes",
            "payments/worker",
            "",
            "sts.amazonaws.com",
        ),
        "octo-sts" => (OCTO_STS, "github", "acme/app", "", "octo-sts.dev"),
        _ => return,
    };
    trust.clone_into(&mut input.trust);
    if input.example == "entra" {
        // The id the run's token will have.
        let run = Run {
            project: project.to_owned(),
            ..Run::default()
        };
        if let Some(id) = run.token(Ci::Github).text("repository_id") {
            input.trust = input.trust.replace("456789", id);
        }
    }
    if input.claims.trim().is_empty() {
        ci.clone_into(&mut input.ci);
        project.clone_into(&mut input.project);
        environment.clone_into(&mut input.environment);
        audience.clone_into(&mut input.audience);
        "main".clone_into(&mut input.reference);
        "push".clone_into(&mut input.event);
        if input.action.is_empty() {
            "build".clone_into(&mut input.action);
        }
    }
}
