//! Reviews of one identity, because something happened to it. One for each cause, due in five working days.

use chrono::{DateTime, NaiveTime, TimeZone as _, Utc};

use super::calendar::working_days_after;
use crate::trust::Facts;

/// Working days somebody has for an answer.
pub const WORKING_DAYS: usize = 5;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// It has another owner than the one who last approved it.
    Owner,
    /// It may do something new in production.
    Permission,
    /// More can become it than when it was last approved.
    Trust,
    /// A secret of its own was found in the open.
    Leak,
    /// It is break-glass and was used without a ticket.
    BreakGlass,
}

impl Cause {
    /// What happened, as a part of the review's name.
    pub const fn says(&self) -> &'static str {
        match self {
            Self::Owner => "its owner changed",
            Self::Permission => "new in production",
            Self::Trust => "its trust widened",
            Self::Leak => "a secret of its own leaked",
            Self::BreakGlass => "break-glass use without a ticket",
        }
    }
}

/// Whether a changed trust document lets more in than the one before: its ring is wider, or it cannot be read any more.
pub fn widened(before: &str, after: &str) -> bool {
    if before == after {
        return false;
    }
    let ring = |document: &str| {
        crate::trust::read(document.as_bytes(), None)
            .ok()
            .map(|trust| trust.admits(&Facts::default()).ring)
    };
    match (ring(before), ring(after)) {
        (Some(before), Some(after)) => after > before,
        // What cannot be read cannot be called narrower.
        (_, None) => true,
        (None, Some(_)) => false,
    }
}

/// When an answer is due: the end of the fifth working day.
pub fn due(now: DateTime<Utc>) -> DateTime<Utc> {
    let day = working_days_after(now.date_naive(), WORKING_DAYS, &[]);
    let next = day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN);
    Utc.from_utc_datetime(&next)
}

/// The review's name; ids keep two of a day apart.
pub fn name(identity: &str, cause: &Cause, now: DateTime<Utc>, key: &str) -> String {
    let short: String = identity.chars().take(60).collect();
    let tail: String = key
        .chars()
        .rev()
        .take(4)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    format!(
        "{short}: {}, {} ({tail})",
        cause.says(),
        now.format("%-d %b %Y")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aws(sub: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"arn:aws:iam::471982203366:oidc-provider/token.actions.githubusercontent.com"}},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{{"StringEquals":{{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}},"StringLike":{{"token.actions.githubusercontent.com:sub":"{sub}"}}}}}}]}}"#
        )
    }

    #[test]
    fn a_trust_widens_when_its_ring_does() {
        let (one, all) = (
            aws("repo:acme/shop:environment:production"),
            aws("repo:acme/*"),
        );
        assert!(widened(&one, &all));
        assert!(!widened(&all, &one));
        assert!(!widened(&one, &one));
        assert!(widened(&one, "not a trust"));
    }

    #[test]
    fn five_working_days_pass_over_the_weekend() {
        let friday = "2026-11-20T15:00:00Z".parse().expect("time");
        assert_eq!(due(friday).to_rfc3339(), "2026-11-28T00:00:00+00:00");
    }
}
