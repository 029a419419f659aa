//! The issuer is asked over plain HTTP.

use crate::trust::language::Document;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["shared-issuer-http"],
    severity: Severity::High,
    why: "The keys that verify tokens come from the issuer's address.",
    exploit: "Whoever is on the path answers with their own keys and signs tokens.",
    fix: "Use the https address.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    let told = match &look.trust.document {
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
    for issuer in told.iter().filter(|it| it.text.starts_with("http://")) {
        report.say(
            "shared-issuer-http",
            issuer.span,
            format!("{} is plain HTTP", issuer.text),
        );
    }
}
