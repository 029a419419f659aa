//! A secret the identity never read before.

use contract::findings::{Confidence, Severity};
use contract::identities::Environment;

use super::{names, since};
use crate::detect::{Aspect, Judged, Rule, View};

/// The rule.
pub const RULE: Rule = Rule {
    id: "first_secret_access",
    name: "Secret it never read before",
    rationale: "Who holds a pipeline's token reads what it may read. A secret outside the usual ones is either a new \
                step of the pipeline or the beginning of a theft.",
    fix: "Ask the owner whether a new step needs it; if not, change the secret and take the permission away.",
    controls: &[
        "T1552",
        "NHI2:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.8.15",
        "NIST 800-53 AU-6",
        "PCI DSS 4.0.1 10.4.1",
    ],
    judge,
};

fn judge(view: &View<'_>) -> Option<Judged> {
    let mut usual = None;
    let mut fresh: Vec<String> = Vec::new();
    // A job is handed several at once, and all of them are usual from then on: each new one is named now or never.
    for secret in view.seen.secrets() {
        if let Some(known) = view.own.unusual(Aspect::Secret, &secret, view.at) {
            usual = Some(known);
            fresh.push(secret);
        }
    }
    fresh.sort_unstable();
    fresh.dedup();
    let known = usual?;
    let severity = if view.seen.stage == Some(Environment::Production) {
        Severity::High
    } else {
        Severity::Medium
    };
    let all = fresh.join(", ");
    let why = format!(
        "Since {} it has read {} and never {all}.",
        since(&known),
        names(&known)
    );
    let title = match fresh.len() {
        1 => format!("Read a secret it never read before: {all}"),
        count => format!("Read {count} secrets it never read before"),
    };
    let mut judged = Judged::new(severity, Confidence::Possible, title, why).about(all);
    for secret in fresh {
        judged = judged.fact("Secret", secret);
    }
    Some(judged.usual(&known))
}

#[cfg(test)]
mod tests {
    use contract::identities::Environment;

    use super::*;
    use crate::detect::tests::{Feed, rules};

    #[test]
    fn fires_for_a_new_secret_worse_in_production() {
        let mut feed = Feed::learnt(|feed, day| feed.reads(day, "db/password", None));
        let found = feed.reads(20, "pay/key", Some(Environment::Production));
        assert_eq!(rules(&found), ["first_secret_access"]);
        assert_eq!(found[0].severity, Severity::High);
        let found = feed.reads(21, "ads/key", Some(Environment::Staging));
        assert_eq!(found[0].severity, Severity::Medium);
    }

    #[test]
    fn fires_for_every_new_one_of_a_job() {
        let mut feed = Feed::learnt(|feed, day| feed.reads(day, "DEPLOY_TOKEN", None));
        let found = feed.reads(20, "NPM_TOKEN, DEPLOY_TOKEN, AWS_ROOT_KEY", None);
        assert_eq!(rules(&found), ["first_secret_access"]);
        let said = &found[0].detail;
        assert!(said.ends_with("never AWS_ROOT_KEY, NPM_TOKEN."), "{said}");
        let secrets = found[0]
            .evidence
            .iter()
            .filter(|(label, _)| label == "Secret");
        assert_eq!(secrets.count(), 2);
        assert_eq!(
            feed.reads(21, "NPM_TOKEN, AWS_ROOT_KEY", None),
            [],
            "known now"
        );
    }

    #[test]
    fn nearly_fires_for_the_same_one_by_its_address() {
        let mut feed = Feed::learnt(|feed, day| feed.reads(day, "db/password", None));
        let arn = "arn:aws:secretsmanager:eu-west-1:1:secret:db/password-AbC123";
        assert_eq!(feed.reads(20, arn, None), []);
    }

    #[test]
    fn unknown_before_it_is_known_what_is_usual() {
        let mut feed = Feed::default();
        feed.reads(0, "db/password", None);
        assert_eq!(feed.reads(20, "pay/key", None), [], "read once before");
    }
}
