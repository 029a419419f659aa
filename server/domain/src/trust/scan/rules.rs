//! The rules of the scan, one file each.

mod ado_deploy_without_environment;
mod ado_static_connection;
mod ado_unpinned_template;
mod artipacked;
mod broad_permissions;
mod build_deploy_same_job;
mod cache_poisoning;
mod circle_context_unrestricted;
mod circle_static_cloud_creds;
mod circle_unpinned_orb;
mod deploy_without_environment;
mod gl_deploy_unprotected;
mod gl_deploy_without_environment;
mod gl_id_token_aud;
mod gl_include_remote;
mod gl_job_jwt;
mod gl_static_cloud_creds;
mod id_token_wide;
mod injection;
mod prt_misuse;
mod secret_in_log;
mod secrets_inherit;
mod self_hosted;
mod static_cloud_creds;
mod unpinned;

use super::Rule;
use crate::trust::source::{Node, Span};

/// Every rule, in the order of the reference.
pub const REGISTRY: &[&Rule] = &[
    &broad_permissions::RULE,
    &id_token_wide::RULE,
    &static_cloud_creds::RULE,
    &deploy_without_environment::RULE,
    &build_deploy_same_job::RULE,
    &unpinned::RULE,
    &secret_in_log::RULE,
    &self_hosted::RULE,
    &prt_misuse::RULE,
    &injection::RULE,
    &secrets_inherit::RULE,
    &cache_poisoning::RULE,
    &artipacked::RULE,
    &gl_job_jwt::RULE,
    &gl_id_token_aud::RULE,
    &gl_static_cloud_creds::RULE,
    &gl_deploy_without_environment::RULE,
    &gl_deploy_unprotected::RULE,
    &gl_include_remote::RULE,
    &ado_static_connection::RULE,
    &ado_deploy_without_environment::RULE,
    &ado_unpinned_template::RULE,
    &circle_static_cloud_creds::RULE,
    &circle_context_unrestricted::RULE,
    &circle_unpinned_orb::RULE,
];

/// Variables that hold a static credential of a cloud.
const CLOUD_KEYS: [&str; 9] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "ARM_CLIENT_SECRET",
    "AZURE_CLIENT_SECRET",
    "AZURE_CREDENTIALS",
    "GOOGLE_CREDENTIALS",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GCLOUD_SERVICE_KEY",
    "GCP_SA_KEY",
];

/// The names set under `variables`, `env` and `environment` anywhere below, with where they stand.
fn variables(node: &Node) -> Vec<(&str, Span)> {
    let mut found = Vec::new();
    gather(node, &mut found);
    found
}

fn gather<'a>(node: &'a Node, found: &mut Vec<(&'a str, Span)>) {
    for entry in node.entries() {
        if ["variables", "env", "environment"].contains(&entry.key.as_str()) {
            let named = entry.node.entries().iter();
            found.extend(named.map(|it| (it.key.as_str(), it.key_span)));
            // Azure's other form: a list of names and values.
            found.extend(entry.node.items().iter().filter_map(|it| {
                let name = it.get("name")?;
                Some((name.text()?, name.span))
            }));
        }
        gather(&entry.node, found);
    }
    for item in node.items() {
        gather(item, found);
    }
}

/// A script puts something into the world.
pub fn deploys(script: &str) -> bool {
    const WORDS: [&str; 20] = [
        "terraform apply",
        "tofu apply",
        "kubectl apply",
        "kubectl set image",
        "kubectl rollout",
        "helm upgrade",
        "helm install",
        "aws ecs update-service",
        "aws lambda update-function",
        "aws s3 sync",
        "aws cloudformation deploy",
        "gcloud run deploy",
        "gcloud app deploy",
        "gcloud functions deploy",
        "az webapp deploy",
        "az deployment",
        "serverless deploy",
        "cdk deploy",
        "sam deploy",
        "pulumi up",
    ];
    WORDS.iter().any(|word| script.contains(word))
}

/// A script runs the code's own build, tests or dependencies' install steps.
pub fn builds(script: &str) -> bool {
    const WORDS: [&str; 24] = [
        "npm install",
        "npm ci",
        "npm run",
        "npm test",
        "yarn",
        "pnpm ",
        "pip install",
        "poetry install",
        "uv sync",
        "pytest",
        "cargo build",
        "cargo test",
        "go build",
        "go test",
        "mvn ",
        "gradle",
        "./gradlew",
        "make ",
        "dotnet build",
        "dotnet test",
        "bundle install",
        "composer install",
        "docker build",
        "docker buildx build",
    ];
    WORDS.iter().any(|word| script.contains(word))
}
