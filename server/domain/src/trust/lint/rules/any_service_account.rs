//! Every service account of a cluster or namespace.

use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["any-service-account"],
    severity: Severity::High,
    why: "Whoever may make a service account, or a pod, becomes this identity.",
    exploit: "A member of any team on the cluster runs a pod under an account that fits.",
    fix: "Bind `system:serviceaccount:NAMESPACE:NAME`.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for (grant, issuer) in look.live() {
        if issuer.platform == Platform::Kubernetes && grant.on("sub").next().is_none() {
            let finding = report.say(
                "any-service-account",
                grant.span,
                "no service account is bound",
            );
            if grant.binds("kubernetes.io/namespace") || grant.binds("kubernetes.io.namespace") {
                finding.severity = Severity::Medium;
            }
        }
    }
    for sub in look.subs() {
        let cluster =
            sub.is(Platform::Kubernetes) || sub.value.text.starts_with("system:serviceaccount");
        if cluster && !sub.is_exact() {
            let finding = report.say(
                "any-service-account",
                sub.value.span,
                format!(
                    "\u{201c}{}\u{201d} admits more than one account",
                    sub.value.text
                ),
            );
            if sub.shape.tenant.fixed().is_some() {
                finding.severity = Severity::Medium;
            }
        }
    }
}
