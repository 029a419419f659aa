//! Static credentials of a cloud where federation exists.

use crate::trust::lint::Severity;
use crate::trust::scan::expression::secrets;
use crate::trust::scan::github::scalars;
use crate::trust::scan::{File, Kind, Report, Rule};

pub const RULE: Rule = Rule {
    id: "wf-static-cloud-creds",
    severity: Severity::High,
    why: "A key in a secret works from anywhere, for anybody, until somebody rotates it.",
    fix: "Use OpenID Connect: role-to-assume, client-id and tenant-id, workload_identity_provider, or Vault's jwt method.",
    check,
};

fn check(file: &File, report: &mut Report) {
    for job in file.jobs() {
        for step in &job.steps {
            let action = step.action();
            let keys: &[&str] = match action.as_str() {
                "aws-actions/configure-aws-credentials" => {
                    &["aws-access-key-id", "aws-secret-access-key"]
                }
                "azure/login" => &["creds"],
                "google-github-actions/auth" | "google-github-actions/setup-gcloud" => {
                    &["credentials_json", "service_account_key"]
                }
                "hashicorp/vault-action" => &["token", "secretId"],
                _ => &[],
            };
            if let Some(found) = keys.iter().find_map(|key| Some((key, step.with(key)?))) {
                report.say(found.1.span, format!("{action} is given {}", found.0));
            }
        }
    }
    if !matches!(file.kind, Kind::Workflow | Kind::Action) {
        return;
    }
    let mut found = Vec::new();
    scalars(&file.root, "", &mut found);
    for (key, text, span) in found {
        let known = [
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "AZURE_CREDENTIALS",
            "ARM_CLIENT_SECRET",
            "AZURE_CLIENT_SECRET",
            "GOOGLE_CREDENTIALS",
            "GCP_SA_KEY",
            "GOOGLE_APPLICATION_CREDENTIALS_JSON",
        ];
        if known.contains(&key) && !secrets(text).is_empty() {
            report.say(span, format!("{key} comes from a secret"));
        }
    }
}
