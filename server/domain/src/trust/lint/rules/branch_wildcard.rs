//! Every branch, or every tag, of a project.

use crate::trust::glob::{ANY, ONE};
use crate::trust::issuer::Platform;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Report, Rule, Severity};
use crate::trust::source::Span;

pub const RULE: Rule = Rule {
    ids: &["branch-wildcard", "tag-wildcard"],
    severity: Severity::Medium,
    why: "Every branch (or tag) gets in, also one made a minute ago.",
    exploit: "Anybody who can push makes a branch or tag of a fitting name and takes the role.",
    fix: "Name the protected branch, or protect the tags with a ruleset and bind an environment.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    let mut judge = |text: &str, gitlab: bool, span: Span, written: &str| {
        for (id, whole, begun) in kinds(text, gitlab) {
            let finding = report.say(
                id,
                span,
                format!(
                    "\u{201c}{written}\u{201d} admits {}",
                    if whole {
                        "all of them"
                    } else {
                        "every one whose name begins so"
                    }
                ),
            );
            if begun && !whole {
                finding.severity = Severity::Low;
            }
        }
    };
    for sub in look.subs() {
        if sub.shape.project.fixed().is_some() {
            judge(
                &sub.shape.rest,
                sub.is(Platform::GitLab),
                sub.value.span,
                &sub.value.text,
            );
        }
    }
    for (_, issuer, it) in look.claims(&["ref", "ref_path"]) {
        for value in it
            .values
            .iter()
            .filter(|value| !value.is_exact() && it.narrows)
        {
            let gitlab = issuer.platform == Platform::GitLab && it.claim == "ref";
            let text = if gitlab {
                format!("ref_type:branch:ref:{}", value.shape())
            } else {
                format!("ref:{}", value.shape())
            };
            judge(&text, gitlab, value.span, &value.text);
        }
    }
}

/// The kinds of ref a context leaves open: id, all of them, only a beginning.
fn kinds(context: &str, gitlab: bool) -> Vec<(&'static str, bool, bool)> {
    let starts: &[(&str, &[&str])] = if gitlab {
        &[
            ("ref_type:branch:ref:", &["branch-wildcard"]),
            ("ref_type:tag:ref:", &["tag-wildcard"]),
        ]
    } else {
        &[
            ("ref:refs/heads/", &["branch-wildcard"]),
            ("ref:refs/tags/", &["tag-wildcard"]),
        ]
    };
    for (start, ids) in starts {
        if let Some(name) = context.strip_prefix(start) {
            let name = name.split(':').next().unwrap_or_default();
            let Some(at) = name.find([ANY, ONE]) else {
                return Vec::new();
            };
            return ids.iter().map(|id| (*id, at == 0, at > 0)).collect();
        }
    }
    let open = |lead: &str| {
        context
            .strip_prefix(lead)
            .is_some_and(|rest| rest.starts_with(ANY) && !rest.contains("refs/"))
    };
    if ["ref:", "ref:refs/", "ref_type:"]
        .iter()
        .any(|lead| open(lead))
    {
        return vec![
            ("branch-wildcard", true, false),
            ("tag-wildcard", true, false),
        ];
    }
    Vec::new()
}
