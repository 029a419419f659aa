//! A value has another type than the claim.

use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};
use crate::trust::source::Value;

pub const RULE: Rule = Rule {
    ids: &["bool-as-string", "number-as-string"],
    severity: Severity::Medium,
    why: "Vault compares types too: \"true\" is not true, and \"42\" is not 42.",
    exploit: "No token matches.",
    fix: "Write the value with the claim's type; GitHub and GitLab send almost everything as strings.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    const BOOLS: [&str; 3] = ["oidc.circleci.com/ssh-rerun", "email_verified", "ssh_rerun"];
    const NUMBERS: [&str; 6] = [
        "runner_id",
        "build_number",
        "iat",
        "exp",
        "nbf",
        "terraform_run_number",
    ];
    let Some(role) = look.vault() else {
        return;
    };
    let strings = matches!(
        role.issuer(look.facts).map(|it| it.platform),
        Some(Platform::GitHub | Platform::GitLab | Platform::HcpTerraform)
    );
    for bound in &role.bound_claims {
        let claim = bound.claim.text.as_str();
        for value in &bound.expected {
            let (id, wrong) = match &value.value {
                Value::Bool(_) => ("bool-as-string", strings && !BOOLS.contains(&claim)),
                Value::Number(_) => ("number-as-string", strings && !NUMBERS.contains(&claim)),
                Value::Text(text) if text == "true" || text == "false" => {
                    ("bool-as-string", BOOLS.contains(&claim))
                }
                Value::Text(_) => ("number-as-string", NUMBERS.contains(&claim)),
                _ => continue,
            };
            if wrong {
                report.say(
                    id,
                    value.span,
                    format!(
                        "{claim} is compared with {}, which has another type than the claim",
                        value.json()
                    ),
                );
            }
        }
    }
}
