//! Issuer and subject do not fit together.

use crate::trust::hole;
use crate::trust::issuer::{Issuer, Platform};
use crate::trust::language::Document;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};
use crate::trust::source::Spanned;

pub const RULE: Rule = Rule {
    ids: &["issuer-mismatch"],
    severity: Severity::Medium,
    why: "The issuer is compared character by character, and its subjects have its own form.",
    exploit: "Every token is refused.",
    fix: "Copy the issuer from a token, and the subject's form from the platform's page.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for statement in look.statements(true) {
        for principal in &statement.principal.federated {
            if principal.text.contains("://") {
                report.say(
                    "issuer-mismatch",
                    principal.span,
                    "a provider's ARN has no scheme: nothing matches it",
                );
            }
        }
    }
    let told: Vec<Spanned> = match &look.trust.document {
        Document::Entra(credentials) => credentials
            .iter()
            .filter_map(|it| it.issuer.clone())
            .collect(),
        Document::Gcp(pool) => pool
            .providers
            .iter()
            .filter_map(|it| it.issuer.clone())
            .collect(),
        Document::Vault(role) => role.bound_issuer.iter().cloned().collect(),
        _ => Vec::new(),
    };
    for issuer in &told {
        if hole::has(&issuer.text) {
            continue;
        }
        if !issuer.text.starts_with("https://") && !issuer.text.starts_with("http://") {
            report.say(
                "issuer-mismatch",
                issuer.span,
                format!(
                    "\u{201c}{}\u{201d} is no address; issuers are URLs",
                    issuer.text
                ),
            );
        } else if issuer.text.ends_with('/')
            && Issuer::of(&issuer.text).platform != Platform::Other
            && Issuer::of(&issuer.text).platform != Platform::Kubernetes
        {
            report.say(
                "issuer-mismatch",
                issuer.span,
                "the trailing slash counts, and tokens do not have it",
            );
        }
    }
    for sub in look.subs() {
        let start = sub.value.text.split([':', '/']).next().unwrap_or_default();
        let owner = match start {
            "repo" => Platform::GitHub,
            "project_path" => Platform::GitLab,
            "system" => Platform::Kubernetes,
            "sc" => Platform::AzureDevOps,
            _ => continue,
        };
        let other = sub.issuer.platform != owner && sub.issuer.platform != Platform::Other;
        if other {
            report.say(
                "issuer-mismatch",
                sub.value.span,
                format!(
                    "\u{201c}{}\u{201d} is no subject of {}",
                    sub.value.text, sub.issuer.key
                ),
            );
        }
    }
}
