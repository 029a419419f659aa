//! Static credentials of a cloud in an Azure pipeline: a connection that keeps a key, or a key in a variable.

use super::{CLOUD_KEYS, variables};
use crate::trust::lint::Severity;
use crate::trust::scan::{File, Kind, Report, Rule};

pub const RULE: Rule = Rule {
    id: "ado-static-connection",
    severity: Severity::Medium,
    why: "A connection that keeps a key works for every pipeline that may use it, until somebody rotates the key.",
    fix: "Use a service connection with workload identity federation; for AWS the task with an OpenID Connect role.",
    check,
};

fn check(file: &File, report: &mut Report) {
    if file.kind != Kind::AzurePipelines {
        return;
    }
    for (key, span) in variables(&file.root) {
        if CLOUD_KEYS.contains(&key) {
            report.say(span, format!("{key} is a variable")).severity = Severity::High;
        }
    }
    for job in file.azure_jobs() {
        for step in &job.steps {
            let input = |key: &str| step.node.get("inputs")?.get(key);
            let aws = step.task.starts_with("aws") || step.task.starts_with("s3");
            if let Some(connection) = input("awsCredentials").filter(|_| aws) {
                report.say(
                    connection.span,
                    format!("{} uses the connection's access key", step.task),
                );
            }
            // What addSpnToEnvironment brings of a connection that keeps a secret.
            if step.script.contains("servicePrincipalKey") {
                report.say(
                    step.node.span,
                    format!(
                        "job {} takes the connection's secret into its script",
                        job.name
                    ),
                );
            }
        }
    }
}
