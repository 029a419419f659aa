//! A way in without any claim that says whose token it is.

use crate::trust::admits::{Ring, proves};
use crate::trust::grant::Constraint;
use crate::trust::issuer::Issuer;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Confidence, Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["no-subject-binding"],
    severity: Severity::Critical,
    why: "Nothing says whose pipeline the token must come from.",
    exploit: "Anybody who can get a token from the issuer, with a free account on a shared one, becomes this identity.",
    fix: "Bind the subject (`sub`) to one repository and environment; where the platform has ids, bind those.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for (grant, issuer) in look.live() {
        let told = grant.all.iter().any(|it| {
            it.narrows && !it.negated && (it.claim == "sub" || proven(issuer, it) < Ring::Provider)
        });
        if told {
            continue;
        }
        let workflow = grant.binds("job_workflow_ref");
        let named = if issuer.shared {
            "a shared issuer"
        } else {
            "an issuer of one's own"
        };
        let message = format!(
            "no subject or other identity is bound; {} is {named}",
            issuer.key
        );
        let finding = report.say("no-subject-binding", grant.span, message);
        if !issuer.shared {
            finding.severity = Severity::Medium;
        } else if workflow {
            finding.severity = Severity::High;
            finding.confidence = Confidence::Likely;
        }
    }
}

fn proven(issuer: &Issuer, it: &Constraint) -> Ring {
    it.values
        .iter()
        .map(|value| proves(issuer, &it.claim.to_ascii_lowercase(), value))
        .max()
        .unwrap_or(Ring::Provider)
}
