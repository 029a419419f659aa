//! A link of the chain that production deployments lack. It is no single event: [`crate::detect::gaps`] finds it over the
//! runs of a stretch of time; the rule is listed here so that it is explained like every other.

use crate::detect::{Judged, Rule, View};

/// The rule.
pub const RULE: Rule = Rule {
    id: "trail_gap",
    name: "Missing link in the trail of production",
    rationale: "A deployment whose person, commit, machine, role or approval no event proves cannot be explained afterwards: \
                neither to an auditor nor to whoever has to find out what happened.",
    fix: "Connect the source that shows this link, or let the runs pass by the step that leaves it; then check the day's trails again.",
    controls: &[
        "T1562.008",
        "NHI6:2025",
        "SOC 2 CC7.2",
        "ISO 27001 A.8.15",
        "NIST 800-53 AU-12",
        "PCI DSS 4.0.1 10.2.1",
    ],
    judge,
};

/// No single event shows it.
fn judge(_: &View<'_>) -> Option<Judged> {
    None
}

#[cfg(test)]
mod tests {
    use contract::findings::Severity;
    use contract::ids::EventId;
    use uuid::Uuid;

    use crate::detect::gaps::{Gap, detect};
    use crate::detect::tests::moment;
    use crate::event::story::trail::{Part, Standing};

    fn gap(run: &str, part: Part, standing: Standing) -> Gap {
        Gap {
            run: run.to_owned(),
            part,
            standing,
            event: EventId(Uuid::from_u128(9)),
        }
    }

    fn missing() -> Standing {
        Standing::Missing {
            source: "The audit log shows it.",
        }
    }

    #[test]
    fn fires_once_for_each_link_whatever_the_runs() {
        let gaps = [
            gap("acme/a#1", Part::Runner, missing()),
            gap("acme/a#2", Part::Runner, missing()),
            gap("acme/a#2", Part::Approval, missing()),
        ];
        let found = detect(&gaps, 3, (moment(0, 0), moment(1, 0)));
        assert_eq!(found.len(), 2);
        assert!(
            found[0].title.contains("runner") && found[0].detail.contains("2 of 3"),
            "{:?}",
            found[0]
        );
        let later = detect(&gaps[..1], 9, (moment(1, 0), moment(2, 0)));
        assert_eq!(later[0].fingerprint, found[0].fingerprint);
    }

    #[test]
    fn nearly_fires_where_every_link_is_proven() {
        assert_eq!(detect(&[], 3, (moment(0, 0), moment(1, 0))), []);
    }

    #[test]
    fn unknown_links_weigh_less_than_doubtful_ones() {
        let doubtful = Standing::Doubtful {
            event: EventId(Uuid::from_u128(9)),
            why: "mona approved what mona started".to_owned(),
        };
        let gaps = [
            gap("acme/a#1", Part::Runner, missing()),
            gap("acme/a#2", Part::Approval, doubtful),
        ];
        let found = detect(&gaps, 2, (moment(0, 0), moment(1, 0)));
        assert_eq!(
            [found[0].severity, found[1].severity],
            [Severity::Low, Severity::Medium]
        );
    }
}
