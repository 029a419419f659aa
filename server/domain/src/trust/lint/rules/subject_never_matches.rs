//! The subject cannot be that of any token.

use crate::trust::glob::{ANY, ONE};
use crate::trust::hole;
use crate::trust::issuer::Platform;
use crate::trust::lint::look::{Look, Sub};
use crate::trust::lint::{Report, Rule, Severity};
use crate::trust::subject::is_wild;

pub const RULE: Rule = Rule {
    ids: &[
        "subject-never-matches:case",
        "subject-never-matches:empty-variable",
        "subject-never-matches:no-context",
        "subject-never-matches:claim-name",
        "subject-never-matches:gitlab-environment",
        "subject-never-matches:bitbucket-order",
        "subject-never-matches:context",
    ],
    severity: Severity::Medium,
    why: "No token of the platform has such a subject.",
    exploit: "Every token is refused; the repair under pressure is usually too wide.",
    fix: "Write the subject as the platform emits it; print one from a run to be sure.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    subjects(look, report);
    claims(look, report);
}

fn subjects(look: &Look, report: &mut Report) {
    for sub in look.subs() {
        let text = sub.value.shape();
        let rest = sub.shape.rest.as_str();
        let mut say = |kind: &str, message: String| {
            report.say(
                &format!("subject-never-matches:{kind}"),
                sub.value.span,
                message,
            );
        };
        if empty_part(&text, sub.issuer.platform) {
            say(
                "empty-variable",
                format!(
                    "\u{201c}{}\u{201d} has an empty part; a variable was probably empty",
                    sub.value.text
                ),
            );
            continue;
        }
        if claim_name(&sub.value.text) {
            say(
                "claim-name",
                format!(
                    "\u{201c}{}\u{201d} is the name of a claim, not a value",
                    sub.value.text
                ),
            );
            continue;
        }
        if hole::has(&text) && rest.is_empty() {
            continue;
        }
        let needs_context = matches!(
            sub.issuer.platform,
            Platform::GitHub | Platform::GitLab | Platform::HcpTerraform | Platform::Buildkite
        );
        if sub.is_exact()
            && needs_context
            && sub.shape.known
            && rest.is_empty()
            && text.starts_with(['r', 'p', 'o'])
            && !text.contains("_id:")
        {
            say(
                "no-context",
                format!(
                    "\u{201c}{}\u{201d} ends before the ref or environment; every subject goes on",
                    sub.value.text
                ),
            );
        }
        if sub.is(Platform::GitLab) && rest.starts_with("environment:") {
            say(
                "gitlab-environment",
                "GitLab's default subject has no environment part".to_owned(),
            );
        }
        if sub.is(Platform::Bitbucket) && !text.starts_with(['{', ANY, ONE]) {
            say(
                "bitbucket-order",
                "Bitbucket's subject is {repository}[:{environment}]:{step}, each in braces"
                    .to_owned(),
            );
        }
        if bad_context(&sub) {
            say(
                "context",
                format!("\u{201c}{rest}\u{201d} is no context of {}", sub.issuer.key),
            );
        }
        let named = look
            .repository(&sub.shape)
            .and_then(|it| it.name.as_deref());
        if let (Some(named), Some(project)) = (named, sub.shape.project.fixed())
            && named != project
            && named.eq_ignore_ascii_case(project)
        {
            say(
                "case",
                format!("the repository is {named}; names are compared with their case"),
            );
        }
    }
}

fn claims(look: &Look, report: &mut Report) {
    for (_, _, it) in look.claims(&[
        "repository",
        "repository_owner",
        "project_path",
        "repository_id",
        "project_id",
        "repository_owner_id",
        "ref",
        "environment",
    ]) {
        for value in it.values.iter().filter(|_| it.narrows && !it.negated) {
            if value.toks.is_empty() {
                report.say(
                    "subject-never-matches:empty-variable",
                    value.span,
                    format!(
                        "{} is compared with nothing; a variable was probably empty",
                        it.claim
                    ),
                );
            } else if claim_name(&value.text) {
                report.say(
                    "subject-never-matches:claim-name",
                    value.span,
                    format!(
                        "\u{201c}{}\u{201d} is the name of a claim, not a value",
                        value.text
                    ),
                );
            } else if let Some(named) = look
                .facts
                .repository(&value.text)
                .and_then(|it| it.name.as_deref())
                && it.claim == "repository"
                && named != value.text
                && named.eq_ignore_ascii_case(&value.text)
            {
                report.say(
                    "subject-never-matches:case",
                    value.span,
                    format!("the repository is {named}; names are compared with their case"),
                );
            }
        }
    }
}

fn empty_part(text: &str, platform: Platform) -> bool {
    let colons = !matches!(
        platform,
        Platform::Bitbucket | Platform::Other | Platform::Google
    );
    text.is_empty()
        || colons
            && (text.ends_with(':')
                || text.contains("::")
                || text.contains(":/") && !text.contains("://")
                || text.contains("/:"))
        || text.contains("@/")
        || text.contains("@:")
}

fn claim_name(text: &str) -> bool {
    text.starts_with("assertion.")
        || text.ends_with(".com:sub")
        || [
            "sub",
            "repository",
            "repository_id",
            "project_path",
            "project_id",
            "repository_owner",
            "ref",
        ]
        .contains(&text)
}

/// What follows the project is nothing the platform emits.
fn bad_context(sub: &Sub) -> bool {
    let rest = sub.shape.rest.as_str();
    let first = rest.split(':').next().unwrap_or_default();
    if rest.is_empty() || is_wild(first) || sub.shape.project.fixed().is_none() {
        return false;
    }
    match sub.issuer.platform {
        Platform::GitHub if sub.value.text.starts_with("repo:") => {
            let plain = rest == "main"
                || rest == "master"
                || first.starts_with("refs/")
                || first.starts_with("heads/");
            let short_ref = rest
                .strip_prefix("ref:")
                .is_some_and(|it| !it.starts_with("refs/") && !is_wild(it));
            let unknown = [
                "branch",
                "tag",
                "env",
                "Environment",
                "Ref",
                "pull-request",
                "push",
            ]
            .contains(&first);
            plain || short_ref || unknown
        }
        Platform::GitLab => {
            let full_ref = rest
                .split_once(":ref:")
                .is_some_and(|(_, name)| name.starts_with("refs/"));
            let kind = rest
                .strip_prefix("ref_type:")
                .map(|it| it.split(':').next().unwrap_or_default());
            full_ref
                || kind.is_some_and(|it| !is_wild(it) && it != "branch" && it != "tag")
                || ["ref", "branch"].contains(&first)
        }
        Platform::HcpTerraform => {
            let phase = rest.strip_prefix("run_phase:");
            phase.is_some_and(|it| !is_wild(it) && it != "plan" && it != "apply" && it != "*")
        }
        _ => false,
    }
}
