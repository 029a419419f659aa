//! A repository's job ran on a machine of its own that nobody threw away after the last one, for the first time.

use chrono::TimeDelta;
use contract::findings::{Confidence, Severity};

use super::moment;
use crate::detect::baseline::LEARNING_DAYS;
use crate::detect::{Aspect, Judged, Rule, View};

/// The rule.
pub const RULE: Rule = Rule {
    id: "new_persistent_runner",
    name: "New persistent runner",
    rationale: "A machine that serves one run after the other hands what the first left behind to the next: files, \
                processes, tokens. Somebody who runs once stays.",
    fix: "Register it as ephemeral, one job a machine; if nobody knows it, take it out of its group and look at what it ran.",
    controls: &[
        "T1195.002",
        "NHI6:2025",
        "SOC 2 CC6.8",
        "ISO 27001 A.8.31",
        "NIST 800-53 SC-4",
        "PCI DSS 4.0.1 2.2.1",
    ],
    judge,
};

fn judge(view: &View<'_>) -> Option<Judged> {
    let runner = view.seen.event.joins.runner.as_ref()?;
    let habit = view
        .repository
        .habit(Aspect::Runner, &runner.name, view.at)?;
    // The second run it serves shows that it was kept.
    if runner.hosted != Some(false) || habit.times != 2 {
        return None;
    }
    let told = view.repository.habit(Aspect::Count, "runs", view.at)?;
    let learning = TimeDelta::days(LEARNING_DAYS);
    if habit.first - told.first < learning {
        return None;
    }
    let repository = view.seen.repository.as_deref().unwrap_or_default();
    let why = format!(
        "{} served a second run of {repository}; its first was at {}, {} runs were told of since {} without it.",
        runner.name,
        moment(habit.first),
        told.times,
        super::day(told.first),
    );
    Some(
        Judged::new(
            Severity::High,
            Confidence::Certain,
            format!("New persistent runner {}", runner.name),
            why,
        )
        .about(format!("{repository} {}", runner.name))
        .fact("Runner", runner.name.clone())
        .fact(
            "Group",
            runner
                .group
                .clone()
                .unwrap_or_else(|| "not told".to_owned()),
        )
        .fact("Labels", runner.labels.join(", ")),
    )
}

#[cfg(test)]
mod tests {

    use crate::detect::tests::{Feed, rules};

    fn learnt() -> Feed {
        Feed::learnt(|feed, day| feed.run(day, &format!("run-{day}"), "mona"))
    }

    #[test]
    fn fires_on_its_second_run_and_never_again() {
        let mut feed = learnt();
        assert_eq!(feed.ran_on(20, "run-a", "big-box", Some(false)), []);
        assert_eq!(
            rules(&feed.ran_on(21, "run-b", "big-box", Some(false))),
            ["new_persistent_runner"]
        );
        assert_eq!(feed.ran_on(22, "run-c", "big-box", Some(false)), []);
    }

    #[test]
    fn nearly_fires_for_hosted_ones_and_for_two_jobs_of_one_run() {
        let mut feed = learnt();
        feed.ran_on(20, "run-a", "GitHub Actions 7", Some(true));
        assert_eq!(feed.ran_on(21, "run-b", "GitHub Actions 7", Some(true)), []);
        feed.ran_on(20, "run-a", "one-off-1", Some(false));
        assert_eq!(feed.ran_on(20, "run-a", "one-off-1", Some(false)), []);
    }

    #[test]
    fn unknown_while_the_repository_is_new_and_where_the_owner_is_not_told() {
        let mut feed = Feed::default();
        feed.ran_on(0, "run-a", "big-box", Some(false));
        assert_eq!(feed.ran_on(1, "run-b", "big-box", Some(false)), []);
        let mut feed = learnt();
        feed.ran_on(20, "run-a", "big-box", None);
        assert_eq!(feed.ran_on(21, "run-b", "big-box", None), []);
    }
}
