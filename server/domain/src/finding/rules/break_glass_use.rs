//! A break-glass identity was used and a day later nobody has said why.

use contract::findings::{FindingClass, Severity};

use crate::finding::facts::{Facts, day};
use crate::finding::{Rule, Verdict};
use crate::identity::break_glass::match_due;

/// The rule.
pub const RULE: Rule = Rule {
    id: "break_glass_use",
    name: "Break-glass use without a ticket",
    class: FindingClass::Detection,
    rationale: "A break-glass identity passes every other control. Each use must be explained while somebody \
                still remembers it.",
    controls: &[
        "T1078.004",
        "NHI5:2025",
        "NHI10:2025",
        "SOC 2 CC7.3",
        "ISO 27001 A.5.18",
        "NIST 800-53 AC-2(12)",
        "PCI DSS 4.0.1 8.6.1",
    ],
    judge,
};

fn judge(facts: &Facts) -> Verdict {
    let Some(glass) = &facts.break_glass else {
        return Verdict::Clear;
    };
    let unmatched: Vec<_> = glass
        .uses
        .iter()
        .filter(|one| one.ticket.is_none() && facts.now > match_due(one.at))
        .map(|one| {
            RULE.draft(
                facts,
                Severity::Critical,
                "Break-glass use without a ticket",
            )
            .about(one.at.date_naive().to_string())
            .detail(format!(
                "Used on {}, {} events, no ticket",
                day(one.at),
                one.events
            ))
            .fix("Name the ticket this use belongs to; if there is none, treat it as an incident.")
            .evidence(
                "First use of the day",
                one.at.format("%-d %b %Y, %H:%M UTC").to_string(),
            )
            .evidence("Events", one.events.to_string())
            .evidence("Ticket", "none")
            .done()
        })
        .collect();
    if unmatched.is_empty() && glass.uses.is_empty() && facts.covered_since.is_none() {
        return Verdict::Unknown(
            "Connect a source that sees its platform: silence proves nothing yet.",
        );
    }
    Verdict::of(unmatched)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::finding::facts::{BreakGlass, GlassUse};
    use crate::finding::rules::expect;

    fn used(seconds_ago: i64, ticket: Option<&str>) -> Facts {
        let calm = Facts::calm();
        let one = GlassUse {
            at: calm.now - TimeDelta::seconds(seconds_ago),
            events: 4,
            ticket: ticket.map(str::to_owned),
        };
        Facts {
            break_glass: Some(BreakGlass {
                since: calm.created_at,
                uses: vec![one],
                last_drill: None,
            }),
            ..calm
        }
    }

    #[test]
    fn fires_a_day_after_a_use_nobody_explained() {
        let found = expect::fires(&RULE, &used(86_401, None));
        assert_eq!(found[0].severity, Severity::Critical);
    }

    #[test]
    fn nearly_fires_within_the_day_and_for_a_matched_use() {
        expect::clear(&RULE, &used(86_400, None));
        expect::clear(&RULE, &used(900_000, Some("OPS-1")));
        expect::clear(&RULE, &Facts::calm());
    }

    #[test]
    fn unknown_where_no_source_would_see_a_use() {
        let mut dark = used(0, None);
        dark.covered_since = None;
        if let Some(glass) = &mut dark.break_glass {
            glass.uses.clear();
        }
        expect::unknown(&RULE, &dark);
    }
}
