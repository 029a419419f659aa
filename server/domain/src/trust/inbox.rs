//! What a repository's pipelines have wrong, as findings of the inbox: the scan's own, those of the join with the roll's
//! trusts, and those of other tools.
//!
//! A fingerprint depends on repository, tool, rule, file and what is said, never on the line: code above may move. Two
//! that are the same in all of these are told apart by their order.

use std::collections::HashMap;

use contract::findings::{Confidence, Severity};
use sha2::{Digest as _, Sha256};

use super::lint;
use super::reach::{Forge, Meeting};
use super::scan::{Imported, Issue};

/// A finding to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// The same over time for the same thing.
    pub fingerprint: [u8; 32],
    /// Rule id; of another tool `tool/rule`.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong.
    pub title: String,
    /// Where.
    pub detail: String,
    /// What to do.
    pub fix: String,
    /// The facts it rests on: label and value.
    pub evidence: Vec<(String, String)>,
    /// The identity it is about, by name; empty for the repository's own.
    pub identity: String,
}

/// Whose pipelines are judged.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Where the repository lives.
    pub forge: Forge,
    /// `owner/name`.
    pub name: &'a str,
}

/// Longest title, in characters.
const TITLE: usize = 200;

impl Place<'_> {
    /// The scan's own findings.
    pub fn scanned(self, issues: &[Issue]) -> Vec<Raised> {
        let raised = issues.iter().map(|it| {
            let about = [it.rule, &it.path, &it.message].join("\0");
            let raised = Raised {
                rule: it.rule.to_owned(),
                severity: severity(it.severity),
                confidence: it.confidence,
                fix: it.fix.to_owned(),
                ..self.raised(&it.message, &it.path, it.position.line)
            };
            (about, raised)
        });
        self.fingerprinted("scan", raised)
    }

    /// What follows from the pipelines and the roll's trusts together.
    pub fn met(self, meetings: &[Meeting]) -> Vec<Raised> {
        let raised = meetings.iter().map(|it| {
            let about = [it.rule, &it.path, &it.identity, &it.message].join("\0");
            let mut raised = Raised {
                rule: it.rule.to_owned(),
                severity: severity(it.severity),
                confidence: Confidence::Likely,
                fix: it.fix.to_owned(),
                identity: it.identity.clone(),
                ..self.raised(&it.message, &it.path, 0)
            };
            if !it.identity.is_empty() && it.message.starts_with(&it.identity) {
                // A name stays as it is written.
                raised.title = shortened(first_line(&it.message).to_owned());
            }
            raised
                .evidence
                .push(("Identity".to_owned(), it.identity.clone()));
            (about, raised)
        });
        self.fingerprinted("join", raised)
    }

    /// The results of one other tool.
    pub fn imported(self, tool: &str, results: &[Imported]) -> Vec<Raised> {
        let of_tool = results.iter().filter(|it| it.tool == tool);
        let raised = of_tool.map(|it| {
            let own = if it.fingerprint.is_empty() {
                &it.message
            } else {
                &it.fingerprint
            };
            let about = [it.rule.as_str(), &it.path, own].join("\0");
            let slug = tool.to_lowercase();
            let rule = it
                .rule
                .strip_prefix(&format!("{slug}/"))
                .unwrap_or(&it.rule);
            let mut raised = Raised {
                rule: format!("{slug}/{rule}").chars().take(120).collect(),
                severity: severity(it.severity),
                confidence: Confidence::Likely,
                fix: format!("{tool} says of its rule {rule} what to do."),
                ..self.raised(
                    &it.message,
                    &it.path,
                    usize::try_from(it.line).unwrap_or_default(),
                )
            };
            raised
                .evidence
                .push(("Found by".to_owned(), tool.to_owned()));
            (about, raised)
        });
        self.fingerprinted(tool, raised)
    }

    fn raised(self, message: &str, path: &str, line: usize) -> Raised {
        let place = match (path, line) {
            ("", _) => self.name.to_owned(),
            (path, 0) => path.to_owned(),
            (path, line) => format!("{path}:{line}"),
        };
        let mut evidence = vec![("Repository".to_owned(), self.name.to_owned())];
        if !path.is_empty() {
            evidence.push(("Where".to_owned(), place.clone()));
        }
        Raised {
            fingerprint: [0; 32],
            rule: String::new(),
            severity: Severity::Low,
            confidence: Confidence::Likely,
            title: title(message),
            detail: if path.is_empty() {
                place
            } else {
                format!("{place} of {}", self.name)
            },
            fix: String::new(),
            evidence,
            identity: String::new(),
        }
    }

    fn fingerprinted(
        self,
        origin: &str,
        raised: impl Iterator<Item = (String, Raised)>,
    ) -> Vec<Raised> {
        let mut times: HashMap<String, usize> = HashMap::new();
        raised
            .map(|(about, mut it)| {
                let nth = times.entry(about.clone()).or_default();
                *nth += 1;
                let mut sha = Sha256::new();
                for part in [
                    "pipelines",
                    self.forge.as_str(),
                    &self.name.to_lowercase(),
                    origin,
                    &about,
                    &nth.to_string(),
                ] {
                    sha.update(part.as_bytes());
                    sha.update([0]);
                }
                it.fingerprint = sha.finalize().into();
                it
            })
            .collect()
    }
}

/// The first line of a message, shortened, with a capital.
fn title(message: &str) -> String {
    let mut chars = first_line(message).chars();
    let first: String = chars
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    shortened(first + chars.as_str())
}

fn first_line(message: &str) -> &str {
    message.trim().lines().next().unwrap_or_default()
}

fn shortened(whole: String) -> String {
    if whole.chars().count() <= TITLE {
        return whole;
    }
    whole.chars().take(TITLE - 1).chain(['\u{2026}']).collect()
}

/// The inbox knows four; what is only worth knowing is low.
const fn severity(it: lint::Severity) -> Severity {
    match it {
        lint::Severity::Critical => Severity::Critical,
        lint::Severity::High => Severity::High,
        lint::Severity::Medium => Severity::Medium,
        lint::Severity::Low | lint::Severity::Info => Severity::Low,
    }
}

/// Why a rule of pipelines matters; of another tool's nothing is known.
pub fn rationale(rule: &str) -> Option<&'static str> {
    let met = || {
        let mut all = super::MEETINGS.iter();
        all.find(|(id, _)| *id == rule).map(|(_, why)| *why)
    };
    super::scan::rule(rule).map(|rule| rule.why).or_else(met)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::trust::scan::{import_sarif, scan};

    const PLACE: Place = Place {
        forge: Forge::Github,
        name: "acme/shop",
    };

    fn found(text: &str) -> Vec<Raised> {
        PLACE.scanned(&scan(".github/workflows/a.yml", text).unwrap())
    }

    #[test]
    fn a_line_more_changes_no_fingerprint_and_twins_are_told_apart() {
        let step = "      - uses: actions/checkout@v4\n";
        let text = |head: &str, steps: &str| {
            format!(
                "{head}on: push\npermissions: {{}}\njobs:\n  j:\n    runs-on: x\n    steps:\n{steps}"
            )
        };
        let once = found(&text("", step));
        let moved = found(&text("# a comment\n", step));
        let prints =
            |all: &[Raised]| -> Vec<[u8; 32]> { all.iter().map(|it| it.fingerprint).collect() };
        assert_eq!(prints(&once), prints(&moved));
        assert_ne!(once[0].detail, moved[0].detail);
        let twice = found(&text("", &step.repeat(2)));
        let mut unique = prints(&twice);
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), twice.len());
        let elsewhere = Place {
            name: "acme/other",
            ..PLACE
        };
        let other = elsewhere.scanned(&scan(".github/workflows/a.yml", &text("", step)).unwrap());
        assert_ne!(prints(&once), prints(&other));
    }

    #[test]
    fn a_title_begins_with_a_capital_or_with_a_name_as_it_is_written() {
        let meeting = |message: &str| Meeting {
            rule: "dead-trust",
            severity: lint::Severity::Info,
            message: message.to_owned(),
            identity: "infra-live \u{b7} plan".to_owned(),
            path: String::new(),
            fix: "Remove it.",
        };
        let met = PLACE.met(&[
            meeting("infra-live \u{b7} plan trusts acme/shop"),
            meeting("job a asks for it"),
        ]);
        let titles: Vec<&str> = met.iter().map(|it| it.title.as_str()).collect();
        assert_eq!(
            titles,
            [
                "infra-live \u{b7} plan trusts acme/shop",
                "Job a asks for it"
            ]
        );
    }

    #[test]
    fn results_of_others_keep_their_names() {
        let text = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"zizmor"}},"results":[{"ruleId":"zizmor/artipacked","level":"error","message":{"text":"credential persistence"},"partialFingerprints":{"a":"b"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.yml"},"region":{"startLine":7}}}]}]}]}"#;
        let all = PLACE.imported("zizmor", &import_sarif(text).unwrap().found);
        assert_eq!(
            (
                all[0].rule.as_str(),
                all[0].title.as_str(),
                all[0].detail.as_str()
            ),
            (
                "zizmor/artipacked",
                "Credential persistence",
                "a.yml:7 of acme/shop"
            )
        );
        assert!(PLACE.imported("poutine", &[]).is_empty());
        assert!(rationale("wf-unpinned").is_some() && rationale("transitive").is_some());
        assert_eq!(rationale("zizmor/artipacked"), None);
    }
}
