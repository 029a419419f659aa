//! Several services share one audience.

use crate::trust::lint::Severity;
use crate::trust::scan::{File, Report, Rule};
use crate::trust::source::Node;

pub const RULE: Rule = Rule {
    id: "gl-id-token-aud",
    severity: Severity::Medium,
    why: "A token for one service is accepted by the other.",
    fix: "Give every service an audience of its own.",
    check,
};

fn check(file: &File, report: &mut Report) {
    let mut seen: Vec<(String, String)> = Vec::new();
    for job in file.gitlab_jobs() {
        for token in job
            .node
            .get("id_tokens")
            .map(Node::entries)
            .unwrap_or_default()
        {
            let Some(aud) = token.node.get("aud") else {
                report.say(token.key_span, format!("{} has no audience", token.key));
                continue;
            };
            for value in aud.strings() {
                if let Some((_, other)) = seen
                    .iter()
                    .find(|(known, name)| *known == value.text && *name != token.key)
                {
                    report.say(
                        value.span,
                        format!("{} has the audience of {other}", token.key),
                    );
                } else {
                    seen.push((value.text, token.key.clone()));
                }
            }
            if aud.strings().len() > 1 {
                report.say(
                    aud.span,
                    format!("{} is good for several services", token.key),
                );
            }
        }
    }
}
