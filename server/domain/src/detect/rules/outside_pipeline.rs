//! A pipeline's credential used where no pipeline runs, or a service account's where its service does not.

mod service;

use chrono::TimeDelta;
use contract::events::{EventKind, Outcome};
use contract::findings::{Confidence, Severity};
use contract::identities::IdentityKind;

use super::{names, since};
use crate::detect::baseline::LEARNING_TIMES;
use crate::detect::memory::was_on;
use crate::detect::{Aspect, Baseline, Habit, Judged, Rule, Scope, Unless, View};

/// Days without a run told of, after which a source is believed to be silent.
const SILENT_DAYS: i64 = 7;

/// The rule.
pub const RULE: Rule = Rule {
    id: "outside_pipeline",
    name: "Pipeline credential used outside a pipeline",
    rationale: "A pipeline's credential is used by its runs, from its runners, by its tools. A use without a run, by a \
                person's program or from elsewhere, is somebody who took it; so is a service account's key in a \
                person's hands.",
    fix: "End its sessions and renew the credential, then find how it left the pipeline; the events tell what was done with it.",
    controls: &[
        "T1078.004",
        "NHI7:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.8.16",
        "NIST 800-53 IA-9",
        "PCI DSS 4.0.1 8.6.1",
    ],
    judge,
};

fn judge(view: &View<'_>) -> Option<Judged> {
    let known = view.known?;
    if known.break_glass || !acts(view) {
        return None;
    }
    match known.kind {
        IdentityKind::Pipeline => pipeline(view),
        IdentityKind::ServiceAccount => service::judge(view),
        _ => None,
    }
}

fn pipeline(view: &View<'_>) -> Option<Judged> {
    let person = person(view);
    let elsewhere = elsewhere(view);
    let alone = alone(view);
    let mut reasons = Vec::new();
    reasons.extend(person.clone());
    reasons.extend(alone.as_ref().map(|(words, _)| words.clone()));
    reasons.extend(elsewhere.as_ref().map(|(words, _)| words.clone()));
    // A new network by itself says little: hosted runners get new ones.
    if person.is_none() && alone.is_none() {
        return None;
    }
    let (severity, confidence) = match reasons.len() {
        1 => (Severity::Medium, Confidence::Possible),
        2 => (Severity::High, Confidence::Likely),
        _ => (Severity::Critical, Confidence::Likely),
    };
    let mut judged = Judged::new(
        severity,
        confidence,
        "Pipeline credential used outside a pipeline".to_owned(),
        sentence(&reasons),
    )
    .about(view.at.format("%Y-%m-%d").to_string());
    if let Some((_, usual)) = &elsewhere {
        judged = judged.usual(usual);
    }
    // Where nothing but the missing run speaks, the run may still be told of.
    if person.is_none() {
        judged.unless = alone.map(|(_, repository)| Unless::Run(repository));
    }
    Some(judged)
}

/// The reasons as one sentence.
fn sentence(reasons: &[String]) -> String {
    let mut why = uppercase(&reasons.join("; "));
    why.push('.');
    why
}

/// Whether the identity itself did something outside the platform its pipeline runs on.
fn acts(view: &View<'_>) -> bool {
    let event = view.seen.event;
    event.outcome != Outcome::Failure
        && event.run_id.is_none()
        && !matches!(
            event.kind,
            EventKind::PipelineRun | EventKind::DeploymentApproval
        )
        && (view.seen.handle.is_some() || event.subject.is_some())
}

/// A person's program, where the identity never had one.
fn person(view: &View<'_>) -> Option<String> {
    let agent = view.seen.agent.as_ref().filter(|agent| agent.interactive)?;
    let usual = view.own.unusual(Aspect::Agent, &agent.family, view.at)?;
    Some(format!(
        "it was used by {}; since {} it was used by {}",
        agent.family,
        since(&usual),
        names(&usual)
    ))
}

/// A network the identity never came from: in words, with the usual ones.
fn elsewhere(view: &View<'_>) -> Option<(String, Vec<(String, Habit)>)> {
    let network = view.seen.network.as_deref()?;
    let usual = view.own.unusual(Aspect::Network, network, view.at)?;
    let words = format!(
        "it came from {network}; since {} it came from {}",
        since(&usual),
        names(&usual)
    );
    Some((words, usual))
}

/// No run was on, and all runs are told of: in words, with the repository.
fn alone(view: &View<'_>) -> Option<(String, String)> {
    let opens = view.seen.event.kind == EventKind::CredentialAssumption
        || view
            .seen
            .handle
            .as_ref()
            .is_some_and(|handle| handle.lasting);
    if !opens {
        return None;
    }
    let declared = || {
        let known = view.known?;
        let mut names = known.declared.iter().map(|(name, _)| name.clone());
        let first = names.next()?;
        // Which of several it belongs to cannot be said.
        names.all(|name| name == first).then_some(first)
    };
    let repository = view.seen.repository.clone().or_else(declared)?;
    let baseline = view.memory.baseline(&Scope::Repository(repository.clone()));
    (is_told(baseline, view) && !was_on(baseline, view.at))
        .then(|| (format!("no run of {repository} was on"), repository))
}

/// Whether a repository's runs are told of, and still are.
fn is_told(baseline: &Baseline, view: &View<'_>) -> bool {
    baseline
        .habit(Aspect::Count, "runs", view.at)
        .is_some_and(|runs| {
            runs.times >= LEARNING_TIMES
                && view.at - runs.first >= TimeDelta::days(SILENT_DAYS)
                && view.at - runs.last <= TimeDelta::days(SILENT_DAYS)
        })
}

fn uppercase(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::tests::{Feed, known, rules};

    /// Twenty days: a run, and in it the role taken from a runner.
    fn learnt() -> Feed {
        let mut feed = Feed::default();
        feed.know(known());
        for day in 0..20 {
            feed.run(day, &format!("run-{day}"), "mona");
            assert_eq!(feed.takes(day, "deploy"), [], "day {day}");
        }
        feed
    }

    #[test]
    fn fires_when_no_run_was_on_and_none_is_told_of_later() {
        let mut feed = learnt();
        assert_eq!(
            feed.assume_at(21, 600, "deploy", |_| {}),
            [],
            "the run may still be told of"
        );
        let found = feed.due(21, 600 + 31);
        assert_eq!(rules(&found), ["outside_pipeline"]);
        assert!(
            found[0].detail.contains("No run of acme/shop"),
            "{}",
            found[0].detail
        );
    }

    #[test]
    fn fires_at_once_for_a_persons_program() {
        let mut feed = learnt();
        feed.run(21, "run-21", "mona");
        let found = feed.assume(21, "deploy", |event| {
            event.joins.agent = Some("Mozilla/5.0 (Macintosh) Safari".to_owned());
            event.source_ip = Some("198.51.100.4".to_owned());
        });
        assert_eq!(rules(&found), ["outside_pipeline"]);
        assert_eq!(found[0].severity, Severity::High);
    }

    #[test]
    fn nearly_fires_when_the_run_is_told_of_late() {
        let mut feed = learnt();
        assert_eq!(feed.takes(21, "deploy"), []);
        feed.run(21, "run-21", "mona");
        assert_eq!(feed.due(21, 40), []);
    }

    #[test]
    fn unknown_where_runs_are_not_told_of() {
        let mut feed = Feed::default();
        feed.know(known());
        for day in 0..20 {
            feed.takes(day, "deploy");
        }
        assert_eq!(feed.takes(21, "deploy"), []);
        assert_eq!(feed.due(21, 40), []);
    }
}
