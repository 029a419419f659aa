//! A role the identity never took before.

use contract::findings::{Confidence, Severity};

use super::{names, since};
use crate::detect::{Aspect, Judged, Rule, View};

/// The rule.
pub const RULE: Rule = Rule {
    id: "unusual_role",
    name: "Role it never took before",
    rationale: "A pipeline takes the same few roles day after day. Another one means that it was changed, or that \
                somebody holds its token and looks how far it goes.",
    fix: "Ask the owner whether the pipeline was changed; if not, end the role's sessions and look at what they did.",
    controls: &[
        "T1078.004",
        "NHI5:2025",
        "SOC 2 CC7.2",
        "ISO 27001 A.8.15",
        "NIST 800-53 AC-6",
        "PCI DSS 4.0.1 10.4.1",
    ],
    judge,
};

fn judge(view: &View<'_>) -> Option<Judged> {
    let role = view.seen.role()?;
    let known = view.own.unusual(Aspect::Role, role, view.at)?;
    let why = format!(
        "It took {} since {} and never {role}.",
        names(&known),
        since(&known)
    );
    let title = format!("Took a role it never took before: {}", short(role));
    Some(
        Judged::new(Severity::High, Confidence::Likely, title, why)
            .about(role)
            .fact("Role", role)
            .usual(&known),
    )
}

/// The last part of an ARN.
fn short(role: &str) -> &str {
    role.rsplit('/').next().unwrap_or(role)
}

#[cfg(test)]
mod tests {
    use contract::events::Outcome;

    use crate::detect::tests::{Feed, rules};

    #[test]
    fn fires_once_and_says_what_is_usual() {
        let mut feed = Feed::learnt(|feed, day| feed.takes(day, "deploy"));
        let found = feed.takes(20, "arn:aws:iam::1:role/admin");
        assert_eq!(rules(&found), ["unusual_role"]);
        assert!(
            found[0].detail.contains("deploy since"),
            "{}",
            found[0].detail
        );
        assert_eq!(
            feed.takes(21, "arn:aws:iam::1:role/admin"),
            [],
            "known from then on"
        );
    }

    #[test]
    fn nearly_fires_for_the_usual_one_and_for_a_refusal() {
        let mut feed = Feed::learnt(|feed, day| feed.takes(day, "deploy"));
        assert_eq!(feed.takes(20, "deploy"), []);
        let refused = feed.assume(20, "admin", |event| event.outcome = Outcome::Failure);
        assert_eq!(refused, []);
    }

    #[test]
    fn unknown_while_it_learns_and_where_everything_is_new() {
        let mut young = Feed::default();
        for day in 0..13 {
            young.takes(day, "deploy");
        }
        assert_eq!(young.takes(13, "admin"), [], "13 days are too few");
        let mut restless = Feed::default();
        for day in 0..40 {
            let role = format!("role-{}", day / 2);
            restless.takes(day, &role);
        }
        assert_eq!(restless.takes(40, "admin"), [], "a new one every other day");
    }

    #[test]
    fn a_habit_of_long_ago_is_forgotten() {
        let mut feed = Feed::learnt(|feed, day| feed.takes(day, "deploy"));
        for day in 20..260 {
            let role = if day == 20 { "rarely" } else { "deploy" };
            feed.takes(day, role);
        }
        assert_eq!(rules(&feed.takes(260, "rarely")), ["unusual_role"]);
    }
}
