//! Jobs run on a self-hosted runner that lives longer than one run.

use contract::findings::{Confidence, FindingClass, Severity};
use contract::identities::{IdentityKind, Platform};

use crate::finding::facts::{Facts, day};
use crate::finding::{Rule, Verdict};

/// The rule.
pub const RULE: Rule = Rule {
    id: "persistent_runner",
    name: "Persistent self-hosted runner",
    class: FindingClass::Posture,
    rationale: "What one job leaves behind on a machine that lives on, the next job runs with: its files, its \
                processes, its credentials.",
    controls: &[
        "NHI6:2025",
        "NHI8:2025",
        "SOC 2 CC6.8",
        "ISO 27001 A.8.31",
        "NIST 800-53 SC-4",
        "PCI DSS 4.0.1 2.2.3",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    if !facts.is_live()
        || facts.kind != IdentityKind::Pipeline
        || facts.platform != Platform::GithubActions
    {
        return Verdict::Clear;
    }
    let Some(runners) = &facts.runners else {
        return Verdict::Unknown(
            "Stream GitHub's audit log: its job events tell which runner each job had.",
        );
    };
    let severity = if facts.in_production() && facts.is_privileged() {
        Severity::High
    } else {
        Severity::Medium
    };
    Verdict::of(
        runners
            .iter()
            // An ephemeral runner serves one run and is gone.
            .filter(|runner| runner.runs > 1)
            .map(|runner| {
                RULE.draft(facts, severity, "Persistent self-hosted runner")
                    .about(&runner.name)
                    .confidence(Confidence::Likely)
                    .detail(format!("{} served {} runs in a week", runner.name, runner.runs))
                    .fix("Register the runner with --ephemeral, or use a runner that is made for each job.")
                    .evidence("Runner", &runner.name)
                    .evidence("Runs", runner.runs.to_string())
                    .evidence("Last run", day(runner.last))
                    .done()
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::facts::Runner;
    use crate::finding::rules::expect;

    fn with(runs: i64) -> Facts {
        let calm = Facts::calm();
        let runner = Runner {
            name: "build-7".into(),
            runs,
            last: calm.now,
        };
        Facts {
            runners: Some(vec![runner]),
            ..calm
        }
    }

    #[test]
    fn fires_for_a_runner_that_served_two_runs() {
        let found = expect::fires(&RULE, &with(2));
        assert_eq!(
            (found[0].severity, found[0].detail.as_str()),
            (Severity::High, "build-7 served 2 runs in a week")
        );
    }

    #[test]
    fn nearly_fires_for_an_ephemeral_one_and_other_platforms() {
        expect::clear(&RULE, &with(1));
        expect::clear(
            &RULE,
            &Facts {
                platform: Platform::Aws,
                runners: None,
                ..with(2)
            },
        );
    }

    #[test]
    fn unknown_where_no_source_tells_of_runners() {
        expect::unknown(
            &RULE,
            &Facts {
                runners: None,
                ..Facts::calm()
            },
        );
    }
}
