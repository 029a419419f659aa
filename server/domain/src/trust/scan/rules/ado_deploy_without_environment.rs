//! A job of an Azure pipeline deploys without being a deployment.

use super::deploys;
use crate::trust::lint::Severity;
use crate::trust::scan::{File, Report, Rule};

pub const RULE: Rule = Rule {
    id: "ado-deploy-without-environment",
    severity: Severity::Medium,
    why: "Tokens of Azure DevOps name the connection only: approvals and checks hang on environments and connections.",
    fix: "Make it a `deployment` job with an `environment`, and put approvals on that environment.",
    check,
};

fn check(file: &File, report: &mut Report) {
    for job in file.azure_jobs() {
        let puts = |task: &str| {
            [
                "azurewebapp",
                "azurefunctionapp",
                "kubernetesmanifest",
                "helmdeploy",
                "azureresourcemanagertemplatedeployment",
            ]
            .contains(&task)
        };
        let outward = job
            .steps
            .iter()
            .any(|it| puts(&it.task) || deploys(&it.script));
        if outward && !job.deployment {
            report.say(
                job.span,
                format!("job {} deploys and names no environment", job.name),
            );
        }
        if job.deployment && job.node.get("environment").is_none() {
            report.say(
                job.span,
                format!("deployment {} names no environment", job.name),
            );
        }
    }
}
