//! A sender that was turned away at a source's door with a forged or stolen token. It is no event: [`crate::detect::refusal`]
//! finds it where the door stands; the rule is listed here so that it is explained like every other.

use crate::detect::{Judged, Rule, View};

/// The rule.
pub const RULE: Rule = Rule {
    id: "refused_delivery",
    name: "Forged or foreign token at a source's door",
    rationale: "What a source reports is evidence. Who presents a token that was forged, replayed, or made for somebody \
                else tries to write into it.",
    fix: "If the sender is yours, mend its audience, subject or clock; if not, see whose address it is and keep the finding.",
    controls: &[
        "T1550.001",
        "NHI4:2025",
        "SOC 2 CC6.1",
        "ISO 27001 A.8.15",
        "NIST 800-53 AU-9",
        "PCI DSS 4.0.1 10.3.2",
    ],
    judge,
};

/// No event of the feed shows it.
fn judge(_: &View<'_>) -> Option<Judged> {
    None
}

#[cfg(test)]
mod tests {
    use contract::findings::Severity;

    use crate::detect::refusal::{Refusal, detect};

    fn refusal(why: &str) -> Refusal<'_> {
        Refusal {
            source: "deploys",
            name: "Deploys",
            why,
            at: crate::detect::tests::moment(0, 0),
            times: 1,
        }
    }

    #[test]
    fn fires_for_a_token_that_is_an_attack() {
        let found = detect(&refusal(
            "The token is not believed: its signature is of a kind that is never taken.",
        ))
        .expect("fires");
        assert_eq!(
            (found.rule.as_str(), found.severity),
            ("refused_delivery", Severity::High)
        );
        let replayed = detect(&refusal(
            "The token has delivered before: ask for a new one for each delivery.",
        ))
        .expect("fires");
        assert_ne!(
            found.fingerprint, replayed.fingerprint,
            "another reason is another finding"
        );
        assert_eq!(
            detect(&refusal(
                "The token has delivered before: ask for a new one for each delivery."
            )),
            Some(replayed)
        );
    }

    #[test]
    fn nearly_fires_for_a_sender_that_forgot_its_token() {
        assert_eq!(detect(&refusal("No token was sent.")), None);
    }

    #[test]
    fn a_sender_cannot_make_a_finding_of_each_try() {
        let mark = |why: &str| detect(&refusal(why)).expect("fires").fingerprint;
        for (one, other) in [
            (
                "The token is not one of this source: the subject is evil-1.",
                "The token is not one of this source: the subject is repo:evil/2:x.",
            ),
            (
                "The token is not one of this source: its repository_owner_id is 1.",
                "The token is not one of this source: its repository_owner_id is 2.",
            ),
            ("The certificate is of CN=1.", "The certificate is of CN=2."),
        ] {
            assert_eq!(mark(one), mark(other), "{one}");
        }
        assert_ne!(
            mark("The token is not one of this source: the subject is evil."),
            mark("The token is not one of this source: its actor is evil."),
        );
        let after = |times| {
            let many = Refusal {
                times,
                ..refusal("The token is not this source's.")
            };
            detect(&many).expect("fires").evidence
        };
        assert_eq!(after(10), after(99), "the count alone is no news");
        assert_ne!(after(99), after(100));
        assert_ne!(after(9), after(10));
    }

    #[test]
    fn unknown_reasons_are_told_as_they_are() {
        let found = detect(&refusal("Something new.")).expect("fires");
        assert_eq!(found.severity, Severity::Medium);
        assert!(found.detail.contains("Something new"), "{}", found.detail);
    }
}
