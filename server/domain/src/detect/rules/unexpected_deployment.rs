//! A deployment to production from another branch or repository than declared, or than usual where nothing is declared.

use contract::events::{EventKind, Outcome};
use contract::findings::{Confidence, Severity};
use contract::identities::Environment;

use super::{names, since};
use crate::detect::{Aspect, Judged, Known, Rule, View};

/// The rule.
pub const RULE: Rule = Rule {
    id: "unexpected_deployment",
    name: "Production deployed from an unexpected place",
    rationale: "What reaches production is reviewed on its way through the usual branch. From anywhere else it may have \
                passed nobody.",
    fix: "Look at the commit and who approved it; let the environment deploy from the protected branch only.",
    controls: &[
        "T1195.002",
        "NHI6:2025",
        "SOC 2 CC8.1",
        "ISO 27001 A.8.32",
        "NIST 800-53 CM-3",
        "PCI DSS 4.0.1 6.5.1",
    ],
    judge,
};

fn judge(view: &View<'_>) -> Option<Judged> {
    let repository = view.seen.repository.as_deref()?;
    if view.seen.releases()
        && let Some(branch) = view.seen.branch.as_deref()
    {
        return from_branch(view, repository, branch);
    }
    from_repository(view, repository)
}

fn from_branch(view: &View<'_>, repository: &str, branch: &str) -> Option<Judged> {
    let title = format!("Production deployed from {branch} of {repository}");
    let declared = view
        .known
        .map(|known| declared(known, repository))
        .unwrap_or_default();
    if !declared.is_empty() {
        if declared.contains(&branch) {
            return None;
        }
        let why = format!(
            "It is declared to deploy from {} and deployed from {branch}.",
            declared.join(", ")
        );
        let judged = Judged::new(Severity::High, Confidence::Certain, title, why);
        return Some(
            judged
                .about(format!("{repository} {branch}"))
                .fact("Declared", declared.join(", ")),
        );
    }
    let known = view.repository.unusual(Aspect::Release, branch, view.at)?;
    let why = format!(
        "Since {} production came out of {} of {repository} and never out of {branch}.",
        since(&known),
        names(&known)
    );
    Some(
        Judged::new(Severity::High, Confidence::Likely, title, why)
            .about(format!("{repository} {branch}"))
            .fact("Repository", repository)
            .fact("Branch", branch)
            .usual(&known),
    )
}

/// The branches an identity's subjects name for a repository.
fn declared<'a>(known: &'a Known, repository: &str) -> Vec<&'a str> {
    let of = |(name, branch): &'a (String, Option<String>)| {
        branch.as_deref().filter(|_| name == repository)
    };
    known.declared.iter().filter_map(of).collect()
}

/// Another repository's pipeline became this identity in production.
fn from_repository(view: &View<'_>, repository: &str) -> Option<Judged> {
    let event = view.seen.event;
    let acts = matches!(
        event.kind,
        EventKind::CredentialAssumption | EventKind::Deployment
    ) && event.outcome == Outcome::Success;
    if !acts || view.seen.stage != Some(Environment::Production) {
        return None;
    }
    let known = view.own.unusual(Aspect::Repository, repository, view.at)?;
    let why = format!(
        "Since {} only {} acted as it in production, never {repository}.",
        since(&known),
        names(&known)
    );
    let title = format!("Another repository acts in production: {repository}");
    Some(
        Judged::new(Severity::High, Confidence::Likely, title, why)
            .about(repository)
            .fact("Repository", repository)
            .usual(&known),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::tests::{Feed, known, rules};

    #[test]
    fn fires_for_a_branch_production_never_came_from() {
        let mut feed = Feed::learnt(|feed, day| feed.deploys(day, "refs/heads/main"));
        let found = feed.deploys(20, "hotfix/x");
        assert_eq!(rules(&found), ["unexpected_deployment"]);
        assert!(found[0].detail.contains("main"), "{}", found[0].detail);
    }

    #[test]
    fn fires_at_once_where_a_branch_is_declared() {
        let mut feed = Feed::default();
        let mut declared = known();
        declared.declared = vec![("acme/shop".to_owned(), Some("main".to_owned()))];
        feed.know(declared);
        assert_eq!(feed.deploys(0, "refs/heads/main"), []);
        let found = feed.deploys(1, "hotfix/x");
        assert_eq!(
            (rules(&found), found[0].confidence),
            (vec!["unexpected_deployment"], Confidence::Certain)
        );
    }

    #[test]
    fn fires_for_another_repository_that_acts_in_production() {
        let mut feed = Feed::learnt(|feed, day| feed.takes(day, "deploy"));
        let found = feed.assume(20, "deploy", |event| {
            event.subject = Some("repo:acme/other:environment:production".to_owned());
        });
        assert_eq!(rules(&found), ["unexpected_deployment"]);
    }

    #[test]
    fn nearly_fires_for_the_same_branch_by_another_name_for_staging_and_for_tags() {
        let mut feed = Feed::learnt(|feed, day| feed.deploys(day, "refs/heads/main"));
        assert_eq!(feed.deploys(20, "main"), []);
        assert_eq!(feed.deploys_to(20, "hotfix", "staging"), []);
        let mut tags = Feed::learnt(|feed, day| feed.deploys(day, &format!("refs/tags/v{day}")));
        assert_eq!(tags.deploys(20, "refs/tags/v20"), []);
    }

    #[test]
    fn unknown_while_it_learns() {
        let mut feed = Feed::default();
        feed.deploys(0, "main");
        assert_eq!(feed.deploys(3, "hotfix"), []);
    }
}
