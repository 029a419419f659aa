//! Static credentials of a cloud in CircleCI.

use super::{CLOUD_KEYS, variables};
use crate::trust::lint::Severity;
use crate::trust::scan::github::scalars;
use crate::trust::scan::{File, Kind, Report, Rule};

pub const RULE: Rule = Rule {
    id: "circle-static-cloud-creds",
    severity: Severity::High,
    why: "A key in a context or project variable works from anywhere, until somebody rotates it.",
    fix: "Use CircleCI's OpenID Connect token: `role_arn` of the aws-cli orb, or the cloud's federation.",
    check,
};

fn check(file: &File, report: &mut Report) {
    if file.kind != Kind::CircleCi {
        return;
    }
    for (key, span) in variables(&file.root) {
        if CLOUD_KEYS.contains(&key) {
            report.say(span, format!("{key} is set in the file"));
        }
    }
    let mut found = Vec::new();
    scalars(&file.root, "", &mut found);
    for (key, text, span) in found {
        let script = ["command", "run"].contains(&key);
        let orb = [
            "aws_access_key_id",
            "aws_secret_access_key",
            "aws-access-key-id",
            "aws-secret-access-key",
            "gcloud_service_key",
        ]
        .contains(&key);
        let used = CLOUD_KEYS
            .iter()
            .find(|it| text.contains(&format!("${it}")) || text.contains(&format!("${{{it}")));
        match used {
            Some(used) if script => {
                report.say(span, format!("a step uses {used}"));
            }
            _ if orb => {
                report.say(span, format!("an orb is given {key}"));
            }
            _ => {}
        }
    }
}
