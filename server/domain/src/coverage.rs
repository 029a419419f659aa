//! The coverage ledger: how much a source says against what is usual, when it was silent, and what it cannot see even
//! when it speaks. Where a source was silent or blind, nobody may call anything unused.

use chrono::{Days, NaiveDate};
use contract::events::EventFormat;

/// What a source's days tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Events of a usual day: the middle of the days that spoke. Absent when none did.
    pub usual: Option<i64>,
    /// Days of silence since it first spoke, as ranges with both ends, oldest first. Today is not over and is none.
    pub gaps: Vec<(NaiveDate, NaiveDate)>,
    /// Days with less than half of what is usual; today is none.
    pub low: usize,
}

/// Reads the days up to `today`, oldest first. A source that began within them has no gap before it spoke; `spoke_before`
/// says that it did before the first of them.
pub fn ledger(counts: &[i64], today: NaiveDate, spoke_before: bool) -> Ledger {
    let mut spoken: Vec<i64> = counts.iter().copied().filter(|count| *count > 0).collect();
    spoken.sort_unstable();
    let usual = spoken.get(spoken.len() / 2).copied();
    let began = if spoke_before {
        0
    } else {
        counts
            .iter()
            .position(|count| *count > 0)
            .unwrap_or(counts.len())
    };
    let over = counts.len().saturating_sub(1);
    let mut found = Ledger {
        usual,
        ..Ledger::default()
    };
    for (place, count) in counts.iter().enumerate().take(over).skip(began) {
        let ago = u64::try_from(over - place).unwrap_or(u64::MAX);
        let Some(day) = today.checked_sub_days(Days::new(ago)) else {
            continue;
        };
        if *count == 0 {
            match found.gaps.last_mut() {
                Some((_, to)) if to.succ_opt() == Some(day) => *to = day,
                _ => found.gaps.push((day, day)),
            }
        } else if usual.is_some_and(|usual| *count * 2 < usual) {
            found.low += 1;
        }
    }
    found
}

/// What a source of this format cannot see, in sentences. Absent: the format is told from the content of each delivery.
pub const fn blind_spots(format: Option<EventFormat>) -> &'static [&'static str] {
    match format {
        None => &[
            "Its format is told from what it sends, so it is not known which platform it covers: use and silence of any are unknown. Bind it to one format.",
        ],
        // https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/reviewing-the-audit-log-for-your-organization
        Some(EventFormat::GithubAudit) => &[
            "Git clones and pushes are in it only where Git events are sent, too.",
            "A job that reads a secret leaves no event.",
        ],
        // https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries
        Some(EventFormat::GithubWebhook) => &[
            "GitHub does not send again what was not taken: what was missed is missing.",
            "A job that reads a secret leaves no event.",
        ],
        // https://docs.gitlab.com/user/compliance/audit_events/
        Some(EventFormat::GitlabAudit) => {
            &["Runs of pipelines and jobs are not in it: connect GitLab's webhooks, too."]
        }
        Some(EventFormat::GitlabWebhook) => &[
            "Changes of settings, members and tokens are not in it: connect GitLab's audit events, too.",
        ],
        // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
        Some(EventFormat::AwsCloudtrail) => &[
            "Data events (objects in S3, items in DynamoDB, calls of Lambda functions) are in it only where the trail logs them.",
            "Accounts and regions outside the trail are not in it.",
        ],
        // https://learn.microsoft.com/en-us/entra/identity/monitoring-health/concept-sign-ins
        Some(EventFormat::Entra) => &[
            "Sign-ins of service principals and of managed identities are categories of their own: only those that are exported are seen.",
        ],
        // https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log
        Some(EventFormat::AzureActivity) => &[
            "Reads are not in it, and what happens inside a resource only with its resource logs.",
        ],
        // https://learn.microsoft.com/en-us/azure/devops/organizations/audit/azure-devops-auditing
        Some(EventFormat::AzureDevopsAudit) => &[
            "Auditing is off until an organisation switches it on; what happened before was never recorded.",
        ],
        // https://cloud.google.com/logging/docs/audit/configure-data-access
        Some(EventFormat::GcpAudit) => &[
            "Data Access logs (tokens minted, secrets read) are off by default: where they are off, that use is unknown.",
        ],
        // https://developer.hashicorp.com/vault/docs/audit
        Some(EventFormat::VaultAudit) => &[
            "The audit device hashes values: who signed in stands only in the response to the login.",
        ],
        // https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
        Some(EventFormat::KubernetesAudit) => {
            &["Only what the cluster's audit policy logs: what it leaves out leaves no trace."]
        }
        Some(EventFormat::OktaSystemLog) => {
            &["What happens inside an application after signing in to it is not in it."]
        }
        Some(EventFormat::Rollcall) => &["Only what its sender chooses to send."],
    }
}

/// A range of days in words: `12 Nov` or `12 to 14 Nov`.
pub fn days(gap: (NaiveDate, NaiveDate)) -> String {
    let (from, to) = gap;
    let day = |day: NaiveDate| day.format("%-d %b").to_string();
    if from == to {
        day(from)
    } else {
        format!("{} to {}", day(from), day(to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn gaps_are_ranges_and_today_is_none() {
        let found = ledger(&[0, 9, 10, 0, 0, 2, 12, 0, 11, 0], day("2026-03-02"), false);
        assert_eq!(found.usual, Some(10));
        assert_eq!(
            found.gaps,
            [
                (day("2026-02-24"), day("2026-02-25")),
                (day("2026-02-28"), day("2026-02-28"))
            ]
        );
        assert_eq!(found.low, 1);
        let told: Vec<String> = found.gaps.into_iter().map(days).collect();
        assert_eq!(told, ["24 Feb to 25 Feb", "28 Feb"]);
    }

    #[test]
    fn silence_before_the_first_word_counts_for_a_source_that_spoke_before() {
        let counts = [0, 0, 5, 5];
        assert_eq!(ledger(&counts, day("2026-03-04"), false).gaps, []);
        assert_eq!(
            ledger(&counts, day("2026-03-04"), true).gaps,
            [(day("2026-03-01"), day("2026-03-02"))]
        );
        assert_eq!(
            ledger(&[0, 0, 0], day("2026-03-04"), true).gaps,
            [(day("2026-03-02"), day("2026-03-03"))],
            "it went silent"
        );
    }

    #[test]
    fn a_source_never_heard_has_nothing_usual_and_no_gap() {
        assert_eq!(
            ledger(&[0; 30], day("2026-03-04"), false),
            Ledger::default()
        );
        assert_eq!(ledger(&[], day("2026-03-04"), true), Ledger::default());
    }

    #[test]
    fn every_format_says_what_it_cannot_see() {
        for format in EventFormat::ALL {
            assert!(!blind_spots(Some(*format)).is_empty(), "{format}");
        }
        assert!(!blind_spots(None).is_empty());
    }
}
