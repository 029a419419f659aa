//! The rules of the scan, one file each.

mod artipacked;
mod broad_permissions;
mod build_deploy_same_job;
mod cache_poisoning;
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
];

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
