//! What protects the branch or environment a job's subject speaks of.

use super::{Home, Joined, Meeting, Reach};
use crate::trust::governance::Governance;
use crate::trust::jobs::ANY_BRANCH;
use crate::trust::lint::Severity;

/// Judges every way in by what stands before it.
pub fn judge(home: &Home, rules: &Governance, joined: &mut Joined) {
    if rules.is_empty() {
        return;
    }
    let found: Vec<Meeting> = joined
        .reaches
        .iter()
        .flat_map(|it| {
            let gated = it
                .environment
                .as_deref()
                .map(|name| environment(it, name, rules));
            match gated {
                Some(found) => found,
                None => branch(home, it, rules).into_iter().collect(),
            }
        })
        .collect();
    joined.findings.extend(found);
}

fn meeting(it: &Reach, rule: &'static str, severity: Severity, message: String) -> Meeting {
    Meeting {
        rule,
        severity,
        message,
        identity: it.identity.clone(),
        path: it.path.clone(),
        fix: match rule {
            "trust-on-unprotected-branch" => {
                "Protect the branch with required reviews, or bind an environment with reviewers."
            }
            "environment-reviewed-by-its-authors" => {
                "Prevent self-review, and name reviewers outside the team."
            }
            _ => "Require reviewers for the environment.",
        },
    }
}

fn branch(home: &Home, it: &Reach, rules: &Governance) -> Option<Meeting> {
    let name = it.branch.as_deref()?;
    if rules.branch(name) != Some(false) {
        return None;
    }
    let name = if name == ANY_BRANCH {
        "any branch somebody pushes"
    } else {
        name
    };
    Some(meeting(
        it,
        "trust-on-unprotected-branch",
        Severity::High,
        format!(
            "{} trusts {name} of {}, which nothing protects",
            it.identity, home.name
        ),
    ))
}

fn environment(it: &Reach, name: &str, rules: &Governance) -> Vec<Meeting> {
    let Some(gate) = rules.environment(name) else {
        return Vec::new();
    };
    let (rule, why) = if !gate.reviewed {
        (
            "trust-on-environment-without-reviewers",
            "which no one has to approve".to_owned(),
        )
    } else if gate.self_review {
        let who = match gate.reviewers.as_slice() {
            [] => String::new(),
            some => format!(" ({} may approve)", some.join(", ")),
        };
        (
            "environment-reviewed-by-its-authors",
            format!("where who asked may approve{who}"),
        )
    } else {
        return Vec::new();
    };
    vec![meeting(
        it,
        rule,
        Severity::Medium,
        format!("{} trusts the environment {name}, {why}", it.identity),
    )]
}
