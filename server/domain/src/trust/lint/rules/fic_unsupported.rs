//! A flexible credential uses what Entra does not have.

use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Confidence, Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["fic-unsupported-claim", "fic-unsupported-operator"],
    severity: Severity::Medium,
    why: "There are eq and matches, joined by and, over a few claims of each issuer.",
    exploit: "Creation is refused.",
    fix: "Say it with sub and the ids.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for credential in look.entra() {
        match &credential.expression {
            Some((written, Err(why))) => {
                report.say("fic-unsupported-operator", written.span, why.clone());
            }
            Some((_, Ok(expression))) => {
                for clause in &expression.clauses {
                    let Some(why) = credential.refused(clause) else {
                        continue;
                    };
                    let id = if why.contains("operator") || why.contains("eq only") {
                        "fic-unsupported-operator"
                    } else {
                        "fic-unsupported-claim"
                    };
                    report.say(id, clause.claim.span, why);
                }
            }
            None => {}
        }
        let platform = credential.platform().platform;
        let listed = matches!(
            platform,
            Platform::GitHub | Platform::GitLab | Platform::HcpTerraform
        );
        if let Some((written, Ok(_))) = &credential.expression
            && !listed
        {
            let finding = report.say(
                "fic-unsupported-claim",
                written.span,
                "the issuer is not among those flexible credentials are documented for",
            );
            finding.severity = Severity::Info;
            finding.confidence = Confidence::Possible;
        }
    }
}
