//! A placeholder of a tutorial was left in.

use crate::trust::hole;
use crate::trust::language::aws::Policy;
use crate::trust::lint::look::Look;
use crate::trust::lint::{Confidence, Report, Rule, Severity};

pub const RULE: Rule = Rule {
    ids: &["placeholder-left"],
    severity: Severity::Medium,
    why: "A placeholder that can be registered belongs to whoever registers it.",
    exploit: "An attacker registers the name; otherwise nothing matches.",
    fix: "Write the real names.",
    check,
};

fn check(look: &Look, report: &mut Report) {
    for grant in &look.grants {
        for value in grant.all.iter().flat_map(|it| &it.values) {
            if let Some((word, registrable)) =
                placeholder(&value.text, look.aws().is_some_and(Policy::has_variables))
            {
                let finding = report.say(
                    "placeholder-left",
                    value.span,
                    format!("\u{201c}{word}\u{201d} looks like a placeholder"),
                );
                finding.confidence = Confidence::Likely;
                if registrable {
                    finding.severity = Severity::High;
                }
            }
        }
    }
    for principal in look
        .aws()
        .map(|policy| policy.statements.as_slice())
        .unwrap_or_default()
        .iter()
        .flat_map(|it| &it.principal.federated)
    {
        let account = principal
            .text
            .strip_prefix("arn:")
            .and_then(|it| it.split(':').nth(3))
            .unwrap_or("0");
        if !account.bytes().all(|c| c.is_ascii_digit()) && !hole::has(account) {
            report.say(
                "placeholder-left",
                principal.span,
                format!("\u{201c}{account}\u{201d} is no account number"),
            );
        }
    }
}

/// A word of the value that looks like a placeholder, and whether somebody could register it.
fn placeholder(text: &str, variables: bool) -> Option<(&str, bool)> {
    const EXACT: [&str; 26] = [
        "owner",
        "repo",
        "org",
        "organization",
        "organisation",
        "repository",
        "username",
        "user",
        "your-org",
        "your-repo",
        "my-org",
        "my-repo",
        "my-organization",
        "my-project",
        "mygroup",
        "my-group",
        "myorg",
        "myrepo",
        "example-org",
        "org-name",
        "repo-name",
        "github-org",
        "your-username",
        "your-organization",
        "changeme",
        "octo-org",
    ];
    if let Some(at) = text
        .find("${")
        .or_else(|| text.find("{{"))
        .or_else(|| text.find('<'))
    {
        let known = variables
            && ["${aws:", "${saml:", "${*}", "${?}", "${$}", "${sts:"]
                .iter()
                .any(|it| text[at..].starts_with(it));
        return (!known).then_some((&text[at..], false));
    }
    let mut path = text;
    if let Some((lead, rest)) = text.split_once(':') {
        path = if ["repo", "project_path", "organization"].contains(&lead) {
            rest
        } else {
            text
        };
    }
    let path = path.split(':').next().unwrap_or_default();
    let words = path.split(['/', '@']);
    words.into_iter().find_map(|word| {
        let lower = word.to_ascii_lowercase();
        let upper = word.len() > 2
            && word
                .bytes()
                .all(|c| c.is_ascii_uppercase() || c == b'_' || c == b'-');
        let yours = lower.starts_with("your-")
            || lower.starts_with("your_")
            || lower.starts_with("my_")
            || lower.contains("placeholder")
            || lower.contains("xxxx");
        let listed = EXACT.contains(&lower.as_str())
            && (upper || lower.contains('-') || lower.starts_with("my"));
        (yours || listed).then(|| (word, !word.contains('_')))
    })
}
