//! A deployment to production that its own author approved, or nobody where somebody usually does.

use contract::findings::{Confidence, Severity};
use contract::identities::Environment;

use super::day;
use crate::detect::baseline::LEARNING_TIMES;
use crate::detect::memory::{SOMEBODY, is_approved, of_run};
use crate::detect::{Aspect, Habit, Judged, Rule, Unless, View};

/// Of a hundred releases, how many must have been approved for one without to be unusual.
const USUALLY: i64 = 90;

/// The rule.
pub const RULE: Rule = Rule {
    id: "unapproved_deployment",
    name: "Deployment approved by its own author or by nobody",
    rationale: "Four eyes before production are worth something only if they are two people's, and nobody goes round them.",
    fix: "Let the environment require a reviewer who did not start the run, and have this deployment reviewed now.",
    controls: &[
        "T1195.002",
        "NHI5:2025",
        "SOC 2 CC8.1",
        "ISO 27001 A.5.3",
        "NIST 800-53 AC-5",
        "PCI DSS 4.0.1 6.5.4",
    ],
    judge,
};

fn judge(view: &View<'_>) -> Option<Judged> {
    by_author(view)
        .or_else(|| by_bypass(view))
        .or_else(|| by_nobody(view))
}

fn by_author(view: &View<'_>) -> Option<Judged> {
    let seen = view.seen;
    let run = seen.event.run_id.as_deref()?;
    let actor = seen.event.actor.as_deref()?;
    // Whichever is told of last; outside production nobody has to approve.
    let other = if seen.approves() {
        Aspect::Starter
    } else if seen.starts_run() {
        Aspect::Approver
    } else {
        return None;
    };
    let (_, habit) = of_run(view.repository, other, run, view.at)
        .find(|(who, _)| who.eq_ignore_ascii_case(actor))?;
    let why = format!("{actor} started run {run} and approved its deployment.");
    let mut judged = Judged::new(
        Severity::High,
        Confidence::Certain,
        "Deployment approved by its own author".to_owned(),
        why,
    )
    // Who does so as a habit is one finding with many events.
    .about(format!("author {}", actor.to_lowercase()))
    .fact("Run", run)
    .fact("Started and approved by", actor);
    judged.events.push(habit.event);
    Some(judged)
}

/// Who went round the approval, and the event that tells the other half: that it was production's.
fn bypass(view: &View<'_>) -> Option<(String, Option<Habit>)> {
    let seen = view.seen;
    let run = seen.event.run_id.as_deref();
    if seen.bypasses() {
        let who = seen.event.actor.as_deref().unwrap_or(SOMEBODY).to_owned();
        let released = run.and_then(|run| view.repository.habit(Aspect::Released, run, view.at));
        let production = seen.stage == Some(Environment::Production);
        return (production || released.is_some()).then_some((who, released));
    }
    if !seen.releases() {
        return None;
    }
    of_run(view.repository, Aspect::Bypasser, run?, view.at)
        .max_by_key(|(who, habit)| (habit.last, *who))
        .map(|(who, habit)| (who.to_owned(), Some(habit)))
}

fn by_bypass(view: &View<'_>) -> Option<Judged> {
    let repository = view.seen.repository.as_deref()?;
    let (who, other) = bypass(view)?;
    let count = |what: &str| view.repository.habit(Aspect::Count, what, view.at);
    let usual = match (count("approved"), count("releases")) {
        (Some(approved), Some(releases)) => format!(
            "; since {} {} of {} production deployments were approved",
            day(releases.first),
            approved.times,
            releases.times
        ),
        _ => String::new(),
    };
    let why = format!(
        "{who} went round the protection rules of {repository} for a deployment to production{usual}."
    );
    let mut judged = Judged::new(
        Severity::High,
        Confidence::Certain,
        "Deployment let through by a bypass".to_owned(),
        why,
    )
    .about(format!("bypass {}", who.to_lowercase()))
    .fact("Bypassed by", who)
    .fact("Repository", repository);
    if let Some(run) = &view.seen.event.run_id {
        judged = judged.fact("Run", run);
    }
    judged.events.extend(other.map(|habit| habit.event));
    Some(judged)
}

fn by_nobody(view: &View<'_>) -> Option<Judged> {
    let seen = view.seen;
    let run = seen.event.run_id.as_deref()?;
    let repository = seen.repository.as_deref()?;
    if !seen.releases() || is_approved(view.repository, run, view.at) {
        return None;
    }
    let count = |what: &str| view.repository.habit(Aspect::Count, what, view.at);
    let (releases, approved) = (count("releases")?, count("approved")?);
    if approved.times < LEARNING_TIMES || approved.times * 100 < releases.times * USUALLY {
        return None;
    }
    let why = format!(
        "Since {} {} of {} production deployments of {repository} were approved; nobody approved this one.",
        day(releases.first),
        approved.times,
        releases.times,
    );
    let mut judged = Judged::new(
        Severity::High,
        Confidence::Likely,
        "Deployment approved by nobody".to_owned(),
        why,
    )
    .about(format!("nobody {run}"))
    .fact("Run", run);
    judged.unless = Some(Unless::Approval(repository.to_owned(), run.to_owned()));
    Some(judged)
}

#[cfg(test)]
mod tests {

    use crate::detect::tests::{Feed, rules};

    fn learnt() -> Feed {
        let mut feed = Feed::default();
        for day in 0..20 {
            let run = format!("run-{day}");
            feed.run(day, &run, "mona");
            assert_eq!(feed.approved(day, &run, "hubot"), []);
            assert_eq!(feed.released(day, &run), []);
        }
        feed
    }

    #[test]
    fn fires_for_ones_own_approval_in_either_order() {
        let mut feed = Feed::default();
        feed.run(0, "a", "mona");
        assert_eq!(
            rules(&feed.approved(0, "a", "Mona")),
            ["unapproved_deployment"]
        );
        feed.approved(1, "b", "mona");
        assert_eq!(rules(&feed.run(1, "b", "mona")), ["unapproved_deployment"]);
    }

    #[test]
    fn fires_when_nobody_approved_what_somebody_always_does() {
        let mut feed = learnt();
        feed.run(21, "x", "mona");
        assert_eq!(
            feed.released(21, "x"),
            [],
            "the approval may still be told of"
        );
        let found = feed.due(21, 60);
        assert_eq!(rules(&found), ["unapproved_deployment"]);
        assert!(found[0].detail.contains("20 of 21"), "{}", found[0].detail);
    }

    #[test]
    fn fires_when_only_another_environment_was_approved() {
        let mut feed = learnt();
        feed.run(21, "x", "mona");
        assert_eq!(feed.approved_for(21, "x", "hubot", Some("staging")), []);
        assert_eq!(feed.released(21, "x"), []);
        assert_eq!(
            feed.approved_for(21, "x", "hubot", Some("staging")),
            [],
            "told late"
        );
        assert_eq!(rules(&feed.due(21, 60)), ["unapproved_deployment"]);
    }

    #[test]
    fn fires_for_a_bypass_in_either_order_and_names_who() {
        for (first, place) in [(true, None), (false, None), (true, Some("production"))] {
            let mut feed = learnt();
            feed.run(21, "x", "mona");
            let mut found = Vec::new();
            if first {
                found.extend(feed.bypassed(21, "x", "root-admin", place));
                assert_eq!(found.len(), usize::from(place.is_some()));
            }
            found.extend(feed.released(21, "x"));
            if !first {
                assert_eq!(found, [], "it may still be approved");
                found.extend(feed.bypassed(21, "x", "root-admin", place));
            }
            for one in &found {
                let said = &one.detail;
                assert!(said.starts_with("root-admin went round"), "{said}");
                assert!(said.contains("20 of 2"), "{said}");
                assert_eq!(one.fingerprint, found[0].fingerprint);
            }
            let last = found.last().expect("fires");
            assert_eq!(
                (last.rule.as_str(), last.events.len()),
                ("unapproved_deployment", 2)
            );
            assert_eq!(feed.due(21, 60), [], "one finding of it");
        }
    }

    #[test]
    fn nearly_fires_for_an_approval_that_names_no_environment_and_a_bypass_of_another() {
        let mut feed = learnt();
        feed.run(21, "x", "mona");
        feed.released(21, "x");
        assert_eq!(feed.bypassed(21, "x", "root-admin", Some("staging")), []);
        assert_eq!(feed.approved_for(21, "x", "hubot", None), []);
        assert_eq!(feed.due(21, 60), []);
    }

    #[test]
    fn nearly_fires_for_an_approval_told_of_late_and_for_another_person() {
        let mut feed = learnt();
        feed.run(21, "x", "mona");
        feed.released(21, "x");
        assert_eq!(feed.approved(21, "x", "hubot"), []);
        assert_eq!(feed.due(21, 60), []);
    }

    #[test]
    fn unknown_where_approvals_are_not_told_of() {
        let mut feed = Feed::default();
        for day in 0..20 {
            feed.run(day, &format!("run-{day}"), "mona");
            feed.released(day, &format!("run-{day}"));
        }
        assert_eq!(feed.due(21, 0), []);
    }
}
